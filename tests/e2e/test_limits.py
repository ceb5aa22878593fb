"""Two real tills that are never up at the same time: what each may use alone is limited, by the office's word."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def together(*tills: Any) -> None:
    for till in tills:
        till.ask("wait", **{"for": "peers"}, count=1, timeout_s=20)
    for till in tills:
        till.ask("wait", **{"for": "synced"}, timeout_s=20)


def test_cut_off_from_each_other_two_tills_overdraw_a_voucher_by_the_limit_at_most(
    two_tills: Any, refused: Any
) -> None:
    one, two = two_tills
    one.start()
    two.start()
    together(one, two)
    value = {"kind": "voucher", "policy": "limit", "limit": "5.00", "per_day": "7.00"}
    one.ask("set", subject="claim_policy", value=value)
    one.ask("sell_voucher", value="8.00")
    one.ask("sell_voucher", value="8.00")
    code, other = one.ask("pay")["vouchers"]
    article = next(row for row in one.json("export", "articles") if not row["open_price"])["ident_no"]
    together(one, two)

    for till, away, missing in ((one, two, 2), (two, one, 1)):
        away.kill()
        if till.process is None:
            till.start()
        till.ask("scan", code=article, quantity="1", price="20.00")
        with pytest.raises(refused) as asked:
            till.ask("redeem", code=code, amount="3.00", ask_coverage=True)
        assert (asked.value.code, asked.value.answer["coverage"]["missing_tills"]) == ("coverage_incomplete", [missing])
        without = asked.value.answer["coverage"]["missing"]
        done = till.ask("redeem", code=code, amount="3.00", ask_coverage=True, without=without)
        assert done["coverage"]["complete"] is False
        with pytest.raises(refused) as beyond:
            till.ask("redeem", code=code, amount="2.01")
        assert (beyond.value.code, beyond.value.answer["left"]) == ("coverage_limit", "2.00")
        till.ask("redeem", code=code, amount="2.00")
        with pytest.raises(refused) as all_day:
            till.ask("redeem", code=other, amount="2.01")
        assert all_day.value.answer["left"] == "2.00"
        till.ask("pay")
    two.ask("scan", code=article, quantity="1", price="3.00")
    done = two.ask("redeem", code=other, amount="3.00", override={"reason": "Stammkundin"})
    (kept,) = two.ask("receipt", receipt_no=done["receipt_no"])["coverage"]
    assert (kept["promised"], kept["of"], kept["missing_tills"]) == (0, 1, [1])
    assert kept["override"]["reason"] == "Stammkundin"

    one.start()
    together(one, two)
    for till in (one, two):
        (overdraw,) = till.ask("overdraws")["overdraws"]
        assert (overdraw["resource"], overdraw["amount"]) == (f"voucher/{code}", "2.00")
        assert Decimal(overdraw["amount"]) <= Decimal("5.00"), "(k-1) times the limit"
    # A till that crashed promises nothing for 2 s after its start: it does not know any more what it promised.
    one.ask("scan", code=article, quantity="1", price="5.00")
    assert one.confirmed("redeem", code=other, amount="5.00")["coverage"]["complete"] is True
