"""When a job is due, by APScheduler's triggers: this machine's zone, with its summer time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.office.jobs.definition import Job, JobFault, interval, once, spoken_cron


def trigger_of(job: Job, last: datetime | None = None) -> Any:
    """The trigger; intervals count from when the job was added, else from its ``last`` run, else from now.

    ``JobFault`` for a cron line that is none.
    """
    from apscheduler.triggers.cron import CronTrigger
    from apscheduler.triggers.date import DateTrigger
    from apscheduler.triggers.interval import IntervalTrigger

    if job.cron:
        try:
            return CronTrigger.from_crontab(spoken_cron(job.cron))
        except ValueError:
            raise JobFault("cron", job.cron[:40]) from None
    if job.every:
        return IntervalTrigger(**interval(job.every), start_date=added(job) or last)
    return DateTrigger(once(job.at))


def added(job: Job) -> datetime | None:
    """When it was added; None if the file does not say."""
    return datetime.fromisoformat(job.added_at) if job.added_at else None


def due_after(job: Job, after: datetime) -> datetime | None:
    """The first time that it is due later than ``after`` (aware); None if never again."""
    trigger = trigger_of(job, after)
    if job.at:
        due: datetime = trigger.run_date
        return due if due > after else None
    found: datetime | None = trigger.get_next_fire_time(None, after + timedelta(microseconds=1))
    return found


def missed(job: Job, last: datetime | None, now: datetime) -> bool:
    """Whether it was due after its last run (or after it was added), and not run since."""
    since = last or added(job)
    due = due_after(job, since) if since is not None else None
    return due is not None and due <= now
