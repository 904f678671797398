"""The notebooks run from a clean kernel and still show what is stored in them."""

import ast
import re
import sys

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

import autograd_lite as ag
from notebooks import NOTEBOOKS, difference, drift, executed, shown, tidy

MAY_IMPORT = {"autograd_lite", "numpy", "matplotlib", "scipy", "sklearn", "tqdm"}


def cells(book, kind):
    return [cell for cell in book.cells if cell.cell_type == kind]


def outputs(book):
    return [output for cell in cells(book, "code") for output in cell.outputs]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_shows_what_is_stored(path):
    wrong = drift(nbformat.read(path, as_version=4), executed(path))
    assert wrong is None, f"{wrong}\nrun: python tests/notebooks.py {path.name[:2]}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_can_be_read_without_running(path):
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    counts = [cell.execution_count for cell in cells(book, "code")]
    assert counts == list(range(1, len(counts) + 1))
    assert {output.output_type for output in outputs(book)} <= {
        "stream",
        "display_data",
        "execute_result",
    }
    assert {o.name for o in outputs(book) if o.output_type == "stream"} <= {"stdout"}
    pictures = [o for o in outputs(book) if "image" in " ".join(o.get("data", {}))]
    assert pictures
    for picture in pictures:
        alternative = picture.metadata.get("image/png", {}).get("alt", "")
        assert len(alternative) > 20 or 'aria-label="' in picture.data.get("image/svg+xml", "")
    assert path.stat().st_size < 1_000_000


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_opens_with_what_it_shows_and_asks_the_reader(path):
    book = nbformat.read(path, as_version=4)
    first = book.cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert len(re.findall(r"^[*-] ", first.source, re.MULTILINE)) >= 3
    headings = [line for c in cells(book, "markdown") for line in c.source.splitlines()]
    assert any(re.match(r"##+ .*exercise", line, re.IGNORECASE) for line in headings)
    code = "\n".join(cell.source for cell in cells(book, "code"))
    assert "check_gradients(" in code


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_stands_alone_and_holds_no_engine(path):
    book = nbformat.read(path, as_version=4)
    for cell in cells(book, "code"):
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, ast.ClassDef), cell.source
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, cell.source
                names = [node.module]
            roots = {name.partition(".")[0] for name in names}
            assert roots <= MAY_IMPORT | set(sys.stdlib_module_names), cell.source
    said = "\n".join(text for output in outputs(book) for text in shown(output).values())
    assert re.search(r"(?<![\w.:/<])/(home|root|tmp|usr|opt|var|work|Users)/\w", said) is None


def test_the_notebooks_are_numbered_from_1_to_8():
    assert [int(path.name[:2]) for path in NOTEBOOKS] == list(range(1, 9))


@pytest.mark.parametrize(
    ("was", "now", "same"),
    [
        ("loss 0.4170", "loss  0.4170\n", True),
        ("loss 0.4170", "loss 0.4171", True),
        ("off by 6.1e-12", "off by 3.0e-13", True),
        ("loss 0.4170", "loss 0.4270", False),
        ("loss 0.4170", "cost 0.4170", False),
        ("[−0.3 +0.2]", "[+0.3 +0.2]", False),
        ("3 of 9", "4 of 9", False),
        ("your numbers exactly).", "your\n   numbers to 3e-17).", True),
        ("your numbers exactly).", "your numbers to 3e-3).", False),
        ("dL/dz  yes    yes          0.0e+00", "dL/dz  no     yes          3.0e-17", True),
        ("dL/dz  yes    yes          0.0e+00", "dL/dz  yes    no           3.0e-01", False),
        ("3 of 9", "3 of 9 wrong", False),
    ],
)
def test_a_drift_is_seen(was, now, same):
    assert (difference(was, now) is None) == same


def test_only_the_end_of_a_progress_bar_is_stored():
    bar = nbformat.v4.new_output(
        "stream", name="stdout", text="\r 0%|  |\r50%|█ |\r100%|██|\ndone\n"
    )
    assert tidy(bar, None).text == "100%|██|\ndone\n"


def test_pictures_get_the_text_of_their_cell():
    picture = nbformat.v4.new_output("display_data", data={"image/png": "iVBOR"})
    assert tidy(picture, "a V").metadata["image/png"]["alt"] == "a V"
    plain = nbformat.v4.new_output("display_data", data={"text/plain": "1"})
    assert tidy(plain, "a V").metadata == {}


def test_the_kernel_is_this_python_and_an_error_is_raised(tmp_path):
    path = tmp_path / "seen.ipynb"
    cells = ["import sys, autograd_lite as ag\nprint(sys.executable, ag.__file__)", "1 / 0"]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    nbformat.write(book, path)
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        executed(path)
    book.cells[1].source = "6 * 7"
    nbformat.write(book, path)
    first, second = outputs(executed(path))
    assert first.text.split() == [sys.executable, ag.__file__]
    assert second.data == {"text/plain": "42"}
