"""A program made simpler: rules applied, equal steps shared, what nothing reads left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .arguments import bits
from .program import GUARD, INPUT, Program, Step, leaves, mapped
from .rules import RULES

__all__ = ["key_of", "lines_of", "read", "simplified"]


def simplified(program: Program) -> Program:
    """The program with the rules applied, equal steps shared and unread ones left out."""
    instead: dict[Step, Any] = {}
    known: dict[Any, Step] = {}
    steps: list[Step] = []

    def newest(x: Any) -> Any:
        return instead.get(x, x) if type(x) is Step else x

    for step in program.steps:
        step.args = mapped(step.args, newest)
        if step.kwargs:
            step.kwargs = mapped(step.kwargs, newest)
        other = None
        for rule in () if step.kwargs else RULES:
            other = rule(step)
            if other is not None:
                break
        if other is None:
            other = known.setdefault(written_key(step), step)
        if other is step:
            steps.append(step)
        else:
            instead[step] = other
            if isinstance(other, Step) and not other.label and other.call is not INPUT:
                other.label = step.label
            if isinstance(other, Step) and other.backward and other.of is None:
                other.of = step.of
    outputs = [newest(x) for x in program.outputs]
    return Program(program.inputs, read(steps, outputs), outputs)


def read(steps: list[Step], outputs: list[Any]) -> list[Step]:
    """The steps that a result or a guard depends on."""
    needed = set(leaves(outputs))
    kept = []
    for step in reversed(steps):
        if step.call is GUARD or step in needed:
            needed.update(step.uses())
            kept.append(step)
    return kept[::-1]


def written_key(step: Step) -> Any:
    """What two steps have in common that compute the same."""
    return step.call, key_of(step.args), key_of(step.kwargs)


def key_of(x: Any, name: Callable[[Step], Any] = lambda step: step) -> Any:
    """Constants by type and bits, steps by identity, or by the name they are given."""
    if type(x) is Step:
        return name(x)
    if type(x) in (tuple, list):
        return type(x), tuple([key_of(item, name) for item in x])
    if type(x) is dict:
        return tuple([(k, key_of(item, name)) for k, item in x.items()])
    if type(x) is slice:
        return slice, key_of((x.start, x.stop, x.step), name)
    return bits(x)


def lines_of(program: Program) -> list[Any]:
    """What each step does, then the results; two programs with the same lines are one program."""
    number = {step: i for i, step in enumerate([*program.inputs, *program.steps])}.__getitem__
    lines: list[Any] = [
        (s.call, key_of(s.args, number), key_of(s.kwargs, number), s.shape, s.dtype)
        for s in program.steps
    ]
    return [*lines, key_of(program.outputs, number)]
