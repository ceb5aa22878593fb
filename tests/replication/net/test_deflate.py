"""What goes compressed over the wire, and that a small message cannot become a large one in memory."""

from __future__ import annotations

import asyncio
import zlib

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosedError, PayloadTooBig
from websockets.frames import Frame, Opcode

from replication.net.deflate import MIN_BYTES, Dialler, LargeMessageDeflate, Listener


def deflate() -> LargeMessageDeflate:
    return LargeMessageDeflate(True, True, 15, 15, {"level": 1})


def test_small_messages_go_as_they_are_and_large_ones_compressed() -> None:
    small, large = b"x" * (MIN_BYTES - 1), b"x" * MIN_BYTES
    assert bytes(deflate().encode(Frame(Opcode.BINARY, small)).data) == small
    sent = deflate().encode(Frame(Opcode.BINARY, large))
    assert len(sent.data) < 100
    assert bytes(deflate().decode(sent, max_size=MIN_BYTES).data) == large


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    packer = zlib.compressobj(wbits=-15)
    bomb = packer.compress(bytes(50_000_000)) + packer.flush(zlib.Z_SYNC_FLUSH)
    assert len(bomb) < 60_000
    with pytest.raises(PayloadTooBig):
        deflate().decode(Frame(Opcode.BINARY, bomb[:-4], rsv1=True), max_size=1_000_000)


async def test_both_ends_agree_on_it_and_keep_no_context() -> None:
    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async with serve(echo, "127.0.0.1", 0, compression=None, extensions=[Listener()], max_size=100_000) as server:
        address = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        async with connect(address, compression=None, extensions=[Dialler()]) as link:
            (agreed,) = link.protocol.extensions
            assert isinstance(agreed, LargeMessageDeflate)
            assert (agreed.local_no_context_takeover, agreed.remote_no_context_takeover) == (True, True)
            for size in (0, 10, MIN_BYTES, 90_000):
                await link.send(b"a" * size)
                assert await asyncio.wait_for(link.recv(), 5) == b"a" * size
            await link.send(b"a" * 1_000_000)
            with pytest.raises(ConnectionClosedError):
                await asyncio.wait_for(link.recv(), 5)
        async with connect(address, compression=None) as plain:
            await plain.send(b"b" * 50_000)
            assert await plain.recv() == b"b" * 50_000
