"""Where things lie in a drawing, read from its SVG: rules on their edges, nothing on another.

Sixty random graphs of 2 to 200 boxes, of scalars and of tensors, with groups open and closed.
"""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

import autograd_lite as ag

SVG = "{http://www.w3.org/2000/svg}"


def random_graph(seed):
    """A graph of 2 to 200 boxes, with values used several times and groups here and there."""
    rng = np.random.default_rng(seed)
    steps = int(rng.choice([1, 3, 6, 12, 25, 50, 80]))
    tensors = seed % 2

    size = int(rng.integers(1, 8))
    if tensors:
        nodes = [ag.Tensor(rng.normal(size=size).round(2), f"x{k}") for k in range(3)]
    else:
        count = 1 + steps // 3
        nodes = [ag.Value(round(float(rng.normal()), 2), f"x{k}") for k in range(count)]
    unary = [ag.tanh, ag.sin, ag.cos, ag.relu, lambda x: x * 0.5]
    binary = [ag.add, ag.multiply, ag.subtract, ag.maximum]
    unused = list(nodes)

    def pick():
        # Mostly what nobody has used yet, so that all hangs together.
        pool = unused if unused and rng.random() < 0.7 else nodes
        x = pool[int(rng.integers(len(pool)))]
        unused[:] = [y for y in unused if y is not x]
        return x

    def step():
        if rng.random() < 0.4:
            y = unary[int(rng.integers(len(unary)))](pick())
        else:
            y = binary[int(rng.integers(len(binary)))](pick(), pick())
        nodes.append(y)
        unused.append(y)

    while steps > 0:
        if rng.random() < 0.2:
            with ag.group(f"part {steps}"):
                for _ in range(min(steps, 4)):
                    step()
            steps -= 4
        else:
            step()
            steps -= 1
    total = unused[0]
    for x in unused[1:]:
        total = total + x
    y = ag.sum(total) if tensors else total * 1.0
    y.backward()
    return y


def points_of(path):
    """A path of cubic splines as points close to each other."""
    numbers = [float(x) for x in re.findall(r"-?[\d.]+", path)]
    ends = np.array(numbers).reshape(-1, 2)
    found = []
    for k in range(0, len(ends) - 3, 3):
        a, b, c, d = ends[k : k + 4]
        for t in np.linspace(0, 1, 12):
            found.append(
                (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t * t * (1 - t) * c + t**3 * d
            )
    return np.array(found)


def texts_of(group):
    """The rectangles of the texts in a group (x from, x to, y from, y to), and the words."""
    found = []
    for text in group.iter(SVG + "text"):
        words = text.text or ""
        if not words.strip("\xa0 "):
            continue
        size = float(text.get("font-size"))
        width = len(words) * size * (0.6 if "Mono" in text.get("font-family") else 0.54)
        x, y = float(text.get("x")), float(text.get("y"))
        left = x - {"start": 0, "middle": 0.5, "end": 1}[text.get("text-anchor", "start")] * width
        found.append((left, left + width, y - 0.9 * size, y + 0.3 * size, words))
    return found


def geometry(drawing):
    """Rules with their rectangles, lines with their points by the rule they belong to, frames."""
    root = ElementTree.fromstring(drawing.svg())
    rules, lines, frames, boxes = {}, {}, [], {}
    for group in root.iter(SVG + "g"):
        title = group.findtext(SVG + "title", "")
        kind = group.get("class")
        if kind == "node":
            (rules if re.fullmatch(r"[rs]\d+", title) else boxes)[title] = texts_of(group)
        elif kind == "edge":
            a, b = (name.partition(":")[0] for name in title.split("->"))
            own = next((t for t in (a, b) if re.fullmatch(r"[rs]\d+", t)), None)
            path = group.find(SVG + "path")
            lines.setdefault(own or (a, b), []).append(points_of(path.get("d")))
        elif kind == "cluster":
            path = group.find(SVG + "path")
            frames.append(points_of(path.get("d")))
    return rules, lines, frames, boxes


def away(rectangles, points):
    """How far points are from the nearest of some rectangles, at the least."""
    best = np.inf
    for x0, x1, y0, y1, _ in rectangles:
        dx = np.maximum(0, np.maximum(x0 - points[:, 0], points[:, 0] - x1))
        dy = np.maximum(0, np.maximum(y0 - points[:, 1], points[:, 1] - y1))
        best = min(best, float(np.hypot(dx, dy).min()))
    return best


def overlap(a, b):
    """Whether two rectangles lie one on the other, by more than a hair."""
    return min(a[1], b[1]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[2], b[2]) > 1


@pytest.mark.parametrize("seed", range(60))
def test_every_rule_lies_on_its_edge_and_nothing_on_top_of_another(seed):
    depth = (None, 0, 9)[seed % 3]  # what fits, groups closed, groups open
    drawing = ag.draw(random_graph(seed), depth=depth)
    rules, lines, frames, boxes = geometry(drawing)
    assert len(boxes) > 1
    for rule, rectangles in rules.items():
        own = min(away(rectangles, points) for points in lines[rule])
        other = min(
            (away(rectangles, p) for k, parts in lines.items() if k != rule for p in parts),
            default=np.inf,
        )
        assert own <= 20, (rule, own)
        assert own <= other, (rule, own, other)
    every = [(r, title) for title, texts in {**rules, **boxes}.items() for r in texts]
    every.sort(key=lambda item: item[0][2])
    for k, (a, title) in enumerate(every):
        for b, other in every[k + 1 :]:
            if b[2] > a[3]:
                break
            assert title == other or not overlap(a, b), (a, b)
    for frame in frames:
        for rectangles in (*rules.values(), *boxes.values()):
            assert away(rectangles, frame) > 0


@pytest.mark.parametrize("seed", range(60))
def test_a_drawing_fits_the_column_and_two_screens(seed):
    svg = ag.draw(random_graph(seed)).svg()
    width, height = map(int, re.search(r'width="(\d+)pt" height="(\d+)pt"', svg).groups())
    scale = width / float(re.search(r'viewBox="0.00 0.00 (\S+) ', svg).group(1))
    smallest = min(float(x) for x in re.findall(r'font-size="([\d.]+)"', svg))
    assert (width * 4 / 3 <= 900, height * 4 / 3 <= 1810) == (True, True), (width, height)
    assert smallest * scale * 4 / 3 >= 10.9
