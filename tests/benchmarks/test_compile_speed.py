"""Compiling: what the first call costs, which records and writes the program."""

from __future__ import annotations

import mlp
from measure import interleaved, report


def test_compiling_the_mlp_takes_few_eager_passes():
    def compiling() -> None:
        mlp.compiled(512)()

    compiling()
    times = interleaved({"ours": compiling, "eager": mlp.ours(512)}, rounds=15)
    report("recording the MLP of batch 512, and an eager pass", times)
    assert times["ours"] <= 15 * times["eager"]
