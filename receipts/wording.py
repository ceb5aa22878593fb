"""Every word and every number format of a printed page, as one value per language.

A page keeps the language it was printed in, whatever the screens speak, so its
words are passed in as a value and not looked up in the screens' catalogues. The
architecture's rule stands all the same: no text of a page is written elsewhere.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo

import msgspec

from app.domain.money import format_minor
from receipts.document_wording import DocumentWords
from receipts.english_documents import ENGLISH_DOCUMENTS
from receipts.german_documents import GERMAN_DOCUMENTS

SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}


class Wording(msgspec.Struct, frozen=True):
    """The words of one language. Formats take integers only: minor units, thousandths, basis points."""

    language: str
    decimal_point: str
    date_format: str
    receipt: str
    till: str
    till_serial: str
    cashier: str
    pieces: tuple[str, ...]
    """Units that are not printed, because a plain number already means them."""
    total: str
    tenders: dict[str, str]
    change: str
    tax: str
    net: str
    tax_amount: str
    gross: str
    untaxed: str
    thanks: str
    voucher_title: str
    voucher_kinds: dict[str, str]
    voucher_code: str
    valid_until: str
    voucher_notes: dict[str, str]
    copy_mark: str
    documents: DocumentWords
    discount: str
    """A discount that a cashier typed."""

    def amount(self, minor: int, currency: str) -> str:
        """Minor units as a decimal number without sign of currency: ``-1234`` EUR is ``-12,34``."""
        return format_minor(minor, currency).replace(".", self.decimal_point)

    def money(self, minor: int, currency: str) -> str:
        """An amount with its currency: ``12,34 €``; currencies without a sign of their own keep the ISO code."""
        return f"{self.amount(minor, currency)} {SIGNS.get(currency, currency)}"

    def quantity(self, milli: int) -> str:
        """Thousandths as a number: ``2000`` is ``2``, ``1250`` is ``1,250``."""
        sign = "-" if milli < 0 else ""
        whole, part = divmod(abs(milli), 1000)
        return f"{sign}{whole}{self.decimal_point}{part:03d}" if part else f"{sign}{whole}"

    def weight(self, grams: int) -> str:
        """Grams in kilograms with all three decimals, as a scale shows them: ``1000`` is ``1,000``."""
        whole, part = divmod(abs(grams), 1000)
        return f"{'-' if grams < 0 else ''}{whole}{self.decimal_point}{part:03d}"

    def rate(self, basis_points: int) -> str:
        """A tax rate: ``1900`` is ``19 %``, ``490`` is ``4,9 %``."""
        whole, part = divmod(basis_points, 100)
        decimals = f"{part:02d}".rstrip("0")
        return f"{whole}{self.decimal_point}{decimals} %" if decimals else f"{whole} %"

    def day(self, value: str) -> str:
        """An ISO day as people write it."""
        return date.fromisoformat(value).strftime(self.date_format)

    def date_and_time(self, instant: str, zone: tzinfo) -> tuple[str, str]:
        """An ISO instant in ``zone``: its day, and its time to the second."""
        local = datetime.fromisoformat(instant).astimezone(zone)
        return local.strftime(self.date_format), local.strftime("%H:%M:%S")


GERMAN = Wording(
    language="de",
    decimal_point=",",
    date_format="%d.%m.%Y",
    receipt="Beleg",
    till="Kasse",
    till_serial="Seriennummer",
    cashier="Es bediente Sie",
    pieces=("", "Stk", "St", "pcs"),
    total="SUMME",
    tenders={
        "cash": "Bar", "card": "Karte", "girocard": "girocard", "visa": "Visa", "mastercard": "Mastercard",
        "amex": "American Express", "chf": "Bar", "usd": "Bar", "gbp": "Bar", "eur": "Bar", "cheque": "Scheck",
        "bank_transfer": "Überweisung", "voucher": "Gutschein", "token": "Wertmarke", "customer_credit": "Kundenkredit",
        "delivery_note": "Lieferschein", "purse": "Geldbörse", "bonus_purse": "Bonus", "cost_centre": "Kostenstelle",
        "other": "Sonstige",
    },
    change="Rückgeld",
    tax="USt",
    net="Netto",
    tax_amount="Steuer",
    gross="Brutto",
    untaxed="ohne",
    thanks="Vielen Dank für Ihren Einkauf!",
    voucher_title="GUTSCHEIN",
    voucher_kinds={"multi_purpose": "Mehrzweckgutschein", "single_purpose": "Einzweckgutschein", "token": "Wertmarke"},
    voucher_code="Code",
    valid_until="gültig bis",
    voucher_notes={
        "multi_purpose": "Einlösbar an jeder unserer Kassen, auch in Teilbeträgen. Bitte wie Bargeld aufbewahren.",
        "single_purpose": "Einlösbar an jeder unserer Kassen. Die USt ist im Preis enthalten. "
        "Bitte wie Bargeld aufbewahren.",
        "token": "Einlösbar an jeder unserer Kassen gegen diese Ware. Bitte wie Bargeld aufbewahren.",
    },
    copy_mark="ZWEITDRUCK",
    documents=GERMAN_DOCUMENTS,
    discount="Rabatt",
)  # fmt: skip

ENGLISH = Wording(
    language="en",
    decimal_point=".",
    date_format="%Y-%m-%d",
    receipt="Receipt",
    till="Till",
    till_serial="Serial number",
    cashier="You were served by",
    pieces=("", "Stk", "St", "pcs"),
    total="TOTAL",
    tenders={
        "cash": "Cash", "card": "Card", "girocard": "girocard", "visa": "Visa", "mastercard": "Mastercard",
        "amex": "American Express", "chf": "Cash", "usd": "Cash", "gbp": "Cash", "eur": "Cash", "cheque": "Cheque",
        "bank_transfer": "Bank transfer", "voucher": "Voucher", "token": "Token", "customer_credit": "Credit",
        "delivery_note": "Delivery note", "purse": "Purse", "bonus_purse": "Bonus", "cost_centre": "Cost centre",
        "other": "Other",
    },
    change="Change",
    tax="VAT",
    net="Net",
    tax_amount="Tax",
    gross="Gross",
    untaxed="none",
    thanks="Thank you for your purchase!",
    voucher_title="VOUCHER",
    voucher_kinds={
        "multi_purpose": "Multi-purpose voucher", "single_purpose": "Single-purpose voucher", "token": "Token",
    },
    voucher_code="Code",
    valid_until="valid until",
    voucher_notes={
        "multi_purpose": "Accepted at each of our tills, in parts too. Please keep it as you would keep cash.",
        "single_purpose": "Accepted at each of our tills. VAT is included in the price. "
        "Please keep it as you would keep cash.",
        "token": "Accepted at each of our tills for these goods. Please keep it as you would keep cash.",
    },
    copy_mark="COPY",
    documents=ENGLISH_DOCUMENTS,
    discount="Discount",
)  # fmt: skip

_BY_LANGUAGE = {"de": GERMAN, "en": ENGLISH}


def wording(language: str) -> Wording:
    """The words of a language (``de``, ``en_GB``, ...); German, the shop's own, when it has none here."""
    return _BY_LANGUAGE.get(language.replace("-", "_").split("_")[0].lower(), GERMAN)
