"""What became of a deed of many facts, in sentences. Pure. ``outcome`` is as operations answer ``writing.Outcome``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.text import gettext as _

UNDONE_SHOWN = 20


def lines(outcome: Mapping[str, Any]) -> list[str]:
    """What is done, what is not, and what can be done about it; nothing of one that went through as asked for."""
    if "resumed" not in outcome:
        return [going_on(outcome)]
    found = []
    if outcome["unreadable"]:
        found.append(
            _(
                "an import was cut off, and what is left of it cannot be read any more; look into the newest changes"
                " for what is there, and import the file again"
            )
        )
    elif outcome["stopped"]:
        said = _("{change} was stopped: {done} of {of} are written, {open} are not")
        found.append(said.format(**outcome, open=outcome["of"] - outcome["done"]))
    elif outcome["resumed"]:
        said = _("{change} had been cut off and was completed: {done} of {of} are written")
        found.append(said.format(**outcome))
    if outcome["left"]:
        said = _("left as somebody else has changed it meanwhile: {which}")
        found.append(said.format(which=", ".join(outcome["left"])))
    if outcome.get("undone"):
        found.append(_("not done: {what}").format(what="; ".join(outcome["undone"][:UNDONE_SHOWN])))
    if more := outcome["passed"] - len(outcome["left"]):
        found.append(_("... and {count} more").format(count=more))
    if outcome["stopped"] and outcome["done"] and outcome["undoable"]:
        said = _('what is written can be taken back as a whole: tillmesh master undo --change "{change}"')
        found.append(said.format(**outcome))
    return found


def going_on(standing: Mapping[str, Any]) -> str:
    """How far it is (``Standing.shown``)."""
    if standing["state"] == "running":
        said = _("{change} is being written: {done} of {of}")
    elif standing["state"] == "waiting":
        said = _("{change} was cut off; it is completed as soon as this office can write again")
    else:
        return _("no import is under way")
    return said.format(**standing)
