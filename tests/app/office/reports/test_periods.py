"""Words for periods, and the periods before them."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.office.reports.dimensions import DIMENSIONS
from app.office.reports.periods import WORDS, Period, before, of_word, year_before
from app.office.reports.surroundings import Surroundings

DAYS = st.dates(date(1971, 1, 1), date(2998, 12, 31))


@pytest.mark.parametrize(
    ("word", "start", "until"),
    [
        ("today", "2026-02-11", "2026-02-11"),
        ("yesterday", "2026-02-10", "2026-02-10"),
        ("last_7_days", "2026-02-05", "2026-02-11"),
        ("this_week", "2026-02-09", "2026-02-15"),
        ("last_week", "2026-02-02", "2026-02-08"),
        ("this_month", "2026-02-01", "2026-02-28"),
        ("last_month", "2026-01-01", "2026-01-31"),
        ("this_quarter", "2026-01-01", "2026-03-31"),
        ("last_quarter", "2025-10-01", "2025-12-31"),
        ("this_year", "2026-01-01", "2026-12-31"),
        ("last_year", "2025-01-01", "2025-12-31"),
        ("all", "", ""),
    ],
)
def test_a_word_is_about_today(word: str, start: str, until: str) -> None:
    assert of_word(word, "2026-02-11") == Period(start, until)


@given(DAYS, st.sampled_from([word for word in WORDS if word != "all"]))
def test_the_period_before_ends_the_day_before(day: date, word: str) -> None:
    period = of_word(word, day.isoformat())
    assert period.start <= period.until
    earlier = before(period)
    assert date.fromisoformat(earlier.until) + timedelta(1) == date.fromisoformat(period.start)
    assert earlier.start <= earlier.until
    assert year_before(period).start[4:] in (period.start[4:], "-02-28")


@given(DAYS)
def test_every_day_has_its_calendar(day: date) -> None:
    around = Surroundings(day.isoformat())
    text = day.isoformat()
    values = {key: each.derive(around, text) for key, each in DIMENSIONS.items() if each.base == "day"}
    assert values["week"] == day.strftime("%G-W%V")
    assert values["month"] == text[:7]
    assert values["quarter"] == f"{day.year}-Q{-(-day.month // 3)}"
    assert (values["weekday"], values["age"]) == (day.isoweekday(), 0)


def test_hours_are_those_of_the_tills() -> None:
    berlin = Surroundings("2026-08-02", ZoneInfo("Europe/Berlin"))
    hour = DIMENSIONS["hour"]
    assert [hour.derive(berlin, at) for at in ("2026-08-02T17", "2026-01-02T17", "2026-08-02T23")] == [19, 18, 1]
    assert hour.label(berlin, 9) == "09:00"


def test_ages_fall_into_classes() -> None:
    around = Surroundings("2026-08-02")
    each = DIMENSIONS["age_class"]
    days = ("2026-08-02", "2026-07-03", "2026-07-02", "2024-08-02", "2020-01-01", "2027-01-01")
    assert [each.derive(around, day) for day in days] == [0, 0, 1, 4, 5, 0]
