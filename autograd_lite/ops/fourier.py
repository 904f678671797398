"""The sum that all Fourier transforms come down to, along one axis.

A complex number is a pair of reals here, so that nodes stay real: `Spectrum` holds the two.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.operation import Op
from .padding import pad
from .shape import moveaxis, normal_axes, stack
from .spectrum import Spectrum, both, spectrum

__all__ = ["along", "resized", "transformed"]


class Fourier(Op):
    """Y_k = Σ_j X_j exp(∓2πi jk/n) along the last axis but one; the last holds (real, imaginary).

    The map is complex linear, so its transpose on pairs of reals is its conjugate transpose, which
    is the same sum with the other sign.
    """

    inverse: bool
    name = "fourier"

    def forward(self, x: Any) -> Any:
        z = x[..., 0] + 1j * x[..., 1]
        z = np.fft.ifft(z, norm="forward") if self.inverse else np.fft.fft(z)
        return np.stack([z.real, z.imag], axis=-1).astype(x.dtype)

    def vjp(self, i: int, g: Any, out: Any, x: Any) -> Any:
        return Fourier(not self.inverse)(g)

    def saves(self, i: int) -> bool:
        return False


def resized(x: Spectrum, n: int | None) -> Spectrum:
    """The last axis cut or filled with zeros to n entries."""
    have = x.shape[-1]
    if n is None or n == have:
        return x
    if n < 1:
        raise ValueError(f"a transform has 1 point or more, not {n}")
    if n < have:
        return x[..., :n]
    return x.each(lambda part: pad(part, [(0, 0)] * (x.ndim - 1) + [(0, n - have)]))


def transformed(x: Spectrum, inverse: bool, norm: str | None) -> Spectrum:
    """The transform along the last axis, scaled as `norm` says."""
    if norm not in (None, "backward", "ortho", "forward"):
        raise ValueError(f'norm is "backward", "ortho" or "forward", not {norm!r}')
    n = x.shape[-1]
    pairs = Fourier(inverse)(stack(both(x), -1))
    if norm == "ortho":
        pairs = pairs / np.sqrt(n).astype(pairs.dtype)
    elif (norm == "forward") != inverse:
        pairs = pairs / n
    return Spectrum(pairs[..., 0], pairs[..., 1])


def along(x: Any, axis: int, f: Callable[[Spectrum], Any]) -> Any:
    """`f` of the spectrum with `axis` put last, and the axis put back."""
    x = spectrum(x)
    (axis,) = normal_axes(axis, x.ndim)
    out = f(x.each(lambda part: moveaxis(part, axis, -1)))
    if isinstance(out, Spectrum):
        return out.each(lambda part: moveaxis(part, -1, axis))
    return moveaxis(out, -1, axis)
