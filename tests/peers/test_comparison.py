"""The README's table of what each library can do is what one line each of Python answers."""

from peers import comparison


def test_the_readmes_table_is_what_the_lines_answer():
    text = comparison.README.read_text(encoding="utf-8")
    again = "run: python tests/peers/comparison.py"
    assert comparison.shown(text) == comparison.table(), again


def test_a_line_that_is_false_or_raises_says_no():
    assert comparison.answer("1 == 1")
    assert not comparison.answer("1 == 2")
    assert not comparison.answer("nothing_of_that_name")


def test_our_column_has_yes_and_no():
    ours = [comparison.answer(row[comparison.OURS]) for row in comparison.ROWS.values()]
    assert {True, False} == set(ours)
