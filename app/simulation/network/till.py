"""A machine with toy books, and an eye on its hub: whatever it sends or writes is compared with its disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from app.simulation.network.notes import Notes
from app.simulation.world import NETWORK_ID, Disk, Machine
from replication.core import effects, events, wire
from replication.core.documents import document_id
from replication.core.feeds import segment_of
from replication.core.membership import AUDIENCE
from replication.core.model import Chunk, Entry, Feed, Member, Record

if TYPE_CHECKING:
    from app.simulation.network.network import Network

CHANGES_THE_DISK = (events.Started, events.Stored)
HASH_START = 4
"""A stored change carries the first four bytes of its hash as its checksum, at byte 4."""


class Stick(NamedTuple):
    """What a member had when it wrote the stick; reading changes nothing on it."""

    carrier: str
    disk: Disk


class Till(Machine):
    """A member, honest unless ``evil.py`` has had its hands on it."""

    def __init__(self, network: Network, address: str, member: Member, key: bytes, skew_ms: int) -> None:
        super().__init__(network, address, member, key, skew_ms)
        self.network = network
        self.honest = True
        self.enrolled = False
        self.trusted = False
        """It is or was the authority, or was to be: it is not the one that falls into bad hands or is shut out."""
        self.revoked = False
        self.cloned = False
        """Its disk runs in another machine too."""
        self.has_its_key = True
        self.in_repair = False
        """No power comes back by itself."""
        self._shut_out: frozenset[str] = frozenset()
        self._roll: tuple[int, list[str]] = (0, [])
        """The last word on its disk of each that anybody trusts, as of which ``_shut_out`` and ``_audiences`` are."""
        self._audiences: dict[str, frozenset[int]] = {}
        """As its disk says whom what is for."""
        self.notes = Notes()
        self.tickets = 0
        self.refused: dict[str, int] = {}
        self.fold = self._fold
        self.unfold = lambda: dict(self.notes.positions)
        self.on_effect = self._answered

    @property
    def counts(self) -> bool:
        """Whether it must end with what all have."""
        return self.honest and self.enrolled and not self.revoked and not self.cloned

    @property
    def is_relay(self) -> bool:
        """Others hear of each other through it alone."""
        return self.member.role != "till" or self.network.shape == "line"

    def lose_books(self) -> None:
        """They are folded anew from the disk at the next start."""
        self.network.findings += self.notes.findings
        self.notes = Notes()

    def _fold(self, run: Sequence[Record]) -> None:
        self.notes.fold(run)

    # --- writing -------------------------------------------------------------

    def write(self, entries: Sequence[Entry]) -> None:
        """Ask the hub to journal them; what it answers goes into the ledger."""
        self.tickets += 1
        self.happen(events.Append(self.tickets, tuple(entries)))

    def read(self, stick: Stick) -> None:
        """Take in what is on a stick, file by file, but nothing that somebody wrote who is known to be revoked."""
        if self.hub is None or stick.carrier in self.hub.roster.revoked:
            return
        for feed, run in stick.disk.records.items():
            for segment in range(segment_of(len(run)) + 1):
                chunks = stick.disk.chunks.get(document_id(NETWORK_ID, feed, segment), ())
                self.tickets += 1
                data = tuple(chunk.data for chunk in chunks)
                self.happen(events.Carried(self.tickets, feed, segment, data, stick.carrier))

    def sign_off(self) -> None:
        """It says that it is put away."""
        self.tickets += 1
        self.happen(events.SignOff(self.tickets))

    def hand_over(self, successor: Till) -> None:
        """It hands authority on."""
        self.tickets += 1
        self.happen(events.HandOver(self.tickets, successor.name, bytes(32)))

    def claim(self, resource: str) -> None:
        """It asks for something, and lets it go as soon as it has the answer."""
        self.tickets += 1
        self.happen(events.ClaimWanted(self.tickets, (resource,)))

    def _answered(self, effect: effects.Effect) -> None:
        match effect:
            case effects.KeepRootKey():
                self.later(self.world.rng.randint(0, 5), events.RootKeyKept(effect.link_id))
            case effects.ClaimDone():
                self.network.claims[effect.granted] += 1
                self.later(self.world.rng.randint(0, 300), events.ClaimReleased(effect.claim_id))
            case effects.Appended() if self.honest:
                self.network.promise(self, effect.records)
            case effects.AppendFailed():
                self.refused[effect.code] = self.refused.get(effect.code, 0) + 1

    # --- the eye -------------------------------------------------------------

    def happen(self, event: events.Event) -> None:
        super().happen(event)
        # Only now: who is revoked is told so in the very step in which the revocation is taken in.
        if type(event) in CHANGES_THE_DISK:
            roll = [run[-1].hash for feed, run in self.disk.records.items() if run and feed.topic == "membership"]
            trusted = sum(till.trusted for till in self.network.tills)
            if self._roll != (trusted, roll):
                self._roll = (trusted, roll)
                self._shut_out = self._revoked_on_disk()
                self._audiences = self._audiences_on_disk()

    def _carry_out(self, effect: effects.Effect) -> None:
        if isinstance(effect, effects.Send) and self.honest:
            self._watch_sending(effect)
        elif isinstance(effect, effects.Store) and self.has_its_key:
            mine = (record for record in effect.records if record.feed.member == self.name)
            self.network.written.update((record.hash, record) for record in mine)
            for feed in {record.feed for record in effect.records}:
                if not self._is_for(feed, self):
                    self.complain(f"{self.label} takes records of {feed}, though it knows that they are not for it")
        super()._carry_out(effect)

    def _revoked_on_disk(self) -> frozenset[str]:
        if sum(till.trusted for till in self.network.tills) > 1:
            return frozenset()  # what an earlier authority still wrote may not count: the roster's tests have that
        run = self.disk.membership()
        return frozenset(record.body["member_id"] for record in run if record.kind == "member.revoked/1")

    def _audiences_on_disk(self) -> dict[str, frozenset[int]]:
        if sum(till.trusted for till in self.network.tills) > 1:
            return {}  # as above
        run = self.disk.membership()
        return {record.body["topic"]: frozenset(record.body["tills"]) for record in run if record.kind == AUDIENCE}

    def _is_for(self, feed: Feed, other: Machine) -> bool:
        """Whether the feed may go to the other, as this one knew before or knows by this very step; of two terms of
        authority nobody is asked.
        """
        if other.member.role != "till" or feed.member == other.name or feed.topic not in self._audiences:
            return True
        no = other.member.till_no
        return no in self._audiences[feed.topic] or no in self._audiences_on_disk().get(feed.topic, (no,))

    def complain(self, finding: str) -> None:
        if self.honest:
            super().complain(finding)

    def watch_status(self) -> None:
        """What it tells people of others is true: nobody is said to have what its disk does not have."""
        if self.hub is None or not self.honest:
            return
        for member in self.hub.status(self.now())["members"]:
            other = next((till for till in self.network.tills if till.name == member["member"]), None)
            if other is not None and other.honest and not other.cloned and other is not self:
                for topic, seq in member["has"].items():
                    if seq > len(other.disk.records.get(Feed(self.name, topic), ())):
                        self.complain(f"{self.label} says that {other.label} has {seq} of its {topic}")

    def _watch_sending(self, effect: effects.Send) -> None:
        """Nobody is told of anything that a pulled plug could still take back, and the revoked are told nothing."""
        message = wire.decode(effect.data)
        link = self.links.get(effect.link_id)
        if link is not None and link.other(self).name in self._shut_out:
            self.complain(f"{self.label} talks to {link.other(self).label}, which it knows is revoked")
        match message:
            case wire.Ephemeral() if message.body.get("t") == "positions":
                for name, (seq, start) in (message.body["p"] | message.body.get("a", {})).items():
                    feed = Feed.parse(name)
                    run = self.disk.records.get(feed, ())
                    if link is not None and not self._is_for(feed, link.other(self)):
                        self.complain(f"{self.label} tells {link.other(self).label} of {name}, which is not for it")
                    if seq > len(run) or (seq and not run[seq - 1].hash.startswith(start)):
                        self.complain(f"{self.label} announces {name} {seq}, its disk has {len(run)}")
            case wire.Sync():
                chunks = self.disk.chunks.get(message.document, ())
                if any(not _is_among(chunks, head) for head in _heads(message.data)):
                    self.complain(f"{self.label} sends changes that are not on its disk")
                shelf = self.network.feed_of(message.document)
                if link is not None and shelf is not None and not self._is_for(shelf, link.other(self)):
                    self.complain(f"{self.label} sends {shelf} to {link.other(self).label}, which it is not for")


def _heads(sync_message: bytes) -> list[bytes]:
    """The heads of an Automerge sync message: type, count, hashes of 32 bytes."""
    count = sync_message[1]
    return [sync_message[2 + 32 * number : 34 + 32 * number] for number in range(count)]


def _is_among(chunks: Sequence[Chunk], head: bytes) -> bool:
    """Whether one of the changes, mostly the newest, is the one with that hash."""
    start = head[:HASH_START]
    return any(chunk.data[4 : 4 + HASH_START] == start for chunk in reversed(chunks))
