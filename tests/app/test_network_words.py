"""How the network stands, in words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app import network_words, text

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)


@pytest.fixture(autouse=True)
def english() -> None:
    text.use("en")


def member(**said: Any) -> dict[str, Any]:
    usual = {
        "till_no": 2, "name": "Kasse 2", "role": "till", "site": "", "revoked": False, "me": False, "online": True,
        "known": {"sales": 40, "circulation": 2}, "pending": 0, "pending_since": None, "since": NOW_MS - 60_000,
        "last_heard": NOW_MS, "clock_off_ms": 5,
    }  # fmt: skip
    return {**usual, **said}


def row(**said: Any) -> list[str]:
    (line,) = network_words.rows({"members": [member(**said)]}, NOW)
    assert len(line) <= 78
    return line.split()


def test_a_member_says_how_far_it_is_known_and_nothing_else_if_all_is_well() -> None:
    assert row() == ["2", "Kasse", "2", "till", "online", "42"]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"online": False}, "offline"),
        ({"online": False, "last_heard": None, "since": None}, "never"),
        ({"online": False, "signed_off": True}, "signed"),
        ({"online": False, "revoked": True}, "shut"),
        ({"me": True}, "this"),
    ],
)
def test_each_standing_has_its_word(said: dict[str, Any], state: str) -> None:
    assert row(**said)[4] == state


def test_what_is_pending_is_told_with_its_time_and_a_wrong_clock_with_its_sign() -> None:
    told = row(online=False, pending=7, pending_since=NOW_MS - 3_600_000, clock_off_ms=None)
    assert told[-2:] == ["7", "17:00"]
    assert row(clock_off_ms=-185_000)[-2:] == ["-3", "min"]


def test_a_row_fits_whatever_the_names_and_numbers_are() -> None:
    long = member(name="x" * 80, site="y" * 80, role="z" * 40, till_no=99_999, known={"sales": 10**12}, pending=10**9)
    (line,) = network_words.rows({"members": [long]}, NOW)
    assert len(line) <= 78


@pytest.mark.parametrize(
    ("off_ms", "said"),
    [(65_000, "+65 s"), (180_000, "+3 min"), (-7_200_000, "-2 h"), (400 * 86_400_000, "+400 d"), (0, "+0 s")],
)
def test_a_difference_is_told_in_one_unit(off_ms: int, said: str) -> None:
    assert network_words.off(off_ms) == said


def test_moments_are_as_short_as_they_can_be_and_never_fail() -> None:
    assert network_words.moment(NOW_MS - 60_000, NOW) == "17:59"
    assert network_words.moment(NOW_MS - 3 * 86_400_000, NOW) == "19.11."
    assert network_words.moment(10**18, NOW) == "?"
    assert network_words.moment(None, NOW) == ""


def test_our_own_wrong_clock_is_told_instead_of_everybody_elses() -> None:
    off = [{"till_no": no, "name": f"Kasse {no}", "off_ms": 200_000} for no in (2, 3)]
    assert network_words.alarms({"clocks_off": off}) == ["Clock till 2: +3 min", "Clock till 3: +3 min"]
    assert network_words.alarms({"clocks_off": off, "own_clock_off_ms": -200_000}) == ["Own clock wrong: -3 min"]
    assert "set it" in network_words.advice({"clocks_off": off, "own_clock_off_ms": -200_000})[0]


def test_the_gravest_alarm_is_first() -> None:
    status = {
        "stopped": {"code": "cloned", "reason": "a copy of this till runs"},
        "forks": ["x/sales"],
        "own_clock_off_ms": 90_000,
    }
    assert [alarm.split()[0] for alarm in network_words.alarms(status)] == ["STOPPED:", "COPIED", "Own"]
    assert "a copy of this till runs" in network_words.advice(status)[0]
    assert network_words.alarms({"stopped": None, "forks": [], "provisioning": None}) == []


def test_a_line_of_the_log_names_sort_and_peer() -> None:
    line = network_words.log_line({"at_ms": NOW_MS, "what": "sent", "name": "2 Kasse 2", "detail": "a ×1\n; 9"}, NOW)
    assert line.split() == ["18:00", "sent", "2", "Kasse", "2", "a", "×1", ";", "9"]
    assert "newer/1" in network_words.log_line({"at_ms": 0, "what": "newer/1", "name": "", "detail": ""}, NOW)


def test_a_till_that_asks_for_its_own_records_says_so_and_what_helps() -> None:
    assert network_words.alarms({"recovery": "suspect"}) == ["RESTORED? call supervisor"]
    assert "network confirm" in network_words.advice({"recovery": "suspect"})[0]
    assert network_words.alarms({"recovery": "clear"}) == network_words.alarms({"recovery": "listening"}) == []


def test_a_till_that_has_been_shut_out_says_so() -> None:
    """It would sell on for days, and nobody would ever get what it booked."""
    me = {"me": True, "revoked": True}
    assert network_words.alarms({"members": [me]}) == ["SHUT OUT: call office"]
    assert "shut out" in network_words.advice({"members": [me]})[0]
    assert network_words.alarms({"members": [{**me, "revoked": False}, {"me": False, "revoked": True}]}) == []


def test_a_till_whose_records_go_two_ways_is_not_sent_to_a_supervisor_who_cannot_help() -> None:
    said = network_words.advice({"stopped": {"code": "forked", "reason": "there are two records 9"}})[0]
    assert "network replace" in said
    assert "confirm" not in said


def test_everyday_reasons_are_said_in_the_till_s_language_and_others_as_they_came() -> None:
    known = network_words._REASONS
    assert {network_words.reason(reason) for reason in known} == set(known.values())
    assert network_words.reason("protocol error: not CBOR") == "protocol error: not CBOR"
    root = Path(__file__).parents[2]
    sources = [path for folder in ("replication", "app/engine") for path in (root / folder).rglob("*.py")]
    told = "".join(path.read_text("utf-8") for path in sources)
    assert [reason for reason in (*known, *network_words._TEMPLATES) if f'"{reason}"' not in told] == []


def test_what_is_in_a_reason_is_kept_and_a_reason_in_a_reason_is_said_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_words, "_", str.upper)
    said = network_words.reason
    assert said("its clock differs from ours by -90 s") == "ITS CLOCK DIFFERS FROM OURS BY -90 S"
    assert said("protocol error: not CBOR") == "PROTOCOL ERROR: not CBOR"
    assert said("3 more within a minute; the last: no answer in time") == (
        "3 MORE WITHIN A MINUTE; THE LAST: NO ANSWER IN TIME"
    )
    assert said("something else: {0}") == "something else: {0}"
