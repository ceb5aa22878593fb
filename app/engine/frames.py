"""Frames on the home's socket: four bytes of length, big-endian, then MessagePack.

The open sale goes through here with every scan as a text: JSON would escape each of its quotes, which takes longer than
making it.

Requests ``{"id", "op", "args", "lang"}``, answers ``{"id", "ok"}`` or ``{"id", "error": {"code", "message"}}``,
and ``{"event"}`` unasked. Both sides are of one version and one user; sizes are bounded all the same.
"""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

import msgspec

FRAME_BYTES_MAX = 16 * 1024 * 1024
"""Enough for a catalogue of 100,000 articles as CSV."""

T = TypeVar("T")
_encoder = msgspec.msgpack.Encoder()


class FrameError(Exception):
    """What came is no frame of ours."""


class Request(msgspec.Struct, frozen=True):
    """One call."""

    id: int
    op: str
    args: dict[str, Any] = {}
    lang: str = ""
    """What whoever asks speaks, and is answered in."""


class Problem(msgspec.Struct, frozen=True):
    """Why a call was refused: a code for programs, a sentence for people."""

    code: str
    message: str


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """What comes back: an answer (with ``id``) or an event."""

    id: int | None = None
    ok: Any = None
    error: Problem | None = None
    event: str | None = None


_requests = msgspec.msgpack.Decoder(Request)
_messages = msgspec.msgpack.Decoder(Message)


def packed(value: Request | Message) -> bytes:
    """The value as a frame; ``FrameError`` if it is too long."""
    text = _encoder.encode(value)
    if len(text) > FRAME_BYTES_MAX:
        raise FrameError(f"frame of {len(text)} bytes; {FRAME_BYTES_MAX} at most")
    return len(text).to_bytes(4, "big") + text


async def _body(reader: asyncio.StreamReader) -> bytes | None:
    try:
        length = int.from_bytes(await reader.readexactly(4), "big")
        if length > FRAME_BYTES_MAX:
            raise FrameError(f"frame of {length} bytes announced; {FRAME_BYTES_MAX} at most")
        return await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request; None at the end. ``FrameError`` for junk."""
    return _decoded(_requests, await _body(reader))


async def read_message(reader: asyncio.StreamReader) -> Message | None:
    """The next answer or event; None at the end. ``FrameError`` for junk."""
    return _decoded(_messages, await _body(reader))


def _decoded(decoder: msgspec.msgpack.Decoder[T], body: bytes | None) -> T | None:
    if body is None:
        return None
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FrameError(f"no frame of ours: {error}") from None
