"""micrograd's demo, one engine a process: `python scalar_demo.py ENGINE PASSES` prints seconds.

An MLP 2-16-16-1 with relu on 100 points of two classes, hinge loss and L2 regularisation: about
65,000 scalar operations forward, and as many backward. The garbage collector stays on, as a user
has it. Source of the workload: Karpathy, micrograd, demo.ipynb (2020), written again here.
"""

from __future__ import annotations

import itertools
import random
import sys
import time
from collections.abc import Callable
from typing import Any


def network(number: Callable[[float], Any], relu: Callable[[Any], Any]) -> tuple[Any, list[Any]]:
    """The loss as a function without arguments, and its parameters."""
    rng = random.Random(1337)
    sizes = [2, 16, 16, 1]
    layers = [
        [([number(rng.uniform(-1, 1)) for _ in range(n_in)], number(0.0)) for _ in range(n_out)]
        for n_in, n_out in itertools.pairwise(sizes)
    ]
    points = [(rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(100)]
    classes = [rng.choice([-1, 1]) for _ in points]
    parameters = [p for layer in layers for weights, bias in layer for p in [*weights, bias]]

    def loss() -> Any:
        scores = []
        for point in points:
            x = [number(entry) for entry in point]
            for layer in layers:
                x = [
                    sum((wi * xi for wi, xi in zip(weights, x, strict=True)), bias)
                    for weights, bias in layer
                ]
                if layer is not layers[-1]:
                    x = [relu(a) for a in x]
            scores.append(x[0])
        losses = [relu(1 + -y * score) for y, score in zip(classes, scores, strict=True)]
        return sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters)

    return loss, parameters


def ours() -> Callable[[], list[float]]:
    from autograd_lite import Value

    loss, parameters = network(Value, lambda x: x.relu())

    def once() -> list[float]:
        for p in parameters:
            p.grad = None
        loss().backward()
        return [p.grad for p in parameters]

    return once


def compiled() -> Callable[[], list[float]]:
    """Recorded and derived once, beforehand, by ag.compile; a pass replays it."""
    return compiled_anew(ours_as_a_function())


def ours_as_a_function() -> tuple[Callable[[Any], Any], tuple[float, ...]]:
    """The loss as a function of the parameters, and the parameters, all in one tuple."""
    start: list[float] = []
    network(start.append, abs)

    def loss_of(parameters: Any) -> Any:
        given = iter(parameters)  # the points come after them, and are numbers
        return network(lambda x: next(given, x), lambda x: x.relu())[0]()

    return loss_of, tuple(start)


def compiled_anew(function: tuple[Callable[[Any], Any], tuple[float, ...]]) -> Any:
    """The gradient as a new compiled function, called once."""
    import autograd_lite as ag

    loss_of, start = function
    gradient = ag.compile(ag.grad(loss_of))
    gradient(start)
    return lambda: list(gradient(start))


def micrograd() -> Callable[[], list[float]]:
    from micrograd.engine import Value

    loss, parameters = network(Value, lambda x: x.relu())

    def once() -> list[float]:
        for p in parameters:
            p.grad = 0
        loss().backward()
        return [p.grad for p in parameters]

    return once


def xad() -> Callable[[], list[float]]:
    from xad import math
    from xad.adj_1st import Real, Tape

    loss, parameters = network(Real, lambda x: math.max(x, 0.0))

    def once() -> list[float]:
        with Tape() as tape:
            for p in parameters:
                tape.registerInput(p)
            tape.newRecording()
            out = loss()
            tape.registerOutput(out)
            out.derivative = 1.0
            tape.computeAdjoints()
            return [p.derivative for p in parameters]

    return once


def casadi() -> Callable[[], list[float]]:
    """CasADi differentiates symbols once, beforehand; a pass runs the result in its own machine."""
    import casadi

    start: list[float] = []
    symbolic = True

    def number(x: float) -> Any:
        if not symbolic:  # the points are constants
            return casadi.SX(x)
        start.append(x)
        return casadi.SX.sym(f"p{len(start)}")

    loss, parameters = network(number, lambda x: casadi.fmax(x, 0))
    symbolic = False
    vector = casadi.vertcat(*parameters)
    gradient = casadi.Function("gradient", [vector], [casadi.gradient(loss(), vector)])
    return lambda: gradient(start).full().ravel().tolist()


def main(engine: str, passes: int) -> None:
    engines = {
        "ours": ours,
        "ours compiled": compiled,
        "micrograd": micrograd,
        "XAD": xad,
        "CasADi built": casadi,
    }
    once = engines[engine]()
    gradient = once()  # warm up, and something to compare the engines by
    for _ in range(passes):
        start = time.process_time()
        once()
        print(time.process_time() - start)
    print(sum(abs(g) for g in gradient))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
