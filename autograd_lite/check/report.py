"""The report: what was compared, who is the odd one out, why, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .findings import Cause, Note, Row, plain
from .html import html
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
        return text(self.rows, self.about)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html(self.rows, self.about)
