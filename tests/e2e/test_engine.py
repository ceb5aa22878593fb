"""The engine as a process of its own: it serves one session, outlives it, and ends when the till is closed."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import wiring_session
from app.books.reader import BooksReader
from app.books.schema import open_books
from app.cli import engine
from app.cli.ask import asked
from app.config import Settings
from app.engine import detached, launch
from app.engine.control import Refused
from app.engine.lock import HomeLock
from app.engine.remote import Client, NoEngine, RemoteEngine
from app.home import Home
from app.till.commands import Pay, Scan
from app.till.completing import TillIdentity
from app.till.effects import Refuse, Reply
from app.till.ports import JournalRefused
from app.till.runner import Runner

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

OPTIONS = ["--no-discovery", "--listen", "127.0.0.1:0"]


class Screens:
    """A session as the screens have it: engine behind the socket, books read directly."""

    def __init__(self, home: Home) -> None:
        self.home = home

    async def open(self) -> Screens:
        self.client, self.process = await detached.joined(self.home, OPTIONS)
        self.engine = RemoteEngine(self.client)
        try:
            hello = await self.engine.attach()
        except Refused:
            await self.client.close()
            raise
        self.database = open_books(self.home.books)
        self.books = BooksReader(self.database)
        till = TillIdentity(hello.till_no, hello.member_id, wiring_session.CURRENCY)
        self.runner: Runner = await wiring_session.runner_of(till, self.engine, self.books, Settings())
        return self

    async def vanish(self) -> None:
        """As after SIGKILL: the connection ends and nothing is said."""
        self.database.dispose()
        await self.client.close()

    async def leave(self) -> None:
        """Closed in the usual way."""
        await self.client.call("leave")
        await self.client.ended()
        await self.vanish()
        if self.process is not None:
            assert await asyncio.to_thread(self.process.wait, 10) == 0


@pytest.fixture
def home(tmp_path: Path, founded: Callable[[Path], Any]) -> Home:
    till = founded(tmp_path / "one")
    return Home(till.home)


async def test_screens_start_the_engine_sell_and_end_it(home: Home) -> None:
    screens = await Screens(home).open()
    assert screens.process is not None
    assert isinstance(await screens.runner.run(Scan("1001", "2")), Reply)
    done = await screens.runner.run(Pay(amount="10"))
    assert isinstance(done, Reply)
    assert (done.fields["total"], done.fields["change"]) == ("9.98", "0.02")
    await screens.engine.settled()
    assert screens.books.turnover(None, None).gross_minor == 998
    await screens.leave()
    with pytest.raises(NoEngine):
        await Client.connect(home)


async def test_the_engine_outlives_killed_screens_and_keeps_their_sale(home: Home) -> None:
    first = await Screens(home).open()
    await first.runner.run(Scan("1001", "3"))
    await first.vanish()
    second = await Screens(home).open()
    assert second.process is None
    assert second.runner.view().total_minor == 1497
    assert isinstance(await second.runner.run(Pay()), Reply)
    await second.leave()
    assert first.process is not None
    assert await asyncio.to_thread(first.process.wait, 10) == 0


async def test_a_killed_engine_loses_nothing_and_doubles_nothing(home: Home) -> None:
    screens = await Screens(home).open()
    for _ in range(3):
        await screens.runner.run(Scan("1001"))
        await screens.runner.run(Pay())
    await screens.runner.run(Scan("1001", "5"))
    await screens.engine.settled()  # the open sale was handed over before this was answered
    assert screens.process is not None
    os.kill(screens.process.pid, signal.SIGKILL)
    await asyncio.to_thread(screens.process.wait, 10)
    await screens.client.ended()
    refused = await screens.runner.run(Pay())
    assert isinstance(refused, Refuse)
    assert refused.code == "engine_gone"
    with pytest.raises(JournalRefused) as unanswered:
        await screens.engine.status()
    assert unanswered.value.code == "engine_gone"
    await screens.vanish()

    again = await Screens(home).open()
    assert again.runner.view().total_minor in (2495, 0)  # handed over, perhaps not yet on disk when the plug was pulled
    assert again.books.turnover(None, None).receipts == 3
    if not again.runner.view().lines:
        await again.runner.run(Scan("1001", "5"))
    done = await again.runner.run(Pay())
    assert isinstance(done, Reply)
    assert done.fields["receipt_no"] == "1-000004"
    await again.leave()


async def test_a_second_screen_is_refused_with_a_sentence(home: Home) -> None:
    first = await Screens(home).open()
    with pytest.raises(Refused) as refused:
        await Screens(home).open()
    assert refused.value.code == "session_attached"
    await first.leave()


async def test_an_engine_that_cannot_start_says_why_in_one_line(home: Home) -> None:
    home.settings.write_text("[network]\nlisten = 7\n", "utf-8")
    with pytest.raises(detached.EngineFailed, match=r"till\.toml.*listen") as failed:
        await detached.joined(home, OPTIONS[:1])
    assert "\n" not in str(failed.value)


async def test_two_screens_that_start_at_once_get_one_engine(home: Home) -> None:
    found = await asyncio.gather(*(detached.joined(home, OPTIONS) for _ in range(2)))
    started = [process for _, process in found if process is not None]
    clients = [client for client, _ in found]
    assert await clients[0].call("hello") == await clients[1].call("hello")
    await clients[0].call("leave")
    for client in clients:
        await client.ended()
        await client.close()
    for process in started:  # the slower one may come up only now, and has the home to itself
        await detached.stop(process)


async def test_a_command_waits_for_a_till_that_is_just_opening(home: Home) -> None:
    process = await asyncio.to_thread(launch.start, home, OPTIONS)
    answers = [await asked(home, Settings(), "status", {}) for _ in range(3)]
    assert all(answer["till_no"] == 1 for answer in answers)
    await detached.stop(process)


async def test_an_engine_waits_for_a_command_that_has_the_home(home: Home) -> None:
    """``practice --till 2`` is let in through the home of till 1, perhaps just when that is first opened."""
    with HomeLock(home):
        waiting = asyncio.create_task(engine.free(home))
        for _ in range(3):
            await asyncio.sleep(0.01)
        assert not waiting.done()
    await waiting
    client, process = await detached.joined(home, OPTIONS)
    assert process is not None
    await client.call("leave")
    await client.ended()
    await client.close()
    await detached.stop(process)
