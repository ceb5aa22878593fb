"""What happened at printer and drawer that whoever stands there has to hear of at once. Pure.

States that last are on the status line and in the list of devices; this is for the moment in which something changes.
What is so already when the screens begin is no news, but for receipts of which nobody knows whether they are on the
paper: somebody has to look, however long ago the till was killed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.screens.tasks.devices import name_of, trouble
from app.text import gettext as _

QUIET = ("", "not_connected")
"""No troubles, or none yet."""


def trouble_of(status: Mapping[str, Any]) -> str:
    """Why the printer cannot print now; empty if it can, or if there is none."""
    device = (status.get("printer") or {}).get("device") or {}
    found = str(device.get("trouble") or "")
    return "" if found in QUIET else found


class DeviceNews:
    """Compares each status with the one before."""

    def __init__(self) -> None:
        self._before: Mapping[str, Any] | None = None
        self._told: frozenset[str] = frozenset()

    def heard(self, status: Mapping[str, Any]) -> list[str]:
        """Sentences about what is new in this status of the engine."""
        now: Mapping[str, Any] = status.get("printer") or {}
        before, self._before = self._before, now
        uncertain = frozenset(str(no) for no in now.get("uncertain", ()))
        new, self._told = sorted(uncertain - self._told), uncertain
        said = _of_the_paper(new)
        if before is not None:
            said = [*_of_the_drawer(before.get("drawer"), now.get("drawer")), *said, *_of_the_printer(before, now)]
        return said


def _of_the_paper(new: list[str]) -> list[str]:
    if not new:
        return []
    job, more = name_of(new[0]), len(new) - 1
    if not more:
        return [_("{job} may be printed, or not: look at the paper, then /61.").format(job=job)]
    return [_("{job} and {more} more may be printed, or not: look, then /61.").format(job=job, more=more)]


def _of_the_drawer(before: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> list[str]:
    if not now or now == before:
        return []
    was = before or {}
    said = []
    if now.get("outcome") == "not_open" and now.get("opened") != was.get("opened"):
        said.append(_("The drawer did not open: locked, or stuck?"))
    if now.get("outcome") == "not_sent" and now.get("opened") != was.get("opened"):
        said.append(_("The drawer could not be told to open: use the key."))
    if now.get("state") == "too_long" != was.get("state"):
        said.append(_("The drawer has been open for long: close it."))
    return said


def _of_the_printer(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    code, was = trouble_of({"printer": now}), trouble_of({"printer": before})
    if code and code != was:
        return [_("Printer: {trouble}").format(trouble=trouble(code))]
    papers = [(each.get("device") or {}).get("paper") for each in (before, now)]
    if papers[1] == "near_end" and papers[0] == "ok":
        return [_("Printer: {trouble}").format(trouble=_("its paper will be used up soon."))]
    return []
