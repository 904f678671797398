"""`check_gradients`: a function's gradient by hand, by autodiff and numerically."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..calculus.gradients import grad
from ..calculus.trees import flatten
from ..core.graph import Node, data
from ..graphs.names import caller_names
from ..graphs.tape import Tape
from ..nodes import callsite
from .analytic import rules
from .autodiff import cut, suspects
from .call import Call, mutated, parameters, recorded, same, snapshot
from .examine import Budget, examine
from .findings import Note, Row
from .hand import by_hand, spread, which
from .jointly import judge_jointly
from .report import Report
from .witness import METHODS, hear

__all__ = ["check_gradients"]


def check_gradients(
    f: Callable[..., Any],
    *args: Any,
    hand: Any = None,
    argnums: int | Sequence[int] | None = None,
    order: int = 1,
    method: str = "central",
) -> Report:
    """Compare the gradient of `f` at `args` by hand, by autodiff and numerically.

    `f` takes numbers, arrays or nested containers and returns a number or an array; then Jacobians,
    shape `out.shape + in.shape`, are compared. `hand` is a function of the same arguments, an
    array, or a dict from argument names or numbers to arrays; without it autodiff and the numerical
    witness are compared. `argnums` says which arguments (an int or several, counted from 0); by
    default all that hold floats, or with a hand array the first. `order=2` checks the derivative of
    the gradient. `method` is "central", "richardson" (error about 1e-12) or "complex" (exact where
    f is analytic).

    Raises TypeError for what is not numeric and ValueError for arguments that are not there. A
    wrong shape, a NaN, or a hand function that raises is a finding of the report.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> bool(ag.check_gradients(lambda x: x**3, 2.0, hand=lambda x: 3 * x**2))
    True
    >>> h = ag.softmax([2.0, 1.0, 0.1])
    >>> report = ag.check_gradients(ag.softmax, [2.0, 1.0, 0.1], hand=np.diag(h * (1 - h)))
    >>> report.verdict, report.causes[0].code
    ('hand', 'diagonal-only')
    """
    if not callable(f):
        raise TypeError(f"check_gradients takes a function, not {type(f).__name__}")
    if method not in METHODS:
        raise ValueError(f"method is one of {', '.join(METHODS)}, not {method!r}")
    if order not in (1, 2):
        raise ValueError(f"order is 1 or 2, not {order!r}")
    chosen = which(f, args, hand, argnums)
    notes: list[Note] = []
    before = snapshot(args)
    given = by_hand(f, args, hand, chosen)
    notes += given.notes
    notes += mutated(before, args, "the hand function", parameters(f, len(args)))
    if order == 2:
        f = gradient_of(f, chosen)
    call, nodes, outputs, seen = recorded(f, args, chosen)
    call.variables = caller_names(callsite.depth())
    again = call(call.nodes(call.leaves))[1]
    notes += mutated(before, args, "f", parameters(f, len(args)))
    unreliable = not same(outputs, again)
    if unreliable:
        notes.append(
            Note(
                "random-forward",
                "f gave another result for the same arguments: fix the seed inside f, or draw the "
                "random numbers once, outside",
            )
        )
    report = Report([], notes)
    spans = {n: range(start, start + count) for n, count, start in call.starts()}
    asked = [k for n in chosen for k in spans[n]]
    parts = given.parts
    per_output = parts if len(outputs) == 1 else spread(parts, len(outputs), len(asked))
    asking = Asking(call, method, unreliable, seen)
    for o, out in enumerate(outputs):
        tape = Tape(out, variables=call.variables) if isinstance(out, Node) else None
        for place, k in enumerate(asked):
            hand_k = per_output[o * len(asked) + place] if per_output is not None else None
            row = asking.row(o, out, tape, k, nodes[k], hand_k)
            row.name = named(call, f, out, o, k, len(outputs), order)
            if place in given.failures:
                row.verdict, row.causes = "hand", [given.failures[place]]
                row.sentence = "there is no hand gradient to compare."
            report.rows.append(row)
        if tape is not None:
            of_out = report.rows[-len(asked) :]
            judge_jointly(tape, [(nodes[k], row) for k, row in zip(asked, of_out, strict=True)])
    return report


def gradient_of(f: Any, chosen: list[int]) -> Any:
    """∇f as a function with the leaves of the gradient as its result."""
    single = chosen[0] if len(chosen) == 1 else tuple(chosen)

    def gradient(*args: Any) -> Any:
        leaves = flatten(grad(f, single)(*args))[0]
        return leaves[0] if len(leaves) == 1 else tuple(leaves)

    gradient.__signature__ = signature(f)  # type: ignore[attr-defined]
    return gradient


def signature(f: Any) -> Any:
    """The parameters of `f`; any number of them where Python cannot tell."""
    try:
        return inspect.signature(f)
    except (TypeError, ValueError):
        return inspect.signature(lambda *args: None)


@dataclass
class Asking:
    """What is the same for all gradients of one call."""

    call: Call
    method: str
    unreliable: bool
    seen: list[Node]
    budget: Budget = field(default_factory=Budget)

    def row(self, o: int, out: Any, tape: Tape | None, k: int, x: Node, hand: Any) -> Row:
        """The gradient of output number `o` with respect to leaf number `k`, the node `x`."""
        call = self.call
        at = np.asarray(x.primal, float).ravel()
        function = call.along(k, o)
        if tape is None or x not in tape.consumers:
            shape = np.shape(out) if tape is None else out.shape if tape.lead else ()
            return cut(function, at, shape, x, hand, self.method, self.seen)

        def through(v: np.ndarray) -> np.ndarray:
            return np.asarray(tape.forward(x, v.reshape(x.shape), rules), complex).ravel()

        def near(v: np.ndarray) -> np.ndarray:
            nodes = call.at(k, at + v)
            there = call(nodes)[1][o]
            if not isinstance(there, Node):  # on this side of a branch the result is constant
                return np.zeros((out.size, at.size))
            return Tape(there).gradient(nodes[k]).reshape(out.size, at.size)

        said = hear(function, at, tape, x, hand, self.method, through, near=near)
        row = examine("", tape, x, hand, said, self.budget, unreliable=self.unreliable)
        if row.verdict == "autodiff":
            row.causes = suspects(tape, x, self.seen)
        return row


def named(call: Call, f: Any, out: Any, o: int, k: int, count: int, order: int) -> str:
    """dL/dz for a single number, df/dz for arrays, d(dL/dz)/dz at second order."""
    top = "L"
    if np.size(data(out)) > 1 or np.ndim(data(out)):
        name = getattr(f, "__name__", "f")
        top = name if name.isidentifier() else "f"
        if count > 1:
            top += f"[{o}]"
    if order == 2:
        top = f"(dL/d{call.names[o if count > 1 else 0]})"
    return f"d{top}/d{call.names[k]}"
