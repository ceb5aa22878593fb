"""Z reports for the accounting: bookings that tie out with what was printed, in DATEV's files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.books.questions.accounting import AskPosted
from app.books.questions.periods import FindZReport
from app.domain.account_data import proposed
from app.engine.control import Refused
from app.facts.base import Fact
from app.facts.master import ReferenceSet
from app.facts.sales import ZReportClosed
from app.office.interfaces.accounting import AccountingFile, accounting_file
from app.office.interfaces.datev_batch import COLUMNS
from app.till.commands import CashTransfer, Command, GiveDiscount, OpeningFloat, Pay, PayOut, Scan, SellVoucher, ZReport
from app.till.effects import Reply
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till

DAY = "2026-11-21"
MADE_AT = datetime(2026, 11, 22, 8, 30, 1, 250_000, UTC)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[FakeTill]:
    network = FakeNetwork()
    yield make_till(network, tmp_path)
    network.close()


def accounts(chart: str = "03", *without: str) -> list[Fact]:
    settings, known = proposed(chart, 1234, 567)
    values = [("accounting", settings), *(("account", each) for each in known if each.key not in without)]
    return [ReferenceSet(subject, value.key, msgspec.to_builtins(value)) for subject, value in values]


async def run(till: FakeTill, *commands: Command) -> None:
    for command in commands:
        answer = await till.runner.run(command)
        assert isinstance(answer, Reply), answer


async def a_day(till: FakeTill) -> ZReportClosed:
    """Two rates, a discount, a voucher, a card, cash that comes and goes, a difference."""
    till.engine.say([ReferenceSet("exchange_rate", "CHF/2026-01-01", {"currency": "CHF", "valid_from": "2026-01-01",
                                                                     "rate": "1.0432"})])  # fmt: skip
    await run(
        till,
        OpeningFloat("100.00"),
        OpeningFloat("50.00", currency="CHF"),
        Scan("0815", quantity="2"), Scan("17"), GiveDiscount(percent="10"), Pay(amount="20.00"),
        Scan("0815"), Pay(tender="girocard"),
        SellVoucher("25.00"), Pay(),
        Scan("17"), Pay(tender="chf", amount="20.00"),
        PayOut("5.00", reason='Blumen; "rot"'),
        CashTransfer("60.00"),
        ZReport(counted={"EUR": "80.00"}),
    )  # fmt: skip
    closed = till.books.ask(FindZReport(1, 1))
    assert closed is not None
    return closed


def made(till: FakeTill, what: str = "datev", days: tuple[str, str] = (DAY, DAY)) -> AccountingFile:
    return accounting_file(till.books, what, *days, MADE_AT)


def lines_of(file: AccountingFile) -> list[dict[str, str]]:
    text = file.content.decode("cp1252")
    assert text.count("\r\n") == text.count("\n")
    return list(csv.DictReader(io.StringIO(text.split("\r\n", 1)[1], newline=""), delimiter=";"))


def minor(text: str) -> int:
    assert text[-3] == ","
    return int(text.replace(",", ""))


def balances(rows: list[dict[str, str]]) -> dict[str, int]:
    """Debits less credits of each account."""
    found: dict[str, int] = {}
    for row in rows:
        amount = minor(row["Umsatz (ohne Soll/Haben-Kz)"]) * (1 if row["Soll/Haben-Kennzeichen"] == "S" else -1)
        for name, sign in (("Konto", 1), ("Gegenkonto (ohne BU-Schlüssel)", -1)):
            found[row[name]] = found.get(row[name], 0) + sign * amount
    return found


async def test_bookings_tie_out_with_the_z_report(till: FakeTill) -> None:
    till.engine.say(accounts())
    closed = await a_day(till)
    file = made(till)
    rows = lines_of(file)
    sums = balances(rows)
    by_key = {row.vat_key: row.gross_minor for row in closed.figures.tax_table}
    drawer = next(each for each in closed.figures.drawers if each.currency == "EUR")
    assert sums["8300"] == -by_key["2"]
    assert sums["8400"] == -by_key["1"]
    assert sums["1590"] == 0, "what was sold is what was paid"
    assert sums["1000"] == drawer.counted_minor == 8000, "the account is what lies in the drawer"
    assert sums["2309"] == -drawer.difference_minor
    assert sums["1360"] + sums["1700"] + sums["1800"] == 499 - 10000 - 5216 + 6000 - 2500 + 500
    assert sum(sums.values()) == 0
    assert file.gross_minor == closed.figures.gross_minor
    assert file.cash_minor == 8000


async def test_the_batch_is_as_datev_describes_it(till: FakeTill) -> None:
    till.engine.say(accounts())
    await a_day(till)
    file = made(till)
    header, heads, *lines = file.content.decode("cp1252").rstrip("\r\n").split("\r\n")
    assert header == (
        '"EXTF";700;21;"Buchungsstapel";13;20261122083001250;;"TM";"";"";1234;567;20260101;4;20261121;20261121;'
        '"Kassen 21.11.2026-21.11.2026";"";1;0;0;"EUR";;"";;;"03";;;"";"Tillmesh"'
    )
    assert len(header.split(";")) == 31
    assert heads.split(";") == list(COLUMNS)
    assert len(COLUMNS) == 125
    assert (COLUMNS[36], COLUMNS[87], COLUMNS[113], COLUMNS[124]) == (
        "KOST1 - Kostenstelle", "Stück", "Festschreibung", "Abw. Skontokonto",
    )  # fmt: skip
    rows = lines_of(file)
    assert len(rows) == len(lines) == file.bookings
    assert {row["Belegdatum"] for row in rows} == {"2111"}
    assert {row["Belegfeld 1"] for row in rows} == {till.books.ask(FindZReport(1, 1)).z_report_no}  # type: ignore[union-attr]
    [flowers] = [row for row in rows if "Entnahme" in row["Buchungstext"]]
    assert flowers["Buchungstext"] == 'K1 Z1 Entnahme Blumen; "rot"'
    assert (flowers["Soll/Haben-Kennzeichen"], flowers["Konto"]) == ("H", "1000")
    assert made(till).content == file.content, "the same reports, the same bytes"


async def test_a_cash_book_comes_to_what_the_drawer_has(till: FakeTill) -> None:
    till.engine.say(accounts("04"))
    await a_day(till)
    rows = list(csv.DictReader(io.StringIO(made(till, "cash-book").content.decode()), delimiter=";"))
    assert list(rows[0]) == ["Währung", "VorzBetrag", "RechNr", "BelegDatum", "Belegtext", "UStSatz", "BU",
                             "Gegenkonto", "Kost1", "Kost2", "Kostmenge", "Skonto", "Nachricht"]  # fmt: skip
    assert sum(minor(row["VorzBetrag"]) for row in rows) == 8000
    assert all(row["VorzBetrag"][0] in "+-" for row in rows)
    rates = {row["UStSatz"] for row in rows if row["Gegenkonto"] in ("4300", "4400")}
    assert rates == {"7,00", "19,00"}
    assert all("CHF" not in row["Belegtext"] for row in rows), "francs lie in another drawer"


async def test_what_stays_in_the_drawer_is_not_booked_again(till: FakeTill) -> None:
    till.engine.say(accounts())
    await a_day(till)
    await run(till, Scan("17"), Pay(), ZReport())
    sums = balances(lines_of(made(till)))
    assert sums["1000"] == 8000 + 89


async def test_what_is_no_more_what_was_printed_is_not_handed_over(till: FakeTill) -> None:
    till.engine.say(accounts())
    closed = await a_day(till)
    late = msgspec.structs.replace(till.engine.printed[0], receipt_no="1-000900", sale_id="late")
    till.engine.say([late])
    with pytest.raises(Refused) as told:
        made(till)
    assert told.value.code == "not_whole"
    assert f"{closed.figures.gross_minor / 100:.2f}".replace(".", ",") in str(told.value)


async def test_what_cannot_be_booked_is_named(till: FakeTill) -> None:
    async def refused(**options: Any) -> str:
        with pytest.raises(Refused) as told:
            made(till, **options)
        return told.value.code

    assert await refused() == "no_accounting"
    till.engine.say(accounts("03", "tender/card", "case/sale/1", "case/sale", "movement/pay_out"))
    assert await refused() == "nothing_closed"
    await a_day(till)
    with pytest.raises(Refused, match=r"case/sale/1, movement/pay_out, tender/girocard"):
        made(till)
    till.engine.say(accounts())
    assert await refused(days=("2025-12-31", "2026-01-01")) == "two_years"
    assert await refused(days=("2026-11-22", "2026-11-21")) == "period_bad"
    till.engine.say([ReferenceSet("exchange_rate", "CHF/2026-01-01", removed=True)])
    assert await refused() == "no_rate"


async def test_a_period_has_what_its_receipts_say(till: FakeTill) -> None:
    await a_day(till)
    posted = till.books.ask(AskPosted(1, 1))
    assert posted is not None
    assert {(each.case, each.vat_key) for each in posted.cases} == {("sale", "1"), ("sale", "2"), ("voucher_sale", "")}
    assert sum(each.amount_minor for each in posted.cases) == sum(each.amount_minor for each in posted.tenders)
    assert till.books.ask(AskPosted(1, 2)) is None
