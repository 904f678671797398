"""What the numerical witness has to say about one gradient, and how sure it is of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .judge import distance, magnitude
from .report import Note
from .witness import Function, Witness, central, complex_step, direction, refine, slopes

__all__ = ["LARGE", "Testimony", "hear"]

LARGE = 10_000
"""Above so many entries one random direction is asked first, and entries only if that disagrees."""

CHUNK = 16

MOST_CORNERS = 500


@dataclass
class Testimony:
    """`values` of shape `(outputs, entries)`, or None when one direction was enough.

    `slack` is the error that may be in the values; `kinks` marks entries at which the slopes to
    both sides differ, with `low` and `high` the two; `along` holds (direction, numerical, noise).
    """

    values: np.ndarray | None
    slack: np.ndarray | float
    method: str
    step: float
    notes: list[Note] = field(default_factory=list)
    kinks: np.ndarray | None = None
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    along: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None


def hear(
    f: Function,
    x: np.ndarray,
    auto: np.ndarray,
    method: str,
    rtol: float,
    complex_f: Function | None = None,
    large: int = LARGE,
    corners: bool = False,
) -> Testimony:
    """Differentiate `f` numerically at flat `x`; look again where that differs from `auto`.

    A second look chooses its step by how steady the difference is, not by `auto`: a right witness
    is not talked over. With `corners` every entry's two slopes are looked at: where they are
    opposite, as those of |x| at 0, the central difference agrees with the convention by chance.
    """
    with np.errstate(all="ignore"):
        if method == "complex":
            found = complex_step(complex_f or f, x)
            return Testimony(found.values, found.noise, method, found.step)
        if x.size > large:
            v = np.random.default_rng(0).standard_normal(x.size)
            value, noise = direction(f, x, v)
            scale = float(np.linalg.norm(auto)) if auto.size else 0.0
            if np.all(np.abs(value - auto @ v) <= 1e-6 * scale + noise):
                return Testimony(None, 0.0, method, 0.0, along=(v, value, noise))
        found = central(f, x, method)
        said = look_again(f, x, auto, found, rtol)
        if corners and said.kinks is None and x.size <= MOST_CORNERS:
            for j in range(x.size):
                kink(f, x, j, auto, said)
        return said


def look_again(
    f: Function, x: np.ndarray, auto: np.ndarray, found: Witness, rtol: float
) -> Testimony:
    """Refine the entries that differ, a few at a time, for as long as that changes anything."""
    values, slack = found.values, found.noise.copy()
    said = Testimony(values, slack, found.method, found.step)
    suspects = off(values, auto, slack, rtol)
    order = np.argsort(-np.where(suspects, distance(values, auto), -1).max(axis=0, initial=-1))
    order = order[: int(suspects.any(axis=0).sum())]
    unsteady: list[int] = []
    for start in range(0, len(order), CHUNK):
        chunk = order[start : start + CHUNK]
        mended = False
        for j in chunk:
            value, error = refine(f, x, int(j))
            values[:, j], slack[:, j] = value, error
            still = off(values[:, [j]], auto[:, [j]], slack[:, [j]], rtol)
            mended = mended or not still.any()
            if still.any() and not kink(f, x, int(j), auto, said):
                size = max(magnitude(auto[:, j]), magnitude(value))
                if not np.all(error <= 1e-3 * size):
                    unsteady.append(int(j))
            elif said.kinks is not None and said.kinks[:, j].any():
                mended = True
        if not mended:
            break
    if unsteady:
        said.notes.append(
            Note(
                "step",
                f"no step gives a steady difference at entry {unsteady[0]}: the function is noisy, "
                "jumps, or leaves its domain there",
            )
        )
    return said


def off(values: np.ndarray, auto: np.ndarray, slack: np.ndarray, rtol: float) -> np.ndarray:
    """The entries in which the two differ by more than tolerance and known error."""
    scale = max(magnitude(values), magnitude(auto))
    known = np.where(np.isfinite(slack), slack, 0.0)
    return distance(values, auto) > rtol * scale + known


def kink(f: Function, x: np.ndarray, j: int, auto: np.ndarray, said: Testimony) -> bool:
    """Whether x_j sits on a kink with the derivative between the two slopes; noted if it does."""
    wide, near = (slopes(f, x, j, h * max(1.0, abs(x[j]))) for h in (1e-5, 1e-6))
    (left, right), (left_, right_) = near, wide
    size = np.maximum(np.abs(left), np.abs(right))
    apart, apart_ = np.abs(right - left), np.abs(right_ - left_)
    corner = (
        np.isfinite(apart) & (apart > 1e-3 * size) & (apart > 0.5 * apart_) & (apart < 2 * apart_)
    )
    low, high = np.minimum(left, right), np.maximum(left, right)
    room = 1e-4 * size
    between = (auto[:, j] >= low - room) & (auto[:, j] <= high + room)
    found = corner & between
    if not found.any():
        return False
    if said.kinks is None:
        said.kinks = np.zeros(auto.shape, bool)
        said.low, said.high = np.zeros(auto.shape), np.zeros(auto.shape)
        k = int(np.argmax(found))
        said.notes.append(
            Note(
                "kink",
                f"entry {j} sits on a kink: the slope is {left[k]:.4g} to the left and "
                f"{right[k]:.4g} to the right, autodiff's {auto[k, j]:.4g} lies between. Any "
                "number between them is a subgradient",
            )
        )
    assert said.low is not None
    assert said.high is not None
    said.kinks[:, j] |= found
    said.low[:, j] = np.where(found, low - room, 0.0)
    said.high[:, j] = np.where(found, high + room, 0.0)
    return True
