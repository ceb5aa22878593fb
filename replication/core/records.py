"""A record's canonical text, signature and chain.

The text is JSON in canonical form (keys sorted, no white space, UTF-8)::

    {"body":{…},"hlc":"…","kind":"…","prev":"…","seq":7,"sig":"…"}

``sig`` is Ed25519 over a prefix that names network and feed, followed by the same object
without ``sig``: a record cannot be moved to another feed or network. ``prev`` is the hash of
the record before it (the first one's names the feed), and the hash is SHA-256 over the whole
text. So the signature of one record vouches for everything before it.
"""

from __future__ import annotations

import functools
import hashlib
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from replication.core import clock
from replication.core.model import Feed, Record

MAX_TEXT_BYTES = 65_536
"""Longest canonical text of a record; a receipt of 200 lines fits."""

SIGNATURE_BYTES = 64
REMEMBERED_SIGNATURES = 256
"""Signatures that were looked at last: peers pass the same records on, and proofs come again with every greeting."""
REMEMBERED_BYTES = 4_096
"""What is longer is looked at each time, so that a peer cannot fill the memory with it."""
REMEMBERED_BEGINNINGS = 1_024
"""Feeds of which it is remembered what their first record names."""
_encoder = msgspec.json.Encoder(order="sorted")


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    """The object in a record's text."""

    body: dict[str, Any]
    hlc: str
    kind: str
    prev: str
    seq: int
    sig: str


_decoder = msgspec.json.Decoder(_Written)


class BadRecord(Exception):
    """A record that must not enter the books; ``reason`` is for the log, ``text`` the evidence."""

    def __init__(self, reason: str, text: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.text = text


@functools.lru_cache(maxsize=REMEMBERED_BEGINNINGS)
def genesis(network_id: str, feed: Feed) -> str:
    """What the first record of a feed names as its predecessor (hex SHA-256)."""
    return hashlib.sha256(f"tillmesh-feed/1\0{network_id}\0{feed}".encode()).hexdigest()


def key(seq: int) -> str:
    """The key of a record in its document."""
    return f"{seq:012d}"


def write(
    private_key: Ed25519PrivateKey,
    network_id: str,
    feed: Feed,
    *,
    seq: int,
    hlc: str,
    prev: str,
    kind: str,
    body: dict[str, Any],
) -> Record:
    """Sign and chain a new record. ``BadRecord`` if its text would be longer than ``MAX_TEXT_BYTES``."""
    unsigned = {"body": body, "hlc": hlc, "kind": kind, "prev": prev, "seq": seq}
    signature = private_key.sign(_signed_bytes(network_id, feed, unsigned)).hex()
    encoded = _encoder.encode({**unsigned, "sig": signature})
    if len(encoded) > MAX_TEXT_BYTES:
        raise BadRecord(f"{kind} is {len(encoded)} bytes long; at most {MAX_TEXT_BYTES} fit into one record")
    text = encoded.decode()
    # The body is read back so that a writer sees exactly what every reader will see (tuples are lists, …).
    return _record(feed, _decoder.decode(encoded), text, encoded)


def parse(feed: Feed, text: str) -> Record:
    """Read a record's text; checks its form, not its signature or chain. ``BadRecord`` otherwise."""
    encoded = text.encode()
    if len(encoded) > MAX_TEXT_BYTES:
        raise BadRecord("longer than a record may be", text[:1000])
    try:
        written = _decoder.decode(encoded)
    except (msgspec.DecodeError, msgspec.ValidationError, ValueError, RecursionError) as error:
        raise BadRecord(f"no record: {error}", text[:1000]) from None
    if not clock.is_stamp(written.hlc):
        raise BadRecord(f"no record: not a hybrid time: {written.hlc[:40]!r}", text[:1000])
    # The signature covers all but itself: with two spellings a relay could give a genuine record another hash.
    if _encoder.encode(written) != encoded or not _is_signature(written.sig):
        raise BadRecord("not in canonical form", text[:1000])
    return _record(feed, written, text, encoded)


@functools.lru_cache(maxsize=1_024)
def _public_key(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)


def verify_signature(public_key: bytes, network_id: str, record: Record) -> bool:
    """Whether the record was signed by the key (raw Ed25519, 32 bytes)."""
    unsigned = {
        "body": record.body, "hlc": record.hlc, "kind": record.kind, "prev": record.prev, "seq": record.seq,
    }  # fmt: skip
    signed = _signed_bytes(network_id, record.feed, unsigned)
    looks = _was_signed if len(signed) <= REMEMBERED_BYTES else _is_signed
    return looks(public_key, record.sig, signed)


def _is_signed(public_key: bytes, signature: str, signed: bytes) -> bool:
    try:
        _public_key(public_key).verify(bytes.fromhex(signature), signed)
    except (InvalidSignature, ValueError):
        return False
    return True


_was_signed = functools.lru_cache(maxsize=REMEMBERED_SIGNATURES)(_is_signed)


def _is_signature(text: str) -> bool:
    """Whether the text is a signature in its one spelling: 128 small hex digits and nothing between them."""
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        return False
    return len(raw) == SIGNATURE_BYTES and raw.hex() == text


def _signed_bytes(network_id: str, feed: Feed, unsigned: dict[str, Any]) -> bytes:
    return f"tillmesh-record/1\0{network_id}\0{feed}\0".encode() + _encoder.encode(unsigned)


def _record(feed: Feed, written: _Written, text: str, encoded: bytes) -> Record:
    digest = hashlib.sha256(encoded).hexdigest()
    # In the order of the fields: names would cost a third of the whole.
    return Record(feed, written.seq, written.hlc, written.kind, written.body, written.prev, written.sig, digest, text)
