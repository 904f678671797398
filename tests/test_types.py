"""What type checkers say of programs: nothing of right ones, and something of each wrong line.

`python tests/test_types.py basedpyright` asks another checker than mypy.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "tests" / "typed"
CHECKERS = {
    "mypy": ["--strict", "--follow-imports=silent"],
    "basedpyright": ["--level", "error", "--pythonpath", sys.executable],
}


def complaints(checker):
    """The lines that a checker finds fault with, as `(file, line)`."""
    files = [str(path) for path in sorted(FOLDER.glob("*.py"))]
    run = subprocess.run(
        [sys.executable, "-m", checker, *CHECKERS[checker], *files],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    # Until 2.1 NumPy's stubs ask for the type arguments of every array: that is no finding.
    lines = [line for line in run.stdout.splitlines() if "[type-arg]" not in line]
    found = re.findall(r"(\w+\.py):(\d+)(?::\d+)?(?: -|:) error", "\n".join(lines))
    assert found, run.stdout + run.stderr
    return {(file, int(line)) for file, line in found}, run.stdout


def check(checker):
    lines = (FOLDER / "wrong.py").read_text(encoding="utf-8").splitlines()
    wrong = {("wrong.py", i) for i, line in enumerate(lines, 1) if "# wrong:" in line}
    found, text = complaints(checker)
    assert len(wrong) > 10
    assert found == wrong, f"missed {sorted(wrong - found)}\n{text}"


def test_mypy_finds_the_wrong_lines_and_no_others():
    check("mypy")


if __name__ == "__main__":
    check(sys.argv[1])
