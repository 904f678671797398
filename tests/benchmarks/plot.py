"""The two pictures of the page, drawn from the numbers that were written down."""

from __future__ import annotations

from typing import Any

import matplotlib
from matplotlib import pyplot as plt
from matplotlib.ticker import FuncFormatter, NullFormatter
from page import REFERENCE

# A colour (Okabe and Ito's, which the colour-blind can tell apart) and a shape for each.
MARKS = {
    "by hand": ("#000000", "*"),
    "NumPy": ("#000000", "*"),
    "micrograd": ("#e69f00", "o"),
    "XAD": ("#d55e00", "D"),
    "CasADi built": ("#0072b2", "<"),
    "PyTorch": ("#cc79a7", "s"),
    "JAX": ("#56b4e9", "^"),
    "JAX jitted": ("#0072b2", "v"),
    "HIPS autograd": ("#009e73", "P"),
    "MyGrad": ("#999999", "X"),
    "Graphviz": ("#000000", "h"),
    "torchviz": ("#cc79a7", "h"),
    "ours eager": ("#f0e442", "o"),
    "ours with copied data": ("#f0e442", "o"),
    "backward": ("#f0e442", "o"),
    "grad in a loop": ("#f0e442", "o"),
}
OURS = "#000000"
PLAIN = FuncFormatter(lambda x, _: f"{x:g}")


def ratios(lines: list[dict[str, Any]]) -> Any:
    """A row for each benchmark, a mark for each peer, at how many times ours it takes."""
    figure, axes = plt.subplots(figsize=(9, 0.34 * len(lines) + 1.6), layout="constrained")
    seen = set()
    for y, line in enumerate(lines):
        ours = line["sides"]["ours"][1]
        for name, (_, median, _) in line["sides"].items():
            if name == "ours":
                continue
            colour, shape = MARKS[name]
            label = None if name in seen else name
            seen.add(name)
            axes.plot(median / ours, y, shape, color=colour, mec="black", mew=0.4, label=label)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    axes.axvspan(low, 1, color="#f3f3f3", zorder=0)
    axes.set_xlim(low, high)
    axes.set_yticks(range(len(lines)), [line["title"].replace("`", "") for line in lines])
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(PLAIN)
    axes.grid(axis="y", color="#dddddd", linewidth=0.5)
    axes.set_xlabel("times ours (grey: ahead of ours)")
    figure.legend(loc="outside lower center", ncols=5, frameon=False)
    return figure


def curves(growth: dict[str, Any]) -> Any:
    """Time and memory of a node against the size of the graph."""
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for axes, quantity, scale, title, limits in (
        (panels[0], "seconds", 1e6, "microseconds a node", (1, 100)),
        (panels[1], "bytes", 1, "bytes a node", (100, 2000)),
    ):
        for name, values in growth[quantity].items():
            colour, shape = MARKS.get(name, (OURS, "o"))
            axes.plot(
                growth["nodes"][: len(values)],
                [x * scale for x in values],
                f"-{shape}",
                color=colour,
                label=name,
                linewidth=2 if name == "ours" else 1,
            )
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_ylim(*limits)
        axes.yaxis.set_major_formatter(PLAIN)
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel("nodes")
        axes.set_title(title)
        axes.grid(color="#dddddd", linewidth=0.5)
    panels[0].legend(frameon=False)
    return figure


def write_plots(data: dict[str, Any]) -> None:
    """Both pictures as SVG, the same bytes from the same numbers."""
    with matplotlib.rc_context({"svg.hashsalt": "benchmarks", "font.size": 9}):
        for name, figure in (
            ("benchmarks", ratios(data["lines"])),
            ("growth", curves(data["growth"])),
        ):
            figure.savefig(REFERENCE / f"{name}.svg", metadata={"Date": None})
            plt.close(figure)
