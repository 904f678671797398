"""Where 0 · inf need not be looked for: what is infinite or NaN would show in a result.

`times(g, d)` is g · d, except where g is 0 and d infinite or NaN; there the plain product is NaN.
If the NaN cannot get lost on its way to some result, then finite results mean that plain products
were right. So the program that is run first has plain products, looks at a few small results at the
end, and leaves everything to its careful twin if one is not finite. The same goes for a guard that
numbers are finite. Proof: `shown_by` names, for each step, results that are not finite when one of
its entries is not, following only operations that hand on every infinity and NaN.
"""

from __future__ import annotations

import numpy as np

from .helpers import over, times
from .program import Method, Program, Step, leaves, method

__all__ = ["PLAIN", "Speculation", "speculated"]

PLAIN = {times: np.multiply, over: np.divide}
"""NumPy's function for a product or quotient that looks for 0 · inf."""

# Results that are not finite where any of the inputs is not.
HANDING_ON = {np.add, np.subtract, np.multiply, np.negative, np.positive, np.square, np.absolute}
# Those that contain every entry of their one input, or a sum that it is in.
METHODS_HANDING_ON = {"sum", "reshape", "transpose", "astype", "copy", "item", "squeeze", "ravel"}
FUNCTIONS_HANDING_ON = {np.transpose, np.broadcast_to, np.swapaxes, np.moveaxis}


class Speculation:
    """Steps that may take the plain way, guards to leave out, and the results to look at."""

    def __init__(self, plain: set[Step], without: set[Step], look_at: list[Step]) -> None:
        self.plain = plain
        self.without = without
        self.look_at = look_at


def speculated(program: Program) -> Speculation:
    """Which products and guards of a program finite results take care of."""
    shown = shown_by(program)
    plain = {s for s in program.steps if s.call in PLAIN and shown[s]}
    without = set()
    witnesses = [shown[s] for s in plain]
    for guard in program.guards():
        y = finite_guard(guard)
        if y is not None and shown.get(y):
            without.add(guard)
            witnesses.append(shown[y])
    order = {x: i for i, x in enumerate(program.outputs) if isinstance(x, Step)}
    return Speculation(plain, without, sorted(fewest(witnesses, order), key=order.__getitem__))


def shown_by(program: Program) -> dict[Step, frozenset[Step]]:
    """For each step the results that are not finite if an entry of it is not, as far as known."""
    shown: dict[Step, set[Step]] = {s: set() for s in [*program.inputs, *program.steps]}
    for x in program.outputs:
        if isinstance(x, Step) and (x.dtype is None or x.dtype.kind == "f"):
            shown[x].add(x)
    for step in reversed(program.steps):
        # A product that stays careful hands nothing on.
        floats = step.dtype is None or step.dtype.kind == "f"
        if shown[step] and floats and all(n > 0 for n in step.shape):
            for x in handed_on(step):
                shown[x] |= shown[step]
    return {step: frozenset(results) for step, results in shown.items()}


def handed_on(step: Step) -> set[Step]:
    """The inputs of which every infinity and NaN is in what the step gives."""
    call, args = step.call, step.args
    if call in HANDING_ON or call is times:
        return set(leaves(args))
    if call is np.divide or call is over or call in FUNCTIONS_HANDING_ON:
        return set(leaves(args[:1]))
    if isinstance(call, Method) and call.name in METHODS_HANDING_ON and "where" not in step.kwargs:
        return set(leaves(args[:1]))
    if call is np.dot and not isinstance(args[0], Step) and np.all(args[0] == 1):
        return set(leaves(args[1:]))  # a sum, written so
    if call is np.dot and not isinstance(args[1], Step) and np.all(args[1] == 1):
        return set(leaves(args[:1]))
    return set()


def finite_guard(guard: Step) -> Step | None:
    """The y of a guard that np.isfinite(y) holds everywhere."""
    found, expected = guard.args
    if expected is True and isinstance(found, Step) and found.call in (np.all, method("all")):
        inner = found.args[0]
        if (
            isinstance(inner, Step)
            and inner.call is np.isfinite
            and isinstance(inner.args[0], Step)
        ):
            return inner.args[0]
    return None


def fewest(witnesses: list[frozenset[Step]], order: dict[Step, int]) -> list[Step]:
    """A few small results of which each witness has one."""
    chosen: list[Step] = []
    left = list(witnesses)

    def price(x: Step) -> tuple[float, int]:
        entries = int(np.prod(x.shape, dtype=np.int64))
        return entries / sum(x in results for results in left), order[x]

    while left:
        chosen.append(min({x for results in left for x in results}, key=price))
        left = [results for results in left if chosen[-1] not in results]
    return chosen
