"""What a drawing contains, read from its DOT source: boxes, groups, edges and their texts."""

import gc
import html
import re
import weakref
from xml.etree import ElementTree

import numpy as np
import pytest

import autograd_lite as ag

STATEMENT = re.compile(r"^\s*(\w+)(?::\w)?(?: -> (\w+)(?::\w)?)?(?: \[(.*)\])?$", re.M)


def text_of(label):
    """The words of an HTML-like label."""
    cells = re.sub(r"</TD>|</TR>|<BR[^>]*>", " ", label)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", cells)).replace("\xa0", " ").split())


def parts(drawing):
    """The boxes of a drawing by their name, and its edges as (from, to, text)."""
    boxes, ids, rules, lines = {}, {}, {}, []
    for a, b, attributes in STATEMENT.findall(drawing.dot):
        label = re.search(r"label=<(.*)>(?= \w+=|$)", attributes)
        text = text_of(label.group(1)) if label else ""
        if b:
            lines.append((a, b, attributes))
        elif re.fullmatch(r"n\d+", a):
            name = text.split()[0]
            boxes[name] = text
            ids[a] = name
        elif re.fullmatch(r"[rs]\d+", a):  # a rule, which stands on its edge
            rules[a] = text
    edges = [(ids[a], ids[b], "") for a, b, _ in lines if a in ids and b in ids]
    begin = {b: (ids[a], style) for a, b, style in lines if b in rules}
    for rule, b, _ in lines:
        if rule in rules:
            a, style = begin[rule]
            ends = (ids[b], a) if "dir=back" in style else (a, ids[b])
            edges.append((*ends, rules[rule]))
    return boxes, edges


def softmax_by_hand():
    z, t = ag.Tensor([2.0, 1.0, 0.1], "z"), np.array([1.0, 0.0, 0.0])
    with ag.group("softmax"):
        e = ag.exp(z)
        s = e.sum()
        h = e / s
    with ag.group("cross-entropy"):
        q = ag.log(h)
        m = t * q
        L = -m.sum()
    L.backward()
    return z, L, ag.draw(L, names={"e": e, "s": s, "h": h, "q": q, "m": m, "L": L})


def test_softmax_with_cross_entropy_has_the_boxes_of_a_lecture():
    boxes, edges = parts(softmax_by_hand()[2])
    assert set(boxes) == {"z", "e", "s", "h", "t", "q", "m", "L"}
    assert boxes["e"].startswith("e = exp(z) (3,) value 7.3891 2.7183 1.1052 ∂L/∂e −0.0461")
    assert boxes["s"].startswith("s = sum(e) scalar value 11.2125")
    assert boxes["h"].endswith("−1.5174 0 0")
    assert boxes["L"].startswith("L = −sum(m) scalar · output value 0.4170")
    assert boxes["t"].endswith("no gradient wanted")
    texts = {(a, b): text for a, b, text in edges}
    assert texts == {
        ("z", "e"): "↑ × e",
        ("e", "s"): "↑ × 1, copied to all +0.0892 +0.0892 +0.0892",
        ("e", "h"): "↑ ÷ s −0.1353 0 0",
        ("s", "h"): "↑ × −e/s², summed",
        ("h", "q"): "↑ ÷ h",
        ("q", "m"): "↑ × t",
        ("t", "m"): "",
        ("m", "L"): "↑ × −1, copied to all",
    }


def test_a_fan_out_says_what_its_gradient_is_the_sum_of():
    boxes, _ = parts(softmax_by_hand()[2])
    assert "= sum of the 2 paths below" in boxes["e"]
    a, b, c = ag.Value(-2.0), ag.Value(3.0), ag.Value(1.5)
    p = a * b
    r = p + a
    f = r * c
    f.backward()
    boxes, edges = parts(ag.draw(f))
    assert "+6.0000 = +4.5000 +1.5000" in boxes["a"]
    assert ("a", "p", "← × b +4.5000") in edges
    assert ("a", "r", "← × 1 +1.5000") in edges


def test_the_softmax_of_the_package_reads_as_the_one_written_out():
    z, t = ag.Tensor([2.0, 1.0, 0.1]), np.array([1.0, 0.0, 0.0])
    h = ag.softmax(z)
    L = ag.cross_entropy(h, t)
    boxes, edges = parts(ag.draw(L))
    assert set(boxes) == {"z", "e", "s", "h", "q", "t", "m", "L"}
    assert boxes["e"].startswith("e = exp(z − max z)")
    assert boxes["m"].startswith("m = t · q")
    assert ("s", "h", "↑ × −e/s², summed") in edges


def test_groups_are_dashed_boxes_and_collapse_to_one():
    z, t = ag.Tensor([2.0, 1.0, 0.1]), np.array([1.0, 0.0, 0.0])
    h = ag.softmax(z)
    L = ag.cross_entropy(h, t)
    L.backward()
    opened = ag.draw(L).dot
    assert opened.count("subgraph cluster_") == 2
    assert opened.count('style="rounded,dashed"') == 2
    closed = ag.draw(L, depth=0)
    assert "subgraph" not in closed.dot
    boxes, edges = parts(closed)
    assert list(boxes) == ["z", "h", "t", "L"]
    assert boxes["h"].startswith("h = softmax(z)")
    texts = {(a, b): text for a, b, text in edges}
    assert texts["z", "h"] == "↑ × J, J_ij = h_i (δ_ij − h_j)"
    assert texts["h", "L"] == "↑ × −t/h"
    assert texts["L", "z"] == "shortcut: h − t"


@pytest.mark.parametrize(
    ("reduction", "text"), [("mean", "shortcut: (h − t) / 2"), ("sum", "shortcut: h − t")]
)
def test_the_shortcut_says_what_the_gradient_is(reduction, text):
    z, t = ag.Tensor([[2.0, 1.0, 0.1], [0.0, 1.0, 2.0]]), np.eye(3)[:2]
    h = ag.softmax(z)
    L = ag.cross_entropy(h, t, reduction=reduction)
    L.backward()
    _, edges = parts(ag.draw(L, depth=0))
    assert ("L", "z", text) in edges
    meant = (h.data - t) / (2 if "/ 2" in text else 1)
    np.testing.assert_allclose(z.grad, meant, atol=1e-15)


def test_softmax_cross_entropy_collapsed_says_its_gradient():
    z, t = ag.Tensor([[2.0, 1.0, 0.1], [0.0, 1.0, 2.0]]), np.eye(3)[:2]
    L = ag.softmax_cross_entropy(z, t)
    assert ("z", "L", "↑ × (softmax(z) − t)/2") in parts(ag.draw(L, depth=0))[1]
    L = ag.softmax_cross_entropy(z, t, reduction="sum")
    assert ("z", "L", "↑ × (softmax(z) − t)") in parts(ag.draw(L, depth=0))[1]


def test_the_shortcut_is_not_claimed_for_targets_that_do_not_add_up_to_one():
    z, t = ag.Tensor([2.0, 1.0, 0.1]), np.array([1.0, 1.0, 0.0])
    h = ag.softmax(z)
    assert "shortcut" not in ag.draw(ag.cross_entropy(h, t), depth=0).dot
    text = ag.draw(ag.softmax_cross_entropy(z, t), depth=0).dot
    assert "softmax(z) −" not in text
    assert "through 8 steps" in text


def test_two_entries_of_one_group_are_two_boxes():
    z = ag.Tensor([2.0, 1.0])
    L = (ag.softmax(z) * ag.softmax(2.0 * z)).sum()
    assert ag.draw(L).dot.count("subgraph cluster_") == 2


def test_nested_groups_open_level_by_level():
    x = ag.Value(2.0)
    with ag.group("outer"):
        y = ag.exp(x)
        with ag.group("inner"):
            w = ag.sin(y)
            v = ag.cos(w)
    assert set(parts(ag.draw(v, depth=0))[0]) == {"x", "v"}
    assert set(parts(ag.draw(v, depth=1))[0]) == {"x", "y", "v"}
    assert set(parts(ag.draw(v))[0]) == {"x", "y", "w", "v"}


def test_a_collapsed_group_with_results_of_several_shapes():
    x = ag.Tensor([1.0, 2.0, 3.0])
    with ag.group("both"):
        y = ag.exp(x)
        w = y[:2] * 2.0
    L = y.sum() + w.sum() + (y * y).sum()
    L.backward()
    drawing = ag.draw(L, depth=0)
    both = next(text for text in parts(drawing)[0].values() if "both(x)" in text)
    assert "one of its 2 results" in both
    drawing.svg()


def test_x_times_x_has_two_edges():
    x = ag.Value(3.0)
    y = x * x
    y.backward()
    boxes, edges = parts(ag.draw(y))
    assert edges == [("x", "y", "← × x +3.0000")] * 2
    assert "= +3.0000 +3.0000" in boxes["x"]


def test_before_backward_the_row_says_so():
    x = ag.Value(3.0)
    y = ag.exp(x)
    boxes, _ = parts(ag.draw(y))
    assert "∂y/∂x not computed yet" in boxes["x"]


@pytest.mark.parametrize(
    ("factor", "verdict"), [(1.0, "✓ agrees"), (2.0, "✗ differs by 0.3410 in z[0], z[1], z[2]")]
)
def test_the_hand_row_says_whether_it_agrees(factor, verdict):
    z, L, _ = softmax_by_hand()
    z.hand = z.grad * factor
    boxes, _ = parts(ag.draw(L))
    assert "by hand" in boxes["z"]
    assert verdict in boxes["z"]


def test_a_hand_gradient_is_judged_on_its_own_scale():
    z = ag.Tensor([2.0, 1.0, 0.1], label="z")
    L = (z * 1e-9).sum()
    L.backward()
    z.hand = 50 * z.grad
    assert "✗ differs" in parts(ag.draw(L))[0]["z"]


def test_a_gradient_that_is_zero_in_mathematics_agrees_but_for_rounding():
    z = ag.Tensor([0.3, -1.1, 0.7], label="z")
    L = (z * 0.1 + z * 0.2 - z * 0.3).sum()
    L.backward()
    assert 0 < abs(z.grad).max() < 1e-14  # 0.1 + 0.2 − 0.3 in floats, in whatever order
    z.hand = np.zeros(3)
    assert "✓ agrees" in parts(ag.draw(L))[0]["z"]


def test_a_wrong_hand_gradient_is_drawn_with_its_likely_cause():
    z, t = ag.Tensor([2.0, 1.0, 0.1]), np.array([1.0, 0.0, 0.0])
    h = ag.softmax(z)
    L = ag.cross_entropy(h, t)
    L.backward()
    z.hand = h.data * (1 - h.data) * h.grad
    boxes, _ = parts(ag.draw(L))
    assert "✗ differs by 0.2424 in z[1], z[2]" in boxes["z"]
    assert "only the diagonal of the softmax Jacobian was used" in boxes["z"]
    np.testing.assert_allclose(z.grad, h.data - t, atol=1e-15)  # comparing has changed nothing


def test_an_error_carried_forward_is_drawn_as_one():
    """u is wrong; p was derived correctly from it, and s before it."""
    A, B = np.array([[0.5, -1.0, 0.2], [1.5, 0.3, -0.7]]), np.array([[1.0, -2.0], [0.5, 1.0]])
    p = ag.Tensor([1.0, -0.5, 2.0])
    u = A @ p
    s = ag.tanh(u)
    L = ((B @ s) ** 2).sum()
    L.backward()
    s.hand = B.T @ (2 * B @ s.data)
    u.hand = s.hand * (1 - s.data)
    p.hand = A.T @ u.hand
    boxes, _ = parts(ag.draw(L))
    assert "✓ agrees" in boxes["s"]
    assert "the derivative of tanh was taken as 1 − y" in boxes["u"]
    assert "✗ differs" in boxes["p"]
    assert "right in itself: it follows from a wrong one after it" in boxes["p"]


def test_a_hand_gradient_of_another_shape_is_said_and_drawn():
    z, L, _ = softmax_by_hand()
    z.hand = np.ones((2, 3))
    boxes, _ = parts(ag.draw(L))
    assert "✗ differs it has shape (2, 3), z has (3,)" in boxes["z"]


def test_names_come_from_the_label_the_caller_or_a_letter():
    first = ag.Value(1.0, "weight")
    second = ag.Value(2.0)
    total = ag.exp(first * second)
    boxes, _ = parts(ag.draw(total))
    assert list(boxes) == ["weight", "second", "m", "total"]
    boxes, _ = parts(ag.draw(total, names={"w": first, "b": second}))
    assert list(boxes)[:2] == ["w", "b"]
    boxes, _ = parts(ag.draw(total, names={first: "u"}))
    assert next(iter(boxes)) == "u"


def test_a_constant_takes_its_variable_s_name_although_it_was_copied():
    weights = np.array([1.0, 2.0, 3.0])
    x = ag.Tensor([1.0, 1.0, 1.0])
    y = x * weights
    assert y.inputs[1] is not weights
    assert "weights" in parts(ag.draw(y))[0]


def test_nodes_in_lists_and_arrays_are_named_after_their_place():
    z = np.array([ag.Value(2.0), ag.Value(1.0)])
    e = np.exp(z)
    s = e.sum()
    both = [s * 2.0, s * 3.0]
    L = both[0] + both[1]
    assert set(parts(ag.draw(L))[0]) == {
        "z[0]",
        "z[1]",
        "e[0]",
        "e[1]",
        "s",
        "both[0]",
        "both[1]",
        "L",
    }
    boxes, edges = parts(ag.draw(e[1]))
    assert boxes["e[1]"].startswith("e[1] = exp(z[1])")
    assert edges == [("z[1]", "e[1]", "← × e[1]")]


def test_a_list_of_tensors_is_not_taken_apart_into_numbers():
    layers = [ag.Tensor(np.ones((2, 2))), ag.Tensor(np.ones((2, 2)))]
    assert {"layers[0]", "layers[1]"} < set(parts(ag.draw(layers[0] * layers[1]))[0])


def test_equal_names_are_told_apart():
    a, b = ag.Value(1.0, "x"), ag.Value(2.0, "x")
    assert set(parts(ag.draw(a * b))[0]) == {"x", "x2", "m"}


def test_looking_for_names_keeps_nothing_alive():
    def inner():
        x = ag.Value(1.0)
        local = ag.Tensor([1.0])
        ag.draw(x * 2.0)
        return weakref.ref(local)

    gc.disable()
    try:
        assert inner()() is None
    finally:
        gc.enable()


def test_a_namespace_that_raises_costs_the_names_only():
    class Rude:
        def __eq__(self, other):
            raise RuntimeError

        __hash__ = object.__hash__

        def __getattr__(self, name):
            raise RuntimeError

    rude, lists = Rude(), [[1, 2], [3]]
    y = ag.Tensor([1.0, 2.0]) * np.array([3.0, 4.0])
    assert rude is not None
    assert lists
    assert len(parts(ag.draw(y))[0]) == 3


def test_the_same_graph_gives_the_same_bytes_and_another_graph_other_ids():
    def once(number):
        x = ag.Value(number, "x")
        y = ag.exp(x) * x
        y.backward()
        return ag.draw(y)

    assert once(1.0).dot == once(1.0).dot
    ids = [set(re.findall(r" id=\"?(\w+)", once(n).dot)) for n in (1.0, 2.0)]
    assert len(ids[0]) > 5
    assert not ids[0] & ids[1]


def test_ids_are_unique_within_a_drawing():
    ids = re.findall(r" id=\"?(\w+)", softmax_by_hand()[2].dot)
    assert len(ids) == len(set(ids)) > 15


def test_a_picture_has_no_ids_and_refers_to_none():
    """Two cells of a notebook may show the same one: an id would be on the page twice."""
    label = '" id="z" class="node"'
    with ag.group(label):
        y = ag.Value(2.0, label) * 3.0
    drawings = softmax_by_hand()[2], ag.draw(y), ag.draw(sum(ag.Value(1.0) for _ in range(300)))
    for picture in drawings:
        attributes = [
            (name.rpartition("}")[2], value)
            for tag in ElementTree.fromstring(picture.svg()).iter()
            for name, value in tag.attrib.items()
        ]
        assert ("class", "node") in attributes
        assert {"id", "href"}.isdisjoint(name for name, _ in attributes)
        assert not any("url(" in value for _, value in attributes)
    assert html.escape(label) in drawings[1].svg()


def test_scalars_go_left_to_right_tensors_down_and_both_can_be_forced():
    x, t = ag.Value(1.0), ag.Tensor([1.0, 2.0])
    assert "rankdir=LR" in ag.draw(ag.exp(x)).dot
    assert "rankdir=TB" in ag.draw(ag.exp(t)).dot
    assert "rankdir=TB" in ag.draw(ag.exp(x), direction="TB").dot
    assert "rankdir=LR" in ag.draw(ag.exp(t), direction="LR").dot
    for _ in range(8):
        x = ag.sin(x)
    assert "rankdir=TB" in ag.draw(x).dot  # too long for a notebook column


def test_a_small_array_is_shown_in_full_and_a_large_one_by_its_ends():
    small = ag.Tensor(np.arange(24.0).reshape(4, 6))
    boxes, _ = parts(ag.draw(ag.exp(small)))
    for k in range(1, 24):
        assert f" {k}.0000" in boxes["small"]
    large = ag.Tensor(np.arange(60000.0).reshape(200, 300))
    drawing = ag.draw(ag.sin(large))
    boxes, _ = parts(drawing)
    assert "0 1.0000 2.0000 3.0000 4.0000 … 299.0000" in boxes["large"]
    assert "59700.0000" in boxes["large"]
    assert "(200, 300): 0 to 59999.0000" in boxes["large"]
    labels = re.findall(r"label=<.*?> id=|label=<.*>\]", drawing.dot)
    assert all(len(label) < 12_000 for label in labels)


def test_awkward_numbers():
    x = ag.Tensor([0.0, -0.0, 1e-7, np.nan, np.inf, -1e9])
    boxes, _ = parts(ag.draw(x * 1.0))
    assert boxes["x"].endswith("value 0 0 1.0e−07 NaN inf −1.0e+09 ∂m/∂x not computed yet")


def test_empty_arrays_are_drawn():
    x = ag.Tensor(np.zeros((0, 3)))
    L = ag.exp(x).sum()
    L.backward()
    assert "empty" in parts(ag.draw(L))[0]["x"]


def test_blank_leaves_cells_empty_for_a_worksheet():
    x = ag.Value(3.0)
    y = ag.exp(x)
    y.backward()
    boxes, edges = parts(ag.draw(y, blank=("gradient", "rules")))
    assert "20.0855" in boxes["y"]
    assert "+20.0855" not in boxes["x"]
    assert edges == [("x", "y", "?")]


def test_show_leaves_out_what_is_not_named():
    x = ag.Value(3.0)
    y = ag.exp(x)
    y.backward()
    drawing = ag.draw(y, show=("value",))
    assert "∂" not in drawing.dot
    assert "How to read" not in drawing.dot
    assert parts(drawing)[1] == [("x", "y", "")]


def test_only_draws_a_group_or_a_node_with_what_goes_into_it():
    z, L, _ = softmax_by_hand()
    boxes, edges = parts(ag.draw(L, only="softmax"))
    assert "e = exp(z)" in boxes["e"]
    assert set(boxes) == {"z", "e", "s", "h"}
    assert len(edges) == 4
    assert set(parts(ag.draw(L, only=z))[0]) == {"z"}
    with pytest.raises(ValueError, match=r"no group or node.*cross-entropy, softmax"):
        ag.draw(L, only="sofmax")


def test_above_sixty_boxes_groups_collapse_by_themselves():
    h = ag.Value(0.5)
    for k in range(20):
        with ag.group(f"layer {k}"):
            h = ag.tanh(ag.sin(ag.exp(h) * 0.5) + 0.1)
    boxes, _ = parts(ag.draw(h, depth=0))
    assert len(boxes) == 21
    assert "depth=1 opens them" in ag.draw(h, depth=0).dot


def test_what_is_too_high_for_two_screens_is_folded_and_shows_its_ends():
    h = ag.Value(0.5, "h0")
    for k in range(30):
        with ag.group(f"layer {k}"):
            h = ag.tanh(ag.sin(ag.exp(h) * 0.5) + 0.1)
        h.label = f"h{k + 1}"
    h.backward()
    drawing = ag.draw(h)
    boxes, _ = parts(drawing)
    assert "layer 0" in boxes["h1"]
    assert "layer 29" in boxes["h30"]
    middle = next(text for text in boxes.values() if "= …(" in text)
    left_out = int(re.search(r"(\d+) steps", middle).group(1))
    assert left_out + 5 * (len(boxes) - 1) == 30 * 5
    assert "folded to fit a page, depth=1 draws all of it" in drawing.dot
    assert f"∂h30/∂{middle.split()[0]}" in middle


def test_above_two_hundred_boxes_it_says_what_to_do():
    x = ag.Value(1.0)
    for _ in range(300):
        x = ag.sin(x)
    drawing = ag.draw(x)
    assert "301 values are too many" in drawing.dot
    assert "ag.trace(root)" in drawing.text
    assert "301 values" in repr(drawing)
    assert len(parts(ag.draw(x, only=x))[0]) == 2


def test_a_recorded_gradient_can_be_drawn():
    x = ag.Value(2.0)
    slope = ag.grad(lambda v: v**3)(x)
    boxes, _ = parts(ag.draw(slope))
    assert "12.0000" in boxes["slope"]


def test_a_leaf_that_accumulated_over_sweeps_does_not_claim_a_sum():
    x = ag.Value(3.0)
    y = x * x
    y.backward()
    y.backward()
    assert "more than the paths of this drawing" in parts(ag.draw(y))[0]["x"]


def test_drawing_changes_nothing_also_in_the_middle_of_a_sweep():
    x = ag.Value(3.0)
    y = ag.exp(x) * x
    y.backward()
    expected = x.grad
    x.grad = None
    from autograd_lite.core.graph import sweep

    for node, g in sweep([y], [1.0]):
        ag.draw(y)
        if node is x:
            assert g == expected
    with ag.no_grad():
        assert "× −" not in ag.draw(y).dot
        assert "← × x" in ag.draw(y).dot


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"direction": "RL"}, "direction knows LR, TB, not 'RL'"),
        ({"show": ["values"]}, "show knows value, .* not 'values'"),
        ({"blank": "gradient"}, r"blank is a list of words, \['gradient'\]"),
        ({"depth": -1}, "depth is how many levels"),
    ],
)
def test_options_that_do_not_exist_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        ag.draw(ag.Value(1.0) * 2.0, **options)


def test_things_that_are_no_nodes_are_refused():
    with pytest.raises(TypeError, match=r"draw takes a node .* not float"):
        ag.draw(1.0)
    with pytest.raises(TypeError, match="names is a dict"):
        ag.draw(ag.Value(1.0), names=["x"])


def test_a_stack_is_one_box():
    rows = [ag.Tensor([1.0 * k, 2.0], f"x{k}") for k in range(7)]
    L = ag.sum(ag.stack(rows) * 2.0)
    L.backward()
    drawing = ag.draw(L, depth=0, names={"L": L})
    boxes, edges = parts(drawing)
    stacked = next(text for text in boxes.values() if "stack(" in text)
    assert "stack(x0, x1, x2, x3, x4, x5, …)" in stacked
    assert sum(a.startswith("x") for a, _, _ in edges) == 7
    assert not any("reshape" in text for text in [*boxes.values(), *(t for *_, t in edges)])
    assert "c = stack(x0, x1, x2, x3, x4, x5, …)" in str(ag.trace(L))


def test_a_network_of_single_numbers_has_a_box_for_each_neuron():
    """micrograd's: a parameter is called by its layer and place, and stands where it is used."""
    model = ag.nn.MLP(2, [4, 1], rng=0)
    x = [ag.Value(1.0), ag.Value(-2.0)]
    y = model(x)
    y.backward()
    drawing = ag.draw(y)
    boxes, _ = parts(drawing)
    assert len(boxes) == 2 + 4 + 1
    neuron = next(text for text in boxes.values() if "relu(b1[2]" in text)
    for name in ("w1[2,0]", "w1[2,1]", "b1[2]"):
        assert name in neuron
    assert "to x[0]" in neuron
    for layer in model.layers:
        for neuron in layer.neurons:
            for p in neuron.parameters():
                assert html.escape(p.label).replace("]", "&#93;") in drawing.dot


def test_parameters_of_a_network_of_tensors_are_called_by_their_layer():
    model = ag.nn.MLP(3, [4, 2], over=ag.Tensor, rng=0)
    labels = [p.label for p in model.parameters()]
    assert labels == ["layer 1 weight", "layer 1 bias", "layer 2 weight", "layer 2 bias"]
