"""Books of any size, made by SQL: folding ten million lines would take longer than everything that reads them.

Rows have the real shape: receipts with a body as long as a real one's, five lines each, over 100 days and 200 tills,
written day after day as tills write them.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

DAYS = 100
TILLS = 200
LINES = 5
ARTICLES = 2_000
BODY = 1_300
"""Characters of a receipt of five lines as it is kept whole."""
CHUNK = 100_000
"""Receipts a statement: a server's memory is not the benchmark's business."""

_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last) ",
    "postgresql": "WITH n(i) AS (SELECT generate_series(CAST(:first AS bigint), CAST(:last AS bigint))) ",
}
_BODY = {"sqlite": f"substr(hex(zeroblob({BODY})), 1, {BODY})", "postgresql": f"repeat('0', {BODY})"}
_DAY = {
    "sqlite": "date('2026-01-01', '+' || {day} || ' days')",
    "postgresql": "to_char(date '2026-01-01' + CAST({day} AS integer), 'YYYY-MM-DD')",
}
_PAD = {"sqlite": "printf('%d-%09d', {till}, i)", "postgresql": "{till} || '-' || lpad(CAST(i AS text), 9, '0')"}
_HOUR = {"sqlite": "printf('%02d', {hour})", "postgresql": "lpad(CAST({hour} AS text), 2, '0')"}


def grow(engine: Engine, lines: int) -> None:
    """Fill empty books with receipts of so many lines together."""
    receipts = lines // LINES
    for first in range(0, receipts, CHUNK):
        with engine.begin() as connection:
            _chunk(connection, engine.dialect.name, first, min(first + CHUNK, receipts) - 1, receipts)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("VACUUM ANALYZE"))  # as its own daemon does once there is quiet
        else:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _chunk(connection: Connection, dialect: str, first: int, last: int, receipts: int) -> None:
    numbers = _NUMBERS[dialect]
    till = f"(i % {TILLS} + 1)"
    day = _DAY[dialect].format(day=f"(i * {DAYS} / {receipts})")
    number = _PAD[dialect].format(till=till)
    hour = _HOUR[dialect].format(hour="(8 + i % 11)")
    member = f"'member-of-a-till-with-a-long-name-' || {till}"
    customer = "CASE WHEN i % 9 = 0 THEN '10' || (i % 500) ELSE '' END"
    cost_centre = "CASE WHEN i % 50 = 0 THEN '4711' ELSE '' END"
    total = LINES * 300
    head = (
        f"INSERT INTO receipts {numbers} SELECT {number}, {member}, {till}, 'p', i, 's' || i, 1, 'receipt', {day}, "
        f"{day} || 'T' || {hour} || ':30:00.000Z', 'cashier ' || (i % 7), 'u', {customer}, '', {cost_centre}, '', "
        f"'EUR', {total}, 0, {total}, i % 50, 240, {_BODY[dialect]}, 'stamp-' || i FROM n"
    )
    article = f"((i * 7 + row * 13) % {ARTICLES})"
    rows = " UNION ALL ".join(f"SELECT {row} AS row" for row in range(1, LINES + 1))
    lines = (
        f"INSERT INTO receipt_lines {numbers} SELECT {number}, {member}, row, 'sale', CAST({article} AS text), "
        f"'Article ' || {article}, 1000, 300, 0, 300, '1', 1900, 'group ' || ({article} % 20), '', '', '', 0 "
        f"FROM n CROSS JOIN ({rows}) AS rows"
    )
    between = {"first": first, "last": last}
    connection.execute(text(head), between)
    connection.execute(text(lines), between)
