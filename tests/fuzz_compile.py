"""Draws functions and calls them eagerly and compiled, with changes in between.

    python -m tests.fuzz_compile 10000 --from 0

A function takes what it needs from globals, closures and every container, branches, catches
exceptions and reads numbers off the graph. Each call has to give what the function itself gives, to
the last bit (a gradient up to rounding), or raise TypeError.
"""

from __future__ import annotations

import argparse
import random
import threading
import types

import numpy as np

import autograd_lite as ag
from autograd_lite.calculus.trees import flatten

UNARY = [
    "np.exp({v})",
    "np.tanh({v})",
    "np.abs({v})",
    "-{v}",
    "{v}**2",
    "{v}**3",
    "np.sqrt(np.abs({v}))",
    "np.square({v})",
    "{v}*1.0",
    "{v}/1",
    "np.cbrt({v})",
    "1/({v}*0.5)",
    "np.negative(-{v})",
    "+{v}",
    "np.floor({v})",
    "np.sign({v})",
    "np.log1p(np.abs({v}))",
    "ag.relu({v})",
    "ag.sigmoid({v})",
    "np.clip({v},-1,1)",
    "2.0*{v}",
    "{v}-1",
    "0.0*{v}",
    "-0.0*{v}",
    "{v}*np.float64(2.5)",
    "{v}*2.5",
    "np.reciprocal({v})",
    "np.sin({v})",
    "{v}*(1/{v})",
]
BINARY = [
    "{v}+{u}",
    "{v}-{u}",
    "{v}*{u}",
    "{v}/{u}",
    "np.maximum({v},{u})",
    "np.minimum({v},{u})",
    "np.arctan2({v},{u})",
    "np.hypot({v},{u})",
    "np.where({v}>{u},{v},{u})",
    "np.fmax({v},{u})",
    "{v}*(1/{u})",
    "({v}>{u})*1.0",
    "np.logaddexp({v},{u})",
    "np.where(np.isfinite({v}),{v},0.0)",
    "(({v}>0)+({u}>0))*1.0",
]
ARRAYS = [
    "np.sum({v})",
    "np.sum({v},axis=0)",
    "{v}.sum(axis=-1,keepdims=True)",
    "{v}.reshape(-1)",
    "{v}.T",
    "{v}[...,::-1]",
    "{v}[:1]",
    "{v}[...,None]",
    "np.flip({v})",
    "np.stack([{v},{v}])",
    "np.mean({v})",
    "np.max({v},axis=-1)",
    "np.cumsum({v},axis=-1)",
    "{v}.astype(np.float32)",
    "{v}.astype(float)",
    "{v}.astype(float,copy=False)",
    "np.prod({v})",
    "np.var({v})",
    "{v}@{v}.T",
    "np.concatenate([{v},{v}])",
    "np.sum({v},axis=0,keepdims=True)",
    "{v}.reshape(-1)[IDX]",
    "np.take({v},[0,0])",
    "np.sum({v},axis=-1,keepdims=True).reshape(-1)",
    "{v}.copy()",
    "np.sum({v},axis=0,keepdims=True,initial=2.0)",
    "np.broadcast_to({v},(2,)+{v}.shape)",
    "np.sort({v},axis=-1)",
    "np.sum({v},axis=-1,keepdims=True,initial=2.0).reshape(-1)",
    "np.ones({v}.shape)*{v}",
    "{v}.reshape(-1)[np.argmax({v})]",
    "np.full({v}.shape,0.5)+{v}",
    "np.sum({v},where={v}>0)",
]
TAKEN = [
    "W",
    "A",
    "V",
    "LIST[0]",
    'D["k"]',
    "HOLD.w",
    "HOLD.rate",
    "RATE",
    "TUP[1][0]",
    "SPACE.a",
    'GET("k")',
    "MODULE.a",
    "HOLD(1.0)",
    "W.data",
    "W.detach()",
    "W.data.max()",
    "(W.data>0)*1.0",
    "A.max()",
    "float(A.sum())",
    "A.tolist()[0]",
    "len(LIST)",
    "np.unique(A).size",
    "A[MASK]",
    "next(iter(D.values()))",
    "inner(2.0)",
    "V.data",
    "V.item()",
    "np.argmax(W)*1.0",
    "np.asarray(A)",
    "sum(A.tolist())",
    "OBJ[0][0]",
    "A[int(N[0])]",
    "np.copysign(1.0,RATE)",
    "DEFAULT",
]
TESTS = """np.sum({v})>0 isinstance({v},np.ndarray) type({v})is_float type({v})is_np.ndarray
np.isscalar({v}) hasattr({v},"shape") isinstance({v},float) RATE>1 W.data.sum()>0 len(LIST)>2
np.isfinite(np.sum({v})) N[0]>0 V>0 A[0]>0 {v}is_{u}""".replace("is_", " is ").splitlines()
TESTS = [
    t.replace("\x00", " ") for line in TESTS for t in line.replace(" is ", "\x00is\x00").split()
]


class Hold:
    def __init__(self, w):
        self.w = w
        self.rate = 2.0

    def __call__(self, y):
        return self.w * self.rate + y


def globals_of(rng):
    """What a function takes from outside."""
    w, a = ag.Tensor(rng.normal(size=2)), rng.normal(size=2)
    d = {"k": rng.normal(size=2), "j": 1.5}
    obj = np.empty(1, object)
    obj[0] = [rng.normal(size=2)]
    module = types.ModuleType("drawn")
    module.a = rng.normal(size=2)
    return {
        "W": w, "A": a, "V": ag.Value(0.5), "LIST": [rng.normal(size=2), 1.0], "D": d,
        "HOLD": Hold(w), "RATE": 2.0, "TUP": (1.0, [rng.normal(size=2)]), "GET": d.get,
        "SPACE": types.SimpleNamespace(a=rng.normal(size=2)), "MODULE": module, "OBJ": obj,
        "N": np.array([1, 0]), "MASK": np.array([True, False]), "IDX": np.array([0, 1, 0]),
        "np": np, "ag": ag, "DEFAULT": rng.normal(size=2),
    }  # fmt: skip


def function(draw, space, number):
    """The text of a random function, and the function."""
    names, lines = ["x", "y"], []
    steps = draw.randint(2, 7)
    for k in range(steps):
        v, u = draw.choice(names), draw.choice(names)
        kind = draw.random()
        if kind < 0.25:
            text = draw.choice(TAKEN)
            text = f"{v}*({text})" if draw.random() < 0.5 else text
        elif kind < 0.5 and not number:
            text = draw.choice(ARRAYS)
        elif kind < 0.75:
            text = draw.choice(BINARY)
        else:
            text = draw.choice(UNARY)
        text = text.format(v=v, u=u)
        if draw.random() < 0.15:
            other = draw.choice(UNARY).format(v=v)
            test = draw.choice(TESTS[:-1] if number else TESTS).format(v=v, u=u)
            lines.append(f"t{k} = ({text}) if {test} else {other}")
        elif draw.random() < 0.07:
            attempt = draw.choice(["float(np.sum({v}))", "1/{v}", "{v}.shape[5]", "float(A.sum())"])
            lines += ["try:", f"    t{k} = ({text}) * {attempt.format(v=v)}"]
            lines += ["except (ZeroDivisionError, IndexError):", f"    t{k} = {text}"]
        elif draw.random() < 0.03:
            lines += [f"t{k} = ({text}) * 1.0", f"t{k} += 1.0"]
        else:
            lines.append(f"t{k} = {text}")
        names.append(f"t{k}")
    shown = draw.choice(["{0}", "[{0}, {1}]", "{{'a': {0}, 'b': ({1}, 2.0)}}", "({0}, x)"])
    lines.append(f"return {shown.format(*draw.sample(names[2:], 2))}")
    body = "".join(f"        {line}\n" for line in lines)
    text = "def made(cell):\n    def inner(z):\n        return cell[0] * z + RATE\n"
    text += f"    def f(x, y):\n{body}    return f\n"
    exec(text, space)
    return text, space["made"]([space["W"] if draw.random() < 0.5 else 3.0])


def change(draw, rng, space):
    """Change something outside."""
    kind, a = draw.randrange(16), rng.normal(size=2)
    if kind == 0:
        space["W"].data = a
    elif kind == 1:
        space["W"].data[:] = a
        space["W"].data  # noqa: B018  # notices it
    elif kind == 2:
        space["A"][:] = a
    elif kind == 3:
        space["A"] = a
    elif kind == 4:
        space["RATE"] = draw.choice([2.0, -0.0, 0.0, 1, True])
    elif kind == 5:
        space["HOLD"].rate = draw.choice([2.0, 3.0])
    elif kind == 6:
        space["LIST"].append(1.0) if len(space["LIST"]) < 3 else space["LIST"].pop()
    elif kind == 7:
        space["D"]["k"] = space["D"].pop("k")
    elif kind == 8:
        space["V"].data = draw.choice([0.5, -1.0, 2.0])
    elif kind == 9:
        space["N"][0] = draw.choice([0, 1])
    elif kind == 10:
        space["MASK"][:] = [draw.random() < 0.5, True]
    elif kind == 11:
        space["HOLD"].w = ag.Tensor(a)
    elif kind == 12:
        space["OBJ"][0][0] = a
    elif kind == 13:
        space["MODULE"].a[0] = a[0]


def summed(f):
    """The sum of all that a function gives, to be differentiated."""

    def total(x, y):
        parts = flatten(f(x, y))[0]
        return sum([ag.sum(part) for part in parts])

    return total


SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, 5e-324, 1e308]


def point(draw, rng, number):
    """Arguments."""
    if number:
        return [draw.choice([*SPECIAL, draw.gauss(0, 1), draw.gauss(0, 1)]) for _ in range(2)]
    dtype = draw.choice([float, float, float, np.float32])
    xs = [rng.normal(size=(3, 2)).astype(dtype) for _ in range(2)]
    if draw.random() < 0.2:
        xs[0].flat[draw.randrange(6)] = draw.choice(SPECIAL)
    return [xs[0], xs[0]] if draw.random() < 0.1 else xs


def outcome(f, args):
    """The result, or the error."""
    try:
        return f(*args), None
    except Exception as error:
        return None, error


CONTAINER = tuple | list | dict


def unlike(found, expected, exact):
    """How two results differ; nothing if they do not."""
    (a, _), (b, _) = flatten(found), flatten(expected)
    if len(a) != len(b) or (isinstance(expected, CONTAINER) and type(found) is not type(expected)):
        return f"{found!r} for {expected!r}"
    for x, y in zip(a, b, strict=True):
        if isinstance(x, ag.Tensor | ag.Value) != isinstance(y, ag.Tensor | ag.Value):
            return f"{type(x)} for {type(y)}"
        x, y = (np.asarray(v.data if isinstance(v, ag.Tensor | ag.Value) else v) for v in (x, y))
        if (x.shape, x.dtype) != (y.shape, y.dtype):
            return f"{x.shape} {x.dtype} for {y.shape} {y.dtype}"
        same = np.array_equal(x, y, equal_nan=True) and np.array_equal(
            np.signbit(x[~np.isnan(x)]), np.signbit(y[~np.isnan(y)])
        )
        near = 1e-4 if x.dtype == np.float32 else 1e-11
        if not same and (exact or not np.allclose(x, y, near, near / 100, equal_nan=True)):
            return f"{x!r} for {y!r}"
    return ""


def case(seed):
    """A word on what is wrong with one drawn function; nothing if all is right."""
    draw, rng = random.Random(seed), np.random.default_rng(seed)
    number = draw.random() < 0.25
    space = globals_of(rng)
    text, f = function(draw, space, number)
    derived = draw.random() < 0.25
    if derived:
        f = ag.value_and_grad(summed(f))
    exact = not number and not derived and "sigmoid" not in text
    args = point(draw, rng, number)
    if outcome(f, args)[1] is not None:
        return ""
    compiled = ag.compile(f, passes=draw.random() < 0.9, audit=draw.choice([1, 5, 100]))
    said = f"seed {seed}\n{text}"
    kept = []
    for call in range(10):
        before = [np.array(x, copy=True) for x in args]
        expected, error = outcome(f, args)
        found, other = outcome(compiled, args)
        if other is not None:
            if error is None and "Instead: " not in f"{other}":
                return f"{said}call {call}: {type(other).__name__}: {other}"
            return ""
        if error is not None:
            return f"{said}call {call}: no {type(error).__name__}: {error}"
        if any(x.tobytes() != np.asarray(y).tobytes() for x, y in zip(before, args, strict=True)):
            return f"{said}call {call}: an argument was written to"
        if wrong := unlike(found, expected, exact):
            return f"{said}call {call}: {wrong}"
        kept.append((found, expected))
        if draw.random() < 0.1:
            thread = threading.Thread(target=outcome, args=(compiled, args))
            thread.start()
            thread.join()
        change(draw, rng, space)
        args = point(draw, rng, number)
    return ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--from", dest="first", type=int, default=0)
    given = parser.parse_args()
    wrong = 0
    with np.errstate(all="ignore"):
        for seed in range(given.first, given.first + given.count):
            if said := case(seed):
                wrong += 1
                print(said, "\n")
    print(f"{wrong} of {given.count}")


if __name__ == "__main__":
    main()
