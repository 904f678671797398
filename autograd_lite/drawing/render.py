"""DOT to SVG, PNG and PDF: by an engine that was plugged in, by `dot`, by pygraphviz, or not.

Programs are started without a shell and with a time limit. Whatever they print stays out of the
caller's stderr; what matters of it is in the exception. Nothing here needs a program, a thread or a
file before something is drawn.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["INSTALL", "MONO", "SANS", "TIMEOUT", "NoLayout", "plug", "render"]

TIMEOUT = 30.0  # seconds

SANS = "Helvetica,Arial,DejaVu Sans,sans-serif"
MONO = "Menlo,Consolas,DejaVu Sans Mono,monospace"

INSTALL = (
    "to see the picture install Graphviz (apt-get install graphviz, brew install graphviz, "
    "conda install graphviz) or: pip install 'autograd-lite[render]'"
)


class NoLayout(RuntimeError):
    """No picture could be made; the message says why and what to do."""


Engine = Callable[[str], str]
plugged: Engine | None = None


def plug(engine: Engine | None) -> None:
    """Let `engine` lay out every drawing from now on; None takes it out again.

    It takes DOT and returns SVG, as Graphviz in WebAssembly is called in a browser. Such an engine
    knows the widths of few fonts, so it is given those, and the text gets its own fonts back.

    >>> import autograd_lite as ag
    >>> plug(lambda dot: '<svg width="4pt" height="4pt"></svg>')
    >>> ag.draw(ag.Value(2.0, "x") * 3.0).svg().startswith("<svg")
    True
    >>> plug(None)
    """
    global plugged
    plugged = engine


def render(dot: str, format: str) -> bytes:
    """The picture as `svg`, `png` or `pdf`, or `NoLayout`."""
    if plugged is not None:
        return by_engine(plugged, dot, format)
    program = shutil.which("dot")
    if program is not None:
        try:
            return by_program(program, dot, format)
        except NoLayout as error:
            try:
                return by_library(dot, format)
            except ImportError:
                raise error from None
    try:
        return by_library(dot, format)
    except ImportError:
        raise NoLayout(f"neither the program dot nor pygraphviz was found; {INSTALL}") from None


def by_engine(engine: Engine, dot: str, format: str) -> bytes:
    """The picture from a function that makes SVG of DOT."""
    if format != "svg":
        raise NoLayout(f"the layout engine that was plugged in makes svg, not {format}")
    svg = engine(dot.replace(SANS, "Helvetica").replace(MONO, "Courier"))
    for known, own in (("Helvetica", SANS), ("Courier", MONO)):
        for written in (known, f"{known},monospace", f"{known},sans-Serif"):
            svg = svg.replace(f'font-family="{written}"', f'font-family="{own}"')
    return svg.encode()


def by_program(program: str, dot: str, format: str) -> bytes:
    """The picture from the `dot` program."""
    import subprocess

    try:
        done = subprocess.run(
            [program, f"-T{format}"],
            input=dot.encode(),
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoLayout(
            f"{program} did not finish within {TIMEOUT:.0f} seconds; draw less of the graph with "
            "depth= or only=, or print ag.trace(root)"
        ) from None
    except OSError as error:
        raise NoLayout(f"{program} could not be started ({error}); {INSTALL}") from None
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode or not done.stdout:
        raise NoLayout(f"{program} ended with code {done.returncode}: {said[:300] or 'no output'}")
    return done.stdout


def by_library(dot: str, format: str) -> bytes:
    """The picture from pygraphviz, whose wheels bundle Graphviz; ImportError without it."""
    name = "pygraphviz"
    if sys.modules.get(name) is None and importlib.util.find_spec(name) is None:
        raise ImportError(f"{name} is not installed")
    with quiet() as said:
        import pygraphviz

        try:
            picture = pygraphviz.AGraph(string=dot).draw(format=format, prog="dot")
        except Exception as error:
            raise NoLayout(f"pygraphviz failed: {error}") from error
    wrong = [line for line in said() if line.startswith("Error")]
    if wrong or not picture:
        raise NoLayout(f"pygraphviz failed: {' '.join(wrong)[:300] or 'no output'}")
    return picture


@contextmanager
def quiet() -> Iterator[Callable[[], list[str]]]:
    """Keep what a C library prints to file descriptor 2; the value gives its lines afterwards."""
    import tempfile

    lines: list[str] = []
    with tempfile.TemporaryFile() as file:
        kept = os.dup(2)
        os.dup2(file.fileno(), 2)
        try:
            yield lambda: lines
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            file.seek(0)
            lines += file.read().decode(errors="replace").splitlines()
