"""The numerical witness, the verdicts and the notes: each where it must be and nowhere else."""

import builtins
import importlib.util

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.check.differences import (
    central,
    complex_step,
    direction,
    progress,
    slopes,
    steadiest,
)
from autograd_lite.core.graph import Node
from autograd_lite.core.operation import Op


def cube(x):
    return np.array([np.sum(x**3)])


def codes(report):
    return [n.code for n in report.notes]


X = np.array([0.3, -1.2, 2.0])


@pytest.mark.parametrize(("method", "error"), [("central", 1e-9), ("richardson", 1e-12)])
def test_differences_are_as_good_as_they_claim(method, error):
    f = lambda x: np.array([np.sum(np.sin(x) * x)])  # noqa: E731
    exact = np.cos(X) * X + np.sin(X)
    values, rounding = central(f, X, method)
    assert np.abs(values - exact).max() <= error * np.abs(exact).max() * 10
    assert np.all(np.abs(values - exact) <= rounding + 1e-9)


def test_complex_step_is_exact():
    np.testing.assert_allclose(complex_step(cube, X), [3 * X**2], rtol=1e-15)


def test_the_steadiest_step_stays_inside_a_domain_and_knows_its_error():
    log = lambda x: np.log(x)  # noqa: E731
    with np.errstate(all="ignore"):
        found = steadiest(log, np.array([1e-6]), 0)
    assert abs(found.value[0] - 1e6) <= found.error[0] + 1e-3
    assert found.error[0] < 1e-3 * 1e6


def test_slopes_on_both_sides_of_a_kink():
    left, right = slopes(lambda x: np.abs(x), np.array([0.0]), 0, 1e-6)
    assert (left[0], right[0]) == (-1, 1)


def test_direction_is_the_gradient_times_it():
    v = np.array([1.0, 2.0, -1.0])
    value, noise = direction(cube, X, v)
    assert abs(value[0] - (3 * X**2) @ v) <= noise[0] + 1e-8


@pytest.mark.parametrize("method", ["central", "richardson", "complex"])
def test_every_method_through_check_gradients(method):
    rng = np.random.default_rng(0)
    W = rng.normal(size=(4, 3))
    X = rng.normal(size=(5, 4))

    def f(W):
        z = ag.matmul(X, W)
        a = ag.relu(z) + ag.sigmoid(z) * ag.abs(z) + ag.softplus(z) + ag.maximum(z, 0.3)
        return ag.sum(ag.tanh(a) * ag.max(z, 1, keepdims=True)) + ag.sum(ag.logsumexp(z, 1))

    report = ag.check_gradients(f, W, method=method)
    assert report.ok, str(report)
    limit = {"central": 1e-8, "richardson": 1e-10, "complex": 1e-14}[method]
    assert report.rows[0].pairs[-1].relative < limit
    assert not codes(report)


def test_complex_step_refuses_what_is_not_analytic():
    with pytest.raises(ValueError, match="complex step cannot pass"):
        ag.check_gradients(lambda x: x % 2.0, 3.5, method="complex")


def test_second_order():
    A = np.random.default_rng(1).normal(size=(3, 3))
    f = lambda x: ag.sum(ag.matmul(A, x) ** 2) + ag.sum(x**3)  # noqa: E731
    x = np.array([1.0, -2.0, 0.5])
    right = 2 * A.T @ A + np.diag(6 * x)
    assert ag.check_gradients(f, x, hand=right, order=2)
    report = ag.check_gradients(f, x, hand=2 * A.T @ A, order=2)
    assert report.verdict == "hand"
    assert ag.check_gradients(f, x, hand=np.diag(np.diag(right)), order=2).causes[0].code == (
        "diagonal-only"
    )


def test_a_large_input_is_asked_in_one_direction_first():
    calls = []
    x = np.random.default_rng(2).normal(size=(120, 100))

    def f(x):
        calls.append(1)
        return ag.sum(ag.tanh(x))

    report = ag.check_gradients(f, x, hand=lambda x: 1 - np.tanh(x) ** 2)
    assert report.ok
    assert len(calls) < 10
    assert "one random direction" in str(report)
    wrong = ag.check_gradients(f, x, hand=lambda x: 1 - np.tanh(x))
    assert wrong.verdict == "hand"
    assert wrong.causes[0].code == "local-derivative"


# --- the verdicts ---------------------------------------------------------------------------------


class WrongCube(Op):
    """x³ with the derivative 2x²."""

    __slots__ = ()
    name = "cube"

    def forward(self, x):
        return x**3

    def vjp(self, i, g, out, x):
        return g * (2 * x * x)


def wrong_cube(x):
    return WrongCube()(x) if isinstance(x, Node) else x**3


@pytest.mark.parametrize("given", [True, False])
def test_a_wrong_rule_gives_autodiff_and_names_the_operation(given):
    hand = (lambda x: 3 * x**2 * np.cos(x**3)) if given else None
    report = ag.check_gradients(lambda x: ag.sum(ag.sin(wrong_cube(x))), X, hand=hand)
    assert report.verdict == "autodiff"
    assert report.causes[0].code == "local-derivative"
    assert "'cube'" in report.causes[0].message
    assert len(report.causes) == 1


def test_a_mistake_shared_by_hand_and_autodiff_is_not_the_hands():
    report = ag.check_gradients(lambda x: ag.sum(wrong_cube(x)), X, hand=lambda x: 2 * x**2)
    assert report.verdict == "numerical"
    assert "share a mistake" in str(report)


def test_data_changed_after_the_forward_pass():
    x = ag.Tensor(X, label="x")
    loss = ag.sum(ag.tanh(x) * x)
    x.data[0] = 5.0
    report = ag.compare(loss, {x: np.zeros(3)})
    assert report.verdict == "autodiff"
    assert report.causes[0].code == "stale-data"
    assert "x" in report.causes[0].message


def test_an_intermediate_overwritten_in_place():
    x = ag.Tensor(X, label="x")
    y = ag.tanh(x)
    y.label = "y"
    loss = ag.sum(y * y)
    y.primal[:] = 0.5
    report = ag.compare(loss, {x: np.zeros(3)})
    assert report.verdict == "autodiff"
    assert "y" in report.causes[0].message


# --- the notes ------------------------------------------------------------------------------------


def test_random_forward():
    rng = np.random.default_rng(3)
    report = ag.check_gradients(
        lambda x: ag.sum(x * rng.normal(size=3)), X, hand=lambda x: np.ones(3)
    )
    assert codes(report).count("random-forward") == 1
    assert report.verdict == "numerical"


def test_input_changed_by_the_hand_function_and_by_f():
    def hand(x):
        x *= 2
        return np.cos(x / 2)

    x = X.copy()
    report = ag.check_gradients(lambda x: ag.sum(ag.sin(x)), x, hand=hand)
    assert codes(report) == ["input-changed"]
    assert "hand function" in report.notes[0].message
    assert report.ok
    np.testing.assert_array_equal(x, X)
    scale = np.ones(3)

    def f(x, scale):
        out = ag.sum(ag.sin(x) * np.array(scale))
        scale += 1
        return out

    report = ag.check_gradients(f, X, scale, argnums=0)
    assert "input-changed" in codes(report)


@pytest.mark.parametrize("f", [ag.relu, ag.abs, lambda x: ag.maximum(x, 0.0)])
def test_kink(f):
    report = ag.check_gradients(f, 0.0)
    # The central difference of |x| at 0 is 0, as is the convention; of relu it is ½.
    assert report.ok
    assert codes(report) == ["kink"]
    # Any subgradient is right, and another number is not.
    for subgradient in (0.0, 0.5, 1.0):
        report = ag.check_gradients(f, 0.0, hand=subgradient)
        assert report.ok, report
        assert codes(report) == ["kink"]
    assert ag.check_gradients(f, 0.0, hand=3.0).verdict == "hand"


def test_the_worst_entry_is_that_of_the_pair_that_differs():
    report = ag.check_gradients(lambda x: ag.sum(ag.relu(x)), [1.0, 0.0], hand=[1.0, 2.0])
    assert report.verdict == "hand"
    assert report.rows[0].worst() == (1,)


def test_a_wrong_entry_beside_a_kink_is_still_found():
    x = np.array([0.0, 1.0, -2.0])
    f = lambda x: ag.sum(ag.relu(x) * ag.relu(x) + ag.relu(x))  # noqa: E731
    right = np.where(x > 0, 2 * x + 1, 0)
    assert ag.check_gradients(f, x, hand=right).ok
    assert ag.check_gradients(f, x, hand=right + np.eye(3)[1]).verdict == "hand"


@pytest.mark.parametrize("f", [ag.sqrt, lambda x: ag.where(x > 0, x + 1, x)])
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_step(f):
    report = ag.check_gradients(f, 0.0)
    assert report.verdict == "numerical"
    assert codes(report) == ["step"]


def test_precision():
    x = X.astype(np.float32)
    report = ag.check_gradients(lambda x: ag.sum(ag.sin(x)), x, hand=np.cos(X))
    assert codes(report) == ["precision"]
    assert report.ok


def test_no_notes_on_a_clean_check():
    report = ag.check_gradients(lambda x: ag.sum(ag.sin(x) * ag.exp(x)), X)
    assert report.ok
    assert codes(report) == []


# --- graphs that are cut, and other input that is bad ---------------------------------------------


def test_a_plain_float_names_the_last_tracked_node():
    report = ag.check_gradients(lambda x: float(np.sum(ag.tanh(x).data ** 2)), X)
    assert report.verdict == "autodiff"
    assert report.causes[0].code == "graph-cut"
    assert "tanh(x)" in report.causes[0].message


def test_a_constant_is_no_cut_graph():
    report = ag.check_gradients(lambda x: 3.0, X)
    assert report.ok
    assert not report.causes
    assert ag.check_gradients(lambda x: 3.0, X, hand=np.ones(3)).verdict == "hand"


@pytest.mark.parametrize("shape", [(2,), (3, 2), (), (1, 3), (4, 4)])
def test_a_wrong_shape_is_a_finding(shape):
    report = ag.check_gradients(lambda x: ag.sum(ag.sin(x)), X, hand=np.full(shape, 2.0))
    assert report.verdict == "hand"
    assert str(shape) in str(report)


def test_nan_is_a_finding():
    report = ag.check_gradients(lambda x: ag.sum(ag.sin(x)), X, hand=[np.nan, 1.0, 2.0])
    assert report.verdict == "hand"
    assert "nan at [0]" in str(report)


def test_a_hand_function_that_raises_is_shown_under_one_line_of_ours():
    def hand(x):
        return 1 / 0

    report = ag.check_gradients(lambda x: ag.sum(ag.sin(x)), X, hand=hand)
    assert report.verdict == "hand"
    text = str(report)
    assert "the hand function raised ZeroDivisionError: division by zero" in text
    assert "return 1 / 0" in text
    assert "gradients.py" not in text


@pytest.mark.parametrize(
    ("hand", "message"),
    [
        (None, "the hand function returned nothing"),
        (..., "the gradient of x is still blank"),
        ({"x": ...}, "the gradient of x is still blank"),
    ],
)
def test_a_worksheet_that_is_not_filled_in(hand, message):
    report = ag.check_gradients(lambda x: ag.sum(ag.sin(x)), X, hand=lambda x: hand)
    assert report.verdict == "hand"
    assert report.causes[0].message.startswith(message)


@pytest.mark.parametrize("hand", ["text", [1.0, "a", 2.0], object(), 1j])
def test_a_hand_gradient_that_is_no_number(hand):
    """Of a function, a student's, it is a finding; given directly it is a mistake of the call."""
    report = ag.check_gradients(lambda x: ag.sum(ag.sin(x)), X, hand=lambda x: hand)
    assert report.verdict == "hand"
    assert report.causes[0].message.startswith("the hand gradient of x is")
    with pytest.raises(TypeError, match="hand gradient of x"):
        ag.check_gradients(lambda x: ag.sum(ag.sin(x)), X, hand=hand)


def test_a_node_that_is_not_in_the_graph():
    x, other = ag.Tensor(X, label="x"), ag.Tensor(X, label="other")
    with pytest.raises(ValueError, match=r"'other'.*not in the graph"):
        ag.compare(ag.sum(x * x), {other: X})


def test_arguments_that_are_not_there():
    with pytest.raises(ValueError, match="argument 3"):
        ag.check_gradients(ag.sum, X, argnums=3)
    with pytest.raises(ValueError, match="hand has a gradient for 'w'"):
        ag.check_gradients(lambda x: ag.sum(x), X, hand={"w": X})
    with pytest.raises(ValueError, match="method is one of"):
        ag.check_gradients(ag.sum, X, method="forward")
    with pytest.raises(TypeError, match="takes a function"):
        ag.check_gradients(3.0, X)
    with pytest.raises(TypeError, match="argument s"):
        ag.check_gradients(lambda s: s, "text")


def test_containers_of_parameters():
    params = {"W": np.ones((2, 3)), "b": [np.zeros(3), 1.5]}

    def f(p, x):
        return ag.sum((ag.matmul(x, p["W"]) + p["b"][0]) * p["b"][1])

    x = np.array([[1.0, 2.0]])

    def hand(p, x):
        dW = x.T @ np.full((1, 3), p["b"][1])
        return {"W": dW, "b": [np.full(3, p["b"][1]), (x @ p["W"]).sum() + p["b"][0].sum()]}

    report = ag.check_gradients(f, params, x, hand=hand, argnums=0)
    assert report.ok, str(report)
    assert [row.name for row in report.rows] == ["dL/dp['W']", "dL/dp['b'][0]", "dL/dp['b'][1]"]


def test_a_hand_function_that_gives_fewer_parts_says_so_with_argnums():
    f = lambda w, b, x: ag.sum(ag.tanh(w * x + b))  # noqa: E731

    def hand(w, b, x):
        g = 1 - np.tanh(w * x + b) ** 2
        return g * x, g

    report = ag.check_gradients(f, X, 2 * X, 3 * X, hand=hand)
    assert [row.verdict for row in report.rows] == ["agree", "agree", "hand"]
    assert "the hand gradient of x is missing: 2 of 3 parts" in report.causes[0].message
    assert ag.check_gradients(f, X, 2 * X, 3 * X, hand=hand, argnums=(0, 1)).ok


def test_values_and_hand_as_dict():
    report = ag.check_gradients(
        lambda a, b: a * b + ag.tanh(a), ag.Value(2.0), 3.0, hand={"a": 3.0, "b": 2.0}
    )
    assert [row.verdict for row in report.rows] == ["hand", "agree"]


def test_arrays_of_values():
    def f(v):
        s = v[0] * v[1] + v[2]
        return s * s

    values = [ag.Value(1.0), ag.Value(2.0), ag.Value(3.0)]
    assert ag.check_gradients(f, values)


def test_many_outputs_give_the_jacobian():
    A = np.random.default_rng(5).normal(size=(2, 3))
    assert ag.check_gradients(lambda x: ag.matmul(A, x), X, hand=A)
    report = ag.check_gradients(lambda x: ag.matmul(A, x), X, hand=-A)
    assert report.causes[0].code == "sign"
    assert ag.check_gradients(lambda x: [ag.sum(x), ag.sum(x * x)], X, hand=[np.ones(3), 2 * X])


# --- progress and the plot ------------------------------------------------------------------------


def test_a_progress_bar_only_after_two_seconds(monkeypatch):
    bars = []

    class Bar:
        def __init__(self, **kwargs):
            bars.append(kwargs)

        def update(self, n):
            pass

        def close(self):
            bars.append("closed")

    name = "autograd_lite.check.differences._bar"
    monkeypatch.setattr(name, lambda total, done: Bar(total=total))
    assert list(progress(range(5), 5)) == [0, 1, 2, 3, 4]
    assert not bars
    clock = iter(np.arange(0.0, 50, 0.7))
    monkeypatch.setattr("time.perf_counter", lambda: float(next(clock)))
    assert list(progress(range(6), 6)) == [0, 1, 2, 3, 4, 5]
    assert bars == [{"total": 6}, "closed"]


def test_step_plot_draws_or_says_what_to_install(monkeypatch):
    if importlib.util.find_spec("matplotlib"):
        import matplotlib

        matplotlib.use("Agg")
        ax = ag.step_plot(ag.exp, 1.0)
        assert len(ax.get_legend().get_texts()) == 3
        matplotlib.pyplot.close(ax.figure)
    real = builtins.__import__

    def absent(name, *args, **kwargs):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ImportError, match="pip install matplotlib"):
        ag.step_plot(ag.exp, 1.0)
