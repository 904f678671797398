"""Files that are there whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

__all__ = ["replacing"]


@contextmanager
def replacing(path: Any) -> Iterator[BinaryIO]:
    """A file to write into, which takes the place of `path` once all of it is on the disk.

    Until then it has another name in the same folder, so that a full disk, an exception or a kill
    leaves an old file as it was; only a kill can leave the other name behind, `.….tmp`. Raises
    FileExistsError where `path` is there and no file, such as a folder or a device.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "x")
    ...     with replacing(path) as file:
    ...         _ = file.write(b"new")
    ...     path.read_text()
    'new'
    """
    path = os.path.realpath(os.fspath(path))  # through a link, which stays one
    there = os.path.lexists(path)
    if there and not os.path.isfile(path):
        raise FileExistsError(f"{path!r} is there and no file: it is not replaced")
    temporary = os.path.join(os.path.dirname(path), f".{secrets.token_hex(8)}.tmp")
    try:
        with open(temporary, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if there:
            shutil.copymode(path, temporary)
        os.replace(temporary, path)
    except BaseException as error:
        if isinstance(error, OSError) and error.filename == temporary:
            error.filename = path  # the name that was asked for
        with suppress(OSError):
            os.unlink(temporary)
        raise
