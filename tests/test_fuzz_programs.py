"""Random programs of random shapes, dtypes and indices, to the third derivative.

Hypothesis builds them and makes what fails small. Every derivative is judged by differences of the
one below it, forwards and backwards; and the plain function, the graph of Values and the copy of
the graph agree with the graph of Tensors.
"""

import copy
import pickle

import numpy as np
from helpers import WEIGHTS
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autograd_lite as ag

SMOOTH = {
    "sin": np.sin,
    "tanh": np.tanh,
    "exp": lambda x: np.exp(0.3 * x),
    "log": lambda x: np.log(1.5 + x * x),
    "sqrt": lambda x: np.sqrt(1.2 + x * x),
    "power": lambda x: (1.1 + x * x) ** -0.7,
    "cube": lambda x: 0.1 * x**3,
    "softplus": lambda x: ag.logaddexp(x, 0.0),
    "scaled": lambda x: 1.5 - 0.5 * x,
}
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)


@st.composite
def programs(draw):
    """A function of one array, and the shape of that array."""
    first = draw(SHAPES)
    steps = []
    now = np.zeros(first)  # what the program has computed so far, for its shape
    for _ in range(draw(st.integers(1, 5))):
        step = draw(steps_for(now.shape))
        now = np.asarray(step(now))
        steps.append(step)

    def program(x):
        for step in steps:
            x = step(x)
        return x

    return program, first


def steps_for(shape):
    """One step for an array of a shape."""
    choices = [
        st.sampled_from(sorted(SMOOTH)).map(SMOOTH.get),
        st.sampled_from([np.ravel, np.transpose, lambda x: x + np.sin(x), lambda x: x * x]),
        broadcasts(shape),
    ]
    if shape:
        axes = st.integers(-len(shape), len(shape) - 1)
        keep = st.booleans()
        choices += [
            hnp.basic_indices(shape, allow_newaxis=True).map(lambda key: lambda x: x[key]),
            st.tuples(axes, keep).map(lambda a: lambda x: np.sum(x, axis=a[0], keepdims=a[1])),
            axes.map(lambda a: lambda x: np.cumsum(x, axis=a)),
            axes.map(lambda a: lambda x: np.flip(x, axis=a)),
            st.tuples(axes, axes).map(lambda a: lambda x: np.moveaxis(x, *a)),
            axes.map(lambda a: lambda x: np.concatenate([x, np.cos(x)], axis=a)),
        ]
        if 0 not in shape:
            choices += [
                hnp.integer_array_indices(shape).map(lambda key: lambda x: x[key]),
                st.tuples(axes, keep).map(lambda a: lambda x: np.mean(x, axis=a[0], keepdims=a[1])),
                axes.map(lambda a: lambda x: ag.softmax(x, axis=a)),
                axes.map(lambda a: lambda x: ag.logsumexp(x, axis=a)),
            ]
    return st.one_of(choices)


def broadcasts(shape):
    """A product with weights of another shape that broadcasts with this one."""

    def weighted(other):
        weights = np.cos(np.arange(np.prod(other, dtype=int))).reshape(other)
        return lambda x: x * weights

    smallest = 0 if 0 in shape else 1
    return hnp.broadcastable_shapes(shape, min_side=smallest, max_dims=3, max_side=3).map(weighted)


def numbers(shape, k):
    """Numbers of order one that look random."""
    return 1.3 * np.sin(1.7 * k + 2.3 * np.arange(np.prod(shape, dtype=int))).reshape(shape)


def along(f, x, v, h=1e-3):
    """d f(x + t v) / dt at 0 by central differences, and the size of what they are of."""
    pairs = [(float(f(x + k * h * v)), float(f(x - k * h * v))) for k in (1, 2, 3, 4)]
    size = max(abs(number) for pair in pairs for number in pair)
    return sum(w * (a - b) for w, (a, b) in zip(WEIGHTS, pairs, strict=True)) / h, size


def close(a, b, tolerance=1e-9):
    a, b = np.asarray(a, float), np.asarray(b, float)
    assert a.shape == b.shape
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


@settings(max_examples=100)
@given(programs())
def test_forwards_and_backwards_agree_to_the_third_order(drawn):
    f, shape = drawn
    x, v = numbers(shape, 0), numbers(shape, 1)
    out = np.asarray(f(x))
    if out.size > 60:
        return
    u = numbers(out.shape, 2)

    def loss(x):
        return np.sum(f(x) * u)

    for _ in range(3):  # loss, then its slope along v, and the slope of that
        gradient = ag.grad(loss)(x)
        assert np.shape(gradient) == shape
        expected, size = along(loss, x, v)
        tolerance = 1e-8 * max(1.0, size)
        _, forwards = ag.jvp(loss, (x,), (v,))
        close(forwards, expected, tolerance)
        close(np.vdot(gradient, v), expected, tolerance)

        def loss(x, lower=loss):
            return np.sum(ag.grad(lower)(x) * v)


def plain(x):
    """The numbers of a node, or of an array of Values."""
    x = ag.core.graph.data(x)
    return np.reshape([ag.core.graph.data(v) for v in np.ravel(x)], np.shape(x))


@settings(max_examples=100)
@given(programs(), st.sampled_from([np.float16, np.float32, np.float64]))
def test_the_graph_the_copy_and_the_plain_function_agree(drawn, dtype):
    f, shape = drawn
    x = ag.Tensor(numbers(shape, 0), "x", dtype=dtype)
    y = f(x)
    if dtype is np.float64:  # NumPy's narrow numbers of no axes are computed as plain floats
        np.testing.assert_array_equal(y.data, f(x.data))
    twin, back = copy.deepcopy(y), pickle.loads(pickle.dumps(y))
    seed = numbers(y.shape, 3).astype(y.dtype)
    y.backward(seed)
    assert x.grad is None or (x.grad.shape, x.grad.dtype) == (shape, np.dtype(dtype))
    first = x.grad
    for again in (twin, back):
        again.backward(seed)
        leaf = again
        while leaf.op is not None:
            leaf = next(n for n in leaf.inputs if isinstance(n, ag.Node))
        if leaf.label == "x" and first is not None:
            np.testing.assert_array_equal(leaf.grad, first)
    x.grad = None
    y.backward(seed)  # and a second sweep is the first
    np.testing.assert_array_equal(x.grad, first)


@settings(max_examples=40)
@given(programs())
def test_arrays_of_values_agree(drawn):
    f, shape = drawn
    x = numbers(shape, 0)
    values = np.array([ag.Value(v) for v in x.ravel()] + [None], object)[:-1].reshape(shape)
    tensor = ag.Tensor(x)
    whole = f(tensor)
    if not shape or not whole.size or not x.size:
        return
    out = f(values)
    close(plain(out), whole.data)
    total = ag.sum(out * 1.0)
    (total.item() if isinstance(total, np.ndarray) else total).backward()
    whole.sum().backward()
    gradient = np.array([v.grad or 0.0 for v in values.ravel()]).reshape(shape)
    close(gradient, tensor.grad if tensor.grad is not None else np.zeros(shape))
