from __future__ import annotations

import asyncio

import pytest

from replication.net.outbox import Outbox


async def test_messages_leave_in_the_order_they_came() -> None:
    outbox = Outbox()
    assert all(outbox.put(bytes([n])) for n in range(5))
    assert [await outbox.get() for _ in range(5)] == [bytes([n]) for n in range(5)]


async def test_the_taker_waits_for_a_message() -> None:
    outbox = Outbox()
    taking = asyncio.create_task(outbox.get())
    await asyncio.sleep(0)
    assert not taking.done()
    outbox.put(b"now")
    assert await taking == b"now"


@pytest.mark.parametrize(("messages", "size"), [(3, 1), (2, 40)])
async def test_what_does_not_fit_is_refused_and_what_is_queued_stays(messages: int, size: int) -> None:
    outbox = Outbox(max_messages=3, max_bytes=100)
    for _ in range(messages):
        assert outbox.put(b"x" * size)
    assert not outbox.put(b"x" * size)
    assert len(outbox) == messages
    await outbox.get()
    assert outbox.put(b"x" * size)


async def test_one_can_wait_until_all_is_taken() -> None:
    outbox = Outbox()
    await outbox.emptied()
    outbox.put(b"last words")
    waiting = asyncio.create_task(outbox.emptied())
    await asyncio.sleep(0)
    assert not waiting.done()
    await outbox.get()
    await waiting
