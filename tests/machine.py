"""Asks things of this machine's system that it may never answer: network namespaces, mounts."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Sequence

ANSWER_S = 30.0


def run(command: Sequence[str]) -> str:
    """What it says; ``OSError`` with its complaint, or if it does not come back: then it is left behind, for a process
    that hangs in the kernel does not end however it is killed.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            status = process.wait(ANSWER_S)
        except subprocess.TimeoutExpired as hung:
            process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)
            process.returncode = 1  # nobody is to wait for it
            raise OSError(str(hung)) from hung
        out.seek(0)
        said = out.read()
    if status:
        raise OSError(f"{' '.join(command)}: {said.strip()}")
    return said


def try_to(command: Sequence[str]) -> None:
    """As ``run``, when tidying up: what does not go is left."""
    with contextlib.suppress(OSError):
        run(command)
