"""The page and the README's sentence, made of the numbers that `table.py` has written down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from measure import quantity

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "notebooks" / "reference"
DATA = REFERENCE / "benchmarks.json"
PAGE = REFERENCE / "benchmarks.md"
README = ROOT / "README.md"
START, END = (
    "<!-- benchmarks: written by tests/benchmarks/table.py -->\n",
    "<!-- end of benchmarks -->",
)

HEAD = "| what | ours | how many times ours the others take |\n|---|---:|---|\n"

INTRODUCTION = """\
# How fast it is, beside others

Written by `python tests/benchmarks/table.py`; `python -m pytest tests/benchmarks` runs the same
measurements and holds them to limits. All sides compute the same numbers, which is asserted first;
then they are called in turn in one run, in a new order each round, for 5 ms before the call that is
timed (micrograd's demo and the memory: in fresh processes in turn). A number is a median of
processor time; each engine has one thread and float64; Python's garbage collector is on, as a user
has it. The data of the MLP are what each engine has for data: tensors without gradient, JAX's
arrays, our constants; *with copied data*, they are arrays, which we copy in each step, since
somebody could write to them. JAX *jitted*, CasADi *built* and `ag.compile` have compiled
beforehand, which is not counted. HIPS autograd's check compares one random projection of a
gradient, where PyTorch's and ours compare every entry; torchviz draws names, and no numbers.

{machine}. {versions}.

The last column says how many times our time, or memory, the others take. **Bold**: less than ours,
so there the other one is ahead.
"""

PICTURES = """\
## The same as a picture

![A row of marks for each benchmark, one a peer: how many times ours it takes.](benchmarks.svg)

## Growth

Time and memory of one node, in graphs of 1,000 to 1,000,000 nodes of one number each: sums of
products, in blocks of a hundred operations, so that engines which recur can take part. The time is
the processor's, for building, sweeping and freeing; the memory that of a swept graph that is kept.

![Microseconds and bytes a node against the number of nodes, by engine.](growth.svg)
"""

COMPILED_AHEAD = """\
## What compiling ahead of time would bring

Tried once on a copy of the package, on 2026-11-22; nothing of it is in the repository. The source
of graph, operators, value, tensor, ops/base and ops/elementwise, as it stood on that day (operators
held what is in `unrolled_floats.py` and `unrolled_arrays.py` now), compiled by Cython:

    pip install cython setuptools
    cythonize -i -3 -X annotation_typing=False autograd_lite/{graph,operators,value,tensor}.py \\
        autograd_lite/ops/{base,elementwise}.py

The tests of graphs, Values and Tensors pass. Against the interpreter, micrograd's demo takes 1.08
times the instructions (callgrind) and 1.1 to 1.4 times the time, the MLP 0.8 to 0.9 at batch 32 and
0.96 at batch 512: the range of medians and minima of two trials of four processes each, in
processor time, on a busy machine. The loss for numbers is presumably that of the caches by which
Python 3.11 finds a node's slots: compiled code that knows no types looks each up in the general
way. A `.pxd` file that makes `Node` a C structure should change that. It was not tried, since it
needs another source: such a class has no properties made by calls in its body and no
`object.__new__`. mypyc declined `graph.py` for those properties, and `value.py` for `shape`, `ndim`
and `size`, which `Node` declares and `Value` sets for the class.
"""

TRIED = """\
## Where the time of a small step goes, and what was tried

The MLP's step on 32 examples takes 705,000 instructions here and 429,000 by hand (callgrind, Python
3.11.7, NumPy 2.4.6). A sixth of ours are the interpreter's, for 4,600 bytecodes, and take a third
of the time; nearly all others are those of NumPy's calls, of which there are two dozen more than by
hand, at 4,000 to 10,000 instructions each however short the arrays. Five of them, at 4,800 each,
look for 0 · inf: the price of a right gradient where a branch was not taken.

Each of these was tried against the same source without it, in turn. What is here now:

* the two shares of a matrix product at once, and a dozen fewer calls of our own: 2% of that step;
* ones to multiply by, found by a pair of shapes, where a bias or a normaliser is summed: 1.5%;
* constants that need no copy (`ag.constant`): 5% of that step, 5 to 8% of the one on 512 examples;
* a slope's memory for its product with the cotangent, from 8,192 entries on: 4% of the one on 512.

What is not:

* to sort runs of nodes, in place of one node after another, is no faster for Tensors, and takes
  half as long again for graphs of numbers;
* to add a sum's cotangent without copying it out, where there is one to add it to: no difference;
* Python's floats for arrays without axes: to ask for the axes takes what that saves;
* NumPy's numbers for them: they pay twice in a step and cost at every other operation;
* large arrays in blocks of 8,192 entries: 5% slower on 512 examples, since blocks at equal places
  of their pages are in each other's way in this processor's memory;
* `ndarray.dot` for `matmul`, and other looks for 0 · inf than `vdot`: no difference, or slower.
"""


def measured() -> dict[str, Any]:
    """What was written down."""
    return json.loads(DATA.read_text(encoding="utf-8"))


def row(line: dict[str, Any]) -> str:
    """A benchmark's row: our median, and how many times that the others take."""
    median = {name: quartiles[1] for name, quartiles in line["sides"].items()}
    ours = median.pop("ours")
    others = ", ".join(f"{name} {times(x / ours)}" for name, x in median.items())
    return f"| {line['title']} | {quantity(ours, line['unit'])} | {others} |\n"


def times(ratio: float) -> str:
    """Two digits of a ratio; bold where it is below 1 as it is written."""
    if ratio < 0.995:
        return f"**{ratio:.2g}**"
    return f"{ratio:.0f}" if ratio >= 9.95 else f"{ratio:.1f}"


def details(lines: list[dict[str, Any]]) -> str:
    """Every median, with the quartiles that say how noisy it was."""
    text = "## All numbers\n\n| what | who | median | middle half |\n|---|---|---:|---|\n"
    for line in lines:
        for name, (low, median, high) in line["sides"].items():
            low, median, high = (quantity(x, line["unit"]) for x in (low, median, high))
            text += f"| {line['title']} | {name} | {median} | {low} to {high} |\n"
    return text


def page(data: dict[str, Any]) -> str:
    """The whole page."""
    text = INTRODUCTION.format(**data)
    groups = dict.fromkeys(line["group"] for line in data["lines"])
    for group in groups:
        text += f"\n## {group}\n\n{HEAD}"
        text += "".join(row(line) for line in data["lines"] if line["group"] == group)
    return f"{text}\n{PICTURES}\n{TRIED}\n{COMPILED_AHEAD}\n{details(data['lines'])}"


def sentence(data: dict[str, Any]) -> str:
    """The README's part: two of the lines in words."""
    medians = {
        line["title"].partition(":")[0]: {name: x[1] for name, x in line["sides"].items()}
        for line in data["lines"]
    }
    step, demo = medians["MLP 64-32-10, batch 32"], medians["micrograd's demo"]
    torch, by_hand = step["PyTorch"] / step["ours"], step["by hand"] / step["ours"]
    return (
        "How fast it is: a training step of a small network (64-32-10, 32 examples) takes "
        f"{quantity(step['ours'], 's')}, in PyTorch {torch:.2g} times that, written by hand "
        f"{by_hand:.2g} times; micrograd's demo takes {quantity(demo['ours'], 's')}, in micrograd "
        f"{demo['micrograd'] / demo['ours']:.2g} times that "
        "([all measurements](notebooks/reference/benchmarks.md)).\n"
    )


def in_readme(text: str, block: str) -> str:
    """The README with its part replaced."""
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}{block}{END}{after}"


def write_pages() -> None:
    """Write the page, its pictures and the README's part."""
    from plot import write_plots

    data = measured()
    PAGE.write_text(page(data), encoding="utf-8")
    README.write_text(
        in_readme(README.read_text(encoding="utf-8"), sentence(data)), encoding="utf-8"
    )
    write_plots(data)
