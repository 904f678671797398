"""Every call of NumPy's functions that HIPS autograd differentiates too, side by side.

The calls are those of the coverage table. HIPS autograd has rules for about half of them; where it
has none, raises, or divides by zero at the point, there is nothing to compare.
"""

import warnings

import autograd
import autograd.numpy
import numpy as np
from numpy_calls import ARRAYS, CALLS, names_in

import autograd_lite as ag


def leaves(result):
    if isinstance(result, list | tuple):
        return [leaf for item in result for leaf in leaves(item)]
    return [result]


class Question:
    """One call as a function of its arrays to one number, Σ weights · result, and a direction."""

    def __init__(self, call):
        rng = np.random.default_rng(3)
        self.call = call
        self.names = names_in(call)
        self.arrays = [ARRAYS[name].astype(float) for name in self.names]
        self.code = compile(call, call, "eval")
        self.weights = [rng.normal(size=np.shape(x)) for x in self.results(np, self.arrays)]
        self.directions = [rng.normal(size=x.shape) for x in self.arrays]
        self.every = tuple(range(len(self.arrays)))

    def results(self, m, xs):
        return leaves(eval(self.code, {"np": m, **dict(zip(self.names, xs, strict=True))}))

    def gradient(self, engine, m):
        """The gradient by an engine's `grad`, with the engine's names for NumPy's functions."""

        def scalar(*xs):
            parts = self.results(m, xs)
            return sum(m.sum(x * w) for x, w in zip(parts, self.weights, strict=True))

        return engine.grad(scalar, self.every)

    def curvature(self, engine, m):
        """The Hessian times the direction, by `grad` of ⟨gradient, direction⟩."""

        def slope(*xs):
            parts = self.gradient(engine, m)(*xs)
            return sum(m.sum(g * d) for g, d in zip(parts, self.directions, strict=True))

        return engine.grad(slope, self.every)


def agree(a, b):
    return np.abs(a - b).max(initial=0.0) <= 1e-9 * max(1.0, np.abs(b).max(initial=0.0))


def theirs(function, arrays, order):
    """What HIPS autograd says, or None where it has no answer or warns of a division by zero."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if order == "second":  # of a linear function, rightly
            warnings.filterwarnings("ignore", "Output seems independent of input")
        try:
            answer = function(*arrays)
        except Exception:  # whatever kind: it has no answer for this call
            return None
    return answer if all(np.isfinite(g).all() for g in answer) else None


def test_calls_that_both_have():
    compared = {"first": 0, "second": 0}
    for call in CALLS:
        question = Question(call)
        for order, ask in (("first", question.gradient), ("second", question.curvature)):
            expected = theirs(ask(autograd, autograd.numpy), question.arrays, order)
            if expected is None:
                break
            got = ask(ag, np)(*question.arrays)
            for mine, other in zip(got, expected, strict=True):
                assert agree(mine, other), f"{order} order of {call}"
            compared[order] += 1
    # Falls when a rule of ours, or of theirs, goes missing.
    assert compared["first"] >= 150
    assert compared["second"] >= 120
