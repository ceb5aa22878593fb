"""Claims that not every till confirmed, at the keyboard: asked, overridden, waited for, given up."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import text
from app.domain.claim_policy import Policy
from app.facts.circulation import ClaimCoverage
from app.screens.dialogue import Dialogue
from app.screens.functions import Mode
from app.screens.intents import Act, Again, GiveUpClaim, Refused, Settle
from app.screens.keys import Keymap
from app.screens.router import Router
from app.screens.till.app import TillApp
from app.till import pins
from app.till.commands import Login, Pay, Redeem, Scan, SellVoucher
from app.till.effects import Override, Reply
from app.till.ports import claiming
from tests.app.screens.standin import BIRD_SEED, LEASH, PEN, Shop, services
from tests.app.screens.walking import walk
from tests.app.till.fake_engine import FakeAnswer, make_till, user_set

ASKED = "1 of 2 tills confirmed, Kasse 5 not reachable."
GO_ON = "Go on without them? Enter yes, Esc no"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Till 3, with a limit of 5.00 a day for a voucher, and a till 5 that cannot be reached."""
    made = Shop(tmp_path / "3", {"voucher": Policy("limit", 500)})
    make_till(made.network, tmp_path / "5", 5)
    yield made
    made.close()


@pytest.fixture
def app(shop: Shop) -> TillApp:
    text.use("en")
    return TillApp(services(shop))


async def cut_off(shop: Shop) -> str:
    """A voucher of 50.00, and nobody else to be heard."""
    await shop.till.runner.run(SellVoucher("50.00"))
    paid = await shop.till.runner.run(Pay())
    assert isinstance(paid, Reply)
    shop.till.engine.connected = False
    return str(paid.fields["vouchers"][0])


def coverage_of(shop: Shop) -> list[tuple[int, int, str, str]]:
    """Of the last receipt."""
    return [(row.promised, row.of, row.override_by, row.override_reason) for row in shop.receipts[-1].coverage]


# -- at the keyboard -----------------------------------------------------------------------------


async def test_the_cashier_sees_who_is_missing_before_anything_is_used_and_goes_on(shop: Shop, app: TillApp) -> None:
    code = await cut_off(shop)
    async with walk(app) as till:
        await till.press(f"{BIRD_SEED}\r+{code}\r")
        assert ASKED in till.lines[-3]
        assert GO_ON in till.lines[-2]
        assert shop.session.view().due_minor == 499
        await till.press("\r")
        assert till.app.router.mode is Mode.SALE
        assert "Receipt 3-000124" in till.text
    assert coverage_of(shop) == [(0, 1, "", "")]


async def test_escape_leaves_the_sale_as_it_was(shop: Shop, app: TillApp) -> None:
    code = await cut_off(shop)
    async with walk(app) as till:
        await till.press(f"{BIRD_SEED}\r+{code}\r")
        await till.press("\x1b")
        assert till.app.router.mode is Mode.TENDER
        await till.press("500+")
        assert "Receipt 3-000124, change 0.01" in till.text
    assert coverage_of(shop) == []


async def test_keys_typed_before_the_question_was_seen_are_no_answer_and_wait(shop: Shop, app: TillApp) -> None:
    code = await cut_off(shop)
    shop.delay_s = 0.02
    async with walk(app) as till:
        await till.press(f"{BIRD_SEED}\r+")
        await till.press(f"{code}\r{LEASH}\r")
        assert GO_ON in till.lines[-2], "the Enter of the scan is no yes"
        await till.press(f"{PEN}\r")
        assert "First answer the question" in till.lines[-3]
        assert shop.commands[-1] == Redeem(code)
        await till.press("\r")
        assert "Hundeleine" in till.text, "what was typed ahead comes after the answer"
    assert shop.commands[-2:] == [Redeem(code), Scan(LEASH)]
    assert coverage_of(shop) == [(0, 1, "", "")]


async def test_where_nobody_logs_in_only_the_reason_is_asked(shop: Shop, app: TillApp) -> None:
    code = await cut_off(shop)
    async with walk(app) as till:
        await till.press(f"2*{BIRD_SEED}\r+{code}\r")
        assert "Without Kasse 5 at most 5.00 today; more needs a supervisor." in till.lines[-3]
        assert "Use it all the same, because" in till.lines[-2]
        await till.press("\r")
        assert "First type why" in till.lines[-3]
        await till.press("Stammkundin, kenne ich/A-1\r")
        assert till.app.router.mode is Mode.SALE
    assert coverage_of(shop) == [(0, 1, "anna", "Stammkundin, kenne ich/A-1")]


async def test_a_supervisor_overrides_with_her_pin_which_nobody_sees(shop: Shop, app: TillApp) -> None:
    code = await cut_off(shop)
    shop.till.engine.say(
        [
            user_set(shop.network, "anna", "Anna", roles=("cashier",), pin_hash=pins.hashed("1111")),
            user_set(shop.network, "eva", "Eva", roles=("supervisor",), pin_hash=pins.hashed("2222")),
        ]
    )
    await shop.till.runner.run(Login("anna", "1111"))
    async with walk(app) as till:
        await till.press(f"2*{BIRD_SEED}\r+{code}\r")
        assert "Supervisor (Enter: myself, Esc: no)" in till.lines[-2]
        await till.press("\rwill ich\r")
        assert "use without confirmation" in till.lines[-3]
        await till.press(f"{code}\r")
        await till.press("eva\r2222")
        assert "****" in till.lines[-2]
        assert "2222" not in till.text
        await till.press("\rStammkundin\r")
        assert till.app.router.mode is Mode.SALE
    assert coverage_of(shop) == [(0, 1, "eva", "Stammkundin")]


async def test_a_claim_that_takes_a_while_is_seen_and_can_be_given_up(shop: Shop, app: TillApp) -> None:
    code = await cut_off(shop)
    given_up, nobody = asyncio.Event(), ClaimCoverage(complete=False, promised=(), missing=())

    async def waiting(*_resources: str) -> FakeAnswer:
        for listener in shop.changed:
            listener(claiming(6, 8))
        await given_up.wait()
        return FakeAnswer("", granted=False, coverage=nobody, reason="cancelled")

    async def cancelled() -> None:
        given_up.set()

    shop.till.engine.claim, shop.till.engine.cancel_claims = waiting, cancelled  # type: ignore[method-assign]
    async with walk(app) as till:
        await till.press(f"{BIRD_SEED}\r+")
        app.post_message(key_of("7"))
        typing = asyncio.create_task(till.press(f"\b{code}\r{PEN}"))
        for _ in range(1_000):
            await asyncio.sleep(0.02)
            if "Asking the tills: 6 of 8" in till.text:
                break
        assert "Asking the tills: 6 of 8 have confirmed. Esc gives it up." in till.text
        app.post_message(key_of("escape"))
        await typing
        assert "Cancelled: nothing was used." in till.lines[-3]
        assert till.app.router.entry.text == PEN, "what was typed meanwhile is there"
    assert shop.session.view().due_minor == 499


def key_of(name: str) -> object:
    from textual import events

    return events.Key(name, name if len(name) == 1 else None)


# -- the router alone ----------------------------------------------------------------------------


def asked(dialogue: Dialogue, ahead: str = "") -> Router:
    """A router whose payment turned into a question, with keys that were typed ahead."""
    made = Router(Keymap({}))
    typed(made, "+")
    made.resolve(Mode.TENDER)
    assert typed(made, "+") == [Settle(Pay())]
    typed(made, ahead)
    made.question(dialogue)
    return made


def typed(router: Router, keys: str) -> list[object]:
    named = {"\r": "enter", "\x1b": "escape", " ": "space"}
    return [intent for key in keys for intent in router.feed(named.get(key, key), key)]


def test_yes_does_it_again_and_only_then_come_the_keys_typed_ahead() -> None:
    router = asked(Dialogue(override=False, login=False), "17\r")
    assert typed(router, "\r") == [Again()]
    assert router.waiting
    assert router.resolve(Mode.SALE) == [Act(Scan("17"))]


def test_an_enter_pressed_twice_on_the_question_does_not_pay_the_rest() -> None:
    router = asked(Dialogue(override=False, login=False))
    assert typed(router, "\r") == [Again()]
    assert typed(router, "\r") == []
    assert router.resolve(Mode.TENDER) == []
    assert typed(router, "\r") == [Settle(Pay())], "the next one is a key of its own"
    router = asked(Dialogue(override=False, login=False))
    typed(router, "\r500\r")
    assert router.resolve(Mode.TENDER) == [Settle(Pay(amount="5.00"))], "an amount typed meanwhile counts"


def test_no_lets_the_keys_typed_ahead_go_on_where_they_were_meant() -> None:
    router = asked(Dialogue(override=True, login=True), "20\r")
    typed(router, "eva\r12\x1b")
    assert router.mode is Mode.QUESTION, "the first Esc clears what was typed"
    assert typed(router, "\x1b") == [Settle(Pay(amount="0.20"))]


@pytest.mark.parametrize("key", ["f1", "ctrl+n", "ctrl+x", "f3", "f8"])
def test_no_other_function_works_while_something_is_asked(key: str) -> None:
    router = asked(Dialogue(override=False, login=False))
    answer = router.feed(key, None)
    assert all(isinstance(intent, Refused) for intent in answer), answer
    assert answer
    assert typed(router, "\r") == [Again()]


def test_whoever_overrides_says_who_and_why_and_an_empty_pin_is_none() -> None:
    router = asked(Dialogue(override=True, login=True))
    assert typed(router, "eva\r\r") == [Refused("pin_first")]
    assert typed(router, "2222\rso 4-5/6\r") == [Again(Override("so 4-5/6", "eva", "2222"))]


def test_whoever_overrides_may_hold_a_badge_to_the_reader_instead() -> None:
    for typed_before in ("", "ev", "eva\r", "eva\r12"):
        router = asked(Dialogue(override=True, login=True))
        typed(router, typed_before)
        assert router.badge("04A1B2C3") == []
        assert router.badge("04A1B2C3") == [Refused("answer_first")], "why is still missing"
        assert typed(router, "Stammkundin\r") == [Again(Override("Stammkundin", badge="04A1B2C3"))]
    alone = asked(Dialogue(override=False, login=False))
    assert alone.badge("04A1B2C3") == [Refused("answer_first")]


def test_escape_gives_up_a_claim_only_while_one_takes_its_time() -> None:
    router = Router(Keymap({}))
    typed(router, "+")
    assert typed(router, "\x1b") == []
    router.claiming = True
    assert typed(router, "\x1b") == [GiveUpClaim()]
