"""Every line of the table, in its order. A benchmark is added by adding it here."""

import checking
import compiled
import derivatives
import drawing
import filled
import memory
import scalars
import startup
import tensors
from benchmark import Benchmark

ALL: list[Benchmark] = [
    benchmark
    for module in (scalars, tensors, filled, compiled, derivatives, memory, checking, drawing, startup)
    for benchmark in module.BENCHMARKS
]
