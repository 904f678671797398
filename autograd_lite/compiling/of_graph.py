"""`source`: a graph that has been recorded, and its sweep, as NumPy code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..calculus.arguments import constant, recorded
from ..core.graph import Node, data, sweep, toposort
from ..graphs.names import constant_name, named
from .html import Source
from .passes import simplified
from .printing import written
from .program import Program
from .recorder import Recorder

__all__ = ["source"]


def source(root: Any, wrt: Any = None, passes: bool = True) -> Source:
    """The graph below `root` and its derivatives as a Python function, in NumPy alone.

    It takes the leaves (and the larger constants) by their labels or the names of your variables,
    and returns (root, derivatives with respect to `wrt`), a node or a list of them: all leaves if
    it is left out. `root` is a single number. `passes` as in `compile`.

    >>> import autograd_lite as ag
    >>> h, t = ag.Tensor([0.7, 0.2, 0.1], label="h"), [1.0, 0.0, 0.0]
    >>> q = -ag.sum(t * ag.log(h))
    >>> print(ag.source(q).partition("def q(h")[2])  # doctest: +ELLIPSIS
    ):
        # forward
        m = np.log(h)
    ...

    Source: Griewank and Walther, *Evaluating Derivatives* (2008), section 6.1.
    """
    if not isinstance(root, Node):
        raise TypeError(f"source takes a Value or a Tensor, not {type(root).__name__}")
    given, variables = named(None)
    known = (
        variables.by_id | {id(node): node.label for node in toposort([root]) if node.label} | given
    )
    order = toposort([root])
    leaves = [node for node in order if node.op is None]
    single = isinstance(wrt, Node)
    wanted = leaves if wrt is None else [wrt] if single else list(wrt)
    for node in wanted:
        if node not in set(order):
            raise ValueError("source was to differentiate with respect to a node not in the graph")
    recorder = Recorder()
    twins: dict[Any, Any] = {}

    def twin(x: Any) -> Any:
        if isinstance(x, Node):
            return twins[id(x)]
        if isinstance(x, np.ndarray) and x.size > 4 and x.dtype.kind == "f":
            if id(x) not in twins:
                twins[id(x)] = recorder.input(x, constant_name(x, variables))
            return twins[id(x)]
        return x

    with recorder, recorded(), np.errstate(all="ignore"):
        for node in order:
            name = known.get(id(node), "")
            if node.op is None:
                made = constant(recorder.input(node.primal, name))
            else:
                made = node.op(*map(twin, node.inputs))
                if name and hasattr(made.primal, "step"):
                    made.primal.step.label = made.primal.step.label or name
            twins[id(node)] = made
        stop = [twins[id(node)] for node in wanted]
        found = dict(sweep([twins[id(root)]], [root.one()], stop=stop))
        slopes = [found.get(x, np.zeros(x.shape, x.dtype)) for x in stop]
        outputs = [recorder.step_of(data(x)) for x in [twins[id(root)], *slopes]]
        recorder.namer.finish()
    program = Program(recorder.inputs, recorder.steps, outputs)
    if passes:
        program = simplified(program)
    return Source(written(program, known.get(id(root), "f"), _pair(single), passes).source())


def _pair(single: bool) -> Any:
    """How the value and the derivatives are returned."""

    def result(parts: Sequence[str]) -> str:
        value, *slopes = parts
        if single:
            return f"{value}, {slopes[0]}"
        return f"{value}, ({', '.join(slopes)}{',' * (len(slopes) == 1)})"

    return result
