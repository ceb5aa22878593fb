"""Customers in the books: the newest word counts, forgotten is forgotten, and the figures stay."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from sqlalchemy import Engine, text

from app.books.persons import PersonsInMemory
from app.books.questions.customers import (
    AskCustomerTurnover,
    AskStatement,
    BuyersOf,
    FindCredit,
    FindCustomer,
    ForgottenPersons,
    SearchCustomers,
)
from app.books.reader import BooksReader
from app.books.views import AccountEntry, CustomerTurnover
from app.books.writer import BooksWriter
from app.domain.customer import Person
from app.domain.persons import Keys
from app.facts import codec
from app.facts.base import Fact
from app.facts.circulation import (
    ClaimCoverage,
    CustomerForgotten,
    CustomerSet,
    ReceivablePaid,
    ResourceHeld,
    ResourceUsed,
)
from app.facts.sales import ReceiptCompleted, ReceiptLine, TaxRow, TenderRow
from replication.core.model import Feed, Record
from tests.app.books.shelf import Books

ALONE = ClaimCoverage(complete=False, promised=(), missing=("b",))
TOGETHER = ClaimCoverage(complete=True, promised=("b",), missing=())


class Shop:
    """Books with keys, and facts said in the order of their instants."""

    def __init__(self, database: Engine) -> None:
        self.database = database
        self.persons = PersonsInMemory(Keys.fresh(b"k" * 32))
        self.writer = BooksWriter(database)
        self.books = BooksReader(database, self.persons)
        self.lengths: dict[Feed, int] = {}
        self.ticks = 0

    def records(self, *facts: Fact, member: str = "a") -> list[Record]:
        made = []
        for fact in facts:
            topic, kind, body = codec.write(fact)
            feed = Feed(member, topic)
            self.lengths[feed] = self.lengths.get(feed, 0) + 1
            self.ticks += 1
            body = msgspec.json.decode(msgspec.json.encode(body))
            made.append(Record(feed, self.lengths[feed], f"{self.ticks:016d}-00000", kind, body, "", "", "", ""))
        return made

    def say(self, *facts: Fact) -> None:
        self.writer.apply(self.records(*facts))

    def customer(self, no: str, name: str, **values: object) -> CustomerSet:
        sealed = self.books.sealed(no, msgspec.json.encode(Person(name, city="Musterstadt")).decode(), b"n" * 12)
        assert sealed is not None
        return msgspec.structs.replace(CustomerSet(no, sealed), **values)


@pytest.fixture
def shop(books: Books) -> Iterator[Shop]:
    made = Shop(books.engine)
    yield made
    made.writer.close()


def receipt(no: int, day: str, goods: int, **values: object) -> ReceiptCompleted:
    made = ReceiptCompleted(
        receipt_no=f"1-{no:06d}",
        till_no=1,
        sale_id=str(no),
        started_at="t",
        finished_at="t",
        business_day=day,
        cashier="anna",
        currency="EUR",
        lines=(
            ReceiptLine(1, "sale", "Ware", 1000, "Stk", goods, goods),
            ReceiptLine(2, "purse_top_up", "Aufwertung", 1000, "Stk", 1000, 1000),
        ),
        tax_table=(TaxRow("", 0, goods + 1000, goods + 1000, 0),),
        tenders=(TenderRow("cash", "EUR", goods + 1000),),
        total_minor=goods + 1000,
        change_minor=0,
        customer_no="10001",
    )
    return msgspec.structs.replace(made, **values)


def test_the_newest_word_about_a_customer_counts(shop: Shop) -> None:
    old = shop.records(shop.customer("10001", "Erika", customer_group="A"))
    shop.writer.apply(shop.records(shop.customer("10001", "Erika M.", credit_limit_minor=500), member="b"))
    shop.writer.apply(old)
    found = shop.books.ask(FindCustomer("10001"))
    assert found is not None
    assert found.person == Person("Erika M.", city="Musterstadt")
    assert (found.customer_group, found.credit_limit_minor) == ("", 500)
    shop.say(shop.customer("10001", "Erika", removed=True))
    assert shop.books.ask(FindCustomer("10001")) is None
    assert shop.books.ask(FindCustomer("nobody")) is None


@pytest.mark.parametrize("forgotten_first", [True, False])
def test_a_forgotten_person_is_out_of_the_books_whatever_came_first(shop: Shop, *, forgotten_first: bool) -> None:
    before = shop.customer("10001", "Erika", customer_group="A", credit_limit_minor=500)
    late = shop.records(shop.customer("10001", "Erika again", customer_group="B"), member="b")
    said = shop.records(before, CustomerForgotten("10001", "t", "chef"))
    for run in (said, late) if forgotten_first else (late, said):
        shop.writer.apply(run)
    found = shop.books.ask(FindCustomer("10001"))
    assert found is not None
    assert (found.person, found.forgotten, found.sealed) == (None, True, False)
    assert shop.books.ask(ForgottenPersons()) == ("10001",)
    with shop.database.connect() as connection:
        assert connection.execute(text("SELECT person FROM customers")).scalar() == ""


def test_forgetting_leaves_every_figure_as_it_was(shop: Shop) -> None:
    shop.say(
        shop.customer("10001", "Erika", credit_limit_minor=5_000),
        receipt(1, "2026-10-31", 700),
        receipt(2, "2026-11-01", 500),
        ResourceHeld("h1", "credit/10001", 700, "1", 1, "t1", TOGETHER),
        ResourceUsed("h1", "credit/10001", 700, "1-000001", "t1"),
        ReceivablePaid("p1", "10001", 700, "1-000002", "t2", 1),
    )
    questions = (AskCustomerTurnover("10001"), AskStatement("10001"), FindCredit("10001"))
    before = [shop.books.ask(question) for question in questions]
    shop.say(CustomerForgotten("10001", "t", "chef"))
    shop.persons.forget(shop.books.ask(ForgottenPersons()))
    assert [shop.books.ask(question) for question in questions] == before
    assert before[0] == (CustomerTurnover("2026-10", 1, 700), CustomerTurnover("2026-11", 1, 500))


def test_a_void_takes_its_receipt_out_of_the_turnover(shop: Shop) -> None:
    shop.say(
        receipt(1, "2026-11-01", 700),
        receipt(2, "2026-11-01", 500),
        receipt(3, "2026-11-02", -500, receipt_type="void", voids="1-000002"),
    )
    assert shop.books.ask(AskCustomerTurnover("10001")) == (CustomerTurnover("2026-11", 1, 700),)


def test_a_statement_runs_by_date_and_ends_with_what_is_owed(shop: Shop) -> None:
    shop.say(
        shop.customer("10001", "Erika", credit_limit_minor=1_000),
        ReceivablePaid("p1", "10001", 300, "1-000002", "t2", 1),
        ReceivablePaid("p2", "10001", 300, "1-000004", "t4", 1, reversal=True),
        ReceivablePaid("p3", "10001", 900, "1-000005", "t5", 1, reference="L1-000001"),
        ResourceHeld("h1", "credit/10001", 400, "1", 1, "t1", TOGETHER),
        ResourceUsed("h1", "credit/10001", 400, "1-000001", "t1"),
        ResourceHeld("h2", "credit/10001", 250, "3", 1, "t3", TOGETHER),
    )
    assert shop.books.ask(AskStatement("10001")) == (
        AccountEntry("t1", "1-000001", 400, 400),
        AccountEntry("t2", "1-000002", -300, 100),
        AccountEntry("t4", "1-000004", 300, 400),
    )
    view = shop.books.ask(FindCredit("10001"))
    assert (view.limit_minor, view.owed_minor, view.held_minor, view.left_minor) == (1_000, 400, 250, 350)


def test_a_credit_used_beyond_its_limit_apart_is_an_overdraw_and_a_lowered_limit_is_none(shop: Shop) -> None:
    shop.say(
        shop.customer("10001", "Erika", credit_limit_minor=500),
        ResourceHeld("h1", "credit/10001", 400, "1", 1, "t1", ALONE),
        ResourceUsed("h1", "credit/10001", 400, "1-000001", "t1"),
        shop.customer("10002", "Max", credit_limit_minor=500),
        ResourceHeld("h2", "credit/10002", 400, "2", 1, "t1", TOGETHER),
        ResourceUsed("h2", "credit/10002", 400, "1-000002", "t1"),
    )
    assert shop.books.overdraws() == []
    shop.say(
        ResourceHeld("h3", "credit/10001", 300, "3", 2, "t2", ALONE),
        shop.customer("10002", "Max", credit_limit_minor=100),
    )
    (found,) = shop.books.overdraws()
    assert (found["resource"], found["amount"]) == ("credit/10001", 200)
    assert [use["amount"] for use in found["uses"]] == [400, 300]


def test_search_opens_what_is_sealed(shop: Shop) -> None:
    shop.say(shop.customer("10002", "Mustermann, Max"), shop.customer("10001", "Mustermann, Erika"))

    def found(text: str, limit: int = 10) -> list[str]:
        return [view.customer_no for view in shop.books.ask(SearchCustomers(text, limit))]

    assert found("muster") == found("") == ["10001", "10002"]
    assert found("MAX stadt") == found("10002") == ["10002"]
    assert found("muster", 1) == ["10001"]
    assert found("Hund") == []
    shop.say(CustomerForgotten("10002", "t", "chef"))
    assert found("max") == []
    assert found("") == ["10001", "10002"]


def test_a_till_without_keys_says_that_a_name_is_sealed(shop: Shop) -> None:
    shop.say(shop.customer("10001", "Erika"))
    found = BooksReader(shop.database).ask(FindCustomer("10001"))
    assert found is not None
    assert (found.person, found.sealed, found.forgotten) == (None, True, False)


def test_buyers_of_a_customers_invoices_are_forgotten_with_the_customer(shop: Shop) -> None:
    shop.say(receipt(1, "2026-11-01", 700, buyer_id="b1", buyer="sealed"), receipt(2, "2026-11-01", 700))
    assert shop.books.ask(BuyersOf("10001")) == ("b1",)
    shop.say(CustomerForgotten("10001", "t", "chef", ("b1",)))
    assert shop.books.ask(ForgottenPersons()) == ("10001", "b1")
