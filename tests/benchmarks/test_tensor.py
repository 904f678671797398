"""Tensor speed: small arrays in a chain, an MLP beside its hand-derived code, the import."""

from __future__ import annotations

import os
import subprocess
import sys

import mlp
import numpy as np
import pytest
import torch
from measure import interleaved, report

import autograd_lite as ag


def test_a_chain_of_small_tensors_is_no_slower_than_pytorch():
    torch.set_num_threads(1)
    arrays = np.random.default_rng(0).normal(size=(3, 10))

    def ours():
        h, w, b = (x, *_) = [ag.Tensor(a) for a in arrays]
        for _ in range(300):
            h = ag.tanh(h * w + b)
        h.sum().backward()
        return x.grad

    def theirs():
        h, w, b = (x, *_) = [torch.tensor(a, requires_grad=True) for a in arrays]
        for _ in range(300):
            h = torch.tanh(h * w + b)
        h.sum().backward()
        return x.grad.numpy()

    assert ours() == pytest.approx(theirs(), rel=1e-9, abs=1e-300)
    times = interleaved({"ours": ours, "torch": theirs}, rounds=40)
    report("300 × tanh(h * w + b) on 10 entries", times)
    assert times["ours"] <= times["torch"]


@pytest.mark.parametrize(("batch", "rounds", "limit"), [(32, 400, 3.2), (512, 150, 1.5)])
def test_an_mlp_stays_near_its_hand_derived_code(batch: int, rounds: int, limit: float):
    sides = {name: getattr(mlp, name)(batch) for name in ("ours", "by_hand", "torch")}
    loss, gradients = sides["by_hand"]()
    for side in sides.values():
        other_loss, others = side()
        assert other_loss == pytest.approx(loss, rel=1e-12)
        for mine, other in zip(gradients, others, strict=True):
            np.testing.assert_allclose(other, mine, rtol=1e-9, atol=1e-15)
    times = interleaved(sides, rounds)
    report(f"MLP 64-32-10, batch {batch}, value and gradients", times)
    if batch == 32:
        assert times["ours"] < times["torch"]
    assert times["ours"] <= limit * times["by_hand"]


def test_importing_costs_little_more_than_numpy():
    # As an installed package is imported: from compiled files, which the warm-up writes.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

    def run(module: str) -> None:
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True, env=environment)

    sides = {"ours": lambda: run("autograd_lite"), "numpy": lambda: run("numpy")}
    times = interleaved(sides, rounds=15)
    report("import", times)
    assert times["ours"] <= 1.35 * times["numpy"]
