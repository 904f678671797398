"""The exercises of the notebooks: a blank, the right answer, and the answers of a course.

Every blank is filled in. The right answer is told "right!", each wrong one what is wrong with it,
and what is left blank is said to be blank.
"""

import contextlib
import functools
import io
import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest

NOTEBOOKS = {
    path.name[:2]: path for path in (Path(__file__).parents[1] / "notebooks").glob("[0-9]*.ipynb")
}
# Cells of notebook 6 that train for seconds; no exercise builds on them.
NEEDLESS = re.compile(r"for epoch in|\b(train\(|curves|model\b|moons\b|snapshots|guess !=)")

ZERO = "zero everywhere"
BLANK = "still blank"
UNKNOWN = "none of the known mistakes"
RULE = "the rule of the operation"

# By notebook: what stands in the cell (after words that tell it from others), what it says as it
# stands, the right answer, and three wrong ones, each with some words of what is said of it.
EXERCISES = {
    "01": [
        (
            "df_dx = 0.0\n    df_dy = 0.0",
            ZERO,
            "df_dx = y + np.exp(x)\n    df_dy = x",
            {
                "df_dx = y\n    df_dy = x": "the path from exp(x) to x is missing",
                "df_dx = np.exp(x)\n    df_dy = x": "is missing",
                "df_dx = y + np.exp(x)\n    df_dy = -x": "dL/dy: the sign is wrong",
            },
        ),
    ],
    "02": [
        (
            "def with_temperature(z): … 0 * np.outer(h, h)",
            ZERO,
            "(np.diag(h) - np.outer(h, h)) / 2",
            {
                "np.diag(h) - np.outer(h, h)": "twice",
                "np.diag(h * (1 - h)) / 2": "diagonal",
                "(np.diag(h) + np.outer(h, h)) / 2": "sign",
            },
        ),
        (
            "def log_softmax(z): … 0 * np.outer(h, h)",
            ZERO,
            "np.eye(3) - h[None, :]",
            {
                "np.eye(3) - h[:, None]": "transposed",
                "np.diag(h) - np.outer(h, h)": "log",
                "np.eye(3) + h[None, :]": "sign",
            },
        ),
    ],
    "03": [
        (
            "dW = 0 * W\n    db = 0 * b",
            ZERO,
            "dZ = ag.softmax(X @ W + b) - T\n    dW = X.T @ dZ\n    db = dZ.sum(axis=0)",
            {
                "dZ = T - ag.softmax(X @ W + b)\n    dW = X.T @ dZ\n    db = dZ.sum(0)": "sign",
                "dZ = ag.softmax(X @ W + b) - T\n    dW = X.T @ dZ\n    db = dZ": "sum",
                "dZ = ag.softmax(X @ W + b)\n    dW = X.T @ dZ\n    db = dZ.sum(axis=0)": "target",
            },
        ),
        (
            "np.array([0.0, 0.0, 0.0])",
            "not yet",
            "np.log(smooth)",
            {"smooth": "not yet", "-np.log(smooth)": "not yet", "np.exp(smooth)": "not yet"},
        ),
    ],
    "04": [
        (
            "def logistic(w): … ...",
            BLANK,
            "-X.T @ (labels / (1 + np.exp(labels * (X @ w)))) / batch",
            {
                "-X.T @ (labels / (1 + np.exp(labels * (X @ w))))": "mean",
                "X.T @ (labels / (1 + np.exp(labels * (X @ w)))) / batch": "sign",
                "-X.T @ (1 / (1 + np.exp(labels * (X @ w)))) / batch": "forgotten",
            },
        ),
        (
            "np.zeros(3)  # your numbers here",
            ZERO,
            "np.ones(3) / q.data",
            {
                "np.ones(3)": "slope",
                "-np.ones(3) / q.data": "sign",
                "u.data / q.data": "the factor u too many",
            },
        ),
    ],
    "05": [
        (
            "def rms(a): … ...",
            BLANK,
            "(du - rms(numbers) * np.mean(rms(numbers) * du)) / r",
            {
                "du / r": "missing",
                "(du + rms(numbers) * np.mean(rms(numbers) * du)) / r": "sign",
                "(du - rms(numbers) * np.sum(rms(numbers) * du)) / r": "mean",
            },
        ),
        (
            "np.ones(5)",
            UNKNOWN,
            "np.zeros(5)",
            {"-np.ones(5)": UNKNOWN, "np.arange(5.0)": UNKNOWN, "np.full(5, 0.25)": UNKNOWN},
        ),
    ],
    "06": [
        (
            "def from_a_on(a): … ...",
            BLANK,
            "du * (1 - u**2)",
            {"du": "slope", "du * (1 - u)": "tanh", "du * (1 - a**2)": "tanh"},
        ),
        (
            "return dW, db  # something is missing here",
            "the path from W ** 2 to W is missing",
            "return dW + lam * W, db",
            {
                "return dW + 2 * lam * W, db": "twice",
                "return dW - lam * W, db": "sign",
                "return dW + lam * W, db + lam * b": "dL/db",
            },
        ),
        (
            '"W1": ..., "b1": ..., "W2": ..., "b2": ...',
            "blank, or wrong: W1, b1, W2, b2",
            '"W1": True, "b1": True, "W2": True, "b2": False',
            {
                '"W1": True, "b1": True, "W2": True, "b2": True': "wrong: b2",
                '"W1": False, "b1": True, "W2": True, "b2": False': "wrong: W1",
                '"W1": True, "b1": False, "W2": False, "b2": False': "wrong: b1, W2",
            },
        ),
    ],
    "07": [
        (
            "def hessian_by_hand(w): … ...",
            BLANK,
            "X2.T @ (X2 * (ag.sigmoid(X2 @ w) * ag.sigmoid(-X2 @ w))[:, None]) / 30",
            {
                "X2.T @ (X2 * (ag.sigmoid(X2 @ w) * ag.sigmoid(-X2 @ w))[:, None])": "mean",
                "X2.T @ (X2 * ag.sigmoid(X2 @ w)[:, None]) / 30": "sigmoid was taken as y",
                "X2.T @ X2 / 30": "sigmoid was forgotten",
            },
        ),
        (
            "v - 0",
            "is missing",
            "v - h @ v",
            {"v + h @ v": "wrong sign", "v - 2 * (h @ v)": "twice", "v - h": UNKNOWN},
        ),
    ],
    "08": [
        (
            "g * 0",
            RULE,
            "g * (ag.sigmoid(x) + y * (1 - ag.sigmoid(x)))",
            {"g * ag.sigmoid(x)": RULE, "g * (1 - y**2)": RULE, "g": RULE},
        ),
        (
            "g * (1 - y**2) / np.sqrt(np.sum(x**2))",
            RULE,
            "(g - y * np.sum(g * y)) / np.sqrt(np.sum(x**2))",
            {
                "g / np.sqrt(np.sum(x**2))": RULE,
                "(g + y * np.sum(g * y)) / np.sqrt(np.sum(x**2))": RULE,
                "g - y * np.sum(g * y)": RULE,
            },
        ),
    ],
}
CASES = [(n, k) for n, exercises in EXERCISES.items() for k in range(len(exercises))]


def said(source, names):
    """What a cell prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(source, "cell", "exec"), names)
    return out.getvalue().strip()


@functools.cache
def answers(number):
    """For each exercise of a notebook, what its cell says to each text that is put into it."""
    plt.switch_backend("agg")
    with np.printoptions():  # which the cells set for their notebook
        return answers_of(number)


def answers_of(number):
    """What `answers` remembers."""
    book = nbformat.read(NOTEBOOKS[number], as_version=4)
    names, found = {"__name__": "__main__"}, []
    for cell in book.cells:
        if cell.cell_type != "code":
            continue
        for blank, _, right, wrong in EXERCISES[number][len(found) : len(found) + 1]:
            mark, _, blank = blank.rpartition(" … ")
            if mark in cell.source and blank in cell.source:
                cells = {text: cell.source.replace(blank, text) for text in (blank, right, *wrong)}
                found.append({text: said(source, {**names}) for text, source in cells.items()})
        if number != "06" or not NEEDLESS.search(cell.source):
            said(cell.source, names)
    return found


@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
@pytest.mark.filterwarnings("ignore:Attempt to set non-positive")
@pytest.mark.parametrize(("number", "which"), CASES)
def test_each_answer_is_told_what_it_is(number, which):
    blank, at_first, right, wrong = EXERCISES[number][which]
    told = {**answers(number)[which]}
    assert at_first in told.pop(blank.rpartition(" … ")[2])
    assert told.pop(right).startswith("right!")
    for answer, words in wrong.items():
        assert words in told[answer], answer
        assert not told[answer].startswith("right!"), answer


def test_every_notebook_has_exercises_and_asks_for_the_outcome():
    assert set(EXERCISES) == set(NOTEBOOKS)
    for number, exercises in EXERCISES.items():
        assert len(answers(number)) == len(exercises)
