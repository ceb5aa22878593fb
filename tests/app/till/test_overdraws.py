"""Overdraws at the till: what is told of them, how they are settled, and that nothing stands still meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.domain import overdraw
from app.facts.circulation import OverdrawSettled
from app.facts.sales import AuditLogged
from app.till import pins
from app.till.commands import (
    Command,
    Login,
    Park,
    Pay,
    Redeem,
    Resume,
    ReturnLine,
    Scan,
    SellVoucher,
    SettleOverdraw,
    TakeCoupon,
    Training,
    VoidReceipt,
    XReport,
    ZReport,
)
from app.till.effects import Reply
from app.till.ports import JournalRefused
from app.till.queries.coupons import AskCoupon
from app.till.queries.every import Queries
from app.till.queries.overdraws import AskOverdraws
from app.till.queries.turnover import AskTurnover
from app.till.queries.vouchers import AskVoucher
from tests.app.till.asking import done, refusal, refused
from tests.app.till.fake_engine import FakeNetwork, FakeTill, user_set
from tests.app.till.test_coupons import campaign, printed

OpenTill = Callable[..., FakeTill]
BIRD_SEED, PEN = "0815", "4711"


async def asked(till: FakeTill, query: Any) -> dict[str, Any]:
    answer = await Queries(till.runner).ask(query)
    assert isinstance(answer, Reply), answer
    return answer.fields


async def listed(till: FakeTill) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await asked(till, AskOverdraws()))["overdraws"]
    return found


@pytest.fixture
async def twice(open_till: OpenTill, network: FakeNetwork) -> tuple[FakeTill, FakeTill, str]:
    """Two tills that could not hear each other, and a voucher of 5.00 that both took 4.99 of; healed."""
    one, two = open_till(1, "allow"), open_till(2, "allow")
    await done(one, SellVoucher("5.00"))
    code = (await done(one, Pay()))["vouchers"][0]
    await redeemed_apart(network, code, one, two)
    return one, two, code


async def redeemed_apart(network: FakeNetwork, code: str, *tills: FakeTill) -> None:
    for till in tills:
        till.engine.connected = False
        await done(till, Scan(BIRD_SEED))
        await done(till, Redeem(code))
    network.reconnect()


async def test_both_tills_list_who_used_it_when_and_how_it_was_covered(twice: tuple[FakeTill, FakeTill, str]) -> None:
    one, two, code = twice
    (found,) = await listed(one)
    assert await listed(two) == [found]
    assert (found["resource"], found["kind"], found["no"]) == (f"voucher/{code}", "voucher", code)
    assert (found["amount"], found["open"], found["settled"], found["state"]) == ("4.98", "4.98", "0.00", "open")
    assert (found["caused_by"]["receipt_no"], found["caused_by"]["till_no"]) == ("2-000001", 2)
    assert found["since"] == found["caused_by"]["at"]
    assert [
        (
            use["receipt_no"],
            use["till_no"],
            use["cashier"],
            use["amount"],
            use["beyond"],
            use["promised"],
            use["missing"],
        )
        for use in found["uses"]
    ] == [("1-000002", 1, "anna", "4.99", "0.00", [], [2]), ("2-000001", 2, "anna", "4.99", "4.98", [], [1])]
    assert found["settlements"] == []


async def test_settled_here_it_is_settled_everywhere_and_no_figure_changes(
    twice: tuple[FakeTill, FakeTill, str],
) -> None:
    one, two, code = twice
    before = await asked(one, AskTurnover("network"))
    answer = await done(one, SettleOverdraw(f"voucher/{code}", "written_off", "Funkloch"))
    assert answer == {"resource": f"voucher/{code}", "settled": "4.98", "open": "0.00", "how": "written_off"}
    for till in (one, two):
        (found,) = await listed(till)
        assert (found["state"], found["amount"], found["open"], found["settled"]) == ("settled", "4.98", "0.00", "4.98")
        (settlement,) = found["settlements"]
        assert (settlement["receipt_no"], settlement["how"], settlement["reason"], settlement["till_no"]) == (
            "2-000001", "written_off", "Funkloch", 1,
        )  # fmt: skip
        known = await asked(till, AskVoucher(code))
        assert (known["balance"], known["redeemed"], known["state"]) == ("0.00", "9.98", "used_up")
    assert await asked(one, AskTurnover("network")) == before
    assert await refused(two, SettleOverdraw(f"voucher/{code}", "charged", "noch einmal")) == "overdraw_settled"
    assert one.engine.network.claims == {}


async def test_it_is_settled_in_parts_and_never_beyond(twice: tuple[FakeTill, FakeTill, str]) -> None:
    one, two, code = twice
    name = f"voucher/{code}"
    refuse = await refusal(one, SettleOverdraw(name, "charged", "Kundin zahlt", "4.99"))
    assert (refuse.code, refuse.values["amount"]) == ("overdraw_amount", "4.98")
    assert (await done(one, SettleOverdraw(name, "charged", "Kundin zahlt", "2")))["open"] == "2.98"
    assert (await done(two, SettleOverdraw(name, "written_off", "Rest")))["settled"] == "2.98"
    (found,) = await listed(one)
    assert [(each["amount"], each["how"]) for each in found["settlements"]] == [
        ("2.00", "charged"),
        ("2.98", "written_off"),
    ]
    assert (found["state"], found["settled_twice"]) == ("settled", "0.00")


async def test_two_offices_that_settle_at_once_settle_once_and_see_it(
    network: FakeNetwork, twice: tuple[FakeTill, FakeTill, str]
) -> None:
    one, two, code = twice
    for till in (one, two):
        till.engine.connected = False
        await done(till, SettleOverdraw(f"voucher/{code}", "written_off", "Abend"))
    network.reconnect()
    for till in (one, two):
        (found,) = await listed(till)
        assert (found["state"], found["settled"], found["settled_twice"]) == ("settled", "4.98", "4.98")
        assert (await asked(till, AskVoucher(code)))["balance"] == "0.00"


async def refused_redemption(till: FakeTill, code: str) -> str:
    await done(till, Scan(BIRD_SEED))
    return await refused(till, Redeem(code))


async def test_while_a_sale_holds_it_there_is_nothing_to_settle(network: FakeNetwork, open_till: OpenTill) -> None:
    one, two = open_till(1, "allow"), open_till(2, "allow")
    await done(one, SellVoucher("5.00"))
    code = (await done(one, Pay()))["vouchers"][0]
    for till in (one, two):
        till.engine.connected = False
        await done(till, Scan(BIRD_SEED, "2"))
        await done(till, Redeem(code))
    network.reconnect()
    (found,) = await listed(one)
    assert (found["amount"], [use["held"] for use in found["uses"]]) == ("5.00", [True, True])
    assert await refused(one, SettleOverdraw(f"voucher/{code}", "charged", "x")) == "overdraw_held"
    await done(two, Pay())
    assert await refused(one, SettleOverdraw(f"voucher/{code}", "charged", "x")) == "overdraw_held"
    await done(one, Pay())
    assert (await done(one, SettleOverdraw(f"voucher/{code}", "charged", "x")))["settled"] == "5.00"


async def test_goods_and_coupons_are_settled_in_their_own_units(network: FakeNetwork, open_till: OpenTill) -> None:
    one, two = open_till(1, "allow"), open_till(2, "allow")
    campaign(one, "ten", gives="percent", percent_bp=1000)
    (code,) = await printed(one, "ten")
    await done(one, Scan(BIRD_SEED, "3"))
    no = (await done(one, Pay()))["receipt_no"]
    for till in (one, two):
        till.engine.connected = False
        await done(till, Scan(BIRD_SEED))
        await done(till, TakeCoupon(code))
        await done(till, Pay())
        await done(till, ReturnLine(no, "1", "2"))
        await done(till, Pay())
    network.reconnect()
    by_kind = {each["kind"]: each for each in await listed(two)}
    assert (by_kind["return"]["amount"], by_kind["coupon"]["amount"]) == ("1", "1")
    name = f"return/{no}/1"
    assert (await done(one, SettleOverdraw(name, "corrected", "Ware da", "0.5")))["open"] == "0.5"
    assert await refused(one, SettleOverdraw(name, "corrected", "Ware da", "0")) == "quantity_zero"
    assert await refused(one, SettleOverdraw(f"coupon/{code}", "written_off", "x", "0.5")) == "overdraw_count"
    assert (await done(one, SettleOverdraw(f"coupon/{code}", "written_off", "x", "1")))["open"] == "0"
    assert (await asked(two, AskCoupon(code)))["state"] == "used"


async def test_a_sale_resumed_twice_is_listed_with_both_receipts(network: FakeNetwork, open_till: OpenTill) -> None:
    one, two = open_till(1, "allow"), open_till(2, "allow")
    await done(one, Scan(BIRD_SEED))
    park_no = (await done(one, Park("Tisch")))["park_no"]
    for till in (one, two):
        till.engine.connected = False
        await done(till, Resume(park_no))
    network.reconnect()
    (unpaid,) = await listed(one)
    assert (unpaid["receipts"], [use["receipt_no"] for use in unpaid["uses"]]) == ([], [None, None])
    for till in (one, two):
        await done(till, Pay())
    for till in (one, two):
        (found,) = await listed(till)
        assert (found["kind"], found["receipts"]) == ("parked", ["1-000001", "2-000001"])
        assert found["caused_by"]["receipt_no"] == "2-000001"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (SettleOverdraw("voucher/none", "charged", "x"), "no_overdraw"),
        (SettleOverdraw("", "charged", "x"), "no_overdraw"),
        (SettleOverdraw("\x1b[31m" * 99, "charged", "x", "1.00"), "no_overdraw"),
        (SettleOverdraw("voucher/none", "forgotten", "x"), "overdraw_how"),
        (SettleOverdraw("voucher/none", "charged", " "), "reason_needed"),
        (SettleOverdraw("voucher/none", "charged", "x", "zwei"), "amount_not_a_number"),
    ],
)
async def test_what_cannot_be_settled_says_why(till: FakeTill, command: Command, code: str) -> None:
    assert await refused(till, command) == code


async def test_it_needs_its_right_and_is_audited(twice: tuple[FakeTill, FakeTill, str]) -> None:
    one, _, code = twice
    hashes = {"anna": pins.hashed("1234"), "chef": pins.hashed("9876")}
    one.engine.say(
        [
            user_set(one.engine.network, "anna", "Anna", ("cashier",), pin_hash=hashes["anna"]),
            user_set(one.engine.network, "chef", "Carl", ("supervisor",), pin_hash=hashes["chef"]),
        ]
    )
    settling = SettleOverdraw(f"voucher/{code}", "charged", "bar bezahlt")
    await done(one, Login("anna", "1234"))
    assert await refused(one, settling) == "right_missing"
    await done(one, Login("chef", "9876"))
    await done(one, Training(on=True))
    assert await refused(one, settling) == "not_in_training"
    await done(one, Training(on=False))
    await done(one, settling)
    audited = [record.body for record in one.engine.written if record.kind == AuditLogged.kind]
    assert (audited[-1]["action"], audited[-1]["user"]) == ("settle_overdraw", "chef")
    assert audited[-1]["detail"] == f"voucher/{code} charged"
    (fact,) = [record.body for record in one.engine.written if record.kind == OverdrawSettled.kind]
    assert (fact["user"], fact["how"], fact["amount"]) == ("chef", overdraw.CHARGED, 498)


async def test_an_overdraw_stops_no_till(network: FakeNetwork, twice: tuple[FakeTill, FakeTill, str]) -> None:
    """Selling, vouchers, parking and the day end go on, with the overdraw open and settled; its voucher is used up."""
    one, two, code = twice
    for _ in range(2):
        for till in (one, two):
            assert await refused_redemption(till, code) == "voucher_used_up"
            park_no = (await done(till, Park("Tisch 5")))["park_no"]
            await done(till, Resume(park_no))
            await done(till, Pay())
            await done(till, SellVoucher("5.00"))
            other = (await done(till, Pay()))["vouchers"][0]
            await done(till, Scan(BIRD_SEED))
            assert (await done(till, Redeem(other)))["balance"] == "0.01"
            await done(till, XReport())
            assert (await done(till, ZReport()))["z_no"]
        if (await listed(one))[0]["state"] == "open":
            await done(two, SettleOverdraw(f"voucher/{code}", "corrected", "geklärt"))
    assert one.books.fingerprint() == two.books.fingerprint()


async def test_what_a_till_that_is_gone_holds_is_broken_and_counts_again_if_it_comes_back(
    network: FakeNetwork, open_till: OpenTill
) -> None:
    one, gone = open_till(1, "allow"), open_till(2, "allow")
    await done(one, SellVoucher("5.00"))
    code = (await done(one, Pay()))["vouchers"][0]
    name = f"voucher/{code}"
    await done(gone, Scan(BIRD_SEED, "2"))
    for till in (one, gone):
        till.engine.connected = False
    await done(gone, Redeem(code))
    await done(one, Scan(BIRD_SEED))
    await done(one, Redeem(code))
    network.reconnect()
    assert await refused(one, SettleOverdraw(name, "corrected", "weg")) == "overdraw_held"
    answer = await done(one, SettleOverdraw(name, "corrected", "Kasse 2 gestohlen", break_holds=True))
    assert answer == {"resource": name, "settled": "0.00", "open": "0.00", "how": "corrected", "broken_holds": 1}
    assert await listed(one) == []
    assert (await asked(one, AskVoucher(code)))["balance"] == "0.01"
    await done(gone, Pay())
    (found,) = await listed(one)
    assert (found["amount"], [use["held"] for use in found["uses"]]) == ("4.99", [False, False])
    assert (await done(one, SettleOverdraw(name, "written_off", "doch noch da")))["open"] == "0.00"


async def test_what_comes_back_after_the_settlement_is_told(twice: tuple[FakeTill, FakeTill, str]) -> None:
    one, two, code = twice
    await done(one, SettleOverdraw(f"voucher/{code}", "written_off", "Funkloch"))
    (found,) = await listed(one)
    assert found["left"] == "0.00"
    await done(two, VoidReceipt("2-000001", "Ware zurück"))
    (found,) = await listed(one)
    assert (found["state"], found["left"]) == ("settled", "4.99")
    assert (await asked(one, AskVoucher(code)))["balance"] == "4.99"


async def test_while_another_till_uses_or_settles_it_nobody_else_does(
    network: FakeNetwork, twice: tuple[FakeTill, FakeTill, str]
) -> None:
    one, _, code = twice
    settling = SettleOverdraw(f"voucher/{code}", "written_off", "x")
    network.claims[settling.resource] = "another's"
    assert await refused(one, settling) == "overdraw_busy"
    network.claims.clear()
    one.engine.refusals.append(JournalRefused("disk_full"))
    assert await refused(one, settling) == "disk_full"
    assert network.claims == {}, "what could not be journalled keeps nobody waiting"
    assert (await listed(one))[0]["state"] == "open"
    assert (await done(one, settling))["open"] == "0.00"
