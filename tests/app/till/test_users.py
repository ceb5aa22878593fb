"""Who stands at the till and what they may do: login, rights, approval, audit, training, settings, numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from app.books.questions.audit import ListAudit
from app.domain.user import BADGES
from app.facts.base import Fact
from app.facts.master import ReferenceSet
from app.facts.sales import AuditLogged, ReceiptCompleted
from app.till import pins
from app.till.commands import (
    Approve,
    ChangePrice,
    Command,
    GiveDiscount,
    Login,
    LoginBadge,
    Logout,
    OpenDrawer,
    Pay,
    PayIn,
    ProgramStart,
    Redeem,
    Scan,
    SellVoucher,
    SetArticle,
    SetPin,
    SetPrice,
    SetReference,
    Training,
    VoidSale,
)
from app.till.drive import _object, _request
from app.till.effects import Refuse, Reply
from app.till.handlers import HANDLERS
from app.till.ports import JournalRefused
from app.till.queries.audit import AskAudit
from app.till.queries.every import Queries
from app.till.queries.settings import AskNumberRanges, AskSettings
from app.till.queries.users import AskUsers
from app.till.standing import BESIDE_SELLING, FREE
from tests.app.till.asking import done, refusal
from tests.app.till.fake_engine import FakeTill, user_set

OpenTill = Callable[..., FakeTill]
ANNA, CHEF = "1234", "98765432"
HASHES = {pin: pins.hashed(pin) for pin in (ANNA, CHEF)}


async def refused(till: FakeTill, command: Command) -> tuple[str, dict[str, str]]:
    refuse = await refusal(till, command)
    return refuse.code, refuse.values


@pytest.fixture
def staffed(till: FakeTill) -> FakeTill:
    """A till with a cashier and a supervisor; nobody is logged in."""
    badge = till.books.keyed(BADGES, "04A1B2C3")
    assert badge is not None
    till.engine.say([
        user_set(till.engine.network, "anna", "Anna Beispiel", ("cashier",), pin_hash=HASHES[ANNA], badge_hash=badge),
        user_set(till.engine.network, "chef", "Carl Muster", ("supervisor",), pin_hash=HASHES[CHEF]),
        user_set(till.engine.network, "neu", "Nina Neu", ("cashier",)),
        user_set(till.engine.network, "alt", "Alt Gast", ("cashier",), pin_hash=HASHES[ANNA], valid_until="2026-11-20"),
    ])  # fmt: skip
    return till


def facts_of(till: FakeTill, kind: type[Fact]) -> list[dict[str, Any]]:
    return [record.body for record in till.engine.written if record.kind == kind.kind]


def actions(till: FakeTill) -> list[tuple[str, str, str]]:
    return [(b["action"], b["user"], b["approved_by"]) for b in facts_of(till, AuditLogged)]


# -- login ---------------------------------------------------------------------------------------


async def test_as_long_as_there_are_no_users_nobody_logs_in(till: FakeTill) -> None:
    assert (await refused(till, Login("anna", ANNA)))[0] == "no_users"
    await done(till, Scan("17"))
    assert (await done(till, Pay()))["receipt_no"] == "1-000001"
    assert actions(till) == []


async def test_once_there_are_users_somebody_must_log_in(staffed: FakeTill) -> None:
    assert (await refused(staffed, Scan("17")))[0] == "login_needed"
    for command in HANDLERS:
        if command not in FREE:
            code = "login_needed"
            assert (await refused(staffed, _any(command)))[0] == code, command
    answer = await done(staffed, Login(" anna ", ANNA))
    assert (answer["user"], answer["name"], answer["roles"]) == ("anna", "Anna Beispiel", ["cashier"])
    await done(staffed, Scan("17"))
    await done(staffed, Pay())
    receipt = staffed.engine.printed[-1]
    assert (receipt.user, receipt.cashier, receipt.approved_by) == ("anna", "anna", "")
    await done(staffed, Logout())
    assert (await refused(staffed, Scan("17")))[0] == "login_needed"
    assert actions(staffed) == [("login", "anna", ""), ("logout", "anna", "")]


def _any(kind: type[Command]) -> Command:
    """A command of the kind with any fields."""
    fields: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        if field.required:
            fields[field.name] = {str: "1", bool: True}.get(field.type, {})
    return kind(**fields)


async def test_a_login_does_not_survive_a_restart(staffed: FakeTill) -> None:
    await done(staffed, Login("anna", ANNA))
    await done(staffed, Scan("17"))
    again = staffed.restarted()
    assert (await refused(again, Pay()))[0] == "login_needed"
    await done(again, Login("chef", CHEF))
    assert (await done(again, Pay()))["total"] == "0.89"


async def test_wrong_pin_and_unknown_user_get_the_same_answer_and_are_logged_without_what_was_typed(
    staffed: FakeTill,
) -> None:
    for user, pin in (("anna", "4321"), ("nobody", ANNA), ("anna", ""), ("1234", "x" * 4000), ("\0", "é")):
        assert await refused(staffed, Login(user, pin)) == ("login_refused", {})
    assert [(action, user) for action, user, _ in actions(staffed)] == [
        ("login_failed", user) for user in ("anna", "", "anna", "", "")
    ]  # fmt: skip
    assert "1234" not in str(facts_of(staffed, AuditLogged))


async def test_guessing_is_slowed_down_ever_more(staffed: FakeTill) -> None:
    for _ in range(5):
        assert (await refused(staffed, Login("anna", "0000")))[0] == "login_refused"
    assert await refused(staffed, Login("anna", ANNA)) == ("login_locked", {"seconds": "30"})
    await done(staffed, Login("chef", CHEF))
    staffed.clock.wall_ms += 30_000
    assert (await refused(staffed, Login("anna", "0000")))[0] == "login_refused"
    assert await refused(staffed, Login("anna", ANNA)) == ("login_locked", {"seconds": "60"})
    for _ in range(8):
        staffed.clock.wall_ms += 600_000
        assert (await refused(staffed, Login("anna", "0000")))[0] == "login_refused"
    assert await refused(staffed, Login("anna", ANNA)) == ("login_locked", {"seconds": "600"})
    staffed.clock.wall_ms += 600_000
    await done(staffed, Login("anna", ANNA))


async def test_a_badge_logs_in_and_is_nowhere_in_the_clear(staffed: FakeTill) -> None:
    assert (await done(staffed, LoginBadge("04a1b2c3 ")))["user"] == "anna"
    for badge in ("04A1B2C4", "", "x" * 5000):
        assert (await refused(staffed, LoginBadge(badge)))[0] == "badge_unknown"
    assert "04A1B2C" not in str([record.body for record in staffed.engine.written]).upper()


async def test_who_is_not_employed_any_more_cannot_work(staffed: FakeTill) -> None:
    assert await refused(staffed, Login("alt", ANNA)) == ("user_expired", {"user": "Alt Gast", "day": "2026-11-20"})
    await done(staffed, Login("anna", ANNA))
    staffed.engine.say([user_set(staffed.engine.network, "anna", "Anna Beispiel", ("cashier",), removed=True)])
    assert (await refused(staffed, Scan("17")))[0] == "login_needed"


async def test_nobody_gives_somebody_else_a_first_pin_to_approve_with(staffed: FakeTill) -> None:
    staffed.engine.say([user_set(staffed.engine.network, "chefin", "Clara Muster", ("supervisor",))])
    await done(staffed, Login("anna", ANNA))
    assert await refused(staffed, SetPin("chefin", "4711")) == ("first_pin_own", {"user": "Clara Muster"})
    assert (await refused(staffed, Approve("chefin", "4711")))[0] == "pin_unset"
    await done(staffed, Login("chef", CHEF))
    await done(staffed, SetPin("chefin", "4711"))
    await done(staffed, Login("anna", ANNA))
    await done(staffed, Approve("chefin", "4711"))


async def test_who_came_with_a_badge_sets_the_own_first_pin_and_an_approval_allows_anothers(staffed: FakeTill) -> None:
    badge = staffed.books.keyed(BADGES, "BB")
    assert badge is not None
    staffed.engine.say([user_set(staffed.engine.network, "bea", "Bea", ("cashier",), badge_hash=badge)])
    await done(staffed, LoginBadge("bb"))
    await done(staffed, SetPin("bea", "4711"))
    assert (await refused(staffed, SetPin("neu", "4711")))[0] == "first_pin_own"
    await done(staffed, Approve("chef", CHEF))
    await done(staffed, SetPin("neu", "4711"))


async def test_a_first_login_sets_the_pin(staffed: FakeTill) -> None:
    assert (await refused(staffed, Login("neu", "5555")))[0] == "pin_unset"
    for bad in ("123", "1234567890123", "12a4", "١٢٣٤"):
        assert (await refused(staffed, SetPin("neu", bad)))[0] == "bad_pin"
    await done(staffed, SetPin("neu", "5555"))
    assert (await refused(staffed, SetPin("neu", "6666")))[0] == "login_refused", "set once, the old one is needed"
    await done(staffed, SetPin("neu", "6666", old_pin="5555"))
    assert (await done(staffed, Login("neu", "6666")))["user"] == "neu"
    assert (await refused(staffed, SetPin("anna", "6666")))[0] == "right_missing"
    await done(staffed, Login("chef", CHEF))
    await done(staffed, SetPin("anna", "7777"))
    await done(staffed, Login("anna", "7777"))
    assert "7777" not in str(staffed.engine.written)


# -- rights --------------------------------------------------------------------------------------


async def test_without_the_right_nothing_happens_and_with_an_approval_once(staffed: FakeTill) -> None:
    await done(staffed, Login("anna", ANNA))
    assert await refused(staffed, OpenDrawer()) == ("right_missing", {"right": "open_drawer"})
    assert (await refused(staffed, Approve("anna", ANNA)))[0] == "cannot_approve"
    assert (await refused(staffed, Approve("chef", "0000")))[0] == "login_refused"
    await done(staffed, Approve("chef", CHEF))
    await done(staffed, OpenDrawer("Wechselgeld"))
    assert (await refused(staffed, OpenDrawer()))[0] == "right_missing", "good for one action"
    await done(staffed, Approve("chef", CHEF))
    staffed.clock.wall_ms += 60_001
    assert (await refused(staffed, OpenDrawer()))[0] == "right_missing", "good for a minute"
    assert actions(staffed) == [("login", "anna", ""), ("login_failed", "chef", ""), ("open_drawer", "anna", "chef")]
    (document,) = staffed.engine.documents
    assert isinstance(document, AuditLogged)
    assert document.detail == "Wechselgeld"


async def test_single_rights_come_on_top_of_roles(staffed: FakeTill) -> None:
    staffed.engine.say(
        [user_set(staffed.engine.network, "anna", "Anna", ("cashier",), ("open_drawer",), pin_hash=HASHES[ANNA])]
    )
    await done(staffed, Login("anna", ANNA))
    await done(staffed, OpenDrawer())


async def test_roles_of_the_network_replace_the_default_ones(staffed: FakeTill) -> None:
    role = {"role": "cashier", "name": "Kasse", "rights": ["open_drawer"]}
    staffed.engine.say([ReferenceSet("role", "cashier", role)])
    await done(staffed, Login("anna", ANNA))
    await done(staffed, OpenDrawer())
    assert await refused(staffed, Scan("17")) == ("right_missing", {"right": "sell"})


async def test_the_sale_is_as_before_if_the_audit_cannot_be_written(staffed: FakeTill) -> None:
    await done(staffed, Login("chef", CHEF))
    staffed.engine.refusals.append(JournalRefused("disk_full"))
    assert (await refused(staffed, OpenDrawer()))[0] == "disk_full"
    assert staffed.engine.documents == []


# -- training ------------------------------------------------------------------------------------


async def test_training_counts_nowhere(staffed: FakeTill, open_till: OpenTill) -> None:
    other = open_till(2)
    await done(staffed, Login("chef", CHEF))
    await done(staffed, SellVoucher("5"))
    (code,) = (await done(staffed, Pay()))["vouchers"]
    before = staffed.books.voucher(code), staffed.books.turnover(None, None)
    assert await done(staffed, Training(on=True)) == {"training": True}
    await done(staffed, Scan("17"))
    assert (await done(staffed, Redeem(code, "0.50")))["redeemed"] == "0.50"
    answer = await done(staffed, Pay())
    assert (answer["receipt_no"], answer["training"]) == ("T1-000001", True)
    receipt = staffed.engine.printed[-1]
    assert (receipt.receipt_type, receipt.receipt_no, receipt.total_minor) == ("training", "T1-000001", 89)
    await done(staffed, SellVoucher("50"))
    assert (await refused(staffed, Training(on=False)))[0] == "sale_open"
    assert (await done(staffed, Pay()))["receipt_no"] == "T1-000002"
    await done(staffed, Scan("17"))
    await done(staffed, VoidSale())
    assert (await refused(staffed, PayIn("5", "x")))[0] == "not_in_training"
    assert await done(staffed, Training(on=False)) == {"training": False}
    assert (staffed.books.voucher(code), staffed.books.turnover(None, None)) == before
    kinds = {record.kind for record in staffed.engine.written if record.feed.topic != "master"}
    assert "resource.held/1" not in kinds
    assert len(facts_of(staffed, ReceiptCompleted)) == 1
    await done(staffed, Scan("17"))
    assert (await done(staffed, Pay()))["receipt_no"] == "1-000002"
    assert other.books.fingerprint() == staffed.books.fingerprint()
    assert staffed.engine.claimed == []


async def test_a_training_sale_stays_one_after_a_crash(till: FakeTill) -> None:
    await done(till, Training(on=True))
    await done(till, Scan("17"))
    again = till.restarted()
    assert (await done(again, Pay()))["receipt_no"] == "T1-000001"
    assert facts_of(till, ReceiptCompleted) == []
    assert till.books.turnover(None, None).receipts == 0


# -- numbers -------------------------------------------------------------------------------------


def assigned(range_id: str, start: int, end: int, till_no: int = 1, prefix: str = "B", kind: str = "receipt") -> Fact:
    value = {"range_id": range_id, "kind": kind, "till_no": till_no, "prefix": prefix, "start": start, "end": end}
    return ReferenceSet("number_range", range_id, {**value, "digits": 3})


async def test_receipts_out_of_assigned_ranges_one_after_the_other(till: FakeTill) -> None:
    await done(till, Scan("17"))
    assert (await done(till, Pay()))["receipt_no"] == "1-000001"
    till.engine.say([assigned("a", 5, 6), assigned("b", 8, 8), assigned("other", 100, 200, till_no=2)])
    numbers, warned = [], []
    for _ in range(3):
        await done(till, Scan("17"))
        answer = await done(till, Pay())
        numbers.append(answer["receipt_no"])
        warned.append(answer.get("warning", {}).get("left"))
        till = till.restarted()
    assert numbers == ["B005", "B006", "B008"]
    assert warned == [None, None, "0"]
    await done(till, Scan("17"))
    assert (await refused(till, Pay()))[0] == "numbers_used_up"
    till.engine.say([assigned("c", 9, 99)])
    assert (await done(till, Pay()))["receipt_no"] == "B009"
    assert till.books.passed_over() == {}
    answer = await Queries(till.runner).ask(AskNumberRanges(1))
    assert isinstance(answer, Reply)
    assert [(row["range_id"], row["next"], row["left"], row["warning"]) for row in answer.fields["ranges"]] == [
        ("a", None, "0", True), ("b", None, "0", True), ("c", "B010", "90", False),
    ]  # fmt: skip


async def test_no_number_is_lost_or_repeated_by_an_append_whose_end_is_unknown(till: FakeTill) -> None:
    till.engine.say([assigned("a", 1, 99)])
    await done(till, Scan("17"))
    till.engine.lose_answer = True
    assert isinstance(await till.runner.run(Pay()), Refuse)
    await done(till, Scan("17"))
    till.engine.refusals.append(JournalRefused("disk_full"))
    assert isinstance(await till.runner.run(Pay()), Refuse)
    assert (await done(till, Pay()))["receipt_no"] == "B002"
    assert [body["receipt_no"] for body in facts_of(till, ReceiptCompleted)] == ["B001", "B002"]


# -- settings ------------------------------------------------------------------------------------


async def test_settings_by_right(staffed: FakeTill) -> None:
    value = {"tender": "twint", "name": "TWINT", "kind": "other"}
    await done(staffed, Login("anna", ANNA))
    assert await refused(staffed, SetReference("tender", value)) == ("right_missing", {"right": "settings"})
    await done(staffed, Login("chef", CHEF))
    assert await done(staffed, SetReference("tender", value)) == {"subject": "tender", "key": "twint"}
    answer = await Queries(staffed.runner).ask(AskSettings("tender"))
    assert isinstance(answer, Reply)
    assert answer.fields["values"] == [{"key": "twint", "value": value}]
    assert [body["by"] for body in facts_of(staffed, ReferenceSet)] == ["chef"], "whose word it is"
    await done(staffed, SetReference("tender", key="twint", removed=True))
    assert (await refused(staffed, SetReference("tender", key="twint", removed=True)))[0] == "unknown_setting"
    assert (await refused(staffed, SetReference("weather", {})))[0] == "unknown_subject"
    assert (await refused(staffed, SetReference("tender", {"tender": 7})))[0] == "bad_setting"
    assert (await refused(staffed, SetReference("tender", value, key="other")))[0] == "bad_setting"


async def test_only_who_manages_users_sets_roles(staffed: FakeTill) -> None:
    staffed.engine.say(
        [user_set(staffed.engine.network, "anna", "Anna", ("cashier",), ("settings",), pin_hash=HASHES[ANNA])]
    )
    await done(staffed, Login("anna", ANNA))
    role = {"role": "cashier", "name": "Kasse", "rights": ["users"]}
    assert await refused(staffed, SetReference("role", role)) == ("right_missing", {"right": "users"})


async def test_a_role_that_is_added_takes_nothing_from_those_known_from_the_start(staffed: FakeTill) -> None:
    await done(staffed, Login("chef", CHEF))
    await done(staffed, SetReference("role", {"role": "trainee", "name": "Aushilfe", "rights": ["sell"]}))
    await done(staffed, OpenDrawer())


async def test_ranges_assigned_one_after_the_other_are_held_against_each_other_at_once(till: FakeTill) -> None:
    till.engine.lagging = True
    value = {"range_id": "a", "kind": "order", "till_no": 1, "prefix": "A", "start": 1, "end": 9}
    await done(till, SetReference("number_range", value))
    second = SetReference("number_range", {**value, "range_id": "b"})
    assert await refused(till, second) == ("range_overlaps", {"other": "a"})


async def test_overlapping_ranges_are_refused(till: FakeTill) -> None:
    def ranged(range_id: str, start: int, end: int, prefix: str = "A") -> SetReference:
        value = {"range_id": range_id, "kind": "order", "till_no": 1, "prefix": prefix, "start": start, "end": end}
        return SetReference("number_range", value)

    await done(till, ranged("a", 1, 100))
    assert await refused(till, ranged("b", 100, 200)) == ("range_overlaps", {"other": "a"})
    await done(till, ranged("b", 101, 200))
    await done(till, ranged("c", 1, 100, "B"))
    for prefix in ("O7-", "A1", "x" * 13, "Ä-"):
        assert (await refused(till, ranged("d", 1, 9, prefix)))[0] == "bad_setting"
    assert (await refused(till, ranged("d", 9, 1)))[0] == "bad_setting"


async def test_articles_and_prices_are_set_at_the_till_and_known_everywhere(
    till: FakeTill, open_till: OpenTill
) -> None:
    other = open_till(2)
    await done(till, SetArticle("500", name="Leine", price="12.50", vat_key="1", barcodes=("4006381333924",)))
    answer = await done(other, Scan("4006381333924"))
    assert answer["price"] == "12.50"
    await done(till, SetArticle("500", price="11"))
    found = other.books.article("500")
    assert found is not None
    assert (found.name, found.price_minor, found.barcodes) == ("Leine", 1100, ("4006381333924",))
    await done(till, SetPrice("500", "9.90", 2, "2026-11-21"))
    for command, code in (
        (SetArticle("600"), "article_name_bad"),
        (SetArticle("600", name="x" * 101, price="1"), "article_name_bad"),
        (SetArticle("600", name="x", price="-1"), "price_negative"),
        (SetArticle("600", name="x", price="1", vat_key="99"), "unknown_vat_key"),
        (SetArticle("600", name="x", barcodes=("4006381333932",)), "wrong_check_digit"),
        (SetArticle("600", name="x", age_limit=-1), "age_limit_bad"),
        (SetArticle("600", removed=True), "unknown_article"),
        (SetArticle(" ", name="x"), "article_code_bad"),
        (SetPrice("500", "1", 16), "bad_price_list"),
        (SetPrice("501", "1"), "unknown_article"),
        (SetPrice("500", "1", 1, "2026-11-22", "2026-11-21"), "dates_wrong"),
        (SetPrice("500", "1", 1, "tomorrow"), "bad_date"),
    ):
        assert (await refused(till, command))[0] == code, command


# -- questions -----------------------------------------------------------------------------------


async def test_the_audit_log_is_the_same_everywhere(staffed: FakeTill, open_till: OpenTill) -> None:
    other = open_till(2)
    await done(staffed, ProgramStart())
    await done(staffed, Login("chef", CHEF))
    await done(staffed, OpenDrawer("Test"))
    answer = await Queries(other.runner).ask(AskAudit(limit=2))
    assert isinstance(answer, Reply)
    assert len(answer.fields["entries"]) == 2
    by_user = await Queries(other.runner).ask(AskAudit(user="chef", date="2026-11-21", limit=99))
    assert isinstance(by_user, Reply)
    assert {entry["action"] for entry in by_user.fields["entries"]} == {"login", "open_drawer"}
    assert len(other.books.ask(ListAudit(10))) == 3
    users = await Queries(other.runner).ask(AskUsers())
    assert isinstance(users, Reply)
    assert "argon2" not in str(users.fields)
    assert "$" not in str(users.fields)


def test_programs_name_settings_and_users_so() -> None:
    for line in (
        b'{"do": "set", "subject": "tender"}',
        b'{"do": "audit"}',
        b'{"do": "number_ranges"}',
        b'{"do": "users"}',
    ):
        assert _request(_object(line))
    assert set(BESIDE_SELLING) <= set(HANDLERS)
    assert ChangePrice not in BESIDE_SELLING
    assert GiveDiscount not in BESIDE_SELLING


async def test_a_tills_plan_bounds_what_is_done_there_and_a_supervisor_still_approves(staffed: FakeTill) -> None:
    staffed.engine.say([ReferenceSet("till_plan", "1", {"till_no": 1, "role": "cashier"})])
    await done(staffed, Login("chef", CHEF))
    await done(staffed, Scan("17"))
    assert (await refused(staffed, GiveDiscount(percent="15")))[0] == "discount_limit"
    assert await refused(staffed, OpenDrawer()) == ("right_missing", {"right": "open_drawer"})
    staffed.engine.say([ReferenceSet("till_plan", "1", {"till_no": 1, "role": "supervisor"})])
    await done(staffed, OpenDrawer())
    staffed.engine.say([ReferenceSet("till_plan", "2", {"till_no": 2, "role": "nobody"})])
    await done(staffed, OpenDrawer())
    staffed.engine.say([ReferenceSet("till_plan", "1", removed=True)])
    await done(staffed, OpenDrawer())
