"""A view as DOT: boxes, dashed group boxes, edges with the local rules, title and legend.

All labels are HTML-like and go through one escaping function. DOT is built by the `graphviz` Python
package. Graphviz's `size` is never set: version 2.43 cuts such drawings off.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any

import numpy as np

from ..graphs.colour import GRADIENT, INK, MUTE, VALUE, scale_of, tint
from ..graphs.text import array_lines, clip, escape, show_number
from .boxes import Box, Edge, gradient
from .cells import cell, font
from .collapsed import edge_phrase, shortcuts
from .formula import title_of
from .hand import causes
from .label import box_label
from .phrases import phrase
from .render import MONO, SANS
from .view import View

__all__ = ["build", "declined", "direction_of"]

FAST = {"nslimit": "0.1", "nslimit1": "0.1", "mclimit": "0.1", "splines": "line"}

WIDTH = 4  # layers of scalars that fit a notebook column side by side


def build(view: View, direction: str, show: Collection[str], blank: Collection[str]) -> str:
    """The DOT source."""
    import graphviz

    dot = graphviz.Digraph("computation", body=[])
    down = direction == "TB"
    scale = scale_of(box.grad for box in view.boxes if box.grad is not None)
    name_of = {id(box): f"n{k}" for k, box in enumerate(view.boxes)}
    root = view.root
    many = len(view.boxes) > 40
    dot.attr(
        "graph",
        id="\x01graph",
        rankdir=direction,
        ranksep="0.32" if down else "0.55",
        nodesep="0.45" if down else "0.3",
        bgcolor="white",
        fontname=SANS,
        fontsize="12",
        labelloc="t",
        labeljust="l",
        pad="0.15",
        fontcolor=INK,
        label=heading(view, down),
        # With edge labels, network simplex takes Graphviz seconds on a long recurrence.
        **(FAST if many else {}),
    )
    dot.attr("node", shape="plain", fontname=SANS, fontsize="11", fontcolor=INK)
    dot.attr("edge", fontname=SANS, fontsize="10", color="#555555", arrowsize="0.7", penwidth="1.1")
    where = "below" if down else "to its right"
    lines: dict[tuple[int, ...], list[Box]] = {}
    for box in view.boxes:
        lines.setdefault(box.group, []).append(box)

    reasons = causes(view.subject) if "hand" in show else {}

    def node(graph: Any, box: Box) -> None:
        reason = reasons.get(id(box.node), "")
        graph.node(
            name_of[id(box)],
            id=f"\x01{name_of[id(box)]}",
            label=box_label(box, root.name, scale, show, blank, where, reason),
        )

    if "legend" in show and not down:
        dot.node("legend", id="\x01legend", label=legend(scale, down))
    level(view, lines, node, dot, ())
    for k, (a, b, text) in enumerate(shortcuts(view)):
        dot.edge(
            name_of[id(b)], name_of[id(a)], id=f"\x01s{k}", style="dotted", constraint="false",
            color=GRADIENT, label=f"<{font(escape(text), GRADIENT)}>", penwidth="1.3",
        )  # fmt: skip
    k = 0
    for box in view.boxes:
        for edge in box.edges:
            attributes = {"id": f"\x01e{k}"}
            k += 1
            if edge.source.kind == "constant":
                attributes |= {"style": "dashed", "color": "#999999", "arrowhead": "empty"}
            elif "rules" in show:
                attributes["label"] = edge_label(view, edge, down, show, blank)
                if len(edge.source.users) == 1:
                    attributes["weight"] = "4"
            dot.edge(name_of[id(edge.source)], name_of[id(edge.target)], **attributes)
    if "legend" in show and down:
        dot.node("legend", id="\x01legend", label=legend(scale, down))
        # An invisible edge puts it below a constant, where there is room.
        constants = [box for box in view.boxes if box.kind == "constant"]
        if constants:
            dot.edge(name_of[id(constants[-1])], "legend", style="invis", weight="0")
    # Graphviz reads \G and \N even where the backslash was written as a reference: a second one
    # in front of it says that the backslash itself is meant.
    source = dot.source.replace("&#92;", "&#92;&#92;")
    prefix = "a" + hashlib.sha256(source.encode()).hexdigest()[:10]
    return source.replace("\x01", prefix + "_")


def level(
    view: View, lines: dict[tuple[int, ...], list[Box]], node: Any, graph: Any, group: Any
) -> None:
    """The boxes of one group by `node`, and the groups inside it as clusters."""
    for box in lines.get(group, ()):
        node(graph, box)
    inner = sorted(
        {g[: len(group) + 1] for g in lines if len(g) > len(group) and g[: len(group)] == group}
    )
    for g in inner:
        with graph.subgraph(name=f"cluster_{g[-1]}") as cluster:
            cluster.attr(
                id=f"\x01g{g[-1]}",
                label=f"<{escape(clip(view.subject.groups.names[g[-1]], 60)) or '&#160;'}>",
                labeljust="l",
                style="rounded,dashed",
                color="#888888",
                fontcolor="#444444",
                margin="14",
                fontsize="11",
            )
            level(view, lines, node, cluster, g)


def declined(words: str) -> str:
    """A drawing of nothing but the words that say why."""
    import graphviz

    dot = graphviz.Digraph("computation")
    dot.attr("graph", bgcolor="white")
    dot.node("n0", label=f"<{font(escape(words), INK)}>", shape="plain", fontname=SANS)
    return dot.source


def edge_label(
    view: View, edge: Edge, down: bool, show: Collection[str], blank: Collection[str]
) -> str:
    """The local rule, and at a fan-out the numbers of this contribution."""
    text = edge_phrase(view, edge)
    if text is None:
        g = gradient(edge.target.name)
        text = " × …" if edge.rule is None else phrase(edge.rule, g, "")
    arrow = "↑" if down else "←"
    hidden = "rules" in blank
    rows = [font("?" if hidden else escape(clip(f"{arrow}{text}", 60)), GRADIENT)]
    arrivals = edge.source.arrivals
    shared = len(arrivals) > 1 and edge in arrivals
    if shared and "contributions" in show and "gradient" not in blank:
        message = edge.message()
        if message is not None:
            numbers = array_lines(message, signed=True).replace("-", "−")
            rows.append(font(escape(numbers).replace("  ", "&#160; "), MUTE, 8, MONO))
    body = "".join(f"<TR>{cell(row, align='LEFT')}</TR>" for row in rows)
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{body}</TABLE>>'


def direction_of(view: View) -> str:
    """Left to right for a few layers of scalars, else top down: it has to fit a column."""
    if any(np.ndim(box.node if box.kind == "constant" else box.node.primal) for box in view.boxes):
        return "TB"
    layer: dict[int, int] = {}
    for box in view.boxes:
        layer[id(box)] = 1 + max((layer.get(id(e.source), 0) for e in box.edges), default=0)
    return "LR" if max(layer.values()) <= WIDTH else "TB"


def heading(view: View, down: bool) -> str:
    """The title: what is computed, its number, and which way to read."""
    root = view.root
    title = title_of(view.subject, root)
    value = np.asarray(root.node.primal)
    if value.ndim == 0 and root.node.op is not None:
        title += f" = {show_number(value)}"
    ways = ("downwards", "upwards") if down else ("to the right", "to the left")
    words = f"values are computed {ways[0]}, gradients {ways[1]}"
    if any(box.collapsed is not None for box in view.boxes):
        words += f"; groups are collapsed, depth={(view.depth or 0) + 1} opens them"
    return (
        f'<<FONT POINT-SIZE="14"><B>{escape(clip(title, 90))}</B></FONT><BR ALIGN="LEFT"/>'
        f'{font(words, MUTE, 10)}<BR ALIGN="LEFT"/>>'
    )


def legend(scale: float, down: bool) -> str:
    """How to read the drawing, with the colour scale in numbers."""
    way, back, arrow = ("down", "up", "↑") if down else ("to the right", "to the left", "←")
    lines = [
        "How to read",
        f"{font('value', VALUE)}: computed on the way {way}",
        f"{font('<I>∂L/∂x</I>', GRADIENT)}: computed on the way {back}",
        f"{font(f'{arrow} × e', GRADIENT)}: times e on the way {back}",
        "thick = leaf, dashed = constant",
    ]
    rows = "".join(f'<TR><TD ALIGN="LEFT">{font(line, MUTE, 9)}</TD></TR>' for line in lines)
    cells = ""
    for share in (-1.0, -0.3, -0.045, 0.0, 0.045, 0.3, 1.0):
        x = share * scale
        text = font(short(x), INK, 8, MONO)
        paint = {"bgcolor": tint(x, scale)} if x else {}
        cells += cell(text, width=34 if x else 20, align="RIGHT" if x else "CENTER", **paint)
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">'
    rows += f'<TR><TD ALIGN="LEFT">{table}<TR>{cells}</TR></TABLE></TD></TR>'
    return f"<{table}{rows}</TABLE>>"


def short(x: float) -> str:
    """A number of the scale in about five characters."""
    if x == 0:
        return "0"
    size = abs(x)
    text = f"{size:.2f}" if 0.01 <= size < 1000 else f"{size:.0e}"
    return ("−" if x < 0 else "+") + text.replace("-", "−")
