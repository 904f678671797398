"""The rule texts: they are derived from the rules, and they say what the rules compute."""

import html
import math
import re
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.core.elementwise import ONE, TABLE
from autograd_lite.core.graph import data
from autograd_lite.drawing.operations import operations_page
from autograd_lite.drawing.phrases import factor_of, phrase
from autograd_lite.drawing.rules import OUT, G, rule, slot
from autograd_lite.graphs.expression import Symbol, substitute
from autograd_lite.graphs.notation import write

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
POINTS = [(0.4, 0.7, 0.9), (1.7, 2.5, 2.5), (-0.4, 0.7, 0.2), (0.4, -0.7, -3.0), (-1.5, -2.5, 1.0)]


def as_python(text):
    """A printed formula as Python reads it."""
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda m: "**" + m.group().translate(SUPERSCRIPTS), text)
    text = re.sub(r"\[(.*?) = (.*?)\]", r"((\1) == (\2))", text)
    text = re.sub(r"\[(.*?)\]", r"(\1)", text)
    for written, meant in (
        ("·", "*"),
        ("−", "-"),
        ("^", "**"),
        ("√(", "sqrt("),
        ("ln 2", "log(2)"),
        ("ln 10", "log(10)"),
        ("π", "pi"),
    ):
        text = text.replace(written, meant)
    return re.sub(r"√(\w+)", r"sqrt(\1)", text)


FUNCTIONS = {name: getattr(np, name) for name in dir(np) if callable(getattr(np, name))}
FUNCTIONS |= {name: op for name, op in TABLE.items() if name not in FUNCTIONS}
FUNCTIONS |= {"pi": math.pi, "sigmoid": lambda x: 1 / (1 + np.exp(-x))}


# Rules that look at the numbers themselves and so have no one formula; drawn as "copysign′(x, y)".
WITHOUT = {"copysign"}


@pytest.mark.parametrize("point", POINTS, ids=str)
@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_printed_slope_means_what_the_rule_computes(name, point):
    op = TABLE[name]
    n = len(op.partials)
    with np.errstate(all="ignore"):
        z = float(op.forward(*point[:n]))
    names = {OUT: Symbol("z"), G: Symbol("g")}
    names |= {slot(k): Symbol(f"x{k}") for k in range(n)}
    variables = {f"x{k}": np.float64(x) for k, x in enumerate(point)}
    for i, partial in enumerate(op.partials):
        text = factor_of(substitute(rule(op, i, z, list(point[:n])), names), Symbol("g"))
        if name in WITHOUT and i == 0:
            assert text == f"{name}′(x0, x1)"
        elif math.isfinite(z):
            with np.errstate(all="ignore"):
                numbers = [np.float64(x) for x in (z, *point[:n])]
                expected = 1.0 if partial is ONE else float(data(partial(*numbers)))
                if math.isnan(expected):  # outside the domain of the slope
                    continue
                meant = eval(as_python(text), {**FUNCTIONS, **variables, "z": z})
            assert float(meant) == pytest.approx(expected, rel=1e-12), text


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("divide", ["↑ ÷ y", "↑ × −x/y²"]),
        ("multiply", ["↑ × y", "↑ × x"]),
        ("subtract", ["↑ × 1", "↑ × −1"]),
        ("log", ["↑ ÷ x"]),
        ("exp", ["↑ × z"]),
        ("tanh", ["↑ × (1 − z²)"]),
        ("sqrt", ["↑ ÷ (2·z)"]),
        ("sigmoid", ["↑ × z·(1 − z)"]),
        ("relu", ["↑ × [x > 0]"]),
        ("arcsin", ["↑ ÷ √(1 − x²)"]),
        ("log2", ["↑ × 1/(ln 2·x)"]),
        ("floor", ["↑ × 0"]),
    ],
)
def test_rules_read_as_a_person_writes_them(name, texts):
    op = TABLE[name]
    n = len(op.partials)
    names = {OUT: Symbol("z"), **{slot(k): Symbol("xy"[k]) for k in range(n)}}
    rules = [substitute(rule(op, i, 0.5, [0.5] * n), names) for i in range(n)]
    assert [phrase(e, G) for e in rules] == texts


def edge_texts(result):
    """What the edges into `result`, called r, say."""
    result.label = "r"
    found = re.findall(r"↑ [^<]*", ag.draw(result, direction="TB", show=("rules",)).dot)
    return [html.unescape(text) for text in found]


def test_array_operations_say_it_in_words():
    X = ag.Tensor(np.ones((2, 3)), "X")
    Y = ag.Tensor(np.ones((3, 2)), "Y")
    v = ag.Tensor(np.ones(3), "v")
    assert edge_texts(ag.matmul(X, Y)) == ["↑ dr @ Yᵀ", "↑ Xᵀ @ dr"]
    assert edge_texts(X.sum()) == ["↑ × 1, copied to all"]
    assert edge_texts(X.sum(axis=0)) == ["↑ × 1, copied to all"]
    assert edge_texts(X + v) == ["↑ × 1", "↑ × 1, summed"]
    assert edge_texts(X * v) == ["↑ × v", "↑ × X, summed"]
    assert edge_texts(X.T) == ["↑ transposed"]
    assert edge_texts(X.reshape(6)) == ["↑ reshaped"]
    assert edge_texts(X[0]) == ["↑ put back in its place"]
    assert edge_texts(X.mean()) == ["↑ ÷ 6, copied to all"]
    assert edge_texts(np.cumsum(v, 0)) == ["↑ cumulated from the end"]
    assert edge_texts(np.cumprod(v, 0)) == ["↑ cumsum backwards(dr·r)/v"]
    assert edge_texts(X.max()) == ["↑ × [r = X], copied to all"]
    assert edge_texts(ag.where(X.data > 0, X, 0.0)) == ["↑ where it was chosen"]


def test_constants_stand_in_the_rule_as_they_were_typed():
    x = ag.Value(3.0, "x")
    assert edge_texts(x**2) == ["↑ × 2·x"]
    assert edge_texts(x**3) == ["↑ × 3·x²"]
    assert edge_texts(x * 0.5) == ["↑ × 0.5"]
    assert edge_texts(x / 4) == ["↑ ÷ 4"]
    assert edge_texts(-x) == ["↑ × −1"]
    assert edge_texts(2**x) == ["↑ × r·log(2)"]


def test_an_own_operation_is_read_like_the_others():
    cube = ag.primitive(lambda x: x * x * x)
    cube.defvjp(lambda g, out, x: g * 3 * x * x)
    x = ag.Value(2.0, "x")
    assert edge_texts(cube(x)) == ["↑ × 3·x²"]


def test_a_rule_that_cannot_be_read_is_named():
    @ag.primitive
    def strange(x):
        return x * 2.0

    def rule_on_numbers(g, out, x):
        return float(g) * 2.0

    strange.defvjp(rule_on_numbers)
    x = ag.Value(2.0)
    (text,) = edge_texts(strange(x))
    assert text.startswith("↑ strange")


def test_terms_and_powers_are_joined():
    x, y = Symbol("x"), Symbol("y")
    from autograd_lite.graphs.expression import constant, minus, plus, raised, times

    assert write(plus(x, minus(x))) == "0"
    assert write(times(plus(constant(1), minus(x)), plus(constant(1), x))) == "1 − x²"
    assert write(times(raised(x, 0.5), raised(x, 0.5))) == "x"
    assert write(raised(times(x, y), -1)) == "1/(x·y)"
    assert write(minus(plus(x, y))) == "−(x + y)"


def test_the_table_of_operations_is_the_one_the_rules_give():
    page = Path(__file__).parents[1] / "notebooks" / "reference" / "operations.md"
    assert page.read_text(encoding="utf-8") == operations_page(), (
        "run: python -m autograd_lite.drawing.operations notebooks/reference/operations.md"
    )
