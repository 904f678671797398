"""The hook for pytest: a failed assertion shows the report."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEST = """
import numpy as np
import autograd_lite as ag

f = lambda x: ag.sum(ag.sin(x))
x = np.ones(3)

def test_wrong():
    assert ag.check_gradients(f, x, hand=lambda x: -np.cos(x))

def test_named():
    report = ag.check_gradients(f, x, hand=2 * np.cos(x))
    assert report.ok

def test_right():
    assert ag.check_gradients(f, x, hand=np.cos)

def test_other():
    assert 1 == 2
"""


def test_a_failed_assertion_shows_the_report(tmp_path):
    (tmp_path / "test_student.py").write_text(TEST, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "autograd_lite.check.pytest_plugin", "-p",
         "no:cacheprovider", str(tmp_path / "test_student.py")],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert "3 failed, 1 passed" in run.stdout, run.stdout + run.stderr
    assert run.stdout.count("- gradients -") == 2
    assert run.stdout.count("Likely cause: the sign is wrong, everything else right") == 1
    assert run.stdout.count("every entry is 2 times the right one") >= 1


def test_the_hook_installs_itself():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "autograd_lite.check.pytest_plugin" in project["entry-points"]["pytest11"].values()
