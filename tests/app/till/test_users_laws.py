"""Laws: who lacks a right changes nothing by a restricted command; training changes no figure of the books."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.books.schema import CONTENTS
from app.domain.user import RIGHTS
from app.facts.master import ReferenceSet, UserSet
from app.facts.sales import AuditLogged, TrainingCompleted
from app.till import pins
from app.till.commands import (
    ChangePrice,
    Command,
    GiveDiscount,
    Login,
    OpenDrawer,
    OpenGate,
    Pay,
    PayIn,
    Redeem,
    ReturnArticle,
    Scan,
    SellVoucher,
    SetArticle,
    SetPrice,
    SetReference,
    Training,
    UndoPayment,
    VoidLine,
    VoidReceipt,
    VoidSale,
    XReport,
    ZReport,
)
from app.till.effects import Refuse, Reply
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till

PIN = pins.hashed("1234")

RESTRICTED: tuple[tuple[str, Command], ...] = (
    ("price_change", ChangePrice("1", "0.10")),
    ("price_change", Scan("17", price="0.01")),
    ("discount", GiveDiscount(percent="50")),
    ("discount", GiveDiscount(amount="0.50", line="1")),
    ("void_line", VoidLine("1")),
    ("void_sale", VoidSale()),
    ("void_receipt", VoidReceipt(reason="x")),
    ("return_without_receipt", ReturnArticle("17", reason="x")),
    ("open_drawer", OpenDrawer()),
    ("open_gate", OpenGate()),
    ("cash_movement", PayIn("5", "x")),
    ("x_report", XReport()),
    ("z_report", ZReport()),
    ("settings", SetPrice("17", "0.01")),
    ("settings", SetArticle("17", price="0.01")),
    ("settings", SetReference("tender", {"tender": "x", "name": "X", "kind": "other"})),
    ("users", SetReference("role", {"role": "r", "name": "R", "rights": ["users"]})),
    ("training", Training(on=True)),
)


async def _restricted(till: FakeTill, rights: frozenset[str], chosen: list[int]) -> None:
    for command in (Login("anna", "1234"), Scan("17"), Pay(), Scan("17"), Scan("0815")):
        assert isinstance(await till.runner.run(command), Reply)
    for place in chosen:
        right, command = RESTRICTED[place]
        view, written = till.runner.view(), len(till.engine.written)
        answer = await till.runner.run(command)
        fresh = [record for record in till.engine.written[written:] if record.kind == AuditLogged.kind]
        if isinstance(answer, Refuse):
            assert till.runner.view() == view
            assert fresh == [], "what was refused is not logged as done"
        elif right != "training":
            assert [record.body["action"] for record in fresh] == [right]
        if right not in rights and till.session.view().lines == view.lines:
            assert isinstance(answer, Refuse), (right, command)
        if isinstance(answer, Reply):
            assert right in rights, "who lacks a right changes nothing"


@settings(max_examples=25, deadline=None)
@given(st.frozensets(st.sampled_from(RIGHTS)), st.lists(st.integers(0, len(RESTRICTED) - 1), max_size=12))
def test_who_lacks_a_right_never_changes_anything_by_a_restricted_command(
    rights: frozenset[str], chosen: list[int]
) -> None:
    network = FakeNetwork()
    with TemporaryDirectory() as folder:
        till = make_till(network, Path(folder), 1)
        role = {"role": "r", "name": "R", "rights": sorted(rights - {"training"}), "discount_limit_bp": 10_000}
        till.engine.say([ReferenceSet("role", "r", role)])
        till.engine.say([UserSet("anna", "Anna", ("r",), ("sell",), pin_hash=PIN)])
        till.engine.gates = ("door",)
        asyncio.run(_restricted(till.restarted(), rights - {"training"}, chosen))
        network.close()


amounts = st.sampled_from(["0.01", "1", "5,00", "12.34", "50"])
steps = st.one_of(
    st.builds(Scan, st.sampled_from(["0815", "17", "4711"]), st.sampled_from(["1", "2", "0.5"])),
    st.builds(SellVoucher, amounts),
    st.builds(Pay, st.sampled_from(["cash", "card"]), st.none() | amounts),
    st.builds(Redeem, st.just("code"), st.none() | amounts),
    st.builds(VoidLine, st.integers(1, 9).map(str)),
    st.builds(VoidReceipt, st.just("1-000001"), st.just("x")),
    st.builds(ReturnArticle, st.just("17"), st.just("1"), st.none(), st.just("x")),
    st.just(UndoPayment()),
    st.just(VoidSale()),
    st.just(ZReport()),
    st.just(PayIn("5", "x")),
)
NOT_FIGURES = ("audit_log", "document_numbers")


def figures(till: FakeTill) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the books but the audit log's and the used numbers'."""
    with till.engine.database.connect() as connection:
        tables = [table for table in CONTENTS if table.name not in NOT_FIGURES]
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in tables
        }


async def _trained(till: FakeTill, todo: list[Command]) -> None:
    await till.runner.run(SellVoucher("20"))
    sold = await till.runner.run(Pay())
    assert isinstance(sold, Reply)
    (code,) = sold.fields["vouchers"]
    assert isinstance(await till.runner.run(Training(on=True)), Reply)
    before, claims = figures(till), len(till.engine.claimed)
    written = len(till.engine.written)
    for drawn in todo:
        command = Redeem(code, drawn.amount) if isinstance(drawn, Redeem) else drawn
        answer = await till.runner.run(command)
        if isinstance(answer, Reply):
            assert answer.fields["training"] is True
            assert answer.fields.get("receipt_no", "T").startswith("T")
    assert figures(till) == before
    assert len(till.engine.claimed) == claims, "nobody is asked"
    assert {record.kind for record in till.engine.written[written:]} <= {AuditLogged.kind, TrainingCompleted.kind}
    if till.session.view().lines or till.session.sale_id:
        await till.runner.run(VoidSale())
    assert isinstance(await till.runner.run(Training(on=False)), Reply)
    await till.runner.run(Scan("17"))
    paid = await till.runner.run(Pay())
    assert isinstance(paid, Reply)
    assert paid.fields["receipt_no"] == "1-000002"


@settings(max_examples=30, deadline=None)
@given(st.lists(steps, max_size=15))
def test_training_changes_no_figure_of_the_books(todo: list[Command]) -> None:
    network = FakeNetwork()
    with TemporaryDirectory() as folder:
        till = make_till(network, Path(folder), 1)
        asyncio.run(_trained(till, todo))
        network.close()
