"""Bad input: an error at the door that names the operation and says what it was given."""

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.core.elementwise import TABLE, Elementwise

ONE = [n for n in dir(ag) if isinstance(getattr(ag, n), Elementwise)]
ARRAYS = [
    "sum", "mean", "var", "std", "max", "min", "prod", "cumsum", "sort", "ravel", "transpose",
    "squeeze", "median", "softmax", "log_softmax", "logsumexp",
]  # fmt: skip
BAD = {
    "text": "text",
    "None": None,
    "dict": {},
    "object": object(),
    "array of text": np.array(["a", "b"]),
    "complex": np.array([1j, 2.0]),
    "dates": np.array(["2020"], "datetime64[Y]"),
    "list of None": [None, 1.0],
    "ragged list": [[1.0], [1.0, 2.0]],
    "function": np.sin,
    "set": {1.0},
    "masked array": np.ma.array([0.5, 0.6], mask=[False, True]),
}


def told(error):
    """The message with its notes, as a traceback shows them."""
    return " ".join([str(error), *getattr(error, "__notes__", [])])


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", ONE)
def test_elementwise(name, bad):
    f = getattr(ag, name)
    good = [ag.Tensor([0.5, 0.6])] * (len(f.partials) - 1)
    with pytest.raises((TypeError, ValueError)) as caught:
        f(BAD[bad], *good)
    assert f"'{f.name}'" in told(caught.value) or bad == "ragged list"
    for position in range(1, len(f.partials)):
        args = [ag.Value(0.5)] * len(f.partials)
        args[position] = BAD[bad]
        with pytest.raises((TypeError, ValueError)):
            f(*args)


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", ARRAYS)
def test_functions_of_an_array(name, bad):
    with pytest.raises((TypeError, ValueError)):
        getattr(ag, name)(BAD[bad])


@pytest.mark.parametrize("name", [n for n in ONE if len(getattr(ag, n).partials) == 2])
def test_shapes_that_do_not_broadcast(name):
    f = getattr(ag, name)
    for x, y in (
        (ag.Tensor(np.ones((2, 3))), ag.Tensor(np.ones(2))),
        (ag.Tensor(np.ones((2, 3))), np.ones((3, 2))),
        (np.ones(4), ag.Tensor(np.ones(3))),
    ):
        with pytest.raises(ValueError, match="broadcast") as caught:
            f(x, y)
        assert f"in '{f.name}', given" in told(caught.value)
        for shape in (x.shape, y.shape):
            assert str(shape) in told(caught.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda t: t + np.ones(2),
        lambda t: np.ones(2) + t,
        lambda t: t * np.ones((2, 1, 4)),
        lambda t: ag.maximum(t, np.ones(2)),
        lambda t: ag.where(t > 0, t, np.ones(2)),
        lambda t: ag.where(np.ones(2, bool), t, 0.0),
        lambda t: ag.cross_entropy(t, np.ones(2)),
        lambda t: t.at[0].set(np.ones(2)),
        lambda t: np.add(t, np.ones(2)),
    ],
)
def test_shapes_that_do_not_fit(call):
    with pytest.raises(ValueError, match=r"shape|broadcast"):
        call(ag.Tensor(np.ones(3)))


@pytest.mark.parametrize("number", [10**400, -(10**400)])
def test_numbers_no_float_can_hold(number):
    for node in (ag.Value(2.0), ag.Tensor([2.0])):
        for call in (lambda n: n + number, lambda n: number * n, lambda n: n**number):
            with pytest.raises(OverflowError):
                call(node)


def test_every_row_says_how_many_inputs_it_takes():
    for row in TABLE.values():
        with pytest.raises(TypeError, match=f"takes {len(row.partials)} inputs, 4 were given"):
            row(1.0, 2.0, 3.0, 4.0)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: ag.Tensor([1.0, 2.0]).backward(), ValueError, "starts from one number"),
        (lambda: ag.grad(lambda x: x * 2)(np.ones(2)), ValueError, "one number as result"),
        (lambda: ag.grad(3.0)(1.0), TypeError, "function"),
        (lambda: ag.grad(lambda x: x)(np.array(["a"])), TypeError, "real numbers"),
        (lambda: ag.jacobian(None)(1.0), TypeError, "function"),
        (lambda: ag.hvp(lambda x: (x * x).sum(), np.ones(2), np.ones(3)), ValueError, "shape"),
        (lambda: ag.vjp(lambda x: x * x, np.ones(2))[1](np.ones(3)), ValueError, "shape"),
        (lambda: ag.jvp(lambda x: x, (1.0,), (1.0, 2.0)), (TypeError, ValueError), "tangents"),
    ],
)
def test_calculus(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda t: ag.take_along_axis(t, "a", 0),
        lambda t: ag.take_along_axis(t, 0.5, 0),
        lambda t: ag.split(t, "a"),
        lambda t: ag.split(t, None),
        lambda t: ag.split(t, 0),
        lambda t: ag.split(t, 2),
        lambda t: ag.array_split(t, 0),
        lambda t: ag.hsplit(t, "q"),
        lambda t: ag.delete(t, "a"),
        lambda t: ag.delete(t, None),
        lambda t: ag.delete(t, 9),
        lambda t: ag.take(t, "a"),
        lambda t: ag.roll(t, "a"),
    ],
)
def test_functions_that_move_entries_name_themselves(call):
    with pytest.raises(Exception) as caught:  # noqa: PT011
        call(ag.Tensor([3.0, 1.0, 2.0]))
    assert not isinstance(caught.value, AttributeError)
    assert "of shape (3,), given" in told(caught.value)


def test_take_along_axis_takes_a_list():
    t = ag.Tensor([3.0, 1.0, 2.0])
    np.testing.assert_array_equal(ag.take_along_axis(t, [1, 0], 0).data, [1.0, 3.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ag.trim_zeros(ag.Tensor([0.0, 1.0]), "q"), 'trim is "f"'),
        (lambda: ag.trim_zeros(ag.Tensor([0.0, 1.0]), 5), 'trim is "f"'),
        (lambda: ag.trim_zeros(None), "vector"),
        (lambda: ag.trim_zeros(ag.Tensor([[0.0, 1.0]])), "takes a vector"),
    ],
)
def test_trim_zeros(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()


@pytest.mark.parametrize("label", [3, None, b"x", ["x"]])
def test_a_label_is_a_string(label):
    x = ag.Value(1.0, "x")
    with pytest.raises(TypeError, match="a label is a string"):
        x.label = label
    with pytest.raises(TypeError, match="a label is a string"):
        ag.Tensor([1.0], label)
    assert x.label == "x"


def test_arrays_of_classes_that_compute_otherwise_are_refused():
    t = ag.Tensor([[1.0, 2.0], [3.0, 4.0]])
    masked = np.ma.array(t.data, mask=[[False, True], [False, False]])
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.matrix(t.data)
    for other, way in ((masked, r"x\.filled"), (matrix, r"np\.asarray")):
        for call in (
            lambda x: t * x,
            lambda x: t @ x,
            lambda x: np.concatenate([t, x]),
            lambda x: ag.Value(2.0) * x,
            ag.Tensor,
            ag.grad(ag.sum),
        ):
            with pytest.raises(TypeError, match=way):
                call(other)
    with pytest.raises(TypeError, match=r"np\.asarray"):
        matrix * t


def test_an_array_in_a_file_is_an_array(tmp_path):
    on_disk = np.memmap(tmp_path / "numbers", float, "w+", shape=(2, 2))
    on_disk[:] = [[1.0, 2.0], [3.0, 4.0]]
    t = ag.Tensor(on_disk)
    y = (np.stack([t, on_disk]) * on_disk).sum()
    on_disk[:] = 0.0
    y.backward()
    assert y.item() == 60.0
    np.testing.assert_array_equal(t.grad, [[1.0, 2.0], [3.0, 4.0]])
