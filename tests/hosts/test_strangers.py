"""Who does not belong, and who has gone mad: the tills go on, and nobody reads what is not his."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from replication import certificates
from replication.identity import Identity
from tests.driving import ROOT
from tests.hosts.lan import Lan
from tests.hosts.selling import Cashiers, agreed, meshed
from tests.machine import run, try_to

pytestmark = [pytest.mark.e2e, pytest.mark.hosts, pytest.mark.timeout(400)]

FLOODS = 5
"""At most: on a busy machine one is over before much is sold."""
GROWTH_KIB_MAX = 96 * 1024
"""What a flood may leave in a till's memory: queues at their bounds, not what was sent."""


def stranger(wire: Lan, index: int, *arguments: str) -> dict[str, Any]:
    """Let it do its worst on that host; what it says of it."""
    command = [*wire.prefix(index), sys.executable, "-m", "tests.hosts.stranger", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def resident_kib(till: Any) -> int:
    status = Path(f"/proc/{till.process.pid}/status").read_text("ascii")
    return int(status.split("VmRSS:")[1].split()[0])


def test_a_stranger_a_flood_and_a_revoked_till_disturb_nobody(
    lan: Callable[[int], Lan], network: Callable[..., list[Any]], wait_until: Callable[..., None]
) -> None:
    wire = lan(4)
    tills = network(wire)
    *good, fourth = tills
    for till in tills:
        till.start()
    meshed(tills)
    fourth.ask("sell_voucher", value="12.00")
    theirs = fourth.ask("pay")["vouchers"][0]
    for till in good:
        till.ask("wait", **{"for": "voucher"}, code=theirs, timeout_s=30)
    fourth.close()

    with Cashiers(good, seed=9) as cashiers:
        identity = Identity.load(good[0].home)
        root = certificates.fingerprint(identity.root).hex()
        ports = [int(till.json("status")["port"]) for till in good]
        targets = [f"{wire.address(index)}:{port}" for index, port in enumerate(ports)]
        said = stranger(wire, 3, "door", identity.network_id, root, *targets)
        assert said["heard"] == 0, said
        assert said["refused"] >= 3, said
        assert said["callers"] == 0, "nobody ends a handshake with a certificate that the root did not sign"

        before = [resident_kib(till) for till in good]
        sold = len(cashiers.receipts)
        for _ in range(FLOODS):
            said = stranger(wire, 3, "flood", str(fourth.home), *targets)
            assert said["ended"] > 0, said
            if len(cashiers.receipts) - sold > 10:
                break
        assert len(cashiers.receipts) - sold > 10, "the others sell while one floods"
        grown = [resident_kib(till) - old for till, old in zip(good, before, strict=True)]
        assert max(grown) < GROWTH_KIB_MAX, grown

        good[0].run("network", "revoke", "--no", "4")
        for till in good:
            wait_until(lambda till=till: till.json("network", "members")["members"][3]["revoked"])
        fourth.start()
        time.sleep(2)
        assert not fourth.ask("status")["peers"]
        cashiers.pause(1)
        assert good[1].ask("voucher", code=theirs)["balance"] == "12.00"
        cashiers.go_on(1)
        cashiers.until_sold(5)
    assert not fourth.ask("status")["peers"]
    meshed(good)
    agreed(good, cashiers)
    reasons = {row["detail"] for till in good for row in till.json("log", "--limit", "2000")["log"]}
    assert any("protocol error" in reason for reason in reasons)
    for till in tills:
        till.close()


def test_a_full_disk_stops_one_till_and_nobody_else(
    lan: Callable[[int], Lan], network: Callable[..., list[Any]], tmp_path: Path
) -> None:
    wire = lan(3)
    small = tmp_path / "small"
    small.mkdir()
    try:
        run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(small)])
    except OSError as error:
        pytest.skip(f"no small disk can be made here: {error}")
    try:
        tills = network(wire, homes={1: small / "home"})
        for till in tills:
            till.start()
        meshed(tills)
        with Cashiers(tills, seed=2) as cashiers:
            cashiers.until_sold(10)
            cashiers.pause(1)
            ballast = small / "ballast"
            with ballast.open("wb", buffering=0) as file:
                try:
                    while True:
                        file.write(bytes(4096))
                except OSError:
                    pass
            cashiers.go_on(1)
            give_up = time.monotonic() + 30
            while "disk_full" not in cashiers.refused:
                assert time.monotonic() < give_up, "the full disk was never noticed"
                time.sleep(0.05)
            cashiers.until_sold(6)
            cashiers.pause(1)
            ballast.unlink()
            cashiers.go_on(1)
            cashiers.until_sold(20)
        meshed(tills)
        agreed(tills, cashiers)
        for till in tills:
            till.close()
    finally:
        try_to(["umount", "-l", str(small)])
