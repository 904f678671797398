"""Names that mean harm, machines without Graphviz, files that must be whole: nothing breaks."""

import base64
import html
import os
import re
import stat
import subprocess
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_lite as ag
from autograd_lite.drawing import render
from autograd_lite.graphs.text import clip, escape

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "\"'`",
    "{a|b} {{data}} {{title}}",
    r"back\slash \N \G \L \E \T \n",
    "\\",
    "two\nlines\r\n\ttabs",
    "--> <!-- ]]> <![CDATA[",
    "\x00\x01\x1b[31m\x7f\x9f",
    "x" * 5000,
    "שלום \u202e\u2066 עולם",
    "😀🎉 e\u0301",
    "]",
    "&amp; &#60; %s %d $x_1^2$ #~",
    "\ud800\udfff\ufffe",
    "<img src=x onerror=alert(1)>",
    "\u2028\u2029",
]


def graph(name):
    """A graph that shows `name` wherever a name is shown."""
    x = ag.Tensor([1.0, 2.0], name)
    constant = np.array([3.0, 4.0])
    with ag.group(name):
        y = ag.exp(x)
        y.label = name
    L = (y * constant).sum()
    L.label = name
    L.backward()
    x.hand = x.grad
    return L, {name: constant} if name else {}


class Tags(HTMLParser):
    """All tags of a page with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def is_tame(page, scripts=0):
    """Whether a page has exactly the scripts it should have and no handlers."""
    tags = Tags(page).found
    handlers = [key for _, attributes in tags for key in attributes if key.startswith("on")]
    return [tag for tag, _ in tags].count("script") == scripts and not handlers


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_text_in_every_output(name):
    L, names = graph(name)
    for drawing in (ag.draw(L, names=names), ag.draw(L, depth=0)):
        svg = drawing.svg()
        ET.fromstring(svg)
        assert is_tame(svg)
        assert "text/plain" in drawing._repr_mimebundle_()
    table = ag.trace(L, names=names)
    ET.fromstring(table.html())
    assert is_tame(table.html())
    assert is_tame(table.markdown())
    assert table.latex().count(r"\begin") == 1
    assert re.fullmatch(r"[\x20-\x7e\n]*", table.latex())
    page = ag.step(L, names=names)
    assert is_tame(page.html, scripts=2)
    assert is_tame(page._repr_html_())
    assert str(list(ag.steps(L)))


@settings(max_examples=25)
@given(st.text(st.characters(), max_size=60))
def test_any_name_gives_an_svg_that_parses(name):
    L, names = graph(name)
    svg = ag.draw(L, names=names).svg()
    shown = "".join(ET.fromstring(svg).itertext())
    assert is_tame(svg)
    assert clip(name, 40).strip()[:10] in shown


@given(st.text(st.characters()))
def test_escaped_text_comes_back_as_itself(text):
    class Text(HTMLParser):
        said = ""

        def handle_data(self, data):
            self.said += data

    parser = Text()
    parser.feed(f"<p>{escape(text)}</p>")
    parser.close()
    shown = clip(text, 10**6)
    assert " ".join(parser.said.split()) == shown
    assert not set("<>\"'{}\\") & set(escape(text))


def test_a_backslash_stays_a_backslash():
    """Graphviz replaces \\G by the graph's name and \\N by the node's, also in references."""
    x = ag.Value(1.0, r"a\Gb\Nc")
    shown = "".join(ET.fromstring(ag.draw(x * 2.0).svg()).itertext())
    assert r"a\Gb\Nc" in shown


def program(directory, text):
    """A program called dot on an otherwise empty PATH."""
    path = directory / "dot"
    path.write_text(f"#!{sys.executable}\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(directory)


def drawn():
    """y = x · x, drawn now."""
    x = ag.Value(3.0, "x")
    y = x * x
    y.backward()
    return ag.draw(y, names={"y": y})


@pytest.fixture
def drawing():
    return drawn()


@pytest.fixture
def no_library(monkeypatch):
    """A machine without pygraphviz."""
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


def test_without_any_graphviz_there_is_the_table_and_what_to_install(
    no_library, monkeypatch, tmp_path, capfd
):
    monkeypatch.setenv("PATH", str(tmp_path))
    bundle = drawn()._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    for shown in bundle.values():
        assert "dx = dy·x + dy·x" in shown
        assert "autograd-lite[render]" in html.unescape(shown)
    with pytest.raises(render.NoLayout, match="install Graphviz"):
        drawn().svg()
    assert drawn().save(tmp_path / "graph.dot").read_text() == drawn().dot
    assert "<svg" in ag.step(ag.Value(2.0) * 3.0).html  # laid out in a column
    assert capfd.readouterr() == ("", "")


def test_without_any_graphviz_no_temporary_folder_is_needed(no_library, monkeypatch, tmp_path):
    def nowhere(*args, **kwargs):
        raise FileNotFoundError("no usable temporary directory")

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("tempfile.TemporaryFile", nowhere)
    with pytest.raises(render.NoLayout, match="install Graphviz"):
        drawn().svg()


def test_nothing_is_imported_for_drawing_before_something_is_drawn():
    code = (
        "import sys, autograd_lite as ag\n"
        "x = ag.Value(2.0, 'x')\n"
        "print(ag.trace(x * x), ag.draw, ag.step, ag.compare(x * x))\n"
        "print(*sorted({'subprocess', 'graphviz', 'pygraphviz'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == ""


def test_an_engine_is_plugged_in_by_a_function_from_dot_to_svg(drawing, monkeypatch):
    """It measures Helvetica and Courier; what is shown has the drawing's own fonts."""
    given = []

    def engine(dot):
        given.append(dot)
        picture = subprocess.run(["dot", "-Tsvg"], input=dot, capture_output=True, text=True)
        return picture.stdout

    expected = drawing.svg()
    monkeypatch.setattr(render, "plugged", engine)
    x = ag.Value(3.0, "x")
    y = x * x
    y.backward()
    again = ag.draw(y)
    shown = again.svg()
    assert render.SANS not in given[0]
    assert set(re.findall(r'font-family="([^"]*)"', shown)) == set(
        re.findall(r'font-family="([^"]*)"', expected)
    )
    assert "".join(ET.fromstring(shown).itertext()) == "".join(ET.fromstring(expected).itertext())
    with pytest.raises(render.NoLayout, match="makes svg, not png"):
        again.png()
    assert "<svg" in ag.step(y).html


def test_a_dot_that_fails_is_reported_in_the_text(no_library, monkeypatch, tmp_path, capfd):
    code = "import sys; sys.stderr.write('out of paper'); sys.exit(1)"
    monkeypatch.setenv("PATH", program(tmp_path, code))
    assert "ended with code 1: out of paper" in drawn()._repr_mimebundle_()["text/plain"]
    assert capfd.readouterr() == ("", "")


def test_a_dot_that_hangs_is_stopped(no_library, monkeypatch, tmp_path, capfd):
    monkeypatch.setenv("PATH", program(tmp_path, "import time; time.sleep(60)"))
    monkeypatch.setattr(render, "TIMEOUT", 0.3)
    text = drawn()._repr_mimebundle_()["text/plain"]
    assert "did not finish within" in text
    assert "depth= or only=" in text
    assert capfd.readouterr() == ("", "")


def test_a_dot_that_is_no_program_is_reported(no_library, monkeypatch, tmp_path):
    (tmp_path / "dot").write_bytes(b"\x7fELF nonsense")
    (tmp_path / "dot").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "could not be started" in drawn()._repr_mimebundle_()["text/plain"]


def test_a_library_that_complains_on_file_descriptor_2_is_kept_quiet(monkeypatch, tmp_path, capfd):
    class Graph:
        def __init__(self, string):
            self.string = string

        def draw(self, format, prog):
            os.write(2, b"Fontconfig error: Cannot load default config file\n")
            return b"<svg></svg>"

    class Library:
        AGraph = Graph

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "pygraphviz", Library)
    assert drawn().svg().startswith("<svg")
    assert capfd.readouterr() == ("", "")

    class Broken(Graph):
        def draw(self, format, prog):
            os.write(2, b"Error: syntax error in line 1\n")
            return b"<svg></svg>"

    Library.AGraph = Broken
    with pytest.raises(render.NoLayout, match="syntax error in line 1"):
        ag.draw(ag.Value(1.0) * 2.0).svg()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf", "dot", "html", "SVG"])
def test_the_suffix_says_the_format(drawing, tmp_path, suffix):
    content = drawing.save(tmp_path / f"graph.{suffix}").read_bytes()
    begins = {
        "svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF", "dot": b"digraph", "html": b"<!doctype"
    }  # fmt: skip
    assert content.startswith(begins[suffix.lower()])
    assert os.listdir(tmp_path) == [f"graph.{suffix}"]


@pytest.mark.parametrize("name", ["graph.jpg", "graph", "graph.svg.gz"])
def test_another_suffix_is_refused(drawing, tmp_path, name):
    with pytest.raises(ValueError, match="svg, png, pdf, dot, html"):
        drawing.save(tmp_path / name)
    assert os.listdir(tmp_path) == []


def test_a_file_is_written_whole_or_not_at_all(drawing, tmp_path, monkeypatch):
    target = tmp_path / "graph.dot"
    target.write_text("before")

    def fail(*args):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="the disk is full"):
        drawing.save(target)
    assert target.read_text() == "before"
    assert os.listdir(tmp_path) == ["graph.dot"]


def test_a_picture_in_a_notebook_shrinks_to_the_column_and_is_white(drawing):
    bundle = drawing._repr_mimebundle_()
    assert set(bundle) == {"image/svg+xml", "image/png", "text/plain"}
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    svg = bundle["image/svg+xml"]
    assert svg.startswith('<svg role="img" aria-label="Computation graph of y = x · x"')
    assert "max-width:100%" in svg
    assert 'fill="white"' in svg


@pytest.mark.parametrize("count", [2, 5, 9, 14, 30, 45])
@pytest.mark.parametrize("size", [None, 3, 6])
def test_a_picture_fits_the_column_and_can_be_read(count, size):
    """JupyterLab shows it as an image that does not shrink: the size in the file is what counts."""
    total = 0.0
    for k in range(count):
        x = ag.Value(1.0 + k) if size is None else ag.Tensor(np.arange(size) + 1.0 + k)
        x.label = f"x{k}"
        total = total + ag.sin(x)
    svg = ag.draw(ag.sum(total)).svg()
    width, height = map(int, re.search(r'width="(\d+)pt" height="(\d+)pt"', svg).groups())
    box = [float(x) for x in re.search(r'viewBox="0.00 0.00 (\S+) (\S+)"', svg).groups()]
    scale = width / box[0]
    assert scale == pytest.approx(height / box[1], rel=0.01)
    assert 0.91 < scale < 1.01
    smallest = min(float(x) for x in re.findall(r'font-size="([\d.]+)"', svg))
    assert smallest * scale * 4 / 3 >= 10.9  # pixels
    assert width * 4 / 3 <= 900
    assert height * 4 / 3 <= 1800


def test_svg_has_no_link_to_anywhere(drawing):
    links = re.findall(r"https?://[^\"]*", drawing.svg())
    assert set(links) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
