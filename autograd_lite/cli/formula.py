"""Reading a formula: Python's grammar, of which only a list of harmless forms is let through.

The text goes through `ast.parse`, never through `eval`. What a formula may be is bounded before
anything is computed: its length, its number of parts, its depth.
"""

from __future__ import annotations

import ast
import inspect
import math
import operator
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import autograd_lite as ag

from . import UsageError, clip, did_you_mean

__all__ = ["Formula", "parse", "typed", "written"]

# --- the language --------------------------------------------------------------------------------

# What a formula may call: every row of the table, the losses (their second argument is a target:
# data), and some others. What they compute is bounded by the sizes of their arguments.
TABLES = ("core.elementwise", "ops.activations")
ROWS = {name for name, home in ag._HOMES.items() if home in TABLES}
ENTRY_BY_ENTRY = "clip fmax fmin maximum minimum where"
LOSSES = "binary_cross_entropy cross_entropy hinge kl_divergence mse softmax_cross_entropy"
OTHERS = """
    broadcast_to concatenate expand_dims log_softmax logsumexp matmul max mean min moveaxis prod
    ravel reshape softmax squeeze stack std sum swapaxes transpose var
"""
ELEMENTWISE = ROWS.union(ENTRY_BY_ENTRY.split())
TARGETED = frozenset(LOSSES.split())
FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(ag, name) for name in sorted(ELEMENTWISE.union(TARGETED, OTHERS.split()))
}
KEYWORDS = ("axis", "ddof", "keepdims", "logits", "max", "min", "reduction", "shape", "t")

# Each sign with its operation on nodes and arrays, and with Python's own for two plain numbers.
ARITHMETIC: dict[type[ast.operator], tuple[str, Callable[..., Any], Callable[..., Any]]] = {
    ast.Add: ("+", ag.add, operator.add),
    ast.Sub: ("-", ag.subtract, operator.sub),
    ast.Mult: ("*", ag.multiply, operator.mul),
    ast.Div: ("/", ag.divide, operator.truediv),
    ast.Pow: ("**", ag.power, operator.pow),
    ast.Mod: ("%", ag.mod, operator.mod),
}
COMPARISONS: dict[type[ast.cmpop], Callable[..., Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}

# Signs as books print them, each one character as the sign it stands for.
TYPED = str.maketrans("·⋅×−÷", "***-/")

# --- its bounds, and what it says instead of what it has not --------------------------------------

MAX_LENGTH = 10_000
MAX_PARTS = 1000
MAX_DEPTH = 80
LARGEST_INT = 2**53  # the largest up to which floats hold every whole number

FORMS = "formulas have numbers, names, + - * / ** % @, comparisons, indices, lists and functions"

ALLOWED: tuple[type[ast.AST], ...] = (
    *(ast.Name, ast.Load, ast.Constant, ast.BinOp, ast.MatMult, ast.UnaryOp, ast.USub, ast.UAdd),
    *(ast.Compare, ast.Call, ast.keyword, ast.Subscript, ast.Slice, ast.Tuple, ast.List),
    *ARITHMETIC,
    *COMPARISONS,
)

MODULES = ("ag", "autograd_lite", "jnp", "math", "np", "numpy", "torch")

INSTEAD: dict[type[ast.AST], str] = {
    ast.BitXor: "a power is written **, not ^",
    ast.IfExp: "write where(condition, a, b)",
    ast.BoolOp: "multiply conditions, or nest where(...)",
    ast.Not: "turn the comparison round",
    ast.FloorDiv: "write floor(a / b)",
    ast.Lambda: "write the formula itself",
    ast.Starred: "write the arguments one by one",
    ast.NamedExpr: "write name=value as an argument of its own",
    ast.Dict: "give values as name=value",
    ast.JoinedStr: "text has no place here",
}


# --- reading -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Formula:
    """A formula that has been let through: its text, its syntax tree, the names it uses."""

    text: str
    tree: ast.expr
    names: tuple[str, ...]
    targets: frozenset[str] = field(repr=False)
    """Names that are used only as the targets of a cross-entropy: data, not variables."""


def written(node: ast.AST) -> str:
    """A part of a formula as text, for messages."""
    return clip(ast.unparse(node), 50)


def parse(text: str) -> Formula:
    """The formula written as `text`; UsageError for whatever is not one.

    >>> parse("cross_entropy(softmax(z), t)").names
    ('z', 't')
    """
    if len(text) > MAX_LENGTH:
        raise UsageError(
            f"the formula has {len(text):,} characters; the most is {MAX_LENGTH:,}. "
            "Larger ones belong in a Python program"
        )
    source = " ".join(text.split())
    if not source:
        raise UsageError('the formula is empty: write one like "z * tanh(z)"')
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(typed(source), mode="eval").body
    except SyntaxError as error:
        raise UsageError(*reason_and_place(source, error)) from None
    except (MemoryError, RecursionError):
        raise UsageError(too_deep) from None
    except ValueError as error:  # a null character, before Python 3.12
        raise UsageError(f"the formula cannot be read: {error}") from None
    check_size(body)
    for node in ast.walk(body):
        check_form(node)
    names = [n for n in ast.walk(body) if isinstance(n, ast.Name)]
    called = {id(n.func) for n in ast.walk(body) if isinstance(n, ast.Call)}
    used = [n for n in names if id(n) not in called]
    used.sort(key=lambda n: n.col_offset)
    as_targets = {id(t) for n in ast.walk(body) if isinstance(n, ast.Call) for t in target(n)}
    variables = {n.id for n in used if id(n) not in as_targets}
    return Formula(
        source,
        body,
        tuple(dict.fromkeys(n.id for n in used)),
        frozenset(n.id for n in used if n.id not in variables),
    )


too_deep = f"the formula is nested more than {MAX_DEPTH} deep: give parts of it as values"


def typed(text: str) -> str:
    """`text` with the signs of a keyboard: × and · as *, − as -."""
    return text.translate(TYPED)


def reason_and_place(source: str, error: SyntaxError) -> tuple[str, str]:
    """What is wrong, and the text around the place, with a caret under it."""
    # Python points before the text when the text ends too early.
    at = min((error.offset or len(source) + 1) - 1, len(source))
    start, end = max(at - 30, 0), at + 30
    before = ("..." if start else "") + source[start:at]
    after = source[at:end] + ("..." if end < len(source) else "")
    reason = clip(str(error.msg).removesuffix(". Perhaps you forgot a comma?"), 100)
    if reason == "invalid decimal literal":
        reason = "a number runs into a name (write 2*x for 2x)"
    place = f"{before}{after}\n{' ' * columns(before)}^"
    return f"{reason}, at character {at + 1} of the formula", place


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(bool(unicodedata.combining(c)) for c in text)


def check_size(body: ast.expr) -> None:
    """Refuse a formula of too many parts or too deep, without recursion."""
    parts, stack = 0, [(body, 1)]
    while stack:
        node, depth = stack.pop()
        parts += not isinstance(node, ast.expr_context | ast.operator)
        if depth > MAX_DEPTH:
            raise UsageError(too_deep)
        if parts > MAX_PARTS:
            raise UsageError(
                f"the formula has more than {MAX_PARTS} parts: give vectors and matrices as "
                "values, name=1,2,3"
            )
        stack += [(child, depth + 1) for child in ast.iter_child_nodes(node)]  # type: ignore[misc]


def check_form(node: ast.AST) -> None:
    """Refuse a form of Python's grammar that has no place in a formula."""
    if isinstance(node, ast.Attribute):
        way = FORMS
        if node.attr in FUNCTIONS:
            inside = "..." if written(node.value) in MODULES else written(node.value)
            way = f"write {node.attr}({inside})"
        raise UsageError(f"'{written(node)}': a formula has no dots; {way}")
    sign = node.op if isinstance(node, ast.BinOp | ast.UnaryOp) else node
    if not isinstance(sign, ALLOWED):
        way = INSTEAD.get(type(sign), FORMS)
        raise UsageError(f"'{written(node)}' is not part of the language of formulas; {way}")
    if isinstance(node, ast.Call):
        check_call(node)
    if isinstance(node, ast.Compare) and len(node.ops) > 1:
        raise UsageError(f"'{written(node)}': compare two things at a time")
    if isinstance(node, ast.Constant):
        check_constant(node.value)


def check_call(node: ast.Call) -> None:
    """Refuse a call of anything but a function of the language by its name."""
    if not isinstance(node.func, ast.Name):
        if isinstance(node.func, ast.Attribute):
            check_form(node.func)
        raise UsageError(f"'{written(node)}': only functions can be called, by their names")
    name = node.func.id
    if name not in FUNCTIONS:
        hint = "; did you mean log?" if name == "ln" else did_you_mean(name, FUNCTIONS)
        raise UsageError(
            f"there is no function {clip(name)!r}{hint or ' (autograd-lite --help lists them)'}"
        )
    options = options_of(name)
    for given in node.keywords:
        if given.arg not in options:
            hint = did_you_mean(given.arg or "", options)
            listed = ", ".join(f"{option}=" for option in options) or "none"
            raise UsageError(
                f"{name} takes no '{clip(given.arg or '**')}='{hint or f'; its options: {listed}'}"
            )


def options_of(name: str) -> list[str]:
    """The keywords that a function of the language takes; a row of the table takes none."""
    function = FUNCTIONS[name]
    known = inspect.signature(function).parameters if inspect.isfunction(function) else ()
    return [option for option in KEYWORDS if option in known]


def check_constant(value: object) -> None:
    """Refuse a constant that is no real number (nor None, True, ..., or a word for reduction=)."""
    if value is None or value is Ellipsis or isinstance(value, bool):
        return
    if isinstance(value, str):
        if value not in ("mean", "sum", "none"):
            raise UsageError(
                f"text has no place in a formula: {clip(value, 30)!r} (names need no quotes)"
            )
    elif not isinstance(value, int | float):
        raise UsageError(f"{value!r:.40} is not a real number")
    elif isinstance(value, int) and value > LARGEST_INT:
        raise UsageError("a whole number of the formula is larger than 2**53: write it as 1e20")
    elif not math.isfinite(value):
        raise UsageError("a number of the formula is too large: the largest is 1.79e308")


def target(call: ast.Call) -> list[ast.expr]:
    """The argument of a cross-entropy that is its target."""
    if not isinstance(call.func, ast.Name) or call.func.id not in TARGETED:
        return []
    return call.args[1:2] + [k.value for k in call.keywords if k.arg == "t"]
