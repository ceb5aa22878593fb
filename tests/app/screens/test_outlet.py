"""What is painted never waits for the terminal: on a real pty whose other end does not read."""

from __future__ import annotations

import asyncio
import os
import pty
import tty
from collections.abc import Iterator

import pytest

from app.screens import outlet
from app.screens.outlet import MAX_KEPT_BYTES, Outlet

MUCH = b"x" * 100_000


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Our end and the program's."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


def opened(fd: int) -> int:
    found = outlet.opened(fd)
    assert found is not None
    return found


async def read(fd: int, count: int) -> bytes:
    data = b""
    while len(data) < count:
        data += await asyncio.to_thread(os.read, fd, 65536)
    return data


async def test_a_terminal_that_does_not_read_gets_all_of_it_later_and_in_order(terminal: tuple[int, int]) -> None:
    ours, theirs = terminal
    freed = asyncio.Event()
    out = Outlet(opened(theirs), asyncio.get_running_loop(), freed.set)
    out.write(b"first ")
    assert not out.behind
    out.write(MUCH)
    out.write(b" last")
    assert out.behind
    assert not freed.is_set()
    assert await read(ours, len(MUCH) + 11) == b"first " + MUCH + b" last"
    await asyncio.wait_for(freed.wait(), 5)
    assert not out.behind
    out.close()


async def test_what_is_kept_has_an_end(terminal: tuple[int, int]) -> None:
    ours, theirs = terminal
    freed = asyncio.Event()
    out = Outlet(opened(theirs), asyncio.get_running_loop(), freed.set)
    for _ in range(50):
        out.write(MUCH)
    got = await asyncio.to_thread(_read_up, ours, freed)
    assert MUCH[:1000] in got
    assert len(got) < MAX_KEPT_BYTES + 100_000
    assert not out.behind
    out.close()


def _read_up(fd: int, freed: asyncio.Event) -> bytes:
    data = b""
    while not freed.is_set():
        data += os.read(fd, 65536)
    return data


async def test_the_descriptor_that_the_shell_shares_still_waits(terminal: tuple[int, int]) -> None:
    _ours, theirs = terminal
    fd = opened(theirs)
    assert os.get_blocking(theirs)
    assert not os.get_blocking(fd)
    os.close(fd)


async def test_a_terminal_that_never_reads_lets_go_of_whoever_leaves(terminal: tuple[int, int]) -> None:
    _ours, theirs = terminal
    fd = opened(theirs)
    out = Outlet(fd, asyncio.get_running_loop(), lambda: None)
    out.write(MUCH)
    out.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(fd)


def test_what_has_no_name_is_not_opened() -> None:
    one, other = os.pipe()
    assert outlet.opened(one) is None
    os.close(one)
    os.close(other)
