"""What a block around the code changes: whether operations are recorded, their group, who looks on.

Each holds for its own thread or asyncio task, and ends with the block whatever is raised in it.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from typing import Any

from ..core import graph

__all__ = ["Block", "group", "no_grad"]

_lock = threading.Lock()
_open = 0  # how many blocks are open in any thread

recording: ContextVar[bool] = ContextVar("recording", default=True)
groups: ContextVar[tuple[str, ...]] = ContextVar("groups", default=())
observers: ContextVar[tuple[Callable[[Any], None], ...]] = ContextVar("observers", default=())
"""Called with every node that is recorded while a block of that context is open."""
sweep_observers: ContextVar[tuple[Callable[[Any, Any, Any], None], ...]] = ContextVar(
    "sweep_observers", default=()
)
"""Called with every node that has handed its cotangent on, the cotangent, and the shares of it."""


class Watch:
    """What the open blocks of a context do. While none is open in any thread, which is nearly
    always, it is not in `graph.blocks`, and an operation need not look at the context at all."""

    @staticmethod
    def recorded(node: Any) -> None:
        """Apply the open blocks of this context to a node that has just been made."""
        if not recording.get():
            node.forget(node.primal)
            return
        if names := groups.get():
            node.notes = {"group": names}
        for observe in observers.get():
            observe(node)

    @staticmethod
    def pulled(node: Any, g: Any, shares: Any) -> None:
        """Let the open blocks of this context see what a rule has sent to a node's inputs."""
        for observe in sweep_observers.get():
            observe(node, g, shares)


_watch = Watch()


def opened(change: int) -> None:
    """Count a block that was opened or closed."""
    global _open
    with _lock:
        _open += change
        graph.blocks[:] = [_watch] if _open else []


_OUTLIVE_THEIR_CALL = (
    inspect.isgeneratorfunction,
    inspect.iscoroutinefunction,
    inspect.isasyncgenfunction,
)


class Block(ContextDecorator):
    """A block that changes what recording does, for this thread or task only.

    Usable as context manager and as decorator, entered again and again, left by an exception.
    """

    def __init__(self, variable: ContextVar[Any]) -> None:
        self.variable = variable
        # Tokens of the entries of one instance; each context sees its own, last in first out.
        self.tokens: ContextVar[tuple[Token[Any], ...]] = ContextVar("tokens", default=())

    def __call__(self, function: Any) -> Any:
        if any(is_it(function) for is_it in _OUTLIVE_THEIR_CALL):
            kind = type(self).__name__
            raise TypeError(
                f"{kind} cannot decorate {function.__name__}, whose body runs after the call has "
                f"returned (a generator or async function): write `with {kind}(...):` inside it"
            )
        return super().__call__(function)

    def value(self, outer: Any) -> Any:
        """What the variable is inside the block, given what it is outside."""
        raise TypeError(f"{type(self).__name__} does not say what it changes")

    def __enter__(self) -> Any:
        outer, tokens = self.variable.get(), self.tokens.get()
        try:
            token = self.variable.set(self.value(outer))
            self.tokens.set((*tokens, token))
            opened(1)
            return self
        except BaseException:  # Ctrl-C between two of these lines: __exit__ will not be called
            self.variable.set(outer)
            self.tokens.set(tokens)
            raise

    def __exit__(self, *exc: object) -> None:
        *outer, token = self.tokens.get()
        try:
            self.tokens.set(tuple(outer))
        finally:
            self.variable.reset(token)
            opened(-1)


class no_grad(Block):
    """Inside the block operations compute, but record nothing: results are leaves.

    Works as context manager and as decorator, in this thread and asyncio task only, and ends with
    the block whatever is raised in it. Mirrors `torch.no_grad`.

    >>> import autograd_lite as ag
    >>> x = ag.Value(3.0)
    >>> with ag.no_grad():
    ...     y = x * x
    >>> y.inputs
    ()
    """

    def __init__(self) -> None:
        super().__init__(recording)

    def value(self, outer: bool) -> bool:
        return False


class group(Block):
    """Operations recorded inside the block share a named box in the drawing.

    Groups nest; a node's are in `node.group`, outermost first.

    >>> import autograd_lite as ag
    >>> x = ag.Value(3.0)
    >>> with ag.group("square"):
    ...     y = x * x
    >>> y.group
    ('square',)
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"a group's name is a string, not {name!r}")
        super().__init__(groups)
        self.name = name

    def value(self, outer: tuple[str, ...]) -> tuple[str, ...]:
        return (*outer, self.name)
