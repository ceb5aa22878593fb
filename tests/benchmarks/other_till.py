"""The till at the other end of the benchmark, as a process of its own.

It runs a whole till, and beside it an echo over the same TLS for the floor. Told a voucher's
code on stdin, it answers with the monotonic time at which its books first know that voucher.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import msgspec
from websockets.asyncio.server import ServerConnection, serve

from app import config, wiring
from app.home import Home
from replication.identity import Identity
from replication.net import tls

GIVE_UP_S = 5.0


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


async def main(home: Home, listen: str, peer: str) -> None:
    network = config.NetworkSettings(listen=listen, peers=(peer,), discovery=False)
    settings = msgspec.structs.replace(config.Settings(), network=network)
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin.fileno(), lambda: lines.put_nowait(sys.stdin.readline()))
    context = tls.server_context(Identity.load(home.path))
    async with (
        wiring.opened(home, settings, network=True) as parts,
        serve(echo, "127.0.0.1", 0, ssl=context, compression=None) as server,
    ):
        changed = asyncio.Event()
        parts.engine.on_change(lambda _what: changed.set())
        print("echo", next(iter(server.sockets)).getsockname()[1], flush=True)
        while code := (await lines.get()).strip():
            print("watching", flush=True)
            async with asyncio.timeout(GIVE_UP_S):
                while parts.books.voucher(code) is None:
                    changed.clear()
                    if parts.books.voucher(code) is None:
                        await changed.wait()
            print("seen", time.monotonic_ns(), flush=True)


if __name__ == "__main__":
    asyncio.run(main(Home(Path(sys.argv[1])), sys.argv[2], sys.argv[3]))
