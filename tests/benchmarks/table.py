"""Measure everything and write it down: `python tests/benchmarks/table.py`.

Prints a line for each benchmark, keeps the numbers in `notebooks/reference/benchmarks.json`, and
writes what is made of them: the page with its two pictures, and the lines that the README quotes.
`--effort 0.1` measures a tenth of the rounds; `--pages` measures nothing and writes the pages anew.
"""

from __future__ import annotations

import argparse
import json
import statistics
from typing import Any

from machine import description, one_thread, versions
from measure import interleaved_processes, medians, report
from page import DATA, write_pages

SIZES = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000]
ENGINES = ["ours", "micrograd", "PyTorch"]


def line(benchmark: Any, effort: float) -> dict[str, Any]:
    """One benchmark's quartiles, side by side."""
    samples = benchmark.samples(effort)
    report(benchmark.title, medians(samples), benchmark.unit)
    return {
        "group": benchmark.group,
        "title": benchmark.title,
        "unit": benchmark.unit,
        "short": benchmark.short,
        "sides": {name: quartiles(x) for name, x in samples.items()},
    }


def quartiles(samples: list[float]) -> list[float]:
    """Lower quartile, median and upper quartile, to four digits."""
    cuts = statistics.quantiles(samples, n=4) if len(samples) > 1 else samples * 3
    return [float(f"{x:.4g}") for x in cuts]


def growth(sizes: list[int]) -> dict[str, Any]:
    """Seconds and bytes a node for graphs of all sizes, by engine."""
    curves: dict[str, Any] = {"nodes": sizes}
    for quantity in ("seconds", "bytes"):
        curves[quantity] = {engine: [] for engine in ENGINES}
        for nodes in sizes:
            passes = 1 if quantity == "bytes" else max(1, min(5, 300_000 // nodes))
            samples, _ = interleaved_processes(
                "growth.py", ENGINES, [quantity, str(nodes), str(passes)], rounds=1
            )
            for engine, x in medians(samples).items():
                curves[quantity][engine].append(float(f"{x:.3g}"))
            print(f"{quantity} a node, {nodes:,} nodes: {medians(samples)}")
    return curves


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--effort", type=float, default=1.0, help="how many times the usual rounds")
    parser.add_argument("--pages", action="store_true", help="only write the pages anew")
    options = parser.parse_args()
    if not options.pages:
        one_thread()
        from suite import ALL  # from here on NumPy is imported

        lines = [line(benchmark, options.effort) for benchmark in ALL]
        sizes = SIZES if options.effort >= 1 else [n for n in SIZES if n <= 30_000]
        measured = {
            "machine": description(),
            "versions": versions(),
            "lines": lines,
            "growth": growth(sizes),
        }
        DATA.write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    write_pages()


if __name__ == "__main__":
    main()
