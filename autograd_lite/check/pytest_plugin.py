"""For pytest: a failed `assert ag.check_gradients(...)` shows the report.

Installed with the package, through the entry point `pytest11`. Nothing but pytest imports it, and
it imports nothing of the package until a test fails.
"""

from __future__ import annotations

from typing import Any

import pytest

__all__ = ["pytest_runtest_makereport"]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Any:
    """Add the reports that a failed assertion was about to what pytest prints."""
    outcome = yield
    if call.excinfo is None or not call.excinfo.errisinstance(AssertionError):
        return
    shown = outcome.get_result()
    if not hasattr(shown.longrepr, "addsection"):
        return
    for report in asserted(call.excinfo):
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
