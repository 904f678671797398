"""Compare by hand: numerical witnesses, a three-way verdict, and a diagnosis of what went wrong.

Reading order: `tape` (a sweep that can be run again with a change), `witness` (differences),
`judge` (what counts as equal), `examine` (one gradient), `ladder` (which mistake), `report`,
`text`, `html`.
"""

from .codes import CODES
from .compare import compare
from .gradients import check_gradients
from .report import Cause, GradientMismatch, Note, Report, Row
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
