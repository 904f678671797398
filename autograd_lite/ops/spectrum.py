"""Arrays of complex numbers as two of real nodes: what a Fourier transform returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.elementwise import arctan2, hypot
from ..core.graph import Node, data
from .inputs import array

__all__ = ["FUNCTIONS", "Spectrum", "both", "spectrum"]


class Spectrum:
    """An array of complex numbers, as two of reals: what `np.fft.rfft` of a Tensor returns.

    It takes + − * / with numbers, real and complex arrays, nodes and other spectra, `abs`, `conj`,
    indexing, `.real`, `.imag`, and the functions of `np.fft`. It has no gradient of its own.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([1.0, 2.0, 4.0])
    >>> low = np.fft.irfft(np.fft.rfft(x) * [1.0, 0.0], 3)  # the mean
    >>> low[0].backward()
    >>> x.grad.round(4)
    array([0.3333, 0.3333, 0.3333])
    """

    __slots__ = ("imag", "real")

    def __init__(self, real: Any, imag: Any) -> None:
        self.real = real
        self.imag = imag

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return self.real.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def data(self) -> Any:
        """The complex numbers, as a plain array."""
        return data(self.real) + 1j * data(self.imag)

    def __repr__(self) -> str:
        return f"Spectrum({np.array2string(self.data, separator=', ', prefix='Spectrum(')})"

    def each(self, f: Callable[[Any], Any]) -> Spectrum:
        """`f` of the real and of the imaginary part."""
        return Spectrum(f(self.real), f(self.imag))

    def __getitem__(self, key: Any) -> Spectrum:
        return self.each(lambda part: part[key])

    def conj(self) -> Spectrum:
        """The complex conjugate."""
        return Spectrum(self.real, -self.imag)

    def __neg__(self) -> Spectrum:
        return self.each(lambda part: -part)

    def __abs__(self) -> Any:
        return hypot(self.real, self.imag)

    def __add__(self, other: Any) -> Spectrum:
        other = spectrum(other)
        return Spectrum(self.real + other.real, self.imag + other.imag)

    def __sub__(self, other: Any) -> Spectrum:
        return self + -spectrum(other)

    def __rsub__(self, other: Any) -> Spectrum:
        return spectrum(other) + -self

    def __mul__(self, other: Any) -> Spectrum:
        other = spectrum(other)
        return Spectrum(
            self.real * other.real - self.imag * other.imag,
            self.real * other.imag + self.imag * other.real,
        )

    def __truediv__(self, other: Any) -> Spectrum:
        other = spectrum(other)
        size = other.real * other.real + other.imag * other.imag
        return (self * other.conj()).each(lambda part: part / size)

    def __rtruediv__(self, other: Any) -> Spectrum:
        return spectrum(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        if name not in UFUNCS or kwargs:
            raise TypeError(
                f"numpy.{name} takes no Spectrum{' with ' + ', '.join(kwargs) if kwargs else ''}. "
                "Write it with .real and .imag, which are Tensors"
            )
        return UFUNCS[name](*map(spectrum, inputs))

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        ours = FUNCTIONS.get(func)
        if ours is None:
            raise TypeError(
                f"{func.__module__}.{func.__name__} takes no Spectrum. Write it with .real and "
                ".imag, which are Tensors"
            )
        return ours(*args, **kwargs)


UFUNCS: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / y,
    "negative": lambda x: -x,
    "conjugate": lambda x: x.conj(),
    "absolute": abs,
    "square": lambda x: x * x,
}
"""NumPy's elementwise functions that spectra take."""


def spectrum(x: Any) -> Spectrum:
    """`x` as a Spectrum: a node or real array as its real part, a complex array as both."""
    if isinstance(x, Spectrum):
        return x
    if isinstance(x, Node):
        return Spectrum(x, np.zeros(x.shape, x.dtype))
    if not isinstance(x, int | float | complex):  # Python's numbers take the dtype they meet
        x = array(x)
    return Spectrum(x.real, x.imag)


def both(x: Spectrum) -> tuple[Any, Any]:
    """The real and the imaginary part."""
    return x.real, x.imag


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.real: lambda x: x.real,
    np.imag: lambda x: x.imag,
    np.angle: lambda x: arctan2(x.imag, x.real),
    np.shape: lambda x: x.shape,
    np.ndim: lambda x: x.ndim,
}
"""NumPy's other functions that spectra take; the transforms are added where they are defined."""
