"""Own operations: a forward function on plain data and a rule for each input.

What an author gets wrong is found where it happens: a forward that returns no real numbers, a rule
that is missing, that returns another shape, or that cuts the graph when it is to be recorded.

Mirrors `autograd.extend.primitive` and `jax.custom_vjp`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from ..core.elementwise import identity
from ..core.graph import Node, toposort, wrap
from ..core.operation import Op, shape, ways
from .inputs import is_objects
from .objects import tensor_of
from .shape import astype, lead, reshape, stack

__all__ = ["primitive"]

Rule = Callable[..., Any]


class primitive:
    """An operation of your own, from a function on plain numbers and arrays.

    The function is given plain data and returns one number or one array of real numbers; it must
    not write into what it is given. `defvjp` then says how to differentiate it. Applied to nodes
    the primitive is recorded; applied to plain data it is the function. Keyword arguments are
    parameters: they are passed to the function and to every rule, arrays and containers as copies
    that nobody else can write to.

    Softmax as one fused operation, with h_i(δ_ij − h_j) for its Jacobian. Written with operations
    (NumPy's own functions are, on nodes), the rule gives second derivatives too:

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> @ag.primitive
    ... def softmax(z):
    ...     e = np.exp(z - z.max())
    ...     return e / e.sum()
    >>> softmax.defvjp(lambda g, h, z: h * (g - np.sum(g * h)))
    >>> z = np.array([2.0, 1.0, 0.1])
    >>> ag.jacobian(softmax)(z).round(4)
    array([[ 0.2247, -0.1598, -0.065 ],
           [-0.1598,  0.1837, -0.0239],
           [-0.065 , -0.0239,  0.0889]])

    A rule is best tested against differences of the function, to second order:

    >>> bool(ag.check_gradients(lambda z: np.sum(softmax(z) ** 2), z, order=2))
    True
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        if not callable(function):
            raise TypeError(f"primitive takes a function, not {type(function).__name__}")
        functools.update_wrapper(self, function)
        self.function = function
        self.name = getattr(function, "__name__", type(function).__name__)
        self.rules: dict[int, tuple[Rule | None, bool]] = {}

    def defvjp(
        self, *rules: Rule | None, argnums: Sequence[int] | None = None, leading: bool = False
    ) -> None:
        """Give the rules, one for each positional input, or for those that `argnums` names.

        `rule(g, out, *inputs, **keywords)` returns the cotangent of its input for the cotangent `g`
        of the result `out`: ⟨g, ∂out/∂input⟩, linear in g, in the shape of the input. None stands
        for an input that has no derivative (an index, a mode): it takes any object, and no node.

        Rules see one cotangent at a time. `leading=True` promises that they take more, with K seeds
        as leading axes of `g` (and of nothing else), so that Jacobians need one call for all.
        """
        places = range(len(rules)) if argnums is None else [int(i) for i in argnums]
        if len(places) != len(rules):
            raise ValueError(f"defvjp was given {len(rules)} rules for {len(places)} argnums")
        for i, rule in zip(places, rules, strict=True):
            if not (rule is None or callable(rule)) or i < 0:
                raise TypeError(
                    f"the rule for input {i} of '{self.name}' is a function or None, counted from "
                    f"0; it was given {rule!r:.60}"
                )
            self.rules[i] = rule, leading

    def __call__(self, *inputs: Any, **keywords: Any) -> Any:
        for i, x in enumerate(inputs):
            if self.has_none(i) and (isinstance(x, Node) or is_objects(x)):
                raise TypeError(
                    f"input {i} of '{self.name}' has no derivative (its rule is None), but it was "
                    "given a node: pass its .data, off the graph"
                )
        fixed = {i: x for i, x in enumerate(inputs) if self.has_none(i)}
        free = tuple(i for i in range(len(inputs)) if i not in fixed)
        return Fused(self, free, fixed, keywords)(*(inputs[i] for i in free))

    def has_none(self, i: int) -> bool:
        """Whether input i is declared to have no derivative."""
        return i in self.rules and self.rules[i][0] is None

    def __reduce__(self) -> str:
        return str(self.__dict__["__qualname__"])  # pickled by name, as functions are

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"


class Fused(Op):
    """A primitive in one call: its keyword arguments, and its inputs that have no derivative."""

    primitive: primitive
    free: tuple[int, ...]
    fixed: dict[int, Any]
    keywords: dict[str, Any]

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.primitive.name

    def __call__(self, *inputs: Any) -> Any:
        return super().__call__(*(tensor_of(x) if is_objects(x) else x for x in inputs))

    def arguments(self, inputs: Sequence[Any]) -> list[Any]:
        """The positional arguments of the function, in order; arrays cannot be written to."""
        given = {**self.fixed, **dict(zip(self.free, inputs, strict=True))}
        return [guarded(given[i]) for i in range(len(given))]

    def forward(self, *inputs: Any) -> Any:
        out = self.primitive.function(*self.arguments(inputs), **self.keywords)
        return real(out, self.name, inputs)

    def vjp(self, i: int, g: Any, out: Any, *inputs: Any) -> Any:
        place, x = self.free[i], inputs[i]
        rule, leading = self.primitive.rules.get(place, (None, False))
        if rule is None:
            raise NotImplementedError(
                f"'{self.name}' has no rule for input {place}: give it one with "
                f"{self.name}.defvjp(rule, argnums=[{place}]), or None if it has no derivative"
            )
        seeds = lead(g, out)
        if leading or not seeds:
            return self.share(rule, place, g, out, inputs, seeds + shape(x), x)
        rows = reshape(g, (prod(seeds), *shape(out)))
        if not len(rows):
            return np.zeros(seeds + shape(x))
        shares = [self.share(rule, place, row, out, inputs, shape(x), x) for row in rows]
        join = stack if any(isinstance(s, Node) for s in shares) else np.stack
        return reshape(join(shares), seeds + shape(x))

    def share(
        self, rule: Rule, place: int, g: Any, out: Any, inputs: Any, expected: Any, x: Any
    ) -> Any:
        """What the rule returns, checked: a real cotangent of the shape expected."""
        where = f"the rule for input {place} of '{self.name}'"
        try:
            share = rule(guarded(g), guarded(out), *self.arguments(inputs), **self.keywords)
        except Exception as error:
            again = "; it was given nodes, to be recorded, so it has to be written with operations"
            error.add_note(f"in {where}" + (again if isinstance(g, Node) else ""))
            raise
        if isinstance(share, Node) != isinstance(g, Node) and np.any(np.asarray(plain(share))):
            raise TypeError(
                f"{where} was given {type(g).__name__} and returned {type(share).__name__}. "
                "Written with operations on its arguments alone it returns nodes for nodes, so "
                "that second derivatives follow, and plain data for plain data"
            )
        if not isinstance(share, Node):
            share = real(share, where, (g, x))
        if shape(share) != expected:
            raise ValueError(
                f"{where} returned shape {shape(share)}; it has to be {expected}, that of the input"
            )
        if isinstance(g, Node):
            if not isinstance(share, Node):
                return wrap(share, identity, share)  # zeros: a node for the recorded sweep
            self.check_connected(rule, where, share, g, out, inputs)
        dtype = getattr(x, "dtype", None)
        return share if dtype in (None, getattr(share, "dtype", None)) else astype(share, dtype)

    def check_connected(
        self, rule: Rule, where: str, share: Node, g: Node, out: Any, inputs: Any
    ) -> None:
        """TypeError for a slope that varies with the inputs and is connected to none of them.

        `g * np.cos(x.data)` is right once; differentiated again, it would be taken for a constant.
        """
        nodes = {x for x in (out, *inputs) if isinstance(x, Node)}
        if share in nodes or type(plain(g)) in ways:
            return
        for node in toposort([share], [g, *nodes])[1 + len(nodes) :]:
            if not nodes.isdisjoint(x for x in node.inputs if isinstance(x, Node)):
                return

        def at(step: float) -> Any:
            near = [guarded(moved(plain(x), step)) for x in (out, *inputs)]
            return rule(guarded(plain(g)), near[0], *self.arguments(near[1:]), **self.keywords)

        try:
            here, again, *near = [at(h) for h in (0.0, 0.0, 1e-6, -1e-6)]
        except Exception:  # it is written for nodes alone
            return
        if not np.array_equal(here, again, equal_nan=True):  # it draws random numbers
            return
        # On one side alone it is the edge of a mask, which may well be cut off.
        if not any(np.allclose(x, here, 1e-10, 0.0, True) for x in near):
            raise TypeError(
                f"{where} reads numbers of its inputs off the graph (with .data or .item(), say): "
                "its derivative would be taken for 0. Write it with operations on its arguments"
            )


def moved(x: Any, step: float) -> Any:
    """`x` with every number in it changed a little, each by another factor."""
    if not isinstance(x, float | np.ndarray) or (isinstance(x, np.ndarray) and x.dtype.kind != "f"):
        return x
    return x * (1 + step * np.cos(np.arange(np.size(x)).reshape(np.shape(x))))


def plain(x: Any) -> Any:
    """The data of a node; anything else as it is. (None counts as something.)"""
    return x.primal if isinstance(x, Node) else 1 if x is None else x


def guarded(x: Any) -> Any:
    """`x`; an array as one that cannot be written to, since others hold it too."""
    if not isinstance(x, np.ndarray):
        return x
    x = x.view()
    x.flags.writeable = False
    return x


def real(out: Any, what: str, inputs: Sequence[Any]) -> Any:
    """A result as a float or a floating-point array, or TypeError that says what it was.

    The array is one of its own: the author's function may write its next result into the same.
    """
    if type(out) in ways and out.dtype.kind in "fiub":
        return out if out.dtype.kind == "f" else out.astype(np.float64)
    if not isinstance(out, float | int | np.generic | np.ndarray):
        hint = "a node; it works on plain data, with NumPy" if isinstance(out, Node) else repr(out)
        raise TypeError(f"{what} has to return a number or an array, not {hint:.80}")
    array = np.asarray(out)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{what} has to return real numbers; it returned dtype {array.dtype}")
    if not array.ndim and not any(isinstance(x, np.ndarray) for x in inputs):
        return float(out)
    return array.astype(np.float64 if array.dtype.kind != "f" else array.dtype)
