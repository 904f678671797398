"""Scalar expressions against sympy: the function and its first three derivatives, symbolically."""

import pytest
import sympy as sp

import autograd_lite as ag

x = sp.Symbol("x")
log, exp, sqrt, sin, cos, tanh = sp.log, sp.exp, sp.sqrt, sp.sin, sp.cos, sp.tanh

# expression, points
EXPRESSIONS = [
    (x**3 - 2 * x**2 + 5, (-1.3, 0.4, 2.0)),
    (exp(-(x**2)) * sin(3 * x), (-0.7, 0.2, 1.1)),
    (log(1 + exp(x)), (-3.0, 0.5, 4.0)),
    (1 / (1 + exp(-x)), (-2.0, 0.1, 3.0)),
    (tanh(x) / (1 + x**2), (-1.0, 0.3, 2.0)),
    (sqrt(1 + x**2) - log(x + 2), (-1.5, 0.5, 3.0)),
    (x**x, (0.3, 1.0, 2.2)),
    (sin(cos(x) * x), (-1.0, 0.6, 2.0)),
    (sp.atan(x) * sp.asinh(x), (-2.0, 0.5, 1.5)),
    (sp.acosh(x) + sp.atanh(1 / x), (1.3, 2.0, 5.0)),
    (sp.asin(x) - sp.acos(x / 2), (-0.6, 0.1, 0.8)),
    (sp.tan(x) * sp.cosh(x), (-1.0, 0.2, 0.9)),
    (sp.sinh(x) ** 2 / x, (0.4, 1.5)),
    (x ** sp.Rational(7, 3) + x ** (-sp.Rational(1, 2)), (0.5, 2.0)),
    ((x + 1) / (x**2 + x + 1) * exp(x / 3), (-2.0, 0.3, 1.7)),
    (log(log(x + 3)) * sqrt(x + 3), (-1.5, 0.5, 6.0)),
    (2**x - sp.cbrt(x), (0.3, 2.0)),
    (exp(sin(x)) ** 2 / (2 + cos(x)), (-2.0, 0.0, 2.0)),
]

NAMES = {
    "log": ag.log, "exp": ag.exp, "sqrt": ag.sqrt, "sin": ag.sin, "cos": ag.cos, "tan": ag.tan,
    "tanh": ag.tanh, "sinh": ag.sinh, "cosh": ag.cosh, "asin": ag.arcsin, "acos": ag.arccos,
    "atan": ag.arctan, "asinh": ag.arcsinh, "acosh": ag.arccosh, "atanh": ag.arctanh,
    "cbrt": ag.cbrt,
}  # fmt: skip


@pytest.mark.parametrize(("expression", "points"), EXPRESSIONS, ids=lambda e: str(e)[:30])
def test_to_third_order(expression, points):
    f = sp.lambdify(x, expression, modules=[NAMES, "math"])
    derivative, exact = f, expression
    for _ in range(4):
        for point in points:
            expected = float(exact.subs(x, sp.Float(repr(point), 40)).evalf(30))
            got = derivative(ag.Value(point))
            got = got.data if isinstance(got, ag.Node) else got
            assert got == pytest.approx(expected, rel=1e-11, abs=1e-12)
            assert derivative(point) == pytest.approx(expected, rel=1e-11, abs=1e-12)
        derivative, exact = ag.grad(derivative), sp.diff(exact, x)
