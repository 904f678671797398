"""Distributions of `scipy.stats` on nodes: each is its log-density and, where it has one, its cdf.

Arguments and shapes are SciPy's. The rest (`rvs`, `ppf`, `fit`, ...) is SciPy's own.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core.elementwise import exp, expm1, log, log1p
from ..core.graph import data
from ..ops.branches import where
from ..ops.scipy_special import special
from ..ops.shape import reshape, sum
from ..ops.solve import slogdet, solve
from .real import real

__all__ = [
    "bernoulli",
    "beta",
    "dirichlet",
    "expon",
    "gamma",
    "multivariate_normal",
    "norm",
    "poisson",
    "t",
]

LOG_2PI = math.log(2 * math.pi)


class Distribution:
    """A distribution of SciPy's, whose density and distribution function take nodes."""

    def __init__(self) -> None:
        self.name = type(self).__name__.strip("_")

    def __getattr__(self, name: str) -> Any:
        return getattr(getattr(real("stats"), self.name), name)


class Continuous(Distribution):
    """One of a standardised variable z = (x − loc) / scale, with `shapes` parameters before loc."""

    shapes = 0

    def log_density(self, z: Any, *shapes: Any) -> Any:
        """log p(z)"""
        raise NotImplementedError

    def distribution(self, z: Any, *shapes: Any) -> Any:
        """P(Z ≤ z)"""
        raise NotImplementedError

    def log_distribution(self, z: Any, *shapes: Any) -> Any:
        """log P(Z ≤ z)"""
        return log(self.distribution(z, *shapes))

    def standard(self, args: tuple[Any, ...], kwargs: Any) -> tuple[Any, Any, tuple[Any, ...]]:
        """The variable, its scale, and the shape parameters."""
        x, shapes, rest = args[0], args[1 : 1 + self.shapes], args[1 + self.shapes :]
        loc = rest[0] if rest else kwargs.get("loc", 0.0)
        scale = rest[1] if len(rest) > 1 else kwargs.get("scale", 1.0)
        x = np.asarray(x) if isinstance(x, list | tuple) else x
        return (x - loc) / scale, scale, shapes

    def logpdf(self, *args: Any, **kwargs: Any) -> Any:
        """log p(x), −∞ outside the support."""
        z, scale, shapes = self.standard(args, kwargs)
        inside = self.supports(data(z))
        if np.all(inside):
            return self.log_density(z, *shapes) - log(scale)
        middle = where(inside, z, 0.5)
        return where(inside, self.log_density(middle, *shapes) - log(scale), -np.inf)

    def pdf(self, *args: Any, **kwargs: Any) -> Any:
        """p(x)"""
        return exp(self.logpdf(*args, **kwargs))

    def cdf(self, *args: Any, **kwargs: Any) -> Any:
        """P(X ≤ x)"""
        z, _, shapes = self.standard(args, kwargs)
        return self.distribution(z, *shapes)

    def logcdf(self, *args: Any, **kwargs: Any) -> Any:
        """log P(X ≤ x)"""
        z, _, shapes = self.standard(args, kwargs)
        return self.log_distribution(z, *shapes)

    def supports(self, z: Any) -> Any:
        """Where the density is not 0."""
        return z == z


class _norm(Continuous):
    def log_density(self, z: Any) -> Any:
        return -0.5 * z * z - 0.5 * LOG_2PI

    def distribution(self, z: Any) -> Any:
        return special.ndtr(z)

    def log_distribution(self, z: Any) -> Any:
        return special.log_ndtr(z)


class _expon(Continuous):
    def log_density(self, z: Any) -> Any:
        return -z

    def distribution(self, z: Any) -> Any:
        return where(self.supports(data(z)), -expm1(-z), 0.0)

    def supports(self, z: Any) -> Any:
        return z >= 0


class _t(Continuous):
    shapes = 1

    def log_density(self, z: Any, df: Any) -> Any:
        constant = special.gammaln((df + 1) / 2) - special.gammaln(df / 2) - 0.5 * log(df * np.pi)
        return constant - (df + 1) / 2 * log1p(z * z / df)

    def distribution(self, z: Any, df: Any) -> Any:
        return special.stdtr(df, z)


class _gamma(Continuous):
    shapes = 1

    def log_density(self, z: Any, a: Any) -> Any:
        return special.xlogy(a - 1.0, z) - z - special.gammaln(a)

    def distribution(self, z: Any, a: Any) -> Any:
        return special.gammainc(a, where(self.supports(data(z)), z, 0.0))

    def supports(self, z: Any) -> Any:
        return z >= 0


class _beta(Continuous):
    shapes = 2

    def log_density(self, z: Any, a: Any, b: Any) -> Any:
        powers = special.xlogy(a - 1.0, z) + special.xlog1py(b - 1.0, -z)
        return powers - special.betaln(a, b)

    def distribution(self, z: Any, a: Any, b: Any) -> Any:
        inside = where(self.supports(data(z)), z, 0.5)
        return where(data(z) < 0, 0.0, where(data(z) > 1, 1.0, special.betainc(a, b, inside)))

    def supports(self, z: Any) -> Any:
        return (z >= 0) & (z <= 1)


class Discrete(Distribution):
    """One of whole numbers."""

    def logpmf(self, k: Any, *args: Any) -> Any:
        """log P(K = k)"""
        raise NotImplementedError

    def pmf(self, k: Any, *args: Any) -> Any:
        """P(K = k)"""
        return exp(self.logpmf(k, *args))


class _poisson(Discrete):
    def logpmf(self, k: Any, mu: Any) -> Any:
        k = np.asarray(k, float)
        return special.xlogy(k, mu) - special.gammaln(k + 1) - mu

    def cdf(self, k: Any, mu: Any) -> Any:
        """P(K ≤ k)"""
        return special.pdtr(np.asarray(k, float), mu)


class _bernoulli(Discrete):
    def logpmf(self, k: Any, p: Any) -> Any:
        k = np.asarray(k, float)
        return special.xlogy(k, p) + special.xlog1py(1 - k, -p)

    def cdf(self, k: Any, p: Any) -> Any:
        """P(K ≤ k)"""
        k = np.asarray(k, float)
        return where(k < 0, 0.0, where(k >= 1, 1.0, 1 - p))


class _dirichlet(Distribution):
    def logpdf(self, x: Any, alpha: Any) -> Any:
        """log p(x), for shares along the first axis of x."""
        x = np.asarray(x) if isinstance(x, list | tuple) else x
        powers = reshape(alpha, (-1,) + (1,) * (x.ndim - 1)) - 1.0
        constant = special.gammaln(sum(alpha)) - sum(special.gammaln(alpha))
        return constant + sum(special.xlogy(powers, x), 0)

    def pdf(self, x: Any, alpha: Any) -> Any:
        """p(x)"""
        return exp(self.logpdf(x, alpha))


class _multivariate_normal(Distribution):
    def logpdf(self, x: Any, mean: Any = 0.0, cov: Any = 1.0) -> Any:
        """log p(x), for vectors along the last axis of x. A number as `cov` is a variance."""
        x = np.asarray(x, float) if isinstance(x, list | tuple) else x
        away = x - mean
        d = away.shape[-1] if away.ndim else 1
        ndim = getattr(cov, "ndim", np.ndim(data(cov)))
        cov = cov * np.eye(d) if ndim == 0 else cov if ndim == 2 else cov * np.eye(d)
        rows = reshape(away, (-1, d))
        squares = sum(rows * solve(cov, rows.T).T, 1)
        result = -0.5 * (d * LOG_2PI + slogdet(cov)[1] + squares)
        return reshape(result, away.shape[:-1])

    def pdf(self, x: Any, mean: Any = 0.0, cov: Any = 1.0) -> Any:
        """p(x)"""
        return exp(self.logpdf(x, mean, cov))


norm, expon, t, gamma, beta = _norm(), _expon(), _t(), _gamma(), _beta()
poisson, bernoulli = _poisson(), _bernoulli()
dirichlet, multivariate_normal = _dirichlet(), _multivariate_normal()


def __getattr__(name: str) -> Any:
    return getattr(real("stats"), name)
