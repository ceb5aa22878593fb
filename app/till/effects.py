"""What the session asks of the world, and the events that answer it.

One command runs at a time: ``Do(command)`` goes in, effects come out, each asking
effect is answered by exactly one event, until a ``Reply`` or ``Refuse`` ends it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from app.books.questions import Question
from app.books.questions.users import UserView
from app.domain.card import CardAnswer, CardOrder, TerminalDay
from app.domain.number_range import FROM_THE_FIRST, Beginning
from app.domain.statement import Examined
from app.facts.base import Fact
from app.facts.circulation import ClaimCoverage
from app.till.commands import Command


class Event(msgspec.Struct, frozen=True):
    """Base of what goes in."""


class Override(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who takes it on himself that something is used although the policy refuses it, and why.

    ``user`` and ``pin``, or the ``badge``, of somebody who may approve; without them whoever stands at the till must
    have the right.
    """

    reason: str
    user: str = ""
    pin: str = ""
    badge: str = ""


class Consent(msgspec.Struct, frozen=True):
    """What whoever gives a command says to claims that not every member confirmed.

    ``ask``: do nothing before having asked (the command ends with ``coverage_incomplete``), unless only the members
    ``without`` are missing, about whom has been asked already.
    """

    ask: bool = False
    without: tuple[str, ...] = ()
    override: Override | None = None


UNASKED = Consent()
"""Of programs: the policy alone decides."""


class Do(Event, frozen=True):
    """A command; ``fresh`` is randomness for the ids and codes that it may need (32 bytes).

    ``has_users``: somebody has to be logged in; ``user`` is who that is, as the books have it now.
    ``beginning``: where this hardware's numbers begin. ``provisioning``: how much of the first data has come, of how
    much, as long as the till may not sell.
    """

    command: Command
    fresh: bytes
    has_users: bool = False
    user: UserView | None = None
    beginning: Beginning = FROM_THE_FIRST
    provisioning: tuple[int, int] | None = None
    consent: Consent = UNASKED


class Seen(Event, frozen=True):
    """The books' answer to ``Look``."""

    answer: Any


class PinChecked(Event, frozen=True):
    """The answer to ``CheckPin``."""

    fits: bool


class PinHashed(Event, frozen=True):
    """The answer to ``HashPin``: argon2's text."""

    text: str


class BadgeHashed(Event, frozen=True):
    """The answer to ``HashBadge``; None if this till holds none of the network's keys."""

    text: str | None


class MembersNamed(Event, frozen=True):
    """The answer to ``NameMembers``: till number and name by member id, of those that are known."""

    members: dict[str, tuple[int, str]]


class Sealed(Event, frozen=True):
    """The answer to ``Seal``; None if the person has been forgotten and has no key any more."""

    text: str | None


class StatementExamined(Event, frozen=True):
    """The answer to ``Examine``."""

    examined: Examined


class Claimed(Event, frozen=True):
    """The answer to ``Claim``; ``reason`` as in replication's ``ClaimDone`` when not granted."""

    claim_id: str
    granted: bool
    coverage: ClaimCoverage
    reason: str = ""


class Charged(Event, frozen=True):
    """The answer to ``Charge`` and ``SettleCharge``."""

    answer: CardAnswer


class TerminalClosed(Event, frozen=True):
    """The answer to ``CloseTerminal``."""

    day: TerminalDay


class Weighed(Event, frozen=True):
    """The answer to ``Weigh``: a weight above zero, or ``reason`` why there is none (``ports.Weight``)."""

    net_g: int = 0
    tare_g: int = 0
    reason: str = ""


class GateOpened(Event, frozen=True):
    """The answer to ``LetThrough``; ``reason`` why it could not be told: ``offline``, ``busy``, ``no_gate``."""

    reason: str = ""


class Journalled(Event, frozen=True):
    """The facts of ``Append`` are on disk."""


class JournalFailed(Event, frozen=True):
    """``Append`` was not written. ``code``: ``disk_full``, ``claim_expired``, ``recovering``, ``engine_gone``."""

    code: str
    reason: str = ""


class Effect(msgspec.Struct, frozen=True):
    """Base of what comes out."""


class Look(Effect, frozen=True):
    """Ask the books; with ``fresh`` after everything durable has been applied (``steps.look``).

    With ``patience_ms`` the question is asked again, for so long, whenever the books change, until the answer is not
    None: what it is about is on its way.
    """

    question: Question[Any]
    fresh: bool = False
    patience_ms: int = 0


class CheckPin(Effect, frozen=True):
    """Whether the PIN fits the argon2 hash. Takes tens of milliseconds, off the loop."""

    pin_hash: str
    pin: str


class HashPin(Effect, frozen=True):
    """A PIN's argon2 hash, off the loop."""

    pin: str


class HashBadge(Effect, frozen=True):
    """A badge's number as the books keep it."""

    badge: str


class Seal(Effect, frozen=True):
    """Seal personal text with the key of this person."""

    person_id: str
    text: str


class NameMembers(Effect, frozen=True):
    """Who the members of the network are, for people."""


class Examine(Effect, frozen=True):
    """What the network's certificates say of a statement that was scanned."""

    text: str


class Claim(Effect, frozen=True):
    """Ask every reachable member before the resources are used: all of them at once, or none."""

    resources: tuple[str, ...]


class Charge(Effect, frozen=True):
    """Move money at the card terminal, or hear that it has been moved for this already."""

    order: CardOrder


class SettleCharge(Effect, frozen=True):
    """Somebody has read the terminal: whether this was charged."""

    charge_id: str
    charged: bool
    by: str


class CloseTerminal(Effect, frozen=True):
    """The card terminal's end of day."""


class Weigh(Effect, frozen=True):
    """What lies on the scale, at this price of a kilogram, in packing of this weight."""

    unit_price_minor: int
    tare_g: int = 0


class LetThrough(Effect, frozen=True):
    """Open this gate once, now or not at all."""

    gate: str


class ReleaseClaim(Effect, frozen=True):
    """The claim is done with. Not answered."""

    claim_id: str


class Append(Effect, frozen=True):
    """Journal facts and the open sale (``keep``: its JSON text, or None to remove it) in one durable step."""

    facts: tuple[Fact, ...]
    keep: str | None
    claim_id: str | None = None
    printed: Fact | None = None
    """Queue this for printing in the same step (a receipt, a Z report, …); the drawer opens with it if cash moved."""


class Keep(Effect, frozen=True):
    """Keep the open sale (JSON text; None: none is open), so that it is there after any crash. Not answered."""

    text: str | None


class Reply(Effect, frozen=True):
    """The command is done; ``fields`` go to the caller, money and numbers as strings."""

    fields: dict[str, Any]


class Refuse(Effect, frozen=True):
    """The command is refused and the sale is as it was; ``code`` and ``values`` name a sentence of ``refusals.py``."""

    code: str
    values: dict[str, Any] = {}
