"""Two real tills take the same voucher while neither hears the other; then both list it, and it is settled on one."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

USERS = "user;name;role;pin\nchef;Carl Muster;supervisor;9876\nanna;Anna Berg;cashier;4711\n"
SETTLED_WITHIN_S = 30.0
ARTICLE = "0001"


def together(*tills: Any) -> None:
    for what in ({"for": "peers", "count": 1}, {"for": "synced"}):
        for till in tills:
            till.ask("wait", **what, timeout_s=20)


def listed(till: Any) -> dict[str, Any]:
    (found,) = till.ask("overdraws")["overdraws"]
    return dict(found)


def settled_at(till: Any, state: str) -> dict[str, Any]:
    """The one overdraw, once this till has heard that it is in that state."""
    give_up = time.monotonic() + SETTLED_WITHIN_S
    while (found := listed(till))["state"] != state and time.monotonic() < give_up:
        time.sleep(0.1)
    assert found["state"] == state, found
    return found


def turnover(till: Any) -> dict[str, Any]:
    return {**till.ask("turnover", scope="network"), "id": None}


def redeemed_apart(one: Any, two: Any) -> str:
    """The code of a voucher of 10.00 that both tills took 8.00 of, each while the other's plug was pulled."""
    for till in (one, two):
        till.start()
    together(one, two)
    one.ask("sell_voucher", value="10.00")
    (code,) = one.ask("pay")["vouchers"]
    two.ask("wait", **{"for": "voucher"}, code=code, timeout_s=20)
    for till, other in ((one, two), (two, one)):
        other.kill()
        if till.process is None:
            till.start()
        till.ask("scan", code=ARTICLE, price="8.00")
        done = till.ask("redeem", code=code)
        assert (done["balance"], done["coverage"]["complete"]) == ("2.00", False)
    one.start()
    together(one, two)
    return str(code)


def test_two_tills_apart_overdraw_a_voucher_and_both_see_it_and_see_it_settled(two_tills: Any, tmp_path: Path) -> None:
    one, two = two_tills
    name = f"voucher/{redeemed_apart(one, two)}"
    found = listed(one)
    assert listed(two) == found == one.json("overdraws")["overdraws"][0]
    assert (found["resource"], found["amount"], found["state"]) == (name, "6.00", "open")
    assert {use["till_no"]: use["missing"] for use in found["uses"]} == {1: [2], 2: [1]}
    assert all(use["receipt_no"] and use["at"] for use in found["uses"])
    assert found["caused_by"] == found["uses"][1]
    before = turnover(one)

    shown = one.run("overdraws", "--lang", "en").stdout
    assert f"{name}" in shown
    assert "overdrawn by 6.00, 6.00 open (open)" in shown
    settling = ("overdraws", "settle", name, "--how", "charged", "--reason", "Kundin zahlt", "--lang", "en")
    refused = one.run(*settling, "--amount", "6.01", check=False)
    # The running till speaks German; whoever asks is answered as they speak.
    assert refused.returncode == 1
    assert {"6.00", name} <= set(refused.stderr.split())
    partly = one.json(*settling, "--amount", "1")
    assert partly == {"resource": name, "settled": "1.00", "open": "5.00", "how": "charged"}
    assert settled_at(two, "partly_settled")["open"] == "5.00"

    # Once there are users, it is one of them who decides.
    (tmp_path / "users.csv").write_text(USERS, encoding="utf-8")
    one.run("import", "users", str(tmp_path / "users.csv"))
    for who, pin in (((), ""), (("--by", "chef"), "1111"), (("--by", "anna"), "4711")):
        assert one.run(*settling, *who, check=False, stdin=f"{pin}\n").returncode == 1
    assert listed(one)["open"] == "5.00"
    one.run(*settling, "--by", "chef", stdin="9876\n")
    found = settled_at(two, "settled")
    assert (found["open"], found["settled"], found["settled_twice"]) == ("0.00", "6.00", "0.00")
    assert [(each["amount"], each["user"]) for each in found["settlements"]] == [("1.00", ""), ("5.00", "chef")]
    assert listed(one) == found
    two.ask("login", user="chef", pin="9876")
    assert two.ask("voucher", code=name.removeprefix("voucher/"))["balance"] == "0.00"
    assert turnover(one) == before

    # Closed homes list the same.
    for till in (one, two):
        till.close()
        assert till.json("overdraws")["overdraws"] == [found]
        assert till.json("overdraws", "--open")["overdraws"] == []
    reports = [till.json("rebuild") for till in (one, two)]
    assert all(report["same"] for report in reports)
    assert reports[0]["fingerprint"] == reports[1]["fingerprint"]
