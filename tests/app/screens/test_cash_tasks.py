"""Cash movements and counts: typed, reckoned along, booked, and closed with the day."""

from __future__ import annotations

import pytest

from app.domain.cash import DENOMINATIONS
from app.screens.intents import Answered, Refused, StepChanged
from app.screens.keys import Keymap
from app.screens.router import Router
from app.screens.tasks.pieces import CountPieces
from app.till.commands import CashTransfer, CountCash, OpeningFloat, PayIn, PayOut, ZReport
from app.till.ports import JournalRefused
from tests.app.screens.standin import BIRD_SEED, Shop
from tests.app.screens.test_tasks import typed
from tests.app.screens.walking import till


def counting(expected_minor: int = 12_340) -> tuple[Router, CountPieces]:
    """A router in which euros are counted."""
    router, step = Router(Keymap()), CountPieces("Count", "EUR", expected_minor)
    router.feed("/", "/")
    typed(router, "30\r")
    router.present(step)
    return router, step


def test_the_sum_is_reckoned_along_with_every_key() -> None:
    router, step = counting()
    assert typed(router, "1") == [StepChanged()]
    assert step.counted_minor == 50_000
    typed(router, "\x7f")
    assert step.counted_minor == 0
    typed(router, "\r\r1\r\r1\r")
    assert step.counted_minor == 10_000 + 2_000
    assert any("-3,40" in text.replace(".", ",") for text in painted(step))


def painted(step: CountPieces) -> list[str]:
    return ["".join(text for text, _style in line) for line in step.lines(80, 18)]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [("12", 12), ("3*40", 120), ("3x40", 120), ("2+5", 7), ("2r", 50), ("1r+3*2+1", 32), ("", 0), ("0", 0)],
)
def test_pieces_are_typed_as_they_lie_there(text: str, pieces: int) -> None:
    step = CountPieces("Count", "EUR", 0)
    for _ in range(7):
        step.enter("")
    step.enter(text)
    assert step.counted_minor == pieces * 200


@pytest.mark.parametrize("text", ["abc", "1,5", "-1", "3*", "+", "100000", "400*400", "2r2", "9" * 12, "²"])
def test_what_is_no_number_of_pieces_is_refused_and_changes_nothing(text: str) -> None:
    router, step = counting()
    typed(router, "7")
    router.feed("down", None)
    assert any(isinstance(each, Refused) for each in typed(router, text + "\r"))
    assert step.counted_minor == 7 * 50_000


def test_a_scan_is_no_number_of_pieces_and_a_note_has_no_rolls() -> None:
    router, step = counting()
    assert Refused("scan_in_task", BIRD_SEED) in typed(router, BIRD_SEED + "\r")
    assert any(isinstance(each, Refused) and each.code == "no_rolls" for each in typed(router, "2r\r"))
    assert step.counted_minor == 0


def test_enters_without_end_finish_nothing_and_the_key_does() -> None:
    router, step = counting()
    assert not any(isinstance(each, Answered) for each in typed(router, "2" + "\r" * 60))
    assert step.counted_minor == 100_000
    typed(router, "\r")
    assert router.feed("f8", None) == [Answered({"500.00": 2})]
    router.present(step)
    assert step.counted_minor == 100_000, "shown again it is as it was"


@pytest.mark.parametrize("currency", sorted(DENOMINATIONS))
def test_every_currency_fits_on_every_screen(currency: str) -> None:
    step = CountPieces("Count", currency, 1)
    for width, height in ((24, 3), (80, 18), (120, 36)):
        for _ in DENOMINATIONS[currency]:
            step.enter("3")
            lines = step.lines(width, height)
            assert len(lines) <= height
            assert all(sum(len(text) for text, _style in line) <= max(width, 40) for line in lines)
            assert sum(text.startswith(">") for text, _style in (line[0] for line in lines)) == 1


async def test_cash_is_moved_by_the_numeric_pad_and_the_drawer_is_said(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press("10000/40\r1\r\r")
        assert shop.commands[-1] == OpeningFloat("100.00", "EUR")
        await walking.press("/40\r2\r2000\rKaffeekasse\r")
        assert shop.commands[-1] == PayIn("20.00", "Kaffeekasse", "EUR")
        assert "120,00" in walking.text
        await walking.press("/40\r3\r5,\r\rBriefmarken\r")
        assert shop.commands[-1] == PayOut("5.00", "Briefmarken", "EUR")
        await walking.press("/40\r")
        assert "115,00" in walking.text
        await walking.press("4\r50000\r\r")
        assert shop.commands[-1] == CashTransfer("500.00", "", "EUR"), "more than there is is refused, and typed again"
        await walking.press("<up>10000\r\r")
        assert shop.commands[-1] == CashTransfer("100.00", "", "EUR")
        assert "15,00" in walking.text
        assert walking.app.router.step is None


async def test_a_count_is_booked_and_closes_the_day(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press("10000/40\r1\r\r")
        await walking.press("/41\r\r\r1")
        assert "100,00" in walking.text
        await walking.press("<f8>")
        assert not any(isinstance(command, CountCash) for command in shop.commands)
        await walking.press("\r")
        assert shop.commands[-1] == CountCash({"EUR": {"100.00": 1}})
        await walking.press("\r")
        assert shop.commands[-1] == ZReport({"EUR": {"100.00": 1}})
        assert walking.app.router.step is None


async def test_foreign_cash_is_counted_too_and_esc_goes_back_to_the_currency_before(shop: Shop) -> None:
    async with till(shop) as walking:
        await shop.run(OpeningFloat("100", "EUR"))
        await shop.run(OpeningFloat("50", "CHF"))
        await walking.press("/41\r\r\r1<f8>")
        assert "CHF" in walking.text
        await walking.press("\x1b")
        assert "100,00" in walking.text
        await walking.press("<f8>/8\r\x1b")
        assert not any(isinstance(command, CountCash) for command in shop.commands)
        assert "CHF" in walking.lines[0], "what was counted is there again: nobody counts twice"
        await walking.press("\x1b")
        assert "100,00" in walking.text
        await walking.press("\x1b\x1b")
        assert walking.app.router.step is not None, "no means: go on counting"
        await walking.press("\x1b\r")
        assert walking.app.router.step is None


async def test_a_count_that_cannot_be_written_is_not_lost(shop: Shop) -> None:
    async with till(shop) as walking:
        await shop.run(OpeningFloat("100", "EUR"))
        await walking.press("/41\r\r\r1<f8>")
        shop.till.engine.refusals.append(JournalRefused("disk_full"))
        await walking.press("\r")
        assert "100,00" in walking.lines[3]
        await walking.press("<f8>\r")
        assert shop.commands[-1] == CountCash({"EUR": {"100.00": 1}})
