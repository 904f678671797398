"""Windows and their transpose: against loops and each other, at every order, of every kind."""

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.ops.windows import Unwindow, Windows

from .helpers import close, differences

rng = np.random.default_rng(3)
CASES = [  # size, stride, dilation, padding, for the last axes of an array of shape (2, 7, 6)
    (3, 1, 1, 0),
    (2, 3, 2, 1),
    ((3, 2), 1, 1, 0),
    ((2, 2), 2, 1, 1),
    ((3, 3), (2, 1), (1, 2), (1, 0)),
    ((7, 6), 1, 1, 0),
    ((5, 5), 3, 1, 2),
    ((1, 1), 2, 3, 0),
    ((2, 3, 2), (1, 2, 2), 1, 0),
]
X = rng.normal(size=(2, 7, 6))


def by_loops(x, size, stride, dilation, padding):
    sizes = size if isinstance(size, tuple) else (size,)
    n = len(sizes)
    per_axis = lambda v: v if isinstance(v, tuple) else (v,) * n  # noqa: E731
    strides, dilations, widths = map(per_axis, (stride, dilation, padding))
    x = np.pad(x, [(0, 0)] * (x.ndim - n) + [(p, p) for p in widths])
    lengths = x.shape[x.ndim - n :]
    counts = [
        (m - d * (k - 1) - 1) // s + 1
        for m, d, k, s in zip(lengths, dilations, sizes, strides, strict=True)
    ]
    out = np.zeros((*x.shape[: x.ndim - n], *counts, *sizes))
    for at in np.ndindex(*counts):
        for k in np.ndindex(*sizes):
            place = [a * s + b * d for a, s, b, d in zip(at, strides, k, dilations, strict=True)]
            out[(..., *at, *k)] = x[(..., *place)]
    return out


@pytest.mark.parametrize("case", CASES, ids=str)
def test_windows_are_those_of_loops(case):
    expected = by_loops(X, *case)
    np.testing.assert_array_equal(ag.windows(X, *case), expected)
    np.testing.assert_array_equal(ag.windows(ag.Tensor(X), *case).data, expected)
    single = ag.windows(ag.Tensor(X.astype(np.float32)), *case)
    assert single.dtype == np.float32
    values = np.array([ag.Value(x) for x in X[0, 0]])
    row = ag.windows(values, 2, 2)
    assert row.shape == (3, 2)
    assert row[1, 0] is values[2]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_unwindow_is_the_transpose(case):
    """⟨g, windows x⟩ = ⟨unwindow g, x⟩, forward, backward, forward mode, with K seeds, compiled."""
    seen = ag.windows(X, *case)
    g = rng.normal(size=seen.shape)
    _, pullback = ag.vjp(lambda x: ag.windows(x, *case), X)
    back = pullback(g)[0]
    np.testing.assert_allclose(np.sum(g * seen), np.sum(back * X), rtol=1e-12)
    tangent = rng.normal(size=X.shape)
    _, pushed = ag.jvp(lambda x: ag.windows(x, *case), (X,), (tangent,))
    np.testing.assert_array_equal(pushed, ag.windows(tangent, *case))
    J = ag.jacobian(lambda x: ag.windows(x, *case))(X)
    np.testing.assert_allclose(np.tensordot(g, J, g.ndim), back, rtol=1e-12, atol=1e-14)

    def f(x):
        return np.sum(np.sin(ag.windows(x, *case)) * g)

    close(ag.grad(f)(X), differences(f, X), 1e-8)
    close(ag.hvp(f, X, tangent), differences(lambda x: np.sum(ag.grad(f)(x) * tangent), X), 1e-7)
    compiled = ag.compile(ag.grad(f))
    for x in (X, X + 1, X * 2):
        np.testing.assert_allclose(compiled(x), ag.grad(f)(x), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("size", [(2, 2), (6, 5)])
def test_fewer_windows_than_entries_are_added_window_by_window(size):
    op = Windows((-2, -1), (7, 6), size, (1, 1), (1, 1))
    back = Unwindow((-2, -1), (7, 6), size, (1, 1), (1, 1))
    g = rng.normal(size=op.forward(X).shape)
    counts = g.shape[-4:-2]
    assert len(list(back.places(g))) == min(np.prod(size), np.prod(counts))
    expected = np.zeros_like(X)
    for at in np.ndindex(*counts):
        expected[:, at[0] : at[0] + size[0], at[1] : at[1] + size[1]] += g[:, at[0], at[1]]
    np.testing.assert_allclose(back.forward(g), expected, rtol=1e-13)


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2), (2, 0), (2, 1)])
def test_sliding_window_view_of_a_node(axis):
    n = X.ndim if axis is None else np.size(axis)
    shape = (2, 1, 2)[:n]
    view = np.lib.stride_tricks.sliding_window_view
    node = view(ag.Tensor(X), shape, axis=axis)
    np.testing.assert_array_equal(node.data, view(X, shape, axis=axis))
    f = lambda x: np.sum(view(x, shape, axis=axis) ** 3)  # noqa: E731
    close(ag.grad(f)(X), differences(f, X), 1e-8)
    with pytest.raises(ValueError, match="window shape cannot be larger"):
        view(ag.Tensor(X), (9,) * n, axis=axis)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": (8, 2)}, r"spans \(8, 2\) does not fit the last 2 axes of shape \(2, 7, 6\)"),
        ({"size": 3, "dilation": 3}, r"spans \(7,\) does not fit"),
        ({"size": (1, 1, 1, 1)}, "does not fit the last 4 axes"),
        ({"size": 0}, "size is an int from 1"),
        ({"size": 2.0}, "size is an int from 1"),
        ({"size": 2, "stride": 0}, "stride is an int from 1"),
        ({"size": (2, 2), "stride": (1, 2, 3)}, "stride is an int from 1, or 2 of them"),
        ({"size": 2, "padding": -1}, "padding is an int from 0"),
    ],
)
def test_windows_that_do_not_fit(options, message):
    with pytest.raises(ValueError, match=message):
        ag.windows(ag.Tensor(X), **options)


def test_the_gradient_of_windows_of_complex_seeds():
    g = rng.normal(size=(2, 6, 6, 2, 1)) + 1j * rng.normal(size=(2, 6, 6, 2, 1))
    back = Unwindow((-2, -1), (7, 6), (2, 1), (1, 1), (1, 1)).forward(g)
    real = Unwindow((-2, -1), (7, 6), (2, 1), (1, 1), (1, 1)).forward(g.real)
    np.testing.assert_array_equal(back.real, real)


# --- convolution and pooling ----------------------------------------------------------------------


def test_the_loop_of_the_lecture():
    x, w, b = rng.normal(size=(2, 3, 6, 5)), rng.normal(size=(4, 3, 3, 2)), rng.normal(size=4)
    out = np.zeros((2, 4, 4, 4))
    for n, o, p, q in np.ndindex(*out.shape):
        out[n, o, p, q] = np.sum(x[n, :, p : p + 3, q : q + 2] * w[o]) + b[o]
    np.testing.assert_allclose(ag.conv2d(x, w, b), out, rtol=1e-12)
    np.testing.assert_allclose(ag.conv2d(x[0], w, b), out[0], rtol=1e-12)
    assert ag.check_gradients(ag.conv2d, x, w, b).ok
    assert ag.conv2d(*(v.astype(np.float32) for v in (x, w, b))).dtype == np.float32


def test_a_max_pool_splits_ties_and_hides_its_padding():
    x = ag.Tensor(np.zeros((1, 2, 4)) - 5.0)
    y = ag.max_pool(x, 2)
    y.sum().backward()
    assert x.grad.tolist() == [[[0.25] * 4] * 2]
    assert ag.max_pool(x, (2, 2), padding=1).data.max() == -5.0
    assert ag.max_pool(np.full((3, 3), np.nan), 3).item() != 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ag.conv2d(X, np.ones((4, 3, 2, 2))), r"given \(2, 7, 6\) and \(4, 3, 2, 2\)"),
        (lambda: ag.conv1d(X, np.ones((4, 7))), r"given \(2, 7, 6\) and \(4, 7\)"),
        (lambda: ag.conv2d(X, np.ones((4, 2, 9, 9))), "does not fit the last 2 axes"),
        (lambda: ag.conv_transpose2d(X, np.ones((3, 4, 2, 2))), r"weight of shape \(channels"),
        (lambda: ag.max_pool(X, 3, padding=2), "at most half of the size"),
        (lambda: ag.nn.Conv2d(3, 4, (3, 3, 3)), "the kernel's size is an int from 1, or 2 of them"),
        (lambda: ag.nn.Conv2d(0, 4, 3), "number of channels is at least 1"),
        (lambda: ag.nn.MaxPool2d(0), "the size of a window is an int from 1"),
        (lambda: ag.nn.Flatten()(1.0), "not a single number"),
    ],
)
def test_layers_that_do_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_groups():
    x, w = ag.Tensor(X), ag.Tensor(rng.normal(size=(4, 2, 2, 2)))
    for node, name in [
        (ag.conv2d(x, w), "conv2d"),
        (ag.conv1d(x, w[..., 0][:, :1] * np.ones((4, 7, 2))), "conv1d"),
        (ag.conv_transpose2d(x, w.transpose(1, 0, 2, 3)), "conv_transpose2d"),
        (ag.max_pool(x, 2), "max_pool"),
        (ag.avg_pool(x, 2), "avg_pool"),
    ]:
        assert node.group == (name,)
