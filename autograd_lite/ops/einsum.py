"""Einstein's sum: products of arrays, summed over every letter that the result does not have."""

from __future__ import annotations

from string import ascii_letters
from typing import Any

import numpy as np

from ..core.operation import Op, shape
from .inputs import array
from .rearrange import moved
from .shape import arrayed, broadcast_to, expand_dims, lead

__all__ = ["einsum"]


class Einsum(Op):
    """Σ Π x_i with one letter for each axis, no letter twice in one input.

    The cotangent of an input is the same kind of sum: its letters from the result's and the other
    inputs'. Letters that only this input has were summed, so the cotangent is copied along them.
    """

    letters: tuple[str, ...]
    result: str
    name, multilinear = "einsum", True
    computes = True

    def spelling(self, *inputs: Any) -> str:
        formula = f"{','.join(self.letters)}->{self.result}"
        return f"einsum('{formula}', {', '.join(['{}'] * len(inputs))})"

    def forward(self, *xs: Any) -> Any:
        formula = ",".join(self.letters) + "->" + self.result
        return array(np.einsum(formula, *xs, optimize=len(xs) > 1))

    def vjp(self, i: int, g: Any, out: Any, *xs: Any) -> Any:
        mine, old = self.letters[i], shape(xs[i])
        others = [(s, x) for k, (s, x) in enumerate(zip(self.letters, xs, strict=True)) if k != i]
        free = [c for c in ascii_letters if c not in "".join(self.letters)]
        before = lead(g, out)
        seeds = "".join(free[: len(before)])
        known = self.result + "".join(s for s, _ in others)
        reached = "".join(c for c in mine if c in known)
        rule = Einsum((seeds + self.result, *(s for s, _ in others)), seeds + reached)
        back = rule(g, *(x for _, x in others))
        summed = tuple(k - len(mine) for k, c in enumerate(mine) if c not in known)
        return broadcast_to(expand_dims(back, summed), before + old) if summed else back


def einsum(subscripts: Any, *operands: Any, optimize: Any = True) -> Any:
    """The sum of products that `subscripts` names, as "ij,jk->ik". Mirrors `numpy.einsum`.

    Every form of NumPy's: implicit results, repeated letters (diagonals), "...", lists of axes. How
    the product is ordered is left to NumPy whatever `optimize` says.

    >>> import autograd_lite as ag
    >>> x = ag.Tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> ag.einsum("ii->", x).backward()
    >>> x.grad
    array([[1., 0.],
           [0., 1.]])
    """
    if not isinstance(subscripts, str):
        subscripts, operands = _spelled(subscripts, *operands)
    pairs = [arrayed(x) for x in operands]
    letters, result = _parsed(subscripts, [len(old) for _, old in pairs])
    lengths: dict[str, int] = {}
    for word, (_, old) in zip(letters, pairs, strict=True):
        for c, n in zip(word, old, strict=True):
            if lengths.setdefault(c, n) == 1:
                lengths[c] = n
            elif n not in (1, lengths[c]):
                raise ValueError(
                    f"einsum {subscripts!r} was given lengths {lengths[c]} and {n} for one letter"
                )
    words, inputs = [], []
    for word, (x, _) in zip(letters, pairs, strict=True):
        if len(set(word)) < len(word):
            once = "".join(dict.fromkeys(word))
            x, word = moved(x, _diagonals(f"{word}->{once}")), once
        words.append(word)
        inputs.append(broadcast_to(x, tuple(lengths[c] for c in word)))
    return Einsum(tuple(words), result)(*inputs)


def _diagonals(formula: str) -> Any:
    def einsum(places: Any) -> Any:
        return np.einsum(formula, places)

    return einsum


def _spelled(*given: Any) -> tuple[str, tuple[Any, ...]]:
    """The form `einsum(x, [0, 1], y, [1, 2], [0, 2])`, with letters instead of numbers."""
    operands = given[: len(given) - len(given) % 2 : 2]
    axes = [*given[1 : len(given) - len(given) % 2 : 2], *(given[-1:] if len(given) % 2 else [])]
    words = ["".join("..." if a is Ellipsis else ascii_letters[a] for a in word) for word in axes]
    formula = ",".join(words[: len(operands)])
    return (f"{formula}->{words[-1]}" if len(given) % 2 else formula), operands


def _parsed(formula: str, ndims: list[int]) -> tuple[list[str], str]:
    """The letters of each input and of the result, with "..." written out."""
    left, arrow, result = formula.replace(" ", "").partition("->")
    words = left.split(",")
    if len(words) != len(ndims):
        raise ValueError(f"einsum {formula!r} names {len(words)} inputs; {len(ndims)} were given")
    free = "".join(c for c in ascii_letters if c not in formula)
    dots = [n - len(w.replace("...", "")) for w, n in zip(words, ndims, strict=True)]
    for word, extra, ndim in zip(words, dots, ndims, strict=True):
        if extra < 0 or (extra > 0 and "..." not in word):
            raise ValueError(f"einsum {formula!r}: {word!r} does not fit an array of {ndim} axes")
    most = free[: max(dots)]
    words = [w.replace("...", most[len(most) - n :]) for w, n in zip(words, dots, strict=True)]
    if arrow:
        if most and "..." not in result:
            raise ValueError(
                f"einsum {formula!r}: the result has no '...' for the axes that the inputs have "
                "there; write it in the result, or sum these axes first"
            )
        result = result.replace("...", most)
    else:
        everything = "".join(words)
        once = sorted(c for c in set(everything) if everything.count(c) == 1 and c not in most)
        result = most + "".join(once)
    if set(result) - set("".join(words)) or len(set(result)) < len(result):
        raise ValueError(f"einsum {formula!r}: a letter of the result is unknown or repeated")
    return words, result
