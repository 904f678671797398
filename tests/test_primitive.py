"""Own operations: right ones to second order, and every way to write a wrong one."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import scipy.special

import autograd_lite as ag
from autograd_lite import Tensor, Value

from .helpers import close, differences

X = np.random.default_rng(3).normal(size=(2, 3))


@ag.primitive
def fused_softmax(z, axis=-1):
    e = np.exp(z - z.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


fused_softmax.defvjp(
    lambda g, h, z, axis=-1: h * (g - np.sum(g * h, axis=axis, keepdims=True)),
)


@ag.primitive
def scaled(x, y, power):
    return x**power * y


scaled.defvjp(
    lambda g, z, x, y, power: g * power * x ** (power - 1) * y,
    lambda g, z, x, y, power: np.sum(g * x**power),
    None,
)


def test_plain_data_gives_plain_data():
    out = fused_softmax(X)
    assert type(out) is np.ndarray
    close(out, ag.softmax(X), 1e-15)
    assert scaled(2.0, 3.0, 2) == 12.0


def test_keyword_arguments_reach_function_and_rule():
    for axis in (0, 1, -1):
        close(
            ag.jacobian(lambda z, axis=axis: fused_softmax(z, axis=axis))(X),
            differences(lambda z, axis=axis: fused_softmax(z, axis=axis), X),
            1e-8,
        )


def test_second_and_third_derivatives():
    def f(z):
        return ag.sum(fused_softmax(z) ** 3)

    def g(z):
        return ag.sum(ag.softmax(z) ** 3)

    close(ag.hessian(f)(X), ag.hessian(g)(X), 1e-12)
    close(ag.jacobian(ag.hessian(f))(X[0]), ag.jacobian(ag.hessian(g))(X[0]), 1e-12)


def test_forward_mode():
    t = np.ones((2, 3)) * X
    close(ag.jvp(fused_softmax, (X,), (t,))[1], ag.jvp(ag.softmax, (X,), (t,))[1], 1e-14)
    got = ag.grad(lambda z: ag.sum(ag.jvp(fused_softmax, (z,), (t,))[1] ** 2))(X)
    close(got, ag.grad(lambda z: ag.sum(ag.jvp(ag.softmax, (z,), (t,))[1] ** 2))(X), 1e-13)


def test_values_and_inputs_without_derivative():
    x, y = Value(2.0), Value(3.0)
    z = scaled(x, y, 3)
    assert isinstance(z, Value)
    z.backward()
    assert (z.item(), x.grad, y.grad) == (24.0, 36.0, 8.0)
    assert ag.grad(ag.grad(lambda x: scaled(x, 3.0, 3)))(2.0) == 36.0
    t = Tensor(X)
    scaled(t, 2.0, 2).backward(np.ones((2, 3)))
    close(t.grad, 4 * X, 1e-15)
    with pytest.raises(TypeError, match="input 2 of 'scaled' has no derivative"):
        scaled(2.0, 3.0, Value(2.0))


def test_arrays_of_values_become_a_tensor():
    z = [Value(1.0), Value(2.0), Value(3.0)]
    fused_softmax(z)[0].backward()
    close([v.grad for v in z], ag.jacobian(ag.softmax)([1.0, 2.0, 3.0])[0], 1e-15)


def test_jacobians_loop_over_seeds_or_trust_the_author():
    shapes = []

    def rule(g, y, x):
        shapes.append(g.shape)
        return g * 2 * x

    for leading in (False, True):
        square = ag.primitive(lambda x: x * x)
        square.defvjp(rule, leading=leading)
        close(ag.jacobian(square)(X[0]), np.diag(2 * X[0]), 1e-15)
        again = ag.jacobian(ag.jacobian(square))(X[0])
        close(again[1, 1], [0, 2, 0], 1e-15)
        assert shapes[0] == ((3, 3) if leading else (3,))
        shapes.clear()


def test_check_gradients_finds_a_wrong_rule():
    wrong = ag.primitive(lambda x: np.sin(x))
    wrong.defvjp(lambda g, y, x: -g * np.cos(x))
    assert ag.check_gradients(lambda x: ag.sum(fused_softmax(x) ** 2), X)
    assert not ag.check_gradients(lambda x: ag.sum(wrong(x)), X)


def test_float32_stays():
    x = Tensor(X.astype(np.float32))
    fused_softmax(x)[0, 0].backward()
    assert x.grad.dtype == np.float32
    doubled = ag.primitive(lambda x: 2 * x)
    doubled.defvjp(lambda g, y, x: 2.0 * np.asarray(g, np.float64))
    y = doubled(x)
    y.backward(np.ones((2, 3), np.float32))
    assert x.grad.dtype == np.float32


def test_pickled_by_name():
    x = Tensor(X)
    y = pickle.loads(pickle.dumps(fused_softmax(x, axis=0)))
    y.backward(np.ones((2, 3)))
    assert y.op.primitive is fused_softmax
    assert y.op.keywords == {"axis": 0}


# --- wrong functions -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: None, "has to return a number or an array, not None"),
        (lambda x: x * 1j, "real numbers; it returned dtype complex128"),
        (lambda x: Tensor(x), "not a node; it works on plain data"),
        (lambda x: (x, x), "a number or an array, not "),
        (lambda x: np.array(["a"]), "real numbers; it returned dtype <U1"),
    ],
)
def test_a_function_that_returns_the_wrong_thing(function, message):
    wrong = ag.primitive(function)
    with pytest.raises(TypeError, match=message) as caught:
        wrong(Tensor(X))
    assert "in '<lambda>', given Tensor of shape (2, 3)" in caught.value.__notes__


def test_a_function_that_writes_into_its_input():
    @ag.primitive
    def doubled(x):
        x *= 2
        return x

    with pytest.raises(ValueError, match="read-only"):
        doubled(Tensor(X))


def test_a_function_that_returns_its_input():
    same = ag.primitive(lambda x: x)
    same.defvjp(lambda g, y, x: g)
    x = Tensor(X)
    y = same(x)
    x.data[0, 0] = 9.0
    np.testing.assert_array_equal(y.data, X)


def test_whole_numbers_become_floats():
    rounded = ag.primitive(lambda x: np.rint(x).astype(int))
    assert rounded(Tensor(X)).dtype == np.float64


def test_no_function():
    with pytest.raises(TypeError, match="primitive takes a function"):
        ag.primitive(3.0)


# --- wrong rules ---------------------------------------------------------------------------------


def with_rule(rule, x=X):
    square = ag.primitive(lambda x: x * x)
    square.function.__name__ = square.name = "square"
    square.defvjp(rule)
    x = Tensor(x)
    square(x).backward(np.ones(x.shape))
    return x.grad


@pytest.mark.parametrize(
    ("rule", "error", "message"),
    [
        (lambda g, y, x: None, TypeError, "a number or an array, not None"),
        (lambda g, y, x: 1j * g, TypeError, "real numbers; it returned dtype complex128"),
        (lambda g, y, x: np.sum(g * 2 * x), ValueError, r"shape \(\); it has to be \(2, 3\)"),
        (lambda g, y, x: (g * 2 * x).T, ValueError, r"shape \(3, 2\); it has to be \(2, 3\)"),
        (lambda g, y, x: Tensor(g * 2 * x), TypeError, "given ndarray and returned Tensor"),
    ],
)
def test_a_rule_that_returns_the_wrong_thing(rule, error, message):
    with pytest.raises(error, match=message) as caught:
        with_rule(rule)
    assert "the rule for input 0 of 'square'" in str(caught.value)


def test_a_rule_that_writes_into_what_it_is_given():
    def rule(g, y, x):
        g *= 2
        return g * x

    with pytest.raises(ValueError, match="read-only") as caught:
        with_rule(rule)
    assert "in the rule for input 0 of 'square'" in caught.value.__notes__


def test_a_rule_that_cannot_be_recorded():
    @ag.primitive
    def square(x):
        return x * x

    square.defvjp(
        lambda g, y, x: (
            (g.data if isinstance(g, Tensor) else g) * 2 * (x.data if isinstance(x, Tensor) else x)
        )
    )
    close(ag.grad(lambda x: ag.sum(square(x)))(X), 2 * X, 1e-15)
    with pytest.raises(TypeError, match="given Tensor and returned ndarray"):
        ag.hessian(lambda x: ag.sum(square(x)))(X)


def test_a_missing_rule():
    square = ag.primitive(lambda x, y: x * x + y)
    square.defvjp(lambda g, z, x, y: g * 2 * x)
    assert ag.grad(lambda x: square(x, 1.0))(3.0) == 6.0
    with pytest.raises(NotImplementedError, match=r"no rule for input 1: give it one"):
        ag.grad(lambda y: square(1.0, y))(3.0)
    square.defvjp(lambda g, z, x, y: g, argnums=[1])
    assert ag.grad(lambda y: square(1.0, y))(3.0) == 1.0


def test_rules_that_do_not_fit_their_places():
    square = ag.primitive(lambda x: x * x)
    with pytest.raises(ValueError, match="1 rules for 2 argnums"):
        square.defvjp(lambda g, y, x: g, argnums=[0, 1])
    with pytest.raises(TypeError, match="a function or None"):
        square.defvjp(2.0)
    with pytest.raises(TypeError, match="counted from 0"):
        square.defvjp(lambda g, y, x: g, argnums=[-1])


def test_the_rule_of_a_constant_is_not_asked():
    product = ag.primitive(lambda x, y: x * y)
    product.defvjp(lambda g, z, x, y: g * y)
    np.testing.assert_array_equal(ag.grad(lambda x: ag.sum(product(x, X)))(X), X)


def test_a_rule_that_keeps_an_array_of_the_forward_is_suspected_at_second_order():
    kept = {}

    @ag.primitive
    def cached(x):
        kept["y"] = np.exp(x)
        return kept["y"]

    cached.defvjp(lambda g, y, x: g * kept["y"])
    f = lambda x: ag.sum(cached(x) ** 2)  # noqa: E731
    assert ag.check_gradients(f, X)
    report = ag.check_gradients(f, X, order=2)
    assert report.verdict == "autodiff"
    assert "arrays other than its arguments in the rule of 'cached'" in report.causes[0].message


def off_the_graph(x):
    return x.data if isinstance(x, ag.Node) else x


def test_a_rule_that_draws_random_numbers_is_not_taken_for_one_off_the_graph():
    """A slope that is never twice the same says nothing about what it depends on."""
    rng = np.random.default_rng(0)
    f = ag.primitive(lambda x: 2.0 * x)
    f.defvjp(lambda g, y, x: g * rng.normal(2.0, 0.1))
    hessian = ag.hessian(lambda x: ag.sum(f(x)))(X.ravel())
    np.testing.assert_array_equal(hessian, np.zeros((X.size, X.size)))


@pytest.mark.parametrize(
    ("function", "rule"),
    [
        (np.sin, lambda g, y, x: g * np.cos(off_the_graph(x))),
        (np.tanh, lambda g, y, x: g * (1 - off_the_graph(y) ** 2)),
        (np.exp, lambda g, y, x: g * np.exp(np.asarray(x.data))),
        (lambda x: np.sqrt(np.sum(x * x)), lambda g, y, x: g * off_the_graph(x / y)),
    ],
)
def test_a_rule_that_reads_numbers_off_the_graph(function, rule):
    f = ag.primitive(function)
    f.defvjp(rule)
    assert ag.check_gradients(lambda x: ag.sum(f(x)), X)
    with pytest.raises(TypeError, match=r"off the graph.*taken for 0"):
        ag.hessian(lambda x: ag.sum(f(x)))(X)


@pytest.mark.parametrize(
    ("function", "rule"),
    [
        (lambda x: 3 * x, lambda g, y, x: 3 * g),
        (lambda x: 3 * x, lambda g, y, x: g * off_the_graph(y) / off_the_graph(x)),
        (np.cumsum, lambda g, y, x: np.cumsum(g[::-1])[::-1]),
        (lambda x: np.maximum(x, 1.0), lambda g, y, x: g * (off_the_graph(x) > 1)),
        (np.floor, lambda g, y, x: 0 * g),
    ],
)
def test_a_rule_of_a_constant_slope_needs_no_input(function, rule):
    f = ag.primitive(function)
    f.defvjp(rule)
    x = np.array([2.0, 1.0, -3.0])  # on the edge of the mask, too
    slopes = ag.jacobian(f)(x)
    hessian = ag.hessian(lambda x: ag.sum(f(x) ** 2))(x)
    np.testing.assert_allclose(hessian, 2 * slopes.T @ slopes)


def test_a_function_of_another_library():
    with pytest.raises(TypeError, match=r"^sindg has no derivative here.* with ag\.primitive"):
        scipy.special.sindg(Tensor(X))
    sine = ag.primitive(scipy.special.sindg)
    sine.defvjp(lambda g, y, x: g * np.cos(x * (np.pi / 180)) * (np.pi / 180))
    for order in (1, 2):
        assert ag.check_gradients(lambda x: ag.sum(sine(x) ** 2), X, order=order)


def test_arrays_that_function_and_rule_use_again():
    memory, slopes = np.empty(3), np.empty(3)

    @ag.primitive
    def sines(x):
        return np.sin(x, out=memory)

    sines.defvjp(lambda g, y, x: np.multiply(g, np.cos(x), out=slopes))
    x, z = ag.Tensor([0.1, 0.2, 0.3]), ag.Tensor([1.0, 2.0, 3.0])
    y = sines(x) * sines(z)
    y.backward(np.ones(3))
    close(y.data, np.sin(x.data) * np.sin(z.data))
    close(x.grad, np.cos(x.data) * np.sin(z.data))
    close(z.grad, np.sin(x.data) * np.cos(z.data))
    slopes[...] = 9.0
    close(z.grad, np.sin(x.data) * np.cos(z.data))
    close(ag.jacobian(sines)(x.data), np.diag(np.cos(x.data)))
