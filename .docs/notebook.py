"""A notebook as a page of Markdown, and the outputs stored in it as HTML."""

import html
import json
import re
import textwrap
from pathlib import Path
from typing import Any

__all__ = ["page"]


def page(path: Path) -> tuple[str, list[str]]:
    """The Markdown of a notebook, with a numbered place for each output, and the outputs."""
    parts, outputs = [], []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = joined(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(re.sub(r"\]\(([^():]+)\.ipynb(#[^)]*)?\)", r"](\1.md\2)", source))
        elif cell["cell_type"] == "code" and source.strip():
            shows = [f"```python\n{source}\n```"]
            for output in cell["outputs"]:
                shows.append(f'<div class="output" data-number="{len(outputs)}"></div>')
                outputs.append(shown(output, cell["metadata"].get("alt", "")))
            if cell["metadata"].get("jupyter", {}).get("source_hidden"):
                shows = folded(shows)
            parts += shows
    return "\n\n".join(parts), outputs


def folded(parts: list[str]) -> list[str]:
    """An answer, to be opened by a click once the exercise has been tried."""
    return ['??? success "An answer"', *(textwrap.indent(part, "    ") for part in parts)]


def shown(output: dict[str, Any], alt: str = "") -> str:
    """One output in the richest form that a page can show; `alt` says what a picture shows."""
    if output["output_type"] == "stream":
        return f"<pre>{html.escape(joined(output['text']))}</pre>"
    if output["output_type"] == "error":
        lines = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output["traceback"]))
        return f"<pre>{html.escape(lines)}</pre>"
    data = output["data"]
    for kind in ("text/html", "image/svg+xml"):
        if kind in data:
            return joined(data[kind])
    if "image/png" in data:
        picture = joined(data["image/png"]).strip()
        return f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{picture}">'
    return f"<pre>{html.escape(joined(data['text/plain']))}</pre>"


def joined(text: str | list[str]) -> str:
    """A notebook's text, which is stored as one string or as its lines."""
    return text if isinstance(text, str) else "".join(text)
