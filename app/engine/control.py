"""The socket in the home: the engine's port and its operations for other processes of this user.

One connection may *attach*: it then owns the open sale, as only one session may. Requests of a
connection start in the order they came and may answer out of order. A connection that
sends junk or does not read is closed; the engine goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from app.books.postgres import BooksUnavailable
from app.engine.frames import FrameError, Message, Problem, Request, packed, read_request
from app.engine.local import Changes
from app.home import Home
from app.text import gettext as _
from app.text import spoken_to
from app.till.ports import JournalRefused

REQUESTS_MAX = 256
"""Of one connection at a time; more are read only when some are answered."""
CONNECTIONS_MAX = 32
FINISH_S_MAX = 5.0
"""How long what was begun may take when the engine ends."""
LEFT = "left"
"""Announced when the session has ended."""
UNSENT_BYTES_MAX = 32 * 1024 * 1024
_CREDENTIALS = struct.Struct("3i")
_log = logging.getLogger(__name__)


class Refused(Exception):
    """An operation is refused: a code for programs, a sentence for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


Operation = Callable[[dict[str, Any]], Awaitable[Any]]
Asked = Callable[[str, dict[str, Any], Operation], Awaitable[Any]]
"""Carries out an operation (name, arguments, itself) for one connection, or refuses it."""


async def _just_asked(_op: str, args: dict[str, Any], operation: Operation) -> Any:
    return await operation(args)


def _for_all(_uid: int | None) -> Asked:
    return _just_asked


class ControlServer:
    """Serves operations on ``HOME/engine.sock``; the caller holds the home's lock."""

    def __init__(
        self,
        home: Home,
        operations: dict[str, Operation],
        changes: Changes,
        *,
        session_taken: bool,
        taken_because: str = "",
        door: Callable[[int | None], Asked] = _for_all,
    ) -> None:
        """``session_taken``: no screen may attach; ``taken_because`` says why if it is not another screen.

        ``door``: who a connection of that user of the machine is, asked once for each.
        """
        self._home = home
        self._operations = operations
        self._changes = changes
        self._session_taken = session_taken
        self._taken_because = taken_because
        self._door = door
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen; a socket left by a crash is replaced, since the home's lock is ours."""
        self._home.socket.unlink(missing_ok=True)
        with short_path(self._home) as path:
            self._server = await asyncio.start_unix_server(self._serve, path)
        self._home.socket.chmod(0o600)

    async def stop(self) -> None:
        """No new requests; those begun are answered."""
        if self._server is None:
            return
        self._server.close()
        self._home.socket.unlink(missing_ok=True)
        for connection in tuple(self._connections):
            await connection.finish()
        if self._serving:
            await asyncio.wait(self._serving, timeout=FINISH_S_MAX)
        await self._server.wait_closed()
        self._server = None

    def attach(self) -> None:
        """A session takes the till; ``Refused`` if there is one."""
        if self._session_taken:
            another = _("this till is open on another screen; close it there, or choose another --home")
            raise Refused("session_attached", self._taken_because or another)
        self._session_taken = True

    def detach(self) -> None:
        """The session has ended; whoever shows something to customers is told (``left``)."""
        self._session_taken = False
        self._changes.announce(LEFT)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= CONNECTIONS_MAX:
            writer.close()
            return
        task = asyncio.current_task()
        if task is not None:
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        asked = self._door(_uid_of(writer))
        connection = _Connection(self, reader, writer, self._operations, asked, self._home.log)
        self._connections.add(connection)
        self._changes.listen(connection.tell)
        try:
            await connection.serve()
        finally:
            self._changes.forget(connection.tell)
            self._connections.discard(connection)


class _Connection:
    def __init__(
        self,
        server: ControlServer,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        operations: dict[str, Operation],
        asked: Asked,
        log: Path,
    ) -> None:
        self._server = server
        self._asked = asked
        self._log = log
        self._reader = reader
        self._writer = writer
        self._operations = operations
        self._attached = False
        self._running: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(REQUESTS_MAX)

    async def serve(self) -> None:
        try:
            while (request := await read_request(self._reader)) is not None:
                await self._room.acquire()
                task = asyncio.create_task(self._answer(request))
                self._running.add(task)
                task.add_done_callback(self._answered)
        except FrameError as error:
            _log.warning("control socket: %s", error)
        finally:
            if self._attached:
                self._server.detach()
            # What was begun is finished: an append must not be cut in half by a screen that goes away.
            if self._running:
                await asyncio.wait(self._running)
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    async def finish(self) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=FINISH_S_MAX)
        self._writer.close()

    def tell(self, what: str) -> None:
        if self._attached:
            self._send(Message(event=what))

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._room.release()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("control socket: an answer failed: %r", error)

    async def _answer(self, request: Request) -> None:
        with spoken_to(request.lang):
            await self._answer_spoken(request)

    async def _answer_spoken(self, request: Request) -> None:
        try:
            result = await self._carry_out(request)
            self._send(Message(id=request.id, ok=result))
        except (Refused, JournalRefused) as error:
            self._send(Message(id=request.id, error=Problem(error.code, str(error))))
        except FrameError as error:
            self._send(Message(id=request.id, error=Problem("too_long", str(error))))
        except BooksUnavailable as error:
            self._send(Message(id=request.id, error=Problem("books_unavailable", str(error))))
        except Exception:  # noqa: BLE001 - one bad answer must not end the engine; the log has the details
            _log.exception("control socket: %s failed", request.op)
            message = _("this could not be done; {log} says why").format(log=self._log)
            self._send(Message(id=request.id, error=Problem("failed", message)))

    async def _carry_out(self, request: Request) -> Any:
        operation = self._attach if request.op == "attach" else self._operations.get(request.op)
        if operation is None:
            unknown = _("the running program does not know {op!r}; end it and start it again")
            raise Refused("unknown_operation", unknown.format(op=request.op))
        return await self._asked(request.op, request.args, operation)

    async def _attach(self, _args: dict[str, Any]) -> Any:
        if not self._attached:
            self._server.attach()
            self._attached = True
        return await self._operations["hello"]({})

    def _send(self, message: Message) -> None:
        if self._writer.is_closing():
            return
        if self._writer.transport.get_write_buffer_size() > UNSENT_BYTES_MAX:
            _log.warning("control socket: a client does not read; closed")
            self._writer.transport.abort()
            return
        self._writer.write(packed(message))


def _uid_of(writer: asyncio.StreamWriter) -> int | None:
    """Whose process is on the other side, as the kernel knows it; None where it does not say."""
    wire = writer.get_extra_info("socket")
    if wire is None or not hasattr(socket, "SO_PEERCRED"):
        return None
    credentials = wire.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _pid, uid, _gid = _CREDENTIALS.unpack(credentials)
    return int(uid)


class short_path:  # noqa: N801 - used like a function
    """``with short_path(home) as path``: the socket's path in less than the 108 bytes a socket address holds."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._fd = -1

    def __enter__(self) -> str:
        path = str(self._home.socket)
        if len(os.fsencode(path)) < 100:
            return path
        self._fd = os.open(self._home.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        return f"/proc/self/fd/{self._fd}/{self._home.socket.name}"

    def __exit__(self, *_exc: object) -> None:
        if self._fd >= 0:
            os.close(self._fd)
