"""Z reports out of the books as files for the accounting: each is held against what was printed before it goes in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from app.books.questions.accounting import AskPosted, ListZNumbers, PostedPeriod
from app.books.questions.reference import AskReference
from app.books.reader import BooksReader
from app.domain.account import Account, Accounting, Chart, year_of
from app.domain.money import format_minor
from app.domain.reference import Reference
from app.domain.tender import ExchangeRate, home_of, rate_of
from app.engine.control import Refused
from app.office.interfaces import datev_batch, datev_cash_book
from app.office.interfaces.booking import Booked, booked, differences
from app.text import day, local, mark
from app.text import gettext as _

FORMATS = ("datev", "cash-book")
Z_MAX = 50_000
SHOWN = 5
"""So many differences or missing accounts are named; more would not be read."""
Far = Callable[[int, int], None]


class AccountingFile(NamedTuple):
    """A file and what is in it. ``cash_minor``: what all drawers have more than before."""

    name: str
    content: bytes
    z_reports: int
    bookings: int
    gross_minor: int
    cash_minor: int
    currency: str


def accounting_file(
    books: BooksReader,
    what: str,
    from_day: str,
    until_day: str,
    made_at: datetime,
    tills: Sequence[int] = (),
    far: Far = lambda _done, _of: None,
) -> AccountingFile:
    """The Z reports of business days (ISO, inclusive) in one of ``FORMATS``; ``Refused`` says what is in the way."""
    if from_day > until_day:
        raise Refused("period_bad", _("the period ends before it begins"))
    known = books.ask(AskReference())
    settings = next(iter(known.all(Accounting).values()), None)
    if settings is None:
        raise Refused(
            "no_accounting",
            _("nothing is known of the accounting: `tillmesh accounting propose` writes a file to correct and import"),
        )
    if until_day >= year_of(from_day, settings.year_begins)[1]:
        raise Refused("two_years", _("the period lies in two business years; make a file for each"))
    numbers = books.ask(ListZNumbers(from_day, until_day, tuple(tills), Z_MAX + 1))
    if not numbers:
        raise Refused("nothing_closed", _("no Z report is of these days; there is nothing to hand over"))
    if len(numbers) > Z_MAX:
        sentence = _("more than {most} Z reports are too many for a file; choose fewer days or tills")
        raise Refused("too_many", sentence.format(most=Z_MAX))
    chart = Chart(known.all(Account))
    done: list[Booked] = []
    for place, (till_no, z_no) in enumerate(numbers):
        far(place, len(numbers))
        posted = books.ask(AskPosted(till_no, z_no))
        assert posted is not None, "it was listed"
        _check_whole(posted)
        done.append(booked(posted, chart, settings.clearing, _at_home(posted, known)))
    return _written(what, done, settings, (from_day, until_day), made_at)


def _written(
    what: str, done: Sequence[Booked], settings: Accounting, days: tuple[str, str], made_at: datetime
) -> AccountingFile:
    missing = sorted({name for each in done for name in each.missing})
    if missing:
        named = ", ".join(missing[:SHOWN]) + (" …" if len(missing) > SHOWN else "")
        sentence = _("there is no account for {missing}; add it to the settings (account) and try again")
        raise Refused("no_account", sentence.format(missing=named))
    bookings = [booking for each in done for booking in each.bookings]
    currency = done[0].printed.figures.currency
    span = f"{days[0]}_{days[1]}"
    if what == "datev":
        if len(bookings) > datev_batch.MAX_BOOKINGS:
            sentence = _("{count} bookings are too many for a file ({most}); choose fewer days or tills")
            raise Refused("too_many", sentence.format(count=len(bookings), most=datev_batch.MAX_BOOKINGS))
        name = f"EXTF_Buchungsstapel_{span}.csv"
        content = datev_batch.batch(bookings, settings, currency, *days, made_at)
    else:
        if currency != datev_cash_book.CURRENCY:
            raise Refused("not_in_euro", _("DATEV's cash book takes euros only; these reports are in another currency"))
        name, content = f"Kassenbuch_{span}.csv", datev_cash_book.cash_book(bookings)
        if len(content) > datev_cash_book.MAX_BYTES:
            raise Refused("too_many", _("the file would be larger than 6 MB; choose fewer days or tills"))
    gross = sum(each.printed.figures.gross_minor for each in done)
    return AccountingFile(
        name, content, len(done), len(bookings), gross, sum(each.cash_minor for each in done), currency
    )


_WHAT = {
    "gross": mark("gross"), "business_case": mark("Business case"), "tender": mark("Tender"),
    "movement": mark("Movement"),
}  # fmt: skip


def _said(what: str) -> str:
    """What of a Z report differs (``booking.differences``), in words."""
    name, _blank, key = what.partition(" ")
    return f"{_(_WHAT[name])} {key}".rstrip()


def _check_whole(posted: PostedPeriod) -> None:
    """``Refused`` unless the books have what was printed."""
    found = differences(posted)
    if not found:
        return
    currency = posted.printed.figures.currency
    what, printed, books = found[0]
    raise Refused(
        "not_whole",
        _(
            "Z report {z_no} of till {till_no} says {printed} ({what}), but {books} is known here: "
            "let that till sync, then try again; if it has, `tillmesh audit` says more"
        ).format(
            z_no=posted.printed.z_no,
            till_no=posted.printed.till_no,
            what=_said(what),
            printed=local(format_minor(printed, currency)),
            books=local(format_minor(books, currency)),
        ),
    )


def _at_home(posted: PostedPeriod, known: Reference) -> dict[str, int]:
    """What foreign cash that was moved is worth at home, by its place."""
    home = posted.printed.figures.currency
    rates = tuple(known.all(ExchangeRate).values())
    worth = {}
    for place, moved in enumerate(posted.movements):
        if moved.currency == home:
            continue
        rate = rate_of(rates, moved.currency, posted.printed.business_day)
        if rate is None:
            sentence = _("there is no exchange rate for {currency} on {day}; set one and try again")
            raise Refused("no_rate", sentence.format(currency=moved.currency, day=day(posted.printed.business_day)))
        worth[str(place)] = home_of(moved.amount_minor, rate.rate, moved.currency, home)
    return worth
