"""Printer and drawer at the till: what is said when something happens, and what is asked before a card is charged."""

from __future__ import annotations

from typing import Any

import pytest

from app import text
from app.screens import device_words
from app.screens.functions import Mode
from app.screens.tasks.devices import DRAWER_STATES, TROUBLES, drawer_state
from app.screens.till.app import TillApp
from app.screens.till.device_news import DeviceNews, trouble_of
from app.screens.wording import QUESTIONS
from app.till.commands import Pay
from tests.app.screens.standin import BIRD_SEED, Shop, services
from tests.app.screens.walking import walk

pytestmark = pytest.mark.usefixtures("english")

READY = {"power": "ONLINE", "state": "IDLE", "trouble": "", "paper": "ok"}
NOT_PRINTED = "Its receipt waits for the printer. By card all the same? Enter yes, Esc no"


def status(drawer: dict[str, Any] | None = None, uncertain: tuple[str, ...] = (), **device: str) -> dict[str, Any]:
    """What the engine says."""
    of_drawer = {"outcome": "", "reason": "", "opened": 0, "state": "", **(drawer or {})}
    return {"printer": {"device": {**READY, **device}, "drawer": of_drawer, "uncertain": list(uncertain)}}


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (status(), status(), []),
        (status(), status({"outcome": "not_open", "opened": 1}), ["The drawer did not open"]),
        (status({"outcome": "not_open", "opened": 1}), status({"outcome": "not_open", "opened": 1}), []),
        (
            status({"outcome": "not_open", "opened": 1}),
            status({"outcome": "not_open", "opened": 2}),
            ["The drawer did not open"],
        ),
        (status(), status({"outcome": "not_sent", "opened": 1}), ["use the key"]),
        (status({"state": "open"}), status({"state": "too_long"}), ["open for long"]),
        (status({"state": "too_long"}), status({"state": "too_long"}), []),
        (status(), status(paper="near_end"), ["used up soon"]),
        (status(paper="out", trouble="paper_out"), status(paper="near_end"), []),
        (status(), status(trouble="paper_out"), ["out of paper"]),
        (status(trouble="silent"), status(trouble="silent"), []),
        (status(trouble="silent"), status(), []),
        (status(), status(uncertain=("3-000042",)), ["3-000042 may be printed, or not"]),
        (status(), status(uncertain=("3-000042", "z_report-3-7")), ["3-000042 and 1 more may be printed"]),
        (status(uncertain=("3-000042",)), status(uncertain=("3-000042",)), []),
        (status(), {}, []),
    ],
)
def test_what_is_new_is_said_once(before: dict[str, Any], now: dict[str, Any], said: list[str]) -> None:
    text.use("en")
    news = DeviceNews()
    news.heard(before)
    heard = news.heard(now)
    assert len(heard) == len(said)
    assert all(part in line for part, line in zip(said, heard, strict=True))


@pytest.mark.parametrize(
    ("now", "alarms"),
    [
        (status(), []),
        (status(paper="near_end"), ["Paper!"]),
        (status(paper="out", trouble="paper_out"), ["Printer!"]),
        (status({"state": "too_long"}, trouble="silent"), ["Printer!", "Drawer!"]),
        (status({"state": "open"}), []),
    ],
)
def test_what_lasts_stands_on_the_status_line(now: dict[str, Any], alarms: list[str]) -> None:
    text.use("en")
    assert device_words.alarms(now) == alarms


def test_what_was_so_when_the_screens_began_is_no_news_but_for_receipts_that_somebody_must_look_at() -> None:
    begun = DeviceNews().heard(status({"outcome": "not_open", "opened": 3}, ("3-000042",), trouble="paper_out"))
    assert len(begun) == 1
    assert "3-000042" in begun[0]


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_trouble_fits_the_line_for_messages(language: str) -> None:
    text.use(language)
    lines = [line for code in TROUBLES for line in _said_of(code)]
    assert max(map(len, lines)) <= 79
    assert max(map(len, (text.gettext(each) for each in QUESTIONS.values()))) <= 77


def _said_of(code: str) -> list[str]:
    news = DeviceNews()
    news.heard(status())
    return news.heard(status(trouble=code))


def test_a_drawer_with_a_sensor_says_how_it_is_and_one_without_how_opening_it_ended() -> None:
    text.use("en")
    assert drawer_state({"outcome": "opened", "state": "open"}) == "Stands open"
    assert "did not open" in drawer_state({"outcome": "not_open", "state": "closed"}).lower()
    assert drawer_state({"outcome": "unknown", "state": ""}).startswith("Was told to open")
    assert set(DRAWER_STATES) == {"closed", "open", "too_long"}


async def test_printer_off_at_payment(shop: Shop) -> None:
    """Before a card is charged it is asked; cash is taken, and the receipt waits."""
    shop.status_now |= status(power="OFF", state="CLOSED", trouble="not_there")
    async with walk(TillApp(services(shop))) as till:
        await till.press(f"{BIRD_SEED}\r+100<f9>")
        assert NOT_PRINTED in till.lines[-2]
        assert "Printer: It is not there" in till.lines[-3]
        assert not any(isinstance(command, Pay) for command in shop.commands)
        await till.press("\x1b")
        assert till.app.router.mode is Mode.TENDER
        assert shop.session.view().payments == ()
        await till.press("100<f9>")
        await till.press("\r")
        assert [each.amount_minor for each in shop.session.view().payments] == [100]
        await till.press("1000\r")
        assert till.app.router.mode is Mode.SALE
    assert [command.tender for command in shop.commands if isinstance(command, Pay)] == ["card", "cash"]


async def test_a_printer_that_prints_or_that_the_till_has_not_is_no_question(shop: Shop) -> None:
    for now in ({}, status(), status(paper="near_end"), status(trouble="not_connected")):
        shop.status_now = {"online": True, "peers": [], "pending": 0, **now}
        async with walk(TillApp(services(shop))) as till:
            await till.press(f"{BIRD_SEED}\r<f9><f9>")
            assert till.app.router.mode is Mode.SALE, now
        assert trouble_of(now) == ""
    assert len(shop.receipts) == 4


async def test_what_happens_to_the_printer_is_complained_about_at_the_till(shop: Shop) -> None:
    shop.status_now |= status()
    async with walk(TillApp(services(shop))) as till:
        shop.status_now = {**shop.status_now, **status({"state": "too_long"}, trouble="cover_open")}
        till.app._changed("status")
        await till.app._tick()
        await till.rest()
        assert "Printer: Its cover is open" in till.lines[-3]
