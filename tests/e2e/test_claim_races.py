"""Two real tills that want the whole of one voucher at the same moment, and one that says nothing when it is asked."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

ARTICLE = "0001"
VALUE = "10.00"
RACES = 20
ROUNDS = 20
"""As often as two cashiers whom nobody confirmed try again, on a machine with other things to do."""


def open_with_vouchers(one: Any, two: Any, count: int, policy: str) -> list[str]:
    """Both tills open and connected, and so many vouchers of 10.00 that both know."""
    for till in (one, two):
        till.start()
    for what in ({"for": "peers", "count": 1}, {"for": "synced"}):
        for till in (one, two):
            till.ask("wait", **what, timeout_s=20)
    one.ask("set", subject="claim_policy", value={"kind": "voucher", "policy": policy})
    for _ in range(count):
        one.ask("sell_voucher", value=VALUE)
    codes: list[str] = one.ask("pay")["vouchers"]
    two.ask("wait", **{"for": "voucher"}, code=codes[-1], timeout_s=20)
    return codes


def test_of_two_tills_that_take_a_voucher_at_the_same_moment_one_gets_it(two_tills: Any) -> None:
    tills = two_tills
    codes = open_with_vouchers(*tills, RACES, "refuse")
    refused: Counter[str] = Counter()
    for code in codes:
        for till in tills:
            till.ask("scan", code=ARTICLE, price=VALUE)
        for _ in range(ROUNDS):
            asked = [till.send("redeem", code=code) for till in tills]
            answers = [till.answer(number) for till, number in zip(tills, asked, strict=True)]
            refused.update(answer["code"] for answer in answers if not answer["ok"])
            if any(answer["ok"] for answer in answers):
                break
        won = [answer for answer in answers if answer["ok"]]
        assert len(won) == 1, answers
        assert (won[0]["redeemed"], won[0]["due"], won[0]["coverage"]["complete"]) == (VALUE, "0.00", True)
        (loser,) = [till for till, answer in zip(tills, answers, strict=True) if not answer["ok"]]
        loser.ask("void_sale")
    assert set(refused) <= {"voucher_used_up", "voucher_busy", "voucher_unconfirmed"}, refused
    for till in tills:
        till.ask("wait", **{"for": "synced"}, timeout_s=20)
        assert till.ask("overdraws")["overdraws"] == []
        for code in codes:
            found = till.ask("voucher", code=code)
            assert (found["redeemed"], found["balance"], found["held"]) == (VALUE, "0.00", "0.00")


def test_a_till_that_hangs_is_named_as_missing_from_each_redemption_until_it_goes_on(
    two_tills: Any, wait_until: Callable[..., None]
) -> None:
    one, two = two_tills
    (code,) = open_with_vouchers(one, two, 1, "allow")
    one.ask("scan", code=ARTICLE, price=VALUE)

    (other,) = [peer["member"] for peer in one.ask("status")["peers"]]
    all_there = {"complete": True, "promised": [other], "missing": []}
    assert one.confirmed("redeem", code=code, amount="1.00")["coverage"] == all_there
    two.process.send_signal(signal.SIGSTOP)
    try:
        for _ in range(3):  # how long each waits for it: tests/benchmarks/test_claiming.py
            done = one.ask("redeem", code=code, amount="1.00")
            assert done["coverage"] == {"complete": False, "promised": [], "missing": [other]}
    finally:
        two.process.send_signal(signal.SIGCONT)
    assert one.confirmed("redeem", code=code, amount="1.00")["coverage"] == all_there
    receipt_no = one.ask("pay")["receipt_no"]
    two.ask("wait", **{"for": "receipt"}, receipt_no=receipt_no, timeout_s=20)
    # Vouchers are another feed than receipts: it may come a little later.
    wait_until(lambda: two.ask("voucher", code=code)["redeemed"] == "5.00")
