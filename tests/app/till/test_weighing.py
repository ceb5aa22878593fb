"""Goods by the kilogram at a till with a scale: weighed or typed, tare, plates, refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.quantity import gross_of
from app.facts.circulation import OrderPlaced
from app.till.commands import (
    Command,
    GiveDiscount,
    Park,
    Pay,
    PickUp,
    PlaceOrder,
    Resume,
    ReturnArticle,
    ReturnLine,
    Scan,
    SetReference,
    SetTare,
    Training,
    VoidLine,
    VoidReceipt,
)
from app.till.ports import Weight
from app.till.queries.receipts import receipt_fields
from app.till.refusals import SENTENCES
from app.till.weighing import REFUSALS
from tests.app.till.asking import done, refusal
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till
from tests.app.till.test_drive import driven

PEN, LOOSE = "17", "4711"
PLATE = "2799990034505"
"""A plate of 345 g by the mask below."""


@pytest.fixture
def network() -> Iterator[FakeNetwork]:
    network = FakeNetwork()
    yield network
    network.close()


@pytest.fixture
def till(network: FakeNetwork, tmp_path: Path) -> FakeTill:
    return make_till(network, tmp_path / "one", weighs=True)


async def with_classes(till: FakeTill) -> None:
    for value in ({"name": "Becher", "grams": 12, "barcode": "BECHER"}, {"name": "Teller", "barcode": "279999VVVVV0K"}):
        await done(till, SetReference("tare_class", value))


async def test_goods_by_the_kilogram_are_weighed_at_the_price_of_the_sale(till: FakeTill) -> None:
    till.engine.weights = [Weight(125)]
    fields = await done(till, Scan(LOOSE, price="14.20"))
    assert (fields["quantity"], fields["total"], fields["weighed"]) == ("0.125", "1.78", "scale")
    assert (fields["gross_g"], fields["tare_g"]) == ("125", "0")
    assert till.engine.weighed == [(1420, 0)]
    await done(till, Pay())
    line = till.engine.printed[-1].lines[0]
    assert (line.quantity_milli, line.weighed, line.gross_g, line.tare_g) == (125, "scale", 125, 0)


async def test_pieces_are_never_weighed_and_a_till_without_a_scale_sells_one_kilogram(
    network: FakeNetwork, tmp_path: Path, till: FakeTill
) -> None:
    await done(till, Scan(PEN))
    assert till.engine.weighed == []
    other = make_till(network, tmp_path / "two", 2)
    fields = await done(other, Scan(LOOSE))
    assert (fields["quantity"], "weighed" in fields) == ("1", False)
    assert (await refusal(other, SetTare(grams="5"))).code == "no_scale"


async def test_a_typed_weight_is_marked_and_needs_no_scale(till: FakeTill) -> None:
    fields = await done(till, Scan(LOOSE, "0,5"))
    assert (fields["quantity"], fields["weighed"], till.engine.weighed) == ("0.5", "manual", [])
    await done(till, Scan(LOOSE, "1"))
    await done(till, Pay())
    assert [line.weighed for line in till.engine.printed[-1].lines] == ["manual", "manual"]


async def test_the_tare_of_a_class_is_taken_off_once(till: FakeTill) -> None:
    await with_classes(till)
    assert (await done(till, SetTare("Becher")))["tare_g"] == "12"
    till.engine.weights = [Weight(488, 12), Weight(500)]
    fields = await done(till, Scan(LOOSE))
    assert (fields["quantity"], fields["gross_g"], fields["tare_class"]) == ("0.488", "500", "Becher")
    assert (await done(till, Scan(LOOSE)))["tare_g"] == "0"
    assert till.engine.weighed == [(790, 12), (790, 0)]
    await done(till, Pay())
    line = till.engine.printed[-1].lines[0]
    assert (line.gross_g, line.tare_g, line.tare_class) == (500, 12, "Becher")


async def test_a_scanned_plate_sets_its_own_grams(till: FakeTill) -> None:
    await with_classes(till)
    fields = await done(till, Scan(PLATE))
    assert (fields["tare_g"], fields["tare_class"], fields["total"]) == ("345", "Teller", "0.00")
    till.engine.weights = [Weight(155, 345)]
    assert (await done(till, Scan(LOOSE)))["quantity"] == "0.155"
    assert (await refusal(till, Scan("BECHER", "2"))).code == "tare_alone"


async def test_a_tare_is_taken_off_a_typed_weight_too_and_never_more_than_it(till: FakeTill) -> None:
    await done(till, SetTare(grams="200"))
    refused = await refusal(till, Scan(LOOSE, "0.2"))
    assert (refused.code, refused.values["tare"]) == ("tare_too_heavy", "200")
    fields = await done(till, Scan(LOOSE, "0.201"))
    assert (fields["quantity"], fields["gross_g"]) == ("0.001", "201")


async def test_a_refused_weighing_makes_no_line_and_the_tare_stays(till: FakeTill) -> None:
    await done(till, SetTare(grams="12"))
    for reason, code in REFUSALS.items():
        till.engine.weights = [Weight(reason=reason)]
        assert (await refusal(till, Scan(LOOSE))).code == code
        assert code in SENTENCES
        assert till.session.view().lines == ()
    till.engine.weights = [Weight(reason="garbled"), Weight(500, 0), Weight(500, 12)]
    assert (await refusal(till, Scan(LOOSE))).code == "scale_failure"
    assert (await refusal(till, Scan(LOOSE))).code == "scale_tare_refused", "a weight without the tare is none"
    assert (await done(till, Scan(LOOSE)))["quantity"] == "0.5"


async def test_a_weight_of_nothing_is_never_sold(till: FakeTill) -> None:
    till.engine.weights = [Weight(0)]
    assert (await refusal(till, Scan(LOOSE))).code == "tare_too_heavy"


async def test_what_would_be_refused_anyway_does_not_reach_the_scale(till: FakeTill) -> None:
    assert (await refusal(till, Scan(LOOSE, price="x"))).code == "price_not_a_number"
    assert (await refusal(till, Scan("0000"))).code == "unknown_article"
    assert till.engine.weighed == []


async def test_a_label_of_another_scale_is_sold_as_it_says(till: FakeTill) -> None:
    await done(till, SetReference("in_store_mask", {"prefix": "28", "mask": "28IIIICVVVVVK", "holds": "weight"}))
    fields = await done(till, Scan("2847117012506"))
    assert (fields["quantity"], "weighed" in fields, till.engine.weighed) == ("1.25", False, [])


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (SetTare("Kiste"), "unknown_tare_class"),
        (SetTare("Teller"), "unknown_tare_class"),  # its grams stand on the plate alone
        (SetTare(grams="10000"), "tare_grams"),
        (SetTare(grams="1,5"), "tare_grams"),
        (SetTare(grams="-1"), "tare_grams"),
        (SetTare("Becher", "5"), "tare_name_or_grams"),
    ],
)
async def test_a_tare_that_is_none_is_refused(till: FakeTill, command: SetTare, code: str) -> None:
    await with_classes(till)
    assert (await refusal(till, command)).code == code


async def test_a_tare_can_be_taken_back_and_opens_no_sale_alone(till: FakeTill) -> None:
    await done(till, SetTare())
    assert till.session.sale_id == ""
    await done(till, SetTare(grams="12"))
    assert till.session.view().tare_g == 12
    await done(till, SetTare())
    till.engine.weights = [Weight(500)]
    assert (await done(till, Scan(LOOSE)))["quantity"] == "0.5"


async def test_weights_survive_a_crash_parking_and_an_order(till: FakeTill) -> None:
    await done(till, SetTare(grams="12"))
    till = till.restarted()
    till.engine.weights = [Weight(500, 12)]
    await done(till, Scan(LOOSE))
    parked = await done(till, Park())
    await done(till, Resume(parked["park_no"]))
    assert till.session.view().lines[0].tare_g == 12
    order = await done(till, PlaceOrder(due="2026-12-01"))
    placed = next(record.body for record in till.engine.written if record.kind == OrderPlaced.kind)
    assert (placed["lines"][0]["weighed"], placed["lines"][0]["gross_g"]) == ("scale", 512)
    await done(till, PickUp(order["order_no"]))
    await done(till, Pay())
    assert till.engine.printed[-1].lines[0].tare_g == 12


async def test_a_void_takes_gross_and_tare_back_and_a_return_is_typed(till: FakeTill) -> None:
    await done(till, SetTare(grams="12"))
    till.engine.weights = [Weight(500, 12)]
    await done(till, Scan(LOOSE))
    await done(till, Pay())
    await done(till, VoidReceipt(reason="falsch"))
    line = till.engine.printed[-1].lines[0]
    assert (line.quantity_milli, line.gross_g, line.tare_g) == (-500, -512, -12)
    till.engine.weights = [Weight(500)]
    await done(till, Scan(LOOSE))
    receipt_no = (await done(till, Pay()))["receipt_no"]
    await done(till, ReturnLine(receipt_no, "1", "0.2", reason="schlecht"))
    await done(till, Pay())
    line = till.engine.printed[-1].lines[0]
    assert (line.quantity_milli, line.gross_g, line.weighed) == (-200, -200, "manual")
    said = receipt_fields(till.engine.printed[-1])["lines"][0]
    assert (said["weighed"], said["gross_g"], said["tare_class"]) == ("manual", "-200", None)
    await done(till, ReturnArticle(LOOSE, "0.25", reason="schlecht"))
    await done(till, Pay())
    line = till.engine.printed[-1].lines[0]
    assert (line.quantity_milli, line.gross_g, line.weighed) == (-250, -250, "manual")


async def test_training_weighs_too(till: FakeTill) -> None:
    await done(till, Training(on=True))
    till.engine.weights = [Weight(500)]
    assert (await done(till, Scan(LOOSE)))["quantity"] == "0.5"


async def test_a_program_weighs_and_sets_tare_in_json(till: FakeTill) -> None:
    till.engine.weights = [Weight(488, 12), Weight(reason="motion")]
    tare, weighed, moving, typed, bad = await driven(
        till,
        {"do": "tare", "grams": 12},
        {"do": "scan", "code": LOOSE},
        {"do": "scan", "code": LOOSE},
        {"do": "scan", "code": LOOSE, "quantity": 1},
        {"do": "tare", "grams": 1.5},
    )
    assert (tare["ok"], tare["tare_g"]) == (True, "12")
    assert (weighed["quantity"], weighed["weighed"], weighed["gross_g"]) == ("0.488", "scale", "500")
    assert (moving["ok"], moving["code"]) == (False, "scale_motion")
    assert (typed["quantity"], typed["weighed"], typed["gross_g"]) == ("1", "manual", "1000")
    assert bad["code"] == "bad_command"


goods = st.sampled_from([LOOSE, LOOSE, PEN])
weights = st.integers(1, 15_000)
STEPS = st.lists(
    st.one_of(
        st.builds(Scan, goods),
        st.builds(Scan, goods, weights.map(lambda grams: f"{grams // 1000}.{grams % 1000:03d}")),
        st.builds(SetTare, grams=st.integers(0, 600).map(str)),
        st.builds(VoidLine, st.integers(1, 5).map(str)),
        st.builds(GiveDiscount, percent=st.sampled_from(["0", "10", "33.33"])),
        st.sampled_from([Pay(), Park()]),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None)
@given(steps=STEPS, loads=st.lists(weights, min_size=14, max_size=14))
def test_whatever_is_rung_net_is_gross_less_tare_and_priced_by_the_kilogram(
    steps: list[Command], loads: list[int]
) -> None:
    network = FakeNetwork()
    with TemporaryDirectory() as folder:
        till = make_till(network, Path(folder), weighs=True)

        async def weigh(_price: int, tare_g: int) -> Weight:
            load = loads.pop()
            return Weight(load - tare_g, tare_g) if load > tare_g else Weight(reason="below_tare")

        till.engine.weigh = weigh  # type: ignore[method-assign]

        async def play() -> None:
            for step in [*steps, Pay()]:
                await till.runner.run(step)

        asyncio.run(play())
    for receipt in till.engine.printed:
        for line in receipt.lines:
            by_kilogram = line.unit == "kg"
            assert bool(line.weighed) == by_kilogram
            assert not by_kilogram or line.quantity_milli == line.gross_g - line.tare_g > 0
            before = line.gross_minor + sum(given.amount_minor for given in line.discounts)
            assert before == gross_of(line.unit_price_minor, line.quantity_milli)
    network.close()
