"""The engine's port on the other side of the home's socket, and a client for single operations."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any, cast

import msgspec

from app.domain.card import CardAnswer, CardOrder, TerminalDay
from app.domain.statement import Examined
from app.engine.control import Refused, short_path
from app.engine.frames import FrameError, Request, packed, read_message
from app.engine.local import Answer
from app.facts.base import Fact
from app.facts.circulation import ClaimCoverage
from app.facts.codec import write
from app.home import Home
from app.text import gettext as _
from app.text import language
from app.till.ports import JournalRefused, Readiness, Weight


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
            future.set_exception(EngineGone(_("the engine of this home has ended; start the till or the office again")))
            return future
        self._next += 1
        try:
            self._writer.write(packed(Request(self._next, op, args, language())))
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
            gone = EngineGone(_("the engine of this home has ended; start the till or the office again"))
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


class _Asking:
    """Operations of the engine whose refusals are ``JournalRefused``."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def _call(self, op: str, **args: Any) -> Any:
        try:
            return await self._client.call(op, **args)
        except Refused as error:
            raise JournalRefused(error.code, str(error)) from None
        except EngineGone as error:
            raise JournalRefused("engine_gone", str(error)) from None


class RemoteOffice(_Asking):
    """``app.screens.office.services.Ask`` over the home's socket: any operation."""

    async def __call__(self, op: str, /, **args: Any) -> Any:
        return await self._call(op, **args)


class RemoteTills(_Asking):
    """``app.screens.services.Tills`` over the home's socket."""

    async def slots(self) -> list[dict[str, Any]]:
        return cast("list[dict[str, Any]]", await self._call("slots"))

    async def release(self, nos: Sequence[int], name: str, site: str, *, on_paper: bool) -> dict[str, Any]:
        said = {"name": name, "site": site, "role": "till", "on_paper": on_paper}
        return cast("dict[str, Any]", await self._call("release", nos=list(nos), **said))


class RemoteDevices(_Asking):
    """``app.screens.services.Devices`` over the home's socket. ``JournalRefused`` with the code of what is refused."""

    async def accept(self, job_no: str) -> None:
        await self._call("accept", receipt_no=job_no)

    async def reprint(self, job_no: str) -> None:
        await self._call("reprint", receipt_no=job_no)

    async def copy(self, document: Fact) -> None:
        entry = write(document)
        await self._call("copy", document={"kind": entry.kind, "body": entry.body})

    async def simulated(self) -> list[dict[str, Any]]:
        return cast("list[dict[str, Any]]", await self._call("simulated"))

    async def practise(self, name: str, command: str) -> None:
        await self._call("practise", name=name, command=command)

    async def print_log(self) -> None:
        await self._call("print_log")

    async def test_print(self) -> None:
        await self._call("test_print")

    async def digital_receipt(self, receipt_no: str, modules: int) -> dict[str, Any]:
        """``app.screens.services.TillServices.digital_receipt``."""
        told = await self._call("digital_receipt", receipt_no=receipt_no, modules=modules)
        return cast("dict[str, Any]", told)

    async def test(self, name: str) -> str:
        return str(await self._call("test_device", name=name))


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

    async def claim(self, *resources: str) -> Answer:
        try:
            return msgspec.convert(await self.client.call("claim", resources=resources), Answer)
        except (EngineGone, Refused):
            return Answer(
                "", granted=False, coverage=ClaimCoverage(complete=False, promised=(), missing=()), reason="unanswered"
            )

    async def cancel_claims(self) -> None:
        future = self.client.post("cancel_claims")
        future.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def release_claim(self, claim_id: str) -> None:
        future = self.client.post("release_claim", claim_id=claim_id)
        future.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def examine(self, text: str) -> Examined:
        try:
            return msgspec.convert(await self.client.call("examine", text=text), Examined)
        except Refused as error:
            raise JournalRefused(error.code, str(error)) from None
        except EngineGone as error:
            raise JournalRefused("engine_gone", str(error)) from None

    async def weigh(self, unit_price_minor: int, tare_g: int) -> Weight:
        try:
            args = {"unit_price_minor": unit_price_minor, "tare_g": tare_g}
            return msgspec.convert(await self.client.call("weigh", **args), Weight)
        except Refused as error:
            raise JournalRefused(error.code, str(error)) from None
        except EngineGone as error:
            raise JournalRefused("engine_gone", str(error)) from None

    async def cancel_weighing(self) -> None:
        future = self.client.post("cancel_weighing")
        future.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def open_gate(self, name: str) -> str:
        try:
            reason: str = await self.client.call("open_gate", name=name)
        except (EngineGone, Refused):
            return "offline"
        return reason

    async def charge(self, order: CardOrder) -> CardAnswer:
        return msgspec.convert(await self._asked("charge", order=msgspec.to_builtins(order)), CardAnswer)

    async def cancel_charge(self) -> None:
        future = self.client.post("cancel_charge")
        future.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def settle_charge(self, charge_id: str, *, charged: bool, by: str) -> CardAnswer:
        said = await self._asked("settle_charge", charge_id=charge_id, charged=charged, by=by)
        return msgspec.convert(said, CardAnswer)

    async def close_terminal(self) -> TerminalDay:
        return msgspec.convert(await self._asked("close_terminal"), TerminalDay)

    async def _asked(self, op: str, **args: Any) -> Any:
        try:
            return await self.client.call(op, **args)
        except Refused as error:
            raise JournalRefused(error.code, str(error)) from None
        except EngineGone as error:
            raise JournalRefused("engine_gone", str(error)) from None

    async def settled(self) -> None:
        try:
            await self.client.call("settled")
        except Refused as error:
            raise JournalRefused(error.code, str(error)) from None
        except EngineGone:
            return

    async def status(self) -> dict[str, Any]:
        try:
            status: dict[str, Any] = await self.client.call("status")
        except Refused as error:
            raise JournalRefused(error.code, str(error)) from None
        except EngineGone as error:
            raise JournalRefused("engine_gone", str(error)) from None
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
