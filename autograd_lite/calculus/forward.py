"""Forward mode: tangents pushed from the arguments to the result, node by node.

The table of elementwise operations serves both modes: a partial derivative is multiplied with a
cotangent on the way back and with a tangent on the way forward. A linear operation is its own
derivative. For any other, the rule is differentiated once more: gᵀJ is linear in g, so its own
transpose, applied to the tangent, is J·tangent.

Source: Griewank and Walther, *Evaluating Derivatives* (2008), section 3.1; the transpose of a
transpose is Townsend, "A new trick for calculating Jacobian vector products" (2017).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..core.elementwise import (
    ONE,
    Elementwise,
    all_finite,
    chain_product,
    chained,
    divide,
    identity,
)
from ..core.graph import Node, data, sweep, unchanged
from ..core.operation import shape
from ..ops import shape as shapes
from ..ops.branches import where
from .arguments import checked, constant, fresh, recorded, zeros
from .linearize import Linearized

__all__ = ["jvp"]


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """(f(*primals), J·tangents): the derivative along a direction, in the form of the result.

    `primals` and `tangents` are a tuple with one entry for each argument, of one form and shape.
    Raises ValueError for a tangent that does not fit its primal.

    >>> import autograd_lite as ag
    >>> ag.jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)
    """
    for given, name in ((primals, "primals"), (tangents, "tangents")):
        if not isinstance(given, tuple | list):
            raise TypeError(
                f"jvp takes its {name} as a tuple, one for each argument of the function"
            )
    lin = Linearized("jvp", f, tuple(range(len(primals))), tuple(primals), {})
    if len(tangents) != len(primals):
        raise ValueError(f"jvp was given {len(tangents)} tangents for {len(primals)} primals")
    directions = lin.form.leaves_of(tuple(tangents), "a tangent")
    directions = [checked(d, x, "a tangent") for d, x in zip(directions, lin.inputs, strict=True)]
    roots = [x for x in lin.outputs if isinstance(x, Node)]
    order, foreign = lin.own(roots), lin.uses_outside(roots)
    lin.record = lin.recording and (
        lin.record or foreign or any(isinstance(d, Node) for d in directions)
    )
    if lin.record:
        directions = [d if isinstance(d, Node) else constant(d) for d in directions]
    else:
        directions = [data(d) for d in directions]
    with recorded(), np.errstate(all="ignore"):
        found = push(lin, order, dict(zip(lin.inputs, directions, strict=True)))
    lin.note(any(found.get(x) is not None for x in roots), foreign)
    lin.warn_if_constant()
    out = [found.get(x) if isinstance(x, Node) else None for x in lin.outputs]
    fitted = [
        lin.settled(zeros(shape(x)) if t is None else t, x)
        for t, x in zip(out, lin.outputs, strict=True)
    ]
    return lin.value(), lin.out_form(fitted)


def push(lin: Linearized, order: Sequence[Node], known: dict[Node, Any]) -> dict[Node, Any]:
    """The tangent of every node in `order`, given those of the inputs; None stands for zero."""
    lin.check_fresh()
    found = dict(known)
    for node in order:
        inputs = node.inputs
        tangents = [found.get(x) if isinstance(x, Node) else None for x in inputs]
        if all(t is None for t in tangents):
            found[node] = None
            continue
        for x in inputs:
            if isinstance(x, Node):
                unchanged(x, node)
        out, args = (node, inputs) if lin.record else (node.primal, [data(x) for x in inputs])
        found[node] = pushed(node.op, tangents, out, args)
    return found


def pushed(op: Any, tangents: list[Any], out: Any, inputs: Sequence[Any]) -> Any:
    """The tangent of `out`, the result of `op`, from those of its inputs; None stands for zero."""
    if isinstance(op, Elementwise):
        terms = [
            slope_times(op, i, t, out, inputs) for i, t in enumerate(tangents) if t is not None
        ]
    elif op.linear:
        terms = [op(*(zeros(shape(x)) if t is None else t for t, x in zip(tangents, inputs)))]  # noqa: B905
    elif op.multilinear and len(inputs) > 1:
        terms = [
            op(*inputs[:i], t, *inputs[i + 1 :]) for i, t in enumerate(tangents) if t is not None
        ]
    else:
        return twice_transposed(op, tangents, out, inputs)
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def slope_times(op: Elementwise, i: int, t: Any, out: Any, inputs: Sequence[Any]) -> Any:
    """∂out/∂input i · t, in the shape of `out`."""
    d = op.slope(i, out, *inputs)
    if d is not ONE:
        # In a cotangent times a slope it is the cotangent whose zero stands for a branch not taken.
        t = (
            chain_product(d, t)
            if op in (chained, chain_product) and i == 1
            else chain_product(t, d)
        )
        if op is divide and not all_finite(out):  # 0 · 1/0 is the tangent of no branch not taken
            t = where(np.isnan(data(out)), np.nan, t)
    return t if shape(t) == shape(out) else shapes.broadcast_to(t, shape(out))


def twice_transposed(op: Any, tangents: list[Any], out: Any, inputs: Sequence[Any]) -> Any:
    """J·tangents from the rule alone, which is linear in g: swept with a probe in g's place."""
    # What the rule is given stands for itself only: the sweep must not go on below it.
    out, *inputs = (identity(x) if isinstance(x, Node) else x for x in (out, *inputs))
    record = any(isinstance(t, Node) for t in tangents)
    probe = fresh(np.zeros(shape(out), shape_dtype(out)) if shape(out) else 0.0, op.name)
    columns = {i: op.vjp(i, probe, out, *inputs) for i, t in enumerate(tangents) if t is not None}
    roots = [i for i, column in columns.items() if isinstance(column, Node)]
    stop = [probe, *(x for x in (out, *inputs) if isinstance(x, Node))]
    seeds = [tangents[i] for i in roots]
    for node, g in sweep([columns[i] for i in roots], seeds, record, stop=stop):
        if node is probe:
            return g
    return None


def shape_dtype(x: Any) -> Any:
    """The dtype of a node or array."""
    return getattr(x, "dtype", np.float64)
