"""Links against a pure toy hub: what events come, and that a bad link ends only itself."""

from __future__ import annotations

import asyncio
import os
import socket
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from unittest.mock import patch

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from replication.core.events import Connected, DialFailed, Disconnected, Event, Received
from replication.identity import Identity, found_network
from replication.net import tls, websocket
from replication.net.websocket import Links, PortInUse
from tests.replication.net.test_tls import member_of, new_id
from tests.replication.running import Running, note, until


class End:
    """One side: its links and the events they gave."""

    def __init__(self, identity: Identity) -> None:
        self.identity = identity
        self.events: list[Event] = []
        self.has_room = asyncio.Event()
        self.has_room.set()
        self.links = Links(
            identity,
            self.events.append,
            full=lambda: not self.has_room.is_set(),
            room=self._room,
            server_context=tls.server_context(identity),
            client_context=tls.client_context(identity),
        )
        self.port = 0

    async def _room(self) -> None:
        await self.has_room.wait()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def all(self, kind: type[Event]) -> list:  # type: ignore[type-arg]
        return [event for event in self.events if isinstance(event, kind)]

    def received(self) -> list[bytes]:
        return [event.data for event in self.all(Received)]

    async def raw(self, path: str = "/") -> ClientConnection:
        """A websocket to somebody else, with this side's certificate and no manners."""
        return await connect(
            f"wss://{path}", ssl=tls.client_context(self.identity), server_hostname=tls.SERVER_NAME, proxy=None
        )


@pytest.fixture
async def ends(tmp_path: Path) -> AsyncIterator[tuple[End, End]]:
    founder = found_network(tmp_path / "1", "Messestand", 1, "till", ids=new_id)
    async with AsyncExitStack() as stack:
        pair = End(founder), End(member_of(founder, tmp_path / "2"))
        for end in pair:
            end.port = await end.links.listen("127.0.0.1", 0)
            stack.push_async_callback(end.links.stop)
            stack.callback(end.has_room.set)  # whoever waits for room would not let it stop
        yield pair


async def linked(first: End, second: End) -> tuple[int, int]:
    """A link from the first to the second: its id on both sides."""
    first.links.dial(second.address)
    await until(lambda: bool(first.all(Connected) and second.all(Connected)))
    return first.all(Connected)[-1].link_id, second.all(Connected)[-1].link_id


async def test_a_link_names_both_members_and_who_dialled(ends: tuple[End, End]) -> None:
    first, second = ends
    here, there = await linked(first, second)
    one, other = first.identity.member(), second.identity.member()
    assert first.all(Connected) == [
        Connected(here, other.member_id, one.member_id, other.certificate, second.address, other)
    ]
    assert second.all(Connected) == [Connected(there, one.member_id, one.member_id, one.certificate, "", one)]


async def test_messages_arrive_whole_and_in_order(ends: tuple[End, End]) -> None:
    first, second = ends
    here, there = await linked(first, second)
    messages = [os.urandom(size) for size in (1, 10, 100_000, 3_000_000, 7, 7)]
    for message in messages:
        first.links.send(here, message)
        second.links.send(there, message)
    await until(lambda: first.received() == second.received() == messages)


async def test_a_short_message_does_not_wait_for_the_one_before_it_to_be_acknowledged(ends: tuple[End, End]) -> None:
    first, second = ends
    for end, link_id in zip(ends, await linked(first, second), strict=True):
        sock = end.links._links[link_id].connection.transport.get_extra_info("socket")
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_closing_gives_the_reason_to_the_other_side(ends: tuple[End, End]) -> None:
    first, second = ends
    here, _ = await linked(first, second)
    first.links.send(here, b"last words")
    first.links.close(here, "protocol error: " + "ä" * 200)
    await until(lambda: bool(first.all(Disconnected) and second.all(Disconnected)))
    assert second.received() == [b"last words"]
    assert second.all(Disconnected)[0].reason.startswith("protocol error: ää")
    assert len(first.all(Disconnected)) == len(second.all(Disconnected)) == 1
    first.links.send(here, b"too late")
    first.links.close(here, "again")


async def test_what_cannot_be_dialled_says_why(ends: tuple[End, End], tmp_path: Path) -> None:
    first, _ = ends
    silent = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    silent.close()
    await silent.wait_closed()
    for target in (f"127.0.0.1:{port}", "no such host:1", "127.0.0.1:99999", "", "127.0.0.1"):
        first.links.dial(target)
    await until(lambda: len(first.all(DialFailed)) == 5)
    assert {event.target: event.reason for event in first.all(DialFailed)}[
        f"127.0.0.1:{port}"
    ] == "nobody listens there"
    assert all(event.reason for event in first.all(DialFailed))


async def test_a_stranger_is_turned_away_by_both_sides(ends: tuple[End, End], tmp_path: Path) -> None:
    first, _ = ends
    stranger = End(found_network(tmp_path / "stranger", "Messestand", 1, "till", ids=new_id))
    stranger.port = await stranger.links.listen("127.0.0.1", 0)
    first.links.dial(stranger.address)
    stranger.links.dial(first.address)
    await until(lambda: bool(first.all(DialFailed) and stranger.all(DialFailed)))
    assert not first.all(Connected)
    assert not stranger.all(Connected)
    assert first.all(DialFailed)[0].reason == stranger.all(DialFailed)[0].reason == "it is of another network"
    await stranger.links.stop()


@pytest.mark.parametrize(("path", "status"), [("/enrol", 404), ("/other", 404)])
async def test_there_is_nothing_but_what_there_is(ends: tuple[End, End], path: str, status: int) -> None:
    first, second = ends
    with pytest.raises(InvalidStatus) as refused:
        await second.raw(f"{first.address}{path}")
    assert refused.value.response.status_code == status


async def test_text_where_bytes_belong_ends_only_that_link(ends: tuple[End, End]) -> None:
    first, second = ends
    here, _ = await linked(first, second)
    rude = await second.raw(f"{first.address}/")
    await rude.send("hello?")
    with pytest.raises(ConnectionClosed):
        await rude.recv()
    assert rude.close_reason == "sent text where bytes belong"
    first.links.send(here, b"still there")
    await until(lambda: second.received() == [b"still there"])


async def test_a_frame_that_is_too_large_ends_only_that_link(
    ends: tuple[End, End], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "MAX_FRAME_BYTES", 50_000)
    founder, member = (end.identity for end in ends)
    first = End(founder)
    first.port = await first.links.listen("127.0.0.1", 0)
    polite, rude = await End(member).raw(f"{first.address}/"), await End(member).raw(f"{first.address}/")
    await rude.send(b"x" * 50_001)
    with pytest.raises(ConnectionClosed):
        await rude.recv()
    assert rude.close_code == 1009
    await polite.send(b"x" * 50_000)
    await until(lambda: [len(data) for data in first.received()] == [50_000])
    await polite.close()
    await first.links.stop()


async def test_a_peer_that_does_not_read_is_dropped(ends: tuple[End, End], monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = ends
    monkeypatch.setattr(websocket, "CLOSE_TIMEOUT_S", 0.2)
    monkeypatch.setattr(websocket.Outbox, "__init__", small_outbox(websocket.Outbox.__init__))
    here, _ = await linked(first, second)
    second.has_room.clear()
    for _ in range(2_000):
        first.links.send(here, os.urandom(100_000))  # nothing that deflate could make small
        await asyncio.sleep(0)
        if first.all(Disconnected):
            break
    await until(lambda: bool(first.all(Disconnected)))
    assert first.all(Disconnected)[0].reason.startswith("too slow")
    second.has_room.set()


def small_outbox(original: object) -> object:
    def init(self: object) -> None:
        original(self, 50, 5_000_000)  # type: ignore[operator]

    return init


async def test_reading_waits_until_there_is_room(ends: tuple[End, End]) -> None:
    first, second = ends
    here, _ = await linked(first, second)
    second.has_room.clear()
    for n in range(10):
        first.links.send(here, bytes([n]))
    await asyncio.sleep(0.1)
    assert second.received() == []
    second.has_room.set()
    await until(lambda: second.received() == [bytes([n]) for n in range(10)])


async def test_messages_keep_their_order_whether_taken_at_once_or_after_a_wait(ends: tuple[End, End]) -> None:
    first, second = ends
    here, _ = await linked(first, second)
    sent = [number.to_bytes(2, "big") * (20_000 if number % 50 == 7 else 1) for number in range(400)]

    def emit(event: Event, append: Callable[[Event], None] = second.events.append) -> None:
        append(event)
        if len(second.events) % 13 == 0:
            second.has_room.clear()
            asyncio.get_running_loop().call_later(0.001, second.has_room.set)

    second.links._emit = emit
    for number, message in enumerate(sent):
        first.links.send(here, message)
        if number % 90 == 0:  # so that some come in one piece, more than are taken in a row, and some alone
            await asyncio.sleep(0.005)
    await until(lambda: len(second.received()) == len(sent))
    assert second.received() == sent


async def test_what_is_said_in_one_turn_leaves_in_one_piece(ends: tuple[End, End]) -> None:
    first, second = ends
    here, _ = await linked(first, second)
    transport = first.links._links[here].connection.transport
    with patch.object(transport, "write", wraps=transport.write) as write:
        for number in range(5):
            first.links.send(here, bytes([number]))
        await until(lambda: len(second.received()) == 5)
    assert write.call_count == 1
    assert second.received() == [bytes([number]) for number in range(5)]


async def test_a_port_in_use_is_refused_with_a_sentence(ends: tuple[End, End]) -> None:
    first, second = ends
    other = End(second.identity)
    with pytest.raises(PortInUse, match="in use by another program"):
        await other.links.listen("127.0.0.1", first.port)
    with pytest.raises(PortInUse, match="cannot be listened on"):
        await other.links.listen("192.0.2.1", 7417)


async def test_new_trust_counts_from_the_next_handshake_on(ends: tuple[End, End]) -> None:
    first, second = ends
    lone = found_network(second.identity.folder.parent / "lone", "Laden", 1, "till", ids=new_id)
    await linked(second, first)
    first.links.trust(tls.server_context(lone))  # trusts nobody of this network any more
    second.links.dial(first.address)
    await until(lambda: bool(second.all(DialFailed)))
    assert len(first.all(Connected)) == 1


async def test_stopping_ends_all_links_and_says_so(ends: tuple[End, End]) -> None:
    first, second = ends
    await linked(first, second)
    await first.links.stop()
    await until(lambda: bool(second.all(Disconnected)))
    assert second.all(Disconnected)[0].reason == "this till is closing"


# --- with real hubs ---------------------------------------------------------


JUNK = {
    "nothing": b"",
    "zero": b"\x00",
    "break": b"\xff" * 1000,
    "nested": b"\xbf" * 100_000,
    "every byte": bytes(range(256)) * 40,
    "a map": b"\xa1atdjoin",
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
async def test_junk_from_an_enrolled_till_drops_its_link_and_nothing_else(
    two_tills: tuple[Running, Running], tmp_path: Path, junk: bytes
) -> None:
    first, second = two_tills
    third = End(member_of(first.identity, tmp_path / "third"))
    rude = await third.raw(f"{first.address}/")
    await rude.send(junk)
    await asyncio.wait_for(rude.wait_closed(), 5)
    assert rude.close_reason
    await first.node.append([note("after junk")])
    await until(lambda: second.books.said() == ["after junk"])
    assert first.peers() == [2]
    await until(lambda: any(row.what == "dropped" for row in first.store.log(100)))


async def test_what_grows_a_thousandfold_in_unpacking_is_unpacked_a_little_at_a_time_and_dropped_once_it_is_junk(
    ends: tuple[End, End],
) -> None:
    """4 MB of zeros are 4 KB on the wire: what had piled up in the socket while a till was busy came to 160 MB."""
    first, second = ends
    raw = await second.raw(first.address)
    await until(lambda: bool(first.all(Connected)))
    ((link_id, link),) = first.links._links.items()
    for _ in range(40):
        raw.protocol.send_binary(bytes(4_000_000))
    packed = b"".join(raw.protocol.data_to_send())
    assert len(packed) < 256 * 1024
    first.links._emit = lambda _event: first.links.close(link_id, "junk")
    tracemalloc.start()
    link.connection.data_received(packed)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 48_000_000, most
    await raw.close()
