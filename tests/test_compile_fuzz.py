"""Functions drawn at random: compiled they are what they are, to the last bit, or an error."""

from __future__ import annotations

import numpy as np
import pytest

from .fuzz_compile import case


@pytest.mark.parametrize("first", range(0, 3000, 100))
@pytest.mark.filterwarnings("ignore")
def test_drawn_functions_compiled_are_the_functions(first):
    with np.errstate(all="ignore"):
        assert [said for seed in range(first, first + 100) if (said := case(seed))] == []
