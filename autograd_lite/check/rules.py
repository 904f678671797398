"""When autodiff is the odd one out: whose rule is wrong, or where was the graph cut?"""

from __future__ import annotations

import numpy as np

from ..core.graph import Node, data
from ..graphs.tape import Tape
from ..ops.primitive import Fused
from .judge import magnitude
from .report import Cause
from .stale import changed

__all__ = ["suspects", "wrong_rules"]


def suspects(tape: Tape, x: Node, seen: list[Node]) -> list[Cause]:
    """The operations whose rule differs from their own forward, else that the graph was cut."""
    spoiled = changed(tape)
    if spoiled is not None:
        return [spoiled]
    found = wrong_rules(tape, x)
    if found:
        return found
    own = dict.fromkeys(f"'{node._op}'" for node in tape.order if isinstance(node.op, Fused))
    elsewhere = f", or for arrays other than its arguments in the rule of {', '.join(own)}"
    return [
        Cause(
            "graph-cut",
            "every rule on the way is right, so part of the path is missing: look for .data, "
            ".item(), .detach() or float() in the forward pass"
            + (elsewhere if own else "")
            + (f"; operations tracked: {len(seen)}" if seen else ""),
            "use the nodes themselves in the forward pass, not .data or .item()",
            np.nan,
        )
    ]


def wrong_rules(tape: Tape, x: Node) -> list[Cause]:
    """Each operation's rule against a difference of its own forward, along one random direction."""
    rng = np.random.default_rng(1)
    above = tape.above(x)
    found: dict[str, Cause] = {}
    with np.errstate(all="ignore"):
        for node in tape.order:
            if node.op is None or node not in above or node is x or node._op in found:
                continue
            args = [np.asarray(data(y), float) for y in node.inputs]
            g = rng.standard_normal(node.shape)
            for i, y in enumerate(node.inputs):
                if not isinstance(y, Node):
                    continue
                v = rng.standard_normal(y.shape)
                h = 1e-5 * max(1.0, magnitude(args[i]))
                ups, downs = list(args), list(args)
                ups[i], downs[i] = args[i] + h * v, args[i] - h * v
                up, down = node.op.forward(*ups), node.op.forward(*downs)
                slope = float(np.sum(g * (np.asarray(up) - np.asarray(down)) / (2 * h)))
                own = float(np.sum(np.asarray(tape.pull(node, i, g)) * v))
                size = max(abs(slope), abs(own))
                noise = 1e-10 * magnitude(node.primal) * magnitude(g) / h * 1e-5
                if np.isfinite(slope) and abs(slope - own) > 1e-4 * size + noise:
                    found[node._op] = Cause(
                        "local-derivative",
                        f"the rule of the operation '{node._op}' is wrong for its input {i}: "
                        f"along a "
                        f"random direction it gives {own:.4g}, its forward changes by {slope:.4g}",
                        f"correct the rule of '{node._op}'",
                        np.nan,
                    )
    return list(found.values())
