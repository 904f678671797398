"""The same in fewer steps: what stands in the place of the core's functions and methods.

Everything works without this folder, and with `AUTOGRAD_LITE_PLAIN=1` in the environment, to the
same bits; graphs of numbers then take about five times as long. `sweeping` has the sort and the
sweep, `arrays` the chain rule on arrays, `template` what an operation does on the usual inputs.

`replaced` lists every replacement, for the test that runs both ways side by side.
"""

from __future__ import annotations

from functools import partial
from types import NoneType
from typing import Any

import numpy as np

from ..core import elementwise, graph, operation
from ..core.elementwise import TABLE, Elementwise
from ..core.graph import Node, blocks
from ..core.operation import Op
from . import arrays, sweeping
from .sweeping import wrap
from .template import method, pull

__all__ = ["install", "replaced"]

replaced: list[tuple[Any, str, Any, Any]] = []
"""`(owner, name, plain, quick)` for everything that was replaced."""

of_arrays: dict[type[Node], bool] = {}
"""The kinds of nodes that have quick ways, and whether they hold arrays."""


ANY: dict[tuple[type, type], Any] = {}
"""How a cotangent goes back through an operation of any kind, by the types of its inputs."""


def replace(owner: Any, name: str, quick: Any) -> None:
    """Put `quick` where the plain way stands, for all who look it up from now on."""
    replaced.append((owner, name, getattr(owner, name), quick))
    setattr(owner, name, quick)


def pulls(kind: type[Node], op: Elementwise | None) -> dict[tuple[type, type], Any]:
    """How a cotangent goes back through `op` (or any), by the types of its one or two inputs."""
    counts = (1, 2) if op is None else (len(op.partials),)
    found: dict[tuple[type, type], Any] = {}
    if 1 in counts:
        found[kind, NoneType] = pull(of_arrays[kind], "alone", op)
    if 2 in counts:
        found[kind, kind] = pull(of_arrays[kind], "both", op)
        left, right = pull(of_arrays[kind], "left", op), pull(of_arrays[kind], "right", op)
        for other in (float, int, *([np.ndarray] if of_arrays[kind] else [])):
            found[kind, other], found[other, kind] = left, right
    return found


def quicken(row: Any) -> None:
    """Make what stands for the row's general ways; again, if it was given other partials."""
    row.pulls, row.alone = {}, {}
    for kind, arrays_ in of_arrays.items():
        row.pulls |= pulls(kind, row)
        compute = row.on_arrays if arrays_ else row.on_floats
        if len(row.partials) == 1 and (arrays_ or not isinstance(compute, np.ufunc)):
            general = partial(call_op, row)
            row.alone[kind] = method(kind, arrays_, "alone", row, compute, general, row.pulls)


def init(self: Elementwise, *args: Any, **kwargs: Any) -> None:
    plain_init(self, *args, **kwargs)
    quicken(self)
    if not of_arrays:
        early.append(self)


def call(self: Any, *inputs: Any) -> Any:
    """As `Op.__call__`; a single node takes the way of a method."""
    if len(inputs) == 1 and (quick := self.alone.get(type(inputs[0]))):
        return quick(inputs[0])
    return call_op(self, *inputs)


def call_op(self: Any, *inputs: Any) -> Any:
    """As `Op.__call__`, in the fewest steps for one node."""
    if blocks:
        if (recorder := blocks[0].recorder()) is not None:
            out = recorder.apply(self, inputs)
            if out is not NotImplemented:
                return out
    elif len(inputs) == 1:
        x = inputs[0]
        if type(x) in of_arrays and type(x.primal) in USUAL:
            try:
                out = self.forward(x.current() if x.op is None else x.primal)
            except Exception:  # it is raised again there, and says where it comes from
                return plain_call(self, *inputs)
            return wrap(out, self, x)
    return plain_call(self, *inputs)


def install(kinds: dict[type[Node], bool], methods: dict[str, Elementwise]) -> None:
    """Give these kinds of nodes (of arrays, or not) their quick ways.

    `methods` are the rows behind methods of theirs: graphs consist of little else.
    """
    of_arrays.update(kinds)
    for row in [*TABLE.values(), *early]:
        quicken(row)
    for kind, arrays_ in kinds.items():
        if arrays_:
            ANY.update(pulls(kind, None))
        for name, row in methods.items():
            install_method(kind, name, row, row.on_arrays if arrays_ else row.on_floats)


def install_method(kind: Any, name: str, op: Any, compute: Any) -> None:
    """Put a quick method where the one of that name stands."""
    plain = getattr(kind, name)
    one = isinstance(op, Elementwise) and len(op.partials) == 1
    case = "alone" if one else "right" if name.startswith("__r") else "left"
    quick = method(kind, of_arrays[kind], case, op, compute, plain, op.pulls)
    quick.__name__, quick.__doc__, quick.__qualname__ = name, plain.__doc__, plain.__qualname__
    replace(kind, name, quick)
    if case == "right" and of_arrays[kind]:
        kind.reflected = {**kind.reflected, compute: quick}  # for NumPy's `array * node`


def sum_of(op: Any, kind: type[Node], compute: Any) -> Any:
    """A sum as a function of one node of this kind."""
    return method(kind, of_arrays[kind], "alone", op, compute, op, op.pulls)


USUAL = (float, np.ndarray)
early: list[Elementwise] = []  # rows made before any kind of node was known
plain_init, plain_call = Elementwise.__init__, Op.__call__
Op.pulls = ANY  # type: ignore[attr-defined]
replace(Elementwise, "__init__", init)
Elementwise.__call__ = call  # type: ignore[assignment,method-assign]
replace(Op, "__call__", call_op)
for _name in "toposort", "sweep", "wrap":
    replace(graph, _name, getattr(sweeping, _name))
replace(operation, "wrap", wrap)
sweeping.known(Node)
replace(Node, "__init_subclass__", classmethod(sweeping.known))
replace(Node, "become", sweeping.become)
replace(Node, "backward", sweeping.backward)
replace(elementwise, "sum_to", arrays.sum_to)
replace(elementwise, "all_finite", arrays.all_finite)
for _row in TABLE.values():
    quicken(_row)
