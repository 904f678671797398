"""NumPy's protocols by hand: mixed operands, refusals, arrays of Values, and HIPS autograd."""

import inspect

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from numpy_calls import ARRAYS, CALLS, names_in

import autograd_lite as ag
from autograd_lite.nodes import numpy_protocol
from autograd_lite.ops.catalogue import LATER, later

A = np.array([1.0, 2.0, 3.0])


def tensor(x=A, dtype=None):
    return ag.Tensor(x, dtype=dtype)


@pytest.mark.parametrize(
    "number",
    [2, 2.0, True, np.float64(2), np.float32(2), np.int64(2), np.array(2.0), np.array(2)],
    ids=lambda x: type(x).__name__,
)
def test_a_number_on_either_side_of_a_node(number):
    for x in (ag.Value(3.0), ag.Tensor(3.0), tensor()):
        number_first, node_first = number * x - x / number, x * number - x / number
        assert isinstance(number_first, ag.Node)
        np.testing.assert_array_equal(number_first.data, node_first.data)
        np.testing.assert_array_equal(number_first.data, number * x.data - x.data / number)
        assert (number < x) is not NotImplemented
        np.testing.assert_array_equal(number < x, number < x.data)


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "**", "@", "%"])
def test_an_array_on_either_side_of_a_tensor(operator):
    b = np.array([2.0, 0.5, 1.5])
    for expression in (f"b {operator} x", f"x {operator} b"):
        x = tensor()
        got = eval(expression, {"b": b, "x": x})
        assert isinstance(got, ag.Tensor)
        np.testing.assert_allclose(got.data, eval(expression, {"b": b, "x": A}))


def test_a_float32_tensor_is_promoted_as_numpy_promotes():
    t = tensor(dtype=np.float32)
    assert (np.float64(2) * t).dtype == (np.float64(2) * t.data).dtype == np.float64
    assert (np.float32(2) * t).dtype == (2.0 * t).dtype == np.float32
    assert (np.ones(3) * t).dtype == np.float64


def test_a_list_on_either_side():
    numbers = [1, 2, 3]
    np.testing.assert_array_equal((numbers + tensor()).data, 2 * A)
    np.testing.assert_array_equal((tensor() - [1, 2, 3]).data, 0 * A)


def test_numpys_functions_take_a_value_as_a_number():
    v = ag.Value(0.5)
    for f in (np.sin, np.exp, np.tanh, np.sqrt, np.negative, np.square):
        got = f(v)
        assert type(got) is ag.Value
        assert got.item() == pytest.approx(f(0.5), rel=1e-15)
    assert type(np.add(v, 1)) is type(np.multiply(2.0, v)) is type(np.maximum(v, 0)) is ag.Value
    assert np.sum(v).item() == 0.5
    assert np.clip(v, 0.6, 1).item() == 0.6


def test_questions_about_numbers_are_answered_off_the_graph():
    t = tensor([[3.0, np.nan, 0.0]])
    for f in (np.isnan, np.isfinite, np.signbit, np.argmax, np.argsort, np.nonzero, np.shape):
        got, expected = f(t), f(t.data)
        assert not any(isinstance(x, ag.Node) for x in np.atleast_1d(got).ravel())
        np.testing.assert_array_equal(got, expected)
    assert np.ndim(t) == 2
    assert np.size(t) == 3
    assert np.allclose(tensor(), A)
    assert np.array_equal(tensor(), tensor())
    assert type(np.zeros_like(t)) is np.ndarray
    assert np.greater(tensor(), 1.5).tolist() == [False, True, True]
    assert np.any(t > 2)
    assert np.result_type(tensor(dtype=np.float32), np.float32) == np.float32


def test_where_and_clip_in_all_of_numpys_forms():
    t = tensor()
    assert np.where(t > 1.5)[0].tolist() == np.where(t)[0][1:].tolist() == [1, 2]
    for got in (np.clip(t, 1.5, 2.5), np.clip(t, a_min=1.5, a_max=2.5), t.clip(1.5, 2.5)):
        np.testing.assert_array_equal(got.data, [1.5, 2.0, 2.5])
    assert ag.clip(t, min=1.5).data.tolist() == ag.clip(t, 1.5).data.tolist() == [1.5, 2.0, 3.0]
    assert t.clip(max=1.5).data.tolist() == [1.0, 1.5, 1.5]


def test_keywords_that_ask_for_nothing_are_no_reason_to_refuse():
    t = tensor()
    for got in (
        np.exp(t, out=None, where=True, casting="same_kind", order="K", dtype=None, subok=True),
        np.sum(t, None, None, None, np._NoValue, np._NoValue),
        np.add.reduce(t, axis=0, dtype=None, out=None, keepdims=False, where=True),
        np.nan_to_num(t, copy=True),
        np.concatenate([t], out=None, dtype=None),
        np.median(t, out=None, overwrite_input=False),
    ):
        assert isinstance(got, ag.Tensor)


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("np.exp(t, out=np.empty(3))", "out="),
        ("np.add(t, 1, out=b)", "a = a + t"),
        ("np.exp(t, where=t > 1)", "np.where"),
        ("np.exp(t, where=False)", "np.where"),
        ("np.exp(t, casting='no')", "casting="),
        ("np.nan_to_num(t, copy=False)", "copy="),
        ("np.median(t, overwrite_input=True)", "overwrite_input="),
        ("np.exp(t, dtype=np.float32)", "astype"),
        ("np.sum(t, dtype=np.float32)", "astype"),
        ("np.sum(t, 0, np.float32)", "astype"),
        ("np.sum(t, where=t > 1)", "np.where"),
        ("np.sum(t, initial=1.0)", "initial="),
        ("np.mean(t, out=np.empty(()))", "out="),
        ("np.add.reduce(t, initial=1.0)", "initial="),
        ("np.concatenate([t, t], dtype=np.float32)", "astype"),
        ("np.add.at(t, [0], 1.0)", "t.at[i].add(v)"),
        ("np.hypot.reduce(t)", "numpy.hypot.reduce"),
        ("np.add.reduceat(t, [0, 1])", "numpy.add.reduceat"),
        ("np.linalg.eig(m)", "np.linalg.eigh"),
        ("np.linalg.eigvals(m)", "np.linalg.eigvalsh"),
        ("np.linalg.svd(w)", "full_matrices=False"),
        ("np.linalg.qr(w.T, mode='complete')", "reduced"),
        ("np.fill_diagonal(m, 0.0)", "np.where(np.eye"),
        ("np.put(t, 0, 1.0)", "t.at[i].set(v)"),
        ("np.copyto(b, t)", "np.where"),
        ("np.histogram2d(t, t)", "numpy.histogram2d"),
        ("np.histogram([1, 2, 2], weights=t)", "np.bincount(np.digitize(x, edges[1:-1]), t)"),
        ("np.histogram([1, 2, 2], 3, None, None, t)", "weights="),
        ("np.nextafter(t, 2.0)", "numpy.nextafter"),
        ("np.quantile(t, v)", "q as plain numbers"),
        ("np.quantile(A, t)", "q as plain numbers"),
        ("ag.percentile(t, [v, 0.5])", "q as plain numbers"),
        ("np.nanquantile(t, v)", "q as plain numbers"),
        ("np.nanpercentile(A, v)", "q as plain numbers"),
        ("np.fft.hfft(t)", "numpy.fft.hfft"),
        ("np.bitwise_and(t, 1)", "numpy.bitwise_and"),
        ("np.quantile(t, 0.5, weights=t, method='inverted_cdf')", "its weights as plain numbers"),
        ("np.var(t, mean=0.5)", "the mean is that of x"),
        ("np.mean(t, where=t > 1)", "x[mask]"),
        ("np.unique(t, return_counts=True)", "np.unique(x.data"),
        ("np.polyfit(t, t, 1, full=True)", "np.polyval(c, x)"),
        ("np.pad(t, 1, mode='mean')", "np.concatenate"),
        ("np.asarray(t)", ".data"),
        ("np.array([t, t])", "ag.stack"),
        ("np.array(t, dtype=float)", ".data"),
        ("float(t[0])", ".item()"),
        ("np.float64(v)", ".item()"),
        ("np.array([v, 1.0], dtype=float)", ".item()"),
    ],
)
def test_what_is_not_done_is_refused_with_the_way_out(call, words):
    names = {
        **{"np": np, "ag": ag, "A": A, "t": tensor(), "v": ag.Value(2.0), "b": np.zeros(3)},
        **{"m": tensor([[1.0, 2.0], [3.0, 5.0]]), "w": tensor([[1.0, 2.0]])},
    }
    with pytest.raises(TypeError) as error:
        eval(call, names)
    assert words in str(error.value)
    assert (names["b"] == 0).all()


def test_a_node_is_not_stored_in_a_plain_array():
    b = np.zeros(3)
    v, t = ag.Value(2.0), tensor()
    with pytest.raises(TypeError, match=r"\.item\(\)"):
        b[0] = v
    with pytest.raises(TypeError, match=r"\.item\(\)"):
        b[:2] = [v, v]
    with pytest.raises(TypeError, match=r"\.data"):
        b[:] = t
    with pytest.raises(ValueError, match="sequence") as error:
        b[0] = t[0]  # NumPy's own words come first; ours are the cause it names
    assert ".item()" in str(error.value.__cause__)
    with pytest.raises(TypeError, match=r"a = a \+ t"):
        b += t
    assert (b == 0).all()


# --- arrays of Values ----------------------------------------------------------------------------


def values(*numbers):
    return np.array([ag.Value(x) for x in numbers])


def test_arrays_of_values_through_numpys_functions():
    x = values(0.5, 2.0)
    v = ag.Value(3.0)
    for got, expected in [
        (np.exp(x), np.exp([0.5, 2.0])),
        (x * v, [1.5, 6.0]),
        (v * x, [1.5, 6.0]),
        (x / v + 1, np.array([0.5, 2.0]) / 3 + 1),
        (np.arctan2(x, v), np.arctan2([0.5, 2.0], 3.0)),
        (np.where([True, False], x, v), [0.5, 3.0]),
        (np.sort(x[::-1]), [0.5, 2.0]),
        (np.maximum(x, 1.0), [1.0, 2.0]),
    ]:
        assert got.dtype == object
        numbers = [e.item() if isinstance(e, ag.Value) else e for e in got]
        np.testing.assert_allclose(numbers, expected)
    assert type(x @ x) is type(np.sum(x)) is type(np.dot(x, x)) is type(np.prod(x)) is ag.Value
    assert (x @ x).item() == 4.25
    assert np.max(x) is x[1]


def test_averages_of_arrays_of_values_stay_on_the_graph():
    numbers = [0.5, 2.0, 3.0]
    for f in (np.mean, np.var, np.std, np.average):
        x = values(*numbers)
        got = f(x)
        assert type(got) is ag.Value
        assert got.item() == pytest.approx(f(numbers), rel=1e-14)
        got.backward()
        t = ag.Tensor(numbers)
        f(t).backward()
        np.testing.assert_allclose([v.grad for v in x], t.grad, rtol=1e-12)
    assert ag.Value(1.0).dtype == np.float64
    assert np.zeros(2, ag.Value(1.0).dtype).dtype is np.dtype(float)
    assert repr(ag.Value(1.0).dtype) == "dtype('float64')"
    assert len({ag.Value(1.0).dtype, np.dtype(float)}) == 1


def test_an_array_of_values_beside_a_tensor_is_a_tensor():
    x = values(0.5, 2.0)
    t = ag.Tensor([3.0, 4.0])
    for out in (x * t, t * x, np.multiply(x, t), np.multiply(t, x)):
        assert isinstance(out, ag.Tensor)
        out.sum().backward()
    assert [v.grad for v in x] == [12.0, 16.0]
    assert np.concatenate([x, t]).shape == (4,)
    assert (x @ t).item() == 9.5


MATRIX = [[2.0, 1.0], [0.5, 3.0]]


@pytest.mark.parametrize(
    "call",
    [
        *("ag.sort(x)", "ag.cumsum(x)", "ag.median(x)", "ag.quantile(x, 0.3)", "ag.nanmean(x)"),
        *("ag.linalg.norm(x)", "ag.dot(x, x)", "ag.einsum('i,j->ij', x, x)", "ag.diag(x)"),
        *("ag.pad(x, 1)", "ag.convolve(x, x)", "ag.interp(0.5, [0.0, 1.0, 2.0], x)", "ag.ptp(x)"),
        *("ag.linalg.inv(m)", "ag.linalg.det(m)", "ag.linalg.solve(m, [1.0, 2.0])", "ag.cov(m)"),
        *("ag.linalg.svdvals(m)", "ag.linalg.qr(m).R", "ag.tril(m)", "ag.trapezoid(x)"),
    ],
)
def test_ours_take_arrays_of_values(call):
    """What NumPy can do with objects gives an array of Values; what it cannot, a Tensor."""
    x, m = values(3.0, 1.0, 2.0), values(*np.ravel(MATRIX)).reshape(2, 2)
    expected = eval(call, {"ag": ag, "x": [3.0, 1.0, 2.0], "m": np.array(MATRIX)})
    got = eval(call, {"ag": ag, "x": x, "m": m})
    numbers = numpy_protocol.plain(got)
    np.testing.assert_allclose(numbers, expected, rtol=1e-12)
    tensors = {"x": ag.Tensor([3.0, 1.0, 2.0]), "m": ag.Tensor(MATRIX)}
    eval(call, {"ag": ag, **tensors}).sum().backward()
    np.sum(got).backward()
    for array, tensor in [(x, tensors["x"]), (m, tensors["m"])]:
        if tensor.grad is not None:
            grads = [0.0 if v.grad is None else v.grad for v in array.ravel()]
            np.testing.assert_allclose(grads, tensor.grad.ravel(), rtol=1e-10, atol=1e-12)


def test_in_place_on_an_array_of_values():
    x = values(0.5, 2.0)
    before = list(x)
    x += ag.Value(1.0)
    assert [v.item() for v in x] == [1.5, 3.0]
    x.sum().backward()
    assert [v.grad for v in before] == [1.0, 1.0]


# --- the tables ----------------------------------------------------------------------------------


@pytest.mark.parametrize("module", LATER)
def test_the_catalogue_names_what_the_modules_have(module):
    names = later(module, "__all__")
    assert sorted(names) == sorted(LATER[module])
    assert list(names) == sorted(names)


@pytest.mark.parametrize("theirs", numpy_protocol.FUNCTIONS, ids=lambda f: f.__name__)
def test_our_parameters_have_numpys_names(theirs):
    """NumPy's call is handed on by name, so a parameter of ours must be one of NumPy's."""
    ours = numpy_protocol.FUNCTIONS[theirs]
    ours = later(*ours) if isinstance(ours, tuple) else ours
    try:
        parameters = inspect.signature(theirs).parameters
    except ValueError:  # written in C, without a signature in older releases
        assert theirs.__name__ in ("bincount", "concatenate", "dot", "inner", "vdot", "where")
        return
    named = {
        numpy_protocol.RENAMED.get(n, n)
        for n, p in parameters.items()
        if p.kind is not p.POSITIONAL_ONLY
    }
    if theirs is np.linalg.cross:  # it has only the last of `np.cross`'s axes
        named |= {"axisa", "axisb", "axisc"}
    places = sum(p.kind is p.POSITIONAL_ONLY for p in parameters.values())
    catch_all = any(p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in parameters.values())
    mine = list(inspect.signature(ours).parameters.values())
    for parameter in mine[max(places, 1) :]:
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            assert parameter.name in named or catch_all


# --- HIPS autograd -------------------------------------------------------------------------------

# Where HIPS autograd differs: NaN at sinc(0), for a product with zeros and the largest entry; and
# a gradient for what full_like fills in that leaves out how often it is used.
OTHERWISE_IN_HIPS = {
    "np.sinc(z)",
    "np.prod(z, axis=1)",
    "np.linalg.norm(v, np.inf)",
    "np.full_like(m, s)",
}


def gradients_of(call, numpy, grad):
    names = names_in(call)

    def scalar(*xs):
        parts = eval(call, {"np": numpy, **dict(zip(names, xs, strict=True))})
        parts = list(parts) if isinstance(parts, tuple | list) else [parts]
        return sum(numpy.sum(numpy.sin(part)) for part in parts)

    return grad(scalar, tuple(range(len(names))))(*(ARRAYS[n] for n in names))


def hips_gradients(call):
    """What HIPS autograd says, or None where it has no derivative for the call."""
    try:
        return gradients_of(call, anp, autograd.grad)
    except (NotImplementedError, TypeError, AttributeError, ValueError, AssertionError):
        return None


@pytest.mark.filterwarnings("ignore")
def test_the_gradients_are_those_of_hips_autograd_where_it_has_them():
    compared = 0
    for call in CALLS:
        theirs = hips_gradients(call)
        if theirs is None or call in OTHERWISE_IN_HIPS:
            continue
        for mine, other in zip(gradients_of(call, np, ag.grad), theirs, strict=True):
            np.testing.assert_allclose(mine, other, rtol=1e-8, atol=1e-8, err_msg=call)
        compared += 1
    assert compared >= 160
