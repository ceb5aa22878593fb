"""Which jobs did not end well last time: for those who look at the whole, every second, without APScheduler."""

from __future__ import annotations

import tomllib
from pathlib import Path

from app.office.jobs.book import FOLDER, place
from app.office.jobs.log import FILE, JobLog


def failing(home: Path) -> list[str]:
    """Names of the jobs in the file whose newest run failed or was interrupted; a file that is broken has none."""
    if not (home / FOLDER / FILE).exists():
        return []
    try:
        jobs = tomllib.loads(place(home).read_text("utf-8-sig"))
    except (OSError, ValueError):
        return []
    return [run.job for run in JobLog(home).newest() if run.job in jobs and run.result in ("failed", "interrupted")]
