"""A gate is opened for somebody without a ticket."""

from __future__ import annotations

from app.screens import device_words
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.desk import Desk, Given
from app.text import gettext as _
from app.till.commands import OpenGate


async def gate(desk: Desk, given: Given) -> None:
    """Open the till's gate, or one of them; what was typed before it is why."""
    status = await desk.status()
    if status is None:
        return
    gates = [each for each in device_words.devices_of(status) if each["kind"] == "gate"]
    name = ""
    if len(gates) > 1:
        rows = [Choice((each["name"], device_words.state(each)), each["name"]) for each in gates]
        picked = await desk.choose(Choose(_("Open gate"), (Column(_("Gate"), 22), Column(_("State"), 0)), rows))
        if picked is None:
            return
        name = picked.value
    await opened(desk, OpenGate(name, given.text))


async def opened(desk: Desk, command: OpenGate) -> None:
    """Have the session open it, and say whether it could be told."""
    reply = await desk.do(command)
    if reply is None:
        return
    if reply.fields["opened"]:
        desk.tell(_("{gate} is told to open.").format(gate=reply.fields["gate"]))
    else:
        reason = device_words.trouble("BUSY" if reply.fields["reason"] == "busy" else "OFFLINE")
        desk.refuse("as_told", f"{reply.fields['gate']}: {reason}")
