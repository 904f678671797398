"""`ag.compile`: the MLP's gradient as straight NumPy, beside the code derived by hand."""

from __future__ import annotations

import mlp
import scalar_demo
from benchmark import InTurn
from measure import Sides

GROUP = "Compiled"


def network(batch: int) -> Sides:
    """One step of an MLP 64-32-10, compiled beforehand where an engine can."""
    return {
        "ours": mlp.compiled(batch),
        "ours eager": mlp.ours(batch),
        "by hand": mlp.by_hand(batch),
        "PyTorch": mlp.torch(batch),
        "JAX jitted": mlp.jax(batch, jitted=True),
    }


def demo() -> Sides:
    """micrograd's demo, by who can derive it beforehand, and by our plain sweep."""
    return {
        "ours": scalar_demo.compiled(),
        "ours eager": scalar_demo.ours(),
        "CasADi built": scalar_demo.casadi(),
    }


BENCHMARKS = [
    InTurn(
        title="`ag.compile` of the MLP's value and gradients, batch 32",
        group=GROUP,
        sides=lambda: network(32),
        rounds=300,
        limits={"by hand": 1.3, "PyTorch": 1 / 3},
    ),
    InTurn(
        title="`ag.compile` of the MLP's value and gradients, batch 512",
        group=GROUP,
        sides=lambda: network(512),
        rounds=150,
        limits={"by hand": 1.4},
    ),
    InTurn(
        title="`ag.compile` of micrograd's demo, 65,000 operations on numbers",
        group=GROUP,
        sides=demo,
        rounds=4,
        limits={"ours eager": 0.1, "CasADi built": 15},
    ),
]
