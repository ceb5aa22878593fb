"""How devices are, in words: an alarm for the status line, a line for a list, and what to do. Pure.

A device tells its state in the words of UnifiedPOS (``peripherals.supervision.DeviceView``, as the engine's status has
it); here is what a person makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.plain_sentences import reason
from app.text import gettext as _
from app.text import mark

ALARM_WIDTH = 12
"""Of a device's name on the status line, beside the network."""

KINDS = {
    "display": mark("Display"),
    "scanner": mark("Scanner"),
    "scale": mark("Scale"),
    "badge_reader": mark("Badge reader"),
    "card_terminal": mark("Terminal"),
    "gate": mark("Gate"),
}
TROUBLES = {
    "CLOSED": mark("not reached yet"),
    "CLAIMED": mark("in use by another program: end that one"),
    "NOHARDWARE": mark("not there: on, cable in, address right?"),
    "OFFLINE": mark("connection broke off: on, cable in?"),
    "offline": mark("connection broke off: on, cable in?"),
    "FAILURE": mark("not understood: check baud, frame in till.toml"),
    "TIMEOUT": mark("no answer: is it switched on?"),
    "BUSY": mark("busy: wait a moment"),
    "busy": mark("busy: wait a moment"),
    "not_registered": mark("does not know this till: switch it off and on"),
    "under_zero": mark("under zero: clear the plate, set to zero"),
    "overweight": mark("too much on it"),
    "not_zeroed": mark("no zero found: clear it, switch it on anew"),
}
"""What is wrong and what to do, by the error that the device tells; each fits the list of devices on 80 columns."""
QUIET = ("", "CLOSED", "BUSY", "overweight")
"""No errors, none yet, or what ends by itself."""

Device = Mapping[str, Any]


def devices_of(status: Mapping[str, Any]) -> list[Device]:
    """The devices of an engine's status, in the order of the settings."""
    return list(status.get("devices", ()))


def alarms(status: Mapping[str, Any]) -> list[str]:
    """The devices that somebody must look after, each short enough for the status line."""
    printer = status.get("printer") or {}
    device = printer.get("device") or {}
    found = []
    if device.get("trouble", "") not in ("", "not_connected"):
        found.append(_("Printer!"))
    elif device.get("paper") == "near_end":
        found.append(_("Paper!"))
    if (printer.get("drawer") or {}).get("state") == "too_long":
        found.append(_("Drawer!"))
    return [*found, *(f"{str(each['name'])[:ALARM_WIDTH]}!" for each in devices_of(status) if in_trouble(each))]


def in_trouble(device: Device) -> bool:
    """Whether it cannot do what it is there for."""
    return device["error"] not in QUIET


def title(device: Device) -> str:
    """What it is and what it is called."""
    kind = device["kind"]
    return f"{_(KINDS[kind]) if kind in KINDS else kind} {device['name']}"


def state(device: Device) -> str:
    """How it is, in one line."""
    if device["error"]:
        return trouble(device["error"])
    return _("at work") if device["state"] == "BUSY" else _("ready")


def trouble(code: str) -> str:
    """What is wrong, and what to do."""
    return _(TROUBLES[code]) if code in TROUBLES else code


def about(device: Device) -> str:
    """All there is to know, for whoever looks closer."""
    lines = [f"{title(device)}: {state(device)}"]
    if device["detail"]:
        lines += [
            "",
            _("For the technician: {error}, {detail}").format(error=device["error"], detail=reason(device["detail"])),
        ]
    lines += [
        "",
        _("Selling goes on without the device; it is tried again by itself."),
        _("It is set up in till.toml."),
    ]
    return "\n".join(lines)
