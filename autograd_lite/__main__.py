"""The command line: `autograd-lite FORMULA name=value ...`, also `python -m autograd_lite`."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence

from .cli import UsageError, clip
from .cli.answer import report, send, write_files
from .cli.options import read_options
from .cli.session import Session

__all__ = ["main"]

INTERRUPTED = 130  # as shells count it: 128 + SIGINT


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when done, 1 for a wrong hand-derived gradient, 2 for an error.

    >>> main(["x * y", "x=2", "y=3"])
    x * y = 6.0000
    <BLANKLINE>
    name   value    gradient
    x      2.0000   +3.0000
    y      3.0000   +2.0000
    0
    """
    try:
        return run(sys.argv[1:] if argv is None else argv)
    except UsageError as error:
        return complain(str(error), error.place)
    except BrokenPipeError:
        # Whoever read has had enough, as `head` does. Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except MemoryError:
        return complain("out of memory: try smaller values")
    except OSError as error:
        return complain(f"the answer could not be written: {error.strerror or error}")
    except Exception as error:
        what = clip(f"{type(error).__name__}: {error}", 200)
        return complain(f"unexpected {what}. This is a mistake of autograd-lite: please report it")


def run(argv: Sequence[str]) -> int:
    """Do what the arguments ask; raises UsageError for what cannot be done."""
    try:
        options = read_options(argv)
    except SystemExit:  # --help and --version have printed what was asked
        return 0
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            session = Session(options)
            lines = list(report(session))
        finally:
            for message in dict.fromkeys(str(w.message) for w in caught):
                warn(message)
    for name in session.unused():
        warn(f"{name} has a value, but is in no formula")
    send("\n".join(lines), sys.stdout)
    for line in write_files(session):
        send(line, sys.stdout)
    return 0 if session.agrees else 1


def warn(message: str) -> None:
    """One line on stderr about something that is no reason to stop."""
    send(f"autograd-lite: warning: {clip(message, 300)}", sys.stderr)


def complain(message: str, place: str = "") -> int:
    """On stderr, in a line, what cannot be done, and below it where; the exit code for it."""
    below = "".join(f"\n  {line}" for line in place.splitlines())
    send(f"autograd-lite: error: {clip(message, 500)}{below}", sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
