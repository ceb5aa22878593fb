"""An engine in memory: a whole network of tills without disks, sockets or time.

``FakeEngine`` implements ``app.till.ports.Engine`` on real books (SQLite).
What one till appends reaches every connected till at once; ``connected`` and ``reconnect`` make
partitions. ``make_till`` joins engine, books, session and runner as wiring does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.books.persons import PersonsInMemory
from app.books.questions.customers import ForgottenPersons
from app.books.reader import BooksReader
from app.books.writer import BooksWriter
from app.domain.card import CardAnswer, CardOrder, TerminalDay
from app.domain.claim_policy import ALLOW, REFUSE, Policy
from app.domain.persons import Keys
from app.domain.resource import KINDS, SETTLING
from app.domain.statement import Examined
from app.domain.user import person_id
from app.domain.vat_data import GERMAN_RATES
from app.engine.charging import Charging, Terminal
from app.engine.statements import Notary
from app.facts import codec
from app.facts.base import Fact
from app.facts.circulation import ClaimCoverage
from app.facts.master import ArticleSet, UserSet, VatRateSet
from app.facts.sales import ReceiptCompleted
from app.till.ports import JournalRefused, Readiness, Weight
from app.till.runner import Runner
from app.till.session import Session, TillIdentity
from receipts import ShopHead, page_of, wording
from receipts.page import Symbol
from replication import certificates
from replication.core.model import Feed, Member, Record
from replication.identity import Identity
from tests.app.till.spare_books import Shelf

ARTICLES = (
    ArticleSet("0815", "Vogelfutter 1 kg", 499, "EUR", "2", barcodes=("4006381333931",), article_groups=("Futter",)),
    ArticleSet("17", "Kugelschreiber blau", 89, "EUR", "1", barcodes=("2000000000015", "036000291452")),
    ArticleSet("4711", "Sittichmischung lose", 790, "EUR", "2", unit="kg"),
    ArticleSet("99", "Diverses", 0, "EUR", "1", open_price=True),
)
"""0815: 4.99 reduced; 17: 0.89 general, also by UPC-A; 4711: 7.90 a kilogram; 99: price to be given."""

DAY = "2026-11-21"
NETWORK_ID = "5e" * 16
WALL_MS = 1_795_286_234_567


_shelf = Shelf()


class FakeAnswer(msgspec.Struct, frozen=True):
    """The end of a claim."""

    claim_id: str
    granted: bool
    coverage: ClaimCoverage
    reason: str = ""


Policies = str | Mapping[str, Policy]
POLICIES = {"allow": ALLOW, "refuse": REFUSE}


class FakeNetwork:
    """All tills, what each has written, and who can reach whom."""

    def __init__(self) -> None:
        self.engines: list[FakeEngine] = []
        self.claims: dict[str, str] = {}
        self.keys = Keys.fresh(b"k" * 32)
        """What every till is handed when it joins; each forgets for itself."""
        self.ticks = 0
        self.root_key = Ed25519PrivateKey.from_private_bytes(b"r" * 32)
        self.root = certificates.issue_root(NETWORK_ID, f"{1:032x}", self.root_key)

    def stamp(self) -> str:
        self.ticks += 1
        return f"{self.ticks:016d}-00000"

    def deliver(self, records: Sequence[Record], writer: FakeEngine) -> None:
        for engine in self.engines:
            if engine is writer or (engine.connected and writer.connected):
                engine.receive(records)

    def reconnect(self) -> None:
        """Everyone is connected again, and hears what was missed."""
        for engine in self.engines:
            engine.connected = True
        for engine in self.engines:
            for other in self.engines:
                engine.receive(other.written)

    def close(self) -> None:
        for engine in self.engines:
            engine.close()


def user_set(network: FakeNetwork, user: str, name: str, *more: Any, **fields: Any) -> UserSet:
    """A user's fact with the name sealed as an import seals it."""
    sealed = PersonsInMemory(network.keys).sealed(person_id(user), name, bytes(32))
    assert sealed is not None
    return UserSet(user, sealed, *more, **fields)


class FakeEngine:
    """``app.till.ports.Engine`` in memory. ``refusals`` are raised by the next appends, one each."""

    def __init__(self, network: FakeNetwork, folder: Path, till_no: int, generation: int = 1) -> None:
        self.network = network
        self.till_no = till_no
        self.member_id = f"{generation:016x}{till_no:016x}" if generation > 1 else f"{till_no:032x}"
        self.connected = True
        self.database = _shelf.take()
        self.writer = BooksWriter(self.database)
        self.persons = PersonsInMemory(network.keys)
        self.books = BooksReader(self.database, self.persons)
        self.written: list[Record] = []
        self.printed: list[ReceiptCompleted] = []
        self.documents: list[Fact] = []
        self.refusals: list[JournalRefused] = []
        self.lose_answer = False
        self.claim_answer: FakeAnswer | None = None
        self.claimed: list[str] = []
        self.asked: list[tuple[str, ...]] = []
        self.released: list[str] = []
        self.cancelled = 0
        self.values: dict[str, str] = {}
        """Kept values beside the open sale."""
        self.charging = Charging(None, {}, self._keep_values, refusals=JournalRefused)
        self.charges = False
        self.keeps = True
        """Whether the disk takes the open sale."""
        self.weighs = False
        self.weights: list[Weight] = []
        """What the scale says, one after another."""
        self.weighed: list[tuple[int, int]] = []
        self.listeners: list[Callable[[str], None]] = []
        self.kept_text: str | None = None
        self.gates: tuple[str, ...] = ()
        self.opened: list[str] = []
        self.gate_fault = ""
        self.signed_off = False
        self.ready = Readiness()
        self.lagging = False
        """The books follow the journal only when somebody waits for them (``settled``)."""
        self.unread: list[Record] = []
        self.revoked: set[str] = set()
        """Members (ids) that this till knows to have been shut out."""
        network.engines.append(self)

    async def append(
        self,
        facts: Sequence[Fact],
        *,
        keep: str | None,
        claim_id: str | None = None,
        printed: Fact | None = None,
    ) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        booked = self.charging.booked(facts, keep)
        self.charging.check(self.kept_text, keep, booked)
        self.say(facts)
        self.kept_text = keep
        await self._booked(booked)
        if isinstance(printed, ReceiptCompleted):
            self.printed.append(printed)
        elif printed is not None:
            self.documents.append(printed)
        if self.lose_answer:
            self.lose_answer = False
            raise JournalRefused("engine_gone")

    def say(self, facts: Sequence[Fact]) -> None:
        """Journal facts and let every connected till have them."""
        records = []
        for fact in facts:
            topic, kind, body = codec.write(fact)
            seq = 1 + sum(record.feed.topic == topic for record in (*self.written, *records))
            body = msgspec.json.decode(msgspec.json.encode(body))
            feed = Feed(self.member_id, topic)
            records.append(Record(feed, seq, self.network.stamp(), kind, body, prev="", sig="", hash="", text=""))
        self.written += records
        self.network.deliver(records, self)

    def receive(self, records: Sequence[Record]) -> None:
        self.unread += records
        if not self.lagging:
            self.catch_up()

    def catch_up(self) -> None:
        records, self.unread = self.unread, []
        self.writer.apply(records)
        self.persons.forget(self.books.ask(ForgottenPersons()))
        for listener in self.listeners:
            listener("books")

    async def keep(self, text: str | None) -> None:
        self.kept_text = text
        if not self.keeps:
            return
        await self._booked(self.charging.booked((), text))

    async def _booked(self, values: dict[str, str | None]) -> None:
        await self._keep_values(values)
        self.charging.forget(values)

    async def _keep_values(self, values: dict[str, str | None]) -> None:
        for key, text in values.items():
            if text is None:
                self.values.pop(key, None)
            else:
                self.values[key] = text

    def with_terminal(self, terminal: Terminal) -> None:
        """The engine as it begins: with this card terminal, and what it kept."""
        self.charging = Charging(
            terminal, self.values, self._keep_values, refusals=JournalRefused, announce=self._announce, resolve_s=5.0
        )
        self.charges = True

    def _announce(self, what: str) -> None:
        for listener in self.listeners:
            listener(what)

    async def charge(self, order: CardOrder) -> CardAnswer:
        return await self.charging.charge(order)

    async def cancel_charge(self) -> None:
        self.charging.give_up()

    async def settle_charge(self, charge_id: str, *, charged: bool, by: str) -> CardAnswer:
        return await self.charging.say(charge_id, charged=charged, by=by)

    async def close_terminal(self) -> TerminalDay:
        return await self.charging.end_of_day()

    async def kept(self) -> str | None:
        return self.kept_text

    async def cancel_claims(self) -> None:
        self.cancelled += 1

    async def weigh(self, unit_price_minor: int, tare_g: int) -> Weight:
        self.weighed.append((unit_price_minor, tare_g))
        return self.weights.pop(0)

    async def cancel_weighing(self) -> None:
        self.cancelled += 1

    async def claim(self, *resources: str) -> FakeAnswer:
        self.claimed += resources
        self.asked.append(resources)
        if self.claim_answer is not None:
            return self.claim_answer
        others = [engine for engine in self.network.engines if engine is not self]
        promised = tuple(each.member_id for each in others if each.connected and self.connected)
        missing = tuple(each.member_id for each in others if each.member_id not in promised)
        coverage = ClaimCoverage(complete=not missing, promised=promised, missing=missing)
        claim_id = f"{self.till_no}:{len(self.asked)}"
        if self.connected and any(resource in self.network.claims for resource in resources):
            return FakeAnswer(claim_id, granted=False, coverage=coverage, reason="busy")
        self.network.claims.update(dict.fromkeys(resources, claim_id))
        return FakeAnswer(claim_id, granted=True, coverage=coverage)

    async def release_claim(self, claim_id: str) -> None:
        self.released.append(claim_id)
        for resource, holder in list(self.network.claims.items()):
            if holder == claim_id:
                del self.network.claims[resource]

    @property
    def notary(self) -> Notary:
        """What signs and examines with this till's keys."""
        key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(self.member_id.encode()).digest())
        public_key = certificates.raw_public(key.public_key())
        me = Member(self.member_id, self.till_no, f"Kasse {self.till_no}", "till", "", public_key)
        root, root_key = self.network.root, self.network.root_key
        keys = SimpleNamespace(
            root=root,
            network_id=NETWORK_ID,
            certificate=certificates.issue_member(me, NETWORK_ID, root, root_key),
            private_key=key,
        )
        return Notary(cast("Identity", keys), lambda: self.revoked)

    def slips(self) -> list[str]:
        """What the symbols of all slips say that this till has printed."""
        shop, words, states = ShopHead(()), wording("de"), self.notary.write
        pages = [page_of(each, shop, words, states=states) for each in (*self.printed, *self.documents)]
        blocks = [block for page in pages if page for section in page.sections for block in section.blocks]
        return [block.data for block in blocks if isinstance(block, Symbol) and block.kind == "qr"]

    async def examine(self, text: str) -> Examined:
        return self.notary.examine(text)

    async def open_gate(self, name: str) -> str:
        self.opened.append(name)
        return self.gate_fault

    async def settled(self) -> None:
        if self.unread:
            self.catch_up()

    async def status(self) -> dict[str, Any]:
        others = [each for each in self.network.engines if each is not self and each.connected and self.connected]
        peers = [
            {"member": each.member_id, "till_no": each.till_no, "name": f"Kasse {each.till_no}", "since_ms": 0}
            for each in others
        ]
        members = [
            {"member": each.member_id, "till_no": each.till_no, "name": f"Kasse {each.till_no}"}
            for each in self.network.engines
        ]
        known = {"synced": True, "pending": 0, "members": members, "positions": {}}
        return {"online": bool(peers), "peers": peers, **known}

    async def readiness(self) -> Readiness:
        return self.ready

    async def release_slot(self, no: int, name: str, role: str, site: str) -> str:
        if self.till_no != 1:
            raise JournalRefused("not_authority")
        return f"CODE-{no}-{role}"

    async def sign_off(self) -> None:
        if self.kept_text is not None:
            raise JournalRefused("sale_open")
        self.signed_off = True

    def on_change(self, callback: Callable[[str], None]) -> None:
        self.listeners.append(callback)

    def close(self) -> None:
        self.writer.close()  # its connection is no longer the pool's, which therefore would leave the file open
        _shelf.give_back(self.database)


@dataclass
class FakeClock:
    """A clock that stands still until it is moved."""

    wall_ms: int = WALL_MS
    day: str = DAY
    minute: int = 720

    def __call__(self) -> int:
        return self.wall_ms


@dataclass
class FakeTill:
    """A till at work: its engine and what runs its session."""

    engine: FakeEngine
    runner: Runner
    clock: FakeClock
    policy: Policies = "refuse"

    @property
    def session(self) -> Session:
        return self.runner.session

    @property
    def books(self) -> BooksReader:
        return self.engine.books

    def restarted(self) -> FakeTill:
        """The same till after a crash: only what the engine and the books hold is left."""
        return _till(self.engine, self.clock, self.policy)


def make_till(
    network: FakeNetwork,
    folder: Path,
    till_no: int = 1,
    voucher_policy: Policies = "refuse",
    *,
    stocked: bool = True,
    generation: int = 1,
    weighs: bool = False,
    terminal: Terminal | None = None,
) -> FakeTill:
    """A till of the network; with ``stocked`` the first one brings ``ARTICLES`` and the German VAT rates."""
    folder.mkdir(exist_ok=True)
    engine = FakeEngine(network, folder, till_no, generation)
    engine.weighs = weighs
    if terminal is not None:
        engine.with_terminal(terminal)
    if stocked and len(network.engines) == 1:
        engine.say([VatRateSet(rate.vat_key, rate.valid_from, rate.rate_bp) for rate in GERMAN_RATES])
        engine.say(ARTICLES)
    else:
        for other in network.engines:
            engine.receive(other.written)
    return _till(engine, FakeClock(), voucher_policy)


def policies_of(policies: Policies) -> Mapping[str, Policy]:
    """One rule for every kind (but settling, as settings have it), or what is said for some."""
    return dict.fromkeys(set(KINDS) - {SETTLING}, POLICIES[policies]) if isinstance(policies, str) else policies


def _till(engine: FakeEngine, clock: FakeClock, policy: Policies) -> FakeTill:
    identity = TillIdentity(
        engine.till_no, engine.member_id, "EUR", "anna",
        weighs=engine.weighs, gates=engine.gates, charges=engine.charges,
    )  # fmt: skip
    sequence = engine.books.last_receipt_sequence(engine.till_no) + 1
    session = Session(identity, sequence, policies_of(policy), engine.kept_text)
    draws = iter(range(1_000_000))

    def entropy() -> bytes:
        return f"{engine.till_no}/{sequence}/{next(draws)}".encode().rjust(32, b".")

    runner = Runner(
        session,
        engine,
        engine.books,
        clock,
        entropy,
        receipt_text=lambda receipt: f"Bon {receipt.receipt_no}",
        day=lambda _: clock.day,
        minute=lambda _: clock.minute,
    )
    return FakeTill(engine, runner, clock, policy)
