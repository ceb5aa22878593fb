"""The till's settings: those of its file as they count now, the network's reference data, and the store checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from app.screens.services import House, NotPossible, SettingValue
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.fields import Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.reference import subject_names, values
from app.screens.tasks.steps import Sheet
from app.text import gettext as _
from app.text import ngettext
from app.till.commands import ChangeSetting

FILE, HEAD, CASHIER, PRINTER, CHECK = "file", "head", "cashier", "printer", "check"
WHOLE, RINGING = "whole", "ringing"
HEAD_LINES = 8
MAX_FAULTS = 200


async def settings(desk: Desk, _given: Given) -> None:
    """Choose what to look at, until Esc."""
    house = desk.services.house
    while True:
        picked = await desk.choose(_menu(house))
        if picked is None:
            return
        match picked.value:
            case "file" if house is not None:
                await desk.read(Sheet(_("Settings of this till"), in_force(house)))
            case "head" if house is not None:
                await _head(desk, house)
            case "cashier" if house is not None:
                await _one(desk, house, "till", "cashier", _("Name on receipts as long as nobody logs in"))
            case "printer" if house is not None:
                await _printer(desk, house)
            case "check" if house is not None:
                await _checked(desk, house)
            case subject:
                await values(desk, str(subject))


def _menu(house: House | None) -> Choose:
    rows: list[tuple[str, str, str]] = []
    if house is not None:
        where = str(house.path)
        rows = [
            (FILE, _("Settings of this till"), where),
            (HEAD, _("Head of the receipts"), where),
            (CASHIER, _("Name on receipts"), where),
            (PRINTER, _("Printer and copies"), where),
            (CHECK, _("Check what is stored"), _("every signature and chain")),
        ]
    rows += [(subject, name, _("of all tills")) for subject, name in subject_names()]
    choices = [Choice((name, where), what) for what, name, where in rows]
    return Choose(_("Settings of this till"), (Column(_("Setting"), 34), Column(_("Where"), 0)), choices)


def in_force(house: House) -> str:
    """The file's settings as they count now, as they would be written there."""
    lines = [
        _("They are in {path}; what the command line says comes first.").format(path=house.path),
        _("What is changed there counts when the till is started the next time."),
    ]
    for section, found in house.settings.items():
        lines += ["", f"[{section}]"]
        lines += [f"{key} = {_written(value)}" for key, value in found.items() if value is not None]
    return "\n".join(lines)


def _written(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case Mapping():
            return "{" + ", ".join(f"{key} = {_written(each)}" for key, each in value.items()) + "}"
        case Sequence():
            return "[" + ", ".join(_written(each) for each in value) + "]"
    return str(value)


async def _head(desk: Desk, house: House) -> None:
    """The shop's lines at the head of each receipt."""
    now = list(house.settings["receipt"]["head"])
    fields = [
        Field(f"line{no}", _("Line {no}").format(no=no), value=_text(now[no - 1]) if no <= len(now) else "")
        for no in range(1, HEAD_LINES + 1)
    ]
    filled = await desk.fill(Form(_("Head of the receipts"), fields))
    if filled is not None:
        # A line keeps the style that it has in the file.
        lines = [
            {**line, "text": text} if isinstance(line, Mapping) and text else text
            for line, text in zip_longest(now[:HEAD_LINES], filled.values())
        ]
        while lines and not lines[-1]:
            lines.pop()
        await _changed(desk, house, "receipt", "head", lines)


def _text(line: str | Mapping[str, Any]) -> str:
    return line if isinstance(line, str) else str(line["text"])


async def _one(desk: Desk, house: House, section: str, key: str, label: str) -> None:
    now = str(house.settings[section][key])
    filled = await desk.fill(Form(label, [Field("value", label, value=now)]))
    if filled is not None:
        await _changed(desk, house, section, key, filled["value"])


async def _printer(desk: Desk, house: House) -> None:
    """Where the printer is, when receipts are printed on it, and how often."""
    printer, receipt = house.settings["printer"], house.settings["receipt"]
    whole, ringing = Option(WHOLE, _("at the end")), Option(RINGING, _("line by line, while it is rung"))
    now = {
        "address": str(printer["address"]),
        "when": RINGING if printer["while_ringing"] else WHOLE,
        "copies": str(receipt["copies"]),
    }
    fields = [
        Field("address", _("Printer"), value=now["address"], hint=_("HOST:PORT or /dev/…; empty: none")),
        Field("when", _("A receipt is printed"), Kind.CHOICE, now["when"], required=True, options=[whole, ringing]),
        Field("copies", _("Copies of each"), Kind.COUNT, now["copies"], required=True, hint=_("0 to 3")),
    ]
    filled = await desk.fill(Form(_("Printer and copies"), fields))
    if filled is None:
        return
    if filled["address"] != now["address"]:
        await _changed(desk, house, "printer", "address", filled["address"])
    if filled["when"] != now["when"]:
        await _changed(desk, house, "printer", "while_ringing", filled["when"] == RINGING)
    if filled["copies"] != now["copies"]:
        await _changed(desk, house, "receipt", "copies", int(filled["copies"]))


async def _changed(desk: Desk, house: House, section: str, key: str, value: SettingValue) -> None:
    """Whoever may change settings changes the file."""
    if await desk.do(ChangeSetting(f"{section}.{key}")) is None:
        return
    try:
        await house.change(section, key, value)
    except NotPossible as fault:
        desk.refuse("not_possible", str(fault))
    else:
        desk.tell(_("Kept. It counts when the till is started the next time."))


async def _checked(desk: Desk, house: House) -> None:
    """Every signature and chain; takes a while, and can be given up."""
    title = _("Check what is stored")
    try:
        report = await desk.long(title, lambda _far: house.verify())
    except NotPossible as fault:
        desk.refuse("not_possible", str(fault))
        return
    if report is not None:
        await desk.read(Sheet(title, checked(report)))


def checked(report: Mapping[str, Any]) -> str:
    """What the check has found, and what to do."""
    faults = report["faults"]
    if not faults:
        said = _("{records} records in {feeds} feeds: every signature and chain holds")
        rebuild = _("Figures that look wrong all the same: close the till, then `tillmesh rebuild` reckons them anew.")
        return f"{said.format(records=report['records'], feeds=report['feeds'])}\n\n{rebuild}"
    said = ngettext(
        "{count} fault found; restore a backup, or move store.sqlite away to fetch it anew",
        "{count} faults found; restore a backup, or move store.sqlite away to fetch it anew",
        len(faults),
    )
    return "\n".join([said.format(count=len(faults)), "", *(str(fault) for fault in faults[:MAX_FAULTS])])
