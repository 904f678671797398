"""A notebook as a page of Markdown, and the outputs stored in it as HTML."""

import html
import json
import re
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
            parts.append(f"```python\n{source}\n```")
            for output in cell["outputs"]:
                parts.append(f'<div class="output" data-number="{len(outputs)}"></div>')
                outputs.append(shown(output))
    return "\n\n".join(parts), outputs


def shown(output: dict[str, Any]) -> str:
    """One output in the richest form that a page can show."""
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
        return f'<img alt="" src="data:image/png;base64,{joined(data["image/png"]).strip()}">'
    return f"<pre>{html.escape(joined(data['text/plain']))}</pre>"


def joined(text: str | list[str]) -> str:
    """A notebook's text, which is stored as one string or as its lines."""
    return text if isinstance(text, str) else "".join(text)
