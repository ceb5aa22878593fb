"""The wire: round trips, and hostile bytes."""

from __future__ import annotations

import contextlib
import hashlib

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from replication.core import documents, wire
from replication.core.model import Feed
from replication.core.wire import RemoteError

names = st.text(min_size=1, max_size=40)
document_ids = st.binary(min_size=16, max_size=16).map(bytes.hex)
bodies = st.dictionaries(st.text(max_size=8), st.integers(0, 2**40) | st.text(max_size=8), max_size=5)
messages = st.one_of(
    st.builds(wire.Join, names, st.tuples(names), st.booleans()),
    st.builds(wire.Peer, names, names, names, st.booleans()),
    st.builds(wire.Sync, names, names, document_ids, st.binary(max_size=100), st.booleans()),
    st.builds(wire.Unavailable, names, names, document_ids),
    st.builds(wire.Ephemeral, names, names, st.integers(0, 2**31), names, document_ids, bodies),
    st.builds(wire.Leave, names),
    st.builds(wire.Failure, names),
)


@given(messages)
def test_every_message_survives_the_wire(message: wire.Message) -> None:
    assert wire.decode(wire.encode(message)) == message


@given(st.binary(max_size=300))
def test_junk_is_a_remote_error_and_nothing_else(data: bytes) -> None:
    with pytest.raises(RemoteError):
        wire.decode(data)


@given(messages, st.data())
def test_mutated_messages_are_read_or_refused(message: wire.Message, data: st.DataObject) -> None:
    raw = bytearray(wire.encode(message))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(RemoteError):
        wire.decode(bytes(raw))


def test_a_frame_that_is_too_long_is_not_decoded() -> None:
    with pytest.raises(RemoteError, match="at most"):
        wire.decode(b"\0" * (wire.MAX_FRAME_BYTES + 1))


def test_bytes_after_the_message_are_refused() -> None:
    with pytest.raises(RemoteError, match="after"):
        wire.decode(wire.encode(wire.Leave("m")) + b"\0")


@pytest.mark.parametrize("raw", [{"type": "sync", "senderId": 1}, {"type": "nonsense"}, {}, [], 7, {"type": []}])
def test_a_message_with_odd_fields_is_refused(raw: object) -> None:
    with pytest.raises(RemoteError):
        wire.decode(cbor2.dumps(raw))


@given(st.dictionaries(st.builds(Feed, names.filter(lambda n: "/" not in n), st.just("sales")), st.integers(0, 2**50)))
def test_positions_survive_the_wire(positions: dict[Feed, int]) -> None:
    assert wire.positions_from_wire(wire.positions_to_wire(positions)) == positions


@given(document_ids)
def test_document_ids_take_the_form_of_automerge_repo(document: str) -> None:
    assert documents.from_url_id(documents.to_url_id(document)) == document


@given(document_ids)
def test_a_document_id_is_base58_of_sixteen_bytes_and_four_of_their_double_hash(document: str) -> None:
    raw = bytes.fromhex(document)
    raw += hashlib.sha256(hashlib.sha256(raw).digest()).digest()[:4]
    number, digits = int.from_bytes(raw), ""
    while number:
        number, digit = divmod(number, 58)
        digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[digit] + digits
    assert documents.to_url_id(document) == "1" * (len(raw) - len(raw.lstrip(b"\0"))) + digits


def test_a_document_id_with_a_wrong_digit_is_refused() -> None:
    text = documents.to_url_id("ab" * 16)
    with pytest.raises(ValueError):
        documents.from_url_id(text[:-1] + ("2" if text[-1] != "2" else "3"))
