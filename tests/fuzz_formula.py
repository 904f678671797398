"""Fuzzing the command line: every input is answered or refused, at once, and nothing else happens.

    python tests/fuzz_formula.py -max_total_time=600 -timeout=10

runs Google's atheris (`pip install atheris`), which looks for inputs that reach new branches of the
parser. `attack` is one input; whatever it lets through other than an answer or a `UsageError` is a
finding, printed with a traceback and written to a file `crash-...`.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import NoneType

VALUES = ["x=3", "z=2,1,0.1", "t=1,0,0", "W=1,2;3,4"]

TOKENS = [
    *"ztWx019-+*/@%()[]{},:<>=.;' \t#^&|!~\\_",
    *("2.5", "1e308", "5e-324", "9999999999", "**", "//", "==", "!=", "<=", ":=", "->", "None"),
    *("...", "True", "lambda ", " if ", " else ", " for ", " in ", "await ", "axis=", "keepdims="),
    *("ddof=", "reduction=", "'mean'", "shape=", "t=", "nan", "inf", "pi", "__import__", "eval("),
    *("softmax(", "log_softmax(", "logsumexp(", "sum(", "mean(", "var(", "std(", "prod(", "max("),
    *("min(", "exp(", "log(", "sqrt(", "tanh(", "reshape(", "broadcast_to(", "where(", "clip("),
    *("stack([", "concatenate([", "cross_entropy(", "softmax_cross_entropy(", "matmul(", "ravel("),
    *(
        "moveaxis(",
        "swapaxes(",
        "transpose(",
        "squeeze(",
        "expand_dims(",
        "maximum(",
        "σ",
        "\u202e",
    ),
]

SEEDS = [
    "cross_entropy(softmax(z), t)", "sum((W @ z[:2] - t[1:])**2) / 2", "x ** -x % 2.5",
    "where(z > 0, log(z), [1, 2, 3])[::-1][0]", "sum(reshape(W, (4,)), axis=0, keepdims=True)[0]",
    "mean(stack([z, t]), axis=(0, 1))", "softmax_cross_entropy(z, t, reduction='sum')",
    "z.__class__", "(lambda: x)()", "[x for x in z]", "9**9**9", "1,2;3,4", "[[1, 2], [3]]",
]  # fmt: skip

FORMULA = bytes([5 << 1])  # in front of text: a formula, as it is

# What a formula must never lead to, by the names of Python's audit events.
FORBIDDEN = (
    *("exec", "import", "open", "os.", "subprocess.", "socket.", "ctypes.", "shutil.", "pickle."),
    *("code.", "marshal.", "tempfile."),
)


class Forbidden(BaseException):
    """A formula led to something that no formula may do."""


watching = False


def audit(event: str, _: object) -> None:
    """Python calls this before everything that reaches out of the program."""
    if watching and event.startswith(FORBIDDEN):
        raise Forbidden(event)


def text_of(data: bytes) -> str:
    """Bytes as text: as they are, or (first bit set) each as a token."""
    if not data or not data[0] & 1:
        return data[1:].decode("utf-8", "surrogateescape")
    return "".join(TOKENS[k % len(TOKENS)] for k in data[1:])


def arguments(data: bytes) -> list[str]:
    """The command that some bytes stand for; three bits of the first one say where they go."""
    text, place = text_of(data), (data[0] >> 1 if data else 0) & 7
    match place:
        case 0:
            return ["sum(z) * x", f"y={text}", *VALUES]
        case 1:
            return ["sum(z * z)", *VALUES, f"--hand=z={text}"]
        case 2:
            return ["sum(z)", *VALUES, f"--jacobian={text}"]
        case 3:
            return [f"sum({text})", *VALUES, "--trace"]
        case 4:
            return [text, text, *VALUES]
        case _:
            return [text, *VALUES]


def attack(data: bytes) -> None:
    """Run one input; an exception is a finding."""
    global watching
    from autograd_lite.__main__ import complain
    from autograd_lite.cli import UsageError
    from autograd_lite.cli.answer import report, write_files
    from autograd_lite.cli.options import read_options
    from autograd_lite.cli.session import Session

    with quiet() as said:
        try:
            options = read_options(arguments(data))
            watching = True
            session = Session(options)
            assert all("\n" not in line for line in report(session))
            assert all("\n" not in line for line in write_files(session))
        except UsageError as error:
            complain(str(error), error.place)
        except SystemExit:  # --help
            assert not watching
        finally:
            watching = False
    assert said.getvalue().count("\n") in (0, 1, 3)


@contextlib.contextmanager
def quiet() -> Iterator[io.StringIO]:
    """Without warnings, which the command line counts and prints itself; gives what stderr got."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()) as said,
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield said


def make_quick_ways() -> None:
    """Compile the templates of `fast`, which is else done when an operation is first applied."""
    import autograd_lite as ag
    from autograd_lite.core.elementwise import TABLE

    for x in (ag.Value(1.0), ag.Tensor([1.0])):
        kind = type(x)
        _ = x + x, x + 1.0, 1.0 + x, -x, x.sum() if x.ndim else x
        for row in TABLE.values():
            if hasattr(row, "pulls"):  # not in plain mode
                _ = row.alone[kind], row.pulls[kind, NoneType]
                _ = row.pulls[kind, kind], row.pulls[kind, float], row.pulls[float, kind]
    _ = (ag.Tensor([[1.0]]) @ ag.Tensor([[1.0]])).T


def warm_up() -> None:
    """Import and make what is made when it is first used: what comes later is a finding."""
    make_quick_ways()
    from autograd_lite.__main__ import run
    from autograd_lite.cli import UsageError
    from autograd_lite.cli.formula import FUNCTIONS

    with quiet():
        run(["softmax_cross_entropy(z, t)", *VALUES, "--jacobian", "z", "--trace"])
        for hand in ("softmax(z) - t", "z", "1", "softmax(z) * (1 - softmax(z))", "z[0] / 0 * t"):
            with contextlib.suppress(UsageError):
                run(["softmax_cross_entropy(z, t)", *VALUES, "--hand", f"z={hand}"])
    calls = ("(z)", "(W, W)", "([z, t])", "(z, 0)", "(z > 1, z, t)", "(", "(z, axs=1)")
    for text in [*SEEDS, *(f"{name}{call}" for name in FUNCTIONS for call in calls)]:
        attack(FORMULA + text.encode())


def main() -> None:
    import atheris

    with atheris.instrument_imports(include=["autograd_lite"]):
        import autograd_lite.__main__  # noqa: F401
    warm_up()
    sys.addaudithook(audit)
    with tempfile.TemporaryDirectory() as corpus:
        for k, seed in enumerate(SEEDS):
            Path(corpus, f"seed-{k}").write_bytes(FORMULA + seed.encode())
        atheris.Setup([*sys.argv, corpus], attack)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
