"""Guessing codes: where it really happens, in TLS handshakes over real sockets, and by the doorkeeper's count."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from pathlib import Path

import pytest

from replication import certificates
from replication.enrolment import EnrolmentRefused, join_network
from replication.enrolment_code import EnrolmentCode
from replication.identity import Identity
from replication.net import doorkeeper, tls
from replication.net.doorkeeper import Doorkeeper
from tests.replication.running import Start, until


class Clock:
    def __init__(self) -> None:
        self.ms = 1_000

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keeper(clock: Clock) -> Doorkeeper:
    return Doorkeeper(clock)


def fail(keeper: Doorkeeper, host: str, times: int) -> int:
    """Handshakes that fail, one after the other; how many were begun."""
    begun = 0
    for port in range(times):
        if keeper.admits((host, port)):
            begun += 1
            keeper.closed((host, port))
    return begun


def test_one_address_has_so_many_failures_a_minute(keeper: Doorkeeper, clock: Clock) -> None:
    assert fail(keeper, "192.0.2.1", 100) == doorkeeper.FAILURES_PER_PEER
    assert keeper.admits(("192.0.2.2", 1))
    clock.ms += doorkeeper.WINDOW_MS
    assert keeper.admits(("192.0.2.1", 1))


def test_who_passes_has_not_failed(keeper: Doorkeeper) -> None:
    for port in range(3 * doorkeeper.FAILURES_PER_PEER):
        assert keeper.admits(("192.0.2.1", port))
        keeper.passed(("192.0.2.1", port))
        keeper.closed(("192.0.2.1", port))


def test_who_is_held_off_is_told_once_a_minute_and_a_crowd_in_one_line(clock: Clock) -> None:
    told: list[str] = []
    keeper = Doorkeeper(clock, lambda peer, _why: told.append(peer))
    fail(keeper, "192.0.2.1", doorkeeper.FAILURES_PER_PEER)
    assert told == []
    fail(keeper, "192.0.2.1", 500)
    assert told == ["192.0.2.1"]
    for host in range(300):
        fail(keeper, f"198.51.100.{host % 250}", 2 * doorkeeper.FAILURES_PER_PEER)
    assert len(told) == doorkeeper.MAX_TOLD + 1
    assert told[-1] == ""
    clock.ms += doorkeeper.WINDOW_MS
    fail(keeper, "192.0.2.1", 2 * doorkeeper.FAILURES_PER_PEER)
    assert told[doorkeeper.MAX_TOLD + 1 :] == ["192.0.2.1"]


def test_an_attack_from_many_addresses_leaves_one_try_to_everybody_else(
    keeper: Doorkeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    for host in range(doorkeeper.FAILURES):
        fail(keeper, f"198.51.100.{host % 200}", 2)
    assert fail(keeper, "198.51.100.7", 5) == 0
    assert fail(keeper, "192.0.2.1", 5) == 1
    assert keeper.admits(("192.0.2.2", 1))


def test_the_memory_of_addresses_is_bounded(keeper: Doorkeeper) -> None:
    for host in range(3 * doorkeeper.MAX_PEERS):
        fail(keeper, f"10.0.{host // 250}.{host % 250}", 1)
    assert len(keeper._failures) <= doorkeeper.MAX_PEERS
    assert not keeper._under_way
    assert not keeper._of_peer


def test_handshakes_that_never_end_leave_room_for_others(keeper: Doorkeeper) -> None:
    begun = [keeper.admits(("192.0.2.1", port)) for port in range(500)]
    assert sum(begun) == doorkeeper.UNDER_WAY_PER_PEER
    for host in range(2, 2 + doorkeeper.UNDER_WAY):
        keeper.admits((f"192.0.2.{host}", 1))
        keeper.admits((f"192.0.2.{host}", 2))
    assert keeper.admits(("203.0.113.9", 1))
    assert not keeper.admits(("203.0.113.9", 2))


def test_an_ipv6_neighbourhood_is_one_address(keeper: Doorkeeper) -> None:
    begun = sum(keeper.admits((f"2001:db8::{host:x}", host, 0, 0)) for host in range(1, 200))
    assert begun == doorkeeper.UNDER_WAY_PER_PEER
    assert keeper.admits(("2001:db8:1::1", 1, 0, 0))
    assert keeper.admits(("::ffff:192.0.2.1", 1, 0, 0))
    assert keeper.admits(("fe80::1%eth0", 1, 0, 0))


def guess(address: str, code: EnrolmentCode, source: str) -> bool:
    """Try a guessed code from that address; whether it got as far as the other side's part of the handshake."""
    host, _, port = address.rpartition(":")
    context = tls.bootstrap_context(code.bootstrap_key())
    with contextlib.suppress(OSError, ssl.SSLError):
        raw = socket.create_connection((host, int(port)), timeout=5, source_address=(source, 0))
        with raw, context.wrap_socket(raw, server_hostname=tls.SERVER_NAME) as wrapped:
            with contextlib.suppress(OSError, ssl.SSLError):
                wrapped.recv(1)
            return True
    return False


async def test_guessed_codes_are_rate_limited_and_a_till_with_the_right_one_gets_in(
    founder: Identity, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorkeeper, "FAILURES_PER_PEER", 5)
    first = await start(founder, listen=("::", 0))  # IPv4 peers have addresses of IPv6 then
    code = await first.code()
    guesses = [
        EnrolmentCode(n.to_bytes(10), certificates.fingerprint(founder.root), first.address) for n in range(1, 13)
    ]
    tried = [await asyncio.to_thread(guess, first.address, each, "127.0.0.2") for each in guesses]
    assert tried[:5] == [True] * 5
    assert tried[5:] == [False] * 7
    await until(lambda: first.store.log(10, what=["held_off"]) != [])
    assert [(row.peer, row.detail) for row in first.store.log(10, what=["held_off"])] == [
        ("127.0.0.2", doorkeeper.HELD_OFF)
    ]
    # The attack goes on; the till that has the code comes from another address.
    identity = await join_network(tmp_path / "new", code, discovery=False)
    second = await start(identity, peers=(first.address,))
    await until(lambda: first.peers() == [2])
    await until(lambda: second.node.roster.network_name == "Messestand")


async def test_who_is_not_let_in_any_more_hears_one_sentence(
    founder: Identity, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorkeeper, "FAILURES_PER_PEER", 0)
    first = await start(founder)
    code = await first.code()
    with pytest.raises(EnrolmentRefused, match="does not accept this enrolment code") as refused:
        await join_network(tmp_path / "new", code, discovery=False, timeout_s=0.5)
    assert refused.value.code == "code_refused"


async def test_links_that_stand_are_no_failures_when_they_end(
    founder: Identity, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorkeeper, "FAILURES_PER_PEER", 1)
    first = await start(founder)
    identity = await join_network(tmp_path / "new", await first.code(), discovery=False)
    for _ in range(3):
        second = await start(identity, peers=(first.address,))
        await until(lambda: first.peers() == [2])
        await second.stop()
        await until(lambda: first.peers() == [])
