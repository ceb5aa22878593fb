"""What two tills do at once, in a cut network, and when the plug is pulled: nothing is lost or given twice."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from tests.e2e.judging import at_once, closed_and_verified, judged, known, refusal, together

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def sold(till: Any, price: str, quantity: str = "1", **fields: Any) -> str:
    """A receipt of one line, paid in cash; its number."""
    till.ask("scan", code="100", quantity=quantity, price=price)
    done: dict[str, Any] = till.ask("pay", **fields)
    return str(done["receipt_no"])


def opened(one: Any, two: Any) -> None:
    one.start()
    two.start()
    together(one, two)


def alone(till: Any) -> None:
    """Wait until the till reaches nobody."""
    give_up = time.monotonic() + 20
    while till.ask("status")["online"]:
        assert time.monotonic() < give_up
        time.sleep(0.05)


def test_of_two_tills_at_once_one_takes_the_goods_back_resumes_or_takes_the_coupon(two_tills: tuple[Any, Any]) -> None:
    one, two = two_tills
    opened(one, two)
    for _ in range(2):
        receipt_no = sold(one, "5.00")
        known(two, receipt_no)
        together(one, two)
        answers = at_once(two_tills, "return", receipt_no=receipt_no, line="1", quantity="1", reason="zweimal")
        for till, answer in zip(two_tills, answers, strict=True):
            if answer["ok"]:
                assert till.ask("pay")["total"] == "-5.00"
            else:
                assert answer["code"] in ("return_busy", "returned_already", "coverage_incomplete"), answer
                assert refusal(till, "pay")["code"] == "empty_sale"
        together(one, two)

        one.ask("scan", code="100", price="7.00")
        park_no = one.ask("park", name="Meier")["park_no"]
        together(one, two)
        answers = at_once(two_tills, "resume", park_no=park_no)
        for till, answer in zip(two_tills, answers, strict=True):
            if answer["ok"]:
                assert till.ask("pay")["total"] == "7.00"
            else:
                assert answer["code"] in ("parked_busy", "parked_gone", "coverage_incomplete"), answer
        together(one, two)

        (code,) = _coupon(one)
        together(one, two)
        for till in two_tills:
            till.ask("scan", code="100", price="9.00")
        answers = at_once(two_tills, "coupon", code=code)
        totals = sorted(Decimal(till.ask("pay")["total"]) for till in two_tills)
        assert totals == [Decimal("7.00"), Decimal("9.00")], answers
        together(one, two)
    judged(one, two)
    closed_and_verified(one, two)


def _coupon(till: Any) -> list[str]:
    campaign = {"campaign_id": "zwei", "name": "Zwei Euro", "gives": "amount", "amount_minor": 200}
    till.ask("set", subject="campaign", value=campaign)
    codes: list[str] = till.ask("issue_coupons", campaign="zwei")["codes"]
    return codes


def test_a_plug_pulled_in_a_sale_or_a_day_end_leaves_the_sale_and_one_z_report(two_tills: tuple[Any, Any]) -> None:
    one, two = two_tills
    opened(one, two)
    receipt_no = sold(one, "12.00", "2")
    known(two, receipt_no)
    one.ask("sell_voucher", value="30.00")
    (code,) = one.ask("pay", tender="card")["vouchers"]
    two.ask("wait", **{"for": "voucher"}, code=code, timeout_s=20)
    two.ask("return", receipt_no=receipt_no, line="1", quantity="1")
    two.ask("scan", code="100", price="50.00")
    two.ask("redeem", code=code, amount="30.00")
    two.ask("pay", amount="3.00", tender="card")
    together(one, two)
    two.kill()
    assert refusal(one, "return", receipt_no=receipt_no, line="1", quantity="2")["code"] in (
        "return_too_much",
        "return_busy",
    )
    two.start()
    together(one, two)
    assert two.ask("pay")["total"] == "38.00"
    assert refusal(one, "redeem", code=code)["code"] in ("empty_sale", "voucher_used_up")
    for attempt in range(3):
        sold(two, "1.00")
        two.send("z_report", counted={"EUR": "100.00"})
        time.sleep((0.0, 0.01, 0.03)[attempt])
        two.kill()
        two.start()
        together(one, two)
    reports = two.ask("z_reports")["z_reports"]
    numbers = sorted(report["z_no"] for report in reports)
    assert numbers == list(range(1, len(numbers) + 1))
    two.ask("z_report")
    judged(one, two)
    closed_and_verified(one, two)


def test_a_cut_cable_stops_no_sale_and_what_was_used_twice_meanwhile_is_found(
    cabled: tuple[Any, Any, Any],
) -> None:
    one, two, cable = cabled
    opened(one, two)
    receipt_no = sold(one, "8.00")
    one.ask("sell_voucher", value="10.00")
    (code,) = one.ask("pay")["vouchers"]
    debtor = one.ask("set_customer", name="Erfunden, Eva", credit_limit="20.00")["no"]
    one.ask("scan", code="100", price="3.00")
    park_no = one.ask("park")["park_no"]
    together(one, two)
    cable.cut()
    for till in (one, two):
        alone(till)
    sold(one, "2.50", amount="5")
    sold(two, "2.75", tender="card")
    # The shop lets its tills take what cannot be confirmed: each says so, and what was used twice is found.
    two.ask("scan", code="100", price="9.00")
    done = two.ask("redeem", code=code)
    assert (done["balance"], done["coverage"]["complete"]) == ("1.00", False)
    one.ask("scan", code="100", price="10.00")
    assert one.ask("redeem", code=code)["balance"] == "0.00"
    assert two.ask("return", receipt_no=receipt_no, line="1", quantity="1")["coverage"]["complete"] is False
    assert two.ask("pay")["total"] == "-8.00"
    two.ask("scan", code="100", price="15.00")
    two.ask("customer", no=debtor)
    done = two.ask("pay", tender="customer_credit")
    assert done["coverage"]["complete"] is False, (done, two.ask("status"))
    assert one.ask("z_report")["z_no"] == 1
    cable.mend()
    together(one, two)
    one.ask("scan", code="100", price="15.00")
    one.ask("customer", no=debtor)
    assert refusal(one, "pay", tender="customer_credit")["amount"] == "5.00"
    one.ask("void_sale")
    assert refusal(one, "return", receipt_no=receipt_no, line="1", quantity="1")["code"] == "returned_already"
    assert two.ask("resume", park_no=park_no)["total"] == "3.00"
    assert refusal(two, "redeem", code=code)["code"] == "voucher_used_up"
    assert two.ask("pay")["total"] == "3.00"
    judged(one, two)
    for till in (one, two):
        (overdraw,) = till.ask("overdraws")["overdraws"]
        assert overdraw["amount"] == "9.00", overdraw
    closed_and_verified(one, two)
