"""Planted mistakes are found and named; see `planted.py` for what is planted and where."""

import planted
import pytest

import autograd_lite as ag


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
    catalogue = {
        "shape-only", "transposed", "operand-order", "permuted", "not-summed", "wrong-axis", "zero",
        "sign", "scale", "diagonal-only", "off-diagonal-sign", "missing-path", "double-counted",
        "path-sign", "local-derivative", "wrong-operand", "stale-data", "one-example",
        "repeated-index", "softmax-again", "softmax-twice", "shortcut-misused", "targets",
        "unnormalised", "log-derivative", "graph-cut", "unknown",
    }  # fmt: skip
    assert set(by_code) == catalogue
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


def test_a_list_of_causes_is_no_more_than_a_handful(outcomes):
    assert max(len(o.codes) for o in outcomes) <= 6


def test_the_published_table_is_this_one(outcomes):
    assert planted.PAGE.read_text(encoding="utf-8") == planted.table(outcomes), (
        "the table has drifted: run python tests/planted.py and commit notebooks/reference"
    )
