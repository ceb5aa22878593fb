"""What must be true when the cables are whole again and everybody has heard everything.

Each checker returns the findings it has, in words; none is the wish. ``test_mutants.py`` breaks
the code on purpose and sees each of them strike.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from app.books.tables.receipts import receipt_tenders, receipts
from app.books.tables.resources import resource_holds
from tests.simulation.shop import Market, Shop
from tests.simulation.world import document_texts


def findings(market: Market) -> list[str]:
    """Everything that is wrong."""
    return [
        finding
        for checker in (same_everywhere, nothing_lost, nothing_invented, gap_free, ties_out, used_twice)
        for finding in checker(market)
    ]


def same_everywhere(market: Market) -> list[str]:
    """Same records on every disk, same books at every till, and books folded anew are the same again."""
    first, *others = market.shops
    found = []
    for shop in others:
        if document_texts(shop.machine) != document_texts(first.machine):
            found.append(f"till {_no(shop)} and till 1 have different records on disk")
        if shop.books.fingerprint() != first.books.fingerprint():
            found.append(f"till {_no(shop)} and till 1 have different books")
    before = first.books.fingerprint()
    run = [record for feed in first.machine.disk.records.values() for record in feed]
    market.rng.shuffle(run)  # feeds in any interleaving: only the order within a feed is kept
    run.sort(key=lambda record: record.seq)
    first.lose_books()
    first.writer.apply(run)
    if first.books.fingerprint() != before:
        found.append("books folded anew differ")
    return found


def nothing_lost(market: Market) -> list[str]:
    """Every receipt a customer was given is in everybody's books, with its total."""
    found = []
    for shop in market.shops:
        for told in shop.told:
            for other in market.shops:
                view = other.books.receipt(told["receipt_no"])
                if view is None:
                    found.append(f"receipt {told['receipt_no']} is lost at till {_no(other)}")
                elif f"{view.receipt.total_minor / 100:.2f}" != told["total"]:
                    found.append(f"receipt {told['receipt_no']} has another total at till {_no(other)}")
            found += [f"voucher {code} is lost" for code in told["vouchers"] if shop.books.voucher(code) is None]
    return found


def nothing_invented(market: Market) -> list[str]:
    """Receipts in the books were told, or were under way when the plug was pulled (at most one a crash)."""
    found = []
    for shop in market.shops:
        told = Counter(fields["receipt_no"] for fields in shop.told)
        found += [f"receipt {number} was given out {times} times" for number, times in told.items() if times > 1]
        in_books = shop.books.last_receipt_sequence(shop.machine.member.till_no)
        if in_books - len(told) > shop.machine.incarnation:
            found.append(f"till {_no(shop)} has {in_books - len(told)} receipts that nobody was told of")
    return found


def gap_free(market: Market) -> list[str]:
    """Every till's receipt numbers are 1, 2, 3, …, each once."""
    found = []
    with market.shops[0].engine.connect() as connection:
        for shop in market.shops:
            number = receipts.c.till_no == shop.machine.member.till_no
            rows = connection.execute(select(receipts.c.sequence).where(number).order_by(receipts.c.sequence))
            sequence = [row[0] for row in rows]
            if sequence != list(range(1, len(sequence) + 1)):
                found.append(f"till {_no(shop)} numbered its receipts {sequence}")
    return found


def ties_out(market: Market) -> list[str]:
    """Turnover = tenders = tax table; what vouchers paid is what was redeemed; no hold is left over."""
    books = market.shops[0].books
    turnover = books.turnover(None, None)
    found = []
    by_tender = sum(amount for _tender, amount in turnover.by_tender)
    by_vat = sum(row[2] for row in turnover.by_vat)
    if not turnover.gross_minor == by_tender == by_vat:
        found.append(f"gross {turnover.gross_minor}, tenders {by_tender}, tax table {by_vat}")
    with market.shops[0].engine.connect() as connection:
        rows = connection.execute(select(receipt_tenders).where(receipt_tenders.c.tender == "voucher"))
        paid = Counter({row.reference: 0 for row in ()})
        for row in rows:
            paid[row.reference] += row.amount_minor
        used: Counter[str] = Counter()
        for hold in connection.execute(select(resource_holds)):
            if hold.used_stamp is not None:
                used[hold.resource.removeprefix("voucher/")] += hold.used_amount
            elif hold.released_stamp is None:
                found.append(f"hold {hold.hold_id} of {hold.resource} was neither used nor given back")
    if paid != used:
        found.append(f"paid with vouchers: {dict(paid)}, redeemed: {dict(used)}")
    return found


def used_twice(market: Market) -> list[str]:
    """A voucher is overdrawn only if somebody used it without being able to ask everyone; then it is listed."""
    found = []
    books = market.shops[0].books
    listed = {row["resource"].removeprefix("voucher/"): row for row in books.overdraws()}
    with market.shops[0].engine.connect() as connection:
        for code in books.voucher_codes():
            view = books.voucher(code)
            assert view is not None
            if (view.balance_minor < 0) != (code in listed):
                found.append(f"voucher {code} has balance {view.balance_minor} and the overdraw list disagrees")
            if view.balance_minor >= 0:
                continue
            if market.untroubled:
                found.append(f"voucher {code} was used beyond its value though nobody was ever out of reach")
            holds = (
                connection.execute(
                    select(resource_holds.c.coverage).where(
                        resource_holds.c.resource == f"voucher/{code}", resource_holds.c.used_stamp.is_not(None)
                    )
                )
                .scalars()
                .all()
            )
            if None in holds:
                found.append(f"a redemption of voucher {code} has no hold before it")
            elif all('"complete":true' in coverage for coverage in holds):
                found.append(f"voucher {code} was used beyond its value though every till had been asked each time")
    return found


def _no(shop: Shop) -> int:
    return shop.machine.member.till_no
