"""What an elementwise operation is: its functions, its partial derivatives, and the chain rule.

A row of the table has a name, the function on floats, the function on arrays, and one partial
derivative per input as a function of the result and the inputs. The chain rule, linearity in the
cotangent and un-broadcasting are written here, once, for all rows.
"""

from __future__ import annotations

import importlib
import math
import pickle
import sys
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from ..ops.shape import sum_to
from .graph import Node, Pull, node_types, stand_ins
from .operation import Op, shape

ndarray = np.ndarray
# Without the wrapper that asks other libraries' arrays: of plain ones it takes half the time.
vdot: Any = getattr(np.vdot, "_implementation", np.vdot)
isfinite = math.isfinite

TABLE: dict[str, Elementwise] = {}
"""Every row of the table by its name."""


class _One:
    """The partial derivative that is 1 everywhere: the cotangent passes unchanged."""

    def __repr__(self) -> str:
        return "ONE"


ONE = _One()


class _Docstring:
    """What `help` says: the class's text, and of a row its own, with its value and slope."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __get__(self, row: Any, kind: Any = None) -> str:
        if row is None:
            return self.text
        known = (name for name, other in TABLE.items() if other is row)
        name = next(known, getattr(row.on_arrays, "__name__", row.name))
        count = len(row.partials)
        what, but, note = meaning(name, count).partition("; ")
        text = f"{what}, entry by entry, with NumPy's broadcasting{but}{note}."
        if hasattr(np, name):
            text += f" Mirrors `numpy.{name}`."
        at = (2.0,) if name == "arccosh" else (0.5, 2.0, 0.5)[:count]
        value, slope = row(*at), row.partials[0]
        slope = 1.0 if slope is ONE else slope(value, *at)
        call = f"({', '.join(map(str, at))})"
        return (
            f"{text}\n\n>>> import autograd_lite as ag\n"
            f">>> round(ag.{name}{call}, 4), round(ag.grad(ag.{name}){call}, 4)\n"
            f"({round(value, 4)}, {round(float(slope), 4)})"
        )


def meaning(name: str, count: int) -> str:
    """What the row computes, in mathematics."""
    from ..ops.meanings import MEANINGS

    return MEANINGS.get(name, f"{name}({', '.join('xyz'[:count] if count < 3 else 'zxy')})")


class Elementwise(Op):
    """y_k = f(x_k, ...) for every entry k, with NumPy's broadcasting; and ∂y/∂x_i as a function.

    `shares` makes the shares of all inputs together, where that is cheaper: see `quotient`. How the
    row is applied to a single node, `on_nodes`, and how a cotangent is pulled, `unrolled`, is made
    of these by the `unrollers`, one of each kind of node.
    """

    __slots__ = ("name", "on_arrays", "on_floats", "on_nodes", "partials", "shares", "unrolled")
    computes = True
    unrollers: ClassVar[list[Callable[[Elementwise], None]]] = []

    def __init__(
        self,
        name: str,
        on_floats: Callable[..., Any],
        on_arrays: Callable[..., Any],
        *partials: Any,
        shares: Callable[..., tuple[Any, ...] | None] | None = None,
    ) -> None:
        self.name = name
        self.on_floats = on_floats
        self.on_arrays = on_arrays
        self.partials = partials
        self.shares = shares
        self.on_nodes: dict[type, Callable[[Any], Any]] = {}
        self.unrolled: dict[tuple[type, type], Pull] = {}
        self.unroll()

    def unroll(self) -> None:
        """Make what is made of the row; again, if a test has put other partials into it."""
        for unroll in self.unrollers:
            unroll(self)

    def __call__(self, *inputs: Any) -> Any:
        if len(inputs) == 1 and (method := self.on_nodes.get(type(inputs[0]))):
            return method(inputs[0])
        return Op.__call__(self, *inputs)

    def forward(self, *inputs: Any) -> Any:
        if len(inputs) != len(self.partials):  # NumPy would write into one too many
            raise TypeError(
                f"'{self.name}' takes {len(self.partials)} inputs, {len(inputs)} were given"
            )
        if type(inputs[0]) is ndarray or (len(inputs) > 1 and ndarray in map(type, inputs)):
            out = self.on_arrays(*inputs)
            return out if type(out) is ndarray else np.asarray(out)
        try:
            return float(self.on_floats(*inputs))
        except (ArithmeticError, ValueError):
            # Where Python's math raises, IEEE 754 has a result and NumPy a warning.
            return float(self.on_arrays(*inputs))

    def vjp(self, i: int, g: Any, out: Any, *inputs: Any) -> Any:
        return chain_to(g, self.slope(i, out, *inputs), shape(out), shape(inputs[i]))

    def vjps(self, g: Any, out: Any, *inputs: Any) -> Sequence[Any] | None:
        return self.shares(g, out, *inputs) if self.shares and shape(out) else None

    def slope(self, i: int, out: Any, *inputs: Any) -> Any:
        """∂out/∂input i, entry by entry; `ONE` where it is 1 everywhere."""
        d = self.partials[i]
        if d is ONE:
            return ONE
        try:
            return d(out, *inputs)
        except (ArithmeticError, ValueError):  # a pole of Python's floats: arrays follow IEEE 754
            d = d(*map(as_array, (out, *inputs)))
            if type(d) is ndarray and d.shape == (1,):
                return float(d[0])
            return d[0] if shape(d) == (1,) and not shape(out) else d

    def __reduce__(self) -> tuple[Any, ...]:
        # Pickled by the name it has in its module, as functions are: its parts have no names.
        for module in [m for m in sys.modules if m.startswith("autograd_lite.")]:
            for name, row in vars(sys.modules[module]).items():
                if row is self:
                    return row_named, (module, name)
        raise pickle.PicklingError(f"the operation '{self.name}' has no name to be pickled by")

    def on_objects(self, *inputs: Any) -> Any:
        """Entry by entry, for arrays of Values."""
        # Entries out of an array of objects are what was put there, so no entry is an array again.
        return np.frompyfunc(self, len(self.partials), 1)(*inputs)


Elementwise.__doc__ = _Docstring(str(Elementwise.__doc__))  # type: ignore[assignment]


def row_named(module: str, name: str) -> Elementwise:
    """The row of that name."""
    return getattr(importlib.import_module(module), name)


def as_array(x: Any) -> Any:
    """A number, in an array without axes too, as a vector, which divides by 0; others as they are.

    What is computed of an array without axes is no array, but a number again.
    """
    if type(x) is ndarray:
        return x if x.ndim else x.reshape(1)
    return x if isinstance(x, Node) or type(x) in stand_ins else np.array([x], float)


def chain(g: Any, d: Any, y: Any = None, x: Any = None) -> Any:
    """g · d, the cotangent times a local derivative; 0 where g is 0 and d is inf or NaN.

    A branch that `where` did not take sends back exactly 0, and must stay without effect even when
    its derivative is infinite: d/dx where(x > 0, log x, 0) at x = 0 is 0, not 0 · inf = NaN.

    Whoever has just computed `d` of y and x alone may give them too: see `spare`.
    """
    if type(d) is ndarray is type(g):
        if d.size < 8192:
            product = g * d
            # A finite slope has no 0 · inf, and seeds in front make the product much larger.
            if isfinite(vdot(d, d)):
                return product
        else:
            product = np.multiply(g, d, spare(g, d, y, x))
    elif type(g) in node_types or type(d) in node_types:
        return chain_product(g, d)
    elif isinstance(d, float) and isfinite(d):
        return g * d
    else:
        product = g * d
    if type(product) is ndarray:
        # NaN if an entry is. On a small array this takes a third of the time of isnan().any(); on
        # a large one BLAS would start threads, which on a busy machine wait for each other.
        probe = vdot(product, product) if product.size < 8192 else np.maximum.reduce(product, None)
        if probe == probe:
            return product
        return np.where(np.equal(g, 0), np.zeros((), product.dtype), product)
    if type(product) in stand_ins:
        return chain_product(g, d)
    return product if product == product or g != 0 else 0.0


def spare(g: Any, d: Any, y: Any, x: Any) -> Any:
    """A slope of y and x as the memory of g · d, if it is nobody else's and fits; else None.

    For large arrays that takes as little as half the time of a product in memory of its own.
    """
    if y is None or d is y or d is x or d.base is not None:
        return None
    return d if d.shape == g.shape and d.dtype == g.dtype else None


def chain_to(g: Any, d: Any, old: tuple[int, ...], new: tuple[int, ...]) -> Any:
    """g · d, summed from the result's shape `old` to the input's shape `new`."""
    if d is ONE:
        return sum_to(g, old, new)
    if old == new:
        return chain(g, d)
    if (
        type(d) is type(g) is ndarray
        and g.ndim > len(old)
        and (new == (*old[:-1], 1) or (new == () and len(old) == 1))
        and d.shape == old
        and d.size < 8192
        and isfinite(vdot(d, d))  # no 0 · inf to look for
    ):
        # Copied along the last axis only, as the sum in a softmax is: the product and its sum in
        # one go. With K seeds that takes a fraction of the time of one after the other.
        return np.vecdot(g, d).reshape(g.shape[: g.ndim - len(old)] + new)
    return sum_to(chain(g, d), old, new)


# How `chain` is recorded, so that 0 · inf = 0 holds for derivatives of derivatives too.
chain_product = Elementwise(
    "*",
    lambda g, d: chain(g, d),
    lambda g, d: chain(g, d),
    lambda z, g, d: d,
    lambda z, g, d: g,
)
TABLE["chain_product"] = chain_product
