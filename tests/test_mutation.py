"""The tests refuse wrong rules: a sample of the mutants that `mutation.py` makes of all."""

import numpy as np
import pytest
from mutation import EQUIVALENT, all_tests, find_reaches, forget, judged, mutants, rules

import autograd_lite as ag

from .test_compile_scalars import close, scalar_program

ROWS = ("tanh", "divide", "cbrt", "arcsin", "reciprocal", "tan")
OTHERS = ("shape.Transpose.vjp", "shape.Sum.vjp", "shape.BroadcastTo.forward", "shape.Reshape.vjp")
JUDGES = ("test_first_derivative", "test_arrays_with_seeds_in_front_and_recorded", "test_linear")


@pytest.fixture(scope="module")
def sample():
    """Forty mutants by chance, and the tests."""
    every = [
        rule
        for rule in rules(("elementwise", "shape"))
        if rule.name in OTHERS or rule.name.removeprefix("elementwise.").split("[")[0] in ROWS
    ]
    judges = [
        test
        for test in all_tests(("test_elementwise", "test_shape"))
        if test.function.__name__ in JUDGES
        and (test.function.__name__ == "test_linear" or test.parameters["name"] in ROWS)
    ]
    find_reaches(every, judges)
    made = [mutant for rule in every for mutant in mutants(rule) if mutant.key not in EQUIVALENT]
    chosen = np.random.default_rng(1).choice(len(made), 40, replace=False)
    return [made[k] for k in chosen], judges


def test_mutants_are_killed(sample):
    outcomes = [judged(mutant, sample[1]) for mutant in sample[0]]
    survivors = [f"{o.rule}: {o.change}" for o in outcomes if not o.killed]
    assert len(survivors) <= 2, survivors


def test_a_planted_mutant_is_gone_afterwards(sample):
    for mutant in sample[0]:
        before = standing(mutant.rule)
        with mutant.rule.planted(mutant.tree):
            assert standing(mutant.rule) != before
        assert standing(mutant.rule) is before


def test_compiled_functions_are_the_same_when_all_caches_were_cleared():
    """As after every mutant: whatever is told apart by identity may lie in no cache."""
    xs = (0.3, -1.2, 0.7)
    for seed in range(3):
        eager = ag.value_and_grad(scalar_program(seed, 12))
        close(ag.compile(eager)(xs), eager(xs), 1e-13)  # floats, and the same
        forget()
        close(ag.compile(eager)(xs), eager(xs), 1e-13)


def standing(rule):
    """What computes the derivative at the moment."""
    return rule.row.partials if rule.row else rule.function.__code__


def test_every_reason_is_of_a_mutant_that_exists():
    """A reason whose rule was changed is to be found anew."""
    named = {rule for rule, _ in EQUIVALENT}
    known = {mutant.key for rule in rules() if rule.name in named for mutant in mutants(rule)}
    assert set(EQUIVALENT) <= known
