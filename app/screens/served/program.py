"""A program on a pseudo-terminal: what it writes, what is typed to it, how it is hung up on.

The program leads a session of its own without a controlling terminal, so the kernel sends it no signals: a new size and
the hang-up are told to it here. A hung-up till finishes its command and closes in order; one that does not is ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import pty
import signal
import struct
import termios
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

READ_BYTES = 65_536
CLOSE_S_MAX = 15.0
"""How long a till may take to close: it waits for the engine, which finishes what it has begun."""


class Size(NamedTuple):
    """Of a terminal, in characters."""

    columns: int
    rows: int


class Program:
    """``await Program.started(...)``; then ``read`` until it gives nothing, and ``close`` in any case."""

    def __init__(
        self,
        process: Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        reading: asyncio.ReadTransport,
        master: int,
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._reading = reading
        self._master = master

    @classmethod
    async def started(cls, command: Sequence[str], environment: Mapping[str, str], size: Size) -> Self:
        """Run the command on a new terminal of this size; ``OSError`` if that cannot be."""
        master, slave = pty.openpty()
        try:
            _set_size(slave, size)
            process = await asyncio.create_subprocess_exec(
                *command, stdin=slave, stdout=slave, stderr=slave, env=dict(environment), start_new_session=True
            )
        except BaseException:
            os.close(master)
            raise
        finally:
            os.close(slave)
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        reading, _protocol = await loop.connect_read_pipe(lambda: protocol, os.fdopen(os.dup(master), "rb", 0))
        writing, flow = await loop.connect_write_pipe(
            lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), os.fdopen(os.dup(master), "wb", 0)
        )
        return cls(process, reader, asyncio.StreamWriter(writing, flow, None, loop), reading, master)

    async def read(self) -> bytes:
        """What the program has written; empty when its terminal is closed."""
        try:
            return await self._reader.read(READ_BYTES)
        except OSError:  # how Linux says that nobody has the other end of the terminal any more
            return b""

    async def write(self, data: bytes) -> None:
        """Type; returns when there is room for more. What a program that has ended is told is lost."""
        with contextlib.suppress(OSError):
            self._writer.write(data)
            await self._writer.drain()

    def resize(self, size: Size) -> None:
        """The terminal has this size from now on."""
        _set_size(self._master, size)
        self._tell(signal.SIGWINCH)

    async def ended(self) -> int:
        """Wait until the program has ended by itself; its exit status."""
        return await self._process.wait()

    async def close(self) -> None:
        """Hang up, and return when the program has ended; one that takes too long is killed."""
        self._tell(signal.SIGHUP)
        out = asyncio.create_task(self._read_out())
        try:
            async with asyncio.timeout(CLOSE_S_MAX):
                await self._process.wait()
        except TimeoutError:
            self._tell(signal.SIGKILL)
            await self._process.wait()
        out.cancel()
        await asyncio.gather(out, return_exceptions=True)
        self._writer.transport.abort()
        self._reading.close()
        os.close(self._master)

    async def _read_out(self) -> None:
        """A terminal that nobody reads would hold the program up at its last words."""
        while await self.read():
            pass

    def _tell(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)


def _set_size(terminal: int, size: Size) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size.rows, size.columns, 0, 0))
