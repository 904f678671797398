"""`import autograd_lite.numpy as np`: NumPy's namespace, for programs on nodes.

NumPy's functions take nodes by themselves and are here as they are, ufuncs and random numbers too.
What NumPy cannot do is put a node into an array of its own. So the functions here that make arrays
make such as take nodes (`creation`), those that write into an array do so with nodes (`writing`),
and every function of arrays also takes a list with nodes in it, as it takes one of numbers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy

from ..nodes.array import array_of, has_nodes
from ..nodes.numpy_protocol import FUNCTIONS, PLAIN
from . import creation, fft, linalg, writing

# These take a list for what it is, a list of arrays: NumPy asks each of them by itself.
OF_LISTS = {
    *(numpy.block, numpy.broadcast_arrays, numpy.choose, numpy.column_stack, numpy.concatenate),
    *(numpy.dstack, numpy.einsum, numpy.hstack, numpy.meshgrid, numpy.piecewise, numpy.select),
    *(numpy.stack, numpy.vstack, numpy.linalg.multi_dot),
}


def gathered(x: Any) -> Any:
    """A list of nodes and numbers as the array that it stands for."""
    return array_of(x) if isinstance(x, list | tuple) and has_nodes(x) else x


def taking_lists(theirs: Callable[..., Any]) -> Callable[..., Any]:
    """NumPy's function, for lists of nodes too."""

    @functools.wraps(theirs)
    def function(*args: Any, **kwargs: Any) -> Any:
        return theirs(*map(gathered, args), **{k: gathered(x) for k, x in kwargs.items()})

    return function


def namespace() -> dict[str, Any]:
    """What is here under each public name of NumPy's."""
    names = {}
    for name in numpy.__all__:
        theirs = getattr(numpy, name)
        takes_nodes = callable(theirs) and not isinstance(theirs, numpy.ufunc | type)
        takes_nodes = takes_nodes and (theirs in FUNCTIONS or theirs in PLAIN)
        names[name] = taking_lists(theirs) if takes_nodes and theirs not in OF_LISTS else theirs
    for module in (creation, writing):
        names |= {name: getattr(module, name) for name in module.__all__}
    return names | {"fft": fft, "linalg": linalg}


globals().update(namespace())
__all__ = list(numpy.__all__)


def __getattr__(name: str) -> Any:
    """What NumPy has beside its public names."""
    return getattr(numpy, name)
