"""What is read without Automerge is what Automerge reads, and all else is left to it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from replication.core.records import key
from replication.crdt import CrdtError, SegmentDocument, SyncState, sync_parts
from replication.plain_changes import PlainChanges, leb128, serving

EDGES = (1, 7, 8, 9, 20, 40, 1_022, 1_023, 1_024, 1_025, 8_190, 16_382, 16_383, 16_384, 16_385, 65_536)
texts = st.one_of(st.text(min_size=1, max_size=200), st.sampled_from(EDGES).map("x".__mul__))


def document(runs: Sequence[Sequence[str]], actor: bytes = b"w" * 16) -> tuple[SegmentDocument, list[bytes]]:
    """A document and its changes, one for each run of texts."""
    made, number, changes = SegmentDocument.empty(actor), 0, list[bytes]()
    for run in runs:
        changes += made.put_all([(key(number + n), text) for n, text in enumerate(run, start=1)])
        number += len(run)
    return made, changes


def by_automerge() -> SegmentDocument:
    """An empty document that leaves everything to Automerge."""
    made = SegmentDocument.empty(b"r" * 16)
    made.put_all([])
    return made


def all_texts(made: SegmentDocument) -> list[str | None]:
    return [made.text(key(n + 1)) for n in range(len(made))]


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, min_size=1, max_size=8))
def test_one_text_after_the_other_is_read_as_automerge_reads_it(said: list[str]) -> None:
    _, changes = document([[text] for text in said])
    plain, reader = PlainChanges(), by_automerge()
    for message, head in sync_parts(changes):
        assert plain.take(message) == list(reader.receive(SyncState(), message)[0])
        assert plain.head == head
    assert list(plain.texts.values()) == all_texts(reader) == said


def test_a_full_segment_with_a_restart_of_its_writer_in_the_middle() -> None:
    said = [f"text {n} äöü" * (1 + n % 40) for n in range(500)]
    _, changes = document([[text] for text in said[:200]])
    again = SegmentDocument.load(changes, b"v" * 16)
    changes += [change for n in range(200, 500) for change in again.put_all([(key(n + 1), said[n])])]
    plain = PlainChanges()
    assert all(plain.take(message) for message, _ in sync_parts(changes))
    assert list(plain.texts.values()) == said


def test_a_served_document_goes_on_in_automerge_with_whatever_comes_next() -> None:
    writer, changes = document([["one"], ["two"], ["three", "four"]])
    for change in (SegmentDocument.receive, SegmentDocument.merge, SegmentDocument.put_all):
        reader, state = SegmentDocument.empty(b"r" * 16), SyncState()
        assert reader.generate(state) is not None
        parts = list(sync_parts(changes[:2])) + list(sync_parts(changes[2:]))
        assert reader.receive(state, parts[0][0]) == (tuple(changes[:2]), 2)
        if change is SegmentDocument.receive:
            assert reader.receive(state, parts[1][0]) == ((changes[2],), 2)
        elif change is SegmentDocument.merge:
            assert reader.merge(writer) == ((changes[2],), 2)
        else:
            assert len(reader.put_all([(key(3), "three"), (key(4), "four")])) == 1
        assert all_texts(reader) == ["one", "two", "three", "four"]
        assert reader.operations() == 4


def test_who_serves_is_told_each_head_once_and_another_peer_gets_what_it_asks_for() -> None:
    _, changes = document([["one"], ["two"]])
    reader, state = SegmentDocument.empty(b"r" * 16), SyncState()
    ((message, head),) = sync_parts(changes)
    reader.receive(state, message)
    told = reader.generate(state)
    assert told is not None
    assert head in told
    assert reader.generate(state) is None
    other, theirs, mine = SegmentDocument.empty(b"o" * 16), SyncState(), SyncState()
    for _ in range(4):
        if (asked := other.generate(theirs)) is not None:
            reader.receive(mine, asked)
        if (answer := reader.generate(mine)) is not None:
            other.receive(theirs, answer)
    assert all_texts(other) == ["one", "two"]


def test_what_does_not_go_on_from_here_is_left_to_automerge() -> None:
    _, changes = document([["one"], ["two"], ["three"], ["four", "five"], ["six"]])
    taken = PlainChanges()
    (first,) = (message for message, _ in sync_parts(changes[:2]))
    assert taken.take(first)
    before = dict(taken.texts), taken.head, list(taken.changes)
    _, aside = document([["one"]], b"b" * 16)
    writer = SegmentDocument.load(changes[:2], b"c" * 16)
    refused = {
        "again": [changes[1]],
        "a gap": changes[4:],
        "two texts in one": changes[2:4],
        "no past": aside,
        "an old key": writer.put_all([(key(1), "another one")]),
        "one of them twice": [changes[2], changes[2]],
    }
    for what, run in refused.items():
        for message, _ in sync_parts(run):
            assert taken.take(message) is None, what
    assert (dict(taken.texts), taken.head, list(taken.changes)) == before
    (rest,) = (message for message, _ in sync_parts(changes[2:3]))
    assert taken.take(rest) == [changes[2]]


def test_an_actor_that_comes_back_is_left_to_automerge() -> None:
    one = SegmentDocument.empty(b"a" * 16)
    changes = list(one.put_all([(key(1), "one")]))
    changes += SegmentDocument.load(changes, b"b" * 16).put_all([(key(2), "two")])
    changes += SegmentDocument.load(changes, b"a" * 16).put_all([(key(3), "three")])
    plain = PlainChanges()
    assert [plain.take(message) is not None for message, _ in sync_parts(changes[:2])] == [True]
    assert [plain.take(message) is not None for message, _ in sync_parts(changes[2:])] == [False]


def sealed(body: bytes) -> bytes:
    """A change of this body, with a checksum that holds."""
    chunk = b"\x01" + leb128(len(body)) + body
    return b"\x85\x6f\x4a\x83" + hashlib.sha256(chunk).digest()[:4] + chunk


def test_what_only_looks_plain_is_left_to_automerge() -> None:
    _, changes = document([["one"], ["two"], ["three"]])
    last = changes[2]
    assert sealed(last[10:]) == last
    assert last.count(key(3).encode()) == 1
    lying = serving(b"h" * 32, [last])
    (honest,) = (message for message, _ in sync_parts([last]))
    strange = {
        "an old key without its past": serving_of(sealed(last[10:].replace(key(3).encode(), key(1).encode()))),
        "another number": serving_of(sealed(last[10:].replace(b"w" * 16 + b"\x03", b"w" * 16 + b"\x04"))),
        "a new actor that begins late": serving_of(sealed(last[10:].replace(b"w" * 16, b"v" * 16))),
        "a wrong checksum": honest.replace(last[:8], last[:4] + b"sums"),
        "another head": lying,
    }
    plain = PlainChanges()
    for message, _ in sync_parts(changes[:2]):
        assert plain.take(message)
    for what, message in strange.items():
        assert message != honest, what
        assert plain.take(message) is None, what
    assert plain.take(honest) == [last]


def test_an_actor_that_comes_back_as_if_it_had_never_been_away_is_left_to_automerge() -> None:
    one = SegmentDocument.empty(b"a" * 16)
    changes = list(one.put_all([(key(1), "one")]))
    changes += SegmentDocument.load(changes, b"b" * 16).put_all([(key(2), "two")])
    (third,) = SegmentDocument.load(changes, b"c" * 16).put_all([(key(3), "three")])
    plain = PlainChanges()
    for message, _ in sync_parts(changes):
        assert plain.take(message)
    for seq in (b"\x01", b"\x02", b"\x03"):
        assert plain.take(serving_of(sealed(third[10:].replace(b"c" * 16 + b"\x01", b"a" * 16 + seq)))) is None
    assert plain.take(serving_of(third)) == [third]


def serving_of(change: bytes) -> bytes:
    ((message, _),) = sync_parts([change])
    return message


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_bytes_that_were_changed_are_never_read_otherwise_than_by_automerge(data: st.DataObject) -> None:
    _, changes = document([[data.draw(texts)] for _ in range(2)])
    ((message, _),) = sync_parts(changes)
    mutated = bytearray(message)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(mutated) - 1))
        match data.draw(st.sampled_from(("set", "cut", "grow"))):
            case "set":
                mutated[at] = data.draw(st.integers(0, 255))
            case "cut":
                del mutated[at]
            case _:
                mutated.insert(at, data.draw(st.integers(0, 255)))
    plain = PlainChanges()
    taken = plain.take(bytes(mutated))
    if taken is not None:
        reader = by_automerge()
        assert reader.receive(SyncState(), bytes(mutated))[0] == tuple(taken)
        assert plain.texts == {name: reader.text(name) for name in plain.texts}
        assert len(reader) == len(plain.texts)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_change_that_was_altered_and_sealed_anew_is_never_read_otherwise_than_by_automerge(
    data: st.DataObject,
) -> None:
    _, (first, second) = document([["one"], [data.draw(texts)]])
    length = len(leb128(len(second) - 11))
    body = bytearray(second[9 + length :])
    for _ in range(data.draw(st.integers(1, 2))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    sealed = b"\x01" + leb128(len(body)) + bytes(body)
    change = second[:4] + hashlib.sha256(sealed).digest()[:4] + sealed
    plain = PlainChanges()
    taken = [plain.take(message) for message, _ in sync_parts([first, change])]
    if taken != [None]:
        reader = by_automerge()
        for message, _ in sync_parts([first, change]):
            assert reader.receive(SyncState(), message)[0] == (first, change)
        assert plain.texts == {name: reader.text(name) for name in plain.texts}
        assert len(reader) == len(plain.texts)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data: bytes) -> None:
    assert PlainChanges().take(data) is None
    reader, state = SegmentDocument.empty(b"r" * 16), SyncState()
    try:
        assert reader.receive(state, data) == ((), 0)
    except CrdtError:
        pass
