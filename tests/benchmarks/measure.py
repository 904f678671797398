"""Ratios that a noisy machine can give: all sides interleaved in one run, medians compared."""

from __future__ import annotations

import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

WARM = 0.005  # seconds

Sides = dict[str, Callable[[], Any]]
Samples = dict[str, list[float]]


def processor_time() -> float:
    """Seconds of processor time of this process and of those that it has started and awaited.

    On a quiet machine that is what a clock on the wall shows of one thread's work. On a busy one
    the wall's clock adds to long measurements what other programs took, and to short ones nothing.
    """
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def interleaved_samples(sides: Sides, rounds: int) -> Samples:
    """The times in seconds of each side, called in turn `rounds` times after a warm-up.

    The order is drawn anew each round. Before it is timed a side is called for `WARM` seconds, and
    at least once, so that it finds its own caches and not those that another one left, as a step
    of a training loop does. (Measured beside PyTorch and JAX, after 1, 3, 10, 30 and 100 calls:
    the MLP's step on 32 examples takes 76, 65, 64, 67 and 69 µs in NumPy alone and 216, 178, 174,
    175 and 177 µs in ours.)
    """
    times: Samples = {name: [] for name in sides}
    order = list(sides)
    rng = random.Random(0)
    for _ in range(min(rounds, max(3, rounds // 10))):
        for side in sides.values():
            side()
    for _ in range(rounds):
        rng.shuffle(order)
        for name in order:
            side = sides[name]
            last = times[name][-1] if times[name] else WARM
            for _ in range(1 + int(WARM / max(last, 1e-6))):
                side()
            start = processor_time()
            side()
            times[name].append(processor_time() - start)
    return times


def interleaved(sides: Sides, rounds: int) -> dict[str, float]:
    """The median time in seconds of each side, called in turn `rounds` times after a warm-up."""
    return medians(interleaved_samples(sides, rounds))


def interleaved_processes(
    script: str, engines: list[str], arguments: list[str], rounds: int
) -> tuple[Samples, dict[str, str]]:
    """Numbers, and last line, that `script ENGINE ARGUMENTS` prints, in fresh processes in turn."""
    printed: Samples = {engine: [] for engine in engines}
    last: dict[str, str] = {}
    for _ in range(rounds):
        for engine in engines:
            run = subprocess.run(
                [sys.executable, str(HERE / script), engine, *arguments],
                capture_output=True,
                text=True,
                check=True,
            )
            *numbers, last[engine] = run.stdout.split("\n")[:-1]
            printed[engine] += map(float, numbers)
    return printed, last


def medians(samples: Samples) -> dict[str, float]:
    """The median of each side."""
    return {name: statistics.median(x) for name, x in samples.items()}


def quantity(x: float, unit: str) -> str:
    """Three digits of seconds or bytes, with the prefix that fits.

    >>> quantity(0.000123456, "s"), quantity(160.2, "B")
    ('123 µs', '160 B')
    """
    prefixes = {1e9: "G", 1e6: "M", 1e3: "k", 1: "", 1e-3: "m", 1e-6: "µ", 1e-9: "n"}
    scale = next((s for s in prefixes if x >= 0.9995 * s), 1e-9)
    return f"{three_digits(x / scale)} {prefixes[scale]}{unit}"


def three_digits(x: float) -> str:
    """A number of 1 to 1000 to three digits."""
    return f"{x:.0f}" if x >= 99.95 else f"{x:.1f}" if x >= 9.995 else f"{x:.2f}"


def report(title: str, medians: dict[str, float], unit: str = "s") -> None:
    """Print what each side took (seconds, or bytes) and how many times ours it is."""
    ours = medians["ours"]
    row = ", ".join(f"{name} {quantity(x, unit)} ({x / ours:.2f})" for name, x in medians.items())
    print(f"\n{title}: {row}")
