"""Discrete Fourier transforms: real in, real out, and a `Spectrum` of complex numbers between.

Nodes are real. What a transform gives is a pair of them, its real and its imaginary part. From
there the way back is `irfft`, `abs`, `.real` or `.imag`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.operation import Op
from .rearrange import flip, moved, pad
from .shape import arrayed, concatenate, moveaxis, normal_axes, stack
from .spectrum import FUNCTIONS, Spectrum, both, spectrum

__all__ = [
    "fft",
    "fft2",
    "fftn",
    "fftshift",
    "ifft",
    "ifft2",
    "ifftn",
    "ifftshift",
    "irfft",
    "irfft2",
    "irfftn",
    "rfft",
    "rfft2",
    "rfftn",
]


class Fourier(Op):
    """Y_k = Σ_j X_j exp(∓2πi jk/n) along the last axis but one; the last holds (real, imaginary).

    The map is complex linear, so its transpose on pairs of reals is its conjugate transpose, which
    is the same sum with the other sign.
    """

    inverse: bool
    name, linear = "fourier", True

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


def fft(x: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Spectrum:
    """Σ_j x_j exp(−2πi jk/n) along `axis`. Mirrors `numpy.fft.fft`.

    >>> import autograd_lite as ag
    >>> ag.fft.fft([1.0, 2.0]).real
    array([ 3., -1.])
    """
    return along(x, axis, lambda z: transformed(resized(z, n), False, norm))


def ifft(x: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Spectrum:
    """Σ_k x_k exp(2πi jk/n) / n along `axis`, the inverse of `fft`. Mirrors `numpy.fft.ifft`.

    >>> import autograd_lite as ag
    >>> ag.fft.ifft([1.0, 3.0]).real
    array([ 2., -1.])
    """
    return along(x, axis, lambda z: transformed(resized(z, n), True, norm))


def rfft(x: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Spectrum:
    """The first n/2 + 1 entries of `fft`; the others mirror them. As `numpy.fft.rfft`.

    >>> import autograd_lite as ag
    >>> ag.fft.rfft([1.0, 2.0, 4.0]).real
    array([ 7., -2.])
    """

    def half(z: Spectrum) -> Spectrum:
        out = transformed(resized(z, n), False, norm)
        return out[..., : out.shape[-1] // 2 + 1]

    if isinstance(x, Spectrum) or np.iscomplexobj(x):
        raise TypeError("rfft takes real numbers: write fft of a Spectrum or of complex numbers")
    return along(x, axis, half)


def irfft(x: Any, n: int | None = None, axis: int = -1, norm: str | None = None) -> Any:
    """The n real numbers whose `rfft` is x, 2(m − 1) for m entries. Mirrors `numpy.fft.irfft`.

    >>> import autograd_lite as ag
    >>> ag.fft.irfft([1.0, 0.0])
    array([0.5, 0.5])
    """

    def whole(z: Spectrum) -> Any:
        count = 2 * (z.shape[-1] - 1) if n is None else n
        if count < 1:
            raise ValueError(f"a transform has 1 point or more, not {count}")
        z = resized(z, count // 2 + 1)
        # What has no partner in the mirror counts as real.
        alone = np.arange(count // 2 + 1) % (count / 2 if count % 2 == 0 else count) == 0
        z = Spectrum(z.real, z.imag * np.where(alone, 0, 1).astype(np.float32))
        rest = z[..., 1 : (count + 1) // 2].conj().each(lambda part: flip(part, -1))
        full = [concatenate([a, b], -1) for a, b in zip(both(z), both(rest), strict=True)]
        return transformed(Spectrum(*full), True, norm).real

    return along(x, axis, whole)


def _plan(x: Any, s: Any, axes: Any) -> list[tuple[Any, int]]:
    """The number of points along each of `axes`, and the axis."""
    old = x.shape if isinstance(x, Spectrum) else arrayed(x)[1]
    if axes is None:
        axes = range(-len(old) if s is None else -len(s), 0)
    sizes = [-1] * len(axes) if s is None else s
    if len(sizes) != len(axes):
        raise ValueError(f"s has a number of points for each axis; {s} does not fit axes {axes}")
    # Settled before the first transform: where an axis is named twice, that has changed its length.
    return [(old[a] if n == -1 else n, a) for n, a in zip(sizes, axes, strict=True)]


def fftn(x: Any, s: Any = None, axes: Any = None, norm: str | None = None) -> Spectrum:
    """`fft` along several axes, all by default. Mirrors `numpy.fft.fftn`.

    >>> import autograd_lite as ag
    >>> ag.fft.fftn([[1.0, 2.0]]).real
    array([[ 3., -1.]])
    """
    for n, axis in reversed(_plan(x, s, axes)):
        x = fft(x, n, axis, norm)
    return x


def ifftn(x: Any, s: Any = None, axes: Any = None, norm: str | None = None) -> Spectrum:
    """`ifft` along several axes, all by default. Mirrors `numpy.fft.ifftn`.

    >>> import autograd_lite as ag
    >>> ag.fft.ifftn([[1.0, 3.0]]).real
    array([[ 2., -1.]])
    """
    for n, axis in reversed(_plan(x, s, axes)):
        x = ifft(x, n, axis, norm)
    return x


def rfftn(x: Any, s: Any = None, axes: Any = None, norm: str | None = None) -> Spectrum:
    """`rfft` along the last of several axes, `fft` along the others. As `numpy.fft.rfftn`.

    >>> import autograd_lite as ag
    >>> ag.fft.rfftn([[1.0, 2.0]]).real
    array([[ 3., -1.]])
    """
    *rest, (last, end) = _plan(x, s, axes)
    x = rfft(x, last, end, norm)
    for n, axis in reversed(rest):
        x = fft(x, n, axis, norm)
    return x


def irfftn(x: Any, s: Any = None, axes: Any = None, norm: str | None = None) -> Any:
    """The inverse of `rfftn`. Mirrors `numpy.fft.irfftn`.

    >>> import autograd_lite as ag
    >>> ag.fft.irfftn([[1.0, 3.0]])
    array([[ 2., -1.]])
    """
    *rest, (last, end) = _plan(x, s, axes)
    for n, axis in rest:
        x = ifft(x, n, axis, norm)
    return irfft(x, 2 * (last - 1) if s is None else last, end, norm)


def fft2(x: Any, s: Any = None, axes: Any = (-2, -1), norm: str | None = None) -> Spectrum:
    """`fft` along two axes. Mirrors `numpy.fft.fft2`.

    >>> import autograd_lite as ag
    >>> ag.fft.fft2([[1.0, 2.0]]).real
    array([[ 3., -1.]])
    """
    return fftn(x, s, axes, norm)


def ifft2(x: Any, s: Any = None, axes: Any = (-2, -1), norm: str | None = None) -> Spectrum:
    """`ifft` along two axes. Mirrors `numpy.fft.ifft2`.

    >>> import autograd_lite as ag
    >>> ag.fft.ifft2([[1.0, 3.0]]).real
    array([[ 2., -1.]])
    """
    return ifftn(x, s, axes, norm)


def rfft2(x: Any, s: Any = None, axes: Any = (-2, -1), norm: str | None = None) -> Spectrum:
    """`rfftn` along two axes. Mirrors `numpy.fft.rfft2`.

    >>> import autograd_lite as ag
    >>> ag.fft.rfft2([[1.0, 2.0]]).real
    array([[ 3., -1.]])
    """
    return rfftn(x, s, axes, norm)


def irfft2(x: Any, s: Any = None, axes: Any = (-2, -1), norm: str | None = None) -> Any:
    """The inverse of `rfft2`. Mirrors `numpy.fft.irfft2`.

    >>> import autograd_lite as ag
    >>> ag.fft.irfft2([[1.0, 3.0]])
    array([[ 2., -1.]])
    """
    return irfftn(x, s, axes, norm)


def fftshift(x: Any, axes: Any = None) -> Any:
    """The frequency 0 in the middle. Mirrors `numpy.fft.fftshift`.

    >>> import autograd_lite as ag
    >>> ag.fft.fftshift([0.0, 1.0, 2.0])
    array([2., 0., 1.])
    """
    if isinstance(x, Spectrum):
        return x.each(lambda part: fftshift(part, axes))
    return moved(x, np.fft.fftshift, axes)


def ifftshift(x: Any, axes: Any = None) -> Any:
    """The inverse of `fftshift`. Mirrors `numpy.fft.ifftshift`.

    >>> import autograd_lite as ag
    >>> ag.fft.ifftshift([0.0, 1.0, 2.0])
    array([1., 2., 0.])
    """
    if isinstance(x, Spectrum):
        return x.each(lambda part: ifftshift(part, axes))
    return moved(x, np.fft.ifftshift, axes)


FUNCTIONS |= {getattr(np.fft, name): globals()[name] for name in __all__}
