"""All derivatives at once: Jacobians and Hessians, in the containers of the result and arguments.

Source: Griewank and Walther, *Evaluating Derivatives* (2008), section 3.2 (vector reverse mode).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from ..core.graph import Node
from ..core.operation import shape
from ..ops.shape import reshape, stack
from .gradients import Derivative, P, grad
from .linearize import Linearized
from .seeds import all_rows, batch_shape, rows_of_each

__all__ = ["hessian", "jacobian"]


def jacobian(
    f: Callable[P, Any],
    argnums: int | Sequence[int] = 0,
    batch_dims: int = 0,
    has_aux: bool = False,
) -> Callable[P, Any]:
    """J of shape `out.shape + in.shape`: ∂out_i/∂in_j for all i, j, in one sweep of K seeds.

    Nested results and arguments give nested blocks, the form of the result outside and that of the
    argument inside, as in JAX. A list or array of Values counts as one array.

    With `batch_dims=b` the first b axes of every argument and result count examples, which `f` maps
    each by itself; J is then one Jacobian for each, `batch + out.shape[b:] + in.shape[b:]`.
    With `has_aux` f returns (result, anything), and this (J, anything).

    Raises ValueError for a result that no node made, for batch axes that differ, and when `f` was
    found to mix the examples of a batch.

    >>> import autograd_lite as ag
    >>> ag.jacobian(ag.softmax)([2.0, 1.0, 0.1]).round(4)
    array([[ 0.2247, -0.1598, -0.065 ],
           [-0.1598,  0.1837, -0.0239],
           [-0.065 , -0.0239,  0.0889]])
    >>> ag.jacobian(lambda x: x**2, batch_dims=1)([1.0, 2.0, 3.0])
    array([2., 4., 6.])
    """
    if isinstance(batch_dims, bool) or not isinstance(batch_dims, int) or batch_dims < 0:
        raise TypeError(f"batch_dims is the number of axes that count examples, not {batch_dims!r}")

    return Derivative("jacobian", _jacobian, f, argnums, batch_dims, has_aux)


def _jacobian(argnums: Any, batch_dims: int, has_aux: bool, f: Any, args: Any, kwargs: Any) -> Any:
    lin = Linearized("jacobian", f, argnums, args, kwargs, has_aux)
    batch = batch_shape(lin, batch_dims)
    rows = rows_of_each(lin, batch) if batch_dims else all_rows(lin)
    derivative = blocks(lin, rows, batch)
    return lin.with_aux(derivative) if has_aux else derivative


def hessian(
    f: Callable[P, Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[P, Any]:
    """∇²f of shape `in.shape + in.shape`, for a function whose result is one number.

    Several or nested arguments give nested blocks: `H[a][b]` has shape `a.shape + b.shape`.
    With `has_aux` f returns (value, anything), and this (∇²f, anything).

    >>> import autograd_lite as ag
    >>> ag.hessian(lambda x: x[0] * x[1] ** 2)([1.0, 3.0])
    array([[0., 6.],
           [6., 2.]])
    """
    return Derivative("hessian", _hessian, f, argnums, has_aux)


def _hessian(argnums: Any, has_aux: bool, f: Any, args: Any, kwargs: Any) -> Any:
    gradient = grad(f, argnums, has_aux)
    return jacobian(gradient, argnums, has_aux=has_aux)(*args, **kwargs)


def blocks(lin: Linearized, rows: list[Any], batch: tuple[int, ...]) -> Any:
    """The rows of every input cut by outputs, in the containers of the result and the arguments."""
    b = len(batch)
    matrices, start = [], 0
    for part in lin.form.arrays():
        group, x = rows[start : start + part.count], lin.inputs[start]
        start += part.count
        if part.shape is None:
            matrices.append((group[0], x.shape[b:]))
        else:  # an array of Values: a column each
            join = stack if any(isinstance(g, Node) for g in group) else np.stack
            matrices.append((join(group, -1), part.shape))
    cuts, start, leaf = [], 0, 0
    for part in lin.out_form.arrays():
        inner = shape(lin.outputs[leaf])[b:] if part.shape is None else part.shape
        cut = (slice(None),) * b + (slice(start, start + prod(inner)),)
        cuts.append(
            lin.form.arrange([number(reshape_to(m[cut], batch + inner + s)) for m, s in matrices])
        )
        start += prod(inner)
        leaf += part.count
    return lin.out_form.arrange(cuts)


def reshape_to(x: Any, new: tuple[int, ...]) -> Any:
    """Data or node in another shape."""
    return reshape(x, new) if isinstance(x, Node) else x.reshape(new)


def number(x: Any) -> Any:
    """A single number of data as a float."""
    return x if isinstance(x, Node) or x.ndim else x.item()
