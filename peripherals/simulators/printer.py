"""A simulated network printer: the real wire on TCP, its paper in a file, faults by command.

Several tills may connect; replies go to the one that connected last, as with printers
that have one status port. Fault commands are those of ``printer_machine.FAULTS`` and,
for the wire itself:

* ``drop``: end every connection cleanly (FIN); the buffer stays
* ``reset``: end every connection hard (RST)
* ``drop_at_fence [N]``: end them instead of answering the next (or N-th) fence
* ``refuse`` / ``accept``: the printer is off, and on again

As a command: ``tillmesh simulators printer --listen 127.0.0.1:9100 --paper paper.txt``
(``app/cli/simulators.py``), which reads faults from standard input, one a line.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from pathlib import Path

from peripherals.simulators.printer_machine import PrinterMachine

READ_BYTES = 4096
MAX_CONNECTIONS = 8
WIRE_FAULTS = ("drop", "reset", "drop_at_fence [N]", "refuse", "accept")


class PrinterSimulator:
    """A printer listening on TCP. ``paper`` gets text appended, ``raw`` all bytes received; ``on_paper`` hears text."""

    def __init__(
        self,
        *,
        paper: Path | None = None,
        raw: Path | None = None,
        columns: int = 42,
        on_paper: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.machine = PrinterMachine(columns)
        self.port = 0
        self._host = ""
        self._paper = paper
        self._raw = raw
        self._on_paper = on_paper
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self._serving: set[asyncio.Task[None]] = set()
        self._writing = asyncio.Lock()
        self._room = asyncio.Event()
        self._room.set()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen; the port. ``OSError`` if it is taken."""
        self._server = await asyncio.start_server(self._serve, host, port)
        self._host, self.port = host, self._server.sockets[0].getsockname()[1]
        return self.port

    async def stop(self) -> None:
        """Close everything; what the buffer holds is lost, as with the plug pulled."""
        self._hang_up(hard=False)
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None
        self._room.set()
        if self._serving:
            await asyncio.wait(self._serving)

    async def command(self, text: str) -> bool:
        """Carry out a fault command; False if there is none of that name."""
        word, _, rest = text.strip().partition(" ")
        if word in ("drop", "reset"):
            self._hang_up(hard=word == "reset")
        elif word == "drop_at_fence" and (not rest or rest.isdigit()):
            self.machine.fences_left_until_drop = max(1, int(rest or 1))
        elif word == "refuse":
            await self.stop()
        elif word == "accept":
            if self._server is None:
                await self.start(self._host or "127.0.0.1", self.port)
        elif not self.machine.fault(text):
            return False
        await self._deliver()
        return True

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._writers) >= MAX_CONNECTIONS:
            writer.close()
            return
        self._writers.append(writer)
        task: asyncio.Task[None] | None = asyncio.current_task()
        if task is not None:
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        try:
            while data := await reader.read(min(READ_BYTES, max(self.machine.room, 1))):
                if self._raw is not None:
                    await asyncio.to_thread(_append, self._raw, data)
                self.machine.receive(data)
                await self._deliver()
                await self._room.wait()
        except ConnectionError:
            pass  # the till is gone; the buffer stays
        finally:
            if writer in self._writers:
                self._writers.remove(writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _deliver(self) -> None:
        """Paper to its file, replies to the wire, in the order in which they came about."""
        async with self._writing:
            if self.machine.room > 0:
                self._room.set()
            else:
                self._room.clear()
            text = self.machine.take_paper()
            if text:
                if self._paper is not None:
                    await asyncio.to_thread(_append, self._paper, text.encode("utf-8"))
                self._on_paper(text)
            if self.machine.wants_drop:
                self.machine.wants_drop = False
                self.machine.take_replies()
                self._hang_up(hard=False)
            replies = self.machine.take_replies()
            if replies and self._writers:
                with contextlib.suppress(ConnectionError):
                    self._writers[-1].write(replies)

    def _hang_up(self, *, hard: bool) -> None:
        for writer in self._writers:
            sock: socket.socket | None = writer.get_extra_info("socket")
            if hard and sock is not None:
                # Linger of zero seconds: close sends RST instead of FIN.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            else:
                writer.close()
        self._writers.clear()


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)
