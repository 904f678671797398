"""The house in numbers: what there is to read, and what a student's first program runs through.

    python tests/house.py

prints the files, lines, modules at the top and circles of imports, and for the program below the
different lines that it executes, file by file; with the fast ways, and with the plain ones alone.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "autograd_lite"
FILES = sorted(HOME.rglob("*.py"))
PROGRAM = "y = ag.exp(x) * x; y.backward()"


def name_of(path: Path) -> str:
    """The dotted name of a module, counted from the package."""
    parts = list(path.relative_to(HOME).with_suffix("").parts)
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[str, bool, int]]:
    """`(module, top level, line)` for each import, with relative names resolved."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            inside |= set(ast.walk(node))
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            inside |= {n for part in node.body for n in ast.walk(part)}
    package = ["autograd_lite", *path.relative_to(HOME).parent.parts]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node not in inside, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = [*base, *(node.module.split(".") if node.module else [])]
            for alias in node.names:
                whole = ".".join([*module, alias.name])
                is_module = (ROOT / whole.replace(".", "/")).with_suffix(".py").exists()
                is_package = (ROOT / whole.replace(".", "/")).is_dir()
                found = whole if is_module or is_package else ".".join(module)
                yield found, node not in inside, node.lineno


def own_imports(path: Path) -> Iterator[tuple[str, int]]:
    """The modules of this package that a file imports, at the top or not, for types or not."""
    for module, _, line in imports(path):
        if module.startswith("autograd_lite"):
            yield module.removeprefix("autograd_lite").removeprefix(".") or "__init__", line


def graph() -> dict[str, set[str]]:
    """For every module of the package those that it imports."""
    return {name_of(p): {other for other, _ in own_imports(p)} - {name_of(p)} for p in FILES}


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """The groups of modules that import each other, by Tarjan's algorithm (1972)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        number[module] = low[module] = len(number)
        stack.append(module)
        for other in graph.get(module, ()):
            if other not in number:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], number[other])
        if low[module] == number[module]:
            at = stack.index(module)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for module in sorted(graph):
        if module not in number:
            visit(module)
    return found


def path_of(program: str) -> dict[str, int]:
    """How many different lines of each file of the package a program on a Value `x` executes."""
    import autograd_lite as ag

    lines: set[tuple[str, int]] = set()
    names = {"ag": ag, "x": ag.Value(0.5)}
    code = compile(program, "program", "exec")
    exec(code, {**names, "x": ag.Value(0.5)})  # what is imported at first use is no part of it

    def trace(frame, event, argument):
        if frame.f_code.co_filename.startswith(str(HOME)):
            if event == "line":
                lines.add((frame.f_code.co_filename, frame.f_lineno))
            return trace
        return None

    sys.settrace(trace)
    try:
        exec(code, names)
    finally:
        sys.settrace(None)
    files = sorted({file for file, _ in lines})
    return {name_of(Path(f)): sum(file == f for file, _ in lines) for f in files}


def path_in(mode: str, program: str = PROGRAM) -> dict[str, int]:
    """`path_of`, in an interpreter of its own with `AUTOGRAD_LITE_PLAIN` set to `mode`."""
    code = f"import house; print(house.path_of({program!r}))"
    paths = [str(ROOT), str(ROOT / "tests")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "AUTOGRAD_LITE_PLAIN": mode}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True
    )
    return ast.literal_eval(run.stdout)


def main() -> None:
    texts = [path.read_text(encoding="utf-8") for path in FILES]
    top = [p for p in HOME.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()]
    print(f"{len(FILES)} files, {sum(text.count(chr(10)) for text in texts):,} lines,", end=" ")
    print(f"{len(top)} modules at the top, circles of imports: {circles(graph()) or 'none'}")
    for mode, words in {"": "with the fast ways", "1": "with the plain ones alone"}.items():
        path = path_in(mode)
        print(f"\n{PROGRAM}, {words}:")
        print(f"{sum(path.values())} different lines in {len(path)} files")
        for module, count in path.items():
            print(f"  {count:4} {module}")


if __name__ == "__main__":
    main()
