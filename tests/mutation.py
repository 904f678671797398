"""Mutation testing of the derivative rules: is every small mistake in one noticed by a test?

A *rule* is a partial derivative of a row of `Elementwise`, a `vjp` or `slope` method, or a function
(or `forward` of an operation) of `autograd_lite/ops` that only these call. A *mutant* is a rule
with one small mistake: another operator, constant, comparison, argument or function, a factor, a
statement or a minus sign left out. It is planted in the running program, and the tests that reach
the rule are called one after another until one fails: then the mutant is killed.

    python tests/mutation.py                       all of it, and writes the page of the result
    python tests/mutation.py elementwise solve     the rules of these modules
    python tests/mutation.py --jobs 1              in one process

The exit code is 1 when fewer than 95% of the mutants are killed, those in `EQUIVALENT` left out:
they compute the same numbers as the rule, and each has its reason.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import collections
import contextlib
import copy
import functools
import importlib
import inspect
import itertools
import multiprocessing
import re
import signal
import sys
import time
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest
from helpers import remade
from mutation_equivalent import EQUIVALENT

import autograd_lite as ag
from autograd_lite.core.elementwise import ONE, Elementwise
from autograd_lite.core.operation import Op

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "notebooks" / "reference" / "mutation.md"
MODULES = (
    *("elementwise", "activations", "extremes", "branches", "distance", "rounding", "special"),
    "shape",
    "index",
    *("reduce", "accumulate"),
    *("linalg", "einsum", "solve", "decompose", "symmetric", "least_squares", "fft"),
)
TESTS = (
    *("test_elementwise", "test_shape", "test_index", "test_reduce", "test_linalg"),
    *("test_numpy_protocol", "test_conventions", "test_functions", "test_tensor", "test_value"),
    *("test_numpy_names", "test_numpy_edges", "test_calculus"),
)
CORE = ("elementwise",)
ROWS = ("Elementwise", "OfOrder")  # what makes a row of the table
METHODS = ("vjp", "slope")  # of an operation
SECONDS = 10  # of one test, of the processor's time: a mutant that takes longer does not end
BUDGET = 4  # seconds of tests on one mutant, before it counts as a survivor


# --- the rules -----------------------------------------------------------------------------------


@dataclass(eq=False)
class Rule:
    """A function that computes derivatives, its syntax tree, and how to put another in its place.

    `row` and `place` are those of a partial derivative that is the constant 1, which has no code.
    """

    name: str
    tree: ast.AST
    function: Any
    row: Any = None
    place: int = 0
    parts: list[ast.AST] = field(default_factory=list)

    @property
    def module(self) -> str:
        return self.name.partition(".")[0]

    @contextlib.contextmanager
    def planted(self, tree: ast.AST) -> Iterator[None]:
        """The program with `tree` in this rule's place."""
        if self.row is not None:
            before = self.row.partials
            made = eval(compile(ast.Expression(tree), "<mutant>", "eval"))
            self.row.partials = (*before[: self.place], made, *before[self.place + 1 :])
            remade(self.row)
        else:
            before = self.function.__code__
            self.function.__code__ = compiled(tree, self.function.__globals__)
        forget()
        try:
            yield
        finally:
            if self.row is not None:
                self.row.partials = before
                remade(self.row)
            else:
                self.function.__code__ = before
            forget()


def compiled(tree: ast.AST, names: dict[str, Any]) -> types.CodeType:
    """The code of a lambda or a function, without its decorators."""
    ast.fix_missing_locations(tree)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        if isinstance(tree, ast.Lambda):
            code = compile(ast.Expression(tree), "<mutant>", "eval")
            return eval(code, names).__code__
        bare = copy.copy(tree)
        bare.decorator_list = []
        space = dict(names)
        exec(compile(ast.Module([bare], []), "<mutant>", "exec"), space)
        return space[bare.name].__code__


@functools.cache
def caches() -> list[Any]:
    """Every function of the package that remembers its results."""
    modules = [m for name, m in sys.modules.items() if name.startswith("autograd_lite")]
    found = {id(v): v for m in modules for v in vars(m).values() if hasattr(v, "cache_clear")}
    return list(found.values())


def forget() -> None:
    """Clear what functions remember: it was computed by another rule."""
    for f in caches():
        f.cache_clear()


def module_of(name: str) -> Any:
    room = "core" if name in CORE else "ops"
    return importlib.import_module(f"autograd_lite.{room}.{name}")


@functools.cache
def tree_of(name: str) -> ast.Module:
    return ast.parse(inspect.getsource(module_of(name)))


def rules(names: tuple[str, ...] = MODULES) -> list[Rule]:
    """The rules of modules of operations, each once, in the order of the source."""
    found: dict[str, Rule] = {}
    for name in MODULES:
        for rule in own_rules(name):
            found[rule.name] = rule
    waiting = list(found.values())
    while waiting:
        for helper in helpers(waiting.pop()):
            if helper.name not in found:
                found[helper.name] = helper
                waiting.append(helper)
    order = sorted(found.values(), key=lambda r: (MODULES.index(r.module), r.tree.lineno, r.place))
    return [rule for rule in order if rule.module in names]


def own_rules(name: str) -> Iterator[Rule]:
    """Partial derivatives in the rows of a module, and its `vjp` and `slope` methods."""
    module = module_of(name)
    for node in tree_of(name).body:
        if isinstance(node, ast.ClassDef) and node.name != "Op":
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name in METHODS:
                    function = vars(getattr(module, node.name))[method.name]
                    yield Rule(f"{name}.{node.name}.{method.name}", method, function)
        elif isinstance(node, ast.Assign) and is_row(node.value):
            target = node.targets[0].id
            row = getattr(module, target)
            for k, partial in enumerate(node.value.args[3:]):
                of = f"{name}.{target}[{k}]"
                if isinstance(partial, ast.Lambda):
                    yield Rule(of, partial, row.partials[k], place=k)
                elif row.partials[k] is ONE:
                    yield Rule(of, partial, None, row, k)
                else:
                    yield function_rule(row.partials[k])
            if getattr(row, "shares", None):
                yield function_rule(row.shares)
        elif isinstance(node, ast.FunctionDef) and any(map(is_row, ast.walk(node))):
            yield function_rule(getattr(module, node.name))


def is_row(node: ast.AST) -> bool:
    """Whether a piece of source makes a row of the table."""
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in ROWS


def function_rule(function: Any) -> Rule:
    """The rule that a module's function is."""
    function = inspect.unwrap(function)
    name = function.__module__.rpartition(".")[2]
    tree = next(n for n in tree_of(name).body if getattr(n, "name", "") == function.__name__)
    inner = [part for part in ast.walk(tree) if getattr(part, "name", "") == "slope"]
    parts = [statement for part in inner for statement in part.body]
    return Rule(f"{name}.{function.__name__}", tree, function, parts=parts)


def helpers(rule: Rule) -> Iterator[Rule]:
    """What a rule calls and users do not: functions, and operations that it applies."""
    if rule.function is None:
        return
    for node in [n for part in rule.parts or [rule.tree] for n in ast.walk(part)]:
        if not isinstance(node, ast.Name):
            continue
        thing = rule.function.__globals__.get(node.id)
        home = getattr(thing, "__module__", None) or ""
        name = home.rpartition(".")[2] if home.startswith("autograd_lite") else ""
        if name not in MODULES or isinstance(thing, Elementwise) or thing is Elementwise:
            continue
        if isinstance(thing, type) and issubclass(thing, Op):
            for part in ast.walk(tree_of(name)):
                if isinstance(part, ast.ClassDef) and part.name == thing.__name__:
                    forward = next(m for m in part.body if getattr(m, "name", "") == "forward")
                    yield Rule(f"{name}.{part.name}.forward", forward, vars(thing)["forward"])
        elif inspect.isfunction(inspect.unwrap(thing)) and not is_public(thing):
            yield function_rule(thing)


def is_public(function: Any) -> bool:
    """Whether users call a function: its own derivative is then made of other rules."""
    name = function.__name__
    return any(getattr(home, name, None) is function for home in (ag, ag.linalg))


# --- the mutants ---------------------------------------------------------------------------------

OPERATORS = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}

# A name that is called or read, and what is easily written in its place.
NAMES = {
    "sin": ("cos",),
    "cos": ("sin",),
    "sinh": ("cosh",),
    "cosh": ("sinh",),
    "exp": ("exp2",),
    "exp2": ("exp",),
    "sqrt": ("square",),
    "log": ("log2",),
    "hypot": ("maximum_tied",),
    "sign": ("absolute",),
    "absolute": ("sign",),
    "floor": ("ceil",),
    "trunc": ("floor",),
    "sigmoid": ("step", "tanh"),
    "step": ("sign",),
    "tie_share": ("wins",),
    "wins": ("tie_share",),
    "power": ("multiply",),
    "LN2": ("LN10",),
    "LN10": ("LN2",),
    "equal": ("not_equal",),
    "not_equal": ("equal",),
    "greater_equal": ("greater", "less"),
    "less_equal": ("less", "greater"),
    "logical_or": ("logical_and",),
    "all": ("any",),
    "any": ("all",),
    "isnan": ("isfinite",),
    "isfinite": ("isnan",),
    "inf": ("nan",),
    "nan": ("inf",),
    "pi": ("e",),
    "zeros": ("ones",),
    "empty": ("ones",),
    "eye": ("ones_like",),
    "matmul": ("multiply",),
    "BroadcastTo": ("SumTo",),
    "SumTo": ("BroadcastTo",),
}


@dataclass
class Mutant:
    """A rule with one mistake, and the place of it before and after."""

    rule: Rule
    change: str
    tree: ast.AST

    @property
    def key(self) -> tuple[str, str]:
        return self.rule.name, self.change


def mutants(rule: Rule) -> list[Mutant]:
    """Every mutant of a rule that differs from it and from the others."""
    if rule.row is not None:
        numbers = ("-1.0", "0.0", "2.0")
        return [
            Mutant(rule, f"ONE → {n}", ast.parse(f"lambda *_: {n}", mode="eval").body)
            for n in numbers
        ]
    seen = {ast.unparse(rule.tree)}
    found = []
    above = {part: node for node in ast.walk(rule.tree) for part in ast.iter_child_nodes(node)}
    local = names_of(rule.tree)
    for old in eligible(rule):
        for new in alternatives(old, *local):
            tree = exchanged(old, new, above)
            if (text := ast.unparse(tree)) not in seen:
                seen.add(text)
                found.append(Mutant(rule, f"{shown(old)} → {shown(new)}", tree))
    return numbered(found)


def numbered(found: list[Mutant]) -> list[Mutant]:
    """The same change in several places is told apart by a number."""
    times: dict[str, int] = {}
    for mutant in found:
        times[mutant.change] = n = times.get(mutant.change, 0) + 1
        mutant.change += f" ({n})" if n > 1 else ""
    return found


def exchanged(old: ast.AST, new: ast.AST, above: dict[ast.AST, ast.AST]) -> ast.AST:
    """A tree with one node exchanged: the nodes above it are new, all others those of the tree."""
    while old in above:
        node = copy.copy(above[old])
        for name, value in ast.iter_fields(node):
            if value is old:
                setattr(node, name, new)
            elif isinstance(value, list):
                setattr(node, name, [new if part is old else part for part in value])
        old, new = above[old], node
    return new


def shown(node: ast.AST) -> str:
    """A piece of source in one line."""
    return " ".join(ast.unparse(node).split()) if not isinstance(node, ast.Pass) else "nothing"


def names_of(tree: Any) -> tuple[list[str], list[str]]:
    """The arguments that a rule may confuse, and the other names it gives."""
    given = [a.arg for a in tree.args.args if a.arg not in ("self", "i", "_")]
    if tree.args.vararg:
        given.append(tree.args.vararg.arg)
    stored = [
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    ]
    return given, [name for name in dict.fromkeys(stored) if name not in given]


def eligible(rule: Rule) -> Iterator[ast.AST]:
    """The nodes of a rule that compute: no docstring, annotation or error message."""
    tree = rule.tree
    waiting = list(rule.parts or (tree.body if isinstance(tree.body, list) else [tree.body]))
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Raise) or is_text(node):
            continue
        yield node
        for name, value in ast.iter_fields(node):
            if name not in ("annotation", "returns", "args") or isinstance(node, ast.Call):
                children = value if isinstance(value, list) else [value]
                waiting += [child for child in children if isinstance(child, ast.AST)]


def is_text(node: ast.AST) -> bool:
    value = getattr(node, "value", None)
    return isinstance(node, ast.Expr) and isinstance(getattr(value, "value", None), str)


def alternatives(node: Any, given: list[str], local: list[str]) -> Iterator[ast.AST]:
    """What may wrongly stand in a node's place."""
    if isinstance(node, ast.BinOp):
        for other in OPERATORS.get(type(node.op), ()):
            yield ast.BinOp(node.left, other(), node.right)
        if isinstance(node.op, ast.Sub | ast.Div | ast.Pow):
            yield ast.BinOp(node.right, node.op, node.left)
        yield node.left
        yield node.right
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(OPERATORS[type(node.op)][0](), node.values)
        yield from node.values
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in OPERATORS[type(node.ops[0])]:
            yield ast.Compare(node.left, [other()], node.comparators)
    elif isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse
    elif isinstance(node, ast.If):
        for always in (True, False):
            yield ast.If(ast.Constant(always), node.body, node.orelse)
    elif isinstance(node, ast.Constant):
        yield from constants(node.value)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        if node.id in given:
            yield from (ast.Name(other, node.ctx) for other in given if other != node.id)
        elif node.id in local and len(local) > 1:
            yield ast.Name(local[(local.index(node.id) + 1) % len(local)], node.ctx)
        else:
            yield from (ast.Name(other, node.ctx) for other in NAMES.get(node.id, ()))
    elif isinstance(node, ast.Attribute):
        yield from (ast.Attribute(node.value, n, node.ctx) for n in NAMES.get(node.attr, ()))
    elif isinstance(node, ast.Call):
        yield from (a for a in node.args if not isinstance(a, ast.Starred))
        for k in range(len(node.keywords)):
            yield ast.Call(node.func, node.args, node.keywords[:k] + node.keywords[k + 1 :])
    elif isinstance(node, ast.AugAssign) or (
        isinstance(node, ast.Assign) and may_be_dropped(node, given)
    ):
        yield ast.Pass()


def may_be_dropped(node: ast.Assign, given: list[str]) -> bool:
    """Whether an assignment changes what already has a value: else the name would be missing."""
    target = node.targets[0]
    names = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
    return not isinstance(target, ast.Name) or target.id in names or target.id in given


def constants(value: Any) -> Iterator[ast.AST]:
    """A flipped truth, or a number that is one more or has the other sign."""
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
        if value:
            yield ast.UnaryOp(ast.USub(), ast.Constant(value))


# --- the tests -----------------------------------------------------------------------------------


@dataclass(eq=False)
class Test:
    """One call of a test function, with its parameters."""

    name: str
    function: Any
    parameters: dict[str, Any]
    random: list[tuple[Any, Any]]  # the module's random generators and how they began
    reaches: set[str] = field(default_factory=set)
    seconds: float = 0.0

    def failure(self) -> str:
        """Why the test fails now; empty when it passes."""
        for generator, state in self.random:
            generator.bit_generator.state = copy.deepcopy(state)
        try:
            with warnings.catch_warnings(), limited(SECONDS):
                warnings.simplefilter("error")
                for mark in marks(self.function, "filterwarnings"):
                    for text in mark.args:
                        action, _, category = text.partition("::")
                        warnings.simplefilter(action, getattr(builtins, category or "Warning"))
                self.function(**copy.copy(self.parameters))
        except TooLong:
            return f"{self.name}: no end after {SECONDS} s"
        except (Exception, pytest.fail.Exception) as error:
            text = " ".join(str(error).split())
            return f"{self.name}: {type(error).__name__}: {text[:60]}"
        return ""


class TooLong(BaseException):
    """A test has not ended in time."""


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooLong in the block after so many seconds."""

    def stop(*_: Any) -> None:
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def marks(function: Any, name: str) -> list[Any]:
    return [m for m in getattr(function, "pytestmark", []) if m.name == name]


def all_tests(files: tuple[str, ...]) -> list[Test]:
    """Every test of some files that needs no fixture, once for each of its parameters."""
    # Without shrinking and without a memory: only whether a test fails is asked.
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile(
        "mutation", derandomize=True, database=None, phases=phases, deadline=None
    )
    before = hypothesis.settings.get_current_profile_name()
    if str(ROOT) not in sys.path:
        sys.path.append(str(ROOT))
    hypothesis.settings.load_profile("mutation")
    try:
        modules = [importlib.import_module(f"tests.{file}") for file in files]
        return [test for module in modules for test in calls_of(module)]
    finally:
        hypothesis.settings.load_profile(before)


def calls_of(module: Any) -> Iterator[Test]:
    generators = [v for v in vars(module).values() if isinstance(v, np.random.Generator)]
    random = [(g, copy.deepcopy(g.bit_generator.state)) for g in generators]
    for name, function in list(vars(module).items()):
        if not name.startswith("test_"):
            continue
        for parameters in itertools.product(*map(cases, marks(function, "parametrize"))):
            merged = {k: v for part in parameters for k, v in part.items()}
            if set(inspect.signature(function).parameters) <= set(merged):
                told = ", ".join(str(v)[:30] for v in merged.values())
                yield Test(f"{name}[{told}]" if told else name, function, merged, random)


def cases(mark: Any) -> list[dict[str, Any]]:
    """The parameters of one `parametrize`, each as a dictionary."""
    names, values = mark.args[0], list(mark.args[1])
    names = [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)
    values = [getattr(v, "values", v) if hasattr(v, "marks") else v for v in values]
    return [dict(zip(names, [v] if len(names) == 1 else v, strict=True)) for v in values]


def find_reaches(every: list[Rule], judges: list[Test]) -> None:
    """Run all tests once, with rules that say when they are called. All must pass."""
    called: set[str] = set()
    builtins.__dict__["__called__"] = called.add
    try:
        with contextlib.ExitStack() as stack:
            for rule in every:
                if rule.row is None:
                    stack.enter_context(rule.planted(announcing(rule)))
            for test in judges:
                called.clear()
                start = time.perf_counter()
                if reason := test.failure():
                    raise AssertionError(f"without any mutant, {reason}")
                test.seconds = time.perf_counter() - start
                test.reaches = set(called)
    finally:
        del builtins.__dict__["__called__"]


def announcing(rule: Rule) -> ast.AST:
    """The rule, which first says that it is called."""
    tree: Any = copy.deepcopy(rule.tree)
    says = ast.parse(f"__called__({rule.name!r})", mode="eval").body
    if isinstance(tree, ast.Lambda):
        tree.body = ast.BoolOp(ast.Or(), [says, tree.body])
    else:
        tree.body.insert(0, ast.Expr(says))
    return ast.fix_missing_locations(tree)


# --- the outcome ---------------------------------------------------------------------------------


@dataclass
class Outcome:
    """What became of a mutant: the failure that killed it, or empty for a survivor."""

    rule: str
    change: str
    killed: str

    @property
    def reason(self) -> str | None:
        """Why a survivor is no gap."""
        return EQUIVALENT.get((self.rule, self.change))


def judged(mutant: Mutant, judges: list[Test]) -> Outcome:
    """The mutant planted, and the tests run until one fails."""
    chosen = relevant(mutant.rule, judges)
    start = time.process_time()
    with mutant.rule.planted(mutant.tree):
        for test in chosen:
            if reason := test.failure():
                return Outcome(*mutant.key, reason)
            if time.process_time() - start > BUDGET:
                break
    return Outcome(*mutant.key, "")


def relevant(rule: Rule, judges: list[Test]) -> list[Test]:
    """The tests that call a rule (of a constant: that name its row).

    One case of each test function in turn, beginning with the shortest: different tests see
    different mistakes.
    """
    if rule.row is None:
        chosen = [test for test in judges if rule.name in test.reaches]
    else:
        title = rule.name.partition(".")[2].partition("[")[0]
        chosen = [t for t in judges if any(title in str(v) for v in t.parameters.values())]
    chosen.sort(key=lambda test: test.seconds)
    turns = collections.Counter()
    order = {}
    for test in chosen:
        turns[test.function] += 1
        order[test] = turns[test.function]
    return sorted(chosen, key=order.__getitem__)


def outcomes(every: list[Rule], judges: list[Test], jobs: int = 1) -> Iterator[Outcome]:
    """All mutants of the rules, in an order by chance, judged in so many processes."""
    work = [mutant for rule in every for mutant in mutants(rule)]
    np.random.default_rng(0).shuffle(work)
    if jobs == 1:
        yield from (judged(mutant, judges) for mutant in work)
        return
    _shared[:] = [work, judges]
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap_unordered(_judged_by_number, range(len(work)))


_shared: list[Any] = []  # what the processes of the pool inherit


def _judged_by_number(k: int) -> Outcome:
    work, judges = _shared
    return judged(work[k], judges)


def main(argv: list[str] | None = None) -> int:
    """The command: judge, tell, and write the page when all modules were judged."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("module", nargs="*", help=", ".join(MODULES))
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(argv)
    every, judges = rules(tuple(options.module) or MODULES), all_tests(TESTS)
    find_reaches(every, judges)
    found = []
    for outcome in outcomes(every, judges, options.jobs):
        found.append(outcome)
        verdict = outcome.killed or outcome.reason or "SURVIVED"
        print(f"{outcome.rule}: {outcome.change}: {verdict}", flush=True)
    if not options.module:
        PAGE.write_text(page(found), encoding="utf-8")
    return told(found)


def told(found: list[Outcome]) -> int:
    """Print the count; the exit code."""
    counted = [o for o in found if o.reason is None or o.killed]
    killed = sum(bool(o.killed) for o in counted)
    for o in found:
        if o.killed and o.reason:
            print(f"no longer equivalent: {o.rule}: {o.change}")
    share = killed / max(len(counted), 1)
    print(
        f"{len(found)} mutants: {killed} killed, {len(found) - len(counted)} equivalent, ", end=""
    )
    print(f"{len(counted) - killed} survived: {share:.1%} killed")
    return 0 if share >= 0.95 else 1


HEADING = """\
# Mutants of the derivative rules

Every derivative rule in `autograd_lite/ops`, and what only rules call, is changed in one place: an
operator, constant, comparison, argument or function exchanged, or a factor, statement or minus
sign left out. Each *mutant* is planted in the running program, and the tests that reach the rule
must notice: then it is *killed*. *Equivalent* mutants compute the same numbers as the rule; their
reasons stand below, as does every other survivor. Written by `python tests/mutation.py`.

"""


def page(found: list[Outcome]) -> str:
    """The result as Markdown: counts for each module, what noticed, and who survived and why."""
    lines = ["| module | mutants | killed | equivalent | survived |", "|---|---:|---:|---:|---:|"]
    for name in (*MODULES, "all"):
        some = [o for o in found if name in ("all", o.rule.partition(".")[0])]
        killed = sum(bool(o.killed) for o in some)
        equivalent = sum(o.reason is not None for o in some if not o.killed)
        rest = len(some) - killed - equivalent
        lines.append(f"| `{name}` | {len(some)} | {killed} | {equivalent} | {rest} |")
    lines += ["", "Which test noticed first:", "", "| test | mutants |", "|---|---:|"]
    first = collections.Counter(re.split(r"[\[:]", o.killed)[0] for o in found if o.killed)
    lines += [f"| `{name}` | {n} |" for name, n in sorted(first.items(), key=lambda x: -x[1])]
    lines += ["", "The survivors:", "", "| rule | change | why |", "|---|---|---|"]
    for o in sorted(found, key=lambda o: (o.rule, o.change)):
        if not o.killed:
            lines.append(f"| `{o.rule}` | {code(o.change)} | {o.reason or 'not noticed'} |")
    return HEADING + "\n".join(lines) + "\n"


def code(text: str) -> str:
    """Source in a cell of a table."""
    return f"`{text}`".replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
