"""What the user gave as hand gradient, as one array for every leaf that is differentiated."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..calculus.trees import flatten
from ..core.graph import data
from .call import floats, parameters, paths
from .examine import as_hand
from .report import Cause

__all__ = ["by_hand", "spread", "which"]


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
        if hand is not None and not callable(hand):
            chosen = chosen[:1]
    for n in chosen:
        if not -len(args) <= n < len(args):
            raise ValueError(
                f"check_gradients was to differentiate argument {n}, but {len(args)} arguments "
                f"were "
                "given (argnums counts from 0)"
            )
    return [int(n) % len(args) for n in chosen]


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


def by_hand(
    f: Any, args: Sequence[Any], hand: Any, chosen: list[int]
) -> tuple[list[Any] | None, Cause | None]:
    """The hand gradients, one for every leaf to differentiate; and what went wrong in them."""
    if hand is None:
        return None, None
    if by_name(f, args, hand):
        names = parameters(f, len(args))
        hand = tuple(hand[names[n]] if names[n] in hand else hand[n] for n in chosen)
    elif callable(hand):
        try:
            hand = hand(*(unwrapped(x) for x in args))
        except Exception as error:
            frames = traceback.format_exception(type(error), error, error.__traceback__)
            shown = "".join(frames[:1] + frames[2:]).rstrip()
            return None, Cause(
                "unknown",
                f"the hand function raised {type(error).__name__}: {error}\n{shown}",
                "",
                np.nan,
            )
        if hand is None:
            text = "the hand function returned nothing: it has to end in return and the gradient"
            return None, Cause("unknown", text, "", np.nan)
        if isinstance(hand, dict) and by_name(f, args, hand):
            return by_hand(f, args, hand, chosen)
    names = [p for n in chosen for p in paths(args[n], parameters(f, len(args))[n])]
    if isinstance(hand, tuple) and len(hand) == len(args) != len(chosen):
        hand = tuple(hand[n] for n in chosen)
    leaves = flatten(hand)[0]
    if len(names) == 1 and len(leaves) != 1:
        leaves = [hand]
    if len(leaves) < len(names) and len(chosen) > 1:
        leaves = leaves + [None] * (len(names) - len(leaves))  # the first arguments', as in a call
    if len(leaves) != len(names):
        raise ValueError(
            f"the hand gradient has {len(leaves)} parts; {len(names)} are needed, for "
            f"{', '.join(names)}"
        )
    blank = [name for name, h in zip(names, leaves, strict=True) if h is ...]
    if blank:
        text = f"the gradient of {' and '.join(blank)} is still blank: write it where ... stands"
        return None, Cause("unknown", text, "", np.nan)
    return [None if h is None and n else as_hand(h, names[n]) for n, h in enumerate(leaves)], None


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
