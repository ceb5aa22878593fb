"""A till that caused an overdraw says so; every till shows it on the network screen, until it is settled."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from app.domain.claim_policy import Policy
from app.screens.till.app import TillApp
from app.screens.till.overdrawn import Overdrawn
from app.till.commands import Pay, Redeem, Scan, SellVoucher, SettleOverdraw
from tests.app.screens.standin import BIRD_SEED, PEN, Shop, services
from tests.app.screens.walking import Walk, walk
from tests.app.till.asking import done
from tests.app.till.fake_engine import make_till

pytestmark = pytest.mark.usefixtures("english")


async def overdrawn(shop: Shop, folder: Path, *, by_us: bool) -> str:
    """The resource that this till and another one used up, each without the other; the second caused it."""
    other = make_till(shop.network, folder, 4, "allow")
    ours = make_till(shop.network, folder, 5, "allow") if not by_us else shop.till
    shop.till.session._counter.policies = {**shop.till.session._counter.policies, "voucher": Policy("allow")}
    await done(other, SellVoucher("5.00"))
    code = (await done(other, Pay()))["vouchers"][0]
    for till in (other, ours):
        till.engine.connected = False
        await done(till, Scan(BIRD_SEED))
        await done(till, Redeem(code))
    shop.network.reconnect()
    return f"voucher/{code}"


async def looked(till: Walk) -> None:
    """As the till does every few seconds."""
    till.app._overdrawn._rests_until_s = 0.0
    till.app._changed("books")
    await till.app._look_for_overdraws()
    await till.app._tick()
    await till.rest()


async def test_the_till_that_caused_it_says_so_until_it_is_settled(shop: Shop, tmp_path: Path) -> None:
    async with walk(TillApp(services(shop))) as till:
        name = await overdrawn(shop, tmp_path, by_us=True)
        await looked(till)
        line = f"Voucher {name.removeprefix('voucher/')} overdrawn by 4.98 (receipt 3-000123): tell the office."
        assert line in till.text
        assert "Overdrawn: 1" in till.lines[0]
        till.app._sale.message_line._error_until_s = 0.0
        await till.press(f"{PEN}\r")
        assert shop.commands[-1] == Scan(PEN)
        assert line not in till.text
        await looked(till)
        assert line not in till.text, "it is said once"
        assert "Overdrawn: 1" in till.lines[0]
        await till.press("<ctrl+n><f6>")
        assert f"  {name}" in till.text
        assert "till 3, anna" in till.text
        await till.press("<escape>")
        await done(shop.till, SettleOverdraw(name, "written_off", "Funkloch"))
        await looked(till)
        assert "Overdrawn" not in till.lines[0]
        await till.press("<ctrl+n><f6>")
        assert name not in till.text


async def test_another_tills_overdraw_stands_on_the_network_screen_only(shop: Shop, tmp_path: Path) -> None:
    async with walk(TillApp(services(shop))) as till:
        name = await overdrawn(shop, tmp_path, by_us=False)
        await looked(till)
        assert "overdrawn by" not in till.text
        assert "Overdrawn" not in till.lines[0]
        await till.press("<ctrl+n><f6>")
        assert name in till.text


async def test_books_that_do_not_answer_stop_nothing(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with walk(TillApp(services(shop))) as till:
        name = await overdrawn(shop, tmp_path, by_us=True)
        with monkeypatch.context() as broken:

            def fails(question: object) -> None:
                raise OSError("locked")

            broken.setattr(shop.till.books, "ask", fails)
            await looked(till)
        assert "Overdrawn" not in till.lines[0]
        await looked(till)
        assert "Overdrawn: 1" in till.lines[0], name


async def test_the_books_are_not_asked_over_and_over(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def ask(question: object) -> tuple[()]:
        asked.append(question)
        time.sleep(0.02)
        return ()

    books = Overdrawn(services(shop))
    monkeypatch.setattr(shop.till.books, "ask", ask)
    for _ in range(3):
        assert await books.look(()) == []
        books.books_changed()
    assert len(asked) == 1, "it rests after a look, whatever changes meanwhile"
    books._rests_until_s = 0.0
    for _ in range(3):
        assert await books.look(()) == []
        books._rests_until_s = 0.0
    assert len(asked) == 2, "books that have not changed say nothing new"
