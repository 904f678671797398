"""The report: what it says, in text, HTML and JSON, and how it is asserted."""

import json
import re

import numpy as np
import pytest

import autograd_lite as ag


@pytest.fixture
def problem():
    z = np.random.default_rng(3).normal(size=(4, 3))
    t = np.eye(3)[[0, 2, 1, 0]]
    return z, t


def diagonal_only(z, t):
    h = ag.softmax(z)
    return h * (1 - h) * (-t / h / len(z))


def test_right_gradient_is_true_and_agrees(problem):
    z, t = problem
    report = ag.check_gradients(
        lambda z: ag.softmax_cross_entropy(z, t), z, hand=lambda z: (ag.softmax(z) - t) / 4
    )
    assert report
    assert report.ok
    assert report.verdict == "agree"
    assert report.causes == []
    report.assert_ok()


@pytest.mark.parametrize(
    "loss",
    [
        ag.softmax_cross_entropy,
        lambda z, t: ag.cross_entropy(ag.softmax(z), t),
        lambda z, t: -ag.sum(ag.log(ag.exp(z) / ag.sum(ag.exp(z), 1, keepdims=True)) * t) / 4,
        lambda z, t: ag.sum(ag.logsumexp(z, 1, keepdims=True) - ag.sum(z * t, 1, True)) / 4,
    ],
)
def test_diagonal_only_is_found_however_the_loss_is_written(problem, loss):
    z, t = problem
    report = ag.check_gradients(lambda z: loss(z, t), z, hand=lambda z: diagonal_only(z, t))
    assert not report
    assert report.verdict == "hand"


@pytest.mark.parametrize("divisor", [1, 4])
def test_the_diagonal_alone_is_the_gradient_of_nothing(problem, divisor):
    """Where the class's question starts: dh_j/dz_j = h_j(1 − h_j) handed in for ∂L/∂z."""
    z, t = problem
    h = ag.softmax(z)
    report = ag.check_gradients(
        lambda z: ag.softmax_cross_entropy(z, t), z, hand=h * (1 - h) / divisor
    )
    assert report.causes[0].code == "diagonal-only"
    assert "not multiplied" in report.causes[0].message


def test_diagonal_only_is_the_first_cause(problem):
    z, t = problem
    report = ag.check_gradients(
        lambda z: ag.softmax_cross_entropy(z, t), z, hand=diagonal_only(z, t)
    )
    assert report.causes[0].code == "diagonal-only"
    assert report.causes[0].match < 1e-12
    # The line of NumPy it offers is the right gradient.
    h = ag.softmax(z)
    local = {"h": h, "g": -t / h / 4}
    exec(report.causes[0].fix, {}, local)
    np.testing.assert_allclose(local["grad"], (h - t) / 4)
    assert "exactly those with t = 0" in str(report)
    assert "forgetting to sum the gradient of s = sum(e)" in str(report)


@pytest.mark.parametrize("vector", [False, True])
def test_diagonal_of_the_softmax_jacobian(vector):
    z = np.array([2.0, 1.0, 0.1])
    h = ag.softmax(z)
    hand = h * (1 - h) if vector else np.diag(h * (1 - h))
    report = ag.check_gradients(ag.softmax, z, hand=hand)
    assert report.verdict == "hand"
    assert report.causes[0].code == "diagonal-only"
    assert ag.check_gradients(ag.softmax, z, hand=np.diag(h) - np.outer(h, h))


def test_text_has_at_most_100_columns(problem):
    z, t = problem
    report = ag.check_gradients(
        lambda z: ag.softmax_cross_entropy(z, t), z, hand=diagonal_only(z, t)
    )
    assert max(map(len, str(report).splitlines())) <= 100
    for part in ("hand     - autodiff", "autodiff - numerical", "8 of 12", "Verdict:", "Fix:"):
        assert part in str(report)


def test_assert_ok_raises_with_the_report(problem):
    z, t = problem
    report = ag.check_gradients(
        lambda z: ag.softmax_cross_entropy(z, t), z, hand=diagonal_only(z, t)
    )
    with pytest.raises(ag.GradientMismatch, match="only the diagonal") as caught:
        report.assert_ok()
    assert isinstance(caught.value, AssertionError)
    assert str(report) in str(caught.value)


def test_dict_is_ready_for_json_even_with_nan(problem):
    z, t = problem
    hand = diagonal_only(z, t)
    hand[0, 0] = np.nan
    report = ag.check_gradients(lambda z: ag.softmax_cross_entropy(z, t), z, hand=hand)
    text = json.dumps(report.to_dict(), allow_nan=False)
    found = json.loads(text)
    assert found["verdict"] == "hand"
    assert found["ok"] is False
    assert found["rows"][0]["hand"][0][0] == "nan"
    assert found["rows"][0]["shape"] == [4, 3]


def test_html_has_four_maps_and_escapes(problem):
    z, t = problem
    node = ag.Tensor(z, label="<script>z</script>")
    node.hand = diagonal_only(z, t)
    page = ag.compare(ag.softmax_cross_entropy(node, t))._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<table") == 5
    for name in ("by hand", "autodiff", "numerical", "hand − autodiff"):
        assert f">{name}<" in page
    assert page.count("dashed") == 2 * 8


def test_html_has_its_own_paper_and_ink_in_a_dark_notebook(problem):
    """A notebook gives every other row of a table a colour of its own, dark in a dark theme."""
    z, t = problem
    node = ag.Tensor(z, label="z")
    node.hand = diagonal_only(z, t)
    page = ag.compare(ag.softmax_cross_entropy(node, t))._repr_html_()
    boxes = re.findall(r"<(table|tr|td|th|h3)\b([^>]*)>", page)
    assert len(boxes) > 50
    for name, attributes in boxes:
        assert "color:#" in attributes, name
        assert name == "h3" or "background:#" in attributes, name


def test_compare_reads_hand_from_the_nodes_and_from_a_dict(problem):
    z, t = problem
    node = ag.Tensor(z, label="z")
    loss = ag.softmax_cross_entropy(node, t)
    assert ag.compare(loss, {node: (ag.softmax(z) - t) / 4})
    node.hand = diagonal_only(z, t)
    report = ag.compare(loss)
    assert report.rows[0].name == "dloss/dz"
    assert report.causes[0].code == "diagonal-only"


def test_a_vector_for_a_square_matrix_is_no_diagonal():
    """The gradient of a scalar has no diagonal, though its numbers may stand there too."""
    W, x = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, -1.0])
    report = ag.check_gradients(lambda W: (W @ x).sum(), W, hand=x)
    assert report.verdict == "hand"
    assert "diagonal-only" not in [cause.code for cause in report.causes]
    assert "(2,)" in str(report)


def test_a_softmax_is_known_however_it_was_written_and_its_logarithm_is_none():
    def written_out(z):
        e = np.exp(z)
        return e / e.sum()

    z = np.array([2.0, 1.0, 0.1])
    h = ag.softmax(z)
    J = np.diag(h) - np.outer(h, h)
    for f in (ag.softmax, written_out):
        cause = ag.check_gradients(f, z, hand=np.diag(h * (1 - h))).causes[0]
        assert cause.message == "only the diagonal of the softmax Jacobian was used"
        np.testing.assert_allclose(eval(cause.fix.removeprefix("J = "), {"np": np, "h": h}), J)
        assert "its transpose is right too" in str(ag.check_gradients(f, z, hand=J))
    right = ag.check_gradients(ag.log_softmax, z, hand=np.eye(3) - h)
    assert right
    assert "transpose" not in str(right)
    assert not ag.check_gradients(ag.log_softmax, z, hand=(np.eye(3) - h).T)


def test_the_title_of_the_html_has_round_ds_of_every_order():
    def delta(z):
        return ag.softmax(z)

    z = np.array([2.0, 1.0, 0.1])
    assert "∂delta/∂z by " in ag.check_gradients(delta, z)._repr_html_()
    loss = ag.check_gradients(lambda z: (z**3).sum(), z, order=2)
    assert "∂(∂L/∂z)/∂z by " in loss._repr_html_()


def test_nodes_without_labels_are_called_by_their_variables():
    x = ag.Value(3.0)
    y = x * x
    cost = ag.log(y)
    report = ag.compare(cost, {y: 1 / 9.0, x: 2 / 9.0})
    assert [row.name for row in report.rows] == ["dcost/dy", "dcost/dx"]
    assert (x.label, y.label, cost.label) == ("", "", "")
    assert ag.compare(ag.log(x * x), {x: 2 / 3.0}).rows[0].name == "dL/dx"
    named = [ag.compare(node, {x: 6.0}).rows[0].name for node in [x * x]]  # .0 holds [x * x]
    assert named == ["dnode/dx"]


def test_a_label_comes_before_a_variable():
    x = ag.Value(3.0, label="speed")
    assert ag.compare(x * x, {x: 6.0}).rows[0].name == "dL/dspeed"


def test_constants_are_called_by_the_caller_s_variables():
    rng = np.random.default_rng(3)
    inputs, weights = rng.normal(size=(5, 3)), rng.normal(size=(3, 3))
    hidden = np.tanh(inputs @ weights)

    def f(W):
        return ag.sum(ag.tanh(inputs @ W) ** 2)

    report = ag.check_gradients(f, weights, hand=inputs.T @ (2 * hidden))
    assert report.causes[0].code == "local-derivative"
    assert "tanh(inputs @ W)" in report.causes[0].message
    report = ag.check_gradients(f, weights, hand=hidden.T @ (2 * hidden * (1 - hidden**2)))
    assert report.causes[0].code == "wrong-operand"
    assert "used for inputs" in report.causes[0].message


def test_one_row_and_several_rows_in_words():
    rng = np.random.default_rng(5)
    E, weights = rng.normal(size=(5, 3)), rng.normal(size=(6, 3))
    for index, rows in (([1, 4, 1, 0, 1, 2], "row 1."), ([1, 4, 1, 4, 0, 2], "rows 1, 4.")):
        hand = np.zeros_like(E)
        hand[index] += weights
        text = str(ag.check_gradients(lambda E, i=index: ag.sum(E[i] * weights), E, hand=hand))
        assert f"exactly those in {rows}" in text


@pytest.mark.parametrize(
    ("counted", "message"),
    [
        ([5], "only the last of the 6 examples was counted (overwritten in the loop: = for +=)"),
        ([0], "only the first of the 6 examples was counted"),
        ([2], "only example 2 of 6 was counted"),
        ([0, 2, 3, 4, 5], "example 1 of 6 was left out"),
        ([0, 2, 4, 5], "examples 1, 3 of 6 were left out"),
    ],
)
def test_examples_left_out_in_words_and_said_once(counted, message):
    rng = np.random.default_rng(6)
    x, w = rng.normal(size=(6, 9)), rng.normal(size=9)
    each = x * (1 - np.tanh(x @ w) ** 2)[:, None]
    report = ag.check_gradients(lambda w: ag.sum(ag.tanh(x @ w)), w, hand=each[counted].sum(0))
    assert [cause.message for cause in report.causes] == [message]
