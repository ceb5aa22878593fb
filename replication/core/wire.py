"""automerge-repo's websocket messages, as CBOR maps (``docs/protocol.md`` has the whole exchange).

Every byte may be hostile: the size is looked at before decoding, and a decoder returns a
message or raises ``RemoteError``. Our own messages travel as the ``data`` of ``ephemeral``
messages, themselves CBOR maps with a field ``t``.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping
from typing import Any, NoReturn

import cbor2
import msgspec

from replication.core import documents
from replication.core.model import Feed

MAX_FRAME_BYTES = 48 * 1024 * 1024
"""A full segment of records of the longest kind, and the message around it."""

MAX_OWN_MESSAGE_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 16
"""How deep maps and lists may lie in each other; ours need three."""
MAX_POSITIONS = 20_000
"""Feeds that one message may name, and one peer may have: 5,000 members."""
MAX_SEQ = 2**53 - 1
"""No feed is longer: numbers that every reader of JSON takes as they are."""
MAX_MEMBER_CHARS = 64
MAX_MEMBERS = 10_000
REMEMBERED_FEEDS = 4_096
"""Names of feeds that are not read anew: the same few come with every message."""
PROTOCOL_VERSION = "1"
MAX_SESSION_CHARS = 64


class RemoteError(Exception):
    """The peer broke the protocol; the text says how, for the log and the close frame."""


class Join(msgspec.Struct, frozen=True):
    """The dialler's first message."""

    sender: str
    versions: tuple[str, ...]
    ephemeral: bool = False
    session: str = ""


class Peer(msgspec.Struct, frozen=True):
    """The answer to ``join``."""

    sender: str
    target: str
    version: str
    ephemeral: bool = False
    session: str = ""


class Sync(msgspec.Struct, frozen=True):
    """An Automerge sync message; ``request`` is its first form, from one who has nothing yet."""

    sender: str
    target: str
    document: str
    data: bytes
    request: bool = False


class Unavailable(msgspec.Struct, frozen=True):
    """The sender does not have the document."""

    sender: str
    target: str
    document: str


class Ephemeral(msgspec.Struct, frozen=True):
    """A message that is not kept; ours are in ``body``."""

    sender: str
    target: str
    count: int
    session: str
    document: str
    body: dict[str, Any]


class Leave(msgspec.Struct, frozen=True):
    """The sender goes."""

    sender: str


class Failure(msgspec.Struct, frozen=True):
    """The sender reports an error and closes."""

    text: str


Message = Join | Peer | Sync | Unavailable | Ephemeral | Leave | Failure


def encode(message: Message) -> bytes:
    """The bytes of a message."""
    match message:
        case Join():
            raw: dict[str, Any] = {
                "type": "join",
                "senderId": message.sender,
                "supportedProtocolVersions": list(message.versions),
                "peerMetadata": _metadata(message),
            }
        case Peer():
            raw = {
                "type": "peer",
                "senderId": message.sender,
                "targetId": message.target,
                "selectedProtocolVersion": message.version,
                "peerMetadata": _metadata(message),
            }
        case Sync():
            raw = {
                "type": "request" if message.request else "sync",
                "senderId": message.sender,
                "targetId": message.target,
                "documentId": documents.to_url_id(message.document),
                "data": message.data,
            }
        case Unavailable():
            raw = {
                "type": "doc-unavailable",
                "senderId": message.sender,
                "targetId": message.target,
                "documentId": documents.to_url_id(message.document),
            }
        case Ephemeral():
            raw = {
                "type": "ephemeral",
                "senderId": message.sender,
                "targetId": message.target,
                "count": message.count,
                "sessionId": message.session,
                "documentId": documents.to_url_id(message.document),
                "data": cbor2.dumps(message.body),
            }
        case Leave():
            raw = {"type": "leave", "senderId": message.sender}
        case Failure():
            raw = {"type": "error", "message": message.text}
    return cbor2.dumps(raw)


def decode(data: bytes) -> Message:
    """The message in the bytes; ``RemoteError`` if there is none."""
    return _message(_load(data, MAX_FRAME_BYTES))


def decode_for_reader(data: bytes) -> Message | None:
    """The message if a client that only reads documents waits for an answer to it; None for all other talk."""
    raw = _load(data, MAX_FRAME_BYTES)
    return _message(raw) if raw.get("type") in ("join", "sync", "request", "leave") else None


def _message(raw: dict[str, Any]) -> Message:
    kind = raw.get("type")
    match kind:
        case "join":
            versions = raw.get("supportedProtocolVersions")
            if not isinstance(versions, list) or not all(isinstance(version, str) for version in versions):
                raise RemoteError("join without protocol versions")
            return Join(_text(raw, "senderId"), tuple(versions), _is_ephemeral(raw), _session(raw))
        case "peer":
            return Peer(
                _text(raw, "senderId"),
                _text(raw, "targetId"),
                _text(raw, "selectedProtocolVersion"),
                _is_ephemeral(raw),
                _session(raw),
            )
        case "sync" | "request":
            return Sync(
                _text(raw, "senderId"), _text(raw, "targetId"), _document(raw), _bytes(raw, "data"), kind == "request"
            )
        case "doc-unavailable":
            return Unavailable(_text(raw, "senderId"), _text(raw, "targetId"), _document(raw))
        case "ephemeral":
            count = raw.get("count")
            if not isinstance(count, int):
                raise RemoteError("ephemeral message without a count")
            return Ephemeral(
                _text(raw, "senderId"),
                _text(raw, "targetId"),
                count,
                _text(raw, "sessionId"),
                _document(raw),
                _load(_bytes(raw, "data"), MAX_OWN_MESSAGE_BYTES),
            )
        case "leave":
            return Leave(_text(raw, "senderId"))
        case "error":
            return Failure(_text(raw, "message"))
    raise RemoteError(f"unknown message type {kind[:40]!r}" if isinstance(kind, str) else "a message without a type")


def positions_to_wire(positions: Mapping[Feed, int]) -> dict[str, int]:
    return {str(feed): seq for feed, seq in positions.items()}


def positions_from_wire(raw: object) -> dict[Feed, int]:
    """Positions by feed; ``RemoteError`` if it is anything else."""
    if not isinstance(raw, dict) or len(raw) > MAX_POSITIONS:
        raise RemoteError("positions expected")
    return dict(position_from_wire(name, seq) for name, seq in raw.items())


def position_from_wire(name: object, seq: object) -> tuple[Feed, int]:
    """One of them; ``RemoteError`` if it is anything else."""
    if not isinstance(name, str) or not isinstance(seq, int) or not 0 <= seq <= MAX_SEQ:
        raise RemoteError("positions expected")
    return _feed(name), seq


@functools.lru_cache(maxsize=REMEMBERED_FEEDS)
def _feed(name: str) -> Feed:
    try:
        feed = Feed.parse(name)
    except ValueError:
        raise RemoteError(f"not a feed: {name[:80]!r}") from None
    if len(feed.member) > MAX_MEMBER_CHARS:
        raise RemoteError(f"not a member: {name[:80]!r}")
    return feed


def text(raw: dict[str, Any], name: str) -> str:
    """A text field of one of our own messages; ``RemoteError`` if it is missing."""
    return _text(raw, name)


def members(raw: dict[str, Any], name: str) -> frozenset[str]:
    """A list of member ids in one of our own messages; ``RemoteError`` for anything else."""
    found = raw.get(name)
    if not isinstance(found, list) or len(found) > MAX_MEMBERS:
        raise RemoteError(f"field {name} is no list of members")
    if not all(isinstance(member, str) and len(member) <= 64 for member in found):
        raise RemoteError(f"field {name} is no list of members")
    return frozenset(found)


def _load(data: bytes, limit: int) -> dict[str, Any]:
    if len(data) > limit:
        raise RemoteError(f"a frame of {len(data)} bytes, at most {limit} are taken")
    stream = io.BytesIO(data)
    try:
        raw = cbor2.load(
            stream,
            tag_hook=_refuse_tag,
            semantic_decoders=_NO_TAGS,
            max_depth=MAX_DEPTH,
            strict_hashable_types=True,
        )
    except Exception as error:  # noqa: BLE001 - hostile bytes raise all sorts of errors inside the decoder
        raise RemoteError(f"not CBOR: {type(error).__name__}") from None
    if stream.tell() != len(data):
        raise RemoteError("bytes after the message")
    if not isinstance(raw, dict):
        raise RemoteError("not a map")
    return raw


def _refuse_tag(*_values: object) -> NoReturn:
    """Tags make dates, fractions, patterns and references of bytes: we use none, and some take for ever to decode."""
    raise cbor2.CBORDecodeError("a tag")


_NO_TAGS = dict.fromkeys(
    (0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 100, 256, 258, 260, 261, 1004, 43000, 55799), _refuse_tag
)


def _text(raw: dict[str, Any], name: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or len(value) > 1000:
        raise RemoteError(f"field {name} is no text")
    return value


def _bytes(raw: dict[str, Any], name: str) -> bytes:
    value = raw.get(name)
    if not isinstance(value, bytes):
        raise RemoteError(f"field {name} is no byte string")
    return value


def _document(raw: dict[str, Any]) -> str:
    try:
        return documents.from_url_id(_text(raw, "documentId"))
    except ValueError:
        raise RemoteError("field documentId is no document id") from None


def _metadata(message: Join | Peer) -> dict[str, Any]:
    session = {"session": message.session} if message.session else {}
    return {"isEphemeral": message.ephemeral, **session}


def _session(raw: dict[str, Any]) -> str:
    """Which start of the sender's this is; empty where another program of the family says nothing of it."""
    metadata = raw.get("peerMetadata")
    session = metadata.get("session", "") if isinstance(metadata, dict) else ""
    return session if isinstance(session, str) and len(session) <= MAX_SESSION_CHARS else ""


def _is_ephemeral(raw: dict[str, Any]) -> bool:
    metadata = raw.get("peerMetadata")
    return isinstance(metadata, dict) and metadata.get("isEphemeral") is True
