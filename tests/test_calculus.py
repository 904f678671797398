"""The calculus against differences, sympy and HIPS autograd, nested to any order."""

from __future__ import annotations

import collections
import dataclasses
import inspect
import math
import pickle
import threading
import time
import warnings

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
import sympy

import autograd_lite as ag
from autograd_lite import Tensor, Value
from autograd_lite.calculus import seeds

from .helpers import close, differences

Pair = collections.namedtuple("Pair", "a b")
SEEDED = np.random.default_rng(7)
X = SEEDED.normal(size=(4, 3))
V = SEEDED.normal(size=3)


@dataclasses.dataclass
class Layer:
    w: object
    b: object


def mixing(x):
    """A function of a vector with every kind of operation in it."""
    h = np.tanh(x * np.array([1.0, 2.0, 0.5])) + ag.sum(x * x)
    return np.concatenate([h[::-1], ag.exp(h[:1] / 9), np.reshape(ag.max(h), 1)])


def energy(x):
    return ag.sum(np.sin(x) * x[::-1] ** 3) + ag.prod(x)


# --- first order ---------------------------------------------------------------------------------


def test_gradient_of_an_array():
    close(ag.grad(energy)(V), differences(energy, V), 1e-8)


def test_value_and_gradient():
    value, gradient = ag.value_and_grad(energy)(V)
    assert value == energy(V)
    close(gradient, ag.grad(energy)(V), 0)


def test_argnums():
    def f(x, y, z=1.0):
        return x * y**2 * z

    assert ag.grad(f)(2.0, 3.0) == 9.0
    assert ag.grad(f, argnums=1)(2.0, 3.0, z=10.0) == 120.0
    assert ag.grad(f, argnums=-1)(2.0, 3.0) == 12.0
    assert ag.grad(f, argnums=(1, 0))(2.0, 3.0) == (12.0, 9.0)
    assert ag.grad(f, argnums=(0,))(2.0, 3.0) == (9.0,)


@pytest.mark.parametrize("argnums", [2, -3, (0, 0), (0, -2), ()])
def test_argnums_that_are_not_there(argnums):
    with pytest.raises(ValueError, match="arg"):
        ag.grad(lambda x, y: x * y, argnums=argnums)(1.0, 2.0)


@pytest.mark.parametrize("argnums", [1.0, "x", True, (0, None)])
def test_argnums_of_another_type(argnums):
    with pytest.raises(TypeError, match="argnums is an int or a tuple"):
        ag.grad(lambda x, y: x * y, argnums=argnums)(1.0, 2.0)


def test_containers_keep_their_form():
    def f(p):
        return (
            p["pair"].a * p["list"][0] + p["layer"].w * p["layer"].b * p["deep"][0][0] + p["v"][1]
        )

    p = {
        "pair": Pair(2.0, 3.0),
        "list": [5.0, Value(7.0).item()],
        "layer": Layer(w=2.0, b=4.0),
        "deep": ((3.0,), None),
        "v": [1.0, 2.0, 3.0],
    }
    p["list"] = (5.0, 7.0)
    g = ag.grad(f)(p)
    assert g["pair"] == Pair(5.0, 0.0)
    assert g["list"] == (2.0, 0.0)
    assert g["layer"] == Layer(w=12.0, b=6.0)
    assert g["deep"] == ((8.0,), None)
    np.testing.assert_array_equal(g["v"], [0.0, 1.0, 0.0])


def test_dictionaries_keep_their_type():
    p = collections.OrderedDict(b=1.0, a=2.0)
    g = ag.grad(lambda p: p["a"] ** 2 * p["b"])(p)
    assert type(g) is collections.OrderedDict
    assert list(g.items()) == [("b", 4.0), ("a", 4.0)]


def test_ragged_lists_are_containers():
    g = ag.grad(lambda p: p[0][1] * p[1][0])([[1.0, 2.0], [3.0]])
    np.testing.assert_array_equal(g[0], [0.0, 3.0])
    np.testing.assert_array_equal(g[1], [2.0])


def test_arrays_of_values():
    x = np.array([Value(1.0), Value(2.0)])
    g = ag.grad(lambda v: np.exp(v[0]) * v[1])(x)
    assert g.shape == (2,)
    assert [type(v) for v in g] == [Value, Value]
    close([v.item() for v in g], [2 * np.e, np.e], 1e-15)
    jacobian = ag.jacobian(lambda v: np.array([v[0] * v[1], v[0] ** 2, v[1]]))(x)
    np.testing.assert_array_equal(jacobian.data, [[2.0, 1.0], [2.0, 0.0], [0.0, 1.0]])


def test_values_and_tensors_in_one_function():
    def f(s, x):
        return Value(2.0) * s * ag.sum(x * s)

    g = ag.grad(f, argnums=(0, 1))(3.0, V)
    close(g[0], 12 * V.sum(), 1e-14)
    close(g[1], np.full(3, 18.0), 1e-14)


def test_float32_stays():
    x = np.array([1.0, 2.0], np.float32)
    assert ag.grad(lambda x: ag.sum(x * np.array([1.0, 2.0])))(x).dtype == np.float32
    assert ag.jacobian(lambda x: x * np.array([1.0, 2.0]))(x).dtype == np.float32
    assert ag.grad(lambda x: ag.sum(x * np.array([1.0, 2.0])))(Tensor(x)).dtype == np.float32


def test_unused_argument_among_several():
    assert ag.grad(lambda x, y: x * 2.0, argnums=(0, 1))(1.0, 5.0) == (2.0, 0.0)
    g = ag.grad(lambda p: p["a"] * 2.0)({"a": 1.0, "b": np.ones((2, 2))})
    np.testing.assert_array_equal(g["b"], np.zeros((2, 2)))


def test_grad_fields_stay():
    x = Tensor(V)
    energy(x).backward()
    before = x.grad.copy()
    ag.hessian(energy)(x)
    ag.jvp(energy, (x,), (V,))
    ag.grad(energy)(x)
    np.testing.assert_array_equal(x.grad, before)


def test_results_are_the_callers_own():
    g, h = ag.grad(lambda x, y: ag.sum(x + y), argnums=(0, 1))(V, V)
    g[:] = 9.0
    np.testing.assert_array_equal(h, np.ones(3))
    a, b = ag.jacobian(lambda x, y: x + y, argnums=(0, 1))(V, V)
    a[:] = 9.0
    np.testing.assert_array_equal(b, np.eye(3))
    seed = np.ones(3)
    (g,) = ag.vjp(lambda x: +x, V)[1](seed)
    g[:] = 9.0
    np.testing.assert_array_equal(seed, np.ones(3))


# --- any order -----------------------------------------------------------------------------------

SCALAR = {
    "x**5 / 3": lambda x: x**5 / 3,
    "sin(x) * exp(-x)": lambda x: np.sin(x) * np.exp(-x),
    "log(x)**2 / x": lambda x: np.log(x) ** 2 / x,
    "sqrt(x**2 + tanh(x))": lambda x: np.sqrt(x**2 + np.tanh(x)),
    "atan(x)**x": lambda x: np.arctan(x) ** x,
}


@pytest.mark.parametrize("formula", SCALAR)
def test_scalar_derivatives_to_fourth_order(formula):
    f = SCALAR[formula]
    x = sympy.Symbol("x")
    expected = sympy.sympify(formula, locals={"x": x})
    forward = f
    for _ in range(4):
        expected = sympy.diff(expected, x)
        f, forward = ag.grad(f), ag.elementwise_grad(forward)
        want = float(expected.subs(x, 1.3).evalf(30))
        assert f(1.3) == pytest.approx(want, rel=1e-10)
        assert forward(np.array([1.3]))[0] == pytest.approx(want, rel=1e-10)


def test_modes_nest_in_every_order():
    def f(x):
        return np.exp(np.sin(x) * x)

    by_grad = ag.grad(ag.grad(ag.grad(f)))(0.7)

    def push(g):
        return lambda x: ag.jvp(g, (x,), (1.0,))[1]

    def pull(g):
        return lambda x: ag.vjp(g, x)[1](1.0)[0]

    for a in (ag.grad, push, pull, ag.jacobian):
        for b in (ag.grad, push, pull, ag.jacobian):
            for c in (push, pull):
                assert a(b(c(f)))(0.7) == pytest.approx(by_grad, rel=1e-12)


def test_no_confusion_of_nested_perturbations():
    # d/dx [x · d/dy (x + y)] = 1: an inner derivative must not see the outer one's variable.
    assert ag.grad(lambda x: x * ag.grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert ag.grad(lambda x: x * ag.grad(lambda y: x * y)(2.0))(3.0) == 6.0
    assert (
        ag.jvp(lambda x: x * ag.jvp(lambda y: x + y, (1.0,), (1.0,))[1], (1.0,), (1.0,))[1] == 1.0
    )


def test_gradient_through_a_pullback_and_its_cotangent():
    def f(x, g):
        return ag.sum(ag.vjp(mixing, x)[1](g)[0] ** 2)

    g0 = SEEDED.normal(size=5)
    for i, at in enumerate((V, g0)):
        got = ag.grad(f, argnums=i)(V, g0)
        close(got, differences(lambda z, i=i: f(*((z, g0) if i == 0 else (V, z))), at, 1e-3), 1e-7)


def test_gradient_through_a_jvp_and_its_tangent():
    def f(x, t):
        return ag.sum(ag.jvp(mixing, (x,), (t,))[1] ** 2)

    t0 = SEEDED.normal(size=3)
    for i, at in enumerate((V, t0)):
        got = ag.grad(f, argnums=i)(V, t0)
        close(got, differences(lambda z, i=i: f(*((z, t0) if i == 0 else (V, z))), at, 1e-3), 1e-7)


def test_nodes_in_nodes_out():
    x = Value(3.0)
    slope = ag.grad(lambda x: x**3)(x)
    slope.backward()
    assert (slope.item(), x.grad) == (27.0, 18.0)


# --- vjp, jvp, hvp -------------------------------------------------------------------------------


def test_vjp_and_jvp_against_differences():
    jacobian = differences(mixing, V)
    g, t = SEEDED.normal(size=5), SEEDED.normal(size=3)
    out, pullback = ag.vjp(mixing, V)
    close(out, mixing(V), 0)
    close(pullback(g)[0], g @ jacobian, 1e-8)
    close(pullback(2 * g)[0], 2 * g @ jacobian, 1e-8)
    out, tangent = ag.jvp(mixing, (V,), (t,))
    close(out, mixing(V), 0)
    close(tangent, jacobian @ t, 1e-8)


def test_results_in_containers():
    def f(x):
        return {"double": 2 * x, "pair": Pair(x[0], [x[1], 7.0])}

    out, pullback = ag.vjp(f, [3.0, 5.0])
    assert out["pair"] == Pair(3.0, [5.0, 7.0])
    (g,) = pullback({"double": [1.0, 1.0], "pair": Pair(10.0, [100.0, 1.0])})
    np.testing.assert_array_equal(g, [12.0, 102.0])
    tangent = ag.jvp(f, ([3.0, 5.0],), ([1.0, 2.0],))[1]
    np.testing.assert_array_equal(tangent["double"], [2.0, 4.0])
    assert tangent["pair"].a == 1.0
    assert tangent["pair"].b[0] == 2.0


@pytest.mark.parametrize("g", [[1.0], 1.0, [[1.0, 1.0, 1.0]]])
def test_cotangents_of_another_shape(g):
    with pytest.raises(ValueError, match=r"shape .* was given for a value of shape \(3,\)"):
        ag.vjp(lambda x: x * 2, V)[1](g)


def test_cotangents_of_another_form():
    with pytest.raises(ValueError, match="a cotangent needs the form of what it belongs to"):
        ag.vjp(lambda x: (x * 2, x), V)[1](V)
    with pytest.raises(ValueError, match="a cotangent needs the form"):
        ag.vjp(lambda x: {"a": x}, 1.0)[1]({"b": 1.0})


def test_cotangents_go_by_key():
    (g,) = ag.vjp(lambda x: {"a": x, "b": 10 * x}, 1.0)[1]({"b": 2.0, "a": 3.0})
    assert g == 23.0


def test_tangents_of_another_shape():
    with pytest.raises(ValueError, match=r"a tangent of shape \(2,\)"):
        ag.jvp(lambda x: x * 2, (V,), ([1.0, 2.0],))
    with pytest.raises(ValueError, match="2 tangents for 1 primals"):
        ag.jvp(lambda x: x * 2, (V,), (V, V))
    with pytest.raises(TypeError, match="primals as a tuple"):
        ag.jvp(lambda x: x * 2, V, (V,))


def test_hvp_is_the_hessian_times_a_vector():
    v = SEEDED.normal(size=3)
    close(ag.hvp(energy, V, v), ag.hessian(energy)(V) @ v, 1e-12)
    nested = ag.hvp(lambda p: p["a"] ** 2 * p["b"], {"a": 3.0, "b": 5.0}, {"a": 1.0, "b": 0.0})
    assert nested == {"a": 10.0, "b": 6.0}


def test_forward_mode_keeps_zero_times_infinity_out():
    with np.errstate(divide="ignore"):
        out = ag.jvp(lambda x: ag.where(x > 0, np.log(x), 0.0), ([0.0, 2.0],), ([1.0, 1.0],))
    np.testing.assert_array_equal(out[1], [0.0, 0.5])
    assert ag.jvp(np.sqrt, (Value(0.0),), (0.0,))[1].item() == 0.0


@pytest.mark.parametrize("f", [lambda x: np.var(x, ddof=1), lambda x: ag.sum(x - x) / 0.0])
def test_forward_mode_has_no_tangent_of_0_over_0(f):
    """It is that of the numerator, 0, times 1/0: not a branch that was not taken."""
    with np.errstate(divide="ignore", invalid="ignore"):
        for jvp in (ag.jvp, ag.compile(lambda f, x, t: ag.jvp(f, x, t))):
            assert np.isnan(jvp(f, (np.array([3.0]),), (np.array([1.0]),))[1])
        assert np.isnan(ag.jvp(f, (Tensor([3.0]),), (np.array([1.0]),))[1].item())
        rest = ag.jvp(lambda x: ag.where(x > 0, 1.0 / x, x), ([0.0, 2.0],), ([0.0, 1.0],))[1]
    np.testing.assert_array_equal(rest, [0.0, -0.25])


# --- Jacobians and Hessians ----------------------------------------------------------------------


def test_jacobian_against_differences():
    close(ag.jacobian(mixing)(V), differences(mixing, V), 1e-8)


def test_jacobian_of_matrices_has_both_shapes():
    def f(x):
        return ag.softmax(x @ x.T) * 2.0

    got = ag.jacobian(f)(X)
    assert got.shape == (4, 4, 4, 3)
    close(got, differences(f, X), 1e-8)


def test_hessian_against_differences_and_autograd():
    close(ag.hessian(energy)(V), differences(ag.grad(energy), V), 1e-8)

    def logsumexp(np_):
        return lambda z: np_.log(np_.sum(np_.exp(z)))

    close(ag.hessian(logsumexp(np))(V), autograd.hessian(logsumexp(anp))(V), 1e-12)
    close(
        ag.jacobian(ag.hessian(logsumexp(np)))(V), differences(ag.hessian(logsumexp(np)), V), 1e-8
    )


def test_blocks_of_several_arguments():
    def f(a, b):
        return ag.sum(a * a) * b[0] * b[1]

    a, b = np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0])
    blocks = ag.hessian(f, argnums=(0, 1))(a, b)
    assert [[block.shape for block in row] for row in blocks] == [
        [(3, 3), (3, 2)],
        [(2, 3), (2, 2)],
    ]
    close(blocks[0][0], 40 * np.eye(3), 1e-14)
    close(blocks[1][0], 2 * np.outer(b[::-1], a), 1e-14)
    close(blocks[0][1], blocks[1][0].T, 1e-14)


def test_the_result_is_outside_and_the_argument_inside():
    def f(p):
        return {"u": p["x"] * p["s"], "v": Pair(p["s"] ** 2, 0.0)}

    jacobian = ag.jacobian(f)({"x": [1.0, 2.0], "s": 3.0})
    np.testing.assert_array_equal(jacobian["u"]["x"], 3 * np.eye(2))
    np.testing.assert_array_equal(jacobian["u"]["s"], [1.0, 2.0])
    np.testing.assert_array_equal(jacobian["v"].a["x"], [0.0, 0.0])
    assert jacobian["v"].a["s"] == 6.0
    assert jacobian["v"].b["s"] == 0.0


def test_jacobian_of_a_number_is_a_number():
    assert ag.jacobian(lambda x: x**2)(3.0) == 6.0
    assert ag.hessian(lambda x: x**3)(2.0) == 12.0


@pytest.mark.parametrize("shape", [(0,), (2, 0)])
def test_empty_arrays(shape):
    assert ag.jacobian(lambda x: x * 2)(np.zeros(shape)).shape == shape + shape
    assert ag.hessian(ag.sum)(np.zeros(shape)).shape == shape + shape


@pytest.mark.parametrize("size", [8, 24, 100])
def test_blocks_of_seeds_change_nothing(monkeypatch, size):
    whole = ag.jacobian(mixing)(V)
    monkeypatch.setattr(seeds, "BLOCK", size)
    np.testing.assert_array_equal(ag.jacobian(mixing)(V), whole)
    np.testing.assert_array_equal(ag.jacobian(lambda x: mixing(x)[:2])(V), whole[:2])


def scalar_maps(v):
    return [np.tanh(x * x) + 1.0 for x in v]


def scalar_softmax(v):
    e = [np.exp(x) for x in v]
    total = e[0]
    for x in e[1:]:
        total = total + x
    return [x / total for x in e]


@pytest.mark.parametrize(("f", "separate"), [(scalar_maps, True), (scalar_softmax, False)])
def test_disjoint_outputs_are_swept_one_by_one(monkeypatch, f, separate):
    point = tuple(V) * 3
    taken = []
    judge = seeds.disjoint
    monkeypatch.setattr(seeds, "disjoint", lambda lin: taken.append(judge(lin)) or taken[-1])
    got = np.array(ag.jacobian(f)(point)).T
    assert (taken[0] is not None) is separate
    monkeypatch.setattr(seeds, "disjoint", lambda lin: None)
    np.testing.assert_allclose(got, np.array(ag.jacobian(f)(point)).T, rtol=1e-14, atol=0)
    close(got, differences(lambda p: np.array(f(p)), np.array(point)), 1e-8)


def test_jacobian_for_each_example():
    got = ag.jacobian(ag.softmax, batch_dims=1)(X)
    assert got.shape == (4, 3, 3)
    for row, jacobian in zip(X, got, strict=True):
        close(jacobian, ag.jacobian(ag.softmax)(row), 1e-14)
    deep = ag.jacobian(lambda x: x[..., :1] * x, batch_dims=2)(X.reshape(2, 2, 3))
    assert deep.shape == (2, 2, 3, 3)
    close(deep[1, 0], ag.jacobian(lambda x: x[:1] * x)(X[2]), 1e-14)


def test_mixed_examples_are_found():
    with pytest.raises(ValueError, match="map each example by itself"):
        ag.jacobian(lambda x: x - ag.mean(x, 0), batch_dims=1)(X)
    with pytest.raises(ValueError, match="same 1 axes"):
        ag.jacobian(lambda x: ag.sum(x), batch_dims=1)(X)
    with pytest.raises(TypeError, match="number of axes"):
        ag.jacobian(ag.sum, batch_dims=-1)


def pair(i, j):
    """A function that maps all examples by themselves but two, of which one reads the other."""

    def f(x):
        rows = [x[n] * x[n] + (x[j] if n == i else 0.0) for n in range(len(x))]
        return np.stack(rows)

    return f


@pytest.mark.parametrize("n", [2, 3, 17, 70])
def test_any_two_examples_that_mix_are_found(n):
    x = np.random.default_rng(n).normal(size=n)
    near = {(i, j) for i in range(min(n, 6)) for j in range(min(n, 6)) if i != j}
    for i, j in near | {(0, n - 1), (n - 1, 0), (n - 1, n // 2), (1, n // 2)} - {(1, 1)}:
        with pytest.raises(ValueError, match="map each example by itself"):
            ag.jacobian(pair(i, j), batch_dims=1)(x)


@pytest.mark.parametrize("scale", [1e-200, 1e-20, 1e-9, 1.0, 1e9, 1e20, 1e150])
def test_a_large_example_hides_no_mixing(scale):
    x = np.array([1.0, 2.0, 3.0, 4.0])
    weight = np.array([scale, 1.0, 1.0, 1.0])
    got = ag.jacobian(lambda x: weight * x * x, batch_dims=1)(x)
    np.testing.assert_allclose(got, 2 * weight * x, rtol=1e-15)
    for swap in ([0, 2, 1, 3], [0, 2, 3, 1], [1, 0, 2, 3]):
        with pytest.raises(ValueError, match="map each example by itself"):
            ag.jacobian(lambda x, swap=swap: weight * x * x + x[swap], batch_dims=1)(x)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(
    "f",
    [
        ag.softmax,
        lambda x: ag.softmax(50 * x),  # saturated: the derivatives are rounding noise
        lambda x: np.exp(x - np.max(x)) / np.sum(np.exp(x - np.max(x)), -1, keepdims=True),
        lambda x: np.linalg.norm(x, axis=-1),
        lambda x: x @ X[:3].astype(x.dtype),
        lambda x: np.sort(x, -1) * np.log(np.abs(x)),
        lambda x: 0.0 * x,
    ],
)
def test_examples_that_do_not_mix_are_accused_of_nothing(f, dtype):
    scales = np.geomspace(1e-2, 4, 40).reshape(-1, 1)
    x = (np.random.default_rng(0).normal(size=(40, 3)) * scales).astype(dtype)
    got = ag.jacobian(f, batch_dims=1)(x)
    assert got.shape == (40, *f(x[:1]).shape[1:], 3)


def test_elementwise_grad():
    close(ag.elementwise_grad(np.tanh)(X), 1 - np.tanh(X) ** 2, 1e-14)
    close(ag.elementwise_grad(lambda x, y: x * y**2, argnums=1)(X, 2.0), 4 * X.sum(), 1e-13)


# --- what cannot be differentiated ---------------------------------------------------------------


@pytest.mark.parametrize(
    "f", [lambda x: 3.0, lambda x: None, lambda x: x.item() * 2, lambda x: "x"]
)
@pytest.mark.parametrize("derivative", [ag.grad, ag.jacobian, ag.elementwise_grad])
def test_constant_results(derivative, f):
    with pytest.raises(ValueError, match="nothing to differentiate"):
        derivative(f)(2.0)


def test_results_that_are_no_single_number():
    with pytest.raises(ValueError, match=r"one number as result; this one returned shape \(3,\)"):
        ag.grad(lambda x: x * 2)(V)
    with pytest.raises(ValueError, match="one number"):
        ag.grad(lambda x: (x, x))(1.0)


@pytest.mark.parametrize("x", ["text", 1j, {1, 2}, object()])
def test_arguments_that_are_no_numbers(x):
    with pytest.raises(TypeError):
        ag.grad(lambda x: x)(x)


def test_no_function():
    with pytest.raises(TypeError, match="grad takes a function, not float"):
        ag.grad(3.0)(2.0)


def closure(x):
    return OUTSIDE * OUTSIDE


OUTSIDE = Value(3.0, label="outside")


@pytest.mark.parametrize(
    "call",
    [
        lambda: ag.grad(closure)(2.0),
        lambda: ag.jacobian(closure)(2.0),
        lambda: ag.jvp(closure, (2.0,), (1.0,))[1],
        lambda: ag.vjp(closure, 2.0)[1](1.0)[0],
    ],
)
def test_a_closure_in_place_of_the_argument_warns(call):
    with pytest.warns(UserWarning, match="does not depend on the argument") as caught:
        assert call().item() == 0.0
    assert caught[0].filename == __file__


def test_closures_beside_the_argument_give_nodes():
    w = Value(5.0)
    slope = ag.grad(lambda x: w * w * x)(2.0)
    slope.backward()
    assert (slope.item(), w.grad) == (25.0, 10.0)
    assert ag.jvp(lambda x: w * x, (2.0,), (1.0,))[1].item() == 5.0


def test_leaves_made_inside_are_constants():
    assert ag.grad(lambda x: Tensor([1.0, 2.0]) @ Tensor([3.0, 4.0]) * x)(2.0) == 11.0


def test_linear_functions_have_a_second_derivative_of_zero():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(ag.hessian(ag.sum)(V), np.zeros((3, 3)))
        assert ag.grad(ag.grad(lambda x: 2 * x))(1.0) == 0.0
        assert ag.hessian(lambda x, y: x * 2, argnums=(0, 1))(1.0, 2.0) == ((0.0, 0.0), (0.0, 0.0))


def test_no_grad_is_about_the_result():
    with ag.no_grad():
        close(ag.grad(energy)(V), differences(energy, V), 1e-8)
        assert ag.hessian(lambda x: x**3)(2.0) == 12.0
        assert ag.jvp(lambda x: x**3, (2.0,), (1.0,)) == (8.0, 12.0)
        slope = ag.grad(lambda x: x**3)(Value(2.0))
        assert slope.inputs == ()
        assert (Value(2.0) * 3.0).inputs == ()
    assert slope.item() == 12.0


def test_interrupted_functions_leave_nothing_behind():
    def fails(x):
        raise KeyError("stop")

    with pytest.raises(KeyError):
        ag.grad(fails)(1.0)
    assert ag.grad(lambda x: x * x)(3.0) == 6.0


def test_threads_share_nodes_and_functions():
    w = Tensor(X)
    f = ag.grad(lambda x: ag.sum(np.tanh(w @ x) ** 2))
    expected = [f(V * k).data for k in range(8)]
    got: dict[int, list[np.ndarray]] = {}

    def work(k):
        got[k] = [f(V * k).data for _ in range(20)]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k in range(8):
        for g in got[k]:
            np.testing.assert_array_equal(g, expected[k])


def test_a_closure_that_is_another_derivatives_argument():
    # d/dx d/dy (xy)² at y = x, where x is no leaf but the argument of the outer derivative.
    assert ag.grad(lambda x: ag.grad(lambda y: (y * x) ** 2)(x))(3.0) == 54.0
    assert ag.grad(lambda x: ag.grad(lambda y: (y * x) ** 2)(3.0))(3.0) == 36.0
    assert ag.grad(lambda x: ag.jvp(lambda y: (y * x) ** 2, (3.0,), (1.0,))[1])(3.0) == 36.0
    assert ag.jacobian(lambda x: ag.jacobian(lambda y: (y * x) ** 2)(3.0))(3.0) == 36.0


def test_jacobians_with_a_closure_in_some_outputs_only():
    w = Tensor([1.0, 2.0])
    jacobian = ag.jacobian(lambda x: [x * 3.0, w[1] * x])(2.0)
    np.testing.assert_array_equal(jacobian.data, [3.0, 2.0])
    jacobian.sum().backward()
    np.testing.assert_array_equal(w.grad, [0.0, 1.0])


@pytest.mark.parametrize(
    "derivative", [ag.grad, ag.value_and_grad, ag.elementwise_grad, ag.jacobian, ag.hessian]
)
def test_a_derivative_has_the_arguments_of_its_function(derivative):
    def f(weights, *, scale=2.0):
        return ag.sum(weights**2) * scale

    assert str(inspect.signature(derivative(f))) == "(weights, *, scale=2.0)"
    assert derivative(f).__name__ == f"{derivative.__name__}(f)"


def test_many_seeds_at_the_pole_of_a_normaliser_are_many_sweeps():
    """A seed's 0 times an infinite slope is 0, in the one product of all seeds too."""

    def shares(x):
        return x / ag.sum(x)

    x = np.array([1.0, -1.0, 2.0, -2.0])
    with np.errstate(all="ignore"):
        rows = [ag.grad(lambda x, i=i: shares(x)[i])(x) for i in range(4)]
        np.testing.assert_array_equal(ag.jacobian(shares)(x), rows)
    assert np.isinf(rows).sum() == 14
    assert np.isnan(rows).sum() == 2  # inf − inf, where x is above 0


def test_a_constant_slope_that_is_infinite_where_a_branch_was_not_taken():
    """Its 0 · inf is 0 in a recorded sweep as well."""
    c = np.array([0.0, 2.0])
    with np.errstate(divide="ignore"):
        H = ag.hessian(lambda x: ag.sum(ag.where(c == 0, x * x, x * x / c)))(np.array([3.0, 4.0]))
    np.testing.assert_array_equal(H, [[2.0, 0.0], [0.0, 1.0]])


def test_copies_along_one_axis_of_three_with_many_seeds():
    x, y = SEEDED.normal(size=(3, 1)), SEEDED.normal(size=(3, 3, 4))
    J = ag.jacobian(lambda x: x * y)(x)
    # ∂(x_b y_abc)/∂x_d is y_abc where b = d
    np.testing.assert_array_equal(J[..., 0], np.einsum("abc,bd->abcd", y, np.eye(3)))


def test_an_argument_written_to_before_the_pullback_changes_nothing():
    x = np.array([1.0, 2.0])
    _, pullback = ag.vjp(lambda x: ag.sum(x * x), x)
    x[:] = 9.0
    np.testing.assert_array_equal(pullback(1.0)[0], [2.0, 4.0])


# --- derivatives inside derivatives ------------------------------------------------------------


def solver(name):
    """y with F(y, a) = 0, differentiated by F alone: dy/da = −F_a / F_y, found by ag.grad."""
    F, f = {
        "sqrt": (lambda y, a: y * y - a, math.sqrt),
        "log": (lambda y, a: ag.exp(y) - a, math.log),
        "cbrt": (lambda y, a: y**3 - a, math.cbrt),
    }[name]

    @ag.primitive
    def solve(a):
        return f(a)

    solve.defvjp(lambda g, y, a: -g * ag.grad(F, 1)(y, a) / ag.grad(lambda y: F(y, a))(y))
    return solve


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sqrt", [0.5 * 2**-0.5, -0.25 * 2**-1.5, 0.375 * 2**-2.5]),
        ("log", [1 / 2, -1 / 4, 1 / 4]),
        ("cbrt", [2 ** (-2 / 3) / 3, -2 / 9 * 2 ** (-5 / 3), 10 / 27 * 2 ** (-8 / 3)]),
    ],
)
def test_a_rule_may_differentiate_what_closes_over_its_own_output(name, expected):
    f = solver(name)
    for order, value in enumerate(expected, 1):
        df = f
        for _ in range(order):
            df = ag.grad(df)
        assert df(2.0) == pytest.approx(value, rel=1e-14)
    assert ag.jvp(ag.grad(f), (2.0,), (1.0,))[1] == pytest.approx(expected[1], rel=1e-14)
    assert ag.hvp(f, 2.0, 1.0) == pytest.approx(expected[1], rel=1e-14)
    assert ag.hessian(lambda x: np.sum(ag.stack([f(x[0]), f(x[1])])))([2.0, 2.0])[
        1, 1
    ] == pytest.approx(expected[1], rel=1e-14)


@pytest.mark.parametrize(
    "inner",
    [
        lambda x, s: ag.grad(lambda t: t * t * s)(x),
        lambda x, s: ag.value_and_grad(lambda t: t * s)(x)[1],
        lambda x, s: ag.vjp(lambda t: t * t * s, x)[1](1.0)[0],
        lambda x, s: ag.jvp(lambda t: t * t * s, (x,), (1.0,))[1],
        lambda x, s: ag.jacobian(lambda t: t * t * s)(x),
        lambda x, s: ag.hvp(lambda t: t * t * s, x, 0.1),
    ],
)
def test_an_inner_derivative_does_not_visit_what_its_closures_were_made_of(inner):
    """Gradient steps on x, each of which closes over all that was computed before: linear."""

    def seconds(steps):
        def f(w):
            x = s = w
            for _ in range(steps):
                s = s + 0.1 * x
                x = x - 0.01 * inner(0.5, s)
            return x

        start = time.process_time()
        ag.grad(f)(0.5)
        return time.process_time() - start

    seconds(20)
    few, many = (min(seconds(n) for _ in range(3)) for n in (50, 800))
    assert many < 64 * few  # linear is 16, quadratic 256


@pytest.mark.parametrize("order", [1, 2])
def test_rules_that_differentiate_take_a_time_each(order):
    """A sweep in a rule sets aside what the outer one left in its own nodes, not in all."""
    solve = solver("sqrt")

    def seconds(steps):
        def f(x):
            for _ in range(steps):
                x = solve(x * 1.1 + 0.3)
            return x

        df = ag.grad(f) if order == 1 else ag.grad(ag.grad(f))
        start = time.process_time()
        df(2.0)
        return time.process_time() - start

    seconds(10)
    few, many = (min(seconds(n) for _ in range(3)) for n in (50, 800))
    assert many < 64 * few  # linear is 16, quadratic 256


VALUES = {
    "value_and_grad": lambda f, x: ag.value_and_grad(f)(x)[0],
    "vjp": lambda f, x: ag.vjp(f, x)[0],
    "jvp": lambda f, x: ag.jvp(f, (x,), (1.0,))[0],
    "grad, aux": lambda f, x: ag.grad(lambda x: (x * x, f(x)), has_aux=True)(x)[1],
    "value, aux": lambda f, x: ag.value_and_grad(lambda x: (x, f(x)), has_aux=True)(x)[0][1],
    "jacobian, aux": lambda f, x: ag.jacobian(lambda x: (x * x, [f(x)]), has_aux=True)(x)[1][0],
    "hessian, aux": lambda f, x: ag.hessian(lambda x: (x * x, {"f": f(x)}), has_aux=True)(x)[1][
        "f"
    ],
}


@pytest.mark.parametrize("of", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize("x", [3.0, np.array(3.0)])
def test_a_value_keeps_its_dependence_on_nodes_from_outside(of, x):
    for f, expected in [
        (lambda w: w + of(lambda x: x * w, x), 4.0),
        (lambda w: w + of(lambda x: x + w**3, x), 13.0),
        (lambda w: w * of(lambda x: x * ag.exp(w - w), x), 3.0),
    ]:
        assert ag.grad(f)(2.0) == pytest.approx(expected)
        assert ag.grad(ag.grad(f))(2.0) == pytest.approx(12.0 if expected == 13 else 0.0)
        w = Value(2.0)
        f(w).backward()
        assert w.grad == pytest.approx(expected)
    plain = of(lambda x: x * x, x)
    assert plain == 9.0
    assert not isinstance(plain, Value | Tensor)


def test_a_value_in_parts_keeps_the_dependence_of_each():
    got = ag.grad(lambda w: w + ag.vjp(lambda x: (x, w * w), 3.0)[0][1])(2.0)
    assert got == 5.0


@pytest.mark.parametrize(
    ("f", "second"),
    [
        (lambda x: np.where(x > 0, np.log(x), 0.0), -1.0),
        (lambda x: np.where(x > 0, np.sqrt(x), 0.0), -0.25),
        (lambda x: np.where(x > 0, 1 / x, x), 2.0),
        (lambda x: np.where(x > 0, x**-1.5, 0.0), 3.75),
    ],
)
def test_forward_over_reverse_keeps_out_a_branch_not_taken(f, second):
    x, v = np.array([0.0, 1.0]), np.array([1.0, 1.0])
    with np.errstate(all="ignore"):
        df = ag.grad(lambda x: np.sum(f(x)))
        np.testing.assert_allclose(ag.jvp(df, (x,), (v,))[1], [0.0, second], rtol=1e-14)
        np.testing.assert_allclose(ag.hvp(lambda x: np.sum(f(x)), x, v), [0.0, second], rtol=1e-14)
        forward = ag.jvp(lambda x: ag.jvp(f, (x,), (v,))[1], (x,), (v,))[1]
        np.testing.assert_allclose(forward, [0.0, second], rtol=1e-14)


# --- dataclasses, pickles, and what else a function returns -------------------------------------


@dataclasses.dataclass
class Scaled:
    w: float
    b: float
    scale: float = 1.0
    total: float = dataclasses.field(init=False)

    def __post_init__(self):
        self.w = 2 * self.w
        self.total = 0.0


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    w: float
    b: float = 1.0

    def __post_init__(self):
        object.__setattr__(self, "w", -self.w)


class Point(collections.namedtuple("Point", "a b")):
    def __new__(cls, a):
        return super().__new__(cls, a, 2 * a)


class Layers(list):
    def __init__(self, count):
        super().__init__([1.0] * count)


def test_containers_are_rebuilt_without_their_constructors():
    p = Scaled(1.5, 1.0)
    p.scale, p.total, p.note = 5.0, 7.0, "set later"
    value, gradient = ag.value_and_grad(lambda p: p.w * p.scale + p.b * p.total)(p)
    assert value == 22.0
    assert type(gradient) is Scaled
    assert (gradient.w, gradient.b, gradient.scale, gradient.total) == (5.0, 7.0, 3.0, 1.0)
    assert (p.w, p.scale, p.total, p.note) == (3.0, 5.0, 7.0, "set later")
    assert ag.grad(lambda p: p.w**2 * len(p.note))(p).w == 54.0
    frozen = Frozen(3.0)
    assert ag.value_and_grad(lambda p: p.w * p.b)(frozen)[0] == -3.0
    assert ag.grad(lambda p: p.w * p.b)(frozen).b == -3.0
    point = ag.grad(lambda p: p.a * p.b)(Point(3.0))
    assert type(point) is Point
    assert point == (6.0, 3.0)
    layers = ag.grad(lambda p: p[0] * p[1][0])([1.0, [2.0]])
    assert layers == [2.0, [1.0]]
    mixed = Layers(3)
    mixed[1] = (2.0, 3.0)
    got = ag.grad(lambda p: p[0] * p[1][1] + p[2])(mixed)
    assert type(got) is Layers
    assert got == [3.0, (0.0, 1.0), 1.0]


def cube(x, y=1.0):
    return x**3 * y


@pytest.mark.parametrize(
    "make",
    [ag.grad, ag.value_and_grad, ag.elementwise_grad, ag.jacobian, ag.hessian,
     lambda f: ag.grad(ag.grad(f), 0), lambda f: ag.jacobian(ag.grad(f), argnums=(0,))],
)  # fmt: skip
def test_a_derivative_can_be_pickled(make):
    df = make(cube)
    again = pickle.loads(pickle.dumps(df))
    assert again(2.0) == df(2.0)
    assert again.__name__ == df.__name__
    assert again.options == df.options
    with pytest.raises((AttributeError, pickle.PicklingError)):
        pickle.dumps(make(lambda x: x))


def test_a_derivative_in_a_class_is_a_method():
    class Curve:
        slope = 3.0

        def at(self, x):
            return self.slope * x * x

        derivative = ag.grad(at, argnums=1)

    assert Curve().derivative(2.0) == 12.0


def test_what_else_a_function_returns_is_handed_on():
    def f(x):
        return x * x, {"cube": x**3, "name": "f", "none": None}

    aux = {"cube": 8.0, "name": "f", "none": None}
    assert ag.value_and_grad(f, has_aux=True)(2.0) == ((4.0, aux), 4.0)
    assert ag.grad(f, has_aux=True)(2.0) == (4.0, aux)
    assert ag.jacobian(f, has_aux=True)(2.0) == (4.0, aux)
    assert ag.hessian(f, has_aux=True)(2.0) == (2.0, aux)
    assert ag.grad(lambda x: ag.grad(f, has_aux=True)(x)[1]["cube"])(2.0) == 12.0
    assert type(ag.grad(f, has_aux=True)(2.0)[1]["cube"]) is float
    for returned in (lambda x: x * x, lambda x: (x, x, x), lambda x: [x, x]):
        with pytest.raises(TypeError, match="has_aux=True takes a function that returns a pair"):
            ag.grad(returned, has_aux=True)(2.0)


def test_gradient_of_a_function_names_grad():
    with pytest.raises(TypeError, match=r"ag\.grad\(f\)"):
        ag.gradient(cube)
    with pytest.raises(TypeError, match=r"ag\.grad\(f\)"):
        ag.gradient(ag.sin)


def test_examples_mixed_through_parameters_from_outside_are_found():
    """The first sweep ends at a parameter; the one that looks for mixing goes on."""
    W = Tensor(np.random.default_rng(1).normal(size=(3, 2)), "W")
    J = ag.jacobian(lambda x: np.tanh(x @ W), batch_dims=1)(X)
    assert isinstance(J, Tensor)
    for row, x in zip(J.data, X, strict=True):
        close(row, (1 - np.tanh(x @ W.data) ** 2)[:, None] * W.data.T, 1e-14)
    norm = ag.nn.BatchNorm(3)
    for mixing in (lambda x: norm(x) @ W, lambda x: (W[0, 0] * x)[::-1], lambda x: x @ W + x[0, 0]):
        with pytest.raises(ValueError, match="map each example by itself"):
            ag.jacobian(mixing, batch_dims=1)(X)
        with pytest.raises(ValueError, match="map each example by itself"):
            ag.jacobian(mixing, batch_dims=1)(Tensor(X))


@pytest.mark.parametrize("change", ["in place", "through a view", "assigned"])
def test_a_leaf_whose_data_was_changed_is_still_one_from_outside(change):
    """The change is noticed when the function uses the leaf, which is no reason to cut it off."""
    w = ag.Tensor(np.ones(3))
    view = w.data[:2]
    if change == "in place":
        w.data[:] = 2.0
    elif change == "through a view":
        view[0] = 2.0
    else:
        w.data = np.full(3, 2.0)
    value, slope = ag.value_and_grad(lambda x: ag.sum(w * x))(np.ones(3))
    assert isinstance(value, ag.Tensor)
    (ag.sum(slope) + value).backward()
    np.testing.assert_array_equal(w.grad, np.full(3, 2.0))
    _, tangent = ag.jvp(lambda x: w * x, (np.ones(3),), (np.ones(3),))
    assert isinstance(tangent, ag.Tensor)
