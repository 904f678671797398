"""NumPy's own names on nodes: `np.exp(t)`, `ndarray * t`, `np.concatenate([t, u])`.

NumPy hands a call over to the first argument that has `__array_ufunc__` (for its elementwise
functions) or `__array_function__` (for the others). Both look the function up in a table: a row of
the elementwise table whose name is NumPy's stands for that ufunc, a function of an `ops` module
with NumPy's name for that function. Questions about numbers (comparisons, `argmax`, `shape`) are
answered on the data, off the graph. Everything else is refused by name: nothing a caller asked for
(`out=`, `where=`, `dtype=`) is silently left undone.

Source: NumPy enhancement proposals 13 (`__array_ufunc__`) and 18 (`__array_function__`).
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable
from copy import copy
from functools import cache, partial
from types import FrameType, ModuleType
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ..core import elementwise
from ..core.elementwise import Elementwise
from ..core.graph import Node, data
from ..core.operation import shape as shape_of
from ..core.operation import ways
from ..ops import activations, branches, extremes, linalg, reduce, shape  # noqa: F401
from ..ops.catalogue import LATER, later
from ..ops.inputs import is_objects
from .array import Array, write_at

__all__ = ["NumpyProtocol", "off_the_graph", "plain"]

UFUNCS: dict[Any, Callable[..., Any] | Later] = {
    row.on_arrays: row
    for name, row in elementwise.TABLE.items()
    if getattr(np, name, None) is row.on_arrays
}
"""What is applied to nodes in place of each of NumPy's elementwise functions."""

FUNCTIONS: dict[Any, Callable[..., Any] | Later] = {}
"""What is applied to nodes in place of each of NumPy's other functions."""


class Later(NamedTuple):
    """A function of ours in a module that is imported when it is first called."""

    module: str
    name: str

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return later(self.module, self.name)(*args, **kwargs)


def register(names: Iterable[str], ours: Callable[[str], Any], *namespaces: ModuleType) -> None:
    """Let `ours(name)` stand for NumPy's function of that name, wherever NumPy has one."""
    for name in names:
        for namespace in namespaces:
            theirs = getattr(namespace, name, None)
            if theirs is not None:
                table = UFUNCS if isinstance(theirs, np.ufunc) else FUNCTIONS
                table[theirs] = ours(name)


for _module in (linalg, reduce, shape):
    register(_module.__all__, partial(getattr, _module), np)
for _name, _names in LATER.items():
    register(_names, partial(Later, _name), *([np.fft] if _name == "fft" else [np, np.linalg]))

UFUNCS |= {
    np.maximum: extremes.maximum,
    np.minimum: extremes.minimum,
    np.fmax: extremes.fmax,
    np.fmin: extremes.fmin,
    np.power: elementwise.power,
    np.float_power: Later("rounding", "float_power"),
    np.fabs: elementwise.absolute,
    np.conjugate: elementwise.positive,
    np.radians: elementwise.deg2rad,
    np.degrees: elementwise.rad2deg,
}
register(["astype"], partial(getattr, shape), np)  # NumPy has it since 2.1
FUNCTIONS |= {
    np.amax: reduce.max,
    np.amin: reduce.min,
    np.around: Later("rounding", "round"),
    np.clip: extremes.clip,
    np.where: branches.where,
    np.lib.stride_tricks.sliding_window_view: Later("windows", "sliding_window_view"),
    np.linalg.diagonal: Later("diagonals", "matrix_diagonal"),
    np.linalg.matmul: linalg.matmul,
    np.linalg.trace: Later("diagonals", "matrix_trace"),
}

REDUCTIONS: dict[Any, Callable[..., Any] | Later] = {
    np.add: shape.sum,
    np.multiply: reduce.prod,
    np.maximum: reduce.max,
    np.minimum: reduce.min,
}
"""What `ufunc.reduce` is on nodes."""

ACCUMULATIONS: dict[Any, Callable[..., Any] | Later] = {
    np.add: Later("accumulate", "cumsum"),
    np.multiply: Later("accumulate", "cumprod"),
    np.maximum: Later("accumulate", "cummax"),
    np.minimum: Later("accumulate", "cummin"),
}
"""What `ufunc.accumulate` is on nodes."""

PLAIN: set[Any] = {
    *(np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal),
    *(np.logical_and, np.logical_or, np.logical_xor, np.logical_not),
    *(np.isnan, np.isinf, np.isfinite, np.signbit, np.spacing),
    *(np.shape, np.ndim, np.size, np.result_type, np.can_cast, np.iscomplexobj, np.isrealobj),
    *(np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.argsort, np.argpartition, np.lexsort),
    *(np.searchsorted, np.digitize, np.nonzero, np.flatnonzero, np.argwhere, np.count_nonzero),
    *(np.all, np.any, np.isin, np.isclose, np.allclose, np.array_equal, np.array_equiv),
    *(np.isneginf, np.isposinf, np.isreal, np.iscomplex, np.imag),
    *(np.diag_indices_from, np.tril_indices_from, np.triu_indices_from, np.einsum_path),
    *(np.may_share_memory, np.shares_memory, np.common_type, np.min_scalar_type),
    *(np.zeros_like, np.ones_like, np.empty_like, np.histogram, np.histogram_bin_edges),
    *(np.array_repr, np.array_str, np.array2string, np.linalg.matrix_rank),
}
"""Functions about the numbers of a node, with plain results: none has a derivative to speak of."""

WAYS = {
    "out": "use what the function returns, as in a = a + t; or make the array that it is to be "
    "written into by np.zeros, np.array, ... after `import autograd_lite.numpy as np`",
    "where": "choose the entries first, by indexing, x[mask], or with np.where(mask, x, y) and a y "
    "that changes nothing, as 0 in a sum",
    "dtype": "convert first, with x.astype(dtype)",
    "initial": "combine the result with the initial value",
    "mean": "leave it out: the mean is that of x",
    "full": "compute the residuals from the coefficients, y - np.polyval(c, x)",
    "cov": "compute it from the residuals, y - np.polyval(c, x)",
    "device": "leave it out: numbers are NumPy's, on the CPU",
    **dict.fromkeys(
        ("return_index", "return_inverse", "return_counts", "equal_nan"),
        "ask NumPy for them, off the graph: np.unique(x.data, ...)",
    ),
    **dict.fromkeys(
        ("overwrite_input", "subok", "casting", "copy", "optimize", "order", "like"),
        "leave it out: no number depends on it",
    ),
}
"""The way out for a keyword of NumPy's that a function does not take on nodes."""

UNSAID = {"where": True, "subok": True, "casting": "same_kind", "copy": True}
"""What such a keyword is when nothing is asked for; None for those that are not listed."""

NEAREST = {
    np.put: "t = t.at[i].set(v)",
    np.place: "np.where(mask, v, t)",
    np.putmask: "np.where(mask, v, t)",
    np.copyto: "np.where(mask, v, t), or ag.full_like for np.full_like,",
    np.fill_diagonal: "np.where(np.eye(n, dtype=bool), v, t)",
    np.put_along_axis: "t = t.at[i].set(v)",
    np.linalg.eig: "np.linalg.eigh, for symmetric matrices",
    np.linalg.eigvals: "np.linalg.eigvalsh, for symmetric matrices",
    np.save: "t.data",
    np.savetxt: "t.data",
}
"""What to write instead of a function that has no derivative here."""

MADE_BY = {
    "full": "ag.full(shape, t)",
    "full_like": "ag.full_like(x, t)",
    "__getitem__": "np.concatenate for np.r_, np.column_stack for np.c_",
    "polyval": "np.polyval(c[::-1], x)",
    "__call__": "np.polyval(c[::-1], x)",
}
"""What to write instead of a function of NumPy's that makes plain arrays and asks nobody."""


def off_the_graph(caller: FrameType) -> str:
    """The message for a plain array of a Tensor: who wanted one, and what keeps the gradient."""
    library = str(caller.f_globals.get("__name__")).partition(".")[0]
    if library == "numpy" and caller.f_code.co_name in MADE_BY:
        way = MADE_BY[caller.f_code.co_name]
    elif library != "numpy" and hasattr(sys.modules.get(library), "__version__"):
        return (
            f"{library} wants plain numbers of a Tensor and computes off the graph, where no "
            "gradient passes: write that part with NumPy's functions, or make an operation of it "
            "with ag.primitive; .data gives the numbers to what needs no gradient"
        )
    else:
        way = (
            "ag.array([...]) or ag.stack to join Tensors; to store one in an array, out[i] = t, "
            "make it by np.zeros, np.array, ... after `import autograd_lite.numpy as np`"
        )
    return (
        "making a plain array of a Tensor would cut it off the graph, and its gradient with it. "
        f"Write {way}; or .data where plain numbers are meant"
    )


RENAMED = {"newshape": "shape"}
"""Parameters that NumPy has since called otherwise: `reshape`'s, until 2.1."""


ndarray = np.ndarray


class NumpyProtocol:
    """NumPy's two protocols, for both kinds of node."""

    __slots__ = ()

    reflected: ClassVar[dict[Any, Callable[[Any, Any], Any]]] = {}
    """The short ways of a kind of node for `array * node`, by NumPy's function."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__" and not kwargs and ufunc in UFUNCS:
            if type(inputs[0]) is Array:
                inputs = (inputs[0].view(ndarray), *inputs[1:])
            if type(inputs[0]) is ndarray and ufunc in self.reflected:
                return self.reflected[ufunc](self, inputs[0])
            try:
                return UFUNCS[ufunc](*inputs)
            except (AttributeError, TypeError):
                if any(_has_own_protocol(x) and type(x) not in ways for x in inputs):
                    return NotImplemented
                raise
        if any(_has_own_protocol(x) for x in inputs):
            return NotImplemented
        if method == "at" and isinstance(inputs[0], Array | Node):
            return write_at(ufunc, *inputs)
        home = "numpy." if getattr(np, ufunc.__name__, None) is ufunc else ""  # SciPy has its own
        call = home + ufunc.__name__ + ("" if method == "__call__" else f".{method}")
        out = kwargs.pop("out", None)
        if kwargs.get("order") == "K":  # the default here; of `np.ravel` it is another order
            del kwargs["order"]
        if out is not None:
            return _store(call, out, getattr(ufunc, method)(*inputs, **kwargs))
        if ufunc in PLAIN:
            return getattr(ufunc, method)(*map(numbers_of, inputs), **kwargs)
        ours = _ufunc_method(ufunc, method, call)
        if method in ("reduce", "accumulate"):
            # Of a matrix NumPy's `reduce` takes the first axis, where `sum` takes all.
            rest = dict(zip(("axis", "dtype", "out", "keepdims"), inputs[1:], strict=False))
            return _apply(call, ours, inputs[:1], {"axis": 0, **rest, **kwargs})
        return _apply(call, ours, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        call = f"{func.__module__}.{func.__name__}"
        if func in PLAIN:
            if func is np.histogram:
                _refuse_weights(_by_name(func, args, kwargs)[1])
            return func(*numbers_of(args), **numbers_of(kwargs))
        ours = FUNCTIONS.get(func)
        if ours is None:
            raise TypeError(
                f"{call} has no derivative here, so it takes no {type(self).__name__}. "
                f"Write {NEAREST.get(func, 't.data')} instead"
                + ("" if func in NEAREST else ", for plain numbers off the graph")
            )
        if len(args) > 1 or kwargs:
            args, kwargs = _by_name(func, args, kwargs)
        return _apply(call, ours, args, kwargs)


def _has_own_protocol(x: Any) -> bool:
    """Whether `x` is a stranger that answers to NumPy's elementwise functions itself."""
    known = Node | np.ndarray | np.generic | int | float | list | tuple
    return not isinstance(x, known) and hasattr(x, "__array_ufunc__")


def _ufunc_method(ufunc: Any, method: str, call: str) -> Any:
    """What stands for `ufunc`, or for its `reduce`, `accumulate` or `outer`, on nodes."""
    ours = UFUNCS.get(ufunc) or later("scipy_special", "special_row")(ufunc)
    if ours is None:
        raise TypeError(
            f"{call} has no derivative here, so it takes no node. Write t.data for plain numbers "
            "off the graph, or make an operation of it with ag.primitive"
        )
    if method == "__call__":
        return ours
    if method == "outer":
        return lambda x, y: ours(shape.reshape(x, shape_of(x) + (1,) * len(shape_of(y))), y)
    table = {"reduce": REDUCTIONS, "accumulate": ACCUMULATIONS}.get(method, {})
    if ufunc not in table:
        if method == "at":
            way = "out = np.zeros(n) after `import autograd_lite.numpy as np`, which takes nodes,"
        else:
            way = f"np.{ufunc.__name__} in a loop, or t.data"
        raise TypeError(f"{call} takes no node here. Write {way} instead")
    return table[ufunc]


def _store(call: str, out: tuple[Any, ...], result: Any) -> Any:
    """`result` in the array `out`, if that can hold a node: one of Values, or an `Array`."""
    (array, *more) = out
    if more or not (
        isinstance(array, Array) or (isinstance(array, np.ndarray) and array.dtype == object)
    ):
        raise TypeError(f"{call} with a node takes no out=: {WAYS['out']}")
    array[...] = result
    return array


def _refuse_weights(kwargs: dict[str, Any]) -> None:
    """TypeError where the weights of a histogram are nodes: it then depends on them."""
    weights = kwargs.get("weights")
    if isinstance(weights, Node) or is_objects(weights):
        raise TypeError(
            "numpy.histogram takes no node as weights=: write "
            "np.bincount(np.digitize(x, edges[1:-1]), t) for x from edges[0] to edges[-1]"
        )


def _apply(call: str, ours: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """`ours(*args, **kwargs)`; TypeError for a keyword it does not take, with the way out."""
    if isinstance(ours, Later):
        ours = later(ours.module, ours.name)
    names, any_name = _keywords(ours)
    for key, value in list(kwargs.items()):
        if key in names or any_name:
            continue
        if value is not UNSAID.get(key) and value is not np._NoValue:
            way = WAYS.get(key, "compute what it asks for before or after")
            raise TypeError(f"{call} with a node takes no {key}=: {way}")
        del kwargs[key]
    return ours(*args, **kwargs)


@cache
def _keywords(ours: Callable[..., Any]) -> tuple[frozenset[str], bool]:
    """The names of the parameters of a function of ours, and whether it takes any name."""
    if isinstance(ours, Elementwise):
        return frozenset(), False
    parameters = inspect.signature(ours).parameters
    return frozenset(parameters), any(p.kind is p.VAR_KEYWORD for p in parameters.values())


@cache
def _signature(func: Any) -> inspect.Signature | None:
    """NumPy's own signature, where one is known and the arguments have names in it."""
    try:
        signature = inspect.signature(func)
    except ValueError:
        return None
    kinds = {p.kind for p in signature.parameters.values()}
    return None if inspect.Parameter.VAR_POSITIONAL in kinds else signature


def _by_name(func: Any, args: Any, kwargs: Any) -> tuple[Any, dict[str, Any]]:
    """The arguments under NumPy's names, except those that have a place only, and the first.

    Ours do not have all of NumPy's parameters, so places do not agree: the third argument of
    `np.sum` is its dtype. Names do. Arguments that are given their default are left out.
    """
    signature = _signature(func)
    if signature is None:
        return args, kwargs
    given = signature.bind(*args, **kwargs).arguments
    by_place: list[Any] = []
    named: dict[str, Any] = {}
    for place, (key, value) in enumerate(given.items()):
        parameter = signature.parameters[key]
        if place == 0 or parameter.kind is parameter.POSITIONAL_ONLY:
            by_place.append(value)
        elif parameter.kind is parameter.VAR_KEYWORD:
            named |= value
        elif value is not parameter.default:
            named[RENAMED.get(key, key)] = value
    return by_place, named


def plain(x: Any) -> Any:
    """`x` off the graph: numbers and arrays of their own in the place of nodes and filled arrays.

    Goes through nested lists, tuples and dicts; whatever holds no node stays as it is.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 2.0])
    >>> ag.plain({"x": x, "loss": [(x * x).sum(), 3]})
    {'x': array([1., 2.]), 'loss': [array(5.), 3]}
    """
    return numbers_of(x, copy)


def numbers_of(x: Any, given: Callable[[Any], Any] = lambda numbers: numbers) -> Any:
    """`x` with the numbers of every node in it, through lists, tuples, dicts and arrays.

    `given` is what is done with them before they are handed out.
    """
    if isinstance(x, Node):
        return given(data(x))
    if isinstance(x, list | tuple):
        items = [numbers_of(item, given) for item in x]
        return type(x)(*items) if hasattr(x, "_fields") else type(x)(items)
    if isinstance(x, dict):
        return {key: numbers_of(value, given) for key, value in x.items()}
    if isinstance(x, Array):
        return given(x.view(ndarray))
    if isinstance(x, np.ndarray) and x.dtype == object:
        return np.array([numbers_of(item) for item in x.ravel()], float).reshape(x.shape)
    return x
