"""A centre whose books are on a server that goes away: the engine goes on, says so, and catches up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import create_engine

from app import network_words, text, wiring
from app.books.postgres import BooksUnavailable
from app.books.reader import BooksReader
from app.books.schema import open_books
from app.books.writer import BooksWriter
from app.config import OfficeSettings, Settings
from app.domain.planned_change import PlannedChange
from app.facts.base import Fact
from app.facts.circulation import VoucherIssued
from app.facts.codec import write
from app.facts.master import ArticleSet, ReferenceSet
from app.home import Home
from app.office import every
from app.till.ports import JournalRefused
from replication import applier
from replication.core.model import Entry
from tests.app.books.shelf import CODES, Books, receipt, records_of
from tests.postgres import Server, running_server

PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One that may be stopped. What it has committed is there after a crash."""
    with running_server() as running:
        running.execute("ALTER SYSTEM SET synchronous_commit = on")
        running.execute("SELECT pg_reload_conf()")
        yield running


def settings(url: str) -> Settings:
    quiet = msgspec.structs.replace(Settings().network, discovery=False)
    return msgspec.structs.replace(Settings(), network=quiet, office=OfficeSettings(books=url))


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await holds():
            await asyncio.sleep(0.05)


def entries(*facts: Fact) -> list[Entry]:
    return [Entry(*write(fact)) for fact in facts]


async def while_it_is_gone(parts: wiring.Parts) -> dict[str, Any]:
    """What is journalled is durable, whatever becomes of the books; who needs them is told."""
    voucher = VoucherIssued(CODES[0], "multi_purpose", 500, "EUR", "t", 1, "1-000001")
    await parts.engine.journal(entries(voucher, ArticleSet("2", "Leine", 200, "EUR", "1")))
    with pytest.raises(JournalRefused) as refused:
        await parts.engine.settled()
    assert refused.value.code == "books_failed"
    assert "what was entered is kept" in str(refused.value)
    with pytest.raises(BooksUnavailable):
        await asyncio.to_thread(parts.books.article, "1")
    status: dict[str, Any] = await parts.operations["status"]({})
    assert status["books"]["trouble"]
    assert status["books"]["waiting"] >= 2
    return status


async def goes_away_and_comes_back(server: Server, url: str, home: Home) -> None:
    text.use("en")
    given = settings(url)
    await wiring.found(home, given, "Messe", 1, "centre")
    async with wiring.opened(home, given, network=False) as parts:
        await parts.engine.journal(entries(ArticleSet("1", "Napf", 100, "EUR", "1")))
        await parts.engine.settled()
        assert parts.books.article("1") is not None
        await asyncio.to_thread(server.stop, mode="immediate")
        try:
            status = await while_it_is_gone(parts)
        finally:
            await asyncio.to_thread(server.start)
        assert network_words.alarms(status)
        assert any("is tried again" in each for each in network_words.advice(status))

        async def well_again() -> bool:
            return not (await parts.operations["status"]({}))["books"]["trouble"]

        await until(well_again)
        await parts.engine.settled()
        assert (parts.books.article("2"), parts.books.voucher(CODES[0])) != (None, None)
        told = [row["detail"] for row in await parts.operations["log"]({"what": ["books"]})]
        assert told[-1] == "the books can be written again"
        assert "geheim" not in str(told)
        on_server = parts.books.fingerprint()
    # What a till keeps in a file says the same.
    wiring.rebuild(home, Settings())
    engine = create_engine(f"sqlite:///{home.books}")
    assert BooksReader(engine).fingerprint() == on_server
    engine.dispose()


def test_a_server_that_goes_away_costs_nothing_and_stops_nobody(server: Server, tmp_path: Path) -> None:
    with server.database() as url:
        asyncio.run(goes_away_and_comes_back(server, url, Home(tmp_path / "centre")))


async def while_it_is_not_there_yet(parts: wiring.Parts) -> None:
    """What comes is taken; who asks the books is told why they cannot answer."""
    assert parts.books_away
    due = PlannedChange(
        "p1", "2026-01-01T00:00:00.000Z", "article", "2", parts.who.member_id, values={"name": "Leine, rot"}
    )
    plan = ReferenceSet(subject="planned_change", key=due.plan, value=msgspec.to_builtins(due))
    await parts.engine.journal(entries(ArticleSet("2", "Leine", 200, "EUR", "1"), plan))
    for ask in ("tills", "live", "master_kinds"):
        with pytest.raises((JournalRefused, BooksUnavailable), match="cannot be reached"):
            await parts.operations[ask]({})
    assert (await parts.operations["status"]({}))["books"]["trouble"]


async def begins_without_it(server: Server, url: str, home: Home) -> None:
    text.use("en")
    listening = msgspec.structs.replace(settings(url).network, listen="127.0.0.1:0")
    given = msgspec.structs.replace(settings(url), network=listening)
    await wiring.found(home, given, "Messe", 1, "centre")
    await asyncio.to_thread(server.stop, mode="immediate")
    try:
        with pytest.raises(BooksUnavailable):  # a command that nobody runs for
            async with wiring.opened(home, given, network=False):
                pass
        async with contextlib.AsyncExitStack() as stack:
            parts = await stack.enter_async_context(wiring.opened(home, given, network=True))
            await while_it_is_not_there_yet(parts)
            await asyncio.sleep(0.2)  # whatever looks at the books by itself has looked
            await asyncio.to_thread(server.start)

            async def there() -> bool:
                return not (await parts.operations["status"]({}))["books"]["trouble"]

            await until(there)
            await parts.engine.settled()

            async def done() -> bool:
                found = await asyncio.to_thread(parts.books.article, "2")
                return found is not None and found.name == "Leine, rot"

            await until(done)
    finally:
        if not (server.folder / "data" / "postmaster.pid").exists():
            await asyncio.to_thread(server.start)


def test_an_office_begins_without_its_server_and_books_all_once_it_is_there(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applier, "RETRY_S", 0.05)
    monkeypatch.setattr(every, "LOOK_AGAIN_S", 0.05)
    with server.database() as url:
        asyncio.run(begins_without_it(server, url, Home(tmp_path / "centre")))


def test_two_homes_of_different_networks_never_share_books(server: Server, tmp_path: Path) -> None:
    async def run(url: str) -> None:
        await wiring.found(Home(tmp_path / "one"), settings(url), "Messe", 1, "centre")
        with pytest.raises(BooksUnavailable):
            await wiring.found(Home(tmp_path / "other"), settings(url), "Markt", 1, "centre")

    with server.database() as url:
        asyncio.run(run(url))


@pytest.mark.parametrize("how", ["crash", "cut"])
def test_a_batch_that_is_cut_is_there_whole_or_not_at_all(server: Server, how: str) -> None:
    records = records_of([("a", receipt(1, n, 100)) for n in range(1, 60)])
    with server.database() as url:
        engine = open_books(url)
        writer = BooksWriter(engine)
        writer.apply(records[:5])
        fold = writer._fold

        def folded_and_cut(connection: object, batch: object) -> None:
            fold(connection, batch)  # type: ignore[arg-type]
            if how == "crash":
                server.stop(mode="immediate")
                server.start()
            else:
                others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tillmesh'"
                server.execute(others)

        writer._fold = folded_and_cut  # type: ignore[method-assign, assignment]
        with pytest.raises(BooksUnavailable):
            writer.apply(records)
        writer._fold = fold  # type: ignore[method-assign]
        assert BooksReader(engine).turnover(None, None).receipts == 5
        writer.apply(records)
        writer.close()
        alone = Books()
        alone.writer.apply(records)
        assert BooksReader(engine).fingerprint() == alone.reader.fingerprint()
        alone.close()
        engine.dispose()
