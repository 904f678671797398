"""The command line: what it prints, what it refuses and how, and that nothing can freeze it."""

import ast
import doctest
import math
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as ag
import autograd_lite.__main__ as command
from autograd_lite.cli import MAX_ENTRIES, UsageError
from autograd_lite.cli.answer import send
from autograd_lite.cli.evaluate import evaluate
from autograd_lite.cli.formula import ELEMENTWISE, FUNCTIONS, MAX_DEPTH, parse
from autograd_lite.cli.values import read_value
from autograd_lite.core.elementwise import TABLE

ROOT = Path(__file__).parent.parent
SOFTMAX = ["cross_entropy(softmax(z), t)", "z=2,1,0.1", "t=1,0,0"]


@pytest.fixture
def run(capsys):
    """Run a command in this process: (exit code, stdout, stderr)."""

    def run(*argv):
        code = command.main(argv)
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def refused(run):
    """Run a command that must end in one line on stderr and exit code 2, at once; the line.

    For a formula that cannot be read, two lines more show the place.
    """

    def refused(*argv):
        start = time.process_time()  # the machine may be busy
        code, out, err = run(*argv)
        assert time.process_time() - start < 5  # mostly milliseconds
        assert (code, out) == (2, "")
        assert err.startswith("autograd-lite: error: ")
        lines = err.splitlines()
        assert err.count("\n") == len(lines) == (3 if ", at character" in err else 1)
        assert len(lines) == 1 or set(lines[2]) == {" ", "^"}
        assert len(err) < 600
        return err.removeprefix("autograd-lite: error: ").rstrip("\n")

    return refused


def column(out, name):
    """The numbers in the row of a name: value and gradient, read back from the table."""
    row = next(line for line in out.splitlines() if line.startswith(name + " "))
    return [float(x) for x in re.findall(r"[-+]?(?:\d[\d.e+-]*|inf|nan)", row[len(name) :])]


# What is printed


def test_value_and_gradient_of_softmax_with_cross_entropy(run):
    code, out, err = run(*SOFTMAX)
    assert (code, err) == (0, "")
    h = np.exp([2, 1, 0.1]) / np.exp([2, 1, 0.1]).sum()
    assert f"= {-math.log(h[0]):.4f}\n" in out
    np.testing.assert_allclose(column(out, "z"), [2, 1, 0.1, *(h - [1, 0, 0])], atol=5e-5)
    assert re.search(r"^t .*constant$", out, re.MULTILINE)


def test_matrices_and_every_sign(run):
    _, out, _ = run("sum((W @ x - y)**2 / 2)", "W=1,2;3,4", "x=[1,-1]", "y=[ 0, 1 ]")
    W = np.array([[1, 2], [3, 4]])
    r = W @ [1, -1] - [0, 1]
    np.testing.assert_allclose(column(out, "x")[2:], W.T @ r)
    np.testing.assert_allclose(column(out, "y")[2:], -r)
    _, out, _ = run("-x**2 % 7 * 3 + 1", "x=1.5")
    assert column(out, "x") == [1.5, -9.0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x=2", 2.0),
        ("x = -1e-3", -0.001),
        ("x=−1", -1.0),
        ("x=.5", 0.5),
        ("x=5.", 5.0),
        ("z=2,1,0.1", [2, 1, 0.1]),
        ("z=[2]", [2]),
        ("W=1,2;3,4", [[1, 2], [3, 4]]),
        ("W=[[1, 2], [3, 4]]", [[1, 2], [3, 4]]),
        ("σ=1", 1.0),
    ],
)
def test_values_are_read_as_written(text, expected):
    numbers = read_value(text).numbers
    assert np.shape(numbers) == np.shape(expected)
    np.testing.assert_array_equal(numbers, expected)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("x + y * 2", 8.0),
        ("x·y × 2 − 1", 11.0),
        ("x⋅y ÷ 2", 3.0),
        ("(x - y) / 4", -0.25),
        ("x ** y", 8.0),
        ("z[0] + z[-1]", 2.1),
        ("sum(z[1:])", 1.1),
        ("sum(z[[0, 0, 2]])", 4.1),
        ("sum(where(z > 0.5, z, 0))", 3.0),
        ("where(x < y, x, y)", 2.0),
        ("sum([x, y, 1])", 6.0),
        ("z @ z", 5.01),
        ("sum(broadcast_to(x, (8, 8, 8)) @ broadcast_to(y, (8, 8, 8)))", 6.0 * 8**4),
        ("sum([1, 2, 3] * z)", 4.3),
        ("mean(stack([z, z]), axis=(0, 1))", 3.1 / 3),
        ("sum(reshape(z, (3, 1)), axis=0, keepdims=True)[0]", 3.1),
        ("x * pi", 2 * math.pi),
        ("softmax_cross_entropy(z, 0)", math.log(sum(math.exp(v - 2) for v in (2, 1, 0.1)))),
        ("+x - -y", 5.0),
    ],
)
def test_formulas_mean_what_they_say(formula, expected):
    values = {"x": ag.Value(2.0), "y": ag.Value(3.0), "z": ag.Tensor([2, 1, 0.1])}
    assert evaluate(parse(formula), values).item() == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_of_the_language_can_be_called(name):
    x, y = ag.Tensor([[0.5, 0.5], [0.125, 0.875]]), ag.Tensor([[0.3, 0.7], [0.6, 0.4]])
    rest = {
        "arccosh": " + 1",
        "broadcast_to": ", (3, 2, 2)",
        "clip": ", 0, 1",
        "expand_dims": ", 0",
        "hinge": ", [[1, -1], [-1, 1]]",
        "moveaxis": ", 0, 1",
        "reshape": ", (4,)",
        "swapaxes": ", 0, 1",
        "where": " > 0.3, x, y",
    }
    made = []
    for arguments in [f"x{rest[name]}"] if name in rest else ["x", "x, y", "[x, y]"]:
        try:
            made.append(evaluate(parse(f"{name}({arguments})"), {"x": x, "y": y}))
        except UsageError:
            continue
    assert made
    assert all(isinstance(out, ag.Node) for out in made)
    if name in ELEMENTWISE:
        assert {out.shape for out in made} == {(2, 2)}


def test_every_row_of_the_table_is_a_word_of_the_language():
    assert {name for name in dir(ag) if getattr(ag, name) in TABLE.values()} <= ELEMENTWISE


def test_class_indices_are_targets(run):
    _, by_index, _ = run("softmax_cross_entropy(z, t)", "z=2,1,0.1", "t=1")
    _, one_hot, _ = run("softmax_cross_entropy(z, t)", "z=2,1,0.1", "t=0,1,0")
    assert column(by_index, "z") == column(one_hot, "z")


def test_targets_are_constants_unless_asked_for(run):
    _, out, _ = run(*SOFTMAX, "--wrt", "z,t")
    h = np.exp([2, 1, 0.1]) / np.exp([2, 1, 0.1]).sum()
    np.testing.assert_allclose(column(out, "t")[3:], -np.log(h), atol=5e-5)
    _, out, _ = run("x * y", "x=2", "y=3", "--wrt", "y")
    assert re.search(r"^x .*constant$", out, re.MULTILINE)
    assert column(out, "y") == [3.0, 2.0]
    # A target that is also used elsewhere is a variable like any other.
    assert "constant" not in run("cross_entropy(t, t)", "t=0.5,0.5")[1]


def test_jacobian_of_softmax_and_of_tanh(run):
    code, out, _ = run(*SOFTMAX, "--jacobian", "softmax(z)")
    assert code == 0
    rows = [[float(x) for x in line.split()] for line in out.splitlines()[-3:]]
    h = np.exp([2, 1, 0.1]) / np.exp([2, 1, 0.1]).sum()
    np.testing.assert_allclose(rows, np.diag(h) - np.outer(h, h), atol=5e-5)
    assert "diagonal" not in out
    code, out, _ = run("tanh(z)", "z=2,1", "--jacobian")
    assert code == 0
    assert "diagonal: each entry" in out
    assert "diagonal" not in run("softmax(z)", "z=1000,0", "--jacobian")[1]  # all of it is 0


@pytest.mark.parametrize(
    "argv",
    [
        ["tanh(z)", "z=2,1", "--jacobian"],
        ["--jacobian", "z=2,1", "tanh(z)"],
        ["z=2,1", "--jacobian", "tanh(z)"],
        ["--jacobian", "tanh(z)", "z=2,1"],
    ],
)
def test_jacobian_takes_its_formula_or_the_main_one(run, argv):
    code, out, _ = run(*argv)
    assert code == 0
    assert "Jacobian of tanh(z) with respect to z, shape (2, 2)" in out


def test_jacobian_of_values_and_of_a_number(run):
    _, out, _ = run("softmax([a, b])", "a=1", "b=2", "--jacobian")
    h = 1 / (1 + math.e)
    assert f"+{h * (1 - h):.4f}  -{h * (1 - h):.4f}" in out
    _, out, _ = run("x * y", "x=2", "y=3", "--jacobian")
    assert out.endswith("with respect to y, shape ()\n+2.0000\n")


def test_a_right_hand_gradient_agrees(run):
    code, out, err = run(*SOFTMAX, "--hand", "z=softmax(z)-t")
    assert (code, err) == (0, "")
    pairs = re.findall(r"^ *(hand|autodiff) +- (autodiff|numerical) .*agrees", out, re.MULTILINE)
    assert sorted(pairs) == [("autodiff", "numerical"), ("hand", "autodiff"), ("hand", "numerical")]


@pytest.mark.parametrize(
    ("hand", "says"),
    [
        ("z=t-softmax(z)", "sign"),
        ("z=softmax(z)", "differs"),
        ("z=softmax(z)*(1-softmax(z))", "differs"),
        ("z=1", "shape"),
        ("z=[1,2]", "shape"),
        ("z=log(t)", "not numbers"),
    ],
)
def test_a_wrong_hand_gradient_is_reported_with_exit_code_1(run, hand, says):
    code, out, _ = run(*SOFTMAX, "--hand", hand)
    assert code == 1
    assert says in out
    assert out.startswith("cross_entropy(softmax(z), t) = ")


def test_several_hand_gradients(run):
    argv = ["x * y", "x=2", "y=3"]
    assert run(*argv, "--hand", "x=y", "--hand", "y=x")[0] == 0
    assert run(*argv, "--hand", "x=y", "--hand", "y=y")[0] == 1


def test_a_hand_gradient_of_a_target_makes_it_a_variable(run):
    assert run(*SOFTMAX, "--hand", "t=-log(softmax(z))")[0] == 0


def test_a_pole_is_not_the_students_mistake(run):
    code, out, _ = run("log(x)", "x=0", "--hand", "x=1/x")
    assert code == 0
    assert "the function itself is nan or inf at this point" in out
    assert "+inf" in run("sqrt(x)", "x=0", "--hand", "x=1/(2*sqrt(x))")[1]


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf", ".dot"])
def test_the_drawing_is_written(run, tmp_path, suffix):
    path = tmp_path / f"softmax{suffix}"
    code, out, err = run(*SOFTMAX, "--draw", str(path))
    assert (code, err) == (0, "")
    assert out.endswith(f"\n\nwrote {path}\n")
    start = {".svg": b"<?xml", ".png": b"\x89PNG", ".pdf": b"%PDF", ".dot": b"digraph"}[suffix]
    assert path.read_bytes().startswith(start)


def test_a_file_name_may_begin_with_a_minus_sign(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("x * x", "x=2", "--draw", "-x.dot")[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["-x.dot"]


def test_the_drawing_names_constants_and_shows_the_hand_gradient(run, tmp_path):
    path = tmp_path / "softmax.dot"
    assert run(*SOFTMAX, "--hand", "z=softmax(z)-t", "--draw", str(path))[0] == 0
    text = path.read_text(encoding="utf-8")
    assert "<B>t</B>" in text
    assert "no gradient wanted" in text
    assert "by hand" in text


def test_the_stepper_is_one_page(run, tmp_path):
    path = tmp_path / "softmax.html"
    code, out, err = run(*SOFTMAX, "--step", str(path))
    assert (code, err) == (0, "")
    assert out.endswith(f"wrote {path}\n")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "e = exp(z" in text


def test_the_trace_reads_down_and_up(run):
    code, out, _ = run(*SOFTMAX, "--trace")
    assert code == 0
    heads = next(line for line in out.splitlines() if line.startswith("forward"))
    assert heads.split() == ["forward", "value", "backward", "gradient"]
    assert re.search(r"^m = .*\bt\b", out, re.MULTILINE)


def test_a_picture_that_cannot_be_written_after_all(run, tmp_path, monkeypatch):
    def full(self, path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ag.Drawing, "save", full)
    code, out, err = run("x * x", "x=2", "--draw", str(tmp_path / "x.svg"))
    assert (code, err.count("\n")) == (2, 1)
    assert "was not written" in err
    assert "+4.0000" in out


def test_a_formula_may_begin_with_a_minus_sign(run):
    assert run("-x**2", "x=3")[1].startswith("-x**2 = -9.0000\n")
    assert run("--x**2", "x=3")[1].startswith("--x**2 = 9.0000\n")


def test_names_that_are_not_used_are_said(run):
    code, out, err = run("x * x", "x=2", "y=1")
    assert code == 0
    assert "0 (not used)" in out
    assert err == "autograd-lite: warning: y has a value, but is in no formula\n"


def test_numpys_warnings_are_one_line(run):
    code, out, err = run("log(x)", "x=0")
    assert code == 0
    assert "-inf" in out
    assert err == "autograd-lite: warning: divide by zero encountered in log\n"


def test_long_arrays_are_shortened(run):
    _, out, _ = run("sum(z * z)", "z=" + ",".join("1" * 500))
    assert len(out) < 500
    _, out, _ = run("sum(W * W)", "W=" + ";".join("1" * 500))
    assert "(488 more rows)" in out


def test_help_fits_a_terminal_and_names_every_function(run):
    code, out, _ = run("--help")
    assert code == 0
    assert set(FUNCTIONS) <= set(out.split())
    assert max(map(len, out.splitlines())) <= 100
    assert run("--version")[1].startswith("autograd-lite ")


def test_the_examples_of_the_docstring():
    found = doctest.testmod(command)
    assert found.attempted > 0
    assert found.failed == 0


# What is refused


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ([], "no formula was given"),
        (["z=1"], "no formula was given"),
        ([""], "the formula is empty"),
        (["x", "y", "x=1"], "two formulas were given, 'x' and 'y'"),
        (["x*x", "x=2,", "1"], "two formulas"),
        (["x*x", "x=2,"], "an entry is missing"),
        (["x*x", "x="], "an entry is missing"),
        (["x*x", "x=nan"], "'nan' is not a finite number"),
        (["x*x", "x=inf"], "'inf' is not a finite number"),
        (["x*x", "x=1e999"], "'1e999' is not a finite number"),
        (["x*x", "x=two"], "'two' is not a finite number"),
        (["x*x", "x=1/3"], "'1/3' is not a finite number"),
        (["x*x", "x=1_0"], "'1_0' is not a finite number"),
        (["x*x", "x=٣"], "is not a finite number"),
        (["x*x", "x=1,2;3"], "the rows of a matrix must have one length; these have 2, 1"),
        (["x*x", "x=[1,2"], "'[' must be closed by ']'"),
        (["x*x", "x=[[1],[2]"], "'[[' must be closed by ']]'"),
        (["x*x", "x=1", "x=2"], "the value of x is given twice"),
        (["x", "lambda=1"], "word of Python's own"),
        (["exp(exp)", "exp=1"], "'exp' is the name of a function"),
        (["sofmax(z)", "z=1,2"], "no function 'sofmax'; did you mean softmax?"),
        (["qqqq(z)", "z=1,2"], "no function 'qqqq'"),
        (["logits * 2", "logit=1"], "'logits' has no value; did you mean logit? (given: logit)"),
        (["x * y", "x=1"], "'y' has no value: add y=... to the command (given: x)"),
        (["x * y"], "(given: none)"),
        (["exp * 2", "x=1"], "exp is a function: write exp(...)"),
        (["z.sum()", "z=1,2"], "write sum(z)"),
        (["z * 2x", "z=1"], "a number runs into a name (write 2*x for 2x), at character 5"),
        (["np.exp(z)", "z=1,2"], "write exp(...)"),
        (["ln(z)", "z=1"], "did you mean log?"),
        (["max(z, 0)", "z=1"], "for the larger of two write maximum(a, b)"),
        (["e ** z", "z=1"], "Euler's number is exp(1)"),
        (["L=softmax(z)", "z=1,2"], "(without a name and =)"),
        (["z.__class__", "z=1,2"], "a formula has no dots"),
        (["().__class__.__bases__", "z=1"], "a formula has no dots"),
        (["__import__('os').system('id')"], "a formula has no dots"),
        (["__import__('os')"], "no function '__import__'"),
        (["eval('1')", "z=1"], "no function 'eval'"),
        (["(lambda: 1)()", "z=1"], "only functions can be called"),
        (["[z for z in (1,)]", "z=1"], "is not part of the language"),
        (["z if z else 1", "z=1"], "write where(condition, a, b)"),
        (["(y := z)", "z=1"], "is not part of the language"),
        (["z^2", "z=1"], "a power is written **, not ^"),
        (["not z", "z=1"], "is not part of the language"),
        (["z and z", "z=1"], "is not part of the language"),
        (["0 < z < 1", "z=1"], "two things at a time"),
        (["sum(z, axs=0)", "z=1,2"], "sum takes no 'axs='; did you mean axis?"),
        (["exp(z, axis=0)", "z=1,2"], "exp takes no 'axis='; its options: none"),
        (["sum(z, reduction='mean')", "z=1,2"], "its options: axis=, keepdims="),
        (["sum(z, axis=5)", "z=1,2"], "axis 5 is out of bounds"),
        (["sum(*z)", "z=1,2"], "write the arguments one by one"),
        (["softmax(z", "z=1,2"], "at character 8 of the formula\n  softmax(z\n         ^"),
        (["z +", "z=1"], "at character 4 of the formula\n  z +\n     ^"),
        (["z z", "z=1"], "\n  z z\n    ^"),
        (["日 · · z", "z=1"], "\n  日 · · z\n       ^"),
        (["z" + "+z" * 50 + "+" + ")z" * 50, "z=1"], f"\n  ...z{'+z' * 14}+)z"),
        (["z + 'abc'", "z=1"], "text has no place in a formula"),
        (["z + 1j", "z=1"], "1j is not a real number"),
        (["z + 1e999", "z=1"], "too large"),
        (["z * (1 / 0)", "z=1"], "'1 / 0' divides by zero"),
        (["z * (-8)**0.5", "z=1"], "not a real number"),
        (["z + y", "z=1,2", "y=1,2,3"], "in 'z + y'"),
        (["z @ y", "z=1,2", "y=1,2,3"], "in 'z @ y'"),
        (["z[5]", "z=1,2"], "in 'z[5]': index 5 is out of bounds"),
        (["z[x]", "z=1,2", "x=1"], "an index is a whole number"),
        (["x[0]", "x=1"], "a single number has no entries"),
        (["[z, z]", "z=1,2"], "stack([...])"),
        (["softmax(x)", "x=1"], "softmax needs a vector"),
        (["softmax(z)", "z=1,2"], "write sum(softmax(z)), or add --jacobian"),
        (["..."], "'...' is no number"),
        (["None", "z=1", "--jacobian"], "'None' is no number"),
        (["(1, 2)"], "has no variable"),
        (["1 + 2"], "has no variable"),
        (["t * 2", "t=1", "z=2", "--wrt", "z"], "depends on none of z"),
        (["z * z", "z=1", "--wrt", "q"], "--wrt: 'q' has no value (given: z)"),
        (["z * z", "z=1", "--hand", "q=2*z"], "--hand: 'q' has no value (given: z)"),
        (["z * z", "z=1", "--hand", "2*z"], 'as in --hand "z=softmax(z)-t"'),
        (["z * z", "z=1", "--hand", "z=2*"], "\n  2*\n    ^"),
        (["z * z", "z=1", "--hand", "z=2*q"], "--hand z: 'q' has no value"),
        (["z * z", "z=1", "--hand", "z=2*z", "--hand", "z=z"], "gradient of z twice"),
        (["z * y", "z=1", "y=1", "--wrt", "y", "--hand", "z=y"], "which --wrt leaves out"),
        (["y * y", "z=1", "y=1", "--hand", "z=0"], "z is not used in y * y"),
        (["z * z", "z=1", "--hand"], "expected one argument"),
        (["z * z", "z=1", "--jacobian", "1 + 2"], "depends on none of the names"),
        (["z * z", "z=1", "--jacobain"], "no option --jacobain; did you mean --jacobian?"),
        (["z * z", "z=1", "--draw"], "expected one argument"),
        (["z * z", "z=1", "--draw", "x.gif"], "unknown suffix '.gif'"),
        (["z * z", "z=1", "--draw", "x.sgv"], "did you mean .svg?"),
        (["z * z", "z=1", "--draw", "x"], "no suffix; --draw writes .svg"),
        (["z * z", "z=1", "--step", "x.svg"], "--step writes .html"),
        (["z * z", "z=1", "--draw", "no/such/x.svg"], "there is no directory no/such"),
        (["z * z", "z=1", "--draw", "a.html", "--step", "./a.html"], "would both write"),
        (["z * z", "z=1", "--draw", "x\0.svg"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_one_line_that_says_the_way_out(refused, argv, says):
    assert says in refused(*argv)


def test_paths_are_checked_before_anything_is_computed(refused, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "Session", None)  # to compute anything would be another error
    (tmp_path / "d.svg").mkdir()
    assert "is a directory" in refused("z", "z=1", "--draw", str(tmp_path / "d.svg"))
    assert "no directory" in refused("z", "z=1", "--draw", str(tmp_path / "e" / "f.svg"))
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "no permission" in refused("z", "z=1", "--draw", str(tmp_path / "f.svg"))


# Hostile and huge input


@pytest.mark.parametrize(
    "formula",
    [
        "9**9**9",
        "z * 9**9**9",
        "9.0**9**9 * z",
        "softmax([1]*1000000)",
        "[1] * 10**9",
        "[[1] * 1000] * 1000",
        "z + ([0] + [1])",
        "(" * 5000 + "z" + ")" * 5000,
        "[" * 150 + "1" + "]" * 150,
        "-" * 5000 + "z",
        "z" + "+z" * 4000,
        "z" + "[0]" * 2000,
        "exp(" * 90 + "z" + ")" * 90,
        "z" * 5_000_000,
        "1" * 5_000_000,
        "1" * 5000 + " * z",
        "broadcast_to(z, (1000000000, 3))",
        "sum(broadcast_to(z, shape=(100000, 100000, 3)))",
        "reshape(W, (4096, 1)) * reshape(W, (1, 4096))",
        "reshape(W, (4096, 1)) @ reshape(W, (1, 4096))",
        "where(reshape(W, (4096,1,1)) > 0, reshape(W, (1,4096,1)), reshape(W, (1,1,4096)))",
        "reshape(W, (4096, 1)) > reshape(W, (1, 4096))",
        "W[None][[0, 0]]",
        "concatenate([W, W])",
        "stack([" + "W, " * 400 + "])",
        "z\0",
        "'" * 3,
        "\\",
        "z\u202e + 1",
        "{" * 100,
    ],
)
def test_hostile_formulas_end_at_once(refused, formula):
    refused(formula, "z=2,1,0.1", "W=" + ",".join(["1"] * MAX_ENTRIES))


@pytest.mark.parametrize(
    "value",
    ["z=" + "1," * 2_500_000, "z=" + "1;" * 4097, "z=" + "[" * 99_000, "z" * 5_000_000 + "=1"],
)
def test_huge_values_end_at_once(refused, value):
    refused("sum(z)", value)


def test_too_many_values_end_at_once(refused):
    assert "more than 100 values" in refused("x0", *(f"x{i}=1" for i in range(101)))


def test_what_is_just_within_the_bounds_works(run):
    deep = "-(" * (MAX_DEPTH - 2) + "x" + ")" * (MAX_DEPTH - 2)
    assert run(deep, "x=1")[0] == 0
    assert run("sum(z)", "z=" + ",".join(["1"] * MAX_ENTRIES))[0] == 0
    assert run("sum(W @ W)", "W=" + ";".join([",".join("1" * 64)] * 64))[0] == 0


def test_finite_differences_that_would_take_minutes_are_refused(refused):
    z = "z=" + ",".join(["1"] * MAX_ENTRIES)
    assert "would take too long" in refused(
        "sum(" + "tanh(" * 60 + "z" + ")" * 61, z, "--hand", "z=z"
    )


def test_a_jacobian_too_large_for_a_terminal_is_refused(refused):
    z = "z=" + ",".join(["1"] * MAX_ENTRIES)
    assert "too many entries" in refused("tanh(z)", z, "--jacobian")


tokens = st.sampled_from(
    [
        *"ztWx19-+*/@%()[],:<.= '",
        "2.5",
        "**",
        "None",
        "lambda",
        "axis",
        "softmax(",
        "sum(",
        "exp(",
        "log(",
        "reshape(",
        "broadcast_to(",
        "where(",
        "stack([",
        "concatenate([",
        "cross_entropy(",
    ]
)


@settings(max_examples=150)
@given(st.lists(tokens, max_size=25).map("".join) | st.text(max_size=40))
def test_any_formula_is_answered_or_refused(formula):
    assert command.main([formula, "z=2,1,0.1", "t=1,0,0", "W=1,2;3,4", "x=3"]) in (0, 2)


@settings(max_examples=100)
@given(st.lists(st.text(max_size=12) | st.sampled_from(["x*x", "x=1", "--wrt", "x"]), max_size=5))
def test_any_arguments_are_answered_or_refused(argv):
    assert command.main(["x * x", *argv, "x=2"]) in (0, 2)


numbers = st.floats(-3, 3, allow_nan=False).map(lambda x: round(x, 2))
leaves = numbers.map(lambda x: f"({x})") | st.sampled_from(["x", "y"])
formulas = st.recursive(
    leaves,
    lambda f: (
        st.tuples(f, st.sampled_from("+-*"), f).map(lambda p: f"({p[0]} {p[1]} {p[2]})")
        | st.tuples(st.sampled_from(["sin", "tanh"]), f).map(lambda p: f"{p[0]}({p[1]})")
    ),
    max_leaves=12,
)


@settings(max_examples=100)
@given(formulas)
def test_formulas_agree_with_pythons_own_arithmetic(formula):
    ours = evaluate(parse(formula), {"x": ag.Value(0.5), "y": ag.Value(-1.25)})
    code = compile(ast.parse(formula, mode="eval"), "formula", "eval")
    scope = {"x": 0.5, "y": -1.25, "sin": math.sin, "tanh": math.tanh}
    expected = eval(code, {"__builtins__": {}}, scope)
    assert ag.core.graph.data(ours) == pytest.approx(expected, rel=1e-12, abs=1e-12)


# As a program


def program(*argv, stdout=subprocess.PIPE, **environment):
    return subprocess.run(
        [sys.executable, "-m", "autograd_lite", *argv],
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
        cwd=ROOT,
        timeout=60,
    )


def test_on_a_terminal_that_knows_only_ascii():
    done = program("sum(σ * σ)", "σ=1,2", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert b"+2.0000  +4.0000" in done.stdout
    done = program("σ^2", "σ=1", PYTHONIOENCODING="ascii")
    assert done.returncode == 2
    assert done.stderr.startswith(b"autograd-lite: error: ")
    assert done.stderr.count(b"\n") == 1


def test_arguments_that_are_no_text():
    done = program(b"x * \xff", "x=2")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.count(b"\n") == 1


def test_a_reader_that_has_gone_away():
    read, write = os.pipe()
    os.close(read)
    done = program(*SOFTMAX, stdout=write)
    os.close(write)
    assert done.stderr == b""


def test_no_output_at_all():
    script = 'exec "$0" -m autograd_lite "x * x" x=2 >&- 2>&-'
    done = subprocess.run(["sh", "-c", script, sys.executable], cwd=ROOT, timeout=60)
    assert done.returncode == 0


def test_an_answer_that_cannot_be_written(run, monkeypatch):
    def full(text):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys.stdout, "write", full)
    code = command.main(["x", "x=1"])
    monkeypatch.undo()
    assert code == 2


def test_ctrl_c_is_one_line(run, monkeypatch):
    monkeypatch.setattr(command, "Session", lambda _: signal.raise_signal(signal.SIGINT))
    # A suite that a script has started in the background does not hear Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert run("x", "x=1") == (130, "", "autograd-lite: error: interrupted\n")
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_mistake_of_our_own_is_no_traceback(run, monkeypatch):
    monkeypatch.setattr(command, "Session", lambda _: 1 / 0)
    code, out, err = run("x", "x=1")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "please report it" in err


def test_control_characters_do_not_reach_the_terminal(capsys):
    send("a\x1b[31mb\x00c", sys.stdout)
    assert capsys.readouterr().out == "a?[31mb?c\n"
