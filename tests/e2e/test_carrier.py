"""Two real tills that cannot hear each other share a stick: equal books, and a voucher of one is taken at the other."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def test_a_stick_brings_two_tills_together_that_never_meet(cabled: Any, tmp_path: Path) -> None:
    one, two, cable = cabled
    one.start()
    two.start()
    for till in (one, two):
        till.ask("wait", **{"for": "peers"}, count=1, timeout_s=20)
    for till in (one, two):
        till.ask("wait", **{"for": "synced"}, timeout_s=20)
    cable.cut()
    stick = tmp_path / "stick"
    stick.mkdir()

    one.ask("sell_voucher", value="20.00")
    code = one.ask("pay")["vouchers"][0]
    two.ask("scan", code=_article(two), quantity="1", price="5.00")
    two.ask("pay")

    # From a running till to a running till, through their control sockets.
    written = one.json("carrier", "write", str(stick))
    assert written["renewed"] == written["files"] > 0
    assert one.json("carrier", "write", str(stick))["renewed"] == 0
    brought = two.json("carrier", "read", str(stick))
    assert brought["refused"] == brought["left"] == []
    assert brought["taken"]["receipt.completed/1"] == 1
    assert two.json("carrier", "read", str(stick))["taken"] == {}
    two.ask("scan", code=_article(two), quantity="1", price="12.50")
    redeemed = two.ask("redeem", code=code)
    assert (redeemed["redeemed"], redeemed["balance"]) == ("12.50", "7.50")

    # And back, between homes that nobody has open.
    one.close()
    two.close()
    two.run("carrier", "write", str(stick))
    said = one.run("carrier", "read", str(stick)).stdout
    assert "receipt.completed/1" in said
    reports = [till.json("rebuild") for till in (one, two)]
    assert reports[0]["fingerprint"] == reports[1]["fingerprint"]
    for till in (one, two):
        assert till.json("verify")["faults"] == []
        assert any(row["what"] == "carried" for row in till.json("log")["log"])

    one.start()
    one.ask("scan", code=_article(one), quantity="1", price="10.00")
    assert one.ask("redeem", code=code)["redeemed"] == "7.50"
    one.ask("void_sale")
    assert Decimal(one.ask("turnover", scope="network")["gross"]) == Decimal("37.50")
    one.close()


def test_a_stick_that_cannot_be_used_is_one_clear_line(drive_till: Any, tmp_path: Path) -> None:
    one = drive_till(tmp_path / "one", ["--no-discovery"])
    one.run("network", "found", "--name", "Fest")
    for folder in (tmp_path / "none", tmp_path):
        failed = one.run("carrier", "read", str(folder), check=False)
        assert failed.returncode == 1
        assert len(failed.stderr.strip().splitlines()) == 1
        assert str(folder) in failed.stderr
    stick = tmp_path / "stick"
    stick.mkdir()
    one.run("carrier", "write", str(stick))
    (manifest,) = stick.rglob("manifest.json")
    manifest.write_bytes(manifest.read_bytes()[:-1])
    failed = one.run("carrier", "read", str(stick), "--json", check=False)
    assert failed.returncode == 1, "nothing on it can be taken"
    assert json.loads(failed.stdout)["refused"][0]["code"] == "bad_manifest"
    assert len(failed.stderr.strip().splitlines()) == 1


def _article(till: Any) -> str:
    rows = till.json("export", "articles")
    return next(row["ident_no"] for row in rows if not row["open_price"])
