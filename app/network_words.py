"""How the network stands, in words for people: the same for ``tillmesh status`` and the till's network screen.

``status`` is what the engine's status operation answers (``replication/core/status.py``). Rows fit 77 columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.text import gettext as _
from app.text import mark, ngettext

_WIDTHS = (4, 19, 6, 10, 8, 8, 7, 8)
_HEADINGS = (
    mark("No."), mark("Member"), mark("Role"), mark("State"), mark("known"), mark("to get"), mark("since"),
    mark("Clock"),
)  # fmt: skip
_RIGHT = frozenset({0, 4, 5, 7})
_ROLES = {"till": mark("till"), "centre": mark("centre"), "node": mark("node")}
_SORTS = {
    "connected": mark("connected"),
    "disconnected": mark("separated"),
    "sent": mark("sent"),
    "received": mark("received"),
    "dropped": mark("cut off"),
    "quarantined": mark("refused"),
    "fork": mark("fork"),
    "clock": mark("clock"),
    "dial_failed": mark("no answer"),
    "carried": mark("carried"),
    "carrier_written": mark("written out"),
    "provisioned": mark("ready"),
    "stopped": mark("STOPPED"),
    "confirmed": mark("confirmed"),
    "clone": mark("copy"),
    "damaged": mark("damaged"),
    "store_failed": mark("disk"),
    "books": mark("books"),
    "login_failed": mark("wrong PIN"),
    "held_off": mark("held off"),
    "not_let_in": mark("not let in"),
}
_REASONS = {
    "already connected": mark("connected twice; one connection stays"),
    "replaced by a newer connection": mark("connected anew"),
    "called us": mark("it called this till"),
    "this till is closing": mark("it was closed"),
    "the other side left": mark("it took its leave"),
    "connection lost": mark("connection lost"),
    "silent for too long": mark("nothing heard any more"),
    "no handshake": mark("it did not say who it is"),
    "this till has been revoked": mark("shut out of the network"),
    "no answer in time": mark("no answer in time"),
    "nobody listens there": mark("no till listens there"),
    "it is of another network": mark("it is of another network"),
    "it does not accept this till's certificate, or is no till": mark("it does not let this till in, or is no till"),
    "the first data are here": mark("the first data are here"),
    "the disk does not take what was sent": mark("the disk takes nothing more"),
    "the books can be written again": mark("the books can be written again"),
    "a supervisor lets this till write again": mark("a supervisor lets this till write again"),
    "the protocol was broken on the last connection; try again later": mark(
        "the protocol was broken on the last connection; try again later"
    ),
    "this is myself, or a copy of me": mark("this is myself, or a copy of me"),
    "started anew": mark("started anew"),
    "too slow: does not take in what is sent": mark("too slow: does not take in what is sent"),
    "sent text where bytes belong": mark("sent text where bytes belong"),
    "this till exists twice: another machine runs with a copy of its disk": mark(
        "this till exists twice: another machine runs with a copy of its disk"
    ),
    "its clock agrees with ours again": mark("its clock agrees with ours again"),
    "our own clock is right again": mark("our own clock is right again"),
    "too many handshakes from there have failed or are under way": mark("too many failed attempts from there"),
    "further addresses are held off as well": mark("further addresses are held off as well"),
    "a wrong PIN or badge for a supervisor's decision": mark("a wrong PIN or badge for a supervisor's decision"),
}
"""What replication, which has no languages, gives as reasons; what only a defect brings about stays as it is."""
_TEMPLATES = {
    "the books cannot be written: {error}": mark("the books cannot be written: {0}"),
    "protocol error: {error}": mark("protocol error: {0}"),
    "connection lost ({received})": mark("connection lost ({0})"),
    "its clock differs from ours by {} s": mark("its clock differs from ours by {0} s"),
    "our own clock is wrong: it differs by {} s from what most say; set it": mark(
        "our own clock is wrong: it differs by {0} s from what most say; set it"
    ),
    "till {member.till_no} exists twice: two machines run with copies of one disk": mark(
        "till {0} exists twice: two machines run with copies of one disk"
    ),
    "{feed} has two records {seq}: a copied or restored disk; nothing more is taken from it": mark(
        "{0} has two records {1}: a copied or restored disk; nothing more is taken from it"
    ),
    "there are two records {seq} of this till's {feed.topic}: its disk was copied or put back": mark(
        "there are two records {0} of this till's {1}: its disk was copied or put back"
    ),
    "records of {held.feed} are dated more than a day ahead": mark("records of {0} are dated more than a day ahead"),
    "it announces records of {feed} that it does not show": mark("it announces records of {0} that it does not show"),
    "{window.held} more within a minute; the last: {window.last}": mark("{0} more within a minute; the last: {1}"),
}
"""Reasons with something in them, as replication writes them, and with numbers instead."""
_PATTERNS = [
    (re.compile("(.+?)".join(re.escape(part) for part in re.split(r"{[^}]*}", template))), text)
    for template, text in _TEMPLATES.items()
]
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000


def heading() -> str:
    """The names of the columns."""
    return _row([_(name) for name in _HEADINGS])


def rows(status: Mapping[str, Any], now: datetime) -> list[str]:
    """A line for each member: how it stands, how many of its records are known here, what it has yet to get of ours.

    The time is since when something waits for it; of one that is away and lacks nothing, when it was heard last.
    """
    return [_member(member, now) for member in status.get("members", ())]


def alarms(status: Mapping[str, Any]) -> list[str]:
    """What somebody must look after, gravest first, each short enough for the status line."""
    found = []
    if _shut_out(status):
        found.append(_("SHUT OUT: call office"))
    if status.get("stopped"):
        found.append(_("STOPPED: call supervisor"))
    elif status.get("recovery") == "suspect":
        found.append(_("RESTORED? call supervisor"))
    for double in status.get("clones", ()):
        text = _("Till {no} ({name}) exists twice: switch one of the two off for good.")
        found.append(text.format(no=double["till_no"], name=double["name"]))
    if status.get("forks"):
        found.append(_("COPIED DISK: call office"))
    if _trouble(status):
        found.append(_("BOOKS not written"))
    if (ours := status.get("own_clock_off_ms")) is not None:
        found.append(_("Own clock wrong: {off}").format(off=off(ours)))
    theirs = status.get("clocks_off", ()) if ours is None else ()
    found += [_("Clock till {no}: {off}").format(no=each["till_no"], off=off(each["off_ms"])) for each in theirs]
    return found


def advice(status: Mapping[str, Any]) -> list[str]:
    """The same in whole sentences that say what to do."""
    found = []
    if _shut_out(status):
        found.append(
            _("This till is shut out of the network: nobody takes what it books. Set it up anew with a new code.")
        )
    if stopped := status.get("stopped"):
        why = reason(stopped.get("reason") or stopped.get("code") or "")
        if stopped.get("code") == "forked":  # no supervisor can make that good
            text = _("This till writes nothing: {reason}. It has to be replaced (`tillmesh network replace`).")
        else:
            text = _("This till writes nothing: {reason}. A supervisor decides with `tillmesh network confirm`.")
        found.append(text.format(reason=why))
    elif status.get("recovery") == "suspect":
        found.append(
            _(
                "This till asks the others for its own records before it writes; if they cannot be reached, a"
                " supervisor decides with `tillmesh network confirm`."
            )
        )
    if status.get("forks"):
        found.append(_("A member's disk was copied or put back: two records have one number. Shut that member out."))
    if trouble := _trouble(status):
        text = _("The books cannot be written: {reason}. Nothing is lost: {count} entries wait, and it is tried again.")
        why = trouble.partition(": ")[2].rstrip(".") or trouble  # after "the books cannot be written"
        found.append(text.format(reason=why, count=status["books"].get("waiting", 0)))
    if getting := status.get("provisioning"):
        found.append(
            _("The till still fetches its data: {done} of {of}.").format(
                done=getting.get("done", 0), of=getting.get("of", 0)
            )
        )
    if (ours := status.get("own_clock_off_ms")) is not None:
        found.append(_("This machine's clock is wrong by {off}, most others say: set it.").format(off=off(ours)))
    else:
        text = _("The clock of till {no} ({name}) differs from ours by {off}: set the wrong one.")
        found += [
            text.format(no=each["till_no"], name=each["name"], off=off(each["off_ms"]))
            for each in status.get("clocks_off", ())
        ]
    return found


def _trouble(status: Mapping[str, Any]) -> str:
    return str(status.get("books", {}).get("trouble", ""))


def lacking(status: Mapping[str, Any], now: datetime) -> list[str]:
    """What those who are away do not have yet; no line if everybody has everything."""
    if not (count := status.get("pending_anywhere", 0)):
        return []
    since = moment(status.get("pending_since"), now)
    return [
        ngettext(
            "{count} entry is not yet with everyone, since {since}",
            "{count} entries are not yet with everyone, since {since}",
            count,
        ).format(count=count, since=since)
    ]


def peers(status: Mapping[str, Any]) -> list[str]:
    """Who is connected with this till now, since when, and how their clocks differ."""
    connected = status.get("peers", ())
    if not connected:
        return [_("No other till is connected.")]
    shown = [_peer_row((_("No."), _("Peer"), _("connected"), _("Clock")))]
    for peer in connected:
        since_ms, skew = peer.get("since_ms"), peer.get("clock_off_ms")
        shown.append(
            _peer_row(
                (
                    str(peer["till_no"]),
                    peer["name"],
                    "" if since_ms is None else _("for {time}").format(time=off(since_ms).removeprefix("+")),
                    off(skew) if skew is not None and abs(skew) >= 1_000 else "",
                )
            )
        )
    return shown


def _peer_row(cells: tuple[str, str, str, str]) -> str:
    no, name, since, clock = cells
    return f"{no[:4]:>4} {name[:30]:<30} {since[:20]:<20} {clock[:10]:>10}".rstrip()


def pending(status: Mapping[str, Any], now: datetime) -> list[str]:
    """What this till has yet to send: to whom it is connected with, and to everybody who is away."""
    shown = lacking(status, now) or [_("Everybody has all that this till has written.")]
    if count := status.get("pending", 0):
        shown.append(_("On their way to those who are connected: {count}").format(count=count))
    lacks = [member for member in status.get("members", ()) if member.get("pending") and not member.get("me")]
    return [*shown, "", heading(), *(_member(member, now) for member in lacks)] if lacks else shown


def off(off_ms: int) -> str:
    """A clock's difference: +3 min, -2 h, +400 d."""
    size = abs(off_ms)
    sign = "-" if off_ms < 0 else "+"
    for limit_ms, unit_ms, unit in (
        (2 * MINUTE_MS, 1_000, "s"),
        (2 * HOUR_MS, MINUTE_MS, "min"),
        (2 * DAY_MS, HOUR_MS, "h"),
    ):
        if size < limit_ms:
            return f"{sign}{size // unit_ms} {unit}"
    return sign + _("{days} d").format(days=size // DAY_MS)


def moment(at_ms: int | None, now: datetime) -> str:
    """A point in time, as short as it can be told: 14:32 of the last 20 hours, else 21.11."""
    if at_ms is None:
        return ""
    try:
        at = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(now.tzinfo).replace(tzinfo=now.tzinfo)
    except (ValueError, OverflowError, OSError):
        return "?"  # a clock that was wrong by ages
    recent = abs((now - at).total_seconds()) < 20 * 3_600
    return at.strftime("%H:%M" if recent else "%d.%m.")


def reason(detail: str) -> str:
    """A reason of the sync protocol in the till's language."""
    if detail in _REASONS:
        return _(_REASONS[detail])
    for pattern, text in _PATTERNS:
        if found := pattern.fullmatch(detail):
            return _(text).format(*(reason(part) for part in found.groups()))
    return detail


def sort_and_detail(row: Mapping[str, Any]) -> tuple[str, str]:
    """What a line of the sync protocol is about, in a word or two, and the rest of it in one line."""
    sort = _(_SORTS[row["what"]]) if row["what"] in _SORTS else str(row["what"])
    return sort, reason(" ".join(str(row.get("detail", "")).split()))


def log_line(row: Mapping[str, Any], now: datetime) -> str:
    """A line of the sync protocol."""
    sort, detail = sort_and_detail(row)
    return f"{moment(row['at_ms'], now):<6} {sort:<10.10} {row['name']:<14.14} {detail}"


def role_name(role: str) -> str:
    """What a member is called as which it belongs."""
    return _(_ROLES[role]) if role in _ROLES else role


def _shut_out(status: Mapping[str, Any]) -> bool:
    """Whether this till knows that it has been revoked."""
    return any(member.get("me") and member.get("revoked") for member in status.get("members", ()))


def _member(member: Mapping[str, Any], now: datetime) -> str:
    role, site = member.get("role", ""), member.get("site", "")
    return _row(
        [
            str(member["till_no"]),
            f"{member['name']}, {site}" if site else member["name"],
            role_name(role),
            _state(member),
            str(sum(member.get("known", {}).values())),
            str(member["pending"]) if member.get("pending") else "",
            moment(member.get("pending_since") or (None if member.get("online") else member.get("since")), now),
            off(skew) if (skew := member.get("clock_off_ms")) is not None and abs(skew) >= 1_000 else "",
        ]
    )


def _state(member: Mapping[str, Any]) -> str:
    if member.get("revoked"):
        return _("shut out")  # the word for `network members` is too long for the column in German
    if member.get("me"):
        return _("this till")
    if member.get("online"):
        return _("online")
    if member.get("signed_off"):
        return _("signed off")
    return _("offline") if member.get("last_heard") else _("never met")


def _row(cells: list[str]) -> str:
    placed = [
        f"{cell[:width]:>{width}}" if index in _RIGHT else f"{cell[:width]:<{width}}"
        for index, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    ]
    return " ".join(placed).rstrip()
