"""The words of everything beyond a plain receipt: returns, reports, slips, invoices, hospitality."""

from __future__ import annotations

import msgspec


class HospitalityWords(msgspec.Struct, frozen=True):
    """What the host fills in (§ 4 (5) no. 2 EStG)."""

    title: str
    law: str
    day: str
    expense: str
    occasion: str
    people: str
    place_and_date: str
    signature: str


class ReportWords(msgspec.Struct, frozen=True):
    """X and Z reports."""

    z_title: str
    x_title: str
    z_no: str
    number: str
    business_day: str
    receipts: str
    from_to: str
    tenders: str
    cases: str
    groups: str
    movements: str
    returns: str
    voids: str
    aborted: str
    discounts: str
    vouchers_sold: str
    vouchers_redeemed: str
    drawer: str
    expected: str
    counted: str
    difference: str
    not_counted: str


class EnrolmentWords(msgspec.Struct, frozen=True):
    """The slip that lets a till in, or several."""

    title: str
    note: str
    tills: str
    note_of_several: str


class RingingWords(msgspec.Struct, frozen=True):
    """A receipt that is printed while its sale is being rung. ``ends`` and ``unused``: a mark and a
    sentence."""

    begun: str
    transaction: str
    subtotal: str
    voided: str
    taken_back: str
    carried: str
    continues: str
    continued: str
    ends: dict[str, tuple[str, str]]
    unused: tuple[str, str]


class SecurityWords(msgspec.Struct, frozen=True):
    """What stands at the signed end of a receipt."""

    title: str
    note: str


class SyncWords(msgspec.Struct, frozen=True):
    """The sync protocol on paper."""

    title: str
    newest: str
    nothing: str


class DocumentWords(msgspec.Struct, frozen=True):
    """By subject; the tables are by business case, rule, supply and movement as the facts name them."""

    cases: dict[str, str]
    untaxed_reasons: dict[str, str]
    rules: dict[str, str]
    supplies: dict[str, str]
    movements: dict[str, str]
    paid_in_web_shop: str
    training_mark: str
    voids: str
    returned_from: str
    about: str
    line: str
    article_no: str
    given: str
    """A cash tender of which there is change."""
    reason: str
    instead_of: str
    gross_weight: str
    tare: str
    typed_weight: str
    refund: str
    rate: str
    terminal: str
    trace: str
    terminal_receipt: str
    read_off: str
    """``{user}`` has read on the terminal that a card was charged."""
    customer: str
    cost_centre: str
    profit_centre: str
    company: str
    guests: str
    delivery_note: str
    invoice: str
    order: str
    due_on: str
    paid_before: str
    no_receipt: str
    goods_received: str
    delivery_note_title: str
    cost_centre_title: str
    guest_names: str
    refund_title: str
    deposit_title: str
    paid_down: str
    deposit_note: str
    slip_titles: dict[str, str]
    coupon_note: str
    lines: str
    not_paid: str
    amount: str
    cashier: str
    enrolment: EnrolmentWords
    hospitality: HospitalityWords
    report: ReportWords
    security: SecurityWords
    sync: SyncWords
    ringing: RingingWords
