"""Users set at the till: by right, never so that nobody is left who could, and nothing of them in the clear."""

from __future__ import annotations

import pytest

from app.facts.master import UserSet
from app.till.commands import Approve, Login, LoginBadge, Logout, Scan, SetPin, SetReference, SetUser, Training
from app.till.queries.every import Queries
from app.till.queries.users import AskUsers
from tests.app.till.asking import done, refused
from tests.app.till.fake_engine import FakeTill


async def a_chief(till: FakeTill) -> None:
    await done(till, SetUser("chef", "Carl Muster", ("supervisor",), pin="98765432", badge="04a1b2c3"))


async def test_the_first_user_is_one_who_may_manage_users_and_then_everybody_logs_in(till: FakeTill) -> None:
    assert await refused(till, SetUser("anna", "Anna", ("cashier",), pin="1234")) == "nobody_manages_users"
    await a_chief(till)
    assert await refused(till, Scan("17")) == "login_needed"
    assert await refused(till, SetUser("anna", "Anna", ("cashier",))) == "login_needed"
    assert (await done(till, Login("chef", "98765432")))["name"] == "Carl Muster"
    assert (await done(till, SetUser("anna", "Anna", ("cashier",), pin="1234")))["has_pin"] is True
    await done(till, Logout())
    assert (await done(till, LoginBadge("04A1B2C3")))["user"] == "chef"


async def test_neither_name_nor_pin_nor_badge_leaves_the_till_in_the_clear(till: FakeTill) -> None:
    await a_chief(till)
    body = str([record.body for record in till.engine.written if record.kind == UserSet.kind])
    for secret in ("Carl", "98765432", "04A1B2C3", "04a1b2c3"):
        assert secret not in body


async def test_what_is_left_out_stays_and_what_is_empty_goes(till: FakeTill) -> None:
    await a_chief(till)
    await done(till, Login("chef", "98765432"))
    await done(till, SetUser("anna", "Anna Beispiel", ("cashier",), ("discount:15",), "1234", "B1", "2026-12-24"))
    await done(till, SetUser("anna", roles=("cashier", "supervisor")))
    answer = await Queries(till.runner).ask(AskUsers())
    anna = answer.fields["users"][0]  # type: ignore[union-attr]
    assert (anna["name"], anna["roles"], anna["rights"]) == (
        "Anna Beispiel",
        ["cashier", "supervisor"],
        ["discount:15"],
    )
    assert (anna["valid_until"], anna["has_pin"], anna["has_badge"]) == ("2026-12-24", True, True)
    fields = await done(till, SetUser("anna", badge="", valid_until="", rights=()))
    assert (fields["valid_until"], fields["has_badge"], fields["has_pin"], fields["rights"]) == (None, False, True, [])
    await done(till, SetUser("anna", removed=True))
    assert await refused(till, SetUser("anna", removed=True)) == "unknown_user"
    assert await refused(till, SetUser("anna", roles=("cashier",))) == "user_name_bad", "who was removed is new"


async def test_the_last_who_may_manage_users_stays_and_may(till: FakeTill) -> None:
    await a_chief(till)
    await done(till, Login("chef", "98765432"))
    for change in (
        SetUser("chef", removed=True),
        SetUser("chef", roles=("cashier",)),
        SetUser("chef", valid_until="2026-11-20"),
    ):
        assert await refused(till, change) == "nobody_manages_users"
    await done(till, SetUser("leiter", "Lea Leiter", rights=("users", "sell")))
    await done(till, SetUser("chef", valid_until="2026-11-20"))
    assert await refused(till, SetUser("leiter", removed=True)) == "user_expired"


async def test_users_are_set_by_right_and_not_in_training(till: FakeTill) -> None:
    await a_chief(till)
    await done(till, Login("chef", "98765432"))
    await done(till, SetUser("anna", "Anna", ("cashier",), pin="1234"))
    await done(till, Training(on=True))
    assert await refused(till, SetUser("anna", removed=True)) == "not_in_training"
    await done(till, Training(on=False))
    await done(till, Login("anna", "1234"))
    assert await refused(till, SetUser("anna", roles=("supervisor",))) == "right_missing"
    await done(till, Approve("chef", "98765432"))
    await done(till, SetUser("neu", "Nina", ("cashier",)))
    assert await refused(till, SetUser("neu", removed=True)) == "right_missing", "one approval is for one thing"
    assert await refused(till, SetPin("neu", "1111")) == "first_pin_own"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (SetUser("a b", "A", ("cashier",)), "user_id_bad"),
        (SetUser("neu", None, ("cashier",)), "user_name_bad"),
        (SetUser("neu", "x" * 61, ("cashier",)), "user_name_bad"),
        (SetUser("neu", "A\x1b", ("cashier",)), "user_name_bad"),
        (SetUser("neu", "A", ("baker",)), "unknown_role"),
        (SetUser("neu", "A", rights=("fly",)), "unknown_right"),
        (SetUser("neu", "A", pin="12"), "bad_pin"),
        (SetUser("neu", "A", badge="x" * 65), "badge_bad"),
        (SetUser("neu", "A", badge="04A1B2C3"), "badge_taken"),
        (SetUser("neu", "A", valid_until="31.2.2026"), "bad_date"),
        (SetUser("neu", removed=True), "unknown_user"),
    ],
)
async def test_what_cannot_be_a_user_is_refused(till: FakeTill, command: SetUser, code: str) -> None:
    await a_chief(till)
    await done(till, Login("chef", "98765432"))
    assert await refused(till, command) == code


async def test_a_role_of_the_shop_counts(till: FakeTill) -> None:
    role = {"role": "leitung", "name": "Leitung", "rights": ["users", "sell"]}
    await done(till, SetReference("role", role))
    assert (await done(till, SetUser("lea", "Lea", ("leitung",))))["roles"] == ["leitung"]
