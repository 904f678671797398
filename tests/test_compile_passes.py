"""Each simplification of a compiled program: what it makes of a few lines, and the same numbers."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as ag

X = np.array([[1.5, -2.0], [0.25, 3.0], [-0.5, 7.0]])
V = np.array([2.0, -3.0])
Y = np.arange(1.0, 7.0).reshape(3, 2)


def lines(f, *args, passes=True):
    """The lines of the program of `f` between its head and what it returns, and that."""
    compiled = ag.compile(f, passes=passes)
    found, expected = compiled(*args), f(*args)
    np.testing.assert_allclose(found, expected, rtol=1e-15)
    np.testing.assert_allclose(compiled(*args), expected, rtol=1e-15)
    body = compiled.source.partition(f"def {compiled.__name__.strip('<>')}"[:8])[2]
    return [line.strip() for line in body.splitlines()[1:] if line.strip()]


CASES = {
    "x · 1": (lambda x: 1.0 * x * np.ones((3, 2)), ["return x.copy()"]),
    "x / 1": (lambda x: x / 1, ["return x.copy()"]),
    "x · (−1)": (lambda x: x * -1.0, ["n = -x", "return n"]),
    "−(−x)": (lambda x: np.negative(-x) * 2.0, ["m = x * 2.0", "return m"]),
    "a reshape of a reshape": (
        lambda x: x.reshape(6).reshape(2, 3) * 2.0,
        ["r = x.reshape((2, 3))", "m = r * 2.0", "return m"],
    ),
    "a reshape to the same shape": (lambda x: x.reshape(3, 2), ["return x.copy()"]),
    "a whole index": (lambda x: x[:] * 2.0, ["m = x * 2.0", "return m"]),
    "a sum that keeps its axis, reshaped": (
        lambda x: x.sum(axis=1, keepdims=True).reshape(3),
        ["s = x.sum(axis=1)", "return s"],
    ),
    "one number throughout": (
        lambda x: np.full((3, 2), 0.5) * x,
        ["m = 0.5 * x", "return m"],
    ),
    "equal steps": (
        lambda x: np.exp(x) * (np.exp(x) + 1.0),
        ["e = np.exp(x)", "m = e + 1.0", "m *= e", "return m"],
    ),
    "a buffer that is read no more": (
        lambda x: np.exp(x) + np.log(np.exp(x)).sum(),
        ["r = np.exp(x)", "q = np.log(r)", "s = q.sum()", "r += s", "return r"],
    ),
    "what others have read keeps its name in a product": (
        lambda x: np.exp(x) * np.exp(x),
        ["e = np.exp(x)", "m = e * e", "return m"],
    ),
    "what nothing reads": (lambda x: [x * 2.0, np.exp(x)][0], ["m = x * 2.0", "return m"]),
    "constants": (
        lambda x: x * np.exp(np.zeros((3, 2)) + 1.0)[0, 0],
        [f"m = x * np.float64({np.e})", "return m"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_pass_does_what_it_says_and_keeps_the_numbers(case):
    f, expected = CASES[case]
    f.__name__ = "f"
    assert lines(f, X) == expected


def test_a_broadcast_that_numpy_does_anyway_is_dropped():
    def f(x, y):
        return np.broadcast_to(x, (3, 2)) * y

    assert lines(f, V, Y) == ["m = x * y", "return m"]

    def g(x):
        return np.broadcast_to(x, (3, 2)) * 2.0

    assert lines(g, V) == ["b = np.broadcast_to(x, (3, 2))", "m = b * 2.0", "return m"]


def test_a_gradient_times_a_reciprocal_is_a_quotient():
    compiled = ag.compile(ag.grad(lambda x: np.sum(np.log(x))))
    np.testing.assert_array_equal(compiled(Y), 1 / Y)
    assert "1 / x" in compiled.source


def test_memory_is_written_to_where_nobody_else_reads_it():
    def f(x, y):
        return (x + y) * 2.0 - x

    assert lines(f, X, Y) == ["u = x + y", "u *= 2.0", "u -= x", "return u"]

    def named(x, y):  # a name of the user's stands for what it was given
        total = x + y
        return total * 2.0

    assert lines(named, X, Y) == ["total = x + y", "m = total * 2.0", "return m"]

    def shared(x):
        y = np.exp(x)
        view = y.T
        return [y * 2.0, view + 1.0]

    compiled = ag.compile(shared)
    for numbers in (X, Y):
        for found, expected in zip(compiled(numbers), shared(numbers), strict=True):
            np.testing.assert_array_equal(found, expected)


def test_without_passes_every_operation_has_its_line():
    def f(x):
        return np.negative(-x) * 1.0

    assert lines(f, X) == ["return x.copy()"]
    assert lines(f, X, passes=False) == ["n = -x", "n2 = -n", "m = n2 * 1.0", "return m"]


def test_products_are_plain_where_results_show_what_is_infinite():
    def loss(x):
        return np.sum(np.log(x) * np.tanh(x))

    source = ag.compile(ag.grad(loss))
    source(Y)
    plain, careful = source.source.split("def grad_loss_carefully")
    body = plain.split("def grad_loss(")[1]
    assert "times(" not in body
    assert "np.vdot(dx, dx)" in body
    assert "times(" in careful

    def hidden(x):  # an infinity in the entries that are left out does not show
        return np.sum((np.log(x) * np.tanh(x))[:1])

    compiled = ag.compile(ag.grad(hidden))
    np.testing.assert_allclose(compiled(Y), ag.grad(hidden)(Y), rtol=1e-15)
    for numbers in (np.zeros((3, 2)), np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 0.5]])):
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(compiled(numbers), ag.grad(hidden)(numbers))


HAND = """
dq = -t
dh = dq / h
de = dh / s
m2 = de * h
s3 = m2.sum()
ds = -s3
de += ds
dz = de * e
"""


def test_the_gradient_of_softmax_with_cross_entropy_is_derived_line_by_line():
    """Each line as it is derived by hand, from the last one back; and the documentation says so."""

    def loss(z, t):
        e = np.exp(z)
        s = e.sum()
        h = e / s
        q = np.log(h)
        return -(t * q).sum()

    compiled = ag.compile(ag.value_and_grad(loss))
    z, t = np.array([2.0, 1.0, 0.1]), np.array([1.0, 0.0, 0.0])
    _, dz = compiled(z, t)
    h = np.exp(z) / np.exp(z).sum()
    np.testing.assert_allclose(dz, h - t, rtol=1e-14)
    plain = compiled.source.split("_carefully(")[0].split("# backward")[1]
    found = [line.strip() for line in plain.splitlines() if line.strip()]
    hand = HAND.split("\n")[1:-1]
    assert found[: len(hand)] == hand
    here = {"z": z, "t": t, "e": np.exp(z), "s": np.exp(z).sum(), "h": h}
    exec(HAND, here)  # what is written above is right, too
    np.testing.assert_allclose(here["dz"], h - t, rtol=1e-14)
    page = Path(__file__).parents[1] / ".docs/pages/how-to/compile.md"
    table = page.read_text(encoding="utf-8").partition("| by hand |")[2].partition("\n\n")[0]
    assert re.findall(r"`(.*?)`", table) == hand


def test_a_product_that_only_decides_something_stays_careful():
    def slope_is_zero(x):
        slope = ag.grad(lambda x: ag.where(x > 0, ag.log(x), 0.0).sum())(x)
        return np.where(slope == 0, 1.0, 2.0)

    compiled = ag.compile(slope_is_zero)
    for numbers in (np.array([1.0, 2.0]), np.array([0.0, 2.0]), np.array([-1.0, 0.0])):
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(compiled(numbers), slope_is_zero(numbers))
    np.testing.assert_array_equal(compiled(np.array([0.0, 2.0])), [1.0, 2.0])


def test_names_are_the_user_s_and_gradients_have_a_d():
    def loss(w, b):
        h = np.tanh(w + b)
        import_ = ag.Tensor(1.0, label="np")  # a name that would hide NumPy
        z = h * h * import_
        z.label = "class"
        return z.sum()

    compiled = ag.compile(ag.value_and_grad(loss, (0, 1)))
    compiled(X, V)
    source = compiled.source
    for line in ("h = np.tanh(", "dh = ", "class_ = ", "return (loss, (dw, db))"):
        assert line in source
    assert "# forward" in source
    assert "# backward" in source


READ_AGAIN = {
    "by a later step": lambda x: (np.exp(x) + np.exp(x).sum()) / np.exp(x),
    "in a view": lambda x: np.exp(x).reshape(2, 3) * (np.exp(x) + np.exp(x).sum()).sum(),
    "in a row": lambda x: np.exp(x)[0] * (np.exp(x) + np.exp(x).sum()).sum(),
    "by the caller": lambda x: [np.exp(x), np.exp(x) + np.exp(x).sum()],
}


@pytest.mark.parametrize("f", READ_AGAIN.values(), ids=READ_AGAIN)
def test_memory_that_is_read_again_is_not_written_to(f):
    for passes in (True, False):
        compiled = ag.compile(f, passes=passes)
        for numbers in (X, X + 1.0):
            for found, expected in zip(compiled(numbers), f(numbers), strict=True):
                np.testing.assert_allclose(found, expected, rtol=1e-15)


@pytest.mark.parametrize("label", ["__import__('os')", "x\ny = 1", "1 + 1", "π²", "lambda", ""])
def test_labels_become_identifiers(label):
    def f(x):
        y = ag.tanh(x)
        y.label = label
        return (y * y).sum()

    compiled = ag.compile(ag.grad(f))
    expected = ag.grad(f)(X)
    np.testing.assert_allclose(compiled(X), expected, rtol=1e-15)
    assert "import os" not in compiled.source
    assert "__import__(" not in compiled.source


def test_a_notebook_shows_the_source_in_colour():
    compiled = ag.compile(lambda x: x * 2.0)
    assert "not been called yet" in compiled._repr_html_()
    compiled(X)
    assert "style=" in compiled._repr_html_()
    assert "import" in compiled._repr_html_()


def test_the_source_of_a_recorded_graph():
    z = ag.Tensor(np.array([2.0, 1.0, 0.1]), label="z")
    t = np.array([1.0, 0.0, 0.0, 0.0, 0.0])[:3]
    e = np.exp(z)
    h = e / e.sum()
    L = -(t * np.log(h)).sum()
    space = {}
    exec(ag.source(L), space)
    value, (dz,) = space["L"](z.data)
    assert value == pytest.approx(L.item(), rel=1e-15)
    np.testing.assert_allclose(dz, h.data - t, rtol=1e-14)
    assert "h = e / s" in ag.source(L, z)
    a, b = ag.Value(-2.0), ag.Value(3.0)
    f = (a * b + a) * 1.5
    exec(ag.source(f, [a, b]), space)
    assert space["f"](-2.0, 3.0) == (-12.0, (6.0, -3.0))
    assert space["f"](1.0, 1.0) == (3.0, (3.0, 1.5))
    assert "style=" in ag.source(f)._repr_html_()
    with pytest.raises(TypeError, match="takes a Value or a Tensor"):
        ag.source(3.0)
    with pytest.raises(ValueError, match="not in the graph"):
        ag.source(f, ag.Value(1.0))
