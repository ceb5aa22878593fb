"""Addresses of both families, and links over both: real sockets on ::1 and 127.0.0.1."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replication.enrolment import join_network
from replication.identity import Identity
from replication.net import addresses
from replication.net.websocket import PortInUse
from tests.replication.running import Running, Start, note, until

try:
    with socket.create_server(("::1", 0), family=socket.AF_INET6):
        HAS_IPV6 = True
except OSError:
    HAS_IPV6 = False
needs_ipv6 = pytest.mark.skipif(not HAS_IPV6, reason="this machine has no IPv6")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("192.168.1.5:7417", ("192.168.1.5", 7417)),
        ("[::1]:7417", ("::1", 7417)),
        ("[fe80::1%eth0]:7417", ("fe80::1%eth0", 7417)),
        ("zentrale.laden.example:7417", ("zentrale.laden.example", 7417)),
    ],
)
def test_an_address_is_taken_apart_and_put_together(text: str, parts: tuple[str, int]) -> None:
    assert addresses.split(text) == parts
    assert addresses.joined(*parts) == text


@pytest.mark.parametrize("text", ["", "host", ":1", "host:", "host:x", "host:70000", "::1:7417", "host:٣"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no address"):
        addresses.split(text)


@given(st.text(max_size=60))
def test_no_text_crashes_the_splitting(text: str) -> None:
    try:
        host, port = addresses.split(text)
    except ValueError:
        return
    assert host
    assert 0 <= port <= 65_535


@needs_ipv6
@pytest.mark.parametrize("dialled", ["127.0.0.1", "[::1]", "localhost"])
async def test_a_till_that_listens_everywhere_is_reached_over_both_families_and_by_name(
    founder: Identity, tmp_path: Path, start: Start, dialled: str
) -> None:
    first = await start(founder, listen=(addresses.EVERYWHERE, 0))
    second = await start(await join(tmp_path, first, f"{dialled}:{first.node.port}"))
    await until(lambda: first.peers() == [2] and second.peers() == [1])
    await first.node.append([note("hello")])
    await until(lambda: second.books.said() == ["hello"])


@needs_ipv6
async def test_a_till_may_listen_on_ipv6_loopback_alone(founder: Identity, tmp_path: Path, start: Start) -> None:
    first = await start(founder, listen=("::1", 0))
    second = await start(await join(tmp_path, first, f"[::1]:{first.node.port}"))
    await until(lambda: first.peers() == [2] and second.peers() == [1])
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", first.node.port), timeout=1)


@needs_ipv6
async def test_a_port_that_ipv4_alone_uses_is_in_use_for_both(founder: Identity, start: Start) -> None:
    with socket.create_server(("0.0.0.0", 0)) as other, pytest.raises(PortInUse, match="in use"):
        await start(founder, listen=(addresses.EVERYWHERE, other.getsockname()[1]))


async def test_a_machine_without_ipv6_listens_on_ipv4(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.socket

    def without(family: int = socket.AF_INET, *arguments: int, **more: int) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(97, "Address family not supported by protocol")
        return real(family, *arguments, **more)

    monkeypatch.setattr(addresses.socket, "socket", without)
    found = addresses.listening(addresses.EVERYWHERE, 0)
    assert found is not None
    with found:
        assert found.family == socket.AF_INET


@needs_ipv6
async def test_a_till_known_under_three_addresses_has_one_connection_that_stays(
    founder: Identity, tmp_path: Path, start: Start
) -> None:
    first = await start(founder, listen=(addresses.EVERYWHERE, 0))
    port = first.node.port
    identity = await join(tmp_path, first, f"127.0.0.1:{port}")
    second = await start(identity, peers=[f"[::1]:{port}", f"localhost:{port}"])
    await until(lambda: first.peers() == [2] and second.peers() == [1])
    await until(lambda: quiet(second))
    before = [row.what for row in second.store.log(100)].count("connected")
    link = list(second.node._hub._links)
    await until(lambda: second.node.status()["peers"][0]["since_ms"] > 3_000)
    assert list(second.node._hub._links) == link
    assert [row.what for row in second.store.log(100)].count("connected") == before <= 3


async def join(base: Path, first: Running, address: str) -> Identity:
    """A second till, let in at this address, which it then always dials."""
    return await join_network(base / "till-2", await first.code_without_address(), [address], discovery=False)


def quiet(running: Running) -> bool:
    """Whether the connection is older than any first attempt."""
    peers = running.node.status()["peers"]
    return len(peers) == 1 and peers[0]["since_ms"] > 1_000
