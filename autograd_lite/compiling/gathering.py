"""Numbers by their address: where each array of a program begins, and how to collect from them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .program import getitem
from .recorder import Recorder

__all__ = ["Store"]


class Store:
    """Arrays laid end to end, as it were; nothing is copied until something is gathered."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.arrays: list[Any] = []
        self.starts: list[int] = []
        self.end = 0

    def put(self, array: Any) -> int:
        """Keep an array of one axis; the address of its first entry."""
        self.arrays.append(array)
        self.starts.append(self.end)
        self.end += array.shape[0]
        return self.starts[-1]

    def gather(self, address: np.ndarray) -> Any:
        """The numbers at these addresses, in their shape: a constant, or steps that collect them.

        Of each array no more than the stretch that is asked for is touched.
        """
        source = np.searchsorted(self.starts, address.ravel(), side="right") - 1
        within = address.ravel() - np.array(self.starts)[source]
        used = np.unique(source)
        parts, index, total = [], np.empty(len(within), int), 0
        for s in used:
            mine = source == s
            local = within[mine]
            array = self.arrays[s]
            if type(array) is np.ndarray:
                part, index[mine] = distinct(array[local])
            else:
                low, high = int(local.min()), int(local.max()) + 1
                whole = low == 0 and high == array.shape[0]
                part = array if whole else self.recorder.call(getitem, (array, slice(low, high)))
                index[mine] = local - low
            index[mine] += total
            total += part.shape[0]
            parts.append(part)
        together = parts[0]
        if len(parts) > 1:
            together = self.recorder.call(np.concatenate, (parts,))
        if address.ndim == 1 and total == len(index) and (index == np.arange(total)).all():
            return together
        shaped = index.reshape(address.shape)
        if type(together) is np.ndarray:
            return together[shaped]
        return self.recorder.call(getitem, (together, shaped))


def distinct(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different ones among constants, in the order in which they come, and which is which."""
    _, first, inverse = np.unique(numbers.view(np.int64), return_index=True, return_inverse=True)
    rank = np.empty(len(first), int)
    order = np.argsort(first)
    rank[order] = np.arange(len(first))
    return numbers[first[order]], rank[inverse]
