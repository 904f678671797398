"""Changed data is never silent, whatever operation used it: every call of the coverage table.

After the forward pass a constant is overwritten, or a leaf. The gradient is then that of what was
computed, or an error; never a number in between.
"""

import copy
import re

import numpy as np
import pytest
from numpy_calls import ARRAYS, CALLS, names_in

import autograd_lite as ag
from autograd_lite.core.graph import sweep


def leaves(result):
    if isinstance(result, list | tuple):
        return [leaf for item in result for leaf in leaves(item)]
    return [result]


def evaluate(call, values):
    """Σ of the parts that are nodes, each with weights of its own."""
    rng = np.random.default_rng(6)
    parts = [x for x in leaves(eval(call, {"np": np, **values})) if isinstance(x, ag.Node)]
    total = ag.Tensor(0.0)
    for part in parts:
        total = total + ag.sum(ag.nan_to_num(part * rng.normal(size=part.shape)))
    return total


def fresh(call):
    return {name: ARRAYS[name].astype(float) for name in names_in(call)}


@pytest.mark.parametrize("call", [c for c in CALLS if len(names_in(c)) > 1])
def test_a_constant_overwritten(call):
    for node in names_in(call):
        values = fresh(call)
        x = values[node] = ag.Tensor(values[node])
        try:
            evaluate(call, values).backward()
        except TypeError as error:  # NumPy does not hand over a call for this argument alone
            assert "Tensor" in str(error)  # noqa: PT017
            continue
        expected, x.grad = x.grad, None
        total = evaluate(call, values)
        for name, constant in values.items():
            if name != node:
                constant[...] = 17.0 + np.arange(constant.size).reshape(constant.shape)
        total.backward()
        if expected is None:
            assert x.grad is None
        else:
            np.testing.assert_array_equal(x.grad, expected)


@pytest.mark.parametrize("call", CALLS)
def test_a_leaf_overwritten(call):
    for changed in names_in(call):
        values = {name: ag.Tensor(x) for name, x in fresh(call).items()}
        evaluate(call, values).backward()
        expected = {name: x.grad for name, x in values.items()}
        for x in values.values():
            x.grad = None
        total = evaluate(call, values)
        values[changed].data[...] += 1.5
        try:
            total.backward()
        except ValueError as error:
            assert "was changed after" in str(error)  # noqa: PT017
            continue
        for name, x in values.items():
            if expected[name] is None:
                assert x.grad is None
            else:
                np.testing.assert_array_equal(x.grad, expected[name])


@pytest.mark.parametrize("call", CALLS)
def test_nobody_elses_arrays_are_written_to(call):
    """Neither the forward nor the sweep changes a leaf, a constant, or a gradient handed out."""
    values = {name: ag.Tensor(x) for name, x in fresh(call).items()}
    before = {name: x.data.copy() for name, x in values.items()}
    evaluate(call, values).backward()
    first = {name: x.grad for name, x in values.items()}
    copies = {name: None if g is None else g.copy() for name, g in first.items()}
    evaluate(call, values).backward()
    for name, x in values.items():
        np.testing.assert_array_equal(x.data, before[name])
        if first[name] is not None:
            np.testing.assert_array_equal(first[name], copies[name])
            np.testing.assert_array_equal(x.grad, 2 * copies[name])


# Parameters that have no derivative: i counts places (an array), l and n are lists of them, b and h
# are masks, W a nested list of weights. Each call is given every operation that takes such a one.
GIVEN = {
    "i": np.array([0, 2, 1, 2]),
    "l": [2, 0, 1, 0],
    "n": [1, 2],
    "b": np.array([True, False, True, True]),
    "h": [False, True, True, False],
    "W": [[0.5, 2.0, 0.25], [1.5, 1.0, 3.0]],
    "r": np.array([0, 1]),
    "o": {"scale": np.array([1.0, 2.0, 3.0, 4.0]), "deep": ([np.array([2.0])], {"p": [3.0]})},
}

WITH_PARAMETERS = """
np.bincount(i, v) | np.bincount(l, v, minlength=9) | v[i] | v[l] | v[b] | v[h] | m[r] | m[:, r]
m[r, n] | v.at[n].set(v[2:]) | v.at[r].add(v[:2] ** 2) | np.where(b, v, 0.0) | np.where(h, 1.0, v)
np.take(v, i) | np.take(m, n, axis=1) | np.take_along_axis(v, i, 0) | np.compress(b, v)
np.extract(h, v) | np.repeat(v, i) | np.repeat(v, l) | np.roll(m, n, axis=(0, 1)) | np.tile(m, n)
np.reshape(v, [2, 2]) | np.broadcast_to(v, [3, 4]) | np.transpose(m, r) | np.delete(v, r)
np.insert(v, r, 2.0) | np.insert(v, n, v[:2]) | np.choose(l, [v, 2 * v, v**2])
np.select([b, h], [v, v**2], 0.5) | np.split(v, n) | np.array_split(v, n) | np.pad(m, [n, n])
np.pad(v, n, mode="wrap") | np.average(m, weights=W) | np.einsum(m, [0, 1], [1, 0]) | m * W
np.tensordot(m, W, axes=[[0, 1], [0, 1]]) | np.interp(v, i.cumsum(), l)
np.gradient(v, i.cumsum()) | np.polyval(l, v) | np.convolve(v, l) | np.ediff1d(v, to_end=n)
np.diff(v, prepend=n) | np.quantile(v, [0.2, 0.7]) | np.piecewise(v, [b, h], [np.exp, np.sin, 0.5])
np.ldexp(v, i) | np.clip(v, l, 9.0) | np.maximum(v, l) | np.linalg.multi_dot([m, np.transpose(W)])
np.resize(m, n) | np.moveaxis(m, r, r[::-1]) | np.apply_over_axes(np.sum, m, r)
np.block([[m, np.array(W)]])
np.vstack([m, W]) | np.trapezoid(v, l) | np.flip(m, tuple(r)) | np.append(m, W)
scaled(v, options=o) | scaled_by_place(v, o) | scaled(v, options=[o, o["scale"]])
"""


def _scaled(x, options):
    first = options if isinstance(options, dict) else options[0]
    return x * first["scale"] * first["deep"][0][0] ** first["deep"][1]["p"][0]


scaled, scaled_by_place = ag.primitive(_scaled), ag.primitive(_scaled)
scaled.defvjp(lambda g, y, x, options: _scaled(g, options))
scaled_by_place.defvjp(lambda g, y, x, options: _scaled(g, options), None)


def overwrite(x):
    """Everything in a parameter becomes something else, in place."""
    if isinstance(x, np.ndarray):
        x[...] = ~x if x.dtype == bool else 0 * x
    elif isinstance(x, dict):
        for key in list(x):
            overwrite(x[key])
            del x[key]
    elif isinstance(x, list | tuple):
        for item in x:
            overwrite(item)
        if isinstance(x, list):
            x[:] = [0] * len(x)


OURS = {"scaled": scaled, "scaled_by_place": scaled_by_place}


@pytest.mark.parametrize("call", re.split(r" \| |\n", WITH_PARAMETERS.strip()))
def test_a_parameter_overwritten(call):
    name = next(n for n in ("v", "m") if re.search(rf"\b{n}\b", call))

    def run(change):
        given = copy.deepcopy(GIVEN)
        x = ag.Tensor(ARRAYS[name].astype(float))
        total = evaluate(call, {**OURS, **given, name: x}) ** 2
        (gradient,) = (g for node, g in sweep([total], [ag.Tensor(1.0)], record=True) if node is x)
        if change:
            overwrite(list(given.values()))
        total.backward()
        first, x.grad = x.grad, None
        ag.sum(gradient).backward()
        return first, x.grad

    for changed, expected in zip(run(change=True), run(change=False), strict=True):
        np.testing.assert_array_equal(changed, expected)
