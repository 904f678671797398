"""Compiled functions beside hand-derived code, PyTorch and our own eager pass."""

from __future__ import annotations

import mlp
import numpy as np
import pytest
from measure import interleaved, report


@pytest.mark.parametrize(("batch", "rounds", "limit"), [(32, 600, 1.3), (512, 200, 1.4)])
def test_a_compiled_mlp_stays_near_its_hand_derived_code(batch: int, rounds: int, limit: float):
    sides = {"ours": mlp.compiled(batch), "by_hand": mlp.by_hand(batch), "torch": mlp.torch(batch)}
    loss, gradients = sides["by_hand"]()
    for _ in range(2):
        other_loss, others = sides["ours"]()
        assert other_loss == pytest.approx(loss, rel=1e-14)
        for mine, other in zip(gradients, others, strict=True):
            np.testing.assert_allclose(other, mine, rtol=1e-12, atol=1e-16)
    times = interleaved(sides, rounds)
    report(f"compiled MLP 64-32-10, batch {batch}, value and gradients", times)
    assert times["ours"] <= limit * times["by_hand"]
    if batch == 32:
        assert times["torch"] >= 3 * times["ours"]


def test_compiling_the_mlp_takes_few_eager_passes():
    def compiling() -> None:
        mlp.compiled(512)()

    compiling()
    times = interleaved({"ours": compiling, "eager": mlp.ours_grad(512)}, rounds=15)
    report("recording the MLP of batch 512, and an eager pass", times)
    assert times["ours"] <= 15 * times["eager"]
