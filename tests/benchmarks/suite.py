"""Every line of the table, in its order. A benchmark is added by adding it here."""

import checking
import compiled
import derivatives
import drawing
import filled
import images
import memory
import scalars
import startup
import tensors
from benchmark import Benchmark

ARRAYS = (tensors, images, filled)
MODULES = (scalars, *ARRAYS, compiled, derivatives, memory, checking, drawing, startup)

ALL: list[Benchmark] = [benchmark for module in MODULES for benchmark in module.BENCHMARKS]
