"""Imports of a real home that are cut off, stopped, or find the disk full: whole in the end, or told what is not."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from app import wiring
from app.facts.codec import write
from app.facts.master import ArticleSet
from app.facts.sales import AuditLogged
from app.home import Home
from app.office.bulk import words, writing
from app.office.bulk.standing import KEPT
from app.office.exchange.preparing import prepared
from app.till.ports import JournalRefused
from replication.backup import restore, write_backup
from replication.core.model import Entry
from tests.app.office.bulk.killed import STEP, csv
from tests.app.office.master.standing import SETTINGS, Office

COUNT = 10
STEPS = 4
"""Of ``COUNT`` facts."""


class Cut(BaseException):
    """The power is gone."""


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "FACTS_PER_STEP", STEP)


@asynccontextmanager
async def opened(home: Home) -> AsyncIterator[Office]:
    async with wiring.opened(home, SETTINGS, network=False) as parts:
        yield Office(parts)


def request(count: int = COUNT, price: str = "1") -> dict[str, Any]:
    return prepared(csv(count, price), "articles", "x.csv", "EUR").request() | {"by": "anna"}


def cut_at(office: Office, at: int, fault: BaseException, *, after: bool = False) -> None:
    """The journal's step of this number (0 puts the intent down) fails, or is the last that was ``after`` all done."""
    journal, steps = office.parts.engine.journal, 0

    async def counted(entries: Sequence[Entry], **how: Any) -> None:
        nonlocal steps
        steps += 1
        if steps == at + 1 and not after:
            raise fault
        await journal(entries, **how)
        if steps == at + 1:
            raise fault

    office.parts.engine.journal = counted  # type: ignore[method-assign]


def said(office: Office, change: str = "import articles") -> Counter[str]:
    """How often each article was said in imports."""
    store, me = office.parts.node._store, office.parts.who.member_id
    return Counter(
        record.body["ident_no"]
        for feed in store.heads()
        if feed.member == me
        for record in store.records(feed, 0, 10_000)
        if record.kind == ArticleSet.kind and record.body.get("change", "").startswith(change)
    )


def kept(office: Office) -> str | None:
    return office.parts.node._store.kept(KEPT)


ONCE = Counter(str(number) for number in range(COUNT))


@pytest.mark.parametrize("after", [False, True], ids=["before it is durable", "after it is durable"])
async def test_whatever_step_it_is_cut_off_at_the_next_start_completes_it(
    home: Home, tmp_path: Path, after: bool
) -> None:
    for at in range(STEPS + 1):
        copy = Home(tmp_path / f"cut {at}")
        shutil.copytree(home.path, copy.path)
        async with opened(copy) as office:
            cut_at(office, at, Cut(), after=after)
            with pytest.raises(Cut):
                await office.ask("take_over", **request())
        begun = at > 0 or after
        async with opened(copy) as office:
            assert bool(kept(office)) == (begun and not (after and at == STEPS)), at
            await office.ask("take_over_complete")
            assert said(office) == (ONCE if begun else Counter()), at
            assert [each.name for each in office.parts.books.all_articles()] == (
                [f"Ware {number}" for number in range(COUNT)] if begun else []
            )
            assert kept(office) is None
            looked = await office.ask("take_over", **request(), look=True)
            assert looked["unchanged"] == (COUNT if begun else 0)


async def test_a_process_that_is_killed_has_the_whole_import_after_its_next_start(home: Home) -> None:
    command = [sys.executable, "-m", "tests.app.office.bulk.killed", str(home.path)]
    killed = await asyncio.to_thread(subprocess.run, command, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    async with opened(home) as office:
        assert 0 < sum(said(office).values()) < COUNT
        assert (await office.ask("taking_over"))["state"] == "waiting"
    async with wiring.opened(home, SETTINGS, network=True) as parts:
        office = Office(parts)
        async with asyncio.timeout(20):
            while (await office.ask("taking_over"))["state"]:
                await asyncio.sleep(0.02)
        assert said(office) == ONCE
        await office.ask("master_set", kind="article", key="9", values={"price": "5"})
        assert office.parts.books.article("9").price_minor == 500  # type: ignore[union-attr]
        entered = await office.ask("office_enter")
        (told,) = words.lines(entered["notices"][0])
        assert "had been cut off and was completed: 10 of 10" in told
        assert (await office.ask("office_enter"))["notices"] == [], "told once"
        log = [(entry["user"], entry["detail"]) for entry in await office.ask("office_log", action="office_done")]
        assert [user for user, _ in log] == ["anna", "anna"]
        assert "completed after an interruption, 10 of 10" in log[0][1]
        change = (await office.ask("master_changes"))[0]
        assert (change["values"], change["by"]) == (COUNT, "anna")


async def test_what_was_changed_in_between_is_left_and_told(home: Home) -> None:
    async with opened(home) as office:
        cut_at(office, 2, Cut())
        with pytest.raises(Cut):
            await office.ask("take_over", **request())
    async with opened(home) as office:
        theirs = ArticleSet("8", "Theirs", 1, "EUR", "1", by="bert")
        await office.parts.engine.journal([Entry(*write(theirs))])
        await office.ask("take_over_complete")
        assert office.parts.books.article("8").name == "Theirs"  # type: ignore[union-attr]
        assert said(office) == ONCE - Counter("8")
        lines = words.lines((await office.ask("office_enter"))["notices"][0])
        assert any("left as somebody else has changed it meanwhile: article 8" in line for line in lines)


async def test_what_comes_while_it_is_written_is_left_too(home: Home) -> None:
    async with opened(home) as office:
        journal = office.parts.engine.journal

        async def beside(entries: Sequence[Entry], **how: Any) -> None:
            await journal(entries, **how)
            if entries and entries[0].body.get("ident_no") == "0":
                await journal([Entry(*write(ArticleSet("7", "Theirs", 1, "EUR", "1", by="bert")))])

        office.parts.engine.journal = beside  # type: ignore[method-assign]
        answer = await office.ask("take_over", **request())
        assert (answer["imported"], answer["left"], answer["resumed"]) == (COUNT - 1, ("article 7",), False)
        assert office.parts.books.article("7").name == "Theirs"  # type: ignore[union-attr]


def room(office: Office, pages: int) -> None:
    """The store's file may grow by so many pages."""
    connection = office.parts.node._store._writer._connection
    now = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={now + pages}")


async def test_a_disk_too_full_for_the_intent_begins_nothing_and_says_so(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "packed", lambda _made: "x" * 400_000)
    async with opened(home) as office:
        room(office, 2)
        refused = await office.refused("take_over", **request())
        assert refused.code == "import_not_begun"
        assert str(refused) == "the disk is full; make room and try again; nothing of it was written"
        assert not said(office)
        assert (await office.ask("taking_over"))["state"] == ""
        room(office, 100_000)
        monkeypatch.undo()
        assert (await office.ask("take_over", **request()))["imported"] == COUNT


async def test_a_disk_that_fills_up_in_between_is_told_and_the_rest_follows_by_itself(home: Home) -> None:
    async with opened(home) as office:
        journal = office.parts.engine.journal
        cut_at(office, 2, JournalRefused("disk_full"))
        refused = await office.refused("take_over", **request())
        assert refused.code == "import_cut"
        assert "the disk is full; make room and try again: 3 of 10 are written" in str(refused)

        async def full(_entries: Sequence[Entry], **_how: Any) -> None:
            raise JournalRefused("disk_full")

        office.parts.engine.journal = full  # type: ignore[method-assign]
        refused = await office.refused("master_set", kind="article", key="1", values={"price": "5"})
        assert refused.code == "import_cut"
        assert "cannot be completed now: the disk is full" in str(refused)
        with pytest.raises(JournalRefused):
            await office.ask("take_over_complete")  # tried again and again
        assert (await office.ask("taking_over"))["state"] == "waiting"
        office.parts.engine.journal = journal  # type: ignore[method-assign]
        await office.ask("take_over_complete")
        assert said(office) == ONCE


async def test_one_that_may_not_begin_leaves_nothing_behind(home: Home) -> None:
    async with opened(home) as office:
        cut_at(office, 1, JournalRefused("recovering"))
        refused = await office.refused("take_over", **request())
        assert refused.code == "import_not_begun"
        assert kept(office) is None


async def test_one_that_is_stopped_says_how_far_it_came_and_is_taken_back_as_a_whole(home: Home) -> None:
    async with opened(home) as office:
        assert (await office.refused("take_over_stop")).code == "nothing_running"
        journal = office.parts.engine.journal
        stopping: list[asyncio.Task[Any]] = []

        async def stopped(entries: Sequence[Entry], **how: Any) -> None:
            await journal(entries, **how)
            if entries and not stopping:
                stopping.append(asyncio.create_task(office.ask("take_over_stop")))
                await asyncio.sleep(0)

        office.parts.engine.journal = stopped  # type: ignore[method-assign]
        answer = await office.ask("take_over", **request())
        told = await stopping[0]
        assert (answer["stopped"], answer["imported"], told["done"]) == (True, STEP, STEP)
        lines = words.lines(answer)
        assert "was stopped: 3 of 10 are written, 7 are not" in lines[0]
        assert f'tillmesh master undo --change "{answer["change"]}"' in lines[1]
        assert words.lines(told) == lines
        assert (await office.ask("office_log", action="office_done"))[0]["detail"].endswith("stopped, 3 of 10")
        undone = await office.ask("master_undo_change", change=answer["change"])
        assert undone["undone"] == STEP
        assert [each.name for each in office.parts.books.all_articles() if not each.removed] == []
    async with opened(home) as office:
        await office.ask("take_over_complete")
        assert sum(said(office).values()) == STEP, "it has ended"


async def test_one_that_was_cut_off_can_be_left_as_it_is(home: Home) -> None:
    async with opened(home) as office:
        cut_at(office, 3, Cut())
        with pytest.raises(Cut):
            await office.ask("take_over", **request())
    async with opened(home) as office:
        told = await office.ask("take_over_stop")
        assert (told["stopped"], told["done"], told["of"]) == (True, 6, COUNT)
        await office.ask("take_over_complete")
        assert sum(said(office).values()) == 6


async def test_a_backup_in_between_has_what_is_still_to_come(home: Home, tmp_path: Path) -> None:
    async with opened(home) as office:
        cut_at(office, 2, Cut())
        with pytest.raises(Cut):
            await office.ask("take_over", **request())
        await asyncio.to_thread(write_backup, home.path, tmp_path / "b.zip", now_wall_ms=1)
    back = Home(tmp_path / "back")
    await asyncio.to_thread(restore, tmp_path / "b.zip", back.path)
    async with opened(back) as office:
        journal, steps = office.parts.engine.journal, list[list[str]]()

        async def counted(entries: Sequence[Entry], **how: Any) -> None:
            steps.append([entry.kind for entry in entries])
            await journal(entries, **how)

        office.parts.engine.journal = counted  # type: ignore[method-assign]
        # Nobody has completed it yet: the next deed does so first.
        await office.ask("master_set", kind="article", key="9", values={"price": "5"})
        assert said(office) == ONCE
        assert office.parts.books.article("9").price_minor == 500  # type: ignore[union-attr]
        # A home that was put back waits with writing until it knows what it wrote since: what is still to come of an
        # import is asked for only after something else was let through.
        assert next(kinds for kinds in steps if kinds) == [AuditLogged.kind]


async def test_an_undo_of_many_is_whole_too(home: Home) -> None:
    async with opened(home) as office:
        change = (await office.ask("take_over", **request()))["change"]
        cut_at(office, 2, Cut())
        with pytest.raises(Cut):
            await office.ask("master_undo_change", change=change)
    async with opened(home) as office:
        await office.ask("take_over_complete")
        assert [each for each in office.parts.books.all_articles() if not each.removed] == []
        assert set(said(office, "undo import").values()) == {1}


async def test_an_intent_that_cannot_be_read_is_told_and_holds_up_nobody(home: Home) -> None:
    async with opened(home) as office:
        await office.parts.engine.journal([], keep={KEPT: "junk"})
    async with opened(home) as office:
        await office.ask(
            "master_set", kind="article", values={"ident_no": "1", "name": "a", "price": "1", "vat_key": "1"}
        )
        assert "cannot be read any more" in words.lines((await office.ask("office_enter"))["notices"][0])[0]
        assert kept(office) is None


async def test_orders_placed_changed_and_cancelled_are_one_deed(home: Home) -> None:
    header = "order_no;ident_no;quantity;price;state\n"
    first = "".join(f"W-{no};1;1;2,00;\n" for no in (1, 2))
    then = header + "W-1;1;5;2,00;\nW-2;;;;storno\n" + "".join(f"W-{no};1;1;2,00;\n" for no in range(3, 3 + COUNT))
    async with opened(home) as office:
        await office.set("article", ident_no="1", name="a", price="1", vat_key="1")
        await office.ask("orders_import", text=header + first)
        cut_at(office, 2, Cut())
        with pytest.raises(Cut):
            await office.ask("orders_import", text=then)
    async with opened(home) as office:
        await office.ask("take_over_complete")
        assert await office.ask("orders_complete") == {"waiting": 0}
        states = {row["order_no"]: (row["state"], row["total"]) for row in await office.ask("export", what="orders")}
        assert states == {
            "W-1": ("open", "10.00"),
            "W-2": ("cancelled", "2.00"),
            **{f"W-{no}": ("open", "2.00") for no in range(3, 3 + COUNT)},
        }
        again = await office.ask("orders_import", text=then)
        assert (again["unchanged"], again["placed"], again["changed"]) == (COUNT + 2, [], [])


async def test_a_catalogue_is_filled_and_removed_whole(home: Home) -> None:
    lines = "ident_no\n" + "".join(f"{number}\n" for number in range(COUNT))
    async with opened(home) as office:
        await office.ask("take_over", **request())
        await office.ask("catalogue_set", catalogue="fair", value={"name": "Messe"})
        cut_at(office, 2, Cut())
        with pytest.raises(Cut):
            await office.ask("catalogue_import", catalogue="fair", text=lines)
    async with opened(home) as office:
        shown = await office.ask("catalogue_shown", catalogue="fair")
        assert shown["articles"] == STEP
        # The next deed finds it whole: nothing of it is left behind.
        await office.ask("catalogue_remove", catalogue="fair")
        await office.ask("catalogue_set", catalogue="fair", value={"name": "Messe"})
        assert (await office.ask("catalogue_shown", catalogue="fair"))["articles"] == 0
