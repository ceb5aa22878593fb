"""The jobs with their next and last runs, as lists show them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from app.office.jobs import book, timing
from app.office.jobs.definition import Job
from app.office.jobs.log import JobLog


def listed(home: Path, now: datetime) -> list[dict[str, Any]]:
    """Every job by name: ``name``, its fields, ``next`` (ISO 8601 with the zone; empty: never), ``last`` (a run)."""
    log = JobLog(home)
    rows = []
    for name, job in book.load(home).items():
        last = log.last(name)
        since = datetime.fromisoformat(last.due_at) if last is not None else None
        rows.append(
            {
                "name": name,
                **msgspec.to_builtins(job),
                "when": when(job),
                "active": job.active,
                "next": _next(job, since, now),
                "last": None if last is None else last._asdict(),
            }
        )
    return rows


def when(job: Job) -> str:
    """When it runs, as it was written."""
    return job.cron or job.every or job.at


def _next(job: Job, since: datetime | None, now: datetime) -> str:
    if not job.active:
        return ""
    due = now.astimezone(UTC) if timing.missed(job, since, now) else timing.due_after(job, now)
    return "" if due is None else due.astimezone().isoformat(timespec="minutes")
