"""Growth: bytes and time a node, of graphs small and large."""

from __future__ import annotations

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite import Tensor, Value


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


PICKS = {
    "entries": lambda x, i: x[i, 3] * 2.0,
    "rows": lambda x, i: x[i] * x[i - 1],
    "slices": lambda x, i: x[i : i + 2] * 2.0,
    "columns": lambda x, i: x[i, ::3] * 2.0,
    "lists": lambda x, i: x[[i, i - 1]] * 2.0,
}


def growth(seconds: Callable[[int], float], small: int, factor: int = 4) -> float:
    """How the time grows with the size, over how the size does: 1 where it is linear."""
    seconds(small)
    pairs = [(seconds(small), seconds(factor * small)) for _ in range(5)]
    return statistics.median(large / small for small, large in pairs) / factor


def timed(run: Callable[[], Any]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


@pytest.mark.parametrize("name", PICKS)
def test_an_array_read_through_many_indices(name):
    def seconds(n: int) -> float:
        x = Tensor(np.ones((n, 20)))

        def run() -> None:
            ag.sum(ag.concatenate([ag.ravel(PICKS[name](x, i)) for i in range(n)])).backward()

        return timed(run)

    assert growth(seconds, 400) <= 1.5


def test_second_derivatives_of_an_array_read_entry_by_entry():
    def seconds(n: int) -> float:
        def f(x: Any) -> Any:
            return ag.sum(ag.stack([x[i] * x[i - 1] ** 2 for i in range(n)]))

        return timed(lambda: ag.grad(lambda x: ag.sum(ag.grad(f)(x) ** 2))(np.ones(n)))

    assert growth(seconds, 150) <= 1.5


def test_a_jacobian_is_no_dearer_than_its_entries():
    def seconds(n: int) -> float:
        return timed(
            lambda: ag.jacobian(lambda x: np.stack([x[i] * x[i - 1] for i in range(n)]))(np.ones(n))
        )

    assert growth(seconds, 150) <= 4 * 1.5
