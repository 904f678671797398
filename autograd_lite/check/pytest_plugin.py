"""For pytest: a failed `assert ag.check_gradients(...)` shows the report.

pytest quotes what an assertion was about in one line each, cut in the middle: of a report, which
is a table, nothing readable is left. Here the report takes the place of the quotation.

Installed with the package, through the entry point `pytest11`. Nothing but pytest imports it, and
it imports nothing of the package until a test fails.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

__all__ = ["pytest_runtest_makereport"]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Any:
    """Write the reports that a failed assertion was about into what pytest prints."""
    if call.excinfo is not None and call.excinfo.errisinstance(AssertionError):
        error = call.excinfo.value
        if error.args and isinstance(error.args[0], str):
            error.args = (readable(error.args[0], asserted(call.excinfo)), *error.args[1:])
    outcome = yield
    # A `unittest.TestCase` says only now what it raised.
    if call.excinfo is None or not call.excinfo.errisinstance(AssertionError):
        return
    shown = outcome.get_result()
    if not hasattr(shown.longrepr, "addsection"):
        return
    for report in asserted(call.excinfo):
        if not written(report, str(call.excinfo.value)):
            shown.longrepr.addsection("gradients", str(report), "-")


def asserted(excinfo: Any) -> list[Any]:
    """The reports that are not ok among the variables of the frame that raised.

    pytest keeps the parts of a failed `assert` in variables of its own (`@py_assert…`), so that a
    report that has no name is found too.
    """
    from .report import Report

    frame = excinfo.traceback[-1].frame.raw
    found: list[Any] = []
    for value in frame.f_locals.values():
        if isinstance(value, Report) and not value.ok and not any(value is x for x in found):
            found.append(value)
    return found


def readable(message: str, reports: list[Any]) -> str:
    """pytest's words on a failed assertion, without the cut quotations of the reports.

    An assertion that a report is true or ok says what the report says; in any other the report has
    a short name.
    """
    for report in reports:
        ends = repr(report)[:40], repr(report)[-40:]
        quoted = ".*?".join(re.escape(end.replace("\n", "\\n")) for end in ends)
        wrong = ", ".join([row.name for row in report.rows if not row.ok][:3])
        name = f"<Report: {wrong} wrong>"
        message = re.sub(quoted, name.replace("\\", r"\\"), message)
        at = re.escape(name)
        truth = rf"\(?{at}\)?|False\n \+  where False = ({at}\.ok|bool\({at}\))"
        found = re.search(rf"(^|\n)assert ({truth})(\n|$)", message)
        if found:
            own = message[: found.end(1)]  # the message of the assert statement
            message = own if written(report, own) else f"{own}gradients differ\n{report}"
    return message


def written(report: Any, text: str) -> bool:
    """Whether the text has the report, line by line (pytest indents lines)."""
    return re.search(r"\n *" + re.escape(str(report).splitlines()[-1].strip()), text) is not None
