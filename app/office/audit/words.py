"""A finding as people read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.office.audit.every import CHECKS
from app.office.audit.finding import Evidence, Finding
from app.office.audit.running import Audit
from app.text import day, mark, moment, ngettext
from app.text import gettext as _

SEVERITY_NAMES: Mapping[str, str] = {"alarm": mark("ALARM"), "warning": mark("Warning"), "note": mark("Notice")}
WHAT_NAMES: Mapping[str, str] = {
    "receipt": mark("Receipt"),
    "record": mark("Record"),
    "feed": mark("Feed"),
    "member": mark("Member"),
    "till": mark("Till"),
    "z_report": mark("Z report"),
    "sale": mark("Movement"),
    "resource": mark("Resource"),
    "cashier": mark("Cashier"),
    "article": mark("Article"),
}
_TITLES = {check.kind: check.title for check in CHECKS}
SHORT_ID = 8


def title(kind: str) -> str:
    """What a kind is called."""
    return _(_TITLES[kind])


def severity(finding: Finding) -> str:
    """How bad it is."""
    return _(SEVERITY_NAMES[finding.severity])


def when(finding: Finding) -> str:
    """Day and time, as far as it has them: 2026-11-22 10:00."""
    return moment(finding.at) if "T" in finding.at else day(finding.at)


def evidence(each: Evidence) -> str:
    """One line: what it is, its name, what matters of it."""
    parts = [f"{_(WHAT_NAMES[each.what])} {each.name}"]
    if each.member_id:
        parts.append(_("of member {member}").format(member=each.member_id[:SHORT_ID]))
    if each.text:
        parts.append(each.text)
    return ", ".join(parts)


def lines(finding: Finding) -> list[str]:
    """The finding with evidence and advice."""
    head = f"{severity(finding)}  {title(finding.kind)}"
    if finding.till_no:
        head += "  " + _("till {till_no}").format(till_no=finding.till_no)
    if finding.at:
        head += f"  {when(finding)}"
    return [
        head,
        f"  {finding.cause}",
        *(f"    {evidence(each)}" for each in finding.evidence),
        f"  -> {finding.advice}",
    ]


def summary(found: Audit) -> Sequence[str]:
    """How many of each kind, and what was left out."""
    total = sum(found.counts.values())
    if not total:
        return [
            ngettext(
                "{count} kind of finding looked for: nothing found",
                "{count} kinds of findings looked for: nothing found",
                len(found.checked),
            ).format(count=len(found.checked))
        ]
    said = [f"{title(kind)}: {count}" for kind, count in found.counts.items()]
    left = total - len(found.findings)
    if left:
        said.append(_("{count} more are not named; ask for a shorter period or one kind").format(count=left))
    return said
