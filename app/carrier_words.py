"""What is said of a folder that carries the network: what it brought, what it did not, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.text import gettext as _
from app.text import mark, ngettext

HINDRANCES = {
    "no_folder": mark("{where}: this is no folder; check its name, and that the stick is plugged in"),
    "no_rights": mark("{where}: this may not be read or written; check its permissions"),
    "full": mark("{where}: the stick is full; make room on it, what it held before is still good"),
    "gone": mark("{where}: the stick does not answer any more; plug it in and try again"),
    "busy": mark("{where}: this till is busy with a stick already; try again when that is done"),
    "empty": mark("{where}: nothing of Tillmesh is here; write to it at another till first"),
    "other_network": mark("{where}: only other networks are on this stick; check which one it is"),
}
FAULTS = {
    "missing": mark("is named but not there"),
    "link": mark("is a link; links are not followed"),
    "not_a_file": mark("is no file"),
    "not_a_folder": mark("is no folder"),
    "too_big": mark("is larger than it can be"),
    "no_rights": mark("may not be read; check its permissions"),
    "unreadable": mark("cannot be read; the stick may be broken"),
    "truncated": mark("ends too early; write the stick anew"),
    "changed": mark("is not what was written; write the stick anew"),
    "no_manifest": mark("was not finished; write the stick anew"),
    "bad_manifest": mark("has a list of contents that is not signed as it must be"),
    "other_format": mark("was written by another version; update Tillmesh"),
    "foreign": mark("is none of ours"),
    "revoked": mark("was written by a till that is shut out"),
    "too_many": mark("has too many folders"),
    "bad_carrier": mark("holds records that are not genuine"),
    "gap": mark("follows records that are on no file here"),
    "forked": mark("contradicts what this till knows: a copied or restored disk"),
    "not_wanted": mark("does not belong here"),
    "other_network": mark("is another network's, and left alone"),
    "unknown_member": mark("is of a till that nobody has told of yet, and left alone"),
}
UNKNOWN_HINDRANCE = mark("{where}: this cannot be carried")
UNKNOWN_FAULT = mark("cannot be taken")


def hindrance(code: str, where: str) -> str:
    """Why nothing could be carried, and what to do."""
    return _(HINDRANCES.get(code, UNKNOWN_HINDRANCE)).format(where=where)


def fault(found: Mapping[str, Any]) -> str:
    """A line on something that was not taken."""
    return f"{found['where']}: {_(FAULTS.get(found['code'], UNKNOWN_FAULT))}"


def written(answer: Mapping[str, Any]) -> list[str]:
    """What is on the stick now."""
    count = answer["records"]
    return [
        ngettext("{folder}: {count} entry", "{folder}: {count} entries", count).format(
            folder=answer["folder"], count=count
        ),
        _("{renewed} of {files} files renewed").format(**answer),
    ]


def read(answer: Mapping[str, Any]) -> list[str]:
    """What the stick brought, by kind, and what was known already."""
    lines = [f"{count:>9}  {kind}" for kind, count in answer["taken"].items()]
    count = sum(answer["taken"].values())
    known = answer["known"]
    return [
        *lines,
        ngettext("{count} entry taken", "{count} entries taken", count).format(count=count),
        ngettext("{count} was known already", "{count} were known already", known).format(count=known),
    ]


def faults(answer: Mapping[str, Any]) -> list[str]:
    """What was not taken, a line each."""
    more = answer["unnamed"]
    last = [ngettext("and {count} more", "and {count} more", more).format(count=more)] if more else []
    return [fault(one) for one in (*answer["refused"], *answer["left"])] + last
