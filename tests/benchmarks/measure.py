"""Ratios that a noisy machine can give: both sides interleaved in one run, medians compared."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def interleaved(sides: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """The median time in seconds of each side, called in turn `rounds` times after a warm-up.

    The order is drawn anew each round, so that no side always finds the caches another one left.
    """
    times: dict[str, list[float]] = {name: [] for name in sides}
    order = list(sides)
    rng = random.Random(0)
    for _ in range(max(3, rounds // 10)):
        for side in sides.values():
            side()
    for _ in range(rounds):
        rng.shuffle(order)
        for name in order:
            side = sides[name]
            start = time.perf_counter()
            side()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(t) for name, t in times.items()}


def interleaved_processes(
    script: str, engines: list[str], passes: int, rounds: int
) -> tuple[dict[str, float], dict[str, str]]:
    """Median seconds a pass, and last line, of `script ENGINE PASSES` in fresh processes."""
    times: dict[str, list[float]] = {engine: [] for engine in engines}
    last: dict[str, str] = {}
    for _ in range(rounds):
        for engine in engines:
            run = subprocess.run(
                [sys.executable, str(HERE / script), engine, str(passes)],
                capture_output=True,
                text=True,
                check=True,
            )
            *seconds, last[engine] = run.stdout.split("\n")[:-1]
            times[engine] += map(float, seconds)
    return {engine: statistics.median(t) for engine, t in times.items()}, last


def report(title: str, times: dict[str, float]) -> None:
    """Print each side's time and how many times ours it is."""
    ours = times["ours"]
    row = ", ".join(f"{name} {t * 1e3:.3f} ms ({t / ours:.2f})" for name, t in times.items())
    print(f"\n{title}: {row}")
