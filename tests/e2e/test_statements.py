"""A printed slip is money at a till that has never heard of whoever printed it: real processes, real paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.driving import DriveTill, Refused, free_port

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

ARTICLE = "1001"  # 4.99


def together(*tills: DriveTill) -> None:
    for till in tills:
        till.ask("wait", **{"for": "peers"}, count=len(tills) - 1, timeout_s=20)
    for till in tills:
        till.ask("wait", **{"for": "synced"}, timeout_s=20)


def refusal(till: DriveTill, do: str, **fields: str) -> str:
    with pytest.raises(Refused) as refused:
        till.ask(do, **fields)
    return str(refused.value.code)


def test_a_slip_is_taken_by_a_till_that_never_met_its_issuer_and_all_agree_afterwards(
    tmp_path: Path,
    founded: Callable[[Path], DriveTill],
    drive_till: Callable[..., DriveTill],
    wait_until: Callable[..., None],
) -> None:
    ports = [free_port() for _ in range(3)]
    peers = [option for port in ports for option in ("--peer", f"127.0.0.1:{port}")]
    one = founded(tmp_path / "one")
    one.options[:] = ["--listen", f"127.0.0.1:{ports[0]}", *peers, "--no-discovery"]
    two, three = (
        drive_till(tmp_path / f"till-{no}", ["--listen", f"127.0.0.1:{ports[no - 1]}", *peers, "--no-discovery"])
        for no in (2, 3)
    )

    def joined(till: DriveTill, no: int) -> None:
        code = one.json("network", "release", "--no", str(no), "--name", f"Kasse {no}", "--site", "Messe")["code"]
        till.run("network", "join", "--code", code, "--peer", f"127.0.0.1:{ports[0]}", "--no-discovery")
        till.start()
        together(one, till)

    def printed(till: DriveTill, value: str) -> tuple[str, str]:
        """A voucher sold: its code, and what its symbol says, off the paper."""
        till.ask("sell_voucher", value=value)
        (code,) = till.ask("pay")["vouchers"]
        paper = till.home / "paper.txt"
        slips: list[str] = []

        def out() -> bool:
            slips[:] = re.findall(r"\[QR (TM1\w+)\]", paper.read_text("utf-8")) if paper.exists() else []
            return len(slips) == len(sold) + 1

        wait_until(out)
        sold.append(code)
        return code, slips[-1]

    sold: list[str] = []
    one.start()
    joined(two, 2)
    two.close()
    (tmp_path / "till-3").mkdir()
    (tmp_path / "till-3" / "till.toml").write_text("[printer]\nsimulated = true\n", "utf-8")
    joined(three, 3)
    one.close()

    # Till 3 issues while nobody hears it; till 2 has not even heard that there is a till 3.
    code, slip = printed(three, "20.00")
    three.close()
    two.start()
    assert [each["till_no"] for each in two.json("network", "members")["members"]] == [1, 2]
    two.ask("scan", code=ARTICLE)
    assert refusal(two, "redeem", code=code) == "unknown_voucher"
    two.close()
    (two.home / "till.toml").write_text('[claims]\nunknown_voucher = "allow"\n', "utf-8")
    two.start()
    assert refusal(two, "redeem", code=code) == "unknown_voucher_amount"
    assert refusal(two, "redeem", code=slip[:150] + slip[151:]) == "statement_damaged"
    seen = two.ask("voucher", code=slip)
    assert (seen["balance"], seen["till_no"], seen["registered"]) == ("20.00", 3, False)
    done = two.ask("redeem", code=slip.lower())
    assert (done["redeemed"], done["balance"], done["due"]) == ("4.99", "15.01", "0.00")
    assert done["coverage"]["complete"] is False

    # Together again: one voucher, one balance, and its issuer's own word on who sold it.
    one.start()
    three.start()
    together(one, two, three)
    for till in (one, two, three):
        known = till.ask("voucher", code=code)
        assert (known["value"], known["balance"], known["till_no"]) == ("20.00", "15.01", 3)
        assert known["receipt_no"].startswith("3-")
        assert till.ask("overdraws")["overdraws"] == []
    three.ask("scan", code=ARTICLE)
    assert three.confirmed("redeem", code=slip)["coverage"]["complete"] is True
    together(one, two, three)

    # Till 3's key is lost: what it sold unheard is refused, what the books know stays good.
    one.close()
    two.close()
    _, unheard = printed(three, "50.00")
    three.close()
    one.start()
    two.start()
    together(one, two)
    one.run("network", "revoke", "--no", "3")
    wait_until(
        lambda: [each for each in two.json("network", "members")["members"] if each["till_no"] == 3 and each["revoked"]]
    )
    two.ask("scan", code=ARTICLE)
    assert refusal(two, "redeem", code=unheard) == "statement_revoked"
    assert two.ask("redeem", code=slip)["balance"] == "5.03"
