"""Files are there whole or not at all: full disks, kills in mid-write, links, devices."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite.nodes.files import replacing

WAYS = {
    "model.npz": "ag.save(path, {'w': ag.Tensor(np.ones(2000)), 'x': x})",
    "graph.svg": "ag.draw(y).save(path)",
    "graph.png": "ag.draw(y).save(path)",
    "graph.dot": "ag.draw(y).save(path)",
    "graph.html": "ag.draw(y).save(path)",
    "steps.html": "ag.step(y).save(path)",
}
START = """
import os, resource, signal, sys, time
import numpy as np
import autograd_lite as ag
from autograd_lite.__main__ import main
x = ag.Value(2.0, "x")
y = ag.tanh(x) * x
y.backward()
os.chdir(sys.argv[1])
"""


def child(code, folder):
    """A Python of its own that runs `code` in a folder.

    With -B: the byte code that it would keep of its imports is cut off, too, where files may not
    grow, and would break whoever imports it next.
    """
    return subprocess.Popen(
        [sys.executable, "-B", "-c", START + code, folder],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # else what pytest keeps of it is a file, and limited too
        text=True,
    )


@pytest.fixture
def folder(tmp_path):
    """A folder with an old file of every name."""
    for name in WAYS:
        (tmp_path / name).write_text("old")
    return tmp_path


def all_old(folder):
    return {name: (folder / name).read_text(errors="replace") for name in WAYS} == dict.fromkeys(
        WAYS, "old"
    )


def test_a_full_disk_leaves_the_old_file_and_no_other(folder):
    code = "resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))\n"
    for path, write in WAYS.items():
        code += f"path = {path!r}\ntry: {write}; print('written')\n"
        code += "except OSError as error: print(error.errno)\n"
    code += "print(main(['x * x', 'x=2', '--draw', 'graph.svg']))\n"
    out, _ = child(code, folder).communicate(timeout=120)
    assert out.split()[: len(WAYS)] == ["27"] * len(WAYS)  # EFBIG
    assert out.split()[-1] == "2"
    assert all_old(folder)
    assert sorted(os.listdir(folder)) == sorted(WAYS)


@pytest.mark.parametrize("path", ["model.npz", "graph.svg", "steps.html"])
def test_a_kill_in_mid_write_leaves_the_old_file(folder, path):
    code = (
        "def wait(descriptor):\n"
        "    print('writing', flush=True)\n"
        "    time.sleep(60)\n"
        f"os.fsync = wait\npath = {path!r}\n{WAYS[path]}\n"
    )
    process = child(code, folder)
    assert process.stdout.readline() == "writing\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert all_old(folder)
    (left,) = set(os.listdir(folder)) - set(WAYS)
    assert left.startswith(".")  # out of sight, and never taken for the file
    assert left.endswith(".tmp")


def test_kills_at_any_moment_leave_a_file_that_loads(folder):
    code = (
        "trees = [{'w': ag.Tensor(np.full(20_000, float(k)))} for k in range(2)]\n"
        "ag.save('model.npz', trees[0])\nprint('ready', flush=True)\n"
        "while True:\n    for tree in trees: ag.save('model.npz', tree)\n"
    )
    for wait in (0.0, 0.013, 0.05):
        process = child(code, folder)
        assert process.stdout.readline() == "ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.communicate(timeout=wait)
        process.kill()
        process.communicate(timeout=60)
        w = ag.load(folder / "model.npz")["w"].data
        assert w.shape == (20_000,)
        assert np.ptp(w) == 0.0


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_exception_while_writing(tmp_path, error):
    path = tmp_path / "x"
    path.write_text("old")

    def write():
        with replacing(path) as file:
            file.write(b"half of the ")
            raise error

    with pytest.raises(type(error)):
        write()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["x"]


def test_links_stay_links_and_permissions_stay(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    with replacing(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o600


def test_a_new_file_is_readable_as_any_other(tmp_path):
    (tmp_path / "other").write_text("")
    with replacing(tmp_path / "new"):
        pass
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_only_files_are_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", os.devnull):
        with pytest.raises(FileExistsError, match="is there and no file"):
            ag.save(path, 1.0)
    assert os.listdir(tmp_path) == ["pipe"]


def test_a_name_as_long_as_names_may_be(tmp_path):
    path = tmp_path / ("x" * 251 + ".npz")
    ag.save(path, 1.0)
    assert ag.load(path) == 1.0


@pytest.mark.parametrize("write", [lambda p: ag.save(p, {"x": 1.0}), ag.draw(ag.Value(1.0)).save])
def test_an_error_names_the_file_that_was_asked_for(tmp_path, write):
    (tmp_path / "file").touch()
    for folder in ("missing", "file"):
        with pytest.raises(OSError, match=r"'\S*/graph.dot'") as caught:
            write(tmp_path / folder / "graph.dot")
        assert caught.value.filename == str(tmp_path / folder / "graph.dot")
