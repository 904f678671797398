"""`Value`: what it takes, what it refuses and says, and what changed data does."""

import copy
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite import Value


@pytest.mark.parametrize(
    "number", [2, 2.0, True, np.float64(2), np.float32(2), np.int8(2), Fraction(2), np.array([2])]
)
def test_takes_any_real_number(number):
    v = Value(number)
    assert type(v.data) is float
    assert v.data == float(np.ravel(number)[0])
    assert (v.shape, v.ndim, v.size, v.dtype) == ((), 0, 1, np.float64)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (1j, "one real number, not complex"),
        (np.complex128(1), "one real number, not complex128"),
        ("2", "one real number, not str"),
        (None, "one real number, not NoneType"),
        ([2.0], "not list; for an array use Tensor"),
        (np.ones(2), "not ndarray; for an array use Tensor"),
        (np.array([1j]), "not ndarray; for an array use Tensor"),
        (Value(2.0), r"not a Value: .*x\.detach\(\)"),
        (ag.Tensor([2.0]), "not a Tensor"),
    ],
)
def test_refuses(given, message):
    with pytest.raises(TypeError, match=message):
        Value(given)
    v = Value(1.0)
    with pytest.raises(TypeError, match=message):
        v.data = given
    assert v.data == 1.0


@pytest.mark.parametrize("label", [3, None, b"x"])
def test_a_label_is_a_string(label):
    with pytest.raises(TypeError, match="a label is a string, not"):
        Value(1.0, label)


def test_fields_of_a_leaf_and_of_a_result():
    x = Value(3.0, label="x")
    assert (x.label, x.op, x.inputs, x.grad, x.hand, x._prev, x._op) == (
        "x", None, (), None, None, set(), "",
    )  # fmt: skip
    y = x * 2.0
    assert (y.op.name, y.inputs, y._prev, y._op, y.label) == ("*", (x, 2.0), {x}, "*", "")
    y.label = "y"
    y.hand = 6.0
    assert (y.label, y.hand, x.hand) == ("y", 6.0, None)


ARITHMETIC = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
    "%": lambda a, b: a % b,
    "//": lambda a, b: a // b,
    "divmod": lambda a, b: divmod(a, b)[1],
}


@pytest.mark.parametrize("symbol", ARITHMETIC)
@pytest.mark.parametrize("number", [2, 2.5, True, np.float64(2.5), np.float32(2.5), np.int64(2)])
def test_arithmetic_with_numbers_on_either_side(symbol, number):
    f = ARITHMETIC[symbol]
    for a, b in ((Value(3.0), number), (number, Value(3.0))):
        y = f(a, b)
        plain = [float(v.data if isinstance(v, Value) else v) for v in (a, b)]
        assert isinstance(y, Value)
        assert y.data == f(*plain)
        y.backward()
        (x,) = [v for v in (a, b) if isinstance(v, Value)]
        at = plain.index(3.0)
        h = 1e-6

        def along(t, at=at, plain=plain):
            return f(*plain[:at], 3.0 + t, *plain[at + 1 :])

        if symbol not in ("%", "//", "divmod") or (
            at == 0 and plain[1] != 1.0
        ):  # a jump is no place for differences
            assert x.grad == pytest.approx((along(h) - along(-h)) / (2 * h), rel=1e-8)


def test_arithmetic_with_arrays_gives_tensors():
    v = Value(3.0)
    for y in (v * np.array([1.0, 2.0]), np.array([1.0, 2.0]) * v, v * [1.0, 2.0], [1.0, 2.0] * v):
        assert isinstance(y, ag.Tensor)
        v.grad = None
        y.sum().backward()
        assert v.grad == 3.0


@pytest.mark.parametrize("augment", ["+=", "-=", "*=", "/=", "**="])
def test_augmented_assignment_makes_a_new_node(augment):
    v = w = Value(3.0)
    scope = {"v": v}
    exec(f"v {augment} 2.0", scope)
    assert scope["v"] is not w
    assert w.data == 3.0
    assert scope["v"].inputs == (w, 2.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (float, r"float\(\) of a Value would cut it off the graph.*\.item\(\)"),
        (int, r"int\(\) of a Value.*int\(x\.item\(\)\)"),
        (complex, r"a Value is real; write complex\(x\.item\(\)\)"),
        (round, r"round\(\) of a Value.*ag\.rint"),
        (math.exp, r"float\(\) of a Value.*math\.exp does not"),
        (math.sqrt, r"float\(\) of a Value"),
        (lambda v: [1, 2][v], "list indices must be integers"),
        (lambda v: range(v), "cannot be interpreted as an integer"),
        (lambda v: v[0], "not subscriptable"),
        (iter, "not iterable"),
        (len, "has no len"),
    ],
)
def test_conversions_are_refused(call, message):
    with pytest.raises(TypeError, match=message):
        call(Value(2.0))


def test_storing_in_a_float_array_is_refused():
    array = np.zeros(2)
    with pytest.raises((TypeError, ValueError)) as caught:
        array[0] = Value(2.0)
    told = f"{caught.value} {caught.value.__cause__} {caught.value.__context__}"
    assert ".item()" in told
    np.testing.assert_array_equal(array, 0.0)
    with pytest.raises(TypeError, match=r"\.item\(\)"):
        np.array([Value(1.0)], dtype=float)


def test_truth_and_comparison_are_about_data():
    a, b = Value(2.0), Value(2.0)
    assert a == b
    assert a == 2
    assert a != 3.0
    assert a <= b
    assert not a < b
    assert 1 < a < 3
    assert type(a == b) is bool
    assert bool(Value(0.1))
    assert not Value(0.0)
    assert not Value(-0.0)
    assert bool(Value(math.nan))
    assert Value(math.nan) != Value(math.nan)
    assert max(Value(1.0), Value(5.0)).data == 5.0


def test_comparison_with_other_things():
    assert (Value(2.0) == "2") is False
    assert (Value(2.0) != None) is True  # noqa: E711
    np.testing.assert_array_equal(Value(2.0) < np.array([1.0, 3.0]), [False, True])


def test_hash_goes_by_identity():
    a, b = Value(2.0), Value(2.0)
    assert hash(a) != hash(b)
    assert {a: 1, b: 2}[a] == 1
    assert len({a, b, a}) == 2


def test_bookkeeping_by_identity_in_a_graph_of_equal_numbers():
    """Five equal leaves are five leaves, although == says they are equal."""
    leaves = [Value(1.0) for _ in range(5)]
    y = sum(leaf * (k + 1.0) for k, leaf in enumerate(leaves))
    y.backward()
    assert [leaf.grad for leaf in leaves] == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_item_and_detach():
    x = Value(3.0, "x")
    y = x * x
    cut = y.detach()
    assert (y.item(), cut.data, cut.inputs, cut.grad) == (9.0, 9.0, (), None)
    (cut * x).backward()
    assert (x.grad, cut.grad) == (9.0, 3.0)
    assert x.detach().label == "x"


def test_repr_and_format():
    x = Value(3.0, label="x")
    assert repr(x) == "Value(3.0, label='x')"
    x.backward()
    assert repr(x) == "Value(3.0, label='x', grad=1.0)"
    assert repr(Value(2)) == "Value(2.0)"
    assert f"{x:.3f}" == "3.000"
    assert f"{x}" == repr(x)
    assert "%s" % Value(2.0) == "Value(2.0)"  # noqa: UP031


def test_sum_of_values_and_of_nothing():
    values = [Value(1.0), Value(2.0)]
    assert sum(values).data == 3.0
    assert sum(values, Value(1.0)).data == 4.0


def test_data_of_an_interior_node_cannot_be_set():
    y = Value(2.0) * 3.0
    with pytest.raises(ValueError, match=r"computed by '\*'.*assign to a leaf"):
        y.data = 1.0
    assert y.data == 6.0


def test_changed_leaf_is_not_silent():
    x = Value(2.0, "x")
    y = x * x
    x.data = 5.0
    with pytest.raises(ValueError, match=r"data of Value 'x' \(5\) was changed after '\*'"):
        y.backward()
    z = x * x
    z.backward()
    assert x.grad == 10.0


def test_changed_by_augmented_assignment():
    x = Value(2.0)
    y = x * x
    y.backward()
    x.data -= 0.1 * x.grad  # a training step, between sweeps
    x.grad = None
    (x * x).backward()
    assert x.grad == 2 * x.data == pytest.approx(3.2)
    with pytest.raises(ValueError, match="was changed after"):
        y.backward()


def test_changed_leaf_that_the_rule_does_not_need_is_no_silent_error_either():
    x = Value(2.0)
    y = x + 1.0
    x.data = 3.0
    try:
        y.backward()
    except ValueError as error:
        assert "was changed after" in str(error)  # noqa: PT017
    else:
        assert x.grad == 1.0


def test_grad_can_be_reset_and_set():
    x = Value(2.0)
    (x * x).backward()
    x.grad = 0.0  # micrograd's way
    (x * x).backward()
    assert x.grad == 4.0


def test_a_misspelt_attribute_is_an_error():
    with pytest.raises(AttributeError):
        Value(1.0).gard = 2.0


def test_copy_of_a_leaf():
    x = Value(2.0, "x")
    y = copy.copy(x)
    assert (y.data, y.label, y.op) == (2.0, "x", None)
    assert y is not x
    deep = copy.deepcopy({"w": x})["w"]
    assert (deep.data, deep.label) == (2.0, "x")


def test_numbers_python_cannot_hold():
    with pytest.raises(OverflowError, match="too large"):
        Value(10**400)
    assert Value(Decimal("1.5").__float__()).data == 1.5


@pytest.mark.parametrize("name", ["exp", "log", "tanh", "sqrt", "sin", "relu", "sigmoid", "abs"])
def test_methods_are_the_functions(name):
    x = Value(0.7)
    method = abs(x) if name == "abs" else getattr(x, name)()
    assert method.data == getattr(ag, name)(x).data


def test_arrays_of_values():
    """NumPy's functions, @ and sums on an array of Values, connected to every one."""
    values = [Value(0.5), Value(1.5), Value(-1.0)]
    x = np.array(values)
    assert x.dtype == object
    y = (np.exp(x) * x + np.tanh(x) / 2 - x**2).sum() + x @ x + np.abs(x).sum() + x.max()
    y.backward()
    a = np.array([v.data for v in values])
    expected = np.exp(a) * (1 + a) + (1 - np.tanh(a) ** 2) / 2 - 2 * a + 2 * a + np.sign(a)
    expected[1] += 1  # the largest
    np.testing.assert_allclose([v.grad for v in values], expected, rtol=1e-14)


@pytest.mark.parametrize(
    "name",
    ["sum", "mean", "var", "std", "prod", "median", "average", "ptp", "cumsum", "diff", "flip"],
)
def test_numpys_functions_of_arrays_of_values(name):
    """As of a Tensor: the numbers and the gradients."""
    f, numbers = getattr(np, name), [2.0, 1.0, 4.5, -0.5]
    values, tensor = np.array([Value(x) for x in numbers]), ag.Tensor(numbers)
    out, whole = f(values), f(tensor)
    np.testing.assert_allclose(
        [getattr(v, "data", v) for v in np.ravel(out)], np.ravel(whole.data), rtol=1e-15
    )
    (np.ravel(out) @ np.arange(1.0, np.size(out) + 1)).backward()
    (np.ravel(whole) @ np.arange(1.0, whole.size + 1)).backward()
    got = [0.0 if v.grad is None else v.grad for v in values]
    np.testing.assert_allclose(got, tensor.grad, rtol=1e-14, atol=1e-16)


def test_the_dtype_of_a_value_is_float64():
    dtype = Value(1.0).dtype
    for same in (np.float64, float, "float64", np.dtype(float)):
        assert dtype == same
    assert dtype != np.float32
    assert np.zeros(1, dtype).dtype == np.float64
    assert (dtype.kind, dtype.itemsize, repr(dtype)) == ("f", 8, "dtype('float64')")
    assert type(dtype.type(1)) is np.float64
    assert hash(dtype) == hash(np.dtype(float))


def test_the_mean_of_a_list_of_losses():
    predictions = [Value(1.0), Value(3.0)]
    loss = np.mean([(p - 2.0) ** 2 for p in predictions])
    loss.backward()
    assert (loss.data, [p.grad for p in predictions]) == (1.0, [-1.0, 1.0])
