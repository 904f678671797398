"""Indexing of every kind NumPy has: the same entries forward, adding up on the way back."""

import numpy as np
import pytest
from helpers import check_rule, close
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autograd_lite as ag

SHAPE = (3, 4, 2)
X = np.random.default_rng(2).normal(size=SHAPE)
mask = X[:, :, 0] > 0

INDICES = {
    "int": 1,
    "negative int": -1,
    "NumPy int": np.int64(2),
    "0-d array": np.array(2),
    "all": (1, 2, 0),
    "slice": slice(1, 3),
    "slice with step": slice(None, None, -2),
    "empty slice": slice(2, 2),
    "slice past the end": slice(1, 100),
    "ellipsis": ...,
    "ellipsis and int": (..., 1),
    "int ellipsis int": (0, ..., 1),
    "new axis": None,
    "new axes": (None, 1, None, ..., None),
    "empty tuple": (),
    "list": [0, 2],
    "repeated": [1, 1, 1, 0],
    "negative in a list": [-1, 0, -3],
    "array": np.array([2, 0]),
    "array of two axes": np.array([[0, 1], [1, 1]]),
    "unsigned": np.array([1, 1], np.uint8),
    "two arrays": ([0, 1, 0], [3, 1, 3]),
    "arrays that broadcast": ([[0], [2]], [1, 1, 3]),
    "arrays apart": ([0, 1], slice(None), [1, 1]),
    "array and int": (0, slice(None), [0, 1, 1]),
    "array, slice, new axis": ([0, 0], None, slice(1, 3), [1, 0]),
    "ix_": np.ix_([0, 2], [1, 1], [0]),
    "mask": X > 0,
    "mask of two axes": mask,
    "mask of one axis": np.array([True, False, True]),
    "mask as a list": [True, False, True],
    "mask and int": (mask, 1),
    "mask of nothing": np.zeros(3, bool),
    "True": True,
    "False": False,
    "empty list": [],
    "tuple of lists": ([0], [0], [0]),
}


@pytest.mark.parametrize("name", INDICES)
def test_every_kind(name):
    index = INDICES[name]
    t = ag.Tensor(X)
    y = t[index]
    assert isinstance(y, ag.Tensor)
    np.testing.assert_array_equal(y.data, X[index])
    seed = np.random.default_rng(0).normal(size=y.shape)
    y.backward(seed)
    expected = np.zeros(SHAPE)
    np.add.at(expected, index, seed)
    close(t.grad, expected, 1e-15)


@pytest.mark.parametrize("name", INDICES)
def test_rules(name):
    index = INDICES[name]
    x = X[:, :, :]
    check_rule(lambda x: ag.tanh(x)[index] if isinstance(x, ag.Tensor) else np.tanh(x)[index], x)


@settings(max_examples=150)
@given(st.data())
def test_any_basic_index(data):
    shape = data.draw(hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3))
    index = data.draw(hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True))
    agree(shape, index)


@settings(max_examples=150)
@given(st.data())
def test_any_advanced_index(data):
    shape = data.draw(hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=3))
    arrays = data.draw(
        hnp.integer_array_indices(shape, result_shape=hnp.array_shapes(max_dims=2, max_side=3))
    )
    # Some of the arrays may be slices or ints instead, with a new axis among them.
    index = [
        data.draw(st.sampled_from([a, a, slice(None), 0, slice(None, None, 2)])) for a in arrays
    ]
    if data.draw(st.booleans()):
        index.insert(data.draw(st.integers(0, len(index))), None)
    agree(shape, tuple(index))


def agree(shape, index):
    x = np.random.default_rng(1).normal(size=shape)
    t = ag.Tensor(x)
    y = t[index]
    np.testing.assert_array_equal(y.data, np.asarray(x[index]))
    seed = np.random.default_rng(2).normal(size=y.shape)
    y.backward(seed)
    expected = np.zeros(shape)
    np.add.at(expected, index, seed)
    close(t.grad, expected, 1e-14)
    # K seeds in front, and a second sweep through the transposed operation
    if 0 < y.size <= 12:
        jacobian = ag.jacobian(lambda t: t[index])(x)
        positions = np.arange(x.size).reshape(shape)[index].ravel()
        np.testing.assert_array_equal(
            np.reshape(jacobian, (y.size, x.size)), np.eye(x.size)[positions]
        )
        second = ag.hessian(lambda t: (t[index] ** 2.0).sum())(x)
        counts = np.bincount(positions, minlength=x.size)
        np.testing.assert_array_equal(np.reshape(second, (x.size, x.size)), np.diag(2.0 * counts))


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (3, "index 3 is out of bounds for axis 0 with size 3"),
        (-4, "out of bounds"),
        ([0, 3], "out of bounds"),
        ((0, 0, 2), "out of bounds"),
        ((0, 0, 0, 0), "it names 4 of 3 axes"),
        ((..., ...), "two ellipses"),
        ("a", "only integers"),
        (1.0, "only integers"),
        ([0.5], "only integers"),
        (np.array([True, False]), "boolean index did not match"),
    ],
)
def test_index_errors(index, message):
    with pytest.raises(IndexError, match=message) as caught:
        ag.Tensor(X)[index]
    assert "into Tensor of shape (3, 4, 2)" in str(caught.value.__notes__) or "(3, 4, 2)" in str(
        caught.value
    )


def test_an_index_array_written_to_afterwards():
    """The positions are those of the forward."""
    t, index = ag.Tensor([1.0, 2.0, 3.0]), np.array([0, 0])
    y = t[index]
    index[:] = 2
    y.sum().backward()
    np.testing.assert_array_equal(t.grad, [2.0, 0.0, 0.0])
    t.grad = None
    keep = np.array([True, False, False])
    y = t[keep]
    keep[:] = True
    y.sum().backward()
    np.testing.assert_array_equal(t.grad, [1.0, 0.0, 0.0])


def test_a_tensor_as_index_is_refused_or_right():
    t = ag.Tensor([1.0, 2.0, 3.0])
    with pytest.raises(IndexError, match="integer"):
        t[ag.Tensor([0.0, 1.0])]
    best = t.data.argmax()
    assert t[best].item() == 3.0


def test_float32():
    t = ag.Tensor(X.astype(np.float32))
    for index in (1, [0, 0], X > 0):
        t.grad = None
        y = t[index]
        assert y.dtype == np.float32
        y.sum().backward()
        assert t.grad.dtype == np.float32


def test_iteration_and_length():
    t = ag.Tensor(X)
    assert len(t) == 3
    rows = list(t)
    assert [r.shape for r in rows] == [(4, 2)] * 3
    (rows[0] * rows[2]).sum().backward()
    np.testing.assert_array_equal(t.grad, [X[2], np.zeros((4, 2)), X[0]])
    for call in (iter, len):
        with pytest.raises(TypeError, match=r"shape \(\)"):
            call(ag.Tensor(1.0))


@pytest.mark.parametrize("index", [1, (0, 1), slice(1, 3), [2, 0], (..., 1), X > 0])
@pytest.mark.parametrize("kind", ["Tensor", "array", "number"])
def test_at_set_and_add(index, kind):
    value = {"number": 2.5, "array": np.ones(np.shape(X[index])) * 3.0}
    v = ag.Tensor(np.full(np.shape(X[index]), 1.5)) if kind == "Tensor" else value[kind]
    plain = v.data if kind == "Tensor" else v
    for method in ("set", "add"):
        t = ag.Tensor(X)
        y = getattr(t.at[index], method)(v)
        expected = X.copy()
        expected[index] = plain if method == "set" else expected[index] + plain
        close(y.data, expected, 1e-15)
        np.testing.assert_array_equal(t.data, X)
        (y * y).sum().backward()
        keeps = np.ones(SHAPE)
        if method == "set":
            keeps[index] = 0.0
        close(t.grad, 2 * expected * keeps, 1e-14)
        if kind == "Tensor":
            close(v.grad, 2 * expected[index], 1e-14)
            v.grad = None


def test_at_with_repeats():
    t = ag.Tensor([1.0, 2.0])
    np.testing.assert_array_equal(t.at[[0, 0]].add([1.0, 2.0]).data, [4.0, 2.0])
    with pytest.raises(ValueError, match=r"names an entry twice.*use \.add"):
        t.at[[0, 0]].set([1.0, 2.0])


def test_at_out_of_range():
    with pytest.raises(IndexError, match="out of bounds"):
        ag.Tensor([1.0, 2.0]).at[2].set(1.0)
    with pytest.raises(ValueError, match="broadcast"):
        ag.Tensor([1.0, 2.0]).at[:].set([1.0, 2.0, 3.0])


def test_at_keeps_float32():
    t = ag.Tensor(np.ones(2, np.float32))
    assert t.at[0].set(2.0).dtype == np.float32
    assert t.at[0].add(2.0).dtype == np.float32


def test_at_values():
    t, v = ag.Tensor([1.0, 2.0, 3.0]), ag.Value(5.0)
    (t.at[1].set(v) * [1.0, 10.0, 100.0]).sum().backward()
    assert v.grad == 10.0
    np.testing.assert_array_equal(t.grad, [1.0, 0.0, 100.0])


def test_longer_floats_are_added_in_their_own_precision():
    x = ag.Tensor(np.ones(2, np.longdouble))
    small = np.finfo(np.longdouble).eps
    (x[[0, 0, 1]] * np.array([1.0, small, 2.0], np.longdouble)).sum().backward()
    assert x.grad.dtype == np.longdouble
    assert x.grad.tolist() == [1 + small, 2.0]


def test_longer_floats_with_many_seeds():
    x = np.arange(3, dtype=np.longdouble)
    J = ag.jacobian(lambda x: x[[0, 0, 2, 1]])(x)
    assert J.dtype == np.longdouble
    np.testing.assert_array_equal(J, np.eye(3)[[0, 0, 2, 1]])


PICKS = (
    lambda x: x[0],
    lambda x: x[2, 1] * 3.0,
    lambda x: x[1:, None, ::-1],
    lambda x: x[[0, 0, 2], 1],
    lambda x: x[x.data > 0],
    lambda x: x[...] * 2.0,
    lambda x: x**2,
    lambda x: np.roll(x, 1)[1],
    lambda x: ag.take(x, [4, 4, 0]),
)


@pytest.mark.parametrize("chosen", [(0, 1), (3, 4), (0, 3, 1), (6, 0, 1), (0, 6), tuple(range(9))])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_parts_picked_many_times_add_up(chosen, dtype):
    """Contributions of many indices are gathered and laid out once: the sum is that of each."""
    at = np.random.default_rng(3).normal(size=(3, 2)).astype(dtype)

    def f(x):
        return ag.concatenate([ag.ravel(PICKS[i](x)) ** 2 for i in chosen])

    x = ag.Tensor(at)
    y = f(x)
    seed = np.random.default_rng(4).normal(size=y.shape).astype(dtype)
    y.backward(seed)
    alone, start = np.zeros(at.shape), 0
    for i in chosen:
        one = ag.Tensor(at)
        part = ag.ravel(PICKS[i](one)) ** 2
        part.backward(seed[start : start + part.size])
        start += part.size
        alone += one.grad
    tolerance = 1e-12 if dtype == np.float64 else 1e-5
    assert x.grad.dtype == dtype
    close(x.grad, alone, tolerance)
    rows = ag.jacobian(f)(at)
    close(np.tensordot(seed, rows, 1), alone, tolerance)
    if dtype == np.float64:
        check_rule(lambda x: f(x) if isinstance(x, ag.Node) else f(ag.Tensor(x)).data, at)


def test_the_gradient_of_a_leaf_read_through_one_index_is_its_own():
    x = ag.Tensor([1.0, 2.0])
    x[:].backward(np.ones(2))
    x.grad[0] = 9.0
    y = x[0] + x[1]
    y.backward()
    np.testing.assert_array_equal(x.grad, [10.0, 2.0])
