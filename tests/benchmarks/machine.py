"""The machine that measures: one thread for every engine, and the lines that describe it."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

PEERS = {
    "NumPy": "numpy",
    "micrograd": "micrograd",
    "XAD": "xad",
    "CasADi": "casadi",
    "PyTorch": "torch",
    "JAX": "jax",
    "HIPS autograd": "autograd",
    "MyGrad": "mygrad",
    "torchviz": "torchviz",
}


def one_thread() -> None:
    """To be called before NumPy is imported: BLAS and XLA read their number of threads only then.

    One thread each, since on a machine that does other work too threads wait for each other. JAX
    computes in float64 as all others do.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    os.environ.setdefault("JAX_CPU_ENABLE_ASYNC_DISPATCH", "0")  # no hand-over between threads
    os.environ.setdefault("JAX_ENABLE_X64", "1")
    os.environ.setdefault("JAX_PLATFORMS", "cpu")


def processor() -> str:
    """The processor's name and its number of cores."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    fields = {key.strip(): value.strip() for key, _, value in (x.partition(":") for x in lines)}
    name = fields.get("model name") or platform.processor() or platform.machine()
    clock = f" at {float(fields['cpu MHz']) / 1000:.1f} GHz" if "cpu MHz" in fields else ""
    return f"{name}{clock}, {os.cpu_count()} cores"


def description() -> str:
    """Date, processor, what else it does, and Python, as the table is headed."""
    day = datetime.now(UTC).date().isoformat()
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{day}, {processor()} with {os.getloadavg()[1]:.0f} programs running, {system}"


def versions() -> str:
    """Every peer with its version."""
    return ", ".join(f"{name} {version(package)}" for name, package in PEERS.items())
