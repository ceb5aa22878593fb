"""Claims that not every member confirmed."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "claim_cancelled": mark("Cancelled: nothing was used."),
    "coverage_incomplete": mark("{promised} of {of} tills confirmed, {missing} not reachable."),
    "coverage_limit": mark("Without {missing} at most {left} today; more needs a supervisor."),
    "coverage_limit_reached": mark("Without {missing} nothing more today: wait, or ask a supervisor."),
}
