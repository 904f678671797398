"""Contributions: a path forgotten, counted twice, with the wrong sign or with a factor of its own.

Where a value is used several times the contributions of its uses are added up. P, what one of them
does to the gradient in the end, is found by pushing it down alone; a hand gradient H with
H − A = d·P took that path 1 + d times.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core.graph import Node
from ..graphs.tape import Patience
from .arrays import gap
from .case import Case
from .factors import read
from .findings import Cause
from .fixes import gradient_name, share
from .measures import magnitude

__all__ = ["contributions", "examples"]

Edge = tuple[Node, int]

MOST_ENTRIES = 4_000_000
"""How many numbers may be pushed down at once."""


def contributions(case: Case) -> Iterator[Cause]:
    """One path taken 0, 2 or −1 times, or with a factor; else several at one node."""
    if case.error is None or (case.tape.lead and case.auto.size > 10_000):
        return
    several: dict[Node, list[tuple[Edge, np.ndarray]]] = {}
    with case.tape.patience as patience:
        push_paths(case, several, patience)
    found: list[Cause] = []
    for y, paths in several.items():
        for edge, path in uses(paths):
            found += one(case, y, edge, path)
    for y, paths in several.items():
        for edge, path in paths:
            if sum(e[0] is edge[0] for e, _ in paths) > 1:
                found += half(case, y, edge, path)
    yield from found
    if not found:
        for y, paths in several.items():
            yield from combined(case, y, paths)


def push_paths(
    case: Case, several: dict[Node, list[tuple[Edge, np.ndarray]]], patience: Patience
) -> None:
    """Push each contribution of a node that is used several times down to the node in question."""
    for node, i in case.tape.reach(case.x):
        y = node.inputs[i]
        if patience.over():
            return
        if len([e for e in case.tape.consumers[y] if e[0] in case.tape.adjoint]) < 2:
            continue
        brought = case.tape.contribution(node, i)
        if brought is None:
            continue
        path = case.shaped(case.tape.push({y: brought}, case.x, case.above))
        if magnitude(path) > 1e-13 * magnitude(case.auto):
            several.setdefault(y, []).append(((node, i), path))


def uses(paths: list[tuple[Edge, np.ndarray]]) -> list[tuple[Edge, np.ndarray]]:
    """One path for each consumer: x * x has two edges, and is one use."""
    joined: dict[Node, tuple[Edge, np.ndarray]] = {}
    for edge, path in paths:
        before = joined.get(edge[0])
        joined[edge[0]] = (edge, path if before is None else before[1] + path)
    return list(joined.values())


def half(case: Case, y: Node, edge: Edge, path: np.ndarray) -> Iterator[Cause]:
    """One of the two edges of x * x forgotten."""
    use = case.tape.name(edge[0])
    text = f"one of the two paths from {use} to {case.tape.name(y)} is missing"
    yield from case.cause("missing-path", text, "", case.auto - path, 2.5)


def one(case: Case, y: Node, edge: Edge, path: np.ndarray) -> Iterator[Cause]:
    """H = A + d·P for one path."""
    error, auto = case.error, case.auto
    assert error is not None
    if gap(path, auto) < 1e-9:
        return  # all of it goes this way: then it is a factor, which has been read already
    d = float((error * path).sum() / (path * path).sum())
    if not case.fits(auto + d * path):
        return
    match = case.match(auto + d * path)
    name, use = case.tape.name(y), case.tape.name(edge[0])
    mine, right = gradient_name(y), share(case.tape, *edge)
    fix = f"{mine} += {right}" if right else ""
    times = 1 + d
    if abs(times) < 1e-6:
        text = f"the path from {use} to {name} is missing (forgotten, or overwritten: = for +=)"
        yield Cause("missing-path", text, fix, match, 1.8)
    elif abs(times - 2) < 1e-6:
        text = f"the path from {use} to {name} is counted twice"
        yield Cause("double-counted", text, fix and f"{fix}  # once", match, 1.9)
    elif abs(times + 1) < 1e-6:
        text = f"the path from {use} to {name} has the wrong sign"
        yield Cause("path-sign", text, fix, match, 1.9)
    else:
        meaning = read(times, case.tape, max(case.rtol, 1e-9))
        if meaning is not None or auto.size >= 3:
            text = f"the path from {use} to {name} is taken {times:.6g} times"
            text += f": {meaning}" if meaning else ""
            yield Cause("scale", text, fix, match, 2.4 if meaning else 4.5)


def combined(case: Case, y: Node, paths: list[tuple[Edge, np.ndarray]]) -> Iterator[Cause]:
    """Least squares over all paths of a node: each taken 0, 1, 2 or −1 times."""
    if not 3 <= len(paths) <= 8 or case.auto.size < len(paths):
        return
    assert case.error is not None
    columns = np.array([p.ravel() for _, p in paths]).T
    d, _, rank, _ = np.linalg.lstsq(columns, case.error.ravel(), rcond=1e-10)
    times = np.rint(1 + d)
    if rank < len(paths) or np.any(np.abs(times) > 2) or np.abs(1 + d - times).max() > 1e-5:
        return
    guess = case.auto + (columns @ (times - 1)).reshape(case.auto.shape)
    names = {0: "missing", 2: "counted twice", -1: "with the wrong sign", -2: "twice, wrong sign"}
    said = [
        f"from {case.tape.name(e[0])}: {names[int(c)]}"
        for (e, _), c in zip(paths, times, strict=True)
        if c != 1
    ]
    code = {0: "missing-path", 2: "double-counted"}.get(int(min(times, key=abs)), "path-sign")
    text = f"paths to {case.tape.name(y)}, " + "; ".join(said)
    yield from case.cause(code, text, "", guess, 2.2)


def examples(case: Case) -> Iterator[Cause]:
    """Only the last example, or only the first: least squares over the shares of the examples."""
    if case.error is None or case.tape.lead:
        return
    tried: set[tuple[int, ...]] = set()
    for node in reversed(case.tape.order):
        if node not in case.above or node is case.tape.root or node.ndim < 1 or len(tried) > 8:
            continue
        count = node.shape[0]
        if count < 2 or node.shape in tried or count * node.size > MOST_ENTRIES:
            continue
        if node is case.x and node.ndim < 2:
            continue
        tried.add(node.shape)
        g = np.asarray(case.tape.arrived[node], float)
        each = np.zeros((count, *g.shape))
        each[np.arange(count), np.arange(count)] = g
        shares: Any = case.tape.push({node: each}, case.x, case.above)
        shares = np.broadcast_to(shares, (count, *case.x.shape)).reshape(count, *case.auto.shape)
        found = list(of_examples(case, shares, count))
        yield from found
        if found:
            return


def of_examples(case: Case, shares: np.ndarray, count: int) -> Iterator[Cause]:
    """H = rest + Σ c_j P_j over the examples, with all but a few c_j equal to 1 or to 0."""
    rest = case.auto - shares.sum(axis=0)
    wanted = case.hand - rest
    power = (shares * shares).reshape(count, -1).sum(axis=1)
    if np.count_nonzero(power > 1e-26 * power.max()) < 2:
        return
    for j, which in ((count - 1, "last"), (0, "first")):
        if power[j] == 0 or case.auto.size < 2:
            continue
        s = float((wanted * shares[j]).sum() / power[j])
        meaning = None if abs(s - 1) < 1e-6 else read(s, case.tape)
        if s > 0 and (abs(s - 1) < 1e-6 or meaning):
            text = f"only the {which} of the {count} examples was counted"
            if meaning:
                text += f", with a factor {s:.6g}: {meaning}"
            text += " (overwritten in the loop: = for +=)" if j else ""
            yield from case.cause(
                "one-example",
                text,
                "grad += ...  # = in the loop keeps one example",
                rest + s * shares[j],
                1.9,
            )
    if count > min(case.auto.size, 400):
        return
    columns = shares.reshape(count, -1).T
    c, _, rank, _ = np.linalg.lstsq(columns, wanted.ravel(), rcond=1e-10)
    whole = np.rint(c)
    if rank == count and np.abs(c - whole).max() < 1e-5 and set(whole) == {0.0, 1.0}:
        left_out = [int(j) for j in np.flatnonzero(whole == 0)]
        guess = rest + np.tensordot(whole, shares, 1)
        if len(left_out) == count - 1:
            one = int(np.flatnonzero(whole)[0])
            if one in (0, count - 1):
                return  # the first or the last, which has been said
            text = f"only example {one} of {count} was counted"
        else:
            many = "examples {} of {} were" if len(left_out) > 1 else "example {} of {} was"
            text = many.format(", ".join(map(str, left_out[:6])), count) + " left out"
        yield from case.cause("one-example", text, "sum over all examples", guess, 2.1)
