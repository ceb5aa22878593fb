"""The scheduler (APScheduler): every job of the file when it is due, one at a time.

* What was due while nobody ran the scheduler is caught up once, however often it was.
* What failed is tried again after a while, until its next time or its last try.
* The file is looked at every second: what a person changes in it counts at once.

One scheduler a home: ``office/jobs.scheduler`` is its lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.office.jobs import book, running, timing
from app.office.jobs.book import FOLDER, JobRefused
from app.office.jobs.definition import Job
from app.office.jobs.log import JobLog

LOCK = "jobs.scheduler"
LOOK_S = 1.0

_log = logging.getLogger(__name__)


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[bool]:
    """Whether this is the scheduler of the home, as long as it is entered."""
    path = home / FOLDER / LOCK
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(lock)


def busy(home: Path) -> bool:
    """Whether some process is the scheduler of this home now."""
    if not (home / FOLDER / LOCK).exists():
        return False
    with only_one(home) as free:
        return not free


class Clock:
    """Runs what is due until it is stopped. ``told`` hears of every line worth a log."""

    def __init__(self, home: Path, told: Callable[[str], None] = lambda _line: None) -> None:
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler

        self._home = home
        self._told = told
        self._stopping = False
        self._jobs: dict[str, Job] = {}
        self._broken = ""
        # One worker: never two at a time. Nothing is too late to run, and what waited several times runs once.
        self._scheduler: Any = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def stop(self) -> None:
        """Let a run that goes on be ended, and ``work`` return. From any thread, and from a signal's handler."""
        self._stopping = True

    def work(self, alive: Callable[[], bool] = lambda: True) -> None:
        """Until ``stop``, or until ``alive`` (asked every second) says no."""
        with contextlib.suppress(running.Busy), running.alone(self._home, wait=False):
            JobLog(self._home).interrupted(running.instant(datetime.now(UTC)))
        self._scheduler.start()
        try:
            while not self._stopping and alive():
                self._look()
                time.sleep(LOOK_S)
        finally:
            self._stopping = True
            self._scheduler.shutdown(wait=True)

    def _look(self) -> None:
        """Do what the file says now; a file that cannot be read leaves everything as it is, and is told once."""
        try:
            jobs = {name: job for name, job in book.load(self._home).items() if job.active}
        except JobRefused as refused:
            if str(refused) != self._broken:
                self._broken = str(refused)
                self._told(self._broken)
                _log.warning("%s", refused)
            return
        self._broken = ""
        for name in self._jobs.keys() - jobs.keys():
            self._forget(name)
        for name, job in jobs.items():
            if self._jobs.get(name) != job:
                self._forget(name)
                self._add(name, job)
        self._jobs = jobs

    def _forget(self, name: str) -> None:
        from apscheduler.jobstores.base import JobLookupError

        for each in (name, f"{name} again"):
            with contextlib.suppress(JobLookupError):
                self._scheduler.remove_job(each)

    def _add(self, name: str, job: Job) -> None:
        now = datetime.now(UTC)
        last = JobLog(self._home).last(name)
        last_at = datetime.fromisoformat(last.due_at) if last is not None else None
        if last is not None and last.result in ("failed", "interrupted") and last.attempt <= job.retries:
            self._again(name, job, last.attempt + 1)
        late = timing.missed(job, last_at, now)
        upcoming = now if late else timing.due_after(job, now)
        if upcoming is None:
            return
        trigger: Any = timing.trigger_of(job, last_at)
        if job.at:
            trigger = type(trigger)(upcoming)
        self._scheduler.add_job(self._run, trigger, (name, job, 1), id=name, next_run_time=upcoming)

    def _run(self, name: str, job: Job, attempt: int) -> None:
        if self._stopping:
            return
        due = datetime.now(UTC)
        done = running.run(self._home, name, job, due_at=due, attempt=attempt, stopped=lambda: self._stopping)
        self._told(f"{name}: {done.result} {done.error or done.said}".strip())
        if done.result == "failed" and attempt <= job.retries and not self._stopping:
            self._again(name, job, attempt + 1)

    def _again(self, name: str, job: Job, attempt: int) -> None:
        """Once more after a while, unless its next time comes first."""
        at = datetime.now(UTC) + timedelta(minutes=job.retry_minutes)
        following = timing.due_after(job, datetime.now(UTC))
        if following is None or at < following:
            self._scheduler.add_job(
                self._run, "date", (name, job, attempt), id=f"{name} again", run_date=at, replace_existing=True
            )
