"""Operations that move, copy and add up: differences, K seeds, second order, refusals."""

import itertools
import math

import numpy as np
import pytest
from helpers import check_rule, close
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as ag
from autograd_lite.ops import shape as shapes

rng = np.random.default_rng(0)


def array(*shape):
    return rng.normal(size=shape)


# name, ours, NumPy's, shape of the input
LINEAR = {
    "reshape": (lambda x: ag.reshape(x, (3, 2)), lambda x: x.reshape(3, 2), (2, 3)),
    "reshape -1": (lambda x: ag.reshape(x, -1, 2), lambda x: x.reshape(-1, 2), (4, 3)),
    "reshape to 0-d": (lambda x: ag.reshape(x, ()), lambda x: x.reshape(()), (1, 1)),
    "ravel": (ag.ravel, np.ravel, (2, 2, 2)),
    "expand_dims": (lambda x: ag.expand_dims(x, 1), lambda x: np.expand_dims(x, 1), (2, 3)),
    "expand_dims twice": (
        lambda x: ag.expand_dims(x, (0, -1)),
        lambda x: np.expand_dims(x, (0, -1)),
        (2, 3),
    ),
    "squeeze": (ag.squeeze, np.squeeze, (1, 3, 1)),
    "squeeze axis": (lambda x: ag.squeeze(x, -1), lambda x: np.squeeze(x, -1), (1, 3, 1)),
    "transpose": (ag.transpose, np.transpose, (2, 3, 4)),
    "transpose axes": (
        lambda x: ag.transpose(x, (1, 2, 0)),
        lambda x: np.transpose(x, (1, 2, 0)),
        (2, 3, 4),
    ),
    "swapaxes": (lambda x: ag.swapaxes(x, 0, -1), lambda x: np.swapaxes(x, 0, -1), (2, 3, 2)),
    "moveaxis": (lambda x: ag.moveaxis(x, 0, -1), lambda x: np.moveaxis(x, 0, -1), (2, 3, 2)),
    "moveaxis two": (
        lambda x: ag.moveaxis(x, (0, 1), (-1, 0)),
        lambda x: np.moveaxis(x, (0, 1), (-1, 0)),
        (2, 3, 2),
    ),
    "broadcast_to": (
        lambda x: ag.broadcast_to(x, (2, 3, 2)),
        lambda x: np.broadcast_to(x, (2, 3, 2)),
        (3, 1),
    ),
    "broadcast_to from 0-d": (
        lambda x: ag.broadcast_to(x, (2, 2)),
        lambda x: np.broadcast_to(x, (2, 2)),
        (),
    ),
    "sum": (ag.sum, np.sum, (2, 3)),
    "sum axis": (lambda x: ag.sum(x, 0), lambda x: np.sum(x, 0), (2, 3)),
    "sum axes, kept": (
        lambda x: ag.sum(x, (0, -1), keepdims=True),
        lambda x: np.sum(x, (0, -1), keepdims=True),
        (2, 3, 2),
    ),
    "sums of a number": (
        lambda x: ag.stack([ag.sum(x), 2.0 * ag.sum(x)]),
        lambda x: np.stack([x, 2.0 * x]),
        (),
    ),
    "sum last axis, kept": (
        lambda x: ag.sum(x, -1, keepdims=True),
        lambda x: np.sum(x, -1, keepdims=True),
        (2, 3, 2),
    ),
    "sum no axes": (lambda x: ag.sum(x, ()), lambda x: np.sum(x, ()), (2, 2)),
    "concatenate with itself": (
        lambda x: ag.concatenate([x, x], 1),
        lambda x: np.concatenate([x, x], 1),
        (2, 2),
    ),
    "concatenate flat": (
        lambda x: ag.concatenate([x, x], None),
        lambda x: np.concatenate([x, x], None),
        (2, 2),
    ),
    "stack": (lambda x: ag.stack([x, x], -1), lambda x: np.stack([x, x], -1), (2, 2)),
}


@pytest.mark.parametrize("name", LINEAR)
def test_linear(name):
    ours, numpys, shape = LINEAR[name]
    x = array(*shape)
    np.testing.assert_array_equal(ours(x), numpys(x))
    check_rule(ours, x)
    # Nonlinear behind it, so that second derivatives are not all zero.
    check_rule(lambda x: ag.tanh(ours(x)), x)


@pytest.mark.parametrize("name", LINEAR)
def test_float32_stays(name):
    ours, _, shape = LINEAR[name]
    x = ag.Tensor(array(*shape).astype(np.float32))
    y = ours(x)
    assert y.dtype == np.float32
    y.backward(np.ones(y.shape))
    assert x.grad.dtype == np.float32
    assert x.grad.shape == x.shape


def test_concatenate_of_several():
    check_rule(
        lambda x, y, z: ag.concatenate([x, y * y, z], axis=-2),
        array(2, 2),
        array(1, 2),
        array(3, 2),
    )
    check_rule(lambda x, y: ag.stack([x, y * x], axis=1), array(2, 2), array(2, 2))


def test_concatenate_with_constants():
    x = ag.Tensor([1.0, 2.0])
    y = ag.concatenate([[5.0], x, np.zeros(2)])
    y.backward(np.arange(5.0))
    np.testing.assert_array_equal(x.grad, [1.0, 2.0])


def broadcast_shapes():
    """Every pair of shapes of up to 3 axes of lengths 0, 1 and 2 that broadcast."""
    every = [s for n in range(4) for s in itertools.product((0, 1, 2), repeat=n)]
    for a, b in itertools.product(every, every):
        try:
            np.broadcast_shapes(a, b)
        except ValueError:
            continue
        yield a, b


def test_broadcasting_pairs():
    """x·y for every pair of shapes that broadcast: the other, summed over the copies."""
    pairs = list(broadcast_shapes())
    assert len(pairs) > 500
    for a, b in pairs:
        x, y = ag.Tensor(array(*a)), ag.Tensor(array(*b))
        z = x * y
        seed = array(*z.shape)
        z.backward(seed)
        for one, other in ((x, y), (y, x)):
            ones = np.ones(one.shape)
            # Sum over every copy, spelled with einsum over flat positions rather than with axes.
            position = np.broadcast_to(np.arange(ones.size).reshape(one.shape), z.shape)
            terms = (seed * np.broadcast_to(other.data, z.shape)).ravel()
            expected = np.bincount(position.ravel(), terms, minlength=ones.size)
            assert one.grad.shape == one.shape
            np.testing.assert_allclose(one.grad.ravel(), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("op", [ag.add, ag.subtract, ag.multiply, ag.divide])
def test_broadcasting_with_seeds_in_front(op):
    for a, b in list(broadcast_shapes())[::7]:
        x, y = array(*a), np.abs(array(*b)) + 1
        check_rule(op, x, y, second=x.size * y.size < 20)


@st.composite
def shape_and_axes(draw):
    shape = draw(st.lists(st.integers(0, 3), max_size=4))
    axes = draw(
        st.none()
        | st.lists(st.integers(0, max(0, len(shape) - 1)), unique=True, max_size=len(shape)).map(
            tuple
        )
    )
    if axes is not None and draw(st.booleans()):
        axes = tuple(a - len(shape) for a in axes)
    return tuple(shape), axes, draw(st.booleans())


@settings(max_examples=60)
@given(shape_and_axes())
def test_sum_of_any_shape_and_axes(case):
    shape, axes, keepdims = case
    x = ag.Tensor(array(*shape))
    y = ag.sum(x * x, axes, keepdims)
    expected = np.sum(x.data**2, axis=axes, keepdims=keepdims)
    assert y.shape == expected.shape
    close(y.data, expected)
    seed = array(*y.shape)
    y.backward(seed)
    kept = np.sum(x.data, axis=axes, keepdims=True).shape
    close(x.grad, 2 * x.data * seed.reshape(kept))


@settings(max_examples=40)
@given(st.permutations(range(4)), st.integers(-4, 3), st.integers(-4, 3))
def test_transpose_of_any_order(order, source, destination):
    x = ag.Tensor(array(2, 1, 3, 2))
    for y, expected in (
        (ag.transpose(x, order), np.transpose(x.data, order)),
        (ag.moveaxis(x, source, destination), np.moveaxis(x.data, source, destination)),
        (ag.swapaxes(x, source, destination), np.swapaxes(x.data, source, destination)),
    ):
        np.testing.assert_array_equal(y.data, expected)
        x.grad = None
        y.backward(expected)  # a permutation's transpose is its inverse: it gives x back
        np.testing.assert_array_equal(x.grad, x.data)


@pytest.mark.parametrize("shape", [(0,), (2, 0), (0, 3), (1, 0, 2)])
def test_empty(shape):
    x = ag.Tensor(np.zeros(shape))
    total = x.sum()
    assert total.item() == 0.0
    total.backward()
    assert x.grad.shape == shape


BAD = {
    "reshape": (lambda x: x.reshape(4, 2), ValueError, r"6 entries of shape \(2, 3\).*\(4, 2\)"),
    "reshape two unknown": (lambda x: x.reshape(-1, -1), ValueError, "cannot reshape"),
    "reshape -1": (lambda x: x.reshape(-1, 4), ValueError, "cannot reshape"),
    "sum axis": (lambda x: x.sum(axis=2), np.exceptions.AxisError, "axis 2 is out of bounds"),
    "sum axis twice": (lambda x: x.sum(axis=(0, -2)), ValueError, "same axis twice"),
    "sum axis float": (lambda x: x.sum(axis=1.0), TypeError, "an axis is an int"),
    "sum axis bool": (lambda x: x.sum(axis=True), TypeError, "an axis is an int"),
    "squeeze": (lambda x: ag.squeeze(x, 0), ValueError, "its length is 2, not 1"),
    "transpose": (lambda x: ag.transpose(x, (0, 0)), ValueError, "not an order of the 2 axes"),
    "transpose short": (lambda x: ag.transpose(x, (0,)), ValueError, "not an order of the 2 axes"),
    "moveaxis": (lambda x: ag.moveaxis(x, (0, 1), 0), ValueError, "2 axes and 1 places"),
    "moveaxis twice": (lambda x: ag.moveaxis(x, (0, 0), (0, 1)), ValueError, "twice"),
    "moveaxis one place": (lambda x: ag.moveaxis(x, (0, 1), (0, 0)), ValueError, "twice"),
    "broadcast": (lambda x: ag.broadcast_to(x, (3, 3)), ValueError, r"\(2, 3\) to shape \(3, 3\)"),
    "broadcast down": (lambda x: ag.broadcast_to(x, (3,)), ValueError, "cannot broadcast"),
    "concatenate nothing": (lambda x: ag.concatenate([]), ValueError, "at least one"),
    "concatenate": (lambda x: ag.concatenate([x, np.zeros((2, 2))]), ValueError, "concatenation"),
    "stack": (lambda x: ag.stack([x, np.zeros(2)]), ValueError, "one shape"),
    "stack nothing": (lambda x: ag.stack([]), ValueError, "at least one"),
    "reshape to half a length": (lambda x: x.reshape(2.5, 2), TypeError, "integer"),
    "reshape to text": (lambda x: x.reshape("6"), TypeError, "integer"),
    "broadcast to half a length": (lambda x: ag.broadcast_to(x, (1.0, 2, 3)), TypeError, "integer"),
    "broadcast to less than nothing": (
        lambda x: ag.broadcast_to(x, (-1, 2, 3)),
        ValueError,
        "cannot broadcast",
    ),
    "ragged": (lambda x: ag.sum([[1.0], [1.0, 2.0]]), ValueError, "one length"),
    "order": (lambda x: ag.reshape(x, (6,), order="A"), ValueError, '"C" or "F"'),
    "add": (lambda x: x + np.zeros(2), ValueError, "broadcast"),
}


@pytest.mark.parametrize("name", BAD)
def test_refused(name):
    call, kind, message = BAD[name]
    with pytest.raises(kind, match=message):
        call(ag.Tensor(np.ones((2, 3))))


def test_an_error_names_the_operation_and_what_it_was_given():
    x = ag.Tensor(np.ones((2, 3)), label="weights")
    with pytest.raises(ValueError, match="broadcast") as caught:
        x + np.zeros(2)
    (note,) = caught.value.__notes__
    assert note == "in '+', given Tensor 'weights' of shape (2, 3) and ndarray of shape (2,)"


def test_the_transpose_pairs_are_pairs():
    """⟨A x, g⟩ = ⟨x, Aᵀ g⟩ for every linear operation, exactly on whole numbers."""
    x, g = np.arange(6.0).reshape(2, 3), np.arange(24.0).reshape(4, 2, 3)
    down = shapes.SumTo((4, 2, 3), (2, 3))
    up = shapes.BroadcastTo((2, 3), (4, 2, 3))
    assert np.vdot(up(x), g) == np.vdot(x, down(g))


@pytest.mark.parametrize("n", [65, 200])
@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (65, 1), (1, 65), (65,)])
def test_large_copies_with_as_many_seeds(shape, n):
    """K seeds in front are not summed with the copies, even where K is a length of the copies."""
    rng = np.random.default_rng(n)
    full = np.broadcast_shapes(shape, (65,))
    x, c = rng.normal(size=shape), rng.normal(size=full)
    mixing = rng.normal(size=(n, c.size))
    jacobian = ag.jacobian(lambda x: mixing @ ag.ravel(x * c))(x)
    position = np.broadcast_to(np.arange(x.size).reshape(shape), full).ravel()
    expected = np.zeros((n, x.size))
    np.add.at(expected.T, position, (mixing * c.ravel()).T)
    close(np.reshape(jacobian, expected.shape), expected, 1e-12)


def test_large_copies_are_added_up():
    """A matrix without seeds goes a shorter way, which would be wrong of other shapes."""
    copies = [((), (200,)), ((1,), (300, 1)), ((1, 1), (300, 1)), ((3, 1), (3, 100))]
    copies += [((100,), (3, 100)), ((2, 2), (300, 2, 2)), ((7, 1), (7, 7, 7)), ((7, 7), (7, 7, 7))]
    for lead, (new, old) in itertools.product([(), (2,), (200,)], copies):
        g = np.random.default_rng(5).normal(size=lead + old)
        position = np.broadcast_to(np.arange(math.prod(new)).reshape(new), old).ravel()
        expected = np.zeros((math.prod(new), math.prod(lead)))
        np.add.at(expected, position, g.reshape(-1, position.size).T)
        close(shapes.sum_to(g, old, new), expected.T.reshape(lead + new), 1e-12)


@pytest.mark.parametrize("new", [(10,), (40, 1)])
def test_large_copies_of_float32_are_added_up_as_float32(new):
    """In the gradient of a node with inputs too, which is kept as it is."""
    x = ag.Tensor(np.ones(new), dtype=np.float32)
    y = x + x
    (y * np.ones((40, 10), np.float32)).sum().backward()
    assert x.grad.dtype == y.grad.dtype == np.float32
    close(y.grad, np.full(new, 400 / y.size), 0.0)


def test_large_batches():
    """A bias, a normaliser and a weight for thousands of rows, summed right."""
    rng = np.random.default_rng(1)
    x, seed = rng.normal(size=(3000, 4)), rng.normal(size=(3000, 4))
    bias, scale = ag.Tensor(rng.normal(size=4)), ag.Tensor(rng.normal(size=(3000, 1)))
    shift, lift = ag.Tensor([[0.5]]), ag.Tensor(0.5)
    (x * scale + bias + shift + lift).backward(seed)
    close(lift.grad, seed.sum(), 1e-12)
    close(shift.grad, [[seed.sum()]], 1e-12)
    close(bias.grad, seed.sum(axis=0), 1e-12)
    close(scale.grad, (seed * x).sum(axis=1, keepdims=True), 1e-12)


def test_thousands_of_inputs():
    """The time grows with their number, not with its square (20,000 would take minutes)."""
    values = [ag.Value(float(k)) for k in range(20_000)]
    ag.sum(ag.stack(values) * np.arange(20_000.0)).backward()
    assert [v.grad for v in values] == list(range(20_000))
    tensors = [ag.Tensor([float(k), 1.0]) for k in range(5_000)]
    ag.sum(ag.concatenate(tensors) ** 2.0).backward()
    assert [t.grad.tolist() for t in tensors] == [[2.0 * k, 2.0] for k in range(5_000)]
    ag.max(values).backward()
    assert values[-1].grad == 20_000.0


@pytest.mark.parametrize(
    ("op", "sizes"),
    [(shapes.Concatenate(-1), [(2, 2), (2, 1), (2, 3)]), (shapes.Concatenate(-2), [(1, 2)] * 4)],
)
def test_all_shares_at_once_are_the_shares_one_by_one(op, sizes):
    xs = [array(*s) for s in sizes]
    out = op(*xs)
    for lead in ((), (3,)):
        g = array(*lead, *out.shape)
        for i, share in enumerate(op.vjps(g, out, *xs)):
            np.testing.assert_array_equal(share, op.vjp(i, g, out, *xs))


def test_stacked_values_with_seeds_and_recorded():
    def f(a, b, c):
        return ag.stack([a * b, b * c, c * a, a])

    jacobian = ag.jacobian(f, (0, 1, 2))(2.0, 3.0, 5.0)
    np.testing.assert_array_equal(np.array(jacobian), [[3, 0, 5, 1], [2, 5, 0, 0], [0, 3, 2, 0]])
    second = ag.hessian(lambda a: ag.sum(f(a, a, 3.0) * [1.0, 2.0, 3.0, 4.0]))(2.0)
    assert second == 2.0


def test_the_cotangent_of_another_dtype_goes_back_to_the_first():
    x, w = ag.Tensor([1.0, 2.0]), np.array([3.0, -5.0], np.float32)
    y = x * 1.0
    z = y.astype(np.float32)
    (z * w * w).sum().backward()
    assert (z.dtype, z.grad.dtype, y.grad.dtype) == (np.float32, np.float32, np.float64)
    np.testing.assert_array_equal(x.grad, [9.0, 25.0])
    cubes = ag.grad(lambda x: ag.sum(ag.grad(lambda x: (x.astype(np.float32) ** 3.0).sum())(x)))
    np.testing.assert_allclose(cubes(np.array([1.0, 2.0])), [6.0, 12.0], rtol=1e-6)


def test_a_sum_of_float32_keeps_the_digits_of_a_cotangent_of_float64():
    x = ag.Tensor(np.ones((2, 3)))
    for axis in (None, 0, 1):
        (ag.sum(x.astype(np.float32), axis) * ag.Tensor(1 / 3)).sum().backward()
    np.testing.assert_array_equal(x.grad, np.full((2, 3), 1.0))
