"""The only place that picks a clock, a folder, a printer and a network, and joins the parts.

:func:`opened` is the whole of a running till but its session: home lock → identity → store →
books → spool → node → control socket, closed in the reverse order. With ``network=False``
it is the same till for a moment and without a wire, for a command on a home nobody has open.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import logging.handlers
import os
import random
import socket
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Engine as Database

from app import config
from app.books.postgres import BooksUnavailable
from app.books.questions.numbers import HighestOwn
from app.books.reader import BooksReader
from app.books.schema import BooksDamaged, belong_to, open_books
from app.books.writer import BooksWriter
from app.config import Settings
from app.domain.persons import SEED_BYTES, Keys
from app.domain.vat_data import GERMAN_RATES
from app.engine import carrying, documents, practising
from app.engine.beginning import NUMBER_FLOOR, Beginnings
from app.engine.confirming import confirm_alone
from app.engine.control import ControlServer, Operation
from app.engine.documents import Documents
from app.engine.local import OPEN_SALE, Changes, LocalEngine
from app.engine.lock import HomeInUse, HomeLock
from app.engine.members import Members
from app.engine.operations import Operations, Who, table
from app.engine.statements import Notary
from app.engine.vault import Vault
from app.engine.vouching import KEPT as GUESSES
from app.engine.vouching import MISSED, Vouching
from app.facts.codec import write
from app.facts.master import VatRateSet
from app.home import Home
from app.office import every as office
from app.office.desk import Desk
from app.office.door import Door
from app.office.parts import OfficeParts
from app.office.places import books_place
from app.till.completing import TillIdentity
from app.till.ports import JournalRefused
from app.till.runner import Runner
from app.wiring_books import books_of
from app.wiring_devices import witnesses
from app.wiring_documents import said_of
from app.wiring_equipment import equipped
from app.wiring_paper import page_of, profile_of
from app.wiring_session import name_of, planned_texts, runner_of, wall_ms
from replication import enrolment, home_mark
from replication.core.model import Entry, Now, Record
from replication.enrolment import EnrolmentRefused
from replication.identity import Identity, IdentityDamaged, IdentityExists, NoIdentity, found_network
from replication.machine import machine_id
from replication.net.addresses import EVERY_IPV4, EVERYWHERE
from replication.net.carrier import Carrier
from replication.net.websocket import PortInUse
from replication.node import AppendRefused, Node
from replication.store import Store, StoreDamaged, StoreUnavailable

_log = logging.getLogger(__name__)

CURRENCY = config.CURRENCY
FAILURES = (
    config.ConfigError,
    HomeInUse,
    NoIdentity,
    IdentityDamaged,
    IdentityExists,
    EnrolmentRefused,
    StoreDamaged,
    StoreUnavailable,
    BooksDamaged,
    BooksUnavailable,
    PortInUse,
    JournalRefused,
    AppendRefused,
    OSError,
    ValueError,
)
"""Whatever ends a command with one line instead of a traceback."""

Offer = enrolment.Offer
Offers = enrolment.Offers

YOUNG_PER_FULL_COLLECTION = 500
"""How often the middle generation is looked through for garbage before all is. Python's 10 made a full search of every
catch-up, through thousands of records that wait for the books and refer to nothing: up to 30 ms in which nobody is
answered. Garbage that grows old is rare here, and 500 are still some four million objects."""
SWITCH_INTERVAL_S = 0.0001
"""Python's own 5 ms would let the loop keep a disk thread waiting that only wants to begin its fsync."""


@dataclass(frozen=True)
class Parts:
    """A running till, without its session."""

    home: Home
    settings: Settings
    who: Who
    engine: LocalEngine
    node: Node
    books: BooksReader
    operations: dict[str, Operation]
    door: Door
    """Through which whatever is not of this process asks them."""
    control: ControlServer
    books_away: str = ""
    """Why the server of the books could not be reached when the home was opened; empty if it could."""


def now() -> Now:
    """Both clocks, in milliseconds."""
    return Now(time.monotonic_ns() // 1_000_000, wall_ms())


def new_id() -> str:
    """A fresh id: 32 hex digits."""
    return uuid.uuid4().hex


@contextlib.asynccontextmanager
async def opened(
    home: Home,
    settings: Settings,
    *,
    network: bool,
    session_taken: bool = False,
    taken_because: str = "",
    printer: bool = True,
) -> AsyncIterator[Parts]:
    """Open the home and run its till; one of ``FAILURES`` if that cannot be.

    ``session_taken``: screens are refused, with the sentence ``taken_because`` if it is not another screen.
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    async with contextlib.AsyncExitStack() as stack:
        profile_of(settings)  # a slip in the settings is told now, not when the first receipt is due
        stack.enter_context(HomeLock(home))
        identity = Identity.load(home.path)
        store = Store.open(home.store)
        stack.callback(store.close)
        if not home_mark.look(home.path, store, new_id()):
            _log.warning("%s: %s", home.path, home_mark.WHY)
        vault = Vault(home.persons)
        kept_books = stack.enter_context(
            books_of(books_place(home, settings), identity.network_id, store, vault, may_be_late=network)
        )
        books = kept_books.reader
        changes = Changes()
        node = await _started(
            lambda listen: Node(
                identity=identity,
                store=store,
                clock=now,
                rng=random.Random(os.urandom(32)),
                apply=kept_books.apply,
                applied=kept_books.positions,
                books_away=f"the books cannot be written: {kept_books.away}" if kept_books.away else "",
                secrets=vault.secrets,
                machine=machine_id(),
                on_change=changes.announce,
                listen=listen,
                peers=settings.network.peers if network else (),
                discovery=network and settings.network.discovery,
                pass_on=network and settings.network.passes_on,
            ),
            _listen_choices(settings) if network else [None],
        )
        stack.push_async_callback(node.stop)
        if identity.may_enrol(node.roster):
            vault.make(os.urandom(SEED_BYTES))
        who = _who(identity)

        kept = store.kept_all()
        notary = Notary(identity, lambda: node.roster.revoked, lambda: tuple(node.roster.members.values()))
        texts = partial(planned_texts, books, who.till_no)
        equipment = await stack.enter_async_context(
            equipped(
                settings,
                home.paper,
                kept,
                node.keep,
                changes,
                opened=vault.opened,
                named=partial(name_of, books),
                notary=notary,
                texts=texts,
                site=who.site,
                wanted=network and printer,
            )
        )
        spool, devices = equipment.spool, equipment.devices
        beginnings = Beginnings(
            who.member_id,
            kept.get(NUMBER_FLOOR),
            generation=lambda: node.roster.generation(who.member_id),
            membership=store.membership_records,
            heads=store.heads,
            highest=lambda: books.ask(HighestOwn(who.till_no)),
            keep=node.keep,
            wall_ms=wall_ms,
        )
        members = Members(
            identity,
            node,
            lambda: reachable_address(settings.network.listen, node.port) if network else "",
            wall_ms,
            spool,
        )
        engine = LocalEngine(
            node,
            changes,
            refusals=AppendRefused,
            kept=kept,
            spool=spool,
            release=members.slot,
            beginnings=beginnings,
            examine=notary.examine,
            devices=devices,
            charging=equipment.charges,
            assigned=lambda: node.roster.audiences,
            begin=members.begin,
            witnesses=witnesses(settings, devices, kept.get(OPEN_SALE), changes),
        )
        await confirm_alone(engine)
        if identity.may_enrol(node.roster) and not kept_books.away:
            await _first_rates(engine, books)
        desk = Desk(books, store, identity, CURRENCY)
        vouching = Vouching(
            books, kept.get(GUESSES), node.keep, lambda: node.note("login_failed", who.member_id, MISSED, {}, 0)
        )
        operations = table(Operations(engine, desk, spool, who, str(home.path), members, vouching))
        of_office = OfficeParts(engine, desk, members, vouching, store, identity, who, home.path, wall_ms, new_id)
        operations |= (
            practising.operations(equipment.practice)
            | office.operations(of_office)
            | carrying.operations(Carrier(node, store, identity, new_id), engine.settled, node.roster.numbered)
        )
        operations |= documents.operations(
            Documents(
                books,
                notary,
                partial(
                    page_of,
                    settings,
                    vault.opened,
                    partial(name_of, books),
                    site=who.site,
                    seals=notary.sealed,
                    texts=texts,
                ),
                partial(said_of, settings, who.site, texts),
                profile_of(settings).columns,
                engine.settled,
            )
        )
        door = Door(of_office, operations)
        control = ControlServer(
            home,
            operations,
            changes,
            session_taken=session_taken,
            taken_because=taken_because,
            door=door.visitor,
        )
        if network:
            await stack.enter_async_context(office.in_line(of_office, changes))
            await control.start()
            stack.push_async_callback(control.stop)
            await stack.enter_async_context(office.at_work(of_office, operations))
        # What the program itself is made of stays: looking through all of it for garbage held the loop for 60 ms.
        gc.freeze()
        gc.set_threshold(*gc.get_threshold()[:2], YOUNG_PER_FULL_COLLECTION)
        yield Parts(home, settings, who, engine, node, books, operations, door, control, kept_books.away)


async def runner(parts: Parts, settings: Settings) -> Runner:
    """The session of this till and what runs it, with the open sale as it was left."""
    identity = TillIdentity(parts.who.till_no, parts.who.member_id, CURRENCY, settings.till.cashier, parts.who.site)
    opened = Vault(parts.home.persons).opened
    return await runner_of(identity, parts.engine, parts.books, settings, opened, parts.home.path)


async def found(
    home: Home, settings: Settings, name: str, till_no: int, role: str, *, till_name: str = "", site: str = ""
) -> Who:
    """A new network with this home as its first member."""
    home.make()
    with HomeLock(home):
        persons = Keys.fresh(os.urandom(SEED_BYTES)).stored()
        identity = found_network(
            home.path, name, till_no, role, till_name=till_name, site=site, secrets=persons, ids=new_id
        )
    # Opened once, so that founding is journalled and the rates are there before anybody joins.
    async with opened(home, settings, network=False):
        return _who(identity)


async def offers(home: Home, settings: Settings, code: str, peers: Sequence[str] = ()) -> Offers:
    """The network that the code opens, and which of its slots are left to choose from; binds nothing.

    ``EnrolmentRefused`` and ``IdentityExists`` as of :func:`join`.
    """
    known = _known(settings, peers)
    return await enrolment.offers(home.path, code, known, discovery=settings.network.discovery)


async def join(home: Home, settings: Settings, code: str, peers: Sequence[str], no: int = 0) -> Who:
    """Bind this home to slot ``no`` of the code, or to its only or lowest free one; the caller holds the home's lock.

    The till number is in the answer: a home whose earlier try was granted gets what it was given then.
    """
    home.make()
    known = _known(settings, peers)
    identity = await enrolment.join_network(home.path, code, known, no=no, discovery=settings.network.discovery)
    return _who(identity)


def _known(settings: Settings, peers: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*peers, *settings.network.peers)))


def rebuild(
    home: Home, settings: Settings, told: Callable[[int, int], None] = lambda _done, _of: None
) -> tuple[str, str]:
    """Fold the books anew from the feeds: their fingerprint before and after.

    ``told`` hears of each run how many records are done, of how many. Interrupted, the books are as they were.
    """
    with contextlib.ExitStack() as stack:
        stack.enter_context(HomeLock(home))
        identity = Identity.load(home.path)
        store = Store.open(home.store)
        stack.callback(store.close)
        database = _books_or_new(home, books_place(home, settings))
        stack.callback(database.dispose)
        belong_to(database, identity.network_id)
        writer, books = BooksWriter(database), BooksReader(database)
        stack.callback(writer.close)
        # What a crash left between store and books is no difference between old and new books.
        for run in store.records_after(writer.positions()):
            writer.apply(run)
        before = books.fingerprint()
        of = sum(head.seq for head in store.heads().values())
        writer.rebuild(_counted(store.records_after({}), told, of))
        return before, books.fingerprint()


def _counted(runs: Iterable[Sequence[Record]], told: Callable[[int, int], None], of: int) -> Iterator[Record]:
    done = 0
    told(done, of)
    for run in runs:
        yield from run
        done += len(run)
        told(done, of)


def _books_or_new(home: Home, place: Path | str) -> Database:
    try:
        return open_books(place)
    except BooksDamaged:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{home.books}{suffix}").unlink(missing_ok=True)
        return open_books(home.books)


def reachable_address(listen: str, port: int) -> str:
    """Where others reach this till, as ``IPv4:port`` for the enrolment code; empty if unknown."""
    host = config.address(listen)[0] if listen else EVERYWHERE
    if host in (EVERYWHERE, EVERY_IPV4):
        host = _outward_address()
    parts = host.split(".")
    return f"{host}:{port}" if port and len(parts) == 4 and all(part.isdigit() for part in parts) else ""


def _outward_address() -> str:
    """This machine's own address on the way out. Nothing is sent: connecting a datagram socket only asks the routes."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _listen_choices(settings: Settings) -> list[tuple[str, int] | None]:
    if settings.network.listen:
        return [config.address(settings.network.listen)]
    return [(EVERYWHERE, config.DEFAULT_PORT), (EVERYWHERE, 0)]


async def _started(make: Callable[[tuple[str, int] | None], Node], choices: Sequence[tuple[str, int] | None]) -> Node:
    """The node on the first address that is free."""
    for listen in choices[:-1]:
        node = make(listen)
        try:
            await node.start()
        except PortInUse:
            await node.stop()
        else:
            return node
    node = make(choices[-1])
    await node.start()
    return node


async def _first_rates(engine: LocalEngine, books: BooksReader) -> None:
    """A network begins with the VAT rates of its country; from then on they are facts like all others."""
    await engine.settled()
    if books.vat_rate_bp(GERMAN_RATES[0].vat_key, "2026-01-01") is None:
        facts = [VatRateSet(rate.vat_key, rate.valid_from, rate.rate_bp) for rate in GERMAN_RATES]
        await engine.journal([Entry(*write(fact)) for fact in facts])
        await engine.settled()


def _who(identity: Identity) -> Who:
    me = identity.member()
    return Who(me.till_no, me.member_id, me.name, me.site, identity.network_name)
