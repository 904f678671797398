"""Derivatives of functions in reverse mode: grad, value_and_grad, elementwise_grad, vjp, hvp.

Each calls the function on fresh nodes, sweeps what it recorded, and leaves every `.grad` alone; see
`linearize`. Jacobians and Hessians are in `jacobians`, forward mode is in `forward`.

Arguments are numbers, arrays, nodes, or nested lists, tuples, named tuples, dicts and dataclasses
of them; a derivative has the form of its argument. `argnums` counts positional arguments from 0,
and a tuple of them gives a tuple of derivatives. Keyword arguments are passed on. With
`has_aux=True` the function returns a pair, its result and anything else, which is handed on.

Source: Griewank and Walther, *Evaluating Derivatives* (2008), chapters 3 and 5. The names and their
meaning follow JAX and HIPS autograd.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MethodType
from typing import Any, ParamSpec

import numpy as np

from .arguments import checked
from .linearize import Linearized

__all__ = ["Derivative", "elementwise_grad", "grad", "hvp", "value_and_grad", "vjp"]

P = ParamSpec("P")  # what `f` takes, its derivative takes


class Derivative:
    """A function made of another: `ag.grad(f)` and its like. It can be pickled if `f` can."""

    def __init__(self, name: str, rule: Callable[..., Any], f: Any, *options: Any) -> None:
        self.rule = rule  # is given the options, `f`, and what it is called with
        self.options = options
        self.__wrapped__ = f  # whose signature it has
        self.__name__ = self.__qualname__ = f"{name}({getattr(f, '__name__', f)})"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.rule(*self.options, self.__wrapped__, args, kwargs)

    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        return self if owner is None else MethodType(self, owner)  # as a function in a class is

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


def value_and_grad(
    f: Callable[P, Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[P, tuple[Any, Any]]:
    """(f(x), ∇f(x)) for a function whose result is one number.

    An argument that the result does not depend on has zeros for its gradient. With `has_aux` f
    returns (value, anything), and this ((value, anything), gradient).

    Raises ValueError for a result that is no single number, or that no operation on nodes made.
    Warns (UserWarning) when the result is made of nodes but depends on no argument at all.

    >>> import autograd_lite as ag
    >>> ag.value_and_grad(lambda x: x**3)(2.0)
    (8.0, 12.0)
    >>> ag.value_and_grad(lambda x: (x**3, "cubed"), has_aux=True)(2.0)
    ((8.0, 'cubed'), 12.0)
    """
    return Derivative("value_and_grad", _value_and_grad, f, argnums, has_aux)


def _value_and_grad(argnums: Any, has_aux: bool, f: Any, args: Any, kwargs: Any) -> Any:
    lin = Linearized("value_and_grad", f, argnums, args, kwargs, has_aux)
    gradient = lin.form(lin.fitted(lin.pull([lin.scalar().one()])))
    return (lin.with_aux(lin.value()) if has_aux else lin.value()), gradient


def grad(
    f: Callable[P, Any], argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Callable[P, Any]:
    """∇f: a function that returns the gradient of `f` where it is called. See `value_and_grad`.

    With `has_aux` f returns (value, anything), and this (gradient, anything).

    >>> import autograd_lite as ag
    >>> ag.grad(lambda x: x**3)(2.0)
    12.0
    >>> ag.grad(ag.grad(lambda x: x**3))(2.0)
    12.0
    >>> ag.grad(lambda p: p["w"] * 2.0 + p["b"])({"w": 3.0, "b": 1.0})
    {'w': 2.0, 'b': 1.0}
    """
    return Derivative("grad", _grad, f, argnums, has_aux)


def _grad(argnums: Any, has_aux: bool, f: Any, args: Any, kwargs: Any) -> Any:
    lin = Linearized("grad", f, argnums, args, kwargs, has_aux)
    gradient = lin.form(lin.fitted(lin.pull([lin.scalar().one()])))
    return lin.with_aux(gradient) if has_aux else gradient


def elementwise_grad(f: Callable[P, Any], argnums: int | Sequence[int] = 0) -> Callable[P, Any]:
    """f' entry by entry, for a function that maps each entry by itself.

    It is the gradient of Σ f(x), so for any other function it is the sum of the Jacobian's rows.
    Mirrors `autograd.elementwise_grad`.

    >>> import autograd_lite as ag
    >>> ag.elementwise_grad(ag.tanh)([0.0, 1.0]).round(4)
    array([1.  , 0.42])
    """
    return Derivative("elementwise_grad", _elementwise_grad, f, argnums)


def _elementwise_grad(argnums: Any, f: Any, args: Any, kwargs: Any) -> Any:
    lin = Linearized("elementwise_grad", f, argnums, args, kwargs)
    ones = [np.ones(x.shape, x.dtype) if np.shape(x) else 1.0 for x in lin.outputs]
    return lin.form(lin.fitted(lin.pull(ones)))


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], Any]]:
    """(f(*primals), pullback): `pullback(g)` is gᵀJ, a cotangent for every primal, as a tuple.

    `g` has the form of the result; the pullback can be called again and again. Raises ValueError
    for a cotangent of another form or shape.

    >>> import autograd_lite as ag
    >>> out, pullback = ag.vjp(ag.softmax, [2.0, 1.0, 0.1])
    >>> pullback([1.0, 0.0, 0.0])[0].round(4)
    array([ 0.2247, -0.1598, -0.065 ])
    """
    if not primals:
        raise ValueError("vjp needs a function and the arguments to linearize it at")
    lin = Linearized("vjp", f, tuple(range(len(primals))), primals, {})

    def pullback(g: Any) -> Any:
        return lin.form(lin.fitted(lin.pull(cotangents(g, lin))))

    return lin.value(), pullback


def cotangents(g: Any, lin: Linearized) -> list[Any]:
    """One cotangent for every output, from one container in the form of the result."""
    seeds = lin.out_form.leaves_of(g, "a cotangent")
    return [checked(s, x, "a cotangent") for s, x in zip(seeds, lin.outputs, strict=True)]


def hvp(f: Callable[..., Any], x: Any, v: Any) -> Any:
    """∇²f(x)·v without forming the Hessian: the derivative of ⟨∇f, v⟩. `v` has the form of `x`.

    Source: Pearlmutter, "Fast exact multiplication by the Hessian" (1994).

    >>> import autograd_lite as ag
    >>> ag.hvp(lambda x: (x**3).sum(), [1.0, 2.0], [1.0, 0.0])
    array([6., 0.])
    """
    return vjp(grad(f), x)[1](v)[0]
