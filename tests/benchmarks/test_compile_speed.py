"""Compiling: what the first call costs, which records and writes the program."""

from __future__ import annotations

import mlp
import scalar_demo
from measure import interleaved, report


def test_compiling_the_mlp_takes_few_eager_passes():
    def compiling() -> None:
        mlp.compiled(512)()

    compiling()
    times = interleaved({"ours": compiling, "eager": mlp.ours(512)}, rounds=15)
    report("recording the MLP of batch 512, and an eager pass", times)
    assert times["ours"] <= 15 * times["eager"]


def test_compiling_the_demo_takes_few_eager_passes():
    function = scalar_demo.ours_as_a_function()
    sides = {"ours": lambda: scalar_demo.compiled_anew(function), "eager": scalar_demo.ours()}
    times = interleaved(sides, rounds=3)
    report("recording micrograd's demo, and an eager pass", times)
    assert times["ours"] <= 10 * times["eager"]
