"""How long tills take to find each other by mDNS: hosts in network namespaces on a bridge, nothing configured.

Timed from the moment in which all are switched on until everybody is connected with everybody, as their own ``status``
says, beside what of it is their start (``ready``), which on two processors takes its time; and from the change of an
address until both sides are connected again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.hosts.conftest import lan, network  # noqa: F401 - fixtures
from tests.hosts.lan import Lan, ip

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(300)]

TILLS = 8
ROUNDS = 3
FORMED_S, FOUND_S, MOVED_S = 3.0, 2.0, 20.0
GIVE_UP_S = 60.0


def peers_of(till: Any) -> int:
    return len(till.ask("status")["peers"])


def until(tills: list[Any], peers: int) -> float:
    """Seconds until each has so many peers."""
    began = time.monotonic()
    while any(peers_of(till) < peers for till in tills):
        assert time.monotonic() < began + GIVE_UP_S, [peers_of(till) for till in tills]
    return time.monotonic() - began


def told(name: str, seconds: list[float], aim_s: float) -> None:
    most = max(seconds)
    each = ", ".join(f"{each:.2f}" for each in seconds)
    print(f"{name:44} {each} s   most {most:.2f} s (aim {aim_s:.0f} s: {'met' if most <= aim_s else 'MISSED'})")


@pytest.mark.parametrize(("tills_there", "aim_s"), [(2, FOUND_S), (TILLS, FORMED_S)])
def test_tills_that_are_switched_on_find_each_other(
    tills_there: int,
    aim_s: float,
    lan: Callable[[int], Lan],  # noqa: F811
    network: Callable[..., list[Any]],  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    tills = network(lan(tills_there))
    formed: list[float] = []
    started: list[float] = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        with ThreadPoolExecutor(tills_there) as pool:
            list(pool.map(lambda till: till.start(), tills))
        started.append(time.monotonic() - began)
        until(tills, tills_there - 1)
        formed.append(time.monotonic() - began)
        for till in tills:
            till.close()
    with capsys.disabled():
        print(f"\n{tills_there} tills; until the last is ready {', '.join(f'{each:.2f}' for each in started)} s")
        told("switched on until all are connected", formed, aim_s)


def test_a_till_with_another_address_is_found_again(
    lan: Callable[[int], Lan],  # noqa: F811
    network: Callable[..., list[Any]],  # noqa: F811
    capsys: pytest.CaptureFixture[str],
) -> None:
    wire = lan(2)
    tills = network(wire)
    for till in tills:
        till.start()
    until(tills, 1)
    moved: list[float] = []
    for number in range(ROUNDS):
        host, before = wire.hosts[1], tills[0].ask("status")["peers"][0]["since_ms"]
        began = time.monotonic()
        ip("-n", host, "addr", "flush", "dev", "eth0")
        ip("-n", host, "addr", "add", f"10.231.8.{77 + number}/24", "dev", "eth0")
        ip("-n", host, "route", "add", "224.0.0.0/4", "dev", "eth0")
        while True:
            peers = tills[0].ask("status")["peers"]
            elapsed_ms = (time.monotonic() - began) * 1e3
            if peers and peers[0]["since_ms"] < min(before, elapsed_ms):
                break
            assert elapsed_ms < GIVE_UP_S * 1e3
            before += 1
        moved.append(time.monotonic() - began)
    for till in tills:
        till.close()
    with capsys.disabled():
        print()
        told("another address until connected again", moved, MOVED_S)
