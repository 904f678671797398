"""`Tensor`: what it takes, what it refuses and says, and what changed data does."""

import copy
import operator

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite import Tensor, Value
from autograd_lite.core import elementwise
from autograd_lite.core.operation import Op
from autograd_lite.ops import linalg


@pytest.mark.parametrize(
    ("given", "dtype"),
    [
        ([1, 2], np.float64),
        ([1.0, 2.0], np.float64),
        (np.array([1, 2], np.int32), np.float64),
        (np.array([True, False]), np.float64),
        (np.array([1, 2], np.float32), np.float32),
        (np.array([1, 2], np.float16), np.float16),
        (np.float32(2), np.float32),
        (3, np.float64),
        ([], np.float64),
        ((1, (2.0)), np.float64),
        (range(3), np.float64),
    ],
)
def test_takes_real_numbers(given, dtype):
    t = Tensor(given)
    assert t.dtype == dtype
    assert type(t.data) is np.ndarray
    np.testing.assert_array_equal(t.data, np.asarray(given))
    assert (t.shape, t.ndim, t.size) == (np.shape(given), np.ndim(given), np.size(given))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([1j], "real numbers.*complex128"),
        (["a"], "real numbers.*<U1"),
        (None, "real numbers.*object"),
        ([None, 1.0], "real numbers.*object"),
        (np.array(["2020"], dtype="datetime64[Y]"), "real numbers.*datetime64"),
        ({}, "real numbers"),
        (Tensor([1.0]), r"not a Tensor.*x\.detach\(\)"),
        (Value(1.0), "not a Value"),
        ([Value(1.0), Value(2.0)], "not Values.*NumPy array"),
    ],
)
def test_refuses(given, message):
    with pytest.raises(TypeError, match=message):
        Tensor(given)


def test_refuses_a_list_of_tensors():
    with pytest.raises(TypeError, match=r"ag\.stack"):
        Tensor([Tensor([1.0]), Tensor([2.0])])


def test_refuses_ragged_rows():
    with pytest.raises(ValueError, match="inhomogeneous") as caught:
        Tensor([[1.0, 2.0], [3.0]])
    assert "the rows of a nested list must have one length" in str(caught.value.__notes__)


def test_dtype_argument():
    assert Tensor([1, 2], dtype=np.float32).dtype == np.float32
    assert Tensor(np.ones(2, np.float32), dtype="float64").dtype == np.float64
    for dtype in (int, complex, bool, "U1"):
        with pytest.raises(TypeError, match="dtype of a Tensor is a floating-point one"):
            Tensor([1, 2], dtype=dtype)


def test_the_array_given_is_copied():
    a = np.ones(2)
    t = Tensor(a)
    a[0] = 5.0
    np.testing.assert_array_equal(t.data, [1.0, 1.0])


def test_fields():
    t = Tensor([1.0, 2.0], label="t")
    assert (t.label, t.op, t.inputs, t.grad, t.hand, t._prev, t._op) == (
        "t", None, (), None, None, set(), "",
    )  # fmt: skip
    u = t * 2.0
    assert (u.op.name, u.inputs[0] is t, u.inputs[1], u._op) == ("*", True, 2.0, "*")
    t.hand = np.ones(2)
    assert t.hand is not None
    with pytest.raises(AttributeError):
        t.gard = 1.0


@pytest.mark.parametrize("size_one", [[2.0], [[2.0]], 2.0])
def test_truth_and_item_of_size_one(size_one):
    t = Tensor(size_one)
    assert bool(t)
    assert t.item() == 2.0
    assert type(t.item()) is float
    assert not Tensor(np.zeros(t.shape))


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (bool, ValueError, r"truth of a Tensor of shape \(2,\).*\.any\(\).*\.all\(\)"),
        (lambda t: t.item(), ValueError, r"size 1; this one has shape \(2,\)"),
        (float, TypeError, r"float\(\) of a Tensor.*\.item\(\)"),
        (int, TypeError, r"int\(\) of a Tensor"),
        (complex, TypeError, "is real"),
        (np.asarray, TypeError, r"plain array of a Tensor.*ag\.stack.*\.data"),
        (lambda t: np.zeros(2).__setitem__(slice(None), t), TypeError, "plain array"),
        (lambda t: np.zeros(2).__setitem__(0, t[0]), (TypeError, ValueError), "array"),
        (lambda t: t.__setitem__(0, 1.0), TypeError, r"t\.at\[i\]\.set\(v\).*t\.data\[i\]"),
        (lambda t: t.backward(), ValueError, r"x\.sum\(\)\.backward\(\).*seed.*ag\.jacobian"),
        (lambda t: f"{t:.2f}", ValueError, r"size 1; this one has shape \(2,\)"),
        (lambda t: [1, 2][t], TypeError, "list indices"),
        (lambda t: t.astype(int), TypeError, r"floating-point one, not int64.*x\.data\.astype"),
        (lambda t: ag.Tensor.astype(t, "U1"), TypeError, "floating-point one"),
    ],
)
def test_refused(call, kind, message):
    with pytest.raises(kind, match=message):
        call(Tensor([1.0, 2.0]))


def test_augmented_item_assignment_is_refused():
    t = Tensor([1.0, 2.0])
    with pytest.raises(TypeError, match=r"\.at\[i\]\.set"):
        t[0] += 1.0
    np.testing.assert_array_equal(t.data, [1.0, 2.0])


def test_an_array_is_not_changed_by_augmented_assignment_of_a_tensor():
    a = b = np.ones(2)
    t = Tensor([1.0, 2.0])
    try:
        a += t
    except TypeError as error:
        assert "out" in str(error) or "graph" in str(error)  # noqa: PT017
    else:
        assert isinstance(a, Tensor)
    np.testing.assert_array_equal(b, 1.0)


def test_comparisons_are_plain():
    t = Tensor([1.0, 2.0, 3.0])
    for result, expected in (
        (t > 1.5, [False, True, True]),
        (t == [1.0, 0.0, 3.0], [True, False, True]),
        (t != t, [False] * 3),
        (t <= 2.0, [True, True, False]),
        (t <= Tensor([0.0, 2.0, 9.0]), [False, True, True]),
    ):
        assert type(result) is np.ndarray
        np.testing.assert_array_equal(result, expected)
    assert 2.0 in t
    assert 5.0 not in t
    assert len({t, t * 1.0}) == 2


def test_detach():
    t = Tensor([1.0, 2.0], "t")
    cut = (t * t).detach()
    (cut * t).sum().backward()
    np.testing.assert_array_equal(t.grad, [1.0, 4.0])
    np.testing.assert_array_equal(cut.grad, [1.0, 2.0])
    cut.data[0] = 9.0
    assert t.data[0] == 1.0
    assert t.detach().label == "t"


def test_repr_and_format():
    assert repr(Tensor([1.0, 2.5])) == "Tensor([1. , 2.5])"
    assert repr(Tensor([1.0], "w", np.float32)) == "Tensor([1.], dtype=float32, label='w')"
    assert repr(Tensor([[1.0], [2.0]])) == "Tensor([[1.],\n        [2.]])"
    assert f"{Tensor(2.0):.2f}" == "2.00"
    assert f"{Tensor([1.0])}" == "Tensor([1.])"
    assert len(repr(Tensor(np.zeros(10**6)))) < 200


def test_argmax_and_argmin_are_off_the_graph():
    t = Tensor([[1.0, 5.0], [7.0, 0.0]])
    assert t.argmax() == 2
    np.testing.assert_array_equal(t.argmin(axis=0), [0, 1])
    assert isinstance(t.argmax(), int | np.integer)


def test_dtype_of_results_and_gradients():
    x = Tensor(np.ones(3, np.float32))
    for y, dtype in (
        (x * 2.5, np.float32),
        (x + 1, np.float32),
        (x * np.float32(2), np.float32),
        (x * np.float64(2), np.float64),
        (x * np.ones(3), np.float64),
        (x / 3, np.float32),
        (x**2, np.float32),
        (x.mean(), np.float32),
        (x.var(), np.float32),
        (x.std(), np.float32),
        (ag.where(x > 0, x, 0.0), np.float32),
        (ag.softmax(x), np.float32),
        (ag.logsumexp(x), np.float32),
        (ag.softmax_cross_entropy(x, 0), np.float32),
        (ag.clip(x, 0, 2), np.float32),
        (x[0], np.float32),
        (x @ x, np.float32),
        (x.astype(np.float64), np.float64),
    ):
        assert y.dtype == dtype, y.op
        x.grad = None
        y.backward(np.ones(y.shape))
        assert x.grad.dtype == np.float32, y.op
        assert x.grad.shape == (3,)


def test_a_value_with_a_float32_tensor():
    v, t = Value(2.0), Tensor(np.ones(2, np.float32))
    y = v * t
    y.sum().backward()
    assert type(v.grad) is float
    assert t.grad.dtype == np.float32


# --- changed data ---------------------------------------------------------------------------------


def change_all(t):
    t.data = [5.0, 5.0]


def change_in_place(t):
    t.data -= 1.0


def change_entry(t):
    t.data[0] = 7.0


def change_slice(t):
    t.data[:] = 7.0


def change_by_out(t):
    np.add(t.data, 1.0, out=t.data)


CHANGES = [change_all, change_in_place, change_entry, change_slice, change_by_out]


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_leaf_is_never_silent(change):
    t = Tensor([1.0, 2.0], "w")
    y = (t * t).sum()
    change(t)
    with pytest.raises(ValueError, match=r"data of Tensor 'w' of shape \(2,\) was changed after"):
        y.backward()
    t.grad = None
    (t * t).sum().backward()
    np.testing.assert_array_equal(t.grad, 2 * t.data)


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_leaf_between_two_uses(change):
    t = Tensor([1.0, 2.0])
    early = t * t
    change(t)
    late = t * t
    with pytest.raises(ValueError, match="was changed after"):
        (early + late).sum().backward()


def test_a_view_kept_from_before_the_forward():
    t = Tensor([1.0, 2.0])
    view = t.data[:1]
    y = (t * t).sum()
    view[0] = 9.0
    with pytest.raises(ValueError, match="was changed after"):
        y.backward()


def test_training_steps_are_fine():
    t = Tensor([1.0, 2.0])
    for _ in range(5):
        t.grad = None
        (t * t).sum().backward()
        t.data -= 0.1 * t.grad
    np.testing.assert_allclose(t.data, np.array([1.0, 2.0]) * 0.8**5, rtol=1e-14)


def test_changed_leaf_seen_by_the_calculus_too():
    w = Tensor([1.0, 2.0])

    def f(x):
        y = (x * w * w).sum()
        w.data[0] += 1.0
        return y

    with pytest.raises(ValueError, match="was changed after"):
        ag.grad(f)(np.ones(2))


@pytest.mark.parametrize(
    "op",
    [
        lambda t, c: t * c,
        lambda t, c: c * t,
        lambda t, c: t / c,
        lambda t, c: c / t,
        lambda t, c: c**t,
        lambda t, c: t @ c,
        lambda t, c: ag.matmul(c, t),
        lambda t, c: ag.hypot(t, c),
        lambda t, c: ag.where(c > 1, t * c, t),
        lambda t, c: ag.maximum(t, c),
    ],
)
def test_a_constant_written_to_afterwards(op):
    t, c = Tensor([3.0, 4.0]), np.array([1.0, 2.0])
    op(t, c).sum().backward()
    expected = t.grad
    t.grad = None
    y = op(t, c)
    c[:] = 100.0
    y.sum().backward()
    np.testing.assert_array_equal(t.grad, expected)


def test_a_read_only_view_of_a_constant_written_to_afterwards():
    t, base = Tensor([3.0, 4.0]), np.array([1.0, 2.0])
    view = base[:]
    view.flags.writeable = False
    y = t * view
    base[:] = 100.0
    y.sum().backward()
    np.testing.assert_array_equal(t.grad, [1.0, 2.0])


def test_interior_data_is_read_only():
    y = Tensor([1.0, 2.0]) * 2.0
    with pytest.raises(ValueError, match="read-only"):
        y.data[0] = 5.0
    with pytest.raises(ValueError, match=r"computed by '\*'.*assign to a leaf"):
        y.data = [1.0, 2.0]
    y.data.flags.writeable = True  # on a view of its own, made anew each time it is asked for
    assert not y.data.flags.writeable


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x.reshape(2, 1),
        lambda x: x.T,
        lambda x: x[:1],
        lambda x: x[...],
        lambda x: ag.broadcast_to(x, (2,)),
        lambda x: ag.positive(x),
        lambda x: x.astype(np.float64),
        lambda x: ag.squeeze(x),
        lambda x: x.sum(axis=()),
    ],
)
def test_views_share_no_memory_that_can_be_written_to(view):
    """A result that looks at a leaf's array must not change behind the graph's back."""
    x = Tensor([1.0, 2.0])
    y = view(x)
    z = (y * y).sum()
    before = y.data.copy()
    x.data[:] = 50.0
    try:
        z.backward()
    except ValueError as error:
        assert "was changed after" in str(error)  # noqa: PT017
    else:
        np.testing.assert_array_equal(np.ravel(x.grad)[: before.size], 2 * before.ravel())


def test_data_keeps_shape_and_dtype():
    t = Tensor(np.ones(2, np.float32))
    t.data = [3, 4]
    assert t.dtype == np.float32
    with pytest.raises(ValueError, match=r"shape \(3,\) does not fit a Tensor of shape \(2,\)"):
        t.data = [1.0, 2.0, 3.0]
    with pytest.raises(TypeError, match="real numbers"):
        t.data = ["a", "b"]


def test_copies_of_a_leaf():
    t = Tensor([1.0, 2.0], "t")
    for u in (copy.copy(t), copy.deepcopy(t)):
        assert u.label == "t"
        np.testing.assert_array_equal(u.data, t.data)
    deep = copy.deepcopy(t)
    deep.data[0] = 9.0
    assert t.data[0] == 1.0


@pytest.mark.parametrize(
    "method",
    [
        "exp",
        "sqrt",
        "sum",
        "mean",
        "var",
        "std",
        "max",
        "min",
        "prod",
        "ravel",
        "squeeze",
        "cumsum",
    ],
)
def test_methods_are_the_functions(method):
    t = Tensor([[0.5, 2.0]])
    if hasattr(ag, method):
        expected = getattr(ag, method)(t)
        np.testing.assert_array_equal(getattr(t, method)().data, expected.data)


def test_transposes():
    t = Tensor(np.arange(24.0).reshape(2, 3, 4))
    np.testing.assert_array_equal(t.T.data, t.data.T)
    np.testing.assert_array_equal(t.mT.data, t.data.mT)
    np.testing.assert_array_equal(t.transpose(2, 0, 1).data, t.data.transpose(2, 0, 1))
    np.testing.assert_array_equal(t.transpose((2, 0, 1)).data, t.data.transpose(2, 0, 1))
    np.testing.assert_array_equal(t.transpose().data, t.data.T)
    np.testing.assert_array_equal(t.swapaxes(0, 1).data, t.data.swapaxes(0, 1))
    np.testing.assert_array_equal(t.flatten().data, t.data.ravel())


@pytest.mark.parametrize("add", [lambda x, b: x + b, lambda x, b: b + x])
def test_a_leaf_on_either_side_gets_a_gradient_of_its_own(add):
    x, b = ag.Tensor([1.0, 2.0]), ag.Tensor([3.0, 4.0])
    z = add(x, b)
    (z * 2.0).sum().backward()
    for leaf in (x, b):
        leaf.grad[0] = 7.0  # the caller's, to be changed in place
    assert z.grad.tolist() == [2.0, 2.0]
    assert x.grad is not b.grad


def test_a_constant_that_is_kept_cannot_be_written_to():
    x = ag.Tensor([1.0, 2.0])
    for z in (x * np.array([3.0, 4.0]), np.array([3.0, 4.0]) * x):
        (kept,) = [c for c in z.inputs if c is not x]
        with pytest.raises(ValueError, match="read-only"):
            kept[0] = 5.0


BESIDE = {
    "Tensor": lambda: ag.Tensor([[2.0, 0.5], [1.5, 4.0]]),
    "float": lambda: 2.5,
    "int": lambda: 3,
    "array": lambda: np.array([[2.0, 0.5], [1.5, 4.0]]),
    "narrow array": lambda: np.array([[2.0, 0.5], [1.5, 4.0]], np.float32),
    "whole numbers": lambda: np.array([[2, 1], [3, 4]]),
}
OPERATORS = {
    "+": (operator.add, elementwise.add),
    "-": (operator.sub, elementwise.subtract),
    "*": (operator.mul, elementwise.multiply),
    "/": (operator.truediv, elementwise.divide),
    "@": (operator.matmul, linalg.matmul_),
}


@pytest.mark.parametrize("reflected", [False, True], ids=["on the right", "on the left"])
@pytest.mark.parametrize(
    ("symbol", "beside"),
    [(s, b) for s in OPERATORS for b in BESIDE if s != "@" or b not in ("float", "int")],
)
def test_an_operator_records_what_its_operation_does(symbol, beside, reflected):
    """Operators have a way of their own; the operation, called, goes the general one."""
    operate, op = OPERATORS[symbol]
    x, other = ag.Tensor([[1.0, -2.0], [3.0, 0.25]]), BESIDE[beside]()
    pair = (other, x) if reflected else (x, other)
    short, general = operate(*pair), Op.__call__(op, *pair)
    assert short.op is general.op
    assert short.dtype == general.dtype
    np.testing.assert_array_equal(short.data, general.data)
    for mine, theirs, given in zip(short.inputs, general.inputs, pair, strict=True):
        assert type(mine) is type(theirs)
        assert (mine is given) == (theirs is given)
        if isinstance(mine, np.ndarray):
            assert mine.dtype == theirs.dtype
            assert not mine.flags.writeable
    found = []
    for z in (short, general):
        x.grad = None
        (z * z).sum().backward()
        found.append(x.grad)
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("symbol", OPERATORS)
def test_an_array_on_the_left_that_does_not_fit(symbol):
    operate, _ = OPERATORS[symbol]
    with pytest.raises(ValueError, match=r"\(4,\)|size 4|4 and 2") as error:
        operate(np.ones(4), ag.Tensor(np.ones((2, 2))))
    said = str(error.value) + "".join(getattr(error.value, "__notes__", []))
    assert f"'{symbol}'" in said or "@" in said
