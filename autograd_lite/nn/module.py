"""`Module`: what has parameters. It finds them among its attributes, so nothing is registered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core.graph import Node, data
from ..nodes.saving import store
from ..nodes.value import Value

__all__ = ["Module"]


class Module:
    """What has parameters: Tensors and Values among its attributes, and those of its Modules.

    Subclass it, assign what is to be trained, and write `__call__`. Lists, tuples and dictionaries
    are looked through; a node that was computed is no parameter, only a leaf is. Arrays among the
    attributes (running statistics, say) are part of the state, but are not trained.

    >>> import autograd_lite as ag
    >>> class Line(ag.nn.Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = ag.Tensor(2.0), ag.Tensor(1.0)
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> line = Line()
    >>> line(3.0).item(), len(line.parameters()), list(line.state_dict())
    (7.0, 2, ['slope', 'offset'])
    """

    training = True

    def parameters(self) -> list[Any]:
        """The leaves to be trained, in the order they were assigned, each once."""
        leaves = {id(leaf): leaf for _, leaf in members(self) if isinstance(leaf, Node)}
        return list(leaves.values())

    def zero_grad(self) -> None:
        """Forget the gradients: a Value's becomes 0, as in micrograd, a Tensor's None."""
        for p in self.parameters():
            p.grad = 0.0 if isinstance(p, Value) else None

    def train(self, mode: bool = True) -> Any:
        """Set this Module and all in it to train (or with False to evaluate); returns itself."""
        for module in modules(self):
            module.training = bool(mode)
        return self

    def eval(self) -> Any:
        """Set this Module and all in it to evaluate: no dropout, running statistics."""
        return self.train(False)

    def state_dict(self) -> dict[str, Any]:
        """A copy of the numbers of every parameter and array, by place: `layers.0.weight`.

        `ag.save(path, model.state_dict())` writes it to a file, and
        `model.load_state_dict(ag.load(path))` takes it from there.
        """
        return {
            name: x if isinstance(x := data(leaf), float) else x.copy()
            for name, leaf in members(self)
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over the numbers of a `state_dict`.

        Raises ValueError for a name that is missing or unknown and for a shape that does not fit,
        TypeError for what is no array of numbers; the Module is then left as it was.
        """
        if not isinstance(state, dict):
            raise TypeError(f"a state is a dictionary of arrays, not {type(state).__name__}")
        own = dict(members(self))
        kind = type(self).__name__
        if missing := [name for name in own if name not in state]:
            raise ValueError(f"the state lacks {listed(missing)}, which this {kind} has")
        if unknown := [name for name in state if name not in own]:
            raise ValueError(f"the state has {listed(unknown)}, which this {kind} has not")
        arrays = {name: numeric(x, name) for name, x in state.items()}
        for name, leaf in own.items():
            if arrays[name].shape != np.shape(data(leaf)):
                raise ValueError(
                    f"{name} has shape {arrays[name].shape} in the state and "
                    f"{np.shape(data(leaf))} in this {kind}"
                )
        for name, leaf in own.items():
            store(leaf, arrays[name])


def items(x: Any) -> Iterator[tuple[str, Any]]:
    """What a Module or a container holds, with the name of its place there."""
    if isinstance(x, Module):
        yield from vars(x).items()
    elif isinstance(x, dict):
        yield from ((str(key), item) for key, item in x.items())
    elif isinstance(x, list | tuple) or (isinstance(x, np.ndarray) and x.dtype == object):
        yield from ((str(i), item) for i, item in enumerate(x))


def members(x: Any, name: str = "", within: tuple[int, ...] = ()) -> Iterator[tuple[str, Any]]:
    """`(place, leaf)` for every leaf and every array of numbers below `x`."""
    if isinstance(x, Node):
        if x.op is None:
            yield name, x
    elif isinstance(x, np.ndarray) and x.dtype.kind in "fiub":
        yield name, x
    elif id(x) not in within:  # a Module may know the one it stands in
        for key, item in items(x):
            yield from members(item, f"{name}.{key}" if name else key, (*within, id(x)))


def modules(x: Any, within: tuple[int, ...] = ()) -> Iterator[Module]:
    """`x`, where it is a Module, and every Module below it."""
    if isinstance(x, Module):
        yield x
    if id(x) not in within:
        for _, item in items(x):
            yield from modules(item, (*within, id(x)))


def listed(names: list[str]) -> str:
    """A few names for a message."""
    shown = ", ".join(repr(name) for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def numeric(x: Any, name: str) -> np.ndarray:
    """An entry of a state as an array, or TypeError that names it."""
    array = np.asarray(data(x))
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} is no array of real numbers in the state: {x!r:.60}")
    return array
