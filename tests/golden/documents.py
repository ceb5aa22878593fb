"""One document of each kind, as facts, for the golden files."""

from __future__ import annotations

from app.domain.customer import Person
from app.facts.circulation import CouponsPrinted, OrderLine, OrderPlaced, SaleParked, VoucherIssued
from app.facts.sales import (
    CardRow,
    CashMoved,
    CountedCash,
    InvoiceIssued,
    LineDiscount,
    Period,
    ReceiptCompleted,
    ReceiptCoupon,
    ReceiptLine,
    Sum,
    TaxRow,
    TenderRow,
    TenderSum,
    ZReportClosed,
)
from receipts.documents import Document
from receipts.enrolment import EnrolmentSlip
from receipts.sync_protocol import SyncEntry, SyncProtocol

BEGUN, AT, DAY = "2026-11-21T09:31:05.123Z", "2026-11-21T09:32:11.000Z", "2026-11-21"
BUYER = Person("Gärtnerei Grün KG", "Am Rhein 3", "40213", "Düsseldorf", "Deutschland", vat_id="DE987654321")

FULL = ReceiptCompleted(
    receipt_no="1-000043",
    till_no=1,
    sale_id="s",
    started_at=BEGUN,
    finished_at=AT,
    business_day=DAY,
    cashier="Jürgen Weiß",
    currency="EUR",
    lines=(
        ReceiptLine(1, "sale", "Hundefutter Rind & Möhre 800 g", 2000, "Stk", 349, 588, vat_key="2", vat_rate_bp=700,
                    discounts=(LineDiscount("promotion", "Futterwoche 10 %", 70), LineDiscount("coupon", "", 40))),
        ReceiptLine(2, "sale", "Leine", 1000, "Stk", 990, 990, vat_key="1", vat_rate_bp=1900, list_price_minor=1290),
        ReceiptLine(3, "sale", "Wasser 0,5 l", 1000, "Stk", 100, 100, vat_key="1", vat_rate_bp=1900),
        ReceiptLine(4, "container_deposit", "Pfand", 1000, "Stk", 25, 25, vat_key="1", vat_rate_bp=1900, of_line=3),
        ReceiptLine(5, "sale", "Futterball", -1000, "Stk", 1290, -1290, vat_key="1", vat_rate_bp=1900,
                    reference="1-000017", reference_line=2, reason="quietscht nicht"),
        ReceiptLine(6, "deposit_settlement", "Anzahlung", 1000, "Stk", -500, -500, vat_key="2", vat_rate_bp=700,
                    reference="A1-000003"),
        ReceiptLine(7, "voucher_sale", "Gutschein", 1000, "Stk", 2500, 2500, voucher_code="7K3M9QXA0PWTB",
                    voucher_kind="multi_purpose", voucher_expires_on="2029-12-31"),
        ReceiptLine(8, "voucher_sale", "Gutschein Kaffee", 1000, "Stk", 250, 250, vat_key="1", vat_rate_bp=1900,
                    voucher_code="3HJK8WWP2D41T", voucher_kind="token"),
        ReceiptLine(9, "tip", "Tip", 1000, "Stk", 200, 200),
        ReceiptLine(10, "rounding", "Rounding", 1000, "Stk", 2, 2),
    ),
    tax_table=(
        TaxRow("1", 1900, 75, 63, 12), TaxRow("2", 700, 88, 82, 6), TaxRow("", 0, 2702, 2702, 0),
    ),
    tenders=(
        TenderRow("chf", "CHF", 2086, tender_kind="foreign_cash", foreign_minor=2000, rate="1.0432", rate_source="ECB"),
        TenderRow("cheque", "EUR", 500, "471100815", tender_kind="cheque"),
        TenderRow("lunch", "EUR", 500, tender_kind="other", name="Essensmarke"),
        TenderRow("cash", "EUR", -221, role="change", tender_kind="cash"),
    ),
    total_minor=2865,
    change_minor=221,
    customer_no="K-000815",
    supply="eat_in",
    order_no="A1-000003",
    coupons=(ReceiptCoupon("5ABCDEFGH1230", "dank", "3 EUR Dankeschön", "2026-12-31", "Ab 20 EUR Einkauf."),),
)  # fmt: skip
TRAINING = ReceiptCompleted(
    "T1-000001", 1, "s", BEGUN, AT, DAY, "Azubi", "EUR", FULL.lines[1:2], (TaxRow("1", 1900, 990, 832, 158),),
    (TenderRow("cash", "EUR", 990, tender_kind="cash"),), 990, 0, receipt_type="training",
)  # fmt: skip
VOID = ReceiptCompleted(
    "1-000044", 1, "s", BEGUN, AT, DAY, "Jürgen Weiß", "EUR",
    (ReceiptLine(1, "sale", "Leine", -1000, "Stk", 990, -990, vat_key="1", vat_rate_bp=1900, reason="vertippt"),),
    (TaxRow("1", 1900, -990, -832, -158),),
    (TenderRow("card", "EUR", -990, role="refund", tender_kind="card"),), -990, 0, receipt_type="void",
    voids="1-000042",
)  # fmt: skip
HOSPITALITY = ReceiptCompleted(
    "1-000045", 1, "s", BEGUN, AT, DAY, "Jürgen Weiß", "EUR",
    (ReceiptLine(1, "sale", "Mittagstisch", 3000, "Stk", 1190, 3570, vat_key="3", vat_rate_bp=700),
     ReceiptLine(2, "tip", "Tip", 1000, "Stk", 300, 300)),
    (TaxRow("3", 700, 3570, 3336, 234), TaxRow("", 0, 300, 300, 0)),
    (TenderRow("cost_centre", "EUR", 3870, "4100", tender_kind="cost_centre"),), 3870, 0, cost_centre="4100",
    profit_centre="P1", company="Bärenstark", guests=3, hospitality=True,
)  # fmt: skip
INVOICED = ReceiptCompleted(
    "1-000046", 1, "s", BEGUN, AT, DAY, "Jürgen Weiß", "EUR", FULL.lines[1:2], (TaxRow("1", 1900, 990, 832, 158),),
    (TenderRow("delivery_note", "EUR", 990, "L1-000004", tender_kind="delivery_note"),), 990, 0, invoice_no="R-26-007",
    delivery_note_no="L1-000004", customer_no="K-000815", buyer_id="K-000815", buyer="sealed",
)  # fmt: skip
DELIVERED = ReceiptCompleted(
    "1-000048", 1, "s", BEGUN, AT, DAY, "Jürgen Weiß", "EUR",
    (ReceiptLine(1, "sale", "Wiesenheu lose", 12500, "kg", 420, 5250, ident_no="4711", vat_key="2", vat_rate_bp=700),
     *FULL.lines[2:4]),
    (TaxRow("1", 1900, 125, 105, 20), TaxRow("2", 700, 5250, 4907, 343)),
    (TenderRow("delivery_note", "EUR", 5375, "L1-000005", tender_kind="delivery_note"),), 5375, 0,
    delivery_note_no="L1-000005", customer_no="K-000815",
)  # fmt: skip
FOR_GUESTS = ReceiptCompleted(
    "1-000049", 1, "s", BEGUN, AT, DAY, "Jürgen Weiß", "EUR",
    (ReceiptLine(1, "sale", "Kaffeegedeck", 4000, "Stk", 650, 2600, vat_key="1", vat_rate_bp=1900),),
    (TaxRow("1", 1900, 2600, 2185, 415),),
    (TenderRow("cost_centre", "EUR", 2600, "4100", tender_kind="cost_centre"),), 2600, 0, cost_centre="4100",
    profit_centre="P1", company="Bärenstark", guests=4,
)  # fmt: skip
PAID_DOWN = ReceiptCompleted(
    "1-000051", 1, "s", BEGUN, AT, DAY, "Jürgen Weiß", "EUR",
    (ReceiptLine(1, "deposit", "Anzahlung", 1000, "Stk", 1500, 1500, vat_key="1", vat_rate_bp=1900,
                 reference="A1-000003"),
     ReceiptLine(2, "deposit", "Anzahlung", 1000, "Stk", 500, 500, vat_key="2", vat_rate_bp=700,
                 reference="A1-000003")),
    (TaxRow("1", 1900, 1500, 1261, 239), TaxRow("2", 700, 500, 467, 33)),
    (TenderRow("cash", "EUR", 2000, tender_kind="cash"),), 2000, 0, customer_no="K-000815", order_no="A1-000003",
)  # fmt: skip
BY_CARD = ReceiptCompleted(
    "1-000053", 1, "s", BEGUN, AT, DAY, "Jürgen Weiß", "EUR", FULL.lines[1:2], (TaxRow("1", 1900, 990, 832, 158),),
    (TenderRow("girocard", "EUR", 500, tender_kind="card", card=CardRow(
        "c" * 32, "52500041", 42, 8, "girocard", slip=(
            "K U N D E N B E L E G", "Terminal-ID     52500041", "TA-Nr 000042    BNr 0008", "Betrag EUR          5,00",
            "Zahlung erfolgt"))),
     TenderRow("visa", "EUR", 490, tender_kind="card", card=CardRow(
        "d" * 32, "52500041", 43, 9, "VISA", read_by="anna"))),
    990, 0,
)  # fmt: skip
HOSTILE = (
    "Napf \x1b@\x10\x04\x01 mit Steuerzeichen\n\t", "Katzenspielzeug 🐱🐾 'Mäuschen' 👩‍👧",
    "Mo\u0308hren a\u0338\u20dd",
    "שלום עולם", "\u202eredrov nov netniH", "猫ちゃん", "Langname " + "Donaudampfschifffahrtsgesellschaftskapitän" * 5,
    "x" * 200, "", "„Łódź“ – Ďábel’s ẞ…", "<b>%s{}\\</b>",
)  # fmt: skip
"""Names that a shop, or somebody who means it ill, may give its articles."""
ILL_NAMED = ReceiptCompleted(
    "1-000050", 1, "s", BEGUN, AT, DAY, "Jür\x1bgen 🐕", "EUR",
    tuple(ReceiptLine(no, "sale", name, 2000 if no % 2 else 1000, "Stk", 50 if no % 2 else 100, 100, vat_key="1",
                      vat_rate_bp=1900, discounts=(LineDiscount("promotion", name, 0),) if no == 2 else ())
          for no, name in enumerate(HOSTILE, 1)),
    (TaxRow("1", 1900, 1100, 924, 176),), (TenderRow("other", "EUR", 1100, "\x1dV\x00", name=HOSTILE[1]),), 1100, 0,
)  # fmt: skip
REFUNDED_TO_VOUCHER = ReceiptCompleted(
    "1-000047", 1, "s", BEGUN, AT, DAY, "Jürgen Weiß", "EUR", FULL.lines[4:5], (TaxRow("1", 1900, -1290, -1084, -206),),
    (TenderRow("voucher", "EUR", -1290, "7K3M9QXA0PWTB", role="refund", tender_kind="voucher",
               voucher_expires_on="2029-12-31"),), -1290, 0,
)  # fmt: skip
WEIGHED = ReceiptCompleted(
    "1-000052", 1, "s", BEGUN, AT, DAY, "Jürgen Weiß", "EUR",
    (ReceiptLine(1, "sale", "Sittichmischung lose", 500, "kg", 790, 395, vat_key="2", vat_rate_bp=700,
                 weighed="scale", gross_g=512, tare_g=12, tare_class="Becher"),
     ReceiptLine(2, "sale", "Sittichmischung lose", 1000, "kg", 790, 790, vat_key="2", vat_rate_bp=700,
                 weighed="manual", gross_g=1000),
     ReceiptLine(3, "sale", "Sittichmischung lose", -250, "kg", 790, -198, vat_key="2", vat_rate_bp=700,
                 weighed="manual", gross_g=-250, reason="feucht")),
    (TaxRow("2", 700, 987, 922, 65),), (TenderRow("cash", "EUR", 987),), 987, 0,
)  # fmt: skip
FIGURES = Period(
    "EUR", 41, 123456, "1-000001", "1-000041", (TaxRow("1", 1900, 100000, 84034, 15966), TaxRow("2", 700, 23456, 21921,
    1535)), (TenderSum("cash", "EUR", 30, 100000), TenderSum("chf", "CHF", 1, 2086, 2000), TenderSum("card", "EUR", 10,
    21370)), (Sum("sale", 60, 123256), Sum("tip", 1, 200)), (Sum("Futter", 20, 50000),),
    (Sum("opening_float", 1, 20000), Sum("pay_out", 2, -1500)),
    (CountedCash("EUR", 118500, 118400, -100, ((5000, 20), (2000, 9), (200, 2))), CountedCash("CHF", 2000)),
    discounts_minor=530, returns=1, voids=1, aborted=2, vouchers_sold_minor=2500, vouchers_redeemed_minor=1000,
)  # fmt: skip
DOCUMENTS: dict[str, Document] = {
    "full": FULL,
    "training": TRAINING,
    "void": VOID,
    "hospitality": HOSPITALITY,
    "invoiced": INVOICED,
    "delivered": DELIVERED,
    "for-guests": FOR_GUESTS,
    "deposit": PAID_DOWN,
    "by-card": BY_CARD,
    "ill-named": ILL_NAMED,
    "weighed": WEIGHED,
    "refund-voucher": REFUNDED_TO_VOUCHER,
    "z-report": ZReportClosed(7, 1, AT, DAY, "Jürgen Weiß", FIGURES, "Z1-000007"),
    "x-report": ZReportClosed(0, 1, AT, DAY, "Jürgen Weiß", FIGURES),
    "parked": SaleParked("P1-000002", "Tisch 4", 1, AT, "Jürgen Weiß", "EUR", 2865, 5, "{}"),
    "order": OrderPlaced(
        "A1-000003", 1, AT, "Jürgen Weiß", "EUR",
        (OrderLine("Aquarium 60 l", 1000, "Stk", 8900, 8900), OrderLine("Kies", 2500, "kg", 200, 500)), 9400,
        "2026-12-01", "K-000815", note="bitte anrufen",
    ),
    "cash-out": CashMoved("m1", 1, 7, "pay_out", "EUR", -1500, AT, DAY, "Jürgen Weiß", "Briefmarken"),
    "replaced-voucher": VoucherIssued("7K3M9QXA0PWTB", "multi_purpose", 1250, "EUR", AT, 1, "", replaces="X"),
    "coupons": CouponsPrinted(
        "dank", "3 EUR Dankeschön", ("5ABCDEFGH1230", "6ABCDEFGH1238"), AT, 1, "2026-12-31", "Ab 20 EUR Einkauf.",
    ),
    "invoice": InvoiceIssued(
        "R-26-008", 1, "K-000815", AT, DAY, "Jürgen Weiß", "EUR", 1980, (TaxRow("1", 1900, 1980, 1664, 316),),
        ("L1-000004", "L2-000001"), buyer_id="K-000815", buyer="sealed",
    ),
    "sync-protocol": SyncProtocol(1, AT, (
        SyncEntry(BEGUN, "verbunden", "2 Kasse am Nordeingang", "[fd00::2]:7417"),
        SyncEntry(BEGUN, "gesendet", "2 Kasse am Nordeingang", "receipt.completed/1 ×3, voucher.issued/1 ×1"),
        SyncEntry(AT, "keine Antwort", "", "192.168.1.21:7417: es meldet sich keine Kasse"),
        SyncEntry(AT, "bereit", "3 Kasse 3", ""),
    )),
    "sync-nothing": SyncProtocol(2, AT, ()),
    "enrolment": EnrolmentSlip(
        ((3, "Kasse am Nordeingang"),), "Halle 4", "Frühjahrsmesse",
        "12ABC-DEFGH-JKMNP-QRSTV-WXYZ0-12345-6789A-BCDEF-G1001", "2026-11-22T09:32:11.000Z", AT,
    ),
    "enrolment-several": EnrolmentSlip(
        (*((no, f"Kasse {no}") for no in range(2, 6)), (8, "Kasse am Nordeingang hinter der großen Bühne")),
        "Halle 4", "Frühjahrsmesse", "12ABC-DEFGH-JKMNP-QRSTV-WXYZ0-12345-6789A-BCDEF-G1001",
        "2026-11-22T09:32:11.000Z", AT,
    ),
}  # fmt: skip
