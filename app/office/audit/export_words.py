"""What the check of an export found, as people read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app import carrier_words
from app.office.audit.export_check import Examined
from app.office.audit.feed_rows import instant
from app.text import gettext as _
from app.text import mark, ngettext
from replication.exported.found import Fault

FAULTS: Mapping[str, str] = {
    "truncated": mark("ends too early"),
    "changed": mark("is not what was written"),
    "no_manifest": mark("has no list of contents, so nobody vouches for it"),
    "unreadable": mark("cannot be read; the disk may be broken"),
    "unlisted": mark("is on no list of contents"),
    "no_membership": mark("is missing: so nobody knows who belongs to the network"),
    "unknown_member": mark("is of a member that the network never let in"),
    "certificate": mark("has a certificate that the root has not given to this member"),
    "role": mark("is written by somebody who may not write it"),
    "broken": mark("does not hold"),
    "missing_records": mark("is missing, and whatever follows it cannot be checked"),
    "fork": mark("is another one for each of two members: a copied or restored disk"),
    "head": mark("says another last record than its contents have"),
    "does_not_fit": mark("says what cannot be, or does not add up"),
}


def written(answer: Mapping[str, Any]) -> list[str]:
    """What ``export_write.write`` answers: where it is, and what the auditor has to be told by another way."""
    count = answer["records"]
    return [
        ngettext("{place}: {count} entry", "{place}: {count} entries", count).format(
            place=answer["place"], count=count
        ),
        _("the root's fingerprint (SHA-256), to be told to the auditor by another way: {fingerprint}").format(
            fingerprint=answer["root_sha256"]
        ),
    ]


def fault(found: Fault) -> str:
    """One line: where, what, and the checker's own words."""
    text = FAULTS.get(found.code) or carrier_words.FAULTS.get(found.code, carrier_words.UNKNOWN_FAULT)
    detail = f" ({_(found.detail)})" if found.detail else ""
    return f"{found.where}: {_(text)}{detail}"


def lines(examined: Examined) -> list[str]:
    """Who wrote it, how far each feed goes, and everything that is wrong."""
    feeds = examined.feeds
    said = [_("network {name} ({network})").format(name=feeds.name, network=feeds.network)]
    for writer in feeds.writers:
        until = instant(writer.hlc) if writer.hlc else "-"
        said.append(
            _("written by {name} (till {till_no}), newest record {until}").format(
                name=writer.name, till_no=writer.till_no, until=until
            )
        )
    said += [f"{head.records:>9}  {head.feed}  {head.hash[:16]}  {instant(head.hlc)}" for head in feeds.heads]
    for late in feeds.after_revocation:
        said.append(
            ngettext(
                "note: till {till_no} wrote {count} record after it was shut out ({since})",
                "note: till {till_no} wrote {count} records after it was shut out ({since})",
                late.records,
            ).format(till_no=late.till_no, count=late.records, since=instant(late.since))
        )
    for kind, count in examined.unknown.items():
        said.append(
            ngettext(
                "note: {count} record of {kind} was checked but not read; this version does not know it",
                "note: {count} records of {kind} were checked but not read; this version does not know them",
                count,
            ).format(kind=kind, count=count)
        )
    said += [fault(each) for each in feeds.faults]
    if feeds.unnamed:
        said.append(ngettext("and {count} more", "and {count} more", feeds.unnamed).format(count=feeds.unnamed))
    note = _("note: {text}")
    for each in examined.findings:
        said.append(note.format(text=each.cause) if each.severity == "note" else each.cause)
    if examined.sound:
        said.append(
            _(
                "sound: {records} records in {feeds} feeds, every signature and chain holds; {receipts} receipts add "
                "up, each number is there once"
            ).format(records=feeds.records, feeds=len(feeds.heads), receipts=examined.receipts)
        )
    return said
