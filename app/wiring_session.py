"""Wiring's half for a session, wherever its engine runs: nothing here needs the network, so that screens open quickly.

Importing replication takes the engine as long as importing Textual takes the screens; neither needs the other's.
"""

from __future__ import annotations

import asyncio
import logging
import logging.handlers
import os
import time
from functools import partial
from pathlib import Path

import msgspec

from app import config
from app.books.questions.reference import AskReference
from app.books.questions.users import FindUser
from app.config import Settings
from app.device_settings import CardTerminalSettings, DisplaySettings, GateSettings, ScaleSettings
from app.domain.branch import PaperTexts, texts_of
from app.facts.sales import ReceiptCompleted
from app.home import Home
from app.till.commands import ProgramStart
from app.till.completing import TillIdentity
from app.till.customer_lines import CustomerWords, words_for
from app.till.effects import Refuse
from app.till.ports import Books, Engine
from app.till.runner import Runner
from app.till.session import Session
from app.wiring_paper import Opened, Texts, nobody, text_of
from receipts import Wording, wording

_log = logging.getLogger(__name__)

CURRENCY = config.CURRENCY
LOG_BYTES = 1_000_000
LOG_FILES = 3


def wall_ms() -> int:
    """Unix time in milliseconds."""
    return time.time_ns() // 1_000_000


async def runner_of(
    till: TillIdentity,
    engine: Engine,
    books: Books,
    settings: Settings,
    addresses: Opened = nobody,
    home: Path | None = None,
) -> Runner:
    """The session of this till and what runs it; its engine may be in another process. ``home``: where its logo is."""
    open_sale = await engine.kept()
    await engine.settled()
    sequence = await asyncio.to_thread(books.last_receipt_sequence, till.till_no) + 1
    words = wording(settings.till.language)
    named = settings.devices.items()
    till = msgspec.structs.replace(
        till,
        weighs=any(isinstance(each, ScaleSettings) for _name, each in named),
        charges=any(isinstance(each, CardTerminalSettings) for _name, each in named),
        gates=tuple(name for name, each in named if isinstance(each, GateSettings)),
    )
    session = Session(
        till,
        sequence,
        settings.claims.policies(till.currency),
        open_sale,
        unknown_vouchers=settings.claims.unknown_voucher == "allow",
        voucher_name=words.tenders["voucher"],
        words=words_of(words),
    )
    texts = partial(planned_texts, books, till.till_no)
    receipt_text = partial(text_of, settings, addresses, partial(name_of, books), site=till.site, texts=texts)
    # The sale may have been open when this disk was copied, and have ended since.
    made = Runner(
        session,
        engine,
        books,
        wall_ms,
        partial(os.urandom, 32),
        receipt_text=receipt_text,
        receipt_pdf=None if home is None else partial(_pdf, settings, home, addresses, books, till.site, texts),
        doubtful=open_sale is not None,
    )
    started = await made.run(ProgramStart())
    if isinstance(started, Refuse):
        # The till says so itself with the next sale; a start that could not be logged must not keep it closed.
        _log.warning("the program start could not be logged: %s", started.code)
    return made


def _pdf(
    settings: Settings, home: Path, addresses: Opened, books: Books, site: str, texts: Texts, receipt: ReceiptCompleted
) -> bytes:
    from app.wiring_documents import pdf_of

    return pdf_of(settings, home, addresses, partial(name_of, books), receipt, site=site, texts=texts)


def customer_words(settings: Settings) -> CustomerWords:
    """What is said to customers, with the greeting of the first display that has one."""
    greetings = (each.greeting for each in settings.devices.values() if isinstance(each, DisplaySettings))
    return words_for(settings.till.language, next(filter(None, greetings), ()))


def name_of(books: Books, user: str) -> str:
    """The user's name; what is no user's id (the name in the settings) stays as it is."""
    found = books.ask(FindUser(user))
    return found.name if found else user


def planned_texts(books: Books, till_no: int) -> PaperTexts:
    """What the office wants on this till's paper, as the books have it now."""
    return texts_of(books.ask(AskReference()), till_no)


def words_of(words: Wording) -> dict[str, str]:
    """What the session calls lines on receipts, screens and in answers, in the shop's language."""
    said = words.documents
    named = {"discount": words.discount, "paid_in_web_shop": said.paid_in_web_shop}
    return {**said.cases, **named, "decimal_point": words.decimal_point}


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
