"""The checker against random functions: it accuses nobody who is right and passes nobody wrong.

Right gradients are in other algebra than the engine's. `python tests/test_check_fuzz.py 5000` tries
that many (from a seed, if one is given) and lists what went wrong; in a test run there are as many
as `CHECK_FUZZ` says.
"""

import os
import sys
from dataclasses import dataclass

import numpy as np
import pytest

import autograd_lite as ag

COUNT = int(os.environ.get("CHECK_FUZZ", "320"))


@dataclass
class Problem:
    """A function of one array, its gradient by hand, and how wrong an entry must be to be seen.

    `judged` marks the entries whose mistakes can show at all: at a kink several numbers are right.
    """

    name: str
    f: object
    x: np.ndarray
    hand: np.ndarray
    visible: float = 1e-5
    judged: np.ndarray | None = None


# name: the function, its derivative in other algebra, where
FUNCTIONS = {
    "tanh": (ag.tanh, lambda x: 1 / np.cosh(x) ** 2, (-3, 3)),
    "sigmoid": (ag.sigmoid, lambda x: 0.25 / np.cosh(x / 2) ** 2, (-6, 6)),
    "softplus": (ag.softplus, lambda x: 0.5 * (1 + np.tanh(x / 2)), (-5, 5)),
    "exp": (ag.exp, lambda x: np.exp2(x / np.log(2)), (-3, 3)),
    "log": (ag.log, lambda x: x**-1.0, (0.1, 5)),
    "log1p": (ag.log1p, lambda x: 1 / (1 + x), (-0.8, 5)),
    "expm1": (ag.expm1, np.exp, (-2, 2)),
    "sqrt": (ag.sqrt, lambda x: 0.5 * x**-0.5, (0.1, 5)),
    "square": (ag.square, lambda x: x + x, (-5, 5)),
    "cube": (lambda x: x**3, lambda x: 3 * x * x, (-4, 4)),
    "reciprocal": (lambda x: 1 / x, lambda x: -(x**-2.0), (0.2, 5)),
    "sin": (ag.sin, np.cos, (-4, 4)),
    "cos": (ag.cos, lambda x: -np.sin(x), (-4, 4)),
    "tan": (ag.tan, lambda x: np.cos(x) ** -2, (-1.3, 1.3)),
    "arctan": (ag.arctan, lambda x: 1 / (1 + x * x), (-5, 5)),
    "arcsin": (ag.arcsin, lambda x: (1 - x * x) ** -0.5, (-0.9, 0.9)),
    "sinh": (ag.sinh, np.cosh, (-3, 3)),
    "arcsinh": (ag.arcsinh, lambda x: (1 + x * x) ** -0.5, (-5, 5)),
    "cbrt": (ag.cbrt, lambda x: np.cbrt(x) / (3 * x), (0.1, 5)),
    "abs": (ag.abs, np.sign, (0.2, 3)),
    "relu": (ag.relu, lambda x: np.heaviside(x, 0), (0.2, 5)),
    "x/(1+x²)": (
        lambda x: x / (1 + x * x),
        lambda x: (1 - x * x) / (1 + x * x) ** 2,
        (-0.8, 0.8),
    ),
    "x·tanh": (lambda x: x * ag.tanh(x), lambda x: np.tanh(x) + x / np.cosh(x) ** 2, (0.2, 3)),
}


def elementwise(rng):
    """Σ c f(x / s) + offset, at scales from 1e-150 to 1e150."""
    name = rng.choice(list(FUNCTIONS))
    f, slope, (low, high) = FUNCTIONS[name]
    u = rng.uniform(low, high, rng.integers(1, 6))
    u = np.where(np.abs(u) < 0.05, 0.3, u)
    outer, inner = 10.0 ** rng.integers(-150, 151), 10.0 ** rng.integers(-9, 10)
    if rng.random() < 0.3:
        outer, inner = 1.0, 10.0 ** rng.integers(-150, 151)
    c = rng.normal(size=u.size) + 3
    offset = outer * rng.choice([0.0, 1.0, 100.0])
    g = lambda x: ag.sum(f(x / inner) * c) * outer + offset  # noqa: E731
    return Problem(
        f"{name} at {outer:.0e}, {inner:.0e}", g, u * inner, c * slope(u) * outer / inner
    )


def chained(rng):
    """f(g(x)) with a weight for every entry."""
    (a, b) = rng.choice(list(FUNCTIONS), 2)
    f, df, (low, high) = FUNCTIONS[a]
    g, dg, inside = FUNCTIONS[b]
    x = rng.uniform(*inside, 4)
    x = np.where(np.abs(x) < 0.05, 0.3, x)
    y = np.asarray(g(x))
    k = rng.uniform(low, high, 4)
    k = np.where(np.abs(k) < 0.05, 0.3, k)
    k = k / y  # so that the second function is inside its domain
    return Problem(f"{a}({b})", lambda x: ag.sum(f(g(x) * k)), x, df(y * k) * k * dg(x))


def layers(rng):
    """Affine layer, activation, loss; and the gradient of one of its parameters."""
    n, d, h = rng.integers(2, 6, 3)
    X, W, b = rng.normal(size=(n, d)), rng.normal(size=(d, h)), rng.normal(size=h)
    name = rng.choice(["tanh", "sigmoid", "softplus", "sin"])
    f, slope, _ = FUNCTIONS[name]
    T = rng.normal(size=(n, h))
    scale = 10.0 ** rng.integers(-8, 9)

    def loss(W, b):
        return ag.sum((f(ag.matmul(X, W) + b) - T) ** 2) * scale

    z = X @ W + b
    dz = 2 * scale * (np.asarray(f(z)) - T) * slope(z)
    if rng.random() < 0.5:
        return Problem(f"layer {name}, W", lambda W: loss(W, b), W, np.einsum("nd,nh->dh", X, dz))
    return Problem(f"layer {name}, b", lambda b: loss(W, b), b, np.ones(n) @ dz)


def classifier(rng):
    """Softmax with cross-entropy, in several spellings."""
    n, k = rng.integers(1, 5), rng.integers(2, 6)
    z = rng.normal(size=(n, k)) * rng.choice([0.1, 1, 4])
    t = np.eye(k)[rng.integers(0, k, n)]
    f = [
        lambda z: ag.softmax_cross_entropy(z, t),
        lambda z: ag.cross_entropy(ag.softmax(z), t),
        lambda z: -ag.sum(ag.log(ag.exp(z) / ag.sum(ag.exp(z), 1, keepdims=True)) * t) / n,
    ][rng.integers(3)]
    e = np.exp(z - z.max(1, keepdims=True))
    return Problem("softmax", f, z, (e / e.sum(1, keepdims=True) - t) / n)


def normalised(rng):
    """Standardised rows, and a norm."""
    x, c = rng.normal(size=(3, 5)) + rng.choice([0.0, 10.0]), rng.normal(size=(3, 5))
    if rng.random() < 0.5:
        r = np.sqrt((x * x).sum())
        return Problem("norm", lambda x: ag.linalg.norm(x) * 3, x, 3 * x / r)

    def f(x):
        away = x - ag.mean(x, 1, keepdims=True)
        return ag.sum(away / ag.sqrt(ag.mean(away * away, 1, keepdims=True)) * c)

    away = x - x.mean(1, keepdims=True)
    s = np.sqrt((away * away).mean(1, keepdims=True))
    y = away / s
    hand = (c - c.mean(1, keepdims=True) - y * (c * y).mean(1, keepdims=True)) / s
    return Problem("layer norm", f, x, hand)


def structural(rng):
    """Sums, products, windows and indices."""
    x = rng.normal(size=(3, 4))
    c = rng.normal(size=(3, 4))
    k = rng.integers(0, 3, 7)
    w = rng.normal(size=(7, 4))
    choice = rng.integers(5)
    if choice == 0:
        return Problem(
            "cumsum", lambda x: ag.sum(ag.cumsum(x, 1) * c), x, c[:, ::-1].cumsum(1)[:, ::-1]
        )
    if choice == 1:
        others = [[np.prod(np.delete(row, j)) for j in range(4)] for row in x]
        return Problem("prod", lambda x: ag.sum(ag.prod(x, 1)), x, np.array(others))
    if choice == 2:
        return Problem("index", lambda x: ag.sum(x[k] * w), x, np.eye(3)[k].T @ w)
    if choice == 3:
        a = rng.normal(size=(4, 3))
        return Problem("trace", lambda x: ag.sum(ag.matmul(a, x) ** 2), x, 2 * a.T @ a @ x)
    return Problem("transposed", lambda x: ag.sum(ag.transpose(x) ** 3 * c.T), x, 3 * c * x * x)


def at_a_kink(rng):
    """relu, abs, clip, maximum and where at their corner: any slope between the two is right."""
    x = rng.choice([-1.5, 0.0, 0.0, 2.0], 5)
    c, s = rng.uniform(1, 3, 5), 10.0 ** rng.integers(-6, 7)
    low, high, f = [
        (0.0, 1.0, ag.relu),
        (-1.0, 1.0, ag.abs),
        (0.0, 1.0, lambda x: ag.maximum(x, 0.0)),
        (0.1, 1.0, lambda x: ag.where(x > 0, x, 0.1 * x)),
        (0.0, 1.0, lambda x: ag.clip(x, 0.0, 10.0)),
    ][rng.integers(5)]
    slope = np.where(x > 0, high, np.where(x < 0, low, rng.uniform(low, high, 5)))
    return Problem(
        "kink", lambda x: ag.sum(f(x) * c) * s, x, slope * c * s, judged=(x != 0) & (slope != 0)
    )


def tied(rng):
    """max, min and sort with ties: every mixture of the pieces is right, nothing else."""
    n = rng.integers(2, 5)
    x = np.concatenate([np.full(n, 2.0), [1.0, 0.5]])
    weights = rng.dirichlet(np.ones(n)) if rng.random() < 0.7 else np.eye(n)[rng.integers(n)]
    hand = np.concatenate([weights, [0.0, 0.0]]) * 3
    x = x * rng.choice([1.0, -1.0])
    f = (lambda x: ag.max(x) * 3) if x[0] > 0 else (lambda x: ag.min(x) * 3)
    judged = np.zeros(x.size, bool)
    judged[int(weights.argmax())] = True
    return Problem("tie", f, x, hand, visible=0.3, judged=judged)


def cancelling(rng):
    """Large terms that cancel: a variance far from 0, distances, a small angle."""
    offset = 10.0 ** rng.integers(2, 7)
    x = offset + rng.normal(size=4)
    choice = rng.integers(3)
    if choice == 0:
        hand = (x - x.mean()) / 2
        f = lambda x: ag.mean(x * x) - ag.mean(x) ** 2  # noqa: E731
        return Problem(f"variance at {offset:.0e}", f, x, hand, visible=1e-3)
    if choice == 1:
        hand = 2 * (4 * x - x.sum())
        f = lambda x: ag.sum((x[:, None] ** 2 + x**2) - 2 * x[:, None] * x) / 2  # noqa: E731
        return Problem(f"distances at {offset:.0e}", f, x, hand, visible=1e-3)
    f = lambda x: ag.sum(ag.sqrt(x * x + 1) - x)  # noqa: E731
    return Problem(
        f"difference at {offset:.0e}",
        f,
        x,
        -1 / (np.sqrt(x * x + 1) * (np.sqrt(x * x + 1) + x)),
        visible=np.inf,
    )


def saturated(rng):
    """tanh and sigmoid where they are flat, in their own terms or not."""
    x = rng.uniform(8, 45) * rng.choice([1, -1])
    choice = rng.integers(3)
    if choice == 0:
        return Problem("flat tanh", ag.tanh, np.array(x), 1 / np.cosh(x) ** 2, np.inf)
    s = 1 / (1 + np.exp(-x))
    if choice == 1:
        return Problem("flat sigmoid", ag.sigmoid, np.array(x), s * (1 - s), np.inf)
    z = np.array([abs(x), 0.0, 1.0])
    t = np.array([1.0, 0.0, 0.0])
    h = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    return Problem("sure", lambda z: ag.softmax_cross_entropy(z, t), z, h - t, np.inf)


def narrow(rng):
    """A function that does all it does in a small neighbourhood."""
    s, u = 10.0 ** rng.integers(-12, -1), rng.uniform(0.1, 2) * rng.choice([1, -1])
    hand = -2 * u / s * np.exp(-u * u)
    return Problem(f"narrow {s:.0e}", lambda x: ag.exp(-((x / s) ** 2)), np.array(u * s), hand)


def in_low_precision(rng):
    """A function of float32 or float16, or a hand gradient in float32 of a function of float64."""
    p = layers(rng) if rng.random() < 0.5 else classifier(rng)
    choice = rng.integers(3)
    size = np.abs(p.hand).max()
    if not 1e-3 < size < 1e3:
        return in_low_precision(rng)
    if choice == 0:
        x = p.x.astype(np.float32)
        return Problem(f"float32 {p.name}", p.f, x, p.hand, 1e-2, np.abs(p.hand) > 0.1 * size)
    if choice == 1:
        hand = p.hand.astype(np.float32)
        return Problem(
            f"hand in float32, {p.name}", p.f, p.x, hand, 1e-2, np.abs(p.hand) > 0.1 * size
        )
    x = p.x.astype(np.float16)
    if np.abs(x).max() > 3:  # there 1/h may be too large for float16
        return in_low_precision(rng)
    return Problem(f"float16 {p.name}", p.f, x, p.hand, 0.5, np.abs(p.hand) > 0.5 * size)


def jacobian(rng):
    """A function with several results."""
    n, m = rng.integers(2, 5, 2)
    name = rng.choice(["tanh", "sigmoid", "sin", "softplus"])
    f, slope, _ = FUNCTIONS[name]
    A, x = rng.normal(size=(m, n)), rng.normal(size=n)
    s = 10.0 ** rng.integers(-8, 9)
    hand = 10 * slope(A @ x)[:, None] * A / s
    return Problem(f"jacobian {name}", lambda x: f(ag.matmul(A / s, x)) * 10, x * s, hand)


def statistics(rng):
    """A likelihood, a loss with logs of probabilities, the logarithm of a sum."""
    x = rng.normal(size=30) * 2 + 5
    choice = rng.integers(3)
    if choice == 0:
        f = lambda m: ag.sum((x - m) ** 2 / (2 * 1.7**2))  # noqa: E731
        return Problem("likelihood", f, np.array(5.3), np.array(-(x - 5.3).sum() / 1.7**2))
    z = rng.normal(size=6)
    if choice == 1:
        t, p = rng.integers(0, 2, 6) * 1.0, 1 / (1 + np.exp(-z))
        log = lambda z: t * ag.log(ag.sigmoid(z)) + (1 - t) * ag.log(1 - ag.sigmoid(z))  # noqa: E731
        return Problem("two classes", lambda z: -ag.mean(log(z)), z, (p - t) / 6)
    s = 10.0 ** rng.integers(-20, 21)
    e = np.exp(z - z.max())
    return Problem("log of a sum", lambda z: ag.logsumexp(z) * s, z, e / e.sum() * s)


def matrices(rng):
    """Inverse and determinant."""
    A, c = rng.normal(size=(4, 4)) + 3 * np.eye(4), rng.normal(size=(4, 4))
    B = np.linalg.inv(A)
    if rng.random() < 0.5:
        return Problem("inverse", lambda A: ag.sum(ag.linalg.inv(A) * c), A, -B.T @ c @ B.T)
    return Problem("determinant", lambda A: ag.linalg.slogdet(A)[1] * 2, A, 2 * B.T)


def long(rng):
    """Many steps, many terms, entries of all sizes."""
    x, choice = rng.normal(size=3), rng.integers(3)
    if choice == 0:
        k = int(rng.integers(5, 40))
        y, d = x.copy(), np.ones(3)
        for _ in range(k):
            d, y = d * 1.2 * np.cos(y), 1.2 * np.sin(y)

        def f(x):
            for _ in range(k):
                x = ag.sin(x) * 1.2
            return ag.sum(x)

        return Problem("steps", f, x, d)
    if choice == 1:
        X, y = rng.normal(size=(2000, 3)) + 5, rng.normal(size=2000)
        hand = np.zeros(3)
        for row, target in zip(X, y, strict=True):
            hand += 2 * row * (row @ x - target) / 2000
        return Problem("terms", lambda w: ag.mean((ag.matmul(X, w) - y) ** 2), x, hand)
    c = 10.0 ** rng.uniform(-12, 12, 3)
    hand = np.cos(x) * c
    large = np.abs(hand) > 1e-7 * np.abs(hand).max()
    return Problem("sizes", lambda x: ag.sum(ag.sin(x) * c), x, hand, judged=large)


KINDS = [
    elementwise,
    elementwise,
    chained,
    layers,
    classifier,
    normalised,
    structural,
    at_a_kink,
    tied,
    cancelling,
    saturated,
    narrow,
    in_low_precision,
    jacobian,
    statistics,
    matrices,
    long,
]


def problem(seed):
    rng = np.random.default_rng(seed)
    return KINDS[seed % len(KINDS)](rng), rng


def accused(seed):
    """What is said against a right gradient, or None."""
    p, _ = problem(seed)
    with np.errstate(all="ignore"):
        report = ag.check_gradients(p.f, p.x, hand=np.asarray(p.hand))
    return None if report.ok and not report.causes else f"{seed} {p.name}\n{report}"


def passed(seed):
    """What is said for a gradient of which one entry is wrong, or None."""
    p, rng = problem(seed)
    hand = np.array(p.hand, copy=True)
    candidates = np.ones(hand.shape, bool) if p.judged is None else p.judged
    places = np.flatnonzero(candidates & (hand != 0))
    if not places.size or not np.isfinite(p.visible):
        return None
    j = rng.choice(places)
    hand.flat[j] *= 1 + p.visible * rng.choice([1, -1])
    with np.errstate(all="ignore"):
        report = ag.check_gradients(p.f, p.x, hand=hand)
    return None if report.verdict == "hand" else f"{seed} {p.name}, entry {j}\n{report}"


@pytest.mark.parametrize("start", range(0, COUNT, 40))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_nobody_who_is_right_is_accused(start):
    found = [said for seed in range(start, min(start + 40, COUNT)) if (said := accused(seed))]
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("start", range(0, COUNT, 40))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_nobody_who_is_wrong_passes(start):
    found = [said for seed in range(start, min(start + 40, COUNT)) if (said := passed(seed))]
    assert not found, "\n\n".join(found)


def main():
    import warnings

    warnings.simplefilter("ignore")
    count, start = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    wrong = 0
    for seed in range(start, start + count):
        for what, ask in (("accused", accused), ("passed", passed)):
            try:
                said = ask(seed)
            except Exception as error:
                said = f"{seed} {type(error).__name__}: {error}"
            if said:
                wrong += 1
                print(what, said, "\n", flush=True)
    print(f"{count} right and as many wrong gradients: {wrong} misjudged")


if __name__ == "__main__":
    main()
