"""What a line of the table is: a computation, who does it, and what ours may cost of each."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from measure import Samples, Sides, interleaved_processes, interleaved_samples


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """One computation, done by us and by others. A line of the table, and a test.

    `limits` says how many times a peer's cost ours may be: `{"XAD": 1.5}`.
    """

    title: str
    group: str
    limits: dict[str, float] = field(default_factory=dict)
    unit: str = "s"
    rounds: int

    def samples(self, effort: float) -> Samples:
        """What was measured, `effort` times `rounds` times; every side has given one result."""
        raise NotImplementedError

    def times(self, effort: float) -> int:
        return max(1, round(self.rounds * effort))


@dataclass(frozen=True, kw_only=True)
class InTurn(Benchmark):
    """Sides that are called in this process, in turn. Their results are compared first."""

    sides: Callable[[], Sides]

    def samples(self, effort: float) -> Samples:
        sides = self.sides()
        assert_agreement(self.title, {name: side() for name, side in sides.items()})
        gc.collect()
        return interleaved_samples(sides, self.times(effort))


@dataclass(frozen=True, kw_only=True)
class InProcesses(Benchmark):
    """Sides that are given a process each, in turn: `script ENGINE ARGUMENTS` prints numbers, and
    at last the sum of what it computed."""

    script: str
    engines: list[str]
    arguments: list[str]

    def samples(self, effort: float) -> Samples:
        samples, last = interleaved_processes(
            self.script, self.engines, self.arguments, self.times(effort)
        )
        assert_agreement(self.title, {name: float(line) for name, line in last.items()})
        return samples


def assert_agreement(title: str, results: dict[str, Any]) -> None:
    """AssertionError unless all sides computed the same numbers."""
    ours = flat(results["ours"])
    scale = np.max(np.abs(ours), initial=0.0)
    for name, result in results.items():
        np.testing.assert_allclose(
            flat(result), ours, rtol=1e-9, atol=1e-13 * scale, err_msg=f"{title}: {name}"
        )


def flat(result: Any) -> np.ndarray:
    """All numbers of a result, which may be nested lists of arrays."""
    if isinstance(result, list | tuple):
        return np.concatenate([flat(part) for part in result])
    return np.ravel(np.asarray(result, dtype=float))
