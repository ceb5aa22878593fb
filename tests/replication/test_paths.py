"""Records on their way through real nodes: by way of a centre, and past a peer that does not read."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from replication.core.model import Feed
from replication.enrolment import join_network, release_slot
from replication.identity import Identity, found_network
from replication.net import websocket
from tests.replication.running import Running, Start, new_id, note, now, until


async def joined(centre: Running, home: Path, no: int, site: str) -> Identity:
    """A till of a site, let in by the centre."""
    code, entry = release_slot(
        centre.identity, centre.node.roster, no, f"Kasse {no}", "till", site,
        now_wall_ms=now().wall_ms, address=centre.address,
    )  # fmt: skip
    await centre.node.append([entry])
    return await join_network(home, code, discovery=False)


async def test_two_sites_that_cannot_reach_each_other_hear_through_the_centre(start: Start, tmp_path: Path) -> None:
    centre = await start(found_network(tmp_path / "centre", "Kette", 1, "centre", ids=new_id))
    one = await start(await joined(centre, tmp_path / "one", 2, "Nord"), listen=None, peers=(centre.address,))
    other = await start(await joined(centre, tmp_path / "other", 3, "Sued"), listen=None, peers=(centre.address,))
    await until(lambda: centre.peers() == [2, 3])
    await one.node.append([note("for all"), note("of this site", "sales")])
    await until(
        lambda: other.books.said() == ["for all"] and sorted(centre.books.said()) == ["for all", "of this site"]
    )
    await other.node.append([note("back")])
    await until(lambda: "back" in one.books.said())
    assert one.peers() == other.peers() == [1]
    assert other.books.said() == ["for all", "back"], "sales stay with their site and the centre"
    assert Feed(one.identity.member_id, "sales") not in other.store.heads()


async def test_a_peer_that_does_not_read_delays_nobody(
    two_tills: tuple[Running, Running], start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, slow = two_tills
    reader = await start(await join_network(tmp_path / "till-3", await writer.code(3, "Kasse 3"), discovery=False))
    await until(lambda: writer.peers() == [2, 3] and len(reader.peers()) >= 1)
    blocked = asyncio.Event()
    monkeypatch.setattr(slow.node._links, "_full", lambda: not blocked.is_set())
    monkeypatch.setattr(slow.node._links, "_room", blocked.wait)
    for number in range(30):
        await writer.node.append([note(number)])
    await until(lambda: reader.books.said()[-1:] == [29], 3)
    assert 29 not in slow.books.said()
    blocked.set()
    await until(lambda: 29 in slow.books.said())


async def test_of_many_slow_readers_the_one_with_most_waiting_is_let_go(
    two_tills: tuple[Running, Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "MUCH_BYTES", 1_000)
    monkeypatch.setattr(websocket, "MAX_WAITING_BYTES", 10_000)
    links = two_tills[0].node._links
    slow = {901: websocket._Link(None), 902: websocket._Link(None)}  # type: ignore[arg-type]
    monkeypatch.setattr(links, "_links", slow)
    ended: list[int] = []

    def end(link_id: int, reason: str) -> None:
        ended.append(link_id)
        slow[link_id].reason = reason

    monkeypatch.setattr(links, "close", end)
    links.send(901, bytes(3_000))
    for _ in range(20):
        links.send(902, bytes(1_000))
    assert ended == [902]
    assert (slow[901].outbox.size, slow[902].outbox.size) == (3_000, 8_000)
    slow.clear()
