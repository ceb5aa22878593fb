"""Changes that are to come: what has a validity is said now, all else is done when it is due, once, or says why not."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app import wiring
from app.__main__ import main
from app.books.questions.reference import AskReference
from app.domain.planned_change import PlannedChange
from app.engine.members import Members
from app.facts.codec import write
from app.facts.master import ReferenceSet
from app.home import Home
from replication.core.model import Entry
from tests.app.office.master.standing import SEED, SETTINGS, Office

NOON_MS = int(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp() * 1000)
LATER = "2026-11-22T18:00:00Z"
LATER_MS = NOON_MS + 6 * 3_600_000

BAD: list[tuple[dict[str, Any], str]] = [
    ({"at": "2026-11-22T11:00:00Z", "values": {"price": "1"}}, "past"),
    ({"at": "soon", "values": {"price": "1"}}, "bad_date"),
    ({"at": LATER, "values": {}}, "field_missing"),
    ({"at": LATER, "values": {"price": "x"}}, "bad_field"),
    ({"at": LATER, "values": {"vat_key": "9"}}, "unknown_vat_key"),
    ({"at": LATER, "removed": True, "key": "4711"}, "unknown_value"),
    ({"at": LATER, "kind": "customer", "key": "7", "values": {"name": "Muster"}}, "personal"),
    ({"at": LATER, "kind": "user", "key": "anna", "values": {"pin": "1234"}}, "personal"),
    ({"at": LATER, "kind": "planned_change", "values": {}}, "unknown_kind"),
]


class Clock:
    """The wall clock of the home."""

    def __init__(self) -> None:
        self.now_ms = NOON_MS

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(wiring, "wall_ms", made)
    return made


def price(office: Office) -> int:
    article = office.parts.books.article("0815")
    assert article is not None
    return article.price_minor


async def test_it_is_done_when_it_is_due_and_only_once(clock: Clock, office: Office) -> None:
    planned = await office.ask("master_plan", kind="article", key="0815", at=LATER, values={"price": "5.49"}, by="anna")
    assert (await office.ask("master_plans"))[0]["values"] == {"price_minor": 549}
    assert await office.ask("master_due") == {"done": 0, "failed": 0}
    await office.set("article", "0815", name="Futter")
    clock.now_ms = LATER_MS
    assert await office.ask("master_due") == {"done": 1, "failed": 0}
    assert await office.ask("master_due") == {"done": 0, "failed": 0}
    assert await office.ask("master_plans") == []
    newest = (await office.ask("master_history", kind="article", key="0815"))[0]
    assert (newest["by"], newest["change"]) == ("anna", f"plan {planned['planned']}")
    assert (newest["value"]["name"], price(office)) == ("Futter", 549), "what was changed until then stays"


async def test_what_was_missed_is_done_at_the_next_start_by_itself(clock: Clock, home: Home) -> None:
    async with wiring.opened(home, SETTINGS, network=False) as parts:
        office = Office(parts)
        await office.set("article", **SEED)
        for hour in (18, 17, 16, 15, 14):
            at = f"2026-11-22T{hour}:00:00Z"
            await office.ask("master_plan", kind="article", key="0815", at=at, values={"price": str(hour)})
    clock.now_ms = LATER_MS + 1
    async with wiring.opened(home, SETTINGS, network=True) as parts:
        office = Office(parts)
        for _ in range(500):
            if not await office.ask("master_plans"):
                break
            await asyncio.sleep(0.02)
        past = await office.ask("master_history", kind="article", key="0815")
        assert [each["value"]["price_minor"] for each in past] == [1800, 1700, 1600, 1500, 1400, 499], "in their order"


async def test_what_another_office_planned_is_left_to_it_until_it_is_gone(
    clock: Clock, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone: set[str] = set()
    monkeypatch.setattr(Members, "inherits", lambda _members, member: member in gone)
    await office.ask("master_plan", kind="article", key="0815", at=LATER, values={"price": "5.49"})
    (plan,) = office.parts.books.ask(AskReference()).all(PlannedChange).values()
    theirs = msgspec.structs.replace(plan, member="ab" * 16)
    said = ReferenceSet(subject="planned_change", key=plan.plan, value=msgspec.to_builtins(theirs))
    await office.parts.engine.journal([Entry(*write(said))])
    await office.parts.engine.settled()
    clock.now_ms = LATER_MS
    assert await office.ask("master_due") == {"done": 0, "failed": 0}, "both would do it"
    assert price(office) == 499
    gone.add("ab" * 16)
    assert await office.ask("master_due") == {"done": 1, "failed": 0}
    assert price(office) == 549


async def test_what_can_no_longer_be_done_says_why_and_is_not_tried_again(clock: Clock, office: Office) -> None:
    await office.ask("master_plan", kind="article", key="0815", at=LATER, removed=True)
    await office.ask("master_plan", kind="article", key="0815", at=LATER, values={"container_deposit": ""})
    await office.ask("master_remove", kind="article", key="0815")
    clock.now_ms = LATER_MS
    answer = await office.ask("master_due")
    assert (answer["done"], answer["failed"]) == (0, 2)
    faults = [plan["fault"] for plan in await office.ask("master_plans")]
    assert any("there is no article 0815" in fault for fault in faults)
    assert await office.ask("master_due") == {"done": 0, "failed": 0}
    for plan in await office.ask("master_plans"):
        await office.ask("master_plan_cancel", plan=plan["plan"])
    assert await office.ask("master_plans") == []


async def test_a_plan_that_was_cancelled_is_not_done(clock: Clock, office: Office) -> None:
    planned = await office.ask("master_plan", kind="article", key="0815", at=LATER, values={"price": "5.49"})
    await office.ask("master_plan_cancel", plan=planned["planned"], by="anna")
    assert (await office.refused("master_plan_cancel", plan=planned["planned"])).code == "unknown_value"
    clock.now_ms = LATER_MS
    assert await office.ask("master_due") == {"done": 0, "failed": 0}
    assert price(office) == 499


async def test_what_has_a_validity_is_said_now_and_begins_then(clock: Clock, office: Office) -> None:
    values = {"ident_no": "0815", "price_list": "1", "price": "3.99"}
    answer = await office.ask("master_plan", kind="price", at="2026-12-01", values=values)
    assert (answer["planned"], answer["key"]) == ("", "0815:1:2026-12-01:")
    await office.ask("master_plan", kind="vat_rate", at="2027-01-01", values={"vat_key": "1", "rate": "20"})
    books = office.parts.books
    assert (books.vat_rate_bp("1", "2026-12-31"), books.vat_rate_bp("1", "2027-01-01")) == (1900, 2000)
    assert await office.ask("master_plans") == []


async def test_a_plan_that_could_not_be_done_is_refused_now(clock: Clock, office: Office) -> None:
    for said, code in BAD:
        refused = await office.refused("master_plan", **{"kind": "article", "key": "0815", **said})
        assert refused.code == code, said
    assert await office.ask("master_plans") == []


def test_commands_plan_list_and_cancel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(tmp_path / "home"), "--no-discovery", "--lang", "en"]

    def run(*arguments: str, status: int = 0) -> str:
        capsys.readouterr()
        assert main([*arguments, *home]) == status
        said = capsys.readouterr()
        return said.out or said.err

    run("network", "found", "--name", "Messe", "--role", "centre")
    run("master", "set", "article", "ident_no=1", "name=Leine", "price=9,99", "vat_key=1")
    planned = run("master", "plan", "article", "1", "price=10.99", "--at", "2090-12-01 06:00", "--by", "anna")
    plan = planned.split()[1].rstrip(":")
    listed = run("master", "plan")
    assert plan in listed
    assert "anna  article 1: price_minor 1099" in listed
    assert "is cancelled" in run("master", "plan", "--cancel", plan)
    assert run("master", "plan").strip() == "none"
    assert "say when" in run("master", "plan", "article", "1", "price=1", status=1)
    told = run("master", "plan", "price", "ident_no=1", "price_list=2", "price=8", "--at", "2090-12-01")
    assert "from that day on" in told
    assert "2090-12-01" in run("master", "list", "price")
