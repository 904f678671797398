"""The house: imports run one way, in no circles, and nothing is left undone."""

import sys
from pathlib import Path

import pytest
from house import FILES, HOME, circles, graph, imports, name_of, own_imports, path_in

# A module may import what stands on an earlier line, and modules of its own package.
ORDER = [
    ["core"],
    ["fast", "ops"],
    ["nodes"],
    ["numpy", "calculus"],
    ["nn", "optim", "graphs"],
    ["check", "scipy"],
    ["drawing"],
    ["compiling"],
    ["__init__"],
    ["cli"],
    ["__main__"],
]

# What the package needs to run; everything else is optional and imported where it is used.
NEEDED = {"numpy"}


def rank(name):
    """The line of `ORDER` on which the package of a module stands."""
    package = name.partition(".")[0]
    return next((i for i, line in enumerate(ORDER) if package in line), None)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_run_one_way(path):
    own = name_of(path)
    mine = rank(own)
    assert mine is not None, f"{own} has no place in the order of imports"
    for other, line in own_imports(path):
        same_package = other.partition(".")[0] == own.partition(".")[0]
        allowed = same_package or (rank(other) is not None and rank(other) < mine)
        if not allowed:
            raise AssertionError(f"{path.name}:{line} imports {other}, which stands above it")


def test_no_modules_import_each_other():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert circles(graph()) == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_optional_at_the_top(path):
    for module, top, line in imports(path):
        root = module.partition(".")[0]
        if top and root != "autograd_lite":
            known = root in sys.stdlib_module_names or root in NEEDED
            if name_of(path) == "check.pytest_plugin":  # only pytest imports it
                known = known or root == "pytest"
            assert known, f"{path.name}:{line} imports {root} at the top"


def test_a_wrong_import_is_seen(monkeypatch):
    """The test above can fail: a core module that imports a tool, and one that imports graphviz."""
    bad = HOME / "core" / "graph.py"
    monkeypatch.setattr(
        Path, "read_text", lambda self, encoding: "import graphviz\nfrom ..nodes import tensor\n"
    )
    with pytest.raises(AssertionError, match=r"imports nodes.tensor, which stands above it"):
        test_imports_run_one_way(bad)
    with pytest.raises(AssertionError, match="imports graphviz at the top"):
        test_nothing_optional_at_the_top(bad)


def test_no_file_is_two_ideas_long():
    for path in FILES:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 700, f"{path.name} has {lines} lines"


def test_nothing_is_left_undone():
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        for mark in ("TODO", "FIXME", "XXX", "breakpoint("):
            assert mark not in text, f"{path.name}: {mark}"


def test_a_first_program_runs_through_little_when_it_runs_the_plain_way():
    path = path_in("1")
    assert set(path) == {"core.graph", "core.operation", "core.elementwise", "core.value"}
    assert sum(path.values()) <= 75
