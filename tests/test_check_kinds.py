"""Judgements that were wrong once, each as a kind."""

import numpy as np
import pytest

import autograd_lite as ag

rng = np.random.default_rng(0)


def codes(report):
    return [note.code for note in report.notes]


# --- f has no value, or little of one -------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda z: -ag.log(ag.exp(z) / ag.sum(ag.exp(z)))[0], [1000.0, 0.0, -5.0]),
        (lambda x: ag.sum(ag.log(x)), [0.0, 1.0, 2.0]),
        (lambda x: ag.sum(x / (x - x)), [1.0, 2.0, 3.0]),
        (lambda x: ag.sum(ag.exp(1000 * x)), [1.0, 2.0, 3.0]),
    ],
)
@pytest.mark.parametrize("hand", [[0.5, 0.25, 1.0], [0.0, 0.0, 0.0], [np.nan] * 3])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_function_without_a_value_is_no_witness(f, x, hand):
    report = ag.check_gradients(f, np.array(x), hand=np.array(hand))
    assert report.verdict == "numerical"
    assert not report.ok
    assert not report.causes
    assert "the function itself is nan or inf" in str(report)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_results_that_have_a_value_are_judged_beside_those_that_have_none():
    f = lambda x: ag.log(x)  # noqa: E731
    x = np.array([0.0, 2.0])
    right = np.diag([np.inf, 0.5])
    assert ag.check_gradients(f, x, hand=right).verdict == "numerical"
    assert ag.check_gradients(f, x, hand=np.diag([np.inf, 0.7])).verdict == "hand"


def hypots(x):
    return ag.sqrt(x * x + 1) - ag.sqrt(x * x - 1)


CANCELLING = {
    "variance": (
        lambda x: ag.mean(x * x) - ag.mean(x) ** 2,
        1e6 + np.array([0.1, 0.5, -0.3, 1.2]),
        lambda x: 2 * (x - x.mean()) / 4,
    ),
    "distances": (
        lambda P: ag.sum((P[:, None] ** 2 + P**2) - 2 * P[:, None] * P),
        100 + np.array([0.1, 0.7, -1.3]),
        lambda P: 4 * (3 * P - P.sum()),
    ),
    "hypots": (
        hypots,
        np.array(1e3),
        lambda x: -2 * x / np.sqrt(x**4 - 1) / (np.sqrt(x * x + 1) + np.sqrt(x * x - 1)),
    ),
    "a sum and back": (lambda x: ag.sum(x + 1e9 - 1e9), np.array([0.3, -0.2]), np.ones_like),
}


@pytest.mark.parametrize("name", CANCELLING)
def test_the_noise_of_f_is_that_of_its_terms(name):
    f, x, gradient = CANCELLING[name]
    for hand in (None, gradient(x)):
        report = ag.check_gradients(f, x, hand=hand)
        assert report.ok, report
        assert not report.causes
    assert ag.check_gradients(f, x, hand=1.01 * gradient(x)).verdict == "hand"


@pytest.mark.parametrize("x", [1e-9, 3e-8, 2e-7, -1e-7])
@pytest.mark.parametrize("offset", [0.0, 1.0])
def test_a_function_that_is_flat_at_the_distance_of_the_usual_step(x, offset):
    f = lambda x: ag.exp(-((x / 1e-7) ** 2)) + offset  # noqa: E731
    hand = -2 * x / 1e-14 * np.exp(-((x / 1e-7) ** 2))
    report = ag.check_gradients(f, x, hand=hand)
    assert report.ok, report
    assert ag.check_gradients(f, x, hand=hand * 1.00001).verdict == "hand"
    assert ag.check_gradients(f, x, hand=0.0).verdict == "hand"


@pytest.mark.parametrize("x", [12.0, 20.0, 25.0, 40.0, -30.0])
def test_below_the_rounding_of_f_or_of_autodiff(x):
    s = 1 / (1 + np.exp(-x))
    for f, hand in (
        (ag.tanh, 1 / np.cosh(x) ** 2),
        (ag.tanh, 1 - np.tanh(x) ** 2),
        (ag.sigmoid, s * (1 - s)),
        (ag.sigmoid, np.exp(-abs(x)) / (1 + np.exp(-abs(x))) ** 2),
    ):
        report = ag.check_gradients(f, x, hand=hand)
        assert report.ok, report
        assert not report.causes
        assert ag.check_gradients(f, x, hand=hand + 0.5).verdict == "hand"


X, W = rng.normal(size=(5, 4)), rng.normal(size=(4, 3))


def loss(W):
    return ag.mean(ag.tanh(ag.matmul(X, W)) ** 2)


def by_hand(W, kind=np.float64, factor=1.0):
    x, w = X.astype(kind), W.astype(kind)
    y = np.tanh(x @ w)
    return x.T @ (2 * factor * y * (1 - y * y) / y.size)


@pytest.mark.parametrize("again", [lambda g: g, lambda g: g.astype(float), lambda g: g.tolist()])
def test_a_hand_gradient_in_float32_of_a_function_in_float64(again):
    report = ag.check_gradients(loss, W, hand=again(by_hand(W, np.float32)))
    assert report.ok, report
    assert codes(report) == ["precision"]
    wrong = again(by_hand(W, np.float32, 2.0))
    report = ag.check_gradients(loss, W, hand=wrong)
    assert report.causes[0].code == "scale"


def test_numbers_of_float64_are_not_taken_for_float32():
    """Whole numbers and halves fit into float32 too."""
    f = lambda x: ag.sum(x * np.array([1e9, 1.0, 0.5]))  # noqa: E731
    report = ag.check_gradients(f, np.ones(3), hand=[1e9, 1.0, 0.5])
    assert report.ok
    assert not codes(report)
    assert ag.check_gradients(f, np.ones(3), hand=[1e9, 1.0, 0.25]).verdict == "hand"


@pytest.mark.parametrize("size", [1e3, 1e6, 1e9, 1e12])
def test_a_small_entry_is_judged_on_its_own_scale(size):
    c = np.array([size, 1.0])
    f = lambda x: ag.sum(ag.sin(x) * c)  # noqa: E731
    x = np.array([0.3, 0.7])
    assert ag.check_gradients(f, x, hand=c * np.cos(x)).ok
    assert ag.check_gradients(f, x, hand=c * np.cos(x) * [1, 0.5]).verdict == "hand"
    slightly = ag.check_gradients(f, x, hand=c * np.cos(x) * [1, 1.00001])
    assert slightly.verdict == "hand" or "precision" in codes(slightly)


# --- kinks ----------------------------------------------------------------------------------------

AT_KINKS = {
    "relu": (ag.relu, [0.0, 1.0, -1.0], [0.0, 1.0, 0.0]),
    "leaky": (lambda x: ag.where(x > 0, x, 0.1 * x), [0.0, 1.0, -1.0], [0.1, 1.0, 0.1]),
    "abs": (ag.abs, [0.0, 1.0, -1.0], [0.0, 1.0, -1.0]),
    "clip": (lambda x: ag.clip(x, 0.0, 1.0), [0.0, 0.5, 1.0], [0.0, 1.0, 0.0]),
    "sort": (lambda x: ag.sort(x) * np.array([1.0, 2.0, 3.0]), [2.0, 2.0, 1.0], [2.0, 3.0, 1.0]),
    "max": (ag.max, [2.0, 2.0, 1.0], [0.5, 0.5, 0.0]),
    "pooling": (lambda x: ag.max(ag.reshape(x, (1, 3)), 1), [0.0, 0.0, 0.0], [1 / 3] * 3),
}


@pytest.mark.parametrize("name", AT_KINKS)
def test_a_hand_gradient_that_equals_autodiff_at_a_kink(name):
    f, x, hand = AT_KINKS[name]
    report = ag.check_gradients(lambda x: ag.sum(f(x)), np.array(x), hand=np.array(hand))
    assert report.ok, report
    assert codes(report) == ["kink"]
    report.assert_ok()
    node = ag.Tensor(x, label="x")
    y = f(node)
    y.label = "y"
    root = ag.sum(y * 1.0)
    report = ag.compare(root, {y: np.ones(y.shape), node: np.array(hand)})
    assert report.ok, report


@pytest.mark.parametrize(
    ("hand", "right"),
    [
        ([0.5, 0.5, 0], True),
        ([1, 0, 0], True),
        ([0.3, 0.7, 0], True),
        ([1, 1, 0], False),
        ([0, 0, 0], False),
        ([0.9, 0.9, 0], False),
        ([0.5, 0.5, 0.1], False),
        ([1.5, -0.5, 0], False),
    ],
)
def test_the_subdifferential_of_a_tie_is_one_set(hand, right):
    hand, x = np.array(hand, float), np.array([2.0, 2.0, 1.0])
    assert ag.check_gradients(ag.max, x, hand=hand).ok == right
    assert ag.check_gradients(ag.min, -x, hand=hand).ok == right
    assert ag.check_gradients(lambda x: ag.max(x) ** 2, x, hand=4 * hand).ok == right


@pytest.mark.parametrize(
    ("hand", "right"), [((0.5, 0.5), True), ((1, 0), True), ((1, 1), False), ((0, 0), False)]
)
def test_several_arguments_share_a_tie(hand, right):
    report = ag.check_gradients(ag.maximum, 2.0, 2.0, hand=lambda a, b: hand)
    assert report.ok == right
    a, b = ag.Value(2.0, "a"), ag.Value(2.0, "b")
    report = ag.compare(ag.maximum(a, b), dict(zip((a, b), hand, strict=True)))
    assert report.ok == right
    assert right or "not together" in str(report)


def test_the_table_shows_how_far_apart_two_subgradients_are():
    report = ag.check_gradients(ag.relu, 0.0, hand=1.0)
    pair = report.rows[0].pairs[0]
    assert (pair.largest, pair.off, pair.agrees) == (1.0, 0, True)
    assert "1.0e+00" in str(report)
    assert "both subgradients" in str(report)


def branch(x):
    """relu as a branch: to one side nothing is recorded."""
    return x * 2.0 if x > 0 else 0.0


def guarded(x):
    """A function that raises outside its domain."""
    if np.any(ag.Tensor(x).data < 0 if not isinstance(x, ag.Node) else x.data < 0):
        raise ValueError("negative")
    return ag.sum(x**1.5)


def test_functions_with_branches_of_python():
    assert ag.check_gradients(branch, 1.0, hand=2.0).ok
    assert ag.check_gradients(branch, 1.0, hand=3.0).verdict == "hand"
    assert ag.check_gradients(branch, -1.0, hand=0.0).ok
    assert not ag.check_gradients(branch, 0.0, hand=7.0).ok
    x = np.array([0.0, 1e-9, 1.0])
    assert ag.check_gradients(guarded, x[1:], hand=1.5 * np.sqrt(x[1:])).ok
    assert not ag.check_gradients(guarded, x, hand=1.5 * np.sqrt(x)).causes


# --- what a hand function does --------------------------------------------------------------------


def leave(x):
    raise SystemExit("done")


def interrupt(x):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("hand", "said"),
    [
        (leave, "raised SystemExit: done"),
        (interrupt, "raised KeyboardInterrupt"),
        (lambda x: None, "returned nothing"),
        (lambda x: "text", "the hand gradient of x is str 'text'"),
        (lambda x: {1.0, 2.0}, "the hand gradient of x is set"),
        (lambda x: {"q": x}, "hand has a gradient for 'q'"),
        (lambda x: (v for v in x), "the hand gradient of x is generator"),
        (lambda x: [[1.0], [1.0, 2.0]], "the hand gradient of x is list"),
    ],
)
def test_a_hand_function_ends_nothing(hand, said):
    report = ag.check_gradients(lambda x: ag.sum(x * x), np.ones(3), hand=hand)
    assert report.verdict == "hand"
    assert said in report.causes[0].message
    report.to_dict(), str(report), report._repr_html_()


@pytest.mark.parametrize("given", [0, 1, 2])
def test_a_missing_part_is_named(given):
    f = lambda a, b, c: a * b * c  # noqa: E731
    parts = (6.0, 3.0, 2.0)[:given]
    report = ag.check_gradients(f, 1.0, 2.0, 3.0, hand=lambda a, b, c: parts)
    missing = [row.name for row in report.rows if row.verdict == "hand"]
    assert missing == ["dL/da", "dL/db", "dL/dc"][given:]
    assert "is missing" in report.causes[0].message
    assert not report.ok


def test_a_tuple_for_each_of_several_arguments():
    f = lambda a, b: ag.sum(a * b)  # noqa: E731
    a, b = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    assert [r.verdict for r in ag.check_gradients(f, a, b, hand=(b, a)).rows] == ["agree"] * 2
    report = ag.check_gradients(f, a, b, hand=(b, 2 * a))
    assert [r.verdict for r in report.rows] == ["agree", "hand"]


def test_a_list_of_numbers_for_a_list_of_nodes():
    f = lambda v: v[0] * v[1]  # noqa: E731
    values = [ag.Value(2.0), ag.Value(3.0)]
    for hand in ([3.0, 2.0], (3.0, 2.0), np.array([3.0, 2.0]), lambda v: [3.0, 2.0]):
        assert ag.check_gradients(f, values, hand=hand).ok
    report = ag.check_gradients(f, values, hand=[3.0, 2.5])
    assert [row.verdict for row in report.rows] == ["agree", "hand"]


def test_a_hand_function_that_asks_the_engine_is_noticed():
    f = lambda x: ag.sum(x**3)  # noqa: E731
    report = ag.check_gradients(f, X, hand=lambda x: ag.grad(f)(x))
    assert codes(report) == ["engine"]
    assert not codes(ag.check_gradients(f, X, hand=lambda x: 3 * ag.square(x)))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0)])
def test_empty_arrays(shape):
    x = np.zeros(shape)
    assert ag.check_gradients(lambda x: ag.sum(x * x), x, hand=2 * x).ok
    assert ag.check_gradients(lambda x: x * x, x).ok
    assert ag.check_gradients(lambda y: y[:0] * 2, np.ones(3)).ok
    assert ag.check_gradients(lambda x: ag.sum(x * x), x, hand=np.ones(2)).verdict == "hand"


@pytest.mark.parametrize(("given", "right"), [((64,), (1, 64)), ((5, 1), (5,)), ((), (1, 1))])
def test_the_right_numbers_in_another_shape_are_said_to_be_right_first(given, right):
    b = np.random.default_rng(1).normal(size=right)
    report = ag.check_gradients(lambda b: ag.sum(b**3), b, hand=(3 * b * b).reshape(given))
    assert report.causes[0].code == "shape-only"
    assert report.rows[0].sentence.startswith("the numbers are right")


# --- one comparison -------------------------------------------------------------------------------


def test_the_heat_maps_outline_what_the_verdict_calls_wrong():
    x = ag.Tensor(np.array([0.3, 0.7, -1.0], np.float32), label="x")
    root = ag.sum(ag.tanh(x) * x)
    y = np.tanh([0.3, 0.7, -1.0])
    right = y + np.array([0.3, 0.7, -1.0]) * (1 - y * y)
    report = ag.compare(root, {x: right})
    assert report.ok
    assert "dashed" not in report._repr_html_()
    report = ag.compare(root, {x: right * [1, 1, 2]})
    assert report.rows[0].wrong.tolist() == [False, False, True]
    assert report._repr_html_().count("dashed") == 2


@pytest.mark.parametrize("size", [1e-8, 1.0, 1e8])
def test_a_gradient_50_times_wrong_is_wrong_at_every_scale(size):
    from autograd_lite.check.judge import judge
    from autograd_lite.graphs.tape import Tape

    x = ag.Value(0.7, "x")
    tape = Tape(ag.sin(x) * size)
    assert judge(tape, x, np.cos(0.7) * size).ok
    row = judge(tape, x, 50 * np.cos(0.7) * size)
    assert row.verdict == "hand"
    assert row.wrong.all()
