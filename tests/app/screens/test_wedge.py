"""Who is typing, by the gaps between the keys; and what the router makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from app.domain import codes
from app.screens.dialogue import Dialogue
from app.screens.functions import Function, Mode
from app.screens.intents import Again, Answered, AskPayment, Intent, Refused, Settle
from app.screens.keys import Keymap
from app.screens.router import Router
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.till.app import TillApp
from app.screens.wedge import GAP_S, MIN_SCAN, Gaps, Pace
from app.till.commands import Pay, Redeem
from app.till.effects import Override
from tests.app.screens.standin import BIRD_SEED, Shop, services
from tests.app.screens.walking import walk

EAN = "4006381333931"
SCANNER_S, SLOW_SCANNER_S, FAST_PERSON_S, PERSON_S = 0.0026, 0.022, 0.06, 0.12
PEOPLE, SCANNERS = (FAST_PERSON_S, PERSON_S), (0.0, SCANNER_S, SLOW_SCANNER_S)

Clock = Callable[[], float]


class Hands:
    """Types into a router, each key so long after the one before."""

    def __init__(self, router: Router) -> None:
        self.router = router
        self._gaps = Gaps()
        self._now_s = 100.0

    def type(self, text: str, gap_s: float | Iterable[float]) -> list[Intent]:
        wanted: list[Intent] = []
        waits = iter([gap_s] * len(text) if isinstance(gap_s, float) else gap_s)
        self._now_s += 1
        for index, character in enumerate(text):
            self._now_s += next(waits) if index else 0
            key = {"\r": "enter", "\n": "ctrl+j"}.get(character, character)
            wanted += self.router.feed(key, character, self._gaps.fast(self._now_s))
        return wanted


def begun(step: Form) -> Hands:
    router = Router(Keymap())
    router.begin(Function.SETTINGS)
    router.present(step)
    return Hands(router)


def paying() -> Hands:
    hands = Hands(Router(Keymap()))
    assert hands.type("+", PERSON_S) == [AskPayment()]
    hands.router.resolve(Mode.TENDER)
    return hands


def pace(text: str, gaps: Iterable[float]) -> Pace:
    """Of a text with its Enter."""
    measured, found, now_s = Gaps(), Pace(), 0.0
    measured.fast(now_s)
    for gap_s in list(gaps)[: len(text)]:
        now_s += gap_s
        found.gap(measured.fast(now_s))
    return found


@pytest.mark.parametrize("gap_s", PEOPLE)
def test_wedge_a_person_types_digits_fast_it_goes_to_the_field_and_is_no_scan(gap_s: float) -> None:
    hands = begun(Form("Form", [Field("note", "Note")]))
    assert hands.type(f"{EAN}\r", gap_s)[-1] == Answered({"note": EAN})


@pytest.mark.parametrize("gap_s", SCANNERS)
def test_wedge_the_same_digits_of_a_scanner_are_refused_in_a_field(gap_s: float) -> None:
    hands = begun(Form("Form", [Field("note", "Note")]))
    assert hands.type(f"{EAN}\r", gap_s)[0] == Refused("scan_in_task", EAN)


def test_wedge_a_scan_is_one_though_the_program_was_held_up_in_it() -> None:
    hands = begun(Form("Form", [Field("note", "Note")]))
    gaps = [SCANNER_S] * 5 + [0.3] + [SCANNER_S] * 5 + [0.2] + [SCANNER_S]
    assert hands.type(f"{EAN}\r", gaps)[0] == Refused("scan_in_task", EAN)


def test_wedge_a_person_is_one_though_some_keys_came_at_once() -> None:
    hands = begun(Form("Form", [Field("note", "Note")]))
    gaps = [PERSON_S] * 4 + [0.0] * 3 + [PERSON_S] * 6
    assert hands.type(f"{EAN}\r", gaps)[-1] == Answered({"note": EAN})


def test_wedge_who_is_not_known_leaves_it_to_the_digits() -> None:
    form = Form("Form", [Field("note", "Note")])
    hands = begun(form)
    unknown = [intent for each in f"{EAN}\r" for intent in hands.router.feed("enter" if each == "\r" else each, each)]
    assert unknown[0] == Refused("scan_in_task", EAN)


@pytest.mark.parametrize("code", ["123456", "1234567"])
def test_wedge_a_short_code_of_a_scanner_is_no_money_and_an_amount_typed_ahead_is(code: str) -> None:
    for gap_s in SCANNERS:
        hands = paying()
        assert hands.type(f"{code}\r", gap_s)[0] == Refused("scan_is_no_money", code)
        assert hands.router.entry.empty
    for gap_s in PEOPLE:
        assert paying().type(f"{code}\r", gap_s) == [Settle(Pay(amount=f"{code[:-2]}.{code[-2:]}"))]
    assert paying().type("2000\r", SCANNER_S) == [Settle(Pay(amount="20.00"))], "so few are nobody's scan"


def test_wedge_a_short_code_is_no_amount_in_a_form_and_a_voucher_is_still_redeemed() -> None:
    hands = begun(Form("Form", [Field("amount", "Amount", Kind.AMOUNT)]))
    assert hands.type("123456\r", SCANNER_S)[0] == Refused("scan_is_no_money", "123456")
    assert hands.type("123456\r", PERSON_S)[-1] == Answered({"amount": "1234.56"})
    assert paying().type("7K3M9QXA0PWTB\r", SCANNER_S) == [Settle(Redeem("7K3M9QXA0PWTB"))]


def test_wedge_what_a_person_types_as_a_reason_may_look_like_a_barcode() -> None:
    for gap_s, wanted in ((PERSON_S, [Again(Override(EAN))]), (SCANNER_S, [Refused("answer_first")])):
        hands = paying()
        hands.router.feed("f8", None)
        hands.router.question(Dialogue(override=True, login=False))
        assert hands.type(f"{EAN}\r", gap_s) == wanted


def test_wedge_keys_that_wait_behind_a_payment_keep_their_pace() -> None:
    hands = paying()
    assert hands.router.feed("f8", None) == [Settle(Pay())]
    assert hands.type("1234567\r", SCANNER_S) == []
    assert hands.router.resolve(Mode.TENDER) == [Refused("scan_is_no_money", "1234567")]


@given(st.lists(st.floats(GAP_S * 1.01, 2.0), min_size=2, max_size=30))
def test_gaps_of_people_are_never_a_scan(gaps: list[float]) -> None:
    found = pace("x" * len(gaps), gaps)
    assert found.by_person
    assert not found.by_scanner


@given(st.lists(st.floats(0.0, GAP_S * 0.99), min_size=MIN_SCAN, max_size=40))
def test_gaps_of_scanners_are_never_a_person(gaps: list[float]) -> None:
    found = pace("x" * len(gaps), gaps)
    assert found.by_scanner
    assert not found.by_person


@given(st.lists(st.one_of(st.none(), st.booleans()), max_size=30))
def test_nobody_is_both_and_what_is_not_known_is_nobody(gaps: list[bool | None]) -> None:
    found = Pace()
    for gap in gaps:
        found.gap(gap)
    known = {found.by_person, found.by_scanner}
    assert known in ({False}, {True, False})
    if None in gaps:
        assert known == {False}


def test_a_clock_that_was_put_back_is_no_speed() -> None:
    gaps = Gaps()
    assert [gaps.fast(at) for at in (5.0, 4.0, 4.001)] == [False, False, True]


def test_the_digits_of_these_tests_are_a_scan() -> None:
    assert codes.looks_like_gtin(EAN)
    assert not codes.has_wrong_check_digit(EAN)


@pytest.mark.parametrize(("gap_s", "paid"), [(SCANNER_S, False), (PERSON_S, True)])
async def test_wedge_the_till_goes_by_the_times_at_which_its_keys_came(
    gap_s: float, paid: bool, tmp_path: Path
) -> None:
    shop = Shop(tmp_path)
    async with walk(TillApp(services(shop))) as walking:
        await walking.press(f"{BIRD_SEED}\r+")
        for index, character in enumerate("100000\r"):
            key = events.Key({"\r": "enter"}.get(character, character), character)
            key.time = 1000 + index * gap_s
            walking.app.post_message(key)
        await walking.rest()
        assert [receipt.total_minor for receipt in shop.receipts] == [499] * paid
        assert walking.app.router.entry.empty
    shop.close()
