"""One recording of a function: its program, the text of it, and the function that runs it."""

from __future__ import annotations

import inspect
import sys
from typing import Any, NamedTuple

import numpy as np

from ..calculus.trees import Form, flatten
from ..core.graph import Node, data, sweep
from ..nodes.tensor import Tensor
from ..nodes.value import Value
from .arguments import bits, replaced
from .floats import on_floats
from .passes import lines_of, simplified
from .printing import written
from .program import Program
from .recorder import Recorder
from .running import Changed, runnable
from .steps import Steps, TooLong
from .text import Text

__all__ = ["Recording", "called", "inner", "name_of"]


class Recording:
    """A program, and the function that runs it."""

    alone: bool  # whether it is run with the arguments, and that is all
    node_types: list[Any]  # of the results that are nodes, None for others; empty without nodes

    def __init__(
        self,
        f: Any,
        args: Any,
        kwargs: Any,
        passes: bool,
        most: int = sys.maxsize,
        lines: bool = False,
        seed: Seed | None = None,
    ) -> None:
        recorder, results, form = by_steps(f, args, kwargs, most, lines, seed)
        outputs = [recorder.step_of(data(x)) for x in results]
        program = Program(recorder.inputs, recorder.steps, outputs)
        self.program = simplified(program) if passes else program
        name, shown = name_of(f), Shown(form)
        values = [getattr(data(x), "value", None) for x in results]
        arrays = any(isinstance(x, np.ndarray) for x in values)
        text = None if arrays else on_floats(self.program, name, shown, passes)
        self.define(text or written(self.program, name, shown, passes), recorder, shown)
        self.are_nodes(results)

    def are_nodes(self, results: list[Any]) -> None:
        """Note which results are nodes."""
        kinds = [Value if isinstance(x, Value) else Tensor for x in results]
        nodes = [k if isinstance(x, Node) else None for k, x in zip(kinds, results, strict=True)]
        self.node_types = nodes if any(nodes) else []
        self.alone = self.alone and not self.node_types

    def define(self, text: Text, recorder: Steps, shown: Shown) -> None:
        """Make the function that runs the program, with inputs that are read from outside."""
        self.text = text
        self.run = runnable(text)
        self.outside = recorder.outside
        self.captured = recorder.captured()
        self.told = [(found, bits_of(data(found.value))) for found in recorder.told()]
        self.whole = shown.form
        self.form = None if shown.nested else shown.form
        self.alone = not self.captured and not self.told and self.form is None
        self.is_rounded = any(s.backward for s in self.program.steps) or text.modules[0] == "math"
        self.calls = 0
        self.node_types = []
        self.rules: dict[Any, Recording] = {}  # their pullbacks

    def __call__(self, leaves: list[Any]) -> Any:
        out = self.run(*leaves, *self.read())
        return out if self.form is None else self.form(out)

    def read(self) -> list[Any]:
        """The numbers from outside; Changed where there is no longer what fits the program."""
        try:
            numbers = [found.now() for found in self.captured]
            for found, before in self.told:
                if bits_of(found.now()) != before:
                    raise Changed(found.places[0].name)
        except (AttributeError, IndexError, KeyError, ValueError) as error:
            raise Changed("what it takes from outside") from error
        if any(x is None for x in numbers):
            raise Changed("what it takes from outside")
        return numbers

    def same_as(self, other: Recording) -> bool:
        """Whether two recordings are of one program, constants included."""
        return lines_of(self.program) == lines_of(other.program)


def bits_of(x: Any) -> Any:
    """The numbers of an array or node, to be compared."""
    return (x.shape, x.dtype, x.tobytes()) if isinstance(x, np.ndarray) else bits(x)


class Seed(NamedTuple):
    """What is asked for in place of the results: their pullback to the nodes from outside."""

    which: int  # of the results
    like: Any  # the cotangent: an array or number of its shape and dtype
    nodes: list[Node]

    def pulled(self, recorder: Recorder, g: Any, results: list[Any]) -> list[Any]:
        """The cotangents of the nodes, and of those themselves that a class's method has used."""
        twins = [recorder.outside.copies[id(node)] for node in self.nodes]
        found = dict(sweep([results[self.which]], [g], stop=[*twins, *self.nodes]))
        cotangents = []
        for pair in zip(twins, self.nodes, strict=True):
            shares = [found[x] for x in pair if x in found]
            cotangents.append(sum(shares[1:], shares[0]) if shares else np.zeros(pair[0].shape))
        return cotangents


def by_steps(
    f: Any, args: Any, kwargs: Any, most: int, lines: bool, seed: Seed | None
) -> tuple[Recorder, list[Any], Form]:
    """`f` recorded step by step: the recorder, the results, and their form."""
    recorder = Recorder(most, lines)
    recorder.given_numpys = any(type(x) is np.float64 for x in flatten((args, kwargs))[0])
    recorder.namer.function = name_of(inner(f), "L")
    try:
        with recorder, np.errstate(all="ignore"):
            g = None if seed is None else recorder.input(seed.like, "g")
            results, form = called(f, args, kwargs, recorder)
            if seed is not None:
                results = seed.pulled(recorder, g, results)
                form = flatten([np.empty(0)] * len(results))[1]
            for x in results:
                recorder.step_of(data(x))
            recorder.namer.finish()
            recorder.finish()
    except Exception:
        if len(recorder.steps) > most:  # whatever the function has made of it
            raise TooLong from None
        if recorder.refused is not None:
            raise recorder.refused from None
        raise
    if len(recorder.steps) > most:
        raise TooLong
    return recorder, results, form


def called(f: Any, args: Any, kwargs: Any, recorder: Steps) -> tuple[list[Any], Form]:
    """The results of a copy of `f`, and their form; its arguments are inputs of the recorder's."""
    outside, names = recorder.outside, parameter_names(inner(f), len(args))
    given = [
        replaced(x, recorder.input, outside.copy, name) for x, name in zip(args, names, strict=True)
    ]
    named = {k: replaced(x, recorder.input, outside.copy, k) for k, x in kwargs.items()}
    return flatten(outside.copy(f)(*given, **named))


def inner(f: Any) -> Any:
    """The user's function, of a derivative the function that it is of."""
    while type(f).__module__.startswith("autograd_lite.") and hasattr(f, "__wrapped__"):
        f = f.__wrapped__
    return f


def name_of(f: Any, otherwise: str = "f") -> str:
    """What a function is called in its text; `otherwise` if it has no name."""
    name = getattr(f, "__name__", otherwise)
    return name if otherwise == "f" or name.isidentifier() else otherwise


def parameter_names(f: Any, count: int) -> list[str]:
    """What the arguments of a function are called."""
    try:
        names = [n for n, p in inspect.signature(f).parameters.items() if p.kind in (0, 1)]
    except (TypeError, ValueError):
        names = []
    return [*names, *(f"x{i}" for i in range(len(names), count))][:count]


class Shown:
    """The expression a program returns: nested as the result is, where Python can write that."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.nested = True

    def __call__(self, parts: list[str]) -> str:
        try:
            return self.show(self.form([Word(p) for p in parts]))
        except (TypeError, ValueError):
            self.nested = False
            return f"[{', '.join(parts)}]"

    def show(self, tree: Any) -> str:
        """A tree of words as an expression; TypeError if it is of something else."""
        if isinstance(tree, Word):
            return tree.text
        if type(tree) is tuple:
            inner = ", ".join(map(self.show, tree))
            return f"({inner},)" if len(tree) == 1 else f"({inner})"
        if type(tree) is list:
            return f"[{', '.join(map(self.show, tree))}]"
        if type(tree) is dict and all(type(k) in (str, int) for k in tree):
            return "{" + ", ".join(f"{k!r}: {self.show(v)}" for k, v in tree.items()) + "}"
        if tree is None:
            return "None"
        raise TypeError(f"no way to write {type(tree).__name__}")


class Word:
    """A part of a result, as text."""

    def __init__(self, text: str) -> None:
        self.text = text
