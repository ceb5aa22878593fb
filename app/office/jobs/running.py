"""One run of a job: its command as a process of its own, so that whatever happens in it ends there.

Runs of a home wait for each other (``office/jobs.run``, an advisory lock that the kernel lets go of with the process).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from app.office.jobs.book import FOLDER
from app.office.jobs.definition import Job, arguments, places_of
from app.office.jobs.log import JobLog, Run
from app.plain_sentences import reason as reason_of
from app.text import gettext as _

LOCK = "jobs.run"
END_S = 10.0
"""A process that was told to end has so long before it is killed."""


class Busy(Exception):
    """Another job of this home runs now."""


@contextlib.contextmanager
def alone(home: Path, *, wait: bool) -> Iterator[None]:
    """Nobody else runs a job of this home meanwhile; ``Busy`` if somebody does and we do not ``wait``."""
    path = home / FOLDER / LOCK
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Busy(_("another job runs now; wait until it has ended")) from None
        yield
    finally:
        os.close(lock)


def run(
    home: Path,
    name: str,
    job: Job,
    *,
    due_at: datetime,
    attempt: int = 1,
    wait: bool = True,
    stopped: Callable[[], bool] = lambda: False,
) -> Run:
    """Run the job now and log it; how it went. ``Busy`` as of ``alone``. ``stopped``: asked every second, ends it."""
    log = JobLog(home)
    with alone(home, wait=wait):
        log.interrupted(instant(datetime.now(UTC)))
        started = datetime.now(UTC)
        number = log.begin(name, instant(due_at.astimezone(UTC)), instant(started), attempt)
        words = arguments(job.run, places_of(started.astimezone()))
        said, error, good = _carried_out(home, words, job.most_minutes * 60, stopped)
        log.end(number, instant(datetime.now(UTC)), "done" if good else "failed", said, error)
    done = log.last(name)
    assert done is not None
    return done


def _carried_out(home: Path, words: list[str], most_s: float, stopped: Callable[[], bool]) -> tuple[str, str, bool]:
    """What the command said, why it failed, and whether it is done."""
    home = home.absolute()
    command = [sys.executable, "-P", "-m", "app", *words, "--home", str(home)]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            cwd=home,  # what a job names relatively lies there, wherever the office was started
        )
    except OSError as fault:
        return "", reason_of(fault), False
    with process:
        waited, why = 0.0, ""
        while True:
            try:
                out, err = process.communicate(timeout=1.0)
                break
            except subprocess.TimeoutExpired:
                waited += 1.0
                if stopped():
                    why = _("it was ended with the scheduler")
                elif waited >= most_s:
                    why = _("it took longer than {minutes} minutes").format(minutes=int(most_s // 60))
                if why:
                    out, err = _ended(process)
                    break
    said, error = out.decode("utf-8", "replace").strip(), err.decode("utf-8", "replace").strip()
    error = error.removeprefix("tillmesh: ")
    if why:
        return said, "; ".join(part for part in (why, error) if part), False
    good = process.returncode == 0
    return said, error or ("" if good else _("it ended with status {code}").format(code=process.returncode)), good


def _ended(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """End the process and all that it has begun."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=END_S)
    return b"", b""


def instant(at: datetime) -> str:
    """As the log has it: ISO 8601 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
