"""JSON lines on the runner: what a cashier can do, a program can do (reference: docs/drive.md).

    {"id": 7, "do": "scan", "code": "4006381333931"}
    {"id": 7, "ok": true, "line": 1, "name": "…", "price": "4.99", "total": "4.99"}

Rules:

1. The first line out is the ``ready`` event; then one answer a line, in the order of the lines in.
2. Whatever a line holds, it is answered and the till goes on: nothing at all, no JSON object, invalid UTF-8,
   more than ``MAX_LINE_BYTES``, an unknown ``do``, an unknown or ill-typed field are ``bad_command``, and so is
   text that is not what its field is (``UNREADABLE``; ``fault`` says which).
   A misspelt field is refused rather than passed over: ``"qty": 3`` must not sell one.
3. Money is text. Counted things (``line``, ``quantity``, ``no``, ``count``) may be whole JSON numbers too.
4. Commands that claim (``CLAIMING``) take what their consent to incomplete coverage is: ``ask_coverage``, ``without``,
   ``override``.
5. A refusal brings its values along (a used-up voucher its ``balance``).
6. A fault of the program itself is logged and answered with ``internal_error``.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import AsyncIterable, Awaitable, Callable
from typing import Any

import msgspec

from app import text
from app.text import mark
from app.till.commands import Command
from app.till.effects import Consent, Refuse, Reply
from app.till.handlers import CLAIMING
from app.till.handlers import DRIVE_NAMES as COMMANDS
from app.till.ports import BADGE_READER, MISREAD, NOT_OPENED, SCANNER, charging_of, heard_of
from app.till.queries.base import Query
from app.till.queries.every import DRIVE_NAMES as QUERIES
from app.till.queries.every import Queries
from app.till.refusals import BadCommand, sentence
from app.till.runner import Runner

MAX_LINE_BYTES = 65_536

COUNTED = ("line", "quantity", "grams", "count", "guests", "no", "customer", "z_no")
"""Text fields of commands for which a whole JSON number is as clear as its text."""

CONSENT = {"ask_coverage": "ask", "without": "without", "override": "override"}
"""What else a command that claims may have, and which fields of ``Consent`` that are."""

UNREADABLE = frozenset(
    {
        *(f"{what}_not_a_number" for what in ("amount", "percent", "price", "quantity", "value")),
        *(f"unknown_{what}" for what in ("scope", "state", "supply", "voucher_kind")),
        "bad_date",
        "counted_unreadable",
        "percent_or_amount",
    }
)
"""Refusals of what stands in no till's data but in the line itself: to a program they are a bad field."""

_log = logging.getLogger(__name__)

Line = str | bytes
Write = Callable[[str], None] | Callable[[str], Awaitable[None]]


async def drive(
    lines: AsyncIterable[Line],
    write: Write,
    runner: Runner,
    *,
    network: str,
    gettext: Callable[[str], str] = text.gettext,
) -> None:
    """Answer every line until the input ends. ``write`` gets whole lines without their end and flushes each.

    ``lines`` are bytes, or text already decoded (with U+FFFD for what was no UTF-8).
    """
    driver = _Driver(runner, gettext)
    till = runner.session.till
    ready = {"event": "ready", "till_no": till.till_no, "network": network, "member": till.member_id}
    await _written(write, ready)
    async for line in lines:
        await _written(write, await driver.answer(line))
    await runner.idle()


def event_of(what: str) -> str | None:
    """The line of an event: what a device has read, by whoever it is told (``ports.heard``), and what the card
    terminal shows; None: of no such thing."""
    if (word := charging_of(what)) is not None:
        return msgspec.json.encode({"event": "card", "shows": word}).decode()
    heard = heard_of(what)
    if heard is None or heard.kind not in _EVENTS:
        return None
    event, field = _EVENTS[heard.kind]
    return msgspec.json.encode({"event": event, "device": heard.device, field: heard.text}).decode()


_EVENTS = {
    SCANNER: ("scan", "code"),
    BADGE_READER: ("badge", "badge"),
    MISREAD: ("misread", "reason"),
    NOT_OPENED: ("not_opened", "receipt_no"),
}


class _Driver:
    def __init__(self, runner: Runner, gettext: Callable[[str], str]) -> None:
        self._runner = runner
        self._queries = Queries(runner)
        self._gettext = gettext

    async def answer(self, line: Line) -> dict[str, Any]:
        identity: Any = None
        try:
            fields = _object(line)
            identity = fields.pop("id", None)
            request, consent = _request(fields)
            outcome = await self._carried_out(request, consent)
        except BadCommand as bad:
            outcome = Refuse("bad_command", {"reason": bad.sentence(self._gettext)})
        except Exception:  # noqa: BLE001 - the till goes on, whatever happened; the log has it
            _log.exception("a command failed")
            outcome = Refuse("internal_error")
        if isinstance(outcome, Reply):
            return {"id": identity, "ok": True, **outcome.fields}
        message = sentence(outcome.code, outcome.values, self._gettext)
        if outcome.code in UNREADABLE:
            answer = {"id": identity, "ok": False, "code": "bad_command", "fault": outcome.code, "message": message}
        else:
            answer = {"id": identity, "ok": False, "code": outcome.code, "message": message}
        return {**answer, **{name: value for name, value in outcome.values.items() if name not in answer}}

    async def _carried_out(self, request: Command | Query, consent: Consent) -> Reply | Refuse:
        if not isinstance(request, Command):
            return await self._queries.ask(request)
        outcome = await self._runner.run(request, consent)
        if isinstance(outcome, Reply) and "receipt_no" in outcome.fields:
            receipt = self._runner.session.view().last
            assert receipt is not None
            return Reply({**outcome.fields, "text": self._runner.receipt_text(receipt)})
        return outcome


def _object(line: Line) -> dict[str, Any]:
    """The line's JSON object."""
    size = len(line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line)
    if size > MAX_LINE_BYTES:
        raise BadCommand(mark("the line is longer than {limit} bytes"), limit=str(MAX_LINE_BYTES))
    if isinstance(line, str) and "\ufffd" in line:
        raise BadCommand(mark("the line is not UTF-8"))
    try:
        found = msgspec.json.decode(line)
    except UnicodeDecodeError:
        raise BadCommand(mark("the line is not UTF-8")) from None
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        raise BadCommand(mark("the line is no JSON object")) from None
    if not isinstance(found, dict):
        raise BadCommand(mark("the line is no JSON object"))
    return found


def _request(fields: dict[str, Any]) -> tuple[Command | Query, Consent]:
    """The command or question of the fields (without ``id``), and what is said to incomplete coverage."""
    do = fields.pop("do", None)
    kind: type[Command | Query] | None = None
    if isinstance(do, str):
        kind = COMMANDS.get(do) or QUERIES.get(do)
    if kind is None:
        raise BadCommand(mark("there is no command {do}"), do=_shown(do))
    consent = {own: fields.pop(name) for name, own in CONSENT.items() if kind in CLAIMING and name in fields}
    known = {field.encode_name for field in msgspec.structs.fields(kind)}
    for name in fields:
        if name not in known:
            raise BadCommand(mark("{do} has no field {field}"), do=_shown(do), field=_shown(name))
    if issubclass(kind, Command):
        for name in COUNTED:
            if type(fields.get(name)) is int:
                fields[name] = str(fields[name])
    try:
        # Questions count in numbers, which programs may well write as text.
        request = msgspec.convert(fields, kind, strict=issubclass(kind, Command))
        return request, msgspec.convert(consent, Consent)
    except msgspec.ValidationError as error:
        raise BadCommand(mark("a field of {do} does not fit: {detail}"), do=_shown(do), detail=str(error)) from None


def _shown(value: object) -> str:
    return str(value)[:40]


async def _written(write: Write, answer: dict[str, Any]) -> None:
    written = write(msgspec.json.encode(answer).decode())
    if inspect.isawaitable(written):
        await written
