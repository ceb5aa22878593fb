"""What a command may ask of a till, running or not: plain data in, plain data out.

The same table serves the control socket of a running till and, in process, a command on a
home that nobody has open. ``Refused`` carries one sentence for the person who asked.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import msgspec

from app.domain.card import CardOrder
from app.domain.instant import iso
from app.engine.confirming import Word, confirm
from app.engine.control import Operation, Refused
from app.engine.local import LocalEngine
from app.engine.members import Members
from app.engine.settling import Books, Settling, listed, settle
from app.engine.spool import Copied
from app.engine.vouching import Vouching
from app.facts.base import Fact, said_by
from app.facts.codec import FactUnreadable, read, write
from app.network_words import sort_and_detail
from app.sentences import sentence
from app.text import gettext as _
from receipts.documents import Document
from receipts.page import Page
from receipts.sync_protocol import ENTRIES_MAX, SyncEntry, SyncProtocol
from receipts.test_page import test_page
from replication.backup import BackupRefused, write_backup
from replication.core.model import Entry

IMPORT_FACTS_PER_STEP = 500
"""Facts of one durable step: a catalogue of thousands neither waits for one fsync each nor blocks the till's own."""
LOG_LINES_MAX = 10_000
LOG_SORTS_MAX = 50
YEAR_2100_MS = 4_102_444_800_000
"""Entries of a clock that was wrong by ages are of then."""
LOG_LINES_PRINTED = 50
"""A metre of paper."""


class Office(Books, Protocol):
    """What operations need beside the engine: the books, the store's log and the printer. Called off the loop."""

    def import_facts(self, what: str, text: str) -> Imported:
        """The file's facts and the faults of its lines; ``Refused`` for what cannot be imported."""

    def export(self, what: str) -> list[dict[str, Any]]:
        """What is exported, as JSON can hold it; ``Refused`` for what cannot be."""

    def log(
        self, limit: int, *, peers: Sequence[str] | None = None, since_ms: int = 0, what: Sequence[str] = ()
    ) -> list[dict[str, Any]]: ...

    def verify(self) -> dict[str, Any]: ...

    def fingerprint(self) -> str: ...


class Printer(Protocol):
    """What operations need of the print spool. Called on the loop."""

    def status(self) -> dict[str, Any]: ...

    async def accept(self, job_no: str) -> None: ...

    async def reprint(self, job_no: str) -> None: ...

    async def copy(self, document: Copied) -> None: ...

    async def test_page(self, page: Page) -> None: ...

    async def print_unkept(self, document: Document) -> None: ...


class Imported(msgspec.Struct, frozen=True):
    """What a file holds. Faults are (line number, reason)."""

    facts: tuple[Fact, ...]
    faults: tuple[tuple[int, str], ...]


class Who(msgspec.Struct, frozen=True):
    """The till as it introduces itself."""

    till_no: int
    member_id: str
    name: str
    site: str
    network: str


class Operations:
    """Each public coroutine is an operation; its arguments are the request's."""

    def __init__(
        self,
        engine: LocalEngine,
        office: Office,
        printer: Printer | None,
        who: Who,
        home: str,
        members: Members,
        vouching: Vouching,
    ) -> None:
        self._engine = engine
        self._office = office
        self._printer = printer
        self._who = who
        self._home = home
        self._members = members
        self._vouching = vouching

    async def hello(self) -> dict[str, Any]:
        who = self._who
        return {
            "till_no": who.till_no,
            "member_id": who.member_id,
            "name": who.name,
            "site": who.site,
            "network": who.network,
            "port": self._engine.node.port,
        }

    # -- the engine's port, for screens ----------------------------------------------------------

    async def append(
        self, facts: list[dict[str, Any]], keep: str | None, claim_id: str | None, printed: dict[str, Any] | None
    ) -> None:
        try:
            read_facts = [read(fact["kind"], fact["body"]) for fact in facts]
            document = None if printed is None else read(printed["kind"], printed["body"])
        except (FactUnreadable, KeyError) as error:
            raise Refused("bad_command", str(error)) from None
        known = [fact for fact in read_facts if fact is not None]
        if len(known) != len(read_facts):
            raise Refused("bad_command", _("the running till is of another version; restart it"))
        await self._engine.append(known, keep=keep, claim_id=claim_id, printed=document)

    async def keep(self, text: str | None) -> None:
        await self._engine.keep(text)

    async def kept(self) -> str | None:
        return await self._engine.kept()

    async def claim(self, resources: Sequence[str]) -> Any:
        return msgspec.to_builtins(await self._engine.claim(*resources))

    async def cancel_claims(self) -> None:
        await self._engine.cancel_claims()

    async def release_claim(self, claim_id: str) -> None:
        await self._engine.release_claim(claim_id)

    async def examine(self, text: str) -> Any:
        return msgspec.to_builtins(await self._engine.examine(text))

    async def weigh(self, unit_price_minor: int, tare_g: int) -> Any:
        return msgspec.to_builtins(await self._engine.weigh(unit_price_minor, tare_g))

    async def cancel_weighing(self) -> None:
        await self._engine.cancel_weighing()

    async def open_gate(self, name: str) -> str:
        return await self._engine.open_gate(name)

    async def charge(self, order: dict[str, Any]) -> Any:
        return msgspec.to_builtins(await self._engine.charge(msgspec.convert(order, CardOrder)))

    async def cancel_charge(self) -> None:
        await self._engine.cancel_charge()

    async def settle_charge(self, charge_id: str, charged: bool, by: str) -> Any:
        return msgspec.to_builtins(await self._engine.settle_charge(charge_id, charged=charged, by=by))

    async def close_terminal(self) -> Any:
        return msgspec.to_builtins(await self._engine.close_terminal())

    async def settled(self) -> None:
        await self._engine.settled()

    async def readiness(self) -> Any:
        return msgspec.to_builtins(await self._engine.readiness())

    # -- commands --------------------------------------------------------------------------------

    async def status(self) -> dict[str, Any]:
        status = await self._engine.status()
        about = {
            "till_no": self._who.till_no,
            "name": self._who.name,
            "network": self._who.network,
            "home": self._home,
            "port": self._engine.node.port,
        }
        printer = {} if self._printer is None else {"printer": self._printer.status()}
        return {**status, **about, **printer}

    async def members(self) -> Any:
        return (await self._engine.status()).get("members", [])

    async def log(
        self, limit: int = 200, no: int | None = None, since_ms: int = 0, what: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """The newest lines, oldest first: of the members with till number ``no``, since, and of these sorts."""
        members = (await self._engine.status())["members"]
        peers = None if no is None else [member["member"] for member in members if member["till_no"] == no]
        if peers == []:
            raise Refused("unknown_member", _("no member has number {no}; `network members` lists them").format(no=no))
        reading = partial(self._office.log, peers=peers, since_ms=since_ms, what=tuple(what)[:LOG_SORTS_MAX])
        rows = await asyncio.to_thread(reading, max(1, min(limit, LOG_LINES_MAX)))
        names = {member["member"]: f"{member['till_no']} {member['name']}" for member in members}
        return [{**row, "name": names.get(row["peer"], row["peer"])} for row in rows]

    async def release(
        self,
        name: str,
        no: int = 0,
        role: str = "till",
        site: str = "",
        on_paper: bool = False,
        nos: Sequence[int] = (),
    ) -> dict[str, Any]:
        """A code for the number ``no``, or one for all of ``nos``."""
        return await self._members.release(tuple(nos) or (no,), name, role, site, on_paper=on_paper)

    async def slots(self) -> list[dict[str, Any]]:
        return await self._members.slots()

    async def replace(
        self, no: int, name: str | None = None, site: str | None = None, on_paper: bool = False
    ) -> dict[str, Any]:
        return await self._members.replace(no, name, site, on_paper=on_paper)

    async def rename(self, no: int, name: str) -> dict[str, Any]:
        return await self._members.rename(no, name)

    async def revoke(self, no: int) -> dict[str, Any]:
        return await self._members.revoke(no)

    async def hand_over(self, no: int) -> dict[str, Any]:
        return await self._members.hand_over(no)

    async def sign_off(self) -> dict[str, Any]:
        await self._engine.sign_off()
        return {"no": self._who.till_no}

    async def confirm(self, by: str, reason: str, other_is_off: bool = False, secret: str = "") -> dict[str, Any]:
        """A supervisor lets this till write again; ``secret`` is a PIN or a badge's number."""
        word = Word(by, reason, secret, other_is_off)
        return await confirm(self._engine, self._vouching, self._who.till_no, datetime.now(UTC), word)

    async def backup(self, file: str) -> None:
        """Write this home to the file; what was answered before is in it."""
        now_wall_ms = time.time_ns() // 1_000_000
        try:
            await asyncio.to_thread(write_backup, Path(self._home), Path(file), now_wall_ms=now_wall_ms)
        except BackupRefused as error:
            raise Refused("backup_refused", str(error)) from None
        except OSError as error:
            raise Refused("backup_refused", sentence(error)) from None

    async def imports(self, what: str, text: str, skip_bad: bool = False, by: str = "") -> dict[str, Any]:
        """Facts of a file, journalled in steps; nothing at all if a line is bad and ``skip_bad`` is not given.

        ``by``: the user. All that it sets of master data is one change, named after what, and when.
        """
        imported = await asyncio.to_thread(self._office.import_facts, what, text)
        faults = [{"line": line, "reason": reason} for line, reason in imported.faults]
        if faults and not skip_bad:
            return {"imported": 0, "faults": faults}
        change = f"import {what} {iso(time.time_ns() // 1_000_000)}"
        facts = [said_by(fact, by, change) for fact in imported.facts]
        for start in range(0, len(facts), IMPORT_FACTS_PER_STEP):
            step = facts[start : start + IMPORT_FACTS_PER_STEP]
            await self._engine.journal([Entry(*write(fact)) for fact in step])
        await self._engine.settled()
        return {"imported": len(facts), "faults": faults}

    async def export(self, what: str) -> list[dict[str, Any]]:
        return await asyncio.to_thread(self._office.export, what)

    async def overdraws(self) -> list[dict[str, Any]]:
        """What was used beyond its value, and how it was settled."""
        return await listed(self._engine, self._office)

    async def settle_overdraw(
        self,
        resource: str,
        how: str,
        reason: str,
        amount: str = "",
        by: str = "",
        secret: str = "",
        break_holds: bool = False,
    ) -> dict[str, Any]:
        """The office's word on an overdraw; ``secret`` is a PIN or a badge's number."""
        said = Settling(resource, how, reason, amount, by, secret, break_holds)
        return await settle(self._engine, self._office, self._vouching, self._who.till_no, datetime.now(UTC), said)

    async def verify(self) -> dict[str, Any]:
        await self._engine.settled()
        return await asyncio.to_thread(self._office.verify)

    async def fingerprint(self) -> dict[str, str]:
        await self._engine.settled()
        return {"fingerprint": await asyncio.to_thread(self._office.fingerprint)}

    async def reprint(self, receipt_no: str) -> None:
        """Print an uncertain or failed receipt again."""
        await self._decide(receipt_no, "reprint")

    async def accept(self, receipt_no: str) -> None:
        """An uncertain receipt is on the paper after all."""
        await self._decide(receipt_no, "accept")

    async def copy(self, document: dict[str, Any]) -> None:
        """Print a receipt, a day end or an invoice a second time, marked as a copy."""
        try:
            known = read(document["kind"], document["body"])
        except (FactUnreadable, KeyError) as error:
            raise Refused("bad_command", str(error)) from None
        if not isinstance(known, Copied):
            raise Refused("bad_command", _("the running till is of another version; restart it"))
        await self._with_printer().copy(known)

    async def print_log(self, limit: int = LOG_LINES_PRINTED) -> None:
        """Print the newest lines of the sync log."""
        printer = self._with_printer()
        rows = await self.log(max(1, min(limit, ENTRIES_MAX)))
        entries = tuple(
            SyncEntry(iso(max(0, min(row["at_ms"], YEAR_2100_MS))), what, row["name"], detail)
            for row in rows
            for what, detail in [sort_and_detail(row)]
        )
        await printer.print_unkept(SyncProtocol(self._who.till_no, iso(time.time_ns() // 1_000_000), entries))

    async def test_print(self) -> None:
        """Print a page that shows whether the printer prints what receipts need."""
        printer = self._with_printer()
        columns = int(printer.status()["columns"])
        await printer.test_page(
            test_page(_("Tillmesh test print"), _("If you can read this line, the printer works."), columns)
        )

    async def test_device(self, name: str) -> str:
        """Try a device out; what is wrong with it, or nothing."""
        device = self._engine.devices.named(name)
        if device is None:
            raise Refused("unknown_device", _("there is no device {name} here").format(name=name[:40]))
        return await device.test()

    def _with_printer(self) -> Printer:
        if self._printer is None:
            raise Refused("no_printer", _("this till has no printer; name one in till.toml under [printer] address"))
        return self._printer

    async def _decide(self, receipt_no: str, what: str) -> None:
        printer = self._with_printer()
        try:
            await (printer.reprint(receipt_no) if what == "reprint" else printer.accept(receipt_no))
        except LookupError:
            raise Refused(
                "unknown_print_job",
                _("no printing of receipt {receipt_no} waits for a decision").format(receipt_no=receipt_no),
            ) from None


def table(operations: Operations) -> dict[str, Operation]:
    """All operations by name."""
    names = [name for name in vars(Operations) if not name.startswith("_")]
    return {name: called(getattr(operations, name)) for name in names}


def called(coroutine: Callable[..., Awaitable[Any]]) -> Operation:
    """The coroutine as an operation: its arguments are the request's."""
    accepted = inspect.signature(coroutine)

    async def operation(args: dict[str, Any]) -> Any:
        try:
            accepted.bind(**args)
        except TypeError:
            raise Refused("bad_command", _("the running till is of another version; restart it")) from None
        return await coroutine(**args)

    return operation
