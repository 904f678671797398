"""`import autograd_lite.numpy as np`: NumPy's namespace, name by name, for programs on nodes."""

import inspect
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
from helpers import close

import autograd_lite as ag
import autograd_lite.numpy as np
from autograd_lite.nodes.array import Array


@pytest.mark.parametrize("module", ["", "linalg", "fft", "random"])
def test_every_public_name_is_there(module):
    theirs = getattr(numpy, module) if module else numpy
    ours = getattr(np, module) if module else np
    assert [name for name in theirs.__all__ if not hasattr(ours, name)] == []


def test_what_needs_no_change_is_numpys_own():
    for name in (
        "exp",
        "maximum",
        "add",
        "pi",
        "newaxis",
        "float32",
        "ndarray",
        "random",
        "errstate",
    ):
        assert getattr(np, name) is getattr(numpy, name)
    assert type(np.random.default_rng(0).normal(size=3)) is numpy.ndarray
    assert np.linalg.LinAlgError is numpy.linalg.LinAlgError


def test_signatures_and_help_are_numpys():
    for name in ("sum", "mean", "zeros_like", "linspace", "full", "clip", "stack"):
        assert inspect.signature(getattr(np, name)) == inspect.signature(getattr(numpy, name))
    assert np.sum.__doc__ == numpy.sum.__doc__
    assert "Mirrors `numpy.zeros`" in np.zeros.__doc__


CREATED = [
    "zeros(3)", "ones((2, 2))", "empty(3)", "full(3, 2.0)", "array([1.0, 2.0])", "asarray([1, 2])",
    "eye(3)", "identity(2)", "arange(4.0)", "linspace(0, 1, 5)", "zeros_like([1.0])",
    "ones_like([1.0])", "empty_like([1.0])", "full_like([1.0], 3.0)", "copy([1.0])", "tri(3)",
    "logspace(0, 1, 3)", "geomspace(1, 8, 4)", "r_[1.0, 2.0, 0:3]", "c_[[1.0], [2.0]]",
    "mgrid[0:2, 0:3]", "ogrid[0:2]", "fromiter((1.0, 2.0), float)", "array([[1, 2]], ndmin=3)",
    "zeros((2, 3), order='F')", "array([1.0], dtype=np.float32)",
]  # fmt: skip


@pytest.mark.parametrize("call", CREATED)
def test_what_makes_an_array_makes_numpys_with_room_for_nodes(call):
    ours, theirs = eval(call, {**vars(np), "np": np}), eval(call, {**vars(numpy), "np": numpy})
    assert type(ours) is Array
    assert (ours.shape, ours.dtype, ours.flags.f_contiguous) == (
        theirs.shape,
        theirs.dtype,
        theirs.flags.f_contiguous,
    )
    if "empty" not in call:
        numpy.testing.assert_array_equal(ours, theirs)
    assert repr(ours) == repr(numpy.asarray(ours))


def test_strings_and_objects_stay_as_they_are():
    assert type(np.array(["a"])) is numpy.ndarray
    assert type(np.zeros(2, bool)) is numpy.ndarray
    assert type(np.array([None])) is numpy.ndarray


def test_plain_arithmetic_gives_arrays_that_take_nodes_too():
    x = ag.Value(2.0)
    out = (np.zeros(3) + 1.0)[::-1].copy()
    out[0] = x
    out.sum().backward()
    assert x.grad == 1.0


def program(np, x):
    """A layer, a softmax and a loss, with nothing that needs one namespace or the other."""
    h = np.maximum(x @ np.array([[0.3, -0.2], [0.5, 0.1]]), 0.0)
    p = np.exp(h - np.max(h, axis=1, keepdims=True))
    p = p / np.sum(p, axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(3), [0, 1, 1]])) + np.linalg.norm(h)


def test_a_program_through_both_imports():
    x = numpy.random.default_rng(0).normal(size=(3, 2))
    close(ag.grad(lambda x: program(np, x))(x), ag.grad(lambda x: program(numpy, x))(x), 1e-15)
    assert program(np, x) == program(numpy, x)


def test_type_checkers_know_it(tmp_path):
    code = tmp_path / "program.py"
    code.write_text(
        "import autograd_lite.numpy as np\n"
        "out = np.zeros((2, 3))\n"
        "reveal_type(np.zeros(3).dtype)\n"
        "np.zeros(shape='three')\n"
        "np.linalg.inv(out), np.fft.fft(out), np.random.default_rng(0).normal()\n"
    )
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-incremental", str(code)],
        capture_output=True,
        text=True,
        cwd=Path(ag.__file__).parent.parent,
        check=False,
    )
    assert "program.py:4" in run.stdout
    if numpy.lib.NumpyVersion(numpy.__version__) < "2.1.0":
        return  # whose stubs do not say what they export: a star import of them finds nothing
    assert "program.py:5" not in run.stdout
    assert "float64" in next(line for line in run.stdout.splitlines() if "program.py:3" in line)
