"""Files that are there whole or not at all; ``Refused`` in one sentence if they cannot be written."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from app.engine.control import Refused
from app.plain_sentences import reason as reason_of
from app.text import gettext as _


def write_whole(out: Path, name: str, content: bytes) -> Path:
    """Write the file ``out``, or ``name`` in the folder ``out``; where it is. ``Refused`` leaves what was there."""
    file = out / name if out.is_dir() else out
    partial = file.with_name(f".{file.name}.partial")
    try:
        with partial.open("wb") as writing:
            writing.write(content)
            writing.flush()
            os.fsync(writing.fileno())
        partial.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        reason = reason_of(error)
        said = _("{file} cannot be written ({reason}); check the folder, its permissions and the space on the disk")
        raise Refused("cannot_write", said.format(file=file, reason=reason)) from None
    return file


def check_folder(folder: Path) -> Path:
    """The folder; ``Refused`` if it is missing: a disk that is not there must not be taken for an empty one."""
    if not folder.is_dir():
        said = _("{folder} is not there; connect its disk, or choose another folder")
        raise Refused("no_folder", said.format(folder=folder))
    return folder
