"""Scanner, scale, display and what else stands at a till: found on this machine's ports or typed, tried out, kept.

Nothing is asked where nothing hangs on a port; whoever has a device in the network calls it at the end (F2).
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from app.plain_sentences import reason as reason_of
from app.screens import device_words
from app.screens.setup.services import SetupFailed, SetupServices, Trial
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.fields import Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.showing import Showing
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import mark
from app.till.ports import MISREAD, SCANNER, Heard

T = TypeVar("T")

TYPED = "typed"
BAUD = "9600"
FRAMES = {"scale": "7E1", "card_terminal": "8N2"}
USUAL_FRAME = "8N1"
WAYS = {
    "scale": ("protocol", {"mettler8217": "Mettler 8217", "dialog06": "Checkout-Dialog 06 (Bizerba, Mettler)"}),
    "display": ("command_set", {"epson": "Epson ESC/POS", "cd5220": "CD5220", "aedex": "AEDEX"}),
}
"""Kinds of which there are several that talk in different ways: the setting, and what each is called."""
TRY = {
    "scanner": mark("Scan any barcode: it is shown here."),
    "badge_reader": mark("Hold a badge to the reader: what it reads is shown here."),
}
"""What somebody who stands before the device can do."""


async def devices(showing: Showing, services: SetupServices, *, unasked: bool = False) -> list[str]:
    """What was set up, as lines of the protocol. ``unasked``: only if something hangs on a port."""
    kept: list[str] = []
    while True:
        ports = await tried(showing, services.ports()) or ()
        if unasked and not ports:
            return kept
        picked = await showing.choose(
            Choose(
                _("Other devices at this till"),
                [Column(_("Port"), 0)],
                [
                    Choice((_("No more: go on"),), ""),
                    *(Choice((port,), port) for port in ports),
                    Choice((_("One at an address that I type"),), TYPED),
                ],
            )
        )
        if picked is None or not picked.value:
            return kept
        if line := await _added(showing, services, "" if picked.value == TYPED else str(picked.value)):
            kept.append(line)


async def _added(showing: Showing, services: SetupServices, port: str) -> str:
    """One device, as a line of the protocol; empty if it was given up."""
    kinds = [Option(kind, _(label)) for kind, label in device_words.KINDS.items()]
    fields = [
        Field("kind", _("What is it"), Kind.CHOICE, required=True, options=kinds),
        Field("name", _("Name"), required=True, hint=_("letters, digits, - and _")),
        Field("address", _("Address"), value=port, required=True, hint=_("like 192.168.1.21:9100 or /dev/…")),
        Field("baud", _("Speed (baud)"), Kind.COUNT, BAUD, hint=_("of a serial line; the manual says it")),
        Field("frame", _("Frame"), hint=_("like 8N1 or 7E1; empty: as is usual")),
    ]
    form = Form(_("Other devices at this till"), fields, finish=_("Try"))
    while (filled := await showing.fill(form)) is not None:
        name, kind = filled["name"], filled["kind"]
        frame = filled["frame"].upper() or FRAMES.get(kind, USUAL_FRAME)
        written: dict[str, str | int] = {
            "kind": kind,
            "address": filled["address"],
            "baud": int(filled["baud"] or BAUD),
            "frame": frame,
        }
        if kind in WAYS:
            setting, ways = WAYS[kind]
            rows = [Choice((called,), way) for way, called in ways.items()]
            picked = await showing.choose(
                Choose(_("How does it talk?"), [Column(_("Protocol or command set"), 0)], rows)
            )
            if picked is None:
                continue
            written[setting] = picked.value
        if not await tried(showing, done(services.use_device(name, written))):
            continue
        if await _works(showing, services, name, kind):
            return f"{name}: {_(device_words.KINDS[kind])}, {filled['address']}"
        await tried(showing, done(services.use_device(name, None)))
    return ""


async def _works(showing: Showing, services: SetupServices, name: str, kind: str) -> bool:
    """Whether the device is to be kept, after it has been tried out."""
    said = ""

    def hear(heard: Heard) -> None:
        nonlocal said
        if heard.kind == MISREAD:
            said = _("What came could not be read; once more.")
        else:
            said = _("It has read {text}").format(
                text=heard.text if heard.kind == SCANNER else "*" * len(heard.text)  # a badge is nobody's business
            )

    async def shown(trial: Trial) -> str:
        view = trial.view()
        state = f"{title}: {device_words.state(view)}"
        wanted = _(TRY[kind]) if kind in TRY else ""
        return "\n\n".join(filter(None, (state, reason_of(str(view.get("detail", ""))), wanted, said)))

    title = f"{_(device_words.KINDS[kind])} {name}"
    async with services.trial(name, hear) as trial:
        sheet = Sheet(title, await shown(trial), [Action(2, "test", _("Test"))], _("F2 tries it; Enter goes on"))
        while await showing.read(sheet, lambda: shown(trial)) == "test":
            reason = await trial.test()
            if reason:
                showing.refuse("as_told", device_words.trouble(reason))
            else:
                showing.tell(_("The device answers."))
            sheet.put(await shown(trial))
    return await showing.confirm(title, _("Use it?"), said)


async def tried(showing: Showing, doing: Awaitable[T]) -> T | None:
    """What came of it; None: it cannot be done, and that has been told."""
    try:
        return await doing
    except SetupFailed as error:
        showing.refuse("as_told", str(error))
        return None


async def done(doing: Awaitable[None]) -> bool:
    """True, once it is done."""
    await doing
    return True
