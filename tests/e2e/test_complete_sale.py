"""A whole day over two real tills, judged from outside: every price is known beforehand, every sum reckoned anew."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.day import Shop, orders_notes_and_invoices, prices_discounts_and_coupons, stock, vouchers_and_tokens
from tests.e2e.judging import closed_and_verified, judged, refusal, together

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

USERS = "user;name;role;pin\nanna;Anna Beispiel;cashier;4711\nchef;Carl Muster;supervisor;9999\n"
PERSONS = (
    "Mustermann",
    "Erika",
    "Beispielweg",
    "Musterstadt",
    "Beispielhausen",
    "Zzyxquux",
    "Käuferin",
    "Carl Muster",
    "Anna Beispiel",
)


def returns_and_voids(shop: Shop) -> None:
    """Goods come back at the other till, never more than were sold; a receipt is taken back as a whole."""
    one, two = shop.one, shop.two
    one.ask("scan", code="9001", quantity="3")
    receipt_no = shop.paid(one, "30.00")["receipt_no"]
    two.ask("return", receipt_no=receipt_no, line="1", quantity="2", reason="zu hart")
    together(one, two)
    assert refusal(one, "return", receipt_no=receipt_no, line="1", quantity="2")["code"] == "return_too_much"
    shop.paid(two, "-20.00")
    assert refusal(two, "return", receipt_no=receipt_no, line="1", quantity="1.001")["code"] == "return_too_much"
    two.ask("return", receipt_no=receipt_no, line="1", quantity="1")
    two.ask("scan", code="9002")  # an exchange
    shop.paid(two, "1.90")
    assert refusal(one, "return", receipt_no=receipt_no, line="1")["code"] == "returned_already"
    assert refusal(one, "void_receipt", receipt_no=receipt_no, reason="zu spät")["code"] == "void_after_return"
    one.ask("scan", code="9006")
    receipt_no = shop.paid(one, "4.00", tender="card")["receipt_no"]
    done = two.ask("void_receipt", receipt_no=receipt_no, reason="verrechnet")
    assert (done["total"], done["voids"]) == ("-4.00", receipt_no)
    shop.known(two, done)
    assert refusal(one, "void_receipt", receipt_no=receipt_no, reason="noch einmal")["code"] == "receipt_voided"


def parking(shop: Shop) -> None:
    """Parked at one, resumed and merged at the other, split again."""
    one, two = shop.one, shop.two
    one.ask("scan", code="9001")
    one.ask("scan", code="9002")
    park_no = one.ask("park", name="Meier")["park_no"]
    together(one, two)
    two.ask("scan", code="9003")
    assert two.ask("resume", park_no=park_no)["total"] == "24.90"
    together(one, two)
    assert refusal(one, "resume", park_no=park_no)["code"] == "parked_gone"
    split = two.ask("split", lines="1,2")["park_no"]
    rest = Decimal(two.ask("pay")["total"])
    together(one, two)
    total = one.ask("resume", park_no=split)["total"]
    assert rest + Decimal(total) == Decimal("24.90")
    shop.paid(one, total, tender="card")


def cash_and_day_end(shop: Shop) -> None:
    """Cash beside receipts, counted; X and Z; what counts nowhere, and what no money is paid for."""
    one, two = shop.one, shop.two
    one.ask("training", on=True)
    one.ask("scan", code="9001")
    done = one.ask("pay")
    assert done["training"] is True
    assert done["receipt_no"].startswith("T")
    one.ask("training", on=False)
    one.ask("scan", code="9001")
    assert refusal(one, "pay", tender="cost_centre")["code"] == "cost_centre_needed"
    assert one.ask("cost_centre", no="1", guests="3")["cost_centre"] == "4100"
    shop.paid(one, "10.00", tender="cost_centre")
    before = {row["currency"]: Decimal(row["expected"]) for row in one.ask("x_report")["drawers"]}["EUR"]
    one.ask("opening_float", amount="100")
    one.ask("pay_in", amount="5", reason="Wechselgeld")
    one.ask("pay_out", amount="2.50", reason="Briefmarken")
    one.ask("cash_transfer", amount="50")
    assert refusal(one, "pay_out", amount="100000", reason="Flucht")["code"] == "not_enough_cash"
    drawer = one.ask("x_report")["drawers"][0]
    assert Decimal(drawer["expected"]) == before + Decimal("52.50")
    one.ask("scan", code="9001")
    assert refusal(one, "z_report")["code"] == "sale_open"
    one.ask("void_sale")
    closed = one.ask("z_report", counted={"EUR": str(before + 50)})
    assert (closed["z_no"], closed["difference"]) == (1, {"EUR": "-2.50"})
    again = one.ask("x_report")
    assert (again["receipts"], again["gross"]) == (0, "0.00")
    assert Decimal(again["drawers"][0]["expected"]) == before + 50
    assert two.ask("z_report")["z_no"] == 1


def users_and_rights(shop: Shop, file: Path) -> None:
    """From the moment on that there are users, each till asks who is there, and what may be done."""
    one, two = shop.one, shop.two
    file.write_text(USERS, "utf-8")
    one.run("import", "users", str(file))
    together(one, two)
    assert refusal(two, "scan", code="9001")["code"] == "login_needed"
    assert refusal(two, "login", user="anna", pin="0000")["code"] == "login_refused"
    two.ask("login", user="anna", pin="4711")
    two.ask("scan", code="9001")
    assert refusal(two, "price", line="1", price="1.00")["code"] == "right_missing"
    assert refusal(two, "discount", percent="50")["code"] == "discount_limit"
    assert two.ask("discount", percent="10")["total"] == "9.00"
    two.ask("approve", user="chef", pin="9999")
    assert two.ask("discount", percent="50")["total"] == "4.50"
    shop.paid(two, "4.50")
    one.ask("login", user="chef", pin="9999")
    assert {entry["action"] for entry in one.ask("audit")["entries"]} >= {"login", "login_failed", "program_start"}


def nothing_personal(home: Path) -> None:
    """Whoever copies the store learns figures, and no names."""
    raw = b"".join(file.read_bytes() for file in home.glob("store.sqlite*"))
    for name in PERSONS:
        for encoded in (name.encode(), json.dumps(name)[1:-1].encode(), name.encode("utf-16-le")):
            assert encoded not in raw, name


def test_a_whole_day_over_two_tills_adds_up_to_the_cent(two_tills: tuple[Any, Any], tmp_path: Path) -> None:
    one, two = two_tills
    stock(one, tmp_path)
    one.start()
    two.start()
    together(one, two)
    shop = Shop(one, two)
    prices_discounts_and_coupons(shop)
    orders_notes_and_invoices(shop)
    vouchers_and_tokens(shop)
    returns_and_voids(shop)
    parking(shop)
    judged(one, two)
    cash_and_day_end(shop)
    users_and_rights(shop, tmp_path / "users.csv")
    two.ask("approve", user="chef", pin="9999")
    two.ask("login", user="chef", pin="9999")
    judged(one, two)
    closed_and_verified(one, two)
    for till in (one, two):
        nothing_personal(till.home)
