"""Numbers as text, and the colours: contrast, colour vision, grey."""

import re
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.graphs import colour
from autograd_lite.graphs.latex import latex
from autograd_lite.graphs.text import array_lines, clip, number


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1e-7, "1.0e-07"),
        (-1e-300, "-1.0e-300"),
        (0.00049, "4.9e-04"),
        (0.0005, "0.0005"),
        (1.0, "1.0000"),
        (99999.9999, "99999.9999"),
        (99999.99999, "1.0e+05"),
        (1e9, "1.0e+09"),
        (float("nan"), "NaN"),
        (float("-inf"), "-inf"),
        (np.float32(0.5), "0.5000"),
    ],
)
def test_numbers(x, text):
    assert number(x) == text


def test_only_zero_looks_like_zero():
    for x in 10.0 ** np.arange(-320, 300, 7):
        assert float(number(x)) != 0
        assert float(number(x)) == pytest.approx(x, rel=0.11)
        assert number(x, signed=True).startswith("+")


def test_arrays_in_a_line():
    assert array_lines(np.arange(3.0)) == "0  1.0000  2.0000"
    assert array_lines(np.array([np.nan] * 9)) == "9 numbers, all NaN"
    assert array_lines(np.r_[np.nan, np.arange(9.0)]) == "10 numbers, 0 to 8.0000, 1 NaN"
    assert array_lines(np.zeros(0)) == "empty"


def test_long_names_are_cut():
    assert clip("x" * 10**7, 20) == "x" * 19 + "…"


def test_latex_keeps_no_character_s_meaning():
    assert latex("x_1^2 & y") == r"$x\_1\hat{\ }2\ \&\ y$"
    assert latex("α = √s²") == r"$\alpha \ =\ \surd s^{2}$"
    assert latex("😀") == "$?$"


def linear(channel):
    channel = np.asarray(channel) / 255
    return np.where(channel <= 0.04045, channel / 12.92, ((channel + 0.055) / 1.055) ** 2.4)


def rgb(text):
    if len(text) == 4:
        text = "#" + "".join(2 * c for c in text[1:])
    return [int(text[k : k + 2], 16) for k in (1, 3, 5)]


def luminance(text):
    """Relative luminance, WCAG 2.2."""
    return float(linear(rgb(text)) @ [0.2126, 0.7152, 0.0722])


def contrast(a, b):
    high, low = sorted([luminance(a), luminance(b)], reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ink", [colour.INK, colour.MUTE, colour.VALUE, colour.GRADIENT])
@pytest.mark.parametrize("paper", ["#ffffff", "#eeeeee", "#dfe9f3"])
def test_every_text_has_enough_contrast(ink, paper):
    assert contrast(ink, paper) >= 4.5


def test_verdicts_and_the_output_have_enough_contrast():
    assert contrast(colour.GOOD, "#ffffff") >= 4.5
    assert contrast(colour.WRONG, "#ffffff") >= 4.5
    assert contrast("#cfcfcf", colour.INK) >= 4.5


@pytest.mark.parametrize("x", [-1.0, -0.3, -0.01, 0.01, 0.3, 1.0, float("nan")])
def test_numbers_on_their_colour_have_enough_contrast(x):
    assert contrast(colour.INK, colour.tint(x, 1.0)) >= 7


def test_the_stepper_s_texts_have_enough_contrast_in_light_and_dark():
    page = (
        Path(ag.__file__).with_name("drawing").joinpath("stepper.html").read_text(encoding="utf-8")
    )
    light, dark = (
        dict(re.findall(r"--(\w+):(#\w+)", block)) for block in re.findall(r":root\{(.*?)\}", page)
    )
    for colours in (light, dark):
        for ink in ("ink", "mute", "value", "grad", "good", "bad"):
            for paper in ("bg", "card", "box"):
                assert contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper)


# Viénot, Brettel and Mollon (1999), deuteranopia, on linear RGB.
DEUTERANOPIA = np.array(
    [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]
)


def lab(linear_rgb):
    """CIE L*a*b* of linear RGB."""
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    t = to_xyz @ linear_rgb / [0.9505, 1.0, 1.089]
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_minus_and_plus_are_told_apart_in_deuteranopia():
    minus, plus = (lab(DEUTERANOPIA @ linear(rgb(colour.tint(x, 1.0)))) for x in (-1.0, 1.0))
    assert np.linalg.norm(minus - plus) > 30  # a difference of 2 can just be seen


def test_minus_and_plus_are_told_apart_in_grey():
    minus, plus = (lab(np.full(3, luminance(colour.tint(x, 1.0)))) for x in (-1.0, 1.0))
    assert abs(minus[0] - plus[0]) > 5


def test_the_scale_is_one_for_the_drawing_and_ignores_what_is_not_finite():
    assert colour.scale_of([[1.0, -4.0], [np.nan, np.inf]]) == 4.0
    assert colour.scale_of([[0.0]]) == 1.0
    assert colour.tint(0.0, 1.0) == "#ffffff"
    assert colour.tint(np.inf, 1.0) == colour.tint(1.0, 1.0)
