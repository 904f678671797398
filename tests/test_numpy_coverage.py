"""Which of NumPy's functions take nodes: the table in the documentation, generated from the tests.

To write it anew after a change of `numpy_calls.py` or of the protocol's tables:
`PYTHONPATH=. python tests/test_numpy_coverage.py`.
"""

from pathlib import Path

import numpy as np
import pytest
from numpy_calls import EVERY_CALL, function_of, has_numpy

import autograd_lite as ag
from autograd_lite.nodes import numpy_protocol

DOCUMENT = Path(__file__).parents[1] / "notebooks" / "reference" / "numpy-coverage.md"
NAMESPACES = {"np": np, "np.linalg": np.linalg, "np.fft": np.fft}

OPENING = """\
# NumPy's functions on nodes

Generated from the tests, which call every function of the first table with Tensors, and compare
value, first and second derivative with NumPy and with finite differences. What is on none of the
lists creates arrays, reads files or is no function of arrays.

{derivative} functions have a derivative, {plain} answer with plain data, {refused} are refused.
"""

SECTIONS = {
    "derivative": "## With a derivative",
    "plain": "## About the numbers: plain results, off the graph",
    "refused": "## Refused: a TypeError that names the function and a way out",
}


def dispatched():
    """NumPy's functions that hand a call over to their arguments, by name."""
    return {
        f"{prefix}.{name}": function
        for prefix, namespace in NAMESPACES.items()
        for name, function in vars(namespace).items()
        if not name.startswith("_")
        and (isinstance(function, np.ufunc) or type(function) is type(np.sum))
    }


def kind_of(name, function):
    if name in {function_of(call) for call in EVERY_CALL}:
        return "derivative"
    return "plain" if function in numpy_protocol.PLAIN else "refused"


def rows():
    """`{section: {function: its text}}` for the NumPy that is installed."""
    found = {section: {} for section in SECTIONS}
    for name, function in sorted(dispatched().items()):
        section = kind_of(name, function)
        calls = [call for call in EVERY_CALL if function_of(call) == name]
        found[section][name] = f"| `{name}` | {', '.join(f'`{c}`' for c in calls)} |"
    return found


def written():
    """The same, read from the document."""
    found = {section: {} for section in SECTIONS}
    section = None
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        for name, title in SECTIONS.items():
            section = name if line == title else section
        if section == "derivative" and line.startswith("| `"):
            found[section][line.split("`")[1]] = line
        elif section in ("plain", "refused") and line.startswith("`"):
            for name in line.strip("`").split("`, `"):
                found[section][name] = ""
    return found


def document():
    found = rows()
    parts = [OPENING.format(**{section: len(found[section]) for section in SECTIONS})]
    table = ["| function | calls that are tested |", "|---|---|", *found["derivative"].values()]
    parts.append("\n".join([SECTIONS["derivative"], "", *table, ""]))
    for section in ("plain", "refused"):
        names = ", ".join(f"`{name}`" for name in found[section])
        parts.append("\n".join([SECTIONS[section], "", names, ""]))
    return "\n".join(parts)


def test_the_table_in_the_documentation_has_not_drifted():
    now, before = rows(), written()
    for section in ("derivative", "plain"):
        for name, text in now[section].items():
            assert name in before[section]
            assert section == "plain" or text == before[section][name]
        for name in before[section]:
            assert name in now[section] or not has_numpy(name)
    counts = {section: len(before[section]) for section in SECTIONS}
    assert OPENING.format(**counts) in DOCUMENT.read_text(encoding="utf-8")


def test_most_of_numpy_is_differentiable():
    assert len(written()["derivative"]) >= 240


@pytest.mark.parametrize("name", written()["refused"])
def test_what_is_refused_says_its_name_and_a_way_out(name):
    if not has_numpy(name):
        return
    function = dispatched()[name]
    t = ag.Tensor([[1.0, 2.0], [3.0, 4.0]])
    # One of these is how every function of the list is called, as far as its arguments go.
    for arguments in [
        (t,),
        (t, t),
        (t, 0),
        (t, t, t),
        ([t],),
        (t, 0, 1.0, 0),
        ("", t),
        ([0, 1], t),
    ]:
        try:
            function(*arguments)
        except TypeError as error:
            if f"{function.__name__} " in str(error) and "Write " in str(error):
                return
        except (ValueError, AttributeError):
            continue
    pytest.fail(f"{name} was not refused")


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
