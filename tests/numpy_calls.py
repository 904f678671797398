"""Calls of NumPy's functions, one a line, that must be differentiable when given Tensors.

A call names its arguments; each name stands for an array of a domain where most functions are
smooth. The first word is the function the call is counted under in the coverage table.
"""

import re

import numpy as np

_random = np.random.default_rng(20250101)


def _well_conditioned(*shape: int) -> np.ndarray:
    return _random.normal(size=shape) + 3 * np.eye(shape[-1])


def _positive_definite(*shape: int) -> np.ndarray:
    x = _random.normal(size=shape)
    return x @ x.swapaxes(-1, -2) + 2 * np.eye(shape[-1])


ARRAYS: dict[str, np.ndarray] = {
    "s": np.array(0.7),  # a single number
    "v": np.array([0.3, -1.2, 2.1, 0.8]),  # vectors
    "w": np.array([1.7, 0.4, -0.6, 1.1]),
    "c": np.array([0.6, -0.35, 1.3]),
    "d": np.array([1.4, 0.25, -0.8]),
    "m": _random.normal(size=(2, 3)),  # matrices
    "k": _random.normal(size=(3, 2)),
    "q": _random.normal(size=(4, 3)),
    "t": _random.normal(size=(2, 3, 4)),  # three axes
    "a": _well_conditioned(3, 3),  # square
    "b": _well_conditioned(2, 3, 3),
    "p": _positive_definite(3, 3),  # symmetric, positive definite
    "P": _positive_definite(2, 3, 3),
    "u": np.array([[0.2, 0.55, 0.7], [0.35, 0.9, 0.1]]),  # in (0, 1)
    "g": np.array([1.3, 2.2, 1.9, 3.4]),  # above 1
    "z": np.array([[2.0, 0.0, 3.0], [0.0, 1.5, 0.0]]),  # with zeros
    "n": np.array([[1.0, np.nan, 3.0, 2.5], [4.0, 5.0, np.nan, 0.5]]),  # with NaN
    "x": np.array([0.5, 1.25, 2.6, 3.1]),  # ascending
    "e": np.array([0.9, 1.9, 2.75]),  # between them
}

ELEMENTWISE = """
add(m, u) | subtract(m, u) | multiply(m, u) | divide(m, u) | true_divide(m, s) | power(g, v)
pow(u, 3) | float_power(g, 2.5) | remainder(m, 0.6) | mod(m, u) | fmod(m, u) | floor_divide(m, u)
divmod(m, u) | negative(m) | positive(m) | absolute(m) | abs(v) | fabs(m) | sign(m)
heaviside(m, u) | floor(m) | ceil(m) | trunc(m) | rint(m) | fix(m) | round(m, 1) | around(m)
copysign(m, v[:3]) | exp(m) | exp2(m) | expm1(m) | log(u) | log2(u) | log10(u) | log1p(u)
astype(m, np.float64) | logaddexp(m, u) | logaddexp2(m, u)
sqrt(u) | cbrt(g) | square(m) | reciprocal(g) | sin(m)
cos(m) | tan(u) | arcsin(u) | arccos(u) | arctan(m) | arctan2(m, u) | hypot(m, u) | sinh(m)
cosh(m) | tanh(m) | arcsinh(m) | arccosh(g) | arctanh(u) | asin(u) | acos(u) | atan(m)
atan2(m, u) | asinh(m) | acosh(g) | atanh(u) | deg2rad(m) | rad2deg(m) | radians(m) | degrees(m)
maximum(m, u) | minimum(m, u) | fmax(m, u) | fmin(m, u) | clip(m, -0.5, 0.5) | sinc(m) | sinc(z)
modf(m) | ldexp(m, [1, 2, 3]) | frexp(m) | nan_to_num(n) | conjugate(m) | conj(m) | real(m)
angle(m) | real_if_close(m) | where(m > 0, m, u) | select([m > 1, m > 0], [m, u], 0.5)
choose([0, 1, 1], [c, d]) | add.outer(c, d) | multiply.outer(c, m) | interp(e, x, v)
interp(v, x, w, left=s, right=0.5) | interp(v, x[:3], c, period=4.0) | unwrap(v * 5)
"""

REDUCTIONS = """
sum(m) | sum(t, axis=(0, 2), keepdims=True) | prod(m) | prod(z, axis=1) | mean(m)
mean(t, axis=-2) | average(m, axis=1, weights=c) | average(m, weights=u) | var(m)
var(t, axis=1, ddof=1) | std(m) | std(m, axis=0, keepdims=True) | max(m) | max(t, axis=1) | amax(m)
min(t, axis=-1) | amin(m) | ptp(m, axis=0) | median(m) | median(t, axis=(0, 2))
quantile(t, 0.3, axis=1) | quantile(v, [0.1, 0.55], method="hazen")
quantile(m, 0.4, axis=1, method="inverted_cdf") | percentile(m, [20, 70], axis=1, keepdims=True)
nansum(n) | nanprod(n, axis=0) | nanmean(n, axis=1) | nanvar(n, axis=1) | nanstd(n)
nanmax(n, axis=1) | nanmin(n) | nanmedian(n, axis=1) | nanquantile(n, [0.2, 0.9], axis=1)
nanpercentile(n, 30) | add.reduce(m) | multiply.reduce(m, axis=1) | maximum.reduce(t) | cumsum(m)
cumsum(t, axis=1) | cumprod(m, axis=0) | cumprod(z, axis=1) | add.accumulate(m) | nancumsum(n)
maximum.accumulate(t, axis=1) | minimum.accumulate(m)
nancumprod(n, axis=1) | cumulative_sum(m, axis=1, include_initial=True) | cumulative_prod(v)
diff(m) | diff(t, 2, axis=1) | diff(c, prepend=s, append=d)
ediff1d(m, to_end=s, to_begin=[1.0, 2.0]) | gradient(v) | gradient(q, 0.5, axis=0, edge_order=2)
gradient(t[0], [0.0, 1.0, 3.0], 2.0) | trapezoid(m) | trapezoid(v, x) | trapezoid(q, dx=s, axis=0)
cov(m) | cov(v, w) | cov(q, rowvar=False, bias=True) | corrcoef(q) | corrcoef(v, w)
convolve(v, c) | convolve(c, v, mode="same") | convolve(v, c, "valid") | convolve(v, w, "same")
correlate(v, c, "full") | correlate(c, v, "same") | correlate(v, c) | polyval(c, m) | polyadd(v, c)
polysub(c, v) | polymul(v, c) | polyder(v, 2) | polyint(v, 2) | vander(c, 4)
vander(c, increasing=True) | trace(t, axis1=1, axis2=2, offset=1) | trace(a)
"""

SHAPES = """
reshape(m, (3, 2)) | reshape(m, -1) | ravel(m) | transpose(t, (2, 0, 1)) | permute_dims(t)
swapaxes(t, 0, 2) | moveaxis(t, 0, -1) | rollaxis(t, 2) | expand_dims(m, (0, 2))
squeeze(m[:, :1]) | broadcast_to(m, (2, 2, 3)) | broadcast_arrays(m, c) | concatenate([m, u])
concat([v, c]) | concatenate([m, u], axis=None) | stack([m, u], axis=1) | vstack([m, c])
hstack([m, u]) | hstack([v, c]) | dstack([m, u]) | dstack([c, d]) | column_stack([c, k])
append(m, c) | append(m, u, axis=1) | block([[m, u], [u, m]]) | insert(m, 1, c, axis=0)
insert(v, [0, 3], s) | delete(m, 1, axis=1) | atleast_1d(s) | atleast_2d(v) | atleast_3d(v)
atleast_3d(m) | copy(m) | full_like(m, s) | split(v, 2) | array_split(v, 3) | hsplit(t, 3)
vsplit(t, 2) | dsplit(t, 2) | unstack(m) | flip(t) | flip(t, axis=(0, 2)) | fliplr(m) | flipud(m)
rot90(m) | rot90(t, 3, (1, 2)) | roll(m, 2) | roll(t, (1, -1), axis=(0, 2)) | repeat(m, 2)
repeat(m, [1, 3], axis=0) | tile(m, (2, 1, 2)) | resize(m, (4, 5)) | pad(m, 1)
pad(m, ((0, 2), (1, 0)), constant_values=3.0) | pad(t, ((0, 0), (2, 1), (0, 1)), mode="reflect")
pad(v, 2, mode="wrap") | pad(m, 1, mode="edge") | pad(v, (1, 3), mode="symmetric")
take(m, [0, 2, 2], axis=1) | take(m, [5, 0])
take_along_axis(m, np.array([[2, 0], [1, 1]]), axis=1) | compress([True, False, True], m, axis=1)
extract(m > 0, m) | diagonal(t, 1, 0, 2) | diag(a) | diag(c, 1) | diagflat(m) | tril(a)
triu(t, 1) | trim_zeros(np.pad(v, 1)) | unique(m) | sort(m) | sort(t, axis=0) | sort(m, axis=None)
partition(v, 2) | meshgrid(c, v) | meshgrid(c, v, indexing="ij", sparse=True)
lib.stride_tricks.sliding_window_view(v, 2) | matrix_transpose(t)
"""

PRODUCTS = """
matmul(m, k) | matmul(b, c) | matmul(c, b) | dot(m, k) | dot(c, d) | dot(m, b) | dot(t, t[0].T)
dot(s, m) | inner(m, a) | inner(c, d) | outer(c, m) | vdot(m, u) | vecdot(m, u) | matvec(b, c)
vecmat(c, b) | tensordot(t, m, axes=([0, 1], [0, 1])) | tensordot(m, k, 1) | tensordot(c, d, 0)
kron(m, k) | kron(c, m) | cross(c, m) | cross(a, p, axis=0) | einsum("ij,jk->ik", m, k)
einsum("ii", a) | einsum("...i,i->...", t[..., :3], c) | einsum("bij,bjk,k", b, P, d)
einsum("ij->j", m) | einsum("ij,ij->ij", m, m[:1]) | einsum("ij,ij", m[:, :1], m)
einsum("ii->i", a) | einsum("i,i,i", c, d, c) | einsum(m, [0, 1], k, [1, 2], [2, 0])
"""

LINALG = """
inv(a) | inv(b) | det(a) | det(b) | slogdet(a) | slogdet(b) | solve(a, c) | solve(b, k)
solve(a, b) | cholesky(p + p.mT) | cholesky(P + P.mT, upper=True) | eigvalsh(p + p.mT)
eigvalsh(P + P.mT) | eigh(p + p.mT).eigenvectors ** 2 | svd(m, compute_uv=False)
svd(q, full_matrices=False).U ** 2 | svd(m, full_matrices=False).Vh ** 2 | svd(b).U ** 2
svd(t, full_matrices=False).S | svdvals(b) | qr(q) | qr(b) | qr(m) | qr(q, mode="r") | pinv(m)
pinv(b) | matrix_power(a, 3) | matrix_power(b, -2) | matrix_power(a, 0) | lstsq(q, v)
lstsq(q, t[0].T) | multi_dot([m, k, m, c]) | norm(v) | norm(m) | norm(v, 3) | norm(v, 0.5)
norm(v, -1.5) | norm(v, np.inf) | norm(v, -np.inf) | norm(v, 1) | norm(v, 0) | norm(m, "fro")
norm(m, "nuc") | norm(m, 2) | norm(m, -2) | norm(m, 1) | norm(m, -1) | norm(m, np.inf)
norm(m, -np.inf) | norm(t, axis=1) | norm(t, 2, axis=(0, 2))
norm(t, "nuc", axis=(1, 2), keepdims=True) | norm(t, 3, axis=-1, keepdims=True)
vector_norm(t, ord=3) | matrix_norm(t, ord=2) | cond(a) | cond(a, 1) | cond(a, -2) | trace(b)
diagonal(b, offset=1) | cross(c, d) | outer(c, d) | matmul(m, k) | tensordot(m, k, axes=1)
vecdot(m, u) | matrix_transpose(b) | tensorinv(a, ind=1) | tensorsolve(a, c)
"""

PIECES = """
linspace(s, 3.0, 5) | linspace(c, d, 4, endpoint=False, axis=1) | linspace(0.0, s, 3, retstep=True)
logspace(s, 1.5, 4) | logspace(0.1, s, 3, base=2.5) | geomspace(g, 2.0, 5) | geomspace(-1.0, -s, 3)
piecewise(m, [m < 0, m > 1], [np.exp, lambda r: r**3, 0.5]) | i0(m * 3) | i0(z)
apply_along_axis(np.sort, 1, t) | apply_along_axis(np.sum, 0, m)
apply_over_axes(np.sum, t, [0, 2]) | bincount([0, 2, 0, 1], v) | polyfit(x, v, 2)
polydiv(v, c[:2]) | unique_values(m) | union1d(m, c) | intersect1d(v, v[[1, 3]]) | setdiff1d(v, c)
"""

FOURIER = """
irfft(np.fft.rfft(v)) | irfft(v, 5) | fftshift(v) | ifftshift(m, 1) | fft(v).real | ifft(v).imag
rfft(v).real | fft2(m).real | ifft2(m).real | fftn(t).imag | ifftn(m).imag | rfft2(m).imag
irfft2(m) | rfftn(m).real | irfftn(t)
"""


def _rows(text: str, prefix: str = "np.") -> list[str]:
    return [prefix + call for call in re.split(r" \| |\n", text.strip())]


EVERY_CALL: list[str] = [
    *_rows(ELEMENTWISE),
    *_rows(REDUCTIONS),
    *_rows(SHAPES),
    *_rows(PRODUCTS),
    *_rows(PIECES),
    *_rows(LINALG, "np.linalg."),
    *_rows(FOURIER, "np.fft."),
]


def function_of(call: str) -> str:
    """The name of the function a call is counted under."""
    return re.match(r"[\w.]+", call).group()


def has_numpy(name: str) -> bool:
    """Whether the installed NumPy has a function: some came after 2.0."""
    found = np
    for part in name.split(".")[1:]:
        found = getattr(found, part, None)
    return found is not None


def names_in(call: str) -> list[str]:
    """The arrays a call is given, in order of appearance."""
    code = compile(call, call, "eval")
    return [name for name in code.co_names if name in ARRAYS]


CALLS = [call for call in EVERY_CALL if has_numpy(function_of(call))]
