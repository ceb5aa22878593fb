"""The rows that the rules want, out of the books: what cannot be a finding stays in the database.

Every statement says the same on SQLite and PostgreSQL. Rows come ``ROWS_AT_ONCE`` at a time, so that a million
receipts take no more memory than a thousand. Sums and products are made of ``NUMERIC``: a fact may hold numbers whose
product no integer column holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Numeric, Select, and_, case, cast, func, or_, select
from sqlalchemy.sql.expression import literal

from app.books.queries.receipts import counted
from app.books.tables.articles import articles
from app.books.tables.audit import audit_log
from app.books.tables.base import passed_over as passed_over_table
from app.books.tables.cash import cash_counts, cash_movements
from app.books.tables.numbers import assigned_ranges, document_numbers
from app.books.tables.periods import z_reports
from app.books.tables.receipts import aborted_sales, receipt_lines, receipts
from app.domain.business_case import GOODS, SALE
from app.facts.sales import CountedCash, ReceiptCompleted
from app.office.audit.finding import Asked
from app.office.audit.rules.after_z import Late
from app.office.audit.rules.below_cost import Sold
from app.office.audit.rules.cash_difference import Difference
from app.office.audit.rules.clock_jump import Timed
from app.office.audit.rules.number_double import Given
from app.office.audit.rules.number_gap import Jump, Ranges
from app.office.audit.rules.price_changed import MANUAL, Booked
from app.office.audit.rules.return_without_receipt import Back
from app.office.audit.rules.voids import LINES, RECEIPTS, SALES, Voided
from app.office.audit.rules.z_sums import Closed

ROWS_AT_ONCE = 1_000
OWN_NUMBERS = ("invoice", "delivery_note", "training", "z_report")
"""Kinds whose numbers only tills give out, one after the other; customers and orders may bring theirs along."""

_receipt = msgspec.json.Decoder(ReceiptCompleted)
_drawers = msgspec.json.Decoder(tuple[CountedCash, ...])


def rows(connection: Connection, statement: Select[Any] | Any) -> Iterator[Any]:
    """The statement's rows, so many in memory."""
    return iter(connection.execution_options(yield_per=ROWS_AT_ONCE).execute(statement))


def _asked(table: Any, asked: Asked) -> ColumnElement[bool]:
    """Of the days and tills that are asked for; the table has ``business_day`` and ``till_no``."""
    wanted: list[ColumnElement[bool]] = [literal(value=True)]
    if asked.since:
        wanted.append(table.c.business_day >= asked.since)
    if asked.until:
        wanted.append(table.c.business_day <= asked.until)
    if asked.tills:
        wanted.append(table.c.till_no.in_(sorted(asked.tills)))
    return and_(*wanted)


# -- numbers -------------------------------------------------------------------------------------


def jumps(connection: Connection, asked: Asked) -> Iterator[Jump]:
    """Numbers of receipts, other documents and Z reports that do not follow the one before."""
    before = func.lag(receipts.c.sequence).over(partition_by=receipts.c.prefix, order_by=receipts.c.sequence)
    # Of the index alone; what else is wanted of a receipt is looked up only for the few that do not follow.
    ordered = select(receipts.c.prefix, receipts.c.sequence, before.label("before")).subquery()
    same = and_(receipts.c.prefix == ordered.c.prefix, receipts.c.sequence == ordered.c.sequence)
    found = (
        select(ordered, receipts.c.receipt_no, receipts.c.till_no, receipts.c.member_id, receipts.c.finished_at)
        .join(receipts, same)
        .where(_skips(ordered), _asked(receipts, asked))
        .order_by(ordered.c.prefix, ordered.c.sequence)
    )
    for row in rows(connection, found):
        yield Jump("receipt", row.prefix, row.before, row.sequence, row.receipt_no, row.till_no, row[5], row[6])
    yield from _document_jumps(connection)
    yield from _z_jumps(connection, asked)


def _skips(ordered: Any) -> ColumnElement[bool]:
    return or_(and_(ordered.c.before.is_(None), ordered.c.sequence > 1), ordered.c.sequence > ordered.c.before + 1)


def _document_jumps(connection: Connection) -> Iterator[Jump]:
    kind, prefix, sequence, member = document_numbers.c
    before = func.lag(sequence).over(partition_by=(kind, prefix), order_by=sequence).label("before")
    ordered = select(kind, prefix, sequence, member, before).where(kind.in_(OWN_NUMBERS)).subquery()
    found = select(ordered).where(_skips(ordered)).order_by(ordered.c.kind, ordered.c.prefix, ordered.c.sequence)
    for row in rows(connection, found):
        number = f"{row.prefix}{row.sequence:06d}"
        yield Jump(row.kind, row.prefix, row.before, row.sequence, number, _till_of(row.prefix), row.member_id, "")


def _z_jumps(connection: Connection, asked: Asked) -> Iterator[Jump]:
    till, number = z_reports.c.till_no, z_reports.c.z_no
    before = func.lag(number).over(partition_by=till, order_by=number).label("before")
    ordered = select(till, number.label("sequence"), z_reports.c.member_id, z_reports.c.closed_at, before)
    whole = ordered.add_columns(z_reports.c.business_day).subquery()
    found = select(whole).where(_skips(whole), _asked(whole, asked)).order_by(whole.c.till_no, whole.c.sequence)
    for row in rows(connection, found):
        prefix = f"{row.till_no}/Z"
        number_text = f"{prefix}{row.sequence}"
        yield Jump("z_no", prefix, row.before, row.sequence, number_text, row.till_no, row.member_id, row.closed_at)


def _till_of(prefix: str) -> int:
    """Whose own numbers these are (``I3-``); 0 for an assigned range."""
    digits = prefix[1:-1]
    return int(digits) if prefix.endswith("-") and digits.isascii() and digits.isdigit() else 0


def ranges(connection: Connection) -> Ranges:
    """Every range that was ever assigned, by kind and prefix."""
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    columns = (assigned_ranges.c.kind, assigned_ranges.c.prefix, assigned_ranges.c.start, assigned_ranges.c.end)
    for kind, prefix, start, end in connection.execute(select(*columns)):
        found.setdefault((kind, prefix), []).append((start, end))
    return found


def doubled(connection: Connection) -> Iterator[Given]:
    """Numbers that two members gave out, the same ones next to each other."""
    same = (receipts.c.prefix, receipts.c.sequence)
    twice = select(*same).group_by(*same).having(func.count() > 1).subquery()
    found = (
        select(receipts.c.receipt_no, receipts.c.till_no, receipts.c.member_id, receipts.c.finished_at)
        .join(twice, and_(receipts.c.prefix == twice.c.prefix, receipts.c.sequence == twice.c.sequence))
        .order_by(receipts.c.prefix, receipts.c.sequence, receipts.c.stamp)
    )
    for row in rows(connection, found):
        yield Given("receipt", row.receipt_no, row.till_no, row.member_id, row.finished_at)
    key = (document_numbers.c.kind, document_numbers.c.prefix, document_numbers.c.sequence)
    several = select(*key).where(key[0].in_(OWN_NUMBERS)).group_by(*key).having(func.count() > 1).subquery()
    join = and_(*(column == several.c[column.name] for column in key))
    documents = select(document_numbers).join(several, join).order_by(*key, document_numbers.c.member_id)
    for row in rows(connection, documents):
        yield Given(row.kind, f"{row.prefix}{row.sequence:06d}", _till_of(row.prefix), row.member_id, "")
    z_key = (z_reports.c.till_no, z_reports.c.z_no)
    closed = select(*z_key).group_by(*z_key).having(func.count() > 1).subquery()
    z_join = and_(z_reports.c.till_no == closed.c.till_no, z_reports.c.z_no == closed.c.z_no)
    columns = (*z_key, z_reports.c.member_id, z_reports.c.closed_at)
    for row in rows(connection, select(*columns).join(closed, z_join).order_by(*z_key, z_reports.c.stamp)):
        yield Given("z_no", f"{row.till_no}/Z{row.z_no}", row.till_no, row.member_id, row.closed_at)


# -- periods and drawers -------------------------------------------------------------------------


def late(connection: Connection, asked: Asked) -> Iterator[Late]:
    """Receipts and movements of cash that came after the Z report which they belong to."""
    first = (
        select(z_reports.c.till_no, z_reports.c.z_no, func.min(z_reports.c.stamp).label("stamp"))
        .add_columns(func.min(z_reports.c.closed_at).label("closed_at"))
        .group_by(z_reports.c.till_no, z_reports.c.z_no)
        .subquery()
    )
    for table, number, movement, at, amount in (
        (receipts, receipts.c.receipt_no, literal(""), receipts.c.finished_at, receipts.c.total_minor),
        (
            cash_movements,
            cash_movements.c.movement_id,
            cash_movements.c.movement,
            cash_movements.c.moved_at,
            cash_movements.c.amount_minor,
        ),
    ):
        own = and_(first.c.till_no == table.c.till_no, first.c.z_no == table.c.z_no)
        found = (
            select(number, movement, table.c.till_no, table.c.member_id, table.c.z_no)
            .add_columns(first.c.closed_at, at, amount, table.c.currency)
            .join_from(table, first, own)
            .where(table.c.stamp > first.c.stamp, _asked(table, asked))
            .order_by(table.c.stamp)
        )
        for row in rows(connection, found):
            yield Late(*row)


def closed(connection: Connection, asked: Asked) -> Iterator[Closed]:
    """Z reports that say something else than the receipts with their number."""
    sums = (
        select(receipts.c.till_no, receipts.c.z_no, receipts.c.currency)
        .add_columns(func.count().label("known"), func.sum(cast(receipts.c.total_minor, Numeric)).label("gross"))
        .where(counted)
        .group_by(receipts.c.till_no, receipts.c.z_no, receipts.c.currency)
        .subquery()
    )
    own = and_(*(z_reports.c[name] == sums.c[name] for name in ("till_no", "z_no", "currency")))
    known, gross = func.coalesce(sums.c.known, 0), func.coalesce(sums.c.gross, 0)
    head = (z_reports.c.till_no, z_reports.c.z_no, z_reports.c.member_id, z_reports.c.closed_at, z_reports.c.currency)
    found = (
        select(*head, z_reports.c.receipts, z_reports.c.gross_minor, known, gross)
        .outerjoin_from(z_reports, sums, own)
        .where(or_(z_reports.c.receipts != known, z_reports.c.gross_minor != gross), _asked(z_reports, asked))
        .order_by(z_reports.c.till_no, z_reports.c.z_no)
    )
    for row in rows(connection, found):
        till_no, z_no, member_id, at, currency, count, gross_minor, known_count, known_gross = row
        amounts = (count, gross_minor, int(known_count), int(known_gross))
        yield Closed(till_no, z_no, member_id, at, currency, *amounts)


def differences(connection: Connection, asked: Asked) -> Iterator[Difference]:
    """What was booked as a difference, and what a count between reports has found."""
    moved = cash_movements.c
    booked = (
        select(moved.till_no, moved.z_no, moved.member_id, moved.moved_at, moved.cashier, moved.currency)
        .add_columns(moved.amount_minor)
        .where(moved.movement == "difference", moved.amount_minor != 0, _asked(cash_movements, asked))
        .order_by(moved.stamp)
    )
    for row in rows(connection, booked):
        till_no, z_no, member_id, at, cashier, currency, amount = row
        yield Difference(till_no, z_no, member_id, at, cashier, currency, amount, booked=True)
    counts = select(cash_counts).where(_asked(cash_counts, asked)).order_by(cash_counts.c.stamp)
    for row in rows(connection, counts):
        for drawer in _drawers.decode(row.drawers):
            if drawer.difference_minor:
                head = (row.till_no, row.z_no, row.member_id, row.counted_at, row.cashier)
                yield Difference(*head, drawer.currency, drawer.difference_minor, booked=False)


# -- lines and prices ----------------------------------------------------------------------------

_HEAD = (
    receipts.c.receipt_no,
    receipts.c.member_id,
    receipts.c.till_no,
    receipts.c.finished_at,
    receipts.c.cashier,
    receipts.c.currency,
    receipt_lines.c.row,
)
_OF_RECEIPT = and_(
    receipt_lines.c.receipt_no == receipts.c.receipt_no, receipt_lines.c.member_id == receipts.c.member_id
)


def below_cost(connection: Connection, asked: Asked) -> Iterator[Sold]:
    """Lines of goods that went for less than the article's purchase price, by and large; the rule reckons exactly."""
    line, article = receipt_lines.c, articles.c
    net = cast(line.gross_minor, Numeric) * 10_000 * 1_000
    cost = cast(article.purchase_price_minor, Numeric) * line.quantity_milli * (10_000 + line.vat_rate_bp)
    found = (
        select(*_HEAD, line.ident_no, line.name, line.quantity_milli, line.gross_minor, line.vat_rate_bp)
        .add_columns(article.purchase_price_minor)
        .join_from(receipts, receipt_lines, _OF_RECEIPT)
        .join(articles, and_(article.ident_no == line.ident_no, article.currency == receipts.c.currency))
        .where(
            article.purchase_price_minor > 0,
            line.business_case.in_(GOODS),
            line.quantity_milli > 0,
            net < cost,
            counted,
            _asked(receipts, asked),
        )
    )
    for row in rows(connection, found):
        yield Sold(*row)


def typed_prices(connection: Connection, asked: Asked) -> Iterator[Booked]:
    """Receipts in which a price was typed, whole: only their bodies say so."""
    mark = receipts.c.body.contains(f'"price_origin":"{MANUAL}"', autoescape=True)
    found = select(receipts.c.body, receipts.c.member_id).where(mark, counted, _asked(receipts, asked))
    for row in rows(connection, found):
        yield Booked(_receipt.decode(row.body), row.member_id)


def returned(connection: Connection, asked: Asked) -> Iterator[Back]:
    """Goods below zero that name no receipt, but for those of voids."""
    line = receipt_lines.c
    found = (
        select(*_HEAD, line.name, line.quantity_milli, line.gross_minor)
        .join_from(receipts, receipt_lines, _OF_RECEIPT)
        .where(
            line.business_case == SALE,
            line.quantity_milli < 0,
            line.reference == "",
            receipts.c.receipt_type != "void",
            counted,
            _asked(receipts, asked),
        )
    )
    for row in rows(connection, found):
        yield Back(*row)


# -- cashiers, tills, clocks ---------------------------------------------------------------------


def voided(connection: Connection, asked: Asked) -> Iterator[Voided]:
    """Every cashier with their receipts and each sort of void; nobody can be compared who is not there."""
    who, kind = receipts.c.cashier, receipts.c.receipt_type
    is_void = case((kind == "void", 1), else_=0)
    of_receipts = select(who, func.count(), func.sum(is_void)).where(counted, _asked(receipts, asked)).group_by(who)
    receipts_of: dict[str, int] = {}
    voids: dict[str, dict[str, int]] = {RECEIPTS: {}, SALES: {}, LINES: {}}
    for cashier, count, void in connection.execute(of_receipts):
        receipts_of[cashier], voids[RECEIPTS][cashier] = int(count) - int(void), int(void)
    aborted = select(aborted_sales.c.cashier, func.count()).where(_asked(aborted_sales, asked))
    for cashier, count in connection.execute(aborted.group_by(aborted_sales.c.cashier)):
        voids[SALES][cashier] = int(count)
    # The log names users, receipts the name that is printed: a user's receipts are those that name the user.
    names = _names(connection, asked)
    lines = select(audit_log.c.user, func.count()).where(audit_log.c.action == "void_line", _asked(audit_log, asked))
    for user, count in connection.execute(lines.group_by(audit_log.c.user)):
        cashier = names.get(user, user)
        voids[LINES][cashier] = voids[LINES].get(cashier, 0) + int(count)
    for sort, by_cashier in voids.items():
        for cashier in sorted({*receipts_of, *by_cashier}):
            yield Voided(sort, cashier, by_cashier.get(cashier, 0), receipts_of.get(cashier, 0))


def _names(connection: Connection, asked: Asked) -> dict[str, str]:
    pairs = select(receipts.c.user, receipts.c.cashier).where(_asked(receipts, asked)).distinct()
    return {user: cashier for user, cashier in connection.execute(pairs) if user}


def sold_days(connection: Connection, asked: Asked) -> Iterator[tuple[int, str]]:
    """Every till and business day with a receipt; of all tills, so that there is something to compare with."""
    days = (receipts.c.till_no, receipts.c.business_day)
    whole = asked._replace(tills=frozenset())
    found = select(*days).where(_asked(receipts, whole)).group_by(*days)
    yield from ((till_no, day) for till_no, day in rows(connection, found))


def timed(connection: Connection, asked: Asked) -> Iterator[Timed]:
    """Every receipt and its record's stamp."""
    columns = (receipts.c.receipt_no, receipts.c.till_no, receipts.c.member_id, receipts.c.business_day)
    found = select(*columns, receipts.c.finished_at, receipts.c.stamp).where(_asked(receipts, asked))
    for row in rows(connection, found):
        yield Timed(*row)


def passed_over(connection: Connection) -> list[tuple[str, str, int]]:
    """Kind of record, reason, how many."""
    table = passed_over_table.c
    found = select(table.kind, table.reason, func.sum(table.records)).group_by(table.kind, table.reason)
    return [(kind, reason, int(count)) for kind, reason, count in connection.execute(found.order_by("kind", "reason"))]
