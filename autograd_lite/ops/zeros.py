"""Which zeros of a cotangent a selection made: there 0 · inf is 0, elsewhere it is NaN.

A branch that `where` did not take sends back 0, and d/dx where(x > 0, log x, 0) at x = 0 is 0, not
0 · inf. The cube of ∛x has the slope 3y² = 0 at 0 too, but there the product has a limit, 1, and 0
would be a wrong number. The numbers do not tell the two apart; the graph does. The zero of a
selection is 0 whatever the numbers are, the other one only at this point. So when a sweep meets
0 · inf, and only then, the graph is evaluated once more, forward and back, with *other* numbers in
place of all that varies, and with the selections that were made: what is 0 again was selected away.

An operation says by `linear` or `multilinear` that it can be asked about any numbers, as rows can,
and by `chooses` that a 0 among its slopes is a choice, 0 whatever the numbers are.

Source: Schwartz, "Fast probabilistic algorithms for verification of polynomial identities", J. ACM
27 (1980).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core import graph

__all__ = ["absent", "arriving"]


def arriving(computed: Sequence[Any], roots: Sequence[Any], seeds: Sequence[Any]) -> dict[Any, Any]:
    """For every node, entry by entry of its cotangent, whether anything can arrive there at all.

    `computed` are the nodes between the roots and the ends of a sweep, each after its inputs; the
    seeds may carry leading axes. Where a cotangent is 0 and something can arrive, it is 0 at this
    point only.
    """
    random = np.random.default_rng(0)
    varying: dict[Any, Any] = {}
    found: dict[Any, Any] = {}

    def other(pattern: Any) -> Any:
        """Numbers of no meaning where something varies, else 0. All positive: few sums cancel."""
        return np.where(pattern, random.uniform(0.5, 1.5, np.shape(pattern)), 0.0)

    def others(node: Any) -> list[Any]:
        patterns = [
            varying.get(x, np.ones(x.shape, bool)) if is_node(x) else x for x in node.inputs
        ]
        return [other(not_zero(pattern)) for pattern in patterns]

    def arrive(x: Any, pattern: Any) -> None:
        found[x] = found[x] | pattern if x in found else pattern

    with np.errstate(all="ignore"):
        for node in computed:
            varying[node] = not_zero(value(node.op, node.primal, here(node), others(node)))
        for root, seed in zip(roots, seeds, strict=True):
            arrive(root, not_zero(plain(seed)))
        for node in reversed(computed):
            if node in found:
                g, there = other(found[node]), others(node)
                for i, x in enumerate(node.inputs):
                    if is_node(x):
                        arrive(x, not_zero(share(node.op, i, g, node.primal, here(node), there)))
    return found


def absent(computed: Sequence[Any], roots: Sequence[Any], seeds: Sequence[Any]) -> dict[Any, Any]:
    """For every node, entry by entry of its cotangent, whether nothing can arrive there."""
    return {x: ~found for x, found in arriving(computed, roots, seeds).items()}


graph.absent = absent


def value(op: Any, out: Any, here: Sequence[Any], there: Sequence[Any]) -> Any:
    """The result for other inputs, `there`, with the choices that were made `here`."""
    if not hasattr(op, "partials"):
        return op.forward(*there) if op.linear or op.multilinear else np.ones(np.shape(out))
    if not op.chooses:
        return op.on_arrays(*there)
    chosen = [op.pulled(not_zero(x) ^ True, i, x, out, *here) for i, x in enumerate(there)]
    return np.where(np.any(np.broadcast_arrays(*chosen), 0), 1.0, out)


def share(op: Any, i: int, g: Any, out: Any, here: Sequence[Any], there: Sequence[Any]) -> Any:
    """What the rule makes of `g` for other inputs, `there`, with the choices made `here`."""
    if op.chooses:
        inputs = here
    elif hasattr(op, "partials"):
        out, inputs = op.on_arrays(*there), there
    elif op.linear or op.multilinear:
        out, inputs = op.forward(*there), there
    else:  # it cannot be asked: all entries have to do with all
        some = np.any(g, tuple(range(-np.ndim(out), 0)))
        return np.broadcast_to(
            some.reshape(some.shape + (1,) * np.ndim(here[i])), some.shape + np.shape(here[i])
        )
    return op.pulled(g == 0, i, g, out, *inputs)


def here(node: Any) -> list[Any]:
    """The data of a node's inputs."""
    return [plain(x) for x in node.inputs]


def is_node(x: Any) -> bool:
    return hasattr(x, "primal")


def plain(x: Any) -> Any:
    return x.primal if is_node(x) else x


def not_zero(x: Any) -> Any:
    """Where numbers are not 0, as an array. NaN is not."""
    return np.asarray(np.not_equal(x, 0))
