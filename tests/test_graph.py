"""The graph by named cases: order, sweeps, seeds, interruptions, threads, contexts, memory."""

import asyncio
import gc
import sys
import threading
import weakref

import numpy as np
import pytest
from helpers import close

import autograd_lite as ag
from autograd_lite.core.graph import Node, describe, sweep, toposort
from autograd_lite.core.operation import Op

KINDS = [ag.Value, lambda x: ag.Tensor([x, x])]
kinds = pytest.mark.parametrize("kind", KINDS, ids=["Value", "Tensor"])


def total(x):
    return x.sum() if isinstance(x, ag.Tensor) else x


def grads(*nodes):
    return [np.ravel(x.grad)[0] for x in nodes]


# --- shapes of graphs -------------------------------------------------------------------------


@kinds
def test_fan_out(kind):
    x = kind(3.0)
    a, b, c = x * 2.0, x * 5.0, x * 7.0
    total(a + b * c).backward()
    assert grads(x) == [2 + 2 * 35 * 3.0]


@kinds
def test_repeated_input(kind):
    x = kind(3.0)
    y = x * x
    assert y.inputs == (x, x)
    total(y).backward()
    assert grads(x) == [6.0]


@kinds
def test_constant_has_no_place_in_the_graph(kind):
    x = kind(3.0)
    y = 2.0 * x + 1.0
    assert [type(n) for n in toposort([y])] == [type(x)] * 3
    total(y).backward()
    assert grads(x) == [2.0]


@kinds
def test_unreachable(kind):
    x, y, apart = kind(3.0), kind(4.0), kind(5.0)
    above = x * y
    total(x * x).backward()
    assert y.grad is None
    assert above.grad is None
    assert apart.grad is None


@kinds
def test_diamonds_are_summed_not_walked(kind):
    """y = y + y sixty times is 2⁶⁰ paths and sixty nodes."""
    x = y = kind(1.0)
    for _ in range(60):
        y = y + y
    total(y).backward()
    assert grads(x) == [2.0**60]


def test_a_chain_of_a_hundred_thousand_values():
    assert sys.getrecursionlimit() <= 3000
    x = y = ag.Value(0.5)
    for _ in range(100_000):
        y = y * 1.0
    y.backward()
    assert x.grad == 1.0
    assert len(toposort([y])) == 100_001
    del y  # taking it down must not recurse either


def test_a_chain_of_thirty_thousand_tensors():
    x = y = ag.Tensor([0.5, 2.0])
    for _ in range(30_000):
        y = y + 1.0
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, [1.0, 1.0])


def test_a_deep_recorded_sweep():
    def power(x):
        y = x
        for _ in range(3_000):
            y = y * 1.0
        return y * y

    assert ag.grad(ag.grad(power))(3.0) == 2.0


@kinds
def test_order(kind):
    """Every node after its inputs, every node once, whatever the graph looks like."""
    rng = np.random.default_rng(3)
    nodes = [kind(1.0), kind(2.0)]
    for _ in range(200):
        i, j = rng.integers(len(nodes), size=2)
        nodes.append(nodes[i] * 0.5 + nodes[j])
    order = toposort(nodes[-3:])
    place = {id(n): i for i, n in enumerate(order)}
    assert len(place) == len(order)
    for node in order:
        for x in node.inputs:
            assert not isinstance(x, Node) or place[id(x)] < place[id(node)]


def test_stop_hides_what_is_below():
    x = ag.Value(2.0)
    y = x * x
    z = y * 3.0
    assert toposort([z], stop=[y]) == [y, z]
    found = {id(n): g for n, g in sweep([z], [1.0], stop=[y])}
    assert found == {id(z): 1.0, id(y): 3.0}
    assert getattr(x, "cotangent", None) is None


# --- sweeps -----------------------------------------------------------------------------------


@kinds
def test_leaves_accumulate_and_interior_nodes_are_overwritten(kind):
    x = kind(3.0)
    y = x * x
    z = total(y * 2.0)
    for sweeps in (1, 2, 3):
        z.backward()
        assert grads(x) == [12.0 * sweeps]
        assert grads(y, z) == [2.0, 1.0]


@kinds
def test_two_roots_sharing_nodes_add_up(kind):
    x = kind(3.0)
    shared = x * x
    a, b = total(shared * 2.0), total(shared * 5.0)
    a.backward()
    b.backward()
    assert grads(x) == [12.0 + 30.0]
    x.grad = None
    found = {id(n): g for n, g in sweep([a, b], [a.one(), b.one()])}
    assert np.ravel(found[id(x)])[0] == 42.0


def test_roots_one_above_the_other():
    x = ag.Value(3.0)
    y = x * x
    z = y * y
    found = [(n, g) for n, g in sweep([y, z], [1.0, 1.0])]
    assert [n for n, _ in found] == [z, y, x]  # y only when z's share has arrived
    assert [g for _, g in found] == [1.0, 1.0 + 18.0, 19.0 * 6.0]


def test_the_same_root_twice():
    x = ag.Value(3.0)
    y = x * x
    assert {id(n): g for n, g in sweep([y, y], [1.0, 2.0])}[id(x)] == 18.0


def test_a_root_that_is_a_leaf():
    x = ag.Value(3.0)
    x.backward()
    assert x.grad == 1.0


@pytest.mark.parametrize("seed", [2.5, 2, np.float64(2.5), np.float32(2.5), np.array(2.5)])
def test_seed_of_a_value(seed):
    x = ag.Value(3.0)
    (x * x).backward(seed)
    assert x.grad == 6.0 * float(seed)
    assert type(x.grad) is float


def test_seed_of_a_tensor():
    x = ag.Tensor([1.0, 2.0])
    (x * x).backward([10.0, 1.0])
    np.testing.assert_array_equal(x.grad, [20.0, 4.0])
    x.grad = None
    (x * x).backward(ag.Tensor([1, 1]))
    np.testing.assert_array_equal(x.grad, [2.0, 4.0])


@pytest.mark.parametrize(
    ("seed", "kind", "message"),
    [
        ([1.0], ValueError, r"seed has shape \(1,\); it needs this Tensor's shape, \(2,\)"),
        (1.0, ValueError, r"seed has shape \(\)"),
        ("one", TypeError, "dtype <U3"),
        ([1j, 2], TypeError, "complex"),
    ],
)
def test_bad_seed_of_a_tensor(seed, kind, message):
    x = ag.Tensor([1.0, 2.0])
    with pytest.raises(kind, match=message):
        (x * x).backward(seed)
    assert x.grad is None


@pytest.mark.parametrize("seed", ["one", [1.0, 2.0], 1j, None.__class__])
def test_bad_seed_of_a_value(seed):
    with pytest.raises(TypeError, match="a Value holds one real number"):
        (ag.Value(2.0) * 2.0).backward(seed)


def test_the_seed_is_not_shared():
    x = ag.Tensor([1.0, 2.0])
    seed = np.ones(2)
    x.backward(seed)
    seed[:] = 7.0
    np.testing.assert_array_equal(x.grad, [1.0, 1.0])


def test_gradients_of_two_leaves_are_not_one_array():
    x, y = ag.Tensor([1.0, 2.0]), ag.Tensor([1.0, 2.0])
    (x + y).backward([1.0, 1.0])
    x.grad[0] = 100.0
    np.testing.assert_array_equal(y.grad, [1.0, 1.0])


def test_seeds_in_front_of_a_graph_of_values():
    a, b = ag.Value(2.0), ag.Value(0.5)
    outs = [a * b, ag.exp(a) / b, ag.maximum(a, b)]
    found = {id(n): g for n, g in sweep(outs, list(np.eye(3)))}
    for k, out in enumerate(outs):
        a.grad = b.grad = None
        out.backward()
        close(found[id(a)][k], a.grad, 1e-14)
        close(found[id(b)][k], b.grad, 1e-14)


def test_a_recorded_sweep_can_be_swept():
    x = ag.Value(2.0)
    y = x * x * x
    ((_, g),) = [(n, g) for n, g in sweep([y], [ag.Value(1.0)], record=True) if n is x]
    assert g.data == 12.0
    g.backward()
    assert x.grad == 12.0  # d(3x²)/dx


@kinds
def test_grad_of_nothing_is_changed_by_the_calculus(kind):
    x = kind(2.0)
    ag.grad(lambda y: total(y * x))(2.0)
    assert x.grad is None


# --- interruptions ----------------------------------------------------------------------------


class Faulty(Op):
    """y = 2x, whose rule does what it is told."""

    name = "faulty"

    def __init__(self, rule):
        self.rule = rule

    def forward(self, x):
        return 2.0 * x

    def vjp(self, i, g, out, x):
        return self.rule(g)


@kinds
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, MemoryError])
def test_an_interrupted_sweep_leaves_nothing_behind(kind, error):
    failing = True

    def rule(g):
        if failing:
            raise error("stop")
        return 2.0 * g

    x = kind(3.0)
    left, right = x * 5.0, Faulty(rule)(x)
    y = total(left * right + left)
    with pytest.raises(error, match="stop"):
        y.backward()
    failing = False
    x.grad = None
    y.backward()
    assert grads(x) == [2 * 10 * 3.0 + 5.0]


class Same(Op):
    """y = x or x + x', whose rule returns the very cotangent that it was given."""

    name = "same"

    def forward(self, *xs):
        return sum(xs) * np.ones(2)

    def vjp(self, i, g, out, *xs):
        return g


@pytest.mark.parametrize("apply", [Same(), lambda x: Same()(x, 1.0), lambda x: Same()(1.0, x)])
def test_a_leaf_is_handed_a_copy(apply):
    x = ag.Tensor([1.0, 2.0])
    y = apply(x)
    y.backward([3.0, 4.0])
    x.grad[0] = 100.0
    assert y.grad.tolist() == [3.0, 4.0]


def test_two_leaves_are_handed_a_copy_each():
    x, w = ag.Tensor([1.0, 2.0]), ag.Tensor([5.0, 6.0])
    y = Same()(x, w)
    y.backward([3.0, 4.0])
    x.grad[0] = w.grad[1] = 100.0
    assert [x.grad.tolist(), w.grad.tolist()] == [[100.0, 4.0], [3.0, 100.0]]
    assert y.grad.tolist() == [3.0, 4.0]


def test_an_abandoned_sweep_leaves_nothing_behind():
    x = ag.Value(3.0)
    y = x * x
    walk = sweep([y], [1.0])
    next(walk)
    walk.close()
    y.backward()
    assert x.grad == 6.0


def test_a_rule_that_differentiates():
    """A sweep inside a sweep sets the outer one's cotangents aside, also on shared nodes."""
    w = ag.Value(4.0)

    def rule(g):
        inner = w * w
        inner.backward()  # a sweep through a node that waits for its second contribution
        return 2.0 * g

    x = ag.Value(3.0)
    y = Faulty(rule)(x * w) + w * 10.0
    y.backward()
    assert x.grad == 8.0
    # 8 of the inner sweep; 2·3 and 10 of the outer one.
    assert w.grad == 8.0 + 6.0 + 10.0


def test_a_rule_that_uses_the_calculus():
    cube = Faulty(lambda g: g * ag.grad(lambda v: v * 2.0)(1.0))
    x = ag.Value(3.0)
    (cube(x) * x).backward()
    assert x.grad == 12.0


# --- threads ----------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [16])
def test_threads_that_share_leaves(threads):
    """Whole numbers, so that the sum is the same in every order."""
    w, v = ag.Tensor([1.0, 2.0, 3.0]), ag.Value(2.0)
    rounds = 20
    failures = []
    barrier = threading.Barrier(threads)

    def work(k):
        try:
            barrier.wait()
            for _ in range(rounds):
                y = ((w * float(k)) * (w + v)).sum()
                y.backward()
        except BaseException as error:
            failures.append(error)

    pool = [threading.Thread(target=work, args=(k,)) for k in range(threads)]
    for t in pool:
        t.start()
    for t in pool:
        t.join()
    assert not failures
    factor = rounds * sum(range(threads))
    np.testing.assert_array_equal(w.grad, factor * (2 * w.data + 2.0))
    assert v.grad == factor * 6.0


def test_threads_that_sweep_one_graph_with_the_calculus():
    x = np.arange(1.0, 4.0)
    expected = np.diag(np.exp(x))
    found = [None] * 16

    def work(k):
        found[k] = [ag.jacobian(ag.exp)(x) for _ in range(10)]

    pool = [threading.Thread(target=work, args=(k,)) for k in range(16)]
    for t in pool:
        t.start()
    for t in pool:
        t.join()
    for each in found:
        for jacobian in each:
            np.testing.assert_array_equal(jacobian, expected)


# --- no_grad and group ------------------------------------------------------------------------


@kinds
def test_no_grad(kind):
    x = kind(3.0)
    with ag.no_grad():
        y = x * x
    assert y.inputs == ()
    assert y.op is None
    assert (x * x).inputs == (x, x)
    total(y).backward()
    assert x.grad is None


WAYS_IN = {
    "a method": lambda x: -x,
    "a function": ag.exp,
    "NumPy's": np.tanh,
    "two nodes": lambda x: x / x,
    "a number after": lambda x: x**2.0,
    "a number before": lambda x: 2.0 - x,
    "a function of two": lambda x: np.hypot(x, 4.0),
    "of three": lambda x: ag.clip(x, 0.0, 1.0),
    "sum": ag.sum,
}


@kinds
@pytest.mark.parametrize("way", WAYS_IN)
def test_blocks_reach_every_way_in(kind, way):
    x = kind(3.0)
    with ag.no_grad():
        assert WAYS_IN[way](x).op is None
    with ag.group("layer"):
        assert WAYS_IN[way](x).group == ("layer",)
    assert WAYS_IN[way](x).group == ()


def test_no_grad_ends_with_an_exception():
    x = ag.Value(3.0)
    with pytest.raises(RuntimeError, match="stop"), ag.no_grad():
        raise RuntimeError("stop")
    assert (x * x).inputs == (x, x)


def test_no_grad_nests_and_can_be_entered_again():
    x = ag.Value(3.0)
    block = ag.no_grad()
    with block:
        with block, ag.no_grad():
            assert (x * x).op is None
        assert (x * x).op is None
    assert (x * x).op is not None
    with block:
        assert (x * x).op is None
    assert (x * x).op is not None


def test_no_grad_as_decorator():
    @ag.no_grad()
    def square(x, again=False):
        if again:
            square(x)
        return x * x

    x = ag.Value(3.0)
    assert square(x, again=True).op is None
    assert square.__name__ == "square"
    assert (x * x).op is not None


def test_no_grad_holds_for_its_own_thread_only():
    x = ag.Value(3.0)
    inside, done = threading.Event(), threading.Event()
    seen = []

    def other():
        inside.wait()
        seen.append((x * x).op is not None)
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with ag.no_grad():
        inside.set()
        done.wait()
        assert (x * x).op is None
    thread.join()
    assert seen == [True]


def test_no_grad_holds_for_its_own_task_only():
    x = ag.Value(3.0)

    async def quiet():
        with ag.no_grad():
            await asyncio.sleep(0.001)
            return (x * x).op is None

    async def loud():
        await asyncio.sleep(0)
        return (x * x).op is not None

    async def both():
        return await asyncio.gather(quiet(), loud(), quiet(), loud())

    assert asyncio.run(both()) == [True] * 4


def generator():
    yield 1


async def coroutine():
    return 1


async def asynchronous_generator():
    yield 1


@pytest.mark.parametrize("function", [generator, coroutine, asynchronous_generator])
@pytest.mark.parametrize("block", [ag.no_grad(), ag.group("a")], ids=["no_grad", "group"])
def test_a_block_refuses_to_decorate_what_outlives_the_call(function, block):
    """Such a function returns before its body has run, and the block would have ended by then."""
    with pytest.raises(TypeError, match=f"{function.__name__}.*`with"):
        block(function)


def test_a_generator_dropped_inside_a_block():
    def numbers():
        with ag.no_grad():
            yield 1

    walk = numbers()
    next(walk)
    walk.close()
    x = ag.Value(3.0)
    assert (x * x).op is not None


def test_group():
    x = ag.Value(3.0)
    with ag.group("outer"):
        a = x * x
        with ag.group("inner"):
            b = a * x
        c = b * x
    d = c * x
    assert [n.group for n in (x, a, b, c, d)] == [
        (),
        ("outer",),
        ("outer", "inner"),
        ("outer",),
        (),
    ]
    a.label = "a"
    assert (a.label, a.group) == ("a", ("outer",))
    assert c.label == ""  # notes of one block are shared until somebody writes


def test_group_as_decorator():
    @ag.group("square")
    def square(x):
        return x * x

    assert square(ag.Tensor([1.0])).group == ("square",)


@pytest.mark.parametrize("name", [None, 3, b"a"])
def test_group_needs_a_name(name):
    with pytest.raises(TypeError, match="a group's name is a string"):
        ag.group(name)


# --- memory -----------------------------------------------------------------------------------


@kinds
def test_nodes_die_without_the_garbage_collector(kind):
    gc.collect()
    gc.disable()
    try:
        x = kind(3.0)
        y = total(ag.softmax(ag.stack([x.sum(), x.sum()])) if total(x) is not x else x * x)
        y.backward()
        ag.grad(lambda v: total(v * v))(3.0)
        refs = [weakref.ref(n) for n in toposort([y])]
        assert len(refs) > 1
        del x, y
        assert [r() for r in refs] == [None] * len(refs)
        assert not gc.collect(0)
    finally:
        gc.enable()


def test_an_interrupted_sweep_keeps_no_node_alive():
    x = ag.Value(3.0)
    y = Faulty(lambda g: 1 / 0)(x)
    ref = weakref.ref(x)
    with pytest.raises(ZeroDivisionError):
        y.backward()
    del x, y
    gc.collect()
    assert ref() is None


# --- roots that are none ----------------------------------------------------------------------


@pytest.mark.parametrize("root", [3.0, None, np.ones(2), "y", [ag.Value(1.0)]])
def test_a_root_that_is_no_node(root):
    with pytest.raises(TypeError, match=r"root.*(Value|Tensor)"):
        list(sweep([root], [1.0]))
    with pytest.raises(TypeError, match=r"root.*(Value|Tensor)"):
        toposort([root])


def test_roots_and_seeds_come_in_pairs():
    with pytest.raises(ValueError, match="argument 2 is shorter than argument 1"):
        list(sweep([ag.Value(1.0), ag.Value(2.0)], [1.0]))


def test_descriptions():
    assert describe(ag.Value(3.0, "x")) == "Value 'x' (3)"
    assert describe(ag.Tensor([1.0, 2.0])) == "Tensor of shape (2,)"
    assert describe(2.5) == "float (2.5)"
    assert describe(np.ones((2, 1))) == "ndarray of shape (2, 1)"
