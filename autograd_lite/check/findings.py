"""What a comparison finds, as data: how two gradients compare, why they differ, what limits it.

`text`, `heat` and `html` print it; `report` joins the rows of one check.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["Cause", "Note", "Pair", "Row", "plain"]


@dataclass
class Pair:
    """Two of the three gradients, how far they are apart, and whether that counts as equal."""

    left: str
    right: str
    largest: float
    relative: float
    off: int
    of: int
    agrees: bool
    remark: str = ""


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
    """One gradient: by hand, by autodiff (never None) and numerically.

    `wrong` marks the entries that the verdict is about, None where it is about the whole; `kinks`
    those that lie at one, and `free` says that the hand gradient has another slope there.
    """

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
    wrong: np.ndarray | None = None
    kinks: np.ndarray | None = None
    free: bool = False

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
        with np.errstate(invalid="ignore"):
            gap = np.abs(np.nan_to_num(np.asarray(other, float) - self.auto, nan=np.inf))
        if self.wrong is not None and self.wrong.any():
            gap = np.where(self.wrong, gap, -1.0)
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
