"""Vouchers and tokens: sold with an expiry, reloaded, refunded, blocked, replaced; tokens pay for their article."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from app.domain.voucher import SINGLE_PURPOSE, ExpiryRule
from app.facts.circulation import VoucherIssued
from app.facts.master import ArticleSet, ReferenceSet, VatRateSet
from app.facts.sales import ReceiptCompleted
from app.till.commands import (
    BlockVoucher,
    Command,
    Pay,
    Redeem,
    RefundVoucher,
    ReloadVoucher,
    ReplaceVoucher,
    Scan,
    SellToken,
    SellVoucher,
    VoidLine,
    VoidSale,
)
from app.till.queries.every import Queries
from app.till.queries.vouchers import AskVoucher
from tests.app.till.asking import done
from tests.app.till.asking import refusal as refused
from tests.app.till.fake_engine import FakeNetwork, FakeTill
from tests.app.till.test_session import voucher_of

OpenTill = Callable[..., FakeTill]
BIRD_SEED, PEN, LOOSE = "0815", "17", "4711"


def adds_up(till: FakeTill, receipt_no: str) -> ReceiptCompleted:
    """The receipt, after checking that lines, taxes and tenders tell the same."""
    found = till.books.receipt(receipt_no)
    assert found is not None, till.books.passed_over()
    receipt = found.receipt
    assert sum(line.gross_minor for line in receipt.lines) == receipt.total_minor
    assert sum(row.gross_minor for row in receipt.tax_table) == receipt.total_minor
    assert sum(row.amount_minor for row in receipt.tenders) == receipt.total_minor
    return receipt


async def tokens_of(till: FakeTill, article: str, count: str = "1") -> list[str]:
    await done(till, SellToken(article, count))
    codes = (await done(till, Pay()))["vouchers"]
    assert isinstance(codes, list)
    return codes


async def asked(till: FakeTill, code: str) -> dict[str, Any]:
    answer = await Queries(till.runner).ask(AskVoucher(code))
    return answer.fields  # type: ignore[union-attr]


def rule(kind: str, years: int, valid_from: str = "2020-01-01", **more: Any) -> ReferenceSet:
    value = ExpiryRule(kind, valid_from, years, **more)
    return ReferenceSet("expiry_rule", value.key, msgspec.to_builtins(value))


# -- expiry --------------------------------------------------------------------------------------


async def test_the_newest_rule_that_has_begun_says_until_when_a_voucher_is_good(till: FakeTill) -> None:
    till.engine.say([rule("multi_purpose", 3), rule("multi_purpose", 1, "2027-01-01")])
    code = await voucher_of(till, "10.00")
    assert (await asked(till, code))["expires"] == "2029-12-31"
    typed = await voucher_of(till, "10.00", expires="2027-06-30")
    assert (await asked(till, typed))["expires"] == "2027-06-30"
    assert (await asked(till, await voucher_of(till, "1", kind=SINGLE_PURPOSE, vat_key="1")))["expires"] is None
    till.clock.day = "2028-02-29"
    assert (await asked(till, await voucher_of(till, "10.00")))["expires"] == "2029-12-31"


async def test_absurd_rules_and_dates_are_not_taken(till: FakeTill) -> None:
    till.engine.say([rule("multi_purpose", 0), rule("multi_purpose", 1000), rule("magic", 1)])
    assert till.books.passed_over() == {("reference.set/1", "unreadable"): 3}
    assert (await refused(till, SellVoucher("1", expires="2127-01-01"))).code == "date_too_far"
    assert (await refused(till, SellVoucher("1", "single_purpose", None, "1", reloadable=True))).code == (
        "reload_multi_purpose"
    )


# -- reload --------------------------------------------------------------------------------------


async def test_a_reload_counts_with_its_receipt_and_bears_no_tax(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    code = await voucher_of(one, "10.00", reloadable=True)
    assert (await done(two, ReloadVoucher(code, "5.00"))) == {"line": 1, "balance": "15.00", "total": "5.00"}
    assert (await asked(one, code))["balance"] == "10.00"
    await done(two, Scan(PEN))
    assert (await refused(two, Redeem(code))).code == "voucher_on_sale"
    assert (await refused(two, RefundVoucher(code, "?"))).code == "voucher_on_sale"
    receipt = adds_up(two, (await done(two, Pay()))["receipt_no"])
    assert [(row.vat_key, row.gross_minor) for row in receipt.tax_table] == [("1", 89), ("", 500)]
    assert (await asked(one, code))["balance"] == "15.00"
    await done(one, ReloadVoucher(code, "1.00"))
    await done(one, VoidSale())
    assert (await asked(two, code))["balance"] == "15.00"


async def test_what_cannot_be_reloaded(till: FakeTill) -> None:
    plain, reloadable = (
        await voucher_of(till, "10"),
        await voucher_of(till, "10", reloadable=True, expires="2026-11-21"),
    )
    assert (await refused(till, ReloadVoucher(plain, "1"))).code == "voucher_not_reloadable"
    assert (await refused(till, ReloadVoucher(reloadable, "0"))).code == "amount_zero"
    assert (await refused(till, ReloadVoucher(reloadable, "-1"))).code == "amount_negative"
    await done(till, BlockVoucher(reloadable, "verloren"))
    assert (await refused(till, ReloadVoucher(reloadable, "1"))).code == "voucher_blocked"
    await done(till, BlockVoucher(reloadable, "gefunden", blocked=False))
    till.clock.day = "2026-11-22"
    assert (await refused(till, ReloadVoucher(reloadable, "1"))).code == "voucher_expired"


# -- refund --------------------------------------------------------------------------------------


async def test_a_refund_pays_out_the_rest_and_leaves_nothing(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    code = await voucher_of(one, "10.00")
    await done(one, Scan(BIRD_SEED))
    await done(one, Redeem(code))
    refund = await done(two, RefundVoucher(code, "Kunde zieht weg"))
    assert (refund["refunded"], refund["total"], refund["due"]) == ("5.01", "-5.01", "-5.01")
    assert refund["coverage"]["complete"]
    await done(one, Scan(PEN))
    assert (await refused(one, Redeem(code))).code == "voucher_used_up"
    await done(two, VoidLine("1"))
    assert (await asked(one, code))["balance"] == "5.01"
    await done(two, RefundVoucher(code, "Kunde zieht weg"))
    paid = await done(two, Pay())
    receipt = adds_up(two, paid["receipt_no"])
    assert (receipt.total_minor, receipt.lines[0].business_case, receipt.lines[0].reason) == (
        -501,
        "voucher_refund",
        "Kunde zieht weg",
    )
    assert (await asked(one, code))["state"] == "used_up"
    assert one.books.overdraws() == []


async def test_a_refund_against_goods_and_at_the_rate_of_its_sale(till: FakeTill) -> None:
    code = await voucher_of(till, "11.90", kind=SINGLE_PURPOSE, vat_key="1")
    till.engine.say([VatRateSet("1", "2026-11-22", 2100)])
    till.clock.day = "2026-11-22"
    await done(till, RefundVoucher(code, "Umtausch"))
    await done(till, Scan(LOOSE, "2"))
    receipt = adds_up(till, (await done(till, Pay()))["receipt_no"])
    assert [(row.vat_rate_bp, row.gross_minor, row.tax_minor) for row in receipt.tax_table] == [
        (1900, -1190, -190),
        (700, 1580, 103),
    ]


@pytest.mark.parametrize("why", ["", "  ", "x" * 101, "a\nb"])
async def test_a_refund_block_or_replacement_needs_a_reason(till: FakeTill, why: str) -> None:
    code = await voucher_of(till, "1")
    for command in (RefundVoucher(code, why), BlockVoucher(code, why), ReplaceVoucher(code, why)):
        assert (await refused(till, command)).code in ("reason_needed", "reason_too_long")


# -- block and replace ---------------------------------------------------------------------------


async def test_a_blocked_voucher_is_taken_nowhere_until_it_is_unblocked(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    code = await voucher_of(one, "10.00")
    await done(one, Scan(PEN))
    assert (await done(one, BlockVoucher(code, "gestohlen"))) == {"code": code, "blocked": True, "state": "blocked"}
    assert one.runner.view().lines, "the open sale stays"
    await done(two, Scan(PEN))
    assert (await refused(two, Redeem(code))).code == "voucher_blocked"
    assert (await refused(two, RefundVoucher(code, "x"))).code == "voucher_blocked"
    assert ((await asked(two, code))["state"], (await asked(two, code))["blocked"]) == ("blocked", True)
    await done(two, BlockVoucher(code, "gefunden", blocked=False))
    assert (await done(one, Redeem(code)))["redeemed"] == "0.89"


async def test_a_replacement_takes_the_rest_over_and_the_old_code_is_done(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    code = await voucher_of(one, "10.00", reloadable=True, expires="2027-12-31")
    await done(one, Scan(BIRD_SEED))
    await done(one, Redeem(code))
    await done(two, BlockVoucher(code, "verloren"))
    answer = await done(two, ReplaceVoucher(code, "verloren"))
    new = answer["code"]
    assert (answer["value"], answer["replaces"], answer["vouchers"]) == ("5.01", code, [new])
    assert [type(document) for document in two.engine.documents] == [VoucherIssued]
    fresh, old = await asked(one, new), await asked(one, code)
    assert (fresh["balance"], fresh["expires"], fresh["replaces"], fresh["reloadable"]) == (
        "5.01",
        "2027-12-31",
        code,
        True,
    )
    assert (old["balance"], old["state"], old["blocked"]) == ("0.00", "used_up", True)
    assert (await refused(one, ReplaceVoucher(code, "nochmal"))).code == "voucher_used_up"
    await done(one, Scan(PEN))
    assert (await refused(one, Redeem(code))).code == "voucher_blocked"
    assert (await done(one, Redeem(new)))["redeemed"] == "0.89"
    assert one.engine.network.claims == {}


async def test_without_everybodys_promise_nothing_is_paid_out_or_replaced(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    code = await voucher_of(one, "10.00")
    two.engine.connected = False
    for command in (RefundVoucher(code, "x"), ReplaceVoucher(code, "x")):
        assert (await refused(one, command)).code == "voucher_unconfirmed"


async def test_replaced_twice_in_a_partition_is_an_overdraw(open_till: OpenTill, network: FakeNetwork) -> None:
    one, two = open_till(1, "allow"), open_till(2, "allow")
    code = await voucher_of(one, "10.00")
    two.engine.connected = False
    for till in (one, two):
        await done(till, ReplaceVoucher(code, "verloren"))
    network.reconnect()
    for till in (one, two):
        (overdraw,) = till.books.overdraws()
        assert (overdraw["resource"], overdraw["amount"]) == (f"voucher/{code}", 1000)
        assert [use["receipt_no"] for use in overdraw["uses"]] == ["replaced", "replaced"]


# -- tokens --------------------------------------------------------------------------------------


async def test_tokens_are_taxed_when_sold_and_pay_for_their_article_whatever_it_costs_then(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    one.engine.say([ArticleSet("50", "Kaffee", 250, "EUR", "1")])
    sold = await done(one, SellToken("50", "2"))
    assert (sold["lines"], sold["price"], sold["total"]) == ([1, 2], "2.50", "5.00")
    first, second = (await done(one, Pay()))["vouchers"]
    assert first != second
    one.engine.say([ArticleSet("50", "Kaffee", 280, "EUR", "1")])
    taken = await done(two, Redeem(first))
    assert (taken["redeemed"], taken["balance"], taken["due"], taken["total"]) == ("2.80", "0.00", "0.00", "0.00")
    receipt = adds_up(two, taken["receipt_no"])
    assert [(line.business_case, line.gross_minor, line.vat_key) for line in receipt.lines] == [
        ("sale", 280, "1"),
        ("voucher_redemption", -280, "1"),
    ]
    assert receipt.tenders == ()
    known = await asked(one, first)
    assert (known["state"], known["kind"], known["article"]) == ("used_up", "token", "50")
    await done(two, Scan("50"))
    assert (await refused(two, Redeem(first))).code == "voucher_used_up"
    assert (await refused(two, Redeem(second, "1.00"))).code == "token_whole"
    assert (await done(two, Redeem(second)))["redeemed"] == "2.80"
    turnover = one.books.turnover(None, None)
    assert turnover.by_vat == (("1", 1900, 500, 420, 80),), "taxed once"


async def test_a_token_pays_for_a_piece_that_is_on_the_sale_and_adds_one_if_there_is_none(till: FakeTill) -> None:
    till.engine.say([ArticleSet("50", "Kaffee", 250, "EUR", "1")])
    a, b, c = await tokens_of(till, "50", "3")
    await done(till, Scan("50", "2"))
    await done(till, Scan(BIRD_SEED))
    assert (await done(till, Redeem(a)))["due"] == "7.49"
    assert len(till.runner.view().lines) == 2
    await done(till, Redeem(b))
    held = await done(till, Redeem(c))
    assert (held["due"], len(till.runner.view().lines)) == ("4.99", 3)
    assert (await refused(till, VoidLine("1"))).code == "paid_more_than_left"
    await done(till, VoidLine(str(held["line"])))
    assert (await asked(till, c))["balance"] == "2.50"
    receipt = adds_up(till, (await done(till, Pay()))["receipt_no"])
    assert receipt.total_minor == 499 + 250


async def test_goods_that_a_token_pays_for_cannot_be_voided_whatever_else_is_due(till: FakeTill) -> None:
    (token,) = await tokens_of(till, PEN)
    await done(till, Scan(LOOSE, "9"))
    held = await done(till, Redeem(token))
    assert (await refused(till, VoidLine("2"))).code == "paid_more_than_left"
    await done(till, VoidLine(str(held["line"])))
    await done(till, VoidLine("2"))
    assert (await done(till, Pay()))["total"] == "71.10"


async def test_what_tokens_cannot_do(till: FakeTill) -> None:
    free = ArticleSet("51", "Wasser", 0, "EUR", "1")
    till.engine.say([free])
    assert (await refused(till, SellToken("51"))).code == "token_needs_price"
    assert (await refused(till, SellToken("99"))).code == "token_needs_price"
    assert (await refused(till, SellToken("nix"))).code == "unknown_article"
    for count in ("0", "-1", "x", "101", "1.5", "99999"):
        assert (await refused(till, SellToken(PEN, count))).code == "token_count"
    (code,) = await tokens_of(till, PEN)
    till.engine.say([ArticleSet("17", "Kugelschreiber", 0, "EUR", "1")])
    assert (await refused(till, Redeem(code))).code == "nothing_due"


async def test_a_single_purpose_voucher_and_a_token_share_the_goods_of_a_key(till: FakeTill) -> None:
    (token,) = await tokens_of(till, PEN)
    code = await voucher_of(till, "50", kind=SINGLE_PURPOSE, vat_key="1")
    await done(till, Scan(PEN, "2"))
    await done(till, Scan(LOOSE))
    await done(till, Redeem(token))
    assert (await done(till, Redeem(code)))["redeemed"] == "0.89"
    receipt = adds_up(till, (await done(till, Pay()))["receipt_no"])
    assert [row.gross_minor for row in receipt.tax_table] == [0, 790]


# -- codes from elsewhere ------------------------------------------------------------------------


def imported(code: str, value: int = 1000) -> VoucherIssued:
    return VoucherIssued(code, "multi_purpose", value, "EUR", "2025-01-01T00:00:00.000Z", 0, "")


async def test_codes_of_another_shape_are_found_however_they_are_typed(till: FakeTill) -> None:
    looks_ours = "7K3M9QXA0PWTB"
    till.engine.say([imported("GESCHENK#17"), imported(looks_ours)])
    await done(till, Scan(PEN))
    assert (await refused(till, Redeem("7K3M-9QXA-0PWT-C"))).code == "mistyped_voucher"
    assert (await refused(till, Redeem("geschenk#18"))).code == "unknown_voucher"
    for slip in ("abc", "zwei worte", "x" * 41, ""):
        assert (await refused(till, Redeem(slip))).code == "mistyped_voucher"
    held = await done(till, Redeem(" geschenk#17 ", "0.50"))
    assert held["balance"] == "9.50"
    assert (await done(till, Redeem("7k3m-9qxa-0pwt-b")))["redeemed"] == "0.39"


@pytest.mark.parametrize(
    "command",
    [ReloadVoucher("GIBTSNICHT#1", "1"), RefundVoucher("GIBTSNICHT#1", "x"), BlockVoucher("GIBTSNICHT#1", "x")],
)
async def test_what_nobody_knows_is_refused(till: FakeTill, command: Command) -> None:
    assert (await refused(till, command)).code == "unknown_voucher"
