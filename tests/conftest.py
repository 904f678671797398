"""What holds for the whole suite: tests may be slow, and the garbage collector may not."""

import contextlib
import gc
import os

collect_ignore = ["typed"]  # programs that are checked, and not run
if os.name != "posix":  # these ask for bash, and for limits, pipes and signals
    collect_ignore += ["test_files.py", "test_readme.py"]

with contextlib.suppress(ModuleNotFoundError):  # the benchmarks do without it
    from hypothesis import HealthCheck, settings

    # How long an example takes says how busy the machine is.
    settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("suite")


def pytest_collection():
    """While the tests are found, little becomes garbage."""
    gc.disable()


def pytest_collection_finish():
    """The modules of the peers and the tests live to the end: half a million objects.

    Each full collection, of which many tests ask for one, would walk over them.
    """
    gc.collect()
    gc.freeze()
    gc.enable()
