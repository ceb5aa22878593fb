"""Whose sale it is; customers kept and forgotten.

Whatever is personal is sealed before it is journalled (``app.domain.persons``), and opened again by the books of a
till that holds the network's keys. To forget a customer erases the key at every till; number, group and figures
stay, and the number is never given to anybody else.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import msgspec

from app.books.questions.customers import BuyersOf, FindCredit, FindCustomer
from app.books.questions.resources import AskBalance
from app.books.views import CustomerView
from app.domain import resource
from app.domain.customer import MAX_LENGTHS, CustomerGroup, Person, bad_field, is_customer_no
from app.domain.instant import iso
from app.domain.sale import OpenSale
from app.facts.circulation import CustomerForgotten, CustomerSet
from app.till import typed
from app.till.commands import ChooseCustomer, ForgetCustomer, SetCustomer
from app.till.effects import Effect, Event
from app.till.refusals import Refusal
from app.till.relooking import relooked
from app.till.steps import Steps, look, reference, seal

if TYPE_CHECKING:
    from app.till.counter import Counter

MAX_TRIES = 100
"""Numbers of the range that may be taken already by typed ones before it is given up."""
OF_CUSTOMER = ("customer_credit", "purse", "bonus_purse", "delivery_note")
"""Tenders that belong to the customer of the sale: nobody else's sale can be paid with them."""


def choose_customer(counter: Counter, command: ChooseCustomer) -> Steps:
    """The sale is this customer's from now on, with the group's price list; without a number nobody's."""
    sale = counter.begun()
    if command.no is None:
        sale = yield from _belongs(counter, sale, "", "", 1)
        counter.keep(sale if counter.sale or sale.lines else None)
        return {"no": None, "name": None, **counter.sums()}
    found = yield from known_customer(counter, command.no)
    groups = (yield from reference()).all(CustomerGroup)
    group = groups.get(found.customer_group)
    price_list = group.price_list if group else 1
    sale = yield from _belongs(counter, sale, found.customer_no, found.customer_group, price_list)
    counter.keep(sale)
    money = yield from money_of(counter, found.customer_no)
    return {
        "no": found.customer_no,
        "name": found.person.name if found.person else None,
        "customer_group": found.customer_group,
        "price_list": price_list,
        **counter.sums(),
        **money,
    }


def known_customer(counter: Counter, text: str, *, blocked: bool = False) -> Generator[Effect, Event, CustomerView]:
    """The customer of a typed number; refused if unknown, forgotten, or (unless ``blocked`` will do) blocked."""
    no = customer_no(text)
    found = yield from look(FindCustomer(no), fresh=True)
    if found is None:
        raise Refusal("unknown_customer", {"no": no})
    if found.forgotten:
        raise Refusal("customer_forgotten", {"no": no})
    if found.blocked and not blocked:
        raise Refusal("customer_blocked", {"no": no})
    return found


def customer_no(text: str) -> str:
    """A typed customer number."""
    no = text.strip()
    if not is_customer_no(no):
        raise Refusal("bad_customer_no", {"no": typed.shown(text)})
    return no


def money_of(counter: Counter, no: str) -> Generator[Effect, Event, dict[str, Any]]:
    """Credit, purse and bonus of a customer, as answers show them."""
    credit = yield from look(FindCredit(no))
    purse = yield from look(AskBalance(resource.name(resource.PURSE, no)))
    bonus = yield from look(AskBalance(resource.name(resource.BONUS, no)))
    return {
        "credit_limit": counter.text(credit.limit_minor),
        "credit_owed": counter.text(credit.owed_minor),
        "credit_left": counter.text(max(0, credit.left_minor)),
        "purse": counter.text(purse.left),
        "bonus": counter.text(bonus.left),
    }


def set_customer(counter: Counter, command: SetCustomer) -> Steps:
    """Create a customer or change one; fields left out stay as they are."""
    typed_no = None if command.no is None else customer_no(command.no)
    yield from counter.allowed("customers", typed_no or "")
    no = typed_no or (yield from _next_no(counter))
    known = yield from look(FindCustomer(no), fresh=True)
    if known is not None and known.forgotten:
        raise Refusal("customer_forgotten", {"no": no})
    if known is not None and known.sealed:
        raise Refusal("persons_locked")
    person = _person(command, known.person if known else None)
    known = known or CustomerView(no, None, "", 0, blocked=False)
    group = yield from _group(command.customer_group, known.customer_group)
    limit = known.credit_limit_minor
    if command.credit_limit is not None:
        limit = counter.amount(command.credit_limit, "amount")
    blocked = known.blocked if command.blocked is None else command.blocked
    sealed = yield from seal(no, msgspec.json.encode(person).decode())
    if sealed is None:
        raise Refusal("persons_locked")
    fact = CustomerSet(no, sealed, group, limit, blocked)
    yield from counter.journal((fact,), counter.sale)
    return {
        "no": no,
        "name": person.name,
        "customer_group": group,
        "credit_limit": counter.text(limit),
        "blocked": blocked,
    }


def forget_customer(counter: Counter, command: ForgetCustomer) -> Steps:
    """Erase the person everywhere, and the buyer of the customer's invoices; the figures stay."""
    no = customer_no(command.no)
    yield from counter.allowed("customers", no)
    found = yield from look(FindCustomer(no), fresh=True)
    if found is None:
        raise Refusal("unknown_customer", {"no": no})
    if found.forgotten:
        raise Refusal("customer_forgotten", {"no": no})
    if counter.sale is not None and counter.sale.customer_no == no:
        raise Refusal("customer_on_sale", {"no": no})
    credit = yield from look(FindCredit(no))
    if credit.owed_minor or credit.held_minor:
        raise Refusal("customer_owes", {"no": no, "amount": counter.text(credit.owed_minor + credit.held_minor)})
    purse = yield from look(AskBalance(resource.name(resource.PURSE, no)))
    if purse.left or purse.held:
        raise Refusal("customer_has_purse", {"no": no, "amount": counter.text(purse.left + purse.held)})
    buyers = yield from look(BuyersOf(no))
    user = counter.clerk.user or counter.clerk.cashier
    fact = CustomerForgotten(no, iso(counter.now.wall_ms), user, tuple(buyer for buyer in buyers if buyer != no))
    yield from counter.journal((fact,), counter.sale)
    # Answered when it is in the books, for then this till has erased the key.
    yield from look(FindCustomer(no), fresh=True)
    return {"no": no}


def _belongs(
    counter: Counter, sale: OpenSale, no: str, customer_group: str, price_list: int
) -> Generator[Effect, Event, OpenSale]:
    """The sale as that customer's, looked up and priced anew."""
    if no != sale.customer_no and any(payment.tender_kind in OF_CUSTOMER for payment in sale.payments):
        raise Refusal("customer_has_paid", {"no": sale.customer_no})
    sale = msgspec.structs.replace(sale, customer_no=no, customer_group=customer_group, price_list=price_list)
    return (yield from counter.repriced((yield from relooked(counter, sale))))


def _next_no(counter: Counter) -> Generator[Effect, Event, str]:
    """The next number of the till's range that nobody has typed for a customer of his own."""
    for _ in range(MAX_TRIES):
        no = yield from counter.next_number("customer")
        if (yield from look(FindCustomer(no), fresh=True)) is None:
            return no
    raise Refusal("customer_no_taken", {"no": no})


def _person(command: SetCustomer, known: Person | None) -> Person:
    given = {name: getattr(command, name) for name in MAX_LENGTHS}
    fields = {name: value.strip() for name, value in given.items() if value is not None}
    bad = bad_field(fields)
    if bad is not None:
        raise Refusal("bad_customer_field", {"field": bad, "limit": str(MAX_LENGTHS[bad])})
    if not fields.get("name", known.name if known else ""):
        raise Refusal("customer_name_missing")
    return msgspec.structs.replace(known, **fields) if known else Person(**fields)


def _group(given: str | None, known: str) -> Generator[Effect, Event, str]:
    group = known if given is None else given.strip()
    if group != known and group and (yield from reference()).get(CustomerGroup, group) is None:
        raise Refusal("unknown_customer_group", {"customer_group": typed.shown(group)})
    return group
