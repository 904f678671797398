"""`compile`: a function recorded on its first call and replayed as straight NumPy afterwards."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..graph import data
from ..trees import flatten
from .arguments import replaced, signature
from .helpers import HELPERS, check
from .printing import Text, written
from .program import Program
from .recorder import Recorder

__all__ = ["compile"]


class Changed(Exception):
    """A decision came out otherwise than when the program was recorded."""


def checked(found: Any, expected: bool, where: str) -> None:
    if bool(found) is not expected:
        raise Changed(where)


class Recording:
    """A program and the function that runs it."""

    def __init__(
        self, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        recorder = Recorder()
        names = parameter_names(f, len(args))
        try:
            with recorder, np.errstate(all="ignore"):
                given = [replaced(x, recorder.input, n) for x, n in zip(args, names, strict=True)]
                named = {k: replaced(x, recorder.input, k) for k, x in kwargs.items()}
                result = f(*given, **named)
                outputs, form = flatten(result)
                outputs = [recorder.step_of(data(x)) for x in outputs]
            recorder.namer.finish()
        finally:
            recorder.restore()
        self.program = Program(recorder.inputs, recorder.steps, outputs)
        self.captured = list(recorder.captured.values())
        shown = Shown(form)
        self.text = written(self.program, getattr(f, "__name__", "f"), shown)
        self.form = None if shown.nested else form
        self.run = runnable(self.text)

    def __call__(self, leaves: list[Any]) -> Any:
        out = self.run(*leaves, *[data(x) for x, _ in self.captured])
        return out if self.form is None else self.form(out)


class Shown:
    """The expression a program returns: nested as the result is, where Python can write that."""

    def __init__(self, form: Any) -> None:
        self.form = form
        self.nested = True

    def __call__(self, parts: list[str]) -> str:
        try:
            return self.show(self.form([Word(p) for p in parts]))
        except (TypeError, ValueError):
            self.nested = False
            return f"[{', '.join(parts)}]"

    def show(self, tree: Any) -> str:
        if isinstance(tree, Word):
            return tree.text
        if type(tree) is tuple:
            inner = ", ".join(map(self.show, tree))
            return f"({inner},)" if len(tree) == 1 else f"({inner})"
        if type(tree) is list:
            return f"[{', '.join(map(self.show, tree))}]"
        if type(tree) is dict and all(isinstance(k, str | int) for k in tree):
            return "{" + ", ".join(f"{k!r}: {self.show(v)}" for k, v in tree.items()) + "}"
        if tree is None:
            return "None"
        raise TypeError(f"no way to write {type(tree).__name__}")


class Word:
    """A part of a result, as text."""

    def __init__(self, text: str) -> None:
        self.text = text


def runnable(text: Text) -> Callable[..., Any]:
    """The function that a text defines, in a namespace of NumPy and its helpers."""
    space: dict[str, Any] = {
        "__builtins__": {"bool": bool, "float": float, "int": int, "slice": slice},
        "np": np,
    }
    space |= {h.__name__: checked if h is check else h for h in HELPERS} | text.constants
    exec(builtin_compile(text.function(), f"<compiled {text.name}>", "exec"), space)
    return space[text.name]


def parameter_names(f: Any, count: int) -> list[str]:
    try:
        names = list(inspect.signature(f).parameters)
    except (TypeError, ValueError):
        names = []
    return [*names, *(f"x{i}" for i in range(len(names), count))][:count]


class Compiled:
    """A function and its programs; calling it records or replays. Made by `compile`."""

    def __init__(self, f: Callable[..., Any]) -> None:
        functools.update_wrapper(self, f)
        self.f = f
        self.recordings: dict[Any, list[Recording]] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        leaves: list[Any] = []
        key = signature(args, leaves), signature(kwargs, leaves) if kwargs else None
        known = self.recordings.setdefault(key, [])
        with np.errstate(all="ignore"):
            for recording in known:
                try:
                    return recording(leaves)
                except Changed:
                    continue
            known.append(Recording(self.f, args, kwargs))
            return known[-1](leaves)

    @property
    def source(self) -> str:
        return next(iter(self.recordings.values()))[0].text.source()


builtin_compile = compile


def compile(f: Callable[..., Any]) -> Compiled:
    """`f` as straight NumPy code: recorded at the first call, replayed at all that are alike.

    `f` takes numbers, arrays and containers of them, and may be a derivative: what `grad`,
    `value_and_grad`, `jacobian` or `hessian` return is recorded with its sweep. A program holds for
    one combination of containers, shapes and dtypes; another one is recorded anew. `.source` is
    the program, to be read or pasted elsewhere: it needs NumPy and nothing else. The numbers are
    those of `f` itself; warnings about infinities and NaN are left out.

    Decisions that depend on the numbers (`if x > 0`) are checked at every call, and a call for
    which one comes out otherwise is recorded anew. TypeError, with the line and the way out, for
    what cannot be compiled: `float(x)`, a shape that depends on values, writing into an array.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> slope = ag.compile(ag.grad(lambda x: np.sum(np.tanh(x))))
    >>> slope(np.array([0.0, 1.0])).round(4)
    array([1.  , 0.42])
    >>> slope(np.array([2.0, -1.0])).round(4)  # replayed
    array([0.0707, 0.42  ])

    Mirrors `jax.jit`; the program is Griewank and Walther, *Evaluating Derivatives* (2008),
    section 6.1, source transformation by way of a trace.
    """
    return Compiled(f)
