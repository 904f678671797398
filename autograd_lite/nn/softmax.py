"""Softmax and its family: compositions of operations, each in its own group in the drawing.

No rule is written here. The softmax Jacobian h_i(δ_ij − h_j) and the shortcut h − t of softmax with
cross-entropy fall out of exp, sum, divide and log. Every function takes Tensors, arrays and lists
of Values, and plain arrays, and returns the same kind.

They are stable for logits of any size: the largest entry of each row is subtracted first. That
shift is a constant here; its two contributions to the gradient would cancel exactly.
Source: Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 4.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.elementwise import chain_product, exp, log, log1p, negative
from ..core.graph import Node, data
from ..core.operation import shape
from ..nodes.blocks import group
from ..ops.inputs import array, is_objects, numbers
from ..ops.reduce import count
from ..ops.shape import arrayed, normal_axes, sum

__all__ = ["cross_entropy", "log_softmax", "logsumexp", "softmax", "softmax_cross_entropy"]


NEAR_ONE = 1.01  # below, log makes more than a hundred of one rounding of its argument


def plain(x: Any) -> np.ndarray:
    """The numbers of a Tensor, of an array of Values or of an array, as a plain array."""
    x = data(x)
    if is_objects(x):
        return numbers(np.asarray(x, dtype=object))
    return array(x)


def scores_along(x: Any, axis: Any, name: str) -> tuple[Any, tuple[int, ...]]:
    """`x` as an operation takes it, and `axis` counted from the end; a single number is refused."""
    x, old = arrayed(x)
    if not old:
        raise ValueError(
            f"{name} needs a vector of scores or rows of them; it was given a single number"
        )
    return x, normal_axes(axis, len(old))


def shift(x: Any, axes: tuple[int, ...]) -> np.ndarray:
    """The largest entry along `axes`, kept as length 1: a constant that keeps exp from overflow."""
    numbers = plain(x)
    if numbers.size == 0:
        return np.zeros((), numbers.dtype)
    return numbers.max(axis=axes, keepdims=True)


def softmax(z: Any, axis: Any = -1) -> Any:
    """h_i = exp z_i / Σ_k exp z_k along `axis`: positive numbers with sum 1.

    ∂h_i/∂z_j = h_i(δ_ij − h_j): every output depends on every input. `z` has any shape with at
    least one axis, the result has the same. Raises ValueError for a single number.

    >>> import autograd_lite as ag
    >>> ag.softmax([2.0, 1.0, 0.1]).round(4)
    array([0.659 , 0.2424, 0.0986])
    """
    z, axes = scores_along(z, axis, "softmax")
    with group("softmax"):
        e = exp(z - shift(z, axes))
        return e / sum(e, axes, keepdims=True)


def logsumexp(z: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """log Σ_k exp z_k over all entries or along `axis`; its gradient is the softmax of z.

    Raises ValueError for a single number, and where there is no entry along `axis`.

    >>> import autograd_lite as ag
    >>> ag.logsumexp([1000.0, 1000.0]).round(4)
    np.float64(1000.6931)
    """
    z, axes = scores_along(z, axis, "logsumexp")
    if count(shape(z), axes) == 0:
        raise ValueError(f"logsumexp of no entries: shape {shape(z)} is empty along axis {axis}")
    with group("logsumexp"):
        top = shift(z, axes)
        top = np.where(np.isfinite(top), top, np.zeros((), top.dtype))
        total = log_total(exp(z - top), axes, keepdims)
        if not keepdims and top.ndim:
            top = top.squeeze(axes)
        return total + (top if top.ndim else top.item())


def log_softmax(z: Any, axis: Any = -1) -> Any:
    """log h_i = z_i − log Σ_k exp z_k along `axis`, without a detour over h, which may be 0.

    >>> import autograd_lite as ag
    >>> ag.log_softmax([1000.0, 0.0]).tolist()
    [0.0, -1000.0]
    """
    z, axes = scores_along(z, axis, "log_softmax")
    with group("log_softmax"):
        away = z - shift(z, axes)
        if 0 in shape(away):
            return away
        return away - log_total(exp(away), axes, keepdims=True)


def log_total(e: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    """log Σ e along `axes`, for positive numbers of which the largest in each row is 1.

    Near 1 a total has no digits left for what the small ones add, and log would make the loss of a
    sure prediction 0: there it is log(1 + the others).
    """
    total = sum(e, axes, keepdims)
    if not np.fmin.reduce(plain(total), axis=None, initial=np.inf) < NEAR_ONE:
        return log(total)
    return log1p(sum(e - first_largest(plain(e), axes), axes, keepdims))


def first_largest(x: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """1 at the first of the largest entries along `axes`, 0 elsewhere."""
    last = tuple(range(-len(axes), 0))
    moved = np.moveaxis(x, axes, last)
    rows = moved.reshape(*moved.shape[: moved.ndim - len(axes)], -1)
    first = rows.argmax(-1)[..., None] == np.arange(rows.shape[-1])
    return np.moveaxis(first.reshape(moved.shape).astype(x.dtype), last, axes)


def cross_entropy(h: Any, t: Any, axis: int = -1, reduction: str = "mean") -> Any:
    """−Σ_k t_k log h_k of probabilities `h` along `axis`, with 0 · log 0 = 0.

    `t` has the shape of `h` (one-hot or soft targets) or gives class indices, counted from 0, in
    the shape of `h` without `axis`. `reduction` over the examples is "mean", "sum" or "none".

    Raises ValueError for shapes that do not fit and for rows that are no probabilities, IndexError
    for a class that is not there. Logits belong into `softmax_cross_entropy`, which stays exact
    where a probability underflows to 0.

    >>> import autograd_lite as ag
    >>> ag.cross_entropy([0.659, 0.2424, 0.0986], [1, 0, 0]).round(4)
    np.float64(0.417)
    """
    h, (along,) = scores_along(h, axis, "cross_entropy")
    t = targets(t, h, along)
    check_probabilities(h, along)
    with group("cross-entropy"):
        with np.errstate(divide="ignore"):
            logs = log(h)
        return reduced(with_nan(t, logs), logs, along, reduction)


def softmax_cross_entropy(z: Any, t: Any, axis: int = -1, reduction: str = "mean") -> Any:
    """−Σ_k t_k log softmax(z)_k of logits `z` along `axis`; ∂/∂z = (softmax(z) − t) / examples.

    (The shortcut h − t holds when Σ t = 1.) Targets, reductions and errors as in `cross_entropy`;
    finite for logits of any size.

    >>> import autograd_lite as ag
    >>> z = ag.Tensor([2.0, 1.0, 0.1])
    >>> ag.softmax_cross_entropy(z, 0).backward()
    >>> z.grad.round(4)
    array([-0.341 ,  0.2424,  0.0986])
    """
    z, (along,) = scores_along(z, axis, "softmax_cross_entropy")
    t = targets(t, z, along)
    with group("softmax_cross_entropy"):
        return reduced(t, log_softmax(z, along), along, reduction)


def reduced(t: Any, logs: Any, axis: int, reduction: str) -> Any:
    """−Σ t·log h along `axis`, with 0·log 0 = 0, then over the examples as `reduction` says."""
    with np.errstate(invalid="ignore"):  # of 0 · inf, which chain_product mends
        terms = chain_product(t, logs)
    if check_reduction(reduction) == "none":
        return negative(sum(terms, axis))
    examples = int(np.prod(terms.shape)) // max(terms.shape[axis], 1)
    total = negative(sum(terms))
    return total / examples if reduction == "mean" and examples != 1 else total


def with_nan(t: Any, logs: Any) -> Any:
    """The targets, NaN where a logarithm is: 0 · log 0 is 0, but no NaN is hidden by a 0."""
    numbers = plain(logs)
    lost = np.isnan(numbers)
    return t + np.where(lost, numbers, np.zeros((), numbers.dtype)) if lost.any() else t


def check_probabilities(h: Any, axis: int) -> None:
    """ValueError where a row along `axis` is none of probabilities: logits, as often as not.

    Sums may be off by 0.01, since a numerical derivative changes one entry at a time.
    """
    numbers = plain(h)
    if numbers.size == 0:
        return
    total = numbers.sum(axis, keepdims=True, dtype=np.result_type(numbers, np.float32))
    eps = np.finfo(np.result_type(numbers, np.float16)).eps
    off = np.abs(total - 1) > max(0.01, numbers.shape[axis] * float(eps))
    wrong = (numbers < 0) | (off & ~np.isnan(total))
    if np.any(wrong):
        first = np.argwhere(np.moveaxis(wrong, axis, -1))[0][:-1]
        row = np.moveaxis(numbers, axis, -1)[tuple(first)]
        shown = ", ".join(f"{x:.4g}" for x in row[:6]) + (", …" if len(row) > 6 else "")
        raise ValueError(
            "cross_entropy takes probabilities, rows of numbers from 0 to 1 that add up to 1; it "
            f"was given [{shown}], with the sum {row.sum():.4g}. For logits write "
            "softmax_cross_entropy(z, t)"
        )


def check_reduction(reduction: Any) -> str:
    """`reduction`, or ValueError where it is none of the three."""
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f'reduction is "mean", "sum" or "none", not {reduction!r}')
    return reduction


def targets(t: Any, scores: Any, axis: int) -> Any:
    """Targets in the shape of the scores: as given, or one-hot from class indices.

    Whole numbers take the dtype of the scores, so that float32 stays float32.
    """
    shape, dtype = scores.shape, scores.dtype if scores.dtype.kind == "f" else np.dtype(float)
    if is_objects(t):
        t = np.asarray(t, dtype=object)
    numbers: Any = t if isinstance(t, Node) else array(t)
    if numbers.shape == shape:
        return numbers.astype(dtype) if numbers.dtype.kind in "iub" else numbers
    examples = shape[:axis] + (shape[axis + 1 :] if axis != -1 else ())
    if numbers.shape != examples or isinstance(t, Node) or numbers.dtype.kind not in "iu":
        raise ValueError(
            f"targets of shape {numbers.shape} and dtype {numbers.dtype} do not fit probabilities "
            f"of shape {shape}: give one-hot or soft targets of shape {shape}, or whole-number "
            f"class indices of shape {examples}"
        )
    classes = shape[axis]
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < classes):
        bad = numbers[(numbers < 0) | (numbers >= classes)].flat[0]
        raise IndexError(f"class {bad} is not one of the {classes} classes 0 to {classes - 1}")
    return np.moveaxis((numbers[..., None] == np.arange(classes)).astype(dtype), -1, axis)
