"""Card payments at a till with a terminal: charged once, kept with the proof, given back only by the terminal."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.facts.sales import AuditLogged, ReceiptCompleted
from app.till.commands import (
    CloseTerminalDay,
    Park,
    Pay,
    Resume,
    ReturnLine,
    Scan,
    SettleCardCharge,
    Training,
    UndoPayment,
    VoidLine,
    VoidReceipt,
    VoidSale,
)
from app.till.ports import JournalRefused, charging_of
from peripherals.card_terminal.payment import Intent
from tests.app.till.asking import done, refused
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till
from tests.app.till.scripted_terminal import DECLINED, EXPIRED, LOST, SETTLED, UNTOLD, ScriptedTerminal

BIRD_SEED = "4006381333931"
CARD = Pay(tender="card")


class Rig:
    """A till with a terminal."""

    def __init__(self, folder: Path) -> None:
        self.network = FakeNetwork()
        self.terminal = ScriptedTerminal()
        self.till = make_till(self.network, folder, terminal=self.terminal)
        self.heard: list[str] = []
        self.till.engine.on_change(lambda what: self.heard.append(what) if charging_of(what) else None)

    @contextlib.asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        """What is uncertain is asked about."""
        task = asyncio.create_task(self.till.engine.charging.run())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def until_cleared_up(self) -> None:
        async with asyncio.timeout(20):
            while any(each["state"] == "uncertain" for each in self.till.engine.charging.view()):
                await asyncio.sleep(0)

    @property
    def receipt(self) -> ReceiptCompleted:
        return self.till.engine.printed[-1]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.network.close()


async def test_a_card_is_charged_and_the_receipt_keeps_the_terminals_proof(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    fields = await done(rig.till, CARD)
    assert fields["card"] == {"terminal": "52500041", "trace": "42", "receipt_no": "8", "name": "girocard"}
    row = rig.receipt.tenders[0]
    assert row.card is not None
    assert (row.amount_minor, row.card.trace, row.card.slip) == (499, 42, ("Beleg 0008", "Zahlung erfolgt"))
    assert rig.terminal.moved == [("payment", 499)]
    assert rig.heard == ["charging insert_card"]
    assert rig.till.engine.values == {}


async def test_zvt_declined_or_aborted_back_to_tender_with_the_reason(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    rig.terminal.verdicts = [DECLINED, EXPIRED]
    assert await refused(rig.till, CARD) == "card_declined"
    assert await refused(rig.till, CARD) == "card_expired"
    rig.terminal.holds.clear()
    paying = asyncio.create_task(rig.till.runner.run(CARD))
    while not rig.heard[2:]:
        await asyncio.sleep(0)
    await rig.till.engine.cancel_charge()
    answer = await paying
    assert getattr(answer, "code", "") == "card_aborted"
    assert rig.till.engine.values == {}
    assert (await done(rig.till, Pay()))["due"] == "0.00"
    assert rig.terminal.moved == []


async def test_a_lost_line_is_asked_about_and_the_sale_gets_what_was_charged(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    rig.terminal.verdicts = [LOST]
    async with rig.asking():
        fields = await done(rig.till, CARD)
    assert fields["card"]["trace"] == "42"
    assert rig.terminal.moved == [("payment", 499)]


async def test_what_was_not_charged_goes_back_to_tender_and_may_be_tried_again(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    rig.terminal.verdicts, rig.terminal.loses_before = [LOST], True
    async with rig.asking():
        assert await refused(rig.till, CARD) == "card_not_charged"
        assert (await done(rig.till, CARD))["due"] == "0.00"
    assert rig.terminal.moved == [("payment", 499)]


async def test_an_uncertain_payment_lets_neither_the_sale_go_nor_another_card_be_charged(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    rig.terminal.verdicts, rig.terminal.resolutions = [LOST], [UNTOLD]
    async with rig.asking():
        assert await refused(rig.till, CARD) == "card_uncertain"
        assert await refused(rig.till, CARD) == "card_uncertain"
        assert (await rig.till.runner.run(Pay())).code == "card_pending"  # type: ignore[union-attr]
        assert (await rig.till.runner.run(VoidSale())).code == "card_pending"  # type: ignore[union-attr]
    assert rig.terminal.moved == [("payment", 499)]
    assert rig.till.session.sale_id


@pytest.mark.parametrize("charged", [True, False])
async def test_whoever_reads_the_terminal_says_whether_it_was_charged(rig: Rig, charged: bool) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    rig.terminal.verdicts, rig.terminal.resolutions = [LOST], [UNTOLD]
    rig.terminal.loses_before = not charged
    async with rig.asking():
        assert await refused(rig.till, CARD) == "card_uncertain"
        (waiting,) = rig.till.engine.charging.view()
        assert waiting["read_terminal"]
        said = await done(rig.till, SettleCardCharge(waiting["charge_id"], charged))
        assert said == {"charged": charged, "amount": "4.99"}
        fields = await done(rig.till, CARD)
    # Charged: it is booked without another charge. Not charged: the card is charged now.
    assert rig.terminal.moved == [("payment", 499)]
    assert fields["card"].get("read_by", "") == ("anna" if charged else "")
    assert [record for record in rig.till.engine.written if record.kind == AuditLogged.kind]
    assert rig.till.engine.values == {}


async def test_a_word_on_a_payment_that_nobody_knows_is_refused(rig: Rig) -> None:
    assert await refused(rig.till, SettleCardCharge("0" * 32, charged=True)) == "card_charge_unknown"


async def test_screens_that_crash_after_the_approval_book_it_to_the_same_sale_without_another_charge(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    rig.till.engine.refusals = [JournalRefused("disk_full")]
    assert await refused(rig.till, CARD) == "disk_full"
    again = rig.till.restarted()
    fields = await done(again, CARD)
    assert fields["card"]["trace"] == "42"
    assert rig.terminal.moved == [("payment", 499)]
    assert again.engine.values == {}


async def test_an_engine_that_crashes_after_the_approval_knows_of_it_at_the_next_start(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    rig.till.engine.refusals = [JournalRefused("disk_full")]
    assert await refused(rig.till, CARD) == "disk_full"
    rig.till.engine.with_terminal(rig.terminal)
    assert (await done(rig.till.restarted(), CARD))["due"] == "0.00"
    assert rig.terminal.moved == [("payment", 499)]


async def test_an_engine_killed_while_the_terminal_was_told_asks_what_became_of_it(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    rig.terminal.holds.clear()
    paying = asyncio.create_task(rig.till.runner.run(CARD))
    while not rig.heard:
        await asyncio.sleep(0)
    kept = dict(rig.till.engine.values)
    assert len(kept) == 1, "the intent is durable before the terminal is told"
    paying.cancel()
    successor = ScriptedTerminal()
    successor.charges_unheard(499)
    rig.till.engine.with_terminal(successor)
    async with rig.asking():
        await rig.until_cleared_up()
        assert (await done(rig.till.restarted(), CARD))["due"] == "0.00"
    assert (successor.moved, successor.asked) == ([("payment", 499)], 1)
    rig.terminal.holds.set()
    with contextlib.suppress(asyncio.CancelledError):
        await paying


async def test_an_order_that_cannot_be_kept_is_not_told_to_the_terminal(rig: Rig) -> None:
    async def full(_: dict[str, str | None]) -> None:
        raise JournalRefused("disk_full")

    await done(rig.till, Scan(BIRD_SEED))
    rig.till.engine.charging._keep = full
    assert (await rig.till.runner.run(CARD)).code == "disk_full"  # type: ignore[union-attr]
    assert rig.terminal.moved == []


async def test_after_the_approval_another_amount_is_no_second_charge(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    rig.till.engine.refusals = [JournalRefused("disk_full")]
    assert await refused(rig.till, CARD) == "disk_full"
    await done(rig.till, Scan("17"))
    assert await refused(rig.till, CARD) == "card_charged_already"
    assert (await done(rig.till, Pay(tender="card", amount="4.99")))["due"] == "0.89"
    assert (await done(rig.till, CARD))["due"] == "0.00"
    assert rig.terminal.moved == [("payment", 499), ("payment", 89)]


async def test_a_payment_taken_back_is_given_back_by_the_terminal(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    await done(rig.till, Pay(tender="card", amount="2.00"))
    assert await refused(rig.till, VoidSale()) == "card_paid"
    rig.terminal.verdicts = [EXPIRED]
    assert await refused(rig.till, UndoPayment()) == "card_expired"
    assert (await done(rig.till, UndoPayment()))["due"] == "4.99"
    assert rig.terminal.moved == [("payment", 200), ("reversal", 200)]
    assert rig.till.engine.values == {}
    line = (await done(rig.till, Pay(tender="card", amount="1.00")))["line"]
    await done(rig.till, VoidLine(str(line)))
    assert rig.terminal.moved[2:] == [("payment", 100), ("reversal", 100)]
    await done(rig.till, VoidSale())


async def test_a_payment_that_went_along_to_another_terminal_is_refunded_there(rig: Rig, tmp_path: Path) -> None:
    other_terminal = ScriptedTerminal("99999999")
    other = make_till(rig.network, tmp_path / "2", 2, terminal=other_terminal)
    await done(rig.till, Scan(BIRD_SEED))
    await done(rig.till, Pay(tender="card", amount="2.00"))
    parked = await done(rig.till, Park())
    await done(other, Resume(parked["park_no"]))
    await done(other, UndoPayment())
    assert other_terminal.moved == [("refund", 200)], "its receipt number is somebody else's there"


async def test_a_void_gives_back_by_card_and_keeps_the_proof_of_that(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    sold = await done(rig.till, CARD)
    await done(rig.till, VoidReceipt(sold["receipt_no"]))
    row = rig.receipt.tenders[0]
    assert row.card is not None
    assert (row.amount_minor, row.card.trace) == (-499, 43)
    assert rig.terminal.moved == [("payment", 499), ("reversal", 499)]
    assert rig.till.engine.values == {}


async def test_a_void_that_could_not_be_written_gives_nothing_back_a_second_time(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    sold = await done(rig.till, CARD)
    rig.till.engine.refusals = [JournalRefused("disk_full")]
    assert await refused(rig.till, VoidReceipt(sold["receipt_no"])) == "disk_full"
    await done(rig.till, VoidReceipt(sold["receipt_no"]))
    assert rig.terminal.moved == [("payment", 499), ("reversal", 499)]


async def test_goods_that_come_back_are_refunded_to_the_card(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    sold = await done(rig.till, Pay())
    await done(rig.till, ReturnLine(sold["receipt_no"], "1", reason="faulty"))
    fields = await done(rig.till, CARD)
    assert fields["due"] == "0.00"
    assert rig.terminal.moved == [("refund", 499)]


async def test_in_training_no_card_is_charged(rig: Rig) -> None:
    await done(rig.till, Training(on=True))
    await done(rig.till, Scan(BIRD_SEED))
    assert (await done(rig.till, CARD))["training"]
    assert rig.terminal.moved == []
    assert await refused(rig.till, CloseTerminalDay()) == "not_in_training"


async def test_the_terminals_day_is_ended_unless_a_payment_is_not_cleared_up(rig: Rig) -> None:
    assert (await done(rig.till, CloseTerminalDay()))["lines"] == ["Kassenschnitt"]
    await done(rig.till, Scan(BIRD_SEED))
    rig.terminal.verdicts, rig.terminal.resolutions = [LOST], [UNTOLD]
    async with rig.asking():
        assert await refused(rig.till, CARD) == "card_uncertain"
        assert await refused(rig.till, CloseTerminalDay()) == "card_pending"


async def test_a_till_without_a_terminal_takes_cards_as_ever(till: FakeTill) -> None:
    await done(till, Scan(BIRD_SEED))
    assert "card" not in await done(till, CARD)
    assert till.engine.printed[-1].tenders[0].card is None
    assert await refused(till, CloseTerminalDay()) == "card_no_terminal"


async def test_a_void_of_two_cards_that_is_tried_again_gives_back_only_what_it_had_not(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    await done(rig.till, Pay(tender="card", amount="2.00"))
    sold = await done(rig.till, CARD)
    approved = ScriptedTerminal()
    back = await approved.move(Intent("reversal", 200, "EUR"))
    rig.terminal.verdicts = [back, DECLINED]
    assert await refused(rig.till, VoidReceipt(sold["receipt_no"])) == "card_declined"
    await done(rig.till, VoidReceipt(sold["receipt_no"]))
    assert rig.terminal.moved == [("payment", 200), ("payment", 299), ("reversal", 299)]
    assert [row.amount_minor for row in rig.receipt.tenders] == [-200, -299]
    assert all(row.card is not None for row in rig.receipt.tenders)
    assert rig.till.engine.values == {}


async def test_a_void_of_a_refund_to_a_card_is_refused_before_money_moves(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    sold = await done(rig.till, Pay())
    await done(rig.till, ReturnLine(sold["receipt_no"], "1", reason="faulty"))
    refunded = await done(rig.till, CARD)
    assert await refused(rig.till, VoidReceipt(refunded["receipt_no"])) == "void_not_possible"
    assert rig.terminal.moved == [("refund", 499)]


async def test_what_was_settled_with_the_bank_is_refunded_instead_of_reversed(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    sold = await done(rig.till, CARD)
    rig.terminal.verdicts = [SETTLED]
    await done(rig.till, VoidReceipt(sold["receipt_no"]))
    assert rig.terminal.moved == [("payment", 499), ("refund", 499)]


async def test_what_a_person_read_off_the_terminal_has_no_number_to_reverse_and_is_refunded(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    rig.terminal.verdicts, rig.terminal.resolutions = [LOST], [UNTOLD]
    async with rig.asking():
        assert await refused(rig.till, CARD) == "card_uncertain"
        await done(rig.till, SettleCardCharge(rig.till.engine.charging.view()[0]["charge_id"], charged=True))
        sold = await done(rig.till, CARD)
        await done(rig.till, VoidReceipt(sold["receipt_no"]))
    assert rig.terminal.moved == [("payment", 499), ("refund", 499)]


async def test_a_sale_whose_payment_was_refunded_elsewhere_is_sold_on(rig: Rig, tmp_path: Path) -> None:
    other = make_till(rig.network, tmp_path / "2", 2, terminal=ScriptedTerminal("99999999"))
    await done(rig.till, Scan(BIRD_SEED))
    await done(rig.till, Pay(tender="card", amount="2.00"))
    parked = await done(rig.till, Park())
    await done(other, Resume(parked["park_no"]))
    await done(other, UndoPayment())
    assert other.engine.values == {}
    assert (await done(other, Pay()))["due"] == "0.00"


async def test_a_part_that_could_not_be_kept_is_not_taken_for_the_rest(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    rig.till.engine.keeps = False
    await done(rig.till, Pay(tender="card", amount="2.00"))
    assert len(rig.till.engine.values) == 1
    assert (await done(rig.till, CARD))["due"] == "0.00"
    assert rig.terminal.moved == [("payment", 200), ("payment", 299)]
    assert len({row.card.charge_id for row in rig.receipt.tenders if row.card}) == 2
    assert rig.till.engine.values == {}


async def test_a_payment_taken_back_that_could_not_be_kept_holds_no_sale_up(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    await done(rig.till, Pay(tender="card", amount="2.00"))
    rig.till.engine.keeps = False
    await done(rig.till, UndoPayment())
    assert len(rig.till.engine.values) == 1
    assert (await done(rig.till, Pay()))["due"] == "0.00"
    assert rig.till.engine.values == {}


async def test_a_payment_that_the_terminal_took_back_is_not_sold_as_paid_after_a_crash(rig: Rig) -> None:
    await done(rig.till, Scan(BIRD_SEED))
    await done(rig.till, Pay(tender="card", amount="2.00"))
    kept = rig.till.engine.kept_text
    rig.till.engine.keeps = False
    await done(rig.till, UndoPayment())
    rig.till.engine.keeps, rig.till.engine.kept_text = True, kept
    again = rig.till.restarted()
    (waiting,) = again.engine.charging.view()
    assert (waiting["state"], waiting["takes_back"]) == ("approved", True)
    assert (await again.runner.run(Pay())).code == "card_pending"  # type: ignore[union-attr]
    assert (await done(again, UndoPayment()))["due"] == "4.99"
    assert (await done(again, Pay()))["due"] == "0.00"
    assert rig.terminal.moved == [("payment", 200), ("reversal", 200)]
