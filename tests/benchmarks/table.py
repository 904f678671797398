"""Measure everything and write it down: `python tests/benchmarks/table.py`.

Prints a line for each benchmark, keeps the numbers in `notebooks/reference/benchmarks.json`, and
writes what is made of them: the page with its two pictures, and the README's sentence.
`--effort 0.1` measures a tenth of the rounds, and graphs of up to 30,000 nodes only; `--lines` and
`--growth` measure only the table's lines, or only the curves, and keep the rest; `--pages` measures
nothing and writes the pages anew.
"""

from __future__ import annotations

import argparse
import json
import statistics
from typing import Any

from machine import description, one_thread, versions
from measure import interleaved_processes, medians, report
from page import DATA, measured, write_pages

SIZES = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000]
UP_TO = {"ours": 1_000_000, "micrograd": 100_000, "PyTorch": 100_000}  # these take minutes beyond
UNITS = {"seconds": "s", "bytes": "B"}


def line(benchmark: Any, effort: float) -> dict[str, Any]:
    """One benchmark's quartiles, side by side."""
    samples = benchmark.samples(effort)
    report(benchmark.title, medians(samples), benchmark.unit)
    return {
        "group": benchmark.group,
        "title": benchmark.title,
        "unit": benchmark.unit,
        "sides": {name: quartiles(x) for name, x in samples.items()},
    }


def quartiles(samples: list[float]) -> list[float]:
    """Lower quartile, median and upper quartile, to four digits."""
    cuts = statistics.quantiles(samples, n=4) if len(samples) > 1 else samples * 3
    return [float(f"{x:.4g}") for x in cuts]


def growth(sizes: list[int]) -> dict[str, Any]:
    """Seconds and bytes a node for graphs of all sizes, by engine."""
    curves: dict[str, Any] = {"machine": description(), "nodes": sizes}
    for quantity in UNITS:
        curves[quantity] = {engine: [] for engine in UP_TO}
        for nodes in sizes:
            engines = [engine for engine, most in UP_TO.items() if nodes <= most]
            passes = 1 if quantity == "bytes" else max(1, min(5, 300_000 // nodes))
            samples, _ = interleaved_processes(
                "growth.py", engines, [quantity, str(nodes), str(passes)], rounds=1
            )
            for engine, x in medians(samples).items():
                curves[quantity][engine].append(float(f"{x:.3g}"))
            report(f"{quantity} a node, {nodes:,} nodes", medians(samples), UNITS[quantity])
    return curves


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--effort", type=float, default=1.0, help="how many times the usual rounds")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--lines", action="store_true", help="measure only the lines of the table")
    only.add_argument("--growth", action="store_true", help="measure only the growth curves")
    only.add_argument("--pages", action="store_true", help="measure nothing, write the pages anew")
    options = parser.parse_args()
    data = measured() if DATA.exists() else {}
    if not (options.pages or options.growth):
        one_thread()
        from suite import ALL  # from here on NumPy is imported

        data["machine"], data["versions"] = description(), versions()
        data["lines"] = [line(benchmark, options.effort) for benchmark in ALL]
    if not (options.pages or options.lines):
        data["growth"] = growth(SIZES if options.effort >= 1 else SIZES[:4])
    DATA.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    write_pages()


if __name__ == "__main__":
    main()
