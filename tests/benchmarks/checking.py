"""Comparing: a gradient beside finite differences, and the verdict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
import torch
from autograd.test_util import check_grads
from benchmark import InTurn
from measure import Sides

import autograd_lite as ag

GROUP = "Checks"


def gradient_check(hidden: int) -> Sides:
    """Σ tanh(W x)² with respect to W of shape (hidden, 5), by central differences.

    HIPS autograd compares one random projection of the gradient, the others every entry.
    """
    rng = np.random.default_rng(0)
    w, x = rng.normal(size=(hidden, 5)), rng.normal(size=5)

    def f(np_: Any, x: Any) -> Callable[[Any], Any]:
        return lambda w: np_.sum(np_.tanh(w @ x) ** 2)

    torch.set_num_threads(1)
    in_torch = torch.tensor(w, requires_grad=True)
    f_in_torch = f(torch, torch.tensor(x))
    checked = check_grads(f(anp, x), modes=["rev"], order=1)
    return {
        "ours": lambda: bool(ag.check_gradients(f(ag, x), w)),
        "PyTorch": lambda: torch.autograd.gradcheck(f_in_torch, in_torch),
        "HIPS autograd": lambda: checked(w) is None,
    }


BENCHMARKS = [
    InTurn(
        title=f"Check of the gradient of Σ tanh(W x)², {5 * hidden} entries",
        group=GROUP,
        sides=lambda hidden=hidden: gradient_check(hidden),
        rounds=20,
    )
    for hidden in (2, 20)
]
