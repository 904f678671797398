"""Doing what the options ask: compute, sweep, compare, take the Jacobian, and say what came out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import autograd_lite as ag

from ..draw.text import number
from ..graph import Node, data, toposort
from . import UsageError, clip, did_you_mean
from .evaluate import evaluate, one_line
from .formula import Formula, parse
from .options import Options
from .text import matrix, numbers, table
from .values import Given, read_name, read_value

__all__ = ["Session"]

ROOT = "L"  # what the formula's value is called in drawings, traces and reports
MAX_VALUES = 100
MAX_SWEPT = 20_000_000  # numbers that a Jacobian's cotangents have together: 160 MB
MAX_COMPARED = 1_000_000_000  # about ten seconds of finite differences


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

    def report(self) -> Iterator[str]:
        """The lines of the answer, computed one part after another."""
        if isinstance(self.root, Node) and self.root.size == 1:
            yield from self.gradients()
        elif self.options.jacobian is None or self.hand or self.drawn():
            raise UsageError(self.no_single_number())
        else:
            yield from table([[[f"{self.formula.text} ="], numbers(plain(self.root))]])
        if self.jacobian is not None:
            yield from self.jacobians(self.jacobian)

    def drawn(self) -> bool:
        return bool(self.options.draw or self.options.step or self.options.trace)

    def no_single_number(self) -> str:
        """Why there is no gradient, and the way out."""
        text = clip(self.formula.text, 40)
        if not depends(self.root):
            names = ", ".join(self.variables)
            missing = f"depends on none of {names}" if names else "has no variable"
            way = "" if names else ": give values, as in x=2, and use them in it"
            return f"nothing to differentiate: {text} {missing}{way}"
        shape = getattr(self.root, "shape", ())
        return (
            f"{text} has shape {shape}, and a gradient needs one number: write sum({text}), or add "
            "--jacobian for the derivatives of every entry"
        )

    def gradients(self) -> Iterator[str]:
        """The value and the gradient, and the comparison with those derived by hand."""
        self.root.backward()
        yield f"{self.formula.text} = {number(float(self.root.item()))}"
        yield ""
        rows = [[["name"], ["value"], ["gradient"]]]
        for name, x in self.variables.items():
            gradient = ["0 (not used)"] if x.grad is None else numbers(x.grad, signed=True)
            rows.append([[name], numbers(x), gradient])
        rows += [[[n], numbers(x), ["constant"]] for n, x in self.constants.items()]
        yield from table(rows)
        if self.hand:
            yield ""
            yield from self.comparison()

    def comparison(self) -> Iterator[str]:
        """The gradients derived by hand beside autodiff's and finite differences."""
        size = sum(self.variables[name].size for name in self.hand)
        if size * sum(1000 + x.size for x in toposort([self.root])) > MAX_COMPARED:
            raise UsageError(
                "--hand: finite differences of so many entries would take too long here; compare a "
                "smaller example, or use ag.compare from Python"
            )
        # NumPy's numbers, so that 1 / x at 0 is inf here too, and the report can say so.
        values = {n: np.array(data(x))[()] for n, x in self.variables.items()} | self.constants
        for name, formula in self.hand.items():
            if self.variables[name].grad is None:
                raise UsageError(f"--hand: {name} is not used in {clip(self.formula.text, 40)}")
            try:
                self.variables[name].hand = plain(evaluate(formula, values))
            except UsageError as error:
                raise UsageError(f"--hand {name}: {error}") from None
        try:
            report = ag.compare(self.root)
        except (ValueError, TypeError) as error:
            raise UsageError(f"--hand: {one_line(error)}") from None
        self.agrees = report.verdict in ("agree", "numerical")
        yield from str(report).splitlines()

    def jacobians(self, formula: Formula) -> Iterator[str]:
        """All derivatives of every entry of a formula, for each name it depends on."""
        names = [n for n in self.variables if n in formula.names]
        if not names:
            raise UsageError(
                f"--jacobian: {clip(formula.text, 40)} depends on none of the names to "
                f"differentiate ({', '.join(self.variables) or 'none'})"
            )
        values = {**self.variables, **self.constants}
        out = evaluate(formula, values)
        swept = sum(x.size for x in toposort(nodes(out)))
        if math.prod(np.shape(plain(out))) * swept > MAX_SWEPT:
            raise UsageError(
                f"--jacobian: {clip(formula.text, 40)} has too many entries for it here"
            )

        def outputs(*arguments: Any) -> Any:
            return evaluate(formula, {**values, **dict(zip(names, arguments, strict=True))})

        try:
            found = ag.jacobian(outputs, tuple(range(len(names))))(
                *(data(self.variables[n]) for n in names)
            )
        except (ValueError, TypeError) as error:
            raise UsageError(f"--jacobian: {one_line(error)}") from None
        for name, J in zip(names, found, strict=True):
            yield ""
            yield f"Jacobian of {formula.text} with respect to {name}, shape {np.shape(J)}"
            yield from matrix(J)
            yield from diagonal_note(np.asarray(J))

    def write_files(self) -> Iterator[str]:
        """Write what was asked for; a line for each file, or the trace."""
        names = self.names() if self.drawn() else {}
        if names:
            yield ""
        if self.options.trace:
            yield from str(ag.trace(self.root, names=names)).splitlines()
        if self.options.draw:
            self.save(lambda path: ag.draw(self.root, names=names).save(path), self.options.draw)
            yield f"wrote {self.options.draw}"
        if self.options.step:
            self.save(lambda path: ag.step(self.root, names=names).save(path), self.options.step)
            yield f"wrote {self.options.step}"

    def save(self, write: Any, path: str) -> None:
        """Write one file; what goes wrong, in one line."""
        try:
            write(path)
        except (OSError, RuntimeError, ValueError, ImportError) as error:
            raise UsageError(f"{clip(path)} was not written: {one_line(error)}") from None


def leaf(given: Given) -> Node:
    """A value as a node to differentiate with respect to."""
    if isinstance(given.numbers, float):
        return ag.Value(given.numbers, label=given.name)
    return ag.Tensor(given.numbers, label=given.name)


def nodes(x: Any) -> list[Node]:
    """The nodes that a result is or holds."""
    if isinstance(x, Node):
        return [x]
    if isinstance(x, np.ndarray) and x.dtype == object:
        return [v for v in x.flat if isinstance(v, Node)]
    return []


def depends(x: Any) -> bool:
    """Whether a result is, or holds, a node."""
    return bool(nodes(x))


def plain(x: Any) -> Any:
    """The numbers of a node, of an array of Values, or of plain data."""
    x = data(x)
    if isinstance(x, np.ndarray) and x.dtype == object:
        return np.array([data(v) for v in x.flat], dtype=float).reshape(x.shape)
    return x


def diagonal_note(J: np.ndarray) -> Iterator[str]:
    """A line for a square Jacobian with nothing off its diagonal."""
    if J.ndim != 2 or not J.shape[0] == J.shape[1] > 1:
        return
    if np.any(J) and not np.any(J - np.diag(np.diag(J))):
        yield "diagonal: each entry depends on its own input alone"
