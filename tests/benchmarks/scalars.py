"""Graphs of single numbers: micrograd's demo, one process for each engine."""

from benchmark import InProcesses

GROUP = "Numbers"

BENCHMARKS = [
    InProcesses(
        title="micrograd's demo: an MLP 2-16-16-1 on 100 points, 65,000 operations",
        group=GROUP,
        script="scalar_demo.py",
        engines=["ours", "XAD", "micrograd", "CasADi built"],
        arguments=["5"],
        rounds=7,
        limits={"XAD": 1.8, "micrograd": 0.25},
    ),
]
