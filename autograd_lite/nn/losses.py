"""Losses of predictions and targets, beside the cross-entropies of `functions`.

Compositions of operations, each in its own group in the drawing. The prediction comes first, then
the target; "mean", "sum" or "none" says what is done with the losses of the single examples.
Targets have the shape of the predictions: one that would be broadcast is a mistake nearly always.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..core.elementwise import chain_product, log, log1p, negative, square
from ..core.graph import Node
from ..core.operation import shape
from ..nodes.blocks import group
from ..ops.activations import relu, sigmoid, softplus
from ..ops.extremes import clip
from ..ops.inputs import is_objects
from ..ops.norms import norm
from ..ops.shape import arrayed, sum
from .softmax import check_reduction, plain, scores_along, targets, with_nan

__all__ = [
    "binary_cross_entropy",
    "contrastive",
    "focal",
    "hinge",
    "huber",
    "kl_divergence",
    "mse",
    "triplet",
]


def mse(y: Any, t: Any, reduction: str = "mean") -> Any:
    """The mean of (y − t)² over all entries; ∂/∂y = 2 (y − t) / entries.

    Raises ValueError where the shapes of `y` and `t` differ. Mirrors `torch.nn.MSELoss`.

    >>> import autograd_lite as ag
    >>> y = ag.Tensor([1.0, 4.0])
    >>> loss = ag.mse(y, [1.0, 2.0])
    >>> loss.backward()
    >>> loss.item(), y.grad
    (2.0, array([0., 2.]))
    """
    y, t = paired(y, t, "mse")
    with group("mse"):
        return totalled(square(y - t), reduction)


def binary_cross_entropy(h: Any, t: Any, reduction: str = "mean", logits: bool = False) -> Any:
    """−t log h − (1 − t) log(1 − h) of probabilities `h`, entry by entry, with 0 · log 0 = 0.

    With `logits` the first argument is z instead of h = sigmoid(z), and the loss is exact for z of
    any size; its gradient is sigmoid(z) − t, over the entries. Raises ValueError where the shapes
    differ, and for probabilities and targets outside [0, 1]. Mirrors `torch.nn.BCELoss` and
    `BCEWithLogitsLoss`.

    >>> import autograd_lite as ag
    >>> ag.binary_cross_entropy([0.9, 0.2], [1, 0]).round(4)
    np.float64(0.1643)
    >>> z = ag.Tensor([1000.0, 0.0])
    >>> ag.binary_cross_entropy(z, [1, 0], reduction="sum", logits=True).backward()
    >>> z.grad
    array([0. , 0.5])
    """
    h, t = paired(h, t, "binary_cross_entropy")
    outside(t, "targets", "of −1 and +1 make (t + 1) / 2")
    if not logits:
        outside(h, "probabilities", "for logits write logits=True")
    with group("binary_cross_entropy"), np.errstate(divide="ignore", invalid="ignore"):
        if logits:  # −log h and −log(1 − h), without h: neither cancels, and both are positive
            yes, no = softplus(negative(h)), softplus(h)
        else:
            yes, no = negative(log(h)), negative(log1p(negative(h)))
        return totalled(chain_product(t, yes) + chain_product(1 - t, no), reduction)


def hinge(s: Any, t: Any, reduction: str = "mean") -> Any:
    """max(0, 1 − t s) of scores `s`, entry by entry, for targets −1 and +1.

    0 where the score is on the right side by 1 or more, where the gradient is 0 too. Raises
    ValueError for other targets and where the shapes differ. Source: Cortes and Vapnik,
    "Support-Vector Networks", Machine Learning 20 (1995). Mirrors `sklearn.metrics.hinge_loss`.

    >>> import autograd_lite as ag
    >>> ag.hinge([2.0, 0.5, -1.0], [1, 1, 1], reduction="none")
    array([0. , 0.5, 2. ])
    """
    s, t = paired(s, t, "hinge")
    if not (np.abs(numbers := plain(t)) == 1).all():
        other = numbers[np.abs(numbers) != 1].flat[0]
        raise ValueError(f"targets of hinge are −1 and +1, not {other}; of 0 and 1 make 2 * t - 1")
    with group("hinge"):
        return totalled(relu(1 - t * s), reduction)


def kl_divergence(h: Any, t: Any, axis: int = -1, reduction: str = "mean") -> Any:
    """D(t ‖ h) = Σ_k t_k log(t_k / h_k) of probabilities along `axis`, with 0 · log 0 = 0.

    The cross-entropy less the entropy of the targets, −Σ t log t; so the gradient for `h`, −t / h,
    is that of the cross-entropy. 0 where h = t, and inf where h is 0 and t is not. Targets,
    reductions and errors as in `cross_entropy`. Mirrors `scipy.stats.entropy(t, h)`.

    Source: Kullback and Leibler, "On Information and Sufficiency" (1951).

    >>> import autograd_lite as ag
    >>> h = ag.Tensor([0.5, 0.25, 0.25])
    >>> loss = ag.kl_divergence(h, [0.25, 0.25, 0.5])
    >>> loss.backward()
    >>> round(loss.item(), 4), h.grad
    (0.1733, array([-0.5, -1. , -2. ]))
    """
    h, (axis,) = scores_along(h, axis, "kl_divergence")
    t = targets(t, h, axis)
    with group("kl_divergence"), np.errstate(divide="ignore", invalid="ignore"):
        logs = log(h)
        terms = chain_product(with_nan(t, logs), log(t) - logs)
        return totalled(sum(terms, axis), reduction)


def huber(y: Any, t: Any, delta: float = 1.0, reduction: str = "mean") -> Any:
    """½ r² of r = y − t where |r| ≤ δ, δ (|r| − ½ δ) beyond: an outlier pulls no harder than δ.

    With a = r held between −δ and δ both are a (r − ½ a), and the gradient is a. Errors and
    reductions as in `mse`. Source: Huber, "Robust estimation of a location parameter" (1964).
    Mirrors `torch.nn.HuberLoss`.

    >>> import autograd_lite as ag
    >>> ag.huber([0.5, 3.0], [0.0, 0.0], reduction="none")
    array([0.125, 2.5  ])
    """
    y, t = paired(y, t, "huber")
    if not delta > 0:
        raise ValueError(f"the delta of huber is above 0, not {delta}")
    with group("huber"):
        r = y - t
        a = clip(r, -delta, delta)
        return totalled(a * (r - 0.5 * a), reduction)


def focal(z: Any, t: Any, gamma: float = 2.0, alpha: float = 0.25, reduction: str = "mean") -> Any:
    """−α (1 − p)^γ log p, with p = σ(z) the probability of class 1, and of class 0 with 1 − α.

    The factor (1 − p)^γ leaves little of the loss of examples that are easy, so that many of them
    do not outweigh the few hard ones. `z` are logits, the targets `t` 0 or 1. γ = 0 and α = ½ is
    half of `binary_cross_entropy`. Mirrors `torchvision.ops.sigmoid_focal_loss`.

    Source: Lin, Goyal, Girshick, He and Dollár, "Focal loss for dense object detection", ICCV
    (2017), equation 5.

    >>> import autograd_lite as ag
    >>> ag.focal([3.0, -3.0], [1, 1], reduction="none").round(4)
    array([0.    , 0.6916])
    """
    z, t = paired(z, t, "focal")
    outside(t, "targets", "of −1 and +1 make (t + 1) / 2", "focal")
    with group("focal"):
        p, q = sigmoid(z), sigmoid(negative(z))
        yes = alpha * q**gamma * softplus(negative(z))
        no = (1 - alpha) * p**gamma * softplus(z)
        return totalled(t * yes + (1 - t) * no, reduction)


def contrastive(x: Any, y: Any, same: Any, margin: float = 1.0, reduction: str = "mean") -> Any:
    """½ d² of pairs that are alike, ½ max(0, margin − d)² of others, with d = ‖x − y‖ of each row.

    Alike are drawn together, others pushed apart until they are `margin` away. `same` is 1 or 0 for
    each row. Source: Hadsell, Chopra and LeCun, "Dimensionality reduction by learning an invariant
    mapping", CVPR (2006), equation 4.

    >>> import autograd_lite as ag
    >>> ag.contrastive([[0.0, 0.0]] * 2, [[0.3, 0.4]] * 2, [1, 0], reduction="none")
    array([0.125, 0.125])
    """
    x, y = paired(x, y, "contrastive")
    d = norm(x - y, axis=-1)
    d, same = paired(d, same, "contrastive")
    with group("contrastive"):
        near, far = square(d), square(relu(margin - d))
        return totalled(0.5 * (same * near + (1 - same) * far), reduction)


def triplet(
    anchor: Any, positive: Any, other: Any, margin: float = 1.0, reduction: str = "mean"
) -> Any:
    """max(0, ‖a − p‖ − ‖a − n‖ + margin) of each row: nearer to its like than to another.

    10⁻⁶ is added to every difference, as PyTorch does, so that no distance is 0. Mirrors
    `torch.nn.TripletMarginLoss`. Source: Schroff, Kalenichenko and Philbin, "FaceNet", CVPR (2015).

    >>> import autograd_lite as ag
    >>> ag.triplet([[0.0, 0.0]], [[3.0, 4.0]], [[0.0, 4.5]]).round(4)
    np.float64(1.5)
    """
    (anchor, positive), (_, other) = (paired(anchor, x, "triplet") for x in (positive, other))
    with group("triplet"):
        like = norm(anchor - positive + 1e-6, axis=-1)
        unlike = norm(anchor - other + 1e-6, axis=-1)
        return totalled(relu(like - unlike + margin), reduction)


def paired(y: Any, t: Any, name: str) -> tuple[Any, Any]:
    """Predictions and targets as operations take them, or ValueError where their shapes differ."""
    y, given = arrayed(y)
    t, wanted = arrayed(t)
    if given != wanted:
        raise ValueError(
            f"{name} was given predictions of shape {given} and targets of shape {wanted}: they "
            "have to be the same, as in t.reshape(y.shape)"
        )
    if t.dtype.kind in "iub" and y.dtype.kind == "f" and not isinstance(t, Node):
        t = t.astype(y.dtype)  # so that float32 stays float32
    return y, np.asarray(t, dtype=object) if is_objects(t) else t


def outside(x: Any, what: str, way_out: str, name: str = "binary_cross_entropy") -> None:
    """ValueError where a number is below 0 or above 1. (NaN passes, and comes out again.)"""
    numbers = plain(x)
    wrong = (numbers < 0) | (numbers > 1)
    if np.any(wrong):
        found = numbers[wrong].flat[0]
        raise ValueError(f"{what} of {name} are from 0 to 1, not {found}; {way_out}")


def totalled(losses: Any, reduction: str) -> Any:
    """The losses of the single examples as they are, or added up, or their mean."""
    count = prod(shape(losses))
    if check_reduction(reduction) == "none" or not shape(losses):
        return losses
    return sum(losses) / count if reduction == "mean" and count != 1 else sum(losses)
