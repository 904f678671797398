"""Find the operation that made the first NaN or infinity, forward or backward."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.graph import Node, data, describe
from .blocks import Block, observers, sweep_observers
from .callsite import place, text

__all__ = ["detect_anomaly"]


class detect_anomaly(Block):
    """Inside the block the first NaN or infinity raises FloatingPointError, forward or backward.

    The message names the operation, the line of your own code that called it, and its inputs. With
    `inf=False` infinities pass, for a computation that means them (a mask of −inf). For the line of
    a backward error the forward pass has to run inside the block too. Works as context manager and
    as decorator, in this thread and asyncio task only; outside such blocks it costs nothing.

    Mirrors `torch.autograd.detect_anomaly` and `jax.debug_nans`.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> x = ag.Tensor([4.0, -1.0], label="x")
    >>> with ag.detect_anomaly(), np.errstate(invalid="ignore"):  # doctest: +ELLIPSIS
    ...     y = ag.sqrt(x)
    Traceback (most recent call last):
    ...
    FloatingPointError: 'sqrt' made the first NaN at entry (1,) of its result, in ...
    """

    def __init__(self, inf: bool = True) -> None:
        super().__init__(observers)
        self.inf = inf
        self.backward = _Sweeps(self.pulled)

    def value(self, outer: tuple[Any, ...]) -> tuple[Any, ...]:
        return (*outer, self.recorded)

    def __enter__(self) -> Any:
        self.backward.__enter__()
        return super().__enter__()

    def __exit__(self, *exc: object) -> None:
        super().__exit__(*exc)
        self.backward.__exit__(*exc)

    def fault(self, x: Any) -> tuple[str, tuple[int, ...]] | None:
        """What the first bad number of `x` is, and where; None if all are good."""
        x = data(x)
        if isinstance(x, float):
            bad = math.isnan(x) or (self.inf and math.isinf(x))
            return ("NaN" if math.isnan(x) else "infinity", ()) if bad else None
        if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
            return None
        wrong = ~np.isfinite(x) if self.inf else np.isnan(x)
        if not wrong.any():
            return None
        at = tuple(int(i) for i in np.argwhere(wrong)[0])
        return "NaN" if np.isnan(x[at]) else "infinity", at

    def recorded(self, node: Node) -> None:
        """Look at the result of an operation."""
        here = place()
        node.notes = {**(node.notes or {}), "place": here}
        if (found := self.fault(node)) is None:
            return
        bad, at = found
        for x in node.inputs:
            if given := self.fault(x):
                role = "an earlier result" if isinstance(x, Node) else "a constant"
                role = "a leaf" if isinstance(x, Node) and x.op is None else role
                raise FloatingPointError(
                    f"'{node._op}' was given {given[0]}{entry(given[1])} of {describe(x)}, {role}, "
                    f"in {text(here)}"
                )
        raise FloatingPointError(
            f"'{node._op}' made the first {bad}{entry(at)} of its result, in {text(here)}"
            f"{given_inputs(node, node.shape, at)}"
        )

    def pulled(self, node: Node, g: Any, shares: Any) -> None:
        """Look at what an operation's rule has sent to its inputs."""
        for x, share in shares:
            if (found := self.fault(share)) is None:
                continue
            if given := self.fault(g):
                raise FloatingPointError(
                    f"the sweep was given {given[0]}{entry(given[1])} of its seed, "
                    f"for {describe(node)}"
                )
            bad, at = found
            made = (node.notes or {}).get("place")
            where = f"in {text(made)}" if made else "computed outside the block"
            raise FloatingPointError(
                f"the derivative of '{node._op}' made the first {bad}, going back to "
                f"{describe(x)}{entry(at)}, {where}"
                f"{given_inputs(node, np.shape(data(share)), at)}"
            )


def entry(at: tuple[int, ...]) -> str:
    """Where in an array, for a message; nothing for a single number."""
    return f" at entry {at}" if at else ""


def given_inputs(node: Node, shape: tuple[int, ...], at: tuple[int, ...]) -> str:
    """A line that says what an operation was given, with the numbers at one entry of `shape`."""
    said = []
    for x in node.inputs:
        numbers = np.asarray(data(x))
        there = ""
        if numbers.ndim and numbers.dtype.kind in "fiub":
            try:
                there = f", there {np.broadcast_to(numbers, shape)[at]:.6g}"
            except ValueError:  # an operation that is not elementwise
                there = ""
        said.append(describe(x) + there)
    return "\n  given " + " and ".join(said)


class _Sweeps(Block):
    """Inside the block `watch` is called for every node that a sweep has passed."""

    def __init__(self, watch: Callable[[Node, Any, Any], None]) -> None:
        super().__init__(sweep_observers)
        self.watch = watch

    def value(self, outer: tuple[Any, ...]) -> tuple[Any, ...]:
        return (*outer, self.watch)
