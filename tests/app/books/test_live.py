"""A day by till and by hour, with receipts of training left out."""

from __future__ import annotations

from msgspec.structs import replace

from app import live_words, text
from app.books.questions.live import AskDayNow, TillNow
from tests.app.books.shelf import Books, receipt, records_of


def test_a_day_is_summed_by_till_and_by_hour_without_training(books: Books) -> None:
    later = replace(receipt(2, 1, 300), finished_at="2026-11-21T11:59:59.999Z")
    training = replace(receipt(1, 3, 9_999), receipt_type="training")
    other = replace(receipt(1, 4, 8_888), business_day="2026-11-22")
    facts = [receipt(1, 1, 100), receipt(1, 2, 200), later, training, other]
    books.writer.apply(records_of([("a", fact) for fact in facts]))
    day = books.reader.ask(AskDayNow("2026-11-21"))
    assert day.currency == "EUR"
    assert day.tills == (
        TillNow(1, 2, 300, "2026-11-21T10:00:01.000Z"),
        TillNow(2, 1, 300, "2026-11-21T11:59:59.999Z"),
    )
    assert day.hours == (("2026-11-21T10", 2, 300), ("2026-11-21T11", 1, 300))


def test_the_view_fits_80_columns_and_says_what_to_do() -> None:
    text.use("en")
    till = {"till_no": 12345, "name": "A till with a very long name indeed", "receipts": 10**6, "gross": "123456789.00"}
    live = {
        "day": "2026-11-22",
        "currency": "EUR",
        "gross": "123456789.00",
        "receipts": 10**6,
        "online": 7,
        "members": 8,
        "tills": [till | {"gross_minor": 12_345_678_900}, till | {"gross_minor": -5}],
        "hours": [{"hour": "14", "receipts": 3, "gross": "1.00", "gross_minor": 100}],
        "queue": [{"till_no": 2, "name": "Kasse 2", "online": False, "since": 1_763_700_000_000, "pending": 3}],
        "warnings": [{"code": code, "till_no": 2, "value": "1"} for code in (*live_words.WARNINGS, "overdraws")],
    }
    shown = live_words.lines(live, 80)
    assert max(map(len, shown)) <= 80
    assert "██" in shown[3]
    assert "█" not in shown[4], "a till that only took back has no bar"
    assert "1 overdraw waits" in shown[-1]
    assert "runs and has a network" in " ".join(" ".join(shown).split()), "a long warning is gone on with, not cut off"
    text.use("de")
    german = live_words.lines(live, 80)
    assert "123456789,00 EUR" in german[0]
    assert any("weg seit 21.11.2025 " in line for line in german), "a day of another year in the language's form"
    text.use("en")
    assert live_words.lines(live | {"tills": [], "hours": [], "queue": [], "warnings": []}, 80)[1:] == [
        "",
        "No receipt on this day so far.",
    ]
