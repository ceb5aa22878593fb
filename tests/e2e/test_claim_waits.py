"""A till that hangs: the screens of another hear how far their claim is, do without it, or give the claim up.

That it counts as missing after 300 ms is told on a clock of its own in ``tests/replication/core/test_claims.py``.
"""

from __future__ import annotations

import asyncio
import signal
from typing import Any

import pytest

from app import wiring_session
from app.books.reader import BooksReader
from app.books.schema import open_books
from app.config import Settings
from app.engine import detached
from app.engine.remote import RemoteEngine
from app.home import Home
from app.till.commands import Pay, Redeem, Scan, SellVoucher
from app.till.completing import TillIdentity
from app.till.effects import Consent, Refuse, Reply
from app.till.ports import claiming_of

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

TRYING_S = 30


async def test_a_till_that_hangs_counts_as_missing_and_the_cashier_sees_it_and_may_give_up(two_tills: Any) -> None:
    one, two = two_tills
    two.start()
    article = next(row["ident_no"] for row in two.json("export", "articles") if not row["open_price"])
    home = Home(one.home)
    client, process = await detached.joined(home, one.options)
    database = open_books(home.books)
    try:
        engine = RemoteEngine(client)
        hello = await engine.attach()
        till = TillIdentity(hello.till_no, hello.member_id, wiring_session.CURRENCY)
        runner = await wiring_session.runner_of(till, engine, BooksReader(database), Settings())
        while not (await engine.status())["peers"]:
            await asyncio.sleep(0.02)
        await asyncio.to_thread(two.ask, "wait", **{"for": "synced"}, timeout_s=20)
        await runner.run(SellVoucher("50.00"))
        paid = await runner.run(Pay())
        assert isinstance(paid, Reply)
        code = paid.fields["vouchers"][0]
        scanned = await runner.run(Scan(article))
        assert isinstance(scanned, Reply), scanned
        # In the order in which they came: how far a claim is, and what became of it.
        heard: list[tuple[int, int] | str] = []

        def listening(what: str) -> None:
            if (far := claiming_of(what)) is not None:
                heard.append(far)

        engine.on_change(listening)
        two.process.send_signal(signal.SIGSTOP)
        asked = await runner.run(Redeem(code, "1.00"), Consent(ask=True))
        assert isinstance(asked, Refuse), asked
        heard.append(asked.code)
        assert asked.values["missing"] == "Kasse 2"
        assert heard == [(0, 1), "coverage_incomplete"], "what it waits for is seen before it is given up"

        # On a busy machine it may count as missing before it is given up, so that is tried until it comes first.
        given_up: Any = asked
        async with asyncio.timeout(TRYING_S):
            while given_up.code == "coverage_incomplete":
                heard.clear()
                waiting = asyncio.create_task(runner.run(Redeem(code, "1.00"), Consent(ask=True)))
                while not heard and not waiting.done():
                    await asyncio.sleep(0.005)
                await engine.cancel_claims()
                given_up = await waiting
                assert isinstance(given_up, Refuse), given_up
        assert given_up.code == "claim_cancelled"

        # Nothing stays locked: once the other has its breath again everybody confirms.
        two.process.send_signal(signal.SIGCONT)
        async with asyncio.timeout(TRYING_S):
            while isinstance(done := await runner.run(Redeem(code, "1.00"), Consent(ask=True)), Refuse):
                await asyncio.sleep(0.05)
        assert isinstance(done, Reply), done
        assert done.fields["coverage"]["complete"] is True
    finally:
        two.process.send_signal(signal.SIGCONT)
        database.dispose()
        await client.call("leave")
        await client.close()
        if process is not None:
            assert await asyncio.to_thread(process.wait, 10) == 0
