"""Catching up: in slices, from several peers at once, with bounded memory, and what goes wrong on the way."""

from __future__ import annotations

import pytest

from app.simulation.world import NETWORK_ID, START_WALL_MS, Machine, World, document_texts
from replication.core import effects, events, fetching, records, wire
from replication.core.clock import stamp
from replication.core.documents import MAX_CLOSED, document_id
from replication.core.feeds import RunCheck
from replication.core.model import SEGMENT_RECORDS, Feed
from replication.crdt import SegmentDocument, SyncState, heads_told, sync_parts
from tests.replication.core.test_hub import all_synced, forge, network, reports, say


def behind(records_each: int, appends: int, *, tills: int = 2) -> World:
    """A network whose last machine is away while the first says a lot."""
    world = network(tills)
    world.machines[-1].crash()
    for ticket in range(appends):
        say(world.machines[0], records_each, ticket)
        world.run(10)
    world.run(1_000)
    return world


def watch_events(machine: Machine) -> list[object]:
    """Every event that the machine's hub takes from now on, and after each what it sent."""
    assert machine.hub is not None
    seen: list[object] = []
    handle = machine.hub.handle

    def watched(now: object, event: events.Event) -> list[effects.Effect]:
        made = handle(now, event)  # type: ignore[arg-type]
        seen.append(event)
        return made

    machine.hub.handle = watched  # type: ignore[method-assign]
    return seen


@pytest.mark.parametrize("automerge_itself", [False, True])
def test_stored_changes_become_messages_that_are_understood(*, automerge_itself: bool) -> None:
    writer = SegmentDocument.empty(b"w" * 16)
    changes = [change for n in range(250) for change in writer.put_all([(records.key(n + 1), f"text {n}")])]
    reader, state = SegmentDocument.empty(b"r" * 16), SyncState()
    if automerge_itself:
        reader.put_all([])  # who writes leaves nothing to others
    asked = reader.generate(state)
    assert asked is not None
    assert heads_told(asked) == []
    parts = list(sync_parts(changes))
    assert [len(reader.receive(state, message)[0]) for message, _ in parts] == [200, 50]
    assert [reader.text(records.key(n + 1)) for n in range(250)] == [f"text {n}" for n in range(250)]
    answer = reader.generate(state)
    assert answer is not None
    assert heads_told(answer) == [parts[-1][1]]
    theirs = SyncState()
    writer.receive(theirs, answer)
    assert len(answer) < 200, "it sends nothing back"


def test_what_a_peer_catches_up_on_is_counted_as_sent_as_it_counts_it_as_received() -> None:
    world = behind(10, 117)
    first, newcomer = world.machines
    before = len(first.reports), len(newcomer.reports)
    newcomer.start()
    world.run(70_000)
    assert all_synced(world)

    def counted(machine: Machine, what: str, since: int) -> int:
        told = [report for report in machine.reports[since:] if report.what == what]
        return sum(sum(report.kinds.values()) for report in told)

    brought = counted(newcomer, "received", before[1])
    assert brought >= 1_170
    assert counted(first, "sent", before[0]) == brought


@pytest.mark.parametrize("junk", [b"", b"\x42", b"\x42\xff" + b"x" * 99, b"\x41\x00\x00", b"\x42\x02" + b"x" * 40])
def test_what_is_no_plain_statement_of_heads_is_not_taken_for_one(junk: bytes) -> None:
    assert heads_told(junk) is None


def test_a_closed_segment_is_served_from_disk_without_being_made_a_document() -> None:
    world = behind(10, 150)
    first, newcomer = world.machines
    assert first.hub is not None
    world.run(40_000)
    newcomer.start()
    assert world.run_until(lambda: document_texts(first) == document_texts(newcomer), 10_000)
    held = first.hub.journal.documents
    feed = Feed(first.name, "circulation")
    assert [held.held(document_id(NETWORK_ID, feed, segment)) for segment in range(3)] == [None] * 3


def test_a_long_run_is_checked_in_slices_and_appends_get_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    world = behind(SEGMENT_RECORDS - 1, 1)
    newcomer = world.machines[1]
    taken: list[int] = []
    take = RunCheck.take

    def counted(self: RunCheck, texts: list[str]) -> None:
        take(self, texts)
        taken.append(len(texts))

    monkeypatch.setattr(RunCheck, "take", counted)
    newcomer.start()
    seen = watch_events(newcomer)
    written: list[tuple[int, int]] = []
    newcomer.on_effect = lambda effect: (
        written.append((effect.ticket, sum(taken))) if isinstance(effect, effects.Appended) else None
    )

    def sell(ticket: int) -> None:
        say(newcomer, 1, ticket)
        if ticket < 400:
            world.later(1, lambda: sell(ticket + 1))

    sell(100)
    assert world.run_until(lambda: document_texts(world.machines[0]) == document_texts(newcomer), 10_000)
    assert max(taken) <= 100
    assert sum(1 for event in seen if isinstance(event, events.Continue)) >= 4
    assert {ticket for ticket, _ in written} == set(range(100, 401))


def forged_run(world: World, length: int, bad: int) -> tuple[Feed, list[str], Machine]:
    author = world.machines[0]
    feed = Feed(author.name, "circulation")
    prev, texts = records.genesis(NETWORK_ID, feed), []
    for seq in range(1, length + 1):
        record = records.write(
            author.key, NETWORK_ID, feed, seq=seq, hlc=stamp(START_WALL_MS + seq, 0), prev=prev, kind="x/1", body={}
        )
        prev = record.hash if seq != bad else "0" * 64
        texts.append(record.text)
    return feed, texts, author


def test_a_record_that_breaks_the_chain_in_the_middle_of_a_slice_spoils_the_whole_run() -> None:
    world = network(2)
    liar, victim = world.machines
    feed, texts, _ = forged_run(world, 400, bad=250)
    document = document_id(NETWORK_ID, feed, 0)
    forged, honest = SegmentDocument.empty(b"f" * 16), SegmentDocument.empty(b"h" * 16)
    forged.put_all([(records.key(n), text) for n, text in enumerate(texts, start=1)])
    state, theirs = SyncState(), SyncState()
    first = honest.generate(theirs)
    assert first is not None
    forged.receive(state, first)
    data = forged.generate(state)
    assert data is not None
    assert victim.hub is not None
    victim.hub.journal.documents.know(feed, 0)
    link_id = next(iter(victim.links))
    victim.happen(events.Received(link_id, wire.encode(wire.Sync(liar.name, victim.name, document, data))))
    world.run(200)
    assert any("does not continue the chain" in detail for detail in reports(victim, "quarantined"))
    assert feed not in victim.disk.records
    say(liar, 3, 9)
    assert world.run_until(lambda: document_texts(liar) == document_texts(victim), 15_000)


@pytest.mark.parametrize("seed", range(6))
def test_a_link_that_breaks_or_a_disk_that_fills_up_in_the_middle_only_delays_it(seed: int) -> None:
    world = behind(7, 300)
    first, newcomer = world.machines
    newcomer.start()
    for _ in range(4):
        world.run(5 + 13 * seed)
        if seed % 2:
            for wire_ in list(newcomer.links.values()):
                world.cut(wire_, "cable pulled")
        else:
            newcomer.disk.full = not newcomer.disk.full
    newcomer.disk.full = False
    assert world.run_until(lambda: document_texts(first) == document_texts(newcomer), 30_000)
    assert world.run_until(lambda: all_synced(world), 10_000)


def test_several_peers_serve_a_newcomer_and_one_that_dies_is_made_up_for_at_once() -> None:
    world = behind(50, 60, tills=4)
    newcomer, dying = world.machines[3], world.machines[1]
    asked: set[str] = set()
    for machine in world.machines[:3]:
        for event_list in [watch_events(machine)]:
            machine.reports.clear()
            machine.seen = event_list
    newcomer.start()
    assert world.run_until(lambda: len(newcomer.links) == 3, 5_000)
    began_ms = world.now_ms
    world.run(15)
    dying.crash()
    feed = Feed(world.machines[0].name, "circulation")
    assert world.run_until(lambda: len(newcomer.disk.records.get(feed, ())) == 3_000, fetching.FETCH_MS // 2)
    assert world.now_ms - began_ms < fetching.FETCH_MS // 2
    for machine in world.machines[:3]:
        for event in machine.seen:
            if isinstance(event, events.Received):
                message = wire.decode(event.data)
                if isinstance(message, wire.Sync) and message.request and message.sender == newcomer.name:
                    asked.add(machine.name)
    assert len(asked) >= 2


def test_segments_beyond_a_few_are_not_held_while_much_is_received() -> None:
    world = behind(SEGMENT_RECORDS, 36)
    newcomer = world.machines[1]
    newcomer.start()
    most = 0

    def all_here() -> bool:
        nonlocal most
        assert newcomer.hub is not None
        most = max(most, len(newcomer.hub.journal.documents))
        return document_texts(world.machines[0]) == document_texts(newcomer)

    assert world.run_until(all_here, 30_000)
    open_ones = 8
    # On their way from a peer, being checked, and on their way to disk.
    assert most <= MAX_CLOSED + open_ones + 3 * fetching.WINDOW
    for machine in world.machines:
        assert machine.hub is not None
        assert all(len(link.states) <= MAX_CLOSED + open_ones for link in machine.hub.sync._links.values())


def test_a_segment_of_a_long_feed_is_found_by_its_id_after_a_restart() -> None:
    world = behind(SEGMENT_RECORDS, 5)
    first = world.machines[0]
    first.crash()
    first.start()
    assert first.hub is not None
    feed = Feed(first.name, "circulation")
    assert first.hub.journal.documents.where(document_id(NETWORK_ID, feed, 3)) == (feed, 3)
    assert first.hub.journal.documents.where(document_id(NETWORK_ID, feed, 99)) is None
    world.machines[1].start()
    assert world.run_until(lambda: document_texts(first) == document_texts(world.machines[1]), 10_000)


def test_what_comes_before_its_turn_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MAX_AHEAD_BYTES", 30_000)
    world = behind(SEGMENT_RECORDS, 8)
    newcomer = world.machines[1]
    newcomer.start()
    most = 0

    def all_here() -> bool:
        nonlocal most
        assert newcomer.hub is not None
        most = max(most, newcomer.hub.sync.fetching._ahead_bytes)
        return document_texts(world.machines[0]) == document_texts(newcomer)

    assert world.run_until(all_here, 60_000)
    assert 0 <= most <= 30_000


@pytest.mark.parametrize("wall_ms", [0, 1_577_836_799_999, 4_102_444_800_000])
def test_a_record_dated_when_no_member_can_have_written_it_is_refused(wall_ms: int) -> None:
    world = network(2)
    author, victim = world.machines
    feed = Feed(author.name, "circulation")
    prev = records.genesis(NETWORK_ID, feed)
    record = records.write(author.key, NETWORK_ID, feed, seq=1, hlc=stamp(wall_ms, 1), prev=prev, kind="x/1", body={})
    assert victim.hub is not None
    victim.hub.journal.documents.know(feed, 0)
    forge(victim, author, feed, record.text, records.key(1))
    assert any("no member can have written" in detail for detail in reports(victim, "quarantined"))
    assert feed not in victim.disk.records


@pytest.mark.parametrize("skew_ms", [-START_WALL_MS, 40 * 86_400_000, 4_102_444_800_000])
def test_a_till_whose_clock_is_quite_wrong_is_heard_and_reported_once(skew_ms: int) -> None:
    world = network(2)
    wrong, right = world.machines
    wrong.skew_ms = skew_ms
    for ticket in range(3):
        say(wrong, 2, ticket)
        world.run(500)
    feed = Feed(wrong.name, "circulation")
    assert world.run_until(lambda: len(right.disk.records.get(feed, ())) == 6, 10_000)
    dated = [detail for detail in reports(right, "clock") if "dated" in detail]
    assert len(dated) == (1 if skew_ms > 0 else 0)
