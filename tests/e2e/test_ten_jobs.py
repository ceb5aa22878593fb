"""The jobs that a cashier does most often, typed as a person does: key by key, after a look at the screen.

One till in one terminal, one shift from the first scan to the day end. Whoever types knows what the drawer must hold.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from tests.app.screens.terminal import Terminal
from tests.driving import DriveTill
from tests.e2e.test_terminal import end_engine

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

F2, F3, F5, F6, F7, F8, F9 = "\x1bOQ", "\x1bOR", "\x1b[15~", "\x1b[17~", "\x1b[18~", "\x1b[19~", "\x1b[20~"
F11, ESC, ENTER = "\x1b[23~", "\x1b", "\r"
LEASH, BOWL, SEED = "4006381333931", "2000000260204", "1001"
"""15.19, 2.57 and 4.99; the seed by its number."""
CSV = f"ident_no,barcode,name,price,vat_key\n1002,{LEASH},Hundeleine,15.19,1\n1003,{BOWL},Napf,2.57,1\n"
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]\b")


class Person:
    """Somebody at the till, who types on when the screen shows what was meant."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.receipts = 0

    def types(self, keys: str, *seen: str) -> None:
        """Type, then look until all of this is on the screen."""
        self.terminal.write(keys)
        self.sees(*seen)

    def sees(self, *seen: str) -> None:
        """Look until all of this is on the screen."""
        for text in seen:
            self.terminal.wait_for(text)

    def rings(self, keys: str, total: str) -> None:
        """Type or scan something that is on the sale then, so that it comes to this."""
        self.terminal.write(keys)
        self.terminal.wait_for(lambda: self.total() == total)

    def total(self) -> str:
        """What the sale comes to, in the column at the right; empty: there is no sale."""
        lines = [line[62:].strip() for line in self.terminal.lines]
        return lines[2] if lines[1].startswith("TOTAL") else ""

    def pays(self, keys: str, change: str = "") -> None:
        """Type what ends the payment; the receipt has the next number."""
        self.receipts += 1
        number = f"1-{self.receipts:06}"
        self.types(keys, f"Receipt {number}", f"Receipt 1-{self.receipts + 1:06}")
        if change:
            self.sees(f"change {change}")


@pytest.fixture
def till(tmp_path: Path, founded: Callable[[Path], DriveTill]) -> Iterator[DriveTill]:
    made = founded(tmp_path / "home")
    csv = tmp_path / "more.csv"
    csv.write_text(CSV, "utf-8")
    made.run("import", "articles", str(csv))
    yield made
    end_engine(made.home)


def test_the_ten_jobs_of_a_shift_are_done_by_keys_and_the_day_ties_out(till: DriveTill) -> None:
    command = [sys.executable, "-m", "app", "--lang", "en", "--home", str(till.home), *till.options]
    with Terminal(command) as terminal:
        person = Person(terminal)
        person.sees("1-000001", "2Search")
        cash_sale_by_scan(person)
        several_pieces_and_a_note(person)
        card(person)
        cash_and_card(person)
        voucher_sold_and_redeemed(person)
        search(person)
        line_and_sale_voided(person)
        parked_and_taken_up(person)
        goods_come_back(person)
        order_with_deposit(person)
        day_end(person)
        person.types("/99\r", "Close the till?")
        terminal.write(ENTER)
        assert terminal.ended() == 0
    till.start()
    turnover = till.ask("turnover", scope="till")
    by_tender = {row["tender"]: Decimal(row["amount"]) for row in turnover["by_tender"]}
    assert by_tender == {"cash": Decimal("70.30"), "card": Decimal("7.76"), "voucher": Decimal("4.99")}
    assert Decimal(turnover["gross"]) == sum(by_tender.values())
    assert turnover["receipts"] == person.receipts


def cash_sale_by_scan(person: Person) -> None:
    person.rings(f"{LEASH}\r", "15.19")
    person.types("+", "Payment")
    person.pays(ENTER, "0.00")


def several_pieces_and_a_note(person: Person) -> None:
    person.types("3*", "> 3 *")
    person.rings(f"{SEED}\r", "14.97")
    person.types("+", "15.00")
    person.pays("*\r", "0.03")


def card(person: Person) -> None:
    person.rings(f"{BOWL}\r", "2.57")
    person.types(F9, "Payment")
    person.pays(F9)


def cash_and_card(person: Person) -> None:
    person.rings("1002\r", "15.19")
    person.types("+", "Payment")
    person.types("1000", "> 1000")
    person.types("+", "Still due: 5.19")
    person.pays(F9)


def voucher_sold_and_redeemed(person: Person) -> None:
    person.rings(f"2000{F6}", "20.00")
    person.types("+", "Payment")
    person.pays("+")
    person.terminal.wait_for(lambda: CODE.search(person.terminal.text) is not None)
    found = CODE.search(person.terminal.text)
    assert found
    person.rings(f"{SEED}\r", "4.99")
    person.types("+", "Payment")
    person.types(F6, "Pay with voucher")
    person.pays(f"{found[0]}\r")
    person.sees("15.01")


def search(person: Person) -> None:
    person.types(F2, "Articles")
    person.types("leine", "> leine")
    person.sees("15.19")
    person.rings(ENTER, "15.19")
    person.types("+", "Payment")
    person.pays("+")


def line_and_sale_voided(person: Person) -> None:
    person.rings(f"{SEED}\r", "4.99")
    person.rings(f"{BOWL}\r", "7.56")
    person.rings(F3, "4.99")
    person.types("/13\r", "Void the whole sale?")
    person.rings(ENTER, "")


def parked_and_taken_up(person: Person) -> None:
    person.rings(f"2*{BOWL}\r", "5.14")
    person.types("Anna", "> Anna")
    person.types(F5, "Parked as P1-000001")
    assert person.total() == ""
    person.types(F5, "Parked receipts of all tills", "Anna", "5.14")
    person.rings("1\r", "5.14")
    person.types("+", "Payment")
    person.pays("+")


def goods_come_back(person: Person) -> None:
    person.types(F11, "Return with receipt", f"1-{person.receipts:06}")
    person.types("1-000001\r", "Receipt 1-000001", "Hundeleine")
    person.types("1\r", "Hundeleine comes back")
    person.types(ENTER, "Reason>")
    person.types("too short\r", "Hundeleine comes back: -15.19")
    person.types(ESC, "Return with receipt")
    person.rings(ESC, "-15.19")
    person.types("+", "GIVE BACK")
    person.pays(ENTER)


def order_with_deposit(person: Person) -> None:
    person.rings("1002\r", "15.19")
    person.types(F7, "No such customer")
    person.types(F2, "New customer")
    person.types(f"Mustermann, Erika{F8}", "is kept", "Mustermann, Erika")
    person.types(ENTER, "Customer C1-000001 Mustermann")
    person.types("/32\r", "Open orders")
    person.types(F2, "The sale becomes an order")
    person.types("24.12.2030\r", "Deposit (may be empty)>")
    person.types("500", "(may be empty)> 500")
    person.rings(F8, "5.00")
    person.types("+", "Payment")
    person.pays("+")


def day_end(person: Person) -> None:
    person.types("/17\r", "X report of this till", "83.05 EUR", "70.30")
    person.types(ESC, "> ")
    person.types("/42\r", "Earlier day ends")
    person.types("4\r", "Count the cash: EUR", "-70.30 EUR")
    person.types("\r\r\r", "How many of 50.00")
    person.types("1\r", "How many of 20.00")
    person.types("1\r", "70.00 EUR")
    person.types("\r" * 5, "How many of 0.20")
    person.types("1\r", "How many of 0.10")
    person.types("1", "That is right.")
    person.types(F8, "Day end with this count?", "difference 0.00")
    person.types(ENTER, "Z 1", "70.30")
    person.types(ESC, "> ")
