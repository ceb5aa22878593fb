"""The drawer's day: floats, payments in and out, counts, X and Z reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.books.questions.cash import AskDrawers
from app.books.questions.periods import AskPeriod
from app.facts.sales import CashCounted, CashMoved, ZReportClosed
from app.till.commands import (
    CashTransfer,
    Command,
    CountCash,
    OpeningFloat,
    Pay,
    PayIn,
    PayOut,
    Scan,
    SellVoucher,
    Training,
    VoidSale,
    XReport,
    ZReport,
)
from app.till.effects import Refuse, Reply
from app.till.ports import JournalRefused
from app.till.queries.every import Queries
from app.till.queries.reports import AskReport, AskReports
from tests.app.till.asking import done
from tests.app.till.asking import refusal as refused
from tests.app.till.fake_engine import DAY, FakeTill

OpenTill = Callable[..., FakeTill]
PEN, BIRD_SEED = "17", "0815"


async def sold(till: FakeTill, code: str = PEN, tender: str = "cash", amount: str | None = None) -> dict[str, Any]:
    await done(till, Scan(code))
    return await done(till, Pay(tender, amount))


def expected(till: FakeTill, z_no: int = 1, currency: str = "EUR") -> int:
    drawers = till.books.ask(AskDrawers(till.engine.till_no, z_no, "EUR"))
    return sum(drawer.expected_minor for drawer in drawers if drawer.currency == currency)


def z_nos(till: FakeTill) -> list[int]:
    return [record.body["z_no"] for record in till.engine.written if record.kind == ZReportClosed.kind]


async def test_the_drawer_is_what_went_in_and_out(till: FakeTill) -> None:
    assert (await done(till, OpeningFloat("100"))) == {
        "movement": "opening_float", "amount": "100.00", "currency": "EUR", "balance": "100.00", "z_no": 1,
    }  # fmt: skip
    await sold(till, amount="5")
    await sold(till, BIRD_SEED, tender="card")
    assert (await done(till, PayIn("20,00", "Kaffeekasse")))["balance"] == "120.89"
    assert (await done(till, PayOut("10", "Porto")))["balance"] == "110.89"
    assert (await done(till, CashTransfer("50")))["balance"] == "60.89"
    assert (await done(till, OpeningFloat("30", "chf")))["balance"] == "30.00"
    assert (expected(till), expected(till, currency="CHF")) == (6089, 3000)
    moved = [record.body for record in till.engine.written if record.kind == CashMoved.kind]
    assert [(body["movement"], body["amount_minor"]) for body in moved] == [
        ("opening_float", 10000), ("pay_in", 2000), ("pay_out", -1000), ("cash_transfer", -5000),
        ("opening_float", 3000),
    ]  # fmt: skip
    assert all((body["z_no"], body["business_day"], body["cashier"]) == (1, DAY, "anna") for body in moved)
    assert len(till.engine.documents) == 5, "each movement has its slip"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (PayIn("5", ""), "movement_reason_needed"),
        (PayOut("5", "  "), "movement_reason_needed"),
        (PayOut("0.01", "Porto"), "not_enough_cash"),
        (CashTransfer("0.01"), "not_enough_cash"),
        (PayIn("5", "x" * 101), "movement_reason_too_long"),
        (PayIn("5", "a\nb"), "movement_reason_too_long"),
        (PayIn("-5", "Porto"), "amount_negative"),
        (PayIn("0", "Porto"), "amount_zero"),
        (PayIn("1.234", "Porto"), "amount_too_many_decimals"),
        (PayIn("99999999", "Porto"), "amount_too_large"),
        (PayIn("viel", "Porto"), "amount_not_a_number"),
        (OpeningFloat("5", "XXX"), "no_such_currency"),
        (OpeningFloat("5", ""), "no_such_currency"),
        (CountCash({}), "nothing_counted"),
        (CountCash({"EUR": {"3": 1}}), "counted_denomination"),
        (CountCash({"EUR": {"viel": 1}}), "counted_denomination"),
        (CountCash({"EUR": {"-5": 1}}), "counted_denomination"),
        (CountCash({"EUR": {"5": -1}}), "counted_pieces"),
        (CountCash({"EUR": {"5": 100_000}}), "counted_pieces"),
        (CountCash({"EUR": {"500": 99_999}}), "counted_too_large"),
        (CountCash({"Taler": {"5": 1}}), "no_such_currency"),
        (ZReport({}), "nothing_counted"),
        (ZReport({"EUR": 5}), "counted_unreadable"),
        (ZReport({"EUR": {"5": "1"}}), "counted_pieces"),
        (ZReport({"EUR": {"5": True}}), "counted_pieces"),
        (ZReport({"EUR": "-5"}), "amount_negative"),
        (ZReport({"XXX": "5"}), "no_such_currency"),
        (XReport("shop"), "unknown_scope"),
        (XReport(date="gestern"), "bad_date"),
        (XReport(z_no="2"), "unknown_z_report"),
        (XReport(z_no="0"), "unknown_z_report"),
        (XReport(z_no="eins"), "unknown_z_report"),
        (XReport("network", z_no="1"), "z_no_or_day"),
        (XReport(z_no="1", date=DAY), "z_no_or_day"),
        (XReport("network", counted={"EUR": "5"}), "counted_only_now"),
        (XReport(date=DAY, counted={"EUR": "5"}), "counted_only_now"),
        (XReport("network", print_=True), "print_only_now"),
        (XReport(date=DAY, print_=True), "print_only_now"),
    ],
)
async def test_slips_are_refused_and_leave_all_as_it_was(till: FakeTill, command: Command, code: str) -> None:
    written = len(till.engine.written)
    assert (await refused(till, command)).code == code
    assert len(till.engine.written) == written


async def test_a_count_tells_the_difference_and_moves_nothing(till: FakeTill) -> None:
    await done(till, OpeningFloat("100"))
    answer = await done(till, CountCash({"EUR": {"50": 1, "20": 2, "0,50": 3}, "CHF": {"10": 1}}))
    assert answer == {
        "z_no": 1,
        "drawers": [
            {
                "currency": "EUR", "expected": "100.00", "counted": "91.50", "difference": "-8.50",
                "pieces": {"50.00": 1, "20.00": 2, "0.50": 3},
            },
            {
                "currency": "CHF", "expected": "0.00", "counted": "10.00", "difference": "10.00",
                "pieces": {"10.00": 1},
            },
        ],
    }  # fmt: skip
    assert expected(till) == 10000
    assert [record.kind for record in till.engine.written][-1] == CashCounted.kind


async def test_an_x_report_has_all_figures_and_closes_nothing(till: FakeTill) -> None:
    await done(till, OpeningFloat("100"))
    await sold(till, amount="10")
    await sold(till, BIRD_SEED, tender="card")
    await done(till, SellVoucher("25"))
    code = (await done(till, Pay()))["vouchers"][0]
    assert code
    await done(till, Scan(PEN))
    await done(till, VoidSale())
    answer = await done(till, XReport())
    assert answer["gross"] == "30.88"
    assert (answer["receipts"], answer["aborted"], answer["returns"], answer["voids"]) == (3, 1, 0, 0)
    assert (answer["first_receipt_no"], answer["last_receipt_no"]) == ("1-000001", "1-000003")
    assert [(row["vat_key"], row["gross"]) for row in answer["by_vat"]] == [("", "25.00"), ("1", "0.89"), ("2", "4.99")]
    assert answer["by_tender"] == [
        {"tender": "card", "currency": "EUR", "count": 1, "amount": "4.99", "foreign": None},
        {"tender": "cash", "currency": "EUR", "count": 2, "amount": "25.89", "foreign": None},
    ]
    assert answer["business_cases"] == [
        {"business_case": "sale", "count": 2, "amount": "5.88"},
        {"business_case": "voucher_sale", "count": 1, "amount": "25.00"},
    ]
    assert answer["article_groups"] == [
        {"article_group": "", "count": 1, "amount": "0.89"},
        {"article_group": "Futter", "count": 1, "amount": "4.99"},
    ]
    assert answer["movements"] == [{"movement": "opening_float", "currency": "EUR", "count": 1, "amount": "100.00"}]
    assert answer["drawers"] == [
        {"currency": "EUR", "expected": "125.89", "counted": None, "difference": None, "pieces": {}}
    ]
    assert (answer["vouchers_sold"], answer["z_no"], answer["closed"]) == ("25.00", 1, False)
    assert z_nos(till) == []
    counted = await done(till, XReport(counted={"EUR": "125.00"}))
    assert counted["drawers"][0]["difference"] == "-0.89"
    assert (await done(till, XReport(date=DAY)))["gross"] == "30.88"
    assert (await done(till, XReport(date="2020-01-01")))["receipts"] == 0


async def test_a_z_report_closes_the_period_and_the_drawer_carries_over(till: FakeTill) -> None:
    await done(till, OpeningFloat("100"))
    await sold(till)
    answer = await done(till, ZReport({"EUR": "100.50"}))
    assert (answer["z_no"], answer["gross"], answer["receipts"]) == (1, "0.89", 1)
    assert answer["difference"] == {"EUR": "-0.39"}
    assert (answer["cashier"], answer["business_day"], answer["till_no"]) == ("anna", DAY, 1)
    assert {row["movement"]: row["amount"] for row in answer["movements"]} == {
        "difference": "-0.39", "opening_float": "100.00",
    }  # fmt: skip
    assert isinstance(till.engine.documents[-1], ZReportClosed)
    assert (expected(till, 1), expected(till, 2)) == (10089, 10050)
    nothing = await done(till, XReport())
    assert (nothing["z_no"], nothing["receipts"], nothing["gross"]) == (2, 0, "0.00")
    await sold(till, BIRD_SEED)
    assert (await done(till, XReport()))["gross"] == "4.99"
    again = await done(till, XReport(z_no="1"))
    assert (again["gross"], again["closed"]) == ("0.89", True)
    second = await done(till, ZReport())
    assert (second["z_no"], second["gross"], second["difference"]) == (2, "4.99", {})
    assert second["drawers"][0]["expected"] == "105.49"
    assert z_nos(till) == [1, 2]


async def test_a_day_end_without_receipts_is_one(till: FakeTill) -> None:
    answer = await done(till, ZReport())
    assert (answer["z_no"], answer["receipts"], answer["first_receipt_no"]) == (1, 0, None)


async def test_a_day_end_waits_for_the_open_sale(till: FakeTill) -> None:
    await done(till, Scan(PEN))
    assert (await refused(till, ZReport())).code == "sale_open"
    await done(till, Pay())
    assert (await done(till, ZReport()))["z_no"] == 1


async def test_counted_pieces_are_on_the_z_report(till: FakeTill) -> None:
    await done(till, OpeningFloat("100"))
    answer = await done(till, ZReport({"EUR": {"50": 2}, "CHF": "10"}))
    assert answer["drawers"] == [
        {"currency": "EUR", "expected": "100.00", "counted": "100.00", "difference": "0.00", "pieces": {"50.00": 2}},
        {"currency": "CHF", "expected": "0.00", "counted": "10.00", "difference": "10.00", "pieces": {}},
    ]
    assert (expected(till, 2), expected(till, 2, "CHF")) == (10000, 1000)


async def test_what_a_z_report_says_is_what_the_books_sum_up_to(till: FakeTill) -> None:
    await done(till, OpeningFloat("100"))
    await sold(till)
    await done(till, ZReport({"EUR": "99"}))
    stored = till.engine.documents[-1]
    assert isinstance(stored, ZReportClosed)
    assert till.books.ask(AskPeriod(1, "EUR", z_no=1)) == stored.figures


async def test_after_a_crash_the_period_goes_on(till: FakeTill) -> None:
    await sold(till)
    await done(till, ZReport())
    again = till.restarted()
    await sold(again)
    assert (await done(again, ZReport()))["z_no"] == 2
    lost = again.engine
    lost.lose_answer = True
    assert (await refused(again, ZReport())).code == "engine_gone"
    assert (await done(again, XReport()))["z_no"] == 4, "the Z report whose answer was lost counts"
    lost.refusals.append(JournalRefused("disk_full"))
    assert (await refused(again, ZReport())).code == "disk_full"
    assert (await done(again, ZReport()))["z_no"] == 4
    assert z_nos(again) == [1, 2, 3, 4]


async def test_any_till_sees_the_figures_of_all(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    await done(one, OpeningFloat("100"))
    await sold(one)
    await done(one, ZReport())
    await sold(one)
    await sold(two, BIRD_SEED)
    for till in (one, two):
        answer = await done(till, XReport("network"))
        assert (answer["gross"], answer["receipts"]) == ("5.88", 2)
        assert [(row["till_no"], row["z_no"], row["gross"]) for row in answer["tills"]] == [
            (1, 2, "0.89"), (2, 1, "4.99"),
        ]  # fmt: skip
        assert answer["drawers"][0]["expected"] == "106.77"
    day = await done(two, XReport("network", date=DAY))
    assert (day["gross"], day["receipts"], day["drawers"]) == ("6.77", 3, [])


async def test_z_reports_are_listed_and_shown_again(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    await sold(one)
    closed = await done(one, ZReport())
    await done(two, ZReport())
    listed = await Queries(two.runner).ask(AskReports("network"))
    assert isinstance(listed, Reply)
    assert [(row["till_no"], row["z_no"], row["gross"]) for row in listed.fields["z_reports"]] == [
        (2, 1, "0.00"), (1, 1, "0.89"),
    ]  # fmt: skip
    shown = await Queries(two.runner).ask(AskReport(1, till_no=1))
    assert isinstance(shown, Reply)
    assert {**shown.fields, "parked": 0} == closed
    unknown = await Queries(two.runner).ask(AskReport(7))
    assert isinstance(unknown, Refuse)
    assert unknown.code == "unknown_z_report"


@pytest.mark.parametrize("training", [False, True])
async def test_an_x_report_on_paper_journals_nothing_and_leaves_the_open_sale(till: FakeTill, training: bool) -> None:
    await done(till, Scan("17"))
    await done(till, Pay())
    await done(till, Training(on=training))
    await done(till, Scan("17"))
    written, kept = len(till.engine.written), till.engine.kept_text
    answer = await done(till, XReport(counted={"EUR": "1"}, print_=True))
    (paper,) = till.engine.documents
    assert isinstance(paper, ZReportClosed)
    assert (paper.z_no, paper.z_report_no, paper.figures.gross_minor) == (0, "", 89)
    assert paper.figures.drawers[0].counted_minor == 100
    assert (answer["gross"], answer["closed"]) == ("0.89", False)
    assert (len(till.engine.written), till.engine.kept_text) == (written, kept)
    assert (await done(till, XReport()))["z_no"] == 1
    assert len(till.engine.documents) == 1


async def test_an_x_report_that_the_disk_does_not_take_for_printing_is_refused(till: FakeTill) -> None:
    till.engine.refusals = [JournalRefused("disk_full", "voll")]
    assert (await refused(till, XReport(print_=True))).code == "disk_full"
