"""Compiled functions of numbers, in groups of equal operations: the numbers of the eager ones."""

from __future__ import annotations

import itertools
import math
import random
import subprocess
import sys

import numpy as np
import pytest
from peers.programs import BINARY, UNARY

import autograd_lite as ag
from autograd_lite.compiling import scalars
from autograd_lite.compiling.scalars import Grouped
from autograd_lite.core.elementwise import TABLE

from .test_elementwise import DOMAINS

AWKWARD = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 1000.0, -1000.0, math.inf, -math.inf, math.nan]


@pytest.fixture
def in_groups(monkeypatch):
    """Short and narrow programs go in groups as well."""
    monkeypatch.setattr(scalars, "SHORT", 0)
    monkeypatch.setattr(scalars, "NARROW", 0)


def recordings(compiled):
    return [r for known in compiled.programs.values() for r in known]


def numbers(tree):
    """All numbers of a result, in order; Python's floats every one."""
    if isinstance(tree, tuple | list):
        return [x for item in tree for x in numbers(item)]
    assert type(tree) is float
    return [tree]


def close(found, expected, tolerance=1e-15):
    found, expected = np.array(numbers(found)), np.array(numbers(expected))
    scale = np.abs(expected[np.isfinite(expected)]).max(initial=0.0)
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * scale)


def scalar_program(seed, length=60):
    """A random program on numbers: a function of a tuple of three."""
    rng = random.Random(seed)
    steps = []
    for n in range(3, 3 + length):
        table = UNARY if rng.random() < 0.5 else BINARY
        count = 1 if table is UNARY else 2
        name = rng.choice(sorted(table))
        steps.append((table[name], [rng.randrange(max(0, n - 25), n) for _ in range(count)]))

    def f(xs):
        values = list(xs)
        for step, where in steps:
            values.append(ag.tanh(step(np, *[values[i] for i in where])))
        total = 0.0
        for v in values[-20:]:
            total = total + v
        return total

    return f


@pytest.mark.parametrize("seed", range(10))
def test_random_short_programs(seed):
    eager = ag.value_and_grad(scalar_program(seed, 12))
    compiled = ag.compile(eager)
    rng = random.Random(-seed)
    for _ in range(4):
        xs = tuple(rng.gauss(0, 1) for _ in range(3))
        close(compiled(xs), eager(xs), 1e-13)
    assert compiled.source.startswith("import math\n")


def test_a_short_program_is_straight_python():
    compiled = ag.compile(ag.value_and_grad(lambda x, y: ag.tanh(x * y) + ag.log(y) / x, (0, 1)))
    value, (dx, dy) = compiled(0.5, 2.0)
    slope = 1 - math.tanh(1.0) ** 2
    assert value == math.tanh(1.0) + math.log(2) / 0.5
    assert dx == pytest.approx(slope * 2 - math.log(2) / 0.25, rel=1e-15)
    assert dy == pytest.approx(slope * 0.5 + 1 / (0.5 * 2), rel=1e-15)
    straight = compiled.source.split("    try:\n")[1].split("    except")[0]
    assert "math.tanh(m)" in straight
    assert "np." not in straight


def test_where_python_raises_there_are_the_numbers_of_ieee_754():
    f = ag.value_and_grad(lambda x, y: ag.exp(x) / y + ag.sqrt(y) * ag.log(y), (0, 1))
    compiled = ag.compile(f)
    with np.errstate(all="ignore"):
        for point in [(0.5, 2.0), (1000.0, 2.0), (0.5, 0.0), (0.5, -1.0), (-1000.0, math.inf)]:
            close(compiled(*point), f(*point))


@pytest.mark.parametrize("seed", range(20))
def test_random_programs(seed, in_groups):
    eager = ag.value_and_grad(scalar_program(seed))
    compiled = ag.compile(eager)
    rng = random.Random(-seed)
    for _ in range(3):
        xs = tuple(rng.gauss(0, 1) for _ in range(3))
        close(compiled(xs), eager(xs), 1e-13)
    assert all(type(r) is Grouped for r in recordings(compiled))


@pytest.mark.parametrize("way", ["in groups", "straight"])
@pytest.mark.parametrize(
    "name", sorted(set(TABLE) - {"tie_share", "wins", "chain_product", "corner"})
)
def test_every_row_and_its_slope(name, way, request):
    if way == "in groups":
        request.getfixturevalue("in_groups")
    row = TABLE[name]
    count = len(TABLE[name].partials)
    points = list(itertools.product(*DOMAINS[name][1:]))[:12]
    points += random.Random(1).sample(list(itertools.product(AWKWARD, repeat=count)), 11)
    eager = ag.value_and_grad(lambda x: row(*x[:count]) * 3.0 + 0.0 * x[0])
    compiled = ag.compile(eager)
    with np.errstate(all="ignore"):
        for point in points:
            x = tuple(map(float, point))
            close(compiled(x), eager(x), 4e-15)
    if way == "in groups":
        assert all(type(r) is Grouped for r in recordings(compiled))
    else:
        assert compiled.source.startswith("import math\n")


def network(sizes=(2, 6, 6, 1), points=12):
    """A small MLP as micrograd has it: its loss as a function of a tuple, and the tuple."""
    rng = random.Random(7)
    shapes = list(itertools.pairwise(sizes))
    xs = [(rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(points)]
    ys = [rng.choice([-1, 1]) for _ in xs]
    start = tuple(rng.uniform(-1, 1) for a, b in shapes for _ in range((a + 1) * b))

    def loss(parameters):
        numbers = iter(parameters)
        layers = [
            [([next(numbers) for _ in range(a)], next(numbers)) for _ in range(b)]
            for a, b in shapes
        ]
        losses = []
        for x, y in zip(xs, ys, strict=True):
            h = list(x)
            for layer in layers:
                h = [sum((w * v for w, v in zip(ws, h, strict=True)), b) for ws, b in layer]
                if layer is not layers[-1]:
                    h = [ag.relu(a) for a in h]
            losses.append(ag.relu(1 + -y * h[0]))
        return sum(losses) * (1.0 / points) + 1e-4 * sum(p * p for p in parameters)

    return loss, start


def test_training_for_20_steps_gives_the_same_losses_to_the_last_bit():
    loss, start = network()
    eager = ag.value_and_grad(loss)
    compiled = ag.compile(eager)
    losses = {}
    for name, f in {"eager": eager, "compiled": compiled}.items():
        p, losses[name] = start, []
        for _ in range(20):
            value, g = f(p)
            losses[name].append(value)
            p = tuple(a - 0.1 * b for a, b in zip(p, g, strict=True))
    assert losses["compiled"] == losses["eager"]
    assert losses["eager"][-1] < losses["eager"][0]
    (recording,) = recordings(compiled)
    assert type(recording) is Grouped
    assert len(recording.program.steps) < 100


def test_leaves_from_outside_are_read_at_each_call(in_groups):
    w, b = ag.Value(0.5, label="w"), ag.Value(-1.0)
    compiled = ag.compile(lambda x: w * x + ag.tanh(b * x))
    assert compiled(2.0) == 0.5 * 2 + math.tanh(-2.0)
    w.data, b.data = 3.0, 0.25
    assert compiled(2.0) == 3.0 * 2 + math.tanh(0.5)
    assert len(recordings(compiled)) == 1


def test_a_decision_is_checked_at_every_call(in_groups):
    def f(xs):
        return sum(ag.exp(x) if x > 0 else x * x for x in xs)

    compiled = ag.compile(ag.value_and_grad(f))
    for xs in [(1.0, -2.0, 3.0), (0.5, -1.0, 2.0), (-1.0, -1.0, 2.0), (0.0, 1.0, 1.0)]:
        close(compiled(xs), ag.value_and_grad(f)(xs))
    assert len(recordings(compiled)) == 3
    assert "check(" in compiled.source


def test_what_a_tape_cannot_hold_is_recorded_step_by_step(in_groups):
    f = ag.hessian(lambda x: ag.exp(x[0]) * x[1])
    compiled = ag.compile(f)
    x = np.array([0.5, 2.0])
    np.testing.assert_allclose(compiled(x), f(x), rtol=1e-14)
    assert type(recordings(compiled)[0]) is not Grouped


@pytest.mark.parametrize("second", [False, True])
def test_numbers_off_the_graph_have_no_share(second, in_groups):
    """A detached copy, a plain number and two arguments that are one number stay apart."""

    def f(x, y):
        inner = ag.grad(lambda v, w: v * v * w * x, (0, 1))(x, x)
        return inner[second] * y + ag.Value(y) * x

    compiled = ag.compile(f)
    expected = (2 * 3 * 3 * 3 if not second else 3**3) * 5 + 5 * 3
    assert ag.compile(lambda x, y: ag.Value(y) * x)(3.0, 5.0) == 15
    assert compiled(3.0, 5.0) == expected == f(3.0, 5.0)


def test_the_source_runs_where_there_is_only_numpy(tmp_path):
    loss, start = network()
    compiled = ag.compile(ag.value_and_grad(loss))
    expected = compiled(start)
    name = recordings(compiled)[0].text.name
    text = f"{compiled.source}\nassert {name}(*{start!r}) == {expected!r}\nimport sys\n"
    text += "assert 'autograd_lite' not in sys.modules\n"
    (tmp_path / "pasted.py").write_text(text)
    subprocess.run([sys.executable, "-I", str(tmp_path / "pasted.py")], check=True, cwd=tmp_path)


def test_long_sums_are_added_up_in_the_order_of_the_plain_sweep(in_groups):
    rng = random.Random(3)
    factors = [rng.gauss(0, 1) * 10 ** rng.randint(-8, 8) for _ in range(500)]

    def f(x, y):
        return sum(a * x for a in factors) + y * 0.0

    eager = ag.value_and_grad(f, (0, 1))
    compiled = ag.compile(eager)
    assert compiled(0.7, 1.0) == eager(0.7, 1.0)
    assert compiled(-0.3, 1.0) == eager(-0.3, 1.0)


def pointwise(f, *xs):
    """The numbers of the function at every point, one after another."""
    shape = np.broadcast_shapes(*map(np.shape, xs))
    columns = [np.broadcast_to(x, shape).ravel().tolist() for x in xs]
    rows = [numbers(f(*point)) for point in zip(*columns, strict=True)]
    return np.array(rows).T.reshape((-1, *shape))


def test_arrays_in_the_place_of_numbers_are_many_points():
    f = ag.value_and_grad(lambda x, y: ag.tanh(x * y) + ag.log(y) ** 2 / x, (0, 1))
    compiled = ag.compile(f)
    compiled(0.5, 2.0)
    rng = np.random.default_rng(0)
    for x, y in [(rng.normal(size=1000), 2.0), (rng.normal(size=(4, 1)), rng.random(5) + 0.1)]:
        value, (dx, dy) = compiled(x, y)
        np.testing.assert_allclose([value, dx, dy], pointwise(f, x, y), rtol=1e-14)


@pytest.mark.parametrize("seed", range(10))
def test_random_programs_at_many_points(seed):
    f = ag.value_and_grad(scalar_program(seed, 12))
    compiled = ag.compile(f)
    compiled((0.1, 0.2, 0.3))
    xs = tuple(np.random.default_rng(seed).normal(size=(3, 20)))
    value, gradient = compiled(xs)
    expected = pointwise(lambda *x: f(x), *xs)
    np.testing.assert_allclose([value, *gradient], expected, rtol=1e-12, atol=1e-13)


def test_points_of_each_outcome_of_a_decision_go_by_themselves():
    def f(x):
        if x > 1:
            return ag.exp(-x)
        return x * x if x > 0 else 0.0 * x

    compiled = ag.compile(ag.grad(f))
    compiled(0.5)
    for x in [np.array([-1.0, 0.5, 2.0, 1.0, 0.0]), np.array([3.0, 4.0]), np.array([0.1, 3.0])]:
        expected = np.where(x > 1, -np.exp(-x), np.where(x > 0, 2 * x, 0.0))
        np.testing.assert_allclose(compiled(x), expected, rtol=1e-15)


def test_a_constant_derivative_has_the_shape_of_the_points():
    compiled = ag.compile(ag.grad(lambda x: 3.0 * x))
    compiled(1.0)
    np.testing.assert_array_equal(compiled(np.zeros((2, 3))), np.full((2, 3), 3.0))


def test_a_function_that_takes_arrays_itself_has_its_own_meaning():
    compiled = ag.compile(lambda x: np.sum(x * x))
    assert compiled(3.0) == 9.0
    assert compiled(np.array([1.0, 2.0])) == 5.0


def test_without_a_call_with_numbers_an_array_is_an_array():
    compiled = ag.compile(ag.grad(lambda x: x * x))
    with pytest.raises(ValueError, match="one number as result"):
        compiled(np.ones(3))
    assert "has not been called" in compiled.source


def chain(xs, length=600):
    y = xs[0]
    for _ in range(length):
        y = y * xs[1] + xs[2]
    return y


def test_a_chain_is_written_line_by_line():
    eager = ag.value_and_grad(chain)
    compiled = ag.compile(eager)
    for xs in [(0.5, 0.9, 0.1), (2.0, -0.99, 1.0)]:
        assert compiled(xs) == eager(xs)
    assert type(recordings(compiled)[0]) is not Grouped
    assert compiled.source.count("\n") > 1200


def test_a_long_chain_is_declined_with_the_numbers(monkeypatch):
    monkeypatch.setattr(scalars, "LONG", 1000)
    with pytest.raises(TypeError, match=r"its 1,200 operations .* 1,200 groups .*\. Instead: "):
        ag.compile(chain)((0.5, 0.9, 0.1))


def test_names_of_the_user_s_hide_nothing():
    f = ag.value_and_grad(lambda math, abs, size: ag.exp(math) * abs + ag.tanh(size), (0, 1, 2))
    compiled = ag.compile(f)
    close(compiled(0.5, 2.0, 3.0), f(0.5, 2.0, 3.0))
    close(compiled(1.5, -2.0, 0.1), f(1.5, -2.0, 0.1))


def test_a_number_taken_off_the_graph_is_a_constant_of_this_call(in_groups):
    def f(x):
        y = x * x
        return y.item() * y + y.detach() * x

    compiled = ag.compile(ag.grad(f))
    for x in (3.0, -2.0):
        assert compiled(x) == ag.grad(f)(x) == x * x * 2 * x + x * x
    assert type(recordings(compiled)[0]) is Grouped


@pytest.mark.parametrize("answer", ["nothing", "another error"])
def test_a_function_that_catches_every_error_is_recorded_whole(answer):
    def f(x):
        total = x
        for _ in range(1500):
            try:
                total = total + np.array([x, x])[1] * 0.5
            except Exception as error:
                if answer == "another error":
                    raise KeyError from error
        return total

    assert ag.compile(ag.grad(f))(1.0) == 751.0
    assert ag.compile(ag.grad(lambda x: f(x) + ag.sum(ag.Tensor([1.0]) * x)))(1.0) == 752.0


@pytest.mark.parametrize("condition", [lambda y: y > 1.0, lambda y: y])
def test_a_number_of_python_s_is_a_condition(condition):
    f = ag.value_and_grad(lambda x, y: ag.sum(ag.where(condition(y), x * x, 2.0)))
    compiled = ag.compile(f)
    for x, y in ((np.float32(1.5), 2.0), (np.array([1.5, 2.5]), 2.0), (1.5, 0.0), (np.ones(2), 0)):
        for got, expected in zip(compiled(x, y), f(x, y), strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-6)


def test_a_float32_constant_among_numbers_is_a_number():
    third = np.float32(1 / 3)
    both = ag.value_and_grad(lambda x: ag.tanh(third * x) + x / third)
    value, slope = ag.compile(both)(0.1)
    assert type(value) is type(slope) is float
    np.testing.assert_allclose((value, slope), both(0.1), rtol=1e-15)


def test_a_number_of_numpys_beside_float32_is_refused():
    """NumPy widens the array for it, and not for Python's, which a program has no way to tell."""
    narrow = np.array([1.0, 2.0], np.float32)
    for f in (lambda a: np.exp(a * narrow), ag.value_and_grad(lambda a: ag.sum(a * narrow))):
        compiled = ag.compile(f)
        compiled(0.5)
        with pytest.raises(TypeError, match=r"beside an array of float32[\s\S]*float\(x\)"):
            compiled(np.float64(0.5))
    compiled = ag.compile(ag.grad(lambda a: a * a if a > 0 else a))
    assert compiled(np.float64(3.0)) == 6.0
    np.testing.assert_array_equal(compiled(np.array([3.0, -4.0])), [6.0, 1.0])


@pytest.mark.parametrize(
    "f",
    [
        lambda x: ag.hvp(lambda x: ag.sum(ag.reshape(x, 1) ** 3), x, x * 2 + 0.7),
        lambda x: ag.jvp(lambda x: np.vdot(x, x), (x,), (-x - 1,))[1].item(),
        lambda x: ag.vjp(lambda x: ag.sum(ag.reshape(x, 1) ** 2), x)[1](1.0 - x)[0],
    ],
)
def test_what_python_makes_of_its_numbers_is_a_number(f):
    """It has no methods, as a number of NumPy's has: `(x * 2 + 0.7).reshape(…)` would raise."""
    compiled = ag.compile(f)
    for x in (0.7, -1.5):
        assert compiled(x) == pytest.approx(f(x), rel=1e-14)


def test_a_float32_number_is_one_of_pythons_among_numbers():
    """As for the function itself: `ag.exp` of single numbers is computed in float64."""
    for f in (lambda a: ag.exp(a * 0.1), lambda a: ag.exp(a) * 3.0):
        found = ag.compile(f)(np.float32(0.7))
        assert float(found) == pytest.approx(float(f(np.float32(0.7))), rel=1e-15)
