"""Right gradients are never accused: other algebra, other orders, noise, all scales, float32."""

import math

import numpy as np
import planted
import pytest

import autograd_lite as ag

# name: the function, its derivative in other algebra than the table of operations, a point's range
FUNCTIONS = {
    "tanh": (ag.tanh, lambda x: 1 / np.cosh(x) ** 2, (-3, 3)),
    "sigmoid": (ag.sigmoid, lambda x: 0.25 / np.cosh(x / 2) ** 2, (-4, 4)),
    "softplus": (ag.softplus, lambda x: 0.5 * (1 + np.tanh(x / 2)), (-5, 5)),
    "exp": (ag.exp, lambda x: np.exp2(x / math.log(2)), (-3, 3)),
    "log": (ag.log, lambda x: x**-1.0, (1e-6, 5)),
    "log1p": (ag.log1p, lambda x: 1 / (1 + x), (-0.9, 5)),
    "sqrt": (ag.sqrt, lambda x: 0.5 * x**-0.5, (1e-7, 5)),
    "square": (ag.square, lambda x: x + x, (-5, 5)),
    "cube": (lambda x: x**3, lambda x: 3 * x * x, (-5, 5)),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2, (0.1, 5)),
    "sin": (ag.sin, np.cos, (-5, 5)),
    "cos": (ag.cos, lambda x: np.cos(x + np.pi / 2), (-5, 5)),
    "tan": (ag.tan, lambda x: np.cos(x) ** -2, (-1.4, 1.4)),
    "arctan": (ag.arctan, lambda x: np.cos(np.arctan(x)) ** 2, (-5, 5)),
    "arcsin": (ag.arcsin, lambda x: (1 - x * x) ** -0.5, (-0.99, 0.99)),
    "sinh": (ag.sinh, np.cosh, (-3, 3)),
    "cosh": (ag.cosh, np.sinh, (-3, 3)),
    "arcsinh": (ag.arcsinh, lambda x: (1 + x * x) ** -0.5, (-5, 5)),
    "abs": (ag.abs, np.sign, (-5, 5)),
    "relu": (ag.relu, lambda x: np.heaviside(x, 0), (-5, 5)),
    "x tanh x": (lambda x: x * ag.tanh(x), lambda x: np.tanh(x) + x / np.cosh(x) ** 2, (-3, 3)),
    "x / (1 + x²)": (
        lambda x: x / (1 + x * x),
        lambda x: 1 / (1 + x * x) - 2 * x * x / (1 + x * x) ** 2,
        (-3, 3),
    ),
}
POINTS = 55


def assert_not_accused(report):
    assert report.verdict == "agree", str(report)
    assert report.ok
    assert report.causes == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_numbers_in_other_algebra(name):
    f, derivative, (low, high) = FUNCTIONS[name]
    for x in np.random.default_rng(5).uniform(low, high, POINTS):
        assert_not_accused(ag.check_gradients(f, float(x), hand=derivative))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_scales_from_1e_minus_8_to_1e8_and_noise(name):
    f, derivative, (low, high) = FUNCTIONS[name]
    rng = np.random.default_rng(6)
    for scale in 10.0 ** np.arange(-8, 9):
        x = rng.uniform(low, high, 3)
        noise = 1 + 1e-13 * rng.standard_normal(3)
        hand = derivative(x) * scale * noise
        assert_not_accused(ag.check_gradients(lambda x, s=scale: ag.sum(f(x) * s), x, hand=hand))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_that_live_on_a_tiny_scale(name):
    """A step wider than all that tanh(1e9 x) does gives a steady slope of nothing."""
    f, derivative, (low, high) = FUNCTIONS[name]
    rng = np.random.default_rng(12)
    low = max(low, 0.01) if low > 0 else low
    for size in (1e-8, 1e-10, 1e-12):
        for offset in (0.0, 1e3):
            u = rng.uniform(low, high, 2)
            u = np.where(np.abs(u) < 0.1, 0.2, u)
            x, hand = u * size, derivative(u) / size
            g = lambda x, s=size, o=offset: ag.sum(f(x / s)) + o  # noqa: E731
            assert_not_accused(ag.check_gradients(g, x, hand=hand))
            if abs(hand[1]) > 0.01 * abs(hand[0]):
                wrong = hand * [1.0, rng.choice([-1.0, 0.5, 1.0001, 2.0])]
                assert ag.check_gradients(g, x, hand=wrong).verdict == "hand"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_float32_has_its_own_tolerance(name):
    f, derivative, (low, high) = FUNCTIONS[name]
    rng = np.random.default_rng(7)
    for _ in range(8):
        x = rng.uniform(max(low, 0.01) if low > 0 else low, high, 4).astype(np.float32)
        x = np.where(np.abs(x) < 1e-2, np.float32(0.5), x)
        report = ag.check_gradients(lambda x: ag.sum(f(x)), x, hand=derivative(x))
        assert_not_accused(report)
        assert [note.code for note in report.rows[0].notes] == ["precision"]


@pytest.mark.parametrize("distance", [1e-3, 1e-5, 1e-6, 1e-7])
@pytest.mark.parametrize("sign", [1, -1])
def test_near_a_kink_but_not_at_it(distance, sign):
    x = sign * distance
    for f, derivative in (
        (ag.relu, float(x > 0)),
        (ag.abs, float(sign)),
        (lambda x: ag.maximum(x, 0.0), float(x > 0)),
        (lambda x: ag.maximum(3 * x, x), 3.0 if x > 0 else 1.0),
        (lambda x: ag.clip(x, 0.0, 1.0), float(x > 0)),
    ):
        assert_not_accused(ag.check_gradients(f, x, hand=derivative))


@pytest.mark.parametrize("name", planted.PROBLEMS)
@pytest.mark.parametrize("noise", [0.0, 1e-13, 1e-10])
def test_problems_with_noise(name, noise):
    problem = planted.PROBLEMS[name]()
    rng = np.random.default_rng(8)
    hand = {
        k: v * (1 + noise * rng.standard_normal(v.shape)) for k, v in problem.hand(None).items()
    }
    assert_not_accused(ag.check_gradients(problem.f, *problem.args.values(), hand=hand))


def test_sums_in_another_order():
    rng = np.random.default_rng(9)
    for _ in range(60):
        X, w, y = rng.normal(size=(40, 3)), rng.normal(size=3), rng.normal(size=40)
        order = rng.permutation(40)
        hand = np.zeros(3)
        for i in order:
            hand += 2 * X[i] * (sum(a * b for a, b in zip(X[i], w, strict=True)) - y[i])
        f = lambda w, X=X, y=y: ag.sum(ag.square(ag.matmul(X, w) - y))  # noqa: E731
        assert_not_accused(ag.check_gradients(f, w, hand=hand))


def test_softmax_in_every_spelling():
    rng = np.random.default_rng(10)
    for _ in range(100):
        n, k = rng.integers(1, 5), rng.integers(2, 6)
        z = rng.normal(size=(n, k)) * rng.choice([0.01, 1, 5])
        t = np.eye(k)[rng.integers(0, k, n)]
        h = np.exp(z) / np.exp(z).sum(1, keepdims=True)
        for f in (
            lambda z, t=t: ag.softmax_cross_entropy(z, t),
            lambda z, t=t: ag.cross_entropy(ag.softmax(z), t),
        ):
            assert_not_accused(ag.check_gradients(f, z, hand=(h - t) / n))


def zero_in_mathematics():
    """Losses with a parameter whose gradient is exactly zero, as terms that cancel."""
    rng = np.random.default_rng(11)
    X, W, C = rng.normal(size=(8, 3)), rng.normal(size=(3, 4)), rng.normal(size=(8, 4))

    def batch_norm(b):
        z = ag.matmul(X, W) + b
        away = z - ag.mean(z, 0, keepdims=True)
        return ag.sum(away / ag.sqrt(ag.mean(away * away, 0, keepdims=True)) * C)

    def key_bias(b):
        K = ag.matmul(X, W) + b
        return ag.sum(ag.softmax(ag.matmul(C, ag.transpose(K))) * rng_scores)

    rng_scores = rng.normal(size=(8, 8))

    def shift(b):
        z = ag.matmul(X, W) + ag.sum(b)
        return ag.softmax_cross_entropy(z, np.eye(4)[[0, 1, 2, 3, 0, 1, 2, 3]])

    return {"bias before batch norm": batch_norm, "key bias": key_bias, "shift of logits": shift}


@pytest.mark.parametrize("name", zero_in_mathematics())
def test_zero_is_right_as_zeros_and_as_rounding_noise(name):
    f = zero_in_mathematics()[name]
    b = np.random.default_rng(12).normal(size=4)
    assert_not_accused(ag.check_gradients(f, b, hand=np.zeros(4)))
    assert_not_accused(ag.check_gradients(f, b, hand=1e-15 * np.array([1.0, -2.0, 0.5, 0.0])))
    assert_not_accused(ag.check_gradients(f, b))
    assert ag.check_gradients(f, b, hand=np.full(4, 1e-3)).verdict == "hand"


@pytest.mark.parametrize(
    ("f", "x"),
    [(ag.log, 1e-6), (ag.sqrt, 1e-7), (lambda x: x**2, 1e8), (ag.log, 1e-300), (ag.exp, -700.0)],
)
def test_awkward_points_pass(f, x):
    assert_not_accused(ag.check_gradients(f, x))


@pytest.mark.parametrize("f", [ag.max, ag.min])
def test_the_largest_of_a_single_number(f):
    assert_not_accused(ag.check_gradients(f, np.array(1.5), hand=np.array(1.0)))
    assert ag.check_gradients(f, np.array(1.5), hand=np.array(0.5)).verdict == "hand"


def test_a_gradient_50_times_wrong_at_scale_1e_minus_8_fails():
    f = lambda x: 1e-8 * ag.sin(x)  # noqa: E731
    assert ag.check_gradients(f, 1.0, hand=lambda x: 1e-8 * np.cos(x))
    assert ag.check_gradients(f, 1.0, hand=lambda x: 50e-8 * np.cos(x)).verdict == "hand"
    assert ag.check_gradients(f, 1.0, hand=lambda x: 1e-8 * np.cos(x) / 50).verdict == "hand"


def test_there_are_two_thousand_of_them():
    functions = len(FUNCTIONS)
    count = functions * POINTS + functions * 17 + functions * 8
    count += 2 * 4 * 5 + 3 * sum(len(make().args) for make in planted.PROBLEMS.values())
    count += 60 + 200 + 3 * 3 + 5
    assert count >= 2_000


@pytest.mark.parametrize("z", [[20.0, 0.0, 0.0], [30.0, 0.0, 0.0], [40.0, 0.0, -5.0]])
def test_a_sure_prediction(z):
    """1 − h of h near 1 is rounding: autodiff has less of it right than a difference of losses."""
    z, t = np.array(z), np.array([1.0, 0.0, 0.0])
    loss = lambda z: ag.softmax_cross_entropy(z, t)  # noqa: E731
    report = ag.check_gradients(loss, z, hand=ag.softmax(z) - t)
    assert report.ok, report
    assert ("precision" in [note.code for note in report.notes]) == (z[0] > 25)
    assert ag.check_gradients(loss, z, hand=2 * t).verdict == "hand"
    if z[0] < 35:
        wrong = 1.5 * (ag.softmax(z) - t)
        assert ag.check_gradients(loss, z, hand=wrong).verdict == "hand"


def test_a_probability_that_underflows():
    z = np.array([1000.0, 0.0, -1000.0])
    report = ag.check_gradients(lambda z: ag.softmax_cross_entropy(z, 0), z, hand=np.zeros(3))
    assert report.ok, report
