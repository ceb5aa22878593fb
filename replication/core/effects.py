"""What a hub may ask of the world. Shells carry effects out in the order given."""

from __future__ import annotations

import msgspec

from replication.core.model import Chunk, Coverage, Feed, Record


class Effect(msgspec.Struct, frozen=True):
    """Base of all effects."""


class Store(Effect, frozen=True):
    """Write chunks, records and kept values in one transaction; answer ``Stored`` or ``StoreFailed``.

    Batches are written in the order asked for. After a failure in one ``epoch`` the store
    refuses every later batch of the same epoch, since those build on what was lost.
    """

    batch_id: int
    epoch: int
    chunks: tuple[Chunk, ...]
    records: tuple[Record, ...]
    keep: dict[str, str | None] = {}
    quarantine: tuple[tuple[str, str, str], ...] = ()
    """(feed, reason, evidence text) of records that were refused."""


class Apply(Effect, frozen=True):
    """Fold the records into the books, in the order of the effects; answer ``Applied``."""

    batch_id: int
    records: tuple[Record, ...]


class Load(Effect, frozen=True):
    """Read a document's chunks; answer ``Loaded``."""

    document_id: str


class Continue(Effect, frozen=True):
    """More work is waiting: answer ``Continue`` once other events have had their turn."""


class Find(Effect, frozen=True):
    """Read one record's text; answer ``Found``."""

    ticket: int
    feed: Feed
    seq: int


class Send(Effect, frozen=True):
    """One websocket message to the link."""

    link_id: int
    data: bytes


class Close(Effect, frozen=True):
    """End the link; ``reason`` goes into the log and, cut to 120 bytes, into the close frame."""

    link_id: int
    reason: str


class Dial(Effect, frozen=True):
    """Connect to ``host:port``; answer ``Connected`` or ``DialFailed``."""

    target: str


class Appended(Effect, frozen=True):
    """The entries of the ticket are durable."""

    ticket: int
    records: tuple[Record, ...]


class AppendFailed(Effect, frozen=True):
    """Nothing of the ticket was written. ``code``: ``disk_full``, ``claim_expired``, ``recovering``, ``cloned``,
    ``not_authority``, …"""

    ticket: int
    code: str
    reason: str


class KeepRootKey(Effect, frozen=True):
    """Make the root's private key (raw), which the authority ``giver`` offers, durable; answer ``RootKeyKept``."""

    link_id: int
    giver: str
    key: bytes


class ClaimProgress(Effect, frozen=True):
    """A claim that is not answered at once: the member ids that have promised, and those still waited for."""

    ticket: int
    promised: tuple[str, ...]
    waiting: tuple[str, ...]


class ClaimDone(Effect, frozen=True):
    """The end of asking. ``granted`` False: ``reason`` is ``busy`` (another till uses it), ``cancelled``, or
    ``unanswered`` (this till had signed off and could not sign on)."""

    ticket: int
    claim_id: str
    granted: bool
    coverage: Coverage
    reason: str = ""


class Report(Effect, frozen=True):
    """A line of the sync protocol that a person can read.

    ``what``: connected, disconnected, sent, received, dropped, quarantined, fork, clock, dial_failed.
    """

    what: str
    peer: str
    detail: str
    kinds: dict[str, int] = {}
    """Of sent and received: how many records of each kind; what a peer asked for itself is sent as ``topic/*``."""
    size: int = 0
    """Of sent and received: bytes on the wire since the line before."""


class MembershipChanged(Effect, frozen=True):
    """Slots, members or revocations changed: trust (TLS contexts) must be renewed."""


class Provisioned(Effect, frozen=True):
    """A newcomer has what it must have before it may work: remember that durably, then let it."""


class GateChanged(Effect, frozen=True):
    """Whether this till may write has changed, or records of its own have come back from others (``recovered``).

    ``state``: ``listening``, ``suspect``, ``clear`` or ``stopped`` (``core/recovery.py``).
    """

    state: str
    recovered: bool


class StatusChanged(Effect, frozen=True):
    """Peers, positions or pending counts changed."""
