"""What the user gave as hand gradient, as one array for every leaf that is differentiated.

What a hand *function* does wrong, a finding of the report, stops nobody: it may raise, leave, or
return anything. What is given directly and cannot be a gradient raises.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..calculus.trees import flatten
from ..core.graph import Node, data
from .call import Watched, floats, parameters, paths
from .findings import Cause, Note

__all__ = ["Given", "as_hand", "by_hand", "spread", "which"]


@dataclass
class Given:
    """Hand gradients, one for every leaf (None where there is none); what is wrong with them.

    `failures` has the cause for a leaf without a gradient that there should be one for.
    """

    parts: list[np.ndarray | None] | None = None
    failures: dict[int, Cause] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def as_hand(hand: Any, name: str) -> np.ndarray:
    """A hand gradient as an array of numbers, or TypeError."""
    if isinstance(hand, Node):
        hand = hand.primal
    try:
        array = np.asarray(hand)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"the hand gradient of {name} is {type(hand).__name__} {hand!r:.60}; it must be a "
            "number or an array of numbers"
        )
    return array if array.dtype.kind == "f" else array.astype(float)


def which(f: Any, args: Sequence[Any], hand: Any, argnums: Any) -> list[int]:
    """The numbers of the arguments to differentiate."""
    chosen: list[int]
    if argnums is not None:
        chosen = [int(argnums)] if isinstance(argnums, int | np.integer) else [*argnums]
    elif by_name(f, args, hand):
        names = parameters(f, len(args))
        chosen = [names.index(k) if isinstance(k, str) else int(k) for k in hand]
    else:
        chosen = [n for n, x in enumerate(args) if floats(x)] or list(range(len(args)))[:1]
        if (
            hand is not None
            and not callable(hand)
            and not one_each(hand, [args[n] for n in chosen])
        ):
            chosen = chosen[:1]
    for n in chosen:
        if not -len(args) <= n < len(args):
            raise ValueError(
                f"check_gradients was to differentiate argument {n}, but {len(args)} arguments "
                "were given (argnums counts from 0)"
            )
    return [int(n) % len(args) for n in chosen]


def one_each(hand: Any, args: list[Any]) -> bool:
    """Whether `hand` is a tuple with a gradient for each of several arrays."""
    if not isinstance(hand, tuple) or len(hand) != len(args) or isinstance(args[0], tuple):
        return False
    return all(
        len(flatten(x)[0]) == 1 and np.size(h) == np.size(x)
        for h, x in zip(hand, args, strict=True)
    )


def by_name(f: Any, args: Sequence[Any], hand: Any) -> bool:
    """Whether `hand` maps arguments to gradients, and is no gradient in the form of a dict."""
    if not isinstance(hand, dict):
        return False
    if any(isinstance(x, dict) and set(x) == set(hand) for x in args):
        return False
    names = parameters(f, len(args))
    for key in hand:
        if not (key in names if isinstance(key, str) else key in range(len(args))):
            raise ValueError(
                f"hand has a gradient for {key!r}; the arguments are {', '.join(names)} (or their "
                f"numbers, 0 to {len(args) - 1})"
            )
    return True


def by_hand(f: Any, args: Sequence[Any], hand: Any, chosen: list[int]) -> Given:
    """The hand gradients, one for every leaf to differentiate; and what went wrong in them."""
    if hand is None:
        return Given()
    if not callable(hand) or by_name(f, args, hand):
        return taken_apart(f, args, hand, chosen)
    count = sum(len(flatten(args[n])[0]) for n in chosen)
    watched = Watched()
    try:
        with watched:
            returned = hand(*(unwrapped(x) for x in args))
    except BaseException as error:  # `sys.exit()` in a student's cell ends no grading
        frames = traceback.format_exception(type(error), error, error.__traceback__)
        shown = "".join(frames[:1] + frames[2:]).rstrip()
        text = f"the hand function raised {type(error).__name__}: {error}\n{shown}"
        return Given(failures=dict.fromkeys(range(count), finding(text)))
    try:
        if returned is None:
            raise TypeError(
                "the hand function returned nothing: it has to end in return and the gradient"
            )
        given = taken_apart(f, args, returned, chosen)
    except Exception as error:
        return Given(failures=dict.fromkeys(range(count), finding(str(error))))
    used = dict.fromkeys(node._op for node in watched.nodes if node.op is not None)
    if used:
        names = ", ".join(list(used)[:4]) + (", ..." if len(used) > 4 else "")
        text = (
            f"the hand function computes with the engine's nodes ({names}): that is no gradient "
            "by hand, and agrees with autodiff even where both are wrong. Write it in plain NumPy"
        )
        given.notes.append(Note("engine", text))
    return given


def taken_apart(f: Any, args: Sequence[Any], hand: Any, chosen: list[int]) -> Given:
    """What was given or returned, a part for every leaf; ValueError or TypeError otherwise."""
    names = [p for n in chosen for p in paths(args[n], parameters(f, len(args))[n])]
    if by_name(f, args, hand):
        called = parameters(f, len(args))
        leaves: list[Any] = []
        for n in chosen:
            part = hand.get(called[n], hand.get(n))
            of_it = flatten(args[n])[0]
            leaves += [None] * len(of_it) if part is None else parts_of(part, len(of_it))
    else:
        if isinstance(hand, tuple) and len(hand) == len(args) != len(chosen):
            hand = tuple(hand[n] for n in chosen)
        leaves = parts_of(hand, len(names))
    if len(leaves) < len(names):
        leaves = leaves + [None] * (len(names) - len(leaves))  # the first arguments', as in a call
    if len(leaves) > len(names):
        raise ValueError(
            f"the hand gradient has {len(leaves)} parts; {len(names)} are needed, for "
            f"{', '.join(names)}"
        )
    blank = [name for name, h in zip(names, leaves, strict=True) if h is ...]
    if blank:
        text = f"the gradient of {' and '.join(blank)} is still blank: write it where ... stands"
        return Given(failures=dict.fromkeys(range(len(names)), finding(text)))
    given = Given([])
    assert given.parts is not None
    for k, (h, name) in enumerate(zip(leaves, names, strict=True)):
        given.parts.append(None if h is None else as_hand(h, name))
        if h is None:
            count = sum(x is not None for x in leaves)
            text = (
                f"the hand gradient of {name} is missing: {count} of {len(names)} parts were "
                f"given, for {', '.join(names)}. If it is not asked for, say so with argnums"
            )
            given.failures[k] = finding(text)
    return given


def parts_of(hand: Any, count: int) -> list[Any]:
    """The leaves of a gradient; a single one is what was given, a list of numbers too."""
    leaves = flatten(hand)[0]
    if count > 1 and len(leaves) == 1 and np.ndim(hand) and len(hand) == count:
        return list(hand)  # a list of numbers, for a list of nodes
    return [hand] if count == 1 and len(leaves) != 1 else list(leaves)


def finding(text: str) -> Cause:
    """A cause that predicts no numbers."""
    return Cause("unknown", text, "", np.nan)


def unwrapped(tree: Any) -> Any:
    """An argument as the hand function takes it: nodes as plain numbers, lists as arrays."""
    leaves, rebuild = flatten(tree)
    return rebuild([np.asarray(x) if isinstance(x, list) else data(x) for x in leaves])


def spread(given: list[Any] | None, outputs: int, leaves: int) -> list[Any] | None:
    """Hand gradients for several outputs; given for one leaf, each output's is an item of it."""
    if given is None:
        return None
    if leaves == 1 and given[0] is not None and len(given[0]) == outputs:
        return [np.asarray(part) for part in given[0]]
    raise ValueError(
        f"f returned {outputs} results; hand gradients are compared for functions with one result. "
        "Join the results with ag.stack or ag.concatenate, or check one at a time"
    )
