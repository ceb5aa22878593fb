"""What the screens may have printed, over the home's socket: decided, copied, tested, or refused with a code."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from app.engine.control import ControlServer
from app.engine.local import Changes
from app.engine.operations import Operations, Who, table
from app.engine.remote import Client, RemoteDevices, RemoteEngine
from app.engine.spool import UnknownJob
from app.facts.base import Fact
from app.facts.sales import ReceiptCompleted
from app.home import Home
from app.text import gettext as _
from app.till.ports import JournalRefused
from receipts.documents import Document
from receipts.page import Page
from receipts.sync_protocol import SyncEntry, SyncProtocol
from tests.golden.documents import DOCUMENTS

GOLDEN = Path(__file__).parents[2] / "golden" / "receipt.json"
SAMPLE = msgspec.json.decode(GOLDEN.read_bytes(), type=ReceiptCompleted)


class Spool:
    """A spool that remembers."""

    def __init__(self) -> None:
        self.done: list[object] = []

    def status(self) -> dict[str, Any]:
        return {"columns": 32}

    async def accept(self, job_no: str) -> None:
        raise UnknownJob(job_no)

    async def reprint(self, job_no: str) -> None:
        self.done.append(job_no)

    async def copy(self, document: Fact) -> None:
        self.done.append(document)

    async def test_page(self, page: Page) -> None:
        self.done.append(page)

    async def print_unkept(self, document: Document) -> None:
        self.done.append(document)


class Network:
    """An engine that knows whom it has met."""

    async def status(self) -> dict[str, Any]:
        return {"members": [{"member": "m2", "till_no": 2, "name": "Kasse 2"}]}


class Log:
    """An office with a sync log; the clock was once wrong by ages."""

    def log(self, limit: int, **_chosen: Any) -> list[dict[str, Any]]:
        rows = [
            {"at_ms": 10**18, "what": "connected", "peer": "m2", "detail": "called us"},
            {"at_ms": 1_763_751_234_567, "what": "sent", "peer": "m2", "detail": "receipt.completed/1\n×3"},
        ]
        return rows[-limit:]


@asynccontextmanager
async def devices(home: Home, spool: Spool | None) -> AsyncIterator[RemoteDevices]:
    nothing = cast("Any", None)
    who = Who(1, "m", "Kasse 1", "", "n")
    engine, office = cast("Any", Network()), cast("Any", Log())
    operations = table(Operations(engine, office, spool, who, str(home.path), nothing, nothing))
    server = ControlServer(home.make(), operations, Changes(), session_taken=False)
    await server.start()
    client = await Client.connect(home)
    try:
        yield RemoteDevices(client)
    finally:
        await client.close()
        await server.stop()


async def test_what_is_wanted_arrives_as_it_was(tmp_path: Path) -> None:
    spool = Spool()
    async with devices(Home(tmp_path / "h"), spool) as far:
        await far.reprint("1-000042")
        await far.copy(SAMPLE)
        await far.test_print()
    assert spool.done[:2] == ["1-000042", SAMPLE]
    assert isinstance(spool.done[2], Page)
    ruler = [getattr(block, "text", "") for block in spool.done[2].sections[0].blocks]
    assert "12345678901234567890123456789012" in ruler, "as wide as the paper"


async def test_copies_are_made_of_invoices_too_and_of_nothing_that_is_worth_money(tmp_path: Path) -> None:
    spool = Spool()
    invoice, voucher = cast("Fact", DOCUMENTS["invoice"]), cast("Fact", DOCUMENTS["replaced-voucher"])
    async with devices(Home(tmp_path / "h"), spool) as far:
        await far.copy(invoice)
        with pytest.raises(JournalRefused) as refused:
            await far.copy(voucher)
    assert refused.value.code == "bad_command"
    assert spool.done == [invoice]


async def test_the_sync_protocol_is_printed_in_words(tmp_path: Path) -> None:
    spool = Spool()
    async with devices(Home(tmp_path / "h"), spool) as far:
        await far.print_log()
    (protocol,) = spool.done
    assert isinstance(protocol, SyncProtocol)
    assert protocol.till_no == 1
    assert protocol.entries == (
        SyncEntry("2100-01-01T00:00:00.000Z", _("connected"), "2 Kasse 2", _("it called this till")),
        SyncEntry("2025-11-21T18:53:54.567Z", _("sent"), "2 Kasse 2", "receipt.completed/1 ×3"),
    )


async def test_what_cannot_be_is_refused_with_a_code(tmp_path: Path) -> None:
    async with devices(Home(tmp_path / "h"), Spool()) as far:
        with pytest.raises(JournalRefused) as refused:
            await far.accept("1-000042")
        assert refused.value.code == "unknown_print_job"
    async with devices(Home(tmp_path / "h"), None) as far:
        for wanted in (far.copy(SAMPLE), far.test_print(), far.print_log(), far.accept("1")):
            with pytest.raises(JournalRefused) as refused:
                await wanted
            assert refused.value.code == "no_printer"


async def test_an_engine_that_has_gone_is_said(tmp_path: Path) -> None:
    async with devices(Home(tmp_path / "h"), Spool()) as far:
        await far._client.close()
        with pytest.raises(JournalRefused) as refused:
            await far.test_print()
        assert refused.value.code == "engine_gone"
        with pytest.raises(JournalRefused) as refused:
            await RemoteEngine(far._client).status()
        assert refused.value.code == "engine_gone", "what a task asks must not end the screens"
