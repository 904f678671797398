"""Results of operations that are written to: NumPy's numbers with their gradient, or an error."""

import copy
import gc
import pickle

import numpy as np
import pytest
from helpers import close, differences

import autograd_lite as ag

X = np.random.default_rng(5).normal(size=(4, 3))
Y = np.array([2, 0, 1, 1])


def hinge(x):
    s = x @ np.array([[1.0, 0.3, -0.2], [0.1, 1.0, 0.4], [0.0, -0.3, 1.0]])
    n = np.arange(4)
    margins = np.maximum(0, s - s[n, Y][:, None] + 1.0)
    margins[n, Y] = 0
    return margins.sum() / 4


def by_entries(x):
    s = x * 2.0
    for i in range(4):
        for j in range(3):
            s[i, j] = s[i, j] ** 2
    return np.sum(np.sin(s))


def recursion(x):
    a = x.sum(axis=1) * 1.0
    for i in range(1, 4):
        a[i] = a[i] + 0.5 * a[i - 1] ** 2
    return np.sum(a * np.arange(4))


def elimination(x):
    a = x[:3] * 0.3 + np.eye(3) * 4.0
    for k in range(3):
        for i in range(k + 1, 3):
            a[i] = a[i] - a[k] * (a[i, k] / a[k, k])
    return a[0, 0] * a[1, 1] * a[2, 2]


def in_place(x):
    e = np.exp(x)
    e[0] += 1.0
    e[:, 1] *= e[:, 0]
    e[e > 2.0] -= 1.5
    e[[1, 2], [0, 2]] /= 2.0
    return np.sum(e**2)


def rebound(x):
    s = x * 3.0
    s -= np.max(s)
    s /= np.sum(np.exp(s))
    return np.sum(s * X)


def used_between(x):
    s = x * 1.0
    s[0] = 0.0
    first = s[1:].sum()
    s[1] = s[2] * first
    t = s * 2.0
    return np.sum(t**2)


def of_itself(x):
    s = x * 2.0
    s[0] = np.sum(s, axis=0)
    s[s > 1.0] = np.mean(np.tanh(s))
    s[:, 1] = np.exp(s * s).sum(axis=1) * 0.1 + s[:, 0]
    s[...] = s * s
    return np.sum(s)


def nodes_into_it(x):
    s = x + 1.0
    s[1] = [x[0, 0], 2.0, x[0, 1] * x[2, 2]]
    s[2:, 0] = x[0, :2]
    s[3, 3:] = x[:0, 0]
    return np.sum(s**3)


def all_of_it(x):
    s = x * 2.0
    s[...] = x[0]
    t = s * x
    t[:] = t[::-1] * 1.0
    t[:] = x[0]
    t[:, 1] = t[:, 0] * 2.0
    np.sum(t)
    t[0] = t[1] ** 2
    t[...] = np.reshape(x * 2.0, -1).reshape(4, 3)
    np.sum(t)
    t[3] = 0.0
    u = x + 1.0
    u[:] = 5.0
    u[0, 0] = x[1, 1]
    return np.sum(t * u)


PROGRAMS = [
    *(hinge, by_entries, recursion, elimination, in_place, rebound, used_between, nodes_into_it),
    *(all_of_it, of_itself),
]


@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_it_is_numpys_program_with_a_gradient(f):
    x = ag.Tensor(X)
    y = f(x)
    np.testing.assert_allclose(y.item(), f(X.copy()), rtol=1e-14)
    y.backward()
    right = differences(f, X, 3e-3)
    close(x.grad, right, 1e-8)
    close(ag.grad(f)(X), right, 1e-8)
    close(ag.jvp(f, (X,), (Y[:, None] + X,))[1], np.sum(right * (Y[:, None] + X)), 1e-8)
    close(ag.hessian(f)(X), differences(ag.grad(f), X, 3e-3), 1e-6)
    with ag.no_grad():
        assert f(ag.Tensor(X)).item() == y.item()
    report = ag.check_gradients(f, X)
    assert report, report
    if f not in (in_place, of_itself):  # masks of numbers
        compiled = ag.compile(ag.grad(f))
        for point in (X, X * 1.001):
            close(compiled(point), ag.grad(f)(point), 1e-12)


def test_what_has_used_it_before_is_right_or_named():
    x = ag.Tensor(X, label="x")
    s = x * 2.0
    s.label = "s"
    before = np.exp(s).sum()
    part = s[0] * 1.0
    s[0] = 0.0
    s.sum().backward()  # of what nothing has used
    np.testing.assert_array_equal(x.grad, [[0.0] * 3, *[[2.0] * 3] * 3])
    x.grad = None
    part.sum().backward()  # by an index: what it was then
    np.testing.assert_array_equal(x.grad, [[2.0] * 3, *[[0.0] * 3] * 3])
    for root in (before, before + s.sum()):
        with pytest.raises(ValueError, match=r"Tensor 's' .*'exp' had used.*ag\.array"):
            root.backward()


def test_the_way_out_that_the_message_names():
    x = ag.Tensor(X)
    s = x * 2.0
    before = np.exp(s).sum()
    t = ag.array(s)
    t[0] = 0.0
    (before + t.sum()).backward()
    np.testing.assert_allclose(x.grad, 2 * np.exp(2 * X) + np.where(np.arange(4)[:, None], 2, 0))


def test_a_parameter_and_an_argument_stay_closed():
    with pytest.raises(TypeError, match=r"Tensor 'w' of shape \(2,\).*parameter.*t\.at\[i\]\.set"):
        ag.Tensor([1.0, 2.0], label="w")[0] = 1.0

    def f(x):
        x[0] = 1.0
        return x.sum()

    with pytest.raises(TypeError, match=r"t\.at\[i\]\.set"):
        ag.grad(f)(np.ones(3))


@pytest.mark.parametrize("view", [lambda s: s[0], lambda s: s.T, lambda s: s.reshape(-1)])
def test_a_view_is_not_written_to_behind_the_back_of_the_whole(view):
    s = ag.Tensor(X) * 2.0
    part = view(s)
    with pytest.raises(TypeError, match=r"NumPy would write to that one too.*part\.copy\(\)"):
        part[0] = 1.0
    own = part.copy()
    own[0] = 1.0
    assert not np.any(s.data == 1.0)


def test_its_use_before_a_write_does_not_hold_what_was_read():
    s = ag.Tensor(X) * 2.0
    for _ in range(1000):
        s[0]
    gc.collect()
    assert len(s.exposed) < 100


def test_the_fields_of_a_node_follow():
    x = ag.Tensor(X)
    s = x * 2.0
    s[0] = 0.0
    s[1, 1] = x[0, 0]
    assert (s.shape, s.ndim, s.size, s.dtype, len(s)) == ((4, 3), 2, 12, np.float64, 4)
    assert isinstance(s, ag.Tensor)
    assert s[1, 1].op.name == "index"
    assert s.op.name == "filled"
    assert type(s) is ag.Tensor
    assert [y.op.name for y in s.inputs if isinstance(y, ag.Node)] == ["*", "index"]
    assert not s.data.flags.writeable


def test_copies_and_pickles():
    x = ag.Tensor(X)
    s = x * 2.0
    s[0] = 0.0
    s[1, 1] = x[0, 0]
    for twin_x, twin in (copy.deepcopy((x, s)), pickle.loads(pickle.dumps((x, s)))):
        twin.sum().backward()
        assert twin_x.grad[0].tolist() == [1.0, 0.0, 0.0]
        assert twin_x.grad[1].tolist() == [2.0, 0.0, 2.0]


def test_many_writes_take_their_time_once():
    s = ag.Tensor(np.ones(2000)) * 2.0
    for i in range(2000):
        s[i] = s[i] * 3.0
    assert len(s.inputs) == 2000


def test_a_write_without_recording_into_what_was_recorded():
    x = ag.Tensor([1.0, 2.0])
    s = x * 2.0
    with ag.no_grad():
        s[0] = 7.0
        assert s.data.tolist() == [7.0, 4.0]
    s.sum().backward()
    assert x.grad.tolist() == [0.0, 2.0]


def test_a_failed_write_changes_nothing():
    s = ag.Tensor([1.0, 2.0]) * 2.0
    for key, value in ((5, 1.0), (slice(None), [1.0, 2.0, 3.0]), (0, "a")):
        with pytest.raises((IndexError, ValueError)):
            s[key] = value
    assert s.data.tolist() == [2.0, 4.0]


def test_few_nodes_are_looked_at_for_a_write():
    """Linear: each write looks at what was computed since the last one."""
    x = ag.Tensor([0.5, 1.0])
    for _ in range(3000):
        x = x * 0.5
        x[0] = np.sum(x) * 0.5
    x.sum().backward()
