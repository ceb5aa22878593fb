"""Refusals as people read them."""

from __future__ import annotations

import string

from app import text
from app.till.refusals import SENTENCES, sentence


def test_amounts_are_shown_the_way_the_language_writes_them() -> None:
    values = {"code": "7K3M-9QXA-0PWT-B", "balance": "12.50"}
    text.use("de")
    assert "12,50" in sentence("voucher_used_up", values, text.gettext)
    text.use("en")
    assert "12.50" in sentence("voucher_used_up", values, text.gettext)


def test_every_sentence_can_be_said_in_both_languages_with_the_same_values() -> None:
    for code, template in SENTENCES.items():
        names = {name: f"<{name[:3]}>" for _text, name, _spec, _conv in string.Formatter().parse(template) if name}
        for language in text.LANGUAGES:
            text.use(language)
            said = sentence(code, names, text.gettext)
            assert all(value in said for value in names.values()), (code, language, said)


def test_a_code_without_a_sentence_gives_its_reason() -> None:
    assert sentence("store_damaged", {"reason": "segment 3 cannot be read"}, text.gettext) == "segment 3 cannot be read"


def test_whatever_the_journal_refuses_is_said_in_the_tills_language() -> None:
    for code in ("disk_full", "recovering", "cloned", "claim_expired", "not_a_writer", "engine_gone"):
        text.use("de")
        german = sentence(code, {"reason": "an English sentence for the log"}, text.gettext)
        assert german != sentence(code, {"reason": "an English sentence for the log"}, str), code
        assert "English" not in german


TYPICAL = {
    "field": "delivery_note_no", "park_no": "P12-000123",
    "customer_group": "Stammkunden",
    "ident_no": "4711", "price_list": "15", "where": "drive_in",
    "till_no": "12",
    "amount": "123.45", "balance": "123.45", "code": "7K3M-9QXA-0PWT-B", "currency": "EUR", "day": "2026-11-21",
    "due": "123.45", "expires": "2026-11-21", "kind": "magic", "known": "EUR", "limit": "9999", "line": "12",
    "name": "Vogelfutter", "no": "12", "receipt_no": "12-000123", "seconds": "10", "scope": "shop",
    "tender": "token", "text": "12.345", "vat_key": "2",
    "user": "Anna Beispiel", "tare": "9999",
    "right": "void_receipt",
    "left": "100",
    "order_no": "O12-000123", "invoice": "I12-000123",
    "reason": "from_minute",
    "subject": "exchange_rate",
    "key": "CHF/2026-01-01",
    "other": "Messe-2026",
    "done": "12000", "of": "20000", "promised": "7", "missing": "Kasse 5",
    "resource": "voucher/7K3M9QXA0PWTB",
}  # fmt: skip
FOR_PROGRAMS = ("bad_command", "internal_error")
COLUMNS = 78


def test_every_sentence_for_cashiers_fits_the_message_line_of_80_columns() -> None:
    for language in text.LANGUAGES:
        text.use(language)
        for code in SENTENCES.keys() - set(FOR_PROGRAMS):
            said = sentence(code, TYPICAL, text.gettext)
            assert len(said) <= COLUMNS, (language, code, len(said), said)
            assert "?" not in said, (language, code, said)


def test_a_sentence_stays_one_line_whatever_was_typed() -> None:
    slip = "../../etc/passwd\n" + "x" * 500
    for language in text.LANGUAGES:
        text.use(language)
        for code in SENTENCES.keys() - set(FOR_PROGRAMS):
            template = SENTENCES[code]
            names = {name for _text, name, _spec, _conv in string.Formatter().parse(template) if name}
            for long in sorted(names - {"right"}):
                said = sentence(code, {**TYPICAL, long: slip}, text.gettext)
                assert len(said) <= COLUMNS, (language, code, long, said)
                assert said.isprintable(), (language, code, long, said)


def test_what_fits_is_shown_whole_and_what_does_not_is_cut_short() -> None:
    text.use("en")
    assert sentence("unknown_receipt", {"receipt_no": "x" * 40}, text.gettext).count("x") == 40
    said = sentence("bad_customer_no", {"no": "../../etc/passwd"}, text.gettext)
    assert said == "../../etc/p… is no customer number: up to 20 letters, digits, dots and dashes."
