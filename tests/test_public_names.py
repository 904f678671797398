"""The public names: written once, imported when used, known to type checkers, each with an example.

`python tests/test_public_names.py` writes `autograd_lite/__init__.pyi` anew.
"""

import builtins
import doctest
import inspect
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.core.elementwise import Elementwise

ROOT = Path(__file__).parent.parent
STUB = ROOT / "autograd_lite" / "__init__.pyi"
HEADING = '''\
"""The public names as type checkers see them, written by `tests/test_public_names.py`."""
# ruff: noqa
# fmt: off

from typing import Any, TypeVar, overload

from .core.elementwise import Elementwise
from .nodes.tensor import Tensor
from .nodes.value import Value

_N = TypeVar("_N", Value, Tensor)

class _Row(Elementwise):
    """A row of the table: of a node a node of its kind, of numbers a number."""

    @overload
    def __call__(self, x: _N, /) -> _N: ...
    @overload
    def __call__(self, x: _N, y: _N | float, /) -> _N: ...
    @overload
    def __call__(self, *numbers: float) -> float: ...
    @overload
    def __call__(self, *inputs: Any) -> Any: ...

'''
NAMES = dir(ag)
CALLABLE = [name for name in NAMES if callable(getattr(ag, name))]
# An exception is shown by the function that raises it.
CALLED = [
    name
    for name in CALLABLE
    if not (isinstance(getattr(ag, name), type) and issubclass(getattr(ag, name), Exception))
]


def stub():
    """The text of the stub: where each name comes from."""
    lines = []
    for name, module in ag._NAMESPACES.items():
        parent, _, own = module.rpartition(".")
        lines.append(f"from .{parent} import {own} as {name}")
    for name, module in ag._HOMES.items():
        if name in ag._ALIASES:
            continue
        if isinstance(getattr(ag, name), Elementwise):
            lines.append(f"{name}: _Row")
        else:
            lines.append(f"from .{module} import {name} as {name}")
    lines = sorted(lines, key=lambda line: (": _Row" in line, line)) + [
        f"{alias} = {name}" for alias, name in ag._ALIASES.items()
    ]
    lines += ["_HOMES: dict[str, str]"]
    listed = textwrap.fill(", ".join(f'"{name}"' for name in ag.__all__), 98)
    return HEADING + "\n".join([*lines, "", "__all__ = [", textwrap.indent(listed, "  "), "]", ""])


def test_the_stub_has_the_names_of_the_tables():
    assert STUB.read_text(encoding="utf-8") == stub()


def test_every_name_is_there_and_there_are_no_others():
    for name in NAMES:
        assert getattr(ag, name) is not None
    public = {
        name
        for name, value in vars(ag).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert public <= set(NAMES)


def test_a_misspelt_name_is_answered_with_the_nearest():
    run = subprocess.run(
        [sys.executable, "-c", "import autograd_lite as ag; ag.sofmax"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert "has no attribute 'sofmax'. Did you mean: 'softmax'?" in run.stderr


def test_built_in_functions_are_shadowed_only_when_asked_for_by_name():
    names = {}
    exec("from autograd_lite import *", names)
    own = {*names} - {"__builtins__"}
    assert own == set(ag.__all__)
    assert not own & set(dir(builtins))
    assert set(NAMES) - own == {"abs", "compile", "divmod", "max", "min", "pow", "round", "sum"}
    exec("from autograd_lite import sum, max", names)
    assert names["sum"] is ag.sum
    assert names["max"] is ag.max


@pytest.mark.parametrize("first", ["ag.draw", "import autograd_lite.drawing.trace", "ag.trace"])
def test_draw_is_the_function_whatever_was_imported_before(first):
    code = f"import autograd_lite as ag; {first}; print(callable(ag.draw), callable(ag.trace))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert run.stdout == "True True\n"


@pytest.mark.parametrize("kind", ["Value", "Tensor"])
def test_whichever_kind_of_node_is_used_first_the_other_is_known(kind):
    code = f"import autograd_lite as ag; x = ag.{kind}(2.0, 'x'); print(ag.trace(ag.tanh(x) * x))"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert "dx = dm·h + dh·(1 - h²)" in run.stdout


@pytest.mark.parametrize("name", CALLABLE)
def test_every_public_name_says_what_it_is(name):
    text = inspect.getdoc(getattr(ag, name))
    assert text
    first = text.splitlines()[0]
    assert len(first) > 10
    assert first.rstrip().endswith((".", ":", "`", ")")) or len(text.splitlines()) > 1


@pytest.mark.parametrize("name", CALLED)
def test_every_public_name_shows_an_example_that_runs(name):
    item = getattr(ag, name)
    parser = doctest.DocTestParser()
    test = parser.get_doctest(
        inspect.getdoc(item) or "", {"np": np, "ag": ag}, f"ag.{name}", None, None
    )
    assert test.examples, f"ag.{name} has no example"
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert runner.run(test, out=lambda text: None).failed == 0


def test_every_public_row_says_what_it_computes():
    rows = [getattr(ag, name) for name in CALLABLE if type(getattr(ag, name)) is Elementwise]
    assert len(rows) > 45
    for row in rows:
        first = row.__doc__.splitlines()[0]
        assert row.words
        assert first.startswith(row.words.partition("; ")[0] + ", entry by entry")


def test_importing_is_light():
    code = (
        "import sys, autograd_lite\n"
        "heavy = {'graphviz', 'matplotlib', 'IPython', 'sympy', 'scipy', 'pytest', 'hypothesis',"
        " 'torch', 'micrograd', 'autograd', 'tqdm', 'pygraphviz', 'asyncio', 'http', 'mpmath',"
        " 'zipfile', 'argparse', 'tempfile'}\n"
        "heavy |= {f'autograd_lite.{m}' for m in ('calculus', 'check', 'drawing', 'nn', 'optim')}\n"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert run.stdout.strip() == ""
    assert run.stderr == ""


if __name__ == "__main__":
    STUB.write_text(stub(), encoding="utf-8")
