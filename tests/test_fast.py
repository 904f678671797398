"""The quick ways against the plain ones they replace, to the last bit."""

import copy
import itertools
import math
import pickle
import random

import numpy as np
import pytest
from test_elementwise import AWKWARD, spread

import autograd_lite as ag
from autograd_lite.core.elementwise import TABLE
from autograd_lite.core.graph import Node
from autograd_lite.nodes import fast

assert fast is not None, "there is nothing to compare in plain mode"

SHORT = [name for name in TABLE if len(TABLE[name].partials) < 3]
# Which inputs are nodes; the others are constants.
NODES = {1: [(True,)], 2: [(True, True), (True, False), (False, True)]}


def pulled(y, xs, cotangent):
    """What arrives at the nodes among `xs`, by the quick way and by the plain one."""
    nodes = [x for x in xs if isinstance(x, Node)]
    for x in nodes:
        x.cotangent = None
    plain = dict.fromkeys(nodes)
    with np.errstate(all="ignore"):
        went = y.pull(y, cotangent)
        if went:
            for x, share in y.shares(cotangent):
                plain[x] = x.total(plain[x], share)
    found = [x.cotangent for x in nodes]
    for x in nodes:
        x.cotangent = None
    if not went:  # to be swept the plain way, with nothing done yet
        assert found == [None] * len(nodes)
        return [], []
    return found, list(plain.values())


def same(quick, plain):
    """Equal kinds of data, dtypes, shapes and bits; of NaN any."""
    assert type(quick) is type(plain)
    quick, plain = np.asarray(quick), np.asarray(plain)
    assert (quick.dtype, quick.shape) == (plain.dtype, plain.shape)
    np.testing.assert_array_equal(quick, plain)
    known = ~np.isnan(plain)
    np.testing.assert_array_equal(np.signbit(quick)[known], np.signbit(plain)[known])


@pytest.mark.parametrize("name", SHORT)
@pytest.mark.parametrize("cotangent", [0.0, 1.0, -2.5, math.inf])
def test_the_quick_pull_of_values_is_the_plain_one(name, cotangent):
    row = TABLE[name]
    cases = itertools.product(AWKWARD[:12], repeat=len(row.partials))
    for at in itertools.islice(cases, 0, None, 1 if len(row.partials) < 2 else 5):
        for which in NODES[len(at)]:
            xs = [ag.Value(x) if node else x for x, node in zip(at, which, strict=True)]
            with np.errstate(all="ignore"):
                y = row(*xs)
            for quick, plain in zip(*pulled(y, xs, cotangent), strict=True):
                same(quick, plain)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", SHORT)
@pytest.mark.parametrize("shapes", [((12,), (12,)), ((4, 12), (12,)), ((12,), (4, 1)), ((12,), ())])
def test_the_quick_pull_of_tensors_is_the_plain_one(name, shapes):
    row = TABLE[name]
    numbers = np.array(AWKWARD[:12])
    at = [np.resize(np.roll(numbers, 5 * i), s) for i, s in enumerate(shapes)][: len(row.partials)]
    for which in NODES[len(at)]:
        xs = [ag.Tensor(x) if node else x for x, node in zip(at, which, strict=True)]
        y = row(*xs)
        for cotangent in (np.resize(numbers[::-1], y.shape), np.full((2, *y.shape), 0.5)):
            for quick, plain in zip(*pulled(y, xs, cotangent), strict=True):
                same(quick, plain)


@pytest.mark.parametrize("name", [name for name in TABLE if len(TABLE[name].partials) == 1])
def test_a_large_array_is_pulled_as_its_pieces_are(name):
    """Large slopes are not looked at for poles first; nothing is written to that is used again."""
    numbers = np.resize(spread(name, (40,))[0], 12_000)
    g = np.random.default_rng(0).normal(size=12_000)
    x = ag.Tensor(numbers)
    y = TABLE[name](x)
    forward = y.data.copy()
    for times in (1, 2):
        y.backward(g)
        np.testing.assert_array_equal(y.data, forward)
        np.testing.assert_array_equal(x.data, numbers)
        np.testing.assert_array_equal(y.grad, g)
        for part in np.split(np.arange(12_000), 3):
            piece = ag.Tensor(numbers[part])
            TABLE[name](piece).backward(g[part])
            np.testing.assert_array_equal(x.grad[part], times * piece.grad)


@pytest.mark.parametrize("name", [name for name in TABLE if len(TABLE[name].partials) == 1])
@pytest.mark.parametrize("lead", [(), (2,)])
def test_a_large_slope_under_a_cotangent_of_another_shape_or_dtype(name, lead):
    x = ag.Tensor(np.resize(spread(name, (40,))[0], 12_000), dtype=np.float32)
    y = TABLE[name](x)
    g = np.random.default_rng(0).normal(size=(*lead, 12_000))
    for cotangent in (g, g.astype(np.float32)):
        (quick,), (plain,) = pulled(y, [x], cotangent)
        assert quick.dtype == cotangent.dtype
        same(quick, plain)


ALONE = [row for row in TABLE.values() if len(row.partials) == 1]


def at_random(seed, *nodes):
    """Every node of a program at random in which results are used again and again."""
    rng = random.Random(seed)
    made = list(nodes)
    for _ in range(12):
        x, y = rng.choice(made), rng.choice(made)
        row = rng.choice([ag.add, ag.multiply, ag.divide, ag.maximum, *rng.sample(ALONE, 6)])
        made.append(row(x) if row in ALONE else row(x, y))
    return [*made, sum(made)]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("seed", range(20))
def test_programs_on_large_arrays_are_swept_as_on_their_pieces(seed):
    rng = np.random.default_rng(seed)
    a, b, g = rng.normal(size=(3, 100, 120)) * rng.choice([0.0, 1.0, 1.0, 1.0], size=(3, 100, 1))
    large = at_random(seed, ag.Tensor(a), ag.Tensor(b))
    forward = [node.data.copy() for node in large]
    large[-1].backward(g)
    for node, before in zip(large, forward, strict=True):
        np.testing.assert_array_equal(node.data, before)
    for rows in np.split(np.arange(100), 4):
        pieces = at_random(seed, ag.Tensor(a[rows]), ag.Tensor(b[rows]))
        pieces[-1].backward(g[rows])
        for node, piece in zip(large, pieces, strict=True):
            np.testing.assert_array_equal(node.grad[rows], piece.grad, err_msg=node._op)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", SHORT)
def test_nodes_alone_and_beside_numbers_have_a_quick_pull(name):
    """However they are made: by the row, by an operator or method, and inside an open block."""
    row = TABLE[name]
    for kind in (ag.Value, ag.Tensor):
        for which in NODES[len(row.partials)]:
            y = row(*(kind(0.5) if node else 0.5 for node in which))
            with ag.group("a block"):
                in_block = row(*(kind(0.5) if node else 0.5 for node in which))
            assert y.pull is in_block.pull is not None
    x = ag.Tensor([0.5])
    for made in (x + x, x - 1, 2.0 * x, np.ones(1) / x, -x, x.exp(), np.tanh(x), x @ x, x.sum()):
        assert made.pull is not None


def test_what_an_interruption_left_behind_is_cleared_by_the_next_sweep():
    """As if a sweep had been cut off between its last line and its own clearing up."""
    x, other = ag.Value(3.0), ag.Value(1.0)
    y = x * x
    x.cotangent = other.cotangent = 100.0
    fast.sweeping._running.append([x, other])
    y.backward()
    assert x.grad == 6.0
    assert other.cotangent is None
    assert fast.sweeping._running == []


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_a_copy_is_swept_the_same_way(again):
    x = ag.Tensor([1.0, 2.0])
    for y in (x * x, x * 2, 3 - x, x.exp(), x @ x, ag.Value(2.0) * 3):
        assert again(y).pull is y.pull is not None
    assert again(x).pull is None
