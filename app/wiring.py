"""The only place that picks a clock, a folder, a printer and a network, and joins the parts.

:func:`opened` is the whole of a running till but its session: home lock → identity → store →
books → spool → node → control socket, closed in the reverse order. With ``network=False``
it is the same till for a moment and without a wire, for a command on a home nobody has open.
"""

from __future__ import annotations

import asyncio
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
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Engine as Database

from app import config
from app.books.questions.numbers import HighestOwn
from app.books.questions.users import FindUser
from app.books.reader import BooksReader
from app.books.schema import BooksDamaged, open_books
from app.books.writer import BooksWriter
from app.config import Settings
from app.domain.persons import SEED_BYTES, Keys
from app.domain.vat_data import GERMAN_RATES
from app.engine import carrying
from app.engine.beginning import NUMBER_FLOOR, Beginnings
from app.engine.confirming import confirm_alone
from app.engine.control import ControlServer, Operation
from app.engine.forgetting import Forgetting
from app.engine.local import Changes, LocalEngine
from app.engine.lock import HomeInUse, HomeLock
from app.engine.members import Members
from app.engine.operations import Operations, Who, table
from app.engine.vault import Vault
from app.facts.codec import write
from app.facts.master import VatRateSet
from app.home import Home
from app.office.desk import Desk
from app.till.commands import ProgramStart
from app.till.completing import TillIdentity
from app.till.effects import Refuse
from app.till.ports import Books, Engine, JournalRefused
from app.till.runner import Runner
from app.till.session import Session
from app.wiring_printer import Opened, nobody, printing, profile_of, text_of
from receipts import Wording, wording
from replication.core.model import Entry, Now
from replication.enrolment import EnrolmentRefused, join_network
from replication.identity import Identity, IdentityDamaged, IdentityExists, NoIdentity, found_network
from replication.machine import machine_id
from replication.net.addresses import EVERY_IPV4, EVERYWHERE
from replication.net.carrier import Carrier
from replication.net.websocket import PortInUse
from replication.node import AppendRefused, Node
from replication.store import Store, StoreDamaged, StoreUnavailable

_log = logging.getLogger(__name__)

CURRENCY = "EUR"
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
    PortInUse,
    JournalRefused,
    AppendRefused,
    OSError,
    ValueError,
)
"""Whatever ends a command with one line instead of a traceback."""

YOUNG_PER_FULL_COLLECTION = 500
"""How often the middle generation is looked through for garbage before all is. Python's 10 made a full search of every
catch-up, through thousands of records that wait for the books and refer to nothing: up to 30 ms in which nobody is
answered. Garbage that grows old is rare here, and 500 are still some four million objects."""
SWITCH_INTERVAL_S = 0.0001
"""Python's own 5 ms would let the loop keep a disk thread waiting that only wants to begin its fsync."""
LOG_BYTES = 1_000_000
LOG_FILES = 3


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
    control: ControlServer


def now() -> Now:
    """Both clocks, in milliseconds."""
    return Now(time.monotonic_ns() // 1_000_000, wall_ms())


def wall_ms() -> int:
    """Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


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
        database = open_books(home.books)
        stack.callback(database.dispose)
        vault = Vault(home.persons)
        writer, books = BooksWriter(database), BooksReader(database, vault)
        forgetting = Forgetting(writer, books, vault)
        forgetting.catch_up()
        changes = Changes()
        node = await _started(
            lambda listen: Node(
                identity=identity,
                store=store,
                clock=now,
                rng=random.Random(os.urandom(32)),
                apply=forgetting.apply,
                applied=writer.positions(),
                secrets=vault.secrets,
                machine=machine_id(),
                on_change=changes.announce,
                listen=listen,
                peers=settings.network.peers if network else (),
                discovery=network and settings.network.discovery,
            ),
            _listen_choices(settings) if network else [None],
        )
        stack.push_async_callback(node.stop)
        if identity.may_enrol(node.roster):
            vault.make(os.urandom(SEED_BYTES))
        who = _who(identity)

        kept = store.kept_all()
        spool = None
        if network and printer:
            spool = await stack.enter_async_context(
                printing(
                    settings,
                    home.paper,
                    kept,
                    partial(_keep, node),
                    partial(changes.announce, "status"),
                    vault.opened,
                    partial(name_of, books),
                )
            )
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
            node, changes, refusals=AppendRefused, kept=kept, spool=spool, release=members.slot, beginnings=beginnings
        )
        await confirm_alone(engine)
        await _first_rates(engine, identity.may_enrol(node.roster), books)
        desk = Desk(books, store, identity, CURRENCY)
        operations = table(Operations(engine, desk, spool, who, str(home.path), members))
        operations |= carrying.operations(Carrier(node, store, identity, new_id), engine.settled)
        control = ControlServer(home, operations, changes, session_taken=session_taken, taken_because=taken_because)
        if network:
            await control.start()
            stack.push_async_callback(control.stop)
        # What the program itself is made of stays: looking through all of it for garbage held the loop for 60 ms.
        gc.freeze()
        gc.set_threshold(*gc.get_threshold()[:2], YOUNG_PER_FULL_COLLECTION)
        yield Parts(home, settings, who, engine, node, books, operations, control)


async def runner(parts: Parts, settings: Settings) -> Runner:
    """The session of this till and what runs it, with the open sale as it was left."""
    identity = TillIdentity(parts.who.till_no, parts.who.member_id, CURRENCY, settings.till.cashier)
    return await runner_of(identity, parts.engine, parts.books, settings, Vault(parts.home.persons).opened)


async def runner_of(
    till: TillIdentity, engine: Engine, books: Books, settings: Settings, addresses: Opened = nobody
) -> Runner:
    """The session of this till and what runs it; its engine may be in another process."""
    await engine.settled()
    open_sale = await engine.kept()
    sequence = await asyncio.to_thread(books.last_receipt_sequence, till.till_no) + 1
    words = wording(settings.till.language)
    session = Session(
        till,
        sequence,
        settings.claims.policies(),
        open_sale,
        voucher_name=words.tenders["voucher"],
        words=words_of(words),
    )
    receipt_text = partial(text_of, settings, addresses, partial(name_of, books))
    # The sale may have been open when this disk was copied, and have ended since.
    made = Runner(
        session,
        engine,
        books,
        wall_ms,
        partial(os.urandom, 32),
        receipt_text=receipt_text,
        doubtful=open_sale is not None,
    )
    started = await made.run(ProgramStart())
    if isinstance(started, Refuse):
        # The till says so itself with the next sale; a start that could not be logged must not keep it closed.
        _log.warning("the program start could not be logged: %s", started.code)
    return made


def name_of(books: Books, user: str) -> str:
    """The user's name; what is no user's id (the name in the settings) stays as it is."""
    found = books.ask(FindUser(user))
    return found.name if found else user


def words_of(words: Wording) -> dict[str, str]:
    """What the session calls lines on receipts, screens and in answers, in the shop's language."""
    said = words.documents
    named = {"discount": words.discount, "paid_in_web_shop": said.paid_in_web_shop}
    return {**said.cases, **named, "decimal_point": words.decimal_point}


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


async def join(home: Home, settings: Settings, code: str, peers: Sequence[str]) -> Who:
    """Bind this home to the slot of the code; the caller holds the home's lock."""
    home.make()
    known = tuple(dict.fromkeys((*peers, *settings.network.peers)))
    identity = await join_network(home.path, code, known, discovery=settings.network.discovery)
    return _who(identity)


def rebuild(home: Home) -> tuple[str, str]:
    """Fold the books anew from the feeds: their fingerprint before and after."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(HomeLock(home))
        Identity.load(home.path)
        store = Store.open(home.store)
        stack.callback(store.close)
        database = _books_or_new(home)
        stack.callback(database.dispose)
        writer, books = BooksWriter(database), BooksReader(database)
        # What a crash left between store and books is no difference between old and new books.
        for run in store.records_after(writer.positions()):
            writer.apply(run)
        before = books.fingerprint()
        writer.rebuild(record for run in store.records_after({}) for record in run)
        return before, books.fingerprint()


def _books_or_new(home: Home) -> Database:
    try:
        return open_books(home.books)
    except BooksDamaged:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{home.books}{suffix}").unlink(missing_ok=True)
        return open_books(home.books)


def log_to(home: Home) -> None:
    """What goes wrong is written to the home's log, for people; nothing of it goes to the screen."""
    home.make()
    handler = logging.handlers.RotatingFileHandler(home.log, maxBytes=LOG_BYTES, backupCount=LOG_FILES, delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    # A log that cannot be written (a full disk) must not print tracebacks: on a screen, or into a pipe nobody reads.
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


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


async def _keep(node: Node, values: dict[str, str | None]) -> None:
    """Kept values for the spool, to which a disk that refuses is an ``OSError`` like any other."""
    try:
        await node.keep(values)
    except AppendRefused as error:
        raise OSError(error.reason) from error


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


async def _first_rates(engine: LocalEngine, authority: bool, books: BooksReader) -> None:
    """A network begins with the VAT rates of its country; from then on they are facts like all others."""
    if not authority:
        return
    await engine.settled()
    if books.vat_rate_bp(GERMAN_RATES[0].vat_key, "2026-01-01") is None:
        facts = [VatRateSet(rate.vat_key, rate.valid_from, rate.rate_bp) for rate in GERMAN_RATES]
        await engine.journal([Entry(*write(fact)) for fact in facts])
        await engine.settled()


def _who(identity: Identity) -> Who:
    me = identity.member()
    return Who(me.till_no, me.member_id, me.name, me.site, identity.network_name)
