"""The public names in groups, one page of the reference each, in the order of reading."""

import dataclasses
import inspect
from collections.abc import Sequence

import autograd_lite as ag

__all__ = ["Group", "groups", "names"]


@dataclasses.dataclass
class Group:
    """A page of the reference: its file name, title, first words, and the modules it is made of."""

    slug: str
    title: str
    words: str
    modules: Sequence[str]
    names: list[str] = dataclasses.field(default_factory=list)

    def page(self) -> str:
        """The page in Markdown: a line for each name, which mkdocstrings turns into its entry."""
        entries = [entry(name) for name in [*self.names, *RETURNED.get(self.slug, ())]]
        return "\n\n".join([f"# {self.title}", self.words, *entries]) + "\n"


GROUPS = [
    (
        "nodes",
        "Nodes",
        "`Value` is one number in the graph, `Tensor` an array. Every operation of this reference "
        "that NumPy has as a method is a method of both, and Python's operators work on both. "
        "Numbers and arrays beside them are data, without a gradient; `constant` is for data that "
        "many graphs use.",
        ["Value", "Tensor", "constant", "core.graph"],
    ),
    (
        "blocks",
        "Blocks around the code",
        "Each holds for its own thread or asyncio task, and ends with the block whatever is "
        "raised in it.",
        ["nodes.blocks", "nodes.anomaly"],
    ),
    (
        "elementwise",
        "Entry by entry",
        "Each is one row of a table: its name, the function on floats, the function on arrays, and "
        "one partial derivative per input, as a function of the result and the inputs.",
        [
            "core.elementwise",
            "ops.extremes",
            "ops.branches",
            "ops.rounding",
            "ops.special",
        ],
    ),
    (
        "activations",
        "Activations",
        "What stands between two layers, made of rows of the table; `relu`, `tanh`, `sigmoid` and "
        "`softplus` are rows themselves.",
        ["nn.activations"],
    ),
    (
        "sums",
        "Sums, means, extremes",
        "What becomes of the entries along an axis.",
        ["sum", "ops.reduce", "ops.accumulate", "ops.nans", "ops.statistics", "ops.differences"],
    ),
    (
        "shapes",
        "Shapes, joining, splitting",
        "The same numbers in another arrangement. Each rule is another operation of this kind: "
        "transposes come in pairs.",
        [
            "ops.shape",
            "ops.join",
            "ops.windows",
            "ops.rearrange",
            "ops.diagonals",
        ],
    ),
    (
        "filled",
        "Arrays that are filled",
        "NumPy's arrays, into which nodes can be written: entries, rows, masks. With "
        "`import autograd_lite.numpy as np` a program has these under NumPy's own names.",
        ["numpy.creation", "plain"],
    ),
    (
        "choosing",
        "Choosing and sorting",
        "Which entries are taken is decided by the numbers; the derivative goes to those that were "
        "taken.",
        ["ops.choice", "ops.order", "ops.index"],
    ),
    (
        "products",
        "Products",
        "Sums of products, under NumPy's names.",
        ["ops.linalg", "ops.einsum", "ops.products"],
    ),
    (
        "sequences",
        "Sequences, samples, polynomials",
        "Functions of samples and of coefficients.",
        ["ops.sequences", "ops.samples", "ops.polynomials"],
    ),
    ("linalg", "Linear algebra", "`ag.linalg`, under NumPy's names.", ["linalg"]),
    ("fft", "Fourier transforms", "`ag.fft`, under NumPy's names.", ["fft"]),
    (
        "functions",
        "Softmax and losses",
        "Compositions of operations, each in its own group of the drawing: none has a rule of its "
        "own.",
        ["softmax", "log_softmax", "logsumexp", "nn.softmax", "nn.losses"],
    ),
    (
        "convolution",
        "Convolution and pooling",
        "Compositions of operations on `windows`, channels first, as in PyTorch. The layers that "
        "hold their weights are in `ag.nn`.",
        ["nn.convolution", "nn.pooling"],
    ),
    (
        "calculus",
        "Derivatives of functions",
        "They compose to any order, take numbers, arrays and nested containers, and leave `.grad` "
        "alone.",
        ["value_and_grad", "grad", "jacobian", "hessian", "calculus"],
    ),
    ("primitive", "Your own operation", "A forward function and its rules.", ["primitive"]),
    (
        "compare",
        "Compare",
        "A gradient by hand, by autodiff and numerically; what is wrong with it, and where.",
        ["check_gradients", "compare", "check"],
    ),
    (
        "draw",
        "Draw",
        "The graph as a picture, a table, a sum over paths, or steps.",
        ["draw", "trace", "step", "drawing"],
    ),
    ("saving", "Save and load", "Parameters in a file.", ["nodes.saving"]),
    ("compile", "Compile", "The recorded graph as straight NumPy source.", ["compile", "source"]),
    (
        "nn",
        "A small network library",
        "What a teaching notebook trains: `ag.nn`. `Neuron` and `Layer` are micrograd's, over "
        "Values; the others are over Tensors, and `MLP` is of one kind or the other.",
        ["nn"],
    ),
    (
        "optim",
        "Optimisers",
        "`ag.optim`: what a step along the gradient is, and how long. The updates are those of "
        "`torch.optim`.",
        ["optim"],
    ),
]

# What functions return, which nobody calls by its name.
RETURNED = {
    "compare": ["check.Report", "check.Row", "check.Cause", "check.Note"],
    "draw": ["drawing.trace.Trace"],
}

# What a user reads and calls of the classes; the rest is for the engine.
MEMBERS = {
    "Node": "backward inputs label",
    "Value": "data item detach hand group",
    "Tensor": "data hand group item detach tolist at astype shape dtype ndim size T mT",
    "Drawing": "svg png save",
    "Stepper": "save",
    "primitive": "defvjp",
    "check.Report": "ok verdict causes notes assert_ok to_dict",
    "check.Row": "ok largest worst",
    "drawing.trace.Trace": "html markdown latex",
    "nn.Module": "parameters zero_grad state_dict load_state_dict train eval",
    "optim.Optimiser": "step zero_grad state_dict load_state_dict",
}


def names() -> list[str]:
    """Every public name, dotted from the package: those of its namespaces too."""
    found = []
    for name in dir(ag):
        item = getattr(ag, name)
        if inspect.ismodule(item):
            found += [f"{name}.{inner}" for inner in item.__all__]
        else:
            found.append(name)
    return found


def home(name: str) -> str:
    """The module of the package that a public name comes from."""
    first = name.partition(".")[0]
    if first != name:
        return first
    item = getattr(ag, name)
    return str(getattr(item, "__module__", ag._HOMES[name])).removeprefix("autograd_lite.")


def groups() -> list[Group]:
    """The groups that have names, with them. A name listed by itself goes before its module."""
    made = [Group(*row) for row in GROUPS]
    for name in names():
        where = home(name)
        packages = {where, where.partition(".")[0]}
        takers = [g for g in made if name in g.modules] or [
            g for g in made if packages & set(g.modules)
        ]
        if not takers:
            raise ValueError(f"{name}, of the module {where}, is in no group of the reference")
        takers[0].names.append(name)
    for group in made:
        listed = list(group.modules)
        group.names.sort(key=lambda name: listed.index(name) if name in listed else len(listed))
    return [group for group in made if group.names]


def path(name: str) -> str:
    """Where mkdocstrings finds a name."""
    first, dot, own = name.partition(".")
    return (
        f"autograd_lite.{ag._NAMESPACES.get(first, first)}.{own}"
        if dot
        else f"autograd_lite.{name}"
    )


def entry(name: str) -> str:
    """The line for one name, and which of its members are shown."""
    lines = [f"::: {path(name)}"]
    if name in MEMBERS:
        members = ", ".join(MEMBERS[name].split())
        lines += ["    options:", f"      members: [{members}]", "      inherited_members: true"]
        lines += ["      show_attribute_values: false"]
    return "\n".join(lines)
