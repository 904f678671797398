"""What `help` says of a row of the table: its value and its slope, computed when asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.elementwise import ONE, TABLE, Elementwise


class Documentation:
    """The docstring of rows: of the class its own text, of a row what it computes, by example."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __get__(self, row: Any, kind: Any = None) -> str:
        if row is None:
            return self.text
        known = (name for name, other in TABLE.items() if other is row)
        name = next(known, getattr(row.on_arrays, "__name__", row.name))
        count = len(row.partials)
        words = row.words or f"{name}({', '.join('xyz'[:count] if count < 3 else 'zxy')})"
        what, but, note = words.partition("; ")
        text = f"{what}, entry by entry, with NumPy's broadcasting{but}{note}."
        if hasattr(np, name):
            text += f" Mirrors `numpy.{name}`."
        at = (2.0,) if name == "arccosh" else (0.5, 2.0, 0.5)[:count]
        value, slope = row(*at), row.partials[0]
        slope = 1.0 if slope is ONE else slope(value, *at)
        call = f"({', '.join(map(str, at))})"
        return (
            f"{text}\n\n>>> import autograd_lite as ag\n"
            f">>> round(ag.{name}{call}, 4), round(ag.grad(ag.{name}){call}, 4)\n"
            f"({round(value, 4)}, {round(float(slope), 4)})"
        )


Elementwise.__doc__ = Documentation(str(Elementwise.__doc__))  # type: ignore[assignment]
