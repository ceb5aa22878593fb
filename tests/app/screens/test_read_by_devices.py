"""What scanners and badge readers with a line of their own read: it arrives whole, wherever the focus is."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.user import BADGES
from app.facts.sales import AuditLogged
from app.screens.dialogue import Dialogue
from app.screens.functions import Function, Mode
from app.screens.intents import Act, Answered, AskPayment, Intent, LookUp, Refused, Settle, StepChanged
from app.screens.keys import Keymap
from app.screens.router import HELD_KEYS, Router
from app.screens.tasks.fields import BADGE, Field, Kind
from app.screens.tasks.form import Form, supervisor_form
from app.screens.tasks.keyboard import KeyTest
from app.screens.tasks.steps import Sheet
from app.screens.till.app import TillApp
from app.screens.typing_keys import MAX_ENTRY
from app.till import pins, ports
from app.till.commands import ApproveBadge, Pay, Redeem, Scan, TakeCoupon
from app.till.ports import heard
from tests.app.screens.standin import BIRD_SEED, PEN, Shop, services
from tests.app.screens.test_router import EAN, feed, router, slip_of
from tests.app.screens.walking import Walk, walk
from tests.app.till.fake_engine import user_set

pytestmark = pytest.mark.usefixtures("english")

NUMBER, CHEFS = "04A1B2C3", "04FFFFFF"
VOUCHER = "7K3M9QXA0PWTB"
GS1 = "0104006381333931\x1d10AB-7"


def in_task(step: Form | Sheet | KeyTest) -> Router:
    made = Router(Keymap())
    made.begin(Function.SETTINGS)
    made.present(step)
    return made


# -- the router


def test_a_code_is_sold_with_the_quantity_and_price_before_it() -> None:
    till = router()
    assert till.scanned(EAN) == [Act(Scan(EAN))]
    feed(till, "3*199<f4>")
    assert till.scanned("17/4-B+*") == [Act(Scan("17/4-B+*", quantity="3", price="1.99"))]
    assert till.scanned(GS1) == [Act(Scan(GS1))]
    assert till.entry.empty


def test_what_is_being_typed_stays_and_the_code_is_refused() -> None:
    till = router()
    feed(till, "47")
    assert till.scanned(EAN) == [Refused("entry_open")]
    assert feed(till, "11\r") == [Act(Scan("4711"))]


def test_in_payment_a_code_is_never_money_and_a_voucher_is_redeemed() -> None:
    till = router(Mode.TENDER)
    for code in (EAN, "2000", "5"):
        assert till.scanned(code) == [Refused("scan_is_no_money", code)]
    feed(till, "20")
    assert till.scanned(VOUCHER) == [Refused("amount_open")]
    assert feed(till, "00<f8>") == [Settle(Pay(amount="20.00"))]
    till.resolve(Mode.TENDER)
    assert till.scanned(VOUCHER) == [Settle(Redeem(VOUCHER))]


def test_where_a_voucher_is_asked_for_it_is_taken() -> None:
    till = router(Mode.TENDER)
    feed(till, "500<f6>")
    assert till.mode is Mode.REDEEM
    assert till.scanned(VOUCHER) == [Settle(Redeem(VOUCHER, amount="5.00"))]


def test_a_slip_says_what_it_is() -> None:
    slip, token, coupon = slip_of("multi_purpose"), slip_of("token"), slip_of("coupon")
    assert router().scanned(slip) == [LookUp(slip)]
    assert router(Mode.TENDER).scanned(slip) == [Settle(Redeem(slip))]
    for mode in (Mode.SALE, Mode.TENDER):
        assert router(mode).scanned(token) == [Settle(Redeem(token))]
        assert router(mode).scanned(coupon) == [Settle(TakeCoupon(coupon))]


@pytest.mark.parametrize("mode", [Mode.CONFIRM, Mode.HELP, Mode.QUESTION])
def test_over_a_question_and_the_help_nothing_is_taken(mode: Mode) -> None:
    till = router()
    if mode is Mode.CONFIRM:
        feed(till, "/13\r")
    elif mode is Mode.HELP:
        feed(till, "<f1>")
    else:
        till.question(Dialogue(override=False, login=False))
    assert till.mode is mode
    for read in (till.scanned, till.badge):
        assert read(NUMBER) == [Refused("help_open" if mode is Mode.HELP else "answer_first")]
    assert till.mode is mode


def test_a_step_takes_a_code_only_where_one_belongs() -> None:
    wants = in_task(Form("Form", [Field("code", "Code", Kind.CODE, value="old"), Field("name", "Name")]))
    assert wants.scanned(EAN) == [StepChanged()], "what stood there is replaced"
    assert wants.scanned(EAN) == [Refused("scan_in_task", EAN)]
    secret = in_task(Form("Form", [Field("pin", "PIN", Kind.SECRET)]))
    for step in (secret, in_task(Sheet("Sheet", "text")), in_task(KeyTest(Keymap()))):
        assert step.scanned(EAN) == [Refused("scan_in_task", EAN)]
    typing = in_task(Form("Form", [Field("code", "Code", Kind.CODE)]))
    feed(typing, "12")
    assert typing.scanned(EAN) == [Refused("entry_open")]
    assert feed(typing, "3\r") == [Answered({"code": "123"})]


def test_a_badge_is_the_answer_fills_a_field_or_is_refused() -> None:
    approving = in_task(supervisor_form("Approve"))
    feed(approving, "che")
    assert approving.badge(NUMBER) == [Answered({"user": "", "pin": "", BADGE: NUMBER})]
    filling = in_task(Form("User", [Field("badge", "Badge", Kind.SECRET, badge="fills")]))
    assert filling.badge(NUMBER) == [Answered({"badge": NUMBER, BADGE: NUMBER})]
    scanning = in_task(Form("User", [Field("badge", "Badge", Kind.SECRET, badge="fills")]))
    assert scanning.scanned(EAN) == [Answered({"badge": EAN})], "a badge may be a barcode"
    changed = in_task(Form("User", [Field("badge", "Badge", Kind.SECRET, badge="fills"), Field("no", "No")]))
    changed.badge(NUMBER)
    feed(changed, "<up>77\r")
    assert feed(changed, "\r") == [Answered({"badge": "77", "no": ""})]
    elsewhere = in_task(Form("Form", [Field("name", "Name")]))
    feed(elsewhere, "An")
    assert elsewhere.badge(NUMBER) == [Refused("badge_not_here")]
    assert feed(elsewhere, "na\r") == [Answered({"name": "Anna"})]
    assert router().badge(NUMBER) == [Act(ApproveBadge(NUMBER))]


def test_a_badge_that_is_typed_needs_no_pin_and_a_name_does() -> None:
    approving = in_task(supervisor_form("Approve"))
    assert feed(approving, f"{NUMBER}\r\r")[-1] == Answered({"user": NUMBER, "pin": "", BADGE: NUMBER})
    named = in_task(supervisor_form("Approve"))
    assert Refused("field_needed", "PIN") in feed(named, "chef\r\r")


def test_it_waits_behind_a_payment_like_a_key_and_keeps_its_place() -> None:
    till = router()
    assert feed(till, "+") == [AskPayment()]
    assert till.scanned(EAN) == []
    assert feed(till, "17\r") == []
    assert till.badge(NUMBER) == []
    assert till.resolve(Mode.SALE) == [Act(Scan(EAN)), Act(Scan("17")), Act(ApproveBadge(NUMBER))]


def test_too_many_are_told() -> None:
    till = router()
    feed(till, "+")
    assert [till.scanned(EAN) for _ in range(HELD_KEYS)] == [[]] * HELD_KEYS
    assert till.scanned(EAN) == [Refused("too_fast")]


def test_the_lf_behind_a_typed_cr_is_still_none_and_an_enter_after_a_code_is_one() -> None:
    till = router()
    feed(till, "17\r")
    assert till.scanned(EAN) == [Act(Scan(EAN))]
    assert feed(till, "+") == [AskPayment()]


@given(st.text(max_size=60) | st.just("x" * (MAX_ENTRY + 1)), st.sampled_from([Mode.SALE, Mode.TENDER]))
def test_whatever_a_device_says_it_is_no_money_and_nothing_is_typed(read: str, mode: Mode) -> None:
    till = router(mode)
    intents: list[Intent] = till.scanned(read)
    assert len(intents) == 1
    assert not (isinstance(intents[0], Act) and isinstance(intents[0].command, Pay))
    assert till.entry.empty
    if not read or len(read) > MAX_ENTRY:
        assert intents == [Refused("unreadable")]


# -- the till


@pytest.fixture
def staffed(shop: Shop) -> Shop:
    """With a cashier and a supervisor, each with a badge, and somebody whose time is over."""
    engine, keyed = shop.till.engine, shop.till.books.keyed
    hashed = {number: keyed(BADGES, number) or "" for number in (NUMBER, CHEFS, "0A0A0A0A")}
    engine.say([
        user_set(engine.network, "anna", "Anna Beispiel", ("cashier",), badge_hash=hashed[NUMBER]),
        user_set(engine.network, "chef", "Carl Muster", ("supervisor",), badge_hash=hashed[CHEFS],
                 pin_hash=pins.hashed("98765432")),
        user_set(engine.network, "alt", "Alt Gast", ("cashier",), badge_hash=hashed["0A0A0A0A"],
                 valid_until="2026-11-01"),
    ])  # fmt: skip
    return shop


@asynccontextmanager
async def till(shop: Shop, name: str | None = None) -> AsyncIterator[Walk]:
    async with walk(TillApp(dataclasses.replace(services(shop), login_as=name))) as walking:
        yield walking


async def reads(walking: Walk, shop: Shop, kind: str, what: str) -> None:
    """A device of the engine has read it."""
    for callback in shop.changed:
        callback(heard(kind, "hand", what))
    await walking.rest()


def audited(shop: Shop) -> list[tuple[str, str]]:
    entries = shop.till.engine.written
    return [(str(r.body["action"]), str(r.body["user"])) for r in entries if r.kind == AuditLogged.kind]


async def test_a_scan_is_rung_up_and_shown_and_in_a_list_it_is_refused_aloud(shop: Shop) -> None:
    async with till(shop) as walking:
        await reads(walking, shop, ports.SCANNER, BIRD_SEED)
        assert [line.barcode for line in shop.session.view().lines] == [BIRD_SEED]
        assert "4,99" in walking.text or "4.99" in walking.text
        await walking.press("/61\r")
        assert walking.app.router.mode is Mode.TASK
        await reads(walking, shop, ports.SCANNER, PEN)
        assert len(shop.session.view().lines) == 1
        assert PEN in walking.lines[-3]


@pytest.mark.parametrize(
    ("reason", "said"),
    [("partial", "did not come whole"), ("check_digit", "misread"), ("double", "counts once"), ("new", "again")],
)
async def test_scanner_partial_bad_check_digit_double_read_are_dropped_with_a_tone(
    shop: Shop, reason: str, said: str
) -> None:
    async with till(shop) as walking:
        bells: list[bool] = []
        walking.app.bell = lambda: bells.append(True)  # type: ignore[method-assign]
        await reads(walking, shop, ports.MISREAD, reason)
        assert said in walking.lines[-3]
        assert bells
        assert shop.session.view().lines == ()


async def test_a_badge_logs_in_approves_and_locks_nobody_out(staffed: Shop) -> None:
    async with till(staffed, "") as walking:
        await walking.press("an")
        await reads(walking, staffed, ports.BADGE_READER, NUMBER)
        assert (staffed.session.user, walking.app.router.mode) == ("anna", Mode.SALE)
        await reads(walking, staffed, ports.SCANNER, BIRD_SEED)
        await walking.press("50%")
        assert staffed.session.view().total_minor == 499
        await reads(walking, staffed, ports.BADGE_READER, CHEFS)
        await walking.press("50%")
        assert staffed.session.view().total_minor == 249
        await reads(walking, staffed, ports.BADGE_READER, NUMBER)
        assert "approve" in walking.lines[-3], "a cashier's own badge approves nothing"


async def test_badge_unknown_or_blocked_is_refused_and_logged(staffed: Shop) -> None:
    async with till(staffed, "") as walking:
        for number in ("0BADBAD0", "0A0A0A0A"):
            await reads(walking, staffed, ports.BADGE_READER, number)
            assert staffed.session.user == ""
            assert walking.app.router.mode is Mode.TASK
        assert audited(staffed) == [("login_failed", ""), ("login_failed", "alt")]
        await reads(walking, staffed, ports.SCANNER, BIRD_SEED)
        assert staffed.session.view().lines == (), "a locked till sells nothing"


async def test_a_supervisor_approves_on_the_spot_by_badge(staffed: Shop) -> None:
    async with till(staffed, "") as walking:
        await reads(walking, staffed, ports.BADGE_READER, NUMBER)
        await walking.press(f"{BIRD_SEED}\r/50\r")
        await reads(walking, staffed, ports.BADGE_READER, CHEFS)
        await walking.press("50%")
        assert staffed.session.view().total_minor == 249


async def test_what_a_reader_types_is_made_the_shops_number(staffed: Shop) -> None:
    app = TillApp(dataclasses.replace(services(staffed), login_as="", typed_badge=lambda typed: f"{int(typed):08X}"))
    async with walk(app) as walking:
        await walking.press(f"{int(NUMBER, 16)}\r")
        assert staffed.session.user == "anna"
