"""Who may decide as a supervisor outside a till session, and how often a PIN may be guessed."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import pytest

from app.books.questions.reference import AskReference
from app.books.questions.users import ListUsers, UserView
from app.domain.reference import Reference
from app.engine.control import Refused
from app.engine.vouching import KEPT, Vouching
from app.till import pins
from app.till.guessing import FIRST_LOCK_MS, FREE_GUESSES

TODAY = date(2025, 11, 22)
AT_MS = 1_763_750_000_000


@cache
def hashed(pin: str) -> str:
    return pins.hashed(pin)


class Books:
    """Three users; no badge is kept where there are no keys."""

    def __init__(self, *users: UserView, keys: bool = True) -> None:
        self.users = users
        self.keys = keys

    def ask(self, question: Any) -> Any:
        match question:
            case AskReference():
                return Reference({})
            case ListUsers():
                return self.users
        raise AssertionError(question)

    def keyed(self, label: str, text: str) -> str | None:
        return f"{label}/{text}" if self.keys else None


class Asked:
    """A vouching over restarts; ``kept`` is what its disk has."""

    def __init__(self, *users: UserView, **options: Any) -> None:
        self.books = Books(*users, **options)
        self.kept: dict[str, str | None] = {}
        self.noted = 0
        self.now_ms = AT_MS
        self.again()

    def again(self) -> None:
        async def keep(values: dict[str, str | None]) -> None:
            self.kept |= values

        self.vouching = Vouching(self.books, self.kept.get(KEPT), keep, self._note)

    def _note(self) -> None:
        self.noted += 1

    async def ask(self, named: str, secret: str = "") -> str:
        try:
            return await self.vouching.supervisor(named, secret, today=TODAY, now_ms=self.now_ms)
        except Refused as refused:
            return refused.code


def user(name: str, role: str = "supervisor", **fields: str) -> UserView:
    return UserView(name, name.title(), (role,), **fields)


@pytest.mark.parametrize("users", [(), (user("ben", "cashier", pin_hash="x"),), (user("anna"),)])
async def test_whoever_is_named_is_believed_as_long_as_no_supervisor_can_show_who_it_is(
    users: tuple[UserView, ...],
) -> None:
    assert await Asked(*users).ask("Kim") == "Kim"


async def test_a_pin_and_a_badge_are_its_users_alone_and_a_cashier_decides_nothing() -> None:
    asked = Asked(
        user("anna", pin_hash=hashed("4711")),
        user("kim", badge_hash="network key/badges/K-77"),
        user("ben", "cashier", pin_hash=hashed("1234")),
        user("eva", pin_hash=hashed("2222"), valid_until="2025-11-21"),
    )
    assert await asked.ask("anna") == "pin_needed"
    assert await asked.ask("anna", "4711") == "anna"
    assert await asked.ask(" kim ", "k-77\n") == "kim"
    assert asked.noted == 0
    assert await asked.ask("kim", "4711") == "login_refused"
    assert await asked.ask("anna", "K-77") == "login_refused"
    assert await asked.ask("nobody", "4711") == "login_refused"
    assert asked.noted == 3
    assert await asked.ask("ben", "1234") == "cannot_approve"
    assert await asked.ask("eva", "2222") == "user_expired"


async def test_no_user_without_a_badge_is_found_by_one_where_there_are_no_keys() -> None:
    asked = Asked(user("anna", pin_hash=hashed("4711")), keys=False)
    assert await asked.ask("anna", "K-77") == "login_refused"


async def test_guesses_are_counted_over_restarts_for_each_user_and_together_for_those_who_are_none() -> None:
    asked = Asked(user("anna", pin_hash=hashed("4711")), user("kim", pin_hash=hashed("0815")))
    for guess in range(FREE_GUESSES):
        asked.again()
        assert await asked.ask("anna", f"{guess:04}") == "login_refused"
        assert await asked.ask(f"nobody-{guess}", "4711") == "login_refused"
    asked.again()
    assert await asked.ask("anna", "4711") == "login_locked"
    assert await asked.ask("somebody", "4711") == "login_locked"
    assert await asked.ask("kim", "0815") == "kim"
    asked.now_ms += FIRST_LOCK_MS
    assert await asked.ask("anna", "4711") == "anna"
    asked.again()
    assert await asked.ask("anna", "0000") == "login_refused"  # counted anew, from one


async def test_a_guess_that_could_not_be_counted_is_not_looked_at() -> None:
    async def full(_values: dict[str, str | None]) -> None:
        raise OSError(28, "No space left on device")

    vouching = Vouching(Books(user("anna", pin_hash=hashed("4711"))), "{damaged", full, lambda: None)
    with pytest.raises(OSError, match="No space"):
        await vouching.supervisor("anna", "4711", today=TODAY, now_ms=AT_MS)
