"""A receipt printed while its sale is being rung: what paper says already + the sale now -> what is to be printed next.

A *strip* is the paper of one open sale, as a value. Paper cannot be corrected, so whatever changed since is printed
behind it, and always so that the right column sums up to the sale's total:

* a line that is new: as on every receipt
* a line that is gone, or was changed in more than its discounts: its amount once more, below zero (and the new line)
* a discount given, changed or taken back later: the difference, named after the line it is about

Equal lines are told apart by nobody who reads paper, so they are compared as piles, as prices are
(``app/domain/pricing``). For the same reason VAT rates get their letters in the order in which they come on the paper,
and every letter's amounts sum up to its row of the tax table.

The head says nothing that can go stale: shop, day and the time at which the sale began, and the sale's own mark, by
which the pieces of a strip that was torn are known. Number, cashier, customer and buyer stand at the end. A strip that
was torn (paper out, something else printed in between, nobody knows whether the last piece came out) goes on with
a head of its own and the amount carried forward, so that this piece's column comes to the same total.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import Literal

import msgspec

from app.domain.customer import Person
from app.facts.sales import LineDiscount, ReceiptCompleted, ReceiptLine, TaxRow
from receipts.compose import Letters, ending, particulars, training_mark
from receipts.items import headline, item, reduction
from receipts.letterhead import ShopHead, address, head_of
from receipts.page import Block, Gap, Line, Pair, Rule, Section
from receipts.wording import Wording

End = Literal["void", "parked", "ordered"]
"""What became of a sale that became no receipt."""

_MARK_LETTERS = 8


class Strip(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the paper of an open sale says. ``started_at`` is an ISO instant; ``letters``: VAT key and rate of A, B, …

    ``begun``: the head is printed. ``subtotal``: nothing stands behind the last subtotal.
    """

    sale_id: str
    started_at: str
    currency: str
    training: bool = False
    lines: tuple[ReceiptLine, ...] = ()
    letters: tuple[tuple[str, int], ...] = ()
    begun: bool = False
    subtotal: bool = False

    @property
    def total_minor(self) -> int:
        """What the right column sums up to."""
        return sum(line.gross_minor for line in self.lines)

    @property
    def mark(self) -> str:
        """What the pieces of the strip, and its printing, are called by."""
        return self.sale_id[:_MARK_LETTERS].upper()


def further(
    strip: Strip,
    lines: Sequence[ReceiptLine],
    shop: ShopHead,
    words: Wording,
    *,
    paying: bool = False,
    zone: tzinfo = UTC,
) -> tuple[tuple[Block, ...], Strip]:
    """What is to be printed next, and the strip with it; nothing if the paper says it all.

    ``paying``: something was paid towards the sale, so the customer wants to see what it comes to.
    """
    if not (lines or strip.begun):
        return (), strip
    after = _with(strip, lines)
    rows = _rows(strip, after, shop, words)
    blocks = [] if strip.begun else _head(strip, shop, words, zone)
    blocks += rows
    subtotal = strip.subtotal and not rows
    if paying and not subtotal:
        blocks += [Rule(), Pair(words.documents.ringing.subtotal, words.money(after.total_minor, strip.currency))]
        subtotal = True
    return tuple(blocks), msgspec.structs.replace(after, begun=True, subtotal=subtotal)


def closing(
    strip: Strip,
    receipt: ReceiptCompleted,
    shop: ShopHead,
    words: Wording,
    *,
    zone: tzinfo = UTC,
    buyer: Person | None = None,
) -> Section:
    """The rest of the receipt; arguments as for ``compose``. What goes with it on paper of its own is the same."""
    after = _with(strip, receipt.lines, receipt.tax_table)
    letters = _names(after)
    blocks = _rows(strip, after, shop, words)
    table = tuple(sorted(receipt.tax_table, key=lambda row: after.letters.index((row.vat_key, row.vat_rate_bp))))
    named = [*address(buyer), *particulars(receipt, shop, words, zone)]
    blocks += ending(msgspec.structs.replace(receipt, tax_table=table), shop, words, zone, letters, named)
    return Section("receipt", tuple(blocks))


def continuation(strip: Strip, shop: ShopHead, words: Wording, receipt_no: str = "") -> tuple[Block, ...]:
    """The head of what is printed behind a torn strip; ``receipt_no`` as soon as there is one."""
    said = words.documents.ringing
    whose = f"{words.receipt} {receipt_no}" if receipt_no else f"{said.transaction} {strip.mark}"
    return (
        *head_of(shop),
        Gap(),
        Line(f"*** {said.continued} ***", align="center", bold=True, tall=True),
        Line(whose, align="center"),
        Rule(),
        Pair(said.carried, words.money(strip.total_minor, strip.currency)),
    )


def torn(words: Wording) -> Section:
    """The end of a piece whose strip goes on elsewhere."""
    return Section("torn", (Rule(), Line(words.documents.ringing.continues, align="center")))


def ended(end: End, words: Wording) -> Section:
    """The end of a strip that becomes no receipt: nobody may take it for one."""
    said = words.documents.ringing
    mark, note = said.ends[end]
    return Section(end, (Rule(), Line(f"*** {mark} ***", align="center", bold=True, tall=True), Line(note, "center")))


def _head(strip: Strip, shop: ShopHead, words: Wording, zone: tzinfo) -> list[Block]:
    said = words.documents.ringing
    day, time = words.date_and_time(strip.started_at, zone)
    mark: list[Block] = [training_mark(words), Gap()] if strip.training else []
    begun = Pair(day, f"{said.begun} {time}")
    return [*mark, *head_of(shop), Gap(), begun, Line(f"{said.transaction} {strip.mark}"), Rule()]


def _with(strip: Strip, lines: Sequence[ReceiptLine], table: Sequence[TaxRow] = ()) -> Strip:
    """The strip when it will say these lines."""
    rates = [*((line.vat_key, line.vat_rate_bp) for line in lines), *((row.vat_key, row.vat_rate_bp) for row in table)]
    return msgspec.structs.replace(strip, lines=tuple(lines), letters=tuple(dict.fromkeys((*strip.letters, *rates))))


def _names(strip: Strip) -> Letters:
    return {rate: chr(ord("A") + index % 26) for index, rate in enumerate(strip.letters)}


_Given = dict[tuple[str, str], int]
"""What was taken off a pile, by rule and name."""


def _rows(before: Strip, after: Strip, shop: ShopHead, words: Wording) -> list[Block]:
    """The rows that lead from what the paper says to what it is to say."""
    if before.lines == after.lines:
        return []
    letters = _names(after)
    off = _differences(before.lines, after.lines)
    gone = Counter(map(_bare, before.lines))
    gone.subtract(map(_bare, after.lines))
    blocks: list[Block] = []
    for line in map(_bare, before.lines):
        if gone[line] > 0:
            gone[line] -= 1
            blocks.append(_voided(line, before.currency, letters, words))
    new = []
    for line in map(_bare, after.lines):
        if gone[line] < 0:
            gone[line] += 1
            new.append(line)
    last = {line: index for index, line in enumerate(new)}
    for index, line in enumerate(new):
        blocks += item(line, before.currency, letters, words, article_nos=shop.article_nos)
        if last[line] == index:
            for (rule, name), amount in off.pop(line, {}).items():
                blocks.append(reduction(LineDiscount(rule, name, amount), line, before.currency, letters, words))
    for line, given in off.items():
        blocks += [_later(LineDiscount(*which, amount), line, before.currency, letters, words)
                   for which, amount in given.items()]  # fmt: skip
    return blocks


def _bare(line: ReceiptLine) -> ReceiptLine:
    """The line before discounts, without what paper does not say: what makes lines of one pile."""
    gross = line.gross_minor + sum(given.amount_minor for given in line.discounts)
    return msgspec.structs.replace(
        line, line=0, of_line=0, discounts=(), gross_minor=gross, price_list=1, price_origin=""
    )


def _differences(before: Sequence[ReceiptLine], after: Sequence[ReceiptLine]) -> dict[ReceiptLine, _Given]:
    """What more was taken off each pile, by rule and name; below zero what was taken back."""
    piles: dict[ReceiptLine, _Given] = {}
    for lines, sign in ((before, -1), (after, 1)):
        for line in lines:
            if line.discounts:
                pile = piles.setdefault(_bare(line), {})
                for given in line.discounts:
                    which = (given.rule, given.name)
                    pile[which] = pile.get(which, 0) + sign * given.amount_minor
    changed = {line: {which: amount for which, amount in pile.items() if amount} for line, pile in piles.items()}
    return {line: pile for line, pile in changed.items() if pile}


def _voided(line: ReceiptLine, currency: str, letters: Letters, words: Wording) -> Pair:
    row = headline(msgspec.structs.replace(line, gross_minor=-line.gross_minor), currency, letters, words)
    return msgspec.structs.replace(row, left=f"{words.documents.ringing.voided} {row.left}")


def _later(given: LineDiscount, line: ReceiptLine, currency: str, letters: Letters, words: Wording) -> Pair:
    """A discount that came, changed or went after its line was printed."""
    row = reduction(given, line, currency, letters, words)
    back = f" {words.documents.ringing.taken_back}" if given.amount_minor < 0 else ""
    return msgspec.structs.replace(row, left=f"{row.left.strip()}{back}: {line.name}")
