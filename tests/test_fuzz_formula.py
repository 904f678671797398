"""The command line under random bytes: a bounded run of what `fuzz_formula.py` does for hours."""

import sys

import fuzz_formula
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

# Inputs that the fuzzer found, once answered by neither a number nor a refusal.
FOUND = [b"\nx + [1, 2][[2], [z]]"]


@pytest.fixture(scope="module", autouse=True)
def watched():
    fuzz_formula.warm_up()
    sys.addaudithook(fuzz_formula.audit)  # for good; it sleeps outside of `attack`


@settings(max_examples=600)
@given(st.binary(max_size=60))
def test_random_bytes_are_answered_or_refused(data):
    fuzz_formula.attack(data)


@pytest.mark.parametrize("data", FOUND)
def test_what_was_found_once(data):
    fuzz_formula.attack(data)


@pytest.mark.parametrize("harm", ["__import__('json.tool')", "open('x', 'w')", "exec('1')"])
def test_harm_is_noticed(harm, monkeypatch, tmp_path):
    """The watch can fail: a session that evaluated the formula as Python would be found out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("autograd_lite.cli.session.Session", lambda options: eval(options.formula))
    with pytest.raises(fuzz_formula.Forbidden):
        fuzz_formula.attack(fuzz_formula.FORMULA + harm.encode())
    assert not (tmp_path / "x").exists()
