"""What this package and its peers can do: one line of Python for each answer in the README's table.

    python tests/peers/comparison.py    prints the lines with their answers, and writes the table

A line that is true says yes; one that is false, or raises, says no.
"""

import re
import warnings
from inspect import signature
from pathlib import Path

import autograd
import autograd.numpy as anp
import micrograd.engine
import mygrad as mg
import numpy as np
import torch
from autograd.test_util import check_grads
from mygrad.computational_graph import build_graph

import autograd_lite as ag

README = Path(__file__).parents[2] / "README.md"
START = "<!-- comparison: written by tests/peers/comparison.py -->\n"
END = "<!-- end of comparison -->"

MICROGRAD, MYGRAD, AUTOGRAD, TORCH, OURS = LIBRARIES = (
    "micrograd",
    "MyGrad",
    "autograd",
    "PyTorch",
    "autograd_lite",
)


def number(x):
    """A PyTorch number that wants a gradient."""
    return torch.tensor(x, dtype=torch.float64, requires_grad=True)


def cube(x):
    """x³"""
    return x * x * x


def chain(x):
    """A long computation from one number."""
    for _ in range(20_000):
        x = x * 1.0
    return x


def swept_twice(x, **options):
    """The gradient of x · x · 2 after two sweeps, by that after one."""
    y = x * x * 2
    y.backward(**options)
    first = float(x.grad)
    y.backward(**options)
    return float(x.grad) / first


def written_to(x, array):
    """The gradient of Σx² at [1, 2] when the array is written to before the sweep."""
    y = (x * x).sum()
    with torch.no_grad():
        array[0] = 5.0
    y.backward()
    return np.asarray(x.grad).tolist()


def refused(f, *args):
    """Whether the call raises, or gives the gradient of what was computed."""
    try:
        return f(*args) == [2.0, 4.0]
    except (RuntimeError, ValueError):
        return True


def micrograd_square_after_write():
    """micrograd's gradient of x² at 1 when the number is changed before the sweep."""
    x = Value(1.0)
    y = x * x
    x.data = 5.0
    y.backward()
    return x.grad == 2.0


Value = micrograd.engine.Value
z, t = np.array([2.0, 1.0, 0.1]), np.array([1.0, 0.0, 0.0])
h = ag.softmax(z)
leaf = number(np.ones(2))
ours = ag.Tensor([1.0, 2.0])

# fmt: off
ROWS = {
    "takes NumPy's own functions, `np.tanh(x)`": {
        MICROGRAD: "type(np.tanh(Value(0.5))) is Value",
        MYGRAD: "type(np.tanh(mg.tensor(0.5))) is mg.Tensor",
        AUTOGRAD: "autograd.grad(np.tanh)(0.5) > 0",
        TORCH: "type(np.tanh(number(0.5))) is torch.Tensor",
        OURS: "type(np.tanh(ag.Value(0.5))) is ag.Value",
    },
    "second derivatives": {
        MICROGRAD: "type((lambda x: cube(x).backward() or x.grad)(Value(2.0))) is Value",
        MYGRAD: "type((lambda x: cube(x).backward() or x.grad)(mg.tensor(2.0))) is mg.Tensor",
        AUTOGRAD: "autograd.grad(autograd.grad(cube))(2.0) == 12",
        TORCH: "torch.func.grad(torch.func.grad(cube))(torch.tensor(2.0)) == 12",
        OURS: "ag.grad(ag.grad(cube))(2.0) == 12",
    },
    "Jacobians in one call": {
        MICROGRAD: "hasattr(micrograd, 'jacobian')",
        MYGRAD: "hasattr(mg, 'jacobian')",
        AUTOGRAD: "autograd.jacobian(anp.exp)(z).shape == (3, 3)",
        TORCH: "torch.func.jacrev(torch.exp)(torch.ones(3)).shape == (3, 3)",
        OURS: "ag.jacobian(np.exp)(z).shape == (3, 3)",
    },
    "forward mode": {
        MICROGRAD: "hasattr(micrograd, 'jvp')",
        MYGRAD: "hasattr(mg, 'jvp')",
        AUTOGRAD: "autograd.make_jvp(anp.sin)(0.0)(2.0)[1] == 2",
        TORCH: "torch.func.jvp(torch.sin, (torch.zeros(()),), (torch.ones(()),))[1] == 1",
        OURS: "ag.jvp(np.sin, (0.0,), (2.0,))[1] == 2",
    },
    "linear algebra: eigenvalues, solve": {
        MICROGRAD: "hasattr(micrograd, 'linalg')",
        MYGRAD: "hasattr(mg.linalg, 'solve')",
        AUTOGRAD: "autograd.grad(lambda a: anp.linalg.eigh(a)[0].sum())(np.eye(2))[0, 0] == 1",
        TORCH: "torch.func.grad(lambda a: torch.linalg.eigvalsh(a).sum())(torch.eye(2))[0, 0] == 1",
        OURS: "ag.grad(lambda a: np.linalg.eigvalsh(a).sum())(np.eye(2))[0, 0] == 1",
    },
    "checks gradients by differences": {
        MICROGRAD: "hasattr(micrograd, 'gradcheck')",
        MYGRAD: "hasattr(mg, 'gradcheck')",
        AUTOGRAD: "check_grads(anp.sin, modes=['rev'])(1.0) is None",
        TORCH: "torch.autograd.gradcheck(torch.sin, leaf)",
        OURS: "ag.check_gradients(np.sin, 1.0)",
    },
    "names the mistake in a gradient by hand": {
        MICROGRAD: "hasattr(micrograd, 'compare')",
        MYGRAD: "hasattr(mg, 'compare')",
        AUTOGRAD: "hasattr(autograd, 'compare')",
        TORCH: "hasattr(torch.autograd, 'compare')",
        OURS: "ag.check_gradients(ag.softmax, z, hand=np.diag(h * (1 - h))).causes[0].code == 'diagonal-only'",
    },
    "draws its graph, with the gradients": {
        MICROGRAD: "hasattr(micrograd, 'draw')",
        MYGRAD: "'grad' in signature(build_graph).parameters",
        AUTOGRAD: "hasattr(autograd, 'draw')",
        TORCH: "hasattr(torch.autograd, 'draw')",
        OURS: "ag.draw((ours * ours).sum()).dot.startswith('digraph')",
    },
    "a second sweep adds the same again": {
        MICROGRAD: "swept_twice(Value(3.0)) == 2",
        MYGRAD: "swept_twice(mg.tensor(3.0)) == 2",
        AUTOGRAD: "(lambda pull: pull(1.0) == pull(1.0))(autograd.make_vjp(cube)(3.0)[0])",
        TORCH: "swept_twice(number(3.0), retain_graph=True) == 2",
        OURS: "swept_twice(ag.Value(3.0)) == 2",
    },
    "data changed in between gives no wrong gradient": {
        MICROGRAD: "micrograd_square_after_write()",
        MYGRAD: "refused(lambda x: written_to(x, x.data), mg.tensor([1.0, 2.0]))",
        AUTOGRAD: "refused(lambda x: autograd.make_vjp(lambda v: [(v * v).sum(), x.fill(5.0)][0])(x)[0](1.0).tolist(), np.array([1.0, 2.0]))",
        TORCH: "refused(lambda x: written_to(x, x), number([1.0, 2.0]))",
        OURS: "refused(lambda x: written_to(x, x.data), ag.Tensor([1.0, 2.0]))",
    },
    "a chain of 20 000 operations": {
        MICROGRAD: "chain(Value(1.0)).backward() is None",
        MYGRAD: "chain(mg.tensor(1.0)).backward() is None",
        AUTOGRAD: "autograd.grad(chain)(1.0) == 1",
        TORCH: "chain(number(1.0)).backward() is None",
        OURS: "chain(ag.Value(1.0)).backward() is None",
    },
    "complex numbers": {
        MICROGRAD: "(Value(1j) * Value(1j)).data == -1 and Value(1j).relu()",
        MYGRAD: "mg.tensor(1j).dtype.kind == 'c'",
        AUTOGRAD: "autograd.holomorphic_grad(anp.sin)(1j) == np.cos(1j)",
        TORCH: "torch.tensor(1j, requires_grad=True).dtype.is_complex",
        OURS: "ag.Tensor([1j]).dtype.kind == 'c'",
    },
    "convolutional layers": {
        MICROGRAD: "hasattr(micrograd, 'conv')",
        MYGRAD: "hasattr(__import__('mygrad.nnet.layers', fromlist=['x']), 'conv_nd')",
        AUTOGRAD: "hasattr(autograd, 'conv')",
        TORCH: "hasattr(torch.nn, 'Conv2d')",
        OURS: "hasattr(ag.nn, 'Conv2d')",
    },
    "graphics cards, models of any size": {
        MICROGRAD: "hasattr(micrograd, 'cuda')",
        MYGRAD: "hasattr(mg, 'cuda')",
        AUTOGRAD: "hasattr(autograd, 'cuda')",
        TORCH: "hasattr(torch, 'cuda')",
        OURS: "hasattr(ag, 'cuda')",
    },
}
# fmt: on


def answer(line):
    """Whether a line is true."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return bool(eval(line))
        except Exception:
            return False


def table():
    """The README's table."""
    lines = [f"| | {' | '.join(LIBRARIES)} |", f"|---|{':-:|' * len(LIBRARIES)}"]
    for title, row in ROWS.items():
        marks = ("✓" if answer(row[name]) else "–" for name in LIBRARIES)
        lines.append(f"| {title} | {' | '.join(marks)} |")
    return "\n".join(lines) + "\n"


def shown(text):
    """The table that stands in the README."""
    return re.search(f"{START}(.*?){END}", text, re.DOTALL)[1]


if __name__ == "__main__":
    for title, row in ROWS.items():
        print(title)
        for name in LIBRARIES:
            print(f"  {'yes' if answer(row[name]) else 'no':4}{name:14}{row[name]}")
    text = README.read_text(encoding="utf-8")
    README.write_text(text.replace(START + shown(text), START + table()), encoding="utf-8")
