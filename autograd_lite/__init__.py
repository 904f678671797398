"""autograd_lite: differentiate, draw and check what you derived by hand.

Reading order, for those who want to know how it works: `core.graph` (nodes, topological order, the
sweep), `core.operation` (what a rule is), `core.elementwise` (the table of operations) and
`core.value` (a number in the graph) are an engine by themselves. Then, by interest: `nodes.tensor`
(an array in the graph), `ops` (operations that are more than a row), `calculus` (gradients,
Jacobians and Hessians of functions), `check`, `drawing`.
"""

import builtins
import importlib
import typing

from .core import elementwise as _table
from .ops.catalogue import LATER as _LATER

# With it come Python's operators and NumPy's protocols for both kinds of node.
importlib.import_module(".nodes", __name__)
importlib.import_module(".ops.documentation", __name__)

# What is public, by the module that has it: this, NumPy's functions, which the catalogue of `ops`
# lists, and every row of the table that says what it computes. A module is imported when one of its
# names is first used: most programs need a third of the code, and less of Python's own library.
_PUBLIC = {
    "calculus.forward": "jvp",
    "calculus.gradients": "elementwise_grad grad hvp value_and_grad vjp",
    "calculus.vectors": "flatten",
    "calculus.jacobians": "hessian jacobian",
    "check": "GradientMismatch check_gradients compare step_plot",
    "compiling": "compile source",
    "core.elementwise": " ".join(n for n, row in vars(_table).items() if getattr(row, "words", "")),
    "core.graph": "Node",
    "drawing": "Drawing Stepper draw paths step steps trace",
    "nn.activations": "elu gelu hardsigmoid hardswish hardtanh leaky_relu mish relu6 selu silu",
    "nn.convolution": "conv1d conv2d conv_transpose2d",
    "nn.losses": "binary_cross_entropy contrastive focal hinge huber kl_divergence mse triplet",
    "nn.pooling": "avg_pool max_pool",
    "nn.softmax": "cross_entropy log_softmax logsumexp softmax softmax_cross_entropy",
    "nodes.anomaly": "detect_anomaly",
    "nodes.blocks": "group no_grad",
    "nodes.constant": "constant",
    "nodes.numpy_protocol": "plain",
    "nodes.saving": "load save",
    "nodes.tensor": "Tensor",
    "numpy.creation": "arange array asarray empty empty_like eye full full_like linspace ones "
    "ones_like zeros zeros_like",
    "nodes.value": "Value",
    "ops.activations": "logaddexp logaddexp2 relu sigmoid softplus",
    "ops.branches": "where",
    "ops.extremes": "clip fmax fmin maximum minimum",
    "ops.linalg": "matmul",
    "ops.primitive": "primitive",
    "ops.reduce": "max mean min prod std var",
    "ops.shape": "broadcast_to concatenate expand_dims moveaxis ravel reshape squeeze stack sum "
    "swapaxes transpose",
    "ops.windows": "windows",
}

_NAMESPACES = {"fft": "numpy.fft", "linalg": "numpy.linalg", "nn": "nn", "optim": "optim"}
_ALIASES = {"abs": "absolute", "pow": "power"}

# The modules of the catalogue whose functions are under `linalg` or `fft` alone.
_NAMESPACED = ("decompose", "fft", "least_squares", "norms", "solve", "symmetric")

_HOMES = {name: f"ops.{m}" for m, names in _LATER.items() if m not in _NAMESPACED for name in names}
_HOMES |= {name: module for module, names in _PUBLIC.items() for name in names.split()}
_HOMES |= {alias: _HOMES[name] for alias, name in _ALIASES.items()}

# `from autograd_lite import *` leaves `sum`, `max` and the other built-in functions alone.
__all__ = sorted(n for n in (*_HOMES, *_NAMESPACES) if n not in vars(builtins))


def __getattr__(name: str) -> typing.Any:
    """A public name that is used for the first time."""
    if name in _NAMESPACES:
        value = importlib.import_module(f".{_NAMESPACES[name]}", __name__)
    elif name in _HOMES:
        module = importlib.import_module(f".{_HOMES[name]}", __name__)
        value = getattr(module, _ALIASES.get(name, name))
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted((*_HOMES, *_NAMESPACES))
