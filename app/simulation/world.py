"""A network of real hubs on a virtual clock.

Everything the hubs' shells would do is done here by toys that a seed controls: disks that need
time to sync and lose what was not synced when the plug is pulled, wires that delay, stall and
break, clocks that differ. One heap of future happenings is the only order there is, so a seed
replays exactly.
"""

from __future__ import annotations

import functools
import heapq
import itertools
import random
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from replication.core import effects, events, records
from replication.core.acquaintance import HEARD
from replication.core.hub import CONFIRMED, Hub
from replication.core.model import Chunk, Entry, Feed, FeedHead, Member, Now, Record

NETWORK_ID = "6f1d3c0a0d6e4b0a9c53b2a4c7f0aa11"
TICK_MS = 50
START_WALL_MS = 1_763_750_000_000


@functools.cache
def key_of(raw: bytes) -> Ed25519PrivateKey:
    """Machines have the same keys in every story."""
    return Ed25519PrivateKey.from_private_bytes(raw)


@functools.cache
def public_of(raw: bytes) -> bytes:
    return key_of(raw).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


class Overwritten(Exception):
    """A record came to the disk where another is, or where one is missing before it."""


class Disk:
    """What survives: chunks, records and kept values."""

    def __init__(self) -> None:
        self.chunks: dict[str, list[Chunk]] = {}
        self.records: dict[Feed, list[Record]] = {}
        self.kept: dict[str, str] = {}
        self.full = False

    def copy(self) -> Disk:
        """A backup, or a clone."""
        other = Disk()
        other.chunks = {document: list(chunks) for document, chunks in self.chunks.items()}
        other.records = {feed: list(run) for feed, run in self.records.items()}
        other.kept = dict(self.kept)
        return other

    def write(self, effect: effects.Store) -> None:
        """One transaction: all of the batch, or ``Overwritten`` and nothing of it."""
        ends: dict[Feed, int] = {}
        for record in effect.records:
            end = ends.get(record.feed)
            if end is None:
                end = run[-1].seq if (run := self.records.get(record.feed)) else 0
            if record.seq != end + 1:
                raise Overwritten(f"{record.feed} {record.seq} after {end}")
            ends[record.feed] = record.seq
        for chunk in effect.chunks:
            self.chunks.setdefault(chunk.document_id, []).append(chunk)
        for record in effect.records:
            self.records.setdefault(record.feed, []).append(record)
        for key, value in effect.keep.items():
            if value is None:
                self.kept.pop(key, None)
            else:
                self.kept[key] = value

    def hashes(self) -> set[str]:
        """Every record on it."""
        return {record.hash for run in self.records.values() for record in run}

    def heads(self) -> dict[Feed, FeedHead]:
        return {feed: FeedHead(run[-1].seq, run[-1].hash, run[-1].hlc) for feed, run in self.records.items()}

    def membership(self) -> list[Record]:
        return [record for feed, run in self.records.items() if feed.topic == "membership" for record in run]


class Wire:
    """One connection between two members; each direction keeps its order."""

    def __init__(self, link_id: int, dialler: Machine, listener: Machine) -> None:
        self.link_id = link_id
        self.ends = (dialler, listener)
        self.open = True
        self.stalled: dict[str, bool] = {dialler.address: False, listener.address: False}
        self.queued: dict[str, list[bytes]] = {dialler.address: [], listener.address: []}
        self.clear_ms = {dialler.address: 0, listener.address: 0}
        self.slow_ms = 0
        self.twice = False
        """What is sent arrives twice."""
        self.lost = False
        """Nothing that is under way arrives any more."""

    def other(self, machine: Machine) -> Machine:
        return self.ends[1] if machine is self.ends[0] else self.ends[0]


class Machine:
    """A member with its disk and, while it runs, its hub."""

    def __init__(self, world: World, address: str, member: Member, key: bytes, skew_ms: int) -> None:
        self.world = world
        self.address = address
        self.key = key_of(key)
        self.skew_ms = skew_ms
        self.rate = 1.0
        """How fast its clocks run."""
        self.newcomer_since_ms: int | None = None
        """When it was let in (Unix time), until it has what a newcomer must have."""
        self.member = member
        self.name = member.member_id
        self.disk = Disk()
        self.hub: Hub | None = None
        self.incarnation = 0
        self.links: dict[int, Wire] = {}
        self.bad_epoch = 0
        self.disk_clear_ms = 0
        self.disk_ms = 8
        """The most that its disk needs for a batch."""
        self.under_way: deque[effects.Store] = deque()
        """Batches that the disk has not answered for."""
        self.reports: list[effects.Report] = []
        self.on_effect: Callable[[effects.Effect], None] = lambda _effect: None
        self.fold: Callable[[Sequence[Record]], None] = lambda _records: None
        self.unfold: Callable[[], dict[Feed, int]] = dict

    # --- life ----------------------------------------------------------------

    def start(self) -> None:
        applied = self.unfold()
        self.under_way.clear()
        for feed, run in self.disk.records.items():  # the books catch up with the journal before anything else
            missing = [record for record in run if record.seq > applied.get(feed, 0)]
            if missing:
                self.fold(missing)
        self.incarnation += 1
        self.bad_epoch = 0
        self.hub = Hub(
            me=self.member,
            network_id=NETWORK_ID,
            authority=self.world.authority,
            private_key=self.key.private_bytes_raw(),
            rng=random.Random(self.world.rng.getrandbits(64)),
            heads=self.disk.heads(),
            membership=self.disk.membership(),
            known=[self.world.machines[0].member],
            confirmed=self.disk.kept.get(CONFIRMED),
            heard=self.disk.kept.get(HEARD),
            kept=self.disk.kept,
            newcomer_since_ms=self.newcomer_since_ms,
        )
        self.happen(events.Started())
        for other in self.world.machines:
            if other.name != self.name and self.world.in_reach(self, other):
                self.happen(events.Sighted(other.address, other.name, static=True))
        self._tick(self.incarnation)

    def crash(self, *, silently: bool = False) -> None:
        """Pull the plug: what is not on disk is gone; the others notice at once or (``silently``) by its silence.

        Of the batches under way the disk may have got some of the first, of which the hub has not heard any more.
        """
        self.hub = None
        self.incarnation += 1
        for _batch in range(self.world.rng.randint(0, len(self.under_way))):
            batch = self.under_way.popleft()
            if self.disk.full or batch.epoch <= self.bad_epoch or not self._write(batch):
                break
        self.under_way.clear()
        for wire in list(self.links.values()):
            wire.lost = wire.lost or silently
            if not silently:
                self.world.cut(wire, "crashed")
        self.links.clear()

    def _tick(self, incarnation: int) -> None:
        if self.incarnation == incarnation and self.hub is not None:
            self.happen(events.Tick())
            self.world.later(self.world.tick_ms, lambda: self._tick(incarnation))

    # --- events and effects --------------------------------------------------

    def now(self) -> Now:
        mono_ms = int(self.world.now_ms * self.rate)
        return Now(mono_ms, START_WALL_MS + mono_ms + self.world.away_ms + self.skew_ms)

    def happen(self, event: events.Event) -> None:
        if self.hub is None:
            return
        for effect in self.hub.handle(self.now(), event):
            self._carry_out(effect)

    def later(self, delay_ms: int, event: events.Event) -> None:
        incarnation = self.incarnation

        def deliver() -> None:
            if self.incarnation == incarnation:
                self.happen(event)

        self.world.later(delay_ms, deliver)

    def _carry_out(self, effect: effects.Effect) -> None:
        match effect:  # the most frequent first
            case effects.Send():
                wire = self.links.get(effect.link_id)
                if wire is not None:
                    self.world.send(wire, self, effect.data)
            case effects.Report():
                self.reports.append(effect)
            case effects.Store():
                self._store(effect)
            case effects.Apply():
                self.fold(effect.records)
                self.later(self.world.draw(2), events.Applied(effect.batch_id))
            case effects.Continue():
                self.later(0, events.Continue())
            case effects.Load():
                chunks = tuple(self.disk.chunks.get(effect.document_id, ()))
                self.later(self.world.rng.randint(0, 3), events.Loaded(effect.document_id, chunks))
            case effects.Find():
                run = self.disk.records.get(effect.feed, [])
                text = run[effect.seq - 1].text if 0 < effect.seq <= len(run) else ""
                self.later(self.world.rng.randint(0, 3), events.Found(effect.ticket, text))
            case effects.Close():
                wire = self.links.get(effect.link_id)
                if wire is not None:
                    self.world.cut(wire, effect.reason, told=self)
            case effects.Dial():
                self.world.dial(self, effect.target)
            case _:
                self.on_effect(effect)

    def _store(self, effect: effects.Store) -> None:
        """Batches reach the disk in order; what is under way when the plug is pulled may be lost."""
        self.disk_clear_ms = max(self.disk_clear_ms, self.world.now_ms) + self.world.draw(self.disk_ms)
        incarnation = self.incarnation
        self.under_way.append(effect)

        def synced() -> None:
            if self.incarnation != incarnation:
                return
            self.under_way.popleft()
            if self.disk.full or effect.epoch <= self.bad_epoch or not self._write(effect):
                self.bad_epoch = max(self.bad_epoch, effect.epoch)
                self.happen(events.StoreFailed(effect.batch_id, "disk_full: no space left"))
                return
            self.happen(events.Stored(effect.batch_id))

        self.world.at(self.disk_clear_ms, synced)

    def _write(self, effect: effects.Store) -> bool:
        try:
            self.disk.write(effect)
        except Overwritten as error:
            self.complain(f"{self.label} would have overwritten {error}")
            return False
        return True

    def complain(self, finding: str) -> None:
        """Something is wrong at this moment."""
        self.world.findings.append(finding)

    @property
    def label(self) -> str:
        """What findings call it."""
        return f"till {self.member.till_no}"


class World:
    """All machines, the wires between them, and virtual time."""

    def __init__(self, seed: int, tills: int, *, max_skew_ms: int = 20_000) -> None:
        self.rng = random.Random(seed)
        self.now_ms = 0
        self.away_ms = 0
        """Time that has passed with everything switched off."""
        self.tick_ms = TICK_MS
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._link_ids = itertools.count(1)
        self.cuts: set[frozenset[str]] = set()
        self.max_delay_ms = 5
        self.findings: list[str] = []
        """What was wrong at the moment it happened."""
        self.max_skew_ms = max_skew_ms
        self.machines: list[Machine] = []
        for till_no in range(1, tills + 1):
            self.add(till_no)
        self.authority = f"{1:032x}"

    def add(self, till_no: int, role: str = "till", site: str = "") -> Machine:
        """A new machine; nobody knows of it yet."""
        number = len(self.machines) + 1
        key = bytes([number]) * 32
        member = Member(f"{number:032x}", till_no, f"Till {till_no}", role, site, public_of(key), b"certificate")
        machine = self.machine_of(str(number), member, key, self.rng.randint(-self.max_skew_ms, self.max_skew_ms))
        self.machines.append(machine)
        return machine

    def machine_of(self, address: str, member: Member, key: bytes, skew_ms: int) -> Machine:
        """The machine that a member is; stories have their own kinds."""
        return Machine(self, address, member, key, skew_ms)

    def in_reach(self, one: Machine, other: Machine) -> bool:
        """Whether one knows where the other is and can call it."""
        del one, other
        return True

    def found(self) -> None:
        """Start every machine; the first founds the network and takes the others in."""
        for machine in self.machines:
            machine.start()
        self.enrol_all()

    def enrol_all(self) -> None:
        """The founder journals everyone's membership."""
        founder, *others = self.machines
        entries = [Entry("membership", "network.founded/1", {"name": "simulation", "member": body_of(founder.member)})]
        entries += [Entry("membership", "member.joined/1", body_of(machine.member)) for machine in others]
        founder.happen(events.Append(0, tuple(entries)))

    # --- time ----------------------------------------------------------------

    def at(self, time_ms: int, happening: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (max(time_ms, self.now_ms), next(self._order), happening))

    def later(self, delay_ms: int, happening: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (self.now_ms + delay_ms, next(self._order), happening))

    def draw(self, most: int) -> int:
        """The same as ``rng.randint(0, most)`` would draw, in a third of its time: every message needs one."""
        bits = (most + 1).bit_length()
        drawn = self.rng.getrandbits(bits)
        while drawn > most:
            drawn = self.rng.getrandbits(bits)
        return drawn

    def run(self, duration_ms: int) -> None:
        """Let that much time pass."""
        heap, end = self._heap, self.now_ms + duration_ms
        while heap and heap[0][0] <= end:
            self.now_ms, _order, happening = heapq.heappop(heap)
            happening()
        self.now_ms = end

    def run_until(self, condition: Callable[[], bool], limit_ms: int) -> bool:
        """Let time pass until the condition holds; False if it does not within the limit."""
        end = self.now_ms + limit_ms
        while self.now_ms < end:
            if condition():
                return True
            self.run(TICK_MS)
        return condition()

    # --- wires ---------------------------------------------------------------

    def machine(self, target: str) -> Machine:
        """Who is at the address."""
        return self.machines[int(target) - 1]

    def partition(self, group: Sequence[Machine], *, noticed: bool = False) -> None:
        """No member of the group hears anybody outside it: wires stall, or break for both ends to see."""
        inside = {machine.address for machine in group}
        for one, other in itertools.combinations(self.machines, 2):
            if (one.address in inside) != (other.address in inside):
                self.separate(one, other, noticed=noticed)

    def separate(self, one: Machine, other: Machine, *, noticed: bool = False) -> None:
        self.cuts.add(frozenset((one.address, other.address)))
        for wire in list(one.links.values()):
            if wire.other(one) is other:
                if noticed:
                    self.cut(wire, "cable pulled")
                wire.stalled = dict.fromkeys(wire.stalled, True)

    def heal(self) -> None:
        """All cables are whole again; stalled wires deliver what they held."""
        self.cuts.clear()
        for wire in {id(wire): wire for machine in self.machines for wire in machine.links.values()}.values():
            wire.slow_ms, wire.twice = 0, False
            for sender in wire.ends:
                self.let_go(wire, sender)

    def let_go(self, wire: Wire, sender: Machine) -> None:
        """What the sender says on this wire arrives again, and first what was held back."""
        wire.stalled[sender.address] = False
        held, wire.queued[sender.address] = wire.queued[sender.address], []
        for data in held:
            self.send(wire, sender, data)

    def dial(self, machine: Machine, target: str) -> None:
        other = self.machine(target)
        incarnation = machine.incarnation

        def arrive() -> None:
            if machine.incarnation != incarnation or machine.hub is None:
                return
            if other.hub is None or frozenset((machine.address, other.address)) in self.cuts:
                machine.happen(events.DialFailed(target, "no route"))
                return
            wire = Wire(next(self._link_ids), machine, other)
            machine.links[wire.link_id] = wire
            other.links[wire.link_id] = wire
            other.happen(
                events.Connected(wire.link_id, machine.name, machine.name, b"certificate", member=machine.member)
            )
            machine.happen(
                events.Connected(wire.link_id, other.name, machine.name, b"certificate", target, other.member)
            )

        self.later(self.rng.randint(1, 20), arrive)

    def send(self, wire: Wire, sender: Machine, data: bytes) -> None:
        if not wire.open:
            return
        if wire.stalled[sender.address]:
            wire.queued[sender.address].append(data)
            return
        receiver = wire.other(sender)
        travels_ms = self.draw(self.max_delay_ms) + wire.slow_ms
        arrival = max(wire.clear_ms[sender.address], self.now_ms + travels_ms)
        wire.clear_ms[sender.address] = arrival
        incarnation = receiver.incarnation

        def deliver() -> None:
            if wire.lost or (not wire.open and wire.link_id not in receiver.links):
                return
            if wire.stalled[sender.address]:
                wire.queued[sender.address].append(data)
                return
            for _time in range(1 + wire.twice):
                if receiver.incarnation == incarnation and wire.link_id in receiver.links:
                    receiver.happen(events.Received(wire.link_id, data))

        self.at(arrival, deliver)

    def hang_up(self, wire: Wire, told: Machine, reason: str) -> None:
        """Only one end notices that the connection is dead."""
        wire.lost = True
        incarnation = told.incarnation
        if told.links.pop(wire.link_id, None) is not None:
            self.later(
                self.rng.randint(1, 30),
                lambda: (
                    told.happen(events.Disconnected(wire.link_id, reason)) if told.incarnation == incarnation else None
                ),
            )

    def cut(self, wire: Wire, reason: str, told: Machine | None = None) -> None:
        """The connection ends; both ends notice, the far one a little later."""
        if not wire.open:
            return
        wire.open = False
        for machine in wire.ends:

            def notice(machine: Machine = machine, incarnation: int = machine.incarnation) -> None:
                if machine.links.pop(wire.link_id, None) is not None and machine.incarnation == incarnation:
                    machine.happen(events.Disconnected(wire.link_id, reason))

            if machine is told or machine.hub is None:
                machine.links.pop(wire.link_id, None)
            else:
                self.later(self.rng.randint(1, 30), notice)


def body_of(member: Member) -> dict[str, Any]:
    """As ``member.joined/1`` tells it."""
    return {
        "no": member.till_no,
        "member_id": member.member_id,
        "name": member.name,
        "role": member.role,
        "site": member.site,
        "public_key": member.public_key.hex(),
        "certificate": "",
    }


def document_texts(machine: Machine) -> dict[Feed, list[str]]:
    """What a machine has on disk, by feed."""
    return {feed: [record.text for record in run] for feed, run in machine.disk.records.items()}


__all__ = ["NETWORK_ID", "Disk", "Machine", "World", "document_texts", "records"]
