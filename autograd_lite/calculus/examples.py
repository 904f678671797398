"""One Jacobian for each example of a batch, in a sweep of a seed for each of its outputs."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..core.graph import data
from ..core.operation import shape
from ..ops.shape import moveaxis
from .linearize import Linearized

__all__ = ["batch_shape", "per_example_rows"]


def batch_shape(lin: Linearized, batch_dims: int) -> tuple[int, ...]:
    """The leading axes that count examples, the same in every input and output."""
    if not batch_dims:
        return ()
    nodes = [*lin.inputs, *lin.outputs]
    shapes = {shape(x)[:batch_dims] for x in nodes}
    if len(shapes) > 1 or len(batch := shapes.pop()) < batch_dims:
        raise ValueError(
            f"with batch_dims={batch_dims} every argument and result starts with the same "
            f"{batch_dims} axes, which count examples; given {[shape(x) for x in nodes]}"
        )
    return batch


def per_example_rows(lin: Linearized, batch: tuple[int, ...]) -> list[Any]:
    """As `all_rows`, with K counting the entries of one example: `(K, *batch, *x.shape[b:])`.

    Each seed selects one entry of the result in all examples at once, which is right if no example
    depends on another. One more seed, with a random sign for each example, tells whether that is
    so: then each example's cotangent changes its sign and nothing else.
    """
    sizes = [prod(shape(x)[len(batch) :]) for x in lin.outputs]
    total = sum(sizes)
    signs = np.where(np.random.default_rng(0).random(batch) < 0.5, -1.0, 1.0)
    weights = np.random.default_rng(1).normal(size=total)
    seeds: list[Any] = []
    start = 0
    for x, size in zip(lin.outputs, sizes, strict=True):
        one = np.zeros((total + 1, size))
        one[start : start + size] = np.eye(size)
        one[-1] = weights[start : start + size]
        inner = shape(x)[len(batch) :]
        full = np.empty((total + 1, *shape(x)), getattr(x, "dtype", float))
        full[...] = one.reshape(total + 1, *(1,) * len(batch), *inner)
        full[-1] *= signs.reshape(batch + (1,) * len(inner)).astype(full.dtype)
        seeds.append(full)
        start += size
    rows = lin.fitted(lin.pull(seeds), (total + 1,))
    for row, x in zip(rows, lin.inputs, strict=True):
        plain = np.asarray(data(row))
        signed = signs.reshape(batch + (1,) * (x.ndim - len(batch)))
        expected = np.tensordot(weights, plain[:-1], 1) * signed
        scale = np.max(np.abs(expected), initial=0, where=np.isfinite(expected))
        off = np.abs(plain[-1] - expected)
        if np.any(off > scale * np.sqrt(np.finfo(x.dtype).eps)):
            raise ValueError(
                "with batch_dims the function must map each example by itself, but here the result "
                "for one example depends on another (a mean over the batch?). Without batch_dims "
                "ag.jacobian gives all derivatives"
            )
    return [moveaxis(row[:-1], 0, len(batch)) for row in rows]
