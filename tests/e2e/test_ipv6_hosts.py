"""Hosts that have nothing but IPv6, addresses that change, and two networks on one wire: namespaces on a bridge."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.machine import run, try_to

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.hosts,
    pytest.mark.timeout(180),
    pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces need root"),
]

HOSTS = 3


def ip(*arguments: str) -> None:
    run(["ip", *arguments])


@pytest.fixture
def hosts() -> Iterator[list[str]]:
    """Names of namespaces on one bridge, each with its link-local IPv6 address and nothing else."""
    tag = uuid.uuid4().hex[:6]
    switch, names = f"tm{tag}s", [f"tm{tag}{number}" for number in range(HOSTS)]
    made: list[str] = []
    try:
        try:
            for name in (switch, *names):
                ip("netns", "add", name)
                made.append(name)
                ip("-n", name, "link", "set", "lo", "up")
            ip("-n", switch, "link", "add", "br0", "type", "bridge")
            ip("-n", switch, "link", "set", "br0", "up")
            for name in names:
                ip("link", "add", "eth0", "netns", name, "type", "veth", "peer", "name", name, "netns", switch)
                ip("-n", switch, "link", "set", name, "master", "br0", "up")
                ip("-n", name, "link", "set", "eth0", "up")
            time.sleep(2.5)  # until the kernel has made sure that the link-local addresses are nobody else's
        except OSError as error:
            pytest.skip(f"this machine lets nobody make network namespaces: {error}")
        if not has_address(names[0], "fe80::"):
            pytest.skip("this machine has no IPv6")
        yield names
    finally:
        for name in made:
            try_to(["ip", "netns", "delete", name])


def has_address(host: str, start: str) -> bool:
    return f" {start}" in run(["ip", "-n", host, "-o", "addr"])


def inside(host: str) -> list[str]:
    return ["ip", "netns", "exec", host]


def let_in(one: Any, two: Any) -> None:
    """Found a network at the first, which runs from here on, and let the second in by discovery alone."""
    one.run("network", "found", "--name", "Messe")
    one.start()
    code = one.json("network", "release", "--no", "2", "--name", "Kasse 2")["code"]
    two.run("network", "join", "--code", code)
    two.start()
    for till in (one, two):
        till.ask("wait", **{"for": "peers"}, count=1, timeout_s=30)


def sold(till: Any, value: str) -> str:
    till.ask("sell_voucher", value=value)
    return str(till.ask("pay")["vouchers"][0])


def test_hosts_with_link_local_ipv6_alone_find_each_other_and_keep_one_connection(
    hosts: list[str], tmp_path: Path, drive_till: Callable[..., Any]
) -> None:
    one, two = (drive_till(tmp_path / name, [], inside(host)) for name, host in zip("ab", hosts, strict=False))
    let_in(one, two)
    code = sold(one, "20.00")
    two.ask("wait", **{"for": "voucher"}, code=code, timeout_s=30)
    time.sleep(3)
    (peer,) = one.ask("status")["peers"]
    assert peer["since_ms"] > 2_500
    one.close()
    two.close()


def test_a_till_whose_address_changes_is_found_again(
    hosts: list[str], tmp_path: Path, drive_till: Callable[..., Any]
) -> None:
    for number, host in enumerate(hosts, 1):
        ip("-n", host, "addr", "add", f"10.231.8.{number}/24", "dev", "eth0")
        ip("-n", host, "route", "add", "224.0.0.0/4", "dev", "eth0")
        ip("-n", host, "addr", "flush", "dev", "eth0", "scope", "link")
    one, two = (drive_till(tmp_path / name, [], inside(host)) for name, host in zip("ab", hosts, strict=False))
    let_in(one, two)
    ip("-n", hosts[1], "addr", "flush", "dev", "eth0")
    ip("-n", hosts[1], "addr", "add", "10.231.8.77/24", "dev", "eth0")
    ip("-n", hosts[1], "route", "add", "224.0.0.0/4", "dev", "eth0")
    code = sold(two, "7.00")
    one.ask("wait", **{"for": "voucher"}, code=code, timeout_s=60)
    one.close()
    two.close()


def test_two_networks_on_one_wire_leave_each_other_alone(
    hosts: list[str], tmp_path: Path, drive_till: Callable[..., Any]
) -> None:
    one, two, stranger = (
        drive_till(tmp_path / name, [], inside(host)) for name, host in zip("abc", hosts, strict=True)
    )
    stranger.run("network", "found", "--name", "Nachbar")
    stranger.start()
    let_in(one, two)
    time.sleep(2)
    assert stranger.ask("status")["peers"] == []
    assert [peer["till_no"] for peer in one.ask("status")["peers"]] == [2]
    for till in (stranger, one):
        lines = till.json("log")["log"]
        assert not [line for line in lines if line["what"] == "dial_failed"], "they do not even knock"
        till.close()
    two.close()
