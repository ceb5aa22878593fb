"""What only the feeds show: each is done to a real store of signed records, and found."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from app.books.writer import BooksWriter
from app.office.audit.finding import Asked, Finding
from app.office.audit.running import Sight, audit
from app.office.audit.runs import Runs
from replication.core.model import Entry
from tests.app.office.audit.house import House, receipt

Look = Callable[..., list[Finding]]


@pytest.fixture
def look(house: House, database: Engine) -> Look:
    """The findings of these kinds, after everything that can be read has come into the books."""

    def found(*kinds: str, fold: bool = True) -> list[Finding]:
        if fold:
            writer = BooksWriter(database)
            for run in house.store.records_after(writer.positions()):
                writer.apply(run)
            writer.close()
        return list(audit(Sight(database, house.store, house.identity), Asked(kinds=kinds)).findings)

    return found


def only(findings: list[Finding]) -> Finding:
    assert len(findings) == 1, [finding.cause for finding in findings]
    return findings[0]


def test_honest_feeds_have_no_findings(house: House, look: Look) -> None:
    till = house.join(2)
    for number in range(1, 4):
        house.sell(till, f"2-{number:06d}", 2)
    assert look() == []


def test_a_record_that_was_altered_on_disk_breaks_its_chain(house: House, look: Look) -> None:
    till = house.join(2)
    for number in range(1, 6):
        house.sell(till, f"2-{number:06d}", 2)
    other = sqlite3.connect(house.home / "store.sqlite")
    row_id, text = next(
        row for row in other.execute("SELECT id, text FROM records ORDER BY id") if "2-000003" in row[1]
    )
    altered = text.replace('"cashier":"anna"', '"cashier":"otto"')
    digest = hashlib.sha256(altered.encode()).hexdigest()
    other.execute("UPDATE records SET text = ?, hash = ? WHERE id = ?", (altered, digest, row_id))
    other.commit()
    other.close()
    finding = only(look("chain_broken", fold=False))
    assert (finding.severity, finding.till_no) == ("alarm", 2)
    assert f"record 4 of {till}/sales does not hold: does not continue the chain" in finding.cause


def test_a_record_that_somebody_else_signed(house: House, look: Look) -> None:
    till = house.join(2)
    house.sell(till, "2-000001", 2)
    house.write(till, Entry("sales", "note/1", {}), key=Ed25519PrivateKey.generate())
    assert "is not signed by its writer" in only(look("chain_broken")).cause


def test_a_feed_of_nobody(house: House, look: Look) -> None:
    stranger = house.join(9, listed=False)
    house.sell(stranger, "9-000001", 9)
    assert "no member of the network" in only(look("chain_broken")).cause


def test_a_fork_with_both_records(house: House, look: Look) -> None:
    till = house.join(2)
    one = house.sell(till, "2-000001", 2)
    other = house.signed(till, Entry("sales", "note/1", {}), seq=1, prev=one.prev)
    kept = msgspec.json.encode((1, one.text, other.text)).decode()
    house.keep(f"fork/{till}/sales", kept)
    house.quarantine(f"{till}/sales", "fork", kept)
    finding = only(look("fork", "quarantined", fold=False))
    assert (finding.kind, finding.till_no, len(finding.evidence)) == ("fork", 2, 2)
    assert one.hash[:16] in finding.evidence[0].text
    assert other.hash[:16] in finding.evidence[1].text


def test_what_was_refused(house: House, look: Look) -> None:
    till = house.join(2)
    for number in range(3):
        house.quarantine(f"{till}/sales", "no record: junk", f"junk {number}")
    finding = only(look("quarantined"))
    assert f"3 records from {till}/sales were refused: no record: junk" in finding.cause
    assert (finding.severity, finding.till_no, finding.evidence[0].text[:4]) == ("warning", 2, "junk")


def test_a_clock_that_others_saw_wrong(house: House, look: Look) -> None:
    till = house.join(2)
    for hour, said in enumerate(
        (
            "its clock differs from ours by 90 s",
            "its clock differs from ours by 7200 s",
            "its clock agrees with ours again",
        )
    ):
        house.log("clock", till, said, datetime.now(UTC) - timedelta(hours=9 - hour))
    house.log("connected", till, "", datetime.now(UTC))
    finding = only(look("clock_jump"))
    assert finding.cause == "a clock was seen wrong 2 times, at last: its clock differs from ours by 7200 s"
    assert (finding.severity, finding.till_no) == ("note", 2)


def test_a_number_that_a_till_wrote_twice_and_the_books_count_once(house: House, look: Look) -> None:
    till = house.join(2)
    house.sell(till, "2-000001", 2, 500)
    house.sell(till, "2-000002", 2, 700)
    house.sell(till, "2-000001", 2, 900)
    finding = only(look("number_double"))
    assert finding.cause == "till 2 wrote receipt 2-000001 twice; the books count the first one only"
    assert finding.evidence[1].name == f"{till}/sales/3"


def test_a_till_that_was_not_heard_of(house: House, look: Look) -> None:
    lost, old, fresh = (house.join(number) for number in (2, 3, 4))
    house.sell(old, "3-000001", 3)
    house.now += timedelta(hours=30)
    house.sell(fresh, "4-000001", 4)
    causes = {finding.till_no: finding.cause for finding in look("silent_till") if finding.severity == "warning"}
    assert causes[2] == "nothing was ever heard of till 2 (Kasse 2)"
    assert "since 2026-11-21 10:05: 30 hours less than of others" in causes[3]
    assert set(causes) == {2, 3}
    house.write(house.centre, Entry("membership", "member.revoked/1", {"member_id": lost}))
    assert {finding.till_no for finding in look("silent_till") if finding.severity == "warning"} == {3}


def test_records_that_were_passed_over_are_named(house: House, look: Look) -> None:
    till = house.join(2)
    wrong = receipt("2-000001", 2, house.now, total_minor=499)
    house.say(till, wrong)
    house.write(till, Entry("sales", "receipt.completed/1", {"receipt_no": 7}))
    finding = only(look("passed_over"))
    assert [each.name for each in finding.evidence] == [f"{till}/sales/1", f"{till}/sales/2"]


def test_a_store_that_cannot_be_read_is_a_finding(house: House, look: Look) -> None:
    till = house.join(2)
    house.sell(till, "2-000001", 2)
    assert look() == []
    other = sqlite3.connect(house.home / "store.sqlite")
    other.execute("UPDATE records SET hash = 'x' WHERE id = (SELECT max(id) FROM records)")
    other.commit()
    other.close()
    house.keep("fork/junk", "no proof")
    assert "cannot be read" in only(look(fold=False)).cause, "and the rest is looked at all the same"


def test_numbers_seen_are_kept_as_stretches() -> None:
    runs = Runs()
    assert [runs.add(number) for number in (5, 7, 6, 6, 1, 2, 9, 7)] == [
        True,
        True,
        True,
        False,
        True,
        True,
        True,
        False,
    ]
    assert runs.stretches() == [(1, 2), (5, 7), (9, 9)]
