"""Planted mistakes: problems with gradients derived by hand, and the wrong lines people write.

Every problem has the forward pass in the package's functions, as a student writes it, and the
backward pass in plain NumPy. `bug` names the one wrong line; None is the right gradient. `CASES`
lists what to plant where, with the code of the catalogue that it stands for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import autograd_lite as ag
from autograd_lite.check import CODES

# The equal-number groups: the same numbers have several stories, and any of them is a hit.
GROUPS = [
    {"double-counted", "scale"},
    {"sign", "path-sign"},
]


@dataclass
class Problem:
    """A loss `f` of several named arrays, and its gradient by hand, right or with a planted bug."""

    f: Callable[..., Any]
    args: dict[str, np.ndarray]
    hand: Callable[[str | None], dict[str, np.ndarray]]


def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# --- softmax with cross-entropy: a linear classifier ----------------------------------------------


def classifier(seed=0, soft=False, unit=True):
    rng = np.random.default_rng(seed)
    batch, inputs, classes = 6, 5, 4
    X = rng.normal(size=(batch, inputs))
    W = rng.normal(size=(inputs, classes))
    b = rng.normal(size=classes)
    y = np.array([0, 2, 1, 3, 0, 2])
    t = np.eye(classes)[y]
    if soft:
        t = rng.uniform(0.1, 1, size=(batch, classes))
        t = t / t.sum(axis=1, keepdims=True) if unit else t

    def f(W, b):
        return ag.cross_entropy(ag.softmax(ag.matmul(X, W) + b), t)

    def hand(bug):
        z = X @ W + b
        h = softmax(z)
        ones = t.sum(axis=1, keepdims=True)
        d = (h * ones - t) / batch
        g = -t / h / batch
        wrong = {
            "sign": -d,
            "no mean": d * batch,
            "mean twice": d / batch,
            "mean over all": d / classes,
            "divided by classes": d * batch / classes,
            "diagonal": h * (1 - h) * g,
            "true class": d * (t != 0),
            "plus": h * (1 - h) * g + h * ((g * h).sum(1, keepdims=True) - g * h),
            "rows summed": h - h * h.sum(1, keepdims=True),
            "again": h * (d - (d * h).sum(1, keepdims=True)),
            "again diagonal": d * h * (1 - h),
            "twice": (softmax(h) - t) / batch,
            "index": (h - y[:, None]) / batch,
            "off by one": (h - np.roll(t, 1, axis=1)) / batch,
            "no targets": h / batch,
            "logits": (z - t) / batch,
            "exp": (np.exp(z) - t) / batch,
            "exp shifted": (np.exp(z - z.max(1, keepdims=True)) - t) / batch,
            "no log": h * (-t + (t * h).sum(1, keepdims=True)) / batch,
            "other axis": (softmax(z, axis=0) - t) / batch,
            "sum other axis": h * (g - (g * h).sum(0, keepdims=True)),
            "no denominator": h * g,
            "shortcut": (h - t) / batch,
        }
        if bug in wrong:
            d = wrong[bug]
        dW, db = X.T @ d, d.sum(axis=0)
        if bug == "W transposed product":
            dW = d.T @ X
        if bug == "bias kept":
            db = d
        if bug == "bias column":
            db = db[None, :]
        if bug == "bias over classes":
            db = d.sum(axis=1)
        if bug == "last":
            for i in range(batch):
                dW, db = np.outer(X[i], d[i]), d[i]
        if bug == "first":
            dW, db = np.outer(X[0], d[0]), d[0]
        return {"W": dW, "b": db}

    return Problem(f, {"W": W, "b": b}, hand)


# --- ridge regression -----------------------------------------------------------------------------


def ridge(seed=1):
    rng = np.random.default_rng(seed)
    n, d, penalty = 8, 5, 0.3
    X, y, w = rng.normal(size=(n, d)), rng.normal(size=n), rng.normal(size=d)

    def f(w):
        r = ag.matmul(X, w) - y
        return ag.sum(r * r) / n + 0.5 * penalty * ag.sum(w * w)

    def hand(bug):
        r = X @ w - y
        data, prior = 2 * X.T @ r / n, penalty * w
        if bug == "two forgotten":
            data = X.T @ r / n
        if bug == "mean forgotten":
            data = 2 * X.T @ r
        if bug == "half forgotten":
            prior = 2 * penalty * w
        if bug == "penalty forgotten":
            prior = 0
        if bug == "penalty sign":
            prior = -prior
        if bug == "penalty twice":
            prior = 2 * prior
        if bug == "residual sign":
            return {"w": -(data + prior)}
        if bug == "column":
            return {"w": (data + prior)[:, None]}
        if bug == "row":
            return {"w": (data + prior)[None, :]}
        if bug == "per example":
            return {"w": 2 * X * r[:, None] / n}
        if bug == "last":
            data = 2 * X[-1] * r[-1] / n
        if bug == "first":
            data = 2 * X[0] * r[0] / n
        if bug == "overwritten":
            data = 0
        if bug == "not reset":
            return {"w": 2 * (data + prior)}
        if bug == "targets shifted":
            data = 2 * X.T @ (X @ w - np.roll(y, 1)) / n
        if bug == "y for residual":
            data = 2 * X.T @ y / n
        if bug == "zero":
            data = prior = np.zeros(d)
        return {"w": data + prior}

    return Problem(f, {"w": w}, hand)


# --- two-layer networks ---------------------------------------------------------------------------


ACTIVATIONS = {
    "tanh": (ag.tanh, np.tanh, lambda x, y: 1 - y * y),
    "sigmoid": (ag.sigmoid, sigmoid, lambda x, y: y * (1 - y)),
    "relu": (ag.relu, lambda x: np.maximum(x, 0), lambda x, y: (x > 0).astype(float)),
}


def network(activation="tanh", seed=2, square=False):
    rng = np.random.default_rng(seed)
    batch, inputs, hidden, outputs = 7, 4, 5, 3
    if square:
        inputs = hidden = outputs = 4
    X, Y = rng.normal(size=(batch, inputs)), rng.normal(size=(batch, outputs))
    W1, b1 = rng.normal(size=(inputs, hidden)), rng.normal(size=hidden)
    W2, b2 = rng.normal(size=(hidden, outputs)), rng.normal(size=outputs)
    act, act_np, slope = ACTIVATIONS[activation]

    def f(W1, b1, W2, b2):
        a = act(ag.matmul(X, W1) + b1)
        r = ag.matmul(a, W2) + b2 - Y
        return ag.sum(r * r) / (2 * batch)

    def hand(bug):
        z = X @ W1 + b1
        a = act_np(z)
        d = (a @ W2 + b2 - Y) / batch
        if bug == "mean forgotten":
            d = d * batch
        if bug == "targets forgotten":
            d = (a @ W2 + b2) / batch
        dW2, db2 = a.T @ d, d.sum(0)
        if bug == "inputs for hidden":
            dW2 = X.T @ d
        if bug == "before activation":
            dW2 = z.T @ d
        if bug == "stale hidden":
            dW2 = (d @ W2.T).T @ d
        if bug == "W2 product turned":
            dW2 = d.T @ a
        da = d @ W2.T
        if bug == "W2 not transposed":
            da = d @ W2
        if bug == "W2 updated":
            da = d @ (W2 - 0.1 * dW2).T
        if bug == "da transposed":
            da = (W2 @ d.T).T[:, ::-1]
        s = {
            None: slope(z, a),
            "slope forgotten": 1.0,
            "slope at output": slope(a, act_np(a)),
            "one minus y": 1 - a,
            "y(1-y)": a * (1 - a),
            "mask inverted": 1 - slope(z, a),
            "input for output": slope(z, z),
        }.get(bug, slope(z, a))
        dz = da * s
        dW1, db1 = X.T @ dz, dz.sum(0)
        if bug == "W1 product turned":
            dW1 = dz.T @ X
        if bug == "bias kept":
            db1 = dz
        if bug == "bias over units":
            db1 = dz.sum(1)
        if bug == "bias row":
            db1 = db1[None]
        if bug == "last":
            dW1, db1 = np.outer(X[-1], dz[-1]), dz[-1]
        if bug == "first":
            dW1, db1 = np.outer(X[0], dz[0]), dz[0]
        if bug == "sign":
            dW1, db1 = -dW1, -db1
        if bug == "zero":
            dW1, db1 = 0 * dW1, 0 * db1
        if bug == "not reset":
            dW1, db1 = 2 * dW1, 2 * db1
        if bug == "reshaped":
            dW1 = dW1.T.reshape(dW1.shape)
        return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}

    return Problem(f, {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, hand)


# --- normalisation --------------------------------------------------------------------------------


def normalisation(axis=1, seed=3, square=False):
    """Layer norm (axis 1) or batch norm (axis 0), then a weighted sum of tanh."""
    rng = np.random.default_rng(seed)
    rows, columns = (5, 5) if square else (6, 4)
    X, C = rng.normal(size=(rows, columns)), rng.normal(size=(rows, columns))
    gamma, beta = rng.normal(size=columns), rng.normal(size=columns)
    n = (rows, columns)[axis]

    def f(X, gamma, beta):
        m = ag.mean(X, axis, keepdims=True)
        away = X - m
        v = ag.mean(away * away, axis, keepdims=True)
        xhat = away / ag.sqrt(v + 1e-5)
        return ag.sum(ag.tanh(xhat * gamma + beta) * C)

    def hand(bug):
        away = X - X.mean(axis, keepdims=True)
        v = (away**2).mean(axis, keepdims=True)
        s = np.sqrt(v + 1e-5)
        xhat = away / s
        y = np.tanh(xhat * gamma + beta)
        dy = C * (1 - y * y)
        dgamma, dbeta = (dy * xhat).sum(0), dy.sum(0)
        if bug == "gamma kept":
            dgamma = dy * xhat
        if bug == "beta kept":
            dbeta = dy
        if bug == "beta over columns":
            dbeta = dy.sum(1)
        if bug == "gamma with x":
            dgamma = (dy * X).sum(0)
        if bug == "gamma with away":
            dgamma = (dy * away).sum(0)
        dxhat = dy * gamma
        if bug == "gamma forgotten":
            dxhat = dy
        ds = (-dxhat * away / s**2).sum(axis, keepdims=True)
        if bug == "quotient sign":
            ds = -ds
        if bug == "quotient power":
            ds = (-dxhat * away / s).sum(axis, keepdims=True)
        dv = ds * 0.5 / s
        if bug == "sqrt half":
            dv = ds / s
        daway = dxhat / s + dv * 2 * away / n
        if bug == "variance forgotten":
            daway = dxhat / s
        if bug == "variance sign":
            daway = dxhat / s - dv * 2 * away / n
        if bug == "variance twice":
            daway = dxhat / s + 2 * dv * 2 * away / n
        if bug == "square two forgotten":
            daway = dxhat / s + dv * away / n
        if bug == "n - 1":
            daway = dxhat / s + dv * 2 * away / (n - 1)
        dm = -daway.sum(axis, keepdims=True)
        if bug == "mean over other axis":
            dm = -daway.sum(1 - axis, keepdims=True)
        dX = daway + dm / n
        if bug == "mean forgotten":
            dX = daway
        if bug == "mean sign":
            dX = daway - dm / n
        if bug == "only mean":
            dX = dm / n + 0 * daway
        if bug == "transposed":
            dX = dX.T
        if bug == "wrong order":
            dX = dX.T.reshape(dX.shape)
        if bug == "reversed":
            dX = dX[::-1]
        return {"X": dX, "gamma": dgamma, "beta": dbeta}

    return Problem(f, {"X": X, "gamma": gamma, "beta": beta}, hand)


# --- a recurrent step -----------------------------------------------------------------------------


def recurrent(seed=4):
    rng = np.random.default_rng(seed)
    batch, size = 5, 4
    xs = rng.normal(size=(3, batch, size))
    h0, C = rng.normal(size=(batch, size)), rng.normal(size=(batch, size))
    U, W, b = rng.normal(size=(size, size)), rng.normal(size=(size, size)), rng.normal(size=size)

    def f(U, W, b):
        h = h0
        for x in xs:
            h = ag.tanh(ag.matmul(x, U) + ag.matmul(h, W) + b)
        return ag.sum(h * C) / batch

    def hand(bug):
        hs, h = [h0], h0
        for x in xs:
            h = np.tanh(x @ U + h @ W + b)
            hs.append(h)
        dU, dW, db = np.zeros_like(U), np.zeros_like(W), np.zeros_like(b)
        dh = C / batch
        if bug == "mean forgotten":
            dh = C
        for k in (2, 1, 0):
            a = hs[k + 1]
            dz = dh * (1 - a * a)
            if bug == "slope forgotten" and k == 2:
                dz = dh
            if bug == "slope at output" and k == 2:
                dz = dh * (1 - np.tanh(a) ** 2)
            if bug == "one minus y" and k == 1:
                dz = dh * (1 - a)
            dU += xs[k].T @ dz
            before = hs[k]
            if bug == "hidden after" and k == 1:
                before = hs[k + 1]
            if bug == "inputs for hidden" and k == 2:
                before = xs[k]
            if bug == "stale hidden" and k == 2:
                before = dz @ W.T
            if bug == "overwritten":
                dW, db = before.T @ dz, dz.sum(0)
            elif not (bug == "step forgotten" and k == 1):
                times = {"step twice": 2, "step sign": -1}.get(bug, 1) if k == 1 else 1
                dW += times * (before.T @ dz)
                db += times * dz.sum(0)
            dh = dz @ W.T
            if bug == "W not transposed" and k == 2:
                dh = dz @ W
        if bug == "all turned":
            dW = dW.T
        if bug == "rolled":
            dW = np.roll(dW, 1, axis=0)
        if bug == "bias row":
            db = db[None]
        return {"U": dU, "W": dW, "b": db}

    return Problem(f, {"U": U, "W": W, "b": b}, hand)


# --- attention ------------------------------------------------------------------------------------


def attention(seed=5):
    rng = np.random.default_rng(seed)
    n, d = 4, 3
    Q, K, V, C = (rng.normal(size=(n, d)) for _ in range(4))

    def f(Q, K, V):
        s = ag.matmul(Q, ag.transpose(K)) / np.sqrt(d)
        return ag.sum(ag.matmul(ag.softmax(s), V) * C)

    def hand(bug):
        s = Q @ K.T / np.sqrt(d)
        a = softmax(s)
        dV = a.T @ C
        if bug == "a not transposed":
            dV = a @ C
        da = C @ V.T
        ds = a * (da - (da * a).sum(1, keepdims=True))
        if bug == "diagonal":
            ds = a * (1 - a) * da
        if bug == "plus":
            ds = a * (1 - a) * da + a * ((da * a).sum(1, keepdims=True) - da * a)
        if bug == "numerator":
            ds = a * da
        if bug == "other axis":
            ds = a * (da - (da * a).sum(0, keepdims=True))
        if bug == "softmax other axis":
            b = softmax(s, axis=0)
            ds = b * (da - (da * b).sum(0, keepdims=True))
        if bug == "exp":
            e = np.exp(s)
            ds = e * (da - (da * e).sum(1, keepdims=True))
        if bug == "logits":
            ds = s * (da - (da * s).sum(1, keepdims=True))
        if bug == "shifted exp":
            e = np.exp(s - s.max(1, keepdims=True))
            ds = e * (da - (da * e).sum(1, keepdims=True))
        if bug == "rows summed":
            ds = a * (1 - a.sum(1, keepdims=True))
        ds = ds / np.sqrt(d)
        if bug == "scale forgotten":
            ds = ds * np.sqrt(d)
        if bug == "scale twice":
            ds = ds / np.sqrt(d)
        dQ, dK = ds @ K, ds.T @ Q
        if bug == "s not transposed":
            dK = ds @ Q
        if bug == "Q for K":
            dQ = ds @ Q
        if bug == "K for Q":
            dK = ds.T @ K
        return {"Q": dQ, "K": dK, "V": dV}

    return Problem(f, {"Q": Q, "K": K, "V": V}, hand)


# --- hinge loss -----------------------------------------------------------------------------------


def hinge(seed=6):
    rng = np.random.default_rng(seed)
    n, d = 8, 4
    X, w = rng.normal(size=(n, d)), rng.normal(size=d)
    y = np.where(rng.normal(size=n) > 0, 1.0, -1.0)
    penalty = 0.2

    def f(w):
        margin = 1 - ag.matmul(X, w) * y
        return ag.sum(ag.maximum(margin, 0.0)) / n + penalty * ag.sum(w**2)

    def hand(bug):
        margin = 1 - (X @ w) * y
        on = (margin > 0).astype(float)
        if bug == "mask forgotten":
            on = np.ones(n)
        if bug == "mask inverted":
            on = 1 - on
        if bug == "value for mask":
            on = np.maximum(margin, 0)
        data = -X.T @ (on * y) / n
        if bug == "labels forgotten":
            data = -X.T @ on / n
        if bug == "data sign":
            data = -data
        if bug == "mean forgotten":
            data = data * n
        prior = 2 * penalty * w
        if bug == "prior forgotten":
            prior = 0
        if bug == "two forgotten":
            prior = penalty * w
        if bug == "data forgotten":
            data = 0
        if bug == "prior twice":
            prior = 2 * prior
        if bug == "last":
            data = -X[-1] * on[-1] * y[-1] / n
        if bug == "sign":
            data, prior = -data, -prior
        if bug == "zero":
            data, prior = 0 * data, 0 * prior
        return {"w": data + prior}

    return Problem(f, {"w": w}, hand)


# --- embeddings: repeated indices -----------------------------------------------------------------


def embedding(kind="rows", seed=7):
    rng = np.random.default_rng(seed)
    E, C = rng.normal(size=(6, 3)), rng.normal(size=(5, 3))
    index = np.array([1, 4, 1, 0, 1])

    def f(E):
        picked = E[index]
        if kind == "tanh":
            picked = ag.tanh(picked)
        if kind == "squared":
            picked = picked * picked
        return ag.sum(picked * C)

    def hand(bug):
        rows = E[index]
        g = C
        if kind == "tanh":
            g = C * (1 - np.tanh(rows) ** 2)
        if kind == "squared":
            g = C * 2 * rows
        dE = np.zeros_like(E)
        if bug == "buffered":
            dE[index] += g
        else:
            np.add.at(dE, index, g)
        if bug == "transposed":
            dE = dE.T
        return {"E": dE}

    return Problem(f, {"E": E}, hand)


# --- other heads ----------------------------------------------------------------------------------


def head(kind="mse", seed=8):
    """Softmax (or sigmoid) followed by another loss than cross-entropy."""
    rng = np.random.default_rng(seed)
    n, k = 5, 4
    Z = rng.normal(size=(n, k))
    T = np.eye(k)[[0, 2, 1, 3, 0]]

    def f(Z):
        if kind == "sigmoid":
            r = ag.sigmoid(Z) - T
            return ag.sum(r * r) / (2 * n)
        h = ag.softmax(Z)
        if kind == "mse":
            r = h - T
            return ag.sum(r * r) / (2 * n)
        if kind == "soft twice":
            return ag.cross_entropy(ag.softmax(h), T)
        if kind == "entropy":
            return ag.sum(h * ag.log(h)) / n
        if kind == "focal":
            return -ag.sum((1 - h) * ag.log(h) * T) / n
        return ag.sum(h * h * T) / n

    def hand(bug):
        h = softmax(Z)
        if kind == "sigmoid":
            s = sigmoid(Z)
            d = (s - T) * s * (1 - s) / n
            return {"Z": (s - T) / n if bug == "shortcut" else d}
        if kind == "mse":
            g = (h - T) / n
        elif kind == "soft twice":
            q = softmax(h)
            g = (q - T) / n
        elif kind == "entropy":
            g = (np.log(h) + 1) / n
        elif kind == "focal":
            g = -T * ((1 - h) / h - np.log(h)) / n
        else:
            g = 2 * h * T / n
        d = h * (g - (g * h).sum(1, keepdims=True))
        if bug == "shortcut":
            d = (h - T) / n
        if bug == "once":
            d = (softmax(h) - T) / n
        if bug == "diagonal":
            d = h * (1 - h) * g
        if bug == "plus":
            d = h * (1 - h) * g + h * ((g * h).sum(1, keepdims=True) - g * h)
        if bug == "rows summed":
            d = h * (1 - h.sum(1, keepdims=True))
        if bug == "logits":
            d = Z * (g - (g * Z).sum(1, keepdims=True))
        if bug == "other axis":
            d = h * (g - (g * h).sum(0, keepdims=True))
        return {"Z": d}

    return Problem(f, {"Z": Z}, hand)


def logits(kind="onehot", seed=9):
    """Softmax with cross-entropy of logits in four spellings, the gradient of the logits asked."""
    rng = np.random.default_rng(seed)
    n, k = 5, 4
    Z = rng.normal(size=(n, k))
    y = np.array([0, 2, 1, 3, 0])
    T = np.eye(k)[y]

    def f(Z):
        if kind == "picked":
            return -ag.sum(ag.log(ag.softmax(Z))[np.arange(n), y]) / n
        if kind == "log softmax":
            return -ag.sum(ag.log_softmax(Z) * T) / n
        if kind == "logsumexp":
            return ag.sum(ag.logsumexp(Z, 1, keepdims=True) - ag.sum(Z * T, 1, keepdims=True)) / n
        if kind == "base two":
            return -ag.sum(ag.log2(ag.softmax(Z)) * T) / n
        return ag.softmax_cross_entropy(Z, T)

    def hand(bug):
        h = softmax(Z)
        d = (h - T) / n
        if kind == "base two" and bug != "base forgotten":
            d = d / np.log(2)
        g = -T / h / n
        wrong = {
            "sign": -d,
            "again": h * (d - (d * h).sum(1, keepdims=True)),
            "twice": (softmax(h) - T) / n,
            "no log": h * (-T + (T * h).sum(1, keepdims=True)) / n,
            "index": (h - y[:, None]) / n,
            "off by one": (h - np.roll(T, 1, axis=1)) / n,
            "logits": (Z - T) / n,
            "exp": (np.exp(Z) - T) / n,
            "diagonal": h * (1 - h) * g,
            "mean forgotten": d * n,
        }
        return {"Z": wrong.get(bug, d)}

    return Problem(f, {"Z": Z}, hand)


def images(seed=10):
    """A small stack of images: reshapes and transposes on the way to a linear layer."""
    rng = np.random.default_rng(seed)
    X, C = rng.normal(size=(2, 3, 4)), rng.normal(size=(4, 6))

    def f(X):
        flat = ag.reshape(ag.transpose(X, (2, 0, 1)), (4, 6))
        return ag.sum(ag.tanh(flat) * C)

    def hand(bug):
        flat = X.transpose(2, 0, 1).reshape(4, 6)
        g = C * (1 - np.tanh(flat) ** 2)
        dX = g.reshape(4, 2, 3).transpose(1, 2, 0)
        if bug == "reshaped only":
            dX = g.reshape(2, 3, 4)
        if bug == "wrong reshape":
            dX = g.reshape(4, 3, 2).transpose(2, 1, 0)
        if bug == "fortran":
            dX = g.reshape(4, 2, 3, order="F").transpose(1, 2, 0)
        if bug == "flipped":
            dX = dX[:, ::-1]
        return {"X": dX}

    return Problem(f, {"X": X}, hand)


def scalar(seed=11):
    """One unit of numbers: x used three times."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=4)
    c = rng.normal(size=4)

    def f(x):
        return ag.sum(ag.sin(x) * c + x / (1 + ag.exp(-x)) + ag.log(1 + x * x))

    def hand(bug):
        s = sigmoid(x)
        first, second, third = np.cos(x) * c, s, x * s * (1 - s)
        fourth = 2 * x / (1 + x * x)
        if bug == "cos sign":
            first = -first
        if bug == "sin forgotten":
            first = c
        if bug == "product path":
            third = 0
        if bug == "product sign":
            third = -third
        if bug == "product twice":
            third = 2 * third
        if bug == "log forgotten":
            fourth = 2 * x
        if bug == "square once":
            fourth = fourth / 2
        return {"x": first + second + third + fourth}

    return Problem(f, {"x": x}, hand)


def shares(seed=12):
    """Two affine maps with square matrices, and a quadratic form."""
    rng = np.random.default_rng(seed)
    n = 4
    x, A, B = rng.normal(size=n), rng.normal(size=(n, n)), rng.normal(size=(n, n))

    def f(x, A):
        y = ag.tanh(ag.matmul(A, x))
        return ag.matmul(y, ag.matmul(B, y))

    def hand(bug):
        y = np.tanh(A @ x)
        dy = (B + B.T) @ y
        if bug == "one side":
            dy = B @ y
        if bug == "other side":
            dy = B.T @ y
        dz = dy * (1 - y * y)
        dx, dA = A.T @ dz, np.outer(dz, x)
        if bug == "J for its transpose":
            dx = A @ dz
        if bug == "outer turned":
            dA = np.outer(x, dz)
        if bug == "y for x":
            dA = np.outer(dz, y)
        if bug == "last component":
            dx = A.T[:, -1] * dz[-1]
        return {"x": dx, "A": dA}

    return Problem(f, {"x": x, "A": A}, hand)


# --- graphs that are cut on the way ---------------------------------------------------------------


def severed(how="data", seed=13):
    """A network whose forward pass leaves the graph once; the hand gradient is right."""
    rng = np.random.default_rng(seed)
    X, C = rng.normal(size=(5, 3)), rng.normal(size=(5, 4))
    W = rng.normal(size=(3, 4))

    def f(W):
        if how == "data":
            return float(np.sum(np.tanh(X @ W.data) * C))
        z = ag.matmul(X, W)
        if how == "detach":
            return ag.sum(ag.tanh(z.detach()) * C) + 0.1 * ag.sum(W * W)
        if how == "item":
            return ag.sum(ag.tanh(z) * C) * ag.sum(W * W).item()
        return ag.sum(ag.Tensor(ag.tanh(z).data) * C)

    def hand(bug):
        y = np.tanh(X @ W)
        dW = X.T @ (C * (1 - y * y))
        if how == "detach":
            dW = dW + 0.2 * W
        if how == "item":
            dW = dW * (W * W).sum() + (y * C).sum() * 2 * W
        return {"W": dW}

    return Problem(f, {"W": W}, hand)


def random_numbers(make, argument):
    """The problem with noise for a hand gradient: nothing explains it."""

    def build():
        problem = make()
        shape = problem.args[argument].shape
        noise = np.random.default_rng(99).normal(size=shape)
        return Problem(problem.f, problem.args, lambda bug: {argument: noise})

    build.__name__ = make.__name__
    return build


@dataclass
class Case:
    code: str
    problem: Callable[[], Problem]
    argument: str
    bug: str

    @property
    def name(self) -> str:
        return f"{self.code}: {self.bug} [{self.argument}]"


def cases() -> list[Case]:
    soft_targets = lambda: classifier(soft=True)  # noqa: E731
    unequal = lambda: classifier(soft=True, unit=False)  # noqa: E731
    tanh, sig, relu = (lambda a=a: network(a) for a in ACTIVATIONS)
    square = lambda: network("tanh", square=True)  # noqa: E731
    square_sig = lambda: network("sigmoid", square=True)  # noqa: E731
    layer, batch = (lambda a=a: normalisation(a) for a in (1, 0))
    layer_sq = lambda: normalisation(1, square=True)  # noqa: E731
    batch_sq = lambda: normalisation(0, square=True)  # noqa: E731
    kinds = {
        k: (lambda k=k: head(k))
        for k in ("mse", "soft twice", "entropy", "focal", "power", "sigmoid")
    }
    spelled = {
        k: (lambda k=k: logits(k))
        for k in ("onehot", "picked", "log softmax", "logsumexp", "base two")
    }
    table: dict[str, list[tuple[Callable[[], Problem], str, str]]] = {
        "shape-only": [
            (classifier, "b", "bias column"),
            (ridge, "w", "column"),
            (ridge, "w", "row"),
            (tanh, "b1", "bias row"),
            (recurrent, "b", "bias row"),
        ],
        "transposed": [
            (classifier, "W", "W transposed product"),
            (tanh, "W1", "W1 product turned"),
            (square, "W1", "W1 product turned"),
            (recurrent, "W", "all turned"),
            (layer, "X", "transposed"),
            (layer_sq, "X", "transposed"),
            (embedding, "E", "transposed"),
            (shares, "A", "outer turned"),
            (square, "W2", "W2 product turned"),
        ],
        "operand-order": [
            (square, "W1", "W2 not transposed"),
            (square_sig, "b1", "W2 not transposed"),
            (recurrent, "U", "W not transposed"),
            (recurrent, "b", "W not transposed"),
            (attention, "V", "a not transposed"),
            (attention, "K", "s not transposed"),
            (shares, "x", "J for its transpose"),
        ],
        "permuted": [
            (images, "X", "reshaped only"),
            (images, "X", "wrong reshape"),
            (images, "X", "fortran"),
            (images, "X", "flipped"),
            (layer, "X", "wrong order"),
            (tanh, "W1", "reshaped"),
            (layer, "X", "reversed"),
            (recurrent, "W", "rolled"),
        ],
        "not-summed": [
            (classifier, "b", "bias kept"),
            (tanh, "b1", "bias kept"),
            (layer, "gamma", "gamma kept"),
            (batch, "beta", "beta kept"),
            (relu, "b1", "bias kept"),
        ],
        "wrong-axis": [
            (classifier, "b", "bias over classes"),
            (sig, "b1", "bias over units"),
            (layer, "beta", "beta over columns"),
            (layer_sq, "beta", "beta over columns"),
            (classifier, "W", "other axis"),
            (classifier, "W", "sum other axis"),
            (attention, "Q", "other axis"),
            (attention, "Q", "softmax other axis"),
            (layer, "X", "mean over other axis"),
            (batch_sq, "X", "mean over other axis"),
            (kinds["mse"], "Z", "other axis"),
        ],
        "zero": [
            (classifier, "W", "rows summed"),
            (attention, "Q", "rows summed"),
            (kinds["mse"], "Z", "rows summed"),
            (ridge, "w", "zero"),
            (tanh, "W1", "zero"),
            (hinge, "w", "zero"),
        ],
        "sign": [
            (classifier, "W", "sign"),
            (ridge, "w", "residual sign"),
            (relu, "W1", "sign"),
            (hinge, "w", "sign"),
            (spelled["picked"], "Z", "sign"),
        ],
        "scale": [
            (classifier, "W", "no mean"),
            (classifier, "b", "mean twice"),
            (classifier, "W", "mean over all"),
            (classifier, "W", "divided by classes"),
            (tanh, "W2", "mean forgotten"),
            (recurrent, "U", "mean forgotten"),
            (attention, "K", "scale forgotten"),
            (attention, "Q", "scale twice"),
            (ridge, "w", "two forgotten"),
            (ridge, "w", "mean forgotten"),
            (ridge, "w", "half forgotten"),
            (hinge, "w", "two forgotten"),
            (hinge, "w", "mean forgotten"),
            (batch, "X", "n - 1"),
            (layer, "X", "n - 1"),
            (spelled["base two"], "Z", "base forgotten"),
            (scalar, "x", "square once"),
            (layer, "X", "square two forgotten"),
            (layer, "X", "sqrt half"),
        ],
        "diagonal-only": [
            (classifier, "W", "diagonal"),
            (classifier, "b", "true class"),
            (attention, "Q", "diagonal"),
            (attention, "K", "diagonal"),
            (kinds["mse"], "Z", "diagonal"),
            (kinds["entropy"], "Z", "diagonal"),
            (spelled["onehot"], "Z", "diagonal"),
            (spelled["log softmax"], "Z", "diagonal"),
            (soft_targets, "W", "diagonal"),
        ],
        "off-diagonal-sign": [
            (classifier, "W", "plus"),
            (attention, "Q", "plus"),
            (kinds["mse"], "Z", "plus"),
            (kinds["focal"], "Z", "plus"),
            (soft_targets, "b", "plus"),
        ],
        "missing-path": [
            (ridge, "w", "penalty forgotten"),
            (hinge, "w", "prior forgotten"),
            (hinge, "w", "data forgotten"),
            (layer, "X", "mean forgotten"),
            (layer, "X", "variance forgotten"),
            (batch, "X", "mean forgotten"),
            (batch, "X", "variance forgotten"),
            (layer, "X", "only mean"),
            (recurrent, "W", "overwritten"),
            (recurrent, "W", "step forgotten"),
            (recurrent, "b", "step forgotten"),
            (scalar, "x", "product path"),
            (attention, "Q", "numerator"),
            (classifier, "W", "no denominator"),
            (shares, "x", "one side"),
            (shares, "A", "other side"),
        ],
        "double-counted": [
            (ridge, "w", "penalty twice"),
            (ridge, "w", "not reset"),
            (tanh, "W1", "not reset"),
            (hinge, "w", "prior twice"),
            (layer, "X", "variance twice"),
            (recurrent, "W", "step twice"),
            (scalar, "x", "product twice"),
        ],
        "path-sign": [
            (ridge, "w", "penalty sign"),
            (hinge, "w", "data sign"),
            (layer, "X", "variance sign"),
            (layer, "X", "mean sign"),
            (batch, "X", "mean sign"),
            (recurrent, "W", "step sign"),
            (scalar, "x", "product sign"),
            (layer, "X", "quotient sign"),
        ],
        "local-derivative": [
            (tanh, "W1", "slope forgotten"),
            (tanh, "b1", "slope at output"),
            (tanh, "W1", "one minus y"),
            (tanh, "W1", "y(1-y)"),
            (sig, "W1", "slope forgotten"),
            (sig, "W1", "slope at output"),
            (sig, "b1", "one minus y"),
            (relu, "W1", "slope forgotten"),
            (relu, "W1", "mask inverted"),
            (recurrent, "W", "slope forgotten"),
            (recurrent, "U", "slope at output"),
            (recurrent, "b", "one minus y"),
            (hinge, "w", "mask forgotten"),
            (hinge, "w", "mask inverted"),
            (hinge, "w", "value for mask"),
            (scalar, "x", "cos sign"),
            (scalar, "x", "sin forgotten"),
            (scalar, "x", "log forgotten"),
            (layer, "X", "quotient power"),
            (layer, "X", "gamma forgotten"),
            (hinge, "w", "labels forgotten"),
        ],
        "wrong-operand": [
            (square, "W2", "inputs for hidden"),
            (tanh, "W2", "before activation"),
            (sig, "W2", "before activation"),
            (relu, "W2", "before activation"),
            (tanh, "W1", "W2 updated"),
            (sig, "b1", "W2 updated"),
            (tanh, "W1", "input for output"),
            (layer, "gamma", "gamma with x"),
            (batch, "gamma", "gamma with away"),
            (recurrent, "W", "hidden after"),
            (recurrent, "W", "inputs for hidden"),
            (attention, "Q", "Q for K"),
            (attention, "K", "K for Q"),
            (shares, "A", "y for x"),
        ],
        "stale-data": [
            (tanh, "W2", "stale hidden"),
            (sig, "W2", "stale hidden"),
            (relu, "W2", "stale hidden"),
            (recurrent, "W", "stale hidden"),
        ],
        "one-example": [
            (classifier, "W", "last"),
            (classifier, "b", "first"),
            (tanh, "W1", "last"),
            (relu, "b1", "last"),
            (sig, "W1", "first"),
            (ridge, "w", "last"),
            (ridge, "w", "first"),
            (hinge, "w", "last"),
        ],
        "repeated-index": [
            (lambda k=k: embedding(k), "E", "buffered") for k in ("rows", "tanh", "squared")
        ],
        "softmax-again": [
            (classifier, "W", "again"),
            (classifier, "b", "again diagonal"),
            (soft_targets, "W", "again"),
            (spelled["onehot"], "Z", "again"),
            (spelled["picked"], "Z", "again"),
            (spelled["logsumexp"], "Z", "again"),
        ],
        "softmax-twice": [
            (classifier, "W", "twice"),
            (soft_targets, "b", "twice"),
            (spelled["log softmax"], "Z", "twice"),
            (spelled["picked"], "Z", "twice"),
        ],
        "shortcut-misused": [
            (unequal, "W", "shortcut"),
            (unequal, "b", "shortcut"),
            (kinds["mse"], "Z", "shortcut"),
            (kinds["soft twice"], "Z", "shortcut"),
            (kinds["sigmoid"], "Z", "shortcut"),
            (kinds["power"], "Z", "shortcut"),
            (kinds["focal"], "Z", "shortcut"),
        ],
        "targets": [
            (classifier, "W", "index"),
            (classifier, "b", "off by one"),
            (classifier, "W", "no targets"),
            (spelled["onehot"], "Z", "index"),
            (spelled["picked"], "Z", "off by one"),
            (spelled["logsumexp"], "Z", "off by one"),
        ],
        "unnormalised": [
            (classifier, "W", "logits"),
            (classifier, "W", "exp"),
            (classifier, "b", "exp shifted"),
            (attention, "Q", "exp"),
            (attention, "K", "logits"),
            (attention, "Q", "shifted exp"),
            (kinds["mse"], "Z", "logits"),
            (spelled["log softmax"], "Z", "exp"),
        ],
        "log-derivative": [
            (classifier, "W", "no log"),
            (soft_targets, "b", "no log"),
            (spelled["onehot"], "Z", "no log"),
            (spelled["picked"], "Z", "no log"),
            (spelled["log softmax"], "Z", "no log"),
        ],
    }
    table["graph-cut"] = [
        (lambda how=how: severed(how), "W", how) for how in ("data", "detach", "item", "new Tensor")
    ]
    table["unknown"] = [
        (random_numbers(make, x), x, "random numbers")
        for make, x in ((classifier, "W"), (ridge, "w"), (attention, "Q"), (recurrent, "W"))
    ]
    return [Case(code, *row) for code, rows in table.items() for row in rows]


PROBLEMS = {
    "a linear classifier": classifier,
    "ridge regression": ridge,
    "a tanh network": network,
    "a sigmoid network": lambda: network("sigmoid"),
    "a relu network": lambda: network("relu"),
    "layer norm": normalisation,
    "batch norm": lambda: normalisation(0),
    "a recurrent network": recurrent,
    "attention": attention,
    "hinge loss": hinge,
    "an embedding": embedding,
    "softmax and squared error": head,
    "images": images,
    "a formula": scalar,
    "a quadratic form": shares,
    "logits": logits,
}


# --- what the diagnosis makes of them -------------------------------------------------------------


@dataclass
class Outcome:
    """What was reported on one planted mistake."""

    case: Case
    detected: bool
    codes: list[str]

    @property
    def accepted(self) -> set[str]:
        """The code, and those of the groups that always give the same numbers."""
        return {self.case.code}.union(*(g for g in GROUPS if self.case.code in g))

    @property
    def named(self) -> bool:
        return bool(self.accepted & set(self.codes))

    @property
    def first(self) -> bool:
        return bool(self.codes) and self.codes[0] in self.accepted


def judge(case: Case) -> Outcome:
    """Plant the mistake and ask."""
    problem = case.problem()
    hand = {case.argument: problem.hand(case.bug)[case.argument]}
    report = ag.check_gradients(problem.f, *problem.args.values(), hand=hand)
    return Outcome(case, not report.ok, [cause.code for cause in report.causes])


def table(outcomes: list[Outcome]) -> str:
    """The outcomes as a Markdown table, one line for each code."""
    lines = [
        "# Planted mistakes, and how many are found",
        "",
        "Each mistake is one wrong line in a gradient derived by hand, planted in a linear "
        "classifier,",
        "ridge regression, two-layer networks, layer and batch normalisation, a recurrent network,",
        "attention, hinge loss, embeddings and other graphs, at random points. *Found*: the "
        "report says",
        "that the gradient is wrong. *Named*: the code is among the causes. *First*: it is the "
        "first of",
        "them. The mistakes are in `tests/planted.py`, which writes this page.",
        "",
        "| code | what it is | planted | found | named | first |",
        "|---|---|---:|---:|---:|---:|",
    ]
    codes = list(dict.fromkeys(o.case.code for o in outcomes))
    for code in codes:
        mine = [o for o in outcomes if o.case.code == code]
        lines.append(
            f"| `{code}` | {CODES[code]} | {len(mine)} | {sum(o.detected for o in mine)} | "
            f"{sum(o.named for o in mine)} | {sum(o.first for o in mine)} |"
        )
    count = len(outcomes)
    lines.append(
        f"| all | | {count} | {sum(o.detected for o in outcomes)} | "
        f"{sum(o.named for o in outcomes)} | {sum(o.first for o in outcomes)} |"
    )
    lines += ["", "The planted lines:", "", "| code | wrong line | gradient of | named as |"]
    lines.append("|---|---|---|---|")
    for o in outcomes:
        said = o.codes[0] if o.codes else ""
        lines.append(f"| `{o.case.code}` | {o.case.bug} | {o.case.argument} | `{said}` |")
    return "\n".join(lines) + "\n"


PAGE = Path(__file__).parent.parent / "notebooks" / "reference" / "mistakes.md"

if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(table([judge(case) for case in cases()]), encoding="utf-8")
