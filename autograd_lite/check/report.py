"""The report: what was compared, who is the odd one out, why, and what to write instead.

`text` and `html` print it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .judge import Pair
from .text import text

__all__ = ["Cause", "GradientMismatch", "Note", "Report", "Row"]


class GradientMismatch(AssertionError):
    """Raised by `Report.assert_ok`; the message is the report.

    >>> import autograd_lite as ag
    >>> try:
    ...     ag.check_gradients(lambda x: x**2, 3.0, hand=5.0).assert_ok()
    ... except ag.GradientMismatch as error:
    ...     print(str(error).splitlines()[0])
    gradients differ
    """


@dataclass
class Cause:
    """One explanation that reproduces the numbers.

    `code` is stable and made for programs, `message` for people, `fix` is a line of NumPy, `match`
    the largest relative difference between the gradient it predicts and the one that was given.
    """

    code: str
    message: str
    fix: str = ""
    match: float = 0.0
    rank: float = field(default=5.0, repr=False)

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "fix": self.fix, "match": self.match}


@dataclass
class Note:
    """A remark on the comparison itself: `kink`, `step`, `precision`, `random-forward`, ..."""

    code: str
    message: str

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message}


@dataclass
class Row:
    """One gradient: by hand, by autodiff (never None) and numerically."""

    name: str
    auto: np.ndarray
    hand: Any = None
    num: np.ndarray | None = None
    pairs: list[Pair] = field(default_factory=list)
    verdict: str = "agree"
    causes: list[Cause] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    where: list[str] = field(default_factory=list)
    method: str = "central"
    step: float = 0.0
    dtype: str = "float64"
    sentence: str = ""

    @property
    def ok(self) -> bool:
        """Whether everything that was compared agrees."""
        return self.verdict == "agree"

    @property
    def largest(self) -> float:
        """The largest difference of the first pair that is off, else of the first pair."""
        bad = [p.largest for p in self.pairs if not p.agrees]
        return (bad or [p.largest for p in self.pairs] or [0.0])[0]

    def worst(self) -> tuple[int, ...] | None:
        """The index at which the two that differ most are furthest apart."""
        other = self.hand if self.hand_fits() and self.verdict == "hand" else self.num
        if other is None or self.auto.size == 0:
            return None
        gap = np.abs(np.nan_to_num(np.asarray(other, float) - self.auto, nan=np.inf))
        return tuple(int(i) for i in np.unravel_index(int(gap.argmax()), gap.shape))

    def hand_fits(self) -> bool:
        """Whether there is a hand gradient, of the right shape."""
        return self.hand is not None and np.shape(self.hand) == self.auto.shape

    def to_dict(self) -> dict[str, Any]:
        """Everything as dicts, lists, numbers and strings, for `json.dumps`."""
        return {
            "name": self.name,
            "shape": list(self.auto.shape),
            "verdict": self.verdict,
            "pairs": [plain(vars(p)) for p in self.pairs],
            "causes": [plain(c.to_dict()) for c in self.causes],
            "notes": [n.to_dict() for n in self.notes],
            "where": list(self.where),
            "method": self.method,
            "step": plain(self.step),
            "hand": plain(self.hand),
            "autodiff": plain(self.auto),
            "numerical": plain(self.num),
        }


@dataclass
class Report:
    """What `check_gradients` and `compare` return: true when all that was compared agrees.

    `rows` has one entry for each gradient; `verdict` is "agree", "hand", "numerical" or "autodiff";
    `causes` and `notes` are those of all rows, the likeliest first; notes `about` the call itself,
    a random forward pass say, come last.
    """

    rows: list[Row]
    about: list[Note] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """The gravest verdict of the rows: a wrong autodiff outweighs a wrong hand gradient."""
        found = {row.verdict for row in self.rows}
        return next((v for v in ("autodiff", "hand", "numerical") if v in found), "agree")

    @property
    def ok(self) -> bool:
        """Whether all gradients agree."""
        return all(row.ok for row in self.rows)

    @property
    def causes(self) -> list[Cause]:
        """The explanations of all rows; those of steps that only follow from another come last."""
        found = [c for row in self.rows for c in row.causes]
        return sorted(found, key=lambda c: c.code == "consequence")

    @property
    def notes(self) -> list[Note]:
        """What limits the comparison: notes of the rows, then those about the call, each once."""
        found = [note for row in self.rows for note in row.notes] + self.about
        return list({(note.code, note.message): note for note in found}.values())

    @property
    def message(self) -> str:
        """The outcome in one line: "right!" and what was checked, else the likeliest cause.

        >>> import autograd_lite as ag
        >>> ag.check_gradients(lambda x, y: x * y, 3.0, 2.0, hand=lambda x, y: (y, x)).message
        'right! hand, autodiff and numerical agree on dL/dx, dL/dy'
        >>> ag.check_gradients(lambda x: x**2, 3.0, hand=-6.0).message
        'the sign is wrong, everything else right'
        """
        if self.ok:
            hand = "hand, " if any(row.hand is not None for row in self.rows) else ""
            names = ", ".join(row.name for row in self.rows)
            return f"right! {hand}autodiff and numerical agree on {names}"
        wrong = [row for row in self.rows if not row.ok]
        own = [row for row in wrong if any(c.code != "consequence" for c in row.causes)]
        row = [*own, *wrong][0]
        text = row.causes[0].message if row.causes else row.sentence
        return text if len(self.rows) == 1 else f"{row.name}: {text}"

    def __bool__(self) -> bool:
        return self.ok

    def assert_ok(self) -> None:
        """Raise GradientMismatch, with the report as message, unless all gradients agree."""
        __tracebackhide__ = True  # pytest shows the line that asked
        if not self.ok:
            raise GradientMismatch(f"gradients differ\n{self}")

    def to_dict(self) -> dict[str, Any]:
        """The report as dicts, lists, numbers and strings: for `json.dumps` and for autograders.

        Numbers that JSON has no word for are the strings "nan", "inf" and "-inf".
        """
        return {
            "ok": self.ok,
            "verdict": self.verdict,
            "rows": [row.to_dict() for row in self.rows],
            "causes": [plain(c.to_dict()) for c in self.causes],
            "notes": [n.to_dict() for n in self.notes],
        }

    def __str__(self) -> str:
        return text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from .html import html

        return html(self)


def plain(x: Any) -> Any:
    """Arrays as nested lists, NumPy's numbers as Python's, NaN and inf as strings."""
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, np.ndarray):
        return plain(x.tolist())
    if isinstance(x, list | tuple):
        return [plain(v) for v in x]
    if isinstance(x, np.generic):
        return plain(x.item())
    if isinstance(x, float) and not math.isfinite(x):
        return str(x)
    return x if isinstance(x, bool | int | float | str) or x is None else str(x)
