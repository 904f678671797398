"""The same in fewer steps: what stands in the place of the core's functions and methods.

Everything works without this folder, and with `AUTOGRAD_LITE_PLAIN=1` in the environment, to the
same bits; graphs of numbers then take about five times as long. `sweeping` has the sort and the
sweep, `arrays` the chain rule on arrays, `template` what an operation does on the usual inputs.

`replaced` lists every replacement, for the test that runs both ways side by side.
"""

from __future__ import annotations

from collections.abc import Callable
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


def replace(owner: Any, name: str, quick: Any) -> None:
    """Put `quick` where the plain way stands, for all who look it up from now on."""
    replaced.append((owner, name, getattr(owner, name), quick))
    setattr(owner, name, quick)


class Made(dict[Any, Any]):
    """What is made when it is first asked for: most programs use a few of the rows."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self.make = make

    def __missing__(self, key: Any) -> Any:
        self[key] = made = self.make(key)
        return made


def pull_of(op: Elementwise | None, types: tuple[type, type]) -> Any:
    """How a cotangent goes back through `op` (None: any) to inputs of these types, or None."""
    left, right = types
    kind: Any = left if left in of_arrays else right
    if kind not in of_arrays or (op is None and not of_arrays[kind]):
        return None
    if op is not None and len(op.partials) != (1 if right is NoneType else 2):
        return None
    others = (int, np.ndarray) if of_arrays[kind] else (int,)  # the same as floats
    if left in others or right in others:
        known = Op.pulls if op is None else op.pulls  # type: ignore[attr-defined]
        return known[(kind, float) if kind is left else (float, kind)]
    if right is NoneType:
        case = "alone"
    elif left is right:
        case = "both"
    elif right is float:
        case = "left"
    elif left is float:
        case = "right"
    else:
        return None
    return pull(of_arrays[kind], case, op)


def alone_of(row: Elementwise, kind: Any) -> Any:
    """The row as a function of one node of this kind, or None."""
    arrays_ = of_arrays.get(kind)
    compute = row.on_arrays if arrays_ else row.on_floats
    if arrays_ is None or len(row.partials) != 1:
        return None
    if not arrays_ and isinstance(compute, np.ufunc):
        return None
    return method(kind, arrays_, "alone", row, compute, partial(call_op, row), row.pulls)


def quicken(row: Any) -> None:
    """Let the row's quick ways be made; again, if it was given other partials."""
    row.pulls, row.alone = Made(partial(pull_of, row)), Made(partial(alone_of, row))


def init(self: Elementwise, *args: Any, **kwargs: Any) -> None:
    plain_init(self, *args, **kwargs)
    quicken(self)


def call(self: Any, *inputs: Any) -> Any:
    """As `Op.__call__`; a single node takes the way of a method."""
    if len(inputs) == 1 and (quick := self.alone[type(inputs[0])]):
        return quick(inputs[0])
    return call_op(self, *inputs)


def call_op(self: Any, *inputs: Any) -> Any:
    """As `Op.__call__`, in the fewest steps for one node."""
    if len(inputs) == 1 and not blocks:
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
    for kind, arrays_ in kinds.items():
        for name, row in methods.items():
            install_method(kind, name, row, row.on_arrays if arrays_ else row.on_floats)


def install_method(kind: Any, name: str, op: Any, compute: Any) -> None:
    """Let a quick method, made at its first call, stand where the one of that name does."""
    plain = getattr(kind, name)
    one = isinstance(op, Elementwise) and len(op.partials) == 1
    case = "alone" if one else "right" if name.startswith("__r") else "left"

    def put(way: Any) -> None:
        way.__name__, way.__doc__, way.__qualname__ = name, plain.__doc__, plain.__qualname__
        setattr(kind, name, way)
        if case == "right" and of_arrays[kind]:
            kind.reflected = {**kind.reflected, compute: way}  # for NumPy's `array * node`

    def first(self: Any, *other: Any) -> Any:
        quick = method(kind, of_arrays[kind], case, op, compute, plain, op.pulls)
        put(quick)
        return quick(self, *other)

    replaced.append((kind, name, plain, first))
    put(first)


def sum_of(op: Any, kind: type[Node], compute: Any) -> Any:
    """A sum as a function of one node of this kind."""
    return method(kind, of_arrays[kind], "alone", op, compute, op, op.pulls)


USUAL = (float, np.ndarray)
plain_init, plain_call = Elementwise.__init__, Op.__call__
Op.pulls = Made(partial(pull_of, None))  # type: ignore[attr-defined]
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
