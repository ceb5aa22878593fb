"""Who is there and who reaches whom, by the seed; who writes when; and the ledger of what was promised and written."""

from __future__ import annotations

from collections.abc import Sequence

from app.simulation.network.notes import NOTE
from app.simulation.network.till import Stick, Till
from app.simulation.world import NETWORK_ID, Disk, Machine, World, body_of
from replication.core.documents import document_id
from replication.core.membership import AUDIENCE
from replication.core.model import SEGMENT_RECORDS, Entry, Feed, Member, Record

TICK_MS = 250
"""Coarser than a real till's: most of a seed's time would go into ticks in which nothing happens."""
SHELVES = ("shelf/a", "shelf/b")
"""Topics with an audience."""
SHAPES = ("shop", "shop", "shop", "line", "sites", "node")


class Network(World):
    """A world of tills that write notes."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, 0, max_skew_ms=20_000)
        self.tick_ms = TICK_MS
        self.tills: list[Till] = []
        self.shape = self.rng.choice(SHAPES)
        self.written: dict[str, Record] = {}
        """Everything that an honest hub ever asked its disk to write of its own, by hash."""
        self.promised: dict[str, Record] = {}
        """Everything that was answered as durable, by hash."""
        self.issued: dict[tuple[Feed, int], str] = {}
        self.given_up: set[str] = set()
        """Records (hashes) that only one disk had, which an older copy then replaced: no program brings them back."""
        self.sticks: list[Stick] = []
        self.copies: dict[str, Disk] = {}
        """A copy of a member's disk from some time ago."""
        self.claims = {True: 0, False: 0}
        self._shelved: dict[str, Feed] = {}
        self._looked_at = 0
        self.closing = False
        self.faults: dict[str, int] = {}
        self._cast()
        self.founder.trusted = True

    def _cast(self) -> None:
        rng = self.rng
        if self.shape == "sites":
            self.add(1, "centre", "head office")
            for site in ("north", "south"):
                for _till in range(rng.randint(1, 2)):
                    self.add(len(self.tills) + 1, "till", site)
            return
        for number in range(1, rng.randint(2, 4) + 1):
            self.add(number)
        if self.shape == "node":
            self.add(len(self.tills) + 1, "node")

    def machine_of(self, address: str, member: Member, key: bytes, skew_ms: int) -> Till:
        till = Till(self, address, member, key, skew_ms)
        self.tills.append(till)
        return till

    def in_reach(self, one: Machine, other: Machine) -> bool:
        if self.shape == "sites":
            return "centre" in (one.member.role, other.member.role) or one.member.site == other.member.site
        if self.shape == "line":
            return abs(int(one.address) - int(other.address)) == 1
        return True

    @property
    def founder(self) -> Till:
        return self.tills[0]

    @property
    def leader(self) -> Till | None:
        """Who lets in and shuts out now, if it runs."""
        for till in self.tills:
            if till.trusted and till.hub is not None and till.hub.roster.authority == till.name:
                return till
        return None

    @property
    def honest(self) -> list[Till]:
        """Those that must end with the same."""
        return [till for till in self.tills if till.counts]

    # --- life ----------------------------------------------------------------

    def found(self) -> None:
        """The first founds, the others are let in; all begin to write."""
        for till in self.tills:
            till.start()
        self.enrol_all()
        for till in self.tills:
            self.begin(till)

    def read_roll(self) -> None:
        """Who has been let in and shut out, as the authority has it on its disk; newcomers get power."""
        kinds: dict[str, set[str]] = {"member.joined/1": set(), "member.revoked/1": set(), "network.founded/1": set()}
        for till in self.tills:
            for record in till.disk.records.get(Feed(till.name, "membership"), ()) if till.trusted else ():
                if record.kind in kinds:
                    kinds[record.kind].add(record.body.get("member", record.body).get("member_id", ""))
        for till in self.tills:
            till.revoked = till.name in kinds["member.revoked/1"]
            before = till.enrolled
            till.enrolled = till.name in kinds["member.joined/1"] | kinds["network.founded/1"]
            if till.enrolled and not before:
                self.power(till)

    def mend(self) -> None:
        """The world is whole again: cables, disks, power; whoever was to be let in is let in."""
        self.heal()
        self.max_delay_ms = 5
        for till in self.tills:
            till.disk.full = False
            if till.enrolled or till.trusted:
                self.power(till)
        self.run(500)
        self.let_the_rest_in()

    def let_the_rest_in(self) -> None:
        """Those whose joining was lost on the way."""
        self.read_roll()
        missing = [till for till in self.tills if not till.enrolled]
        if not self.founder.disk.membership():
            self.enrol_all()
        elif missing and self.leader is not None:
            self.leader.write([Entry("membership", "member.joined/1", body_of(till.member)) for till in missing])

    def begin(self, till: Till) -> None:
        """The till writes now and then for as long as it runs."""
        if till.member.role != "node":
            self._think(till, till.incarnation)

    def power(self, till: Till) -> None:
        """Switch it on, if it is off."""
        if till.hub is None and not till.in_repair:
            till.start()
            self.begin(till)

    def let_in(self, role: str = "till", site: str = "") -> Till | None:
        """A newcomer in the middle of everything; None if nobody can let it in now."""
        leader = self.leader
        if leader is None:
            return None
        newcomer = self.add(len(self.tills) + 1, role, site)
        assert isinstance(newcomer, Till)
        leader.write([Entry("membership", "member.joined/1", body_of(newcomer.member))])
        return newcomer

    def clone(self, till: Till) -> Till:
        """The same disk in a second machine; both believe to be the one."""
        twin = self.machine_of(str(len(self.machines) + 1), till.member, till.key.private_bytes_raw(), till.skew_ms)
        self.machines.append(twin)
        twin.disk = till.disk.copy()
        twin.enrolled = till.cloned = twin.cloned = True
        return twin

    def _think(self, till: Till, incarnation: int) -> None:
        def act() -> None:
            if till.incarnation != incarnation or self.closing:
                return
            till.write(self._notes(self.rng.choice((1, 1, 1, 3))))
            self._think(till, incarnation)

        pause_ms = self.rng.choice((30, 900, 1_500, 3_000))
        self.later(self.rng.randint(1, pause_ms), act)

    def _notes(self, count: int) -> list[Entry]:
        return [
            Entry(
                self.rng.choice(("master", "circulation", "sales", "sales")),
                NOTE,
                {
                    "key": self.rng.choice("abcd"),
                    "text": str(self.rng.getrandbits(32)),
                    "amount": self.rng.randint(1, 99),
                },
            )
            for _note in range(count)
        ]

    def feed_of(self, document: str) -> Feed | None:
        """Which feed with an audience the document is of; None for all others."""
        if self._looked_at != len(self.tills):
            self._looked_at = len(self.tills)
            feeds = [Feed(till.name, topic) for till in self.tills for topic in SHELVES]
            self._shelved = {document_id(NETWORK_ID, feed, 0): feed for feed in feeds}
        return self._shelved.get(document)

    def authoritative(self) -> list[Record]:
        """What the authorities have said, as far as it is on any disk: the longest run of each."""
        longest: dict[str, list[Record]] = {}
        for till in self.tills:
            for feed, run in till.disk.records.items():
                if feed.topic == "membership" and len(run) > len(longest.get(feed.member, ())):
                    longest[feed.member] = run
        return [record for run in longest.values() for record in run]

    def write_much(self, till: Till) -> None:
        """More than a segment at once."""
        count = SEGMENT_RECORDS + self.rng.randint(-2, 60)
        till.write([Entry("circulation", NOTE, {"key": "e", "text": "", "amount": 1})] * count)

    # --- the ledger ----------------------------------------------------------

    def promise(self, till: Till, records: Sequence[Record]) -> None:
        """The till was told that these are durable."""
        for record in records:
            self.promised[record.hash] = record
            if record.feed.topic == "membership":
                self.read_roll()
            place = (record.feed, record.seq)
            before = self.issued.setdefault(place, record.hash)
            if before != record.hash:
                if before not in self.given_up and not till.cloned:
                    self.findings.append(f"{till.label} issued record {record.seq} of {record.feed} twice")
                self.issued[place] = record.hash


def may_see(feed: Feed, network: Network, till: Till) -> bool:
    """Whether the feed belongs on the till's disk: sales stay at their site, what is assigned goes to its tills, and
    centres and nodes have everything."""
    if feed.member == till.name or till.member.role != "till":
        return True
    if feed.topic in SHELVES:
        return till.member.till_no in assigned(network.authoritative(), feed.topic)[-1]
    if feed.topic != "sales":
        return True
    return any(one.name == feed.member and one.member.site == till.member.site for one in network.tills)


def assigned(membership: Sequence[Record], topic: str) -> list[frozenset[int]]:
    """Every audience that the topic has had, in the order of their times, nobody first."""
    said = [record for record in membership if record.kind == AUDIENCE and record.body["topic"] == topic]
    return [frozenset(), *(frozenset(record.body["tills"]) for record in sorted(said, key=lambda record: record.hlc))]
