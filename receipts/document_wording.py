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
    """The slip that lets a till in."""

    title: str
    note: str


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
    reason: str
    instead_of: str
    refund: str
    rate: str
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
    slip_titles: dict[str, str]
    coupon_note: str
    lines: str
    not_paid: str
    amount: str
    cashier: str
    enrolment: EnrolmentWords
    hospitality: HospitalityWords
    report: ReportWords


_VOUCHER_DE = "ohne: Mehrzweckgutschein, USt erst bei Einlösung (§ 3 Abs. 15 UStG)"
_VOUCHER_EN = "none: multi-purpose voucher, VAT is due when it is redeemed"

GERMAN_DOCUMENTS = DocumentWords(
    cases={
        "sale": "Umsatz", "container_deposit": "Pfand", "voucher_sale": "Gutscheinverkauf",
        "voucher_redemption": "Gutscheineinlösung", "voucher_refund": "Gutscheinauszahlung",
        "voucher_reload": "Gutscheinaufladung", "purse_top_up": "Aufwertung Geldbörse", "deposit": "Anzahlung",
        "deposit_settlement": "Anzahlung verrechnet", "receivable_settlement": "Forderung bezahlt",
        "tip": "Trinkgeld", "rounding": "Rundung",
    },
    untaxed_reasons={
        "voucher_sale": _VOUCHER_DE,
        "voucher_reload": _VOUCHER_DE,
        "voucher_refund": "ohne: Auszahlung eines Mehrzweckgutscheins, beim Verkauf nicht besteuert",
        "purse_top_up": "ohne: Guthaben, USt erst beim Bezahlen damit",
        "receivable_settlement": "ohne: Zahlung einer Forderung, USt wurde beim Verkauf berechnet",
        "tip": "ohne: Trinkgeld für das Personal",
        "rounding": "ohne: Rundung bei Barzahlung",
    },
    rules={
        "promotion": "Aktion", "coupon": "Coupon", "line_discount": "Rabatt",
        "receipt_discount": "Rabatt auf den Beleg",
    },
    supplies={"eat_in": "Im Haus", "take_away": "Außer Haus"},
    movements={
        "opening_float": "Wechselgeld", "pay_in": "Einlage", "pay_out": "Entnahme", "cash_transfer": "Geldtransit",
        "difference": "Kassendifferenz",
    },
    paid_in_web_shop="Im Webshop bezahlt",
    training_mark="TRAINING – KEIN BELEG",
    voids="STORNO zu Beleg",
    returned_from="Rückgabe zu Beleg",
    about="zu",
    line="Pos.",
    reason="Grund",
    instead_of="statt",
    refund="Erstattung",
    rate="Kurs",
    customer="Kunde",
    cost_centre="Kostenstelle",
    profit_centre="Profit-Center",
    company="Firma",
    guests="Gäste",
    delivery_note="Lieferschein",
    invoice="Rechnung",
    order="Auftrag",
    due_on="Abholung am",
    paid_before="Bereits bezahlt",
    no_receipt="Dies ist kein Kassenbeleg.",
    goods_received="Ware erhalten (Datum, Unterschrift)",
    slip_titles={"token": "WERTMARKE", "coupon": "COUPON", "parked": "GEPARKT", "order": "AUFTRAG"},
    coupon_note="Kein Gutschein: keine Barauszahlung.",
    lines="Positionen",
    not_paid="Nicht bezahlt. Dies ist kein Kassenbeleg.",
    amount="Betrag",
    cashier="Kassierer",
    enrolment=EnrolmentWords(
        title="ANMELDECODE",
        note="Gilt einmal, für eine Kasse. Am neuen Gerät scannen oder abtippen, danach vernichten.",
    ),
    hospitality=HospitalityWords(
        title="Bewirtungsbeleg",
        law="Angaben zum Nachweis von Bewirtungsaufwendungen (§ 4 Abs. 5 Nr. 2 EStG)",
        day="Tag der Bewirtung",
        expense="Aufwendungen",
        occasion="Anlass der Bewirtung",
        people="Bewirtete Personen",
        place_and_date="Ort, Datum",
        signature="Unterschrift",
    ),
    report=ReportWords(
        z_title="TAGESABSCHLUSS",
        x_title="ZWISCHENBERICHT",
        z_no="Z-Nr.",
        number="Nummer",
        business_day="Tag",
        receipts="Belege",
        from_to="von - bis",
        tenders="Zahlarten",
        cases="Geschäftsvorfälle",
        groups="Warengruppen",
        movements="Kassenbewegungen",
        returns="Rückgaben",
        voids="Belegstornos",
        aborted="Belegabbrüche",
        discounts="Rabatte",
        vouchers_sold="Gutscheine verkauft",
        vouchers_redeemed="Gutscheine eingelöst",
        drawer="Kassenlade",
        expected="Soll",
        counted="Ist",
        difference="Differenz",
        not_counted="nicht gezählt",
    ),
)  # fmt: skip

ENGLISH_DOCUMENTS = DocumentWords(
    cases={
        "sale": "Sales", "container_deposit": "Container deposit", "voucher_sale": "Vouchers sold",
        "voucher_redemption": "Vouchers redeemed", "voucher_refund": "Vouchers paid out",
        "voucher_reload": "Vouchers reloaded", "purse_top_up": "Purse top-up", "deposit": "Deposit",
        "deposit_settlement": "Deposit settled", "receivable_settlement": "Receivables paid",
        "tip": "Tip", "rounding": "Rounding",
    },
    untaxed_reasons={
        "voucher_sale": _VOUCHER_EN,
        "voucher_reload": _VOUCHER_EN,
        "voucher_refund": "none: multi-purpose voucher paid out, it was not taxed when sold",
        "purse_top_up": "none: credit, VAT is due when it pays for something",
        "receivable_settlement": "none: payment of what is owed, VAT was charged with the sale",
        "tip": "none: tip for the staff",
        "rounding": "none: rounding of cash",
    },
    rules={
        "promotion": "Promotion", "coupon": "Coupon", "line_discount": "Discount",
        "receipt_discount": "Discount on the receipt",
    },
    supplies={"eat_in": "Eat in", "take_away": "Take away"},
    movements={
        "opening_float": "Opening float", "pay_in": "Paid in", "pay_out": "Paid out", "cash_transfer": "To the safe",
        "difference": "Cash difference",
    },
    paid_in_web_shop="Paid in the web shop",
    training_mark="TRAINING – NO RECEIPT",
    voids="VOID of receipt",
    returned_from="Returned from receipt",
    about="for",
    line="line",
    reason="Reason",
    instead_of="instead of",
    refund="Refund",
    rate="Rate",
    customer="Customer",
    cost_centre="Cost centre",
    profit_centre="Profit centre",
    company="Company",
    guests="Guests",
    delivery_note="Delivery note",
    invoice="Invoice",
    order="Order",
    due_on="Pick up on",
    paid_before="Paid already",
    no_receipt="This is no receipt.",
    goods_received="Goods received (date, signature)",
    slip_titles={"token": "TOKEN", "coupon": "COUPON", "parked": "PARKED", "order": "ORDER"},
    coupon_note="No voucher: it is not paid out.",
    lines="Lines",
    not_paid="Not paid. This is no receipt.",
    amount="Amount",
    cashier="Cashier",
    enrolment=EnrolmentWords(
        title="ENROLMENT CODE",
        note="Good once, for one till. Scan or type it at the new machine, then destroy it.",
    ),
    hospitality=HospitalityWords(
        title="Hospitality receipt",
        law="Proof of expenses for hospitality (Germany: § 4 (5) no. 2 EStG)",
        day="Day",
        expense="Expense",
        occasion="Occasion",
        people="Guests' names",
        place_and_date="Place, date",
        signature="Signature",
    ),
    report=ReportWords(
        z_title="DAY END",
        x_title="X REPORT",
        z_no="Z no.",
        number="Number",
        business_day="Day",
        receipts="Receipts",
        from_to="from - to",
        tenders="Tenders",
        cases="Business cases",
        groups="Article groups",
        movements="Cash movements",
        returns="Returns",
        voids="Receipts voided",
        aborted="Sales aborted",
        discounts="Discounts",
        vouchers_sold="Vouchers sold",
        vouchers_redeemed="Vouchers redeemed",
        drawer="Drawer",
        expected="Expected",
        counted="Counted",
        difference="Difference",
        not_counted="not counted",
    ),
)  # fmt: skip
