"""An export's folder as one file and back.

The file is a plain ZIP archive, nothing compressed, every entry with the same date and rights, the names in order: so
the same folder makes the same bytes. What is taken out again is packed once more and compared with the file, so that
no byte of it may differ, not even those that unpacking would not look at.
"""

from __future__ import annotations

import errno
import re
import zipfile
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from replication.net import carrier_files as files
from replication.net.carrier_files import Refusal

ROOT_FILE = "root.pem"
_DATE = (1980, 1, 1, 0, 0, 0)
_NAME = re.compile(r"root\.pem|tillmesh/[0-9a-f]{32}/[0-9a-f]{32}/(manifest\.json|[0-9a-f]{32}-[0-9a-f]{16}\.segment)")
MAX_ENTRIES = files.MAX_FILES + 10
_JUNK = (errno.EINVAL, errno.EEXIST, errno.ENOTDIR, errno.EISDIR)
"""What an archive leads to that says impossible places or names."""


class Writable(Protocol):
    """What an archive can be written to."""

    def write(self, data: bytes, /) -> object: ...


def pack(folder: Path, out: Writable) -> None:
    """Write everything of an export's folder that belongs there; ``OSError`` if it cannot be read or written."""
    names = sorted(
        str(path.relative_to(folder).as_posix())
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    )
    with zipfile.ZipFile(cast("BinaryIO", _Onwards(out)), "w", zipfile.ZIP_STORED) as archive:
        for name in names:
            if _NAME.fullmatch(name):
                entry = zipfile.ZipInfo(name, _DATE)
                entry.create_system = 3
                archive.writestr(entry, (folder / name).read_bytes())


def unpack(file: Path, into: Path) -> None:
    """Take an archive apart into an empty folder; ``Refusal`` unless it is, byte for byte, one of ours."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            for entry in entries:
                most = files.MAX_MANIFEST_BYTES if entry.filename.endswith(files.MANIFEST) else files.MAX_FILE_BYTES
                plain = entry.compress_type == zipfile.ZIP_STORED and entry.file_size <= most
                if len(entries) > MAX_ENTRIES or not plain or not _NAME.fullmatch(entry.filename):
                    raise Refusal("foreign", entry.filename[:100])
                place = into / entry.filename
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(archive.read(entry))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OverflowError, RuntimeError, ValueError) as error:
        raise Refusal("changed", str(error)[:200]) from None
    except OSError as error:
        if error.errno not in _JUNK:  # such as a full disk: nothing is said of the file
            raise
        raise Refusal("changed", str(error)) from None
    with file.open("rb") as packed:
        comparing = _Comparing(packed)
        pack(into, comparing)
        comparing.finish()


class _Onwards:
    """A file that is only written on, never back: so that an archive looks the same wherever it is written to."""

    def __init__(self, out: Writable) -> None:
        self._out = out
        self._at = 0

    def write(self, data: bytes) -> int:
        self._out.write(data)
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return False

    def flush(self) -> None:
        """Whoever opened the file does that."""


class _Comparing:
    """Takes what should be the bytes of a file; ``Refusal`` at the first that is not."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        self._at = 0

    def write(self, data: bytes) -> int:
        if self._packed.read(len(data)) != bytes(data):
            raise Refusal("changed", f"near byte {self._at}")
        self._at += len(data)
        return len(data)

    def finish(self) -> None:
        """There must be nothing more."""
        if self._packed.read(1):
            raise Refusal("changed", f"more than {self._at} bytes")
