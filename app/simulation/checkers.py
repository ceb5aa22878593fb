"""What must be true when the cables are whole again and everybody has heard everything.

Each checker returns the findings it has, in words; none is the wish. ``test_mutants.py`` breaks
the code on purpose and sees each of them strike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import msgspec
from sqlalchemy import select

from app.books.questions.periods import AskZReports
from app.books.tables.receipts import receipt_tenders, receipts
from app.books.tables.resources import resource_grants, resource_holds
from app.domain.claim_policy import ALLOW, REFUSE
from app.domain.resource import kind_of
from app.facts.sales import ReceiptCompleted
from app.simulation.shop import Market, Shop
from app.simulation.world import document_texts


def findings(market: Market) -> list[str]:
    """Everything that is wrong."""
    return market.world.findings + [finding for checker in CHECKERS for finding in checker(market)]


def same_everywhere(market: Market) -> list[str]:
    """Same records on every disk, same books at every till, and books folded anew are the same again."""
    first, *others = market.shops
    found = []
    texts, before = document_texts(first.machine), first.books.fingerprint()
    for shop in others:
        if document_texts(shop.machine) != texts:
            found.append(f"till {_no(shop)} and till 1 have different records on disk")
        if shop.books.fingerprint() != before:
            found.append(f"till {_no(shop)} and till 1 have different books")
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
    """Turnover = tenders = tax table; what vouchers paid is what was used of them; no hold is left over."""
    books = market.shops[0].books
    turnover = books.turnover(None, None)
    found = []
    by_tender = sum(amount for _tender, amount in turnover.by_tender)
    by_vat = sum(row[2] for row in turnover.by_vat)
    if not turnover.gross_minor == by_tender == by_vat:
        found.append(f"gross {turnover.gross_minor}, tenders {by_tender}, tax table {by_vat}")
    with market.shops[0].engine.connect() as connection:
        # A void gives the value back by a grant; its tender rows are below zero.
        taken = (receipt_tenders.c.tender == "voucher") & (receipt_tenders.c.amount_minor > 0)
        paid: Counter[str] = Counter()
        for row in connection.execute(select(receipt_tenders).where(taken)):
            paid[row.reference] += row.amount_minor
        used: Counter[str] = Counter()
        for hold in connection.execute(select(resource_holds)):
            if hold.used_stamp is not None and hold.resource.startswith("voucher/"):
                used[hold.resource.removeprefix("voucher/")] += hold.used_amount
            elif hold.used_stamp is None and hold.released_stamp is None:
                found.append(f"hold {hold.hold_id} of {hold.resource} was neither used nor given back")
    if any(paid[code] > used[code] for code in paid):
        found.append(f"paid with vouchers: {dict(paid)}, redeemed: {dict(used)}")
    return found


def used_twice(market: Market) -> list[str]:
    """A resource is overdrawn only if somebody used it without being able to ask everyone; then it is listed."""
    found = []
    granted: Counter[str] = Counter()
    used: Counter[str] = Counter()
    coverages: dict[str, list[str | None]] = {}
    with market.shops[0].engine.connect() as connection:
        for grant in connection.execute(select(resource_grants)):
            granted[grant.resource] += grant.amount
        for hold in connection.execute(select(resource_holds).where(resource_holds.c.used_stamp.is_not(None))):
            used[hold.resource] += hold.used_amount
            coverages.setdefault(hold.resource, []).append(hold.coverage)
    listed = {row["resource"] for row in market.shops[0].books.overdraws()}
    for resource in granted:
        beyond = used[resource] - granted[resource]
        if (beyond > 0) != (resource in listed):
            found.append(f"{resource} was used {beyond} beyond its value and the overdraw list disagrees")
        if beyond <= 0:
            continue
        if market.untroubled:
            found.append(f"{resource} was used beyond its value though nobody was ever out of reach")
        if None in coverages[resource]:
            found.append(f"a use of {resource} has no hold before it")
        elif all('"complete":true' in (coverage or "") for coverage in coverages[resource]):
            found.append(f"{resource} was used beyond its value though every till had been asked each time")
    return found


def policies_are_kept(market: Market) -> list[str]:
    """What not every till confirmed was not held at all, or by each till only as much of it as the limit is."""
    found = []
    taken: Counter[tuple[str, int]] = Counter()
    with market.shops[0].engine.connect() as connection:
        for hold in connection.execute(select(resource_holds)):
            if not hold.uncovered:
                continue
            if market.policies.get(kind_of(hold.resource)) == REFUSE:
                found.append(f"hold {hold.hold_id} of {hold.resource} was not confirmed by all, against the policy")
            if hold.released_stamp is None:
                taken[hold.resource, hold.till_no] += hold.held_amount if hold.used_stamp is None else hold.used_amount
    for (name, till_no), amount in taken.items():
        policy = market.policies.get(kind_of(name), ALLOW)
        if policy.rule == "limit" and amount > policy.limit:
            found.append(f"till {till_no} took {amount} of {name} that not all confirmed, beyond its limit")
    return found


def returned_at_most(market: Market) -> list[str]:
    """Nothing comes back that was not sold; across a cut the overdraw says so."""
    found = []
    returned: Counter[tuple[str, int]] = Counter()
    receipts_ = list(_receipts(market))
    for receipt in receipts_:
        for line in receipt.lines:
            if line.business_case == "sale" and line.reference and line.quantity_milli < 0 and not receipt.voids:
                returned[line.reference, line.reference_line] -= line.quantity_milli
    sold = {(receipt.receipt_no, line.line): line.quantity_milli for receipt in receipts_ for line in receipt.lines}
    listed = {row["resource"] for row in market.shops[0].books.overdraws()}
    for (receipt_no, line_no), quantity in returned.items():
        if quantity > sold.get((receipt_no, line_no), 0) and f"return/{receipt_no}/{line_no}" not in listed:
            found.append(f"line {line_no} of {receipt_no} was returned beyond what was sold, and nobody lists it")
    return found


def day_ends_partition(market: Market) -> list[str]:
    """Every receipt belongs to one Z report or to the open period, and each Z report says what its receipts say."""
    found = []
    by_period: dict[tuple[int, int], list[ReceiptCompleted]] = {}
    for receipt in _receipts(market):
        by_period.setdefault((receipt.till_no, receipt.z_no), []).append(receipt)
    reports = market.shops[0].books.ask(AskZReports(None, 10_000))
    last: Counter[int] = Counter()
    for report in sorted(reports, key=lambda each: each.z_no):
        if report.z_no != last[report.till_no] + 1:
            found.append(f"till {report.till_no} has Z report {report.z_no} after {last[report.till_no]}")
        last[report.till_no] = report.z_no
        mine = by_period.get((report.till_no, report.z_no), [])
        gross = sum(receipt.total_minor for receipt in mine)
        if (report.figures.receipts, report.figures.gross_minor) != (len(mine), gross):
            found.append(
                f"Z report {report.z_no} of till {report.till_no} says {report.figures.receipts} receipts and "
                f"{report.figures.gross_minor}; its receipts are {len(mine)} and {gross}"
            )
    found += [
        f"till {till_no} has receipts of period {z_no}, which has not begun"
        for till_no, z_no in by_period
        if z_no > last[till_no] + 1
    ]
    return found


def _receipts(market: Market) -> Iterator[ReceiptCompleted]:
    with market.shops[0].engine.connect() as connection:
        bodies = connection.execute(select(receipts.c.body)).scalars().all()
    return (msgspec.json.decode(body, type=ReceiptCompleted) for body in bodies)


CHECKERS: tuple[Callable[[Market], list[str]], ...] = (
    same_everywhere,
    nothing_lost,
    nothing_invented,
    gap_free,
    ties_out,
    used_twice,
    policies_are_kept,
    returned_at_most,
    day_ends_partition,
)


def _no(shop: Shop) -> int:
    return shop.machine.member.till_no
