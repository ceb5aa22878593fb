"""The scheduler beside a node or screens: from when there are jobs until they end, and with them however they end."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from app.office.jobs import beside, book
from app.office.jobs.definition import Job

WAIT_S = 60.0


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is started in the scheduler's place; the file of what it was told."""
    told = tmp_path / "told"
    script = tmp_path / "scheduler"
    lines = ("sleep 600 &", f'trap "kill $!; echo ended >> {told}; exit 0" TERM', f'echo "$@" >> {told}', "wait")
    script.write_text("\n".join(("#!/bin/sh", *lines, "")))
    script.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(script))
    monkeypatch.setattr(beside, "LOOK_S", 0.01)
    return told


async def said(told: Path, lines: int) -> list[str]:
    give_up = time.monotonic() + WAIT_S
    while not told.exists() or len(told.read_text().splitlines()) < lines:
        assert time.monotonic() < give_up
        await asyncio.sleep(0.01)
    return told.read_text().splitlines()


async def test_it_begins_with_the_first_job_and_ends_with_whoever_wanted_it(tmp_path: Path, program: Path) -> None:
    async with beside.scheduler(tmp_path, tmp_path / "log"):
        await asyncio.sleep(0.05)
        assert not program.exists()
        book.add(tmp_path, "a", Job("status", every="1h"))
        [arguments] = await said(program, 1)
        assert arguments == f"-P -m app office jobs --with {os.getpid()} --home {tmp_path}"
    assert (await said(program, 2))[1] == "ended"


async def test_without_jobs_there_is_none(tmp_path: Path, program: Path) -> None:
    async with beside.scheduler(tmp_path, tmp_path / "log"):
        await asyncio.sleep(0.05)
    assert not program.exists()
