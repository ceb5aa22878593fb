"""Laws of overdraws: tills cut off in any way use the same vouchers up and settle what they see.

Whatever they do, afterwards all list the same, what was settled is never more than what was used beyond the value,
and when the last overdraw is settled every balance is what it would be without it: never below zero.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.books.questions.overdraws import ListOverdraws
from app.books.questions.resources import AskBalance
from app.till.commands import Command, Pay, Redeem, Scan, SellVoucher, SettleOverdraw, VoidLine, VoidSale
from app.till.effects import Reply
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till

VALUE = 1_000
TILLS = 3

vouchers = st.integers(0, 1)
ways = st.sampled_from(["written_off", "charged", "corrected"])
steps = st.one_of(
    st.builds(Scan, st.sampled_from(["0815", "17"]), st.sampled_from(["1", "2", "3"])),
    st.builds(Redeem, vouchers.map(str), st.sampled_from([None, "3.00", "0.50"])),
    st.builds(Redeem, vouchers.map(str)),
    st.builds(Pay),
    st.builds(VoidSale),
    st.builds(VoidLine, st.integers(1, 3).map(str)),
    st.builds(
        SettleOverdraw, vouchers.map(str), ways, st.just("x"), st.sampled_from([None, "1.00", "2.50"]),
        st.sampled_from([False, False, True]),
    ),
    st.sampled_from(["cut", "cut", "heal"]),
)  # fmt: skip


async def said(till: FakeTill, command: Command) -> Reply:
    answer = await till.runner.run(command)
    assert isinstance(answer, Reply), answer
    return answer


async def play(network: FakeNetwork, tills: Sequence[FakeTill], todo: Sequence[tuple[int, Command | str]]) -> list[str]:
    """The vouchers, after everything has happened, every sale is finished and everybody has heard of it."""
    codes = []
    for _ in range(2):
        await said(tills[0], SellVoucher(f"{VALUE // 100}.00"))
        codes += (await said(tills[0], Pay())).fields["vouchers"]
    for who, step in todo:
        match step:
            case "cut":
                tills[who].engine.connected = False
            case "heal":
                network.reconnect()
            case Redeem(code=code, amount=amount):
                await tills[who].runner.run(Redeem(codes[int(code)], amount))
            case SettleOverdraw(resource=code, how=how, reason=reason, amount=amount, break_holds=breaking):
                settling = SettleOverdraw(f"voucher/{codes[int(code)]}", how, reason, amount, breaking)
                await tills[who].runner.run(settling)
            case Command():
                await tills[who].runner.run(step)
    for till in tills:
        if till.session.view().lines:
            await said(till, Pay())
    network.reconnect()
    return codes


HELD_AND_GIVEN_BACK: list[tuple[int, Command | str]] = [
    (0, "cut"), (0, Scan("0815", "3")), (0, Redeem("0")), (1, Scan("0815", "2")), (1, Redeem("0")), (0, "heal"),
    (1, SettleOverdraw("0", "charged", "x")), (0, VoidSale()),
]  # fmt: skip


@settings(max_examples=60)
@example(HELD_AND_GIVEN_BACK)
@example([*HELD_AND_GIVEN_BACK[:-2], (1, SettleOverdraw("0", "charged", "x", break_holds=True))])
@given(st.lists(st.tuples(st.integers(0, TILLS - 1), steps), max_size=40))
def test_however_tills_were_cut_off_what_they_settle_comes_out_even(todo: list[tuple[int, Command | str]]) -> None:
    network = FakeNetwork()
    with TemporaryDirectory() as folder:
        tills = [make_till(network, Path(folder), number, "allow") for number in range(1, TILLS + 1)]
        codes = asyncio.run(play(network, tills, todo))
        books = tills[0].books
        found = books.ask(ListOverdraws())
        for till in tills:
            assert till.books.ask(ListOverdraws()) == found
            assert till.books.fingerprint() == books.fingerprint()
        turnover = books.turnover(None, None)
        for code in codes:
            ledger = books.ask(AskBalance(f"voucher/{code}"))
            beyond = max(0, ledger.used - VALUE)
            assert (ledger.granted, ledger.held) == (VALUE, 0)
            assert ledger.settled <= beyond, "nothing is given away"
            listed = [each for each in found if each.resource == f"voucher/{code}"]
            assert sum(each.amount for each in listed) == beyond
            assert sum(each.open for each in listed) == max(0, -ledger.left)
        for each in found:
            if each.open:
                asyncio.run(said(tills[-1], SettleOverdraw(each.resource, "written_off", "Abend")))
        for code in codes:
            ledger = tills[1].books.ask(AskBalance(f"voucher/{code}"))
            assert ledger.left == max(0, VALUE - ledger.used)
        assert all(each.state == "settled" for each in tills[1].books.ask(ListOverdraws()))
        assert tills[1].books.turnover(None, None) == turnover
        network.close()


def test_the_law_is_about_overdraws_that_do_happen() -> None:
    """A story that the strategy can draw, so that the law is no empty word."""
    network = FakeNetwork()
    todo: list[tuple[int, Command | str]] = []
    for who in range(TILLS):
        todo += [(who, "cut"), (who, Scan("0815", "2")), (who, Redeem("0"))]
    todo += [(0, "heal"), (0, SettleOverdraw("0", "charged", "x", "2.50")), (1, "cut")]
    todo += [(who, SettleOverdraw("0", "charged", "x")) for who in range(TILLS)]
    with TemporaryDirectory() as folder:
        tills = [make_till(network, Path(folder), number, "allow") for number in range(1, TILLS + 1)]
        asyncio.run(play(network, tills, todo))
        (found,) = tills[0].books.ask(ListOverdraws())
        assert found.amount == 3 * 998 - VALUE
        assert (found.settled, found.twice) == (found.amount, found.amount - 250)
        network.close()
