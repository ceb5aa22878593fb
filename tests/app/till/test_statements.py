"""Slips that prove themselves: scanned at a till that has never heard of the voucher, nor of who issued it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain import statement, voucher
from app.domain.instant import iso
from app.domain.statement import Statement
from app.facts.circulation import VoucherIssued
from app.facts.master import ReferenceSet
from app.facts.statements import VoucherStated
from app.till.commands import (
    BlockVoucher,
    Command,
    IssueCoupons,
    Pay,
    Redeem,
    RefundVoucher,
    ReloadVoucher,
    ReplaceVoucher,
    Scan,
    SellToken,
    SellVoucher,
    TakeCoupon,
    VoidSale,
)
from app.till.effects import Reply
from app.till.queries.base import Query
from app.till.queries.coupons import AskCoupon
from app.till.queries.every import Queries
from app.till.queries.vouchers import AskVoucher
from tests.app.till.asking import done, refusal, refused
from tests.app.till.fake_engine import WALL_MS, FakeNetwork, FakeTill, make_till

OpenTill = Callable[..., FakeTill]
BIRD_SEED, PEN = "0815", "17"


async def asked(till: FakeTill, query: Query) -> Any:
    answer = await Queries(till.runner).ask(query)
    return answer.fields if isinstance(answer, Reply) else answer.code  # type: ignore[union-attr]


@pytest.fixture
def here(open_till: OpenTill) -> FakeTill:
    """Issues; cut off from everybody from the start."""
    return open_till(1, "allow")


@pytest.fixture
def there(open_till: OpenTill, here: FakeTill) -> FakeTill:
    """Takes; it has the articles and has never heard of a voucher of till 1's."""
    till = open_till(2, "allow")
    here.engine.connected = False
    return till


async def slip(till: FakeTill, *commands: Command) -> str:
    """Has the till print a slip; what its symbol says."""
    for command in commands:
        await done(till, command)
    if not isinstance(commands[-1], IssueCoupons | ReplaceVoucher):
        await done(till, Pay())
    return till.engine.slips()[-1]


def code_of(text: str) -> str:
    return statement.read(text).statement.code


def stated(till: FakeTill, **fields: Any) -> str:
    """A statement signed with the till's own key: what nobody prints yet, or what a thief of the key would."""
    said = {"code": voucher.code_from(bytes(32)), "value_minor": 5000, "currency": "EUR"} | fields
    return till.engine.notary.write(Statement(voucher.MULTI_PURPOSE, issued_at=iso(WALL_MS), **said))


async def test_a_voucher_that_nobody_here_knows_pays_by_its_slip(
    network: FakeNetwork, here: FakeTill, there: FakeTill
) -> None:
    text = await slip(here, SellVoucher("20.00"))
    assert (await asked(there, AskVoucher(text)))["registered"] is False
    await done(there, Scan(BIRD_SEED))
    paid = await done(there, Redeem(text))
    assert (paid["redeemed"], paid["balance"], paid["due"]) == ("4.99", "15.01", "0.00")
    assert paid["coverage"]["missing"] == [here.engine.member_id]
    known = await asked(there, AskVoucher(code_of(text)))
    assert known["registered"] is True
    assert (known["balance"], known["issued_by"], known["till_no"]) == ("15.01", here.engine.member_id, 1)
    network.reconnect()
    assert here.books.fingerprint() == there.books.fingerprint()
    assert here.books.overdraws() == []
    healed = await asked(there, AskVoucher(text))
    assert (healed["value"], healed["balance"], healed["receipt_no"]) == ("20.00", "15.01", "1-000001")
    await done(here, Scan(PEN))
    assert (await done(here, Redeem(text)))["balance"] == "14.12"


async def test_a_till_that_heard_of_it_by_the_slip_tells_the_others(
    open_till: OpenTill, here: FakeTill, there: FakeTill
) -> None:
    third = open_till(3, "allow")
    text = await slip(here, SellVoucher("20.00"))
    await done(there, Scan(BIRD_SEED))
    await done(there, Redeem(text))
    await done(third, Scan(BIRD_SEED))
    assert (await done(third, Redeem(code_of(text))))["balance"] == "10.02"


async def test_a_slip_that_was_used_up_is_used_up_though_its_statement_is_good(here: FakeTill, there: FakeTill) -> None:
    text = await slip(here, SellVoucher("4.99"))
    await done(there, Scan(BIRD_SEED))
    await done(there, Redeem(text))
    await done(there, Scan(BIRD_SEED))
    assert await refused(there, Redeem(text)) == "voucher_used_up"
    assert await refused(there, Redeem(code_of(text))) == "voucher_used_up"


async def test_both_sides_of_a_cut_may_take_it_and_all_see_what_was_too_much(
    network: FakeNetwork, here: FakeTill, there: FakeTill
) -> None:
    """A statement does not replace the claim: with the policy allow value may go twice, and it shows."""
    text = await slip(here, SellVoucher("4.99"))
    for till in (here, there):
        await done(till, Scan(BIRD_SEED))
        await done(till, Redeem(text))
    network.reconnect()
    assert here.books.fingerprint() == there.books.fingerprint()
    assert [each["amount"] for each in there.books.overdraws()] == [499]


async def test_where_the_policy_refuses_a_good_statement_does_not_help(open_till: OpenTill, here: FakeTill) -> None:
    strict = open_till(2, "refuse")
    here.engine.connected = False
    text = await slip(here, SellVoucher("20.00"))
    await done(strict, Scan(BIRD_SEED))
    assert await refused(strict, Redeem(text)) == "voucher_unconfirmed"
    assert strict.books.voucher(code_of(text)) is None


async def test_a_code_that_was_only_typed_needs_its_slip(here: FakeTill, there: FakeTill) -> None:
    text = await slip(here, SellVoucher("20.00"))
    await done(there, Scan(BIRD_SEED))
    assert await refused(there, Redeem(code_of(text), "4.99")) == "unknown_voucher"
    answer = await refusal(there, Redeem(code_of(text)))
    assert answer.values["code"] == voucher.shown(code_of(text))


async def test_where_the_shop_wants_it_a_typed_code_is_taken_for_the_amount_typed(
    network: FakeNetwork, here: FakeTill, there: FakeTill
) -> None:
    text = await slip(here, SellVoucher("4.00"))
    code = code_of(text)
    there.session._counter.takes_unknown_vouchers = True
    await done(there, Scan(BIRD_SEED))
    assert await refused(there, Redeem(code)) == "unknown_voucher_amount"
    assert await refused(there, Redeem(code[:-1] + ("0" if code[-1] != "0" else "1"), "4.00")) == "mistyped_voucher"
    assert (await done(there, Redeem(code, "4.00")))["due"] == "0.99"
    await done(there, Pay())
    network.reconnect()
    assert (await asked(here, AskVoucher(code)))["balance"] == "0.00"
    # Everybody has been asked now: what nobody knows does not exist.
    await done(there, Scan(BIRD_SEED))
    assert await refused(there, Redeem(voucher.code_from(b"x" * 32), "1.00")) == "unknown_voucher"


async def test_a_typed_amount_beyond_the_vouchers_value_shows_when_its_issuer_is_heard(
    network: FakeNetwork, here: FakeTill, there: FakeTill
) -> None:
    code = code_of(await slip(here, SellVoucher("4.00")))
    there.session._counter.takes_unknown_vouchers = True
    await done(there, Scan(BIRD_SEED))
    await done(there, Redeem(code, "4.99"))
    assert there.books.overdraws() == []
    network.reconnect()
    assert [each["amount"] for each in there.books.overdraws()] == [99]


async def test_what_is_wrong_with_a_statement_has_its_own_reason(
    network: FakeNetwork, here: FakeTill, there: FakeTill
) -> None:
    text = await slip(here, SellVoucher("20.00"))
    scanned = statement.read(text)
    more = Statement(**{**_fields(scanned.statement), "value_minor": 200_000})
    stranger = bytearray(scanned.seal)
    stranger[30] ^= 1
    wrong = {
        "statement_damaged": text[:200] + text[201:],
        "statement_newer": "TM2" + text[3:],
        "statement_altered": statement.written(more, lambda _: scanned.seal),
        "statement_forged": statement.written(scanned.statement, lambda _: bytes(stranger)),
        "statement_foreign": statement.written(scanned.statement, lambda _: b"\0\0\0\0" + scanned.seal[4:]),
        "voucher_expired": stated(here, valid_until="2026-11-20"),
        "voucher_not_yet_valid": stated(here, valid_from="2026-11-22"),
        "voucher_other_currency": stated(here, currency="CHF"),
    }
    await done(there, Scan(BIRD_SEED))
    for reason, bad in wrong.items():
        assert await refused(there, Redeem(bad)) == reason
        if reason.startswith("statement"):
            assert await asked(there, AskVoucher(bad)) == reason
    network.reconnect()
    for reason, bad in wrong.items():
        if reason.startswith("statement"):
            assert await refused(there, Redeem(bad)) == reason, "though the voucher is known by now"
    # Signed by its issuer's own key, and yet not what it has issued.
    assert await refused(there, Redeem(stated(here, code=code_of(text), value_minor=200_000))) == "statement_altered"
    assert await asked(there, AskVoucher(stated(here, code=code_of(text), valid_until="2030-01-01"))) == (
        "statement_altered"
    )


async def test_a_lost_keys_statements_are_refused_unless_the_books_know_them(here: FakeTill, there: FakeTill) -> None:
    """Whoever has the key can put any date on a slip, so a date proves nothing."""
    registered, unheard = await slip(here, SellVoucher("20.00")), await slip(here, SellVoucher("30.00"))
    await done(there, Scan(BIRD_SEED))
    await done(there, Redeem(registered))
    there.engine.revoked.add(here.engine.member_id)
    await done(there, Scan(BIRD_SEED))
    answer = await refusal(there, Redeem(unheard))
    assert (answer.code, answer.values["till_no"]) == ("statement_revoked", "1")
    assert await asked(there, AskVoucher(unheard)) == "statement_revoked"
    assert (await done(there, Redeem(registered)))["balance"] == "10.02"


async def test_what_its_issuer_was_asked_about_and_never_issued_is_refused(
    network: FakeNetwork, here: FakeTill, there: FakeTill
) -> None:
    """A key that was stolen and not missed yet: as long as its till can be asked, nothing else is taken."""
    stolen = stated(here)
    network.reconnect()
    for till in (here, there):
        await done(till, Scan(BIRD_SEED))
        answer = await refusal(till, Redeem(stolen))
        assert (answer.code, answer.values["till_no"]) == ("statement_denied", "1")
    value = {"campaign_id": "ten", "name": "Zehn", "gives": "percent", "percent_bp": 1000}
    here.engine.say([ReferenceSet("campaign", "ten", value)])
    coupon = Statement("coupon", voucher.code_from(b"c" * 32), iso(WALL_MS), campaign_id="ten")
    assert await refused(there, TakeCoupon(here.engine.notary.write(coupon))) == "statement_denied"
    # Of who could not be asked, its slip is all there is to go by.
    here.engine.connected = False
    assert (await done(there, Redeem(stolen)))["balance"] == "45.01"


async def test_a_token_puts_its_article_on_the_sale_by_its_slip(
    network: FakeNetwork, here: FakeTill, there: FakeTill
) -> None:
    text = await slip(here, SellToken(BIRD_SEED))
    paid = await done(there, Redeem(text))
    assert (paid["redeemed"], paid["due"]) == ("4.99", "0.00")
    network.reconnect()
    assert here.books.fingerprint() == there.books.fingerprint()
    assert await refused(here, Redeem(text)) == "voucher_used_up"


async def test_a_single_purpose_voucher_keeps_the_tax_that_its_slip_states(
    network: FakeNetwork, here: FakeTill, there: FakeTill
) -> None:
    text = await slip(here, SellVoucher("5.00", "single_purpose", vat_key="2"))
    await done(there, Scan(PEN))
    assert await refused(there, Redeem(text)) == "voucher_other_goods"
    await done(there, VoidSale())
    await done(there, Scan(BIRD_SEED))
    await done(there, Redeem(text))
    known = there.books.voucher(code_of(text))
    assert known is not None
    assert (known.vat_key, known.vat_rate_bp, known.balance_minor) == ("2", 700, 1)
    network.reconnect()
    assert here.books.fingerprint() == there.books.fingerprint()


async def test_a_coupon_that_nobody_here_knows_is_taken_by_its_slip(network: FakeNetwork, open_till: OpenTill) -> None:
    here, there = open_till(1, "allow"), open_till(2, "allow")
    value = {"campaign_id": "ten", "name": "Zehn", "gives": "percent", "percent_bp": 1000, "valid_from": "2026-11-01"}
    here.engine.say([ReferenceSet("campaign", "ten", value)])
    here.engine.connected = False
    first = await slip(here, IssueCoupons("ten"))
    second = await slip(here, IssueCoupons("ten"))
    assert (await asked(there, AskCoupon(first)))["state"] == "open"
    await done(there, Scan(BIRD_SEED))
    assert (await done(there, TakeCoupon(first)))["discount"] == "0.50"
    await done(there, Pay())
    assert (await asked(there, AskCoupon(first)))["state"] == "used"
    await done(there, Scan(BIRD_SEED))
    assert await refused(there, TakeCoupon(first)) == "coupon_used"
    network.reconnect()
    assert here.books.fingerprint() == there.books.fingerprint()
    there.engine.revoked.add(here.engine.member_id)
    assert (await done(there, TakeCoupon(second)))["discount"] == "0.50", "its issuer has told of it before"


async def test_a_coupons_statement_that_is_wrong_has_its_own_reason(open_till: OpenTill) -> None:
    here, there = open_till(1, "allow"), open_till(2, "allow")
    value = {"campaign_id": "ten", "name": "Zehn", "gives": "percent", "percent_bp": 1000}
    here.engine.say([ReferenceSet("campaign", "ten", value)])
    here.engine.connected = False
    said = Statement("coupon", voucher.code_from(bytes(32)), iso(WALL_MS), campaign_id="ten")

    def of(**fields: Any) -> str:
        return here.engine.notary.write(Statement(**{**_fields(said), **fields}))

    await done(there, Scan(BIRD_SEED))
    assert await refused(there, TakeCoupon(of(valid_until="2026-11-20"))) == "coupon_expired"
    assert await refused(there, TakeCoupon(of(valid_from="2026-11-22"))) == "coupon_not_yet_valid"
    assert await refused(there, TakeCoupon(of(campaign_id="eleven"))) == "campaign_ended"
    assert await refused(there, TakeCoupon(said.code)) == "unknown_coupon"
    there.engine.revoked.add(here.engine.member_id)
    assert await refused(there, TakeCoupon(of())) == "statement_revoked"
    assert await asked(there, AskCoupon(of())) == "statement_revoked"
    there.engine.revoked.clear()
    await done(there, TakeCoupon(of()))
    assert await asked(there, AskCoupon(of(valid_until="2030-01-01"))) == "statement_altered"


async def test_a_coupon_pays_for_nothing_and_a_voucher_takes_nothing_off(here: FakeTill, there: FakeTill) -> None:
    coupon = here.engine.notary.write(
        Statement("coupon", voucher.code_from(bytes(32)), iso(WALL_MS), campaign_id="ten")
    )
    await done(there, Scan(BIRD_SEED))
    assert await refused(there, Redeem(coupon)) == "statement_of_coupon"
    assert await refused(there, TakeCoupon(stated(here))) == "statement_of_voucher"


async def test_a_slip_may_be_scanned_wherever_a_voucher_is_named(here: FakeTill, there: FakeTill) -> None:
    text = await slip(here, SellVoucher("20.00", reloadable=True))
    elsewhere = (
        RefundVoucher(text, "x"),
        BlockVoucher(text, "x"),
        ReplaceVoucher(text, "x"),
        ReloadVoucher(text, "1"),
    )
    for command in elsewhere:
        assert await refused(there, command) == "voucher_not_registered"
    assert (await done(here, ReloadVoucher(text, "5.00")))["balance"] == "25.00"
    await done(here, Pay())
    replaced = await slip(here, ReplaceVoucher(text, "verloren"))
    assert statement.read(replaced).statement.value_minor == 2500
    assert (await done(here, BlockVoucher(replaced, "verloren")))["state"] == "blocked"


async def test_in_training_a_slip_is_looked_at_and_nothing_comes_of_it(here: FakeTill, there: FakeTill) -> None:
    text = await slip(here, SellVoucher("20.00"))
    there.session._counter.training = True
    await done(there, Scan(BIRD_SEED))
    assert (await done(there, Redeem(text)))["balance"] == "15.01"
    assert there.books.voucher(code_of(text)) is None


async def test_a_voucher_known_to_the_issuer_only_after_the_slip_was_used_keeps_what_was_used(
    network: FakeNetwork, tmp_path: Path, here: FakeTill, there: FakeTill
) -> None:
    """The slip registers it with a clock that is behind its issuer's; the issuer's own word stays."""
    text = await slip(here, SellVoucher("20.00"))
    await done(there, Scan(BIRD_SEED))
    await done(there, Redeem(text))
    facts = [record.kind for record in there.engine.written]
    assert facts.count(VoucherStated.kind) == 1
    assert VoucherIssued.kind not in facts
    late = make_till(network, tmp_path, 3)
    for engine in (there.engine, here.engine):
        late.engine.receive(engine.written)
    known = late.books.voucher(code_of(text))
    assert known is not None
    assert (known.balance_minor, known.receipt_no) == (1501, "1-000001")


def _fields(said: Statement) -> dict[str, Any]:
    return {name: getattr(said, name) for name in said.__struct_fields__}
