"""A live hub against an enrolled but evil peer: no crash, no hang, no growth, and the till goes on working."""

from __future__ import annotations

import random
import resource
import time
from fractions import Fraction
from pathlib import Path

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.simulation.world import NETWORK_ID
from replication.core import events, wire
from replication.core.documents import document_id, to_url_id
from replication.core.model import Feed
from replication.core.wire import RemoteError
from replication.crdt import SegmentDocument, SyncState
from tests.fuzz.evil import Besieged, bare_change, odd_values, size_of, sync_message

BESIEGED = Besieged()
TYPES = ["join", "peer", "sync", "request", "doc-unavailable", "ephemeral", "leave", "error", "nonsense"]
names = st.sampled_from([BESIEGED.evil.name, BESIEGED.till.name, "", "x" * 2_000])
document_ids = st.sampled_from([to_url_id(document) for document in BESIEGED.documents]) | st.text(max_size=45)
fields = {
    "type": st.sampled_from(TYPES) | odd_values,
    "senderId": st.just(BESIEGED.evil.name) | names | odd_values,
    "targetId": names | odd_values,
    "documentId": document_ids | odd_values,
    "data": st.binary(max_size=200) | st.builds(cbor2.dumps, odd_values) | odd_values,
    "count": st.integers() | odd_values,
    "sessionId": st.text(max_size=10) | odd_values,
    "message": st.text(max_size=10) | odd_values,
    "supportedProtocolVersions": st.just(["1"]) | odd_values,
    "peerMetadata": odd_values,
}
any_message = st.fixed_dictionaries({"type": fields.pop("type")}, optional=fields)
feeds = st.sampled_from([str(feed) for feed in BESIEGED.feeds]) | st.text(max_size=40)
seqs = st.integers(-3, 2**54) | odd_values
own_fields = {
    "p": st.dictionaries(feeds, st.tuples(seqs, st.text(max_size=16) | odd_values) | odd_values, max_size=4)
    | odd_values,
    "clock": st.integers() | odd_values,
    "id": st.sampled_from(["a", "b"]) | odd_values,
    "resources": st.lists(st.sampled_from(["voucher/A", "voucher/B"]), max_size=3) | odd_values,
    "hlc": st.sampled_from(["0001763751234567-00003", "9999999999999999-99999"]) | odd_values,
    "doubts": st.lists(names, max_size=3) | odd_values,
    "to": names | odd_values,
    "from": names | odd_values,
    "positions": st.dictionaries(feeds, seqs, max_size=3) | odd_values,
}
own_bodies = st.fixed_dictionaries(
    {
        "t": st.sampled_from(["positions", "claim", "promise", "defer", "refuse", "inquire", "yield", "release"])
        | odd_values
    },
    optional=own_fields,
)


@given(st.binary(max_size=300) | st.builds(cbor2.dumps, odd_values) | st.builds(cbor2.dumps, any_message))
def test_any_bytes_are_a_message_or_a_remote_error(data: bytes) -> None:
    text = ""
    try:
        wire.decode(data)
    except RemoteError as error:
        text = str(error)
    assert len(text) < 300


@pytest.mark.parametrize(
    "data",
    [
        b"\x81" * 100_000,  # lists in lists
        b"\xa1\x61a" * 50_000,  # maps in maps
        b"\x9f" * 100_000,  # endless lists
        b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff",  # a list of 2^64 things
        b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x5b\x00\x00\x00\xff\xff\xff\xff\xff",  # a string of a terabyte
        cbor2.dumps({"type": 10**6_000}),
        b"\xa1\x64type\xd8\x23\x6a" + b"(a+)+(b+)+",  # a regular expression
        b"\xa1\x64type\xc4\x82\x1a\x7f\xff\xff\xff\x01",  # a decimal with two thousand million digits
        b"\xa1\x64type\xd8\x1e\x82\x01\x00",  # a fraction with nothing below
        b"\xa1\x64type\xd8\x1c\x81\xd8\x1d\x00",  # a list that holds itself
        b"\xd8\x1c\xa1\x64type\xd8\x1d\x00",  # a map that holds itself
        b"\xa1\x64type\xc5\x82\x1a\x7f\xff\xff\xff\x01",  # two to the power of two thousand million
        cbor2.dumps({"type": "leave", "senderId": "x", 7: 1}),  # a key that is no text
        b"\xa2\x64type\x65leave\x68senderId"
        + cbor2.dumps(Fraction(7**90_000, 11**90_000)),  # a fraction to be shortened
    ],
    ids=range(15),
)
def test_what_would_blow_a_decoder_up_is_refused_at_once(data: bytes) -> None:
    began = time.process_time()
    with pytest.raises(RemoteError) as caught:
        wire.decode(data)
    assert len(str(caught.value)) < 300
    BESIEGED.connect()
    BESIEGED.hear(data)
    assert time.process_time() - began < 2.0


@given(st.lists(any_message.map(lambda raw: ("any", raw)) | own_bodies.map(lambda raw: ("own", raw)), max_size=12))
def test_no_message_in_any_order_is_too_much_for_a_hub(messages: list[tuple[str, object]]) -> None:
    for sort, raw in messages:
        BESIEGED.connect()
        BESIEGED.hear(cbor2.dumps(raw)) if sort == "any" else BESIEGED.say(raw)
        BESIEGED.till.happen(events.Tick())
    assert BESIEGED.works()


@given(st.data())
def test_sync_messages_with_changed_bytes_bring_nothing_unverified(data: st.DataObject) -> None:
    BESIEGED.connect()
    feed = data.draw(st.sampled_from([feed for feed in BESIEGED.feeds if feed in BESIEGED.evil.disk.records]))
    document = document_id(NETWORK_ID, feed, 0)
    mine = SegmentDocument.load([chunk.data for chunk in BESIEGED.evil.disk.chunks[document]], b"e" * 16)
    peer, state, back = SegmentDocument.empty(b"p" * 16), SyncState(), SyncState()
    for _ in range(data.draw(st.integers(0, 2))):
        if (said := mine.generate(state)) is not None:
            peer.receive(back, said)
        if (said := peer.generate(back)) is not None:
            mine.receive(state, said)
    raw = bytearray(mine.generate(state) or b"C")
    for _ in range(data.draw(st.integers(0, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    message = wire.Sync(BESIEGED.evil.name, BESIEGED.till.name, document, bytes(raw), data.draw(st.booleans()))
    before = {feed: [record.text for record in run] for feed, run in BESIEGED.till.disk.records.items()}
    BESIEGED.hear(wire.encode(message))
    BESIEGED.world.run(100)
    assert {feed: [record.text for record in run] for feed, run in BESIEGED.till.disk.records.items()} == before
    assert BESIEGED.works()


def test_ten_thousand_messages_leave_nothing_behind() -> None:
    besieged = Besieged()
    besieged.connect()
    besieged.world.run(200)
    before = size_of(besieged.hub)
    rng = random.Random(4)
    for number in range(10_000):
        besieged.connect()
        besieged.say(_flood(rng, number, besieged))
        if number % 20 == 0:
            besieged.world.run(1)
        if number % 100 == 0:
            besieged.till.happen(events.Tick())
    grown = size_of(besieged.hub) - before
    assert grown < 2_000_000
    besieged.world.run(20_000)
    assert size_of(besieged.hub) - before < 200_000
    assert besieged.works()


def _flood(rng: random.Random, number: int, besieged: Besieged) -> object:
    stranger = f"{rng.getrandbits(128):032x}"
    match number % 6:
        case 0:
            return {"t": "positions", "p": {f"{stranger}/sales": [rng.getrandbits(53), "0" * 16]}, "clock": 0}
        case 1:
            resources = [f"{rng.getrandbits(128):032x}" for _ in range(1 + rng.randrange(50))]
            return {"t": "claim", "id": stranger, "resources": resources, "hlc": "0001763751234567-00003"}
        case 2:
            positions = {f"{besieged.till.name}/circulation": rng.getrandbits(50), f"{stranger}/sales": 1}
            return {"t": "release", "id": stranger, "positions": positions}
        case 3:
            return {"t": "promise", "id": stranger, "positions": {f"{stranger}/circulation": 1}}
        case 4:
            return {"t": "claim", "id": stranger, "resources": ["voucher/ONE"], "hlc": "0001763751234567-00003"}
        case _:
            feed = rng.choice(besieged.feeds)
            return {
                "t": "positions",
                "p": {str(feed): [rng.getrandbits(50), stranger[:16]]},
                "clock": rng.getrandbits(60),
            }


def test_giants_inside_small_messages_leave_nothing_behind() -> None:
    besieged = Besieged()
    besieged.connect()
    before = size_of(besieged.hub)
    long = "m" * 1_000_000
    hlc = "0001763751234567-00003"
    for number in range(30):
        many = {f"{number}.{one:x}/sales": [1, ""] for one in range(15_000 if number < 4 else 1)}
        name = str(number)
        for body in (
            {"t": "positions", "p": {f"{long}{number}/sales": [1, "h"]}, "clock": 1},
            {"t": "positions", "p": {"x/sales": [1, long]}, "clock": 1},
            {"t": "positions", "p": many, "clock": 1},
            {"t": "claim", "id": name, "resources": [long], "hlc": hlc},
            {"t": "claim", "id": name, "resources": [f"x{n}" for n in range(6_000)], "hlc": hlc},
            {"t": "claim", "id": long, "resources": [name], "hlc": hlc},
            {"t": "claim", "id": name, "resources": [name], "hlc": hlc, "to": long},
            {"t": "release", "id": name, "positions": {f"{long}/circulation": 1}},
        ):
            besieged.connect()
            besieged.say(body)
    assert size_of(besieged.hub) - before < 5_000_000
    assert all(len(report.detail) < 500 for report in besieged.till.reports)
    assert besieged.works()


def test_changes_that_say_nothing_do_not_fill_the_disk() -> None:
    besieged = Besieged()
    besieged.connect()
    feed = Feed(besieged.evil.name, "circulation")
    document = document_id(NETWORK_ID, feed, 0)
    before = len(besieged.till.disk.chunks[document])
    for seq in range(1, 6):
        besieged.connect()
        raw = sync_message([bare_change((), seq)])
        besieged.hear(wire.encode(wire.Sync(besieged.evil.name, besieged.till.name, document, raw)))
        besieged.world.run(50)
    assert len(besieged.till.disk.chunks[document]) == before
    assert any("without an operation" in report.detail for report in besieged.till.reports)
    assert besieged.works()


def test_changes_whose_past_never_comes_are_not_kept_in_memory_for_ever() -> None:
    besieged = Besieged()
    feed = Feed(besieged.evil.name, "circulation")
    document = document_id(NETWORK_ID, feed, 0)
    before = resident_kib()
    for number in range(300):
        besieged.connect()
        orphan = bare_change((number.to_bytes(32, "big"),), number + 1, b"m" * 1_000_000)
        raw = sync_message([orphan])
        besieged.hear(wire.encode(wire.Sync(besieged.evil.name, besieged.till.name, document, raw)))
        besieged.world.run(50)
    assert resident_kib() - before < 100_000
    assert besieged.works()


def resident_kib() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024
