"""`scipy.signal` on nodes: convolution and correlation of arrays of any number of axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..ops.shape import arrayed
from .real import real

__all__ = ["convolve", "correlate", "fftconvolve"]


def convolve(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    """y_k = Σ_i x_{k−i} v_i along all axes. Mirrors `scipy.signal.convolve`.

    `mode` is "full", "same" (as large as `in1`) or "valid" (where they overlap wholly).
    """
    x, v = arrayed(in1)[0], arrayed(in2)[0]
    if mode not in ("full", "same", "valid"):
        raise ValueError(f'the mode is "full", "same" or "valid", not {mode!r}')
    if mode == "valid" and all(n <= m for n, m in zip(x.shape, v.shape, strict=True)):
        x, v = v, x
    axes = tuple(range(x.ndim))
    width = {
        "full": [(m - 1, m - 1) for m in v.shape],
        "same": [(m // 2, m - 1 - m // 2) for m in v.shape],
        "valid": [(0, 0) for m in v.shape],
    }[mode]
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, width), tuple(v.shape), axes)
    inner = tuple(range(x.ndim, 2 * x.ndim))
    return np.tensordot(windows, np.flip(v, axes), (inner, axes))


def correlate(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    """y_k = Σ_i x_{k+i} v_i along all axes. Mirrors `scipy.signal.correlate`."""
    v = arrayed(in2)[0]
    return convolve(in1, np.flip(v, tuple(range(v.ndim))), mode)


fftconvolve = convolve


def __getattr__(name: str) -> Any:
    return getattr(real("signal"), name)
