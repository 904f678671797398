"""A program in colour, for a notebook."""

from __future__ import annotations

import html

__all__ = ["Source"]

LONGEST = 400  # characters of a line that is shown: a long constant is not read by anybody


def highlighted(source: str) -> str:
    """The source as HTML, coloured by Pygments where that is installed."""
    lines = (x if len(x) <= LONGEST else x[:LONGEST] + " ..." for x in source.splitlines())
    source = "\n".join(lines)
    try:
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import PythonLexer
    except ImportError:
        return f"<pre>{html.escape(source)}</pre>"
    return highlight(source, PythonLexer(), HtmlFormatter(noclasses=True, style="friendly"))


class Source(str):
    """A program's text; a notebook shows it in colour."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return highlighted(self)
