"""Each sin is committed in facts, through the books, and is found with its cause; an honest shop has no findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete

from app import text
from app.books.schema import CONTENTS, open_books
from app.books.tables.base import passed_over, positions
from app.facts.circulation import ClaimCoverage, ResourceHeld, ResourceUsed, VoucherIssued
from app.facts.sales import AuditLogged, CashCounted, CountedCash, ReceiptLine, SaleAborted
from app.office.audit import running, words
from app.office.audit.finding import Asked, Finding
from app.office.audit.running import Sight, audit
from tests.app.office.audit.sins import BEGIN, Writing, iso
from tests.postgres import Server

Found = Callable[..., list[Finding]]


@pytest.fixture(scope="module")
def on_server(postgres_server: Server) -> Iterator[Engine]:
    with postgres_server.database() as url:
        engine = open_books(url)
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Empty books; each sin is looked for in both."""
    if request.param == "sqlite":
        engine = open_books(tmp_path / "books.sqlite")
        yield engine
        engine.dispose()
    else:
        engine = request.getfixturevalue("on_server")
        with engine.begin() as connection:
            for table in reversed((positions, passed_over, *CONTENTS)):
                connection.execute(delete(table))
        yield engine


def names(finding: Finding, what: str = "receipt") -> list[str]:
    return [each.name for each in finding.evidence if each.what == what]


def only(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, [finding.cause for finding in findings]
    return findings[0]


def honest_day(shop: Writing) -> None:
    """Two tills sell, one voids and takes back with a receipt, both close without a difference."""
    shop.article("100", 300)
    for _ in range(5):
        shop.sell(1, 1000, "a", lines=(ReceiptLine(1, "sale", "Kaffee", 2000, "Stk", 500, 1000, ident_no="100"),))
        shop.sell(2, 700, "b", cashier="ben")
    back = ReceiptLine(1, "sale", "Kaffee", -1000, "Stk", 500, -500, reference="1-000001", reference_line=1)
    shop.sell(1, -500, lines=(back,))
    voided = ReceiptLine(1, "sale", "Kaffee", -2000, "Stk", 500, -1000)
    shop.sell(1, -1000, receipt_type="void", voids="1-000002", lines=(voided,))
    shop.move("pay_in", 1000)
    shop.close(1, 7, 3500)
    shop.close(1, 5, 3500, till_no=2, member="b")


def test_an_honest_day_has_no_findings(shop: Writing, database: Engine) -> None:
    honest_day(shop)
    shop.flush()
    result = audit(Sight(database), Asked())
    assert [finding.cause for finding in result.findings] == []
    assert len(result.checked) >= 13
    assert "nothing found" in words.summary(result)[0]


def test_a_missing_number_is_named(shop: Writing, found: Found) -> None:
    for number in (1, 2, 6, 7, 9):
        shop.sell(3, receipt_no=f"3-{number:06d}")
    first, second = sorted(found("number_gap"), key=lambda each: each.at)
    assert "3-000003 to 3-000005" in first.cause
    assert (first.severity, first.till_no, names(first)) == ("alarm", 3, ["3-000006"])
    assert second.cause == "number 3-000008 is missing before 3-000009"


def test_a_gap_before_a_number_that_is_there_twice_is_one_gap(shop: Writing, found: Found) -> None:
    for member in "ab":
        shop.sell(1, 100, member, receipt_no="1-000002")
    assert only(found("number_gap")).cause == "number 1-000001 is missing before 1-000002"


def test_the_beginning_of_a_range_may_be_missing_too(shop: Writing, found: Found) -> None:
    shop.sell(1, receipt_no="1-000003")
    assert "1-000001 to 1-000002" in only(found("number_gap")).cause


def test_ranges_and_generations_begin_where_they_begin(shop: Writing, found: Found) -> None:
    value = {"range_id": "r", "kind": "receipt", "till_no": 1, "prefix": "M/", "start": 500, "end": 599}
    shop.set("number_range", "r", value)
    for number in ("M/000500", "M/000501", "1-000001", "1-1000001", "1-1000002"):
        shop.sell(1, receipt_no=number)
    assert found("number_gap") == []
    shop.sell(1, receipt_no="M/000503")
    assert "M/000502" in only(found("number_gap")).cause
    shop.set("number_range", "r", value | {"start": 510})
    shop.sell(1, receipt_no="M/000510")
    assert len(found("number_gap")) == 1, "the rest of a range that was taken back is nobody's"


def test_a_raised_floor_is_a_note(shop: Writing, found: Found) -> None:
    for number in ("1-000001", "1-100001", "1-100002"):
        shop.sell(1, receipt_no=number)
    assert only(found("number_gap")).severity == "note"


def test_a_z_report_and_its_number_may_be_missing(shop: Writing, found: Found) -> None:
    shop.close(1, 0, 0)
    shop.close(3, 0, 0)
    causes = {finding.cause for finding in found("number_gap")}
    assert causes == {"number 1/Z2 is missing before 1/Z3", "number Z1-000002 is missing before Z1-000003"}


def test_a_number_that_two_disks_gave_out(shop: Writing, found: Found) -> None:
    shop.sell(1, 100, "a", receipt_no="1-000001")
    shop.sell(1, 200, "b", receipt_no="1-000001")
    shop.close(1, 1, 100)
    shop.close(1, 1, 200, member="b")
    by_name = {finding.evidence[0].name: finding for finding in found("number_double")}
    assert set(by_name) == {"1-000001", "1/Z1", "Z1-000001"}
    assert [each.member_id for each in by_name["1-000001"].evidence] == ["a", "b"]
    assert found("number_gap") == []


def test_a_receipt_after_its_z_report(shop: Writing, found: Found) -> None:
    shop.sell(1, 100)
    shop.close(1, 1, 100)
    shop.sell(1, 250)
    shop.move("pay_out", -50)
    causes = {finding.cause: names(finding) for finding in found("after_z")}
    assert sorted(map(len, causes.values())) == [0, 1]
    assert any("1-000002 over 2.50 EUR came after Z 1" in cause for cause in causes)
    assert "1 receipts, 1.00 EUR; in the books are 2, 3.50 EUR" in only(found("z_sums")).cause


def test_a_z_report_without_its_receipts(shop: Writing, found: Found) -> None:
    shop.close(1, 3, 900)
    assert "in the books are 0, 0.00 EUR" in only(found("z_sums")).cause


def test_a_z_report_with_another_count(shop: Writing, found: Found) -> None:
    shop.sell(1, 100)
    shop.close(1, 2, 100)
    assert "says 2 receipts, 1.00 EUR; in the books are 1, 1.00 EUR" in only(found("z_sums")).cause


def test_differences_of_the_drawer(shop: Writing, found: Found) -> None:
    shop.move("difference", -1250)
    at = iso(shop.now)
    drawers = (CountedCash("EUR", 1000, 1300, 300), CountedCash("CHF", 5, 5, 0))
    shop.say(CashCounted("c", 1, 2, at, at[:10], "ben", drawers))
    booked, counted = sorted(found("cash_difference"), key=lambda each: each.severity, reverse=True)
    assert "12.50 EUR too little" in booked.cause
    text.use("de")
    assert any(each.cause.startswith("12,50 EUR") for each in found("cash_difference"))
    text.use("en")
    assert "3.00 EUR too much in the drawer when ben counted" in counted.cause
    shop.set("audit_limit", "cash_difference_minor", {"name": "cash_difference_minor", "value": 1000})
    assert only(found("cash_difference")).cause == booked.cause


def test_what_was_used_beyond_its_value(shop: Writing, found: Found) -> None:
    alone = ClaimCoverage(complete=False, promised=(), missing=("b",))
    at = iso(shop.now)
    shop.say(VoucherIssued("7K3M9QXA0PWTB", "multi_purpose", 500, "EUR", at, 1, "1-000001"))
    for number, member in enumerate("ab", 1):
        hold = ResourceHeld(f"h{number}", "voucher/7K3M9QXA0PWTB", 400, f"s{number}", number, at, alone)
        shop.say(hold, member)
        shop.say(ResourceUsed(f"h{number}", hold.resource, 400, f"{number}-000009", at), member)
    finding = only(found("overdraw"))
    assert (finding.severity, finding.till_no) == ("alarm", 2)
    assert names(finding) == ["1-000009", "2-000009"]
    assert "used by 3.00 more than there was of it; 3.00 are not settled" in finding.cause
    assert [each.text for each in finding.evidence] == ["", "4.00", "4.00"]
    assert names(finding, "resource") == ["voucher/7K3M9QXA0PWTB"]


def test_goods_below_their_purchase_price(shop: Writing, found: Found) -> None:
    shop.article("100", 400)
    # 4.76 with 19 % are 4.00 net: exactly what it costs. A cent less is a finding.
    fair = ReceiptLine(1, "sale", "Kaffee", 2000, "Stk", 476, 952, ident_no="100", vat_key="1", vat_rate_bp=1900)
    shop.sell(1, 952, lines=(fair,))
    assert found("below_cost") == []
    cheap = ReceiptLine(1, "sale", "Kaffee", 2000, "Stk", 476, 950, ident_no="100", vat_key="1", vat_rate_bp=1900)
    shop.sell(1, 950, lines=(cheap,))
    assert names(only(found("below_cost"))) == ["1-000002"]
    # 1.01 with 19 % are 0.849 net: as much as it costs, as money goes.
    shop.article("101", 85)
    even = ReceiptLine(1, "sale", "Tee", 1000, "Stk", 101, 101, ident_no="101", vat_key="1", vat_rate_bp=1900)
    shop.sell(1, 101, lines=(even,))
    assert names(only(found("below_cost"))) == ["1-000002"]
    huge = ReceiptLine(1, "sale", "K", 2**52, "Stk", 1, 2**50, ident_no="100")
    shop.sell(1, 2**50, lines=(huge,))
    assert len(found("below_cost")) == 2


def test_a_price_changed_by_hand(shop: Writing, found: Found) -> None:
    plain = ReceiptLine(1, "sale", 'x"price_origin":"manual"', 1000, "Stk", 900, 900)
    shop.sell(1, 900, lines=(plain,))
    assert found("price_changed") == []
    by_hand = ReceiptLine(1, "sale", "Stuhl", 1000, "Stk", 700, 700, list_price_minor=1000, price_origin="manual")
    other = ReceiptLine(2, "sale", "Tisch", 1000, "Stk", 200, 200)
    shop.sell(1, 900, lines=(by_hand, other), approved_by="chef")
    shop.sell(1, 700, lines=(by_hand,), receipt_type="void", voids="1-000002")
    finding = only(found("price_changed"))
    assert "anna sold it for 7.00 EUR instead of 10.00 EUR (-30 %) (approved by chef)" in finding.cause
    assert finding.severity == "warning"
    shop.set("audit_limit", "price_change_percent", {"name": "price_change_percent", "value": 30})
    assert found("price_changed") == []


def test_a_return_without_a_receipt(shop: Writing, found: Found) -> None:
    shop.sell(1, -800, lines=(ReceiptLine(1, "sale", "Stuhl", -1000, "Stk", 800, -800),))
    finding = only(found("return_without_receipt"))
    assert "anna took back 1 x Stuhl for 8.00 EUR" in finding.cause
    assert names(finding) == ["1-000001"]
    assert names(finding, "cashier") == ["anna"]
    shop.sell(1, -900, cashier="", lines=(ReceiptLine(1, "sale", "Stuhl", -1000, "Stk", 900, -900),))
    newest = found("return_without_receipt")[0]
    assert "somebody took back" in newest.cause
    assert len(newest.evidence) == 1
    shop.set("audit_limit", "return_minor", {"name": "return_minor", "value": 900})
    assert names(only(found("return_without_receipt"))) == ["1-000002"]


def test_a_cashier_who_voids_more_than_the_others(shop: Writing, found: Found) -> None:
    for _ in range(60):
        shop.sell(1, 100, cashier="anna")
        shop.sell(2, 100, "b", cashier="ben")
    for number in range(6):
        shop.sell(2, -100, "b", cashier="ben", receipt_type="void", voids=f"2-{number:06d}")
    shop.sell(1, -100, cashier="anna", receipt_type="void", voids="1-000001")
    finding = only(found("voids"))
    assert "ben: receipts voided 6 times in 60 receipts (10.0 %), the others 1 in 60 (1.7 %)" in finding.cause
    assert found("voids", tills=(1,)) == []
    assert "the others never" in only(found("voids", tills=(2,))).cause
    for number in range(5):
        at = iso(shop.now)
        shop.say(SaleAborted(1, f"s{number}", at, "anna", 2, 400, 1, at[:10]))
        shop.say(AuditLogged(f"v{number}", 1, "void_line", "carl", at, at[:10]))
    causes = [each.cause for each in found("voids")]
    assert any("anna: sales given up 5 times in 60 receipts (8.3 %), the others never" in cause for cause in causes)
    assert any("carl: lines voided with a right 5 times in 0 receipts" in cause for cause in causes)


def test_days_on_which_a_till_is_silent(shop: Writing, found: Found) -> None:
    shop.sell(1)
    shop.sell(2, 100, "b")
    shop.now += timedelta(days=1)
    shop.sell(1)
    shop.now += timedelta(days=1)
    shop.sell(2, 100, "b")
    shop.sell(3, 100, "c")
    by_till = {finding.till_no: finding.cause for finding in found("silent_till")}
    assert by_till == {
        1: "till 1 sold nothing on 1 day on which others did: 2026-11-23",
        2: "till 2 sold nothing on 1 day on which others did: 2026-11-22",
    }
    assert [finding.till_no for finding in found("silent_till", tills=(2,))] == [2]


def test_a_clock_that_was_set_back(shop: Writing, found: Found) -> None:
    shop.sell(1)
    shop.now -= timedelta(hours=2)
    shop.sell(1, hlc_at=shop.now + timedelta(hours=2, minutes=2))
    shop.sell(1, hlc_at=shop.now + timedelta(hours=2, minutes=12))
    finding = only(found("clock_jump"))
    assert "2 receipts (1-000002 to 1-000003) are dated up to 131 minutes before" in finding.cause
    shop.set("audit_limit", "clock_minutes", {"name": "clock_minutes", "value": 200})
    assert found("clock_jump") == []


def test_records_that_never_came_into_the_books(shop: Writing, found: Found) -> None:
    shop.raw("sales", "receipt.completed/1", {"receipt_no": "1-000001"})
    shop.raw("sales", "hologram.shown/1", {})
    shop.raw("membership", "member.revoked/1", {})
    shop.raw("membership", "audience.set/1", {})
    unreadable, unknown = found("passed_over")
    assert (unreadable.severity, unknown.severity) == ("alarm", "note")
    assert "1 record of receipt.completed/1 was passed over: with contents" in unreadable.cause


def test_a_period_and_tills_can_be_asked_for(shop: Writing, found: Found) -> None:
    for _ in range(3):
        for till_no in (1, 2):
            line = ReceiptLine(1, "sale", "Stuhl", -1000, "Stk", 800, -800)
            shop.sell(till_no, -800, "ab"[till_no - 1], lines=(line,))
        shop.now += timedelta(days=1)
    kind = "return_without_receipt"
    assert [each.at[:10] for each in found(kind, since="2026-11-22", tills=(2,))] == ["2026-11-23", "2026-11-22"]
    assert [each.till_no for each in found(kind, until="2026-11-21")] == [2, 1]
    shop.now = BEGIN.replace(hour=23, minute=30)
    late = ReceiptLine(1, "sale", "Stuhl", -1000, "Stk", 999, -999)
    shop.sell(1, -999, "a", lines=(late,), business_day="2026-11-22")
    assert "9.99" in found(kind, since="2026-11-22", until="2026-11-22", tills=(1,))[1].cause, "the shop's day counts"


def test_what_is_too_much_is_counted(shop: Writing, database: Engine, monkeypatch: object) -> None:
    for _ in range(5):
        shop.sell(1, -800, lines=(ReceiptLine(1, "sale", "Stuhl", -1000, "Stk", 800, -800),))
    monkeypatch.setattr(running, "MAX_OF_KIND", 2)  # type: ignore[attr-defined]
    shop.flush()
    result = audit(Sight(database), Asked(kinds=("return_without_receipt",)))
    assert [names(each) for each in result.findings] == [["1-000005"], ["1-000004"]]
    assert result.counts == {"return_without_receipt": 5}
    assert "3 more are not named" in words.summary(result)[-1]
