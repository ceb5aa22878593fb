"""One process a home: an advisory lock (flock) on ``HOME/lock``.

The kernel lets go of it when the process ends in whatever way, so nothing is ever
left locked by a crash. The file's text only tells people who holds it.
"""

from __future__ import annotations

import fcntl
import os
from types import TracebackType
from typing import Self

from app.home import Home
from app.text import gettext as _


class HomeInUse(Exception):
    """Another process has this home open; the text says which and what to do."""


class HomeLock:
    """``with HomeLock(home):`` the home is ours; ``HomeInUse`` if it is another's."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._fd = -1

    def __enter__(self) -> Self:
        self._home.make()
        fd = os.open(self._home.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(fd, 64).decode("ascii", "replace").strip() or "?"
            os.close(fd)
            raise HomeInUse(
                _(
                    "{home} is open in another process ({holder}); close that till first or choose another --home"
                ).format(home=self._home.path, holder=holder)
            ) from None
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"pid {os.getpid()}\n".encode("ascii"), 0)
        self._fd = fd
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def held(home: Home) -> bool:
    """Whether some process has the home open now."""
    try:
        fd = os.open(home.lock, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False
