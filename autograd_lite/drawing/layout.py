"""A view as DOT: boxes, dashed group boxes, edges with the local rules, title and legend.

All labels are HTML-like and go through one escaping function. DOT is built by the `graphviz` Python
package. Graphviz's `size` is never set: version 2.43 cuts such drawings off.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from itertools import takewhile
from textwrap import wrap
from typing import Any

import numpy as np

from ..graphs.colour import GRADIENT, INK, MUTE, VALUE, scale_of, tint
from ..graphs.notation import SUPERSCRIPTS
from ..graphs.text import clip, escape, plain, show_number
from .boxes import LEFT_OUT, Box
from .cells import cell, font
from .edges import shortcuts
from .formula import title_of
from .hand import causes
from .label import AS_IT_IS, Look, Style, box_columns, box_label, rule_label
from .render import MONO, SANS
from .view import View

__all__ = ["build", "declined", "direction_of"]

FAST = {"nslimit": "0.2", "nslimit1": "0.2", "mclimit": "0.2"}

WIDTH = 4  # layers of scalars that fit a notebook column side by side


def build(
    view: View,
    direction: str,
    show: Collection[str],
    blank: Collection[str],
    style: Style = AS_IT_IS,
) -> str:
    """The DOT source."""
    import graphviz

    dot = graphviz.Digraph("computation", body=[])
    down = direction == "TB"
    scale = scale_of(box.grad for box in view.boxes if box.grad is not None)
    reasons = causes(view.subject) if "hand" in show else {}
    shapes = has_arrays(view)
    look = Look(view.root.name, scale, view.covered, show, blank, down, style, shapes, reasons)
    on_edges = "rules" in show and not style.cards
    dot.attr(
        "graph",
        id="\x01graph",
        rankdir=direction,
        ranksep=("0.16" if down else "0.07") if on_edges else "0.4",
        nodesep="0.15" if style.cards else "0.3",
        bgcolor="white",
        fontname=SANS,
        fontsize="12",
        labelloc="t",
        labeljust="l",
        pad="0.15",
        fontcolor=INK,
        label=heading(view, down, style.cards),
        # Network simplex takes Graphviz seconds on a long recurrence.
        **(FAST if len(view.boxes) > 80 else {}),
    )
    dot.attr("node", shape="plain", fontname=SANS, fontsize="11", fontcolor=INK)
    dot.attr("edge", color="#555555", arrowsize="0.7", penwidth="1.1")
    if "legend" in show and not down:
        dot.node("legend", id="\x01legend", label=legend(scale, down))
    nodes, lines = (on_cards if not on_edges else with_rules)(view, look)
    level(view.subject.groups.names, nodes, dot, ())
    for a, b, attributes in lines:
        dot.edge(a, b, **attributes)
    if "legend" in show and down:
        dot.node("legend", id="\x01legend", label=legend(scale, down))
        # An invisible edge puts it below a constant, where there is room.
        above = [k for k, box in enumerate(view.boxes) if box.kind == "constant"]
        wide = any(plain(box.node).shape[-1:] > (3,) for box in view.boxes)
        if style.cards or wide:  # beside nothing, or the drawing would be too wide
            above += [k for k, box in enumerate(view.boxes) if box is view.root]
        if above:
            minlen = "2" if on_edges else "1"
            dot.edge(f"n{above[-1]}", "legend", style="invis", weight="0", minlen=minlen)
    # Graphviz reads \G and \N even where the backslash was written as a reference: a second one
    # in front of it says that the backslash itself is meant.
    source = dot.source.replace("&#92;", "&#92;&#92;")
    prefix = "a" + hashlib.sha256(source.encode()).hexdigest()[:10]
    return source.replace("\x01", prefix + "_")


Nodes = dict[tuple[int, ...], list[tuple[str, str]]]
"""Names and labels of what is drawn, by the groups around it."""

Lines = list[tuple[str, str, dict[str, str]]]
"""From where, to where, and how."""

DASHED = {"style": "dashed", "color": "#999999", "arrowhead": "empty"}
DOTTED = {"style": "dotted", "color": GRADIENT, "penwidth": "1.3"}


def with_rules(view: View, look: Look) -> tuple[Nodes, Lines]:
    """Boxes, and the rules between them.

    A rule stands on its edge as a node of its own, between two halves of the line: a label that
    Graphviz places by itself lands beside other edges, and across the frames of groups.
    """
    nodes: Nodes = {}
    lines: Lines = []
    name = {id(box): f"n{k}" for k, box in enumerate(view.boxes)}
    for box in view.boxes:
        nodes.setdefault(box.group, []).append((name[id(box)], box_label(box, look)))
    upper = rows_of_leaves(view, look) if look.down else {}
    begin, end = "ns" if look.down else "we"
    for k, edge in enumerate(edge for box in view.boxes for edge in box.edges):
        a, b = name[id(edge.source)], name[id(edge.target)]
        rows = 2 * upper.get(id(edge.source), 0)
        if edge.source.kind == "constant":
            lines.append((a, b, {"minlen": str(rows + 2), **DASHED}))
            continue
        around = common(edge.source.group, edge.target.group)
        nodes.setdefault(around, []).append((f"r{k}", rule_label(edge, look)))
        heavy = {"weight": "4"} if len(edge.source.users) == 1 else {}
        lines.append((a, f"r{k}:{begin}", {"arrowhead": "none", **heavy}))
        lines.append((f"r{k}:{end}", b, {"minlen": str(rows + 1), **heavy}))
    for k, (x, y, text) in enumerate(shortcuts(view)):
        nodes.setdefault((), []).append((f"s{k}", f"<{font(escape(text), GRADIENT, 10)}>"))
        lines.append((name[id(x)], f"s{k}", {"dir": "back", **DOTTED}))
        lines.append((f"s{k}", name[id(y)], {"dir": "none", **DOTTED}))
    return nodes, lines


def on_cards(view: View, look: Look) -> tuple[Nodes, Lines]:
    """Boxes with their rules and their own leaves in them, and bare lines."""
    nodes: Nodes = {}
    name = {id(box): f"n{k}" for k, box in enumerate(view.boxes) if not look.is_inside(box)}
    for box in view.boxes:
        if id(box) in name:
            nodes.setdefault(box.group, []).append((name[id(box)], box_label(box, look)))
    lines: Lines = []
    upper = rows_of_leaves(view, look) if look.down else {}
    for box in view.boxes:
        for edge in box.edges:
            if id(edge.source) in name:
                style = dict(DASHED) if edge.source.kind == "constant" else {}
                if rows := upper.get(id(edge.source)):
                    style["minlen"] = str(rows + 1)
                line = (name[id(edge.source)], name[id(box)], style)
                if not (look.cards and line in lines):
                    lines.append(line)
    return nodes, lines


def level(titles: list[str], nodes: Nodes, graph: Any, group: tuple[int, ...]) -> None:
    """The nodes of one group, and the groups inside it as clusters."""
    for name, label in nodes.get(group, ()):
        graph.node(name, id=f"\x01{name}", label=label)
    depth = len(group)
    inner = sorted({g[: depth + 1] for g in nodes if len(g) > depth and g[:depth] == group})
    for g in inner:
        with graph.subgraph(name=f"cluster_{g[-1]}") as cluster:
            cluster.attr(
                id=f"\x01g{g[-1]}",
                label=f"<{escape(clip(titles[g[-1]], 60)) or '&#160;'}>",
                labeljust="l",
                style="rounded,dashed",
                color="#888888",
                fontcolor="#444444",
                margin="14",
                fontsize="11",
            )
            level(titles, nodes, cluster, g)


def common(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """The groups around both of two boxes."""
    shared = takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False))
    return tuple(x for x, _ in shared)


def rows_of_leaves(view: View, look: Look) -> dict[int, int]:
    """How many rows further up a leaf stands than it could, where too many would be side by side.

    By the leaf's identity; only leaves that are used in one place are moved.
    """
    layer: dict[int, int] = {}
    beside: dict[int, list[Box]] = {}
    for box in view.boxes:
        layer[id(box)] = 1 + max((layer.get(id(e.source), 0) for e in box.edges), default=0)
    for box in view.boxes:
        targets = {id(edge.target) for edge in box.users} & layer.keys()
        if not box.edges and len(targets) == 1 and not look.is_inside(box):
            beside.setdefault(layer[targets.pop()], []).append(box)
    found: dict[int, int] = {}
    for boxes in beside.values():
        columns = max(box_columns(plain(box.node), look) for box in boxes)
        rows = -(-len(boxes) // max(1, 680 // (80 + 52 * columns)))
        found |= {id(box): k % rows for k, box in enumerate(boxes)}
    return found


def declined(words: str) -> str:
    """A drawing of nothing but the words that say why."""
    import graphviz

    dot = graphviz.Digraph("computation")
    dot.attr("graph", bgcolor="white")
    dot.node("n0", label=f"<{font(escape(words), INK)}>", shape="plain", fontname=SANS)
    return dot.source


def direction_of(view: View) -> str:
    """Left to right for a few layers of scalars, else top down: it has to fit a column."""
    if has_arrays(view):
        return "TB"
    layer: dict[int, int] = {}
    for box in view.boxes:
        layer[id(box)] = 1 + max((layer.get(id(e.source), 0) for e in box.edges), default=0)
    return "LR" if max(layer.values()) <= WIDTH else "TB"


def has_arrays(view: View) -> bool:
    """Whether not all that is drawn are single numbers."""
    return any(plain(box.node).ndim for box in view.boxes)


def heading(view: View, down: bool, cards: bool) -> str:
    """The title: what is computed, its number, and which way to read."""
    root = view.root
    title = title_of(view.subject, root)
    value = np.asarray(root.node.primal)
    if value.ndim == 0 and root.node.op is not None:
        title += f" = {show_number(value)}"
    ways = ("downwards", "upwards") if down else ("to the right", "to the left")
    words = f"values are computed {ways[0]}, gradients {ways[1]}"
    left_out = any(box.collapsed == LEFT_OUT for box in view.boxes)
    if left_out or (cards and view.depth is None):
        words += f"; folded to fit a page, depth={view.subject.groups.depth} draws all of it"
    elif any(box.collapsed for box in view.boxes):
        words += f"; groups are collapsed, depth={(view.depth or 0) + 1} opens them"
    lines = [f"<B>{escape(line)}</B>" for line in wrap(clip(title, 140), 64)]
    lines = [f'<FONT POINT-SIZE="14">{line}</FONT>' for line in lines]
    return (
        "<" + "".join(f'{line}<BR ALIGN="LEFT"/>' for line in [*lines, font(words, MUTE, 10)]) + ">"
    )


def legend(scale: float, down: bool) -> str:
    """How to read the drawing, with the colour scale in numbers."""
    if down:
        value, slope = "computed on the way down", "computed on the way up"
        times, arrow = "times w on the way up", "↑"
        shares = [-1.0, -0.3, -0.045, 0.0, 0.045, 0.3, 1.0]
    else:  # as narrow as a leaf, which it stands below
        value, slope, times = "to the right", "to the left", "times w, to the left"
        arrow, shares = "←", [-1.0, -0.15, 0.0, 0.15, 1.0]
    lines = [
        "How to read",
        f"{font('value', VALUE)}: {value}",
        f"{font('<I>∂L/∂x</I>', GRADIENT)}: {slope}",
        f"{font(f'{arrow} × w', GRADIENT)}: {times}",
        "thick = leaf, dashed = constant",
    ]
    rows = "".join(f'<TR><TD ALIGN="LEFT">{font(line, MUTE, 9)}</TD></TR>' for line in lines)
    cells = ""
    for share in shares:
        x = share * scale
        text = font(short(x), INK, 9, MONO)
        paint = {"bgcolor": tint(x, scale)} if x else {}
        cells += cell(text, width=28 if x else 16, align="RIGHT" if x else "CENTER", **paint)
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">'
    rows += f'<TR><TD ALIGN="LEFT">{table}<TR>{cells}</TR></TABLE></TD></TR>'
    return f"<{table}{rows}</TABLE>>"


def short(x: float) -> str:
    """A number of the scale in about five characters."""
    if x == 0:
        return "0"
    size = abs(x)
    if 0.01 <= size < 1000:
        text = f"{size:.2f}" if size < 100 else f"{size:.0f}"
    else:  # 2·10⁻⁵; with an e it would read like Euler's number
        digit, power = f"{size:.0e}".split("e")
        text = f"{digit}·10{str(int(power)).translate(SUPERSCRIPTS)}"
    return ("−" if x < 0 else "+") + text
