"""Records that come in a folder pass the same check as a peer's, and a bad file leaves no trace in a document."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.simulation.world import NETWORK_ID, Machine, World, document_texts
from replication.core import effects, events, records
from replication.core.carrying import WAIT_MS
from replication.core.documents import document_id
from replication.core.feeds import RunCheck
from replication.core.model import SEGMENT_RECORDS, Entry, Feed, Now
from replication.core.sync import SLICE_RECORDS
from replication.crdt import SegmentDocument

SAID = Entry("circulation", "thing.said/1", {"n": 1})


def apart(tills: int = 2, seed: int = 1) -> World:
    """Tills that know each other and can hear nobody any more."""
    world = World(seed, tills)
    world.found()
    assert world.run_until(lambda: all(len(machine.links) == tills - 1 for machine in world.machines), 5_000)
    world.run(1_000)
    for machine in world.machines:
        world.partition([machine], noticed=True)
    world.run(500)
    return world


def say(machine: Machine, count: int = 1, topic: str = "circulation") -> None:
    machine.happen(events.Append(1, (SAID._replace(topic=topic),) * count))
    machine.world.run(200)


def chunks(machine: Machine, feed: Feed, segment: int = 0) -> tuple[bytes, ...]:
    return tuple(chunk.data for chunk in machine.disk.chunks[document_id(NETWORK_ID, feed, segment)])


def carry(machine: Machine, feed: Feed, data: tuple[bytes, ...], segment: int = 0) -> effects.Effect:
    """Hand a file in; the answer."""
    answers: list[effects.Effect] = []
    machine.on_effect = answers.append
    machine.happen(events.Carried(77, feed, segment, data, "c" * 32))
    machine.world.run(300)
    (answer,) = [one for one in answers if isinstance(one, effects.Appended | effects.AppendFailed)]
    assert answer.ticket == 77
    return answer


def refusal(answer: effects.Effect) -> str:
    assert isinstance(answer, effects.AppendFailed)
    return answer.code


def test_what_a_stick_brings_is_taken_as_from_a_peer_and_brings_the_same_document() -> None:
    one, other = apart().machines
    say(one, 3)
    feed = Feed(one.name, "circulation")
    answer = carry(other, feed, chunks(one, feed))
    assert isinstance(answer, effects.Appended)
    assert [record.seq for record in answer.records] == [1, 2, 3]
    assert document_texts(other)[feed] == document_texts(one)[feed]
    assert chunks(other, feed) == chunks(one, feed)


def test_what_is_known_already_is_taken_once() -> None:
    one, other = apart().machines
    say(one, 2)
    feed = Feed(one.name, "circulation")
    first = chunks(one, feed)
    carry(other, feed, first)
    say(one, 2)
    answer = carry(other, feed, chunks(one, feed))
    assert isinstance(answer, effects.Appended)
    assert [record.seq for record in answer.records] == [3, 4]
    for old in (first, chunks(one, feed)):
        assert carry(other, feed, old) == effects.Appended(77, ())
    assert document_texts(other)[feed] == document_texts(one)[feed]


def test_the_rest_comes_over_the_wire_when_the_cable_is_back() -> None:
    world = apart()
    one, other = world.machines
    say(one, 2)
    feed = Feed(one.name, "circulation")
    carry(other, feed, chunks(one, feed))
    say(one, 2)
    world.heal()
    assert world.run_until(lambda: document_texts(other).get(feed) == document_texts(one)[feed], 20_000)
    assert not [report for machine in world.machines for report in machine.reports if report.what == "quarantined"]


def test_segments_come_in_order_and_not_otherwise() -> None:
    one, other = apart().machines
    say(one, SEGMENT_RECORDS + 1)
    feed = Feed(one.name, "circulation")
    assert refusal(carry(other, feed, chunks(one, feed, 1), 1)) == "gap"
    assert isinstance(carry(other, feed, chunks(one, feed)), effects.Appended)
    assert isinstance(carry(other, feed, chunks(one, feed, 1), 1), effects.Appended)
    assert document_texts(other)[feed] == document_texts(one)[feed]


def test_a_feed_of_nobody_known_stays_on_the_stick() -> None:
    one, other = apart().machines
    say(one)
    stranger = Feed("e" * 32, "circulation")
    assert refusal(carry(other, stranger, chunks(one, Feed(one.name, "circulation")))) == "not_wanted"


def test_a_record_of_another_feed_is_refused_and_kept_as_evidence() -> None:
    one, other = apart().machines
    say(one, topic="master")
    stored = watch_quarantine(other)
    answer = carry(other, Feed(one.name, "circulation"), chunks(one, Feed(one.name, "master")))
    assert refusal(answer) == "bad_carrier"
    assert len(stored) == 1


@given(st.data())
def test_no_byte_can_be_changed_without_being_found(data: st.DataObject) -> None:
    one, other = MACHINES
    feed = Feed(one.name, "circulation")
    whole = chunks(one, feed)
    bad = [bytearray(chunk) for chunk in whole]
    chunk = data.draw(st.sampled_from(bad))
    chunk[data.draw(st.integers(0, len(chunk) - 1))] ^= data.draw(st.integers(1, 255))
    assert refusal(carry(other, feed, tuple(bytes(one) for one in bad))) == "bad_carrier"
    assert feed not in document_texts(other)


def test_a_document_that_overwrites_a_record_is_refused() -> None:
    one, other = apart().machines
    say(one)
    feed = Feed(one.name, "circulation")
    texts = [record.text for record in one.disk.records[feed]]
    forged = SegmentDocument.load(chunks(one, feed), b"x" * 16)
    overwritten = forged.put_all([(records.key(1), "another text")]) + forged.put_all([(records.key(1), texts[0])])
    assert refusal(carry(other, feed, (*chunks(one, feed), *overwritten))) == "bad_carrier"
    assert isinstance(carry(other, feed, chunks(one, feed)), effects.Appended)
    assert chunks(other, feed) == chunks(one, feed)


def test_the_same_records_written_by_other_changes_do_not_enter_the_document() -> None:
    one, other = apart().machines
    say(one)
    say(one)
    feed = Feed(one.name, "circulation")
    (first, second) = (record.text for record in one.disk.records[feed])
    carry(other, feed, chunks(one, feed)[:1])
    twin = SegmentDocument.empty(b"t" * 16)
    raw = twin.put_all([(records.key(1), first), (records.key(2), second)])
    assert refusal(carry(other, feed, raw)) == "bad_carrier"
    assert isinstance(carry(other, feed, chunks(one, feed)), effects.Appended)
    assert chunks(other, feed) == chunks(one, feed)


def test_a_copied_disk_is_found_out_by_a_stick() -> None:
    world = apart()
    one, other = world.machines
    say(one)
    feed = Feed(one.name, "circulation")
    before = dict(one.disk.chunks), {name: list(run) for name, run in one.disk.records.items()}
    say(one)
    carry(other, feed, chunks(one, feed))
    one.crash()
    one.disk.chunks, one.disk.records = {name: list(run) for name, run in before[0].items()}, before[1]
    one.disk.chunks[document_id(NETWORK_ID, feed, 0)] = one.disk.chunks[document_id(NETWORK_ID, feed, 0)][:1]
    one.start()
    world.run(2_000)
    say(one)
    stored = watch_quarantine(other)
    assert refusal(carry(other, feed, chunks(one, feed))) == "forked"
    assert [report.what for report in other.reports if report.what == "fork"] == ["fork"]
    ((about, reason, evidence),) = stored
    assert (about, reason) == (str(feed), "fork")
    assert evidence.count('"seq":2') == 2
    assert refusal(carry(other, feed, chunks(one, feed))) == "forked"


def test_a_full_disk_answers_and_takes_nothing() -> None:
    one, other = apart().machines
    say(one, 2)
    feed = Feed(one.name, "circulation")
    other.disk.full = True
    assert refusal(carry(other, feed, chunks(one, feed))) == "disk_full"
    other.disk.full = False
    assert isinstance(carry(other, feed, chunks(one, feed)), effects.Appended)
    assert document_texts(other)[feed] == document_texts(one)[feed]


def test_a_file_whose_document_cannot_be_read_is_answered_too(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = apart().machines
    say(one)
    feed = Feed(one.name, "circulation")
    carry(other, feed, chunks(one, feed))
    other.world.run(40_000)  # nobody needed the document: it is let go
    other.disk.chunks[document_id(NETWORK_ID, feed, 0)] = []
    say(one)
    monkeypatch.setattr(other, "happen", lambda event, happen=other.happen: _unless_loaded(event, happen))
    answers: list[effects.Effect] = []
    other.on_effect = answers.append
    other.happen(events.Carried(77, feed, 0, chunks(one, feed), "c" * 32))
    other.world.run(15_000)
    assert [refusal(one) for one in answers if isinstance(one, effects.AppendFailed)] == ["disk_slow"]


def _unless_loaded(event: events.Event, happen: object) -> None:
    if not isinstance(event, events.Loaded):
        happen(event)  # type: ignore[operator]


def watch_quarantine(machine: Machine) -> list[tuple[str, str, str]]:
    """What the machine puts into quarantine from now on."""
    seen: list[tuple[str, str, str]] = []
    write = machine.disk.write

    def watched(effect: effects.Store) -> None:
        seen.extend(effect.quarantine)
        write(effect)

    machine.disk.write = watched  # type: ignore[method-assign]
    return seen


def _said_three() -> list[Machine]:
    world = apart()
    say(world.machines[0], 2)
    say(world.machines[0], 1)
    return world.machines


MACHINES = _said_three()


def test_a_full_segment_is_taken_in_slices_and_appends_get_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = apart().machines
    for _ in range(5):
        say(one, SEGMENT_RECORDS // 5)
    feed = Feed(one.name, "circulation")
    assert other.hub is not None
    checked: list[int] = []
    take = RunCheck.take

    def counted(self: RunCheck, texts: Sequence[str]) -> None:
        checked[-1] += len(texts)
        take(self, texts)

    monkeypatch.setattr(RunCheck, "take", counted)
    handle = other.hub.handle

    def watched(now: Now, event: events.Event) -> list[effects.Effect]:
        checked.append(0)
        made = handle(now, event)
        if sum(checked) == SLICE_RECORDS and checked[-1]:
            other.happen(events.Append(2, (SAID,)))
        return made

    other.hub.handle = watched  # type: ignore[method-assign]
    answers: list[effects.Effect] = []
    other.on_effect = answers.append
    other.happen(events.Carried(77, feed, 0, chunks(one, feed), "c" * 32))
    other.world.run(300)
    done = [(one.ticket, len(one.records)) for one in answers if isinstance(one, effects.Appended)]
    assert done == [(2, 1), (77, SEGMENT_RECORDS)]
    assert max(checked) == SLICE_RECORDS
    assert len(other.disk.records[Feed(other.name, "circulation")]) == 1
    assert document_texts(other)[feed] == document_texts(one)[feed]


def test_the_same_segment_twice_at_once_is_taken_once() -> None:
    one, other = apart().machines
    say(one, 150)
    feed = Feed(one.name, "circulation")
    answers: list[effects.Effect] = []
    other.on_effect = answers.append
    for ticket in (77, 78):
        other.happen(events.Carried(ticket, feed, 0, chunks(one, feed), "c" * 32))
    other.world.run(300)
    taken = {one.ticket: len(one.records) for one in answers if isinstance(one, effects.Appended)}
    assert taken == {77: 150, 78: 0}


def test_a_segment_that_takes_too_long_is_answered_once_and_can_be_read_again() -> None:
    one, other = apart().machines
    say(one, 150)
    feed = Feed(one.name, "circulation")
    assert other.hub is not None
    answers: list[effects.Effect] = []
    other.on_effect = answers.append
    other.happen(events.Carried(77, feed, 0, chunks(one, feed), "c" * 32))
    other.hub.carrying.watch(Now(other.hub.slices.now.mono_ms + 2 * WAIT_MS, 0))
    other.world.run(300)
    own = [one for one in answers if isinstance(one, effects.Appended | effects.AppendFailed)]
    assert [(one.ticket, type(one)) for one in own] == [(77, effects.AppendFailed)]  # answered once
    answer = carry(other, feed, chunks(one, feed))
    assert isinstance(answer, effects.Appended)
    assert len(answer.records) == 150
