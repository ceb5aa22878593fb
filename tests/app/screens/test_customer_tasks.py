"""Customers by the keyboard: found, chosen, kept, forgotten, their account paid and their purse topped up."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from app.books.questions.customers import AllCustomers, FindCustomer
from app.screens.functions import Mode
from app.screens.tasks.desk import Desk
from app.screens.tasks.known_customers import KnownCustomers
from app.till.commands import ChooseCustomer, ForgetCustomer, Pay, Scan, SetCustomer, TopUp
from tests.app.screens.standin import BIRD_SEED, PEN, Shop, services
from tests.app.screens.walking import till
from tests.app.till.asking import done

pytestmark = pytest.mark.usefixtures("english")

CARD = "4006381000031"


async def kept(shop: Shop) -> None:
    """Three customers, one of them blocked."""
    for command in (
        SetCustomer("10001", "Mustermann, Erika", city="Musterstadt", phone="06221 123", credit_limit="50.00"),
        SetCustomer("10002", "Huber GmbH", city="Wien", blocked=True),
        SetCustomer(CARD, "Karte, Klara", city="Musterstadt"),
    ):
        await done(shop.till, command)


async def test_a_customer_is_found_by_any_part_and_the_sale_is_his(shop: Shop) -> None:
    await kept(shop)
    async with till(shop) as walking:
        await walking.press(f"{BIRD_SEED}\r<f7>")
        for name in ("Mustermann, Erika", "Huber GmbH", "blocked", "Karte, Klara"):
            assert name in walking.text
        await walking.press("stadt eri")
        assert "Huber" not in walking.text
        assert "06221 123" in walking.text, "what is known of the marked one"
        await walking.press("\r")
        assert shop.session.view().customer_no == "10001"
        assert "Customer 10001 Mustermann, Erika" in walking.text
        await walking.press(f"<f7>{CARD}\r")
        assert shop.session.view().customer_no == CARD, "a card is scanned into the search"
        await walking.press("<f7><f6>")
        assert shop.session.view().customer_no == ""
        await walking.press(f"{PEN}\r")
        assert len(shop.session.view().lines) == 2


async def test_a_card_scanned_among_goods_makes_the_sale_its_customers_and_an_article_stays_one(shop: Shop) -> None:
    await kept(shop)
    await done(shop.till, SetCustomer(PEN, "Stift, Anna"))
    async with till(shop) as walking:
        await walking.press(f"{BIRD_SEED}\r{CARD}\r{PEN}\r")
        assert (shop.session.view().customer_no, len(shop.session.view().lines)) == (CARD, 2)
        await walking.press("10001\r")
        assert "No article has the code 10001." in walking.text, "a number that was typed is no card"
        await walking.press(f"0<f7>3*{CARD}\r")
        assert shop.session.view().customer_no == ""


async def test_a_blocked_customer_is_refused_and_another_can_be_chosen(shop: Shop) -> None:
    await kept(shop)
    async with till(shop) as walking:
        await walking.press(f"{BIRD_SEED}\r+<f7>huber\r")
        assert walking.app.router.mode is Mode.TASK
        assert "blocked" in walking.text
        await walking.press("\x1b")
        assert walking.app.router.mode is Mode.TENDER, "back to the payment it was called in"
        await walking.press("/38\rerika\r")
        assert (walking.app.router.mode, shop.session.view().customer_no) == (Mode.TENDER, "10001")


async def test_a_name_typed_before_the_key_is_searched_for(shop: Shop) -> None:
    await kept(shop)
    async with till(shop) as walking:
        await walking.press("huber<f7>")
        assert walking.app.router.entry.text == "huber"
        assert "Erika" not in walking.text


async def test_a_new_customer_is_kept_and_may_be_chosen_at_once(shop: Shop) -> None:
    await kept(shop)
    async with till(shop) as walking:
        await walking.press("<f7>Neumann<f2>")
        assert walking.app.router.entry.text == "Neumann"
        await walking.press("\rWeg 1\r69115\rHeidelberg\r" + "\r" * 5 + "2000\r10002\r")
        assert "There is a customer 10002 already" in walking.text
        await walking.press("555\r")
        assert walking.app.router.entry.text == "555"
        await walking.press("\r")
        assert shop.session.view().customer_no == "555"
    found = shop.till.books.ask(FindCustomer("555"))
    assert found is not None
    assert found.person is not None
    assert (found.person.street, found.person.postcode, found.credit_limit_minor) == ("Weg 1", "69115", 2000)


async def test_a_customer_is_changed_and_what_is_not_typed_stays(shop: Shop) -> None:
    await kept(shop)
    async with till(shop) as walking:
        await walking.press("<f7>huber<f4>")
        await walking.press("<down>Ring 1<up><f8>")
        assert shop.commands[-1] == SetCustomer(
            "10002", "Huber GmbH", "Ring 1", "", "Wien", "", "", "", "", "", credit_limit="0.00", blocked=True
        )
        assert walking.app.router.mode is Mode.TASK


async def test_a_customer_is_forgotten_only_after_a_yes(shop: Shop) -> None:
    await kept(shop)
    async with till(shop) as walking:
        await walking.press("<f7>huber<f3>\x1b")
        assert shop.commands == []
        await walking.press("<f3>\r")
        assert shop.commands == [ForgetCustomer("10002")]
        assert "Customer 10002 is forgotten." in walking.text
        await walking.press("\x1b<f7>")
        assert "Huber" not in walking.text


async def test_the_account_shows_what_is_owed_and_it_is_paid_on_the_sale(shop: Shop) -> None:
    await kept(shop)
    for command in (TopUp("10001", "5.00"), Pay(), ChooseCustomer("10001"), Scan(BIRD_SEED), Pay("customer_credit")):
        await done(shop.till, command)
    async with till(shop) as walking:
        await walking.press("<f7>erika<f5>")
        for line in (
            "Owed                        4.99",
            "Credit left                45.01",
            "Purse                       5.00",
        ):
            assert line in walking.text
        assert "3-000124" in walking.text
        await walking.press("<f8>500\r")
        assert walking.app.router.mode is Mode.TASK, "that is more than is owed"
        await walking.press("300\r")
        assert walking.app.router.mode is Mode.SALE
        assert shop.session.view().total_minor == 300
        await walking.press("<f7>erika<f5><f4>1000\r")
        assert shop.session.view().total_minor == 1300
        await walking.press("++")
        await walking.press("<f7>erika<f5>")
        assert "Purse                      15.00" in walking.text
        assert "Owed                        1.99" in walking.text


async def test_a_number_is_found_at_once_while_all_are_still_being_opened(shop: Shop) -> None:
    await kept(shop)
    books, opened = shop.till.books, threading.Event()

    class Slow:
        def ask(self, question: Any) -> Any:
            if isinstance(question, AllCustomers):
                opened.wait(10)
            return books.ask(question)

    known = KnownCustomers(Desk(replace(services(shop), books=Slow()), None))  # type: ignore[arg-type]
    found = await known.find("10001")
    assert ([choice.value for choice in found.choices], found.more) == (["10001"], True)
    opened.set()
    assert len((await known.find("")).choices) == 3
