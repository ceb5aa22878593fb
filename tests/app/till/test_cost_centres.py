"""Sales that a cost centre bears, and what can be asked about ways to pay."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from app.domain.cost_centre import CostCentre, TypedNumber
from app.domain.reference import ReferenceFault, value_of
from app.domain.tender import ExchangeRate, Tender
from app.facts.master import ReferenceSet
from app.till.commands import BookToCostCentre, Command, Pay, Scan, UndoPayment
from app.till.effects import Reply
from app.till.queries.every import Queries
from app.till.queries.tenders import AskCostCentres, AskTenders
from tests.app.till.asking import done, refused
from tests.app.till.fake_engine import FakeTill

CENTRES = (
    CostCentre("4100", "Geschäftsleitung", profit_centre="P1", company="Bärenstark", hospitality=True),
    CostCentre("4200", "Lager"),
    CostCentre("4300", "Messe 2025", active=False),
    TypedNumber("cost_centre", "41", "4100"),
    TypedNumber("profit_centre", "9", "P9"),
)


@pytest.fixture
def stocked(till: FakeTill) -> FakeTill:
    told = []
    for each in CENTRES:
        subject = "typed_number" if isinstance(each, TypedNumber) else "cost_centre"
        told.append(ReferenceSet(subject, each.key, msgspec.to_builtins(each)))
    till.engine.say(told)
    return till


async def test_a_cost_centre_bears_a_sale_and_its_taxes_stay(stocked: FakeTill) -> None:
    await done(stocked, Scan("0815"))
    assert await refused(stocked, Pay("cost_centre")) == "cost_centre_needed"
    answer = await done(stocked, BookToCostCentre("41", profit_centre="9", guests="12"))
    assert answer == {
        "cost_centre": "4100", "profit_centre": "P9", "company": "Bärenstark", "guests": "12", "hospitality": True,
        "total": "4.99", "due": "4.99",
    }  # fmt: skip
    await done(stocked, Pay("cost_centre"))
    receipt = stocked.engine.printed[-1]
    assert (receipt.cost_centre, receipt.profit_centre, receipt.guests, receipt.hospitality) == ("4100", "P9", 12, True)
    assert [(row.tender, row.reference, row.amount_minor) for row in receipt.tenders] == [("cost_centre", "4100", 499)]
    assert receipt.tax_table[0].tax_minor == 33


async def test_booking_is_taken_back_with_an_empty_number(stocked: FakeTill) -> None:
    await done(stocked, BookToCostCentre("4200", hospitality=True, guests="3"))
    assert (await done(stocked, BookToCostCentre("")))["cost_centre"] == ""
    await done(stocked, Scan("0815"))
    await done(stocked, Pay())
    receipt = stocked.engine.printed[-1]
    assert (receipt.cost_centre, receipt.guests, receipt.hospitality) == ("", 0, False)


async def test_a_centre_that_has_paid_is_not_exchanged(stocked: FakeTill) -> None:
    await done(stocked, Scan("0815"))
    await done(stocked, BookToCostCentre("4200"))
    await done(stocked, Pay("cost_centre", amount="1.00"))
    assert await refused(stocked, BookToCostCentre("4100")) == "cost_centre_pays"
    await done(stocked, UndoPayment())
    await done(stocked, BookToCostCentre("4100"))


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (BookToCostCentre("77"), "unknown_cost_centre"),
        (BookToCostCentre("4300"), "cost_centre_closed"),
        (BookToCostCentre("4" * 41), "bad_cost_centre"),
        (BookToCostCentre("4200", company="x\ny"), "bad_cost_centre"),
        (BookToCostCentre("4200", guests="0"), "bad_guests"),
        (BookToCostCentre("4200", guests="-3"), "bad_guests"),
        (BookToCostCentre("4200", guests="10000"), "bad_guests"),
        (BookToCostCentre("4200", guests="viele"), "bad_guests"),
    ],
)
async def test_slips_are_refused(stocked: FakeTill, command: Command, code: str) -> None:
    assert await refused(stocked, command) == code


async def test_programs_can_ask_for_tenders_and_cost_centres(stocked: FakeTill) -> None:
    rate = ExchangeRate("CHF", "2026-01-01", "1.0432", "ECB")
    stocked.engine.say([ReferenceSet("exchange_rate", rate.key, msgspec.to_builtins(rate))])
    queries = Queries(stocked.runner)
    answer = await queries.ask(AskTenders())
    assert isinstance(answer, Reply)
    tenders = {each["tender"]: each for each in answer.fields["tenders"]}
    assert len(tenders) >= 15
    assert tenders["chf"]["rate"] == "1.0432"
    assert tenders["usd"]["rate"] is None
    assert "eur" not in tenders, "the till's own money is no foreign cash"
    centres = await queries.ask(AskCostCentres())
    assert isinstance(centres, Reply)
    assert [each["no"] for each in centres.fields["cost_centres"]] == ["4100", "4200"]


@pytest.mark.parametrize(
    ("subject", "raw"),
    [
        ("tender", {"tender": "Mit Leerzeichen", "name": "x", "kind": "cash"}),
        ("tender", {"tender": "nok", "name": "Kronen", "kind": "foreign_cash"}),
        ("tender", {"tender": "x", "name": "", "kind": "cash"}),
        ("tender", {"tender": "x", "name": "x", "kind": "cash", "change_limit_minor": -1}),
        ("exchange_rate", {"currency": "CHF", "valid_from": "2026-01-01", "rate": "0"}),
        ("exchange_rate", {"currency": "CHF", "valid_from": "2026-01-01", "rate": "-1"}),
        ("exchange_rate", {"currency": "CHF", "valid_from": "2026-01-01", "rate": "1,04"}),
        ("exchange_rate", {"currency": "CHF", "valid_from": "morgen", "rate": "1.04"}),
        ("cash_rounding", {"currency": "XXX", "valid_from": "2026-01-01", "step_minor": 5}),
        ("cash_rounding", {"currency": "EUR", "valid_from": "2026-01-01", "step_minor": -5}),
        ("cost_centre", {"no": "", "name": "x"}),
        ("cost_centre", {"no": "1", "name": "x" * 41}),
        ("typed_number", {"what": "till", "typed": "1", "stands_for": "2"}),
        ("typed_number", {"what": "cost_centre", "typed": "1", "stands_for": " "}),
    ],
)
def test_reference_data_that_makes_no_sense_is_refused(subject: str, raw: dict[str, Any]) -> None:
    with pytest.raises(ReferenceFault):
        value_of(subject, raw)


def test_a_tender_keeps_its_key() -> None:
    assert Tender("cash", "Bar", "cash").key == "cash"
