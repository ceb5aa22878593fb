"""Customers' accounts: what is charged and paid, with balances that follow each other and agree with the ledger."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pypdfium2
import pytest

from app.books.questions.accounts import AccountItem, AskAccount, CustomersWithAccount
from app.books.questions.customers import FindCredit, FindCustomer
from app.books.questions.receivables import ListOpenItems
from app.domain.customer import Person
from app.office.interfaces.statement import file_of, statement_of, table_of
from app.till.commands import (
    ChooseCustomer,
    CollectInvoice,
    Command,
    Pay,
    PayCredit,
    Scan,
    SetCustomer,
    VoidReceipt,
)
from app.till.effects import Reply
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till

NO = "10001"


@pytest.fixture
def till(tmp_path: Path) -> Iterator[FakeTill]:
    network = FakeNetwork()
    yield make_till(network, tmp_path)
    network.close()


async def run(till: FakeTill, *commands: Command) -> dict[str, object]:
    fields: dict[str, object] = {}
    for command in commands:
        answer = await till.runner.run(command)
        assert isinstance(answer, Reply), answer
        fields = dict(answer.fields)
        till.clock.wall_ms += 1000
    return fields


async def on(till: FakeTill, tender: str, *scans: str) -> str:
    """Something bought by this tender; the receipt's number."""
    return str((await run(till, *(Scan(code) for code in scans), ChooseCustomer(NO), Pay(tender)))["receipt_no"])


def owed(till: FakeTill, no: str = NO) -> int:
    """As the till reckons it."""
    credit = till.books.ask(FindCredit(no)).owed_minor
    return credit + sum(item.open_minor for item in till.books.ask(ListOpenItems(no)))


def account(till: FakeTill) -> list[AccountItem]:
    return list(till.books.ask(AskAccount(NO)))


async def test_the_account_has_everything_that_is_owed_and_paid(till: FakeTill) -> None:
    await run(till, SetCustomer(NO, name="Zoo Neumann & Söhne", street="Tierweg 3", postcode="04103", city="Leipzig",
                                credit_limit="500"))  # fmt: skip
    bought = await on(till, "customer_credit", "0815")
    await on(till, "delivery_note", "17")
    note = till.engine.printed[-1].delivery_note_no
    await on(till, "delivery_note", "0815", "17")
    paid = await run(till, ChooseCustomer(NO), PayCredit(NO, "2.00"), Pay())
    assert paid
    await run(till, PayCredit(NO, "0.50", reference=note), Pay())
    invoice = str((await run(till, CollectInvoice(NO)))["invoice_no"])
    await run(till, PayCredit(NO, "1.00", reference=invoice), Pay())
    found = account(till)
    assert sum(item.amount_minor for item in found) == owed(till) == 499 - 200 + 89 + 588 - 50 - 100
    assert [(item.kind, item.amount_minor) for item in found] == [
        ("credit", 499), ("note", 89), ("note", 588), ("payment", -200), ("payment", -50), ("invoice", 0),
        ("payment", -100),
    ]  # fmt: skip
    assert found[0].receipt_no == bought
    assert (found[1].number, found[5].number, found[6].number) == (note, invoice, invoice)
    assert till.books.ask(CustomersWithAccount()) == (NO,)
    await run(till, VoidReceipt(bought, reason="falsch"))
    assert sum(item.amount_minor for item in account(till)) == owed(till)


async def test_whatever_customers_do_the_account_agrees_with_the_ledger(till: FakeTill) -> None:
    rng = random.Random(20261122)
    await run(till, SetCustomer(NO, name="Anna", credit_limit="5000"))
    receipts: list[str] = []
    for _step in range(60):
        items = till.books.ask(ListOpenItems(NO))
        commands: list[tuple[Command, ...]] = [
            (
                Scan(rng.choice(("0815", "17"))),
                ChooseCustomer(NO),
                Pay(rng.choice(("customer_credit", "delivery_note"))),
            ),
            (PayCredit(NO, f"0.{rng.randint(10, 99)}"), Pay()),
            (CollectInvoice(NO),),
        ]
        if items:
            commands.append((PayCredit(NO, "0.05", reference=rng.choice(items).number), Pay()))
        if receipts:
            commands.append((VoidReceipt(rng.choice(receipts), reason="falsch"),))
        for command in rng.choice(commands):
            answer = await till.runner.run(command)  # many are refused: nothing is owed, voided already
            till.clock.wall_ms += 1000
            if isinstance(answer, Reply) and answer.fields.get("receipt_no"):
                receipts.append(str(answer.fields["receipt_no"]))
        assert sum(item.amount_minor for item in account(till)) == owed(till)
    assert {item.kind for item in account(till)} >= {"credit", "payment", "note", "invoice"}


def test_statements_that_follow_each_other_follow_each_other() -> None:
    rng = random.Random(7)
    days = [f"2026-{month:02}-{day:02}" for month in (9, 10, 11) for day in range(1, 31, 3)]
    items = [
        AccountItem(
            f"{rng.choice(days)}T12:00:00.000Z", rng.choice(("credit", "payment")), "", str(n), rng.randint(-900, 900)
        )
        for n in range(80)
    ]  # fmt: skip
    items.sort()
    periods = [("2026-09-01", "2026-09-14"), ("2026-09-15", "2026-10-31"), ("2026-11-01", "2026-11-30")]
    made = [statement_of(NO, items, *period, UTC) for period in periods]
    assert made[0].opening_minor == 0
    assert [each.closing_minor for each in made[:-1]] == [each.opening_minor for each in made[1:]]
    assert made[-1].closing_minor == sum(item.amount_minor for item in items)
    assert sum(len(each.entries) for each in made) == 80
    empty = statement_of(NO, items, "2026-12-01", "2026-12-31", UTC)
    assert (empty.opening_minor, empty.closing_minor) == (made[-1].closing_minor,) * 2


def test_a_day_is_one_of_the_shop() -> None:
    from zoneinfo import ZoneInfo

    late = AccountItem("2026-11-30T23:30:00.000Z", "credit", "", "1-1", 500)
    assert statement_of(NO, [late], "2026-11-01", "2026-11-30", UTC).closing_minor == 500
    assert statement_of(NO, [late], "2026-11-01", "2026-11-30", ZoneInfo("Europe/Berlin")).closing_minor == 0


def test_a_statement_is_a_table_and_every_file_of_it(till: FakeTill) -> None:
    items = [
        AccountItem("2026-11-02T12:00:00.000Z", "credit", "", "1-000001", 123456),
        AccountItem("2026-11-03T12:00:00.000Z", "payment", "L-7", "1-000002", -23400),
    ]
    person = Person("Zoo Neumann & Söhne", street="Tierweg 3", postcode="04103", city="Leipzig")
    table = table_of(statement_of(NO, items, "2026-11-01", "2026-11-30", UTC), person, "EUR")
    assert [row.cells[-1] for row in table.rows] == [0, 123456, 100056, 100056]
    assert table.rows[-1].cells[4:6] == (123456, 23400)
    document = pypdfium2.PdfDocument(file_of(table, "pdf", "Vogelmesse"))
    try:
        page = document[0]
        pictures = [each for each in page.get_objects() if each.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
        paths = [each for each in page.get_objects() if each.type == pypdfium2.raw.FPDF_PAGEOBJ_PATH]
        text = page.get_textpage()
        said = text.get_text_bounded()
        text.close()
        page.close()
    finally:
        document.close()
    assert not pictures
    assert len(paths) < 20, "a letter to a customer has no chart"
    for part in ("Vogelmesse", "Zoo Neumann & Söhne, Tierweg 3, 04103 Leipzig", "1-000002", "L-7", "1.000,56"):
        assert part in said
    lines = io.StringIO(file_of(table, "csv", "Vogelmesse").decode("utf-8-sig")).readlines()
    assert any("1-000001" in line and "1234,56" in line for line in lines)
    assert till.books.ask(FindCustomer("nobody")) is None
