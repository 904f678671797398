"""Habits from other libraries, and what to write here instead: messages that name the way.

A training step that changes nothing, an attribute that PyTorch's or MyGrad's tensors have, an
option that has no meaning here: each is refused where it is written.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.graph import Node

__all__ = ["Habits"]

WRITTEN_HERE = {
    "numpy": "write .data for the array, .item() for a single number",
    "zero_grad": "write x.grad = None, or optimiser.zero_grad() or model.zero_grad()",
    "zero_": "write x.grad = None to start afresh, x.data[...] = 0 for the numbers",
    "null_grad": "write x.grad = None; here gradients add up until you do",
    "null_gradients": "write leaf.grad = None for each leaf; graphs go when nothing refers to them",
    "clear_graph": "graphs go when nothing refers to them",
    "requires_grad": "what no operation made is a leaf and gets a gradient; ag.constant gets none",
    "requires_grad_": "what no operation made is a leaf and gets a gradient; ag.constant gets none",
    "constant": "what no operation made is a leaf and gets a gradient; ag.constant gets none",
    "retain_grad": "every node keeps its gradient",
    "is_leaf": "write x.op is None",
    "grad_fn": "write x.op for the operation, x.inputs for what it was applied to",
    "creator": "write x.op for the operation, x.inputs for what it was applied to",
    "cpu": "numbers are NumPy's, on the CPU",
    "cuda": "numbers are NumPy's, on the CPU",
    "to": "numbers are NumPy's, on the CPU; for another dtype write x.astype(dtype)",
    "float": "write x.astype(np.float32)",
    "double": "write x.astype(np.float64)",
    "view": "write x.reshape(shape)",
    "permute": "write x.transpose(axes)",
    "unsqueeze": "write x[..., None], or ag.expand_dims(x, axis)",
    "t": "write x.T",
    "mm": "write x @ y",
    "matmul": "write x @ y",
    "pow": "write x ** p",
    "add_": "write x.data += ... between two forward passes; a node does not change",
    "sub_": "write x.data -= ... between two forward passes; a node does not change",
    "mul_": "write x.data *= ... between two forward passes; a node does not change",
}
"""What stands here for an attribute or an option that the nodes of other libraries have."""


class Habits(Node):
    """In-place updates of a parameter, and attributes that are not there."""

    __slots__ = ()

    def __iadd__(self, other: Any) -> Any:
        self.refuse_update("+=", other)
        return self + other  # type: ignore[operator]

    def __isub__(self, other: Any) -> Any:
        self.refuse_update("-=", other)
        return self - other  # type: ignore[operator]

    def __xor__(self, other: Any) -> Any:
        raise TypeError("^ is Python's exclusive or, of whole numbers: a power is written x ** y")

    def refuse_update(self, operator: str, other: Any) -> None:
        """TypeError for `p -= 0.1 * p.grad`, which would give the name p to another node.

        That is a leaf which has a gradient, and numbers in its shape. Anything else goes on as in
        NumPy's words, x = x + other: a total that starts from a leaf, say.
        """
        if self.op is None and self.grad is not None and not isinstance(other, Node):
            if isinstance(other, int) or np.shape(other) != self.shape:
                return
            label = self.label or "p"
            raise TypeError(
                f"{label} {operator} ... would change no parameter: it makes a new node and calls "
                f"that {label!r}. Write {label}.data {operator} ... to change the numbers of this "
                f"{type(self).__name__}, or take a step of ag.optim.SGD"
            )

    def refuse(self, options: dict[str, Any]) -> None:
        """TypeError for an option that a Value or a Tensor does not have."""
        for name in options:
            hint = f": {WRITTEN_HERE[name]}" if name in WRITTEN_HERE else ""
            raise TypeError(f"{type(self).__name__} has no option {name!r}{hint}")


class Elsewhere:
    """An attribute that is not there, with what to write instead.

    Not by `__getattr__`: a class that has one reads its other attributes twice as slowly.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, node: Any, kind: type) -> Any:
        name = self.name
        raise AttributeError(
            f"{kind.__name__!r} object has no attribute {name!r}: {WRITTEN_HERE[name]}"
        )


for _name in WRITTEN_HERE:
    setattr(Habits, _name, Elsewhere(_name))
