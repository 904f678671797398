"""`Optimiser`: what all of them do. A kind of optimiser is its `update`, one parameter's step."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from numbers import Real
from typing import Any

import numpy as np

from ..core.graph import Node, data

__all__ = ["Optimiser"]


class Optimiser:
    """Leaves to be trained, and what is remembered of their earlier gradients.

    Subclass it and write `update(i, p, g)`: the new numbers of parameter i, from the present ones
    and the gradient. `steps` counts. All attributes but `parameters` are its state.

    >>> import autograd_lite as ag
    >>> class Signs(ag.optim.Optimiser):
    ...     def update(self, i, p, g):
    ...         return p - 0.5 * ag.sign(g)
    >>> x = ag.Value(3.0)
    >>> optimiser = Signs([x])
    >>> (x * x).backward()
    >>> optimiser.step()
    >>> x.data
    2.5
    """

    def __init__(self, parameters: Any) -> None:
        self.parameters = checked(parameters)
        self.steps = 0

    def update(self, i: int, p: Any, g: Any) -> Any:
        """The new numbers of parameter i, given the present ones and the gradient."""
        raise TypeError(f"{type(self).__name__} has no update")

    def step(self) -> None:
        """Change every parameter once, by its gradient.

        Raises ValueError where one has no gradient, or one of another shape; none is then changed.
        """
        gradients = [gradient(i, p) for i, p in enumerate(self.parameters)]
        self.steps += 1
        for i, (p, g) in enumerate(zip(self.parameters, gradients, strict=True)):
            p.data = self.update(i, data(p), g)

    def zero_grad(self) -> None:
        """Forget the gradients, as has to be done before every sweep: leaves add them up."""
        for p in self.parameters:
            p.grad = None

    def zeros(self) -> list[Any]:
        """A zero of the shape of each parameter."""
        return [
            0.0 if isinstance(x := data(p), float) else np.zeros_like(x) for p in self.parameters
        ]

    def state_dict(self) -> dict[str, Any]:
        """A copy of all that goes on from step to step, the learning rate included.

        `ag.save` writes it to a file. The parameters themselves are the model's state.
        """
        return copy.deepcopy({k: v for k, v in vars(self).items() if k != "parameters"})

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over a `state_dict`; ValueError where it is of another optimiser or other shapes."""
        kind, own = type(self).__name__, self.state_dict()
        if not isinstance(state, dict) or state.keys() != own.keys():
            given = sorted(state) if isinstance(state, dict) else type(state).__name__
            raise ValueError(f"the state of {kind} has {sorted(own)}; it was given {given}")
        for name, value in own.items():
            if shapes(value) != shapes(state[name]):
                raise ValueError(
                    f"{name} of {kind} has shapes {shapes(value)}; in the state, "
                    f"{shapes(state[name])}"
                )
        vars(self).update(copy.deepcopy(state))


def checked(parameters: Any) -> list[Any]:
    """The parameters as a list of different leaves, or an error that says what is wrong."""
    if isinstance(parameters, Node) or not isinstance(parameters, Iterable):
        wanted = "a list of them, [x]" if isinstance(parameters, Node) else "model.parameters()"
        kind = type(parameters).__name__
        raise TypeError(f"an optimiser takes a list of parameters, not a {kind}: give it {wanted}")
    leaves = list(parameters)
    if not leaves:
        raise ValueError("there are no parameters to optimise")
    for i, p in enumerate(leaves):
        if not isinstance(p, Node):
            raise TypeError(f"parameter {i} is a {type(p).__name__}, not a Tensor or Value")
        if p.op is not None:
            raise ValueError(
                f"{named(i, p)} was computed by '{p._op}': only leaves can be changed by a step"
            )
    if len({id(p) for p in leaves}) < len(leaves):
        raise ValueError("a parameter is given twice, and would be changed twice in every step")
    return leaves


def gradient(i: int, p: Any) -> Any:
    """The gradient of parameter i as plain data of its shape, or ValueError."""
    g = data(p.grad)
    if g is None:
        raise ValueError(
            f"{named(i, p)} has no gradient: call backward() on a loss that depends on it before "
            "step(), or leave it out of the optimiser's parameters"
        )
    if np.shape(g) != p.shape:
        raise ValueError(f"{named(i, p)} has a gradient of shape {np.shape(g)}, not {p.shape}")
    return g


def named(i: int, p: Any) -> str:
    """A parameter in a few words, for messages."""
    return f"parameter {i} ({f'{p.label!r} ' if p.label else ''}of shape {p.shape})"


def shapes(x: Any) -> Any:
    """The shape of an entry of a state, or of each in a list; of plain numbers ()."""
    return [np.shape(item) for item in x] if isinstance(x, list) else np.shape(x)


def at_least_zero(**given: Any) -> None:
    """TypeError where one of them is no number, ValueError where it is negative or NaN."""
    for name, x in given.items():
        if not number(name, x) >= 0:
            raise ValueError(f"{name} is at least 0, not {x}")


def below_one(**given: Any) -> None:
    """TypeError where one of them is no number, ValueError where it is outside [0, 1)."""
    for name, x in given.items():
        if not 0 <= number(name, x) < 1:
            raise ValueError(f"{name} is from 0 to below 1, not {x}")


def number(name: str, x: Any) -> Any:
    """`x`, or TypeError where it is no real number."""
    if not isinstance(x, Real):
        raise TypeError(f"{name} is a number, not {type(x).__name__} {x!r:.40}")
    return x
