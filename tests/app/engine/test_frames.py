"""Frames on the home's socket: what goes in comes out; junk is told from the end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine import frames
from app.engine.frames import FrameError, Message, Problem, Request

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


def fed(*parts: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    for part in parts:
        reader.feed_data(part)
    reader.feed_eof()
    return reader


def run(coroutine: Any) -> Any:
    return asyncio.run(coroutine)


@given(st.integers(0, 2**53), st.text(max_size=10), st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_a_request_comes_out_as_it_went_in(number: int, op: str, args: dict[str, Any]) -> None:
    async def there() -> None:
        request = Request(number, op, args)
        reader = fed(frames.packed(request))
        assert await frames.read_request(reader) == request
        assert await frames.read_request(reader) is None

    run(there())


@pytest.mark.parametrize(
    "message",
    [Message(id=1, ok={"a": [1, 2]}), Message(id=2), Message(id=3, error=Problem("x", "y")), Message(event="books")],
)
def test_a_message_comes_out_as_it_went_in(message: Message) -> None:
    async def there() -> None:
        assert await frames.read_message(fed(frames.packed(message))) == message

    run(there())


@given(st.binary(max_size=200))
def test_junk_is_an_error_or_the_end_and_nothing_else(junk: bytes) -> None:
    async def there() -> None:
        reader = fed(junk)
        try:
            while await frames.read_request(reader) is not None:
                pass
        except FrameError:
            pass

    run(there())


def test_an_announced_giant_is_refused_before_it_is_read() -> None:
    async def there() -> None:
        with pytest.raises(FrameError, match="announced"):
            await frames.read_request(fed((2**31).to_bytes(4, "big") + b"x"))

    run(there())


def test_a_value_too_long_for_a_frame_is_refused_by_the_sender() -> None:
    with pytest.raises(FrameError, match="at most"):
        frames.packed(Request(1, "imports", {"text": "x" * frames.FRAME_BYTES_MAX}))
