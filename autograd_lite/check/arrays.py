"""The cheap rungs of the ladder: what can be seen from the two arrays, without the graph."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import numpy as np

from .case import Case
from .factors import read
from .findings import Cause
from .measures import magnitude
from .softmaxes import is_softmax

__all__ = ["diagonal", "order", "scaled", "shapes", "turned", "zero"]


def shapes(case: Case) -> Iterator[Cause]:
    """A hand gradient of another shape: squeezed, transposed, not summed, or nothing known."""
    hand, auto = case.hand, case.auto
    if hand.shape == auto.shape:
        return
    if hand.size == auto.size and case_fits(case, np.squeeze(hand), np.squeeze(auto)):
        yield Cause(
            "shape-only",
            f"the numbers are right, the shape is {hand.shape} instead of {auto.shape}",
            f"grad = grad.reshape({auto.shape})",
            gap(np.squeeze(hand), np.squeeze(auto)),
            1,
        )
    if hand.shape == auto.shape[::-1] and case_fits(case, hand.T, auto):
        yield Cause("transposed", "the result is transposed", "grad = grad.T", gap(hand.T, auto), 1)
    summed = summed_to(hand, auto.shape)
    if summed is not None and (case_fits(case, summed[0], auto) or only_rounding(*summed, case)):
        axes = summed[1]
        axis = axes[0] if len(axes) == 1 else axes
        yield Cause(
            "not-summed",
            f"the gradient was kept for every entry of the result, shape {hand.shape}, and not "
            f"summed over the axis that broadcasting copied",
            f"grad = grad.sum(axis={axis})",
            gap(summed[0], auto),
            1.2,
        )
    if hand.size == 1 and auto.size > 1 and case_fits(case, hand.reshape(()), auto.sum()):
        yield Cause(
            "wrong-axis",
            "everything was summed to one number",
            "",
            gap(hand.reshape(()), auto.sum()),
            2,
        )
    middle = auto.shape[: auto.ndim // 2]
    jacobian = bool(case.tape.lead)
    if jacobian and auto.ndim == 2 and hand.shape == middle and auto.shape[0] == auto.shape[1]:
        yield from when(
            "diagonal-only",
            "only the diagonal of the Jacobian was given, as a vector",
            "J = np.diag(h) - np.outer(h, h)" if symmetric(auto) else "",
            hand,
            np.diagonal(auto),
            case.rtol,
            1.1,
        )


def when(
    code: str, message: str, fix: str, a: np.ndarray, b: np.ndarray, rtol: float, rank: float
) -> Iterator[Cause]:
    """The cause, if the two arrays are the same to within `rtol`."""
    if gap(a, b) <= rtol:
        yield Cause(code, message, fix, gap(a, b), rank)


def symmetric(a: np.ndarray) -> bool:
    """Whether a square matrix equals its transpose."""
    return gap(a, a.T) < 1e-9


def gap(a: np.ndarray, b: np.ndarray) -> float:
    """The largest difference of two arrays of one shape, relative to the larger of them."""
    if np.shape(a) != np.shape(b):
        return np.inf
    scale = max(magnitude(a), magnitude(b))
    apart = np.abs(np.asarray(a) - np.asarray(b))
    return float(apart.max()) / scale if scale and apart.size else 0.0


def case_fits(case: Case, a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays are the same to within the case's tolerance."""
    return gap(a, b) <= case.rtol


def summed_to(x: np.ndarray, shape: tuple[int, ...]) -> tuple[np.ndarray, tuple[int, ...]] | None:
    """`x` summed over leading axes and those where `shape` has 1; None if that does not fit."""
    extra = x.ndim - len(shape)
    if extra < 0:
        return None
    tail = x.shape[extra:]
    if any(n not in (m, 1) for n, m in zip(shape, tail, strict=True)):
        return None
    axes = tuple(range(extra)) + tuple(
        extra + k for k, (n, m) in enumerate(zip(shape, tail, strict=True)) if n == 1 != m
    )
    return (x.sum(axis=axes).reshape(shape), axes) if axes else None


def only_rounding(total: np.ndarray, axes: tuple[int, ...], case: Case) -> bool:
    """Whether a sum over `axes` differs from the gradient by no more than rounding of its terms.

    The gradient of a bias before a normalisation cancels to nothing, and then two right sums have
    no digit in common.
    """
    rounding = np.finfo(case.auto.dtype).eps * magnitude(np.abs(case.hand).sum(axis=axes))
    return bool(magnitude(total - case.auto) <= 8 * rounding)


def zero(case: Case) -> Iterator[Cause]:
    """All zeros, although the gradient is not zero."""
    if case.hand.shape == case.auto.shape and magnitude(case.hand) <= 1e-14 * magnitude(case.auto):
        yield Cause(
            "zero", "the hand gradient is zero everywhere, the right one is not", "", 0.0, 1.0
        )


def scaled(case: Case) -> Iterator[Cause]:
    """One factor between hand gradient and autodiff: the sign, the batch size, ½, ..."""
    hand, auto = case.hand.ravel(), case.auto.ravel()
    power = float(auto @ auto)
    if case.error is None or power == 0 or magnitude(hand) <= 1e-14 * magnitude(auto):
        return
    s = float(hand @ auto) / power
    if not case.fits(s * case.auto):
        return
    match = case.match(s * case.auto)
    if abs(s + 1) < 1e-6:
        yield Cause("sign", "the sign is wrong, everything else right", "grad = -grad", match, 1.0)
        return
    meaning = read(s, case.tape, max(case.rtol, 1e-9))
    if meaning is None and case.auto.size == 1:
        return  # one number is always a multiple of another: that is no finding
    by = f"every entry is {s:.6g} times the right one"
    if meaning is None:
        by += ", a factor that is no length and no constant of this graph"
    else:
        by += f": {meaning}"
    yield Cause("scale", by, f"grad = grad / {s:.6g}", match, 1.5 if meaning else 4.0)
    if s < 0 and meaning:
        yield Cause("sign", "the sign is wrong, and a factor too", "grad = -grad", match, 1.6)
    if abs(s - 2) < 1e-6:
        yield Cause(
            "double-counted",
            "the whole gradient was counted twice, as when gradients are not reset before the next "
            "backward pass",
            "grad = np.zeros_like(grad)  # before accumulating",
            match,
            2.6,
        )


def order(case: Case) -> Iterator[Cause]:
    """The right numbers in another order: transposed, or reshaped where it should be transposed."""
    hand, auto = case.hand, case.auto
    if case.error is None or hand.size < 3:
        return
    if not case_fits(case, np.sort(hand, axis=None), np.sort(auto, axis=None)):
        return
    if hand.ndim == 2 and hand.shape[0] == hand.shape[1] and case.fits(auto.T):
        yield Cause(
            "transposed", "the result is transposed", "grad = grad.T", case.match(auto.T), 1
        )
        return
    for message, fix, guess in orders(auto):
        if case.fits(guess):
            yield Cause("permuted", message, fix, case.match(guess), 2)
            return
    yield Cause("permuted", "the right numbers, in another order", "", np.nan, 2.5)


def turned(case: Case) -> Iterator[Cause]:
    """The transposed result, where a factor may be wrong too."""
    if case.error is not None and case.auto.ndim == 2 and case.auto.shape[0] == case.auto.shape[1]:
        yield from case.cause(
            "transposed", "the result is transposed", "grad = grad.T", case.auto.T, 2
        )


def orders(a: np.ndarray) -> Iterator[tuple[str, str, np.ndarray]]:
    """The ways in which entries get out of order, as a message, a fix and the result."""
    for axes in list(permutations(range(a.ndim)))[1:24]:
        back = tuple(int(k) for k in np.argsort(axes))
        moved = a.transpose(axes)
        yield (
            f"the entries are in the order of transpose{axes} reshaped to {a.shape}: reshaped "
            f"where "
            "it should be transposed back",
            f"grad = grad.reshape({moved.shape}).transpose{back}",
            moved.reshape(a.shape),
        )
        shape = tuple(a.shape[k] for k in axes)
        yield (
            f"the entries were reshaped to {shape} and transposed, where only one of it is right",
            "",
            a.reshape(shape).transpose(back),
        )
    yield (
        "the entries are in column-major (Fortran) order",
        "grad = grad.reshape(grad.shape, order='F')",
        a.ravel(order="F").reshape(a.shape),
    )
    for axis in range(a.ndim):
        for step in (1, -1):
            yield (f"shifted by one along axis {axis}", "", np.roll(a, step, axis))
        yield (
            f"reversed along axis {axis}",
            f"grad = np.flip(grad, axis={axis})",
            np.flip(a, axis),
        )


def diagonal(case: Case) -> Iterator[Cause]:
    """Jacobians: the diagonal alone, everything but the diagonal, the wrong sign beside it."""
    lead = case.tape.root.shape
    if not case.tape.lead or case.x.size != case.tape.root.size or case.error is None:
        return
    n = case.x.size
    square = case.auto.reshape(n, n)
    if magnitude(square - np.diag(np.diag(square))) <= 1e-12 * magnitude(square):
        return
    only = np.diag(np.diag(square))
    soft = is_softmax(case.tape)
    of = "softmax " if soft else ""
    guesses: list[tuple[str, str, Any]] = [
        ("diagonal-only", f"only the diagonal of the {of}Jacobian was used", only),
        (
            "off-diagonal-sign",
            "the entries beside the diagonal have the wrong sign",
            2 * only - square,
        ),
        ("missing-path", "only the entries beside the diagonal were kept", square - only),
        ("transposed", "the Jacobian is transposed", square.T),
    ]
    fix = "J = np.diag(h) - np.outer(h, h)" if soft and len(lead) == 1 else ""
    for code, message, guess in guesses:
        yield from case.cause(code, message, fix, guess.reshape(case.auto.shape), 1.0)
