"""What a cashier can do, command by command, on real books and a fake engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from app.books.questions.articles import FindForSale
from app.books.questions.periods import AskLastZ
from app.domain.claim_policy import ALLOW
from app.domain.instant import Moment
from app.domain.reference import Reference
from app.domain.voucher import code_from
from app.facts.circulation import ClaimCoverage
from app.till.commands import Command, Pay, Redeem, Scan, SellVoucher, UndoPayment, VoidLine, VoidSale
from app.till.completing import TillIdentity
from app.till.effects import Do, Journalled, Look, Refuse, ReleaseClaim, Seen
from app.till.ports import JournalRefused
from app.till.session import OpenSaleUnreadable, Session, SessionBusy
from tests.app.till.asking import done
from tests.app.till.asking import refusal as refused
from tests.app.till.fake_engine import DAY, WALL_MS, FakeAnswer, FakeNetwork, FakeTill

UNKNOWN = code_from(bytes(32))
MISTYPED = UNKNOWN[:5] + ("7" if UNKNOWN[5] != "7" else "8") + UNKNOWN[6:]
BIRD_SEED, PEN, LOOSE, OPEN_PRICE = "4006381333931", "17", "4711", "99"
OpenTill = Callable[..., FakeTill]


async def voucher_of(till: FakeTill, value: str, **more: Any) -> str:
    await done(till, SellVoucher(value, **more))
    (code,) = (await done(till, Pay()))["vouchers"]
    assert isinstance(code, str)
    return code


# -- selling -------------------------------------------------------------------------------------


async def test_a_cash_sale_with_change(till: FakeTill) -> None:
    assert (await done(till, Scan(BIRD_SEED))) == {
        "line": 1, "name": "Vogelfutter 1 kg", "quantity": "1", "price": "4.99", "total": "4.99",
    }  # fmt: skip
    assert (await done(till, Scan(PEN, quantity="3")))["total"] == "7.66"
    assert (await done(till, Pay(amount="20.00"))) == {
        "due": "0.00", "receipt_no": "1-000001", "total": "7.66", "change": "12.34", "vouchers": [],
    }  # fmt: skip
    view = till.runner.view()
    assert (view.lines, view.total_minor, view.change_minor, view.next_receipt_no) == ((), 0, 1234, "1-000002")
    stored = till.books.receipt("1-000001")
    assert stored is not None
    receipt = stored.receipt
    assert till.engine.printed == [receipt] == [view.last]
    assert [(row.tender, row.role, row.amount_minor) for row in receipt.tenders] == [
        ("cash", "payment", 2000),
        ("cash", "change", -1234),
    ]
    assert [(row.vat_key, row.gross_minor, row.net_minor, row.tax_minor) for row in receipt.tax_table] == [
        ("1", 267, 224, 43),
        ("2", 499, 466, 33),
    ]
    assert receipt.business_day == DAY
    assert till.engine.kept_text is None


async def test_articles_by_ident_barcode_and_upc(till: FakeTill) -> None:
    assert (await done(till, Scan("0815")))["name"] == "Vogelfutter 1 kg"
    assert (await done(till, Scan("036000291452")))["name"] == "Kugelschreiber blau"
    assert (await done(till, Scan("0036000291452")))["name"] == "Kugelschreiber blau"
    assert (await done(till, Scan(LOOSE, quantity="1,25")))["total"] == "16.65"
    assert (await done(till, Scan(OPEN_PRICE, price="1,99")))["price"] == "1.99"
    assert (await done(till, Scan(PEN, price="0.50")))["price"] == "0.50"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Scan("4006381333948"), "unknown_article"),
        (Scan("4006381333932"), "wrong_check_digit"),
        (Scan("gibtsnicht"), "unknown_article"),
        (Scan(""), "bad_code"),
        (Scan("zwei worte"), "bad_code"),
        (Scan(BIRD_SEED, quantity="0"), "quantity_zero"),
        (Scan(BIRD_SEED, quantity="1000000"), "quantity_too_large"),
        (Scan(BIRD_SEED, quantity="-1"), "quantity_not_a_number"),
        (Scan(BIRD_SEED, quantity="1.2345"), "quantity_too_many_decimals"),
        (Scan(BIRD_SEED, price="1.234"), "price_too_many_decimals"),
        (Scan(BIRD_SEED, price="-1"), "price_negative"),
        (Scan(BIRD_SEED, price="viel"), "price_not_a_number"),
        (Scan(BIRD_SEED, price="99999999"), "price_too_large"),
        (Scan(OPEN_PRICE), "price_needed"),
        (SellVoucher("0"), "value_zero"),
        (SellVoucher("1.234"), "value_too_many_decimals"),
        (SellVoucher("10", kind="magic"), "unknown_voucher_kind"),
        (SellVoucher("10", kind="single_purpose"), "vat_key_needed"),
        (SellVoucher("10", kind="single_purpose", vat_key="77"), "unknown_vat_key"),
        (SellVoucher("10", expires="31.12.2026"), "bad_date"),
        (SellVoucher("10", expires="2026-11-20"), "date_passed"),
        (Pay(), "empty_sale"),
        (Redeem(UNKNOWN), "empty_sale"),
        (VoidLine("1"), "no_sale"),
        (VoidSale(), "no_sale"),
        (UndoPayment(), "no_sale"),
    ],
)
async def test_slips_are_refused_one_by_one(till: FakeTill, command: Command, code: str) -> None:
    assert (await refused(till, command)).code == code


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Pay(tender="shells"), "unknown_tender"),
        (Pay(currency="XXX"), "unknown_currency"),
        (Pay(currency="CHF"), "no_exchange_rate"),
        (Pay(amount="0"), "amount_zero"),
        (Pay(amount="5.001"), "amount_too_many_decimals"),
        (Pay(tender="card", amount="5.00"), "more_than_due"),
        (VoidLine("2"), "unknown_line"),
        (VoidLine("-1"), "unknown_line"),
        (UndoPayment(), "no_payment"),
        (Redeem(MISTYPED), "mistyped_voucher"),
        (Redeem("7K3M9QXA0PWT"), "mistyped_voucher"),
        (Redeem(UNKNOWN), "unknown_voucher"),
    ],
)
async def test_slips_while_paying(till: FakeTill, command: Command, code: str) -> None:
    await done(till, Scan(BIRD_SEED))
    try:
        assert (await refused(till, command)).code == code
    finally:
        assert (await done(till, Pay()))["total"] == "4.99"


async def test_lines_are_voided_by_the_number_they_were_answered_with(till: FakeTill) -> None:
    for code in (BIRD_SEED, PEN, LOOSE):
        await done(till, Scan(code))
    assert (await done(till, VoidLine("1")))["total"] == "8.79"
    assert (await refused(till, VoidLine("1"))).code == "unknown_line"
    assert (await done(till, VoidLine("3")))["total"] == "0.89"
    assert (await done(till, Scan(BIRD_SEED)))["line"] == 4
    await done(till, Pay())
    stored = till.books.receipt("1-000001")
    assert stored is not None
    assert [(line.line, line.name) for line in stored.receipt.lines] == [
        (1, "Kugelschreiber blau"),
        (2, "Vogelfutter 1 kg"),
    ]


async def test_payments_in_parts_and_taken_back(till: FakeTill) -> None:
    await done(till, Scan(LOOSE))
    assert (await done(till, Pay(amount="2.00"))) == {"due": "5.90", "line": 2}
    assert (await done(till, Pay(tender="card", amount="3.00"))) == {"due": "2.90", "line": 3}
    assert (await refused(till, VoidLine("1"))).code == "paid_more_than_left"
    assert (await done(till, UndoPayment()))["due"] == "5.90"
    assert (await done(till, VoidLine("2")))["due"] == "7.90"
    assert (await done(till, Pay(tender="card")))["change"] == "0.00"


async def test_a_free_sale_needs_no_money(till: FakeTill) -> None:
    await done(till, Scan(PEN, price="0"))
    assert (await done(till, Pay()))["total"] == "0.00"


async def test_a_voided_sale_is_journalled_and_uses_up_no_number(till: FakeTill) -> None:
    await done(till, Scan(BIRD_SEED))
    assert await done(till, VoidSale()) == {"total": "0.00", "due": "0.00"}
    assert [record.kind for record in till.engine.written if record.feed.topic == "sales"] == ["sale.aborted/1"]
    await done(till, Scan(BIRD_SEED))
    assert (await done(till, Pay()))["receipt_no"] == "1-000001"


async def test_a_receipt_that_is_full_is_refused_before_it_cannot_be_journalled(till: FakeTill) -> None:
    for _ in range(200):
        await done(till, Scan(PEN))
    assert (await refused(till, Scan(PEN))).code == "sale_full"
    assert (await done(till, Pay()))["total"] == "178.00"
    body = next(record.body for record in till.engine.written if record.kind == "receipt.completed/1")
    assert len(msgspec.json.encode(body)) < 64_000


# -- vouchers ------------------------------------------------------------------------------------


async def test_a_voucher_sold_here_is_taken_there_in_parts(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    code = await voucher_of(one, "10.00")
    await done(two, Scan(BIRD_SEED))
    taken = await done(two, Redeem(code))
    assert taken["redeemed"] == taken["total"] == "4.99"
    assert (taken["balance"], taken["due"], taken["change"]) == ("5.01", "0.00", "0.00")
    assert taken["receipt_no"] == "2-000001"
    assert taken["coverage"] == {"complete": True, "promised": [one.engine.member_id], "missing": []}
    await done(one, Scan(LOOSE))
    rest = await done(one, Redeem(code))
    assert (rest["redeemed"], rest["balance"], rest["due"]) == ("5.01", "0.00", "2.89")
    assert "receipt_no" not in rest
    assert (await done(one, Pay()))["total"] == "7.90"
    await done(two, Scan(PEN))
    third = await refused(two, Redeem(code))
    assert (third.code, third.values["balance"]) == ("voucher_used_up", "0.00")
    for till in (one, two):
        view = till.books.voucher(code)
        assert view is not None
        assert (view.state, view.balance_minor, view.redeemed_minor) == ("used_up", 0, 1000)
        assert till.books.overdraws() == []
    assert one.engine.released == ["1:1"]
    assert two.engine.released == ["2:1"]


async def test_a_voucher_sold_a_moment_ago_is_known_to_whoever_promises(
    open_till: OpenTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = open_till(1), open_till(2)
    two.engine.connected = False
    code = await voucher_of(one, "10.00")
    two.engine.connected = True
    ask = two.engine.claim

    async def ask_and_hear(resource: str) -> Any:
        two.engine.network.reconnect()  # a promise comes after everything that the promiser knows
        return await ask(resource)

    monkeypatch.setattr(two.engine, "claim", ask_and_hear)
    assert two.books.voucher(code) is None
    await done(two, Scan(LOOSE))
    assert (await done(two, Redeem(code)))["redeemed"] == "7.90"
    await done(two, Scan(LOOSE))
    assert (await refused(two, Redeem(UNKNOWN))).code == "unknown_voucher"
    assert len(two.engine.released) == 2


async def test_a_hold_counts_at_once_and_is_given_back_by_voiding(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    code = await voucher_of(one, "10.00")
    await done(one, Scan(LOOSE))
    held = await done(one, Redeem(code, amount="6.00"))
    await done(two, Scan(LOOSE))
    assert (await refused(two, Redeem(code, amount="5.00"))).values["balance"] == "4.00"
    assert (await done(one, VoidLine(str(held["line"]))))["due"] == "7.90"
    assert (await done(two, Redeem(code, amount="5.00")))["balance"] == "5.00"
    await done(two, VoidSale())
    assert (await done(one, Redeem(code)))["balance"] == "2.10"


async def test_one_mistyped_character_never_reaches_another_voucher(open_till: OpenTill) -> None:
    till = open_till(1)
    code = await voucher_of(till, "10.00")
    await done(till, Scan(PEN))
    wrong = code[:4] + ("A" if code[4] != "A" else "B") + code[5:]
    assert (await refused(till, Redeem(wrong))).code == "mistyped_voucher"
    assert till.engine.claimed == []
    shown = f"{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:]}".lower()
    assert (await done(till, Redeem(shown)))["redeemed"] == "0.89"


async def test_amounts_beyond_balance_or_due_are_refused(till: FakeTill) -> None:
    code = await voucher_of(till, "3.00")
    await done(till, Scan(PEN))
    assert (await refused(till, Redeem(code, amount="3.01"))).code == "voucher_balance"
    assert (await refused(till, Redeem(code, amount="2.00"))).values == {"due": "0.89"}
    assert (await refused(till, Redeem(code, amount="0"))).code == "amount_zero"
    await done(till, Scan(PEN, price="0"))
    assert (await done(till, Redeem(code, amount="0.89")))["receipt_no"] == "1-000002"


async def test_an_expired_voucher_is_refused_the_day_after(till: FakeTill) -> None:
    code = await voucher_of(till, "10.00", expires=DAY)
    await done(till, Scan(PEN))
    till.clock.day = "2026-11-22"
    assert (await refused(till, Redeem(code))).code == "voucher_expired"
    till.clock.day = DAY
    assert (await done(till, Redeem(code)))["redeemed"] == "0.89"


async def test_a_voucher_does_not_pay_for_itself(till: FakeTill) -> None:
    await done(till, SellVoucher("10.00"))
    code = till.runner.view().lines[0].voucher_code
    assert (await refused(till, Redeem(code))).code == "voucher_on_sale"


async def test_a_busy_voucher_is_refused(open_till: OpenTill, network: FakeNetwork) -> None:
    one, two = open_till(1), open_till(2)
    code = await voucher_of(one, "10.00")
    network.claims[f"voucher/{code}"] = "2:9"
    await done(one, Scan(PEN))
    assert (await refused(one, Redeem(code))).code == "voucher_busy"
    assert two.engine.connected


async def test_without_everybodys_promise_the_policy_decides(open_till: OpenTill) -> None:
    strict, lenient = open_till(1), open_till(2, "allow")
    code = await voucher_of(strict, "10.00")
    strict.engine.connected = False
    await done(strict, Scan(PEN))
    assert (await refused(strict, Redeem(code))).code == "voucher_unconfirmed"
    assert strict.engine.released == ["1:1"]
    await done(lenient, Scan(LOOSE))
    assert (await done(lenient, Redeem(code)))["coverage"]["complete"] is False


async def test_an_unanswered_claim_is_no_confirmation(till: FakeTill) -> None:
    code = await voucher_of(till, "10.00")
    till.engine.claim_answer = FakeAnswer("x", False, ClaimCoverage(False, (), ("b",)), "unanswered")
    await done(till, Scan(PEN))
    assert (await refused(till, Redeem(code))).code == "voucher_unconfirmed"


async def test_used_twice_in_a_partition_it_is_an_overdraw_that_every_till_sees(
    open_till: OpenTill, network: FakeNetwork
) -> None:
    one, two = open_till(1, "allow"), open_till(2, "allow")
    code = await voucher_of(one, "5.00")
    one.engine.connected = False
    for till in (one, two):
        await done(till, Scan(BIRD_SEED))
        assert (await done(till, Redeem(code)))["balance"] == "0.01"
    network.reconnect()
    for till in (one, two):
        (overdraw,) = till.books.overdraws()
        assert overdraw["amount"] == 498
        assert sorted(use["receipt_no"] for use in overdraw["uses"]) == ["1-000002", "2-000001"]
        assert [use["coverage"].complete for use in overdraw["uses"]] == [False, False]
    assert one.books.fingerprint() == two.books.fingerprint()


async def test_a_single_purpose_voucher_is_taxed_once(till: FakeTill) -> None:
    code = await voucher_of(till, "11.90", kind="single_purpose", vat_key="1")
    await done(till, Scan(BIRD_SEED))
    assert (await refused(till, Redeem(code))).code == "voucher_other_goods"
    await done(till, Scan(PEN))
    taken = await done(till, Redeem(code))
    assert (taken["redeemed"], taken["balance"], taken["due"]) == ("0.89", "11.01", "4.99")
    assert (await done(till, Pay()))["total"] == "4.99"
    turnover = till.books.turnover(None, None)
    assert turnover.gross_minor == 1190 + 499
    assert turnover.by_vat == (("1", 1900, 1190, 1000, 190), ("2", 700, 499, 466, 33))


# -- what is durable -----------------------------------------------------------------------------


async def test_a_full_disk_refuses_the_sale_before_the_drawer(till: FakeTill) -> None:
    await done(till, Scan(BIRD_SEED))
    till.engine.refusals.append(JournalRefused("disk_full", "no space left"))
    assert (await refused(till, Pay(amount="10"))).code == "disk_full"
    assert till.engine.printed == []
    assert (await done(till, Pay(amount="10")))["receipt_no"] == "1-000001"


async def test_a_claim_that_ran_out_before_the_disk_is_no_hold(till: FakeTill) -> None:
    code = await voucher_of(till, "10.00")
    await done(till, Scan(LOOSE))
    till.engine.refusals.append(JournalRefused("claim_expired"))
    assert (await refused(till, Redeem(code))).code == "claim_expired"
    assert till.engine.released == ["1:1"]
    assert (await done(till, Redeem(code)))["balance"] == "2.10"


async def test_after_a_crash_the_open_sale_and_its_hold_are_there_again(till: FakeTill) -> None:
    code = await voucher_of(till, "5.00")
    await done(till, Scan(LOOSE))
    await done(till, Redeem(code))
    before = till.runner.view()
    again = till.restarted()
    assert msgspec.structs.replace(again.runner.view(), last=before.last, change_minor=before.change_minor) == before
    assert (await done(again, Pay(amount="10")))["change"] == "7.10"
    view = again.books.voucher(code)
    assert view is not None
    assert (view.held_minor, view.redeemed_minor) == (0, 500)


async def test_an_answer_that_was_lost_doubles_nothing(till: FakeTill) -> None:
    await done(till, Scan(BIRD_SEED))
    till.engine.lose_answer = True
    assert isinstance(await till.runner.run(Pay()), Refuse)
    assert (await till.runner.run(Pay())) == Refuse("empty_sale")
    await done(till, Scan(PEN))
    assert (await done(till, Pay()))["receipt_no"] == "1-000002"
    assert till.books.turnover(1, None).gross_minor == 588


async def test_a_hold_whose_answer_was_lost_is_found_again(till: FakeTill) -> None:
    code = await voucher_of(till, "5.00")
    await done(till, Scan(LOOSE))
    till.engine.lose_answer = True
    assert isinstance(await till.runner.run(Redeem(code)), Refuse)
    assert (await done(till, Pay()))["total"] == "7.90"
    view = till.books.voucher(code)
    assert view is not None
    assert (view.balance_minor, view.held_minor, view.redeemed_minor) == (0, 0, 500)


async def test_numbers_go_on_where_the_books_are_after_recovery(till: FakeTill) -> None:
    await done(till, Scan(BIRD_SEED))
    await done(till, Pay())
    forgetful = till.restarted()
    forgetful.session._counter.next_sequence = 1
    await done(forgetful, Scan(PEN))
    forgetful.engine.refusals.append(JournalRefused("recovering"))
    assert isinstance(await forgetful.runner.run(Pay()), Refuse)
    assert (await done(forgetful, Pay()))["receipt_no"] == "1-000002"


# -- the machine itself --------------------------------------------------------------------------


def pure_session(open_sale: str | None = None) -> Session:
    return Session(TillIdentity(1, "m", "EUR"), 1, {}, open_sale)


NOW = Moment(WALL_MS, DAY)


def test_one_command_at_a_time() -> None:
    session = pure_session()
    assert session.handle(NOW, Do(Scan("1"), b"x" * 32)) == [Look(FindForSale("1", DAY, till_no=1))]
    with pytest.raises(SessionBusy):
        session.handle(NOW, Do(Scan("1"), b"x" * 32))
    assert session.handle(NOW, Seen(None)) == [Look(FindForSale("1", DAY, till_no=1), fresh=True)]
    assert session.handle(NOW, Seen(None)) == [Refuse("unknown_article", {"code": "1"})]
    with pytest.raises(SessionBusy):
        session.handle(NOW, Journalled())


def test_an_abandoned_command_leaves_nothing_behind() -> None:
    session = pure_session()
    session.handle(NOW, Do(Scan("1"), b"x" * 32))
    assert session.abandon() == []
    assert session.handle(NOW, Do(Pay(), b"x" * 32)) == [Refuse("empty_sale")]


async def test_an_abandoned_redemption_gives_its_claim_back(till: FakeTill) -> None:
    code = await voucher_of(till, "5.00")
    await done(till, Scan(LOOSE))

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the engine burns")

    append = till.engine.append
    till.engine.append = broken  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        await till.runner.run(Redeem(code))
    till.engine.append = append  # type: ignore[method-assign]
    assert till.engine.released == ["1:1"]
    assert (await done(till, Redeem(code)))["redeemed"] == "5.00"


def test_the_same_events_give_the_same_effects() -> None:
    def told() -> list[Any]:
        session = pure_session()
        out: list[Any] = [session.handle(NOW, Do(SellVoucher("5", expires="2027-01-01"), b"7" * 32))]
        out.append(session.handle(NOW, Do(Pay(), b"8" * 32)))
        while isinstance(asked := out[-1][-1], Look):
            out.append(session.handle(NOW, Seen(0 if asked.question == AskLastZ(1) else Reference())))
        out.append(session.handle(NOW, Journalled()))
        return out

    assert told() == told()
    assert not any(isinstance(effect, ReleaseClaim) for effects in told() for effect in effects)


def test_a_kept_sale_of_another_shape_is_named() -> None:
    with pytest.raises(OpenSaleUnreadable):
        pure_session('{"sale_id": 7}')


def test_a_policy_for_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no kind of resource: 'vouchers'"):
        Session(TillIdentity(1, "m", "EUR"), 1, {"vouchers": ALLOW})
