"""The command line's arguments: what may be given, and what was."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NoReturn

from . import UsageError, clip, did_you_mean
from .formula import FUNCTIONS
from .values import is_assignment

__all__ = ["Options", "read_options"]

PICTURES = (".svg", ".png", ".pdf", ".dot", ".html")
PAGES = (".html",)
OPTIONS = (
    *("--wrt", "--hand", "--draw", "--step", "--trace", "--jacobian"),
    *("--help", "--version"),
)

USAGE = "autograd-lite FORMULA name=value ... [options]"
DESCRIPTION = """\
Computes a formula, its gradient, and what you ask about them.

  autograd-lite "x * tanh(x)" x=0.5
  autograd-lite "cross_entropy(softmax(z), t)" z=2,1,0.1 t=1,0,0 --hand "z=softmax(z)-t"
  autograd-lite "sum((W @ x - y)**2)" "W=1,2;3,4" x=1,-1 y=0,1 --wrt W --draw loss.svg
  autograd-lite "softmax(z)" z=2,1,0.1 --jacobian

values:
  x=2                  a number
  z=2,1,0.1            a vector
  "W=1,2;3,4"          a matrix, row by row (quotes, because of the shell); also W=[[1,2],[3,4]]
  Every name is differentiated, except the targets t of cross_entropy(h, t) and the other
  losses, which are data. --wrt says it otherwise.

formulas:
  + - * / ** % @ (also · and × for *), comparisons, indices like z[0] and W[:, 1:], lists, pi, and
  these functions (options: axis=, keepdims=, ddof=, reduction=, logits=):
"""
EPILOG = """\
exit code: 0 done; 1 a gradient derived by hand is wrong; 2 the request cannot be done (one line
says why). Sizes are bounded: this is for examples; for the rest, import autograd_lite.
"""


@dataclass(frozen=True)
class Options:
    """What the command line asked for, checked as far as it can be without computing."""

    formula: str
    values: tuple[str, ...]
    wrt: tuple[str, ...] | None
    hand: tuple[str, ...]
    draw: str | None
    step: str | None
    trace: bool
    jacobian: str | None  # the formula whose Jacobian is wanted; "" for the main one


class Parser(argparse.ArgumentParser):
    """argparse, with errors raised in one line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (autograd-lite --help shows examples)")


def function_list() -> str:
    """The functions of the language, filled to lines."""
    lines = ["  "]
    for name in sorted(FUNCTIONS):
        if len(lines[-1]) + len(name) > 96:
            lines.append("  ")
        lines[-1] += f" {name}"
    return "\n".join(lines)


def make_parser() -> Parser:
    """The options, their help, and the examples at its end."""
    parser = Parser(
        "autograd-lite",
        usage=USAGE,
        description=DESCRIPTION + function_list(),
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("arguments", nargs="*", help=argparse.SUPPRESS)
    add("--wrt", metavar="NAMES", help="differentiate with respect to these names: z or W,b")
    add(
        "--hand",
        metavar="NAME=FORMULA",
        action="append",
        default=[],
        help="a gradient derived by hand, to be compared with autodiff and finite differences",
    )
    add("--draw", metavar="FILE", help=f"draw the graph ({' '.join(PICTURES)})")
    add("--step", metavar="FILE", help="write a page that steps through the backward sweep (.html)")
    add("--trace", action="store_true", help="print the evaluation trace, forward and backward")
    add(
        "--jacobian",
        metavar="FORMULA",
        nargs="?",
        const="",
        help="print all derivatives of every entry of FORMULA (by default, of the main formula)",
    )
    add("--version", action="version", version=f"autograd-lite {installed_version()}")
    return parser


def installed_version() -> str:
    """The version of the installed package."""
    try:
        return version("autograd-lite")
    except PackageNotFoundError:
        return "(not installed)"


def read_options(argv: Sequence[str]) -> Options:
    """The arguments as Options; UsageError for what cannot be meant.

    >>> read_options(["x**2", "x=3", "--trace"]).values
    ('x=3',)
    """
    parser = make_parser()
    found = parser.parse_intermixed_args([shield(argument) for argument in argv])
    arguments = [a.strip() for a in found.arguments]
    jacobian, draw, step = found.jacobian, unshield(found.draw), unshield(found.step)
    if jacobian and is_assignment(jacobian):
        # `--jacobian z=1,2`: what follows the option is a value, not the option's formula.
        arguments.append(jacobian)
        jacobian = ""
    values = [a for a in arguments if is_assignment(a)]
    formulas = [a for a in arguments if not is_assignment(a)]
    if not formulas and jacobian:
        formulas, jacobian = [jacobian], ""
    if not formulas:
        # L="softmax(z)" looks like a value, but was meant as the formula.
        named = " (without a name and =)" if any("(" in v for v in values) else ""
        raise UsageError(
            "no formula was given: write one in quotes, then its values, like "
            f'autograd-lite "x * tanh(x)" x=0.5{named}'
        )
    if len(formulas) > 1:
        raise UsageError(
            f"two formulas were given, {clip(formulas[0], 40)!r} and {clip(formulas[1], 40)!r}: "
            "put quotes around the formula, and around a value with spaces in it"
        )
    check_path(draw, "--draw", PICTURES)
    check_path(step, "--step", PAGES)
    if draw and step and os.path.abspath(draw) == os.path.abspath(step):
        raise UsageError(f"--draw and --step would both write {clip(draw)}")
    wrt = None if found.wrt is None else tuple(n.strip() for n in found.wrt.split(","))
    return Options(
        formulas[0],
        tuple(values),
        wrt,
        tuple(found.hand),
        draw,
        step,
        found.trace,
        jacobian,
    )


def shield(argument: str) -> str:
    """An argument as argparse should see it: a formula may begin with a minus sign."""
    if argument.startswith("--"):
        option = argument.split("=")[0]
        if option not in OPTIONS and re.fullmatch(r"--[A-Za-z][A-Za-z-]*", option):
            hint = did_you_mean(option, OPTIONS) or "; autograd-lite --help lists them"
            raise UsageError(f"there is no option {clip(option)}{hint}")
        return argument if option in OPTIONS or option == "--" else f" {argument}"
    if argument.startswith("-") and argument != "-h":
        return f" {argument}"  # argparse takes what has a space in it for no option
    return argument


def unshield(path: str | None) -> str | None:
    """A file name as it was given."""
    return path[1:] if path and path.startswith(" -") else path


def check_path(path: str | None, option: str, suffixes: tuple[str, ...]) -> None:
    """Refuse, before anything is computed, a file that could not be written afterwards."""
    if path is None:
        return
    shown = clip(path)
    if "\0" in path:
        raise UsageError(f"{option} {shown}: cannot be written, it has a null character in it")
    suffix = Path(path).suffix.lower()
    if suffix not in suffixes:
        hint = did_you_mean(suffix, suffixes) or f"; {option} writes {' '.join(suffixes)}"
        what = f"unknown suffix {clip(suffix)!r}" if suffix else "no suffix"
        raise UsageError(f"{option} {shown}: {what}{hint}")
    try:
        folder = Path(path).parent
        if Path(path).is_dir():
            raise UsageError(f"{option} {shown}: is a directory; give a file in it")
        if not folder.is_dir():
            raise UsageError(f"{option} {shown}: there is no directory {clip(str(folder))}")
        target = path if Path(path).exists() else folder
        if not os.access(target, os.W_OK):
            raise UsageError(f"{option} {shown}: no permission to write there")
    except (OSError, ValueError) as error:
        raise UsageError(f"{option} {shown}: cannot be written ({error})") from None
