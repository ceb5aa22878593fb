"""A folder on somebody's stick, opened so that nothing in it can lead out of it.

Every name is looked up in an open folder, never along a path: a link is not followed, a pipe or a
device is not waited for, and a folder that is moved or exchanged in between is still the one that
was opened. What cannot be read is ``Unreadable`` with a code; what hinders the whole undertaking
(no such folder, no rights to write, full, pulled out) is ``CarrierRefused``.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path
from types import TracebackType
from typing import Self

MAX_NAMES = 200_000
"""Names that one folder may hold; more are not looked at."""
NAME_CHARS = 80
_GONE = (errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_RIGHTS = (errno.EACCES, errno.EPERM, errno.EROFS)


class CarrierRefused(Exception):
    """Nothing can be carried.

    ``code``: ``no_folder``, ``no_rights``, ``full``, ``gone``, ``busy``, ``empty`` or ``other_network``;
    ``where`` the folder or file.
    """

    def __init__(self, code: str, where: str, reason: str = "") -> None:
        super().__init__(f"{where}: {code}{f' ({reason})' if reason else ''}")
        self.code = code
        self.where = where
        self.reason = reason


class Unreadable(Exception):
    """One file or folder cannot be taken. ``code``: ``missing``, ``link``, ``not_a_file``, ``not_a_folder``,
    ``too_big``, ``no_rights`` or ``unreadable``."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}{f' ({detail})' if detail else ''}")
        self.code = code
        self.detail = detail


class Folder:
    """An open folder; to be closed, best by ``with``."""

    def __init__(self, descriptor: int, path: str) -> None:
        self._descriptor = descriptor
        self.path = path

    @classmethod
    def open(cls, path: Path) -> Folder:
        """The folder that the user named, link or not; ``CarrierRefused`` if it cannot be opened."""
        try:
            return cls(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), str(path))
        except (OSError, ValueError) as error:
            raise refused(str(path), error, "no_folder") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        os.close(self._descriptor)

    def sub(self, name: str) -> Folder:
        """A folder in this one; ``Unreadable`` if there is none."""
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            return Folder(os.open(name, flags, dir_fd=self._descriptor), f"{self.path}/{shown(name)}")
        except (OSError, ValueError) as error:
            raise _unreadable(error, "not_a_folder") from None

    def made(self, name: str) -> Folder:
        """A folder in this one, made if there is none; ``CarrierRefused`` if that cannot be."""
        where = f"{self.path}/{name}"
        try:
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, dir_fd=self._descriptor)
            return self.sub(name)
        except OSError as error:
            raise refused(where, error, "no_rights") from None
        except Unreadable as error:
            raise CarrierRefused("no_rights", where, str(error)) from None

    def names(self) -> list[str]:
        """What is in it, sorted, at most ``MAX_NAMES``; ``Unreadable`` if that cannot be listed."""
        found: list[str] = []
        try:
            with os.scandir(self._descriptor) as entries:
                for entry in entries:
                    found.append(entry.name)
                    if len(found) >= MAX_NAMES:
                        break
        except OSError as error:
            raise _unreadable(error, "unreadable") from None
        return sorted(found)

    def read(self, name: str, most: int) -> bytes:
        """The bytes of a plain file of at most ``most`` bytes; ``Unreadable`` for anything else."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(name, flags, dir_fd=self._descriptor)
            with os.fdopen(descriptor, "rb") as file:
                found = os.fstat(descriptor)
                if not stat.S_ISREG(found.st_mode):
                    raise Unreadable("not_a_file")
                if found.st_size > most:
                    raise Unreadable("too_big", f"{found.st_size} > {most}")
                data = file.read(most + 1)
        except (OSError, ValueError) as error:
            raise _unreadable(error, "not_a_file") from None
        if len(data) > most:
            raise Unreadable("too_big", f"> {most}")
        return data

    def write(self, name: str, data: bytes) -> None:
        """Write the file whole or not at all, durably; ``CarrierRefused`` if that cannot be."""
        temporary = f"{name}.new"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self.remove(temporary)
            descriptor = os.open(temporary, flags, 0o644, dir_fd=self._descriptor)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(descriptor)
            os.rename(temporary, name, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
        except OSError as error:
            with contextlib.suppress(OSError):
                self.remove(temporary)
            raise refused(f"{self.path}/{name}", error, "no_rights") from None

    def remove(self, name: str) -> None:
        """Take a file away, if it is there."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._descriptor)

    def sync(self) -> None:
        """What was written and renamed is durable; ``CarrierRefused`` if the stick is gone."""
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            if error.errno != errno.EINVAL:  # a file system that cannot sync a folder
                raise refused(self.path, error, "gone") from None


def shown(name: str) -> str:
    """A name as it may be shown: a stick can hold any bytes as a name."""
    clean = "".join(one if one.isprintable() else "?" for one in name)
    return clean if len(clean) <= NAME_CHARS else f"{clean[:NAME_CHARS]}…"


def refused(where: str, error: OSError | ValueError, otherwise: str) -> CarrierRefused:
    """Why writing failed, as a code."""
    number = (isinstance(error, OSError) and error.errno) or 0
    code = "full" if number in _FULL else "gone" if number in _GONE else otherwise
    code = "no_rights" if number in _NO_RIGHTS else code
    return CarrierRefused(code, where, os.strerror(number) if number else str(error))


def _unreadable(error: OSError | ValueError, otherwise: str) -> Unreadable:
    number = (isinstance(error, OSError) and error.errno) or 0
    by_number = {errno.ENOENT: "missing", errno.ELOOP: "link", errno.EMLINK: "link", errno.EISDIR: "not_a_file"}
    by_number |= dict.fromkeys(_NO_RIGHTS, "no_rights") | {errno.ENOTDIR: otherwise, errno.ENXIO: otherwise}
    return Unreadable(by_number.get(number, "unreadable"), os.strerror(number) if number else str(error))
