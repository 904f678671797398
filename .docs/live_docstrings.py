"""For the reference: docstrings as they are at run time, with their examples as code blocks.

mkdocstrings reads source text. A row of the table of operations has its docstring made for it when
it is asked for, and no source text holds that.
"""

import importlib
import inspect
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import griffe

from autograd_lite.core.elementwise import Elementwise
from autograd_lite.drawing import operations

sys.path.insert(0, str(Path(__file__).parent))
from docstring import as_markdown


def live(path: str) -> Any:
    """The object at a dotted path, or None where source text and running program differ."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        try:
            item = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for name in parts[length:]:
            item = inspect.getattr_static(item, name, None)
        return item
    return None


def parameters(item: Any) -> Iterable[str]:
    """The names of the parameters, which may be those of functions too."""
    try:
        return inspect.signature(item).parameters
    except (TypeError, ValueError):
        return ()


def slopes(row: Elementwise) -> str:
    """The partial derivatives of a row, as the page of operations has them."""
    _, _, z, *given, _ = re.split(r"(?<!\\)\|", operations.row("", row).strip())
    partials = [f"∂z/∂{x} = {slope.strip()}" for x, slope in zip("xyw", given, strict=False)]
    known = [text for text in partials[: len(row.partials)] if not text.endswith(("= ", "′(x, y)"))]
    return f"z = {z.strip()}: {', '.join(known)}".replace("\\|", "|")


class LiveDocstrings(griffe.Extension):
    """Give every object that mkdocstrings has read the docstring that `help` shows."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        item = live(obj.path)
        if inspect.ismodule(item) or not (callable(item) or isinstance(item, property)):
            return
        if text := inspect.getdoc(item):
            if isinstance(item, Elementwise):
                first, _, rest = text.partition("\n")
                text = f"{first}\n\n{slopes(item)}\n{rest}"
            taken = {obj.name, *parameters(item), "data", "fft", "linalg", "nn", "optim"}
            obj.docstring = griffe.Docstring(as_markdown(text, taken), parent=obj)
