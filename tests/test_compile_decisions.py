"""Where a program might not hold: what is checked, recorded anew, or refused."""

from __future__ import annotations

import copy
import pickle
import random
import threading
import time
import types
from collections import OrderedDict, defaultdict, deque
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.calculus.trees import flatten

ONES = np.ones(3)
GENERATOR = np.random.default_rng(0)


def refuses(f, *args, match, calls=1):
    """Assert that compiling `f` raises TypeError, with this file's line and a way out."""
    compiled = ag.compile(f)
    for _ in range(calls - 1):
        compiled(*args)
    with pytest.raises(TypeError, match=match) as raised:
        compiled(*args)
    assert "Instead: " in str(raised.value)
    return str(raised.value)


def test_a_branch_is_checked_and_the_other_one_recorded():
    def f(x):
        if x.sum() > 0:
            return (x * x).sum()
        return (x**3).sum()

    compiled = ag.compile(ag.grad(f))
    for sign in (1, -1, 2, -2):
        np.testing.assert_array_equal(compiled(sign * ONES), ag.grad(f)(sign * ONES))
    assert repr(compiled) == "<compiled grad(f): 2 programs>"
    assert "check(" in compiled.source


def test_an_iteration_until_convergence_holds_for_its_number_of_steps():
    def root(x):
        while abs(x * x - 2) > 1e-9:
            x = x - (x * x - 2) / (2 * x)
        return x

    compiled = ag.compile(ag.grad(root))
    for start in (1.0, 1.1, 3.0, 1.0):
        assert compiled(start) == pytest.approx(ag.grad(root)(start), rel=1e-14)

    def many():
        return [compiled(float(start)) for start in np.geomspace(1e-9, 1e9, 60)]

    with pytest.raises(TypeError, match=r"12 different ways.*\n.*while abs"):
        many()


def test_every_comparison_of_a_value_is_a_decision():
    for decide in (
        lambda x: x > 1,
        lambda x: not x < 1,
        lambda x: x == 2,
        lambda x: bool(x - 1.5 > 0),
        lambda x: x.data > 1,
        lambda x: x.item() > 1,
        lambda x: np.isfinite(1 / (x - 1)),
    ):

        def f(x, decide=decide):
            return 2 * x if decide(x) else 5 * x

        compiled = ag.compile(ag.grad(f))
        for x in (2.0, 0.5, 1.0, 3.0):
            with np.errstate(all="ignore"):
                expected = ag.grad(f)(x) if x != 1.0 else None
            if expected is not None:
                assert compiled(x) == expected


def test_masks_and_orders_are_computed_anew():
    def f(x):
        return (ag.where(x > 0.5, x, -x) * np.sort(x)[::-1]).sum() + x[np.argmax(x.data)]

    compiled = ag.compile(ag.value_and_grad(f))
    rng = np.random.default_rng(0)
    for _ in range(5):
        x = rng.normal(size=6)
        (v, g), (w, h) = compiled(x), ag.value_and_grad(f)(x)
        assert v == pytest.approx(w, rel=1e-15)
        np.testing.assert_allclose(g, h, rtol=1e-15)
    assert repr(compiled).endswith("1 program>")


def test_zero_times_infinity_is_zero_in_a_replay_too():
    def f(x):
        return ag.where(x > 0, ag.log(x), 0.0).sum()

    compiled = ag.compile(ag.grad(f))
    np.testing.assert_array_equal(compiled(np.array([1.0, 2.0])), [1.0, 0.5])
    np.testing.assert_array_equal(compiled(np.array([0.0, 2.0])), [0.0, 0.5])
    np.testing.assert_array_equal(compiled(np.array([-1.0, 4.0])), [0.0, 0.25])
    np.testing.assert_array_equal(ag.compile(ag.grad(f))(np.array([0.0, 2.0])), [0.0, 0.5])


@pytest.mark.parametrize("x", [[0.0, 1.0], [np.inf, 2.0], [np.nan, 1.0], [-1.0, 1.0], [1e308, 1e9]])
def test_infinite_results_are_those_of_the_careful_way(x):
    functions = [
        lambda x: ag.log(x).sum(),
        lambda x: (x * ag.exp(x)).sum(),
        lambda x: ag.sqrt(x * x).sum(),
        lambda x: (1 / x).sum() * x[1],
        lambda x: ag.cross_entropy(ag.softmax(x), 1),
        lambda x: ag.prod(x) + ag.max(x),
        lambda x: ag.linalg.norm(x),
    ]
    for f in functions:
        compiled = ag.compile(ag.value_and_grad(f))
        with np.errstate(all="ignore"):
            for numbers in (np.array([0.5, 2.0]), np.array(x), np.array([0.25, 3.0])):
                value, gradient = ag.value_and_grad(f)(numbers)
                found, slope = compiled(numbers)
                np.testing.assert_array_equal(found, value)
                np.testing.assert_allclose(slope, gradient, rtol=1e-15)


def test_what_needs_the_numbers_is_refused_with_the_line():
    said = refuses(lambda x: np.asarray(x) + 1, ONES, match="making a plain array")
    assert "test_compile_decisions.py" in said
    assert "np.asarray(x) + 1" in said
    refuses(lambda x: x * float(x[0]), ONES, match=r"float\(\) of a value")
    refuses(lambda x: x[x > 0], ONES, match="a mask that depends")
    refuses(lambda x: x.__setitem__(0, 1.0), ONES, match="writing into an array")
    refuses(lambda x: np.add(x, 1, out=np.ones(3)), ONES, match="with out=")
    refuses(lambda x: np.nonzero(x), ONES, match="shape that depends on the numbers")
    refuses(lambda x: np.roots(x), ONES, match="not known that the shape")
    refuses(lambda x: x.tolist(), ONES, match="tolist")


def test_a_whole_number_that_decides_a_place_is_checked():
    compiled = ag.compile(lambda x, k: x[int(k)] * 2.0)
    x = np.array([1.0, 2.0, 3.0])
    assert [compiled(x, np.array(k)) for k in (0, 2, 1, 2)] == [2.0, 6.0, 4.0, 6.0]


def test_labels_vary_from_call_to_call():
    loss = ag.value_and_grad(ag.softmax_cross_entropy)
    compiled = ag.compile(loss)
    rng = np.random.default_rng(0)
    for _ in range(4):
        z, t = rng.normal(size=(5, 3)), rng.integers(0, 3, 5)
        np.testing.assert_allclose(compiled(z, t)[1], loss(z, t)[1], rtol=1e-14, atol=1e-16)
    assert repr(compiled).endswith("1 program>")
    with pytest.raises(IndexError):
        compiled(z, np.array([0, 1, 3, 0, 0]))


@pytest.mark.parametrize(
    ("draw", "match", "calls"),
    [
        (lambda: np.random.default_rng().normal(size=3), "two different programs", 1),
        (lambda: np.random.normal(size=3), "draws from the generator", 1),  # noqa: NPY002
        (random.random, "draws from 'Random'", 1),
        (lambda: random.random() > 2.0, "draws from the generator", 1),
        (lambda: GENERATOR.random() > 2.0, "draws from 'GENERATOR'", 1),
    ],
)
def test_random_numbers_are_refused_before_any_is_used_twice(draw, match, calls):
    refuses(ag.grad(lambda x: (x * draw()).sum()), ONES, match=match, calls=calls)


def test_arrays_and_numbers_from_outside_are_looked_at_in_every_call():
    scale, weights = 2.0, np.ones(3)

    def f(x):
        return (x * weights.T * scale).sum()

    compiled = ag.compile(ag.grad(f))
    np.testing.assert_array_equal(compiled(ONES), [2, 2, 2])
    np.testing.assert_array_equal(compiled(ONES), [2, 2, 2])
    weights[0] = 5.0
    np.testing.assert_array_equal(compiled(ONES), [10, 2, 2])
    assert repr(compiled).endswith("1 program>")
    scale = 3.0
    np.testing.assert_array_equal(compiled(ONES), [15, 3, 3])
    weights = np.zeros(3)
    np.testing.assert_array_equal(compiled(ONES), [0, 0, 0])
    for scale in range(11):  # noqa: B007
        compiled(ONES)
    scale = -1.0
    with pytest.raises(TypeError, match="'scale', which it takes from outside, has changed"):
        compiled(ONES)


class Model:
    def __init__(self):
        self.w = ag.Tensor(np.eye(3))
        self.layers = [1.0]

    def __call__(self, x):
        y = x @ self.w
        for layer in self.layers:
            y = y * layer
        return y.sum()


def test_the_leaves_of_a_model_are_read_at_each_call():
    model = Model()
    compiled = ag.compile(model)
    assert compiled(ONES) == 3.0
    model.w.data = 2 * np.eye(3)
    assert compiled(ONES) == 6.0
    model.w.data[0, 0] = 5.0
    assert compiled(ONES) == 9.0
    model.layers.append(10.0)
    assert compiled(ONES) == 90.0
    model.layers[0] = 0.0
    assert compiled(ONES) == 0.0
    assert type(model.w.data) is np.ndarray
    assert model.w.grad is None


def test_a_model_given_as_an_argument_is_looked_at_too():
    model = Model()
    compiled = ag.compile(lambda model, x: model(x))
    assert compiled(model, ONES) == 3.0
    assert compiled(model, ONES) == 3.0
    model.layers[0] = 2.0
    assert compiled(model, ONES) == 6.0
    other = Model()
    other.w.data = np.zeros((3, 3))
    assert compiled(other, ONES) == 0.0
    assert compiled(model, ONES) == 6.0
    model.w.data = 3 * np.eye(3)
    assert compiled(model, ONES) == 18.0


def test_as_a_decorator_of_functions_and_methods():
    @ag.compile
    def double(x):
        """Twice x."""
        return 2 * x

    class Line:
        slope = 3.0

        @ag.compile
        def at(self, x):
            return self.slope * x

    np.testing.assert_array_equal(double(ONES), 2 * ONES)
    assert double.__doc__ == "Twice x."
    line = Line()
    np.testing.assert_array_equal(line.at(ONES), 3 * ONES)
    line.slope = 4.0
    np.testing.assert_array_equal(line.at(ONES), 4 * ONES)


def test_backward_inside_is_compiled_for_leaves_made_inside_and_refused_for_others():
    def inside(x):
        t = ag.Tensor(x)
        (t * t).sum().backward()
        return t.grad

    compiled = ag.compile(inside)
    np.testing.assert_array_equal(compiled(ONES), 2 * ONES)
    np.testing.assert_array_equal(compiled(3 * ONES), 6 * ONES)
    model = Model()
    refuses(lambda x: model(x).backward(), ONES, match=r"writes to a gradient, by backward\(\)")
    assert model.w.grad is None
    assert type(model.w.data) is np.ndarray


def test_own_operations_are_compiled_where_their_code_is_numpy_s():
    @ag.primitive
    def cube(x):
        return x**3

    cube.defvjp(lambda g, y, x: g * 3 * x**2)
    gradient = ag.grad(lambda x: cube(x).sum())
    compiled = ag.compile(gradient)
    for x in (ONES, 2 * ONES):
        np.testing.assert_allclose(compiled(x), gradient(x), rtol=1e-15)


def test_results_are_memory_of_the_caller_s_own():
    def f(x):
        return x, x.T, x[:1], np.zeros(2)

    compiled = ag.compile(f)
    x = np.ones((2, 2))
    for _ in range(2):
        for result in compiled(x):
            result[...] = 7.0
        np.testing.assert_array_equal(x, np.ones((2, 2)))
    np.testing.assert_array_equal(compiled(x)[3], [0, 0])


def test_programs_are_kept_for_so_many_combinations_of_shapes():
    compiled = ag.compile(lambda x: x * 2.0)
    for n in range(100):
        compiled(np.ones(n))
    assert repr(compiled) == "<compiled <lambda>: 64 programs>"


def test_a_compiled_function_in_another_and_under_a_derivative():
    inner = ag.compile(lambda x: np.tanh(x) * 2.0)
    outer = ag.compile(ag.grad(lambda x: inner(x).sum()))
    expected = 2 / np.cosh(ONES) ** 2
    np.testing.assert_allclose(outer(ONES), expected, rtol=1e-14)
    np.testing.assert_allclose(ag.grad(lambda x: inner(x).sum())(ONES), expected, rtol=1e-14)


def test_threads_share_a_compiled_function():
    compiled = ag.compile(ag.grad(lambda x: (x * x).sum()))
    found = {}

    def work(k):
        found[k] = [compiled(np.full(1 + k % 3, float(k))) for _ in range(20)]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k, results in found.items():
        for g in results:
            np.testing.assert_array_equal(g, np.full(1 + k % 3, 2.0 * k))


def test_errors_are_those_of_the_function():
    with pytest.raises(ValueError, match="nothing to differentiate"):
        ag.compile(ag.grad(lambda x: 3.0))(1.0)
    with pytest.raises(TypeError, match="compile takes a function, not int"):
        ag.compile(3)
    np.testing.assert_array_equal(
        ag.compile(ag.grad(lambda x, y: x.sum(), (0, 1)))(ONES, np.ones(2))[1], np.zeros(2)
    )


@pytest.mark.parametrize("path", sorted((Path(ag.__file__).parent / "ops").glob("*.py")), ids=str)
def test_operations_make_no_plain_array_of_what_a_node_holds(path):
    """While compiling it is a stand-in, which `array` leaves as it is and np.asarray refuses."""
    assert "np.asarray(data(" not in path.read_text(encoding="utf-8")


def test_a_computation_of_very_many_operations_is_declined_with_the_numbers(monkeypatch, capfd):
    monkeypatch.setattr("autograd_lite.compiling.steps.LIMIT", 2048)
    monkeypatch.setattr("autograd_lite.compiling.steps.PATIENCE", 0.0)

    def f(x):
        for _ in range(3000):
            x = np.tanh(x)
        return x

    with pytest.raises(TypeError, match=r"of 2,048 operations or more.*\d s so far"):
        ag.compile(f)(ONES)
    assert "compiling: 1,024 operations in " in capfd.readouterr().err


def test_what_a_function_writes_outside_of_itself_is_refused_and_put_back():
    model, seen, last = Model(), [], None

    def stores(x):
        model.latest = x.sum()
        return model(x)

    def replaces(x):
        model.w.data = x[:, None] * np.ones(3)
        return model(x)

    def resets(x):
        y = model(x)
        model.w.data = np.zeros((3, 3))
        return y

    def remembers(x):
        nonlocal last
        last = x.sum()
        return x * 2.0

    def appends(x):
        seen.append(x.sum())
        return x * 2.0

    model.latest = 0.0
    refuses(stores, ONES, match="writes to 'latest', which is outside")
    assert model.latest == 0.0
    refuses(replaces, ONES, match="writes to the data of Tensor")
    np.testing.assert_array_equal(model.w.data, np.eye(3))
    refuses(resets, ONES, match="writes to the data of Tensor")
    np.testing.assert_array_equal(model.w.data, np.eye(3))
    refuses(remembers, ONES, match="writes to 'last'")
    assert last is None
    refuses(appends, ONES, match="writes to 'seen'")


def test_what_is_known_without_the_numbers_is_asked_by_keyword_too():
    for ask in (lambda x: np.shape(a=x)[0], lambda x: np.ndim(a=x), lambda x: np.size(a=x, axis=0)):
        compiled = ag.compile(lambda x, ask=ask: x * ask(x))
        np.testing.assert_array_equal(compiled(ONES), ask(ONES) * ONES)


def test_the_network_library_s_models():
    rng = np.random.default_rng(0)
    numbers = rng.integers(0, 5, (4, 2))
    x, t = rng.normal(size=(4, 6)), rng.integers(0, 3, 4)
    table = ag.nn.Embedding(5, 3, rng=0)
    models = [
        ag.nn.MLP(6, [4, 3], over=ag.Tensor, rng=0),
        ag.nn.Sequential(ag.nn.Linear(6, 4, rng=1), ag.nn.LayerNorm(4), ag.tanh).eval(),
        ag.nn.Sequential(ag.nn.Linear(6, 3, rng=1), ag.nn.BatchNorm(3)).eval(),
    ]
    for model in models:

        def loss(x, t, model=model):
            return ag.softmax_cross_entropy(model(x), t)

        compiled = ag.compile(ag.grad(loss))
        for _ in range(3):
            with ag.no_grad():
                expected = ag.grad(loss)(x, t)
                np.testing.assert_allclose(compiled(x, t).data, expected.data, 1e-13, 1e-16)
            for p in model.parameters():
                p.data = p.data * 1.1

    compiled = ag.compile(lambda i: table(i).sum(axis=1))
    for _ in range(3):
        expected = table.weight.data[numbers].sum(axis=1)
        np.testing.assert_allclose(compiled(numbers).data, expected, rtol=1e-15)
        numbers = numbers[::-1].copy()
    with pytest.raises(IndexError, match="rows 0 to 4, but not 7"):
        compiled(np.full((4, 2), 7))
    train = ag.nn.Sequential(ag.nn.Linear(6, 3, rng=1), ag.nn.BatchNorm(3))
    named = r"'running_mean' of BatchNorm\(3\).*\n.* call eval\(\)"
    refuses(lambda x: train(x).sum(), x, match=named)
    assert isinstance(train.state_dict()["layers.1.running_mean"], np.ndarray)
    dropping = ag.nn.Dropout(0.5, rng=0)
    refuses(lambda x: dropping(x), x, match=r"call eval\(\) on Dropout\(0.5\)")


def test_a_decision_of_the_backward_pass_is_that_of_every_call():
    """It was met in no line of the function; from which one that is called makes no difference."""

    def loss(x):
        return np.sum(np.log(x / np.sum(x)))

    slope = ag.compile(ag.grad(loss))
    x = np.array([1.0, 2.0, 3.0])
    first = slope(x)
    assert "the backward pass of loss" in slope.source
    np.testing.assert_array_equal(slope(x), first)
    np.testing.assert_array_equal(slope(x), first)


def alike(f, *calls):
    """Assert that compiled and eager give the same numbers, of the same Python types."""
    compiled = ag.compile(f)
    for args in calls:
        (found, form), (expected, _) = flatten(compiled(*args)), flatten(f(*args))
        assert type(form([0] * len(found))) is type(f(*args))
        for a, b in zip(found, expected, strict=True):
            assert type(a) is type(b)
            np.testing.assert_array_equal(a, b)
    return compiled


def test_adding_to_a_number_binds_its_name_anew():
    def total(x):
        s, first = 0.0, x[0]
        before = first
        for v in x:
            s += v * v
        first *= 2.0
        first **= 2
        return s, first, before

    alike(total, (ONES,), (2 * ONES,), (np.arange(3.0),))

    def halved(x):
        y = x
        y /= 2.0
        return x, y

    alike(halved, (3.0,), (5.0,))

    def written(x):
        y = x * 1.0
        y += 1.0
        return y

    said = refuses(written, ONES, match=r"an operator like \+=, which writes into an array")
    assert "y += 1.0" in said


scaled = types.ModuleType("scaled")
exec("rate = 2.0\ndef by_rate(x): return x * rate", scaled.__dict__)
scaled.inner = types.ModuleType("inner")
scaled.inner.rate = 2.0


class Rates:
    rate = 2.0
    __slots__ = ("own",)

    def __init__(self):
        self.own = 2.0

    @property
    def twice(self):
        return 2.0 * Rates.rate

    @staticmethod
    def scale(x):
        return x * Rates.rate

    @classmethod
    def by_class(cls, x):
        return x * cls.rate


rates, chosen, recent = Rates(), {"a"}, deque([1.0, 2.0])


def with_attribute(x):
    return x * with_attribute.rate


with_attribute.rate = 2.0


@pytest.mark.parametrize(
    ("f", "change"),
    [
        (lambda x: x * scaled.rate, lambda v: setattr(scaled, "rate", v)),
        (lambda x: scaled.by_rate(x), lambda v: setattr(scaled, "rate", v)),
        (lambda x: x * scaled.inner.rate, lambda v: setattr(scaled.inner, "rate", v)),
        (lambda x: x * Rates.rate, lambda v: setattr(Rates, "rate", v)),
        (lambda x: x * rates.twice, lambda v: setattr(Rates, "rate", v)),
        (lambda x: rates.scale(x), lambda v: setattr(Rates, "rate", v)),
        (lambda x: Rates.by_class(x), lambda v: setattr(Rates, "rate", v)),
        (lambda x: x * rates.own, lambda v: setattr(rates, "own", v)),
        (lambda x: x * recent[0], lambda v: recent.__setitem__(0, v)),
        (lambda x: x * len(chosen), chosen.add),
        (with_attribute, lambda v: setattr(with_attribute, "rate", v)),
    ],
)
def test_modules_classes_slots_and_sets_are_looked_at_too(f, change):
    compiled = ag.compile(f)
    for value in (3.0, 5.0):
        change(value)
        for _ in range(2):
            np.testing.assert_array_equal(compiled(ONES), f(ONES))
    assert f(ONES)[0] != 2.0


def test_threads_that_use_a_model_see_no_stand_in():
    """Another thread records, on a copy of the model."""
    model, meanwhile = Model(), threading.Lock()
    meanwhile.acquire()

    def f(x):
        y = model(x)
        if x.shape == (2, 3):
            meanwhile.release()
            time.sleep(0.1)
        return y

    compiled = ag.compile(f)
    assert compiled(ONES) == 3.0
    slow = threading.Thread(target=compiled, args=(np.ones((2, 3)),))
    slow.start()
    meanwhile.acquire()
    assert type(model.w.primal) is np.ndarray
    model.w.data = 2 * np.eye(3)
    assert compiled(ONES).item() == 6.0
    slow.join()
    np.testing.assert_array_equal(model.w.data, 2 * np.eye(3))


def test_other_dictionaries_are_arguments_too():
    slope = ag.grad(lambda p: (p["a"] * p["b"] ** 2).sum())
    compiled = ag.compile(slope)
    for kind in (OrderedDict, lambda **items: defaultdict(float, items)):
        for k in (1.0, 2.0):
            p = kind(a=k * ONES, b=3.0 * ONES)
            found, expected = compiled(p), slope(p)
            assert type(found) is type(expected)
            for name, g in expected.items():
                np.testing.assert_array_equal(found[name], g)


def test_the_slope_at_a_number_is_a_float():
    """And no truth value, from a comparison, nor a whole number."""
    for f in (
        lambda x: np.maximum(x, 0),
        lambda x: np.clip(x, -1, 1),
        lambda x: np.maximum(x, 0) * np.minimum(x, 1),
    ):
        alike(ag.value_and_grad(f), (2.0,), (-3.0,), (0.5,), (0.0,), (-np.inf,))


def test_a_function_that_raises_has_no_source_yet():
    def f(x):
        return {}["k"]

    compiled = ag.compile(f)
    with pytest.raises(KeyError):
        compiled(ONES)
    assert compiled.source == "# f has not been called yet: the first call records it\n"


@ag.compile
def decorated(x):
    return 2.0 * x


def test_copies_of_a_compiled_function():
    assert pickle.loads(pickle.dumps(decorated)) is decorated
    made = ag.compile(with_attribute, passes=False)
    expected = made(ONES)
    for other in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert other is not made
        assert other.passes is False
        np.testing.assert_array_equal(other(ONES), expected)
    model = Model()
    compiled, model.scale = ag.compile(model), 1.0
    assert compiled(ONES) == 3.0
    other = copy.deepcopy(compiled)
    model.w.data = np.zeros((3, 3))
    assert (other(ONES), compiled(ONES)) == (3.0, 0.0)


def test_long_doubles_give_the_same_program_twice():
    x = np.arange(1, 4, dtype=np.longdouble)
    curvature = ag.hessian(lambda x: (np.sin(x) * x).sum())
    compiled = ag.compile(curvature)
    for _ in range(3):
        np.testing.assert_array_equal(compiled(x), curvature(x))


def test_what_cannot_be_returned_is_named():
    said = refuses(lambda x: (v * 2.0 for v in x), ONES, match="takes or returns generator")
    assert "tuples, lists and dicts" in said
    with pytest.raises(TypeError, match="not array of dtype complex128"):
        ag.compile(lambda x: x * 2.0)(np.array([1j]))


@pytest.mark.parametrize(
    ("f", "calls"),
    [
        (lambda x, s: x * np.max(s) + np.min(s) * np.prod(s) + np.sum(s), [(ONES, 2.0)] * 2),
        (lambda x, s: (np.tanh(x) / s).sum() * x, [(ONES, 2.0), (ONES, 0.0), (0 * ONES, 0.0)]),
        (lambda x, s: x * s + (1 / s) * np.ones(3), [(ONES, 2.0), (ONES, 0.0)]),
        (lambda x, s: np.abs(x) * s, [(np.array(k), 2.0) for k in (2.0, -3.0, 0.0)]),
    ],
)
def test_numbers_beside_arrays_are_as_numpy_has_them(f, calls):
    """Python's have no methods, divide by zero with an error, and subtract truths."""
    slopes = ag.jacobian(f, (0, 1))
    compiled = ag.compile(slopes)
    with np.errstate(all="ignore"):
        for args in calls:
            for found, expected in zip(compiled(*args), slopes(*args), strict=True):
                np.testing.assert_array_equal(found, expected)


def test_a_number_is_returned_twice_beside_an_array():
    compiled = ag.compile(lambda x, s: (s - 1, s - 1, x))
    assert compiled(ONES, 3.0)[:2] == compiled(ONES, 3.0)[:2] == (2.0, 2.0)


def test_a_constant_has_no_name_that_the_careful_twin_has_for_a_step():
    floor = np.array([0.3, 0.4])

    def f(x):
        turned = np.flip(x, -1) - 1
        wave = np.sin(x)
        return np.sum(np.fmax(wave, floor)) + np.sum(turned**2)

    x = np.arange(10.0).reshape(5, 2)
    slope = ag.grad(f)
    compiled = ag.compile(slope)
    with np.errstate(all="ignore"):
        for x[0, 0] in (1.0, 1e300, np.inf):
            np.testing.assert_allclose(compiled(x), slope(x), rtol=1e-15)


@pytest.mark.parametrize(
    "factor",
    [
        lambda s: s / 2, lambda s: 2 / s, lambda s: s // 2, lambda s: s % 2, lambda s: s**2,
        lambda s: 2**s, lambda s: abs(s), lambda s: s / 3 + s**2 - s * 2,
    ],
)  # fmt: skip
def test_a_python_number_does_not_widen_float32(factor):
    x = np.array([1.0, 2.0], np.float32)

    def f(x, s):
        return x * factor(s)

    compiled = ag.compile(f)
    for s in (2.0, 2.0, 0.75):
        assert compiled(x, s).dtype == np.float32
        np.testing.assert_array_equal(compiled(x, s), f(x, s))


def test_a_number_is_compared_with_float32_as_eager_compares_it():
    """√(s² + ½) is no float32: only rounded to one it is the larger of the two, and has a slope."""

    def f(x, s):
        return np.maximum(np.square(x), np.sqrt(s * s + 0.5))

    def push(x, s):
        return ag.jvp(f, (x, s), (np.ones_like(x), 1.0))

    for derivative in (push, ag.value_and_grad(f, (0, 1))):
        compiled = ag.compile(derivative)
        for x in (np.array(-0.25, np.float32), np.array(2.0, np.float32)):
            found, expected = (flatten(g(x, 0.3))[0] for g in (compiled, derivative))
            assert any(abs(t) > 0.3 for t in expected[1:])
            for a, b in zip(found, expected, strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-6)
                assert np.asarray(a).dtype == np.asarray(b).dtype
