"""The error of a difference over its step: the V that says which step to take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.graph import data
from ..graphs.tape import Tape
from .call import Call, leaf, recorded
from .differences import EPS, difference, richardson, slopes

__all__ = ["step_plot"]


def step_plot(f: Callable[..., Any], x: Any, ax: Any = None) -> Any:
    """Plot the relative error of forward, central and Richardson differences of `f` over the step.

    To the right the formula is wrong, by the step to the power 1, 2 or 4; to the left rounding is,
    by ε/step. `f` takes one number or array and returns one number; for an array the derivative
    along the entry with the largest gradient is plotted. Returns the matplotlib axes.

    Raises ImportError when matplotlib is not installed, ValueError when the result of `f` is no
    single number.

    >>> import autograd_lite as ag
    >>> axes = ag.step_plot(ag.exp, 1.0)
    >>> [line.get_label() for line in axes.get_lines()[:3]]
    ['forward', 'central', 'Richardson']
    """
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError("step_plot draws with matplotlib: pip install matplotlib") from error
    steps, curves = errors(f, x)
    if ax is None:
        ax = pyplot.subplots(figsize=(6, 4))[1]
    for (name, curve), style in zip(curves.items(), ("-", "--", ":"), strict=True):
        ax.loglog(steps, curve, style, label=name)
    for name, power in (("ε^(1/3)", 1 / 3),):
        ax.axvline(EPS**power, color="0.7", linewidth=1)
        ax.annotate(name, (EPS**power, ax.get_ylim()[1]), fontsize=8, color="0.4", va="top")
    ax.set_xlabel("step")
    ax.set_ylabel("relative error of the derivative")
    ax.legend()
    return ax


def errors(f: Callable[..., Any], x: Any) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The steps, and the relative errors of three differences at each of them.

    >>> import autograd_lite as ag
    >>> steps, curves = errors(ag.exp, 1.0)
    >>> bool(curves["central"].min() < 1e-9 < curves["forward"].min())
    True
    """
    call, nodes, outputs, _ = recorded(f, (leaf(x, "x"),), [0])
    if len(nodes) != 1 or len(outputs) != 1 or np.size(data(outputs[0])) != 1:
        raise ValueError(
            "step_plot takes a function of one number or array with one number as result"
        )
    tape = Tape(outputs[0])
    gradient = tape.gradient(nodes[0]).ravel()
    at = np.asarray(nodes[0].primal, float).ravel()
    j = int(np.abs(gradient).argmax())
    function = along(call)
    steps = np.logspace(-15, 0, 61) * max(1.0, abs(float(at[j])))
    exact = float(gradient[j])
    rules = {
        "forward": lambda h: slopes(function, at, j, h)[1],
        "central": lambda h: difference(function, at, j, h)[0],
        "Richardson": lambda h: richardson(function, at, j, h)[0],
    }
    with np.errstate(all="ignore"):
        curves = {
            name: np.array([abs(rule(float(h)).item() - exact) / abs(exact) for h in steps])
            for name, rule in rules.items()
        }
    return steps, {name: np.maximum(curve, 1e-17) for name, curve in curves.items()}


def along(call: Call) -> Callable[[np.ndarray], np.ndarray]:
    """The function along the entry that is plotted."""
    return call.along(0, 0)
