"""Vouchers and coupons at the keyboard: sold, looked up, used, and whatever else can be done with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import text
from app.facts.master import ReferenceSet
from app.screens.functions import Mode
from app.screens.till.app import TillApp
from app.till.commands import (
    BlockVoucher,
    IssueCoupons,
    Redeem,
    RefundVoucher,
    ReloadVoucher,
    ReplaceVoucher,
    SellToken,
    SellVoucher,
    TakeCoupon,
)
from tests.app.screens.standin import BIRD_SEED, LEASH, PEN, Shop, services
from tests.app.screens.walking import Walk, walk
from tests.app.till.fake_engine import make_till


@pytest.fixture
async def till(shop: Shop) -> AsyncIterator[Walk]:
    text.use("en")
    async with walk(TillApp(services(shop))) as walking:
        yield walking


async def test_several_reloadable_vouchers_are_sold_from_the_form(shop: Shop, till: Walk) -> None:
    await till.press("<f6>1\r2500\r2\r\r\r\ryes\r")
    sold = [command for command in shop.commands if isinstance(command, SellVoucher)]
    assert sold == [SellVoucher("25.00", "multi_purpose", None, None, True)] * 2
    assert "2 x voucher of 25.00" in till.lines[-3]
    await till.press("+\r")
    assert len(shop.vouchers) == 2


async def test_a_single_purpose_voucher_bears_the_tax_that_is_chosen_by_its_rate(shop: Shop, till: Walk) -> None:
    await till.press("5000/31\r1\r\r\rsi\r")
    assert "19 %" in till.text
    await till.press("19\r24.12.27\r\r")
    assert shop.commands[-1] == SellVoucher("50.00", "single_purpose", "2027-12-24", "1")
    await till.press("/31\r1\r10\r500\r")
    assert not [line for line in shop.session.view().lines if line.unit_price_minor == 10]
    await till.press("<f8>")
    assert "At least 1 and at most 50" in till.lines[-3]
    assert till.app.router.mode is Mode.SALE


async def test_tokens_are_sold_for_a_scanned_article(shop: Shop, till: Walk) -> None:
    await till.press(f"<f6>2\r{PEN}\r3\r\r")
    assert shop.commands[-1] == SellToken(PEN, "3")
    assert shop.session.view().total_minor == 267


async def test_a_voucher_is_looked_up_with_its_history_and_pays_part_of_the_sale(shop: Shop, till: Walk) -> None:
    await till.press("5000<f6>+\r")
    (code,) = shop.vouchers
    await till.press(f"{BIRD_SEED}\r+{code}\r{LEASH}\r<f6>{code}\r")
    assert "45.01 EUR left, open" in till.lines[0]
    assert any("issued" in line and "+50.00" in line and "till 3" in line and "3-000123" in line for line in till.lines)
    assert any("used" in line and "-4.99" in line and "3-000124" in line for line in till.lines)
    await till.press(f"{PEN}\r")
    assert "Nothing is sold here" in till.lines[-3]
    await till.press("<f2>1000\r")
    assert shop.commands[-1] == Redeem(code, "10.00")
    assert till.app.router.mode is Mode.TENDER
    await till.press("\r")
    assert [row.amount_minor for row in shop.receipts[-1].tenders] == [1000, 1999]


async def test_a_voucher_is_reloaded_blocked_unblocked_replaced_and_paid_out(shop: Shop, till: Walk) -> None:
    await till.press("/31\r1\r2500\r\r\r\r\r2\r+\r")
    (code,) = shop.vouchers
    await till.press(f"<f6>{code}\r<f3>500\r")
    assert shop.commands[-1] == ReloadVoucher(code, "5.00")
    assert till.app.router.mode is Mode.SALE
    await till.press(f"+\r<f6>3\r{code}\r<f5>gestohlen\r")
    assert shop.commands[-1] == BlockVoucher(code, "gestohlen", True)
    assert "30.00 EUR left, blocked" in till.lines[0]
    assert any("reloaded" in line and "+5.00" in line for line in till.lines)
    await till.press("<f5>gefunden\r")
    assert shop.commands[-1] == BlockVoucher(code, "gefunden", False)
    await till.press("<f6>zerrissen\r")
    assert shop.commands[-1] == ReplaceVoucher(code, "zerrissen")
    new = shop.vouchers[-1]
    assert new[:4] in till.lines[0]
    await till.press("<f4>\r")
    assert "Reason is needed" in till.lines[-3]
    await till.press("Kundin will Bargeld\r")
    assert shop.commands[-1] == RefundVoucher(new, "Kundin will Bargeld")
    assert shop.session.view().total_minor == -3000


async def test_no_till_knows_it_and_the_next_scan_is_an_article_again(shop: Shop, till: Walk) -> None:
    await till.press(f"<f6>7K3M9QXA0PWTX\r{PEN}\r")
    assert "character is wrong or missing" in till.lines[-3]
    assert shop.session.view().total_minor == 89


async def test_what_not_every_till_confirmed_is_asked_in_the_sheet_too(shop: Shop, till: Walk, tmp_path: Path) -> None:
    await till.press("5000<f6>+\r")
    (code,) = shop.vouchers
    make_till(shop.network, tmp_path / "5", 5).engine.connected = False
    await till.press(f"{PEN}\r<f6>{code}\r<f2>\r")
    assert "Use it all the same, because" in till.lines[-2]
    await till.press("\x1b")
    assert till.app.router.mode is Mode.TASK
    assert not shop.session.view().payments
    await till.press("<f2>\r")
    await till.press(f"Stammkundin\r{PEN}\r")
    assert shop.receipts[-1].coverage[0].override_reason == "Stammkundin"
    assert shop.session.view().total_minor == 89


# -- coupons


def campaigns(shop: Shop) -> None:
    ten = {"campaign_id": "herbst", "name": "Herbst", "code": "HERBST", "gives": "percent", "percent_bp": 1000}
    five = {"campaign_id": "dank", "name": "Danke", "gives": "amount", "amount_minor": 500, "terms": "Nur einmal."}
    shop.till.engine.say([ReferenceSet("campaign", "herbst", ten), ReferenceSet("campaign", "dank", five)])


async def test_coupons_are_issued_looked_up_and_taken(shop: Shop, till: Walk) -> None:
    campaigns(shop)
    await till.press("/20\r")
    assert any("Herbst" in line and "HERBST" in line and "10 %" in line for line in till.lines)
    number = next(line for line in till.lines if "Danke" in line).strip(" >").split()[0]
    await till.press(f"{number}\r")
    assert "Nur einmal." in till.text
    await till.press("<f4>2\r")
    assert shop.commands[-1] == IssueCoupons("dank", "2")
    codes = [str(record.body["code"]) for record in shop.till.engine.written if record.kind.startswith("coupon.issued")]
    assert len(codes) == 2
    await till.press(f"\x1b{LEASH}\r/39\r{codes[0]}\r")
    assert ": good" in till.lines[0]
    await till.press("<f2>")
    assert shop.commands[-1] == TakeCoupon(codes[0])
    assert shop.session.view().total_minor == 2499
    await till.press(f"/20\r{codes[0]}\r")
    assert "held by an open sale" in till.lines[0]
    await till.press(f"\x1b{number}/2\r")
    assert till.app.router.mode is Mode.TASK


async def test_a_campaigns_own_code_is_taken_from_the_list_in_payment_too(shop: Shop, till: Walk) -> None:
    campaigns(shop)
    await till.press(f"{LEASH}\r+/39\r")
    number = next(line for line in till.lines if "Herbst" in line).strip(" >").split()[0]
    await till.press("<down>" * (int(number) - 1) + "<f2>")
    assert shop.commands[-1] == TakeCoupon("HERBST")
    assert till.app.router.mode is Mode.TENDER
    assert shop.session.view().total_minor == 2699
