"""What is published, and the workflows that run elsewhere: they are held to what runs here.

A workflow cannot run in this suite. So each of its commands has to be one that `.ci/run` runs.
"""

import json
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def read(path):
    """A workflow; YAML 1.1 reads the key `on` as true."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def jobs(path):
    return list(read(path)["jobs"].values())


def steps(path):
    return [step for job in jobs(path) for step in job["steps"]]


def ours():
    """The commands of `.ci/run`, whichever Python runs them."""
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    text = text.replace(".venv/bin/python", "python").replace('"$python"', "python")
    return {re.sub(r"^([A-Z0-9_]+=\S+ )+", "", line.strip()) for line in text.splitlines()}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_each_command_is_one_that_runs_here(path):
    matrix = jobs(path)[-1].get("strategy", {}).get("matrix", {})
    versions = [row["numpy"] for row in matrix.get("include", [])]
    for step in steps(path):
        assert ("run" in step) != ("uses" in step)
        command = step.get("run", "")
        if "${{ matrix.numpy }}" in command:
            for version in versions:
                assert command.replace("${{ matrix.numpy }}", version) in ours()
        elif command:
            assert command in ours(), command


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_whole(path):
    workflow = read(path)
    assert set(workflow) >= {"name", True, "permissions", "jobs"}
    assert workflow["permissions"] == {"contents": "read"}
    for job in jobs(path):
        assert job["runs-on"]
        needed = job.get("needs", [])
        assert {needed} <= set(workflow["jobs"]) if isinstance(needed, str) else not needed
    for step in steps(path):
        assert re.fullmatch(r"[\w-]+/[\w-]+@(v\d+|release/v\d+)", step.get("uses", "a/b@v1"))
    assert steps(path)[0]["uses"].startswith("actions/checkout@")


def test_a_command_of_its_own_is_found(tmp_path):
    path = tmp_path / "w.yml"
    path.write_text("jobs: {a: {steps: [{run: python -m pytest -q -x}]}}", encoding="utf-8")
    with pytest.raises(AssertionError, match="-x"):
        test_each_command_is_one_that_runs_here(path)


def test_the_matrix_has_every_python_and_system_and_both_ends_of_numpy():
    matrix = read(ROOT / ".github" / "workflows" / "test.yml")["jobs"]["suite"]["strategy"][
        "matrix"
    ]
    found = {line.rpartition(" :: ")[2] for line in PROJECT["classifiers"] if ":: 3." in line}
    assert set(matrix["python"]) == found
    assert min(found) == PROJECT["requires-python"].removeprefix(">=")
    assert {name.partition("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    (oldest,) = {row["numpy"] for row in matrix["include"]}
    (numpy,) = [line for line in PROJECT["dependencies"] if line.startswith("numpy")]
    assert f"numpy{oldest}" == numpy.replace(">=", "==") + ".*"


def test_publishing_needs_no_password():
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert "secrets." not in text
    publish = read(ROOT / ".github" / "workflows" / "release.yml")["jobs"]["publish"]
    assert publish["permissions"] == {"id-token": "write", "attestations": "write"}


def test_one_version_is_written_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (\S+)", changes, re.MULTILINE)[1] == PROJECT["version"]


def test_the_source_archive_has_the_notebooks_without_their_outputs(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = tmp_path.iterdir()
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2]: name for name in archive.getnames()}
        books = [name for name in names if name.endswith(".ipynb")]
        assert len(books) == len(list((ROOT / "notebooks").glob("*.ipynb")))
        for name in books:
            cells = json.load(archive.extractfile(names[name]))["cells"]
            assert any(cell["cell_type"] == "code" for cell in cells)
            assert not any(cell.get("outputs") for cell in cells)
    assert {"README.md", "CITATION.cff", "tests/conftest.py", "autograd_lite/__init__.pyi"} <= {
        *names
    }
    assert path.stat().st_size < 1_500_000
