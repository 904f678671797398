"""`check_gradients`: a function's gradient by hand, by autodiff and numerically."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..calculus import grad
from ..context import Block, observers
from ..graph import Node, data
from ..ops.base import is_objects
from ..ops.shape import tensor_of
from ..tensor import Tensor
from ..trees import flatten
from ..value import Value
from .complex_rules import rules
from .examine import as_hand, examine
from .judge import magnitude, pair, verdict
from .kinks import ties
from .report import Cause, Note, Report, Row
from .rules import suspects
from .tape import Tape
from .testimony import hear
from .witness import METHODS

__all__ = ["check_gradients"]


class Watched(Block):
    """Inside the block every node that is recorded is kept in `nodes`."""

    def __init__(self) -> None:
        super().__init__(observers)
        self.nodes: list[Node] = []

    def value(self, outer: Any) -> Any:
        return (*outer, self.nodes.append)


class Call:
    """A function, its arguments, and which leaves of them are differentiated."""

    def __init__(self, f: Callable[..., Any], args: Sequence[Any], argnums: Sequence[int]) -> None:
        self.f, self.args = f, args
        self.leaves: list[Any] = []
        self.names: list[str] = []
        self.spans: list[tuple[int, int, Any]] = []
        names = parameters(f, len(args))
        for n in argnums:
            leaves, rebuild = flatten(args[n])
            self.spans.append((n, len(leaves), rebuild))
            self.leaves += [leaf(x, names[n]) for x in leaves]
            self.names += paths(args[n], names[n])

    def starts(self) -> list[tuple[int, int, int]]:
        """The number of each argument, how many leaves it has and where they start."""
        found, start = [], 0
        for n, count, _ in self.spans:
            found.append((n, count, start))
            start += count
        return found

    def nodes(self, numbers: Sequence[Any]) -> list[Node]:
        """Fresh leaves that hold the numbers."""
        return [
            Value(float(v), name)
            if np.ndim(x) == 0 and not isinstance(x, np.ndarray)
            else Tensor(v, name)
            for v, x, name in zip(numbers, self.leaves, self.names, strict=True)
        ]

    def __call__(self, nodes: Sequence[Any]) -> tuple[Any, list[Any]]:
        """The result of the function, and its leaves: nodes, arrays or numbers."""
        called = list(self.args)
        start = 0
        for n, count, rebuild in self.spans:
            called[n] = rebuild(list(nodes[start : start + count]))
            start += count
        result = self.f(*called)
        leaves = flatten(result)[0]
        if is_objects(result) and all(isinstance(v, Value | float | int) for v in leaves):
            return result, [tensor_of(result)]
        return result, leaves

    def along(self, k: int, out: int) -> Callable[[np.ndarray], np.ndarray]:
        """Output number `out` as a function of the flattened leaf number `k`, in float64."""
        base = [np.asarray(x, float) for x in self.leaves]

        def function(v: np.ndarray) -> np.ndarray:
            numbers: list[Any] = list(base)
            numbers[k] = v.reshape(base[k].shape)
            value = data(self(self.nodes(numbers))[1][out])
            return np.array(value, float).ravel()

        return function


def leaf(x: Any, name: str) -> Any:
    """A leaf as a float or a floating-point array, or TypeError."""
    if isinstance(x, Value):
        return x.item()
    if isinstance(x, Node):
        x = data(x)
    array = np.asarray(x)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"argument {name} is {type(x).__name__} {x!r:.40}; gradients are taken of real "
            f"numbers and "
            "arrays of them"
        )
    if array.ndim == 0 and not isinstance(x, np.ndarray) and array.dtype != np.float32:
        return float(array)
    return array.copy() if array.dtype.kind == "f" else array.astype(float)


def parameters(f: Callable[..., Any], count: int) -> list[str]:
    """The names of the first `count` parameters of `f`."""
    try:
        found = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        found = []
    names = [p.name for p in found if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [names[k] if k < len(names) else f"x{k}" for k in range(count)]


def paths(tree: Any, name: str) -> list[str]:
    """A name for every leaf of a container, in the order in which `flatten` lists them."""
    leaves, rebuild = flatten(tree)
    if len(leaves) == 1 and rebuild([tree]) is tree:
        return [name]
    if isinstance(tree, dict):
        return [p for key, x in tree.items() for p in paths(x, f"{name}[{key!r}]")]
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return [p for key in tree._fields for p in paths(getattr(tree, key), f"{name}.{key}")]
    if isinstance(tree, list | tuple):
        return [p for i, x in enumerate(tree) for p in paths(x, f"{name}[{i}]")]
    return [f"{name}[{i}]" for i in range(len(leaves))]


def check_gradients(
    f: Callable[..., Any],
    *args: Any,
    hand: Any = None,
    argnums: int | Sequence[int] | None = None,
    order: int = 1,
    method: str = "central",
) -> Report:
    """Compare the gradient of `f` at `args` by hand, by autodiff and numerically.

    `f` takes numbers, arrays or nested containers and returns a number or an array; then Jacobians,
    shape `out.shape + in.shape`, are compared. `hand` is a function of the same arguments, an
    array, or a dict from argument names or numbers to arrays; without it autodiff and the numerical
    witness are compared. `argnums` says which arguments (an int or several, counted from 0); by
    default all that hold floats, or with a hand array the first. `order=2` checks the derivative of
    the gradient. `method` is "central", "richardson" (error about 1e-12) or "complex" (exact where
    f is analytic).

    Raises TypeError for what is not numeric and ValueError for arguments that are not there. A
    wrong shape, a NaN, or a hand function that raises is a finding of the report.

    >>> import numpy as np
    >>> import autograd_lite as ag
    >>> bool(ag.check_gradients(lambda x: x**3, 2.0, hand=lambda x: 3 * x**2))
    True
    >>> h = ag.softmax([2.0, 1.0, 0.1])
    >>> report = ag.check_gradients(ag.softmax, [2.0, 1.0, 0.1], hand=np.diag(h * (1 - h)))
    >>> report.verdict, report.causes[0].code
    ('hand', 'diagonal-only')
    """
    if not callable(f):
        raise TypeError(f"check_gradients takes a function, not {type(f).__name__}")
    if method not in METHODS:
        raise ValueError(f"method is one of {', '.join(METHODS)}, not {method!r}")
    if order not in (1, 2):
        raise ValueError(f"order is 1 or 2, not {order!r}")
    chosen = which(f, args, hand, argnums)
    notes: list[Note] = []
    before = snapshot(args)
    given, failure = by_hand(f, args, hand, chosen)
    notes += mutated(before, args, "the hand function", parameters(f, len(args)))
    if order == 2:
        f = gradient_of(f, chosen)
    call, nodes, outputs, seen = recorded(f, args, chosen)
    again = call(call.nodes(call.leaves))[1]
    notes += mutated(before, args, "f", parameters(f, len(args)))
    unreliable = not same(outputs, again)
    if unreliable:
        notes.append(
            Note(
                "random-forward",
                "f gave another result for the same arguments: fix the seed inside f, or draw the "
                "random numbers once, outside",
            )
        )
    report = Report([], notes)
    spans = {n: range(start, start + count) for n, count, start in call.starts()}
    asked = [k for n in chosen for k in spans[n]]
    per_output = given if len(outputs) == 1 else spread(given, len(outputs), len(asked))
    for o, out in enumerate(outputs):
        for place, k in enumerate(asked):
            hand_k = per_output[o * len(asked) + place] if per_output is not None else None
            report.rows.append(row_for(call, o, out, k, nodes[k], hand_k, method, unreliable, seen))
            name_row(report.rows[-1], call, f, out, o, k, len(outputs), order)
    if failure is not None:
        for row in report.rows:
            row.verdict, row.causes = "hand", [failure]
            row.sentence = "there is no hand gradient to compare."
    return report


def recorded(
    f: Any, args: Sequence[Any], chosen: list[int]
) -> tuple[Call, list[Node], list[Any], list[Node]]:
    """The call, its leaves, its outputs, and every node that was recorded on the way.

    All arguments that hold floats are recorded where f allows it: the diagnosis then knows them as
    values that a hand gradient may have used.
    """
    wider = [n for n, x in enumerate(args) if n in chosen or floats(x)]
    if len(wider) > len(chosen):
        try:
            return watched(Call(f, args, wider))
        except Exception:
            pass  # f takes that argument as plain numbers only
    return watched(Call(f, args, chosen))


def watched(call: Call) -> tuple[Call, list[Node], list[Any], list[Node]]:
    """The call made once, with every node that it recorded."""
    nodes = call.nodes(call.leaves)
    block = Watched()
    with block:
        outputs = call(nodes)[1]
    return call, nodes, outputs, block.nodes


def which(f: Any, args: Sequence[Any], hand: Any, argnums: Any) -> list[int]:
    """The numbers of the arguments to differentiate."""
    chosen: list[int]
    if argnums is not None:
        chosen = [int(argnums)] if isinstance(argnums, int | np.integer) else [*argnums]
    elif by_name(f, args, hand):
        names = parameters(f, len(args))
        chosen = [names.index(k) if isinstance(k, str) else int(k) for k in hand]
    else:
        chosen = [n for n, x in enumerate(args) if floats(x)] or list(range(len(args)))[:1]
        if hand is not None and not callable(hand):
            chosen = chosen[:1]
    for n in chosen:
        if not -len(args) <= n < len(args):
            raise ValueError(
                f"check_gradients was to differentiate argument {n}, but {len(args)} arguments "
                f"were "
                "given (argnums counts from 0)"
            )
    return [int(n) % len(args) for n in chosen]


def floats(x: Any) -> bool:
    """Whether an argument holds floating-point numbers, as class labels and sizes do not."""
    leaves = flatten(x)[0]
    return bool(leaves) and all(
        isinstance(v, Node)
        or (not isinstance(v, bool) and getattr(np.asarray(v), "dtype", np.dtype("O")).kind == "f")
        for v in leaves
    )


def by_name(f: Any, args: Sequence[Any], hand: Any) -> bool:
    """Whether `hand` maps arguments to gradients, and is no gradient in the form of a dict."""
    if not isinstance(hand, dict):
        return False
    if any(isinstance(x, dict) and set(x) == set(hand) for x in args):
        return False
    names = parameters(f, len(args))
    for key in hand:
        if not (key in names if isinstance(key, str) else key in range(len(args))):
            raise ValueError(
                f"hand has a gradient for {key!r}; the arguments are {', '.join(names)} (or their "
                f"numbers, 0 to {len(args) - 1})"
            )
    return True


def by_hand(
    f: Any, args: Sequence[Any], hand: Any, chosen: list[int]
) -> tuple[list[Any] | None, Cause | None]:
    """The hand gradients, one for every leaf to differentiate; and what went wrong in them."""
    if hand is None:
        return None, None
    if by_name(f, args, hand):
        names = parameters(f, len(args))
        hand = tuple(hand[names[n]] if names[n] in hand else hand[n] for n in chosen)
    elif callable(hand):
        try:
            hand = hand(*(unwrapped(x) for x in args))
        except Exception as error:
            frames = traceback.format_exception(type(error), error, error.__traceback__)
            shown = "".join(frames[:1] + frames[2:]).rstrip()
            return None, Cause(
                "unknown",
                f"the hand function raised {type(error).__name__}: {error}\n{shown}",
                "",
                np.nan,
            )
        if isinstance(hand, dict) and by_name(f, args, hand):
            return by_hand(f, args, hand, chosen)
    names = [p for n in chosen for p in paths(args[n], parameters(f, len(args))[n])]
    if isinstance(hand, tuple) and len(hand) == len(args) != len(chosen):
        hand = tuple(hand[n] for n in chosen)
    leaves = flatten(hand)[0]
    if len(names) == 1 and len(leaves) != 1:
        leaves = [hand]
    if len(leaves) < len(names) and len(chosen) > 1 and len(leaves) == 1:
        leaves = leaves + [None] * (len(names) - 1)
    if len(leaves) != len(names):
        raise ValueError(
            f"the hand gradient has {len(leaves)} parts; {len(names)} are needed, for "
            f"{', '.join(names)}"
        )
    return [None if h is None and n else as_hand(h, names[n]) for n, h in enumerate(leaves)], None


def unwrapped(tree: Any) -> Any:
    """An argument as the hand function takes it: nodes as plain numbers, lists as arrays."""
    leaves, rebuild = flatten(tree)
    return rebuild([np.asarray(x) if isinstance(x, list) else data(x) for x in leaves])


def spread(given: list[Any] | None, outputs: int, leaves: int) -> list[Any] | None:
    """Hand gradients for several outputs; given for one leaf, each output's is an item of it."""
    if given is None:
        return None
    if leaves == 1 and given[0] is not None and len(given[0]) == outputs:
        return [np.asarray(part) for part in given[0]]
    raise ValueError(
        f"f returned {outputs} results; hand gradients are compared for functions with one result. "
        "Join the results with ag.stack or ag.concatenate, or check one at a time"
    )


def gradient_of(f: Any, chosen: list[int]) -> Any:
    """∇f as a function with the leaves of the gradient as its result."""
    single = chosen[0] if len(chosen) == 1 else tuple(chosen)

    def gradient(*args: Any) -> Any:
        leaves = flatten(grad(f, single)(*args))[0]
        return leaves[0] if len(leaves) == 1 else tuple(leaves)

    gradient.__signature__ = signature(f)  # type: ignore[attr-defined]
    return gradient


def signature(f: Any) -> Any:
    try:
        return inspect.signature(f)
    except (TypeError, ValueError):
        return inspect.signature(lambda *args: None)


def snapshot(args: Sequence[Any]) -> list[list[np.ndarray]]:
    """Copies of the numbers in the arguments."""
    return [[np.array(data(x)) for x in flatten(arg)[0] if numeric(x)] for arg in args]


def numeric(x: Any) -> bool:
    return np.asarray(data(x)).dtype.kind in "fiub"


def mutated(before: Any, args: Sequence[Any], who: str, names: list[str]) -> list[Note]:
    """A note for every argument that was written to, which is then put back."""
    notes = []
    for old, new, arg, name in zip(before, snapshot(args), args, names, strict=True):
        if all(np.array_equal(a, b, equal_nan=True) for a, b in zip(old, new, strict=True)):
            continue
        text = (
            f"{who} wrote into its argument {name} (use a copy: {name} = {name}.copy()); it was "
            f"put "
            "back for the rest of the check"
        )
        notes.append(Note("input-changed", text))
        for target, numbers in zip((x for x in flatten(arg)[0] if numeric(x)), old, strict=True):
            if isinstance(target, np.ndarray):
                target[...] = numbers
            elif isinstance(target, Node):
                target.data = numbers  # type: ignore[attr-defined]
    return notes


def same(outputs: list[Any], again: list[Any]) -> bool:
    """Whether two calls gave the same numbers."""
    return len(outputs) == len(again) and all(
        np.array_equal(np.asarray(data(a)), np.asarray(data(b)), equal_nan=True)
        for a, b in zip(outputs, again, strict=True)
    )


def row_for(
    call: Call,
    o: int,
    out: Any,
    k: int,
    x: Node,
    hand: Any,
    method: str,
    unreliable: bool,
    seen: list[Node],
) -> Row:
    """The gradient of one output with respect to one leaf."""
    at = np.asarray(x.primal, float).ravel()
    function = call.along(k, o)
    if not isinstance(out, Node):
        return cut(function, at, np.shape(out), x, hand, method, seen)
    tape = Tape(out)

    def through(v: np.ndarray) -> np.ndarray:
        return np.asarray(tape.forward(x, v.reshape(x.shape), rules), complex).ravel()

    if x not in tape.consumers:
        return cut(function, at, out.shape if tape.lead else (), x, hand, method, seen)
    auto = tape.gradient(x).reshape(-1, at.size)
    said = hear(function, at, auto, method, 1e-7, through, corners=ties(tape, x))
    row = examine("", tape, x, hand, said, unreliable=unreliable)
    if row.verdict == "autodiff":
        row.causes = suspects(tape, x, seen)
    return row


def cut(
    function: Any,
    at: np.ndarray,
    shape: tuple[int, ...],
    x: Node,
    hand: Any,
    method: str,
    seen: Any,
) -> Row:
    """The row of a result that no node connects with `x`: constant, or cut off on the way."""
    size = int(np.prod(shape, dtype=np.int64))
    zeros = np.zeros((size, at.size))
    said = hear(function, at, zeros, "central" if method == "complex" else method, 1e-7)
    auto = zeros.reshape((*shape, *x.shape) if size > 1 else x.shape)
    num = zeros if said.values is None else said.values
    row = Row("", auto, hand, num.reshape(auto.shape), method=said.method, step=said.step)
    slack = np.broadcast_to(said.slack, num.shape).reshape(auto.shape)
    hand_auto = hand_num = None
    if hand is not None and np.shape(hand) == auto.shape:
        row.pairs.append(pair("hand", hand, "autodiff", auto, 1e-7))
        row.pairs.append(pair("hand", hand, "numerical", row.num, 1e-7, slack))
        hand_auto, hand_num = row.pairs[0].agrees, row.pairs[1].agrees
    row.pairs.append(pair("autodiff", auto, "numerical", row.num, 1e-7, slack))
    row.verdict = verdict(hand_auto, row.pairs[-1].agrees, hand_num)
    if row.pairs[-1].agrees:
        row.sentence = "the result does not depend on this argument."
        if hand_auto is False:
            row.sentence += " The hand gradient should be zero."
            row.causes = [Cause("unknown", "the right gradient is zero", "", np.nan)]
        return row
    row.verdict = "autodiff" if hand_auto is not True else row.verdict
    row.causes = [graph_cut(seen)]
    row.sentence = "autodiff gives nothing, the numerical gradient is not zero: the graph was cut."
    if magnitude(num) == 0:
        row.sentence = "the numerical gradient cannot be found."
    return row


def graph_cut(seen: list[Node]) -> Cause:
    """`graph-cut`, with the last node that was tracked."""
    last = ""
    if seen:
        node = seen[-1]
        text = Tape(node).name(node)
        last = f"; the last operation that was tracked is {text}, shape {node.shape}"
    return Cause(
        "graph-cut",
        "the result is not connected with the argument: .data, .item(), .detach(), float() or a "
        f"NumPy call on plain data cut the graph{last}",
        "use the nodes themselves in the forward pass, not .data or .item()",
        np.nan,
    )


def name_row(
    row: Row, call: Call, f: Any, out: Any, o: int, k: int, count: int, order: int
) -> None:
    """dL/dz for a single number, df/dz for arrays, d(dL/dz)/dz at second order."""
    top = "L"
    if np.size(data(out)) > 1 or np.ndim(data(out)):
        name = getattr(f, "__name__", "f")
        top = name if name.isidentifier() else "f"
        if count > 1:
            top += f"[{o}]"
    if order == 2:
        top = f"(dL/d{call.names[o if count > 1 else 0]})"
    row.name = f"d{top}/d{call.names[k]}"
