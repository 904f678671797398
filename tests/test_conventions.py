"""The awkward points, decided: every row is a test, and the documented table comes from here.

`python tests/test_conventions.py` writes `notebooks/reference/conventions.md` anew.
"""

import math
import warnings
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as ag

DOCUMENT = Path(__file__).parent.parent / "notebooks" / "reference" / "conventions.md"

HEADING = """\
# Awkward points, decided

Rule, in this order: (1) where the derivative exists, the derivative; (2) at a kink of a convex or
concave function the sub- or supergradient of least norm, taken jointly over the inputs that are
nodes; (3) otherwise the limit, inf allowed; (4) outside the domain NaN. (5) The same function
written differently has the same gradient. (6) A forward NaN gives a NaN gradient, never a plausible
number.

Each row holds for `Value`, `Tensor` and arrays of `Value`s (IEEE results, no exception and no
complex number from Python's `math`) and is a test. Rows marked † differ on purpose from at least
one large library.

| point | result |
|---|---|
"""

inf, nan = math.inf, math.nan
ROWS = []


class Kind:
    """How a test makes leaves of one kind, and reads data and gradients of it as plain arrays."""

    def __init__(self, name, scalar, vector):
        self.name, self.scalar, self.vector = name, scalar, vector


def array_of_values(numbers):
    out = np.empty(len(numbers), object)
    out[:] = [ag.Value(x) for x in numbers]
    return out


VALUE = Kind("Value", ag.Value, lambda numbers: [ag.Value(x) for x in numbers])
TENSOR = Kind("Tensor", lambda x: ag.Tensor([x]), ag.Tensor)
VALUES = Kind("array of Values", lambda x: array_of_values([x]), array_of_values)
EVERY = (VALUE, TENSOR, VALUES)


def row(point, result, kinds=EVERY):
    def keep(check):
        ROWS.append((point, result, kinds, check))
        return check

    return keep


def sweep(y):
    """Backward from whatever the kind's result is, with a seed of ones."""
    if isinstance(y, np.ndarray):
        y = y.sum()
    if isinstance(y, float):
        return  # an array of Values that chose a constant: no path, no gradient
    y.backward(np.ones(y.shape) if isinstance(y, ag.Tensor) else None)


def numbers(x):
    if isinstance(x, np.ndarray | list):
        return np.array([v.data if isinstance(v, ag.Node) else v for v in np.ravel(x)])
    return np.ravel(x.data)


def slopes(x):
    """The gradient as a flat array, 0 where none arrived."""
    if isinstance(x, np.ndarray | list):
        return np.array([0.0 if v.grad is None else v.grad for v in np.ravel(x)])
    return np.ravel(np.zeros(x.shape) if x.grad is None else x.grad)


def at(kind, f, points, value, gradients):
    """Assert value and gradients of `f` at one point, each input a leaf of its own."""
    xs = [kind.scalar(x) for x in points]
    y = f(*xs)
    np.testing.assert_array_equal(numbers(y), [value])
    sweep(y)
    np.testing.assert_array_equal([slopes(x)[0] for x in xs], gradients)


def along(kind, f, point, gradient, value=None):
    """Assert the gradient (and value) of `f` of a vector."""
    x = kind.vector(point)
    y = f(x)
    if value is not None:
        np.testing.assert_array_equal(numbers(y), np.ravel(value))
    sweep(y)
    np.testing.assert_array_equal(slopes(x), np.ravel(gradient))


# --- kinks and ties -------------------------------------------------------------------------------


@row("relu'(0), abs'(0)", "0, 0")
def kinks(kind):
    at(kind, ag.relu, [0.0], 0.0, [0.0])
    at(kind, ag.relu, [-0.0], 0.0, [0.0])
    at(kind, ag.abs, [0.0], 0.0, [0.0])
    at(kind, abs, [-0.0], 0.0, [0.0])
    at(kind, np.abs, [0.0], 0.0, [0.0])


@row(
    "max, min over an axis with ties",
    "split evenly among the tied (counted in an integer or float64)",
)
def ties(kind):
    third = 1 / 3
    along(kind, ag.max, [2.0, 1.0, 2.0, 2.0], [third, 0, third, third], 2.0)
    along(kind, ag.min, [2.0, 1.0, 1.0, 4.0], [0, 0.5, 0.5, 0], 1.0)
    along(kind, ag.max, [inf, 1.0, inf], [0.5, 0, 0.5], inf)


@row("maximum(2, 2), both nodes; fmax, fmin alike", "½, ½")
def ties_of_two(kind):
    by_numpy = () if kind is VALUES else (np.maximum, np.fmin)
    for f in (ag.maximum, ag.minimum, ag.fmax, ag.fmin, *by_numpy):
        at(kind, f, [2.0, 2.0], 2.0, [0.5, 0.5])
        at(kind, f, [inf, inf], inf, [0.5, 0.5])
        at(kind, lambda x, f=f: f(x, x), [2.0], 2.0, [1.0])


@row("maximum(x, 0), clip at its bound, the other a constant †", "0 (equals relu)")
def against_a_constant(kind):
    at(kind, lambda x: ag.maximum(x, 0.0), [0.0], 0.0, [0.0])
    at(kind, lambda x: ag.maximum(0.0, x), [0.0], 0.0, [0.0])
    at(kind, lambda x: ag.minimum(x, 2), [2.0], 2.0, [0.0])
    at(kind, lambda x: ag.clip(x, -1.0, 1.0), [1.0], 1.0, [0.0])
    at(kind, lambda x: ag.clip(x, -1.0, 1.0), [-1.0], -1.0, [0.0])
    at(kind, lambda x: ag.clip(x, -1.0, 1.0), [0.5], 0.5, [1.0])


@row(
    "np.maximum, np.clip, np.max, np.sort and their like of an array of Values",
    "NumPy compares the objects by itself and hands one of them back: of equal ones a single one "
    "has the gradient, and a NaN may be lost. ag.maximum, ag.clip, ag.max, ag.sort, ... hold to "
    "this table",
    kinds=(VALUES,),
)
def compared_by_numpy(kind):
    for f in (np.maximum, np.minimum, np.fmax, np.fmin):
        at(kind, f, [2.0, 2.0], 2.0, [1.0, 0.0])
    at(kind, lambda x: np.clip(x, 0.0, 1.0), [0.0], 0.0, [1.0])
    at(kind, lambda x: np.maximum(x, 0.0), [nan], 0.0, [0.0])
    along(kind, np.max, [2.0, 1.0, 2.0], [1.0, 0.0, 0.0], 2.0)
    along(kind, np.max, [nan, 1.0, 2.0], [0.0, 0.0, 1.0], 2.0)
    along(kind, ag.sort, [nan, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, nan])


# --- poles and domains ----------------------------------------------------------------------------


@row("sqrt'(0); 1/x at 0; log'(0)", "inf; −inf; inf")
def poles(kind):
    at(kind, ag.sqrt, [0.0], 0.0, [inf])
    at(kind, np.sqrt, [0.0], 0.0, [inf])
    at(kind, lambda x: 1 / x, [0.0], inf, [-inf])
    at(kind, ag.reciprocal, [0.0], inf, [-inf])
    at(kind, lambda x: x**-1, [0.0], inf, [-inf])
    at(kind, ag.log, [0.0], -inf, [inf])
    at(kind, ag.log, [-0.0], -inf, [inf])


@row("log'(−1), sqrt'(−1), (−2)**0.5 †", "NaN")
def outside(kind):
    at(kind, ag.log, [-1.0], nan, [nan])
    at(kind, ag.log2, [-1.0], nan, [nan])
    at(kind, ag.log10, [-1.0], nan, [nan])
    at(kind, ag.log1p, [-2.0], nan, [nan])
    at(kind, ag.sqrt, [-1.0], nan, [nan])
    at(kind, lambda x: x**0.5, [-2.0], nan, [nan])
    at(kind, ag.arcsin, [2.0], nan, [nan])
    at(kind, ag.arctanh, [2.0], nan, [nan])
    at(kind, ag.arccosh, [0.5], nan, [nan])


@row("norm(x) at 0, std of a constant, hypot(0, 0) †", "0")
def distances(kind):
    at(kind, ag.hypot, [0.0, 0.0], 0.0, [0.0, 0.0])
    along(kind, ag.std, [3.0, 3.0, 3.0], [0.0, 0.0, 0.0], 0.0)
    if kind is TENSOR:
        along(kind, np.std, [3.0, 3.0], [0.0, 0.0], 0.0)
        along(kind, np.linalg.norm, [0.0, 0.0], [0.0, 0.0], 0.0)
        along(kind, lambda x: np.linalg.norm(x, ord=3), [0.0, 0.0], [0.0, 0.0], 0.0)
        along(kind, lambda x: np.linalg.norm(x, ord=np.inf), [0.0, 0.0], [0.0, 0.0], 0.0)


@row("sqrt(sum(x²)) written out, at 0", "NaN (inf·0); the documentation says: use norm")
def norm_written_out(kind):
    along(kind, lambda x: ag.sqrt(ag.sum(ag.square(x))), [0.0, 0.0], [nan, nan], 0.0)


# --- powers ---------------------------------------------------------------------------------------


@row("x**0 at 0", "value 1, gradient 0")
def power_zero(kind):
    at(kind, lambda x: x**0, [0.0], 1.0, [0.0])
    at(kind, lambda x: x**0.0, [0.0], 1.0, [0.0])


@row("x**p at 0 for p = 1, ½, −1", "1, inf, −inf")
def power_at_zero(kind):
    at(kind, lambda x: x**1, [0.0], 0.0, [1.0])
    at(kind, lambda x: x**0.5, [0.0], 0.0, [inf])
    at(kind, lambda x: x**-1.0, [0.0], inf, [-inf])


@row("0**y, d/dy at y > 0, = 0, < 0", "0, 0, −inf")
def zero_to_the_power(kind):
    at(kind, lambda y: 0.0**y, [2.0], 0.0, [0.0])
    at(kind, lambda y: 0.0**y, [0.0], 1.0, [0.0])
    at(kind, lambda y: 0.0**y, [-1.0], inf, [-inf])


@row("(−2)**3, exponent a node", "base exact (12), exponent NaN")
def negative_base(kind):
    at(kind, lambda x, y: x**y, [-2.0, 3.0], -8.0, [12.0, nan])
    at(kind, lambda x: x**3, [-2.0], -8.0, [12.0])


@row("0/0", "NaN, NaN")
def zero_over_zero(kind):
    at(kind, lambda x, y: x / y, [0.0, 0.0], nan, [nan, nan])


@row("x % 0, inf % y, fmod alike", "NaN, NaN")
def no_remainder(kind):
    for remainder in (lambda x, y: x % y, ag.fmod):
        at(kind, remainder, [2.0, 0.0], nan, [nan, nan])
        at(kind, remainder, [inf, 2.0], nan, [nan, nan])
        at(kind, remainder, [5.0, 3.0], 2.0, [1.0, -1.0])


# --- zero times infinity --------------------------------------------------------------------------


@row(
    "where(x > 0, log x, 0) at 0, sqrt alike †",
    "0: where the local derivative is not finite **and** the incoming gradient is exactly 0 "
    "**because a selection stands between** (where, maximum, clip, max, sort, indexing, a mask "
    "that is a constant 0), the product is 0. Second derivatives stay right",
)
def branches_not_taken(kind):
    def guarded(f):
        return lambda x: ag.where(x > 0, f(x), 0.0)

    at(kind, guarded(ag.log), [0.0], 0.0, [0.0])
    at(kind, guarded(ag.sqrt), [0.0], 0.0, [0.0])
    at(kind, guarded(ag.log), [2.0], math.log(2), [0.5])
    at(kind, lambda x: 0.0 * ag.sqrt(x), [0.0], 0.0, [0.0])
    at(kind, lambda x: 2.0 * ag.sqrt(x), [0.0], 0.0, [inf])
    if kind is TENSOR:
        x = np.array([0.0, 2.0])
        for f, second in ((ag.log, -1 / 4), (ag.sqrt, -(2**-1.5) / 4)):
            hessian = ag.hessian(lambda x, f=f: ag.sum(guarded(f)(x)))(x)
            np.testing.assert_allclose(hessian, [[0.0, 0.0], [0.0, second]], rtol=1e-15)
    if kind is VALUE:
        assert ag.grad(ag.grad(guarded(ag.log)))(0.0) == 0.0
        assert ag.grad(ag.grad(guarded(ag.log)))(2.0) == -0.25
        assert ag.grad(ag.grad(guarded(ag.sqrt)))(0.0) == 0.0


@row(
    "cbrt(x)³, sqrt(x)², exp(log x) at 0: a zero that no selection made, times inf †",
    "NaN, never a plain 0 (the derivative is 1)",
)
def zeros_of_one_point(kind):
    at(kind, lambda x: ag.cbrt(x) ** 3, [0.0], 0.0, [nan])
    at(kind, lambda x: ag.sqrt(x) ** 2, [0.0], 0.0, [nan])
    at(kind, lambda x: ag.exp(ag.log(x)), [0.0], 0.0, [nan])


@row(
    "second derivatives through a corner: Hessian of norm(x)², exp(−norm²), std² where norm or std "
    "is 0",
    "NaN, never 0",
    (TENSOR,),
)
def second_at_a_corner(kind):
    for f in (
        lambda x: np.linalg.norm(x) ** 2,
        lambda x: np.exp(-(np.linalg.norm(x) ** 2)),
        lambda x: np.std(x) ** 2,
    ):
        assert np.isnan(ag.hessian(f)(np.zeros(2))).all()


@row("prod of [0, 2, 3]; of [0, 0, 3]", "6, 0, 0; 0, 0, 0; second order exact too")
def products(kind):
    along(kind, ag.prod, [0.0, 2.0, 3.0], [6.0, 0.0, 0.0], 0.0)
    along(kind, ag.prod, [0.0, 0.0, 3.0], [0.0, 0.0, 0.0], 0.0)
    if kind is TENSOR:
        second = ag.hessian(ag.prod)
        np.testing.assert_array_equal(
            second(np.array([0.0, 2.0, 3.0])), [[0, 3, 2], [3, 0, 0], [2, 0, 0]]
        )
        np.testing.assert_array_equal(
            second(np.array([0.0, 0.0, 3.0])), [[0, 3, 0], [3, 0, 0], [0, 0, 0]]
        )


@row("sort with ties", "the stable permutation", kinds=(TENSOR,))
def sorting(kind):
    x = ag.Tensor([2.0, 1.0, 2.0, 1.0])
    y = np.sort(x)
    np.testing.assert_array_equal(y.data, [1.0, 1.0, 2.0, 2.0])
    y.backward([10.0, 20.0, 30.0, 40.0])
    np.testing.assert_array_equal(x.grad, [30.0, 10.0, 40.0, 20.0])


@row("argmax, comparisons", "plain arrays, off the graph")
def off_the_graph(kind):
    x = kind.scalar(2.0)
    for result in (x > 1.0, x == 2.0, x != 2.0, x <= 1.0):
        assert not isinstance(result, ag.Node)
        assert np.asarray(result).dtype == bool
    if kind is TENSOR:
        for result in (x.argmax(), np.argmax(x), np.argmin(x), np.isnan(x), np.greater(x, 1.0)):
            assert not isinstance(result, ag.Node)
    if kind is VALUES:
        assert np.argmax(array_of_values([1.0, 5.0, 2.0])) == 1


@row("sign, floor, round", "0")
def steps(kind):
    for f, value in (
        (ag.sign, 1.0),
        (ag.floor, 2.0),
        (ag.rint, 2.0),
        (ag.ceil, 3.0),
        (ag.trunc, 2.0),
    ):
        at(kind, f, [2.4], value, [0.0])
    at(kind, ag.sign, [0.0], 0.0, [0.0])
    at(kind, ag.floor, [2.0], 2.0, [0.0])


# --- large numbers and numbers that are none ------------------------------------------------------


@row(
    "exp(1000), softmax of [1000, 0, −1000], sigmoid(−1000), softplus(1000)",
    "inf with NumPy's warning; exact; exact; exact. The softmax shift is per row",
)
def large(kind):
    with pytest.warns(RuntimeWarning, match="overflow"):
        at(kind, ag.exp, [1000.0], inf, [inf])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        along(kind, lambda z: ag.softmax(z)[0], [1000.0, 0.0, -1000.0], [0.0, 0.0, 0.0], 1.0)
        at(kind, ag.sigmoid, [-1000.0], 0.0, [0.0])
        at(kind, ag.sigmoid, [1000.0], 1.0, [0.0])
        at(kind, ag.softplus, [1000.0], 1000.0, [1.0])
        at(kind, ag.softplus, [-1000.0], 0.0, [0.0])
        rows = ag.softmax([[1000.0, 999.0], [-1000.0, -1001.0]])
        np.testing.assert_array_equal(rows[0], rows[1])


@row("softmax of [−inf, 0]; of [−inf, −inf]", "fine; NaN")
def ruled_out(kind):
    along(kind, lambda z: ag.softmax(z)[1], [-inf, 0.0], [0.0, 0.0], 1.0)
    along(kind, lambda z: ag.softmax(z)[0], [-inf, -inf], [nan, nan], nan)


@row(
    "0 · log 0 in cross_entropy, kl_divergence, binary_cross_entropy",
    "0; the gradient of the term is 0 too",
)
def certain(kind):
    for loss in (ag.cross_entropy, ag.kl_divergence):
        along(kind, lambda h, loss=loss: loss(h, [1.0, 0.0]), [1.0, 0.0], [-1.0, 0.0], 0.0)
        along(kind, lambda h, loss=loss: loss(h, [0.0, 1.0]), [1.0, 0.0], [0.0, -inf], inf)
    both = [1.0, 0.0]
    along(kind, lambda h: ag.binary_cross_entropy(h, both, "sum"), both, [-1.0, 1.0], 0.0)


@row("hinge at its margin, t s = 1", "0 (equals relu)")
def margin(kind):
    along(kind, lambda s: ag.hinge(s, [1, -1], "sum"), [1.0, -1.0], [0.0, 0.0], 0.0)


@row("NaN into relu, max, clip, median †", "NaN out, NaN gradient")
def not_a_number(kind):
    at(kind, ag.relu, [nan], nan, [nan])
    at(kind, lambda x: ag.clip(x, -1.0, 1.0), [nan], nan, [nan])
    at(kind, lambda x: ag.maximum(x, 0.0), [nan], nan, [nan])
    at(kind, ag.maximum, [nan, 1.0], nan, [nan, nan])
    at(kind, ag.abs, [nan], nan, [nan])
    at(kind, ag.sign, [nan], nan, [nan])
    for f in (ag.max, ag.min, ag.median, ag.ptp, lambda x: ag.quantile(x, [0.0, 0.3])):
        x = kind.vector([1.0, nan, 3.0])
        y = f(x)
        assert np.isnan(numbers(y)).all()
        sweep(y)
        assert np.isnan(slopes(x)).all()


# --- types and shapes -----------------------------------------------------------------------------


@row(
    "whole numbers as a leaf", "float64; complex, strings, objects raise TypeError", (VALUE, TENSOR)
)
def whole_numbers(kind):
    for x in (2, True, np.int8(2), np.uint64(2)):
        assert kind.scalar(x).dtype == np.float64
    assert type(ag.Value(2).data) is float
    for x in (1j, "2", None, object()):
        with pytest.raises(TypeError):
            kind.scalar(x)


@row(
    "float32 · 2.5; float32 · float64 array",
    "float32; float64; every gradient in its leaf's dtype, also through mean, var, std, norm, "
    "where",
    kinds=(TENSOR,),
)
def dtypes(kind):
    def leaf():
        return ag.Tensor(np.array([1.0, 2.0, 3.0], np.float32))

    assert (leaf() * 2.5).dtype == np.float32
    assert (leaf() * np.ones(3)).dtype == np.float64
    for f in (
        lambda x: x * 2.5,
        lambda x: x * np.ones(3),
        ag.mean,
        ag.var,
        ag.std,
        np.linalg.norm,
        lambda x: ag.where(x.data > 1, x, 0.0),
        lambda x: ag.where(x.data > 1, x, np.zeros(3)),
        lambda x: ag.softmax_cross_entropy(x, 0),
    ):
        x = leaf()
        sweep(f(x))
        assert x.grad.dtype == np.float32


@row("gradient of a broadcast scalar, of 0-d, size-1, size-0", "always the leaf's shape", (TENSOR,))
def shapes(kind):
    for shape in ((), (1,), (1, 1), (0,), (2, 0), (3, 1)):
        for other in ((), (1,), (2, 3, 1), (3, 1)):
            try:
                np.broadcast_shapes(shape, other)
            except ValueError:
                continue
            x = ag.Tensor(np.ones(shape))
            sweep(x * np.ones(other) + x)
            assert x.grad.shape == shape


@row("empty arrays", "sum 0, max raises as NumPy does, gradients of the leaf's shape", (TENSOR,))
def empty(kind):
    x = ag.Tensor([])
    assert x.sum().item() == 0.0
    for call in (x.max, x.min, lambda: np.max(x)):
        with pytest.raises(ValueError):  # noqa: PT011
            call()
    sweep(x.sum() + (x * x).sum())
    assert x.grad.shape == (0,)


@row("index out of range", "IndexError at the forward", (TENSOR, VALUES))
def out_of_range(kind):
    for index in (3, -4, [0, 3], (0, 0)):
        with pytest.raises(IndexError):
            kind.vector([1.0, 2.0, 3.0])[index]


@row("repeated indices", "contributions add up", (TENSOR, VALUES))
def repeated(kind):
    along(kind, lambda x: x[[0, 0, 2]].sum(), [1.0, 2.0, 3.0], [2.0, 0.0, 1.0], 5.0)


@row(
    "`==`, hash, bool",
    "elementwise on data; identity; bool only for size 1. "
    "Bookkeeping goes by identity, never by value",
    (VALUE, TENSOR),
)
def identity(kind):
    x, y = kind.scalar(2.0), kind.scalar(2.0)
    assert np.all(x == y)
    assert len({x, y}) == 2
    assert bool(x)
    sweep(x * 3.0 + y * 5.0)
    assert (slopes(x)[0], slopes(y)[0]) == (3.0, 5.0)
    with pytest.raises(ValueError, match="ambiguous"):
        bool(ag.Tensor([1.0, 2.0]))


# --- sweeps ---------------------------------------------------------------------------------------


@row(
    "backward on a non-scalar", "ValueError that offers `.sum()`, a seed, `ag.jacobian`", (TENSOR,)
)
def not_a_scalar(kind):
    with pytest.raises(ValueError, match=r"\.sum\(\).*seed.*ag\.jacobian"):
        ag.Tensor([1.0, 2.0]).backward()


@row("backward twice", "leaves 6 then 12; two roots that share nodes add up")
def twice(kind):
    x = kind.scalar(3.0)
    y = x * x
    sweep(y)
    assert slopes(x)[0] == 6.0
    sweep(y)
    assert slopes(x)[0] == 12.0
    sweep(y * 10.0)
    assert slopes(x)[0] == 72.0


@row("x * x", "two edges, two contributions")
def two_edges(kind):
    at(kind, lambda x: x * x, [3.0], 9.0, [6.0])


@row("unused input", "`.grad` None; `ag.grad` gives zeros", (VALUE, TENSOR))
def unused(kind):
    x, y = kind.scalar(3.0), kind.scalar(4.0)
    sweep(x * x)
    assert y.grad is None
    assert ag.grad(lambda x, y: x * x, (0, 1))(3.0, 4.0) == (6.0, 0.0)
    _, zeros = ag.grad(lambda x, y: ag.sum(x * x), (0, 1))(np.ones(2), np.ones((2, 1)))
    np.testing.assert_array_equal(zeros, np.zeros((2, 1)))


@row("constant output", "ValueError: nothing to differentiate", (VALUE, TENSOR))
def constant(kind):
    for calculus in (ag.grad, ag.jacobian, ag.hessian, ag.value_and_grad):
        with pytest.raises(ValueError, match="nothing to differentiate"):
            calculus(lambda x: 3.0)(numbers(kind.scalar(2.0))[0])


@row(
    "data changed after it was recorded (`x.data = …`, an array constant written to, an element of "
    "a leaf written to)",
    "never a wrong gradient: either the gradient of what was computed, or an error that names the "
    "node",
)
def changed(kind):
    x = kind.scalar(2.0)
    leaf = x[0] if kind is VALUES else x
    leaf.label = "weight"
    y = x * x
    leaf.data = 5.0 if kind is not TENSOR else [5.0]
    with pytest.raises(ValueError, match="weight"):
        sweep(y)
    c = np.array([2.0])
    x = kind.scalar(3.0)
    y = x * c
    c[0] = 100.0
    sweep(y)
    assert slopes(x)[0] == 2.0
    if kind is TENSOR:
        y = x * x
        x.data[0] = 7.0
        with pytest.raises(ValueError, match="was changed"):
            sweep(y)


CASES = [
    pytest.param(check, kind, id=f"{check.__name__}-{kind.name}")
    for _, _, kinds_of_row, check in ROWS
    for kind in kinds_of_row
]


@pytest.mark.parametrize(("check", "kind"), CASES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_row(check, kind):
    check(kind)


def document():
    """The table as the documentation shows it."""
    return HEADING + "".join(f"| {point} | {result} |\n" for point, result, _, _ in ROWS)


def test_the_documentation_is_this_table():
    assert DOCUMENT.read_text(encoding="utf-8") == document(), (
        "the table has changed: run `python tests/test_conventions.py`"
    )


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(document(), encoding="utf-8")


def test_zero_times_infinity_in_a_large_array():
    """As in a small one, where another probe looks for it."""
    x = ag.Tensor(np.tile([0.0, 2.0], 5000))
    with np.errstate(divide="ignore"):
        ag.where(x > 0, ag.log(x), 0.0).sum().backward()
    np.testing.assert_array_equal(x.grad, np.tile([0.0, 0.5], 5000))
