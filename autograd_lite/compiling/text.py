"""What a printed program consists of, and all of it together as a text that runs on its own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from .helpers import HELPERS
from .literals import spelled_out
from .naming import safe

__all__ = ["Text"]


class Text:
    """The parts of a printed program: its constants, the helpers it calls, and its functions."""

    def __init__(self, name: str) -> None:
        self.name = safe(name)
        self.constants: dict[str, Any] = {}
        self.helpers: list[Callable[..., Any]] = []
        self.function = ""  # as it is run
        self.shown: Callable[[], str] = lambda: self.function  # as it is read
        self.modules = ["numpy as np"]
        self.careful_name = ""
        self.careful: Callable[[], str] | None = None  # its text: it is seldom needed

    def source(self) -> str:
        """Everything it takes to run it on its own."""
        functions = [self.shown(), *([self.careful()] if self.careful else [])]
        constants = "".join(f"{name} = {spelled_out(x)}\n" for name, x in self.constants.items())
        helpers = [inspect.getsource(helper) for helper in HELPERS if helper in self.helpers]
        imports = "".join(f"import {module}\n" for module in self.modules)
        parts = [imports, constants, *helpers, "\n\n\n".join(functions) + "\n"]
        return "\n\n".join(part for part in parts if part)
