"""One owner per device and machine: a lock on a file, which ends with the process that holds it.

A device file is known by what it leads to, so that two names of one port are one device; an address in a network by
host, port and the network namespace that it is in.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path

NAMESPACE = Path("/proc/self/ns/net")


class Claimed(OSError):
    """Another process has the device."""


class Claim:
    """A device that is ours until ``release`` or the end of the process."""

    def __init__(self, lock: int) -> None:
        self._lock = lock

    def release(self) -> None:
        """Let others have it. Once is enough, more does no harm."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


class Claims:
    """Claims of this machine; ``folder`` is where all of its tills look (made if missing, for this user alone)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def claim(self, address: str) -> Claim:
        """Take the device; ``Claimed`` if somebody has it, ``OSError`` if the folder cannot be used."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = hashlib.sha256(_identity(address).encode()).hexdigest()[:32]
        lock = os.open(self._folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise Claimed(f"{address} is in use by another program") from None
        except OSError:
            os.close(lock)
            raise
        return Claim(lock)


def _identity(address: str) -> str:
    """What two names of one device have in common."""
    if address.startswith("/"):
        return str(Path(address).resolve())
    try:
        namespace = str(NAMESPACE.readlink())
    except OSError:  # not everywhere
        namespace = ""
    return f"{namespace} {address.rpartition('//')[2]}"
