"""Parameters in files: what comes back, what stays whole, and what is refused."""

from __future__ import annotations

import collections
import dataclasses
import io
import json
import os
import pickle
import threading
import zipfile

import numpy as np
import pytest

import autograd_lite as ag
from autograd_lite import Tensor, Value


@dataclasses.dataclass
class Layer:
    w: object
    b: object


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.npz"


def test_what_is_saved_comes_back(path):
    shared = Tensor(np.arange(6.0).reshape(2, 3), label="w")
    tree = {
        "layers": [shared, (Value(2.5, "b"), np.float32([1, 2]))],
        "tied": shared,
        "empty": Tensor(np.zeros((0, 4), np.float32)),
        "half": Tensor(1.5, dtype=np.float16),
        "values": np.array([[Value(1.0), Value(2.0)]]),
        "numbers": [3, 2.5, True, None, "tanh", float("inf"), float("nan")],
        "mask": np.array([True, False]),
        "transposed": np.arange(6).reshape(2, 3).T,
        7: {},
        "nothing": [],
    }
    ag.save(path, tree)
    back = ag.load(path)
    assert list(back) == list(tree)
    assert back["tied"] is back["layers"][0]
    assert back["tied"].label == "w"
    np.testing.assert_array_equal(back["tied"].data, shared.data)
    value, array = back["layers"][1]
    assert (type(value), value.item(), value.label) == (Value, 2.5, "b")
    assert type(back["layers"][1]) is tuple
    assert array.dtype == np.float32
    assert back["empty"].shape == (0, 4)
    assert back["empty"].dtype == np.float32
    assert (back["half"].dtype, back["half"].item()) == (np.float16, 1.5)
    assert [v.item() for v in back["values"].ravel()] == [1.0, 2.0]
    assert back["values"].shape == (1, 2)
    assert back["numbers"][:6] == [3, 2.5, True, None, "tanh", float("inf")]
    assert back["numbers"][2] is True
    assert np.isnan(back["numbers"][6])
    assert back["mask"].dtype == bool
    np.testing.assert_array_equal(back["transposed"], tree["transposed"])
    assert back[7] == {}
    assert back["nothing"] == []


@pytest.mark.parametrize("tree", [Tensor([1.0]), Value(2.0), np.ones(2), 3.0, "text", None])
def test_a_single_leaf(path, tree):
    ag.save(path, tree)
    back = ag.load(path)
    assert type(back) is type(tree)
    np.testing.assert_array_equal(ag.core.graph.data(back), ag.core.graph.data(tree))


def test_loaded_leaves_are_ready_to_train(path):
    ag.save(path, {"w": Tensor([1.0, 2.0])})
    w = ag.load(path)["w"]
    (w * w).sum().backward()
    w.data -= 0.5 * w.grad
    np.testing.assert_array_equal(w.data, [0.0, 0.0])


def test_into_stores_in_place(path):
    ag.save(path, {"layer": Layer(Tensor([1.0, 2.0]), Value(3.0)), "a": np.array([4, 5])})
    layer, a = Layer(Tensor([0.0, 0.0], "mine", dtype=np.float32), Value(0.0)), np.zeros(2)
    tree = {"layer": layer, "a": a}
    assert ag.load(path, into=tree) is tree
    np.testing.assert_array_equal(layer.w.data, [1.0, 2.0])
    assert (layer.w.dtype, layer.w.label) == (np.float32, "mine")
    assert layer.b.item() == 3.0
    np.testing.assert_array_equal(a, [4.0, 5.0])


@pytest.mark.parametrize(
    ("into", "message"),
    [
        ({"w": Tensor(np.ones(3))}, r"w has shape \(2,\) in .* and \(3,\)"),
        ({"v": Tensor(np.ones(2))}, "has not the structure"),
        ([Tensor(np.ones(2))], "has not the structure"),
        ({"w": Value(1.0)}, "has not the structure"),
    ],
)
def test_into_a_tree_that_does_not_fit(path, into, message):
    ag.save(path, {"w": Tensor([1.0, 2.0])})
    with pytest.raises(ValueError, match=message):
        ag.load(path, into=into)


def test_numpy_reads_the_arrays_by_their_place(path):
    ag.save(path, {"layers": [{"w": Tensor([1.0, 2.0])}], "structure": Value(3.0)})
    with np.load(path, allow_pickle=False) as file:
        np.testing.assert_array_equal(file["layers.0.w"], [1.0, 2.0])
        assert file["structure_"] == 3.0


def test_containers_of_other_types(path):
    pair = collections.namedtuple("Pair", "a b")
    ag.save(path, collections.OrderedDict(p=pair(1.0, Tensor([2.0])), d=Layer(1, 2)))
    back = ag.load(path)
    assert back["p"][0] == 1.0
    assert back["d"] == {"w": 1, "b": 2}


@pytest.mark.parametrize(
    ("tree", "where"),
    [
        ({"a": [1.0, object()]}, r"tree\['a'\]\[1\] is <object"),
        ({"a": np.array(["x"])}, r"tree\['a'\] is an array of dtype <U1"),
        ({"a": np.array([1j])}, "an array of dtype complex128"),
        ({(1, 2): 1.0}, r"tree is \{\(1, 2\)"),
        ([{1, 2}], r"tree\[0\] is \{1, 2\}"),
        ([len], "tree"),
    ],
)
def test_what_cannot_be_saved(path, tree, where):
    ag.save(path, "before")
    with pytest.raises(TypeError, match=where):
        ag.save(path, tree)
    assert ag.load(path) == "before"


def test_an_interrupted_save_leaves_the_old_file(path, monkeypatch):
    ag.save(path, "before")

    def fails(*args, **kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(np.lib.format, "write_array", fails)
    with pytest.raises(OSError, match="disk full"):
        ag.save(path, {"w": Tensor([1.0])})
    assert ag.load(path) == "before"
    assert os.listdir(path.parent) == ["model.npz"]


def test_readers_never_see_half_a_file(path):
    trees = [{"w": Tensor(np.full(5000, float(k)))} for k in range(2)]
    ag.save(path, trees[0])

    def write():
        for k in range(40):
            ag.save(path, trees[k % 2])

    thread = threading.Thread(target=write)
    thread.start()
    while thread.is_alive():
        w = ag.load(path)["w"].data
        assert w.min() == w.max()
    thread.join()


# --- files of others -----------------------------------------------------------------------------


def archive(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)


def npy(array, **options):
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array), **options)
    return file.getvalue()


def described(structure):
    return npy(np.frombuffer(json.dumps(structure).encode(), np.uint8))


def test_a_missing_file(path):
    with pytest.raises(FileNotFoundError):
        ag.load(path)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04" + b"\0" * 40])
def test_no_archive(path, content):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"is no \.npz file, or is damaged"):
        ag.load(path)


def test_numpys_own_files(path):
    np.savez(path, w=np.ones(3))
    with pytest.raises(ValueError, match=r"not written by ag\.save: it has no 'structure'"):
        ag.load(path)
    np.savez_compressed(path, w=np.ones(3))
    with pytest.raises(ValueError, match="it is compressed"):
        ag.load(path)


class Trap:
    def __reduce__(self):
        return os.mkdir, ("sprung",)


def test_a_pickle_inside_is_never_run(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    trap = npy(np.array([Trap()], object), allow_pickle=True)
    archive(path, {"structure.npy": described({"array": "a"}), "a.npy": trap})
    with pytest.raises(ValueError, match="dtype object, not of numbers"):
        ag.load(path)
    archive(path, {"structure.npy": pickle.dumps(Trap())})
    with pytest.raises(ValueError, match=r"not written by ag\.save"):
        ag.load(path)
    assert not (tmp_path / "sprung").exists()


def test_sizes_are_not_believed(path):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "<f8", "fortran_order": False, "shape": (1 << 40,)}
    )
    archive(path, {"structure.npy": described({"array": "a"}), "a.npy": header.getvalue() + b"12"})
    with pytest.raises(ValueError, match="which its length denies"):
        ag.load(path)
    archive(path, {"structure.npy": npy(np.zeros(10**6, np.uint8))}, zipfile.ZIP_DEFLATED)
    with pytest.raises(ValueError, match="it is compressed"):
        ag.load(path)


@pytest.mark.parametrize(
    "structure",
    [
        {"array": "missing"},
        {"unknown": "a"},
        {"dict": [1, 2]},
        {"dict": [[["unhashable"], {"plain": 1}]]},
        {"list": 5},
        {"plain": [1]},
        {"tensor": "a", "label": 5},
        {"value": "a"},
        {},
        [],
        5,
    ],
)
def test_structures_that_make_no_sense(path, structure):
    archive(path, {"structure.npy": described(structure), "a.npy": npy(np.ones(3))})
    with pytest.raises(ValueError, match=r"not written by ag\.save"):
        ag.load(path)


def test_structures_too_deep(path):
    deep = npy(np.frombuffer(b'{"list":[' * 100_000, np.uint8))
    archive(path, {"structure.npy": deep})
    with pytest.raises(ValueError, match=r"not written by ag\.save"):
        ag.load(path)


def test_every_damaged_byte_is_noticed_or_harmless(path):
    ag.save(path, {"w": Tensor([1.0, 2.0], "w")})
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for at in rng.integers(0, len(whole), 200):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            back = ag.load(path)
        except ValueError:
            continue
        np.testing.assert_array_equal(back["w"].data, [1.0, 2.0])
    for end in rng.integers(0, len(whole), 50):
        path.write_bytes(whole[:end])
        with pytest.raises(ValueError, match="damaged"):
            ag.load(path)
