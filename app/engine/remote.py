"""The engine's port on the other side of the home's socket, and a client for single operations."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from app.engine.control import Refused, short_path
from app.engine.frames import FrameError, Request, packed, read_message
from app.engine.local import Answer
from app.facts.base import Fact
from app.facts.circulation import ClaimCoverage
from app.facts.codec import write
from app.home import Home
from app.text import gettext as _
from app.till.ports import JournalRefused, Readiness


class NoEngine(Exception):
    """Nobody answers on the home's socket."""


class EngineGone(Exception):
    """The engine went away in the middle of a question."""


class Client:
    """A connection to the home's socket; ``await Client.connect(home)``."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._next = 0
        self._listeners: list[Callable[[str], None]] = []
        self._task = asyncio.create_task(self._listen())

    @classmethod
    async def connect(cls, home: Home) -> Client:
        """``NoEngine`` if nobody listens."""
        try:
            with short_path(home) as path:
                reader, writer = await asyncio.open_unix_connection(path)
        except OSError as error:
            raise NoEngine(str(error)) from None
        return cls(reader, writer)

    async def call(self, op: str, **args: Any) -> Any:
        """One operation; ``Refused`` with the engine's own sentence, ``EngineGone`` if it went away."""
        return await self.post(op, **args)

    def post(self, op: str, **args: Any) -> asyncio.Future[Any]:
        """Hand an operation over; the future is its answer."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self._writer.is_closing() or self._task.done():
            future.set_exception(EngineGone(_("the till's engine has ended; start the till again")))
            return future
        self._next += 1
        try:
            self._writer.write(packed(Request(self._next, op, args)))
        except FrameError as error:
            future.set_exception(Refused("too_long", str(error)))
            return future
        self._waiting[self._next] = future
        return future

    def on_event(self, listener: Callable[[str], None]) -> None:
        """Hear ``books``, ``status``, ``membership``, and ``gone`` when the engine has ended."""
        self._listeners.append(listener)

    async def ended(self) -> None:
        """Return when the engine has gone."""
        await asyncio.wait({self._task})

    async def close(self) -> None:
        self._writer.close()
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def _listen(self) -> None:
        try:
            while (message := await read_message(self._reader)) is not None:
                if message.event is not None:
                    self._announce(message.event)
                    continue
                future = self._waiting.pop(message.id or 0, None)
                if future is None or future.done():
                    continue
                if message.error is None:
                    future.set_result(message.ok)
                else:
                    future.set_exception(Refused(message.error.code, message.error.message))
        except FrameError:
            self._writer.close()
        finally:
            gone = EngineGone(_("the till's engine has ended; start the till again"))
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(gone)
                    future.exception()  # seen here, in case nobody waits for it any more
            self._waiting.clear()
            self._announce("gone")

    def _announce(self, what: str) -> None:
        for listener in self._listeners:
            listener(what)


class Hello(msgspec.Struct, frozen=True):
    """What a session must know of its till."""

    till_no: int
    member_id: str
    name: str
    site: str
    network: str
    port: int


class RemoteEngine:
    """``app.till.ports.Engine`` over the home's socket; ``attach`` first."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def attach(self) -> Hello:
        """Own the till's session; ``Refused`` if another screen does."""
        return msgspec.convert(await self.client.call("attach"), Hello)

    async def append(
        self,
        facts: Sequence[Fact],
        *,
        keep: str | None,
        claim_id: str | None = None,
        printed: Fact | None = None,
    ) -> None:
        entries = [write(fact) for fact in facts]
        try:
            await self.client.call(
                "append",
                facts=[{"kind": entry.kind, "body": entry.body} for entry in entries],
                keep=keep,
                claim_id=claim_id,
                printed=None if printed is None else {"kind": printed.kind, "body": write(printed).body},
            )
        except Refused as error:
            raise JournalRefused(error.code, str(error)) from None
        except EngineGone as error:
            raise JournalRefused("engine_gone", str(error)) from None

    async def keep(self, text: str | None) -> None:
        # Handed over is enough: the engine outlives this process, and the socket keeps the order.
        future = self.client.post("keep", text=text)
        future.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def kept(self) -> str | None:
        text: str | None = await self.client.call("kept")
        return text

    async def claim(self, resource: str) -> Answer:
        try:
            return msgspec.convert(await self.client.call("claim", resource=resource), Answer)
        except (EngineGone, Refused):
            return Answer(
                "", granted=False, coverage=ClaimCoverage(complete=False, promised=(), missing=()), reason="unanswered"
            )

    async def release_claim(self, claim_id: str) -> None:
        future = self.client.post("release_claim", claim_id=claim_id)
        future.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def settled(self) -> None:
        try:
            await self.client.call("settled")
        except Refused as error:
            raise JournalRefused(error.code, str(error)) from None
        except EngineGone:
            return

    async def status(self) -> dict[str, Any]:
        status: dict[str, Any] = await self.client.call("status")
        return status

    async def readiness(self) -> Readiness:
        try:
            return msgspec.convert(await self.client.call("readiness"), Readiness)
        except Refused as error:
            raise JournalRefused(error.code, str(error)) from None
        except EngineGone as error:
            raise JournalRefused("engine_gone", str(error)) from None

    async def release_slot(self, no: int, name: str, role: str, site: str) -> str:
        try:
            answer = await self.client.call("release", no=no, name=name, role=role, site=site)
        except Refused as error:
            raise JournalRefused(error.code, str(error)) from None
        return str(answer["code"])

    async def sign_off(self) -> None:
        try:
            await self.client.call("sign_off")
        except Refused as error:
            raise JournalRefused(error.code, str(error)) from None

    def on_change(self, callback: Callable[[str], None]) -> None:
        self.client.on_event(callback)
