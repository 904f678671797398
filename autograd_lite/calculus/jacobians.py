"""All derivatives at once: Jacobians and Hessians, in the containers of the result and arguments.

Source: Griewank and Walther, *Evaluating Derivatives* (2008), section 3.2 (vector reverse mode).
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from ..core.graph import Node
from ..core.operation import shape
from ..ops.shape import reshape, stack
from .examples import batch_shape, per_example_rows
from .linearize import Linearized
from .reverse import grad, named
from .rows import all_rows

__all__ = ["hessian", "jacobian"]


def jacobian(f: Callable[..., Any], argnums: Any = 0, batch_dims: int = 0) -> Callable[..., Any]:
    """J of shape `out.shape + in.shape`: ∂out_i/∂in_j for all i, j, in one sweep of K seeds.

    Nested results and arguments give nested blocks, the form of the result outside and that of the
    argument inside, as in JAX. A list or array of Values counts as one array.

    With `batch_dims=b` the first b axes of every argument and result count examples, which `f` maps
    each by itself; J is then one Jacobian for each, `batch + out.shape[b:] + in.shape[b:]`.

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

    def derivative(*args: Any, **kwargs: Any) -> Any:
        lin = Linearized("jacobian", f, argnums, args, kwargs)
        batch = batch_shape(lin, batch_dims)
        rows = per_example_rows(lin, batch) if batch_dims else all_rows(lin)
        return blocks(lin, rows, batch)

    return named(derivative, "jacobian", f)


def hessian(f: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    """∇²f of shape `in.shape + in.shape`, for a function whose result is one number.

    Several or nested arguments give nested blocks: `H[a][b]` has shape `a.shape + b.shape`.

    >>> import autograd_lite as ag
    >>> ag.hessian(lambda x: x[0] * x[1] ** 2)([1.0, 3.0])
    array([[0., 6.],
           [6., 2.]])
    """
    return named(jacobian(grad(f, argnums), argnums), "hessian", f)


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
