"""Growth: bytes and time a node, of graphs small and large."""

from __future__ import annotations

import gc
import statistics
import time
import tracemalloc

from autograd_lite import Value


def chain(n: int) -> Value:
    x = y = Value(0.5)
    for _ in range(n // 2):
        y = y * x + 0.5
    return y


def test_bytes_per_node_after_a_sweep():
    n = 50_000
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        y = chain(n)
        y.backward()
        used = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    print(f"\n{used / n:.0f} bytes a node, value and gradient included")
    assert used / n <= 220


def test_time_per_node_stays_flat_with_the_collector_paused():
    def per_node(n: int) -> float:
        start = time.perf_counter()
        y = chain(n)
        y.backward()
        return (time.perf_counter() - start) / n

    gc.collect()
    gc.disable()
    try:
        small, large = [], []
        for _ in range(5):
            small.append(statistics.median(per_node(20_000) for _ in range(9)))
            large.append(per_node(1_000_000))
    finally:
        gc.enable()
    ratio = statistics.median(large) / statistics.median(small)
    print(f"\ntime a node at 1,000,000 nodes over that at 20,000: {ratio:.2f}")
    assert ratio <= 1.4
