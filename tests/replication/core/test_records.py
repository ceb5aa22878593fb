"""Records: canonical text, signature, chain."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from replication.core import records
from replication.core.model import Feed, Record
from replication.core.records import BadRecord

NETWORK = "6f1d3c0a0d6e4b0a9c53b2a4c7f0aa11"
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
FEED = Feed("m" * 32, "sales")
HLC = "0001763750000000-00000"

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
bodies = st.dictionaries(st.text(max_size=8), json_values, max_size=6)


def write(body: dict[str, Any], *, seq: int = 1, feed: Feed = FEED) -> Record:
    prev = records.genesis(NETWORK, feed)
    return records.write(KEY, NETWORK, feed, seq=seq, hlc=HLC, prev=prev, kind="thing.done/1", body=body)


@given(bodies)
def test_what_was_written_is_read_back_and_its_signature_holds(body: dict[str, Any]) -> None:
    record = write(body)
    assert records.parse(FEED, record.text) == record
    assert records.verify_signature(PUBLIC, NETWORK, record)


@given(bodies)
def test_the_text_is_canonical_json(body: dict[str, Any]) -> None:
    text = write(body).text
    assert (
        json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False) == text or "\\u" in text
    )


@given(bodies, st.data())
def test_a_changed_byte_is_found(body: dict[str, Any], data: st.DataObject) -> None:
    record = write(body)
    place = data.draw(st.integers(0, len(record.text) - 1))
    altered = record.text[:place] + data.draw(st.characters(codec="ascii")) + record.text[place + 1 :]
    if altered == record.text:
        return
    try:
        parsed = records.parse(FEED, altered)
    except BadRecord:
        return
    assert not records.verify_signature(PUBLIC, NETWORK, parsed)


def test_a_record_cannot_be_moved_to_another_feed_or_network() -> None:
    text = write({"a": 1}).text
    moved = records.parse(Feed("n" * 32, "sales"), text)
    assert not records.verify_signature(PUBLIC, NETWORK, moved)
    assert not records.verify_signature(PUBLIC, "0" * 32, records.parse(FEED, text))


@given(st.text(max_size=200))
def test_junk_is_a_bad_record_and_nothing_else(text: str) -> None:
    with pytest.raises(BadRecord):
        records.parse(FEED, text)


def test_another_spelling_of_the_same_json_is_refused() -> None:
    text = write({"b": 1, "a": 2}).text
    with pytest.raises(BadRecord, match="canonical"):
        records.parse(FEED, text.replace('"a":2,"b":1', '"b":1,"a":2'))


def test_a_signature_has_one_spelling() -> None:
    """Otherwise a relay could turn a digit into a capital and give a genuine record another hash."""
    record = write({"a": 1})
    with pytest.raises(BadRecord, match="canonical"):
        records.parse(FEED, record.text.replace(record.sig, record.sig.upper()))
    for other in (f"{record.sig[:64]} {record.sig[64:]}", record.sig[:-2], f"{record.sig}00", f"{record.sig[:-1]}g"):
        with pytest.raises(BadRecord, match="canonical"):
            records.parse(FEED, record.text.replace(record.sig, other))


def test_a_record_that_is_too_long_is_refused_when_written() -> None:
    with pytest.raises(BadRecord, match="at most"):
        write({"a": "x" * records.MAX_TEXT_BYTES})
