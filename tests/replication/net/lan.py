"""Run inside a network namespace of its own: two tills that have nothing but mDNS. Prints what happened as JSON."""

from __future__ import annotations

import asyncio
import fcntl
import json
import socket
import struct
import sys
from pathlib import Path

from replication.enrolment import join_network
from replication.identity import found_network
from tests.replication.running import Books, Running, new_id, note, until


def bring_loopback_up() -> None:
    """What `ip link set lo up` does, without needing iproute2."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14s", b"lo", 1 | 8 | 64, b"")  # IFF_UP | IFF_LOOPBACK | IFF_RUNNING
        fcntl.ioctl(control, 0x8914, request)  # SIOCSIFFLAGS


async def story(base: Path) -> dict[str, object]:
    founder = found_network(base / "till-1", "Messestand", 1, "till", ids=new_id)
    lan = {"listen": ("0.0.0.0", 0), "discovery": True}
    first = Running(base / "till-1", founder, Books(), **lan)
    stranger = Running(
        base / "stranger", found_network(base / "stranger", "Laden", 1, "till", ids=new_id), Books(), **lan
    )
    await first.node.start()
    await stranger.node.start()
    code = await first.code_without_address()
    identity = await join_network(base / "till-2", code)
    second = Running(base / "till-2", identity, Books(), **lan)
    await second.node.start()
    await until(lambda: first.peers() == [2] and second.peers() == [1])
    await first.node.append([note("hello")])
    await until(lambda: second.books.said() == ["hello"])
    # Killed and back on another port: found anew.
    await second.stop()
    await until(lambda: first.peers() == [])
    second = Running(base / "till-2", identity, second.books, **lan)
    await second.node.start()
    await until(lambda: first.peers() == [2])
    answer: dict[str, object] = {"peers_of_stranger": stranger.peers(), "static": identity.peers}
    for running in (first, second, stranger):
        await running.stop()
    return answer


if __name__ == "__main__":
    bring_loopback_up()
    print(json.dumps(asyncio.run(story(Path(sys.argv[1])))))
