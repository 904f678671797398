"""What README and page say of speed is what was measured."""

import page
import pytest

DATA = page.measured()
README = page.README.read_text(encoding="utf-8")
PAGE = page.PAGE.read_text(encoding="utf-8")


def test_readme_and_page_are_what_the_numbers_give():
    assert page.page(DATA) == PAGE
    assert page.in_readme(README, page.sentence(DATA)) == README


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (0.21, "**0.21**"),
        (0.0043, "**0.0043**"),
        (0.996, "1.0"),
        (1.04, "1.0"),
        (3.26, "3.3"),
        (37.4, "37"),
    ],
)
def test_where_another_is_ahead_the_ratio_is_bold(ratio, text):
    assert page.times(ratio) == text


def test_a_row_is_ours_and_how_many_times_ours_the_others_are():
    sides = {"ours": [1e-3, 2e-3, 3e-3], "A": [1e-3, 1e-3, 1e-3], "B": [6e-3, 6e-3, 6e-3]}
    line = {"title": "what", "unit": "s", "sides": sides}
    assert page.row(line) == "| what | 2.00 ms | A **0.5**, B 3.0 |\n"


@pytest.mark.parametrize("name", ["benchmarks.svg", "growth.svg"])
def test_the_pictures_are_there(name):
    assert (page.REFERENCE / name).read_text(encoding="utf-8").rstrip().endswith("</svg>")
