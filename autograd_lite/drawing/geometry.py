"""Where the stepper's boxes and edges lie: by Graphviz, else one below the other."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ..graphs.text import clip, plain
from .boxes import Box
from .cells import rows_of
from .render import NoLayout, render
from .view import View

__all__ = ["LABEL", "place"]

LABEL, COLUMN, ROW, HEAD, PAD = 58, 64, 21, 24, 8  # pixels
GAP = 70


def size_of(box: Box) -> tuple[float, float]:
    """Width and height of a box in pixels."""
    shown, whole = rows_of(plain(box.node)) if plain(box.node).size else ([], True)
    columns = max((len(row) for row in shown), default=1) if whole else 4
    lines = (len(shown) or 1) if whole else 1
    words = len(clip(box.name, 30)) + len(clip(box.formula, 40)) + 3
    width = max(LABEL + COLUMN * columns, 7 * words + 80) + 2 * PAD
    both = lines if box.kind == "constant" else 2 * lines
    return width, HEAD + ROW * both + PAD


def place(view: View, rules: dict[int, str]) -> dict[str, Any]:
    """Boxes (`x`, `y` of the middle, `w`, `h`), edges (a path, where the rule stands), groups."""
    try:
        return by_graphviz(view, rules)
    except (NoLayout, ValueError, KeyError):
        return in_a_column(view)


def by_graphviz(view: View, rules: dict[int, str]) -> dict[str, Any]:
    """The layout of `dot`, asked for as JSON."""
    import graphviz

    dot = graphviz.Digraph()
    dot.attr("graph", rankdir="TB", ranksep="0.35", nodesep="0.4")
    dot.attr("node", shape="box", fixedsize="true", label="")
    names = {id(box): f"n{k}" for k, box in enumerate(view.boxes)}
    for box in view.boxes:
        w, h = size_of(box)
        part = graphviz.Digraph()
        part.node(names[id(box)], width=f"{w / 72:.3f}", height=f"{h / 72:.3f}")
        for g in reversed(box.group):
            around = graphviz.Digraph(name=f"cluster_{g}")
            around.attr(margin="12", label="group", fontsize="11")
            around.subgraph(part) if part.name else around.body.extend(part.body)
            part = around
        dot.subgraph(part) if part.name else dot.body.extend(part.body)
    k = 0
    for box in view.boxes:
        for edge in box.edges:
            label = "n" * min(len(rules.get(k, "")), 40)
            dot.edge(names[id(edge.source)], names[id(box)], id=str(k), label=label, fontsize="11")
            k += 1
    told = json.loads(render(dot.source, "json"))
    height = float(told["bb"].split(",")[3])
    boxes: dict[int, dict[str, float]] = {}
    groups = []
    for thing in told.get("objects", []):
        name = thing["name"]
        if name.startswith("cluster_"):
            if "bb" in thing:
                x0, y0, x1, y1 = map(float, thing["bb"].split(","))
                title = clip(view.subject.groups.names[int(name[8:])], 40)
                groups.append(
                    {"name": title, "x": x0, "y": height - y1, "w": x1 - x0, "h": y1 - y0}
                )
        elif "pos" in thing:
            x, y = map(float, thing["pos"].split(","))
            w, h = 72 * float(thing["width"]), 72 * float(thing["height"])
            boxes[int(name[1:])] = {"x": x, "y": height - y, "w": w, "h": h}
    edges: dict[int, dict[str, Any]] = {}
    for thing in told.get("edges", []):
        at = [float(v) for v in thing["lp"].split(",")] if "lp" in thing else [0.0, 0.0]
        edges[int(thing["id"])] = {
            "d": curve(thing["pos"], height),
            "x": at[0],
            "y": height - at[1],
        }
    return {
        "boxes": [boxes[i] for i in range(len(view.boxes))],
        "edges": [edges[i] for i in range(k)],
        "groups": groups,
        "w": float(told["bb"].split(",")[2]),
        "h": height,
    }


def curve(pos: str, height: float) -> str:
    """A spline of Graphviz as an SVG path, from its tail to the tip of its arrow."""
    points, tip = [], ""
    for part in pos.split():
        mark, _, rest = part.partition(",")
        if mark in ("e", "s"):
            x, y = map(float, rest.split(","))
            tip = f" L{x:.1f},{height - y:.1f}" if mark == "e" else tip
        else:
            x, y = map(float, part.split(","))
            points.append(f"{x:.1f},{height - y:.1f}")
    return f"M{points[0]} C{' '.join(points[1:])}{tip}"


def in_a_column(view: View) -> dict[str, Any]:
    """Boxes one below the other, edges as bows to their left: what can be had without Graphviz."""
    sizes = [size_of(box) for box in view.boxes]
    widest = max(w for w, _ in sizes)
    left = 30 + 22 * len(view.boxes) ** 0.5 * 3
    boxes, y = [], 0.0
    for w, h in sizes:
        boxes.append({"x": left + widest / 2, "y": y + h / 2, "w": w, "h": h})
        y += h + GAP
    index = {id(box): k for k, box in enumerate(view.boxes)}
    edges: list[dict[str, Any]] = []
    for k, box in enumerate(view.boxes):
        for j, edge in enumerate(box.edges):
            a, b = boxes[index[id(edge.source)]], boxes[k]
            steps = k - index[id(edge.source)]
            y0, y1 = a["y"] + a["h"] / 2, b["y"] - b["h"] / 2
            if steps == 1 and j == 0:
                d, x = f"M{a['x']:.1f},{y0:.1f} L{b['x']:.1f},{y1:.1f}", a["x"] + 6
            else:
                x0, x1 = a["x"] - a["w"] / 2, b["x"] - b["w"] / 2
                x = max(4.0, min(x0, x1) - 20 * steps - 12 * j)
                y0, y1 = a["y"], b["y"]
                d = f"M{x0:.1f},{y0:.1f} C{x:.1f},{y0:.1f} {x:.1f},{y1:.1f} {x1:.1f},{y1:.1f}"
            edges.append({"d": d, "x": x + 60, "y": float(np.mean([y0, y1]))})
    return {"boxes": boxes, "edges": edges, "groups": [], "w": left + widest + 20, "h": y}
