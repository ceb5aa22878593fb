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

from app.engine.confirming import confirm
from app.engine.control import Operation, Refused
from app.engine.local import LocalEngine
from app.engine.members import Members
from app.facts.base import Fact
from app.facts.codec import FactUnreadable, read, write
from app.sentences import sentence
from app.text import gettext as _
from replication.backup import BackupRefused, write_backup
from replication.core.model import Entry

IMPORT_FACTS_PER_STEP = 500
"""Facts of one durable step: a catalogue of thousands neither waits for one fsync each nor blocks the till's own."""
LOG_LINES_MAX = 10_000
LOG_SORTS_MAX = 50


class Office(Protocol):
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
        self, engine: LocalEngine, office: Office, printer: Printer | None, who: Who, home: str, members: Members
    ) -> None:
        self._engine = engine
        self._office = office
        self._printer = printer
        self._who = who
        self._home = home
        self._members = members

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

    async def claim(self, resource: str) -> Any:
        return msgspec.to_builtins(await self._engine.claim(resource))

    async def release_claim(self, claim_id: str) -> None:
        await self._engine.release_claim(claim_id)

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
        self, no: int, name: str, role: str = "till", site: str = "", on_paper: bool = False
    ) -> dict[str, Any]:
        return await self._members.release(no, name, role, site, on_paper=on_paper)

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

    async def confirm(self, by: str, reason: str, other_is_off: bool = False) -> dict[str, Any]:
        """A supervisor lets this till write again."""
        now = datetime.now(UTC)
        return await confirm(self._engine, self._who.till_no, now, by=by, reason=reason, other_is_off=other_is_off)

    async def backup(self, file: str) -> None:
        """Write this home to the file; what was answered before is in it."""
        now_wall_ms = time.time_ns() // 1_000_000
        try:
            await asyncio.to_thread(write_backup, Path(self._home), Path(file), now_wall_ms=now_wall_ms)
        except BackupRefused as error:
            raise Refused("backup_refused", str(error)) from None
        except OSError as error:
            raise Refused("backup_refused", sentence(error)) from None

    async def imports(self, what: str, text: str, skip_bad: bool = False) -> dict[str, Any]:
        """Facts of a file, journalled in steps; nothing at all if a line is bad and ``skip_bad`` is not given."""
        imported = await asyncio.to_thread(self._office.import_facts, what, text)
        faults = [{"line": line, "reason": reason} for line, reason in imported.faults]
        if faults and not skip_bad:
            return {"imported": 0, "faults": faults}
        facts = imported.facts
        for start in range(0, len(facts), IMPORT_FACTS_PER_STEP):
            step = facts[start : start + IMPORT_FACTS_PER_STEP]
            await self._engine.journal([Entry(*write(fact)) for fact in step])
        await self._engine.settled()
        return {"imported": len(facts), "faults": faults}

    async def export(self, what: str) -> list[dict[str, Any]]:
        return await asyncio.to_thread(self._office.export, what)

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

    async def _decide(self, receipt_no: str, what: str) -> None:
        if self._printer is None:
            raise Refused("no_printer", _("this till has no printer; name one in till.toml under [printer] address"))
        try:
            await (self._printer.reprint(receipt_no) if what == "reprint" else self._printer.accept(receipt_no))
        except LookupError:
            raise Refused(
                "unknown_print_job",
                _("no printing of receipt {receipt_no} waits for a decision").format(receipt_no=receipt_no),
            ) from None


def table(operations: Operations) -> dict[str, Operation]:
    """All operations by name."""
    names = [name for name in vars(Operations) if not name.startswith("_")]
    return {name: _called(getattr(operations, name)) for name in names}


def _called(coroutine: Callable[..., Awaitable[Any]]) -> Operation:
    accepted = inspect.signature(coroutine)

    async def operation(args: dict[str, Any]) -> Any:
        try:
            accepted.bind(**args)
        except TypeError:
            raise Refused("bad_command", _("the running till is of another version; restart it")) from None
        return await coroutine(**args)

    return operation
