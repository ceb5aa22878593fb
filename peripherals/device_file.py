"""A device file: a serial port, or the file of a USB printer, read and written without blocking.

pyserial sets ports up; its own reading and writing block. A pseudo-terminal knows neither baud nor parity: it is opened
as 8N1, and of a frame of seven bits the eighth is dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from pathlib import Path

from peripherals.claiming import Claim
from peripherals.line import Line
from peripherals.serial_port import parts_of, pyserial
from peripherals.wire import MAX_UNSENT_BYTES, READ_BYTES, BufferedWire, WireError, WireFull

_PTY = "/dev/pts/"


def open_file(address: str, line: Line) -> tuple[int, bool]:
    """The device file, set up and not blocking; whether only seven bits of each byte count."""
    path = Path(address).resolve()
    if not stat.S_ISCHR(path.stat().st_mode):
        raise WireError("FAILURE", f"{address} is no device")
    file = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not os.isatty(file):
            return file, False
        on_pty = str(path).startswith(_PTY)
        _set_up(str(path), Line(line.baud) if on_pty else line)
        if not on_pty and line.frame[1] in "EO":
            check_parity(file)
    except BaseException:
        os.close(file)
        raise
    return file, on_pty and line.frame.startswith("7")


def _set_up(path: str, line: Line) -> None:
    """Set the port; the settings outlive the port that pyserial opens for it, since ours is open as well."""
    serial = pyserial()
    bits, parity, stop = parts_of(line)
    try:
        port = serial.Serial(
            path, line.baud, bits, parity, stop, timeout=0, write_timeout=0, rtscts=line.rtscts, exclusive=None
        )
    except ValueError as error:
        raise WireError("FAILURE", str(error)) from None
    port.close()


def check_parity(file: int) -> None:
    """Have the port look at parity, which pyserial leaves undone: a byte that fails arrives as NUL, as noise does."""
    import termios

    settings = termios.tcgetattr(file)
    settings[0] = settings[0] & ~(termios.IGNPAR | termios.PARMRK) | termios.INPCK
    termios.tcsetattr(file, termios.TCSANOW, settings)


class DeviceFile(BufferedWire):
    """A device file that does not block."""

    def __init__(self, file: int, claim: Claim, *, mask: int) -> None:
        super().__init__(claim)
        self._loop = asyncio.get_running_loop()
        self._file = file
        self._mask = bytes(value & mask for value in range(256))
        self._unsent = bytearray()
        self._empty = asyncio.Event()
        self._empty.set()
        self._loop.add_reader(file, self._readable)

    def write(self, data: bytes) -> None:
        if self._closed or self._ended is not None:
            raise self._ended or ConnectionResetError("the line is closed")
        if len(self._unsent) + len(data) > MAX_UNSENT_BYTES:
            raise WireFull("nobody takes what is written")
        before = len(self._unsent)
        self._unsent += data
        if not before:
            self._loop.add_writer(self._file, self._writable)
            self._empty.clear()
            self._writable()

    async def drain(self, timeout_s: float) -> None:
        async with asyncio.timeout(timeout_s):
            await self._empty.wait()
        if self._ended is not None:
            raise self._ended

    def _readable(self) -> None:
        try:
            data = os.read(self._file, READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._stop(error)
            return
        if data:
            self._take(data.translate(self._mask))
        else:
            self._stop(ConnectionResetError("the device is gone"))

    def _writable(self) -> None:
        try:
            sent = os.write(self._file, self._unsent[:READ_BYTES])
        except BlockingIOError:
            return
        except OSError as error:
            self._stop(error)
            return
        del self._unsent[:sent]
        if not self._unsent:
            self._loop.remove_writer(self._file)
            self._empty.set()

    def _stop(self, error: OSError) -> None:
        self._loop.remove_reader(self._file)
        self._loop.remove_writer(self._file)
        self._unsent.clear()
        self._empty.set()
        self._lose(error)

    async def _close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._loop.remove_reader(self._file)
        self._loop.remove_writer(self._file)
        if not self.lets_out:
            with contextlib.suppress(OSError):
                _discard(self._file)
        # Closing a serial port may wait until the device has taken what the driver still holds.
        await asyncio.to_thread(os.close, self._file)
        self._news.set()
        self._empty.set()


def _discard(file: int) -> None:
    """Drop what the driver holds, in and out."""
    import termios

    if os.isatty(file):
        with contextlib.suppress(termios.error):
            termios.tcflush(file, termios.TCIOFLUSH)
