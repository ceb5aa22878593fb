"""Overdraws in words for people: the same for ``tillmesh overdraws`` and the till's screens.

What is shown are the fields of ``app/till/overdraws.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.text import gettext as _
from app.text import local, mark, moment

_KINDS = {
    "voucher": mark("Voucher {no}"),
    "coupon": mark("Coupon {no}"),
    "return": mark("Return {no}"),
    "void": mark("Receipt void {no}"),
    "parked": mark("Parked sale {no}"),
    "order": mark("Order {no}"),
    "deposit": mark("Deposit of order {no}"),
    "receivable": mark("Receivable {no}"),
    "credit": mark("Credit of customer {no}"),
    "purse": mark("Purse of customer {no}"),
    "bonus": mark("Bonus of customer {no}"),
}
_STATES = {
    "open": mark("open"),
    "partly_settled": mark("partly settled"),
    "settled": mark("settled"),
}
_WAYS = {
    "written_off": mark("written off"),
    "charged": mark("charged"),
    "corrected": mark("corrected"),
}


def name(found: Mapping[str, Any]) -> str:
    """What it is: Voucher 7K3M9QXA0PWTB."""
    kind = _KINDS.get(found["kind"])
    return _(kind).format(no=found["no"]) if kind else str(found["resource"])


def line(found: Mapping[str, Any]) -> str:
    """One line for the till that caused it, with what is open of it."""
    text = _("{what} overdrawn by {amount} (receipt {receipt}): tell the office.")
    cause = found["caused_by"] or {}
    return text.format(what=name(found), amount=local(found["open"]), receipt=cause.get("receipt_no") or "-")


def lines(found: Mapping[str, Any]) -> list[str]:
    """The overdraw with its uses and settlements, as a list for the office."""
    state = _STATES[found["state"]]
    head = _("{what}: overdrawn by {amount}, {open} open ({state}), since {since}").format(
        what=name(found),
        amount=local(found["amount"]),
        open=local(found["open"]),
        state=_(state),
        since=_time(found["since"]) if found["since"] else "-",
    )
    shown = [head, f"  {found['resource']}"]
    if found["ungranted"]:
        shown.append("  " + _("nobody has told of its issue"))
    shown += [_use(use, is_cause=use == found["caused_by"]) for use in found["uses"]]
    shown += [_settlement(each) for each in found["settlements"]]
    if found["settled_twice"].strip("0."):
        shown.append("  " + _("{amount} of that was settled twice").format(amount=local(found["settled_twice"])))
    if found["left"].strip("0."):
        shown.append("  " + _("{amount} of it can be used again").format(amount=local(found["left"])))
    return shown


def _use(use: Mapping[str, Any], *, is_cause: bool) -> str:
    text = _("till {till}, {cashier}, {at}: {amount}, receipt {receipt}").format(
        till=use["till_no"] or "-",
        cashier=use["cashier"] or "-",
        at=_time(use["at"]),
        amount=local(use["amount"]),
        receipt=use["receipt_no"] or _("(still open)"),
    )
    coverage = use["coverage"]
    if coverage is not None and not coverage["complete"]:
        missing = ", ".join(str(no) for no in use["missing"]) or "-"
        text += "; " + _("till {tills} not reached").format(tills=missing)
    return f"  {'*' if is_cause else '-'} {text}"


def _settlement(settled: Mapping[str, Any]) -> str:
    how = _WAYS[settled["how"]]
    text = _("{amount} {how} by {user} at till {till}, {at}: {reason}").format(
        amount=local(settled["amount"]),
        how=_(how),
        user=settled["user"] or "-",
        till=settled["till_no"],
        at=_time(settled["at"]),
        reason=settled["reason"],
    )
    return f"  = {text}"


def _time(at: str) -> str:
    try:
        return moment(at, seconds=True)
    except ValueError:
        return at
