"""A web shop's file as it is now: placed, changed and cancelled under the claim of the order, told where not."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.books.questions.orders import FindOrder, ListOrders
from app.books.questions.overdraws import ListOverdraws
from app.facts.codec import read
from app.office.bulk.standing import Standing
from app.office.files import EXPORTS, IMPORTS
from app.office.order_sync import operations
from app.till.commands import CancelOrder, DepositOrder, Pay, PickUp
from app.till.effects import Reply
from app.till.ports import JournalRefused
from replication.core.model import Entry
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till

HEADER = "order_no;due;customer_no;ident_no;quantity;price;paid;note;state\n"
TWO = "W-1;2026-12-24;10001;0815;2;4,50;3,00;Tür;\nW-1;;;17;1;0,89;;;\nW-2;;;4711;0,5;7,90;;;offen\n"


class Office:
    """The office of a home: its engine as operations see it."""

    def __init__(self, till: FakeTill) -> None:
        self.till = till
        engine: Any = till.engine

        self.kept: dict[str, str] = {}

        async def journal(
            entries: Sequence[Entry], *, keep: Mapping[str, str | None] | None = None, claim_id: str | None = None
        ) -> None:
            self.kept |= {key: value for key, value in (keep or {}).items() if value is not None}
            for key in [key for key, value in (keep or {}).items() if value is None]:
                self.kept.pop(key, None)
            facts = [read(entry.kind, entry.body) for entry in entries]
            assert all(fact is not None for fact in facts)
            engine.say([fact for fact in facts if fact is not None])

        engine.journal = journal
        desk = SimpleNamespace(books=till.books, currency="EUR")
        parts: Any = SimpleNamespace(
            engine=engine, desk=desk, who=SimpleNamespace(till_no=till.engine.till_no), wall_ms=till.clock,
            bulk=Standing(), store=SimpleNamespace(kept=self.kept.get, heads=dict), new_id=lambda: uuid.uuid4().hex,
        )  # fmt: skip
        self.desk: Any = desk
        self.parts = parts
        self.begun()

    def begun(self) -> None:
        """As after a start of the office: nothing is known of what was going on."""
        self.parts.bulk = Standing()
        self.operations = operations(self.parts)

    async def __call__(self, lines: str, **how: bool) -> dict[str, Any]:
        answer: dict[str, Any] = await self.operations["orders_import"]({"text": HEADER + lines, **how})
        return answer

    def order(self, number: str) -> Any:
        found = self.till.books.ask(FindOrder(number))
        assert found is not None
        return found


@pytest.fixture
def network() -> Iterator[FakeNetwork]:
    made = FakeNetwork()
    yield made
    made.close()


@pytest.fixture
def office(network: FakeNetwork, tmp_path: Path) -> Office:
    return Office(make_till(network, tmp_path))


async def done(till: FakeTill, command: Any) -> dict[str, Any]:
    answer = await till.runner.run(command)
    assert isinstance(answer, Reply), answer
    return dict(answer.fields)


async def test_a_file_read_again_changes_nothing(office: Office) -> None:
    first = await office(TWO)
    assert (first["placed"], first["changed"], first["cancelled"], first["faults"]) == (["W-1", "W-2"], [], [], [])
    again = await office(TWO)
    assert (again["placed"], again["changed"], again["unchanged"], again["faults"]) == ([], [], 2, [])
    written = len(office.till.engine.written)
    await office(TWO)
    assert len(office.till.engine.written) == written


async def test_what_has_changed_is_picked_up_as_it_is_now(office: Office) -> None:
    await office(TWO)
    changed = TWO.replace("0815;2", "0815;3").replace("2026-12-24", "2026-12-23").replace("3,00", "5,00")
    said = await office(changed, dry_run=True)
    assert (said["changed"], said["done"], office.order("W-1").total_minor) == (["W-1"], False, 989)
    assert (await office(changed))["changed"] == ["W-1"]
    found = office.order("W-1")
    assert (found.total_minor, found.paid_minor, found.due_on, found.state) == (1439, 500, "2026-12-23", "open")
    assert [each.order_no for each in office.till.books.ask(ListOrders(due_until="2026-12-23"))] == ["W-1"]
    assert (await done(office.till, PickUp("W-1")))["due"] == "9.39"
    await done(office.till, Pay())
    assert office.order("W-1").state == "picked_up"
    # It may grow: what is paid in advance then is no overdraw.
    larger = "W-2;;;4711;5;7,90;;;\n"
    assert (await office(larger))["changed"] == ["W-2"]
    await done(office.till, DepositOrder("W-2", "39.50"))
    await done(office.till, Pay())
    assert office.till.books.ask(ListOverdraws()) == ()


async def test_what_is_cancelled_is_told_back(office: Office) -> None:
    await office(TWO)
    said = await office("W-1;;;;;;;;storniert\nW-2;;;4711;0,5;7,90;;;\n")
    assert (said["cancelled"], said["unchanged"], said["faults"]) == (["W-1"], 1, [])
    assert office.order("W-1").state == "cancelled"
    assert (await office("W-1;;;;;;;;cancelled\n"))["unchanged"] == 1
    await done(office.till, PickUp("W-2"))
    bon = (await done(office.till, Pay()))["receipt_no"]
    rows = {row["order_no"]: row for row in EXPORTS["orders"].rows(office.desk)}
    assert (rows["W-1"]["state"], rows["W-2"]["state"], rows["W-2"]["receipt_no"]) == ("cancelled", "picked_up", bon)
    assert rows["W-1"]["reason"]
    assert office.till.books.ask(ListOverdraws()) == ()


async def test_what_cannot_be_done_is_told_and_stays(office: Office, network: FakeNetwork, tmp_path: Path) -> None:
    other = make_till(network, tmp_path / "2", 2)
    await office(TWO + "W-3;;;17;1;0,89;;;\nW-4;;;17;1;0,89;;;\n")
    await done(other, DepositOrder("W-3", "0.50"))
    await done(other, Pay())
    await done(other, PickUp("W-4"))
    await done(other, Pay())

    async def told(lines: str, **how: bool) -> str:
        answer = await office(lines, skip_bad=True, **how)
        assert (answer["changed"], answer["cancelled"]) == ([], [])
        [fault] = answer["faults"]
        return str(fault["reason"])

    assert "W-3" in await told("W-3;;;;;;;;storno\n")
    assert "W-3" in await told("W-3;;;17;2;0,89;;;\n")
    assert "2-000002" in await told("W-4;;;;;;;;storno\n")
    assert "2-000002" in await told("W-4;;;17;2;0,89;;;\n")
    assert "W-9" in await told("W-9;;;;;;;;storno\n")
    await done(other, PickUp("W-2"))
    assert "W-2" in await told("W-2;;;;;;;;storno\n")
    other.engine.connected = False
    assert "2" in await told("W-1;;;;;;;;storno\n")
    assert office.order("W-1").state == "open"
    assert (await office("W-1;;;;;;;;storno\n", anyway=True))["cancelled"] == ["W-1"]
    network.claims["order/W-5"] = "somebody"
    await office("W-5;;;17;1;0,89;;;\n")
    other.engine.connected = True
    assert "W-5" in await told("W-5;;;;;;;;storno\n")


async def test_with_a_bad_line_nothing_is_done_unless_it_may_be_left_out(office: Office) -> None:
    bad = TWO + "W-3;;;nothing;1;;;;\nW-2;;;;;;;;vielleicht\n"
    said = await office(bad)
    assert said["done"] is False
    assert [fault["line"] for fault in said["faults"]] == [4, 5, 6]
    assert office.till.books.ask(ListOrders()) == ()
    assert (await office(bad, skip_bad=True))["placed"] == ["W-1"]


async def test_the_plain_import_leaves_cancelling_to_the_other(office: Office) -> None:
    found = IMPORTS["orders"](office.desk, HEADER + TWO + "W-7;;;;;;;;storno\n")
    assert [fact.order_no for fact in found.facts] == ["W-1", "W-2"]  # type: ignore[attr-defined]
    assert [line for line, _reason in found.faults] == [5]


async def test_two_changes_leave_what_was_said_last(office: Office, network: FakeNetwork, tmp_path: Path) -> None:
    await office(TWO)
    other = Office(make_till(network, tmp_path / "2", 2))
    await other("W-2;;;4711;1;7,90;;;\n")
    await office("W-2;;;4711;2;7,90;;;\n")
    assert [each.order("W-2").total_minor for each in (office, other)] == [1580, 1580]
    await done(other.till, CancelOrder("W-2", reason="weg"))
    assert office.order("W-2").state == "cancelled"


class Cut(BaseException):
    """The power is gone."""


NOW = "W-1;;;17;9;0,89;;;\nW-2;;;;;;;;storno\nW-3;;;17;1;0,89;;;\n"
"""Of ``TWO`` one changed, one cancelled, and one more placed: with that step, what is to come is put down."""


@pytest.mark.parametrize("at", range(5))
async def test_what_was_cut_off_is_gone_on_with_at_the_next_start(office: Office, at: int) -> None:
    await office(TWO)
    journal, steps = office.parts.engine.journal, 0

    async def cut(entries: Sequence[Entry], **how: Any) -> None:
        nonlocal steps
        steps += 1
        if steps == at + 1:
            raise Cut
        await journal(entries, **how)

    office.parts.engine.journal = cut
    with contextlib.suppress(Cut):
        await office(NOW)
    assert bool(office.kept) == (0 < at < 4)
    office.parts.engine.journal = journal
    office.begun()
    assert await office.operations["orders_complete"]({}) == {"waiting": 0}
    found = [office.till.books.ask(FindOrder(number)) for number in ("W-1", "W-2", "W-3")]
    begun = at > 0
    assert [view and (view.state, view.total_minor) for view in found] == [
        ("open", 801 if begun else 989),
        ("cancelled" if begun else "open", 395),
        ("open", 89) if begun else None,
    ]
    assert office.kept == {}
    written = len(office.till.engine.written)
    await office.operations["orders_complete"]({})
    assert len(office.till.engine.written) == written, "nothing twice"
    notices = office.parts.bulk.take_notices()
    assert [(each["done"], each["of"], each["undone"]) for each in notices] == ([(2, 2, ())] if 0 < at < 4 else [])


async def test_what_others_did_meanwhile_stays_and_is_told(
    office: Office, network: FakeNetwork, tmp_path: Path
) -> None:
    await office(TWO + "W-3;;;17;1;0,89;;;\n")
    journal = office.parts.engine.journal

    async def cut(entries: Sequence[Entry], **how: Any) -> None:
        if entries:
            raise Cut
        await journal(entries, **how)

    office.parts.engine.journal = cut
    with pytest.raises(Cut):
        await office("W-1;;;17;9;0,89;;;\nW-2;;;;;;;;storno\nW-3;;;;;;;;storno\n")
    office.parts.engine.journal = journal
    office.begun()
    other = Office(make_till(network, tmp_path / "2", 2))
    await other("W-1;;;17;5;0,89;;;\n")
    await done(other.till, PickUp("W-2"))
    await done(other.till, Pay())
    network.claims["order/W-3"] = "somebody"
    assert await office.operations["orders_complete"]({}) == {"waiting": 1}
    assert office.kept, "it is tried again"
    del network.claims["order/W-3"]
    assert await office.operations["orders_complete"]({}) == {"waiting": 0}
    assert [office.order(number).state for number in ("W-1", "W-2", "W-3")] == ["open", "picked_up", "cancelled"]
    assert office.order("W-1").total_minor == 445
    (notice,) = office.parts.bulk.take_notices()
    assert (notice["done"], notice["of"]) == (1, 3)
    assert "W-1" in notice["undone"][0]
    assert "2-000001" in notice["undone"][1]


async def test_a_disk_too_full_to_put_it_down_changes_nothing(office: Office) -> None:
    await office(TWO)
    written = len(office.till.engine.written)

    async def full(_entries: Sequence[Entry], **_how: Any) -> None:
        raise JournalRefused("disk_full")

    office.parts.engine.journal = full
    with pytest.raises(JournalRefused):
        await office(NOW)
    assert len(office.till.engine.written) == written
