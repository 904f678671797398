"""Derivatives of functions: grad, vjp, jvp, jacobian, hessian, to any order.

Each calls the function on fresh nodes, sweeps what it recorded, and leaves every `.grad` alone. Given
plain numbers they return plain numbers; given nodes, or a function that uses nodes from outside,
they return nodes, so they nest: `grad(grad(f))`, `jacobian(grad(f))`.

Source: Griewank and Walther, *Evaluating Derivatives* (2008), chapters 3 and 5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .graph import Node, data, sweep, wrap
from .ops.elementwise import identity
from .ops.shape import reshape
from .tensor import Tensor
from .trees import flatten
from .value import Value

__all__ = ["grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"]


def fresh(x: Any, name: str) -> Node:
    """A new node to differentiate with respect to, for a number, an array or a node."""
    if isinstance(x, Node):
        return identity(x)
    if isinstance(x, int | float | np.generic):
        return Value(x) if np.asarray(x).dtype != np.float32 else Tensor(x)
    try:
        return Tensor(x)
    except TypeError as error:
        error.add_note(f"in {name}, for an argument to differentiate with respect to")
        raise


def constant(numbers: Any) -> Node:
    """A node that depends on nothing: a seed of a recorded sweep."""
    return wrap(numbers, identity, (numbers,))


class Linearized:
    """A function called once on fresh nodes: what it returned, and the nodes it was called with."""

    def __init__(
        self, name: str, f: Callable[..., Any], argnums: Any, args: Sequence[Any], kwargs: Any
    ) -> None:
        if not callable(f):
            raise TypeError(f"{name} takes a function, not {type(f).__name__}")
        self.name = name
        self.single = isinstance(argnums, int | np.integer)
        called = list(args)
        self.inputs: list[Node] = []
        self.parts: list[tuple[int, Any]] = []
        self.record = False
        for n in [argnums] if self.single else argnums:
            if not -len(args) <= n < len(args):
                raise ValueError(
                    f"{name} was to differentiate argument {n}, but the function was given "
                    f"{len(args)} positional arguments (argnums counts from 0)"
                )
            leaves, rebuild = flatten(args[n])
            self.record = self.record or any(isinstance(x, Node) for x in leaves)
            nodes = [fresh(x, name) for x in leaves]
            self.inputs += nodes
            self.parts.append((len(nodes), rebuild))
            called[n] = rebuild(nodes)
        if self.record:
            # An outer differentiation must not take these for leaves that somebody else made.
            for node in self.inputs:
                if node.op is None:
                    node.op, node.left = identity, node.primal
        self.result = f(*called, **kwargs)
        self.outputs, self.rebuild_result = flatten(self.result)
        if not any(isinstance(out, Node) for out in self.outputs):
            raise ValueError(
                f"{name}: nothing to differentiate. The function returned "
                f"{type(self.result).__name__} {self.result!r:.60}, which no operation on its "
                "argument made: it is constant, or .item(), .data or float() cut the graph on the way"
            )

    def scalar(self) -> Node:
        """The one output, checked to be a single number."""
        out = self.outputs[0]
        if len(self.outputs) != 1 or not isinstance(out, Node) or out.size != 1:
            shapes = ", ".join(str(getattr(x, "shape", ())) for x in self.outputs)
            raise ValueError(
                f"{self.name} needs a function with one number as result; this one returned shape "
                f"{shapes}. Sum it, or ask ag.jacobian for every output's derivative"
            )
        return out

    def pull(self, seeds: Sequence[Any]) -> list[Any]:
        """The cotangents of the inputs for a cotangent of every output; leading axes ride along.

        Data when everything was data; nodes when nodes from outside take part, as arguments or
        inside the function, since the result then depends on them.
        """
        pairs = [(x, g) for x, g in zip(self.outputs, seeds, strict=True) if isinstance(x, Node)]
        roots = [x for x, _ in pairs]
        record = self.record or any(isinstance(g, Node) for _, g in pairs)
        if not record:
            found, foreign = self._sweep(roots, [g for _, g in pairs], record=False)
            if not foreign:
                return found
        return self._sweep(
            roots, [g if isinstance(g, Node) else constant(g) for _, g in pairs], record=True
        )[0]

    def _sweep(self, roots: Any, seeds: Any, record: bool) -> tuple[list[Any], bool]:
        place = {x: i for i, x in enumerate(self.inputs)}
        found: list[Any] = [None] * len(self.inputs)
        foreign = False
        with np.errstate(all="ignore"):
            for node, g in sweep(roots, seeds, record, stop=self.inputs):
                if node in place:
                    found[place[node]] = g
                elif node.op is None:
                    foreign = True
                    if not record:
                        break
        return found, foreign

    def fitted(self, cotangents: Sequence[Any], lead: tuple[int, ...] = ()) -> list[Any]:
        """Each cotangent in its input's dtype; zeros of the input's shape where none arrived."""
        return [
            fit(np.zeros(lead + x.shape) if g is None else g, x)
            for g, x in zip(cotangents, self.inputs, strict=True)
        ]

    def arrange(self, leaves: list[Any]) -> Any:
        """One leaf per input, put back into the containers of the arguments."""
        done, start = [], 0
        for count, rebuild in self.parts:
            done.append(rebuild(leaves[start : start + count]))
            start += count
        return done[0] if self.single else tuple(done)


def fit(g: Any, x: Node) -> Any:
    """A cotangent as a caller expects it: a node, a float for a Value, an array in x's dtype."""
    if isinstance(g, Node):
        return g
    if isinstance(x, Value) and np.ndim(g) == 0:
        return float(g)
    return np.array(g, dtype=x.dtype)


def value_and_grad(f: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    """(f(x), ∇f(x)) for a function whose result is one number.

    `argnums` counts positional arguments from 0; a tuple gives a tuple of gradients. Arguments are
    numbers, arrays, or nested lists, tuples, dicts and dataclasses of them; a gradient has the form
    of its argument. Raises ValueError for a result that is no single number or depends on no node.

    >>> import autograd_lite as ag
    >>> ag.value_and_grad(lambda x: x**3)(2.0)
    (8.0, 12.0)
    """

    def with_value(*args: Any, **kwargs: Any) -> Any:
        lin = Linearized("value_and_grad", f, argnums, args, kwargs)
        out = lin.scalar()
        gradient = lin.arrange(lin.fitted(lin.pull([out.one()])))
        return (out if lin.record else data(out)), gradient

    return with_value


def grad(f: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    """∇f: a function that returns the gradient of `f` where it is called. See `value_and_grad`.

    >>> import autograd_lite as ag
    >>> ag.grad(lambda x: x**3)(2.0)
    12.0
    >>> ag.grad(ag.grad(lambda x: x**3))(2.0)
    12.0
    """

    def gradient(*args: Any, **kwargs: Any) -> Any:
        lin = Linearized("grad", f, argnums, args, kwargs)
        return lin.arrange(lin.fitted(lin.pull([lin.scalar().one()])))

    return gradient


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], Any]]:
    """(f(*primals), pullback): `pullback(g)` is gᵀJ, a cotangent for every primal, as a tuple.

    >>> import autograd_lite as ag
    >>> out, pullback = ag.vjp(ag.softmax, [2.0, 1.0, 0.1])
    >>> pullback([1.0, 0.0, 0.0])[0].round(4)
    array([ 0.2247, -0.1598, -0.065 ])
    """
    lin = Linearized("vjp", f, tuple(range(len(primals))), primals, {})

    def pullback(g: Any) -> Any:
        seeds = flatten(g)[0]
        if len(seeds) != len(lin.outputs):
            seeds = list(np.asarray(g).ravel()) if np.size(g) == len(lin.outputs) else seeds
        checked = [check(s, out) for s, out in zip(seeds, lin.outputs, strict=True)]
        return lin.arrange(lin.fitted(lin.pull(checked)))

    def check(seed: Any, out: Any) -> Any:
        return seed if isinstance(seed, Node) or not isinstance(out, Node) else out.check_seed(seed)

    result = lin.result if lin.record else lin.rebuild_result([data(x) for x in lin.outputs])
    return result, pullback


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """(f(*primals), J·tangents): the derivative along a direction, in the form of the result.

    >>> import autograd_lite as ag
    >>> ag.jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)
    """
    lin = Linearized("jvp", f, tuple(range(len(primals))), tuple(primals), {})
    directions = flatten(tuple(tangents))[0]
    if len(directions) != len(lin.inputs):
        raise ValueError(f"jvp was given {len(directions)} tangents for {len(lin.inputs)} primals")
    # gᵀJ is linear in g: its own transpose, applied to the tangents, is J·tangents.
    probes = [fresh(np.zeros(x.shape) if x.shape else 0.0, "jvp") for x in lin.outputs]
    columns = lin._sweep(lin.outputs, probes, record=True)[0]
    pairs = [
        (column, direction if isinstance(direction, Node) else x.check_seed(direction))
        for column, direction, x in zip(columns, directions, lin.inputs, strict=True)
        if isinstance(column, Node)
    ]
    record = lin.record or any(isinstance(d, Node) for _, d in pairs)
    found: dict[Node, Any] = {}
    with np.errstate(all="ignore"):
        for node, g in sweep(
            [c for c, _ in pairs],
            [constant(d) if record and not isinstance(d, Node) else d for _, d in pairs],
            record,
            stop=probes,
        ):
            found[node] = g
    out = [
        fit(found.get(p, np.zeros(x.shape)), x) for p, x in zip(probes, lin.outputs, strict=True)
    ]
    result = lin.result if lin.record else lin.rebuild_result([data(x) for x in lin.outputs])
    return result, lin.rebuild_result(out)


def hvp(f: Callable[..., Any], x: Any, v: Any) -> Any:
    """∇²f(x)·v without forming the Hessian: the derivative of ∇f along `v`.

    >>> import autograd_lite as ag
    >>> ag.hvp(lambda x: (x**3).sum(), [1.0, 2.0], [1.0, 0.0])
    array([6., 0.])
    """
    return vjp(grad(f), x)[1](v)[0]


def jacobian(f: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    """J of shape `out.shape + in.shape`: ∂out_i/∂in_j for all i, j, in one sweep of K seeds.

    `f` maps an array (or number, or nested arguments: then a Jacobian for each leaf) to an array, an
    array of Values or a number. Raises ValueError for a result that depends on no node.

    >>> import autograd_lite as ag
    >>> ag.jacobian(ag.softmax)([2.0, 1.0, 0.1]).round(4)
    array([[ 0.2247, -0.1598, -0.065 ],
           [-0.1598,  0.1837, -0.0239],
           [-0.065 , -0.0239,  0.0889]])
    """

    def full(*args: Any, **kwargs: Any) -> Any:
        lin = Linearized("jacobian", f, argnums, args, kwargs)
        sizes = [getattr(x, "size", 1) for x in lin.outputs]
        total = int(np.sum(sizes))
        seeds, start = [], 0
        for out, size in zip(lin.outputs, sizes, strict=True):
            block = np.zeros((total, size))
            block[start : start + size] = np.eye(size)
            dtype = getattr(out, "dtype", np.dtype(float))
            seeds.append(block.reshape(total, *getattr(out, "shape", ())).astype(dtype))
            start += size
        rows = lin.fitted(lin.pull(seeds), (total,))
        shapes = [getattr(x, "shape", ()) for x in lin.outputs]
        whole = np.shape(lin.result) if isinstance(lin.result, np.ndarray | list) else None

        def for_input(row: Any, x: Node) -> Any:
            if whole is not None and np.prod(whole) == total:
                return reshape_any(row, whole + x.shape)
            blocks, at = [], 0
            for shape, size in zip(shapes, sizes, strict=True):
                blocks.append(reshape_any(row[at : at + size], shape + x.shape))
                at += size
            return lin.rebuild_result(blocks)

        return lin.arrange([for_input(r, x) for r, x in zip(rows, lin.inputs, strict=True)])

    return full


def reshape_any(x: Any, shape: tuple[int, ...]) -> Any:
    """Reshape of data or node; a single number of data comes out as a float."""
    if isinstance(x, Node):
        return reshape(x, shape)
    return x.reshape(shape) if shape else float(np.asarray(x).reshape(()))


def hessian(f: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    """∇²f of shape `in.shape + in.shape`, for a function whose result is one number.

    >>> import autograd_lite as ag
    >>> ag.hessian(lambda x: x[0] * x[1] ** 2)([1.0, 3.0])
    array([[0., 6.],
           [6., 2.]])
    """
    return jacobian(grad(f, argnums), argnums)
