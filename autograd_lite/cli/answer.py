"""The answer: gradients, the comparison with those derived by hand, Jacobians, files.

Last stands how it is printed: numbers in columns, and in ASCII where a terminal knows no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

import numpy as np

import autograd_lite as ag

from ..core.graph import Node, data, toposort
from ..graphs.text import number
from . import UsageError, clip
from .evaluate import evaluate, one_line
from .formula import Formula
from .session import Session

__all__ = ["report", "send", "write_files"]

MAX_SWEPT = 20_000_000  # numbers that a Jacobian's cotangents have together: 160 MB
MAX_COMPARED = 1_000_000_000  # about ten seconds of finite differences

MAX_ROWS = 12
MAX_COLUMNS = 8

ASCII = str.maketrans(
    {"∂": "d", "−": "-", "×": "*", "·": "*", "÷": "/", "→": "->", "←": "<-", "↑": "^", "↓": "v"}
    | {"✓": "ok", "✗": "x", "Σ": "sum", "∇": "grad", "²": "^2", "³": "^3", "ᵀ": ".T", "δ": "delta"}
    | {"…": "...", "≈": "~", "≤": "<=", "≥": ">=", "–": "-", "—": "-", "½": "1/2", "√": "sqrt"}
)


def report(session: Session) -> Iterator[str]:
    """The lines of the answer, computed one part after another."""
    if isinstance(session.root, Node) and session.root.size == 1:
        yield from gradients(session)
    elif session.options.jacobian is None or session.hand or drawn(session):
        raise UsageError(no_single_number(session))
    else:
        yield from table([[[f"{session.formula.text} ="], numbers(plain(session.root))]])
    if session.jacobian is not None:
        yield from jacobians(session, session.jacobian)


def drawn(session: Session) -> bool:
    """Whether something is asked for that shows the graph."""
    return bool(session.options.draw or session.options.step or session.options.trace)


def no_single_number(session: Session) -> str:
    """Why there is no gradient, and the way out."""
    text = clip(session.formula.text, 40)
    if not depends(session.root):
        names = ", ".join(session.variables)
        missing = f"depends on none of {names}" if names else "has no variable"
        way = "" if names else ": give values, as in x=2, and use them in it"
        return f"nothing to differentiate: {text} {missing}{way}"
    shape = getattr(session.root, "shape", ())
    return (
        f"{text} has shape {shape}, and a gradient needs one number: write sum({text}), or add "
        "--jacobian for the derivatives of every entry"
    )


def gradients(session: Session) -> Iterator[str]:
    """The value and the gradient, and the comparison with those derived by hand."""
    session.root.backward()
    yield f"{session.formula.text} = {number(float(session.root.item()))}"
    yield ""
    rows = [[["name"], ["value"], ["gradient"]]]
    for name, x in session.variables.items():
        gradient = ["0 (not used)"] if x.grad is None else numbers(x.grad, signed=True)
        rows.append([[name], numbers(x), gradient])
    rows += [[[n], numbers(x), ["constant"]] for n, x in session.constants.items()]
    yield from table(rows)
    if session.hand:
        yield ""
        yield from comparison(session)


def comparison(session: Session) -> Iterator[str]:
    """The gradients derived by hand beside autodiff's and finite differences."""
    size = sum(session.variables[name].size for name in session.hand)
    if size * sum(1000 + x.size for x in toposort([session.root])) > MAX_COMPARED:
        raise UsageError(
            "--hand: finite differences of so many entries would take too long here; compare a "
            "smaller example, or use ag.compare from Python"
        )
    # NumPy's numbers, so that 1 / x at 0 is inf here too, and the report can say so.
    values = {n: np.array(data(x))[()] for n, x in session.variables.items()} | session.constants
    for name, formula in session.hand.items():
        if session.variables[name].grad is None:
            raise UsageError(f"--hand: {name} is not used in {clip(session.formula.text, 40)}")
        try:
            session.variables[name].hand = plain(evaluate(formula, values))
        except UsageError as error:
            raise UsageError(f"--hand {name}: {error}") from None
    try:
        report = ag.compare(session.root)
    except (ValueError, TypeError) as error:
        raise UsageError(f"--hand: {one_line(error)}") from None
    session.agrees = report.verdict in ("agree", "numerical")
    yield from str(report).splitlines()


def jacobians(session: Session, formula: Formula) -> Iterator[str]:
    """All derivatives of every entry of a formula, for each name it depends on."""
    names = [n for n in session.variables if n in formula.names]
    if not names:
        raise UsageError(
            f"--jacobian: {clip(formula.text, 40)} depends on none of the names to "
            f"differentiate ({', '.join(session.variables) or 'none'})"
        )
    values = {**session.variables, **session.constants}
    out = evaluate(formula, values)
    swept = sum(x.size for x in toposort(nodes(out)))
    if math.prod(np.shape(plain(out))) * swept > MAX_SWEPT:
        raise UsageError(f"--jacobian: {clip(formula.text, 40)} has too many entries for it here")

    def outputs(*arguments: Any) -> Any:
        return evaluate(formula, {**values, **dict(zip(names, arguments, strict=True))})

    try:
        found = ag.jacobian(outputs, tuple(range(len(names))))(
            *(data(session.variables[n]) for n in names)
        )
    except (ValueError, TypeError) as error:
        raise UsageError(f"--jacobian: {one_line(error)}") from None
    for name, J in zip(names, found, strict=True):
        yield ""
        yield f"Jacobian of {formula.text} with respect to {name}, shape {np.shape(J)}"
        yield from matrix(J)
        yield from diagonal_note(np.asarray(J))


def write_files(session: Session) -> Iterator[str]:
    """Write what was asked for; a line for each file, or the trace."""
    names = session.names() if drawn(session) else {}
    if names:
        yield ""
    if session.options.trace:
        yield from str(ag.trace(session.root, names=names)).splitlines()
    if session.options.draw:
        save(lambda path: ag.draw(session.root, names=names).save(path), session.options.draw)
        yield f"wrote {session.options.draw}"
    if session.options.step:
        save(lambda path: ag.step(session.root, names=names).save(path), session.options.step)
        yield f"wrote {session.options.step}"


def save(write: Any, path: str) -> None:
    """Write one file; what goes wrong, in one line."""
    try:
        write(path)
    except (OSError, RuntimeError, ValueError, ImportError) as error:
        raise UsageError(f"{clip(path)} was not written: {one_line(error)}") from None


def nodes(x: Any) -> list[Node]:
    """The nodes that a result is or holds."""
    if isinstance(x, Node):
        return [x]
    if isinstance(x, np.ndarray) and x.dtype == object:
        return [v for v in x.flat if isinstance(v, Node)]
    return []


def depends(x: Any) -> bool:
    """Whether a result is, or holds, a node."""
    return bool(nodes(x))


def plain(x: Any) -> Any:
    """The numbers of a node, of an array of Values, or of plain data."""
    x = data(x)
    if isinstance(x, np.ndarray) and x.dtype == object:
        return np.array([data(v) for v in x.flat], dtype=float).reshape(x.shape)
    return x


def diagonal_note(J: np.ndarray) -> Iterator[str]:
    """A line for a square Jacobian with nothing off its diagonal."""
    if J.ndim != 2 or not J.shape[0] == J.shape[1] > 1:
        return
    if np.any(J) and not np.any(J - np.diag(np.diag(J))):
        yield "diagonal: each entry depends on its own input alone"


# --- printing ------------------------------------------------------------------------------------


def numbers(x: Any, signed: bool = False) -> list[str]:
    """The lines for a number, a vector (one line) or a matrix (a line for each row), aligned."""
    array = np.asarray(data(x), dtype=float)
    if array.size == 0:
        return [f"(empty, shape {array.shape})"]
    rows = array.reshape(-1, array.shape[-1] if array.ndim else 1)
    cells = [[number(v, signed) for v in shortened(row, MAX_COLUMNS)] for row in shortened(rows)]
    width = max(len(cell) for row in cells for cell in row)
    gap = "  ...  " if rows.shape[1] > MAX_COLUMNS else "  "
    half = MAX_COLUMNS // 2
    lines = []
    for row in cells:
        padded = [f"{cell:>{width}}" for cell in row]
        lines.append(gap.join(filter(None, ("  ".join(padded[:half]), "  ".join(padded[half:])))))
    if len(rows) > MAX_ROWS:
        lines.insert(MAX_ROWS // 2, f"... ({len(rows) - MAX_ROWS} more rows)")
    return lines


def shortened(x: Any, most: int = MAX_ROWS) -> Any:
    """The first and last entries of what is longer than `most`."""
    return x if len(x) <= most else np.concatenate([x[: most // 2], x[-(most // 2) :]])


def table(rows: Iterable[Sequence[list[str]]]) -> list[str]:
    """Cells of several lines each, in columns."""
    rows = list(rows)
    widths = [
        max(len(line) for cell in column for line in cell) for column in zip(*rows, strict=True)
    ]
    lines = []
    for row in rows:
        for i in range(max(map(len, row))):
            parts = [
                f"{cell[i] if i < len(cell) else '':<{width}}"
                for cell, width in zip(row, widths, strict=True)
            ]
            lines.append("   ".join(parts).rstrip())
    return lines


def matrix(J: Any) -> list[str]:
    """A Jacobian: as rows and columns where it has two axes, else as NumPy prints it."""
    J = np.asarray(J, dtype=float)
    if J.ndim <= 2:
        return numbers(J, signed=True)
    return np.array2string(J, precision=4, suppress_small=True, threshold=200).splitlines()


def send(text: str, stream: TextIO | None) -> None:
    """Write lines to a stream, in ASCII where its encoding has not the characters."""
    if stream is None:
        return  # closed before the program began
    text = "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(ASCII).encode(encoding, "replace").decode(encoding)
    stream.write(text + "\n")
    stream.flush()
