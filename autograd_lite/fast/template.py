"""What one operation does on the usual kinds of inputs, written out: forward and back.

Nearly all graphs are made of operations on one node (`alone`), on two (`both`), or on a node and a
number or array beside it (`left` or `right` says on which side the node stands). One text serves
all of these, of floats and of arrays; it is filled in for the case and compiled. Whatever is
unusual is handed to the plain way: an open block, another kind of operand, a pole, a NaN, an error.
"""

from __future__ import annotations

import linecache
import textwrap
from copy import copy
from functools import cache
from types import NoneType
from typing import Any

import numpy as np

from ..core import graph, operation
from ..core.elementwise import ONE
from .arrays import chain, sum_to

__all__ = ["method", "pull"]

NAMES = {
    "ONE": ONE, "asarray": np.asarray, "blocks": graph.blocks, "chain": chain, "graph": graph,
    "ndarray": np.ndarray, "new": object.__new__, "operation": operation, "sum_to": sum_to,
    "unchanged": graph.unchanged, "copy": copy,
}  # fmt: skip


@cache
def compiled(text: str, name: str) -> Any:
    """The function `make` of a text; a traceback shows the text's lines."""
    file = f"{__file__}, {name}"  # of this package, as tracebacks and warnings see it
    lines = [line for line in text.splitlines(keepends=True) if line.strip()]
    linecache.cache[file] = (len(text), None, lines, file)
    space = dict(NAMES)
    exec(compile("".join(lines), file, "exec"), space)
    return space["make"]


def method(
    kind: type, arrays: bool, case: str, op: Any, compute: Any, plain: Any, pulls: Any
) -> Any:
    """`op` as a method of a kind of node; `pulls` are its pulls by the types of the inputs."""
    node: Any
    constant: Any
    node, constant = (kind, NoneType), (kind, float)
    if case != "alone":
        node, constant = (kind, kind), (float, kind) if case == "right" else (kind, float)
    make = compiled(method_text(arrays, case), f"a method, {case}")
    return make(kind, op, compute, plain, pulls[node], pulls[constant])


def method_text(arrays: bool, case: str) -> str:
    """The source of a method: of a node alone, of it and another or a constant (left), or of a
    constant and it (right)."""
    other = "" if case == "alone" else ", other"
    args = {"alone": "self.primal", "left": "self.primal, y", "right": "y, self.primal"}[case]
    look = """
        if self.op is None and self.exposed is not None:
            self.current()""" if arrays else ""  # fmt: skip
    if case == "alone":
        operand = ""
    else:
        two = f"""
        if other_type is kind:
            y, pull = other.primal, of_nodes{textwrap.indent(look.replace("self", "other"), "    ")}
        elif""" if case == "left" else """
        if"""  # fmt: skip
        array = """
        elif other_type is ndarray and other.dtype.kind == "f":
            y, other, pull = other, operation.own(other), beside
        elif other_type in operation.views:
            return method(self, other.view(ndarray))""" if arrays else ""  # fmt: skip
        operand = f"""
        other_type = type(other){two} other_type is float or other_type is int:
            y, pull = other, beside{array}
        else:
            return plain(self, other)"""
    sides = {"alone": ("self", "None"), "left": ("self", "other"), "right": ("other", "self")}[case]
    kept = "primal = asarray(primal)" if arrays else f"return plain(self{other})"
    return f"""
def make(kind, op, compute, plain, of_nodes, beside):
    def method(self{other}):
        if blocks:
            return plain(self{other}){operand}{look}
        try:
            primal = compute({args})
        except Exception:  # it is raised again there, and says where it comes from
            return plain(self{other})
        if type(primal) is not {"ndarray" if arrays else "float"}:
            {kept}
        z = new(kind)
        z.primal = primal
        z.op = op
        z.left = {sides[0]}
        z.right = {sides[1]}
        z.pull = {"pull" if other else "of_nodes"}
        z.grad = z.cotangent = z.mark = z.notes = None
        z.version = graph.version
        return z
    return method
"""


def pull(arrays: bool, case: str, op: Any = None) -> Any:
    """What `Node.shares` does, for a row or an operation of any kind, with these kinds of inputs.

    It adds each share to its input's cotangent, or does nothing and says False: then the plain way
    is to be taken.
    """
    partials = [] if op is None else list(op.partials)
    if case in ("left", "right"):
        partials = partials[:1] if case == "left" else partials[1:]
    every = case in ("alone", "both") and (op is None or bool(op.shares))
    text = pull_text(arrays, case, op is not None, tuple(d is ONE for d in partials), every)
    d, e = [*partials, None, None][:2]
    return compiled(text, f"the way back, {case}")(d, e)


def pull_text(arrays: bool, case: str, row: bool, ones: tuple[bool, ...], every: bool) -> str:
    """The source of a pull: which inputs are nodes, and what is known of their partials."""
    left, right = case != "right", case in ("both", "right")
    nodes = [n for n, is_node in (("x", left), ("y", right)) if is_node]
    x, y = ("x.primal" if left else "x"), ("y.primal" if right else "y")
    args = f"out, {x}" if case == "alone" else f"out, {x}, {y}"
    shares = []
    for k, n in enumerate(nodes):
        i = 1 if n == "y" else 0
        if not row:
            shares.append(f"to_{n} = z.op.vjp({i}, g, {args})")
        elif not arrays:
            shares.append(f"to_{n} = " + ("g" if ones[k] else f"g * {'de'[k]}({args})"))
        else:
            product = "g" if ones[k] else f"chain(g, {'de'[k]}({args}))"
            shares.append(
                f"to_{n} = {product}\n"
                f"            if {n}.primal.shape != out.shape:\n"
                f"                to_{n} = sum_to(to_{n}, out.shape, {n}.primal.shape)"
            )
    body = "\n            ".join(shares)
    if every:
        found = ", ".join(f"to_{n}" for n in nodes) + ("," if len(nodes) == 1 else "")
        body = (
            f"every = z.op.vjps(g, {args})\n"
            f"            if every is not None:\n                {found} = every\n"
            f"            else:\n                " + body.replace("\n", "\n    ")
        )
    check = "" if arrays else f"""
        if {" or ".join(f"to_{n} != to_{n}" for n in nodes)}:
            return False  # 0 times a pole, or a NaN"""  # fmt: skip
    deliver = ""
    for n in nodes:
        own = f"""
        if {n}.op is None and to_{n} is g:
            to_{n} = copy(g)  # the gradient of a leaf is its own""" if arrays else ""  # fmt: skip
        deliver += f"""
        if {n}.version > z.version:
            unchanged({n}, z){own}
        old = {n}.cotangent
        {n}.cotangent = to_{n} if old is None else old + to_{n}"""
    guard = "if type(g) is not float:\n            return False" if not arrays else ""
    read = "x = z.left" if case == "alone" else "x = z.left\n        y = z.right"
    return f"""
def make(d, e):
    def pull(z, g):
        {guard}
        {read}
        out = z.primal
        try:
            {body}
        except ArithmeticError:
            return False
        except ValueError:
            {"raise" if arrays else "return False"}{check}{deliver}
        return True
    return pull
"""
