"""Customers at the till: chosen, kept, forgotten; their credit, purse and bonus over all tills."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.books.questions.customers import AskCustomerTurnover, AskStatement
from app.books.questions.resources import AskBalance
from app.facts.base import Fact
from app.facts.master import PriceSet, ReferenceSet
from app.till.commands import (
    ChooseCustomer,
    Command,
    ForgetCustomer,
    Pay,
    PayCredit,
    ReturnLine,
    Scan,
    SetCustomer,
    TopUp,
    VoidLine,
    VoidReceipt,
    VoidSale,
)
from app.till.effects import Reply
from app.till.queries.base import Query
from app.till.queries.customers import AskAccount, AskCustomer, AskCustomers
from app.till.queries.every import Queries
from app.till.queries.overdraws import AskOverdraws
from tests.app.till.asking import done, refusal
from tests.app.till.fake_engine import FakeTill

Opens = Callable[..., FakeTill]

GROUP = ReferenceSet("customer_group", "A", {"group": "A", "name": "Stammkunden", "price_list": 2})
BONUS = ReferenceSet(
    "bonus_rule", "/2026-01-01", {"customer_group": "", "valid_from": "2026-01-01", "percent_bp": 1000}
)


async def refused(till: FakeTill, command: Command) -> tuple[str, dict[str, str]]:
    refuse = await refusal(till, command)
    return refuse.code, refuse.values


async def asked(till: FakeTill, query: Query) -> dict[str, Any]:
    outcome = await Queries(till.runner).ask(query)
    assert isinstance(outcome, Reply), outcome
    return outcome.fields


async def with_erika(till: FakeTill, limit: str = "10.00", *facts: Fact) -> None:
    till.engine.say([GROUP, *facts])
    await done(till, SetCustomer("10001", "Mustermann, Erika", city="Musterstadt", credit_limit=limit))


async def sold_on_credit(till: FakeTill, amount: str | None = None) -> dict[str, Any]:
    await done(till, ChooseCustomer("10001"))
    await done(till, Scan("0815"))
    return await done(till, Pay("customer_credit", amount))


# -- keeping -------------------------------------------------------------------------------------


async def test_a_customer_kept_a_moment_ago_can_be_chosen_and_given_a_purse(open_till: Opens) -> None:
    till = open_till()
    till.engine.lagging = True
    no = (await done(till, SetCustomer(name="Neu")))["no"]
    assert (await done(till, ChooseCustomer(no)))["name"] == "Neu"
    other = (await done(till, SetCustomer(name="Andere")))["no"]
    assert (await done(till, TopUp(other, "5")))["amount"] == "5.00"


async def test_a_customer_kept_at_one_till_is_known_at_the_other_and_no_feed_names_anybody(open_till: Opens) -> None:
    one, other = open_till(1), open_till(2)
    one.engine.say([GROUP])
    kept = await done(one, SetCustomer("10001", "Mustermann, Erika", street="Weg 1", customer_group="A"))
    assert (kept["no"], kept["name"], kept["customer_group"]) == ("10001", "Mustermann, Erika", "A")
    info = await asked(other, AskCustomer("10001"))
    assert (info["name"], info["street"], info["forgotten"]) == ("Mustermann, Erika", "Weg 1", False)
    found = await asked(other, AskCustomers("erika muster"))
    assert [each["no"] for each in found["customers"]] == ["10001"]
    assert "Erika" not in "".join(str(record.body) for record in one.engine.written)


async def test_fields_left_out_stay_as_they_are(till: FakeTill) -> None:
    await with_erika(till)
    await done(till, SetCustomer("10001", phone="0123", blocked=True))
    info = await asked(till, AskCustomer("10001"))
    assert (info["name"], info["city"], info["phone"]) == ("Mustermann, Erika", "Musterstadt", "0123")
    assert (info["credit_limit"], info["blocked"]) == ("10.00", True)


async def test_a_customer_without_a_number_gets_the_next_that_is_free(till: FakeTill) -> None:
    first = await done(till, SetCustomer(name="Erika"))
    second = await done(till, SetCustomer(name="Max"))
    assert first["no"] != second["no"]
    assert (await asked(till, AskCustomer(second["no"])))["name"] == "Max"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (SetCustomer("1/2", "Erika"), "bad_customer_no"),
        (SetCustomer("", "Erika"), "bad_customer_no"),
        (SetCustomer("1" * 21, "Erika"), "bad_customer_no"),
        (SetCustomer("1"), "customer_name_missing"),
        (SetCustomer("1", "  "), "customer_name_missing"),
        (SetCustomer("1", "E" * 101), "bad_customer_field"),
        (SetCustomer("1", "Erika", note="a\nb"), "bad_customer_field"),
        (SetCustomer("1", "Erika", customer_group="?"), "unknown_customer_group"),
        (SetCustomer("1", "Erika", credit_limit="-1"), "amount_negative"),
        (SetCustomer("1", "Erika", credit_limit="viel"), "amount_not_a_number"),
        (ChooseCustomer("1"), "unknown_customer"),
        (ChooseCustomer(""), "bad_customer_no"),
        (ForgetCustomer("1"), "unknown_customer"),
        (PayCredit("1"), "unknown_customer"),
        (TopUp("1", "5"), "unknown_customer"),
        (TopUp("10001", "0"), "amount_zero"),
        (TopUp("10001", "-5"), "amount_negative"),
        (PayCredit("10001"), "nothing_owed"),
    ],
)
async def test_every_slip_has_a_code(till: FakeTill, command: Command, code: str) -> None:
    await with_erika(till)
    assert (await refused(till, command))[0] == code


# -- choosing ------------------------------------------------------------------------------------


async def test_a_customer_brings_the_groups_price_list(till: FakeTill) -> None:
    await with_erika(till, "10.00", PriceSet("0815", 2, 399), ReferenceSet("price_list", "2", {"no": 2, "name": "B"}))
    await done(till, SetCustomer("10001", customer_group="A"))
    await done(till, Scan("0815"))
    chosen = await done(till, ChooseCustomer("10001"))
    assert (chosen["name"], chosen["price_list"], chosen["total"]) == ("Mustermann, Erika", 2, "3.99")
    assert (chosen["credit_limit"], chosen["credit_left"]) == ("10.00", "10.00")
    assert (await done(till, ChooseCustomer()))["total"] == "4.99"


async def test_a_blocked_customer_cannot_be_chosen_but_may_pay_what_is_owed(till: FakeTill) -> None:
    await with_erika(till)
    await sold_on_credit(till)
    await done(till, SetCustomer("10001", blocked=True))
    assert (await refused(till, ChooseCustomer("10001")))[0] == "customer_blocked"
    assert (await done(till, PayCredit("10001")))["total"] == "4.99"


async def test_another_customer_cannot_take_over_what_the_first_has_paid(till: FakeTill) -> None:
    await with_erika(till)
    await done(till, SetCustomer("10002", "Max"))
    await sold_on_credit(till, "1.00")
    assert (await refused(till, ChooseCustomer("10002")))[0] == "customer_has_paid"
    assert (await refused(till, ChooseCustomer()))[0] == "customer_has_paid"


async def test_nobody_is_chosen_on_a_till_without_a_sale(till: FakeTill) -> None:
    assert (await done(till, ChooseCustomer()))["no"] is None
    assert till.engine.kept_text is None


# -- credit --------------------------------------------------------------------------------------


async def test_credit_is_checked_against_the_limit_over_all_tills(open_till: Opens) -> None:
    one, other = open_till(1), open_till(2)
    await with_erika(one)
    receipt = await sold_on_credit(one)
    assert receipt["receipt_no"] == "1-000001"
    chosen = await done(other, ChooseCustomer("10001"))
    assert chosen["credit_left"] == "5.01"
    await done(other, Scan("0815", "2"))
    assert await refused(other, Pay("customer_credit")) == ("credit_limit", {"no": "10001", "amount": "5.01"})
    assert (await done(other, Pay("customer_credit", "5.01")))["credit_left"] == "0.00"
    assert (await refused(other, Pay("customer_credit", "0.01")))[0] == "credit_limit"
    await done(other, Pay("cash"))
    info = await asked(one, AskCustomer("10001"))
    assert (info["credit_owed"], info["credit_left"]) == ("10.00", "0.00")
    assert (info["turnover"], info["receipts"]) == ("14.97", 2)


async def test_what_an_open_sale_holds_counts_and_voiding_gives_it_back(open_till: Opens) -> None:
    one, other = open_till(1), open_till(2)
    await with_erika(one)
    held = await sold_on_credit(one, "4.00")
    assert (await done(other, ChooseCustomer("10001")))["credit_left"] == "6.00"
    await done(one, VoidLine(str(held["line"])))
    assert (await done(other, ChooseCustomer("10001")))["credit_left"] == "10.00"
    await done(one, Pay("customer_credit", "4.00"))
    await done(one, VoidSale())
    assert (await asked(one, AskCustomer("10001")))["credit_owed"] == "0.00"


async def test_credit_needs_a_customer_and_its_claim(open_till: Opens) -> None:
    one, other = open_till(1), open_till(2)
    await with_erika(one)
    await done(one, Scan("0815"))
    assert (await refused(one, Pay("customer_credit")))[0] == "customer_needed"
    await done(one, ChooseCustomer("10001"))
    await other.engine.claim("credit/10001")
    assert (await refused(one, Pay("customer_credit")))[0] == "credit_busy"
    one.engine.connected = False
    assert (await refused(one, Pay("customer_credit")))[0] == "credit_unconfirmed"


async def test_a_limit_overdrawn_apart_is_listed_at_every_till(open_till: Opens, network: Any) -> None:
    one, other = open_till(1, "allow"), open_till(2, "allow")
    await with_erika(one, "6.00")
    other.engine.connected = False
    await sold_on_credit(one)
    await sold_on_credit(other)
    network.reconnect()
    for till in (one, other):
        (found,) = (await asked(till, AskOverdraws()))["overdraws"]
        assert (found["resource"], found["amount"], found["receipts"]) == (
            "credit/10001", "3.98", ["1-000001", "2-000001"],
        )  # fmt: skip
    assert (await asked(one, AskCustomer("10001")))["credit_left"] == "0.00"


async def test_what_is_owed_is_paid_with_a_receipt_and_never_more(till: FakeTill) -> None:
    await with_erika(till)
    await sold_on_credit(till)
    assert await refused(till, PayCredit("10001", "5")) == ("more_than_credit", {"no": "10001", "amount": "4.99"})
    line = await done(till, PayCredit("10001", "2"))
    assert (line["total"], line["owed"]) == ("2.00", "2.99")
    assert (await refused(till, PayCredit("10001", "3.00")))[0] == "more_than_credit"
    assert (await done(till, PayCredit("10001")))["total"] == "4.99"
    assert (await asked(till, AskCustomer("10001")))["credit_owed"] == "4.99"
    receipt = await done(till, Pay())
    account = await asked(till, AskAccount("10001"))
    assert (account["owed"], account["name"]) == ("0.00", "Mustermann, Erika")
    first = account["entries"][0]
    assert (first["receipt_no"], first["amount"], first["owed"]) == ("1-000001", "4.99", "4.99")
    assert account["entries"][-1]["receipt_no"] == receipt["receipt_no"]
    assert till.engine.printed[-1].tax_table[0].tax_minor == 0
    assert (await refused(till, PayCredit("10001")))[0] == "nothing_owed"


async def test_two_tills_never_take_the_money_of_one_credit_twice(open_till: Opens) -> None:
    one, other = open_till(1), open_till(2)
    await with_erika(one)
    await sold_on_credit(one)
    assert (await done(one, PayCredit("10001", "3.00")))["owed"] == "1.99"
    assert await refused(other, PayCredit("10001", "2")) == ("more_than_credit", {"no": "10001", "amount": "1.99"})
    assert (await done(other, PayCredit("10001")))["amount"] == "1.99"
    assert (await refused(one, PayCredit("10001")))[0] == "nothing_owed"
    await done(other, VoidLine("1"))
    assert (await done(one, PayCredit("10001", "1")))["owed"] == "0.99"
    await done(one, Pay())
    assert (await done(other, PayCredit("10001")))["amount"] == "0.99"
    await done(other, VoidSale())
    await done(other, PayCredit("10001"))
    await done(other, Pay())
    account = await asked(one, AskAccount("10001"))
    assert account["owed"] == "0.00"
    assert one.books.overdraws() == []
    assert one.books.ask(AskBalance("settling/10001")).held == 0


async def test_a_till_that_is_busy_with_the_credit_or_cut_off(open_till: Opens, network: Any) -> None:
    one, other = open_till(1), open_till(2)
    await with_erika(one)
    await sold_on_credit(one)
    network.claims["credit/10001"] = "2:9"
    assert await refused(one, PayCredit("10001")) == ("credit_busy", {"no": "10001"})
    network.claims.clear()
    for till in (one, other):
        till.engine.connected = False
        assert not (await done(till, PayCredit("10001")))["coverage"]["complete"]
    for till in (one, other):
        await done(till, Pay())
    network.reconnect()
    assert (await asked(one, AskAccount("10001")))["owed"] == "-4.99", "the customer has money to come"
    assert one.books.overdraws() == []


# -- purse and bonus -----------------------------------------------------------------------------


async def test_money_in_the_purse_is_there_with_the_receipt_and_at_every_till(open_till: Opens) -> None:
    one, other = open_till(1), open_till(2)
    await with_erika(one)
    await done(one, TopUp("10001", "20"))
    assert (await asked(one, AskCustomer("10001")))["purse"] == "0.00"
    await done(one, Pay())
    await done(other, ChooseCustomer("10001"))
    await done(other, Scan("0815"))
    assert (await done(other, Pay("purse")))["balance"] == "15.01"
    assert (await asked(one, AskCustomer("10001")))["purse"] == "15.01"


async def test_a_purse_pays_what_it_holds_and_no_more(till: FakeTill) -> None:
    await with_erika(till)
    await done(till, ChooseCustomer("10001"))
    await done(till, Scan("0815"))
    assert (await refused(till, Pay("purse")))[0] == "purse_empty"
    await done(till, VoidSale())
    await done(till, TopUp("10001", "2"))
    await done(till, Pay())
    await done(till, ChooseCustomer("10001"))
    await done(till, Scan("0815"))
    assert (await refused(till, Pay("purse", "2.01")))[0] == "purse_balance"
    assert (await done(till, Pay("purse")))["due"] == "2.99"


async def test_bonus_is_earned_by_turnover_and_spent_like_money(till: FakeTill) -> None:
    await with_erika(till, "10.00", BONUS)
    await done(till, ChooseCustomer("10001"))
    await done(till, Scan("0815", "10"))
    await done(till, TopUp("10001", "50"))
    await done(till, Pay())
    assert (await asked(till, AskCustomer("10001")))["bonus"] == "4.99"
    await done(till, ChooseCustomer("10001"))
    await done(till, Scan("0815"))
    receipt = await done(till, Pay("bonus_purse"))
    assert (receipt["receipt_no"], receipt["balance"]) == ("1-000002", "0.00")
    # The turnover that bonus paid for earns bonus too.
    assert (await asked(till, AskCustomer("10001")))["bonus"] == "0.49"


async def test_a_void_takes_bonus_and_top_up_back_and_pays_what_was_bought_on_credit(till: FakeTill) -> None:
    await with_erika(till, "10.00", BONUS)
    await done(till, TopUp("10001", "3"))
    await sold_on_credit(till, "4.99")
    await done(till, Pay())
    info = await asked(till, AskCustomer("10001"))
    assert (info["purse"], info["bonus"], info["credit_owed"], info["turnover"]) == ("3.00", "0.49", "4.99", "4.99")
    await done(till, VoidReceipt())
    info = await asked(till, AskCustomer("10001"))
    assert (info["purse"], info["bonus"], info["credit_owed"], info["turnover"]) == ("0.00", "0.00", "0.00", "0.00")
    assert (await asked(till, AskAccount("10001")))["owed"] == "0.00"


async def test_goods_given_back_to_the_credit_lower_what_is_owed(till: FakeTill) -> None:
    await with_erika(till)
    sold = await sold_on_credit(till)
    await done(till, ChooseCustomer("10001"))
    await done(till, ReturnLine(sold["receipt_no"], "1"))
    await done(till, Pay("customer_credit"))
    info = await asked(till, AskCustomer("10001"))
    assert (info["credit_owed"], info["credit_left"], info["turnover"]) == ("0.00", "10.00", "0.00")


# -- forgetting ----------------------------------------------------------------------------------


async def test_forgetting_erases_the_person_everywhere_and_keeps_the_figures(open_till: Opens, network: Any) -> None:
    one, other = open_till(1), open_till(2)
    await with_erika(one)
    await sold_on_credit(one)
    await done(one, PayCredit("10001"))
    await done(one, Pay())
    questions = (AskStatement("10001"), AskCustomerTurnover("10001"))
    before = [one.books.ask(question) for question in questions]
    sealed = next(record.body["person"] for record in one.engine.written if record.kind == "customer.set/1")
    other.engine.connected = False
    await done(one, ForgetCustomer("10001"))
    assert one.books.opened("10001", sealed) is None
    assert other.books.opened("10001", sealed) is not None
    network.reconnect()
    for till in (one, other):
        assert till.books.opened("10001", sealed) is None
        assert [till.books.ask(question) for question in questions] == before
        info = await asked(till, AskCustomer("10001"))
        assert (info["name"], info["forgotten"], info["sealed"]) == (None, True, False)
        assert (await asked(till, AskCustomers("erika")))["customers"] == []
        for command in (ChooseCustomer("10001"), SetCustomer("10001", "Erika"), ForgetCustomer("10001")):
            assert (await refused(till, command))[0] == "customer_forgotten"


async def test_nobody_is_forgotten_who_owes_or_has_money_here_or_stands_at_the_till(till: FakeTill) -> None:
    await with_erika(till)
    await sold_on_credit(till)
    assert await refused(till, ForgetCustomer("10001")) == ("customer_owes", {"no": "10001", "amount": "4.99"})
    await done(till, PayCredit("10001"))
    await done(till, TopUp("10001", "3"))
    await done(till, Pay())
    assert await refused(till, ForgetCustomer("10001")) == ("customer_has_purse", {"no": "10001", "amount": "3.00"})
    await done(till, ChooseCustomer("10001"))
    assert (await refused(till, ForgetCustomer("10001")))[0] == "customer_on_sale"


async def test_a_till_without_keys_writes_nothing_personal(till: FakeTill) -> None:
    till.engine.persons.sealed = lambda *_: None  # type: ignore[method-assign]
    before = len(till.engine.written)
    assert (await refused(till, SetCustomer("10001", "Erika")))[0] == "persons_locked"
    assert len(till.engine.written) == before
