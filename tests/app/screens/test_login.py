"""Who stands at the till: login on the screen, by name and PIN or badge; locking; a supervisor's approval in place."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.domain.user import BADGES
from app.facts.sales import AuditLogged
from app.screens.functions import Mode
from app.screens.till.app import TillApp
from app.till import pins
from tests.app.screens.standin import BIRD_SEED, PEN, Shop, services
from tests.app.screens.walking import Walk, walk
from tests.app.till.fake_engine import user_set

ANNA, CHEF, BADGE = "1234", "98765432", "04A1B2C3"
HASHES = {pin: pins.hashed(pin) for pin in (ANNA, CHEF)}


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop with a cashier, a supervisor, and a cashier without a PIN."""
    shop = Shop(tmp_path)
    engine = shop.till.engine
    badge = shop.till.books.keyed(BADGES, BADGE)
    assert badge is not None
    engine.say([
        user_set(engine.network, "anna", "Anna Beispiel", ("cashier",), pin_hash=HASHES[ANNA], badge_hash=badge),
        user_set(engine.network, "chef", "Carl Muster", ("supervisor",), pin_hash=HASHES[CHEF]),
        user_set(engine.network, "neu", "Nina Neu", ("cashier",)),
    ])  # fmt: skip
    yield shop
    shop.close()


@asynccontextmanager
async def till(shop: Shop, name: str = "") -> AsyncIterator[Walk]:
    async with walk(TillApp(dataclasses.replace(services(shop), login_as=name))) as walking:
        yield walking


def audited(shop: Shop) -> list[tuple[str, str]]:
    written = shop.till.engine.written
    return [(str(r.body["action"]), str(r.body["user"])) for r in written if r.kind == AuditLogged.kind]


async def test_name_and_pin_open_the_till_and_nothing_is_sold_before(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press(f"{BIRD_SEED}\r")
        assert shop.session.view().lines == ()
        assert "99,9" not in walking.text
        await walking.press("anna\r0000\r")
        assert shop.session.user == ""
        assert "0000" not in walking.text
        await walking.press("\r1234\r")
        assert (shop.session.user, walking.app.router.mode) == ("anna", Mode.SALE)
        assert "Anna Beisp" in walking.lines[0]
        await walking.press(f"{BIRD_SEED}\r+\r")
        assert shop.receipts[-1].user == "anna"


async def test_a_badge_logs_in_and_a_strange_one_does_not(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press("0badbad0\r")
        assert shop.session.user == ""
        await walking.press(f"{BADGE}\r")
        assert shop.session.user == "anna"


async def test_a_first_pin_is_chosen_typed_twice_and_good_at_once(shop: Shop) -> None:
    async with till(shop, "neu") as walking:
        await walking.press("\r4711\r4712\r")
        assert shop.session.user == ""
        await walking.press("4711\r4711\r")
        assert shop.session.user == "neu"


async def test_a_locked_till_keeps_the_open_sale_for_whoever_logs_in_next(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press(f"anna\r1234\r{BIRD_SEED}\r<f12>")
        assert shop.session.user == ""
        await walking.press(f"{PEN}\r")
        assert len(shop.session.view().lines) == 1, "a locked till sells nothing"
        await walking.press("chef\r98765432\r")
        assert (shop.session.user, len(shop.session.view().lines)) == ("chef", 1)
        assert [action for action, _user in audited(shop)] == ["login", "logout", "login_failed", "login"]


async def test_esc_at_the_login_closes_the_till_only_after_a_question(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press("\x1b\x1b")
        assert walking.app.return_code is None
        await walking.press("\x1b\r")
        assert walking.app.return_code == 0


async def test_a_supervisor_approves_on_the_spot_what_a_cashier_may_not(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press(f"anna\r1234\r{BIRD_SEED}\r")
        await walking.press("50%")
        assert shop.session.view().total_minor == 499
        assert "/50" in walking.text
        await walking.press("/50\rchef\r98765432\r50%")
        assert shop.session.view().total_minor == 249


async def test_users_who_come_while_the_till_is_open_are_asked_for_at_once(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    try:
        async with walk(TillApp(services(shop))) as walking:
            engine = shop.till.engine
            engine.say([user_set(engine.network, "chef", "Carl Muster", ("supervisor",), pin_hash=HASHES[CHEF])])
            await walking.press(f"{BIRD_SEED}\r")
            assert walking.app.router.mode is Mode.TASK
            await walking.press(f"chef\r98765432\r{BIRD_SEED}\r")
            assert len(shop.session.view().lines) == 1
    finally:
        shop.close()


async def test_where_nobody_has_to_log_in_the_login_is_no_trap(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    try:
        async with walk(TillApp(services(shop))) as walking:
            await walking.press("/52\r")
            assert walking.app.router.mode is Mode.SALE
            assert "/51" in walking.text
    finally:
        shop.close()


async def test_whoever_is_logged_in_is_told_how_somebody_else_can(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press("anna\r1234\r/52\r")
        assert "F12" in walking.lines[-3]


async def test_the_lock_locks_too_where_nobody_has_logged_in_yet(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press("<f12>anna\r1234\r")
        assert (shop.session.user, walking.app.router.mode) == ("anna", Mode.SALE)
