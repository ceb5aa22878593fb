"""Lines from pipes and files, whole and in order, however they are cut."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from app.cli import lines
from app.cli.lines import Lines


async def read_all(fd: int) -> list[str]:
    return [line async for line in Lines(fd)]


async def test_a_file_is_read_to_its_end_and_a_last_line_needs_no_line_end(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"one\r\ntwo\n\nthree")
    with path.open("rb") as file:
        assert await read_all(file.fileno()) == ["one", "two", "", "three"]


async def test_lines_cut_anywhere_come_out_whole() -> None:
    reading, writing = os.pipe()
    task = asyncio.create_task(read_all(reading))
    for part in (b"o", b"ne\ntw", b"o\n", "ä".encode()[:1], "ä".encode()[1:], b"\n"):
        await asyncio.to_thread(os.write, writing, part)
        await asyncio.sleep(0.005)
    os.close(writing)
    assert await task == ["one", "two", "ä"]
    os.close(reading)


async def test_junk_bytes_become_a_line_that_no_parser_takes() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"\xff\xfe\nfine\n")
    os.close(writing)
    assert await read_all(reading) == ["\ufffd\ufffd", "fine"]
    os.close(reading)


async def test_an_endless_line_is_cut_and_the_next_one_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LINE_BYTES_MAX", 100)
    reading, writing = os.pipe()
    os.write(writing, b"x" * 30_000 + b"\nfine\n")
    os.close(writing)
    found = await read_all(reading)
    assert found[-1] == "fine"
    assert len(found) <= 2
    os.close(reading)


async def test_stop_ends_the_lines_as_if_the_input_had_ended() -> None:
    reading, writing = os.pipe()
    source = Lines(reading)
    task = asyncio.create_task(anext(source, None))
    await asyncio.sleep(0.01)
    source.stop()
    assert await task is None
    os.write(writing, b"too late\n")
    assert await anext(source, None) is None
    os.close(writing)
    await asyncio.sleep(0.05)
    os.close(reading)
