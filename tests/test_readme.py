"""The README: two commands that do what they say. (Its Python examples run as doctests.)"""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import autograd_lite.__main__ as command

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands():
    """The lines of the README's one block of shell commands."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    return blocks[0].splitlines()


def test_it_is_read_in_a_minute():
    assert len(README.splitlines()) <= 150


def test_the_shell_block_has_exactly_two_lines_that_stand_alone():
    lines = commands()
    assert len(lines) == 2
    for line in lines:
        assert line.startswith(".ci/setup")
        assert " && .venv/bin/" in line
        assert not line.endswith("\\")


def test_the_first_command_computes_checks_and_draws(tmp_path, monkeypatch, capsys):
    first = shlex.split(commands()[0])
    assert first[:2] == [".ci/setup", "&&"]
    assert first[2] == ".venv/bin/autograd-lite"
    monkeypatch.chdir(tmp_path)
    assert command.main(first[3:]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    h = np.exp([2, 1, 0.1]) / np.exp([2, 1, 0.1]).sum()
    for gradient in h - [1, 0, 0]:
        assert f"{gradient:+.4f}" in out
    assert "agree" in out
    picture = (tmp_path / "softmax.svg").read_text(encoding="utf-8")
    assert picture.rstrip().endswith("</svg>")
    assert "softmax" in picture


def test_the_second_command_runs_the_tests():
    assert commands()[1] == ".ci/setup test && .venv/bin/python -m pytest"


def test_the_lines_shown_are_lines_of_the_answer(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    command.main(shlex.split(commands()[0])[3:])
    shown = re.search(r"^```text\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert shown is not None
    # Rounding errors of the finite differences are not the same everywhere.
    rounding = re.compile(r" +\d(\.\d)?e[-+]\d\d")
    answer = iter(rounding.sub(" #", capsys.readouterr().out).splitlines())
    for line in rounding.sub(" #", shown[1]).splitlines():
        assert line in answer  # and so, after those before it


@pytest.mark.parametrize("script", ["setup", "run", "newest"])
def test_the_scripts_are_executable_and_parse(script):
    path = ROOT / ".ci" / script
    assert os.access(path, os.X_OK)
    subprocess.run(["bash", "-n", str(path)], check=True, timeout=20)


@pytest.mark.parametrize("typed", re.findall(r"`(\.ci/setup [^`]+)`", README))
def test_commands_in_the_text_name_extras_and_programs_of_them(typed):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    _, extra, _, program, *_ = typed.split()
    packages = " ".join(project["optional-dependencies"][extra])
    assert program.removeprefix(".venv/bin/") in packages


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)\)", README))
def test_what_the_readme_links_to_is_there(link):
    assert (ROOT / link).exists()


def test_the_entry_point_is_the_module():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'autograd-lite = "autograd_lite.__main__:main"' in text
    done = subprocess.run(
        [sys.executable, "-m", "autograd_lite", "x * x", "x=3"],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert b"+6.0000" in done.stdout
