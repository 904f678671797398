"""A function called once on fresh nodes, ready to be swept: what all of the calculus starts from.

Given plain numbers, derivatives are plain numbers. They are nodes when an argument is a node or
when the function uses one from outside (a *closure*), since they then depend on it; that is what
lets derivatives nest to any order. A leaf made inside the function is a constant of it.

Source: Griewank and Walther, *Evaluating Derivatives* (2008), chapter 3.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

import numpy as np

from ..core.graph import Node, data, next_version, sweep, toposort, unchanged
from ..nodes.callsite import depth
from .arguments import constant, fit, fresh, recorded, recording, zeros
from .trees import Form, flatten

__all__ = ["Linearized"]


class Linearized:
    """A function called once on fresh nodes: what it returned, and the nodes it was called with."""

    def __init__(
        self,
        name: str,
        f: Callable[..., Any],
        argnums: Any,
        args: Sequence[Any],
        kwargs: Any,
        has_aux: bool = False,
    ) -> None:
        if not callable(f):
            raise TypeError(f"{name} takes a function, not {type(f).__name__}")
        self.name = name
        self.reached = False
        self.foreign: bool | None = None  # whether the result uses a node from outside, once known
        called = list(args)
        places = self.chosen(argnums, len(args))
        single = not isinstance(argnums, tuple | list)
        leaves, form = flatten(args[argnums] if single else tuple([args[n] for n in places]))
        self.given_nodes = any(isinstance(x, Node) for x in leaves)
        # Under no_grad a derivative is computed all the same, and its result is off the graph.
        self.recording = recording()
        self.record = self.given_nodes and self.recording
        self.form = form
        with recorded():
            self.start = next_version()  # what is made from here on is the function's own
            self.inputs = [fresh(x, name) for x in leaves]
            given = form(self.inputs)
            if single:
                called[argnums] = given
            else:
                for n, arg in zip(places, given, strict=True):
                    called[n] = arg
            self.result = f(*called, **kwargs)
        self.aux: Any = None
        if has_aux:
            if not isinstance(self.result, tuple) or len(self.result) != 2:
                raise TypeError(
                    f"{name} with has_aux=True takes a function that returns a pair, its result "
                    f"and anything else; this one returned {type(self.result).__name__} "
                    f"{self.result!r:.60}"
                )
            self.result, self.aux = self.result
        self.outputs, self.out_form = flatten(self.result)
        if not any(isinstance(x, Node) for x in self.outputs):
            raise ValueError(
                f"{name}: nothing to differentiate. The function returned "
                f"{type(self.result).__name__} {self.result!r:.60}, which no operation on its "
                "argument made: it is constant, or .item(), .data or float() cut the graph"
            )

    def chosen(self, argnums: Any, count: int) -> list[int]:
        """The places of the arguments to differentiate with respect to."""
        if type(argnums) is int and -count <= argnums < count:  # nearly always
            return [argnums]
        places = []
        for n in argnums if isinstance(argnums, tuple | list) else [argnums]:
            if isinstance(n, bool) or not isinstance(n, int | np.integer):
                raise TypeError(f"argnums is an int or a tuple of ints, not {argnums!r}")
            if not -count <= n < count:
                raise ValueError(
                    f"{self.name} was to differentiate argument {n}, but the function was given "
                    f"{count} positional arguments (argnums counts from 0)"
                )
            places.append(int(n) % count)
        if len(set(places)) < len(places) or not places:
            raise ValueError(f"argnums names each argument once, and at least one: {argnums!r}")
        return places

    def scalar(self) -> Node:
        """The one output, checked to be a single number."""
        out = self.outputs[0]
        if len(self.outputs) != 1 or not isinstance(out, Node) or out.size != 1:
            shapes = ", ".join(str(getattr(x, "shape", ())) for x in self.outputs)
            raise ValueError(
                f"{self.name} needs a function with one number as result; this one returned shape "
                f"{shapes}. Sum it, or ask ag.jacobian for every output's derivative"
            )
        return out

    def pull(
        self,
        seeds: Sequence[Any],
        outputs: Sequence[Any] | None = None,
        inputs: Sequence[Node] | None = None,
    ) -> list[Any]:
        """The cotangents of the inputs for a cotangent of every output; leading axes ride along.

        With `outputs`, from those alone, which depend on no more than `inputs`. None stands for the
        zeros of an input that no output depends on. Nodes if the derivative depends on nodes.
        """
        outputs = self.outputs if outputs is None else outputs
        inputs = self.inputs if inputs is None else inputs
        roots, gs = outputs, seeds
        if not all(isinstance(x, Node) for x in outputs):
            pairs = [(x, g) for x, g in zip(outputs, seeds, strict=True) if isinstance(x, Node)]
            roots, gs = [x for x, _ in pairs], [g for _, g in pairs]
        if not self.record and not self.foreign and not any(isinstance(x, Node) for x in gs):
            found = self.sweep(roots, gs, inputs, whole=not self.recording)
            if not self.foreign:
                return found
        if not self.recording:
            return self.sweep(roots, [data(g) for g in gs], inputs)
        nodes = [g if isinstance(g, Node) else constant(g) for g in gs]
        return self.sweep(roots, nodes, inputs, record=True)

    def sweep(
        self,
        roots: Any,
        seeds: Any,
        inputs: Sequence[Node] | None = None,
        record: bool = False,
        whole: bool = True,
    ) -> list[Any]:
        """One sweep from the roots, which are nodes: what arrives at the inputs.

        Or not the whole of it: it ends where it meets a node from outside, since then the result
        depends on that, and what is to be known of it comes of a recorded sweep.
        """
        inputs = self.inputs if inputs is None else inputs
        found: dict[Node, Any] = {}
        wanted = set(inputs)
        outside = False
        if self.given_nodes:
            self.check_fresh()
        # Down to the arguments, and to nodes from outside: what those were made of is not visited,
        # so that derivatives in a loop, each of which closes over the last, take a time each.
        steps: Any = sweep(roots, seeds, record, inputs, since=self.start)
        with recorded(), np.errstate(all="ignore"):
            try:
                for node, g in steps:
                    if node in wanted:
                        found[node] = g
                    elif made_at(node) < self.start:
                        outside = True
                        if not whole:
                            break
            finally:
                steps.close()
        self.note(not found.keys().isdisjoint(inputs), outside)
        return list(map(found.get, inputs))

    def check_fresh(self) -> None:
        """ValueError if a node that was given was changed since: its stand-in shares its data."""
        for x in self.inputs:
            if isinstance(x.left, Node):
                unchanged(x.left, x)

    def own(self, roots: Sequence[Any]) -> list[Node]:
        """The nodes the function made for these, in order."""
        inputs, made = set(self.inputs), [x for x in roots if isinstance(x, Node)]
        order = toposort(made, self.inputs, self.start)
        return [x for x in order if x not in inputs and made_at(x) >= self.start]

    def uses_outside(self, roots: Sequence[Any]) -> bool:
        """Whether a node from outside is among these, or among what the function made them of."""
        seen = set(self.inputs)
        stack = [x for x in roots if isinstance(x, Node)]
        while stack:
            node = stack.pop()
            if node not in seen:
                if made_at(node) < self.start:
                    return True
                seen.add(node)
                stack += [x for x in node.inputs if isinstance(x, Node)]
        return False

    def note(self, reached: bool, foreign: bool) -> None:
        """Remember whether a sweep arrived at an argument, at a node from outside."""
        self.reached = self.reached or reached
        self.foreign = bool(self.foreign) or foreign

    def fitted(self, cotangents: Sequence[Any], lead: tuple[int, ...] = ()) -> list[Any]:
        """Each cotangent in its input's dtype; zeros of the input's shape where none arrived."""
        if not self.reached:
            self.warn_if_constant()
        settled = self.settled if self.given_nodes or self.foreign or self.record else fit
        done = [
            settled(zeros(lead + x.shape) if g is None else g, x)
            for g, x in zip(cotangents, self.inputs, strict=True)
        ]
        if len({*map(id, done)}) < len(done):  # shared by two inputs: each gets its own
            done = [copy(g) if isinstance(g, np.ndarray) else g for g in done]
        return done

    def settled(self, g: Any, x: Any) -> Any:
        """A derivative in the dtype of `x`, as a node where those of this function are nodes."""
        g = fit(g, x)
        nodes = self.record or self.given_nodes or (self.foreign and self.recording)
        return constant(g) if nodes and not isinstance(g, Node) else g

    def warn_if_constant(self) -> None:
        """UserWarning when the result is made of nodes from outside and of no argument."""
        if not self.reached and self.foreign:
            warnings.warn(
                f"{self.name}: the output does not depend on the argument, only on nodes that the "
                "function took from outside, so the derivative is zero. Use the argument in their "
                "place; or did .data, .item() or detach() cut the graph on the way?",
                UserWarning,
                stacklevel=depth(),
            )

    def value(self) -> Any:
        """What the function returned: nodes where it depends on nodes, else plain data."""
        if self.foreign is None:
            self.foreign = self.uses_outside(self.outputs)
        return self.returned(self.result, self.outputs, self.out_form, self.foreign)

    def with_aux(self, derivative: Any) -> tuple[Any, Any]:
        """The derivative, and what else the function returned."""
        leaves, form = flatten(self.aux)
        return derivative, self.returned(self.aux, leaves, form, self.uses_outside(leaves))

    def returned(self, tree: Any, leaves: list[Any], form: Form, foreign: bool) -> Any:
        """A part of what the function returned, as its caller gets it."""
        if self.record or (foreign and self.recording):
            return tree
        # Copies: the graph still needs its own, and the caller may write into these.
        return form([copy(x.primal) if isinstance(x, Node) else x for x in leaves])


def made_at(node: Node) -> int:
    """The version at which a node was made, also if its data is found to have changed since."""
    return node.version if node.notes is None else node.notes.get("made", node.version)
