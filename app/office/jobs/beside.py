"""The scheduler as a process beside a centre's node or screens: it begins when there are jobs, and ends with them.

If another process of the home has one already, this one waits until that is gone. It notices by itself when whoever
wanted it is gone (``--with PID``), however that ended.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from app.office.jobs.book import place

END_S = 15.0
LOOK_S = 2.0


@contextlib.asynccontextmanager
async def scheduler(home: Path, log: Path) -> AsyncIterator[None]:
    """``tillmesh office jobs`` on this home, from when it has jobs until this is left; it speaks into ``log``."""
    waiting = asyncio.create_task(_begun(home, log), name="jobs")
    try:
        yield
    finally:
        waiting.cancel()
        begun = (await asyncio.gather(waiting, return_exceptions=True))[0]
        if isinstance(begun, subprocess.Popen):
            await asyncio.to_thread(_end, begun)


async def _begun(home: Path, log: Path) -> subprocess.Popen[bytes]:
    while not place(home).exists():  # noqa: ASYNC110 - a person may write the file; nobody tells of it
        await asyncio.sleep(LOOK_S)
    return _start(home, log)


def _start(home: Path, log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", "app", "office", "jobs", "--with", str(os.getpid()), "--home", str(home)]
    with log.open("ab") as told:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=told, stderr=told, start_new_session=True)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
