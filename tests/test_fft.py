"""Fourier transforms: from reals to reals through spectra, against NumPy and finite differences."""

import numpy as np
import pytest

import autograd_lite as ag

_random = np.random.default_rng(5)
X = _random.normal(size=7)
M = _random.normal(size=(4, 5))
H = _random.normal(size=4) + 1j * _random.normal(size=4)

# Each function has real results, and stands for plain arrays and nodes alike.
FILTERS = {
    "filter": (lambda x: np.fft.irfft(np.fft.rfft(x) * H, 7), X),
    "filter from the left": (lambda x: np.fft.irfft(H * np.fft.rfft(x) - H, 7), X),
    "one point less": (lambda x: np.fft.irfft(np.fft.rfft(x) * H, 6), X),
    "as many points as given": (lambda x: np.fft.irfft(np.fft.rfft(x)), X),
    "a real half": (lambda x: np.fft.irfft(x), X),
    "filled up": (lambda x: abs(np.fft.rfft(x, 10)), X),
    "cut off": (lambda x: np.abs(np.fft.fft(x, 4)), X),
    "ortho": (lambda x: np.fft.irfft(np.fft.rfft(x, norm="ortho") * H, 7, norm="ortho"), X),
    "forward": (lambda x: np.fft.ifft(np.fft.fft(x, norm="forward") * 2, norm="forward").real, X),
    "power": (lambda x: np.real(np.fft.rfft(x) * np.conj(np.fft.rfft(x))), X),
    "quotient": (lambda x: np.fft.irfft(1 / (np.fft.rfft(x) + 3j), 7), X),
    "square": (lambda x: np.fft.irfft(np.square(np.fft.rfft(x)) / np.fft.rfft(x + 1), 7), X),
    "phase": (lambda x: np.angle(np.fft.rfft(x)[1:]), X),
    "difference": (lambda x: np.imag(1j - np.fft.ifft(x) + -np.fft.fft(x)), X),
    "first axis": (lambda x: np.fft.irfft(np.fft.rfft(x, axis=0), axis=0), M),
    "fft2": (lambda x: np.imag(np.fft.fft2(x)), M),
    "ifft2": (lambda x: np.fft.ifft2(x).real, M),
    "fftn": (lambda x: np.abs(np.fft.fftn(x, norm="ortho")), M),
    "ifftn": (lambda x: np.imag(np.fft.ifftn(np.fft.fftn(x) * 1j)), M),
    "rfft2": (lambda x: np.fft.irfft2(np.fft.rfft2(x) * 2, s=(4, 5)), M),
    "rfftn": (lambda x: np.fft.irfftn(np.fft.rfftn(x)), M),
    "the last of the axes first": (lambda x: np.imag(np.fft.fftn(x, s=(6, 3), axes=(0, 0))), M),
    "one axis twice": (lambda x: np.real(np.fft.rfftn(x, axes=(1, 1))), M),
    "there and back": (lambda x: np.fft.irfftn(x, axes=(0, 1, 0)), M),
    "an axis as it is": (lambda x: np.imag(np.fft.ifftn(x, s=(-1, 3), axes=(0, 1))), M),
    "a real axis as it is": (lambda x: np.fft.irfftn(x, s=(3, -1), axes=(0, 1)), M),
    "shifted": (lambda x: np.fft.ifftshift(np.fft.fftshift(np.fft.fft(x)) * X).real, X),
    "shift of reals": (lambda x: np.fft.fftshift(x, 0) * np.fft.ifftshift(x), M),
    "node times spectrum": (lambda x: np.fft.irfft(np.multiply(x[:4], np.fft.rfft(x)), 7), X),
    "spectrum times node": (lambda x: np.fft.irfft(np.fft.rfft(x) * x[:4] + x[:4], 7), X),
}
every_filter = pytest.mark.parametrize(("f", "x"), FILTERS.values(), ids=FILTERS)


def slopes(f, x, h=1e-6):
    """∂f/∂x by central differences, for an array as result."""
    columns = []
    for i in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[i] = h
        columns.append((f(x + step) - f(x - step)) / (2 * h))
    return np.stack(columns, -1).reshape(*np.shape(f(x)), *x.shape)


@every_filter
def test_the_value_is_numpys(f, x):
    out = f(ag.Tensor(x))
    assert isinstance(out, ag.Tensor)
    np.testing.assert_allclose(out.data, f(x), rtol=1e-12, atol=1e-12)


@every_filter
def test_the_jacobian_is_the_slope(f, x):
    np.testing.assert_allclose(ag.jacobian(f)(x), slopes(f, x), rtol=1e-6, atol=1e-7)


@every_filter
def test_the_second_derivative_is_the_slope_of_the_gradient(f, x):
    gradient = ag.grad(lambda t: (f(t) ** 2).sum())
    np.testing.assert_allclose(ag.jacobian(gradient)(x), slopes(gradient, x), rtol=1e-5, atol=1e-5)


def test_float32_stays_float32():
    x = ag.Tensor(X, dtype=np.float32)
    y = np.fft.irfft(np.fft.rfft(x) * 2 + 1j, 7)
    y.sum().backward()
    assert y.dtype == x.grad.dtype == np.float32


def test_a_spectrum_shows_its_numbers():
    s = np.fft.rfft(ag.Tensor([1.0, 2.0, 4.0]))
    np.testing.assert_allclose(s.data, np.fft.rfft([1.0, 2.0, 4.0]))
    assert (np.shape(s), np.ndim(s), s.ndim) == ((2,), 1, 1)
    assert repr(s).startswith("Spectrum([")


def test_what_a_spectrum_does_not_do_says_so():
    s = np.fft.rfft(ag.Tensor(X))
    with pytest.raises(TypeError, match=r"numpy.exp takes no Spectrum.*\.real and \.imag"):
        np.exp(s)
    with pytest.raises(TypeError, match=r"numpy.sum takes no Spectrum"):
        np.sum(s)
    with pytest.raises(TypeError, match=r"with out"):
        np.add(s, 1, out=np.empty(4, complex))
    with pytest.raises(ValueError, match="1 point or more"):
        np.fft.rfft(ag.Tensor(X), 0)
    with pytest.raises(ValueError, match="ortho"):
        np.fft.rfft(ag.Tensor(X), norm="other")


@pytest.mark.parametrize(
    ("f", "error", "message"),
    [
        (lambda x: np.fft.irfft(x, 0), ValueError, "has 1 point or more, not 0"),
        (lambda x: np.fft.irfft(x[:1]), ValueError, "has 1 point or more, not 0"),
        (lambda x: np.fft.rfft(np.fft.fft(x)), TypeError, "rfft takes real numbers"),
        (lambda x: np.fft.fftn(x, s=(3, 3), axes=(0,)), ValueError, "for each axis"),
    ],
)
def test_what_numpy_refuses_is_refused(f, error, message):
    with pytest.raises((ValueError, TypeError)):
        f(X)
    with pytest.raises(error, match=message):
        f(ag.Tensor(X))
