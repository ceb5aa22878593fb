"""Claims that not every till confirmed: policies with limits, the supervisor's override, and being asked first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.claim_policy import REFUSE, Policy
from app.domain.user import BADGES
from app.facts.circulation import ResourceHeld
from app.facts.master import ReferenceSet
from app.facts.sales import AuditLogged
from app.till.commands import (
    Login,
    Park,
    Pay,
    Redeem,
    RefundVoucher,
    Resume,
    ReturnLine,
    Scan,
    SellVoucher,
    UndoPayment,
    VoidReceipt,
)
from app.till.effects import UNASKED, Consent, Override
from tests.app.till.asking import done, refusal, refused
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till, user_set

OpenTill = Callable[..., FakeTill]
BIRD_SEED, PEN = "4006381333931", "17"
LIMIT = {"voucher": Policy("limit", 500), "return": Policy("limit", 2000), "coupon": REFUSE}
ASKING = Consent(ask=True)


async def voucher_of(till: FakeTill, value: str) -> str:
    await done(till, SellVoucher(value))
    (code,) = (await done(till, Pay()))["vouchers"]
    return str(code)


async def paid_with(till: FakeTill, code: str, amount: str, consent: Consent = UNASKED) -> dict[str, Any]:
    await done(till, Scan(BIRD_SEED, quantity="9"))
    await done(till, Redeem(code, amount), consent)
    return await done(till, Pay())


def held_by(till: FakeTill) -> list[dict[str, Any]]:
    return [record.body for record in till.engine.written if record.kind == ResourceHeld.kind]


def cut_off(*tills: FakeTill) -> None:
    for till in tills:
        till.engine.connected = False


# -- limits --------------------------------------------------------------------------------------


async def test_a_limit_holds_for_one_resource_and_one_business_day(open_till: OpenTill) -> None:
    one, _two = open_till(1, LIMIT), open_till(2, LIMIT)
    code, other = await voucher_of(one, "50.00"), await voucher_of(one, "50.00")
    cut_off(one)
    await paid_with(one, code, "3.00")
    await done(one, Scan(BIRD_SEED, quantity="9"))
    said = await refusal(one, Redeem(code, "2.01"))
    assert (said.code, said.values["left"], said.values["missing"]) == ("coverage_limit", "2.00", "Kasse 2")
    assert (said.values["override"], said.values["coverage"]["missing_tills"]) == ("override_coverage", [2])
    await done(one, Redeem(other, "5.00"))
    await done(one, Redeem(code, "2.00"))
    await done(one, Pay())
    await done(one, Scan(PEN))
    assert await refused(one, Redeem(code)) == "coverage_limit_reached"
    one.clock.day = "2026-11-22"
    await done(one, Redeem(code, "0.50"))


async def test_what_was_confirmed_by_all_or_given_back_counts_for_nothing(open_till: OpenTill) -> None:
    one, _two = open_till(1, LIMIT), open_till(2, LIMIT)
    code = await voucher_of(one, "50.00")
    await paid_with(one, code, "20.00")
    cut_off(one)
    await done(one, Scan(BIRD_SEED, quantity="9"))
    for _ in range(3):
        await done(one, Redeem(code, "5.00"))
        await done(one, UndoPayment())
    await done(one, Redeem(code, "5.00"))


async def test_a_limit_per_day_counts_all_of_a_kind_at_one_till(open_till: OpenTill) -> None:
    policies = {"voucher": Policy("limit", 500, 700)}
    one, two, _three = open_till(1, policies), open_till(2, policies), open_till(3, policies)
    code, other = await voucher_of(one, "50.00"), await voucher_of(one, "50.00")
    _three.engine.connected = False
    await paid_with(one, code, "4.00")
    await done(one, Scan(BIRD_SEED, quantity="9"))
    said = await refusal(one, Redeem(other, "5.00"))
    assert (said.code, said.values["left"]) == ("coverage_limit", "3.00")
    await paid_with(two, other, "5.00")


async def test_tills_that_hear_each_other_share_one_limit(open_till: OpenTill) -> None:
    one, two, away = open_till(1, LIMIT), open_till(2, LIMIT), open_till(3, LIMIT)
    code = await voucher_of(one, "50.00")
    cut_off(away)
    await paid_with(one, code, "3.00")
    await done(two, Scan(BIRD_SEED, quantity="9"))
    assert (await refusal(two, Redeem(code, "2.01"))).values["left"] == "2.00"
    await paid_with(away, code, "5.00")


async def test_goods_come_back_up_to_a_limit_in_pieces(open_till: OpenTill) -> None:
    one, _two = open_till(1, LIMIT), open_till(2, LIMIT)
    await done(one, Scan(BIRD_SEED, quantity="5"))
    number = (await done(one, Pay()))["receipt_no"]
    cut_off(one)
    said = await refusal(one, ReturnLine(number, "1", "3", "zu viel"))
    assert (said.code, said.values["left"]) == ("coverage_limit", "2")
    await done(one, ReturnLine(number, "1", "2", "zu viel"))


async def test_without_a_word_of_the_till_the_reference_data_has_it_and_without_that_everything_is_allowed(
    open_till: OpenTill,
) -> None:
    one, _two = open_till(1, {}), open_till(2, {})
    code = await voucher_of(one, "50.00")
    value = {"kind": "voucher", "policy": "limit", "limit": "2.00"}
    one.engine.say([ReferenceSet("claim_policy", "voucher", value)])
    cut_off(one)
    await done(one, Scan(BIRD_SEED, quantity="9"))
    assert (await refusal(one, Redeem(code, "3.00"))).values["left"] == "2.00"
    one.engine.say([ReferenceSet("claim_policy", "voucher", removed=True)])
    assert (await done(one, Redeem(code, "3.00")))["coverage"]["complete"] is False


async def test_two_grants_that_one_void_takes_back_share_the_limit_of_the_day(open_till: OpenTill) -> None:
    policies = {"voucher": Policy("limit", 500, 800)}
    one, _two = open_till(1, policies), open_till(2, policies)
    for value in ("5.00", "5.00"):
        await done(one, SellVoucher(value))
    await done(one, Pay())
    cut_off(one)
    said = await refusal(one, VoidReceipt())
    assert (said.code, said.values["left"]) == ("coverage_limit", "3.00")


async def test_who_is_missing_is_looked_up_once_a_command(open_till: OpenTill) -> None:
    one, _two = open_till(1, "allow"), open_till(2)
    for _ in range(5):
        await done(one, SellVoucher("5.00"))
    await done(one, Pay())
    cut_off(one)
    looked, status = [], one.engine.status

    async def counted() -> dict[str, Any]:
        looked.append("once")
        return await status()

    one.engine.status = counted  # type: ignore[method-assign]
    await done(one, VoidReceipt())
    assert looked == ["once"]
    assert len(one.engine.printed[-1].coverage) == 6


# -- the supervisor ------------------------------------------------------------------------------


async def test_where_nobody_logs_in_anybody_may_override_but_has_to_say_why(open_till: OpenTill) -> None:
    one, _two = open_till(1), open_till(2)
    code = await voucher_of(one, "50.00")
    cut_off(one)
    await done(one, Scan(BIRD_SEED, quantity="9"))
    refused_first = await refusal(one, Redeem(code, "5.00"))
    assert (refused_first.code, refused_first.values["override"]) == ("voucher_unconfirmed", "override_coverage")
    assert await refused(one, Redeem(code, "5.00"), Consent(override=Override("  "))) == "reason_needed"
    await done(one, Redeem(code, "5.00"), Consent(override=Override("Stammkundin")))
    (held,) = held_by(one)
    assert held["coverage"] == {
        "complete": False, "promised": [], "missing": [f"{2:032x}"], "missing_tills": [2],
        "override_by": "anna", "override_reason": "Stammkundin",
    }  # fmt: skip
    await done(one, Pay())
    (row,) = one.engine.printed[-1].coverage
    assert (row.resource, row.promised, row.of, row.missing_tills) == (f"voucher/{code}", 0, 1, (2,))
    assert (row.override_by, row.override_reason) == ("anna", "Stammkundin")


@pytest.fixture
def staffed(network: FakeNetwork, open_till: OpenTill) -> FakeTill:
    """A cashier has logged in; ``eva`` may approve."""
    one = open_till(1)
    one.engine.say(
        [
            user_set(network, "anna", "Anna", roles=("cashier",), pin_hash=pin_hash("1111")),
            user_set(network, "eva", "Eva", roles=("supervisor",), pin_hash=pin_hash("2222")),
        ]
    )
    open_till(2)
    return one


def pin_hash(pin: str) -> str:
    from app.till import pins

    return pins.hashed(pin)


async def test_a_supervisor_takes_it_on_herself_with_her_pin_and_it_is_audited(staffed: FakeTill) -> None:
    await done(staffed, Login("anna", "1111"))
    code = await voucher_of(staffed, "50.00")
    cut_off(staffed)
    await done(staffed, Scan(BIRD_SEED, quantity="9"))
    mine = Consent(override=Override("Stammkundin"))
    assert (await refusal(staffed, Redeem(code, "5.00"), mine)).values["right"] == "override_coverage"
    wrong = Consent(override=Override("Stammkundin", "eva", "1111"))
    assert await refused(staffed, Redeem(code, "5.00"), wrong) == "login_refused"
    hers = Consent(override=Override("Stammkundin", "eva", "2222"))
    await done(staffed, Redeem(code, "5.00"), hers)
    assert held_by(staffed)[-1]["coverage"]["override_by"] == "eva"
    audited = [record.body for record in staffed.engine.written if record.kind == AuditLogged.kind]
    assert [(each["action"], each["approved_by"]) for each in audited[-1:]] == [("override_coverage", "eva")]
    assert "Stammkundin" in audited[-1]["detail"]


async def test_a_supervisors_badge_is_as_good_as_her_pin(staffed: FakeTill) -> None:
    badge = staffed.books.keyed(BADGES, "04A1B2C3") or ""
    staffed.engine.say([user_set(staffed.engine.network, "eva", "Eva", roles=("supervisor",), badge_hash=badge)])
    await done(staffed, Login("anna", "1111"))
    code = await voucher_of(staffed, "50.00")
    cut_off(staffed)
    await done(staffed, Scan(BIRD_SEED, quantity="9"))
    strange = Consent(override=Override("Stammkundin", badge="0BADBAD0"))
    assert await refused(staffed, Redeem(code, "5.00"), strange) == "badge_unknown"
    await done(staffed, Redeem(code, "5.00"), Consent(override=Override("Stammkundin", badge="04A1B2C3")))
    assert held_by(staffed)[-1]["coverage"]["override_by"] == "eva"
    again = Consent(override=Override("Stammkundin"))
    assert await refused(staffed, Redeem(code, "5.00"), again) == "right_missing", "it was good for that one"


async def test_an_approval_that_came_with_a_command_is_good_for_nothing_else(staffed: FakeTill) -> None:
    await done(staffed, Login("anna", "1111"))
    code = await voucher_of(staffed, "50.00")
    hers = Consent(override=Override("Stammkundin", "eva", "2222"))
    await done(staffed, Scan(BIRD_SEED, quantity="9"))
    await done(staffed, Redeem(code, "5.00"), hers)
    assert "override_by" not in held_by(staffed)[-1]["coverage"], "everybody had confirmed"
    assert await refused(staffed, RefundVoucher(await voucher_on_hold(staffed), "will es nicht")) == "right_missing"


async def voucher_on_hold(till: FakeTill) -> str:
    await done(till, Pay())
    return await voucher_of(till, "10.00")


# -- being asked first ---------------------------------------------------------------------------


async def test_who_wants_to_be_asked_is_told_who_is_missing_and_goes_on_without_them(open_till: OpenTill) -> None:
    one, two, three = open_till(1, "allow"), open_till(2, "allow"), open_till(3, "allow")
    code = await voucher_of(one, "50.00")
    cut_off(three)
    await done(one, Scan(BIRD_SEED, quantity="9"))
    said = await refusal(one, Redeem(code, "5.00"), ASKING)
    assert (said.code, said.values["promised"], said.values["of"]) == ("coverage_incomplete", "2", "3")
    assert said.values["missing"] == "Kasse 3"
    assert not held_by(one)
    confirmed = Consent(ask=True, without=tuple(said.values["coverage"]["missing"]))
    cut_off(two)
    further = await refusal(one, Redeem(code, "5.00"), confirmed)
    assert (further.code, further.values["missing"]) == ("coverage_incomplete", "Kasse 2, Kasse 3")
    one.engine.network.reconnect()
    cut_off(three)
    await done(one, Redeem(code, "5.00"), confirmed)
    one.engine.network.reconnect()
    await done(one, Redeem(await another(one), "1.00"), ASKING)


async def another(till: FakeTill) -> str:
    await done(till, Pay())
    code = await voucher_of(till, "10.00")
    await done(till, Scan(BIRD_SEED, quantity="9"))
    return code


# -- what a receipt keeps ------------------------------------------------------------------------


async def test_the_receipt_keeps_how_well_everything_on_it_was_covered(open_till: OpenTill) -> None:
    one, two, three = open_till(1, "allow"), open_till(2, "allow"), open_till(3, "allow")
    code, other, undone = [await voucher_of(one, "3.00") for _ in range(3)]
    await done(one, Scan(BIRD_SEED, quantity="9"))
    await done(one, Redeem(code, "1.00"))
    cut_off(three)
    await done(one, Redeem(undone, "1.00"))
    await done(one, UndoPayment())
    park_no = (await done(one, Park()))["park_no"]
    await done(two, Resume(park_no))
    await done(two, Redeem(other, "1.00"))
    await done(two, Pay())
    rows = two.engine.printed[-1].coverage
    assert [(row.resource.partition("/")[0], row.promised, row.of, row.missing_tills) for row in rows] == [
        ("voucher", 2, 2, ()),
        ("parked", 1, 2, (3,)),
        ("voucher", 1, 2, (3,)),
    ]


async def test_a_till_alone_has_nobody_to_ask_and_says_nothing(till: FakeTill) -> None:
    await paid_with(till, await voucher_of(till, "10.00"), "5.00", ASKING)
    assert till.engine.printed[-1].coverage == ()


# -- laws ----------------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 700), st.sampled_from(["pay", "undo", "cut", "heal"])),
    max_size=12,
)


@settings(max_examples=15, deadline=None)
@given(steps=STEPS)
async def test_no_part_of_the_network_that_is_cut_off_ever_goes_beyond_the_limit(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, str]]
) -> None:
    """Three tills redeem one voucher of 20.00 with a limit of 5.00: those cut off from all share none, and heal."""
    network = FakeNetwork()
    try:
        folder = tmp_path_factory.mktemp("law")
        tills = [make_till(network, folder, no, {"voucher": Policy("limit", 500)}) for no in (1, 2, 3)]
        code = await voucher_of(tills[0], "20.00")
        for each in tills:
            await done(each, Scan(BIRD_SEED, quantity="90"))
        for number, amount, then in steps:
            till = tills[number % 3]
            if then == "cut":
                till.engine.connected = False
            elif then == "heal":
                network.reconnect()
            elif then == "undo":
                await till.runner.run(UndoPayment())
            else:
                await till.runner.run(Redeem(code, f"{amount / 100:.2f}"))
            for each in tills:
                assert _uncovered_at(each) <= 500
        network.reconnect()
        # Two of three may be alone at one time, and the third then too: three parts, so twice the limit beyond.
        assert sum(overdraw["amount"] for overdraw in tills[0].books.overdraws()) <= 2 * 500
    finally:
        network.close()


def _uncovered_at(till: FakeTill) -> int:
    """What this till itself holds without full coverage."""
    released = {r.body["hold_id"] for r in till.engine.written if r.kind == "resource.hold_released/1"}
    return sum(
        each["amount"] for each in held_by(till) if not each["coverage"]["complete"] and each["hold_id"] not in released
    )
