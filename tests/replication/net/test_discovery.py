from __future__ import annotations

import asyncio
import ipaddress
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replication.net import discovery
from replication.net.discovery import Announcement, Browser, Interface, by_distance, own_interfaces, service_info, texts
from tests.machine import run

ROOT = Path(__file__).parents[3]
LOOPBACK = Interface("127.0.0.1", ipaddress.IPv4Network("127.0.0.0/8"))
LAN = Interface("192.168.1.5", ipaddress.IPv4Network("192.168.1.0/24"))
IPV6 = (
    Interface("fe80::5", ipaddress.IPv6Network("fe80::/64"), 2),
    Interface("2001:db8::5", ipaddress.IPv6Network("2001:db8::/64"), 2),
)
SAID = Announcement("network", "root", "ab" * 16, 7, "0.0.0.0", 7417)


def test_an_announcement_says_network_root_member_and_number() -> None:
    info = service_info(SAID, [LOOPBACK, LAN])
    assert texts(info.properties) == {
        "v": "1", "network": "network", "root": "root", "member": "ab" * 16, "no": "7",
    }  # fmt: skip
    assert info.parsed_addresses() == ["192.168.1.5"]
    assert info.port == 7417


def test_loopback_is_announced_only_where_there_is_nothing_else() -> None:
    assert service_info(SAID, [LOOPBACK]).parsed_addresses() == ["127.0.0.1"]
    assert service_info(SAID._replace(host="127.0.0.1"), [LOOPBACK, LAN]).parsed_addresses() == ["127.0.0.1"]
    assert service_info(SAID._replace(host="10.0.0.1"), [LOOPBACK, LAN]).parsed_addresses() == ["10.0.0.1"]


@pytest.mark.parametrize(
    ("addresses", "order"),
    [
        (["10.1.1.1", "192.168.1.9"], ["192.168.1.9", "10.1.1.1"]),
        (["192.168.1.9", "192.168.1.5"], ["192.168.1.5", "192.168.1.9"]),
        (["fe80::9%2", "2001:db8::9", "192.168.1.9"], ["192.168.1.9", "2001:db8::9", "fe80::9%2"]),
        (["fe80::9", "10.1.1.1"], ["10.1.1.1"]),
        (["2001:db9::1", "fe80::9%2"], ["fe80::9%2", "2001:db9::1"]),
        ([], []),
    ],
)
def test_the_nearest_address_is_dialled_first(addresses: list[str], order: list[str]) -> None:
    assert by_distance(addresses, [LOOPBACK, LAN, *IPV6]) == order


def test_both_families_are_announced_unless_ipv4_alone_is_listened_on() -> None:
    own = [LOOPBACK, LAN, *IPV6]
    assert set(service_info(SAID._replace(host="::"), own).parsed_addresses()) == {
        "192.168.1.5", "fe80::5", "2001:db8::5",
    }  # fmt: skip
    assert service_info(SAID, own).parsed_addresses() == ["192.168.1.5"]
    assert service_info(SAID._replace(host="2001:db8::5"), own).parsed_addresses() == ["2001:db8::5"]
    assert service_info(SAID._replace(host="fe80::5%eth0"), own).parsed_addresses() == ["fe80::5"]


@given(st.dictionaries(st.binary(max_size=20), st.none() | st.binary(max_size=50)))
def test_any_txt_is_read_without_harm(properties: dict[bytes, bytes | None]) -> None:
    assert all(isinstance(value, str) for value in texts(properties).values())


def test_this_machine_has_interfaces_in_a_stable_order() -> None:
    found = own_interfaces()
    assert list(found) == sorted(found, key=lambda each: (each.network.version, each.address, each.number))
    assert "::1" not in {each.address for each in found}
    assert all(each.address.startswith("127.") for each in own_interfaces(only_loopback=True))


async def test_a_machine_without_a_network_runs_and_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = 0

    def no_network(**_options: object) -> object:
        nonlocal tries
        tries += 1
        raise OSError(19, "No such device")

    monkeypatch.setattr(discovery, "AsyncZeroconf", no_network)
    monkeypatch.setattr(discovery, "RESCAN_S", 0.01)
    async with Browser(network_id="network", announcement=SAID):
        async with asyncio.timeout(30):
            while tries < 3:
                await asyncio.sleep(0.01)


@pytest.mark.hosts
def test_two_tills_with_nothing_but_mdns_find_each_other_and_again_after_a_kill(tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("unshare is not installed")
    namespace = [unshare, "-n"] if os.geteuid() == 0 else [unshare, "-r", "-n"]
    try:
        run([*namespace, "true"])
    except OSError as error:
        pytest.skip(f"this machine allows no network namespaces: {error}")
    done = subprocess.run(
        [*namespace, sys.executable, "-m", "tests.replication.net.lan", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["peers_of_stranger"] == []
    assert answer["static"] == []
