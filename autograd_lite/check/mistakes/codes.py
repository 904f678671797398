"""The catalogue: every code a cause may carry, and what it is. Codes stay; messages may change."""

from __future__ import annotations

__all__ = ["CODES"]

CODES = {
    "shape-only": "the right numbers in another shape",
    "transposed": "the transposed result",
    "operand-order": "a product in the wrong order, or a Jacobian for its transpose",
    "permuted": "the right numbers in another order",
    "not-summed": "kept per example where broadcasting asks for a sum",
    "wrong-axis": "summed, or softmax taken, along the wrong axis",
    "zero": "all zeros although the gradient is not zero",
    "sign": "the opposite sign",
    "scale": "a constant factor: a mean, a ½, the base of a logarithm, n − 1 for n",
    "diagonal-only": "only the diagonal of a Jacobian, h(1 − h)·g",
    "off-diagonal-sign": "the entries beside the diagonal with the wrong sign",
    "missing-path": "a value used twice and one use forgotten",
    "double-counted": "a path counted twice, or gradients not reset",
    "path-sign": "one path with the wrong sign",
    "local-derivative": "a local derivative forgotten, misplaced, or another formula",
    "wrong-operand": "another array in the place of the right one",
    "stale-data": "a forward array overwritten before it was used",
    "one-example": "only the last or the first example",
    "repeated-index": "a buffered += with repeated indices",
    "softmax-again": "h − t multiplied by the softmax derivative again",
    "softmax-twice": "softmax of a softmax",
    "shortcut-misused": "h − t without cross-entropy, or with Σt ≠ 1",
    "targets": "class indices for one-hot targets, labels off by one",
    "unnormalised": "logits or exp used for h",
    "log-derivative": "the derivative of the logarithm forgotten",
    "graph-cut": ".data, .item() or detach on the way",
    "consequence": "wrong only because a step nearer the output is",
    "unknown": "none of these",
}
