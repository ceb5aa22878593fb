from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from replication import tickets
from replication.core import effects, events
from replication.core.asking import RUNNING
from replication.core.model import Entry, Feed
from replication.enrolment import join_network, release_slot
from replication.identity import Identity
from replication.node import AppendRefused, Node, PortInUse
from replication.store import Store
from tests.replication.running import Books, Running, Start, note, now, until

Two = tuple[Running, Running]


async def test_the_founder_journals_the_founding_by_itself_and_only_once(founder: Identity, start: Start) -> None:
    first = await start(founder)
    assert first.node.roster.network_name == "Messestand"
    assert [member.till_no for member in first.node.roster.members.values()] == [1]
    await first.stop()
    again = await start(founder, books=first.books)
    await again.node.settled()
    assert [record.kind for record in again.books.records] == ["network.founded/1"]


async def test_what_was_appended_is_on_disk_and_soon_in_the_books(founder: Identity, start: Start) -> None:
    first = await start(founder)
    (record,) = await first.node.append([note("one")], keep={"open_sale": "{}"})
    assert first.store.records(record.feed, 0, 10) == [record]
    assert first.store.kept("open_sale") == "{}"
    await first.node.settled()
    assert first.books.said() == ["one"]
    assert "books" in first.changes


async def test_values_are_kept_without_facts(founder: Identity, start: Start) -> None:
    first = await start(founder)
    await first.node.keep({"open_sale": "{}", "other": "1"})
    await first.node.keep({"open_sale": None})
    kept = first.store.kept_all()
    assert kept.pop(RUNNING) == "1"
    assert kept == {"other": "1"}


async def test_what_ended_in_order_may_promise_at_once_when_it_starts_again(founder: Identity, start: Start) -> None:
    first = await start(founder)
    await first.node.append([note(1)])
    assert RUNNING in first.store.kept_all()
    await first.node.stop()
    await until(lambda: RUNNING not in first.store.kept_all())


async def test_records_reach_the_other_till_at_once(two_tills: Two) -> None:
    first, second = two_tills
    for n in range(20):
        await first.node.append([note(n)])
        await second.node.append([note(100 + n)])
    await until(lambda: len(first.books.said()) == len(second.books.said()) == 40)
    assert sorted(first.books.said()) == sorted(second.books.said())
    await until(lambda: second.node.status()["pending"] == 0)


async def test_a_till_that_was_away_catches_up_and_gives_what_it_wrote_meanwhile(two_tills: Two, start: Start) -> None:
    first, second = two_tills
    await second.stop()
    await until(lambda: first.peers() == [])
    await first.node.append([note(n) for n in range(700)])
    alone = await start(second.identity, books=second.books, listen=None)
    await alone.node.append([note("alone")])
    await alone.stop()
    back = await start(second.identity, books=second.books, peers=[first.address])
    await until(lambda: len(back.books.said()) == 701 and len(first.books.said()) == 701)
    assert sorted(map(str, first.books.said())) == sorted(map(str, back.books.said()))


async def test_a_link_that_breaks_is_made_again(two_tills: Two) -> None:
    first, second = two_tills
    for link_id in list(second.node._links._links):
        second.node._links.close(link_id, "pulled the plug")
    await until(lambda: first.peers() == [] or second.peers() == [])
    await first.node.append([note("meanwhile")])
    await until(lambda: first.peers() == [2] and second.books.said() == ["meanwhile"])


async def test_members_learn_of_each_other_through_the_authority(two_tills: Two, start: Start, tmp_path: Path) -> None:
    first, second = two_tills
    third = await start(await join(first, tmp_path / "till-3", 3), peers=[second.address])
    await until(lambda: [run.peers() for run in (first, second, third)] == [[2, 3], [1, 3], [1, 2]])
    await third.node.append([note("three")])
    await until(lambda: first.books.said() == second.books.said() == ["three"])


async def test_a_claim_is_promised_by_the_other_till_and_refused_to_it_meanwhile(two_tills: Two) -> None:
    first, second = two_tills
    mine = await first.node.claim("voucher/1")
    assert (mine.granted, mine.coverage.promised) == (True, (second.identity.member_id,))
    theirs = await second.node.claim("voucher/1")
    assert not theirs.granted
    await first.node.append([note("used")], claim_id=mine.claim_id)
    first.node.release_claim(mine.claim_id)
    await until(lambda: second.books.said() == ["used"])
    assert (await second.node.claim("voucher/1")).granted


async def test_books_that_missed_something_get_it_before_the_till_opens(founder: Identity, start: Start) -> None:
    first = await start(founder)
    await first.node.append([note(n) for n in range(1200)])
    await first.stop()
    half = Books()
    half.records = [record for record in first.books.records if record.seq <= 700]
    again = await start(founder, books=half)
    assert again.books.said() == list(range(1200))
    rebuilt = await start_anew(again, start)
    assert rebuilt.books.records == again.books.records


async def start_anew(running: Running, start: Start) -> Running:
    await running.stop()
    return await start(running.identity, books=Books())


async def test_a_full_disk_refuses_the_append_and_the_till_goes_on(founder: Identity, start: Start) -> None:
    first = await start(founder)
    connection = first.store._writer._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages + 1}")
    with pytest.raises(AppendRefused, match="free some space") as refused:
        await first.node.append([note("x" * 60_000)], keep={"open_sale": "paid"})
    assert refused.value.code == "disk_full"
    connection.execute("PRAGMA max_page_count=1000000")
    await first.node.append([note("after")])
    await first.node.settled()
    assert first.books.said() == ["after"]
    assert first.store.kept("open_sale") is None


async def test_books_that_cannot_be_written_do_not_stop_selling(
    founder: Identity, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("replication.applier.RETRY_S", 0.01)
    first = await start(founder)
    first.books.fail_with = OSError("no space left")
    await first.node.append([note("one")])
    await first.node.append([note("two")])
    async with asyncio.timeout(30):
        while not first.books.failures:  # the books are tried a moment after the answer
            await asyncio.sleep(0.001)
    async with asyncio.timeout(30):
        with pytest.raises(AppendRefused, match="no space left"):  # nobody waits until somebody makes room
            await first.node.settled()
    first.books.fail_with = None
    await until(lambda: len(first.books.said()) == 2)
    await first.node.settled()
    assert first.books.said() == ["one", "two"]
    await first.stop()
    again = await start(founder, books=first.books)
    assert [row.what for row in again.store.log(100)].count("books") == 2


async def test_books_that_cannot_be_written_keep_nobody_from_hearing_what_is_on_disk(
    two_tills: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop hears of a fact from elsewhere when the books have it; if they are stuck, with the next tick."""
    monkeypatch.setattr("replication.applier.RETRY_S", 0.01)
    first, second = two_tills
    second.books.fail_with = OSError("no space left")
    await first.node.append([note("one")])
    await until(lambda: first.node.status()["pending"] == 0)
    await first.node.append([note("two")])
    await first.node.append([note("three")])
    await until(lambda: first.node.status()["pending"] == 0)
    assert second.books.failures
    assert second.books.said() == []
    second.books.fail_with = None
    await until(lambda: len(second.books.said()) == 3)
    await second.node.settled()
    assert second.books.said() == ["one", "two", "three"]


async def test_a_damaged_document_refuses_to_write_and_says_why(founder: Identity, start: Start) -> None:
    first = await start(founder)
    await first.node.append([note("one")])
    await first.stop()
    store = Store.open(founder.folder.parent / "store.sqlite")
    store._writer._connection.execute("UPDATE chunks SET data = x'00'")
    store.close()
    again = await start(founder, books=first.books)
    with pytest.raises(AppendRefused, match="is damaged") as refused:
        async with asyncio.timeout(30):
            await again.node.append([note("two")])
    assert refused.value.code == "store_damaged"


async def test_a_port_in_use_ends_the_start_with_a_sentence_and_nothing_left_open(
    founder: Identity, start: Start
) -> None:
    first = await start(founder)
    store = Store.open(founder.folder.parent / "other.sqlite")
    second = Node(
        identity=founder, store=store, clock=now, rng=random.Random(), apply=Books().apply, on_change=print,
        listen=("127.0.0.1", first.node.port), discovery=False,
    )  # fmt: skip
    with pytest.raises(PortInUse, match="choose another address with --listen"):
        await second.start()
    await second.stop()
    store.close()
    await first.node.append([note("undisturbed")])


async def test_a_node_without_a_port_serves_one_append(founder: Identity, start: Start) -> None:
    alone = await start(founder, listen=None)
    assert alone.node.port == 0
    (record,) = await alone.node.append([note("offline", topic="master")])
    assert record.feed.topic == "master"


async def test_an_append_that_is_under_way_is_finished_before_the_end(founder: Identity, start: Start) -> None:
    first = await start(founder)
    appending = [asyncio.create_task(first.node.append([note(n)])) for n in range(50)]
    await asyncio.sleep(0)
    await first.stop()
    assert [len(await task) for task in appending] == [1] * 50
    assert first.books.said() == list(range(50))
    with pytest.raises(AppendRefused, match="closing"):
        await first.node.append([note("late")])


async def test_the_sync_log_tells_who_came_and_what_was_sent(two_tills: Two) -> None:
    first, second = two_tills
    await first.node.append([note("one")])
    await until(lambda: second.books.said() == ["one"])
    await until(lambda: any(row.what == "received" and "note/1" in row.detail for row in second.store.log(100)))
    assert "connected" in {row.what for row in second.store.log(100)}


async def test_a_peer_that_is_away_is_one_line_in_the_log(founder: Identity, start: Start) -> None:
    first = await start(founder, peers=["127.0.0.1:1"])
    tries = 0
    dial = first.node._links.dial

    def count(target: str) -> None:
        nonlocal tries
        tries += 1
        dial(target)

    first.node._links.dial = count  # type: ignore[method-assign]
    await until(lambda: tries >= 2)
    await until(lambda: first.store.log(10) != [])
    assert [(row.what, row.peer, row.detail) for row in first.store.log(10)] == [
        ("dial_failed", "127.0.0.1:1", "nobody listens there")
    ]


async def test_a_revoked_till_is_cut_off_and_not_let_in_again(two_tills: Two) -> None:
    first, second = two_tills
    revocation = Entry("membership", "member.revoked/1", {"member_id": second.identity.member_id})
    await first.node.append([revocation])
    await until(lambda: first.peers() == [] and second.peers() == [])
    await first.node.append([note("for members only")])
    await second.node.append([note("let me in")])
    second.node._links.dial(first.address)
    await until(lambda: any("revoked" in row.detail for row in second.store.log(50)))
    await asyncio.sleep(0.2)
    assert first.peers() == []
    assert first.books.said() == ["for members only"]
    assert second.books.said() == ["let me in"]


async def test_a_hub_that_fails_on_a_message_costs_one_link_only(
    two_tills: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two_tills
    handle = first.node._hub.handle
    fail = True

    def handle_badly(at: object, event: object) -> object:
        nonlocal fail
        if fail and type(event).__name__ == "Received":
            fail = False
            raise RuntimeError("a defect")
        return handle(at, event)  # type: ignore[arg-type]

    monkeypatch.setattr(first.node._hub, "handle", handle_badly)
    await second.node.append([note("one")])
    await until(lambda: first.books.said() == ["one"])
    assert not fail
    await until(lambda: any("internal error" in row.detail for row in first.store.log(100)))


async def test_waiting_work_is_bounded(founder: Identity, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await start(founder)
    monkeypatch.setattr(tickets, "MAX_WAITING", 3)
    answers = await asyncio.gather(*(first.node.append([note(n)]) for n in range(5)), return_exceptions=True)
    assert [isinstance(answer, AppendRefused) for answer in answers] == [False] * 3 + [True] * 2


async def test_a_long_record_is_refused_alone(founder: Identity, start: Start) -> None:
    first = await start(founder)
    with pytest.raises(AppendRefused):
        await first.node.append([note("x" * 100_000)])
    assert len(await first.node.append([note("short")])) == 1


async def join(authority: Running, home: Path, no: int) -> Identity:
    return await join_network(home, await authority.code(no, f"Kasse {no}"), discovery=False)


async def test_a_batch_that_reaches_the_disk_while_the_node_ends_starts_nothing_anew(
    founder: Identity, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = await start(founder)
    code_released = release_slot(founder, running.node.roster, 2, "Kasse 2", now_wall_ms=now().wall_ms)[1]
    late: list[Callable[[], None]] = []
    submit = running.store.submit

    def held_back(batch: effects.Store, done: Callable[[events.Event], None]) -> None:
        submit(batch, lambda outcome: late.append(partial(done, outcome)))

    monkeypatch.setattr(running.store, "submit", held_back)
    running.node._handle(events.Append(999_999, (code_released,)))  # as records of a peer: nobody waits for them
    await until(lambda: bool(late))
    await running.node.stop()
    late[0]()
    for _ in range(5):
        await asyncio.sleep(0)
    renewal = running.node._standing._renewal
    assert not running.node._background.tasks
    assert renewal is None or renewal.cancelled() or renewal.exception() is None


async def test_status_says_how_much_was_refused_and_how_much_of_that_was_dropped(
    founder: Identity, start: Start
) -> None:
    running = await start(founder)
    assert running.node.status()["quarantine"] == {"kept": 0, "dropped": 0}
    await running.node.keep_evidence("carrier x", "foreign", "{}")
    assert running.node.status()["quarantine"] == {"kept": 1, "dropped": 0}


async def test_a_till_closes_although_books_that_cannot_be_written_let_nothing_more_in(
    two_tills: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing, other = two_tills
    monkeypatch.setattr("replication.node.MAX_UNAPPLIED", 0)
    monkeypatch.setattr("replication.applier.RETRY_S", 0.01)
    closing.books.fail_with = OSError("no space left")
    for number in range(5):
        await other.node.append([note(number)])
    await until(lambda: not closing.node._has_room.is_set())
    for _ in range(5):
        await other.node.append([note("waits outside")])
        await asyncio.sleep(0.05)  # a message of its own
    async with asyncio.timeout(30):
        await closing.node.stop()


async def test_whoever_asks_hears_of_a_defect(founder: Identity, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    running = await start(founder)

    def handle_badly(_at: object, _event: object) -> object:
        raise RuntimeError("a defect")

    monkeypatch.setattr(running.node._hub, "handle", handle_badly)
    node, feed = running.node, Feed(running.identity.member_id, "sales")
    for ask in (
        node.append([note("one")]),
        node.claim("voucher:1"),
        node.sign_off(),
        node.hand_over("nobody"),
        node.confirm(),
        node.keep_evidence("carrier x", "foreign", "{}"),
        node.carry(feed, 0, (), "carrier x"),
    ):
        async with asyncio.timeout(30):
            with pytest.raises(AppendRefused, match="a defect"):
                await ask
    monkeypatch.undo()
