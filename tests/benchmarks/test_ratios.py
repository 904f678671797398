"""Every line of the table: the sides agree, and ours stays within what it may cost of each peer."""

import pytest
from benchmark import Benchmark
from measure import medians, report
from suite import ALL


@pytest.mark.parametrize("benchmark", ALL, ids=lambda b: b.title)
def test_ours_stays_within_its_limits(benchmark: Benchmark):
    times = medians(benchmark.samples(1.0))
    report(benchmark.title, times, benchmark.unit)
    for peer, limit in benchmark.limits.items():
        assert times["ours"] <= limit * times[peer], peer
