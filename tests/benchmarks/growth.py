"""How time and memory grow with the graph: `python growth.py ENGINE QUANTITY NODES [PASSES]`.

The graph is a wide one, so that engines which recur can take part: sums of products, a hundred
operations each, added up in pairs. QUANTITY is `seconds`, of building, sweeping and freeing one
graph, or `bytes`, of a swept graph that is kept. Both are printed for one node, and at last the
gradient. Seconds are the processor's, which other work on the machine disturbs little; bytes those
of the process, so that what lies outside of Python's heap is counted.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Number = Callable[[float], Any]
Backward = Callable[[Any], None]

BLOCK = 100
AT_LEAST = 100_000  # nodes: many small graphs are kept where one would be lost in the heap's pages


def graph(number: Number, nodes: int) -> tuple[Any, Any]:
    """The root and the leaf of a graph of about so many operations."""
    x = number(0.9)
    sums = []
    for _ in range(nodes // BLOCK):
        y = x
        for _ in range(BLOCK // 2):
            y = y * x + 0.1
        sums.append(y)
    while len(sums) > 1:
        sums = [sums[k] + sums[k + 1] for k in range(0, len(sums) - 1, 2)] + sums[len(sums) & ~1 :]
    return sums[0], x


def engine(name: str) -> tuple[Number, Callable[[Any, Any], float]]:
    """A leaf of a number, and the sweep of a root, which returns the leaf's gradient."""
    if name == "XAD":
        return on_a_tape()
    if name == "PyTorch":
        import torch

        torch.set_num_threads(1)
        return (
            lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True),
            lambda root, leaf: root.backward() or leaf.grad.item(),
        )
    if name == "ours":
        from autograd_lite import Value as number
    else:
        from micrograd.engine import Value as number
    return number, lambda root, leaf: root.backward() or leaf.grad


def on_a_tape() -> tuple[Number, Callable[[Any, Any], float]]:
    """XAD records on one tape, which each new leaf starts anew."""
    from xad.adj_1st import Real, Tape

    tape = Tape()
    tape.activate()

    def number(x: float) -> Any:
        leaf = Real(x)
        tape.registerInput(leaf)
        tape.newRecording()
        return leaf

    def sweep(root: Any, leaf: Any) -> float:
        tape.registerOutput(root)
        root.derivative = 1.0
        tape.computeAdjoints()
        return leaf.derivative

    return number, sweep


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main(name: str, quantity: str, nodes: int, passes: int) -> None:
    number, sweep = engine(name)
    sweep(*graph(number, 1000))  # what the engine itself needs is there from now on
    if quantity == "bytes":
        gc.collect()
        before = resident()
        kept = [graph(number, nodes) for _ in range(max(1, AT_LEAST // nodes))]
        gradient, *_ = [sweep(root, leaf) for root, leaf in kept]
        print((resident() - before) / (nodes * len(kept)))
    else:
        repeats = max(1, 20_000 // nodes)
        for _ in range(passes):
            start = time.process_time()
            for _ in range(repeats):
                gradient = sweep(*graph(number, nodes))
            print((time.process_time() - start) / (nodes * repeats))
    print(gradient)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
