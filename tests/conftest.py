"""The garbage collector spares what lives as long as the suite: the peers' modules, the tests.

Else each full collection, of which many tests ask for one, walks over half a million objects.
"""

import gc


def pytest_collection():
    gc.disable()


def pytest_collection_finish():
    gc.collect()
    gc.freeze()
    gc.enable()
