"""A compiled function is the function: what it takes from outside, branches, threads, memory."""

from __future__ import annotations

import array
import dataclasses
import functools
import random
import sys
import threading
import types
from collections import OrderedDict, defaultdict, deque
from contextvars import ContextVar

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.calculus.trees import flatten

ONES = np.ones(3)


def assert_same(found, expected):
    """The same containers, kinds, shapes, dtypes and bits."""
    (a, form), (b, other) = flatten(found), flatten(expected)
    assert repr(form([0] * len(a))) == repr(other([0] * len(b)))
    for x, y in zip(a, b, strict=True):
        assert isinstance(x, ag.Tensor | ag.Value) == isinstance(y, ag.Tensor | ag.Value)
        x, y = (v.data if isinstance(v, ag.Tensor | ag.Value) else v for v in (x, y))
        x, y = np.asarray(x), np.asarray(y)
        assert (x.shape, x.dtype) == (y.shape, y.dtype)
        np.testing.assert_array_equal(x, y)
        np.testing.assert_array_equal(np.signbit(x), np.signbit(y))


# --- arrays, Tensors and Values from outside are read anew --------------------------------------


class Holder:
    __slots__ = ("__dict__", "slot")

    def __init__(self, value):
        self.value = self.slot = value

    def __call__(self, x):
        return self.value * x + self.slot


PLACES = (
    "closure", "default", "keyword", "attribute", "slot", "list", "tuple", "dict", "nested",
    "deque", "ordered", "default dict", "partial", "method", "bound get", "proxy", "objects",
    "namespace", "function attribute", "module", "global",
)  # fmt: skip


def at(name, w):
    """A function that takes an array or node from somewhere."""
    holder, ordered = Holder(w), OrderedDict(w=w)
    mapping, proxy = {"w": w}, types.MappingProxyType({"w": w})
    space, module = types.SimpleNamespace(w=w), types.ModuleType("module")
    several = np.empty(2, object)
    several[0] = [w]  # NumPy would look into a Tensor
    module.w = w

    def attributed(x):
        return attributed.w * x

    attributed.w = w
    get = mapping.get
    return {
        "closure": lambda x: w * x,
        "default": lambda x, w=w: w * x,
        "keyword": functools.partial(lambda x, *, w: w * x, w=w),
        "attribute": lambda x: holder.value * x,
        "slot": lambda x: holder.slot * x,
        "list": lambda x, ws=[w]: ws[0] * x,
        "tuple": lambda x, ws=(1.0, (w,)): ws[1][0] * x,
        "dict": lambda x: mapping["w"] * x,
        "nested": lambda x, ws=[{"a": [w]}]: ws[0]["a"][0] * x,
        "deque": lambda x, ws=deque([w], 3): ws[0] * x,
        "ordered": lambda x: next(iter(ordered.values())) * x,
        "default dict": lambda x, d=defaultdict(list, w=w): d["w"] * x,
        "partial": functools.partial(lambda w, x: w * x, w),
        "method": holder,
        "bound get": lambda x: get("w") * x,
        "proxy": lambda x: proxy["w"] * x,
        "objects": lambda x: several[0][0] * x,
        "namespace": lambda x: space.w * x,
        "function attribute": attributed,
        "module": lambda x: module.w * x,
        "global": types.FunctionType((lambda x: W * x).__code__, {"W": w}),  # noqa: F821
    }[name]


@pytest.mark.parametrize("name", PLACES)
def test_an_array_is_read_wherever_it_was_found(name):
    w = np.array([1.0, 2.0, 3.0])
    f = at(name, w)
    compiled = ag.compile(f)
    for k in range(4):
        w[k % 3] += 1.5
        assert_same(compiled(ONES), f(ONES))
    assert repr(compiled).endswith("1 program>")


@pytest.mark.parametrize("name", PLACES)
def test_a_tensor_is_read_wherever_it_was_found_and_gets_its_gradient(name):
    w = ag.Tensor([1.0, 2.0, 3.0])
    f = at(name, w)
    compiled = ag.compile(f)
    for _ in range(4):
        w.data = w.data * 1.5 + 0.25
        assert_same(compiled(ONES), f(ONES))
        gradients = []
        for g in (compiled, f):
            w.grad = None
            np.sum(g(2 * ONES) ** 2).backward()
            gradients.append(w.grad)
        w.grad = None
        np.testing.assert_allclose(*gradients, rtol=1e-14)
    assert repr(compiled).endswith("1 program>")


@pytest.mark.parametrize(
    "look",
    [
        lambda w, x: x * (w > 0),
        lambda w, x: x * w.data,
        lambda w, x: w.detach() * x,
        lambda w, x: x[np.argmax(w)] * w[1],
        lambda w, x: x + w.data.max() if w.data[0] > 1 else x,
        lambda w, x: x * (w.data * 2.0)[::-1],
        lambda w, x: [x, w.shape, ag.no_grad()(lambda: w * 2.0)().data],
        lambda w, x: x * np.where(w > 1.0, 1.0, -1.0),
        lambda w, x: x * w.sum().item(),
        lambda w, x: x[w.data > 1.0],
        lambda w, x: x * float(w.data[0]),
        lambda w, x: x[: int(w.data[1])],
        lambda w, x: x * np.asarray(w.data),
        lambda w, x: x * w.data.tolist()[2],
        lambda w, x: x * len(np.unique(w.data)),
        lambda w, x: x * sum(sorted(w.data.tolist())),
    ],
)
def test_what_is_read_off_the_graph_is_read_anew(look):
    w = ag.Tensor([0.5, 2.0, -1.0])
    compiled = ag.compile(lambda x: look(w, x))
    for numbers in ([0.5, 2.0, -1.0], [1.5, 1.0, -1.0], [-1.0, 1.0, 1.0], [0.5, 2.0, -1.0]):
        w.data = numbers
        for _ in range(2):
            assert_same(compiled(ONES), look(w, ONES))


def test_an_array_whose_numbers_were_told_may_change():
    mask = np.array([True, False, True])
    compiled = ag.compile(lambda x: x[mask] * 2.0)
    for k in (0, 1, 2, 0):
        mask[k] = not mask[k]
        assert_same(compiled(ONES), ONES[mask] * 2.0)


def test_an_array_of_values_is_read_anew():
    ws = np.array([ag.Value(1.0), ag.Value(2.0)])
    for f in (lambda x: ws[0] * x + ws[1], lambda x: np.sum(ws * ws) * x):
        compiled = ag.compile(f)
        for k in range(4):
            ws[k % 2].data = 3.0 + k
            assert_same(compiled(2.0), f(2.0))
        (compiled(3.0) + f(3.0)).backward()
        assert ws[0].grad > 0.0
        ws[1] = ag.Value(-5.0)
        assert_same(compiled(2.0), f(2.0))


def test_the_graph_goes_through_a_compiled_function():
    assert ag.grad(lambda w: w + ag.compile(lambda x: x * w)(3.0))(2.0) == 4.0
    assert ag.grad(ag.grad(lambda w: w**3 + ag.compile(lambda x: x * w * w)(3.0)))(2.0) == 18.0
    w = ag.Tensor(np.eye(2))
    x = np.array([[1.0, 2.0]])

    def f(x):
        return {"a": x @ w, "b": (np.sum(w**2), 3.0)}

    compiled = ag.compile(f)
    for _ in range(3):
        gradients = []
        for g in (compiled, f):
            out = g(x)
            w.grad = None
            (np.sum(out["a"] ** 3) * out["b"][0] + out["b"][1]).backward()
            gradients.append(w.grad)
        w.grad = None
        np.testing.assert_allclose(*gradients, rtol=1e-14)
        w.data = w.data + 0.5

    def column(v):
        return ag.compile(lambda x: x * v)(ONES)

    np.testing.assert_array_equal(ag.jacobian(column)(ONES), np.eye(3))
    np.testing.assert_array_equal(ag.jvp(column, (ONES,), (2 * ONES,))[1], 2 * ONES)
    slope = ag.compile(ag.grad(lambda x: np.sum((x @ w) ** 3)))
    gradients = []
    for g in (slope, slope, ag.grad(lambda x: np.sum((x @ w) ** 3))):
        w.grad = None
        np.sum(g(x) ** 2).backward()
        gradients.append(w.grad)
    np.testing.assert_allclose(gradients[0], gradients[2], rtol=1e-13)
    np.testing.assert_allclose(gradients[1], gradients[2], rtol=1e-13)


def test_the_data_of_a_call_is_kept_for_its_gradient():
    w, scale = ag.Tensor([1.0, 2.0]), np.array([2.0, 3.0])
    compiled = ag.compile(lambda x: w * w * x * scale)
    x = np.array([1.0, 10.0])
    for _ in range(3):
        out = compiled(x)
        x *= 100.0
        scale *= 100.0
        w.grad = None
        np.sum(out).backward()
        x /= 100.0
        scale /= 100.0
        np.testing.assert_allclose(w.grad, 2 * w.data * x * scale)


# --- all else is a constant, and looked at -------------------------------------------------------

context, buffer = ContextVar("context", default=2.0), array.array("d", [2.0, 3.0])


class Sized(list):
    size = 2.0


class Replaced:
    def rate(self):
        return 2.0


class Cells:
    pass


@functools.cache
def table():
    return np.array([2.0, 3.0, 4.0])


def changing():
    """Functions and what changes something that they take from outside."""
    order, sized, kept = {"a": 2.0, "b": 3.0}, Sized([1.0]), Replaced()
    zero, counts = {"zero": 0.0}, {"n": 1}
    inner = {"f": lambda x: x * 2.0}

    def reorder():
        order["a"] = order.pop("a")

    return {
        "a context variable": (lambda x: x * context.get(), lambda: context.set(5.0)),
        "an array of the library's": (lambda x: x * buffer[0], lambda: buffer.__setitem__(0, 7.0)),
        "an attribute of a list": (lambda x: x * sized.size, lambda: setattr(sized, "size", 4.0)),
        "the order of a dict": (lambda x: x * next(iter(order.values())), reorder),
        "a zero's sign": (
            lambda x: np.copysign(x, zero["zero"]), lambda: zero.update(zero=-0.0),
        ),
        "a truth for a number": (lambda x: x * counts["n"], lambda: counts.update(n=2)),
        "a function": (lambda x: inner["f"](x), lambda: inner.update(f=lambda x: x * 3.0)),
        "a method": (lambda x: x * kept.rate(), lambda: setattr(kept, "rate", lambda: 9.0)),
    }  # fmt: skip


@pytest.mark.parametrize("name", changing())
def test_constants_are_compared_in_every_call(name):
    f, change = changing()[name]
    compiled = ag.compile(f)
    for _ in range(3):
        assert_same(compiled(ONES), f(ONES))
    change()
    for _ in range(3):
        assert_same(compiled(ONES), f(ONES))


def changing_unseen():
    """Functions and what changes something that nothing but running them shows."""
    state = iter(range(1, 1000))
    Replaced.rate = lambda self: 2.0
    table()[:] = 2.0
    one = Replaced()

    settings = sys.modules["settings_of_a_test"] = types.ModuleType("settings_of_a_test")
    settings.rate = 2.0

    def imported(x):
        import settings_of_a_test

        return x * settings_of_a_test.rate

    return {
        "a cached array": (lambda x: x * table(), lambda: table().__setitem__(0, 9.0)),
        "a module imported inside": (imported, lambda: setattr(settings, "rate", 5.0)),
        "a class's method": (
            lambda x: x * getattr(one, "ra" + "te")(),
            lambda: setattr(Replaced, "rate", lambda self: 4.0),
        ),
        "an iterator": (lambda x: x * next(state), lambda: None),
    }


@pytest.mark.parametrize("name", changing_unseen())
def test_an_audit_finds_what_has_changed_and_names_the_line(name):
    f, change = changing_unseen()[name]
    compiled = ag.compile(f, audit=4)

    def later():
        for k in range(6):
            if k == 2:
                change()
            compiled(ONES)

    with pytest.raises(TypeError, match="two different programs") as raised:
        later()
    assert "Instead: " in str(raised.value)


def test_a_difference_is_recorded_anew_on_request():
    numbers = iter(range(1, 100))
    values = [2.0]

    def hidden():
        return values[0]

    hiding = {"f": functools.cache(lambda: values)}

    def f(x):
        return x * hiding["f"]()[0]

    compiled = ag.compile(f, audit=3, on_change="record")
    for _ in range(3):
        compiled(ONES)
    values[0] = 5.0
    for _ in range(6):
        found = compiled(ONES)
    np.testing.assert_array_equal(found, 5 * ONES)
    with pytest.raises(ValueError, match='"raise" or "record"'):
        ag.compile(f, on_change="ignore")
    assert next(numbers) == 1
    assert hidden() == 5.0


# --- branches ------------------------------------------------------------------------------------


def swallowed(x):
    try:
        return x * float(x.sum())
    except TypeError:
        return x


def reciprocal(x):
    try:
        return 1 / x
    except ZeroDivisionError:
        return 7.0


def root(x):
    try:
        return x**-0.5
    except ZeroDivisionError:
        return 9.0


BRANCHES = {
    "isinstance array": (lambda x: x * 2.0 if isinstance(x, np.ndarray) else x, [ONES] * 3),
    "isinstance float": (lambda x: x * 2.0 if isinstance(x, float) else x, [1.0, 2.0, 3.0]),
    "isscalar": (lambda x: x * 2.0 if np.isscalar(x) else x, [1.0, 2.0, np.float64(2.0)]),
    "hasattr": (lambda x: x * 2.0 if hasattr(x, "shape") else x, [1.0, 2.0, 3.0]),
    "has no attribute": (lambda x: x * 2.0 if hasattr(x, "foo") else x, [ONES] * 3),
    "division": (reciprocal, [2.0, 4.0, 0.0, 2.0, 0.0]),
    "a power": (root, [2.0, 4.0, 0.0, 2.0, 0.0]),
    "truths as numbers": (lambda x: (x > 0) + (x > 1) + x, [2.0, 0.5, -1.0]),
    "a comparison chain": (lambda x: x if 0 < x < 1 else -x, [0.5, 2.0, -1.0]),
    "matched": (lambda x: dispatched(x), [1.0, 2.0]),
}


@functools.singledispatch
def dispatched(x):
    return x


@dispatched.register
def _(x: float):
    return x * 2.0


@pytest.mark.parametrize("name", BRANCHES)
def test_a_stand_in_holds_in_a_branch(name):
    f, points = BRANCHES[name]
    compiled = ag.compile(f)
    for x in points:
        np.testing.assert_array_equal(compiled(x), f(x))


def test_a_refusal_cannot_be_swallowed():
    with pytest.raises(TypeError, match=r"float\(\) of a value"):
        ag.compile(swallowed)(ONES)
    with pytest.raises(TypeError, match="the hash of a value"):
        ag.compile(lambda x: 2.0 * x if x in {2.0, 3.0} else x)(2.0)


def test_python_s_own_errors_are_raised():
    compiled = ag.compile(lambda x: 1 / x)
    assert compiled(2.0) == 0.5
    with pytest.raises(ZeroDivisionError):
        compiled(0.0)
    with pytest.raises(TypeError, match="complex"):
        ag.compile(lambda x: x**0.5)(-2.0)


def test_type_and_identity_are_answered_right():
    for f, args in [
        (lambda x: x * 2.0 if type(x) is np.ndarray else x, (ONES,)),
        (lambda x: x * 2.0 if type(x) is float else x, (2.0,)),
        (lambda x, y: x * 2.0 if x is y else y, (ONES, ONES)),
    ]:
        compiled = ag.compile(f)
        for _ in range(3):
            assert_same(compiled(*args), f(*args))


# --- equal is not the same -----------------------------------------------------------------------


class Equal:
    def __init__(self, rate):
        self.rate = rate

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


@pytest.mark.parametrize(
    ("f", "these"),
    [
        (lambda r: np.arange(1.0) + r.stop, [range(0, 3, 2), range(0, 4, 2)]),
        (lambda d: [type(k).__name__ == "bool" for k in d], [{1: 1.0}, {True: 1.0}]),
        (lambda e: 2.0 * e.rate, [Equal(1.0), Equal(2.0)]),
        (lambda d: np.copysign(1.0, next(iter(d))), [{0.0: 1.0}, {-0.0: 1.0}]),
        (lambda n: 1 if n is True else 0, [1, True]),
    ],
)
def test_what_is_equal_but_not_the_same_has_its_own_program(f, these):
    compiled = ag.compile(f)
    for x in [*these, *these]:
        np.testing.assert_array_equal(compiled(x), f(x))


@dataclasses.dataclass
class Counted:
    x: np.ndarray
    made: int = 0

    def __post_init__(self):
        self.made += 1


def test_a_dataclass_keeps_what_was_set_later_and_is_not_made_again():
    given = Counted(ONES)
    given.later = 5.0

    def f(c):
        return c.x * c.made * c.later

    compiled = ag.compile(f)
    for later in (5.0, 5.0, 6.0):
        given.later = later
        assert_same(compiled(given), f(given))
    assert given.made == 1


# --- other numbers, dtypes, errors ---------------------------------------------------------------

X = np.arange(1.0, 7.0).reshape(3, 2)
NUMBERS = {
    "sum with keywords": lambda x: x.sum(axis=1, keepdims=True, initial=5.0).reshape(3),
    "sum where": lambda x: np.sum(x, axis=1, keepdims=True, where=x > 2).reshape(3),
    "sum dtype": lambda x: x.sum(axis=1, keepdims=True, dtype=np.float32).reshape(3),
    "negative where": lambda x: np.negative(-x) * 1.0,
    "a reciprocal of the user's": lambda x: x * (1 / (x * 3.0)),
    "constants alike": lambda x: [x * np.float64(2.5), x.astype(np.float32) * 2.5,
                                  x.astype(np.float32) * np.float64(2.5)],
    "zeros alike": lambda x: [np.copysign(x, 0.0), np.copysign(x, -0.0)],
    "truths": lambda x: (x > 2).astype(float) + ((x > 2) + (x > 4)),
    "a power of a full array": lambda x: np.power(x, np.full((3, 2), 2.0)),
    "astype without a copy": lambda x: x.astype(float, copy=False) + 1.0,
    "astype by place": lambda x: x.astype(float, "K", "unsafe", True, False) + 1.0,
    "logsumexp": lambda x: ag.logsumexp(x.astype(np.float32)),
    "relu of whole numbers": lambda x: ag.relu(x.astype(int)),
    "take of logsumexp": lambda x: np.take(ag.logsumexp(x, axis=1), [0, 2]),
    "long double": lambda x: x * np.longdouble(1) / np.longdouble(3),
    "a long double array": lambda x: x * np.full((3, 2), np.longdouble(1) / 3),
    "single row": lambda x: (x[:1, :1] * 0.0) @ np.full((1, 2), np.nan),
}  # fmt: skip


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("passes", [True, False])
def test_the_numbers_are_those_of_the_function(name, passes):
    f = NUMBERS[name]
    compiled = ag.compile(f, passes=passes, audit=2)
    for k in range(3):
        x = X + k
        x.flags.writeable = False
        assert_same(compiled(x), f(x))
        np.testing.assert_array_equal(x, X + k)


def test_branches_have_the_structure_of_their_own():
    def f(x):
        return (x, x) if x > 0 else [x]

    compiled = ag.compile(f)
    for x in (1.0, -1.0, 2.0):
        assert compiled(x) == f(x)
    with pytest.raises(ValueError, match="truth value") as raised:
        compiled(np.array([1.0, -1.0]))
    assert "different forms" in str(raised.value.__cause__)


def test_a_constant_array_of_a_program_on_numbers_keeps_its_shape():
    for constant in (np.zeros((1, 1)), np.zeros(3), np.array(2.0)):
        compiled = ag.compile(lambda x, constant=constant: (2.0 * x, constant + 1.0))
        for x in (1.0, 2.0):
            assert_same(compiled(x)[1], constant + 1.0)


def test_recursion_and_inner_functions_that_meet_new_shapes():
    def power(x, n):
        return x if n == 0 else x * power(x, n - 1)

    inner = ag.compile(lambda x: np.sum(x) * 2.0)
    inner(np.ones(2))
    compiled = ag.compile(lambda x: power(x, 3) * inner(x) * inner(x[:1]))
    for x in (ONES, 2 * ONES, np.ones(4)):
        expected = x**4 * np.sum(x) * 2.0 * x[0] * 2.0
        np.testing.assert_array_equal(compiled(x), expected)
        np.testing.assert_array_equal(compiled(x), expected)


# --- memory and threads --------------------------------------------------------------------------


def test_what_counts_as_fresh_memory_is():
    from autograd_lite.compiling.buffers import FRESH, FRESH_METHODS

    x = np.arange(1.0, 5.0).reshape(2, 2)
    for name in FRESH_METHODS:
        made = getattr(x, name)(*([float] if name == "astype" else []))
        assert not np.shares_memory(made, x), name
    arguments = {"where": (x > 0, x, x), "concatenate": ([x],), "stack": ([x],), "pow": (x, 1),
                 "into_zeros": (x, (2, 2), (slice(None), slice(None))), "bincount": None,
                 "check": None, "add_windows": None, "add_parts": None}  # fmt: skip
    for function in FRESH:
        given = arguments.get(function.__name__, (x, x))
        if given is not None:
            assert not np.shares_memory(function(*given), x), function
    with np.errstate(all="ignore"):
        for ufunc in [u for u in vars(np).values() if isinstance(u, np.ufunc) and u.nin == 1]:
            given = x if any(t.startswith("d->") for t in ufunc.types) else x.astype(int)
            if any(t[0] == given.dtype.char for t in ufunc.types):
                for made in np.broadcast_arrays(*np.atleast_1d(ufunc(given))):
                    assert not np.shares_memory(made, given), ufunc


def test_results_of_other_calls_and_threads_are_not_written_to():
    def f(x):
        y = np.exp(x)
        return y + 1.0, (y + x) * 2.0 - y.sum(), x.T, np.ones((2, 2)) * 2.0

    compiled = ag.compile(f)
    kept, xs = {}, [np.full((2, 2), k / 10) for k in range(6)]
    compiled(xs[0])

    def work(k):
        for x in xs:
            x.flags.writeable = False
            kept[k, float(x[0, 0])] = x, compiled(x)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results = [part for _, out in kept.values() for part in out]
    for x, out in kept.values():
        assert_same(out, f(x))
    for part in results:
        before = [p.copy() for p in results if p is not part]
        part += 1.0
        for p, q in zip([p for p in results if p is not part], before, strict=True):
            np.testing.assert_array_equal(p, q)


def test_random_numbers_that_would_come_out_the_same_are_refused():
    for seed in range(20):
        generator = random.Random(seed)
        refused = ag.compile(lambda x, g=generator: x if g.random() < 0.9 else 2 * x)
        with pytest.raises(TypeError, match="draws from"):
            refused(ONES)
        dropping = ag.nn.Dropout(0.1, rng=seed)
        with pytest.raises(TypeError, match="call eval"):
            ag.compile(lambda x, d=dropping: d(x))(ONES)


def test_a_function_of_a_notebook_takes_its_arrays_from_outside_too(monkeypatch):
    """Its module is the program itself, whose file is the kernel's, of an installed package."""
    monkeypatch.setattr(sys.modules["__main__"], "__file__", "/lib/site-packages/kernel.py", False)
    w, space = np.array([1.0, 2.0, 3.0]), {"__name__": "__main__"}
    exec(compile("f = lambda x: w * x", "<cell>", "exec"), space)
    space["w"] = w
    compiled = ag.compile(space["f"])
    for k in range(4):
        w[k % 3] += 1.0
        assert_same(compiled(ONES), w * ONES)


GLOBAL = ag.Tensor([1.0, 2.0, 3.0])


class ByGlobal:
    def __call__(self, x):
        return x * GLOBAL


def test_what_a_method_finds_in_globals_is_read_anew_and_gets_its_gradient():
    model = ByGlobal()
    compiled = ag.compile(model)
    for k in range(3):
        GLOBAL.data = [1.0 + k, 2.0, 3.0]
        gradients = []
        for f in (model, compiled):
            GLOBAL.grad = None
            ag.sum(f(ONES) ** 2).backward()
            gradients.append(GLOBAL.grad)
        np.testing.assert_array_equal(*gradients)


def test_an_array_with_nodes_in_it_is_the_node_that_it_stands_for():
    w, filled = ag.Tensor([1.0, 2.0]), ag.zeros(2)
    filled[0] = w.sum()
    compiled = ag.compile(lambda x: x * filled)
    for k in range(3):
        filled[1] = w[k % 2] * 2.0
        gradients = []
        for f in (lambda x: x * filled, compiled):
            w.grad = None
            ag.sum(f(np.ones(2))).backward()
            gradients.append(w.grad)
        np.testing.assert_array_equal(*gradients)


def test_an_array_that_is_not_copied_is_itself():
    compiled = ag.compile(lambda x: x * 2.0 if x.astype(float, copy=False) is x else x)
    for _ in range(2):
        np.testing.assert_array_equal(compiled(ONES), 2 * ONES)
