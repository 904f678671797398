"""NumPy's functions given Tensors: values, derivatives of two orders, K seeds, dtypes, refusals."""

import numpy as np
import pytest
from numpy_calls import ARRAYS, CALLS, names_in

import autograd_lite as ag
from autograd_lite.core.graph import sweep

# Names that NumPy has for a function of another name, which ours goes by.
ALIASES = {
    *("true_divide", "remainder", "float_power", "fabs", "around", "radians", "degrees", "conj"),
    *("conjugate", "amax", "amin", "permute_dims", "concat", "asin", "acos", "atan", "atan2"),
    *("asinh", "acosh", "atanh", "astype"),
}


# NumPy computes these in float64, whatever it is given; ours in the dtype of the node.
def leaves(result):
    """The arrays and nodes of a result, through lists and tuples."""
    if isinstance(result, list | tuple):
        return [leaf for item in result for leaf in leaves(item)]
    return [result]


def flat_numbers(result):
    """All numbers of a result of plain arrays, one after another; NaN as 0."""
    return np.nan_to_num(np.concatenate([np.ravel(np.asarray(x, float)) for x in leaves(result)]))


def evaluate(call, values, numpy=np):
    return eval(call, {"np": numpy, **values})


def weighted(call, values, weights):
    """Σ weights · result, as a node where a part of the result is one."""
    total, start = 0.0, 0
    for part in leaves(evaluate(call, values)):
        size = int(np.size(part))
        if isinstance(part, ag.Node):
            known = np.isfinite(part.data)
            w = weights[start : start + size].reshape(part.shape)
            total = total + np.where(known, part * w.astype(part.dtype), 0.0).sum()
        start += size
    return total


def arguments(call, dtype=float):
    return {name: ARRAYS[name].astype(dtype) for name in names_in(call)}


def weights_of(call):
    size = flat_numbers(evaluate(call, arguments(call))).size
    return np.random.default_rng(1).normal(size=size)


def gradients(call, arrays, weights, directions=None):
    """The gradient for every argument; with directions, of ⟨gradient, direction⟩: second order."""
    names = list(arrays)

    def scalar(*xs):
        return weighted(call, dict(zip(names, xs, strict=True)), weights)

    every = tuple(range(len(names)))
    if directions is None:
        return ag.grad(scalar, every)(*arrays.values())

    def slope(*xs):
        parts = ag.grad(scalar, every)(*xs)
        return sum((np.nan_to_num(g) * d).sum() for g, d in zip(parts, directions, strict=True))

    return ag.grad(slope, every)(*arrays.values())


def differences(f, arrays, h=2e-6):
    """∂f/∂x for a function of all arrays with a number as result, by central differences."""
    out = []
    for name, x in arrays.items():
        g = np.zeros(x.shape)
        for i in np.ndindex(x.shape):
            ends = []
            for step in (h, -h):
                moved = x.copy()
                moved[i] += step
                ends.append(f({**arrays, name: moved}))
            g[i] = (ends[0] - ends[1]) / (2 * h)
        out.append(g)
    return out


@pytest.mark.parametrize("call", CALLS)
def test_the_value_is_numpys(call):
    arrays = arguments(call)
    expected = leaves(evaluate(call, arrays))
    got = leaves(evaluate(call, {name: ag.Tensor(x) for name, x in arrays.items()}))
    assert len(got) == len(expected)
    for mine, theirs in zip(got, expected, strict=True):
        numbers = mine.data if isinstance(mine, ag.Node) else mine
        assert np.shape(numbers) == np.shape(theirs)
        np.testing.assert_allclose(numbers, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("call", CALLS)
def test_the_gradient_is_the_slope_of_numpys_function(call):
    arrays, weights = arguments(call), weights_of(call)
    expected = differences(lambda values: weights @ flat_numbers(evaluate(call, values)), arrays)
    for mine, theirs in zip(gradients(call, arrays, weights), expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("call", CALLS)
def test_the_second_derivative_is_the_slope_of_the_gradient(call):
    arrays, weights = arguments(call), weights_of(call)
    random = np.random.default_rng(2)
    directions = [random.normal(size=x.shape) for x in arrays.values()]

    def slope(values):
        parts = gradients(call, values, weights)
        return sum((np.nan_to_num(g) * d).sum() for g, d in zip(parts, directions, strict=True))

    expected = differences(slope, arrays)
    got = gradients(call, arrays, weights, directions)
    for mine, theirs in zip(got, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("call", CALLS)
def test_many_seeds_in_one_sweep_are_many_sweeps(call):
    arrays = {name: ag.Tensor(x) for name, x in arguments(call).items()}
    parts = [x for x in leaves(evaluate(call, arrays)) if isinstance(x, ag.Node)]
    random = np.random.default_rng(3)
    for part in parts:
        seeds = random.normal(size=(2, 3, *part.shape)).astype(part.dtype)
        seeds = np.where(np.isfinite(part.data), seeds, 0.0)
        with np.errstate(all="ignore"):
            together = dict(sweep([part], [seeds]))
            for i in np.ndindex(2, 3):
                for node, g in sweep([part], [seeds[i]]):
                    if node.op is None:
                        assert together[node].shape == (2, 3, *node.shape)
                        np.testing.assert_allclose(together[node][i], g, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("call", CALLS)
def test_dtypes_are_numpys_and_gradients_stay_float32(call):
    arrays = {name: ag.Tensor(x) for name, x in arguments(call, np.float32).items()}
    expected = leaves(evaluate(call, arguments(call, np.float32)))
    got = leaves(evaluate(call, arrays))
    for mine, theirs in zip(got, expected, strict=True):
        if isinstance(mine, ag.Node):
            assert mine.dtype == np.asarray(theirs).dtype
            mine.backward(np.where(np.isfinite(mine.data), 1.0, 0.0).astype(mine.dtype))
    for x in arrays.values():
        assert x.grad is None or (x.grad.dtype == np.float32 and x.grad.shape == x.shape)


@pytest.mark.parametrize("call", CALLS)
def test_ours_under_its_own_name_is_the_same_function(call):
    """`ag.sort` is `np.sort`: on nodes, and on plain arrays, where it returns plain arrays."""
    name = call.partition("(")[0].removeprefix("np.")
    prefix, _, last = name.rpartition(".")
    home = {"": ag, "fft": ag.fft, "linalg": ag.linalg}.get(prefix)
    own = getattr(home, last, None)
    if own is None or name == "trace":  # an alias of NumPy's, or a name that is another thing here
        assert "." in name or name in ("astype", "trace") or name in ALIASES
        return
    arrays = arguments(call)
    mine = evaluate(call.replace("np." + name, "own", 1), {**arrays, "own": own})
    assert not any(isinstance(x, ag.Node) for x in leaves(mine))
    np.testing.assert_allclose(flat_numbers(mine), flat_numbers(evaluate(call, arrays)))


@pytest.mark.parametrize("call", [call for call in CALLS if "s" in names_in(call)])
def test_a_value_where_numpy_takes_a_number(call):
    arrays, weights = arguments(call), weights_of(call)
    with_tensor = dict(zip(arrays, gradients(call, arrays, weights), strict=True))
    v = ag.Value(arrays["s"])
    nodes = {name: ag.Tensor(x) for name, x in arrays.items()} | {"s": v}
    weighted(call, nodes, weights).backward()
    assert isinstance(v.grad, float)
    assert v.grad == pytest.approx(float(with_tensor["s"]), rel=1e-12)
