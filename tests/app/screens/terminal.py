"""A real terminal for tests: a process in a pty, its output on a pyte screen."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import pyte

from tests import warm

ROOT = Path(__file__).parents[3]
# pyte takes these questions of Textual for text.
_NOT_PYTES = re.compile(rb"\x1b\[[<>=?]?[\d;]*u|\x1b\[\?\d+\$p")


class Terminal:
    """A program in a terminal of 80x24. Use as a context; at the end the program is killed if it still runs."""

    def __init__(
        self, argv: Sequence[str], *, size: tuple[int, int] = (80, 24), env: Mapping[str, str] | None = None
    ) -> None:
        columns, rows = size
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._fd, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.raw = b""
        self.bells = 0
        """How often it rang."""
        self._cut = b""
        terminal = {"TERM": "xterm-256color", "COLORTERM": "", "PYTHONPATH": str(ROOT)}
        self.process = self._started(argv, {**os.environ, **terminal, **(env or {})}, theirs)
        os.close(theirs)

    def _started(
        self, argv: Sequence[str], env: Mapping[str, str], terminal: int
    ) -> warm.Process | subprocess.Popen[bytes]:
        return warm.start(argv, env, [terminal] * 3, new_session=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait(10)
        with contextlib.suppress(OSError):
            os.close(self._fd)

    @property
    def lines(self) -> list[str]:
        """What is on the screen."""
        return list(self.screen.display)

    @property
    def text(self) -> str:
        """What is on the screen, as one text."""
        return "\n".join(self.lines)

    def write(self, data: bytes | str) -> None:
        """Type; long input goes in as the program reads."""
        data = data.encode() if isinstance(data, str) else data
        while data:
            self._read(0)
            _, writable, _ = select.select([], [self._fd], [], 1.0)
            if writable:
                data = data[os.write(self._fd, data[:512]) :]

    def type_unread(self, data: str) -> None:
        """Type, and do not read what comes of it: a terminal that hangs."""
        os.write(self._fd, data.encode())

    def wait_for(self, wanted: str | Callable[[], bool], timeout_s: float = 60.0) -> float:
        """Wait until a text stands on the screen (or a condition holds); the seconds it took."""
        began = time.monotonic()
        while not (wanted in self.text if isinstance(wanted, str) else wanted()):
            if time.monotonic() - began > timeout_s:
                raise AssertionError(f"not on the screen after {timeout_s} s: {wanted}\n{self.text}")
            if not self._read(0.02) and self.process.poll() is not None and not self._read(0.2):
                raise AssertionError(f"the program ended with {self.process.returncode}; screen:\n{self.text}")
        return time.monotonic() - began

    def ended(self, timeout_s: float = 45.0) -> int:
        """Wait until the program has ended; its exit code."""
        began = time.monotonic()
        while self.process.poll() is None:
            if time.monotonic() - began > timeout_s:
                raise AssertionError(f"still running after {timeout_s} s:\n{self.text}")
            self._read(0.02)
        while self._read(0.05):
            pass
        return self.process.returncode

    def hang_up(self) -> None:
        """Close the terminal under the program."""
        os.close(self._fd)
        self._fd, nobody = pty.openpty()
        os.close(nobody)

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def _read(self, wait_s: float) -> bool:
        data = self._take(wait_s)
        if not data:
            return False
        self._parse(data)
        return True

    def _take(self, wait_s: float) -> bytes:
        """What the program has painted, unparsed; empty: nothing within the seconds, or the program is gone."""
        readable, _, _ = select.select([self._fd], [], [], wait_s)
        try:
            data = os.read(self._fd, 65536) if readable else b""
        except OSError:
            data = b""
        self.raw = (self.raw + data)[-200_000:]
        self.bells += data.count(b"\x07")
        return data

    def _parse(self, data: bytes) -> None:
        data = self._cut + data
        # An escape sequence torn at the end waits for its rest.
        at = data.rfind(b"\x1b", max(0, len(data) - 16))
        self._cut = data[at:] if at >= 0 and not re.match(rb"\x1b(\[[ -?]*[@-~]|[^\[])", data[at:]) else b""
        data = data[: len(data) - len(self._cut)]
        self._stream.feed(_NOT_PYTES.sub(b"", data))


def python(*arguments: str) -> list[str]:
    """The command line of this Python."""
    return [sys.executable, *arguments]
