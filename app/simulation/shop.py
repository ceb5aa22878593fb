"""Shops on the simulated machines: real sessions and real books, and cashiers that a seed drives.

A cashier gives one command after the other, waits for its end, thinks, and goes on. What was
answered is remembered in the *ledger of promises*: whatever a customer was told must be true in
everybody's books at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, create_engine, delete
from sqlalchemy.pool import StaticPool

from app.books.questions.parked import AskParked
from app.books.reader import BooksReader
from app.books.tables.base import metadata
from app.books.writer import BooksWriter
from app.domain.claim_policy import Policy
from app.domain.instant import Moment
from app.facts import codec
from app.facts.circulation import ClaimCoverage
from app.simulation.cashier import Cashier, Pockets
from app.simulation.goods import COUPONS, master_data
from app.simulation.world import Machine, World
from app.till import commands
from app.till import effects as till
from app.till.completing import TillIdentity
from app.till.session import Session
from replication.core import effects, events
from replication.core.model import Entry, Feed, Record

DAY = "2025-11-21"


_spare: list[Engine] = []
"""Emptied books: an engine remembers its compiled statements; compiling them anew costs a third of a story."""


def _empty_books() -> Engine:
    if _spare:
        return _spare.pop()
    engine = create_engine("sqlite://", poolclass=StaticPool)
    metadata.create_all(engine)
    return engine


def _give_back(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    _spare.append(engine)


class Shop:
    """A till: session, books and cashier on a machine."""

    def __init__(self, machine: Machine, world: World, policies: Mapping[str, Policy], pockets: Pockets) -> None:
        self.machine = machine
        self.world = world
        self.policies = policies
        self.pockets = pockets
        self.engine = _empty_books()
        self.writer = BooksWriter(self.engine)
        self.books = BooksReader(self.engine)
        self.session: Session | None = None
        self.told: list[dict[str, Any]] = []
        """Completed receipts as they were answered."""
        self.refused: dict[str, int] = {}
        self.busy = False
        self.claiming: frozenset[str] = frozenset()
        """Resources that it has asked for and has had no answer about yet."""
        self.on_claim: Callable[[Shop], None] = lambda _shop: None
        self._parked: list[str] | None = None
        """As the books said when they last changed: a till that closes looks again and again."""
        self._command: commands.Command | None = None
        self._tickets = 0
        self._asked: dict[int, str] = {}
        machine.fold = self._fold
        machine.unfold = self._open_books
        machine.on_effect = self._on_effect

    # --- books ---------------------------------------------------------------

    def _fold(self, run: Sequence[Record]) -> None:
        self.writer.apply(run)
        self._parked = None

    def _open_books(self) -> dict[Feed, int]:
        return self.writer.positions()

    def lose_books(self) -> None:
        """The books' file did not survive; they are folded anew at the next start."""
        self.close()
        self.engine = _empty_books()
        self.writer = BooksWriter(self.engine)
        self.books = BooksReader(self.engine)
        self._parked = None

    def close(self) -> None:
        """Nobody asks these books any more."""
        _give_back(self.engine)

    # --- life ----------------------------------------------------------------

    def open(self) -> None:
        """Start machine and session; the open sale is there again."""
        self.machine.start()
        self.busy, self._command = False, None
        self._asked.clear()
        number = self.machine.member.till_no
        self.session = Session(
            TillIdentity(number, self.machine.name, "EUR", "sim"),
            self.books.last_receipt_sequence(number) + 1,
            self.policies,
            self.machine.disk.kept.get("open_sale"),
        )

    def crash(self) -> None:
        self.session = None
        self.busy, self.claiming = False, frozenset()
        self.machine.crash()

    @property
    def is_open(self) -> bool:
        return self.machine.hub is not None and self.session is not None

    @property
    def parked(self) -> list[str]:
        """Numbers of the sales that anybody has parked, as this till knows."""
        if self._parked is None:
            self._parked = [sale.park_no for sale in self.books.ask(AskParked())]
        return self._parked

    @property
    def serves_a_customer(self) -> bool:
        """Whether the open sale is somebody's."""
        return self.session is not None and '"customer_no"' in (self.session.kept_text() or "")

    # --- one command ---------------------------------------------------------

    def do(self, command: commands.Command) -> None:
        """Begin a command; it ends when the session replies or refuses."""
        assert self.session is not None
        assert not self.busy
        self.busy, self._command = True, command
        self._step(till.Do(command, self.world.rng.randbytes(32)))

    def _step(self, event: till.Event) -> None:
        session = self.session
        if session is None:
            return
        for effect in session.handle(Moment(self.machine.now().wall_ms, DAY), event):
            self._carry_out(session, effect)

    def _carry_out(self, session: Session, effect: till.Effect) -> None:
        match effect:
            case till.Look():
                self._answer(till.Seen(self.books.ask(effect.question)))
            case till.CheckPin():
                self._answer(till.PinChecked(fits=True))
            case till.HashPin():
                self._answer(till.PinHashed(effect.pin))
            case till.Seal():
                self._answer(
                    till.Sealed(self.books.sealed(effect.person_id, effect.text, self.world.rng.randbytes(32)))
                )
            case till.NameMembers():
                numbers = {each.name: each.member.till_no for each in self.world.machines}
                self._answer(till.MembersNamed({name: (no, f"Kasse {no}") for name, no in numbers.items()}))
            case till.Claim():
                self.claiming = frozenset(effect.resources)
                self.on_claim(self)
                self._ask("claim", lambda ticket: events.ClaimWanted(ticket, effect.resources))
            case till.ReleaseClaim():
                self.machine.happen(events.ClaimReleased(effect.claim_id))
            case till.Append():
                entries = tuple(Entry(*codec.write(fact)) for fact in effect.facts)
                keep = {"open_sale": effect.keep}
                self._ask("append", lambda ticket: events.Append(ticket, entries, keep, effect.claim_id))
            case till.Keep():
                self._ask("keep", lambda ticket: events.Append(ticket, (), {"open_sale": effect.text}))
            case till.Reply():
                self._end(effect.fields)
            case till.Refuse():
                self.refused[effect.code] = self.refused.get(effect.code, 0) + 1
                self.pockets.refused(self._command, effect.code)
                session.reconcile(
                    self.books.last_receipt_sequence(self.machine.member.till_no) + 1,
                    self.machine.disk.kept.get("open_sale"),
                    completed=False,
                )
                self._end({})

    def _answer(self, event: till.Event) -> None:
        incarnation = self.machine.incarnation

        def deliver() -> None:
            if self.machine.incarnation == incarnation:
                self._step(event)

        self.world.later(self.world.rng.randint(0, 1), deliver)

    def _ask(self, what: str, event: Any) -> None:
        self._tickets += 1
        self._asked[self._tickets] = what
        self.machine.happen(event(self._tickets))

    def _on_effect(self, effect: effects.Effect) -> None:
        if isinstance(effect, effects.ClaimProgress):
            return
        ticket = getattr(effect, "ticket", None)
        what = self._asked.pop(ticket, "") if ticket is not None else ""
        match effect:
            case effects.Appended() if what == "append":
                self._answer(till.Journalled())
            case effects.AppendFailed() if what == "append":
                self._answer(till.JournalFailed(effect.code, effect.reason))
            case effects.ClaimDone() if what == "claim":
                self.claiming = frozenset()
                coverage = ClaimCoverage(effect.coverage.complete, effect.coverage.promised, effect.coverage.missing)
                self._answer(till.Claimed(effect.claim_id, effect.granted, coverage, effect.reason))

    def _end(self, fields: dict[str, Any]) -> None:
        self.busy, self._command = False, None
        self.pockets.told(fields)
        if fields.get("receipt_no"):
            self.told.append(fields)


class Market:
    """All shops of a world, and the customers who walk from one to the other."""

    def __init__(self, seed: int, tills: int, policies: Mapping[str, Policy]) -> None:
        self.world = World(seed, tills)
        self.rng = self.world.rng
        self.pockets = Pockets(COUPONS)
        self.policies = policies
        self.shops = [Shop(machine, self.world, policies, self.pockets) for machine in self.world.machines]
        self.cashier = Cashier(self.rng, self.pockets)
        self.closing = False
        self.untroubled = False
        """Nothing goes wrong in this story, so nothing may be overdrawn either."""
        self.contended = 0
        """How often a till asked for what another was just asking for."""
        for shop in self.shops:
            shop.on_claim = self._count_contended

    def found(self) -> None:
        """Found the network, set the master data, and open every till."""
        for shop in self.shops:
            shop.open()
        self.world.enrol_all()
        founder = self.shops[0].machine
        founder.happen(events.Append(0, tuple(Entry(*codec.write(fact)) for fact in master_data())))
        for shop in self.shops:
            self._think(shop, shop.machine.incarnation)

    def close(self) -> None:
        """The story is told."""
        for shop in self.shops:
            shop.close()

    def reopen(self, shop: Shop) -> None:
        """Power is back."""
        shop.open()
        self._think(shop, shop.machine.incarnation)

    def _count_contended(self, shop: Shop) -> None:
        self.contended += any(other is not shop and other.claiming & shop.claiming for other in self.shops)

    def _think(self, shop: Shop, incarnation: int) -> None:
        def act() -> None:
            if shop.machine.incarnation != incarnation:
                return
            if not shop.busy and shop.session is not None:
                view = shop.session.view()
                if not self.closing:
                    shop.do(self.cashier.next(view, customer=shop.serves_a_customer))
                elif shop.session.sale_id or shop.parked:
                    shop.do(self.cashier.last_orders(view, shop.parked))
            self._think(shop, incarnation)

        hammering = self.cashier.hammering
        self.world.later(self.rng.randint(1, 40) if hammering else self.rng.randint(20, 400), act)
