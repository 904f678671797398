"""Every row of the table of elementwise operations, by being in the table.

`DOMAINS` says for each row what it is in mathematics (a function of mpmath's numbers) and where to
look. Values and first and second derivatives are judged by mpmath in 40 digits, which knows nothing
of the rules; a new row without an entry fails.
"""

import itertools
import math
import operator

import mpmath
import numpy as np
import pytest
from helpers import check_rule, close

import autograd_lite as ag
from autograd_lite.core.elementwise import TABLE, Elementwise, weighed
from autograd_lite.core.graph import data, sweep

mp = mpmath.mp.clone()
mp.dps = 40

ANY = (-2.3, -0.4, 0.7, 3.1)
POSITIVE = (1e-6, 0.3, 1.0, 2.6, 40.0)
ABOVE_ONE = (1.001, 1.7, 30.0)
INSIDE = (-0.9, -0.2, 0.3, 0.99)
WIDE = (-700.0, -30.0, -0.4, 0.7, 30.0, 700.0)
TIMES = (-1.5, 0.6, 2.0)


def sign(x):
    return mp.sign(x)


def step(x):
    return mp.mpf(x > 0)


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def share(z, x, y):
    return mp.mpf((x == z) * (1 if y != z else 0.5))


def beats(z, x, y):
    return mp.mpf(x == z and y != z)


# row: mathematics, then the points of each input
DOMAINS = {
    "add": (lambda x, y: x + y, ANY, ANY),
    "subtract": (lambda x, y: x - y, ANY, ANY),
    "multiply": (lambda x, y: x * y, ANY, ANY),
    "divide": (lambda x, y: x / y, ANY, ANY),
    "power": (lambda x, y: x**y, POSITIVE, (*ANY, 0.0, 1.0, 2.0)),
    "mod": (lambda x, y: x - y * mp.floor(x / y), ANY, (-1.7, 0.9, 5.0)),
    "negative": (lambda x: -x, ANY),
    "positive": (lambda x: x, ANY),
    "absolute": (abs, ANY),
    "sign": (sign, ANY),
    "floor": (mp.floor, ANY),
    "ceil": (mp.ceil, ANY),
    "trunc": (lambda x: sign(x) * mp.floor(abs(x)), ANY),
    "rint": (mp.nint, ANY),
    "exp": (mp.exp, ANY),
    "exp2": (lambda x: mp.mpf(2) ** x, ANY),
    "expm1": (mp.expm1, (-2.3, 1e-9, 0.7)),
    "log": (mp.log, POSITIVE),
    "log2": (lambda x: mp.log(x, 2), POSITIVE),
    "log10": (mp.log10, POSITIVE),
    "log1p": (mp.log1p, (-0.9, 1e-9, 0.7, 50.0)),
    "logaddexp": (lambda x, y: mp.log(mp.exp(x) + mp.exp(y)), WIDE, WIDE),
    "logaddexp2": (lambda x, y: mp.log(mp.mpf(2) ** x + mp.mpf(2) ** y, 2), WIDE, WIDE),
    "sqrt": (mp.sqrt, POSITIVE),
    "distance": (mp.sqrt, POSITIVE),
    "cbrt": (lambda x: sign(x) * mp.cbrt(abs(x)), (*ANY, 1e-6)),
    "square": (lambda x: x * x, ANY),
    "reciprocal": (lambda x: 1 / x, ANY),
    "sin": (mp.sin, ANY),
    "cos": (mp.cos, ANY),
    "tan": (mp.tan, ANY),
    "arcsin": (mp.asin, INSIDE),
    "arccos": (mp.acos, INSIDE),
    "arctan": (mp.atan, (*ANY, 1e8)),
    "arctan2": (mp.atan2, ANY, ANY),
    "hypot": (mp.hypot, ANY, ANY),
    "sinh": (mp.sinh, ANY),
    "cosh": (mp.cosh, ANY),
    "tanh": (mp.tanh, (*ANY, -25.0, 25.0)),
    "arcsinh": (mp.asinh, (*ANY, 1e8)),
    "arccosh": (mp.acosh, ABOVE_ONE),
    "arctanh": (mp.atanh, INSIDE),
    "deg2rad": (mp.radians, ANY),
    "rad2deg": (mp.degrees, ANY),
    "relu": (lambda x: max(x, mp.mpf(0)), ANY),
    "sigmoid": (sigmoid, WIDE),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), WIDE),
    "step": (step, ANY),
    "tie_share": (share, (0.5, 2.0), (0.5, 2.0), (0.5, 2.0)),
    "wins": (beats, (0.5, 2.0), (0.5, 2.0), (0.5, 2.0)),
    "maximum_tied": (max, ANY, TIMES),
    "maximum_won": (max, ANY, TIMES),
    "minimum_tied": (min, ANY, TIMES),
    "minimum_won": (min, ANY, TIMES),
    "fmax_tied": (max, ANY, TIMES),
    "fmax_won": (max, ANY, TIMES),
    "fmin_tied": (min, ANY, TIMES),
    "fmin_won": (min, ANY, TIMES),
    "identity": (lambda x: x, ANY),
    "chained": (lambda g, d: g * d, ANY, ANY),
    "chain_product": (lambda g, d: g * d, ANY, ANY),
    "corner": (lambda y: 0.0, ANY),
}

# These are piecewise constant in a way that differences across a tie cannot judge.
INDICATORS = {"tie_share", "wins"}

# Every number with a story of its own; two of a kind meet in pairs.
AWKWARD = (
    0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.0, 1000.0, -1000.0,
    1e308, -1e308, 1e-308, 5e-324, math.inf, -math.inf, math.nan,
)  # fmt: skip


def points(name):
    return list(itertools.product(*DOMAINS[name][1:]))


def test_every_row_has_a_domain_and_every_domain_a_row():
    assert set(DOMAINS) == set(TABLE)
    for name, row in TABLE.items():
        assert len(DOMAINS[name]) - 1 == len(row.partials)


@pytest.mark.parametrize("name", TABLE)
def test_value_on_floats_and_arrays(name):
    row, exact = TABLE[name], DOMAINS[name][0]
    for at in points(name):
        expected = float(exact(*map(mp.mpf, at)))
        on_floats = row(*at)
        assert type(on_floats) is float
        on_arrays = row(*(np.array([x]) for x in at))
        assert type(on_arrays) is np.ndarray
        np.testing.assert_allclose([on_floats, *on_arrays], expected, rtol=2e-15, atol=1e-300)


def gradient(name, at):
    """∂row/∂inputs at one point, on Values."""
    xs = [ag.Value(x) for x in at]
    TABLE[name](*xs).backward()
    return [0.0 if x.grad is None else x.grad for x in xs]


@pytest.mark.parametrize("name", TABLE)
def test_first_derivative(name):
    exact = DOMAINS[name][0]
    for at in points(name):
        if name in INDICATORS:
            expected = [0.0] * len(at)
        else:
            expected = [
                float(mp.diff(exact, tuple(map(mp.mpf, at)), unit(i, len(at))))
                for i in range(len(at))
            ]
        np.testing.assert_allclose(
            gradient(name, at), expected, rtol=1e-12, atol=1e-16, err_msg=str(at)
        )


def unit(i, n, by=1):
    return tuple(by if k == i else 0 for k in range(n))


@pytest.mark.parametrize("name", [name for name in TABLE if name not in INDICATORS])
def test_second_derivative(name):
    row, exact = TABLE[name], DOMAINS[name][0]
    n = len(row.partials)
    for at in points(name):
        got = ag.jacobian(ag.grad(lambda x: row(*(x[i] for i in range(n)))))(np.array(at))
        expected = np.empty((n, n))
        for i, j in itertools.product(range(n), repeat=2):
            orders = tuple(a + b for a, b in zip(unit(i, n), unit(j, n), strict=True))
            expected[i, j] = float(mp.diff(exact, tuple(map(mp.mpf, at)), orders))
        scale = np.abs(expected).max()
        np.testing.assert_allclose(
            got, expected, rtol=1e-10, atol=1e-12 * scale + 4e-15, err_msg=at
        )


def spread(name, shape):
    """An array of points in the domain of each input, away from the ends and from ties."""
    rng = np.random.default_rng(len(name))
    arrays = []
    for k, side in enumerate(DOMAINS[name][1:]):
        side = np.array([x for x in side if 0.1 < abs(x) < 5 and x != 0.99])
        low = side[rng.integers(len(side), size=shape)]
        arrays.append(low * (1 + 0.03 * rng.uniform(size=shape)) + 0.02 * k)
    return arrays


@pytest.mark.parametrize("name", [name for name in TABLE if name not in INDICATORS])
def test_arrays_with_seeds_in_front_and_recorded(name):
    xs = spread(name, (2, 2))
    if len(xs) == 2:
        xs = [xs[0][:, :1], xs[1][0]]  # (2, 1) with (2,): both are copied
    check_rule(TABLE[name], *xs, h=1e-3, tolerance=1e-7)


@pytest.mark.parametrize("name", TABLE)
def test_an_array_is_its_entries(name):
    """Value and Tensor give the same numbers, forward and backward."""
    xs = spread(name, (3,)) if name not in INDICATORS else [np.array([0.5, 2.0, 2.0])] * 3
    tensors = [ag.Tensor(x) for x in xs]
    out = TABLE[name](*tensors)
    out.backward(np.ones(3))
    for k in range(3):
        values = [ag.Value(x[k]) for x in xs]
        y = TABLE[name](*values)
        y.backward()
        np.testing.assert_allclose(y.data, out.data[k], rtol=4e-16)
        for v, t in zip(values, tensors, strict=True):
            np.testing.assert_allclose(v.grad, t.grad[k], rtol=1e-14)


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_floats_are_ieee(name):
    """No awkward number raises or turns complex; floats, arrays, Value and Tensor agree on each."""
    row = TABLE[name]
    cases = itertools.product(AWKWARD, repeat=len(row.partials))
    if len(row.partials) == 3:
        cases = itertools.islice(cases, 0, None, 7)
    for at in cases:
        arrays = [np.array([x]) for x in at]
        expected = row.on_arrays(*arrays)
        on_floats = row(*at)
        assert type(on_floats) is float
        np.testing.assert_allclose(on_floats, expected[0], rtol=1e-15, err_msg=str(at))

        values = [ag.Value(x) for x in at]
        tensors = [ag.Tensor(x) for x in arrays]
        with np.errstate(all="ignore"):
            row(*values).backward()
            row(*tensors).backward(np.ones(1))
        for v, t in zip(values, tensors, strict=True):
            assert type(v.grad) is float
            np.testing.assert_allclose(v.grad, t.grad[0], rtol=1e-13, atol=5e-324, err_msg=str(at))


NUMPYS = [name for name in TABLE if hasattr(np, name) and name != "identity"]


@pytest.mark.parametrize("name", NUMPYS)
def test_numpys_own_function(name):
    rng = np.random.default_rng(1)
    xs = [rng.choice(side, size=5) for side in DOMAINS[name][1:]]
    assert len(NUMPYS) > 40
    np.testing.assert_array_equal(TABLE[name](*xs), getattr(np, name)(*xs))


@pytest.mark.parametrize("name", TABLE)
def test_float32(name):
    xs = [
        ag.Tensor(x.astype(np.float32))
        for x in (spread(name, (3,)) if name not in INDICATORS else [np.ones(3)] * 3)
    ]
    y = TABLE[name](*xs)
    assert y.dtype == np.float32
    y.backward(np.ones(3))
    second = ag.jacobian(ag.grad(lambda x: ag.sum(TABLE[name](*([x] * len(xs))))))(xs[0].data)
    assert second.dtype == np.float32
    for x in xs:
        assert x.grad.dtype == np.float32


@pytest.mark.parametrize("name", [name for name in TABLE if len(TABLE[name].partials) == 2])
def test_float32_with_numbers(name):
    """A Python number does not widen (NumPy 2); a float64 array does, and the gradient stays."""
    x = ag.Tensor(spread(name, (3,))[0].astype(np.float32))
    (_, other) = spread(name, (3,))
    y = TABLE[name](x, float(other[0]))
    assert y.dtype == np.float32
    wide = TABLE[name](x, other)
    assert wide.dtype == np.float64
    wide.backward(np.ones(3))
    assert x.grad.dtype == np.float32


@pytest.mark.parametrize("shape", [(), (1,), (0,), (1, 1), (2, 0)])
@pytest.mark.parametrize("name", TABLE)
def test_shapes_of_size_zero_and_one(name, shape):
    xs = [
        ag.Tensor(np.full(shape, DOMAINS[name][1 + k][-1])) for k in range(len(DOMAINS[name]) - 1)
    ]
    y = TABLE[name](*xs)
    assert y.shape == shape
    y.backward(np.ones(shape))
    for x in xs:
        assert x.grad.shape == shape
        assert type(x.grad) is np.ndarray


@pytest.mark.parametrize("name", TABLE)
def test_mixed_value_and_tensor(name):
    """A Value broadcast over a Tensor gets one float, the sum of its copies' shares."""
    row = TABLE[name]
    if len(row.partials) != 2:
        x = ag.Value(DOMAINS[name][1][0])
        out = row(*[x] * len(row.partials))
        assert isinstance(out, ag.Value)
        return
    xs, ys = spread(name, (3,))
    v, t = ag.Value(xs[0]), ag.Tensor(ys)
    row(v, t).backward(np.ones(3))
    assert type(v.grad) is float
    same = ag.Tensor(np.full(3, xs[0]))
    row(same, ys if name.endswith("1") else ag.Tensor(ys)).backward(np.ones(3))
    close(v.grad, same.grad.sum(), 1e-13)


def test_where():
    x, y = np.array([[0.5, 2.0]]), np.array([[1.0], [-3.0]])
    mask = np.array([[True, False], [False, False]])
    check_rule(lambda x, y: ag.where(mask, x * x, y * x), x, y)
    check_rule(lambda x: ag.where(x > 1, x * x * x, 2.0), x, h=1e-3)


def test_clip():
    x = np.array([-2.0, -0.5, 0.3, 4.0])
    check_rule(lambda x: ag.clip(x, -1.0, 1.0) * x, x)
    check_rule(lambda x: ag.clip(x, None, 1.0) * x, x)
    check_rule(lambda x: ag.clip(x, -1.0, None) * x, x)
    np.testing.assert_array_equal(ag.clip(x, -1, 1), np.clip(x, -1, 1))


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda v: ag.exp("1"), TypeError, "'exp' was given str '1'"),
        (lambda v: ag.exp(1j), TypeError, "'exp' was given"),
        (lambda v: ag.exp(np.array([1j])), TypeError, "'exp' was given an array of dtype complex"),
        (lambda v: ag.exp(np.array(["a"])), TypeError, "'exp' was given an array of dtype <U1"),
        (lambda v: ag.exp(None), TypeError, "'exp' was given NoneType None"),
        (lambda v: ag.exp({}), TypeError, "'exp' was given dict {}"),
        (lambda v: ag.exp(), TypeError, "'exp' takes 1 inputs, 0 were given"),
        (lambda v: ag.exp(v, v), TypeError, "'exp' takes 1 inputs, 2 were given"),
        (lambda v: ag.add(v), TypeError, r"'\+' takes 2 inputs, 1 were given"),
        (lambda v: ag.maximum(v, "2"), TypeError, "'maximum' was given str '2'"),
        (
            lambda v: ag.where("yes", v, 0.0),
            TypeError,
            "'where' was given a condition of dtype <U3",
        ),
        (lambda v: ag.where(None, v, 0.0), TypeError, "a condition of dtype object"),
        (lambda v: v + "2", TypeError, "unsupported operand"),
        (lambda v: None * v, TypeError, "unsupported operand"),
        (lambda v: v < "2", TypeError, "not supported between"),
    ],
)
def test_refused(call, kind, message):
    for node in (ag.Value(2.0), ag.Tensor([2.0, 3.0])):
        with pytest.raises(kind, match=message):
            call(node)


def test_shapes_that_do_not_broadcast():
    with pytest.raises(ValueError, match="broadcast") as caught:
        ag.hypot(ag.Tensor([1.0, 2.0]), ag.Tensor([1.0, 2.0, 3.0]))
    assert "in 'hypot', given Tensor of shape (2,) and Tensor of shape (3,)" in str(
        caught.value.__notes__
    )


@pytest.mark.parametrize(
    "call",
    [lambda t: ag.log(t), lambda t: t.log(), lambda t: np.log(t), lambda t: t / t, lambda t: 1 / t],
)
def test_a_warning_that_is_an_error_says_where_it_comes_from(call):
    with pytest.raises(RuntimeWarning) as caught:
        call(ag.Tensor([0.0, 2.0], label="speed"))
    assert "Tensor 'speed' of shape (2,)" in caught.value.__notes__[0]


def test_second_derivative_of_hypot_at_the_origin():
    """No number is right there, as of the norm and the standard deviation."""
    hessian = ag.hessian(lambda x: ag.hypot(x[0], x[1]))(np.zeros(2))
    np.testing.assert_array_equal(hessian, np.full((2, 2), np.nan))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", [name for name in TABLE if name not in INDICATORS])
def test_an_awkward_neighbour_changes_nothing(name):
    """Entries beside a pole, a NaN or a number outside the domain get what they get alone."""
    row = TABLE[name]
    ordinary = [x[:3] for x in spread(name, (3,))]
    for odd in (0.0, -1.0, 1.0, -5.0, math.inf, -math.inf, math.nan):
        alone = [ag.Tensor(x) for x in ordinary]
        beside = [ag.Tensor([*x, odd]) for x in ordinary]
        row(*alone).backward(np.ones(3))
        row(*beside).backward(np.ones(4))
        for a, b in zip(alone, beside, strict=True):
            np.testing.assert_array_equal(b.grad[:3], a.grad)


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_awkward_numbers_side_by_side(name):
    """Each entry of an array has the slope it has alone, whatever stands beside it."""
    row = TABLE[name]
    n = len(row.partials)
    cases = list(itertools.product(AWKWARD, repeat=n))[:: 7 if n == 3 else 1]
    tensors = [ag.Tensor(x) for x in np.array(cases).T]
    y = row(*tensors)
    y.backward(np.ones(len(cases)))
    recorded = {id(x): g for x, g in sweep([y], [ag.Tensor(np.ones(len(cases)))], True, tensors)}
    for k, at in enumerate(cases):
        values = [ag.Value(x) for x in at]
        row(*values).backward()
        for v, t in zip(values, tensors, strict=True):
            np.testing.assert_allclose(t.grad[k], v.grad, 1e-13, 5e-324, err_msg=str(at))
            np.testing.assert_allclose(
                data(recorded[id(t)])[k], v.grad, 1e-13, 5e-324, err_msg=str(at)
            )


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, bool])
@pytest.mark.parametrize("name", [name for name in TABLE if len(TABLE[name].partials) == 2])
def test_whole_numbers_beside_a_node_are_floats_to_the_rule(name, dtype):
    """−y of a uint8 is no negative, y − 1 of 0 is 255, and log y of an int8 is a float16."""
    row, x = TABLE[name], np.array([0.7, 1500.0, 2.5, 1.5])
    whole = np.array([3, 0, 120, 1], dtype)
    for f in (lambda x, y: ag.sum(row(x, y)), lambda x, y: ag.sum(row(y, x))):
        for derivative in (ag.grad(f), ag.hessian(f)):
            with np.errstate(all="ignore"):
                expected = derivative(x, whole.astype(float))
                np.testing.assert_array_equal(derivative(x, whole), expected)
                compiled = ag.compile(derivative)(x, whole)
            np.testing.assert_allclose(compiled, expected, rtol=1e-14, atol=1e-300)


@pytest.mark.parametrize("name", [name for name in TABLE if len(TABLE[name].partials) == 1])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_no_slope_outside_the_domain(name):
    row = TABLE[name]
    for at in AWKWARD[:-3]:
        v, t = ag.Value(at), ag.Tensor([at])
        y = row(v)
        if math.isnan(y.data):
            y.backward()
            row(t).backward([1.0])
            assert math.isnan(v.grad), at
            assert np.isnan(t.grad[0]), at


def test_slopes_at_the_end_of_the_domain():
    """The limits, among entries that have none."""
    with np.errstate(all="ignore"):
        for row, at, expected in (
            ("log", [0.0, -1.0, 2.0], [np.inf, np.nan, 0.5]),
            ("log1p", [-1.0, -2.0, 1.0], [np.inf, np.nan, 0.5]),
            ("arctanh", [1.0, -1.0, 2.0, -2.0, 0.5], [np.inf, np.inf, np.nan, np.nan, 4 / 3]),
            ("distance", [0.0, -1.0, 4.0], [0.0, np.nan, 0.25]),
        ):
            t = ag.Tensor(at)
            TABLE[row](t).backward(np.ones(len(at)))
            np.testing.assert_allclose(t.grad, expected, rtol=1e-15)


@pytest.mark.parametrize("name", ["maximum", "minimum", "fmax", "fmin"])
def test_a_tie_with_a_constant(name):
    contest = getattr(ag, name)
    for x in (ag.Value(2.0), ag.Tensor([2.0])):
        for y in (contest(x, 2.0), contest(2.0, x)):
            y.backward(1.0 if isinstance(x, ag.Value) else [1.0])
        assert x.grad == 0.0


def test_the_step_of_heaviside():
    """At the step the value is the second input, elsewhere it counts for nothing."""
    x, y = np.array([-1.0, 0.0, 1.0]), ag.Tensor([0.3, 0.3, 0.0])
    np.heaviside(x, y).backward(np.ones(3))
    np.testing.assert_array_equal(y.grad, [0.0, 1.0, 0.0])


def test_a_plain_seed_of_zero_in_a_recorded_sweep():
    """0 · inf is 0 when only the slope is a node, too."""
    x = ag.Tensor([0.0, 4.0])
    with np.errstate(divide="ignore", invalid="ignore"):
        ((_, g),) = (
            (node, g) for node, g in sweep([ag.sqrt(x)], [np.array([0.0, 1.0])], True) if node is x
        )
    np.testing.assert_array_equal(data(g), [0.0, 0.25])


def test_slopes_where_a_function_is_constant_or_straight():
    """Steps have slope 0 as far as there are numbers; hypot has one on each axis."""
    for name in ("sign", "floor", "ceil", "trunc", "rint", "step"):
        x = ag.Tensor([np.inf, -np.inf, 1e308, 0.0])
        TABLE[name](x).backward(np.ones(4))
        np.testing.assert_array_equal(x.grad, np.zeros(4))
    x, y = ag.Tensor([3.0, 0.0, -3.0]), ag.Tensor([0.0, 4.0, 0.0])
    ag.hypot(x, y).backward(np.ones(3))
    np.testing.assert_array_equal(x.grad, [1.0, 0.0, -1.0])
    np.testing.assert_array_equal(y.grad, [0.0, 1.0, 0.0])


@pytest.mark.parametrize("shapes", [((2, 1), (3,)), ((3,), (2, 1)), ((), (2, 3)), ((2, 3), ())])
def test_where_of_shapes_that_broadcast(shapes):
    x, y = (np.random.default_rng(4).normal(size=s) for s in shapes)
    mask = np.array([[True, False, True], [False, False, True]])
    check_rule(lambda x, y: ag.where(mask, x, y), x, y)


@pytest.mark.parametrize("size", [3, 20_000])
def test_a_branch_not_taken_in_arrays_of_every_size(size):
    """Small arrays are searched for 0 · inf in another way than large ones."""
    x = ag.Tensor(np.linspace(0.0, 1.0, size))
    with np.errstate(divide="ignore", invalid="ignore"):
        ag.where(x > 0, ag.log(x), 0.0).sum().backward()
    np.testing.assert_allclose(x.grad, [0.0, *(1 / x.data[1:])], rtol=1e-15)


@pytest.mark.parametrize("x", [0.0, np.array([0.0, 0.5, 2.0])])
@pytest.mark.parametrize("forward", [False, True])
def test_a_branch_not_taken_in_a_compiled_function(x, forward):
    """What stands for numbers while a function is compiled keeps 0 · inf = 0 too."""

    def f(x):
        return ag.sum(ag.where(x > 0.25, ag.log(x) * ag.sqrt(x), 0.0))

    derivative = (lambda x: ag.jvp(f, (x,), (1.0 * (x > 0.25),))[1]) if forward else ag.grad(f)
    with np.errstate(divide="ignore", invalid="ignore"):
        found, expected = ag.compile(derivative)(x), derivative(x)
    np.testing.assert_allclose(found, expected, rtol=1e-14)
    assert np.all(np.isfinite(found))


@pytest.mark.parametrize("shape", [(3,), (1,), (3, 1)])
def test_a_mask_of_truth_values(shape):
    """A dropout mask as comparisons make it: no number, but a constant factor all the same."""
    mask = np.array([[True, False, True], [True, True, False], [False, True, True]])
    x = np.arange(1.0, 4.0)[: shape[0]].reshape(shape)
    check_rule(lambda x: x * mask, x)


@pytest.mark.parametrize("shape", [(2, 1), (2, 3), (1, 2, 1), (1, 2, 3)])
def test_a_branch_not_taken_beside_what_is_copied_along_the_last_axis(shape):
    """An infinite slope under a cotangent of 0, in a product that is summed in one go."""
    x = np.array([[math.inf, 2.0, 3.0], [4.0, math.nan, 6.0]]).reshape(*shape[:-1], 3)
    s = ag.Tensor(np.ones(shape))
    with np.errstate(invalid="ignore"):
        ag.where(np.isfinite(x), x * s, 0.0).sum().backward()
    slopes = np.where(np.isfinite(x), x, 0.0)
    expected = slopes.sum(axis=-1, keepdims=True) if shape[-1] == 1 else slopes
    np.testing.assert_array_equal(s.grad, expected)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 1), (2, 1), (1, 3), (2, 3)])
def test_a_factor_of_a_matrix_with_seeds_in_front(shape):
    """Only what is copied along the last axis alone is summed in one go with the product."""
    matrix = np.arange(1.0, 7.0).reshape(2, 3)
    check_rule(lambda x: x * matrix, np.arange(2.0, 8.0)[: math.prod(shape)].reshape(shape))


def test_a_weight_times_a_number_numbers_and_arrays_alike():
    """0 stays 0 whatever it weighs."""
    a, inf = np.array([1.0, math.inf]), math.inf
    with np.errstate(invalid="ignore"):
        for g, d, product in [
            (2.0, a, [2.0, inf]),
            (0.0, a, [0.0, 0.0]),
            (a, 2.0, [2.0, inf]),
            (np.array([0.0, 1.0]), inf, [0.0, inf]),
            (0.0, inf, 0.0),
            (-2.0, inf, -inf),
            (-2.0, 0.5, -1.0),
        ]:
            np.testing.assert_array_equal(weighed(g, d), product)


@pytest.mark.parametrize("new", [(), (1,), (3,), (2, 1), (1, 3), (1, 1)])
def test_a_quotient_whose_divisor_was_broadcast(new):
    """Both shares are made at once; finite differences to second order, and K seeds, agree."""
    rng = np.random.default_rng(6)
    check_rule(lambda x, y: x / y, rng.normal(size=(2, 3)), rng.uniform(0.5, 2.0, new))


@pytest.mark.parametrize("x", [[0.0, 2.0], [math.inf, 2.0], [math.nan, 2.0], [-1.0, 5e-324]])
@pytest.mark.parametrize("y", [0.0, -0.0, math.inf, math.nan, 1e-310, 2.0])
@pytest.mark.parametrize("g", [[1.0, 1.0], [0.0, 1.0], [1.0, 0.0], [0.0, 0.0], [1e300, -1e-300]])
def test_a_broadcast_divisor_gets_what_its_copies_get(x, y, g):
    """At infinities and poles too: the sum of the shares of as many divisors."""
    with np.errstate(all="ignore"):
        together, apart = ag.Tensor([y]), ag.Tensor([y, y])
        (ag.Tensor(x) / together).backward(np.array(g))
        (ag.Tensor(x) / apart).backward(np.array(g))
        np.testing.assert_allclose(together.grad, [apart.grad.sum()], rtol=1e-14)
        compiled = ag.compile(lambda x, y, g: ag.vjp(operator.truediv, x, y)[1](g)[1])
        found = compiled(np.array(x), np.array([y]), np.array(g))
        np.testing.assert_allclose(found, together.grad, rtol=1e-14)


def test_a_slope_that_is_nan_stays_nan_where_a_gradient_arrives():
    x = ag.Value(2.0)
    (x * math.nan * 3).backward()
    assert math.isnan(x.grad)
    with np.errstate(invalid="ignore"):
        t = ag.Tensor([2.0, 2.0])
        (t * np.array([math.nan, 1.0])).sum().backward()
    np.testing.assert_array_equal(t.grad, [math.nan, 1.0])


@pytest.mark.parametrize("name", ["log", "log1p"])
def test_a_rule_that_looks_for_its_domain_does_so_inside_a_block_too(name):
    with ag.group("inside"):
        x = ag.Tensor([0.5, 2.0])
        TABLE[name](x).sum().backward()
    np.testing.assert_allclose(x.grad, 1 / (x.data + (name == "log1p")), rtol=1e-15)


@pytest.mark.parametrize("order", [1, 2])
def test_a_pole_at_a_number_of_python_s_is_that_of_an_array(order):
    """Python's floats raise at a division by 0, beside nodes as well; NumPy's give inf or NaN."""
    derivative = ag.grad if order == 1 else ag.hessian
    x = np.array([1.0, -2.0])
    for f in (lambda x, zero: x * x / zero, lambda x, zero: x / zero * x.sum()):
        by_number = derivative(lambda x, f=f: f(x, 0.0).sum())
        by_array = derivative(lambda x, f=f: f(x, np.zeros(2)).sum())
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(by_number(x), by_array(x))
    with np.errstate(all="ignore"):
        value = ag.Value(3.0)
        (value / 0.0).backward()
    assert value.grad == math.inf


def test_a_pole_of_a_float_in_forward_mode():
    with np.errstate(all="ignore"):
        assert ag.jvp(ag.arcsin, (1.0,), (1.0,)) == (math.pi / 2, math.inf)
        _, slope = ag.jvp(lambda x: x / 0.0, (np.array([1.0, -1.0]),), (np.array([2.0, -2.0]),))
    np.testing.assert_array_equal(slope, [math.inf, -math.inf])


def test_a_slope_made_of_a_pole_of_a_float_and_of_an_array():
    """A row may multiply by 1 / y, which a float y = 0 raises at: the slope is as large as x."""
    halves = Elementwise(
        "x²/2y",
        lambda x, y: x * x / y / 2,
        lambda x, y: np.divide(x * x / 2, y),
        lambda z, x, y: x * (1 / y),
        lambda z, x, y: -z * (1 / y),
    )
    for x in (3.0, np.array(-3.0), np.array([3.0]), np.array([3.0, -2.0])):
        first = ag.elementwise_grad(lambda x: halves(x, 0.0))
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(first(x), x * math.inf, strict=True)
            second = ag.jacobian(first)(x)
        diagonal = np.where(np.eye(np.size(x)), math.inf, 0.0)
        np.testing.assert_array_equal(second, diagonal.reshape(2 * np.shape(x)), strict=True)


AWKWARD = [0.0, -0.0, 1.0, -1.0, 2.0, -2.5, 1e308, 1e-320, math.inf, -math.inf, math.nan]
KINDS = (float, np.array, lambda x: np.array([x]))


def slopes_at(f, point):
    """The gradient of `f` at a point of numbers, of arrays without axes, of vectors of length 1."""
    argnums = tuple(range(len(point)))
    found = [ag.grad(lambda *a: ag.sum(f(*a)), argnums)(*map(kind, point)) for kind in KINDS]
    return [np.ravel(g) for g in found]


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_awkward_points_are_the_same_for_numbers_and_arrays(name):
    f = TABLE[name]
    count = len(f.partials)
    for point in itertools.product(AWKWARD[: {1: 11, 2: 5}.get(count, 3)], repeat=count):
        number, *arrays = slopes_at(f, point)
        for found in arrays:
            np.testing.assert_allclose(found, number, rtol=1e-14, err_msg=str(point))


@pytest.mark.parametrize("name", [n for n in TABLE if len(TABLE[n].partials) == 1])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_outside_the_domain_no_slope_of_a_slope_is_given(name):
    f = TABLE[name]
    for x in AWKWARD[:-3]:
        if np.isnan(f(x)):
            for g in slopes_at(f, [x]) + slopes_at(ag.elementwise_grad(f), [x]):
                assert np.isnan(g).all(), x


def test_the_slope_of_the_slope_of_a_logarithm_at_zero():
    with np.errstate(divide="ignore", invalid="ignore"):
        for f in (ag.log, ag.log2, ag.log10):
            for g in slopes_at(ag.elementwise_grad(f), [0.0]):
                assert g == -math.inf
