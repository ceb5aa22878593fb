"""Two tills on two hosts: network namespaces joined by a cable, real mDNS, real TLS, nothing configured."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.machine import run, try_to

pytestmark = [pytest.mark.e2e, pytest.mark.hosts, pytest.mark.timeout(180)]


def _ip(*arguments: str) -> None:
    run(["ip", *arguments])


@pytest.fixture
def hosts() -> Iterator[tuple[str, str]]:
    """Names of two namespaces that see each other and nothing else."""
    tag = uuid.uuid4().hex[:6]
    names = (f"tm{tag}a", f"tm{tag}b")
    made: list[str] = []
    try:
        try:
            for name in names:
                _ip("netns", "add", name)
                made.append(name)
            _ip("link", "add", names[0], "netns", names[0], "type", "veth", "peer", "name", names[1], "netns", names[1])
            for number, name in enumerate(names, 1):
                _ip("-n", name, "addr", "add", f"10.231.7.{number}/24", "dev", name)
                _ip("-n", name, "link", "set", name, "up")
                _ip("-n", name, "link", "set", "lo", "up")
                _ip("-n", name, "route", "add", "224.0.0.0/4", "dev", name)
        except OSError as error:
            pytest.skip(f"this machine lets nobody make network namespaces: {error}")
        yield names
    finally:
        for name in made:
            try_to(["ip", "netns", "delete", name])


@pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root")
def test_tills_on_two_hosts_find_each_other_and_honour_vouchers(
    hosts: tuple[str, str], tmp_path: Path, drive_till: Callable[..., Any]
) -> None:
    one, two = (
        drive_till(tmp_path / name, [], ["ip", "netns", "exec", host]) for name, host in zip("ab", hosts, strict=True)
    )
    one.run("network", "found", "--name", "Messe")
    one.start()
    code = one.json("network", "release", "--no", "2", "--name", "Kasse 2")["code"]
    two.run("network", "join", "--code", code)
    two.start()
    for till in (one, two):
        till.ask("wait", **{"for": "peers"}, count=1, timeout_s=20)
        assert till.ask("status")["online"] is True

    one.ask("sell_voucher", value="20.00")
    code = one.ask("pay")["vouchers"][0]
    two.ask("wait", **{"for": "voucher"}, code=code, timeout_s=20)
    two.ask("sell_voucher", value="15.00")
    assert two.ask("redeem", code=code)["balance"] == "5.00"

    # The cable is pulled: both go on selling; what happened arrives when it is back.
    _ip("-n", hosts[0], "link", "set", hosts[0], "down")
    one.ask("sell_voucher", value="7.00")
    away = one.ask("pay")["vouchers"][0]
    two.ask("sell_voucher", value="3.00")
    last = two.ask("pay")["receipt_no"]
    _ip("-n", hosts[0], "link", "set", hosts[0], "up")
    _ip("-n", hosts[0], "route", "replace", "224.0.0.0/4", "dev", hosts[0])
    two.ask("wait", **{"for": "voucher"}, code=away, timeout_s=60)
    one.ask("wait", **{"for": "receipt"}, receipt_no=last, timeout_s=60)
    one.close()
    two.close()
