"""What is painted goes to the terminal without ever waiting for it.

Textual hands its output to a thread whose queue of 30 stops the whole loop when a terminal stops reading (Ctrl-S,
a hung SSH connection, a serial line). Here the terminal is opened once more by name, for this process alone and
without waiting (the shell's own descriptors keep waiting as they did). What the terminal does not take at once is
kept and sent when it does; until then nothing more is painted, and then the screen as it is, once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import time
from collections.abc import Callable

MAX_KEPT_BYTES = 256 * 1024
"""More than two whole screens in full colour. What comes when so much waits is lost; a whole repaint follows."""
LAST_WORDS_S = 1.0
"""How long a terminal may take over what leaves it as it was found, when the screens close."""


class Outlet:
    """Bytes to one terminal, in order."""

    def __init__(self, fd: int, loop: asyncio.AbstractEventLoop, freed: Callable[[], None]) -> None:
        """``fd`` does not block; ``freed`` is called on the loop when a terminal that was behind has caught up."""
        self._fd = fd
        self._loop = loop
        self._freed = freed
        self._kept = bytearray()

    @property
    def behind(self) -> bool:
        """Whether the terminal has not taken all of it yet."""
        return bool(self._kept)

    def write(self, data: bytes) -> None:
        """Send it, or keep what does not go; never waits."""
        if self._kept:
            if len(self._kept) + len(data) <= MAX_KEPT_BYTES:
                self._kept += data
            return
        sent = self._send(data)
        if sent < len(data):
            self._kept += data[sent:]
            self._loop.add_writer(self._fd, self._go_on)

    def close(self) -> None:
        """Send what is kept, if the terminal takes it within ``LAST_WORDS_S``, and let go of it."""
        self._loop.remove_writer(self._fd)
        until = time.monotonic() + LAST_WORDS_S
        while self._kept and (left := until - time.monotonic()) > 0:
            select.select([], [self._fd], [], left)
            del self._kept[: self._send(self._kept)]
        os.close(self._fd)

    def _go_on(self) -> None:
        del self._kept[: self._send(self._kept)]
        if not self._kept:
            self._loop.remove_writer(self._fd)
            self._freed()

    def _send(self, data: bytes | bytearray) -> int:
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError:
            # The terminal is gone: its hang-up closes the screens.
            return len(data)


def opened(fd: int) -> int | None:
    """The terminal behind a descriptor once more, not blocking; None if it cannot be opened by its name."""
    with contextlib.suppress(OSError):
        return os.open(os.ttyname(fd), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    return None
