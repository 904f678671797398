"""The import, in fresh processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

from benchmark import InTurn
from measure import Sides

# As an installed package is imported: from compiled files, which the warm-up writes.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def importing(module: str) -> Callable[[], int]:
    """A fresh interpreter that imports one module."""
    command = [sys.executable, "-c", f"import {module}"]
    return lambda: subprocess.run(command, check=True, env=ENVIRONMENT).returncode


def imports() -> Sides:
    """The engines that stand on NumPy alone, and NumPy itself."""
    return {
        "ours": importing("autograd_lite"),
        "NumPy": importing("numpy"),
        "HIPS autograd": importing("autograd.numpy"),
        "MyGrad": importing("mygrad"),
    }


BENCHMARKS = [
    InTurn(
        title="Import, in a fresh interpreter",
        group="Import",
        sides=imports,
        rounds=15,
        limits={"NumPy": 1.2},
    )
]
