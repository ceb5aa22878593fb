"""Trying a device out: it does something that whoever stands beside it can see, or hears something from him."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from app.screens import device_words
from app.screens.device_words import Device
from app.screens.tasks.desk import Desk
from app.screens.tasks.gates import opened
from app.screens.tasks.steps import Finished, Outcome, Sheet
from app.text import gettext as _
from app.text import mark
from app.till.commands import OpenGate

DONE = {
    "display": mark("A test text is on the display for some seconds: is it whole?"),
    "scale": mark("The scale answers."),
    "card_terminal": mark("The terminal answers and is at rest."),
}
"""What is said after a test that went well."""
LISTENING = {
    "scanner": mark("Scan any barcode; Esc ends it."),
    "badge_reader": mark("Hold a badge to the reader; Esc ends it."),
}


async def tested(desk: Desk, device: Device) -> None:
    """Try the device out in the way of its kind."""
    await TESTS.get(device["kind"], _asked)(desk, device)


async def _asked(desk: Desk, device: Device) -> None:
    """The engine has it tried."""
    reason = ""

    async def wanted() -> None:
        nonlocal reason
        reason = await desk.devices.test(device["name"])

    if not await desk.device(wanted):
        return
    if reason:
        desk.refuse("as_told", f"{device_words.title(device)}: {device_words.trouble(reason)}")
    else:
        desk.tell(_(DONE[device["kind"]]) if device["kind"] in DONE else _("The device answers."))


async def _opened(desk: Desk, device: Device) -> None:
    """A gate opens as it would for anybody: by right, and in the audit log."""
    await opened(desk, OpenGate(device["name"], _("Test")))


async def _heard(desk: Desk, device: Device) -> None:
    """What is read is shown, and goes nowhere else."""
    said = ""
    while True:
        text = "\n".join(filter(None, (said, _(LISTENING[device["kind"]]))))
        heard = await desk.show(Listening(device_words.title(device), text))
        if heard is None:
            return
        said = _("It has read {text}").format(text=heard)


class Listening(Sheet):
    """Waits for a code or a badge; answers what was read, or None."""

    scans = True

    def enter(self, text: str) -> Outcome:
        """A code, from a scanner of either sort."""
        return Finished(text or None)

    def badge(self, number: str) -> Outcome:
        """A badge; its number is nobody's business."""
        return Finished("*" * len(number))


TESTS: Mapping[str, Callable[[Desk, Device], Awaitable[None]]] = {
    "gate": _opened,
    "scanner": _heard,
    "badge_reader": _heard,
}
