"""What is said of tills, in words for people: the same for ``tillmesh tills`` and the office's screens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.domain import till_numbers
from app.text import day, local, mark, moment, ngettext
from app.text import gettext as _

KINDS: Mapping[str, str] = {
    "articles": mark("Articles"),
    "customers": mark("Customers"),
    "suppliers": mark("Suppliers"),
}
"""What may be withheld from a till (``app.domain.branch.WITHHELD``)."""
FLOWS: Mapping[str, str] = {**KINDS, "vouchers": mark("Vouchers")}
"""What goes to tills."""
FLOW_WIDTHS = (5, 20, 10, 10, 12, 10, 20)
RANGES: Mapping[str, str] = {
    "receipt": mark("Receipts"), "training": mark("Training receipts"), "invoice": mark("Invoices"),
    "delivery_note": mark("Delivery notes"), "order": mark("Orders"), "customer": mark("Customers"),
    "z_report": mark("Z reports"), "parked": mark("Parked receipts"),
}  # fmt: skip
TOPICS: Mapping[str, str] = {
    "sales": mark("Sales"), "circulation": mark("vouchers, coupons, customers"), "master": mark("Master data"),
    "membership": mark("Network members"),
}  # fmt: skip
"""What feeds are about (``app/facts``)."""
CATALOGUE_TOPIC = "catalogue/"
STATES: Mapping[str, str] = {
    "bound": mark("bound"),
    "released": mark("released"),
    "expired": mark("code expired"),
    "revoked": mark("shut out"),
    "planned": mark("planned"),
}
WIDTHS = (5, 17, 12, 9, 16, 7, 7)
HEADINGS = (
    mark("No."), mark("Name"), mark("State"), mark("Branch"), mark("heard"), mark("to get"), mark("to send"),
)  # fmt: skip
NUMERIC = frozenset({0, 5, 6})

Row = Mapping[str, Any]


def cells(row: Row) -> tuple[str, ...]:
    """A till in the columns of ``HEADINGS``."""
    held = row["held"]
    return (
        str(row["no"]),
        row["name"],
        _(STATES[row["state"]]),
        row["plan"]["branch"],
        heard(row),
        "?" if held is None and row["state"] == "bound" and not row["me"] else str(held or ""),
        str(row["pending"] or ""),
    )


def about(row: Row) -> str:
    """What else is to be known of a till in a list."""
    groups = ", ".join(row["plan"]["groups"])
    said = [
        _("groups {groups}").format(groups=groups) if groups else "",
        _("catalogues {catalogues}").format(catalogues=", ".join(row["catalogues"])) if row["catalogues"] else "",
        _("not sent: {kinds}").format(kinds=", ".join(_(KINDS[kind]) for kind in row["plan"]["withheld"]))
        if row["plan"]["withheld"]
        else "",
    ]
    return "; ".join(filter(None, said))


def table(rows: Sequence[Row]) -> list[str]:
    """All of them, with headings."""
    return [_line(tuple(_(heading) for heading in HEADINGS)), *(_line(cells(row)) for row in rows)]


def flow_headings() -> tuple[str, ...]:
    """Above the columns of ``flow_cells``."""
    return (_("No."), _("Name"), *(_(name) for name in FLOWS.values()), _("Catalogues"))


def flow_cells(row: Row) -> tuple[str, ...]:
    """Which data go to a till."""
    sent = (_("yes") if row["flows"][kind] else _("no") for kind in FLOWS)
    return (str(row["no"]), row["name"], *sent, ", ".join(row["catalogues"]))


def flows(rows: Sequence[Row]) -> list[str]:
    """Which data go to which till, with headings."""
    shown = (flow_headings(), *map(flow_cells, rows))
    return [
        " ".join(f"{text[:width]:<{width}}" for text, width in zip(each, FLOW_WIDTHS, strict=True)).rstrip()
        for each in shown
    ]


def _line(shown: Sequence[str]) -> str:
    return " ".join(
        f"{text[:width]:>{width}}" if at in NUMERIC else f"{text[:width]:<{width}}"
        for at, (text, width) in enumerate(zip(shown, WIDTHS, strict=True))
    ).rstrip()


def heard(row: Row) -> str:
    """Whether it is there now, or when it was heard last."""
    if row["online"]:
        return _("online")
    if row["last_heard"] is None:
        return "" if row["state"] != "bound" else _("never")
    return moment(datetime.fromtimestamp(row["last_heard"] / 1000, UTC))


def sheet(row: Row) -> list[str]:
    """All that is known of one till, a line each."""
    plan = row["plan"]
    known = "; ".join(f"{_topic(topic)}: {count}" for topic, count in sorted(row["known"].items()))
    lines = [
        (_("Till"), f"{row['no']} {row['name']}"),
        (_("State"), _(STATES[row["state"]])),
        (_("Site"), row["site"]),
        (_("Branch"), plan["branch"]),
        (_("Device groups"), ", ".join(plan["groups"])),
        (_("At most the role"), plan["role"]),
        (_("Above receipts"), " / ".join(plan["head"])),
        (_("Below receipts"), " / ".join(plan["foot"])),
        (_("Catalogues"), ", ".join(row["catalogues"])),
        (_("Not sent to it"), ", ".join(_(KINDS[kind]) for kind in plan["withheld"])),
        (_("Heard"), heard(row)),
        (_("Known here"), known),
        (_("It still holds"), _held(row)),
        (_("It still lacks"), _entries(row["pending"]) if row["state"] == "bound" and not row["me"] else ""),
        *((_("Numbers"), f"{_said(RANGES, each['kind'])} {each['start']} … {each['end']}, "
           + _("{left} left").format(left=each["left"])) for each in row.get("ranges", ())),
    ]  # fmt: skip
    return [f"{label:<18} {text}".rstrip() for label, text in lines if text]


def _topic(topic: str) -> str:
    if topic.startswith(CATALOGUE_TOPIC):
        return _("Catalogue {name}").format(name=topic.removeprefix(CATALOGUE_TOPIC))
    return _said(TOPICS, topic)


def _said(names: Mapping[str, str], name: str) -> str:
    return _(names[name]) if name in names else name


def _held(row: Row) -> str:
    if row["held"] is None:
        return "" if row["me"] or row["state"] != "bound" else _("nobody knows: it is not connected")
    return _entries(row["held"])


def _entries(count: int) -> str:
    return ngettext("{count} entry", "{count} entries", count).format(count=count)


def released(answer: Mapping[str, Any]) -> str:
    """What stands above the code."""
    slots = answer["slots"]
    if len(slots) == 1:
        return _("code for till {no} ({name}), good once:").format(**slots[0])
    numbers = till_numbers.written(slot["no"] for slot in slots)
    return _("code for tills {numbers}, good once for each:").format(numbers=numbers)


def replaced(answer: Mapping[str, Any]) -> str:
    """What stands above the code of new hardware."""
    if answer["replaced"]:
        return _("the old till {no} is shut out; code for the new one ({name}), good once:").format(**answer)
    return _("code for till {no} ({name}), good once:").format(**answer)


def revoked(answer: Mapping[str, Any]) -> str:
    """That a till is shut out."""
    return _("till {no} is shut out; no other member talks to it any more").format(no=answer["no"])


def block(answer: Mapping[str, Any]) -> str:
    """Which numbers a till has got."""
    return _("till {no} has the numbers {start} to {end}").format(**answer)


def unblocked(answer: Mapping[str, Any]) -> str:
    """Which numbers a till has no more."""
    return _("till {no} no longer has the numbers {start} to {end}").format(**answer)


def value(row: Row) -> str:
    """A branch, device group or pool in a line."""
    if "block" in row:
        used = _("{given} of {blocks} blocks handed out").format(**row)
        prefix = row.get("prefix", "")
        return f"{row['key']:<20} {_said(RANGES, row['kind'])} {prefix}{row['start']} … {prefix}{row['end']}: {used}"
    tills = till_numbers.written(row["tills"])
    return f"{row['key']:<20} {row['name']:<30} {tills}".rstrip()


# -- travelling catalogues -----------------------------------------------------------------------


def catalogue(row: Row) -> str:
    """A catalogue in a line."""
    return f"{row['catalogue']:<20} {row['name']:<24} {days(row):<25} {_articles(row['articles']):<14} {goes_to(row)}"


def catalogue_sheet(row: Row) -> list[str]:
    """A catalogue and its articles, a line each."""
    lines = [
        (_("Catalogue"), f"{row['catalogue']} {row['name']}"),
        (_("Good"), days(row)),
        (_("Its tills sell"), _("everything else too") if row["beside"] else _("nothing else")),
        (_("It goes"), goes_to(row)),
    ]
    entries = (
        f"{each['ident_no']:<14} {each['name'][:35]:<35} {local(each['price'] or each['own_price']):>9}"
        + ("" if each["price"] else " " + _("(its own price)"))
        for each in row["entries"]
    )
    return [*(f"{label:<18} {text}".rstrip() for label, text in lines), "", *entries]


def days(row: Row) -> str:
    """From when to when it is good."""
    if not row["valid_from"] and not row["valid_until"]:
        return _("always")
    return f"{day(row['valid_from']) or '…'} – {day(row['valid_until']) or '…'}"


def goes_to(row: Row) -> str:
    """Which tills have it."""
    if not row["tills"]:
        return _("to no till yet")
    return _("to till {numbers}").format(numbers=till_numbers.written(row["tills"]))


def put(answer: Mapping[str, Any]) -> str:
    """How many articles were put into a catalogue, or changed there."""
    return ngettext("{count} article put in or changed", "{count} articles put in or changed", answer["put"]).format(
        count=answer["put"]
    )


def taken(answer: Mapping[str, Any]) -> str:
    """How many were taken out."""
    return ngettext("{count} article taken out", "{count} articles taken out", answer["taken"]).format(
        count=answer["taken"]
    )


def _articles(count: int) -> str:
    return ngettext("{count} article", "{count} articles", count).format(count=count)
