"""An array in pieces: equal parts and slices."""

from __future__ import annotations

from typing import Any

import numpy as np

from .rearrange import moved

__all__ = ["array_split", "dsplit", "hsplit", "split", "unstack", "vsplit"]


def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """`x` in equal parts, or cut before the given indices. Mirrors `numpy.split`.

    >>> import autograd_lite as ag
    >>> ag.split([1.0, 2.0], 2)
    [array([1.]), array([2.])]
    """
    return moved(x, np.split, indices_or_sections, axis)


def array_split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """`x` in nearly equal parts along `axis`. Mirrors `numpy.array_split`.

    >>> import autograd_lite as ag
    >>> ag.array_split([1.0, 2.0, 3.0], 2)
    [array([1., 2.]), array([3.])]
    """
    return moved(x, np.array_split, indices_or_sections, axis)


def hsplit(x: Any, indices_or_sections: Any) -> list[Any]:
    """`x` cut along its second axis. Mirrors `numpy.hsplit`.

    >>> import autograd_lite as ag
    >>> ag.hsplit([1.0, 2.0, 3.0, 4.0], 2)
    [array([1., 2.]), array([3., 4.])]
    """
    return moved(x, np.hsplit, indices_or_sections)


def vsplit(x: Any, indices_or_sections: Any) -> list[Any]:
    """`x` cut along its first axis. Mirrors `numpy.vsplit`.

    >>> import autograd_lite as ag
    >>> ag.vsplit([[1.0], [2.0]], 2)
    [array([[1.]]), array([[2.]])]
    """
    return moved(x, np.vsplit, indices_or_sections)


def dsplit(x: Any, indices_or_sections: Any) -> list[Any]:
    """`x` cut along its third axis. Mirrors `numpy.dsplit`.

    >>> import autograd_lite as ag
    >>> ag.dsplit([[[1.0, 2.0]]], 2)
    [array([[[1.]]]), array([[[2.]]])]
    """
    return moved(x, np.dsplit, indices_or_sections)


def unstack(x: Any, axis: int = 0) -> tuple[Any, ...]:
    """The slices of `x` along `axis`, one by one. Mirrors `numpy.unstack`.

    >>> import autograd_lite as ag
    >>> ag.unstack([[1.0, 2.0], [3.0, 4.0]])
    (array([1., 2.]), array([3., 4.]))
    """

    def unstack(places: Any) -> tuple[Any, ...]:
        return tuple(np.moveaxis(places, axis, 0))

    return moved(x, unstack)
