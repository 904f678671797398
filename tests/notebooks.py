"""Run the notebooks from a clean kernel and store what they show.

`python tests/notebooks.py` runs all of them, `python tests/notebooks.py 02 05` the second and the
fifth. What is stored depends on the notebook alone: no times, no paths, no versions. A code cell
whose metadata has `"alt"` gives that text to its pictures, for those who cannot see them.
"""

from __future__ import annotations

import html
import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb"))

NUMBER = re.compile(r"[-−+]?\d+\.?\d*(?:e[-+]?\d+)?")

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class OwnPython(AsyncKernelManager):
    """A kernel of the Python that runs this, whichever others the machine has."""

    @property
    def kernel_spec(self) -> KernelSpec:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(
            argv=[*argv, "--log-level=ERROR"], display_name="Python 3", language="python"
        )


def executed(path: Path) -> nbformat.NotebookNode:
    """The notebook with fresh outputs; the first error of a cell is raised."""
    book = nbformat.read(path, as_version=4)
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with tempfile.TemporaryDirectory() as folder:  # what a notebook writes is not kept
        # Files for ports: another program may take a port before the kernel comes to it.
        sockets = {"transport": "ipc", "connection_file": f"{folder}/kernel.json"}
        client = NotebookClient(
            book,
            config=Config(OwnPython=sockets),
            kernel_manager_class=OwnPython,
            resources={"metadata": {"path": folder}},
            timeout=600,
            startup_timeout=240,
            record_timing=False,
            coalesce_streams=True,
        )
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        client.execute(
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(p for p in paths if p),
                "IPYTHONDIR": folder,
                "OMP_NUM_THREADS": "1",  # sums in one order, on any number of cores
                "OPENBLAS_NUM_THREADS": "1",
                "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            }
        )
    book.metadata = nbformat.from_dict(METADATA)
    for cell in book.cells:
        if cell.cell_type == "code":
            # A progress bar that a slow machine shows for a moment is no output.
            kept = [o for o in cell.outputs if o.get("name") != "stderr" or o.text.strip()]
            cell.outputs = [tidy(output, cell.metadata.get("alt")) for output in kept]
    return book


def tidy(output: nbformat.NotebookNode, alt: str | None) -> nbformat.NotebookNode:
    """An output as it is stored: a progress bar at its end only, pictures with their text."""
    if output.output_type == "stream":
        output.text = re.sub(r"[^\n]*\r(?=[^\n])", "", output.text)
    elif alt and "image/png" in output.get("data", {}):
        output.metadata = nbformat.from_dict({"image/png": {"alt": alt}})
    return output


def shown(output: nbformat.NotebookNode) -> dict[str, str]:
    """What an output says, kind by kind; of a picture only that it is there."""
    if output.output_type == "stream":
        return {output.name: output.text}
    data = {kind: "" if "image" in kind else text for kind, text in sorted(output.data.items())}
    if "text/html" in data:
        markup = re.sub(r"<(style|script)\b.*?</\1>", " ", data["text/html"], flags=re.DOTALL)
        data["text/html"] = html.unescape(re.sub(r"<[^>]*>", " ", markup))
    return data


def settled(text: str) -> str:
    """A text without what the last bit decides, and so the processor: whether numbers are equal."""
    text = re.sub(r"\bnumbers\s+(exactly|to\s+\S+e-1\d)\)", "numbers)", text)
    return re.sub(r"\b(yes|no)(\s+(?:yes|no)\s+\d)", r"-\2", text)


def difference(was: str, now: str) -> str | None:
    """Where two texts part, or None: numbers may differ in the fourth digit, and below 1e-6."""
    was, now = settled(was), settled(now)
    if NUMBER.sub("#", was).split() != NUMBER.sub("#", now).split():
        return f"it said\n{was}\nand says\n{now}"
    for before, after in zip(NUMBER.findall(was), NUMBER.findall(now), strict=True):
        x, y = (float(number.replace("−", "-")) for number in (before, after))
        if abs(x - y) > max(1e-3 * abs(x), 1e-6):
            return f"{before} has become {after} in\n{now}"
    return None


def drift(stored: nbformat.NotebookNode, fresh: nbformat.NotebookNode) -> str | None:
    """The first cell that no longer shows what is stored, and how it differs, or None."""
    for before, after in zip(stored.cells, fresh.cells, strict=True):
        old, new = ([shown(o) for o in cell.get("outputs", [])] for cell in (before, after))
        if [list(output) for output in old] != [list(output) for output in new]:
            return f"{before.source}\nshowed {old}\nand shows {new}"
        for was, now in zip(old, new, strict=True):
            for kind in was:
                wrong = difference(was[kind], now[kind])
                if wrong is not None:
                    return f"{before.source}\n{wrong}"
    return None


def main(wanted: list[str]) -> None:
    for path in NOTEBOOKS:
        if not wanted or path.name[:2] in wanted:
            text = nbformat.writes(executed(path)) + "\n"
            path.write_text(text, encoding="utf-8")
            print(f"{path.name}: {len(text) / 1000:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
