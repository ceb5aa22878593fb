"""Eight tills hammer one voucher of 100.00 by 1.00 while their wire is cut in half, three times and each time in
other halves: under *refuse* exactly its value is redeemed, under *allow* the overdraws explain every cent."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.hammering import AMOUNT, Hammer, cpu_s, same_at_all
from tests.hosts.lan import Lan
from tests.hosts.selling import meshed

pytestmark = [pytest.mark.e2e, pytest.mark.hosts, pytest.mark.timeout(300)]

TILLS = 8
VALUE = Decimal("100.00")
ARTICLE = "1001"
HALVES = ((0, 1, 2, 3), (0, 2, 4, 6), (0, 1, 6, 7))
CUT_S = 1.5
"""Longer than whoever says nothing is waited for."""


def hammered(tills: list[Any], policy: str) -> Hammer:
    """A hammer for a new voucher of 100.00, which all tills know, as the policy of its kind."""
    tills[0].ask("set", subject="claim_policy", value={"kind": "voucher", "policy": policy})
    tills[0].ask("sell_voucher", value=str(VALUE))
    (code,) = tills[0].ask("pay")["vouchers"]
    same_at_all(tills, "voucher", code=code)
    return Hammer(tills, code, ARTICLE)


def in_every_book(tills: list[Any], hammer: Hammer) -> None:
    """Each customer's receipt is in the books of every till, and no number was given out twice."""
    numbers = [each.receipt_no for each in hammer.redeemed]
    assert len(set(numbers)) == len(numbers)
    for till in tills:
        for each in hammer.redeemed:
            receipt = till.ask("receipt", receipt_no=each.receipt_no)
            assert (receipt["till_no"], receipt["total"]) == (each.till_no, AMOUNT)


def test_eight_tills_hammer_one_voucher_and_every_cent_is_accounted_for(
    lan: Callable[[int], Lan],
    network: Callable[..., list[Any]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    wire = lan(TILLS)
    tills = network(wire)
    (tmp_path / "articles.csv").write_text(f"ident_no,name,price,vat_key\n{ARTICLE},Hirse,{AMOUNT},2\n", "utf-8")
    tills[0].run("import", "articles", str(tmp_path / "articles.csv"))
    for till in tills:
        till.start()
    meshed(tills)
    for check in (refused_when_cut, allowed_when_cut):
        began, computed = time.monotonic(), cpu_s(tills)
        hammer = check(wire, tills)
        cost = f"{time.monotonic() - began:.1f} s in all, the tills computed {cpu_s(tills) - computed:.1f} s"
        with capsys.disabled():
            print(f"\n{check.__name__}: {hammer.said()}; {cost}")
    for till in tills:
        till.close()


def refused_when_cut(wire: Lan, tills: list[Any]) -> Hammer:
    with hammered(tills, "refuse") as hammer:
        for near, redeemed in zip(HALVES, (15, 40, 65), strict=True):
            hammer.until_redeemed(redeemed)
            wire.halves(near)
            wire.cut()
            time.sleep(CUT_S)
            wire.mend()
        hammer.until_used_up()
    # Each knew of all before it: nobody saw a balance that somebody else had seen.
    left = sorted(Decimal(each.balance) for each in hammer.redeemed)
    assert left == [Decimal(euros) for euros in range(int(VALUE))]
    assert all(each.complete for each in hammer.redeemed)
    meshed(tills)
    voucher = same_at_all(tills, "voucher", code=hammer.code)
    assert (voucher["redeemed"], voucher["balance"], voucher["held"]) == ("100.00", "0.00", "0.00")
    assert voucher["state"] == "used_up"
    assert same_at_all(tills, "overdraws")["overdraws"] == []
    in_every_book(tills, hammer)
    return hammer


def allowed_when_cut(wire: Lan, tills: list[Any]) -> Hammer:
    with hammered(tills, "allow") as hammer:
        for near, redeemed in zip(HALVES, (15, 40, 70), strict=True):
            hammer.until_redeemed(redeemed)
            wire.halves(near)
            wire.cut()
            if redeemed < 70:
                hammer.until_redeemed(len(hammer.redeemed) + 10)
            else:  # what is left is taken on both sides
                hammer.until_used_up()
            wire.mend()
    meshed(tills)
    beyond = len(hammer.redeemed) - VALUE
    assert beyond > 0, "both sides took what was left"
    (overdraw,) = same_at_all(tills, "overdraws")["overdraws"]
    assert (overdraw["resource"], overdraw["state"]) == (f"voucher/{hammer.code}", "open")
    assert Decimal(overdraw["amount"]) == Decimal(overdraw["open"]) == beyond
    uses = {use["receipt_no"]: use for use in overdraw["uses"]}
    assert sorted(uses) == sorted(each.receipt_no for each in hammer.redeemed)
    assert sum(Decimal(use["beyond"]) for use in uses.values()) == beyond
    for each in hammer.redeemed:
        use = uses[each.receipt_no]
        assert (use["till_no"], use["amount"], not use["missing"]) == (each.till_no, AMOUNT, each.complete)
        assert len(use["promised"]) + len(use["missing"]) == TILLS - 1
    voucher = same_at_all(tills, "voucher", code=hammer.code)
    assert (Decimal(voucher["redeemed"]), voucher["state"]) == (VALUE + beyond, "overdrawn")
    in_every_book(tills, hammer)
    return hammer
