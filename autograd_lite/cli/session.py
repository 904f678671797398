"""One run of the command line: the formulas read, the values given, the graph computed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import autograd_lite as ag

from ..core.graph import Node, data, toposort
from . import UsageError, clip, did_you_mean
from .evaluate import evaluate
from .formula import Formula, parse
from .options import Options
from .values import Given, read_name, read_value

__all__ = ["Session"]

ROOT = "L"  # what the formula's value is called in drawings, traces and reports
MAX_VALUES = 100


@dataclass
class Session:
    """One run: the formulas read, the values given, and the graph computed from them."""

    options: Options
    formula: Formula = field(init=False)
    jacobian: Formula | None = field(init=False)
    hand: dict[str, Formula] = field(init=False)
    variables: dict[str, Node] = field(init=False)
    constants: dict[str, Any] = field(init=False)
    root: Any = field(init=False)
    agrees: bool = True

    def __post_init__(self) -> None:
        o = self.options
        self.formula = parse(o.formula)
        self.jacobian = parse(o.jacobian) if o.jacobian else None
        if o.jacobian == "":
            self.jacobian = self.formula
        self.hand = dict(self.read_hand())
        given = self.read_values()
        wrt = self.wanted(given)
        self.variables = {n: leaf(g) for n, g in given.items() if n in wrt}
        self.constants = {n: self.constant(g) for n, g in given.items() if n not in wrt}
        self.root = evaluate(self.formula, {**self.variables, **self.constants})
        if isinstance(self.root, np.ndarray) and self.root.dtype == object and self.root.size == 1:
            self.root = self.root.item()
        if isinstance(self.root, Node) and self.root.op is not None and ROOT not in given:
            self.root.label = ROOT

    def read_hand(self) -> Iterator[tuple[str, Formula]]:
        """The gradients derived by hand, by the names they belong to."""
        names: set[str] = set()
        for text in self.options.hand:
            try:
                name, formula = read_name(text)
            except UsageError as error:
                raise UsageError(f'--hand: {error}, as in --hand "z=softmax(z)-t"') from None
            if name in names:
                raise UsageError(f"--hand gives a gradient of {name} twice")
            names.add(name)
            yield name, parse(formula)

    def read_values(self) -> dict[str, Given]:
        """The values by name, each name once."""
        given: dict[str, Given] = {}
        if len(self.options.values) > MAX_VALUES:
            raise UsageError(f"more than {MAX_VALUES} values were given: use vectors, name=1,2,3")
        for text in self.options.values:
            value = read_value(text)
            if value.name in given:
                raise UsageError(f"the value of {value.name} is given twice")
            given[value.name] = value
        return given

    def wanted(self, given: Mapping[str, Given]) -> set[str]:
        """The names to differentiate with respect to."""
        asked = [("--wrt", name) for name in self.options.wrt or ()]
        for option, name in [*asked, *(("--hand", name) for name in self.hand)]:
            if name not in given:
                hint = did_you_mean(name, given) or f" (given: {', '.join(given) or 'none'})"
                raise UsageError(f"{option}: {clip(name, 40)!r} has no value{hint}")
            if option == "--hand" and self.options.wrt is not None and ("--wrt", name) not in asked:
                raise UsageError(f"--hand gives a gradient of {name}, which --wrt leaves out")
        if self.options.wrt is not None:
            return set(self.options.wrt)
        return {n for n in given if n not in self.formula.targets or n in self.hand}

    def constant(self, given: Given) -> Any:
        """A value that is not differentiated, as data; whole-number targets may be classes."""
        whole = given.whole and given.name in self.formula.targets
        return np.array(given.numbers, dtype=int if whole else float)[()]

    def names(self) -> dict[str, Any]:
        """What drawings are to call the variables, and the constants as the graph keeps them."""
        kept = [x for node in toposort([self.root]) for x in node.inputs if np.ndim(data(x))]
        found: dict[str, Any] = {}
        for name, constant in self.constants.items():
            for x in kept:
                if not isinstance(x, Node) and np.array_equal(x, constant):
                    found[name] = x
        return found | self.variables

    def unused(self) -> list[str]:
        """Names that were given a value and are in no formula."""
        formulas = [self.formula, *self.hand.values()] + ([self.jacobian] if self.jacobian else [])
        used = {name for f in formulas for name in f.names}
        return [n for n in (*self.variables, *self.constants) if n not in used]


def leaf(given: Given) -> Node:
    """A value as a node to differentiate with respect to."""
    if isinstance(given.numbers, float):
        return ag.Value(given.numbers, label=given.name)
    return ag.Tensor(given.numbers, label=given.name)
