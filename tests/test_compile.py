"""Compiled functions: the numbers of the eager ones, on inputs they were not recorded on."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest
from numpy_calls import ARRAYS, CALLS, function_of, names_in

import autograd_lite as ag
from autograd_lite.calculus.trees import flatten

from .peers.programs import program, run
from .test_every_call import nodes_of

# What they return has a shape that depends on the numbers.
SHAPED_BY_VALUES = {
    "np.extract", "np.trim_zeros", "np.unique", "np.unique_values", "np.union1d", "np.intersect1d",
    "np.setdiff1d", "np.polydiv", "np.piecewise",
}  # fmt: skip


# Differences of numbers nearly equal: rounding of the last digit is some digits further up.
CANCELLING = {"np.linspace(c, d, 4, endpoint=False, axis=1)", "np.corrcoef(v, w)"}


def equal(found, expected, tolerance=1e-15):
    """The same containers, shapes, dtypes, infinities and NaNs; numbers up to rounding."""
    (found, form), (expected, other) = flatten(found), flatten(expected)
    assert type(form([0] * len(found))) is type(other([0] * len(expected)))
    for a, b in zip(found, expected, strict=True):
        a, b = np.asarray(a), np.asarray(b)
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        scale = np.abs(b[np.isfinite(b)]).max(initial=0.0)
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * scale)


def total(call, names):
    """Σ of squares of everything the call returns, as a function of its arrays."""

    def f(*xs):
        values = dict(zip(names, xs, strict=True))
        rng = np.random.default_rng(1)
        out = 0.0
        for x in xs:
            out = out + ag.sum(x * 0.0)
        for part in nodes_of(eval(call, {"np": np, **values})):
            out = out + ag.sum(ag.nan_to_num(part) ** 2 * rng.normal(size=part.shape))
        return out

    return f


def inputs(names):
    """Where it is recorded, other numbers, and numbers that tie and are 0."""
    arrays = [ARRAYS[name].astype(float) for name in names]
    rng = np.random.default_rng(5)
    yield arrays
    yield [x + rng.normal(size=x.shape) * 0.05 for x in arrays]
    yield [np.round(x * 2) / 2 for x in arrays]


def pasted(source):
    """The function that a printed program defines, run on its own."""
    space = {}
    exec(source, space)
    return space[re.findall(r"^def (\w+)\(", source, re.MULTILINE)[-1].removesuffix("_carefully")]


def agree(f, names, tolerance=1e-15):
    """Assert that compiled, pasted and eager agree wherever the eager one has a result."""
    compiled = ag.compile(f)
    with np.errstate(all="ignore"):
        for xs in inputs(names):
            try:
                expected = f(*xs)
            except (np.linalg.LinAlgError, ValueError):
                continue  # outside the domain
            known = repr(compiled)
            equal(compiled(*xs), expected, tolerance)
            if repr(compiled) != known:  # a new program
                equal(pasted(compiled.source)(*xs), expected, tolerance)


def rounding(call):
    """How far apart compiled and eager may be, as a part of the largest number."""
    return 1e-14 if call in CANCELLING else 1e-15


@pytest.mark.parametrize("call", [c for c in CALLS if function_of(c) not in SHAPED_BY_VALUES])
@pytest.mark.filterwarnings("ignore")
def test_every_call_compiled_equals_eager(call):
    names = names_in(call)
    f = total(call, names)
    agree(ag.value_and_grad(f, tuple(range(len(names)))), names, rounding(call))


HESSIANS = [c for c in CALLS if sum(ARRAYS[n].size for n in names_in(c)) <= 8]


@pytest.mark.parametrize("call", [c for c in HESSIANS if function_of(c) not in SHAPED_BY_VALUES])
@pytest.mark.filterwarnings("ignore")
def test_every_small_call_s_hessian_compiled_equals_eager(call):
    names = names_in(call)
    agree(ag.hessian(total(call, names), tuple(range(len(names)))), names, rounding(call))


@pytest.mark.parametrize("call", [c for c in CALLS if function_of(c) in SHAPED_BY_VALUES])
def test_a_shape_that_depends_on_values_is_refused(call):
    names = names_in(call)
    with pytest.raises(TypeError, match=r"shape that depends on the numbers, in .*\nInstead: "):
        ag.compile(total(call, names))(*[ARRAYS[n].astype(float) for n in names])


def test_what_is_shown_computes_what_is_run():
    """They differ in two spellings: `@` is run as `.dot`, `.sum()` as `np.add.reduce`."""
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(32, 8)), rng.normal(size=(8, 4))

    def f(w, x):
        h = np.exp(x @ w)
        return np.sum(np.log(h / h.sum(axis=1, keepdims=True)) ** 2)

    compiled = ag.compile(ag.value_and_grad(f, (0, 1)))
    compiled(w, x)
    shown = compiled.source
    ((recording,),) = compiled.programs.values()
    run = recording.text.function
    for read, runs in ((" @ ", ".dot("), (".sum(", "np.add.reduce(")):
        assert read in shown
        assert runs in run
        assert read not in run
    equal(pasted(shown)(w, x), compiled(w, x))


@pytest.mark.parametrize("seed", range(60))
def test_random_programs_compiled_equal_eager(seed):
    steps, point = program(seed)

    def f(x):
        return ag.sum(run(steps, np, x) ** 2)

    rng = np.random.default_rng(seed)
    for derivative in (ag.value_and_grad(f), ag.hessian(f)):
        compiled = ag.compile(derivative)
        for _ in range(3):
            x = point + 0.1 * rng.normal(size=point.shape)
            equal(compiled(x), derivative(x), 1e-14)


FRESH = """
import sys, numpy as np
np.seterr(all="ignore")
worst = 0.0
numbers = dict(np.load(sys.argv[1]))
for i, source in enumerate(open(sys.argv[2], encoding="utf-8").read().split("# ----")[1:]):
    space = {}
    exec(source, space)
    functions = [x for x in space.values() if callable(x) and not x.__name__.endswith("carefully")]
    x = numbers[f"x{i}"]
    value, slope = functions[-1](x)
    np.testing.assert_allclose(value, numbers[f"v{i}"], rtol=1e-13)
    np.testing.assert_allclose(slope, numbers[f"g{i}"], rtol=1e-12, atol=1e-13)
assert "autograd_lite" not in sys.modules
print(i + 1)
"""


@pytest.mark.filterwarnings("ignore")
def test_pasted_sources_run_in_a_fresh_interpreter_with_numpy_alone(tmp_path):
    functions = [ag.logsumexp, lambda z: ag.softmax_cross_entropy(z, 1), lambda x: ag.prod(x)]
    functions += [lambda x: ag.log(ag.sort(x) ** 2).sum(), lambda x: ag.std(x) * x[[0, 0, 2]].sum()]
    for seed in range(20):
        steps, _ = program(seed)
        functions.append(lambda x, steps=steps: ag.sum(run(steps, np, x)))
    numbers, text = {}, ""
    for i, f in enumerate(functions):
        compiled = ag.compile(ag.value_and_grad(f))
        x = np.random.default_rng(i).normal(size=3)
        numbers |= {
            f"x{i}": x,
            **dict(zip((f"v{i}", f"g{i}"), ag.value_and_grad(f)(x), strict=True)),
        }
        compiled(x)
        text += "# ----\n" + compiled.source
    np.savez(tmp_path / "numbers.npz", **numbers)
    (tmp_path / "sources.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-I", "-c", FRESH, "numbers.npz", "sources.py"]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == str(len(functions))


def test_an_array_of_its_own_that_it_writes_into_later():
    def f(x):
        buffer = np.zeros(3)
        y = x + buffer
        buffer[:] = 5.0
        return np.sum(y * x * buffer)

    for g in (f, ag.grad(f)):
        np.testing.assert_array_equal(ag.compile(g)(np.ones(3)), g(np.ones(3)))
