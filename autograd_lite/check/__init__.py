"""Compare by hand: numerical witnesses, a three-way verdict, and a diagnosis of what went wrong.

Reading order: `differences` and `witness` (the numerical gradient), `rounding` and `judge` (what
counts as equal, and who is the odd one out), `mistakes` (which mistake), `examine` (one gradient),
`gradients` and `compare` (a function, a recorded graph), `report`.
"""

from .compare import compare
from .findings import Cause, Note, Row
from .gradients import check_gradients
from .mistakes import CODES
from .report import GradientMismatch, Report
from .step_plot import step_plot

__all__ = [
    "CODES",
    "Cause",
    "GradientMismatch",
    "Note",
    "Report",
    "Row",
    "check_gradients",
    "compare",
    "step_plot",
]
