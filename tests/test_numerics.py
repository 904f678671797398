"""Stability at extreme inputs, against mpmath; the published table comes from here.

`python tests/test_numerics.py` writes `notebooks/reference/numerics.md` anew.
"""

import math
from pathlib import Path

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

import autograd_lite as ag

DOCUMENT = Path(__file__).parent.parent / "notebooks" / "reference" / "numerics.md"
BOUND = 1e-13
# Enough that exp(-740) beside 1 still has 50 digits.
DIGITS = 400
FLOAT = np.finfo(float)

HEADING = f"""\
# How exact the delicate functions are

At each input below the value, and every entry of the gradient or Jacobian, is compared with mpmath
at {DIGITS} digits, for `Tensor`s, arrays of `Value`s and plain arrays. The relative error of a
value is below {BOUND:.0e} wherever a float64 can represent it; beyond the largest float64 it is
inf, and below the smallest normal one it is off by one unit in the last place at most.

A gradient is a sum over paths, and its error is below {BOUND:.0e} of the largest term of that sum.
Where terms cancel, as in h − t of a sure and right prediction, it has the digits that h − t has.
The gradients of var and std are measured on their largest entry.

The last column is what the textbook's formula, written out in NumPy, gives at the same input.

| function | at | written out |
|---|---|---|
"""


# --- the functions in exact arithmetic: values, and gradients with the terms they are sums of -----


def softmax_exactly(z):
    e = [mpmath.exp(v - max(z)) for v in z]
    return [v / mpmath.fsum(e) for v in e]


def log_total(z):
    rest = sorted(z)[:-1]
    return max(z) + mpmath.log1p(mpmath.fsum(mpmath.exp(v - max(z)) for v in rest))


def softmax_terms(z):
    h = softmax_exactly(z)
    return [[(a * (i == j), -a * b) for j, b in enumerate(h)] for i, a in enumerate(h)]


def log_softmax_terms(z):
    h = softmax_exactly(z)
    return [[(mpf(i == j), -b) for j, b in enumerate(h)] for i in range(len(z))]


def sigmoid_exactly(x):
    return 1 / (1 + mpmath.exp(-x))


def diagonal(slopes):
    return [[(d * (i == j),) for j in range(len(slopes))] for i, d in enumerate(slopes)]


def away(x):
    return [v - mpmath.fsum(x) / len(x) for v in x]


def length(x):
    return mpmath.sqrt(mpmath.fsum(v * v for v in x))


def on_the_largest(entries):
    """Entries that are measured on the largest of them: it is added and taken away again."""
    largest = max(map(abs, entries))
    return [[(d, largest, -largest) for d in entries]]


def over(entries, total):
    return [d / total if total else mpf(0) for d in entries]


# --- the same as a textbook writes them, in NumPy -------------------------------------------------


def written_softmax(z):
    return np.exp(z) / np.exp(z).sum()


LOGITS = [
    [1000, 0, -1000], [8e307, -8e307], [-800, -801], [0, -40], [0, -700], [20, 0, 1], [5, -5],
    [1e16, 1e16 + 2], [-1e-300, 1e-300], [0, 0, -37],
]  # fmt: skip
NUMBERS = [-745, -708, -40, -1e-300, 5e-324, 1e-10, 37, 800, 1e308, -1e308]
SPREADS = [
    [1e16, 1e16 + 2, 1e16 + 4, 1e16 + 8], [1e8, 1e8 + 1, 1e8 + 2.5],
    [1e15 + 0.25, 1e15 + 0.5, 1e15 + 1.125], [-1e140, 3e140], [1e-140, 3e-140], [2, 2, 2],
]  # fmt: skip
EXTREMES = [
    [1e200, 2e200], [1e-200, 2e-200], [1e308, 1.1e308], [1e200, 1e-200], [3e160, 1, 2],
]  # fmt: skip

# name: (function, inputs, value, gradient as terms, written out)
ROWS = {
    "softmax": (ag.softmax, LOGITS, softmax_exactly, softmax_terms, written_softmax),
    "log_softmax": (
        ag.log_softmax,
        LOGITS,
        lambda z: [v - max(z) - (log_total(z) - max(z)) for v in z],
        log_softmax_terms,
        lambda z: np.log(written_softmax(z)),
    ),
    "logsumexp": (
        ag.logsumexp,
        LOGITS,
        lambda z: [log_total(z)],
        lambda z: [[(h,) for h in softmax_exactly(z)]],
        lambda z: np.log(np.exp(z).sum()),
    ),
    "cross_entropy(h, 0)": (
        lambda h: ag.cross_entropy(h, 0),
        [[1e-300, 0.5, 0.5], [5e-324, 1.0], [1 - 2**-53, 2**-53], [1.0, 0.0]],
        lambda h: [-mpmath.log(h[0])],
        lambda h: [[(-1 / h[0] if i == 0 else mpf(0),) for i in range(len(h))]],
        lambda h: -(np.eye(len(h))[0] * np.log(h)).sum(),
    ),
    "softmax_cross_entropy(z, 0)": (
        lambda z: ag.softmax_cross_entropy(z, 0),
        LOGITS,
        lambda z: [log_total(z) - z[0]],
        lambda z: [[(h, -mpf(i == 0)) for i, h in enumerate(softmax_exactly(z))]],
        lambda z: -np.log(written_softmax(z)[0]),
    ),
    "sigmoid": (
        ag.sigmoid,
        [[x] for x in NUMBERS],
        lambda x: [sigmoid_exactly(v) for v in x],
        lambda x: diagonal([sigmoid_exactly(v) * sigmoid_exactly(-v) for v in x]),
        lambda x: np.exp(x) / (1 + np.exp(x)),
    ),
    "softplus": (
        ag.softplus,
        [[x] for x in NUMBERS],
        lambda x: [max(v, 0) + mpmath.log1p(mpmath.exp(-abs(v))) for v in x],
        lambda x: diagonal([sigmoid_exactly(v) for v in x]),
        lambda x: np.log(1 + np.exp(x)),
    ),
    "norm": (
        ag.linalg.norm,
        [*EXTREMES, [5e-324, 0], [1e-310, 3e-310], [0, 0]],
        lambda x: [length(x)],
        lambda x: [[(d,) for d in over(x, length(x))]],
        lambda x: np.sqrt((x**2).sum()),
    ),
    "var": (
        ag.var,
        SPREADS,
        lambda x: [length(away(x)) ** 2 / len(x)],
        lambda x: on_the_largest([2 * d / len(x) for d in away(x)]),
        lambda x: (x**2).mean() - x.mean() ** 2,
    ),
    "std": (
        ag.std,
        [*SPREADS, *EXTREMES],
        lambda x: [length(away(x)) / mpmath.sqrt(len(x))],
        lambda x: on_the_largest(over(away(x), length(away(x)) * mpmath.sqrt(len(x)))),
        lambda x: np.sqrt((x**2).mean() - x.mean() ** 2),
    ),
}


def error(got, exact, scale):
    """|got − exact| in parts of `scale`; below the normal numbers, units in the last place."""
    if math.isinf(got) and abs(exact) > FLOAT.max:
        return 0.0 if (got > 0) == (exact > 0) else math.inf
    if not math.isfinite(got):
        return math.inf
    off = abs(mpf(float(got)) - exact)
    if scale < FLOAT.tiny:
        return 0.0 if off <= 1.01 * FLOAT.smallest_subnormal else math.inf
    return float(off / scale)


CASES = [
    pytest.param(name, np.array(x, float), id=f"{name}-{x}")
    for name, (_, points, *_) in ROWS.items()
    for x in points
]
KINDS = {
    "plain": lambda x: x,
    "Tensor": ag.Tensor,
    "Values": lambda x: np.array([ag.Value(v) for v in x]),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("name", "x"), CASES)
def test_values(name, x, kind):
    function, _, value, _, _ = ROWS[name]
    with mp.workdps(DIGITS):
        exact = value([mpf(v) for v in x.tolist()])
        out = np.ravel(ag.core.graph.data(function(KINDS[kind](x))))
        for got, e in zip(out, exact, strict=True):
            assert error(ag.core.graph.data(got), e, abs(e)) < BOUND


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
@pytest.mark.parametrize(("name", "x"), CASES)
def test_gradients(name, x):
    function, _, _, terms, _ = ROWS[name]
    with mp.workdps(DIGITS):
        exact = terms([mpf(v) for v in x.tolist()])
        jacobian = np.reshape(ag.jacobian(function)(x), (len(exact), len(x)))
        for row, exact_row in zip(jacobian, exact, strict=True):
            for got, entry in zip(row, exact_row, strict=True):
                assert error(got, mpmath.fsum(entry), max(map(abs, entry))) < BOUND
    if len(exact) == 1:  # on a graph of Values the same, the other way through the sweep
        values = [ag.Value(v) for v in x]
        ag.sum(function(np.array(values))).backward()
        np.testing.assert_allclose(
            [v.grad or 0.0 for v in values], jacobian[0], rtol=1e-13, atol=1e-15
        )


def naively(name, x):
    """What the written-out formula gives: nan, inf, 0, off by how much, or as exact."""
    _, _, value, _, written = ROWS[name]
    with np.errstate(all="ignore"), mp.workdps(DIGITS):
        exact = value([mpf(v) for v in x.tolist()])
        got = np.ravel(written(x)).tolist()
        errors = [error(g, e, abs(e)) for g, e in zip(got, exact, strict=True)]
    worst = errors.index(max(errors))
    if errors[worst] < BOUND:
        return ""
    if not math.isfinite(got[worst]) or got[worst] == 0:
        return f"{abs(got[worst]):.0f}"
    return "wrong" if errors[worst] > 1e-3 else "inexact"


def test_the_functions_are_needed():
    """The comparison can fail: every formula written out is off at one of these inputs or more."""
    for name, (_, points, *_) in ROWS.items():
        assert any(naively(name, np.array(x, float)) for x in points), name


def document():
    """The table as the documentation shows it."""
    lines = []
    for name, (_, points, *_) in ROWS.items():
        for x in points:
            at = ", ".join(map(repr, x)).replace("e+", "e")
            lines.append(f"| {name} | {at} | {naively(name, np.array(x, float)) or 'exact'} |\n")
    return HEADING + "".join(lines)


def test_the_documentation_is_this_table():
    assert DOCUMENT.read_text(encoding="utf-8") == document(), (
        "the table has changed: run `python tests/test_numerics.py`"
    )


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(document(), encoding="utf-8")
