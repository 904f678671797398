"""Random small programs, the same for every engine: straight-line code over one vector.

A program is a list of steps `(name, function of a NumPy-like module and earlier results, where)`.
It is built while it runs on plain NumPy, so that every step gets shapes that fit and numbers that
stay of order one. Steps are smooth at almost every point; kinks are met with probability zero.
"""

import numpy as np

SIZE = 3

# On one array of any shape.
UNARY = {
    "sin": lambda m, x: m.sin(x),
    "cos": lambda m, x: m.cos(x),
    "tanh": lambda m, x: m.tanh(x),
    "arctan": lambda m, x: m.arctan(x),
    "arcsinh": lambda m, x: m.arcsinh(x),
    "exp": lambda m, x: m.exp(0.4 * x),
    "expm1": lambda m, x: m.expm1(0.3 * x),
    "log": lambda m, x: m.log(1.5 + x * x),
    "log1p": lambda m, x: m.log1p(x**2),
    "sqrt": lambda m, x: m.sqrt(1.2 + m.square(x)),
    "cube": lambda m, x: 0.2 * x**3,
    "power": lambda m, x: (1.1 + x * x) ** -0.7,
    "exponent": lambda m, x: 1.3**x,
    "reciprocal": lambda m, x: 1 / (1.4 + x * x),
    "abs": lambda m, x: m.abs(x),
    "negative": lambda m, x: -x,
    "sigmoid": lambda m, x: 1 / (1 + m.exp(-x)),
    "softplus": lambda m, x: m.logaddexp(x, 0.0 * x),
    "relu": lambda m, x: m.maximum(x, 0.1),
    "clip": lambda m, x: m.minimum(m.maximum(x, -1.0), 1.0),
    "gate": lambda m, x: m.where(x > 0.1, x * x, m.sin(x)),
    "sinh": lambda m, x: m.sinh(0.5 * x),
    "arcsin": lambda m, x: m.arcsin(0.9 * m.tanh(x)),
    "scaled": lambda m, x: 2.5 * x - 1.0,
}

# On two arrays whose shapes broadcast.
BINARY = {
    "add": lambda m, x, y: x + y,
    "subtract": lambda m, x, y: x - y,
    "multiply": lambda m, x, y: x * y,
    "divide": lambda m, x, y: x / (1.3 + y * y),
    "maximum": lambda m, x, y: m.maximum(x, y + 0.01),
    "minimum": lambda m, x, y: m.minimum(x, y - 0.02),
    "power": lambda m, x, y: (1.2 + x * x) ** m.tanh(y),
    "logaddexp": lambda m, x, y: m.logaddexp(x, y),
    "where": lambda m, x, y: m.where(x > y, x * y, y - x),
    "arctan2": lambda m, x, y: m.arctan2(x, 1.5 + y * y),
}

# On a vector.
VECTOR = {
    "outer": lambda m, x: m.reshape(x, (SIZE, 1)) * m.reshape(x, (1, SIZE)),
    "picked": lambda m, x: x[np.array([0, 2, 0])],
    "reversed": lambda m, x: x[::-1],
    "rolled": lambda m, x: m.concatenate([x[1:], x[:1]]),
    "stacked": lambda m, x: m.stack([x, x * x, m.sin(x)]),
    "softmax": lambda m, x: m.exp(x) / m.sum(m.exp(x)),
    "centred": lambda m, x: x - m.mean(x),
    "normed": lambda m, x: x / m.sqrt(1.0 + m.sum(x * x)),
    "sum": lambda m, x: m.sum(x),
    "prod": lambda m, x: m.prod(1.3 + m.sin(x)),
    "max": lambda m, x: m.max(x),
    "var": lambda m, x: m.var(x),
    "dot": lambda m, x: x @ x,
    "copies": lambda m, x: m.broadcast_to(m.expand_dims(x, 0), (SIZE, SIZE)),
}

# On a square matrix.
MATRIX = {
    "transposed": lambda m, x: m.transpose(x),
    "rows": lambda m, x: m.sum(x, axis=0),
    "columns": lambda m, x: m.mean(x, axis=1),
    "kept": lambda m, x: x - m.mean(x, axis=1, keepdims=True),
    "largest": lambda m, x: m.max(x, axis=0),
    "smallest": lambda m, x: m.min(x, axis=1),
    "spread": lambda m, x: m.var(x, axis=0),
    "product": lambda m, x: m.prod(1.2 + m.cos(x), axis=1),
    "squared": lambda m, x: x @ x,
    "swapped": lambda m, x: m.swapaxes(x, 0, 1) * x,
    "row": lambda m, x: x[1],
    "column": lambda m, x: x[:, 0],
    "cut": lambda m, x: x[np.array([0, 0, 2]), np.array([1, 1, 0])],
    "picked rows": lambda m, x: x[[2, 0, 2]],
    "flat": lambda m, x: m.ravel(x)[2:5],
    "softmax": lambda m, x: m.exp(x) / m.sum(m.exp(x), axis=1, keepdims=True),
}

MIXED = {"matvec": lambda m, x, y: x @ y}


def squashed(step):
    """The step with tanh of its result."""
    return lambda m, *args: m.tanh(step(m, *args))


def program(seed):
    """A random program: its steps, and the point it was built at."""
    rng = np.random.default_rng(seed)
    point = rng.normal(size=SIZE)
    env, steps = [point], []

    def last(shape):
        places = [i for i, x in enumerate(env) if np.shape(x) == shape]
        return int(rng.choice(places[-3:])) if places else None

    for _ in range(rng.integers(3, 9)):
        shape = np.shape(env[-1]) if rng.random() < 0.7 else np.shape(env[rng.integers(len(env))])
        table = {(): UNARY, (SIZE,): {**UNARY, **VECTOR}, (SIZE, SIZE): {**UNARY, **MATRIX}}[shape]
        where = [last(shape)]
        if rng.random() < 0.4:
            table = BINARY
            where.append(int(rng.integers(len(env))))
        elif len(shape) == 2 and last((SIZE,)) is not None and rng.random() < 0.2:
            table = MIXED
            where.append(last((SIZE,)))
        name = str(rng.choice(sorted(table)))
        step = table[name]
        if np.abs(step(np, *(env[i] for i in where))).max() > 4:
            step = squashed(step)  # numbers of order one keep the comparison sharp
        env.append(step(np, *(env[i] for i in where)))
        steps.append((name, step, tuple(where)))
    return steps, point


def run(steps, m, x):
    """The program's result on an engine's array, with the engine's names."""
    env = [x]
    for _, function, where in steps:
        env.append(function(m, *(env[i] for i in where)))
    return env[-1]


def text(steps):
    """The program in a line, for the message of a failure."""
    return "; ".join(f"v{k} = {name}{where}" for k, (name, _, where) in enumerate(steps, start=1))
