"""Planted mistakes are found and named; see `planted.py` for what is planted and where."""

import numpy as np
import planted
import pytest

import autograd_lite as ag
from autograd_lite.check import CODES


@pytest.fixture(scope="module")
def outcomes():
    return [planted.judge(case) for case in planted.cases()]


@pytest.mark.parametrize("name", planted.PROBLEMS)
def test_the_right_gradient_of_every_problem_is_right(name):
    problem = planted.PROBLEMS[name]()
    report = ag.check_gradients(problem.f, *problem.args.values(), hand=problem.hand(None))
    assert report.ok, str(report)
    assert not report.causes


def test_every_code_is_planted_in_three_places():
    by_code = {}
    for case in planted.cases():
        by_code.setdefault(case.code, set()).add((case.problem, case.argument, case.bug))
    # A consequence is planted in the exercise of 26 steps, where steps follow each other.
    assert set(by_code) == set(CODES) - {"consequence"}
    assert min(map(len, by_code.values())) >= 3


def test_every_planted_mistake_is_detected(outcomes):
    missed = [o.case.name for o in outcomes if not o.detected]
    assert not missed


def test_the_code_is_among_the_causes(outcomes):
    wrong = [(o.case.name, o.codes) for o in outcomes if not o.named]
    assert len(wrong) <= 0.1 * len(outcomes), wrong
    for code in {o.case.code for o in outcomes}:
        mine = [o.named for o in outcomes if o.case.code == code]
        assert sum(mine) >= 0.9 * len(mine), code


def test_the_code_is_the_first_cause(outcomes):
    wrong = [(o.case.name, o.codes) for o in outcomes if not o.first]
    assert len(wrong) <= 0.25 * len(outcomes), wrong


def test_causes_carry_codes_of_the_catalogue(outcomes):
    assert {code for o in outcomes for code in o.codes} <= set(CODES)


def test_a_list_of_causes_is_no_more_than_a_handful(outcomes):
    assert max(len(o.codes) for o in outcomes) <= 6


def test_the_published_table_is_this_one(outcomes):
    assert planted.PAGE.read_text(encoding="utf-8") == planted.table(outcomes), (
        "the table has drifted: run python tests/planted.py and commit notebooks/reference"
    )


@pytest.mark.parametrize(
    "loss",
    [
        lambda z, t: ag.softmax_cross_entropy(z, t),
        lambda z, t: -ag.sum(ag.log_softmax(z) * t) / 2,
        lambda z, t: ag.sum(ag.logsumexp(z, 1) - ag.sum(z * t, 1)) / 2,
    ],
)
def test_softmax_is_known_where_a_prediction_is_nearly_sure(loss):
    """There the sum of the exponentials is near 1, and its logarithm is taken in another way."""
    z, t = np.array([[9.0, 1.0, 0.1], [0.5, 1.0, -1.0]]), np.eye(3)[[1, 0]]
    h = ag.softmax(z)
    report = ag.check_gradients(lambda z: loss(z, t), z, hand=h * (1 - h) * -t / h / 2)
    assert report.causes[0].code == "diagonal-only"
    report = ag.check_gradients(lambda z: loss(z, t), z, hand=(t - h) / 2)
    assert report.causes[0].code == "sign"
