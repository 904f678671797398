"""The rule contract: what an operation is, and how one is applied and recorded.

An operation **applied to plain data returns plain data; applied to nodes it returns a node**. Its
rule, `vjp`, is written with operators and operations only. So one rule serves the plain sweep (it
is given data and returns data) and the recorded sweep (it is given nodes and returns nodes, which
can be differentiated again). No mode is needed for that.

`vjp(i, g, out, *inputs)` returns the vector-Jacobian product of the cotangent `g` with
∂out/∂input i. It is linear in `g`; `g` has shape `(*lead, *out.shape)` and the result
`(*lead, *inputs[i].shape)`, so axes are counted from the end and K seeds can ride in front.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from numpy import ndarray

from .graph import Node, describe, slots, wrap

__all__ = ["Op", "shape"]

ways: dict[type, Callable[[Op, Sequence[Any]], Any]] = {}
"""How data of another kind, beside numbers and arrays, has an operation applied to it."""


views: set[type] = set()
"""Classes of arrays that compute as NumPy's own do, and are taken as views of that class."""


def shape(x: Any) -> tuple[int, ...]:
    """The shape of a node, an array or a Python number."""
    return getattr(x, "shape", ())


class Op:
    """An operation: `forward` on plain data and the rule `vjp`; its parameters are its fields.

    The fields are the annotated names of the class, in order, and what it is called with. Instances
    are immutable and may be shared by many nodes: an array that is a parameter is copied.
    """

    fields: ClassVar[tuple[str, ...]] = ()
    name: str = ""
    computes: ClassVar[bool] = False  # with its inputs, so that whole numbers become floats first
    is_view: ClassVar[bool] = False  # of the memory of its input, which NumPy would write to too
    linear: ClassVar[bool] = False  # in all inputs taken together: then it is its own tangent
    selects: ClassVar[bool] = False  # the entries that equal the result, which get all, as max does
    joins: ClassVar[bool] = False  # its inputs one after another
    moves: ClassVar[str] = ""  # what becomes of a cotangent that is only moved: "transposed"
    multilinear: ClassVar[bool] = False  # in each input, the others held
    chooses: ClassVar[bool] = False  # among its inputs: a 0 in its slopes is 0 whatever they are

    def __init_subclass__(cls) -> None:
        cls.fields = tuple(inspect.get_annotations(cls)) or cls.fields

    def __init__(self, *values: Any) -> None:
        self.__dict__.update(zip(self.fields, map(own, values), strict=False))

    def forward(self, *inputs: Any) -> Any:
        """The result for plain data: a float when every input is one, else an array."""
        raise TypeError(f"{type(self).__name__} has no forward")

    def vjp(self, i: int, g: Any, out: Any, *inputs: Any) -> Any:
        """The share of the cotangent `g` that goes to input `i`. See the module's contract."""
        raise TypeError(f"'{self.name}' has no derivative")

    def pulled(self, absent: Any, i: int, g: Any, out: Any, *inputs: Any) -> Any:
        """`vjp` as a sweep asks for it; entries of `g` that are `absent` stay 0 at a pole."""
        return self.vjp(i, g, out, *inputs)

    def vjps(self, g: Any, out: Any, *inputs: Any) -> Sequence[Any] | None:
        """The shares of all inputs at once, where an operation has a way; else None."""
        return None

    def saves(self, i: int) -> bool:
        """Whether the rule reads input `i`: an array is then copied, since it may be written to."""
        return True

    def __call__(self, *inputs: Any) -> Any:
        """Apply to nodes (and constants), recording it; or to plain data, recording nothing."""
        return self.apply(inputs) if all(map(is_usual, inputs)) else self.convert(inputs)

    def convert(self, inputs: Sequence[Any]) -> Any:
        """Apply to what is no node, number or array of floats. `ops.inputs` knows more of them."""
        given = ", ".join(type(x).__name__ for x in inputs)
        raise TypeError(f"'{self.name}' takes nodes, numbers and arrays of floats, not {given}")

    def apply(self, inputs: Sequence[Any]) -> Any:
        """The result for inputs that `forward` takes as they are."""
        args = [x.current() if isinstance(x, Node) else x for x in inputs]
        try:
            out = self.other_way(args) if ways else self.forward(*args)
        except Exception as error:
            error.add_note(self.context(inputs))
            raise
        if not any(isinstance(x, Node) for x in inputs):
            return out
        kept = [own(x) if type(x) is ndarray and self.saves(i) else x for i, x in enumerate(inputs)]
        return wrap(out, self, *slots(kept))

    def other_way(self, args: Sequence[Any]) -> Any:
        """`forward`, or how data of another kind, among inputs or parameters, has it done."""
        known = [*args, *map(vars(self).get, self.fields)]
        way = next((ways[type(x)] for x in known if type(x) in ways), None)
        return way(self, args) if way else self.forward(*args)

    def spelling(self, *inputs: Any) -> str:
        """How a result is written, with `{}` for each input: `exp({})`, `{} @ {}`."""
        return f"{self.name}({', '.join(['{}'] * len(inputs))})"

    def context(self, inputs: Sequence[Any]) -> str:
        """One line for an error's note: the operation and what it was given."""
        return f"in '{self.name}', given {' and '.join(map(describe, inputs))}"

    def __repr__(self) -> str:
        return f"<operation {self.name}>"


def is_usual(x: Any) -> bool:
    """Whether an operation takes `x` as it is: a node, a number, an array of floats."""
    return type(x) in (float, int) or isinstance(x, Node) or is_array_of_floats(x)


def is_array_of_floats(x: Any) -> bool:
    """Whether `x` is an array of NumPy's own class with floating-point numbers."""
    return type(x) is ndarray and x.dtype.kind == "f"


def own(x: Any) -> Any:
    """`x`, of arrays a copy, which nobody else can write to; `ops.inputs` knows containers too."""
    return x.copy() if isinstance(x, ndarray) else x
