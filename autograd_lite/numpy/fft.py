"""`ag.fft`: discrete Fourier transforms under NumPy's names."""

from typing import Any

import numpy

from ..ops.fft import (
    fft,
    fft2,
    fftn,
    fftshift,
    ifft,
    ifft2,
    ifftn,
    ifftshift,
    irfft,
    irfft2,
    irfftn,
    rfft,
    rfft2,
    rfftn,
)
from ..ops.spectrum import Spectrum

__all__ = [
    "Spectrum",
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


def __getattr__(name: str) -> Any:
    """What has no derivative here, and is NumPy's own."""
    return getattr(numpy.fft, name)
