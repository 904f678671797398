"""What programs hand over, sparse matrices, tables, containers, and take off the graph."""

import numpy as np
import pytest
import scipy.sparse
from helpers import check_rule, close, differences

import autograd_lite as ag
from autograd_lite.ops.sparse import SparseProduct

RNG = np.random.default_rng(0)
DENSE = RNG.normal(size=(3, 4)) * (RNG.random((3, 4)) > 0.4)
FORMATS = ["csr", "csc", "coo", "bsr", "dia", "lil", "dok"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", [scipy.sparse.csr_array, scipy.sparse.csr_matrix])
def test_a_constant_sparse_matrix_in_a_product(form, kind):
    s = kind(DENSE).asformat(form)
    v, w, m, k = (RNG.normal(size=shape) for shape in ((4,), (3,), (4, 2), (2, 3)))
    for sparse, dense, x in (
        (lambda x: s @ x, lambda x: DENSE @ x, v),
        (lambda x: s @ x, lambda x: DENSE @ x, m),
        (lambda x: x @ s, lambda x: x @ DENSE, w),
        (lambda x: x @ s, lambda x: x @ DENSE, k),
        (lambda x: s.T @ x, lambda x: DENSE.T @ x, w),
    ):
        close(sparse(ag.Tensor(x)).data, dense(x), 1e-14)
        close(ag.jacobian(sparse)(x), ag.jacobian(dense)(x), 1e-14)
        second = [ag.hessian(lambda x, f=f: np.sum(np.sin(f(x)) ** 2))(x) for f in (sparse, dense)]
        close(*second, 1e-12)
        close(ag.jvp(sparse, (x,), (x * x,))[1], ag.jvp(dense, (x,), (x * x,))[1], 1e-13)


def test_the_sparse_product_obeys_the_rule_contract():
    s = scipy.sparse.csr_array(DENSE)
    check_rule(SparseProduct(s, False), RNG.normal(size=(2, 4)))
    check_rule(SparseProduct(s, True), RNG.normal(size=(4, 2)))


def test_a_sparse_matrix_that_is_changed_afterwards():
    s = scipy.sparse.csr_array(DENSE)
    x = ag.Tensor(np.ones(4))
    y = (s @ x).sum()
    s.data[:] = 0.0
    y.backward()
    close(x.grad, DENSE.sum(0), 1e-14)


def test_a_filled_array_times_a_sparse_matrix():
    x = ag.Tensor(np.ones(3))
    out = ag.zeros(3)
    out[:] = x * 2.0
    (out @ scipy.sparse.csr_array(DENSE)).sum().backward()
    close(x.grad, 2 * DENSE.sum(1), 1e-14)


def test_a_sparse_matrix_that_does_not_fit():
    s = scipy.sparse.csr_array(DENSE)
    for product in (lambda: s @ ag.Tensor(np.ones(3)), lambda: ag.Tensor(np.ones((2, 4))) @ s):
        with pytest.raises(ValueError, match=r"sparse matrix of shape \(3, 4\)"):
            product()


class Column:
    """As pandas has them: it computes with everybody, and leaves the first word to a higher one."""

    __pandas_priority__ = 3000
    __array_ufunc__ = None

    def __init__(self, numbers):
        self.numbers = np.asarray(numbers)

    def to_numpy(self):
        return self.numbers

    def __add__(self, other):
        first = getattr(other, "__pandas_priority__", 0) > self.__pandas_priority__
        return NotImplemented if first else Column(self.numbers + other)

    __mul__ = __sub__ = __truediv__ = __pow__ = __matmul__ = __add__


@pytest.mark.parametrize("operator", ["+", "*", "-", "/", "**", "@"])
def test_a_column_of_a_table_beside_a_node(operator):
    numbers = np.array([1.0, 2.0, 4.0])
    for order in (f"c {operator} t", f"t {operator} c"):
        t, u = ag.Tensor([3.0, 0.5, 1.0]), ag.Tensor([3.0, 0.5, 1.0])
        got = eval(order, {"c": Column(numbers), "t": t})
        expected = eval(order, {"c": numbers, "t": u})
        assert isinstance(got, ag.Tensor)
        close(got.data, expected.data, 1e-15)
        got.sum().backward()
        expected.sum().backward()
        close(t.grad, u.grad, 1e-15)
    assert ag.exp(Column(numbers)).tolist() == np.exp(numbers).tolist()


def test_whole_numbers_of_a_table_become_floats():
    t = ag.Tensor([2.0, 3.0])
    (Column([1, 2]) * t).sum().backward()
    assert t.grad.tolist() == [1.0, 2.0]


TREE = {"w": (np.arange(4.0).reshape(2, 2), 0.5), "b": [np.ones(1), {"c": np.zeros((0, 2))}]}


def test_a_container_as_one_vector_and_back():
    vector, unflatten = ag.flatten(TREE)
    assert vector.tolist() == [0.0, 1.0, 2.0, 3.0, 0.5, 1.0]
    again = unflatten(vector * 2.0)
    assert again["w"][0].tolist() == [[0.0, 2.0], [4.0, 6.0]]
    assert again["w"][1] == 1.0
    assert again["b"][1]["c"].shape == (0, 2)

    def f(tree):
        (w, scale), (b, _) = tree["w"], tree["b"]
        return np.sum(np.sin(w * scale + b))

    gradient = ag.grad(lambda v: f(unflatten(v)))(vector)
    close(gradient, differences(lambda v: f(unflatten(v)), vector), 1e-8)
    close(ag.flatten(ag.grad(f)(TREE))[0], gradient, 1e-14)
    nodes, of_nodes = ag.flatten({"x": ag.Tensor([1.0, 2.0]), "y": ag.Value(3.0)})
    assert isinstance(nodes, ag.Tensor)
    assert isinstance(of_nodes(nodes)["y"], ag.Tensor)
    assert ag.flatten([])[1](np.zeros(0)) == []
    with pytest.raises(ValueError, match=r"6 numbers is expected, not shape \(5,\)"):
        unflatten(vector[:5])


def test_off_the_graph():
    x = ag.Tensor([1.0, 2.0])
    out = ag.zeros(2)
    out[0] = x[1]
    kept = {"x": x, "v": (ag.Value(3.0), "name"), "out": out, "rest": [np.arange(2), None]}
    plain = ag.plain(kept)
    assert type(plain["v"][0]) is float
    assert type(plain["out"]) is np.ndarray
    assert plain["out"].tolist() == [2.0, 0.0]
    assert plain["v"][1] == "name"
    assert plain["rest"][0] is kept["rest"][0]
    plain["x"][0] = 9.0
    assert x.data[0] == 1.0
