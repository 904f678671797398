"""Parameters in a file: an `.npz` as NumPy reads it, without pickle, written whole or not at all.

The file holds one array for each leaf, named by its place (`layers.0.w`), and one more with the
structure of the containers as JSON. Reading it runs no code and trusts no size it states.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import zipfile
from math import prod
from typing import Any

import numpy as np

from ..core.graph import Node
from ..ops.inputs import is_objects
from .files import replacing
from .tensor import Tensor
from .value import Value

__all__ = ["load", "save"]

STRUCTURE = "structure"  # the name under which a file keeps it, which no array may have
PLAIN = str | bool | int | float | None


def save(path: Any, tree: Any) -> None:
    """Write the numbers of `tree` to the file `path`, which is replaced only once all is written.

    `tree` is a Tensor, Value, array, number or string, or nested dictionaries, lists, tuples and
    dataclasses of them. A node that stands in two places is one node again after loading. Raises
    TypeError for anything else and says where it stands; an existing file is then left as it was.

    >>> import os, tempfile
    >>> import autograd_lite as ag
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "model.npz")
    ...     ag.save(path, {"w": ag.Tensor([[1.0, 2.0]], label="w"), "step": 7})
    ...     ag.load(path)
    {'w': Tensor([[1., 2.]], label='w'), 'step': 7}
    """
    description = Description()
    structure = json.dumps(description.described(tree))
    whole = {**description.arrays, STRUCTURE: np.frombuffer(structure.encode(), np.uint8)}
    with replacing(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in whole.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def load(path: Any, into: Any = None) -> Any:
    """What `save` wrote to the file `path`: Tensors, Values and arrays in the same containers.

    Dataclasses come back as dictionaries, named tuples as tuples. With `into`, a tree of the same
    structure and shapes, the numbers are stored in its nodes and arrays, and it is returned.

    Raises ValueError for a file that `save` did not write, that is damaged, or that does not fit
    `into`, which is then left as it was.

    >>> import os, tempfile
    >>> import autograd_lite as ag
    >>> w = ag.Tensor([0.0, 0.0])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "model.npz")
    ...     ag.save(path, [ag.Tensor([1.0, 2.0])])
    ...     ag.load(path, into=[w])
    [Tensor([1., 2.])]
    >>> w
    Tensor([1., 2.])
    """
    structure, arrays = _read(os.fspath(path))
    if into is None:
        return built(structure, arrays, {})
    description = Description()
    if bare(description.described(into)) != bare(structure):
        raise ValueError(f"the tree to load into has not the structure of what {path!r} holds")
    for name, array in description.arrays.items():
        if array.shape != arrays[name].shape:
            raise ValueError(
                f"{name} has shape {arrays[name].shape} in {path!r} and {array.shape} in the tree "
                "to load into"
            )
    for name, target in description.targets.items():
        store(target, arrays[name])
    return into


def store(target: Any, array: np.ndarray) -> None:
    """Put the numbers of `array` into a node or an array."""
    if isinstance(target, Node):
        target.data = array  # type: ignore[attr-defined]
    elif target.dtype == object:
        for value, number in zip(target.flat, array.flat, strict=True):
            value.data = number
    else:
        target[...] = array


def _read(path: str) -> tuple[Any, dict[str, np.ndarray]]:
    """The structure and the arrays in a file, or ValueError that says what is wrong with it."""
    with open(path, "rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                members = archive.infolist()
                # save stores as it is, so that no member unpacks to more than the file holds.
                stored = all(m.compress_type == zipfile.ZIP_STORED for m in members)
                if not stored or sum(m.file_size for m in members) > os.path.getsize(path):
                    raise ValueError("it is compressed; NumPy's own files are read with numpy.load")
                arrays = {m.filename.removesuffix(".npy"): _array(archive.read(m)) for m in members}
            structure = json.loads(arrays.pop(STRUCTURE).tobytes())
            built(structure, arrays, {})
        except KeyError as error:
            reason = f"was not written by ag.save: it has no {error}"
        except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
            reason = f"is no .npz file, or is damaged: {error}"
        except (ValueError, TypeError, AttributeError, RecursionError, RuntimeError) as error:
            reason = f"was not written by ag.save, or is damaged: {error}"
        else:
            return structure, arrays
    raise ValueError(f"{path!r} {reason}")


def _array(content: bytes) -> np.ndarray:
    """The array in an `.npy` file, once its header has been checked against its length."""
    file = io.BytesIO(content)
    version = np.lib.format.read_magic(file)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise ValueError(f"version {version} of the .npy format is not read")
    shape, _, dtype = read_header(file)
    if dtype.kind not in "fiub":
        raise ValueError(f"it holds an array of dtype {dtype}, not of numbers")
    if any(n < 0 for n in shape) or prod(shape) * dtype.itemsize != len(content) - file.tell():
        raise ValueError(f"an array says it has shape {shape}, which its length denies")
    file.seek(0)
    return np.lib.format.read_array(file, allow_pickle=False)


# --- a tree described as JSON can say it, with its arrays beside it under their names -------------


class Description:
    """What a tree is made of, and its arrays, each under its place in the tree."""

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}
        self.targets: dict[str, Any] = {}
        self.names: dict[int, str] = {}

    def described(self, tree: Any, at: tuple[Any, ...] = ()) -> Any:
        """The structure of `tree`, which stands `at` these keys; collects its arrays."""
        if isinstance(tree, Node):
            kind = "value" if isinstance(tree, Value) else "tensor"
            return {kind: self.kept(tree, tree.primal, at), "label": tree.label}
        if isinstance(tree, np.ndarray | np.generic):
            if is_objects(tree):
                return {"values": self.kept(tree, _numbers(tree), at)}
            if tree.dtype.kind in "fiub":
                return {"array": self.kept(tree, tree, at)}
        if isinstance(tree, PLAIN):
            return {"plain": tree}
        if isinstance(tree, dict):
            if all(isinstance(key, str | int) for key in tree):
                pairs = [[key, self.described(item, (*at, key))] for key, item in tree.items()]
                return {"dict": pairs}
        elif isinstance(tree, list | tuple):
            kind = "list" if isinstance(tree, list) else "tuple"
            return {kind: [self.described(item, (*at, i)) for i, item in enumerate(tree)]}
        elif dataclasses.is_dataclass(tree) and not isinstance(tree, type):
            names = [field.name for field in dataclasses.fields(tree)]
            return {"dict": [[n, self.described(getattr(tree, n), (*at, n))] for n in names]}
        place = "".join(f"[{key!r}]" for key in at)
        raise TypeError(
            "save writes numbers, arrays of numbers, Tensors and Values in dictionaries (with keys "
            f"that are strings or whole numbers), lists and tuples; tree{place} is {_kind(tree)}"
        )

    def kept(self, owner: Any, numbers: Any, at: tuple[Any, ...]) -> str:
        """The name under which the numbers of `owner` are kept."""
        if id(owner) not in self.names:
            name = ".".join(str(key) for key in at) or "data"
            while name in self.arrays or name == STRUCTURE:
                name += "_"
            self.names[id(owner)] = name
            self.arrays[name] = np.asarray(numbers)
            self.targets[name] = owner
        return self.names[id(owner)]


def _kind(x: Any) -> str:
    return f"an array of dtype {x.dtype}" if isinstance(x, np.ndarray) else repr(x)[:60]


def _numbers(values: Any) -> np.ndarray:
    """The numbers of an array of Values."""
    return np.array([v.primal if isinstance(v, Node) else v for v in values.flat], float).reshape(
        values.shape
    )


def built(structure: Any, arrays: dict[str, np.ndarray], made: dict[str, Any]) -> Any:
    """The tree that a structure describes."""
    (kind, content), *more = structure.items()
    if kind == "plain" and isinstance(content, PLAIN):
        return content
    if kind in ("list", "tuple"):
        items = [built(item, arrays, made) for item in content]
        return items if kind == "list" else tuple(items)
    if kind == "dict":
        return {key: built(item, arrays, made) for key, item in content}
    if content not in made:
        array, label = arrays[content], dict(more).get("label", "")
        if kind == "tensor":
            made[content] = Tensor(array, label)
        elif kind == "value":
            made[content] = Value(array, label)
        elif kind == "values":
            made[content] = np.array([Value(x) for x in array.flat], object).reshape(array.shape)
        elif kind == "array":
            made[content] = array
        else:
            raise ValueError(f"its structure speaks of {kind!r:.40}")
    return made[content]


def bare(structure: Any) -> Any:
    """A structure without its labels and plain values."""
    (kind, content), *_ = structure.items()
    if kind in ("list", "tuple"):
        return kind, [bare(item) for item in content]
    if kind == "dict":
        return kind, [(key, bare(item)) for key, item in content]
    return kind, None if kind == "plain" else content
