"""What can happen to a hub. Every event is a frozen value; shells make them, tests and the simulator too."""

from __future__ import annotations

import msgspec

from replication.core.model import Chunk, Entry, Feed, Member


class Event(msgspec.Struct, frozen=True):
    """Base of all events."""


class Started(Event, frozen=True):
    """The first event: the hub asks for its open segments and begins to dial."""


class Tick(Event, frozen=True):
    """Time has passed; sent about every 50 ms. Deadlines, gossip and dialling hang on it."""


class Continue(Event, frozen=True):
    """The loop is free for another slice of work."""


class Append(Event, frozen=True):
    """Journal these entries, in order, as one durable step.

    ``keep`` sets (or, with None, removes) local values in the same step.
    ``claim_id``: write only while that claim is still alive.
    Answered by ``Appended`` or ``AppendFailed`` with the same ticket.
    """

    ticket: int
    entries: tuple[Entry, ...]
    keep: dict[str, str | None] = {}
    claim_id: str | None = None


class Carried(Event, frozen=True):
    """A segment's document as a folder holds it: the changes of records that ``carrier`` (a member id) had on disk.

    Answered by ``Appended`` (with the records that were new) or ``AppendFailed`` with the same ticket.
    """

    ticket: int
    feed: Feed
    segment: int
    chunks: tuple[bytes, ...]
    carrier: str


class Refused(Event, frozen=True):
    """A shell has refused something from ``source``: keep it as evidence. Answered as ``Carried`` is."""

    ticket: int
    source: str
    reason: str
    evidence: str


class Stored(Event, frozen=True):
    """The batch is on disk."""

    batch_id: int


class StoreFailed(Event, frozen=True):
    """The batch is not on disk and never will be; ``reason`` is the store's own sentence."""

    batch_id: int
    reason: str


class Applied(Event, frozen=True):
    """The batch's records are in the books."""

    batch_id: int


class Loaded(Event, frozen=True):
    """The stored chunks of a document, in the order they were written; empty if there are none."""

    document_id: str
    chunks: tuple[Chunk, ...]


class Found(Event, frozen=True):
    """The record's text as it is on disk; empty if there is none."""

    ticket: int
    text: str


class Connected(Event, frozen=True):
    """A TLS connection stands and its certificate names ``member_id``; ``initiator`` is who dialled.

    ``certificate`` is the peer's in DER and ``member`` what it states. ``target`` is the address we
    dialled, empty when we were.
    """

    link_id: int
    member_id: str
    initiator: str
    certificate: bytes
    target: str = ""
    member: Member | None = None


class Received(Event, frozen=True):
    """One whole websocket message."""

    link_id: int
    data: bytes


class Disconnected(Event, frozen=True):
    """The connection is gone."""

    link_id: int
    reason: str = ""


class Sighted(Event, frozen=True):
    """Discovery or configuration names an address ``host:port``; ``member_id`` is empty when unknown."""

    target: str
    member_id: str = ""
    static: bool = False


class Listening(Event, frozen=True):
    """Where this member can be dialled from now on, ``host:port`` each; what was said before no longer holds."""

    addresses: tuple[str, ...]


class Lost(Event, frozen=True):
    """Discovery says that the address is gone."""

    target: str


class DialFailed(Event, frozen=True):
    """The address could not be reached, or was not one of ours."""

    target: str
    reason: str


class SignOff(Event, frozen=True):
    """This till is put away; answered by ``Appended`` or ``AppendFailed`` with the same ticket."""

    ticket: int


class HandOver(Event, frozen=True):
    """Hand authority on to ``member_id``; ``root_key`` is the root's raw private key. Answered like ``Append``."""

    ticket: int
    member_id: str
    root_key: bytes


class RootKeyKept(Event, frozen=True):
    """The answer to ``KeepRootKey``: durable, or ``reason`` says why not."""

    link_id: int
    reason: str = ""


class ClaimWanted(Event, frozen=True):
    """Ask everyone before ``resources`` are used, all of them at once; answered by ``ClaimDone`` with the same ticket.

    Before that there may be ``ClaimProgress``.
    """

    ticket: int
    resources: tuple[str, ...]


class ClaimCancelled(Event, frozen=True):
    """Whoever wanted the claim does not any more: it ends not granted, unless it has been granted already."""

    ticket: int


class Confirmed(Event, frozen=True):
    """A supervisor says that this till may write again; answered by ``Appended`` (no records) or ``AppendFailed``."""

    ticket: int


class Heard(Event, frozen=True):
    """A stick says what its writer had, who knew of this member: for a newcomer as good as hearing it over a link."""

    member_id: str
    positions: dict[Feed, int]


class Stopping(Event, frozen=True):
    """This member is about to end in order: it promises nothing more."""


class ClaimReleased(Event, frozen=True):
    """The claim's work is done or given up."""

    claim_id: str
