"""One of the seven tills of ``test_visible.py``, as a process of its own.

``witness.py HOME LISTEN WRITER NO TIMES PEER…``: a whole till. Beside it an echo over the same TLS, which commits what
it gets to disk before it answers, for the floor. Whenever the books have changed it notes in its row of the file
TIMES the monotonic time at which they first held each record of the writer's circulation feed. What is shorter than
``SHORT_BYTES`` is sent back without a commit: a bare round trip.
"""

from __future__ import annotations

import asyncio
import mmap
import sqlite3
import sys
import time
from pathlib import Path

import msgspec
from websockets.asyncio.server import ServerConnection, serve

from app import config, wiring
from app.home import Home
from replication.identity import Identity
from replication.net import tls
from tests.benchmarks.test_two_tills import CommitFloor

SHORT_BYTES = 500
SLOTS = 1_024
"""Records of the writer that are watched at most."""
WITNESSES = 7


class Times:
    """When each witness had each record: nanoseconds in a file that all processes map; 0: not yet."""

    def __init__(self, place: Path) -> None:
        with place.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self._cells = memoryview(self._map).cast("q")

    @staticmethod
    def make(place: Path) -> Times:
        place.write_bytes(bytes(8 * SLOTS * WITNESSES))
        return Times(place)

    def note(self, witness: int, seq: int, at_ns: int) -> None:
        self._cells[witness * SLOTS + seq] = at_ns

    def of(self, seq: int) -> list[int]:
        """Of all witnesses."""
        return [self._cells[witness * SLOTS + seq] for witness in range(WITNESSES)]


async def main(home: Home, listen: str, writer: str, no: int, times: Times, peers: tuple[str, ...]) -> None:
    network = config.NetworkSettings(listen=listen, peers=peers, discovery=False)
    settings = msgspec.structs.replace(config.Settings(), network=network)
    lines: asyncio.Queue[str] = asyncio.Queue()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), lambda: lines.put_nowait(sys.stdin.readline()))
    floor = CommitFloor(home.path)

    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            assert isinstance(message, bytes)
            if len(message) >= SHORT_BYTES:
                floor.commit(message)
            await connection.send(message)

    context = tls.server_context(Identity.load(home.path))
    async with (
        wiring.opened(home, settings, network=True) as parts,
        serve(echo, "127.0.0.1", 0, ssl=context, compression=None) as server,
    ):
        books = sqlite3.connect(home.books, isolation_level=None)
        seen = 0

        def look(_what: str = "") -> None:
            nonlocal seen
            asked = "SELECT seq FROM positions WHERE member_id = ? AND topic = 'circulation'"
            seq = (books.execute(asked, (writer,)).fetchone() or (0,))[0]
            now_ns = time.monotonic_ns()
            while seen < seq:
                seen += 1
                times.note(no, seen, now_ns)

        parts.engine.on_change(look)
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await lines.get()
        look()
    books.close()
    floor.close()
    print("0", flush=True)


if __name__ == "__main__":
    asyncio.run(
        main(
            Home(Path(sys.argv[1])), sys.argv[2], sys.argv[3], int(sys.argv[4]), Times(Path(sys.argv[5])),
            tuple(sys.argv[6:]),
        )
    )  # fmt: skip
