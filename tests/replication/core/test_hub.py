"""Whole hubs on the simulator's clock: what peers may expect of each other, and what they may not do."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from app.simulation.world import NETWORK_ID, START_WALL_MS, Machine, Wire, World, document_texts
from replication.core import effects, events, records, wire
from replication.core.clock import stamp
from replication.core.documents import document_id
from replication.core.limits import BURST_S, OUTSIDE_FIRST_MS, OWN_PER_S
from replication.core.model import SEGMENT_RECORDS, Chunk, Entry, Feed
from replication.core.sync import LEISURE_MS, MAX_STRANGERS, MAX_UNTHANKED, NETWORK_FEED
from replication.crdt import SegmentDocument, SyncState

SAID = Entry("circulation", "thing.said/1", {"n": 1})


def network(tills: int = 3, seed: int = 1) -> World:
    world = World(seed, tills)
    world.found()
    assert world.run_until(lambda: all_synced(world), 5_000)
    return world


def all_synced(world: World) -> bool:
    running = [machine for machine in world.machines if machine.hub is not None]
    return all(machine.hub is not None and machine.hub.synced for machine in running) and all(
        len(machine.links) == len(running) - 1 for machine in running
    )


def say(machine: Machine, count: int = 1, ticket: int = 1) -> None:
    machine.happen(events.Append(ticket, (SAID,) * count))


def watch(machine: Machine) -> list[effects.Effect]:
    seen: list[effects.Effect] = []
    machine.on_effect = seen.append
    return seen


def reports(machine: Machine, what: str) -> list[str]:
    return [report.detail for report in machine.reports if report.what == what]


def test_what_one_says_all_have_on_disk_soon_after() -> None:
    world = network()
    began_ms = world.now_ms
    say(world.machines[1])
    feed = Feed(world.machines[1].name, "circulation")
    assert world.run_until(lambda: all(feed in machine.disk.records for machine in world.machines), 1_000)
    assert world.now_ms - began_ms <= 150


def test_a_feed_of_several_segments_reaches_a_newcomer_whole() -> None:
    world = network(2)
    world.machines[1].crash()
    for ticket in range(3):
        say(world.machines[0], SEGMENT_RECORDS - 1, ticket)
    world.run(1_000)
    world.machines[1].start()
    assert world.run_until(lambda: document_texts(world.machines[1]) == document_texts(world.machines[0]), 10_000)


def test_records_travel_through_a_third_till_when_two_cannot_hear_each_other() -> None:
    world = network(3)
    one, _relay, other = world.machines
    world.separate(one, other)
    say(one)
    feed = Feed(one.name, "circulation")
    assert world.run_until(lambda: feed in other.disk.records, 10_000)


def test_the_plug_is_pulled_and_nothing_that_was_durable_is_lost_or_said_twice() -> None:
    world = network(2)
    one, other = world.machines
    seen = watch(one)
    for ticket in range(50):
        say(one, 1, ticket)
    world.run(20)
    one.crash()
    durable = {effect.ticket for effect in seen if isinstance(effect, effects.Appended)}
    assert 0 < len(durable) < 50
    one.start()
    say(one, 1, 99)
    assert world.run_until(lambda: all_synced(world), 10_000)
    run = one.disk.records[Feed(one.name, "circulation")]
    assert [record.seq for record in run] == list(range(1, len(run) + 1))
    assert len(run) >= len(durable) + 1
    assert document_texts(one) == document_texts(other)


def test_no_peer_hears_of_what_is_not_on_disk() -> None:
    world = network(2)
    one, other = world.machines
    for ticket in range(30):
        say(one, 1, ticket)
        world.run(1)
        mine = len(one.disk.records.get(Feed(one.name, "circulation"), ()))
        theirs = len(other.disk.records.get(Feed(one.name, "circulation"), ()))
        assert theirs <= mine


def test_a_full_disk_refuses_and_leaves_nothing_half_written() -> None:
    world = network(2)
    one, other = world.machines
    say(one)
    world.run(500)
    before = document_texts(one)
    seen = watch(one)
    one.disk.full = True
    say(one, 2, 7)
    say(one, 1, 8)
    world.run(200)
    refused = [(effect.ticket, effect.code) for effect in seen if isinstance(effect, effects.AppendFailed)]
    assert refused == [(7, "disk_full"), (8, "disk_full")]
    assert document_texts(one) == before
    one.disk.full = False
    say(one, 1, 9)
    assert world.run_until(lambda: all_synced(world), 15_000)
    assert len(one.disk.records[Feed(one.name, "circulation")]) == 2
    assert document_texts(one) == document_texts(other)


def test_a_full_disk_of_a_receiver_catches_up_when_there_is_room_again() -> None:
    world = network(2)
    one, other = world.machines
    other.disk.full = True
    say(one, 20)
    world.run(3_000)
    other.disk.full = False
    assert world.run_until(lambda: document_texts(one) == document_texts(other), 20_000)


def test_a_receiver_whose_disk_stays_full_does_not_fetch_the_same_records_again_and_again() -> None:
    world = network(2)
    one, other = world.machines
    other.disk.full = True
    say(one, 20)
    other.reports.clear()
    one.reports.clear()
    world.run(60_000)
    for machine in world.machines:
        connected = [report for report in machine.reports if report.what == "connected"]
        assert 1 <= len(connected) <= 10, len(connected)  # 1, 2, 4, 8, 10, 10 … seconds between, not a few ms
        assert len(machine.reports) < 60
    other.disk.full = False
    assert world.run_until(lambda: document_texts(one) == document_texts(other), 25_000)
    other.disk.full = True  # and a disk that was well in between begins with a short pause again
    say(one, 20, 9)
    world.run(1_000)
    other.disk.full = False
    assert world.run_until(lambda: document_texts(one) == document_texts(other), 5_000)


def test_junk_drops_only_the_link_it_came_over() -> None:
    world = network(3)
    one, bad, _good = world.machines
    for junk in (b"", b"\xff" * 50, b"\xa1", wire.encode(wire.Join("x", ("1",)))):
        link_id = next(link_id for link_id, wire_ in one.links.items() if wire_.other(one) is bad)
        one.happen(events.Received(link_id, junk))
        assert link_id not in one.links
        assert len(one.links) == 1
        assert world.run_until(lambda: all_synced(world), 30_000)  # every time it is left outside for longer
    assert len(reports(one, "dropped")) == 4
    say(one)
    assert world.run_until(lambda: all_synced(world), 5_000)


def forge(victim: Machine, forger: Machine, feed: Feed, text: str, key: str) -> None:
    """Send the victim a document with one more key than there should be."""
    document = document_id(NETWORK_ID, feed, 0)
    chunks = [chunk.data for chunk in victim.disk.chunks.get(document, ())]
    forged = SegmentDocument.load(chunks, b"f" * 16)
    forged.put_all([(key, text)])
    state, theirs = SyncState(), SyncState()
    honest = SegmentDocument.load(chunks, b"g" * 16)
    for _ in range(10):
        data = forged.generate(state)
        if data is not None:
            honest.receive(theirs, data)
            link_id = next((i for i, wire_ in victim.links.items() if wire_.other(victim) is forger), None)
            if link_id is None:
                return
            victim.happen(events.Received(link_id, wire.encode(wire.Sync(forger.name, victim.name, document, data))))
        back = honest.generate(theirs)
        if back is not None:
            forged.receive(state, back)


def test_a_record_in_anothers_name_is_quarantined_and_never_reaches_disk() -> None:
    world = network(3)
    victim, forger, author = world.machines
    say(author)
    assert world.run_until(lambda: all_synced(world), 5_000)
    feed = Feed(author.name, "circulation")
    head = victim.disk.records[feed][-1]
    forged = records.write(
        forger.key, NETWORK_ID, feed, seq=2, hlc=stamp(START_WALL_MS + 10**6, 0), prev=head.hash, kind="x/1", body={}
    )
    forge(victim, forger, feed, forged.text, records.key(2))
    assert len(victim.disk.records[feed]) == 1
    assert any("not signed by its writer" in detail for detail in reports(victim, "quarantined"))
    say(author, 1, 2)
    assert world.run_until(lambda: all_synced(world) and len(victim.disk.records[feed]) == 2, 10_000)


def test_overwriting_an_old_record_is_found_out() -> None:
    world = network(3)
    victim, forger, author = world.machines
    say(author, 3)
    assert world.run_until(lambda: all_synced(world), 5_000)
    feed = Feed(author.name, "circulation")
    before = [record.text for record in victim.disk.records[feed]]
    forge(victim, forger, feed, "something else", records.key(2))
    assert any("overwritten" in detail for detail in reports(victim, "quarantined"))
    assert [record.text for record in victim.disk.records[feed]] == before
    say(author, 1, 2)
    assert world.run_until(lambda: document_texts(victim) == document_texts(author), 10_000)


def test_only_the_authority_writes_the_membership_feed() -> None:
    world = network(3)
    victim, forger, _other = world.machines
    feed = Feed(forger.name, "membership")
    forged = records.write(
        forger.key,
        NETWORK_ID,
        feed,
        seq=1,
        hlc=stamp(START_WALL_MS, 0),
        prev=records.genesis(NETWORK_ID, feed),
        kind="member.revoked/1",
        body={"member_id": victim.name},
    )
    assert victim.hub is not None
    victim.hub.journal.documents.know(feed, 0)
    forge(victim, forger, feed, forged.text, records.key(1))
    assert any("only the authority writes" in detail for detail in reports(victim, "quarantined"))
    assert victim.hub.roster.revoked == set()


def test_a_revoked_till_is_shown_the_door_by_everyone() -> None:
    world = network(3)
    authority, revoked, other = world.machines
    authority.happen(events.Append(1, (Entry("membership", "member.revoked/1", {"member_id": revoked.name}),)))
    assert world.run_until(lambda: not revoked.links, 5_000)
    say(revoked, 1, 2)
    world.run(15_000)
    for machine in (authority, other):
        assert Feed(revoked.name, "circulation") not in machine.disk.records


def test_a_segment_that_cannot_be_read_back_refuses_what_would_follow_it() -> None:
    world = network(2)
    one = world.machines[0]
    say(one)
    world.run(500)
    one.crash()
    document = document_id(NETWORK_ID, Feed(one.name, "circulation"), 0)
    one.disk.chunks[document] = [Chunk(document, b"not automerge")]
    one.start()
    seen = watch(one)
    say(one, 1, 2)
    world.run(100)
    assert [(effect.ticket, effect.code) for effect in seen if isinstance(effect, effects.AppendFailed)] == [
        (2, "store_damaged")
    ]
    assert reports(one, "damaged")


def test_a_till_restored_from_an_old_copy_recovers_its_own_feed_before_it_writes() -> None:
    world = network(2)
    one, other = world.machines
    say(one)
    world.run(500)
    copied = copy.deepcopy((one.disk.chunks, one.disk.records))
    say(one, 5, 2)
    assert world.run_until(lambda: all_synced(world), 5_000)
    one.crash()
    one.disk.chunks, one.disk.records = copied
    one.start()
    assert world.run_until(lambda: all_synced(world), 10_000)
    say(one, 1, 3)
    assert world.run_until(lambda: all_synced(world), 10_000)
    assert len(other.disk.records[Feed(one.name, "circulation")]) == 7
    assert document_texts(one) == document_texts(other)


def test_a_peer_that_only_pretends_to_know_more_of_my_feed_does_not_stop_me_for_long() -> None:
    world = network(2)
    one, liar = world.machines
    say(one)
    assert world.run_until(lambda: all_synced(world), 5_000)
    assert liar.hub is not None
    link_id = next(iter(one.links))
    body = {"t": "positions", "p": {f"{one.name}/circulation": [2**40, "ff"]}, "clock": START_WALL_MS}
    session = "s"
    lie = wire.Ephemeral(liar.name, one.name, 10**6, session, "00" * 16, body)

    def still_lying() -> None:
        if one.hub is not None and link_id in one.links:
            one.happen(events.Received(link_id, wire.encode(lie)))
            world.later(500, still_lying)

    still_lying()
    seen = watch(one)
    say(one, 1, 7)
    world.run(17_000)
    say(one, 1, 8)
    world.run(500)
    answers = [(type(effect).__name__, effect.ticket) for effect in seen if hasattr(effect, "ticket")]
    assert answers == [("AppendFailed", 7), ("Appended", 8)]
    assert any("does not show" in detail for detail in reports(one, "dropped"))


def test_two_that_dial_each_other_at_once_end_with_one_connection() -> None:
    for seed in range(20):
        world = network(2, seed)
        world.run(5_000)
        assert [len(machine.links) for machine in world.machines] == [1, 1]


@pytest.mark.parametrize("order", [(98, 99), (99, 98)])
def test_an_address_is_dialled_again_whose_connection_ended_before_it_was_known_which_of_two_stays(
    order: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = network(2)
    one, other = world.machines
    other.crash()
    world.run(100)
    dialled: list[str] = []
    monkeypatch.setattr(world, "dial", lambda _machine, target: dialled.append(target))
    assert world.run_until(lambda: bool(dialled), 15_000)
    one.happen(events.Connected(98, other.name, other.name, b"certificate", member=other.member))
    one.happen(events.Connected(99, other.name, one.name, b"certificate", other.address, other.member))
    for link_id in order:
        one.happen(events.Disconnected(link_id, "the disk does not take what was sent"))
    assert world.run_until(lambda: dialled == [other.address] * 2, 15_000)


def test_an_address_is_dialled_again_whose_member_was_shut_out_while_it_came_a_second_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """New hardware may stand there."""
    world = network(2)
    one, other = world.machines
    other.crash()
    world.run(100)
    dialled: list[str] = []
    monkeypatch.setattr(world, "dial", lambda _machine, target: dialled.append(target))
    assert world.run_until(lambda: bool(dialled), 15_000)
    one.happen(events.Connected(98, other.name, other.name, b"certificate", member=other.member))
    one.happen(events.Connected(99, other.name, one.name, b"certificate", other.address, other.member))
    one.happen(events.Append(1, (Entry("membership", "member.revoked/1", {"member_id": other.name}),)))
    assert world.run_until(lambda: dialled == [other.address] * 2, 15_000)


def test_a_peer_whose_clock_is_off_by_more_than_a_minute_is_reported_on_both_sides() -> None:
    world = World(1, 2)
    world.machines[0].skew_ms, world.machines[1].skew_ms = 0, 90_000
    world.found()
    world.run(3_000)
    assert [len(reports(machine, "clock")) for machine in world.machines] == [1, 1]


def test_documents_nobody_needs_are_not_held_in_memory() -> None:
    world = network(2)
    say(world.machines[0], SEGMENT_RECORDS * 3)
    assert world.run_until(lambda: all_synced(world), 10_000)
    world.run(40_000)
    for machine in world.machines:
        assert machine.hub is not None
        held = [
            (feed, segment)
            for feed in (Feed(world.machines[0].name, "circulation"),)
            for segment in range(3)
            if machine.hub.journal.documents.held(document_id(NETWORK_ID, feed, segment)) is not None
        ]
        assert held == []


def test_a_claim_is_granted_with_complete_coverage_when_all_are_connected() -> None:
    world = network(3)
    seen = watch(world.machines[0])
    world.machines[0].happen(events.ClaimWanted(5, ("voucher/1",)))
    world.run(200)
    (done,) = [effect for effect in seen if isinstance(effect, effects.ClaimDone)]
    assert done.granted
    assert done.coverage.complete
    assert len(done.coverage.promised) == 2


def test_a_claim_goes_on_without_a_till_that_dies_while_it_is_asked() -> None:
    world = network(3)
    seen = watch(world.machines[0])
    wires = [wire_ for wire_ in world.machines[0].links.values() if wire_.other(world.machines[0]) is world.machines[2]]
    wires[0].stalled = dict.fromkeys(wires[0].stalled, True)
    world.machines[0].happen(events.ClaimWanted(5, ("voucher/1",)))
    world.run(100)
    world.machines[2].crash()
    world.run(300)
    (done,) = [effect for effect in seen if isinstance(effect, effects.ClaimDone)]
    assert done.granted
    assert done.coverage.missing == (world.machines[2].name,)


def test_the_same_seed_gives_the_same_history() -> None:
    def history() -> list[tuple[str, str]]:
        world = network(3, seed=42)
        for machine in world.machines:
            say(machine, 5)
        world.run(3_000)
        return [(report.what, report.detail) for machine in world.machines for report in machine.reports]

    assert history() == history()


def test_what_others_have_confirmed_is_known_after_a_restart_without_them() -> None:
    world = network(2)
    one, other = world.machines
    say(one, 3)
    assert world.run_until(lambda: all_synced(world), 5_000)
    world.run(1_500)
    other.crash()
    one.crash()
    one.start()
    say(one, 2, 2)
    world.run(500)
    assert one.hub is not None
    assert one.hub.status(one.now())["pending"] == 2


def test_a_network_of_one_has_nothing_to_send() -> None:
    world = World(1, 1)
    world.found()
    say(world.machines[0])
    world.run(500)
    assert world.machines[0].hub is not None
    status = world.machines[0].hub.status(world.machines[0].now())
    assert (status["online"], status["pending"], status["synced"]) == (False, 0, True)


def flooded(make: Callable[[int], dict[str, Any]], messages: int) -> tuple[World, list[str]]:
    """What till 1 does when till 2 tells it so many own messages within a moment."""
    world = network(2)
    one, two = world.machines
    assert one.hub is not None
    (link_id,) = one.links
    document = document_id(NETWORK_ID, NETWORK_FEED, 0)
    for number in range(messages):
        message = wire.Ephemeral(two.name, one.name, number, "mad", document, make(number))
        one.happen(events.Received(link_id, wire.encode(message)))
    return world, reports(one, "dropped")


def test_a_peer_that_talks_without_end_is_shown_the_door_and_stays_outside_for_a_while() -> None:
    world, dropped = flooded(lambda _number: {"t": "positions", "p": {}, "clock": 0}, OWN_PER_S * BURST_S + 10)
    one, two = world.machines
    assert dropped == ["more messages than any till has to say"]
    world.run(OUTSIDE_FIRST_MS - 100)
    assert not one.links
    assert not two.links
    assert world.run_until(lambda: all_synced(world), 10_000), "an honest till that was mad for a moment comes back"


def test_positions_of_members_nobody_has_let_in_are_bounded() -> None:
    def strangers(number: int) -> dict[str, Any]:
        feeds = {f"{number:016x}{feed:016x}/sales": [9, "0" * 16] for feed in range(500)}
        return {"t": "positions", "p": feeds, "clock": 0}

    _world, dropped = flooded(strangers, MAX_STRANGERS // 500 + 2)
    assert dropped == ["positions of too many members that nobody has let in"]


def test_what_a_peer_said_of_a_member_counts_once_the_member_is_known() -> None:
    """A relay tells of a newcomer's feed before the authority's record of its joining has come through."""
    world = World(1, 3)
    one, two, newcomer = world.machines
    for machine in world.machines:
        machine.start()
    world.enrol_all()
    world.separate(one, newcomer)
    say(newcomer)
    feed = Feed(newcomer.name, "circulation")
    assert world.run_until(lambda: feed in one.disk.records and feed in two.disk.records, 5_000)


def test_a_node_that_signs_off_writes_nothing_that_the_others_would_refuse() -> None:
    """Network seed 38: its sign-off stayed on its own disk for ever, and cut it off from everybody."""
    world = World(1, 2)
    node = world.add(3, "node")
    world.found()
    assert world.run_until(lambda: all_synced(world), 5_000)
    seen = watch(node)
    node.happen(events.SignOff(7))
    world.run(1_000)
    assert [effect.code for effect in seen if isinstance(effect, effects.AppendFailed)] == ["not_a_writer"]
    assert all(feed.member != node.name for feed in node.disk.records)
    assert len(node.links) == 2


def positions_between_others(world: World) -> Counter[tuple[str, str]]:
    """Counts, from now on, what positions members say of feeds that are neither theirs nor the listener's."""
    told: Counter[tuple[str, str]] = Counter()
    send = world.send

    def listen(line: Wire, sender: Machine, data: bytes) -> None:
        message = wire.decode(data)
        if isinstance(message, wire.Ephemeral) and message.body.get("t") == "positions":
            listener = line.other(sender).name
            for name in message.body["p"]:
                if Feed.parse(name).member not in (sender.name, listener):
                    told[sender.name, listener] += 1
        send(line, sender, data)

    world.send = listen  # type: ignore[method-assign]
    return told


def test_in_a_full_mesh_only_the_writer_tells_of_its_records_at_once() -> None:
    world = network(4)
    told = positions_between_others(world)
    for ticket in range(10):
        say(world.machines[0], 1, ticket)
        world.run(50)
    assert all(count <= 2 for count in told.values()), told
    world.run(2 * LEISURE_MS)
    assert len(told) == 6, "at leisure, everybody hears from everybody, so that a silent writer's records still spread"


def test_a_relay_tells_at_once_who_cannot_hear_the_writer() -> None:
    world = network(3)
    one, _relay, other = world.machines
    world.separate(one, other, noticed=True)
    world.run(200)
    began_ms = world.now_ms
    say(one)
    feed = Feed(one.name, "circulation")
    assert world.run_until(lambda: feed in other.disk.records, 2_000)
    assert world.now_ms - began_ms < LEISURE_MS / 2


def test_a_peer_is_thanked_at_leisure_for_all_its_news() -> None:
    """Every answer at once would cost the writer, and the books that wait for the processor, one for every fact."""
    world = network(2)
    writer, reader = world.machines
    say(writer, ticket=100)
    assert world.run_until(lambda: all_synced(world), 1_000)
    thanks: list[bytes] = []
    send = world.send

    def listen(line: Wire, sender: Machine, data: bytes) -> None:
        if sender is reader and isinstance(wire.decode(data), wire.Sync):
            thanks.append(data)
        send(line, sender, data)

    world.send = listen  # type: ignore[method-assign]
    for number in range(20):
        say(writer, ticket=number)
        world.run(20)
    feed = Feed(writer.name, "circulation")
    assert world.run_until(lambda: len(reader.disk.records.get(feed, ())) == 21, 1_000)
    assert all_synced(world) or world.run_until(lambda: all_synced(world), 100)
    assert len(thanks) <= 2, "of twenty facts in ten ticks"
    world.run(LEISURE_MS + 100)
    assert 1 <= len(thanks) <= 3
    before = len(thanks)
    for number in range(8 * MAX_UNTHANKED):
        say(writer, ticket=number)
        world.run(10)
    assert len(thanks) - before >= 4, "what has not been thanked for must not become many"
