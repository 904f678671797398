"""DOT to SVG, PNG and PDF: by the `dot` program, else by pygraphviz, else not at all.

Programs are started without a shell and with a time limit. Whatever they print stays out of the
caller's stderr; what matters of it is in the exception.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["INSTALL", "TIMEOUT", "NoLayout", "render"]

TIMEOUT = 30.0  # seconds

INSTALL = (
    "to see the picture install Graphviz (apt-get install graphviz, brew install graphviz, "
    "conda install graphviz) or: pip install 'autograd-lite[render]'"
)


class NoLayout(RuntimeError):
    """No picture could be made; the message says why and what to do."""


def render(dot: str, format: str) -> bytes:
    """The picture as `svg`, `png` or `pdf`, or `NoLayout`."""
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


def by_program(program: str, dot: str, format: str) -> bytes:
    """The picture from the `dot` program."""
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
