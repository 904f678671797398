"""The documentation: what its pages show is run, and its tools find what they look for."""

import contextlib
import doctest
import importlib
import importlib.util
import io
import operator
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

import autograd_lite as ag
import autograd_lite.__main__ as command

ROOT = Path(__file__).parent.parent
HOME = ROOT / ".docs"
PAGES = [*sorted((HOME / "pages").rglob("*.md")), ROOT / ".github" / "CONTRIBUTING.md"]

FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w+)(?: +title=\"(?P<title>[^\"]+)\")?\n"
    r"(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

# Rounding errors, and the seconds a run took, are not the same everywhere.
CHANCE = re.compile(
    r"\bnumbers\s+(exactly|to\s+\d\S*e-1\d)"
    r"|\d(\.\d)?e-(0[6-9]|1\d)|\b0(\.0)?e\+00|\d+\.\d+s\b"
)
SHOWN = {"text", "sh", "toml"}  # what a command before it printed, what is typed elsewhere


def module_at(path):
    """The module in a file, imported anew."""
    path = Path(path).resolve()
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tool(name):
    """A module of the documentation's own, which may import another."""
    with mock.patch.object(sys, "path", [str(HOME), *sys.path]):
        return module_at(HOME / f"{name}.py")


def blocks(page):
    """The fenced blocks of a page, in order: language, title, text, and the line they start on."""
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        inside = re.sub(f"^{found['indent']}", "", found["text"], flags=re.MULTILINE)
        yield found["language"], found["title"], inside, text[: found.start()].count("\n") + 1


class Checker(doctest.OutputChecker):
    """Compares as doctest does, `...` for anything, and leaves chance aside."""

    def check_output(self, want, got, optionflags):
        return super().check_output(CHANCE.sub("#", want), CHANCE.sub("#", got), optionflags)


def same(expected, got, where):
    """Compare what is shown with what came out."""
    if not Checker().check_output(expected, got, FLAGS):
        raise AssertionError(f"{where} shows\n{expected}\nand what came out is\n{got}")


def typed(line):
    """What a line typed in a terminal prints: our own command in this process."""
    words = shlex.split(line)
    if words[0] == "autograd-lite":
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            command.main(words[1:])
        return out.getvalue()
    assert words[0] == "pytest", f"the documentation does not run {words[0]}"
    plugins = ["-p", "no:cacheprovider", "-p", "autograd_lite.check.pytest_plugin"]
    run = [sys.executable, "-m", "pytest", *plugins, *words[1:]]
    here = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    return subprocess.run(run, capture_output=True, text=True, timeout=100, env=here).stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_page_shows_is_what_happens(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    names = {"__name__": "__main__"}
    printed = None
    for language, title, text, line in blocks(page):
        where = f"{page.name}:{line}"
        if title:  # a file of the reader's own
            Path(title).write_text(text, encoding="utf-8")
            monkeypatch.setitem(sys.modules, title[:-3], module_at(title))
        elif language == "pycon":
            test = doctest.DocTestParser().get_doctest(text, names, where, str(page), line)
            assert test.examples, f"{where} has no prompt"
            report = []
            runner = doctest.DocTestRunner(Checker(), verbose=False, optionflags=FLAGS)
            failed = runner.run(test, out=report.append, clear_globs=False).failed
            assert not failed, "".join(report)
            names = test.globs
        elif language == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile(text, where, "exec"), names)
            printed = out.getvalue()
        elif language == "console":
            for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                line_typed, _, expected = part.partition("\n")
                got = typed(line_typed)
                if expected.strip():
                    same(expected, got, where)
        elif language == "text" and printed is not None:
            same(text, printed, where)
            printed = None
        else:
            assert language in SHOWN, f"{where}: a block of {language} is not run"


def test_a_page_that_shows_something_else_is_found(tmp_path, monkeypatch):
    for wrong in (
        "```pycon\n>>> 1 + 1\n3\n```\n",
        "```python\nprint(2)\n```\n\n```text\n3\n```\n",
        "```python\nassert 1 == 2\n```\n",
        '```console\n$ autograd-lite "x * x" x=3\nx * x = 8\n```\n',
        "```ruby\nputs 1\n```\n",
    ):
        page = tmp_path / "page.md"
        page.write_text(wrong, encoding="utf-8")
        with pytest.raises(AssertionError):
            test_what_a_page_shows_is_what_happens(page, tmp_path, monkeypatch)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_links_of_a_page_are_good_in_the_repository_too(page):
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / link).exists(), link


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda path: path.name)
def test_the_files_of_the_package_that_a_page_names_are_there(page):
    for path in re.findall(
        r"`((?:autograd_lite|core|ops|nn)/[\w/]*(?:\.py)?)`", page.read_text("utf-8")
    ):
        place = ROOT if path.startswith("autograd_lite") else ROOT / "autograd_lite"
        assert (place / path).exists(), path


def test_names_in_docstrings_are_linked_but_parameters_are_not():
    as_markdown = tool("docstring").as_markdown
    text = "See `grad` and `x`.\n\n>>> `grad`\n1\n\nAs `ag.sum`, `axis`, ``grad``."
    assert as_markdown(text, {"x"}) == (
        "See [`grad`][autograd_lite.grad] and `x`.\n\n```pycon\n>>> `grad`\n1\n```\n\n"
        "As [`ag.sum`][autograd_lite.sum], `axis`, ``grad``."
    )
    assert as_markdown("`grad`", {"grad"}) == "`grad`"


def test_every_public_name_stands_once_in_the_reference():
    inventory = tool("inventory")
    listed = [name for group in inventory.groups() for name in group.names]
    assert sorted(listed) == sorted(inventory.names())
    assert set(dir(ag)) == {name.partition(".")[0] for name in listed}


def test_no_entry_of_the_reference_is_of_a_module_of_that_name():
    inventory = tool("inventory")
    for name in (name for group in inventory.groups() for name in group.names):
        file = Path(ag.__file__).parent.joinpath(*inventory.path(name).split(".")[1:])
        assert not file.exists(), name
        assert not file.with_suffix(".py").exists(), name
        module, _, own = inventory.path(name).rpartition(".")
        found = getattr(importlib.import_module(module), own)
        assert found is operator.attrgetter(name)(ag), name


def test_the_members_listed_are_there():
    for name, members in tool("inventory").MEMBERS.items():
        module, _, own = f"autograd_lite.{name}".rpartition(".")
        for member in members.split():
            fields = getattr(importlib.import_module(module), own)
            assert hasattr(fields, member), f"{name}.{member}"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('<a href="other.html">', "leads to no file"),
        ('<a href="#nowhere">', "leads to no place"),
        ('<a href="here.html#nowhere">', "leads to no place"),
        ('<script src="https://example.org/x.js">', "loaded from elsewhere"),
        ('<link rel="stylesheet" href="//example.org/x.css">', "loaded from elsewhere"),
        ('<a href="http://example.org">', "no well-formed https address"),
        ('<a href="https://example">', "no well-formed https address"),
        ('<img src="picture.png">', "leads to no file"),
    ],
)
def test_a_broken_link_is_found(body, words, tmp_path):
    (tmp_path / "here.html").write_text(body, encoding="utf-8")
    assert words in " ".join(tool("links").complaints(tmp_path))


def test_a_good_link_is_no_complaint(tmp_path):
    (tmp_path / "here.html").write_text('<a id="a b" href="sub/there.html#x">', encoding="utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "there.html").write_text(
        '<p id="x"><a href="../here.html#a%20b"><a href="https://example.org/?q=1#y"><a href="#x">',
        encoding="utf-8",
    )
    assert list(tool("links").complaints(tmp_path)) == []


def test_a_notebook_becomes_a_page(tmp_path):
    path = tmp_path / "one.ipynb"
    path.write_text(
        '{"cells": ['
        '{"cell_type": "markdown", "source": ["# One\\n", "See [two](two.ipynb#x)."]},'
        '{"cell_type": "code", "metadata": {}, "source": "print(1 < 2)", "outputs": ['
        '{"output_type": "stream", "name": "stdout", "text": ["True <\\n"]},'
        '{"output_type": "display_data", "data": {"text/plain": "p", "text/html": "<b>h</b>"}}]},'
        '{"cell_type": "code", "metadata": {"jupyter": {"source_hidden": true}, "alt": "&"},'
        ' "source": "x", "outputs": ['
        '{"output_type": "display_data", "data": {"text/plain": "p", "image/png": "AA\\n"}}]}'
        "]}",
        encoding="utf-8",
    )
    text, outputs = tool("notebook").page(path)
    assert text.startswith("# One\nSee [two](two.md#x).\n\n```python\nprint(1 < 2)\n```\n")
    assert '??? success "An answer"\n\n    ```python\n    x\n    ```\n\n    <div class="out' in text
    assert text.count('<div class="output"') == 3
    picture = '<img alt="&amp;" src="data:image/png;base64,AA">'
    assert outputs == ["<pre>True &lt;\n</pre>", "<b>h</b>", picture]
