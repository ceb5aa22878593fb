"""Hardware that takes a dead till's place: no number twice, whatever of the dead one's tail nobody has heard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.books.questions.numbers import HighestOwn
from app.books.questions.periods import AskPeriod
from app.domain.number_range import Beginning, NumberRange
from app.facts.master import ReferenceSet
from app.till.commands import Park, Pay, Redeem, Scan, SellVoucher, Training, XReport, ZReport
from app.till.ports import JournalRefused, Readiness
from app.till.refusals import sentence
from tests.app.till.asking import done, refusal
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till

FEED = "4006381333931"


def replaced(network: FakeNetwork, folder: Path, old: FakeTill, generation: int = 2) -> FakeTill:
    """New hardware with the number of a till that is gone."""
    old.engine.connected = False
    new = make_till(network, folder, old.engine.till_no, generation=generation)
    new.engine.ready = Readiness(None, Beginning.of(generation, since=network.stamp()))
    return new


async def sold(till: FakeTill) -> str:
    """A receipt's number."""
    await done(till, Scan(FEED))
    return str((await done(till, Pay()))["receipt_no"])


def assigned(range_id: str, prefix: str, start: int, end: int, till_no: int = 3) -> ReferenceSet:
    value = msgspec.to_builtins(NumberRange(range_id, "receipt", till_no, prefix, start, end, 4))
    return ReferenceSet("number_range", range_id, value)


@pytest.fixture
def old(network: FakeNetwork, tmp_path: Path) -> FakeTill:
    """Till 3, which has sold; till 1 knows of it."""
    make_till(network, tmp_path, 1)
    return make_till(network, tmp_path, 3)


async def test_numbers_of_every_kind_begin_above_a_million(network: FakeNetwork, tmp_path: Path, old: FakeTill) -> None:
    assert [await sold(old), await sold(old)] == ["3-000001", "3-000002"]
    old.engine.connected = False
    assert await sold(old) == "3-000003"  # nobody hears of it
    new = replaced(network, tmp_path / "new", old)
    assert [await sold(new), await sold(new)] == ["3-1000001", "3-1000002"]
    await done(new, Scan(FEED))
    assert (await done(new, Park()))["park_no"] == "P3-1000001"
    closed = await done(new, ZReport())
    assert (closed["z_no"], closed["z_report_no"], closed["receipts"]) == (1_000_001, "Z3-1000001", 2)
    assert (await done(new, ZReport()))["z_no"] == 1_000_002
    await done(new, Training(on=True))
    assert await sold(new) == "T3-1000001"
    # The float that the second Z report left in the drawer is booked in the third period.
    assert new.books.ask(HighestOwn(3)) == 1_000_003
    assert new.restarted().session.next_receipt_no == "3-1000003"


async def test_what_the_dead_till_had_not_closed_stays_open_in_the_networks_figures(
    network: FakeNetwork, tmp_path: Path, old: FakeTill
) -> None:
    await sold(old)
    new = replaced(network, tmp_path / "new", old)
    await sold(new)
    assert (await done(new, ZReport()))["receipts"] == 1
    assert new.books.ask(AskPeriod(None, "EUR")).receipts == 1


async def test_a_range_of_the_dead_till_does_not_count_until_another_is_assigned(
    network: FakeNetwork, tmp_path: Path, old: FakeTill
) -> None:
    network.engines[0].say([assigned("fair", "F/", 1, 50)])
    assert await sold(old) == "F/0001"
    new = replaced(network, tmp_path / "new", old)
    await done(new, Scan(FEED))
    fields = await done(new, Pay())
    assert (fields["receipt_no"], fields["warning"]) == ("3-1000001", {"code": "numbers_unsure", "kind": "receipt"})
    assert "office" in sentence("numbers_unsure", fields["warning"], str)
    # Repeating it, or another piece of it, tells nothing of where the dead till had got to in it.
    network.engines[0].say([assigned("fair", "F/", 1, 50), assigned("more", "F/", 40, 90)])
    assert await sold(new) == "3-1000002"
    network.engines[0].say([assigned("new", "F/", 51, 60)])
    assert [await sold(new), await sold(new)] == ["F/0051", "F/0052"]


async def test_the_first_hardware_uses_whatever_is_assigned(network: FakeNetwork, old: FakeTill) -> None:
    network.engines[0].say([assigned("fair", "F/", 1, 50)])
    assert await sold(old) == "F/0001"


async def test_a_floor_that_is_raised_while_the_till_runs_holds_from_the_next_command(
    network: FakeNetwork, old: FakeTill
) -> None:
    assert await sold(old) == "3-000001"
    await done(old, Scan(FEED))
    old.engine.ready = Readiness(None, Beginning.of(1, 100_000, network.stamp()))
    for listener in old.engine.listeners:
        listener("membership")
    assert (await done(old, Pay()))["receipt_no"] == "3-100001"
    assert (await done(old, ZReport()))["z_no"] == 100_001
    # What is durable is asked anew after a failed append: the floor holds then, too.
    await done(old, Scan(FEED))
    old.engine.refusals.append(JournalRefused("disk_full"))
    assert (await refusal(old, Pay())).code == "disk_full"
    assert (await done(old, Pay()))["receipt_no"] == "3-100002"


async def test_a_generation_ends_with_its_million(network: FakeNetwork, old: FakeTill) -> None:
    assert await sold(old) == "3-000001"
    for left, warned in ((100_001, False), (99_999, True), (0, True)):
        old.session._counter.next_sequence = 1_000_000 - left
        await done(old, Scan(FEED))
        assert ("warning" in await done(old, Pay())) == warned
    await done(old, Scan(FEED))
    assert (await refusal(old, Pay())).code == "numbers_used_up"
    network.engines[0].say([assigned("more", "M/", 1, 50)])
    assert (await done(old, Pay()))["receipt_no"] == "M/0001"


stories = st.lists(st.sampled_from(["sell", "sell", "cut", "replace", "z", "restart"]), max_size=12)


@settings(max_examples=10, deadline=None)
@given(stories)
def test_no_sequence_of_replacements_gives_a_number_twice_and_each_counts_without_a_gap(story: list[str]) -> None:
    async def told(folder: Path) -> None:
        network = FakeNetwork()
        make_till(network, folder, 1)
        till, generation = make_till(network, folder, 3), 1
        numbers: list[tuple[int, str]] = []
        periods: list[int] = []
        for step in story:
            match step:
                case "sell":
                    numbers.append((generation, await sold(till)))
                case "cut":
                    till.engine.connected = False
                case "replace":
                    generation += 1
                    till = replaced(network, folder / str(generation), till, generation)
                case "z":
                    periods.append((await done(till, ZReport()))["z_no"])
                case "restart":
                    till = till.restarted()
        network.close()
        assert len({number for _, number in numbers}) == len(numbers)
        assert len(set(periods)) == len(periods)
        for each in {generation for generation, _ in numbers}:
            mine = [number for of, number in numbers if of == each]
            assert mine == [f"3-{(each - 1) * 1_000_000 + count:06d}" for count in range(1, len(mine) + 1)]

    with TemporaryDirectory() as folder:
        asyncio.run(told(Path(folder)))


async def test_until_its_first_data_are_here_a_till_sells_nothing_and_answers_questions(
    network: FakeNetwork, open_till: Callable[..., FakeTill], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.till.runner.STALLED_S", 0.1)
    till = open_till()
    till.engine.ready = Readiness((12, 40))
    for command in (Scan(FEED), SellVoucher("5"), Redeem("1234"), ZReport(), Training(on=True)):
        refused = await refusal(till, command)
        assert (refused.code, refused.values) == ("provisioning", {"done": "12", "of": "40"})
        assert "12 of 40" in sentence(refused.code, refused.values, str)
    assert (await done(till, XReport()))["receipts"] == 0
    till.engine.ready = Readiness()
    assert await sold(till) == "1-000001"


async def test_a_command_waits_for_the_first_data_while_they_come(
    network: FakeNetwork, open_till: Callable[..., FakeTill], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.till.runner.LOOK_AGAIN_S", 0.01)
    monkeypatch.setattr("app.till.runner.STALLED_S", 0.1)
    till = open_till()
    asked = 0

    async def readiness() -> Readiness:
        nonlocal asked
        asked += 1
        return Readiness((asked, 30)) if asked < 30 else Readiness(None, Beginning.of(2))

    monkeypatch.setattr(till.engine, "readiness", readiness)
    assert await sold(till) == "1-1000001"
    assert asked == 30


async def test_a_command_does_not_wait_for_ever(
    network: FakeNetwork, open_till: Callable[..., FakeTill], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.till.runner.LOOK_AGAIN_S", 0.01)
    monkeypatch.setattr("app.till.runner.PROVISIONING_S_MAX", 0.1)
    till = open_till()
    asked = iter(range(1, 1_000_000))

    async def readiness() -> Readiness:
        return Readiness((next(asked), 1_000_000))

    monkeypatch.setattr(till.engine, "readiness", readiness)
    assert (await refusal(till, Scan(FEED))).code == "provisioning"
