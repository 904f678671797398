"""Memory: bytes a node, of a graph that was swept and is kept."""

from benchmark import InProcesses

BENCHMARKS = [
    InProcesses(
        title="Bytes a node, value and gradient included",
        group="Memory",
        unit="B",
        script="growth.py",
        engines=["ours", "XAD", "micrograd", "PyTorch"],
        arguments=["bytes", "200000", "1"],
        rounds=1,
        limits={"micrograd": 0.5, "PyTorch": 0.5},
    )
]
