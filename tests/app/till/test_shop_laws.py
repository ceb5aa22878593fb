"""Laws that hold whatever cashiers do: money in is money out, balances never below zero, numbers without a gap."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.facts.circulation import ResourceHeld
from app.till.commands import (
    Command,
    Pay,
    Redeem,
    RefundVoucher,
    ReplaceVoucher,
    ReturnArticle,
    ReturnLine,
    Scan,
    SellToken,
    SellVoucher,
    UndoPayment,
    VoidLine,
    VoidReceipt,
    VoidSale,
)
from app.till.effects import Refuse, Reply
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till

amounts = st.sampled_from(["0.01", "1", "5,00", "12.34", "50"])
steps = st.one_of(
    st.builds(Scan, st.sampled_from(["0815", "17", "4711"]), st.sampled_from(["1", "2", "0.5", "7"])),
    st.builds(SellVoucher, amounts),
    st.builds(SellVoucher, amounts, st.just("single_purpose"), st.none(), st.sampled_from(["1", "2"])),
    st.builds(Pay, st.sampled_from(["cash", "card", "voucher"]), st.none() | amounts),
    st.builds(Redeem, st.integers(0, 5).map(str), st.none() | amounts),
    st.builds(Redeem, st.integers(0, 5).map(str)),
    st.builds(SellToken, st.sampled_from(["0815", "17"]), st.sampled_from(["1", "2"])),
    st.builds(RefundVoucher, st.integers(0, 5).map(str), st.just("weg")),
    st.builds(ReplaceVoucher, st.integers(0, 5).map(str), st.just("verloren")),
    st.builds(
        ReturnLine,
        st.sampled_from(["1-000001", "1-000002", "2-000001"]),
        st.integers(1, 3).map(str),
        st.sampled_from(["1", "0.5", "2"]),
    ),
    st.builds(ReturnArticle, st.sampled_from(["0815", "17"])),
    st.builds(VoidReceipt, st.none() | st.sampled_from(["1-000001", "1-000002", "2-000001"])),
    st.builds(VoidLine, st.integers(1, 9).map(str)),
    st.just(UndoPayment()),
    st.just(VoidSale()),
)


async def run(tills: Sequence[FakeTill], todo: Sequence[tuple[int, Command]]) -> list[str]:
    codes: list[str] = []
    for who, drawn in todo:
        command = drawn
        if isinstance(drawn, Redeem | RefundVoucher | ReplaceVoucher):
            if not codes:
                continue
            command = msgspec.structs.replace(drawn, code=codes[int(drawn.code) % len(codes)])
        answer = await tills[who].runner.run(command)
        assert isinstance(answer, Reply | Refuse)
        if isinstance(answer, Reply):
            codes += answer.fields.get("vouchers", [])
    return codes


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 1), steps), max_size=40))
def test_whatever_cashiers_do_the_books_add_up(todo: list[tuple[int, Command]]) -> None:
    network = FakeNetwork()
    with TemporaryDirectory() as folder:
        tills = [make_till(network, Path(folder), number) for number in (1, 2)]
        codes = asyncio.run(run(tills, todo))
        first, second = tills
        assert first.books.fingerprint() == second.books.fingerprint()
        assert first.books.overdraws() == []
        assert first.books.passed_over() == {}, "no receipt fails to add up"
        for code in codes:
            voucher = first.books.voucher(code)
            assert voucher is not None
            assert 0 <= voucher.balance_minor <= voucher.value_minor
        turnover = first.books.turnover(None, None)
        assert turnover.gross_minor == sum(gross for _, _, gross, _, _ in turnover.by_vat)
        assert turnover.gross_minor == sum(net + tax for _, _, _, net, tax in turnover.by_vat)
        assert turnover.gross_minor == sum(amount for _, amount in turnover.by_tender)
        printed = 0
        for till in tills:
            numbers = [receipt.receipt_no for receipt in till.engine.printed]
            assert numbers == [f"{till.engine.till_no}-{n:06d}" for n in range(1, len(numbers) + 1)]
            printed += sum(receipt.total_minor for receipt in till.engine.printed)
        assert printed == turnover.gross_minor
        held = sum(record.kind == ResourceHeld.kind for till in tills for record in till.engine.written)
        assert sum(len(till.engine.released) for till in tills) >= held, "every claim is given back"
        assert network.claims == {}
        network.close()
