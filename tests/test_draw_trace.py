"""The trace table, the paths and the steps of the sweep."""

import math
import re
import shutil
import subprocess

import numpy as np
import pytest

import autograd_lite as ag


def softmax_graph():
    z, t = ag.Tensor([2.0, 1.0, 0.1], "z"), np.array([1.0, 0.0, 0.0])
    e = ag.exp(z)
    s = e.sum()
    h = e / s
    q = ag.log(h)
    L = -(t * q).sum()
    for node, name in zip((e, s, h, q, L), "eshqL", strict=True):
        node.label = name
    return z, t, L


def cells(text):
    """The table as a list of rows of four cells."""
    return [
        [part.strip() for part in line.split("   ") if part.strip()] for line in text.split("\n")
    ]


def test_the_table_of_softmax_reads_as_a_student_would_write_it():
    _, t, L = softmax_graph()
    L.backward()
    text = str(ag.trace(L, names={"t": t}))
    assert [" ".join(line.split()) for line in text.split("\n")] == [
        "forward value backward gradient",
        "z 2.0000 1.0000 0.1000 dz = de·e -0.3410 +0.2424 +0.0986",
        "e = exp(z) 7.3891 2.7183 1.1052 de = dh / s + ds -0.0461 +0.0892 +0.0892",
        "s = sum(e) 11.2125 ds = sum(-dh·e / s²) +0.0892",
        "h = e / s 0.6590 0.2424 0.0986 dh = dq / h -1.5174 0 0",
        "q = log(h) -0.4170 -1.4170 -2.3170 dq = dm·t -1.0000 0 0",
        "m = t · q -0.4170 0 0 dm = -dL -1.0000 -1.0000 -1.0000",
        "L = -sum(m) 0.4170 dL = 1 +1.0000",
    ]


def test_the_backward_formulas_compute_the_gradients():
    """Each line is Python once a few signs are replaced: run the table and compare."""
    z, t, L = softmax_graph()
    L.backward()
    lines = cells(str(ag.trace(L)))[1:]
    known = {"sum": np.sum, "exp": np.exp, "log": np.log, "t": t, "z": z.data}
    forward = [line[0] for line in lines if "=" in line[0]]
    backward = [cell for line in reversed(lines) for cell in line if cell.startswith("d")]
    for line in [*forward, *backward]:
        name, formula = line.replace("·", "*").replace("²", "**2").split("=")
        known[name.strip()] = eval(formula.strip(), {}, dict(known))
    np.testing.assert_allclose(known["dz"], z.grad, rtol=1e-12)


def test_before_backward_gradients_are_not_computed_yet():
    x = ag.Value(2.0)
    assert "not computed yet" in str(ag.trace(ag.exp(x)))


def test_blank_columns_stay_empty():
    _, _, L = softmax_graph()
    L.backward()
    table = ag.trace(L, blank=("gradient", "backward"))
    assert "0.0892" not in str(table)
    assert "dh" not in table.html() + table.markdown() + table.latex()
    assert "7.3891" in table.html()
    with pytest.raises(ValueError, match="not 'grad'"):
        ag.trace(L, blank=("grad",))


def test_every_format_has_every_row():
    _, _, L = softmax_graph()
    table = ag.trace(L)
    assert table._repr_html_() == table.html()
    assert table.html().count("<tr>") == len(table.rows) + 1 == 8
    assert table.markdown().count("\n") == 8
    assert all(line.count("|") == 5 for line in table.markdown().split("\n"))
    assert table.latex().count(r"\\") == 8
    assert "sum(e)" in table.markdown()
    assert r"\mathrm{sum}(e)" in table.latex()


def test_matrices_take_a_line_for_each_row_and_large_arrays_one_in_words():
    x = ag.Tensor(np.arange(6.0).reshape(2, 3), "x")
    y = ag.Tensor(np.arange(100.0), "y")
    text = str(ag.trace(x.sum() + y.sum()))
    assert "0       1.0000  2.0000" in text
    assert "3.0000  4.0000  5.0000" in text
    assert "(100,): 0 to 99.0000" in text


def test_a_value_used_twice_gets_two_terms():
    x = ag.Value(3.0, "x")
    y = x - x * x
    y.label = "y"
    assert "dx = dy + dm·x + dm·x" in str(ag.trace(y))
    y = x * 1.0 - x
    y.label = "y"
    assert "dx = -dy + dm" in str(ag.trace(y))


def test_a_trace_of_a_thousand_nodes():
    x = ag.Value(0.5)
    for _ in range(999):
        x = ag.sin(x)
    x.backward()
    assert len(ag.trace(x).rows) == 1000


# --- paths --------------------------------------------------------------------------------------


def test_a_short_table_leaves_nothing_out():
    """Values that are read in one formula, and constants, are neither missing nor surplus."""
    x = ag.Tensor([1.0, 2.0, 6.0])
    centred = x - x.sum() / 3  # four operations, three lines
    L = -(np.array([1.0, 0.5, 0.0]) * centred * np.array([2.0, 1.0, 3.0])).sum()
    for node in (centred, L):
        assert "left out" not in str(ag.trace(node))


def test_paths_add_up_to_the_gradient():
    a, b, c = ag.Value(-2.0, "a"), ag.Value(3.0, "b"), ag.Value(1.5, "c")
    f = (a * b + a) * c * ag.sin(a)
    f.backward()
    for x, count in ((a, 3), (b, 1), (c, 1)):
        found = ag.paths(f, x)
        assert len(found) == found.count == count
        assert found.total == pytest.approx(x.grad, rel=1e-14)
        for path in found.paths:
            assert path.product == pytest.approx(math.prod(path.slopes), rel=1e-15)
            assert path.names[0] == x.label


def test_paths_are_counted_before_they_are_listed():
    x = ag.Value(1.0, "x")
    y = x
    for _ in range(100):
        y = y + y
    y.label = "y"
    found = ag.paths(y, x)
    assert found.count == 2**100
    assert found.paths == []
    assert found.total is None
    assert "1,267,650,600,228,229,401,496,703,205,376 paths, too many" in str(found)
    assert max(map(len, str(found).splitlines())) <= 100
    few = ag.paths(x + x, x, limit=1)
    assert few.count == 2
    assert few.paths == []


def test_no_path_is_a_gradient_of_zero():
    x, y = ag.Value(1.0, "x"), ag.Value(2.0, "y")
    assert "= 0: no path" in str(ag.paths(y * 2.0, x))


def test_paths_of_arrays_are_refused_with_a_way_out():
    x = ag.Tensor([1.0, 2.0])
    with pytest.raises(ValueError, match=r"x has shape \(2,\).*ag\.trace"):
        ag.paths(x.sum(), x)
    with pytest.raises(TypeError, match="two nodes, not float"):
        ag.paths(ag.Value(1.0), 2.0)


# --- steps --------------------------------------------------------------------------------------


def test_steps_end_with_the_gradients_of_backward():
    z, _, L = softmax_graph()
    found = list(ag.steps(L))
    assert z.grad is None  # nothing was written
    L.backward()
    last = {}
    for step in found:
        np.testing.assert_allclose(step.arrives, step.node.grad, rtol=1e-14)
        for message in step.messages:
            last[message.to] = message
    np.testing.assert_allclose(last[z].now, z.grad, rtol=1e-14)
    assert [step.name for step in found] == ["L", "m", "q", "h", "s", "e"]


def test_a_step_says_what_arrives_the_slope_and_the_message():
    z, t, L = softmax_graph()
    steps = {step.name: step for step in ag.steps(L)}
    to_e, to_s = steps["h"].messages
    e, s, h = np.exp(z.data), np.exp(z.data).sum(), ag.softmax(z.data)
    dh = -t / h
    assert to_e.local == "∂h_i/∂e_i = 1/s"
    assert to_s.local == "∂h_i/∂s = −e_i/s²"
    assert to_s.rule == "× −e/s², summed"
    np.testing.assert_allclose(to_s.slope, -e / s**2)
    np.testing.assert_allclose(to_s.products, -dh * e / s**2)
    np.testing.assert_allclose(to_s.message, (-dh * e / s**2).sum())
    assert (to_e.arrived, to_e.wanted) == (1, 2)
    (again,) = steps["s"].messages
    assert again.to is to_e.to
    assert (again.arrived, again.wanted) == (2, 2)
    np.testing.assert_allclose(again.already, to_e.message)
    np.testing.assert_allclose(again.now, again.already + again.message)


def test_a_node_goes_back_only_when_all_its_messages_have_arrived():
    a = ag.Value(3.0, "a")
    b = a + a
    c = b + b
    counts = {}
    for step in ag.steps(c):
        if step.node is not c:
            assert counts[step.node] == 2
        for message in step.messages:
            counts[message.to] = message.arrived
    assert counts[a] == 2


def test_steps_of_something_else_are_refused():
    with pytest.raises(TypeError, match="takes a node, not float"):
        list(ag.steps(1.0))
    with pytest.raises(ValueError, match="one number"):
        list(ag.steps(ag.Tensor([1.0, 2.0]) * 2.0))


def test_what_is_left_out_of_a_table_is_counted():
    x = y = ag.Value(1.0)
    for _ in range(20_000):
        y = y + x
    rows = ag.trace(y).rows
    assert rows[500].forward == "… 19,001 values are left out …"
    assert [row.forward for row in rows if "left out" in row.forward] == [rows[500].forward]


def test_a_drawing_with_closed_groups_leaves_nothing_out_of_its_table():
    z = ag.Tensor([2.0, 1.0, 0.1])
    h = ag.softmax(z)
    L = ag.cross_entropy(h, [1.0, 0.0, 0.0])
    for drawing in (ag.draw(L, depth=0), ag.draw(L, only="softmax")):
        assert "left out" not in drawing.text
        assert drawing.text.count("\n") >= 2


def as_document(table):
    """A document with a table in it, as a student would hand it in."""
    return f"\\documentclass{{article}}\n\\begin{{document}}\n{table}\n\\end{{document}}\n"


def cells_of(table):
    """The cells of each line of a LaTeX table, one that goes over several counted so."""
    body = table.split("\n", 1)[1].rsplit("\n", 1)[0]
    rows = [line.removesuffix(r" \\ \hline").removesuffix(r" \\") for line in body.split("\n")]
    wide = re.compile(r"\\multicolumn\{(\d)\}")
    return [
        sum(int(m.group(1)) if (m := wide.search(c)) else 1 for c in row.split(" & "))
        for row in rows
    ]


def test_latex_stands_number_below_number_and_equal_below_equal(tmp_path):
    _, _, L = softmax_graph()
    L.backward()
    large = ag.sum(ag.Tensor(np.arange(20.0), "x & y_1") * 2.0)
    a, b = ag.Value(-2.0, "a"), ag.Value(3.0, "b")
    f = a * b + a
    tables = [ag.trace(L).latex(), ag.trace(large).latex(), ag.paths(f, a).latex()]
    for table in tables:
        layout = re.match(r"\\begin\{tabular\}\{(.*)\}\n", table).group(1)
        count = len(re.sub(r"@\{(?:[^{}]|\{[^}]*\})*\}", "", layout))
        assert set(cells_of(table)) == {count}
    assert r"$e$ & ${}={}\exp (z)$ & $7.3891$ & $2.7183$ & $1.1052$" in tables[0]
    if program := shutil.which("pdflatex"):  # no package is needed
        for k, table in enumerate(tables):
            (tmp_path / f"{k}.tex").write_text(as_document(table))
            run = [program, "-interaction=nonstopmode", "-halt-on-error", f"{k}.tex"]
            subprocess.run(run, cwd=tmp_path, check=True, capture_output=True)


def test_paths_are_a_table_in_a_notebook():
    a, b = ag.Value(-2.0, "a"), ag.Value(3.0, "<b>")
    f = a * b + a
    paths = ag.paths(f, a)
    assert paths._repr_html_() == paths.html()
    assert paths.html().count("<tr>") == paths.count + 1 == 3
    assert "&lt;b&gt; · 1" in paths.html()
    assert "+4.0000" in paths.html()
    assert "no path leads" in ag.paths(a * 2.0, b).html()
    with pytest.raises(TypeError, match="two nodes"):
        ag.paths(1.0, a)
