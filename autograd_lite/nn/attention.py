"""Attention: every position looks at all others, and takes of each as much as it is alike.

`x` has the shape (time, examples, width), or (examples, time, width) with `batch_first`, as in
PyTorch; so have the names, shapes and numbers of the weights.

Source: Vaswani et al., "Attention is all you need", NeurIPS (2017).
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from ..core.operation import shape
from ..nodes.blocks import group
from ..nodes.tensor import Tensor
from ..ops.activations import relu
from ..ops.inputs import array
from ..ops.linalg import matmul, mT
from ..ops.reduce import mean
from ..ops.shape import arrayed, moveaxis, reshape, swapaxes
from .initialise import glorot
from .layers import Dropout
from .module import Module
from .norms import LayerNorm
from .sizes import last_axis, size
from .softmax import softmax

__all__ = [
    "MultiheadAttention",
    "TransformerBlock",
    "positional_encoding",
    "scaled_dot_product_attention",
]


def scaled_dot_product_attention(q: Any, k: Any, v: Any, mask: Any = None) -> tuple[Any, Any]:
    """(A v, A) with the weights A = softmax(q kᵀ/√d), the rows of which add up to 1.

    Queries q have shape (..., positions, d), keys k (..., others, d), values v (..., others, e).
    Without the √d scores of large d would be so large that softmax is flat. `mask` broadcasts to
    (..., positions, others): True where a position must not look, or numbers added to the scores.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> x, later = np.eye(2), [[False, True], [False, False]]
    >>> ag.nn.scaled_dot_product_attention(x, x, x, mask=later)[1].round(4)
    array([[1.    , 0.    ],
           [0.3302, 0.6698]])
    """
    with group("attention"):
        scores = matmul(q, mT(arrayed(k)[0])) / sqrt(shape(q)[-1])
        if mask is not None:
            scores = scores + added(mask).astype(scores.dtype)
        weights = softmax(scores)
        return matmul(weights, v), weights


def added(mask: Any) -> np.ndarray:
    """What a mask adds to the scores: −inf where it is True, or its own numbers."""
    mask = array(mask)
    return np.where(mask, -np.inf, 0.0) if mask.dtype == bool else mask


class Projection(Module):
    """x Wᵀ + b, with `weight` W of shape (nout, nin), as PyTorch keeps it."""

    def __init__(self, nin: int, nout: int, bias: bool, rng: Any) -> None:
        self.weight = Tensor(glorot(nin, nout, rng).T, "weight")
        self.bias = Tensor(np.zeros(nout), "bias") if bias else None

    def __call__(self, x: Any) -> Any:
        y = matmul(x, mT(self.weight))
        return y if self.bias is None else y + self.bias


class MultiheadAttention(Module):
    """Attention `heads` times side by side, each on its own part of the width.

    Called with queries, keys and values (the last two are the first unless they are given) it gives
    the result in the shape of the queries, and the weights, the mean over the heads, of shape
    (examples, positions, others). `attn_mask` is the mask of
    `scaled_dot_product_attention`; `key_padding_mask`, of shape (examples, others), is True for
    positions nobody must look at.

    The rows of `in_proj_weight` are those of W_q, W_k and W_v. Mirrors PyTorch's of the same name.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> attend = ag.nn.MultiheadAttention(8, 2, rng=0)
    >>> out, weights = attend(np.random.default_rng(0).normal(size=(5, 3, 8)))
    >>> out.shape, weights.shape
    ((5, 3, 8), (3, 5, 5))
    """

    def __init__(
        self, width: int, heads: int, bias: bool = True, batch_first: bool = False, rng: Any = None
    ) -> None:
        self.width, self.heads = size(width, "features"), size(heads, "heads")
        if width % heads:
            raise ValueError(f"{heads} heads share a width that they divide, not {width}")
        rng = np.random.default_rng(rng)
        self.in_proj_weight = Tensor(glorot(width, 3 * width, rng).T, "in_proj_weight")
        self.in_proj_bias = Tensor(np.zeros(3 * width), "in_proj_bias") if bias else None
        self.out_proj = Projection(width, width, bias, rng)
        self.batch_first = batch_first

    def __call__(
        self,
        q: Any,
        k: Any = None,
        v: Any = None,
        attn_mask: Any = None,
        key_padding_mask: Any = None,
    ) -> tuple[Any, Any]:
        k = q if k is None else k
        v = k if v is None else v
        with group("multi-head attention"):
            q, k, v = (self.split(self.projected(x, i)) for i, x in enumerate((q, k, v)))
            mask = None if attn_mask is None else added(attn_mask)
            if key_padding_mask is not None:  # the same for all heads and positions
                padding = added(key_padding_mask)[:, None, None]
                mask = padding if mask is None else mask + padding
            out, weights = scaled_dot_product_attention(q, k, v, mask)
            out = swapaxes(out, -2, -3)  # (examples, positions, heads, width/heads)
            out = self.out_proj(reshape(out, (*shape(out)[:-2], self.width)))
            return (out if self.batch_first else swapaxes(out, 0, 1)), mean(weights, 1)

    def projected(self, x: Any, i: int) -> Any:
        """W x + b with the i-th of W_q, W_k, W_v; examples come first."""
        x = last_axis(x, self.width, self)
        if len(shape(x)) != 3:
            raise ValueError(
                f"{self!r} takes arrays of shape (time, examples, {self.width}), or examples first "
                f"with batch_first, not {shape(x)}"
            )
        rows = slice(i * self.width, (i + 1) * self.width)
        x = matmul(x if self.batch_first else swapaxes(x, 0, 1), mT(self.in_proj_weight[rows]))
        return x if self.in_proj_bias is None else x + self.in_proj_bias[rows]

    def split(self, x: Any) -> Any:
        """The width in parts, one for each head: (examples, heads, time, width/heads)."""
        parts = reshape(x, (*shape(x)[:2], self.heads, self.width // self.heads))
        return moveaxis(parts, 2, 1)

    def __repr__(self) -> str:
        return f"MultiheadAttention({self.width}, {self.heads})"


class TransformerBlock(Module):
    """x + attention(x), normalised, then x + W₂ relu(W₁ x), normalised: a layer of an encoder.

    With `norm_first` each part is given the normalised x instead, so that the sum itself passes
    through all layers unchanged. The masks are those of `MultiheadAttention`. Mirrors
    `torch.nn.TransformerEncoderLayer`.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> block = ag.nn.TransformerBlock(8, 2, 16, rng=0)
    >>> block(np.random.default_rng(0).normal(size=(5, 3, 8))).shape
    (5, 3, 8)
    """

    def __init__(
        self,
        width: int,
        heads: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.0,
        activation: Any = relu,
        norm_first: bool = False,
        batch_first: bool = False,
        rng: Any = None,
    ) -> None:
        rng = np.random.default_rng(rng)
        self.self_attn = MultiheadAttention(width, heads, batch_first=batch_first, rng=rng)
        self.linear1 = Projection(width, size(dim_feedforward, "hidden units"), True, rng)
        self.linear2 = Projection(dim_feedforward, width, True, rng)
        self.norm1, self.norm2 = LayerNorm(width), LayerNorm(width)
        self.dropout = Dropout(dropout, rng)
        self.activation = activation
        self.norm_first = norm_first

    def __call__(self, x: Any, attn_mask: Any = None, key_padding_mask: Any = None) -> Any:
        x = last_axis(x, self.self_attn.width, self)

        def attend(x: Any) -> Any:
            return self.dropout(
                self.self_attn(x, attn_mask=attn_mask, key_padding_mask=key_padding_mask)[0]
            )

        def feed_forward(x: Any) -> Any:
            return self.dropout(self.linear2(self.dropout(self.activation(self.linear1(x)))))

        with group("transformer block"):
            if self.norm_first:
                x = x + attend(self.norm1(x))
                return x + feed_forward(self.norm2(x))
            x = self.norm1(x + attend(x))
            return self.norm2(x + feed_forward(x))

    def __repr__(self) -> str:
        hidden = self.linear1.weight.shape[0]
        return f"TransformerBlock({self.self_attn.width}, {self.self_attn.heads}, {hidden})"


def positional_encoding(length: int, width: int) -> np.ndarray:
    """PE[t, 2i] = sin(t / 10000^(2i/width)) and PE[t, 2i+1] = cos of the same: where a word stands.

    To be added to the words: attention by itself does not know their order. The encoding of t + n
    is a rotation of that of t, the same for every t. Source: Vaswani et al. (2017), section 3.5.

    >>> import autograd_lite as ag
    >>> ag.nn.positional_encoding(3, 4).round(4)
    array([[ 0.    ,  1.    ,  0.    ,  1.    ],
           [ 0.8415,  0.5403,  0.01  ,  1.    ],
           [ 0.9093, -0.4161,  0.02  ,  0.9998]])
    """
    pairs = np.arange(0, size(width, "features"), 2)
    angles = np.arange(size(length, "positions"))[:, None] / 10000 ** (pairs / width)
    out = np.empty((length, width))
    out[:, 0::2], out[:, 1::2] = np.sin(angles), np.cos(angles[:, : width // 2])
    return out
