"""A Z report as bookings. Pure.

Every line of the receipts is booked from the *clearing* account to the account of its business case, and every tender
from its own account to the clearing account. So clearing is zero after each Z report exactly if what was sold is what
was paid. Cash that moves beside receipts is booked between the cash account and its own.

Before that the report as it was printed is held against the books (``differences``): what a till has not told yet
must not go to the accountant as if it were all.

Amounts are gross: the accounting program takes the tax out of each booking's sum. That may differ by a cent from the
sum of the taxes on the receipts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from app.books.questions.accounting import PostedPeriod
from app.domain.account import Account, Chart
from app.domain.vat import format_rate
from app.facts.sales import ZReportClosed

CASES: Mapping[str, str] = {
    "sale": "Umsatz", "container_deposit": "Pfand", "voucher_sale": "Gutscheinkauf",
    "voucher_redemption": "Gutscheineinlösung", "voucher_refund": "Gutscheinauszahlung",
    "voucher_reload": "Gutscheinaufladung", "purse_top_up": "Aufwertung", "deposit": "Anzahlung",
    "deposit_settlement": "Anzahlungsauflösung", "receivable_settlement": "Forderungsauflösung",
    "tip": "Trinkgeld", "rounding": "Rundung",
}  # fmt: skip
MOVEMENTS: Mapping[str, str] = {
    "opening_float": "Wechselgeld", "pay_in": "Einlage", "pay_out": "Entnahme", "cash_transfer": "Geldtransit",
    "difference": "Kassendifferenz",
}  # fmt: skip
TENDERS: Mapping[str, str] = {
    "cash": "Bar", "foreign_cash": "Sorten", "cheque": "Scheck", "card": "Karte", "voucher": "Gutschein",
    "token": "Wertmarke", "customer_credit": "Kundenkredit", "delivery_note": "Lieferschein", "purse": "Geldbörse",
    "bonus_purse": "Bonus", "cost_centre": "Kostenstelle", "other": "Sonstige",
}  # fmt: skip
"""What the accountant reads: the accounts of these programs are German."""


class Booking(msgspec.Struct, frozen=True):
    """``account`` is debited with an amount above zero and credited with one below; ``contra`` the other way round.

    ``of``: a ``line`` that was sold, a ``tender``, a ``movement`` of cash; ``drawer``: whether it is cash of the home
    currency. ``vat_rate_bp`` is None where there is no tax to speak of.
    """

    of: Literal["line", "tender", "movement"]
    drawer: bool
    day: str
    amount_minor: int
    account: str
    contra: str
    text: str
    document: str
    tax_key: str = ""
    cost_centre: str = ""
    vat_rate_bp: int | None = None


class Booked(msgspec.Struct, frozen=True):
    """The bookings of one Z report, in the order of lines, tenders and movements; what has no account is named.

    ``cash_minor``: what the home currency's drawer has more after it than before.
    """

    printed: ZReportClosed
    bookings: tuple[Booking, ...]
    missing: tuple[str, ...]
    cash_minor: int


def booked(posted: PostedPeriod, chart: Chart, clearing: str, foreign_values: Mapping[str, int]) -> Booked:
    """The bookings of the period. ``foreign_values``: what the movement of that place (as text) is worth at home."""
    made = _Booking(posted, chart, clearing)
    for each in posted.cases:
        made.line(each.case, each.vat_key, each.vat_rate_bp, each.amount_minor)
    for paid in posted.tenders:
        made.tender(paid.tender, paid.kind, paid.cost_centre, paid.amount_minor)
    for place, moved in enumerate(posted.movements):
        amount = foreign_values.get(str(place), moved.amount_minor)
        made.movement(moved.movement, moved.currency, amount, moved.reason)
    return Booked(posted.printed, tuple(made.bookings), tuple(sorted(made.missing)), made.cash_minor)


class _Booking:
    def __init__(self, posted: PostedPeriod, chart: Chart, clearing: str) -> None:
        self._printed = posted.printed
        self._chart = chart
        self._clearing = clearing
        self.bookings: list[Booking] = []
        self.missing: set[str] = set()
        self.cash_minor = 0

    def line(self, case: str, vat_key: str, rate_bp: int, amount_minor: int) -> None:
        account = self._chart.of_case(case, vat_key)
        words = CASES.get(case, case) + (f" {format_rate(rate_bp).replace('.', ',')} %" if vat_key else "")
        if account is None:
            self.missing.add("/".join(part for part in ("case", case, vat_key) if part))
            return
        self._book("line", amount_minor, self._clearing, account.no, words, account, account.cost_centre,
                   rate_bp=rate_bp if vat_key else None)  # fmt: skip

    def tender(self, tender: str, kind: str, cost_centre: str, amount_minor: int) -> None:
        account = self._chart.of_tender(tender, kind)
        if kind == "cash":
            self.cash_minor += amount_minor
        if account is None:
            self.missing.add(f"tender/{tender}")
            return
        words = TENDERS.get(tender) or TENDERS.get(kind, kind)
        if tender not in TENDERS:
            words = f"{words} {tender}"
        centre = cost_centre or account.cost_centre
        self._book("tender", amount_minor, account.no, self._clearing, words, account, centre, drawer=kind == "cash")

    def movement(self, movement: str, currency: str, amount_minor: int, reason: str) -> None:
        account = self._chart.of_movement(movement)
        home = currency == self._printed.figures.currency
        cash = self._chart.cash if home else self._chart.of_tender(currency.lower(), "foreign_cash")
        if home:
            self.cash_minor += amount_minor
        if account is None or cash is None:
            self.missing.add(f"movement/{movement}" if account is None else f"tender/{'cash' if home else currency}")
            return
        words = " ".join(part for part in (MOVEMENTS.get(movement, movement), "" if home else currency, reason) if part)
        self._book("movement", amount_minor, cash.no, account.no, words, account, account.cost_centre, drawer=home)

    def _book(
        self,
        of: Literal["line", "tender", "movement"],
        amount_minor: int,
        account: str,
        contra: str,
        words: str,
        posted_to: Account,
        cost_centre: str,
        *,
        rate_bp: int | None = None,
        drawer: bool = False,
    ) -> None:
        if not amount_minor:
            return
        printed = self._printed
        self.bookings.append(
            Booking(
                of=of,
                drawer=drawer,
                day=printed.business_day,
                amount_minor=amount_minor,
                account=account,
                contra=contra,
                text=f"K{printed.till_no} Z{printed.z_no} {words}",
                document=printed.z_report_no or f"Z{printed.till_no}-{printed.z_no}",
                tax_key=posted_to.tax_key,
                cost_centre=cost_centre,
                vat_rate_bp=rate_bp,
            )
        )


def differences(posted: PostedPeriod) -> tuple[tuple[str, int, int], ...]:
    """Where the books have something else than was printed: (what, printed, in the books), minor units."""
    figures = posted.printed.figures
    pairs = [("gross", figures.gross_minor, sum(each.amount_minor for each in posted.cases))]
    pairs += _compared(
        "business_case",
        [(each.key, each.amount_minor) for each in figures.business_cases],
        [(each.case, each.amount_minor) for each in posted.cases],
    )
    pairs += _compared(
        "tender",
        [(each.tender, each.amount_minor) for each in figures.tenders],
        [(each.tender, each.amount_minor) for each in posted.tenders],
    )
    # The sums of a drawer have what stayed in it from the last period as well, so its own movements are compared.
    pairs += _compared(
        "movement",
        [(each.key, each.amount_minor) for each in figures.movements if not each.key.startswith("opening_float")],
        [
            (each.movement if each.currency == figures.currency else f"{each.movement}/{each.currency}",
             each.amount_minor)
            for each in posted.movements
            if each.movement != "opening_float"
        ],
    )  # fmt: skip
    return tuple((what, printed, books) for what, printed, books in pairs if printed != books)


def _compared(
    what: str, printed: Sequence[tuple[str, int]], books: Sequence[tuple[str, int]]
) -> list[tuple[str, int, int]]:
    sums: dict[str, list[int]] = {}
    for place, rows in enumerate((printed, books)):
        for key, amount in rows:
            sums.setdefault(key, [0, 0])[place] += amount
    return [(f"{what} {key}", *pair) for key, pair in sorted(sums.items())]  # type: ignore[misc]
