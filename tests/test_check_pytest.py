"""The hook for pytest: a failed assertion shows the report."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEST = """
import unittest

import numpy as np
import autograd_lite as ag

f = lambda x: ag.sum(ag.sin(x))
x = np.ones(3)

def test_asked():
    assert ag.check_gradients(f, x, hand=lambda x: -np.cos(x))

def test_named():
    report = ag.check_gradients(f, x, hand=2 * np.cos(x))
    assert report.ok, "as in lecture 3"

def test_printed():
    report = ag.check_gradients(f, x, hand=3 * np.cos(x))
    assert report, str(report)

def test_compared():
    z = ag.Tensor(x, label="z")
    z.hand = 4 * np.cos(x)
    assert bool(ag.compare(f(z)))

def test_asserted():
    ag.check_gradients(f, x, hand=5 * np.cos(x)).assert_ok()

def test_two():
    report = ag.check_gradients(f, x, hand=6 * np.cos(x))
    assert report.ok is True

class TestCase(unittest.TestCase):
    def test_method(self):
        assert ag.check_gradients(f, x, hand=7 * np.cos(x))

def test_right():
    assert ag.check_gradients(f, x, hand=np.cos)

def test_other():
    assert 1 == 2
"""


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """What pytest prints of each of a student's tests, by name, and at last of all of them."""
    at = tmp_path_factory.mktemp("student")
    (at / "test_student.py").write_text(TEST, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "autograd_lite.check.pytest_plugin", "-p",
         "no:cacheprovider", str(at / "test_student.py")],
        cwd=at, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert "8 failed, 1 passed" in run.stdout, run.stdout + run.stderr
    parts = re.split(r"^_+ (\S+) _+$|^=+ short.*$", run.stdout, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("test_asked", "the sign is wrong, everything else right"),
        ("test_named", "every entry is 2 times the right one"),
        ("test_printed", "every entry is 3 times the right one"),
        ("test_compared", "every entry is 4 times the right one"),
        ("test_asserted", "every entry is 5 times the right one"),
        ("test_two", "every entry is 6 times the right one"),
        ("TestCase.test_method", "every entry is 7 times the right one"),
    ],
)
def test_a_failed_assertion_shows_the_report_once(printed, name, cause):
    text = printed[name]
    assert text.count("Verdict: autodiff and numerical agree") == 1
    assert text.count("Likely cause: " + cause) == 1
    lines = text.splitlines()
    assert any(re.fullmatch(r"(E\s+)?  hand     - autodiff .*  differs", line) for line in lines)


@pytest.mark.parametrize(
    "name",
    ["test_asked", "test_named", "test_printed", "test_compared", "test_asserted", "test_two"],
)
def test_no_report_is_quoted_in_one_line(printed, name):
    assert "\\n" not in printed[name]
    assert "self = " not in printed[name]


def test_the_rest_of_what_an_assertion_says_stays(printed):
    assert "as in lecture 3" in printed["test_named"]
    assert "where False = <Report: dL/dx wrong>.ok" in printed["test_two"]
    assert "assert 1 == 2" in printed["test_other"]
    assert "gradients" not in printed["test_other"]


def test_the_hook_installs_itself():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "autograd_lite.check.pytest_plugin" in project["entry-points"]["pytest11"].values()
