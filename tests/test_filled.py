"""Arrays that are filled with nodes: what NumPy makes of the same program, with its gradient."""

import copy
import pickle

import numpy as np
import pytest
from helpers import check_rule, close, differences
from numpy_calls import ARRAYS, CALLS, names_in

import autograd_lite as ag
import autograd_lite.numpy as anp
from autograd_lite.nodes.array import Array, FilledArray, has_nodes
from autograd_lite.ops.filled import Filled

X = np.random.default_rng(3).normal(size=12)


# Each is run with NumPy on plain numbers and with ours on a node: same numbers, right gradient.
def entries(np, x):
    out = np.zeros((3, 4))
    for i in range(3):
        for j in range(4):
            out[i, j] = x[i] * x[j]
    return out


def some_entries(np, x):
    out = np.ones((3, 4))
    out[1, 2] = x[0] * x[1]
    out[-1, 0] = x[3]
    return out


def overwritten(np, x):
    out = np.zeros(3)
    for i in range(7):
        out[i % 3] = x[i] ** 2
    out[1] = 5.0
    return out


def read_between(np, x):
    h = np.zeros((2, 6))
    for t in range(1, 6):
        h[:, t] = np.tanh(h[:, t - 1] * x[t] + x[:2])
    return h


def whole_between(np, x):
    out = np.zeros(4)
    for i in range(4):
        out[i] = x[i] + np.sum(out * out)
    return out


def number_over_a_read_node(np, x):
    out = np.zeros(4)
    out[:] = x[:4]
    first = np.sum(out**2)
    out[1] = 7.0
    second = np.sum(out**2)
    out[2] = first
    return out * second


def in_place_entries(np, x):
    out = np.zeros(5)
    for i in range(12):
        out[i % 5] += x[i] * x[0]
        out[i % 5] *= 1.5
    return out


def in_place_rows(np, x):
    out = np.zeros((3, 4))
    for n in range(3):
        out[n] += x[:4] * x[n]
        out[n] -= x[n]
        out[n, 1:] /= 2.0 + x[5] ** 2
    return out


def in_place_whole(np, x):
    out = np.zeros((3, 4))
    out += x[:4]
    out *= x[4:7].reshape(3, 1)
    out **= 2
    return out


def rows_are_views(np, x):
    out = np.zeros((3, 4))
    for row, v in zip(out, x, strict=False):
        row[1] = v
        row[2:] = v * v
    return out


def views_made_before(np, x):
    out = np.zeros((3, 4))
    flat, turned, part = out.reshape(-1), out.T, out[1:, ::-2]
    out[1, 1] = x[0]
    turned[3, 2] = x[1]
    flat[0] = x[2]
    part[0, 1] *= x[3]
    part[1, 0] += x[4]
    return flat * 2.0 + turned.reshape(-1) + np.sum(part)


def chained_keys(np, x):
    out = np.zeros((2, 3, 4))
    out[1][2][3] = x[0]
    out[0][1] = x[:4]
    out[1, :2][:, 1:3] = x[4:8].reshape(2, 2)
    return out


def masks(np, x):
    out = np.zeros(12)
    out[x > 0] = x[x > 0] ** 2
    out[x < -0.5] = x[0]
    return out


def fancy(np, x):
    out = np.zeros((4, 3))
    out[[0, 2], [1, 1]] = x[:2]
    out[np.array([3, 1])] = x[2:5]
    out[np.arange(4), [0, 1, 2, 0]] += x[5]
    return out


def repeated(np, x):
    out = np.zeros(4)
    out[[0, 0, 2, 2, 2]] = x[:5]
    out[[1, 1]] += x[5]
    return out


def lists_of_nodes(np, x):
    out = np.zeros((2, 3))
    out[0] = [x[0], 1.0, x[1] * x[2]]
    out[:, 1] = (x[3], x[4])
    return out


def broadcast(np, x):
    out = np.zeros((3, 4))
    out[...] = x[0]
    out[1] = x[1]
    out[:, 2:] = x[2:4]
    out[:, :1] = x[4:7].reshape(3, 1)
    return out


def overlapping(np, x):
    out = np.zeros(6)
    out[:] = x[:6]
    out[1:] = out[:-1] * 2.0
    out[:3] = out[3:]
    return out


def exchanged(np, x):
    out = np.array(x * 2.0)
    out[[0, 3]] = out[[3, 0]]
    out[1], out[2] = out[2] * 1.0, out[1] * 1.0
    return out * x


def from_one_to_another(np, x):
    a, b = np.zeros(3), np.zeros((2, 3))
    a[1:] = x[:2]
    b[0] = a
    a[2] = x[5]
    b[1] = a * a
    return b


def functions_of_the_whole(np, x):
    out = np.zeros((3, 3))
    for i in range(3):
        for j in range(3):
            out[i, j] = x[i] * x[j + 3] + (i == j) * 9.0
    return np.linalg.inv(out) @ np.concatenate([out, out.T], axis=1) + np.log(np.abs(out)).sum()


def methods_of_the_whole(np, x):
    out = np.zeros((3, 4))
    out[0] = x[:4]
    out[2] = x[4:8]
    parts = [
        out.sum(0),
        out.mean(axis=0),
        out.max(axis=0),
        out.T.reshape(4, 3)[:, 2],
        out.copy()[0],
    ]
    return np.stack(
        [*parts, out.cumsum(1)[2], out.clip(-0.5, 0.5)[0], out.dot(out.T).flatten()[:4]]
    )


def arrays_of_nodes(np, x):
    r = np.array([[np.cos(x[0]), -np.sin(x[0])], [np.sin(x[0]), 1.0]])
    v = np.array([x[1], 2.0])
    return np.array([r @ v, x[2:4], [1.0, x[5]]])


def filled_with_one(np, x):
    out = np.full((2, 3), x[0] * 2.0)
    out[1, 1] = 0.0
    like = np.full_like(out, x[1])
    like[0, 0] = x[2]
    return out * like + np.zeros_like(x[:3])


def with_flat(np, x):
    out = np.zeros((2, 3))
    out.flat[3] = x[0]
    out.fill(x[1])
    out.flat[0] = x[2] * x[3]
    turned = out.T
    turned.flat[3:] = [x[4], 2.0]
    return out * np.array(list(out.flat)[::2])


def a_rotation(np, x):
    r = np.eye(3)
    r[0, 0] = r[1, 1] = np.cos(x[0])
    r[1, 0] = np.sin(x[0])
    r[0, 1] = -r[1, 0]
    return r @ x[:3]


def added_where_named(np, x):
    out = np.zeros((3, 2))
    np.add.at(out, [0, 2, 2], x[:6].reshape(3, 2))
    np.subtract.at(out, ([1, 1], [0, 0]), x[6])
    np.add.at(out, 0, 1.0)
    table = np.array(x[:4] * 2.0)
    np.add.at(table, [1, 1, 3], x[:3])
    return out * table[:2]


def numpys_writers(np, x):
    out = np.zeros((3, 4))
    np.copyto(out, x[:4] * 1.0)
    np.copyto(out, x[8:], where=np.arange(12).reshape(3, 4) % 2 == 0)
    np.put(out, [0, -1], [x[1], 5.0])
    np.place(out, np.arange(12).reshape(3, 4) == 5, x[6:9])
    np.putmask(out, np.eye(3, 4) > 0, x[:5])
    np.put_along_axis(out, np.array([[1], [3], [0]]), x[2:5].reshape(3, 1), axis=1)
    np.fill_diagonal(out[:, 1:], x[7])
    return out


def joined_in_brackets(np, x):
    rows = np.r_[x[0], 1:4, [x[1], 2.0], x[2:4]]
    columns = np.c_[x[:3], [0.0, 1.0, x[5]], np.ones(3)]
    return (
        np.r_["-1", columns, np.r_["0,2", x[:3], x[3:6]][:1].T] * rows[:1] + np.mgrid[0:3, 0:1][0]
    )


def lists_in_place_of_arrays(np, x):
    s = np.sum([x[0], x[1] * x[2], 3.0]) + np.max([x[0], x[3]]) + np.prod([[x[4]], [x[5]]])
    return np.stack([np.mean([x, x**2], axis=0), np.cumsum([x[0]] * 12) * s, np.flip(list(x))])


def entry_by_entry(np, x):
    squares = np.vectorize(lambda v, w: v * v + w)(x.reshape(3, 4), x[:4])
    out = np.zeros((3, 4))
    for (i, j), v in np.ndenumerate(squares):
        out[i, j] = v * (i + j)
    return np.concatenate([out.ravel(), np.fromiter((v * 2.0 for v in x[:3]), float)])


def nothing_in_it(np, x):
    out = np.zeros((0, 3))
    out[:, 1] = x[:0]
    whole = np.zeros(2)
    whole[5:] = x[:0]
    return np.concatenate([out.reshape(-1), whole, x[:1]])


def steps_backwards(np, x):
    out = np.zeros(6)
    out[::-2] = x[:3]
    view = out[::-1]
    view[0] = view[1] + view[2] * 3.0 + x[4]
    return view


PROGRAMS = [
    f for f in dict(globals()).values() if getattr(f, "__code__", None) and f.__module__ == __name__
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_it_is_numpys_program_with_a_gradient(program):
    expected = program(np, X.copy())
    x = ag.Tensor(X)
    out = program(anp, x)
    np.testing.assert_allclose(anp.asarray(out).data, expected, rtol=1e-13)
    jacobian = differences(lambda v: program(np, v), X)
    close(ag.jacobian(lambda v: program(anp, v))(X), jacobian, 1e-8)
    v = np.random.default_rng(1).normal(size=expected.shape)
    (out * v).sum().backward()  # plain sweep
    close(np.zeros(12) if x.grad is None else x.grad, np.tensordot(v, jacobian, v.ndim), 1e-8)
    direction = np.random.default_rng(2).normal(size=12)
    _, tangent = ag.jvp(lambda v: program(anp, v), (X,), (direction,))
    close(tangent, jacobian @ direction, 1e-8)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_second_derivatives(program):
    def f(x):
        return anp.sum(anp.sin(program(anp, x) * 0.3))

    close(ag.hessian(f)(X), differences(ag.grad(f), X, 3e-3), 1e-6)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_plain_numbers_stay_plain(program):
    out = program(anp, X.copy())
    assert isinstance(out, np.ndarray)
    np.testing.assert_array_equal(out, program(np, X.copy()))


def test_the_operation_obeys_the_rule_contract():
    positions = np.array([[0, 4, 5], [6, 6, 1], [4, 2, 7]])
    fill = Filled(positions, (4, 2, 2))
    check_rule(lambda a, b, c: fill(a, b, c), X[:4], X[4:6], X[6:8].reshape(2, 1))


def test_the_whole_is_one_node_and_an_entry_is_what_was_written():
    x = ag.Tensor([1.0, 2.0, 3.0])
    out = ag.zeros(3)
    written = [x[i] * x[i] for i in range(3)]
    for i in range(3):
        out[i] = written[i]
    assert out[1] is written[1]
    assert out.op.name == "filled"
    assert list(out.inputs) == written
    assert (out * 2.0).inputs[0] is out.operand


def test_a_drawing_says_what_was_written_where():
    x = ag.Tensor([1.0, 2.0], label="x")
    out = ag.zeros((2, 3))
    out[0, 1:] = x
    out[1, 0] = x[0] * x[1]
    total = (out * out).sum()
    total.backward()
    text = str(ag.trace(total))
    assert "filled(c, [0, 1:3] = x, [1, 0] = m)" in text
    assert "dm = df[…]" in text
    assert "put(di, [0])" in text
    assert "[1, 0] = m" in ag.draw(total).svg()


def test_it_can_be_drawn_traced_and_compared_as_the_node_that_it_is():
    x = ag.Tensor([1.0, 2.0], label="x")
    out = ag.zeros(2)
    out[0], out[1] = x[1] * 3.0, x[0]
    out.backward(np.ones(2))
    assert str(ag.trace(out)) == str(ag.trace(out.operand))
    assert ag.draw(out).svg() == ag.draw(out.operand).svg()
    assert ag.compare(out[0] * 1.0)
    for cut in (ag.Tensor, ag.constant):
        with pytest.raises(TypeError, match=r"not a|has a gradient"):
            cut(out)


def test_an_array_of_numbers_beside_a_node_is_as_one_of_numpys():
    plain = np.array([[1.0, 2.0], [3.0, 4.0]])
    for operator in ("+", "-", "*", "/", "**", "@"):
        for order in (f"a {operator} t", f"t {operator} a"):
            t, u = ag.Tensor([0.5, 2.0]), ag.Tensor([0.5, 2.0])
            got, right = (
                eval(order, {"a": ag.array(plain), "t": t}),
                eval(order, {"a": plain, "t": u}),
            )
            assert type(got) is ag.Tensor
            got.sum().backward()
            right.sum().backward()
            np.testing.assert_array_equal(got.data, right.data)
            np.testing.assert_array_equal(t.grad, u.grad)
    array = ag.array([1.0, 2.0])
    y = t * array
    array[0] = 100.0
    t.grad = None
    y.sum().backward()
    assert t.grad.tolist() == [1.0, 2.0]


def test_what_was_computed_before_stays_as_it_was():
    x = ag.Tensor([1.0, 2.0])
    out = ag.zeros(2)
    out[0] = x[0] * 3.0
    before, row = out * 1.0, out[:1]
    out[0] = x[1] * 100.0
    assert before.data[0] == 3.0
    assert row.operand.data[0] == 200.0  # a view sees what the array gets, as in NumPy
    before.sum().backward()
    np.testing.assert_array_equal(x.grad, [3.0, 0.0])


def test_it_is_an_array_of_numpys():
    out = ag.zeros((2, 3), dtype=np.float32)
    assert isinstance(out, np.ndarray)
    assert out.dtype == np.float32
    assert repr(out) == repr(np.zeros((2, 3), np.float32))
    assert str(out[0]) == "[0. 0. 0.]"
    out[0, 0] = ag.Value(0.1)
    assert isinstance(out, np.ndarray)
    assert repr(out) == repr(np.asarray(out))
    assert f"{out[0]}" == str(np.asarray(out)[0])
    assert (out.operand.dtype, out.shape, out.ndim, len(out)) == (np.float32, (2, 3), 2, 2)
    assert (out > 0).tolist() == [[True, False, False], [False] * 3]
    assert np.argmax(out) == out.argmax() == 0
    assert out.tolist() == np.asarray(out).tolist()


def test_a_number_of_it_is_not_taken_off_the_graph_unasked():
    out = ag.zeros(1)
    out[0] = ag.Value(3.0)
    for convert in (float, int, complex):
        with pytest.raises(TypeError, match=r"\.item\(\)"):
            convert(out)
    assert out.item() == 3.0


def test_whole_numbers_and_masks_take_no_node():
    for array in (ag.arange(3), ag.zeros(3, int), ag.array([1, 2, 3])):
        with pytest.raises(TypeError, match=r"dtype int64, which would round.*np\.zeros\(n\)"):
            array[0] = ag.Value(1.5)
        assert type(array) is Array


def test_errors_are_numpys():
    for key, value in ((5, ag.Value(1.0)), (slice(2), ag.Tensor([1.0, 2.0, 3.0]))):
        with pytest.raises((IndexError, ValueError)) as ours:
            ag.zeros(3)[key] = value
        with pytest.raises((IndexError, ValueError)) as theirs:
            np.zeros(3)[key] = value.data
        assert str(ours.value) == str(theirs.value)


def test_a_parameter_stays_closed():
    t = ag.Tensor([1.0, 2.0])
    with pytest.raises(TypeError, match=r"t\.at\[i\]\.set"):
        t[0] = 1.0


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_every_dtype_of_floats(dtype):
    x = ag.Tensor([0.1, 0.2])
    out = ag.zeros((2, 2), dtype)
    out[:, 0] = x
    out[1, 1] = x[0] * x[1]
    row = out[1]
    assert out.operand.dtype == row.operand.dtype == dtype
    expected = np.array([x.data[1], x.data[0] * x.data[1]]).astype(dtype)
    np.testing.assert_array_equal(np.asarray(row), expected)
    (row * 2.0).sum().backward()
    assert x.grad.dtype == np.float64
    np.testing.assert_allclose(x.grad, [0.4, 2.2], rtol=1e-3)


def test_arrays_in_column_order_and_with_gaps():
    x = ag.Tensor(X)
    a = ag.zeros((3, 4), order="F")
    b = ag.asarray(np.zeros((6, 8))[::2, ::-2])
    for out in (a, b):
        out[1] = x[:4]
        out[:, 2] = x[4:7]
        expected = np.zeros((3, 4))
        expected[1], expected[:, 2] = X[:4], X[4:7]
        np.testing.assert_array_equal(out.operand.data, expected)
        assert out[1, 3].data == X[3]


def test_copies_and_pickles():
    x = ag.Tensor([1.0, 2.0], label="x")
    out = ag.zeros((2, 2))
    assert type(pickle.loads(pickle.dumps(out))) is Array
    out[0] = x * x
    for twin in (out.copy(), copy.copy(out), ag.array(out)):
        twin[1, 1] = 5.0
        assert out.operand.data[1, 1] == 0.0
        x.grad = None
        twin.sum().backward()
        np.testing.assert_array_equal(x.grad, [2.0, 4.0])
    x.grad = None
    for twin in (copy.deepcopy(out), pickle.loads(pickle.dumps(out))):
        assert type(twin) is FilledArray
        np.testing.assert_array_equal(twin, out)
        (leaf,) = [n for n in ag.core.graph.toposort([twin.operand]) if n.label == "x"]
        twin.sum().backward()
        np.testing.assert_array_equal(leaf.grad, [2.0, 4.0])


def test_many_writes_over_each_other_are_let_go():
    x = ag.Value(2.0)
    out = ag.zeros(3)
    for i in range(1000):
        out[i % 3] = x * float(i)
    assert len(out.writes.values) < 100
    out.sum().backward()
    assert x.grad == 999.0 + 998.0 + 997.0


def test_an_array_filled_anew_forgets_the_last_graph():
    out = ag.zeros(3)
    for _ in range(3):
        x = ag.Tensor([1.0, 2.0, 3.0])
        for i in range(3):
            out[i] = x[i] * 2.0
        loss = out.sum()
        assert {n.op.name for n in loss.inputs[0].inputs} == {"*"}
    out[:] = 0.0
    assert type(out.operand) is Array


def test_compiled():
    for program in PROGRAMS:
        if program is masks:  # whose shapes depend on the numbers
            continue

        def f(x, program=program):
            return anp.sum(anp.sin(program(anp, x)))

        compiled = ag.compile(ag.value_and_grad(f))
        for x in (X, X + 0.1):
            for got, expected in zip(compiled(x), ag.value_and_grad(f)(x), strict=True):
                np.testing.assert_allclose(got, expected, rtol=1e-12)
        forward = ag.compile(f)
        np.testing.assert_allclose(forward(X), f(X), rtol=1e-13)
        np.testing.assert_allclose(forward(X * 2.0), f(X * 2.0), rtol=1e-13)


def test_without_recording():
    x = ag.Tensor(X)
    with ag.no_grad():
        out = entries(anp, x)
        total = out.sum()
    assert total.op is None
    assert total.item() == entries(np, X).sum()


def evaluated(call, namespace, make):
    """The numbers that a call gives for what is made of Tensors, and the gradients of their sum."""
    leaves = {name: ag.Tensor(ARRAYS[name]) for name in names_in(call)}
    out = eval(call, {"np": namespace, **{name: make(x) for name, x in leaves.items()}})
    parts = list(out) if isinstance(out, tuple | list) else [out]
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=np.shape(x)) for x in parts]
    total = sum(np.sum(x * w) for x, w in zip(parts, weights, strict=True) if has_nodes(x))
    if isinstance(total, ag.Node):
        total.backward()
    numbers = [np.asarray(x.data if isinstance(x, ag.Node) else x) for x in parts]
    return numbers + [x.grad for x in leaves.values()]


def other_dimensions(x):
    """The array with a filled view of it in between."""
    return ag.array([x, x])[1]


@pytest.mark.parametrize("call", CALLS)
def test_every_function_takes_a_filled_array_as_it_takes_a_tensor(call):
    expected = evaluated(call, np, lambda x: x)
    for namespace, make in ((np, ag.array), (anp, other_dimensions), (anp, lambda x: x)):
        for a, b in zip(evaluated(call, namespace, make), expected, strict=True):
            assert (a is None) == (b is None)
            if b is not None:
                np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13)
