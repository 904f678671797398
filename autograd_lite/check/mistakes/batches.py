"""Examples of a batch: only the last or the first, some left out, an index that occurs again."""

from __future__ import annotations

import numpy as np

from ...ops.index import Pick
from .evidence import fitted
from .factors import read
from .mistake import Numbers
from .places import EDGE, EXAMPLES, Edge, Examples


def alone(x: Examples, j: int) -> Numbers:
    """The share of example number j alone, with a factor if the graph has one."""
    e = x.evidence
    s = fitted(x.wanted, x.shares[j])
    if s is None or s <= 0 or e.auto.size < 2:
        return
    meaning = None if abs(s - 1) < 1e-6 else read(s, e.tape)
    if abs(s - 1) < 1e-6 or meaning:
        factor = f", with a factor {s:.6g}: {meaning}" if meaning else ""
        yield x.rest + s * x.shares[j], {"count": x.count, "factor": factor}


ONE_ONLY = "only the {which} of the {{count}} examples was counted{{factor}}"
LOOP = "grad += ...  # = in the loop keeps one example"


@EXAMPLES.mistake(
    "one-example",
    ONE_ONLY.format(which="last") + " (overwritten in the loop: = for +=)",
    rank=1.9,
    fix=LOOP,
)
def last(x: Examples) -> Numbers:
    yield from alone(x, x.count - 1)


@EXAMPLES.mistake("one-example", ONE_ONLY.format(which="first"), rank=1.9, fix=LOOP)
def first(x: Examples) -> Numbers:
    yield from alone(x, 0)


@EXAMPLES.mistake("one-example", "{which}", rank=2.1, fix="sum over all examples")
def some(x: Examples) -> Numbers:
    """H = rest + Σ c_j P_j over the examples, with c_j equal to 1 or to 0."""
    e, count = x.evidence, x.count
    if count > min(e.auto.size, 400):
        return
    columns = x.shares.reshape(count, -1).T
    c, _, rank, _ = np.linalg.lstsq(columns, x.wanted.ravel(), rcond=1e-10)
    whole = np.rint(c)
    if rank < count or np.abs(c - whole).max() >= 1e-5 or set(whole) != {0.0, 1.0}:
        return
    left_out = [int(j) for j in np.flatnonzero(whole == 0)]
    if len(left_out) == count - 1:
        one = int(np.flatnonzero(whole)[0])
        if one in (0, count - 1):
            return  # the first or the last, which has been said
        which = f"only example {one} of {count} was counted"
    else:
        many = "examples {} of {} were" if len(left_out) > 1 else "example {} of {} was"
        which = many.format(", ".join(map(str, left_out[:6])), count) + " left out"
    yield x.rest + np.tensordot(whole, x.shares, 1), {"which": which}


@EDGE.mistake(
    "repeated-index",
    "grad[index] += g counts an index that occurs several times only once",
    rank=1.8,
    fix="np.add.at(grad, index, g)",
)
def buffered(edge: Edge) -> Numbers:
    """Of several contributions only the last stays."""
    if isinstance(edge.op, Pick):
        lead = edge.tape.lead
        out = np.zeros((*lead, int(np.prod(edge.op.old, dtype=np.int64))))
        out[..., edge.op.positions.ravel()] = edge.g.reshape(*lead, -1)
        yield out.reshape(lead + edge.op.old), {}
