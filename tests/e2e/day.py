"""The first half of a day over two tills: what the shop brings along, and everything that is sold; all prices known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.e2e.judging import known, refusal, together

SAMPLE = Path(__file__).parent.parent.parent / "docs" / "sample"

ARTICLES = """\
ident_no;barcode;name;price;vat_key;article_groups;unit;purchase_price;container_deposit;age_limit
9001;;Hundekuchen;10,00;2;Backwerk;Stk;5,00;;
9002;;Leine;11,90;1;Leinen;Stk;7,01;;
9003;;Kauknochen;3,00;2;Snacks;Stk;;;
9004;;Wurstteller;8,00;3;Speisen;Stk;;;
9005;;Limonade;2,00;1;Getränke;Stk;;9010;
9006;;Quietschball;4,00;1;Spielzeug;Stk;;;
9010;;Pfand;0,25;1;;Stk;;;
"""
PRICES = "ident_no;price_list;price;valid_from;valid_until\n9002;2;9,99;;\n9001;1;99,00;2098-01-01;2098-12-31\n"
VOUCHERS = (
    "code;value;kind;expires\nALT-4711-X;25,00;multi_purpose;2099-12-31\nALT-4712-X;5,00;multi_purpose;2020-12-31\n"
)
SETTINGS = {
    # The sample's dated rules would make prices depend on the day of the test.
    "promotion": [{"promotion_id": name, "name": name, "rule": "percent", "percent_bp": 1, "active": False}
                  for name in ("abends", "vogel10")],
    "campaign": [{"campaign_id": "flyer", "name": "Flyer 10 %", "gives": "percent", "percent_bp": 1000,
                  "code": "MESSE10"}],
    "supply_rule": [{"vat_key": "3", "supply": "take_away", "to_key": "1"}],
}  # fmt: skip


class Shop:
    """Two tills, one language: what is paid at one is waited for at the other."""

    def __init__(self, one: Any, two: Any) -> None:
        self.one = one
        self.two = two

    def paid(self, till: Any, total: str, **fields: Any) -> dict[str, Any]:
        """Pays what is due, which must be so much; the receipt is known everywhere then."""
        done: dict[str, Any] = till.ask("pay", **fields)
        assert done["due"] == "0.00", done
        assert done["total"] == total, done
        self.known(till, done)
        return done

    def known(self, till: Any, done: dict[str, Any]) -> None:
        """Wait until the other till has the receipt, and all that came before it."""
        known(self.two if till is self.one else self.one, done["receipt_no"])
        together(self.one, self.two)


def stock(till: Any, folder: Path) -> None:
    """Everything a shop brings along, out of files."""
    for what, text in (
        ("articles", ARTICLES),
        ("prices", PRICES),
        ("vouchers", VOUCHERS),
        ("settings", json.dumps(SETTINGS)),
    ):
        if what == "settings":
            till.run("import", "settings", str(SAMPLE / "settings.json"))
            till.run("import", "customers", str(SAMPLE / "customers.csv"))
        file = folder / f"{what}.txt"
        file.write_text(text, "utf-8")
        till.run("import", what, str(file))


def prices_discounts_and_coupons(shop: Shop) -> None:
    """Price lists, promotions, typed discounts, coupons, eat-in and take-away."""
    one, two = shop.one, shop.two
    assert one.ask("scan", code="9002")["total"] == "11.90"
    assert one.ask("customer", no="10007")["price_list"] == 2
    # The list has its own price for one; the other is derived: 10 % less, and the ending.
    assert one.ask("scan", code="9001")["price"] == "9.01"
    shop.paid(one, "19.00", tender="card")
    # Three for two, from five on 15 %; then 10 % by coupon, 10 % on a line, an amount on all.
    assert two.ask("scan", code="9003", quantity="3")["total"] == "6.00"
    assert two.ask("scan", code="9006", quantity="5")["total"] == "23.00"
    assert two.ask("coupon", code="messe10")["discount"] == "2.30"
    assert two.ask("discount", percent="10", line="1")["total"] == "20.16"
    assert two.ask("discount", amount="1.00")["total"] == "19.16"
    assert shop.paid(two, "19.16", amount="50")["change"] == "30.84"
    # Eaten here at the reduced rate of its key, taken away at the general one; a can has its deposit.
    rates = []
    for where in ("eat_in", "take_away"):
        two.ask("supply", where=where)
        two.ask("scan", code="9004")
        assert two.ask("scan", code="9005")["container_deposit"] == "0.25"
        receipt = two.ask("receipt", receipt_no=shop.paid(two, "10.25")["receipt_no"])
        rates.append(receipt["lines"][0]["vat_key"])
    assert rates == ["3", "1"]
    # Issued by a receipt at one till, taken once at the other.
    two.ask("scan", code="9001", quantity="6")
    (coupon,) = shop.paid(two, "60.00", amount="100")["coupons"]
    one.ask("scan", code="9001", quantity="2")
    assert refusal(one, "coupon", code=coupon)["code"] == "coupon_minimum"
    assert one.ask("scan", code="9001")["total"] == "30.00"
    assert one.ask("coupon", code=coupon)["total"] == "25.00"
    two.ask("scan", code="9001", quantity="3")
    together(one, two)
    assert refusal(two, "coupon", code=coupon)["code"] == "coupon_busy"
    shop.paid(one, "25.00", tender="girocard")
    assert refusal(two, "coupon", code=coupon)["code"] == "coupon_used"
    assert refusal(two, "scan", code="4006381333932")["code"] == "wrong_check_digit"
    # Foreign cash at the frozen rate: 30 CHF are 31.30 EUR; a tip is a line of its own.
    assert shop.paid(two, "30.00", amount="30", currency="CHF")["change"] == "1.30"
    one.ask("scan", code="9001")
    assert shop.paid(one, "12.00", amount="20", tip="2.00")["change"] == "8.00"


def orders_notes_and_invoices(shop: Shop) -> None:
    """Deposits picked up or cancelled at the other till, delivery notes invoiced together, credit over both tills."""
    one, two = shop.one, shop.two
    two.ask("scan", code="9002", quantity="2")
    two.ask("customer", no="10002")
    order_no = two.ask("order", deposit="10.00", due="2098-01-01")["order_no"]
    shop.paid(two, "10.00")
    assert refusal(one, "deposit", order_no=order_no, amount="13.81")["code"] == "deposit_too_high"
    one.ask("deposit", order_no=order_no, amount="3.00")
    shop.paid(one, "3.00", tender="card")
    assert two.ask("pick_up", order_no=order_no)["deposit"] == "13.00"
    shop.paid(two, "10.80")
    assert refusal(one, "pick_up", order_no=order_no)["code"] == "order_picked_up"
    one.ask("scan", code="9001")
    order_no = one.ask("order", deposit="4")["order_no"]
    shop.paid(one, "4.00", tender="card")
    two.ask("cancel_order", order_no=order_no, reason="doch nicht")
    shop.paid(two, "-4.00", tender="card")

    for till in (one, two):
        till.ask("scan", code="9001")
        assert refusal(till, "pay", tender="delivery_note")["code"] == "delivery_note_customer"
        till.ask("customer", no="10004")
        shop.paid(till, "10.00", tender="delivery_note")
    invoice = one.ask("collect_invoice", customer="10004")
    assert (invoice["invoice_total"], invoice["delivery_notes"]) == ("20.00", ["D1-000001", "D2-000001"])
    together(one, two)
    assert refusal(two, "collect_invoice", customer="10004")["code"] == "no_delivery_notes"
    two.ask("pay_credit", customer="10004", reference=invoice["invoice_no"], amount="5")
    shop.paid(two, "5.00")
    one.ask("pay_credit", customer="10004", reference=invoice["invoice_no"])
    shop.paid(one, "15.00", tender="bank_transfer")
    assert refusal(two, "pay_credit", customer="10004", reference=invoice["invoice_no"])["code"] == "receivable_paid"
    assert two.ask("open_items", customer="10004")["open"] == "0.00"
    two.ask("scan", code="9002")
    two.ask("invoice", name="Käuferin GmbH", street="Weg 1", postcode="00001", city="Ort")
    assert "Käuferin GmbH" in shop.paid(two, "11.90")["text"]

    debtor = one.ask("set_customer", name="Zzyxquux, Zoe", credit_limit="15.00")["no"]
    together(one, two)
    one.ask("scan", code="9001")
    one.ask("customer", no=debtor)
    assert shop.paid(one, "10.00", tender="customer_credit")["credit_left"] == "5.00"
    two.ask("scan", code="9001")
    two.ask("customer", no=debtor)
    assert refusal(two, "pay", tender="customer_credit")["code"] == "credit_limit"
    assert two.ask("pay", tender="customer_credit", amount="5")["due"] == "5.00"
    shop.paid(two, "10.00")
    assert one.ask("statement", no=debtor)["owed"] == "15.00"
    one.ask("pay_credit", customer=debtor)
    shop.paid(one, "15.00", tender="card")
    assert two.ask("statement", no=debtor)["owed"] == "0.00"


def vouchers_and_tokens(shop: Shop) -> None:
    """Brought along, sold, reloaded, replaced, blocked, taken in part, refunded; tokens for an article."""
    one, two = shop.one, shop.two
    one.ask("scan", code="9001")
    assert refusal(one, "redeem", code="ALT-4712-X")["code"] == "voucher_expired"
    done = one.ask("redeem", code="alt-4711-x")
    assert (done["redeemed"], done["balance"]) == ("10.00", "15.00")
    shop.known(one, done)
    two.ask("refund_voucher", code="ALT-4711-X", reason="Kundin zieht weg")
    shop.paid(two, "-15.00")
    two.ask("sell_voucher", value="20", reloadable=True)
    (code,) = shop.paid(two, "20.00", tender="card")["vouchers"]
    one.ask("reload_voucher", code=code, amount="10")
    shop.paid(one, "10.00")
    (fresh,) = two.ask("replace_voucher", code=code, reason="verloren")["vouchers"]
    one.ask("wait", **{"for": "voucher"}, code=fresh, timeout_s=20)
    one.ask("block_voucher", code=fresh, reason="gestohlen")
    together(one, two)
    two.ask("scan", code="9002")
    assert refusal(two, "redeem", code=fresh)["code"] == "voucher_blocked"
    assert refusal(two, "redeem", code=code)["code"] in ("voucher_used_up", "voucher_blocked")
    one.ask("block_voucher", code=fresh, reason="gefunden", blocked=False)
    together(one, two)
    done = two.ask("redeem", code=fresh)
    assert (done["redeemed"], done["balance"]) == ("11.90", "18.10")
    shop.known(two, done)
    one.ask("sell_voucher", value="10.70", kind="single_purpose", vat_key="2")
    (single,) = shop.paid(one, "10.70")["vouchers"]
    two.ask("scan", code="9002")
    assert refusal(two, "redeem", code=single)["code"] == "voucher_other_goods"
    two.ask("scan", code="9001")
    assert two.ask("redeem", code=single)["redeemed"] == "10.00"
    two.ask("void_sale")
    one.ask("sell_token", article="9005", count="2")
    tokens = shop.paid(one, "4.00")["vouchers"]
    two.ask("scan", code="9005")
    two.ask("redeem", code=tokens[0])
    shop.paid(two, "0.25")
    assert refusal(two, "redeem", code=tokens[0])["code"] == "voucher_used_up"
