"""A simulated machine on its real wire: TCP on loopback or a pseudo-terminal, with the faults of wires as commands.

======================  =============================================================================
fault                   what happens
======================  =============================================================================
``drop``                every connection ends cleanly (FIN); the machine keeps what it had
``reset``               every connection ends hard (RST); a pseudo-terminal hangs up
``unplug`` / ``plug``   nobody listens any more, the device file is gone; and there again, the file
                        under a new name behind the same link, as with a plug put back
``mute`` / ``unmute``   what the machine says is lost on the way
``garbage``             sixteen bytes of noise arrive at the till
======================  =============================================================================

Everything else is a fault of the machine (``FAULTS`` of its module). Replies go to whoever connected last.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
import tty
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, ClassVar

READ_BYTES = 4096
MAX_CONNECTIONS = 8
BITS_PER_BYTE = 10
"""On a serial line: start, eight, stop."""
NOISE = bytes((0xFF, 0x00, 0x7F, 0x80, 0x2A, 0x55, 0xAA, 0x3F)) * 2
WIRE_FAULTS = ("drop", "reset", "unplug", "plug", "mute", "unmute", "garbage")


class Machine(ABC):
    """What is simulated: bytes in, bytes out. Pure."""

    FAULTS: ClassVar[tuple[str, ...]] = ()
    """Fault commands, as people type them."""

    @abstractmethod
    def receive(self, data: bytes) -> None:
        """Take bytes off the wire."""

    @abstractmethod
    def take_replies(self) -> bytes:
        """The bytes to send back."""

    def connected(self) -> None:  # noqa: B027 - not every machine minds
        """Somebody has connected (TCP only: a serial line does not tell)."""

    def fault(self, command: str) -> bool:  # noqa: ARG002 - a machine may have none
        """Carry out a fault command; False if there is none of that name."""
        return False

    @property
    def room(self) -> int:
        """Bytes that it would take now; at 0 it stops reading."""
        return READ_BYTES

    @property
    def wakes_in_s(self) -> float | None:
        """When it will do something by itself (``wake``); None: when somebody writes."""
        return None

    @property
    def waits_for(self) -> object:
        """What it waits for: as long as that is the same, the time goes on whatever else happens."""
        return None

    def wake(self) -> None:  # noqa: B027 - only of a machine that sets an alarm
        """The time has come."""

    @property
    def hangs_up(self) -> bool:
        """Whether the wire is to be cut now; asked once after everything that happens."""
        return False


class Simulator:
    """A machine that is served. ``baud``: how fast a serial line takes bytes (0: at once)."""

    def __init__(self, machine: Machine, *, baud: int = 0, heard: Callable[[bytes], None] = lambda _: None) -> None:
        """``heard`` is told of all bytes as they come."""
        self.machine = machine
        self._byte_s = BITS_PER_BYTE / baud if baud else 0.0
        self._heard = heard
        self._server: asyncio.Server | None = None
        self._host, self._port = "", 0
        self._link: Path | None = None
        self._pty: _Pty | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()
        self._room.set()
        self._muted = False
        self._alarm: asyncio.TimerHandle | None = None
        self._waits: tuple[float | None, object] = (None, None)

    async def start_tcp(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen; the port. ``OSError`` if it is taken."""
        self._server = await asyncio.start_server(self._serve, host, port)
        self._host, self._port = host, self._server.sockets[0].getsockname()[1]
        self.happened()
        return self._port

    async def start_pty(self, link: Path) -> str:
        """Make a device file that ``link`` leads to; its own name."""
        self._link = link
        self._pty = _Pty(link)
        self._keep(self._serve_pty(self._pty))
        self.happened()
        return self._pty.name

    async def stop(self) -> None:
        """Close everything."""
        await self._unplug()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    async def command(self, text: str) -> bool:
        """Carry out a fault command; False if there is none of that name."""
        word = text.strip()
        if word in ("drop", "reset"):
            self._hang_up(hard=word == "reset")
        elif word == "unplug":
            await self._unplug()
        elif word == "plug":
            await self._plug()
        elif word in ("mute", "unmute"):
            self._muted = word == "mute"
        elif word == "garbage":
            self._send(NOISE)
        elif not self.machine.fault(word):
            return False
        await self.put_away()
        self.happened()
        return True

    async def put_away(self) -> None:
        """What a machine makes beside its replies is kept before these are sent: a printer's paper."""

    def happened(self) -> None:
        """Something was done to the machine: carry what it says, and see when it wants to be woken."""
        replies = self.machine.take_replies()
        if self.machine.hangs_up:
            self._hang_up(hard=False)
        elif replies and not self._muted:
            self._send(replies)
        if self.machine.room > 0:
            self._room.set()
        else:
            self._room.clear()
        wakes_in_s = self.machine.wakes_in_s
        waits = wakes_in_s, self.machine.waits_for
        if self._alarm is not None and waits != self._waits:
            self._alarm.cancel()
            self._alarm = None
        if self._alarm is None and wakes_in_s is not None:
            self._waits = waits
            self._alarm = asyncio.get_running_loop().call_later(wakes_in_s, self._wake)

    def _wake(self) -> None:
        self._alarm = None
        self.machine.wake()
        self.happened()

    def _send(self, data: bytes) -> None:
        if self._pty is not None:
            self._pty.write(data)
        elif self._writers:
            with contextlib.suppress(OSError):
                self._writers[-1].write(data)

    async def _take(self, data: bytes) -> None:
        self._heard(data)
        if self._byte_s:
            await asyncio.sleep(len(data) * self._byte_s)
        self.machine.receive(data)
        await self.put_away()
        self.happened()
        await self._room.wait()

    def _most(self) -> int:
        most = min(READ_BYTES, max(self.machine.room, 1))
        return min(most, 64) if self._byte_s else most

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._writers) >= MAX_CONNECTIONS:
            writer.close()
            return
        self._writers.append(writer)
        self.machine.connected()
        task: asyncio.Task[None] | None = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            while data := await reader.read(self._most()):
                await self._take(data)
        except OSError:
            pass  # the till is gone; the machine stays as it is
        finally:
            if writer in self._writers:
                self._writers.remove(writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _serve_pty(self, pty: _Pty) -> None:
        while data := await pty.read(self._most()):
            await self._take(data)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _hang_up(self, *, hard: bool) -> None:
        if self._pty is not None and self._link is not None:
            # Whoever has it open sees the line go, and finds the device again behind the same link.
            self._pty.close()
            self._pty = _Pty(self._link)
            self._keep(self._serve_pty(self._pty))
        for writer in self._writers:
            sock: socket.socket | None = writer.get_extra_info("socket")
            if hard and sock is not None:
                # Linger of zero seconds: close sends RST instead of FIN.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            else:
                writer.close()
        self._writers.clear()

    async def _unplug(self) -> None:
        if self._pty is not None:
            self._pty.close(gone=True)
            self._pty = None
        for writer in self._writers:
            writer.close()
        self._writers.clear()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None
        self._room.set()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _plug(self) -> None:
        if self._link is not None and self._pty is None:
            await self.start_pty(self._link)
        elif self._host and self._server is None:
            await self.start_tcp(self._host, self._port)


class _Pty:
    """A pseudo-terminal; the till opens what the link leads to."""

    def __init__(self, link: Path) -> None:
        self._loop = asyncio.get_running_loop()
        self._link = link
        self._near, self._far = os.openpty()
        # The far end stays open here too: it must not hang up when the till closes it.
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.name = os.ttyname(self._far)
        fresh = link.with_name(f"{link.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self.name)
        fresh.replace(link)
        self._readable: asyncio.Event = asyncio.Event()
        self._closed = False
        self._loop.add_reader(self._near, self._readable.set)

    async def read(self, most: int) -> bytes:
        """The next bytes; none when it was closed."""
        while not self._closed:
            self._readable.clear()
            try:
                return os.read(self._near, most)
            except BlockingIOError:
                await self._readable.wait()
            except OSError:
                break
        return b""

    def write(self, data: bytes) -> None:
        """What nobody reads is lost, as on a serial line."""
        with contextlib.suppress(OSError):
            os.write(self._near, data)

    def close(self, *, gone: bool = False) -> None:
        """Hang up; ``gone``: the link goes as well."""
        if self._closed:
            return
        self._closed = True
        self._loop.remove_reader(self._near)
        os.close(self._near)
        os.close(self._far)
        if gone:
            self._link.unlink(missing_ok=True)
        self._readable.set()
