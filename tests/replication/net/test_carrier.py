"""A stick from till to till: nothing lost, nothing twice, nothing believed that is not signed."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from replication.core.model import Entry, Feed
from replication.enrolment import join_network
from replication.identity import Identity, found_network
from replication.net import carrier_files as files
from replication.net import carrier_folder
from replication.net.carrier import Carrier, CarrierRefused, Read, Written
from replication.verify import verify
from tests.replication.running import Running, Start, new_id, note, until

Apart = tuple[Running, Running]


def carrier(running: Running) -> Carrier:
    return Carrier(running.node, running.store, running.identity, new_id)


async def write(running: Running, stick: Path) -> Written:
    return await carrier(running).write(stick)


async def read(running: Running, stick: Path) -> Read:
    result = await carrier(running).read(stick)
    await running.node.settled()
    return result


def own_folder(running: Running, stick: Path) -> Path:
    return stick / "tillmesh" / running.identity.network_id / running.identity.member_id


def segments(running: Running, stick: Path) -> list[Path]:
    return sorted(own_folder(running, stick).glob("*.segment"))


def all_said(running: Running) -> Counter[object]:
    return Counter(running.books.said())


def codes(result: Read) -> list[str]:
    return sorted(fault.code for fault in result.refused)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


@pytest.fixture
async def apart(founder: Identity, start: Start, tmp_path: Path) -> Apart:
    """Till 1 and till 2 of one network, which cannot hear each other any more."""
    return await separated(founder, start, tmp_path, 2)  # type: ignore[return-value]


async def separated(founder: Identity, start: Start, tmp_path: Path, tills: int) -> tuple[Running, ...]:
    first = await start(founder)
    members = [first]
    for no in range(2, tills + 1):
        code = await first.code(no, f"Kasse {no}")
        members.append(await start(await join_network(tmp_path / f"till-{no}", code, discovery=False)))
    everyone = set(range(1, tills + 1))
    await until(lambda: all(len(member.node.roster.members) == tills for member in members))
    await until(lambda: {no for member in members for no in member.peers()} == everyone)
    membership = Feed(founder.member_id, "membership")
    await until(lambda: len({member.store.heads().get(membership) for member in members}) == 1)
    alone = []
    for member in members:
        await member.stop()
        alone.append(await start(member.identity, books=member.books, listen=None))
    return tuple(alone)


async def test_what_one_till_wrote_is_in_the_books_of_the_other(apart: Apart, stick: Path) -> None:
    one, other = apart
    await one.node.append([note(n) for n in range(700)])
    await one.node.append([note("receipt", "sales")])
    written = await write(one, stick)
    result = await read(other, stick)
    assert all_said(other) == all_said(one)
    assert result.taken == {"note/1": 701}
    assert result.refused == []
    assert result.known == written.records - 701
    assert verify(other.store, one.identity.network_id, one.identity.root, other.identity.member()).faults == ()
    assert other.store.heads()[Feed(one.identity.member_id, "circulation")].seq == 700


async def test_it_works_both_ways_and_the_stick_may_make_many_rounds(apart: Apart, stick: Path) -> None:
    for round_no in range(3):
        for running in apart:
            await running.node.append([note(f"{running.identity.member_id} {round_no}")])
            await write(running, stick)
        for running in apart:
            assert (await read(running, stick)).taken == {"note/1": 1 if running is apart[0] or round_no < 9 else 0}
    assert all_said(apart[0]) == all_said(apart[1])
    assert set(all_said(apart[0]).values()) == {1}


async def test_a_third_till_carries_between_two_that_share_no_stick(
    founder: Identity, start: Start, tmp_path: Path, stick: Path
) -> None:
    one, courier, other = await separated(founder, start, tmp_path, 3)
    await one.node.append([note("through a third")])
    await write(one, stick)
    await read(courier, stick)
    second = tmp_path / "second"
    second.mkdir()
    await write(courier, second)
    result = await read(other, second)
    assert other.books.said() == ["through a third"]
    assert [writer.member for writer in result.writers] == [courier.identity.member_id]


async def test_twice_is_as_good_as_once(apart: Apart, stick: Path) -> None:
    one, other = apart
    await one.node.append([note("once")])
    first = await write(one, stick)
    before = {path: path.stat().st_mtime_ns for path in own_folder(one, stick).iterdir()}
    again = await write(one, stick)
    assert (first.renewed, again.renewed, again.removed) == (first.files, 0, 0)
    assert {path: path.stat().st_mtime_ns for path in own_folder(one, stick).iterdir()} == before
    await read(other, stick)
    result = await read(other, stick)
    assert (result.taken, result.known, result.refused) == ({}, first.records, [])
    assert other.books.said() == ["once"]


async def test_only_what_has_changed_is_renewed_and_what_is_stale_goes(apart: Apart, stick: Path) -> None:
    one, _ = apart
    await one.node.append([note(n) for n in range(600)])
    await write(one, stick)
    await one.node.append([note("more")])
    again = await write(one, stick)
    assert (again.renewed, again.removed) == (1, 1)
    assert len(segments(one, stick)) == again.files


async def test_a_damaged_file_on_the_stick_is_written_anew(apart: Apart, stick: Path) -> None:
    one, other = apart
    await one.node.append([note("whole")])
    await write(one, stick)
    for path in segments(one, stick):
        path.write_bytes(path.read_bytes()[:-1])
    assert (await write(one, stick)).renewed > 0
    assert (await read(other, stick)).refused == []
    assert other.books.said() == ["whole"]


async def test_a_stick_that_is_full_keeps_what_it_said_before(
    apart: Apart, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = apart
    await one.node.append([note("before")])
    await write(one, stick)
    await one.node.append([note("after")])
    steps = 0
    for failing in range(30):
        left = [failing]

        def fsync(descriptor: int, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "no space left on the stick")

        with monkeypatch.context() as patch:
            patch.setattr(carrier_folder.os, "fsync", fsync)
            (result,) = await asyncio.gather(write(one, stick), return_exceptions=True)
        if isinstance(result, Written):
            break
        assert isinstance(result, CarrierRefused)
        assert result.code == "full"
        steps += 1
        # Whatever was half done: what is on the stick still says the truth.
        assert codes(await read(other, stick)) == []
    assert steps >= 3
    await read(other, stick)
    assert other.books.said() == ["before", "after"]


async def test_a_stick_pulled_out_before_its_manifest_says_nothing(apart: Apart, stick: Path) -> None:
    one, other = apart
    await one.node.append([note("unfinished")])
    await write(one, stick)
    (own_folder(one, stick) / files.MANIFEST).unlink()
    assert codes(await read(other, stick)) == ["no_manifest"]
    assert other.books.said() == []


CUTS: list[Callable[[int], int]] = [
    lambda _size: 0,
    lambda _size: 1,
    lambda _size: len(files.MAGIC) - 1,
    lambda _size: len(files.MAGIC),
    lambda _size: len(files.MAGIC) + 1,
    lambda _size: len(files.MAGIC) + 4,
    lambda _size: len(files.MAGIC) + 8,
    lambda _size: len(files.MAGIC) + 9,
    lambda size: size // 2,
    lambda size: size - 1,
]


async def test_a_truncated_file_is_named_kept_once_as_evidence_and_the_rest_is_read(apart: Apart, stick: Path) -> None:
    one, other = apart
    await one.node.append([note("short", "circulation")])
    await one.node.append([note("whole", "master")])
    await write(one, stick)
    path = file_of(one, stick, "circulation")
    whole = path.read_bytes()
    for cut in CUTS * 2:
        path.write_bytes(whole[: cut(len(whole))])
        result = await read(other, stick)
        assert codes(result) == ["truncated"]
        assert path.name in result.refused[0].where
        assert other.books.said() == ["whole"]
    rows = [row for row in other.store.quarantine() if path.name in row.feed]
    assert len(rows) == len(CUTS) - 1  # of an empty file there is no evidence


def file_of(running: Running, stick: Path, topic: str) -> Path:
    folder = own_folder(running, stick)
    manifest = msgspec.json.decode((folder / files.MANIFEST).read_bytes(), type=files.Manifest)
    feed = str(Feed(running.identity.member_id, topic))
    return folder / next(file.name for file in manifest.files if file.feed == feed)


async def test_a_file_that_was_changed_or_is_not_theirs_is_named(apart: Apart, stick: Path) -> None:
    one, other = apart
    await one.node.append([note("changed")])
    await write(one, stick)
    path = file_of(one, stick, "circulation")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    (own_folder(one, stick) / "holiday\n.jpg").write_bytes(b"\xff\xd8" * 90_000)
    (own_folder(one, stick) / "notes.txt").write_text("not ours")
    result = await read(other, stick)
    assert codes(result) == ["changed", "foreign", "foreign"]
    assert all(fault.where.isprintable() for fault in result.refused)
    assert (own_folder(one, stick) / "notes.txt").read_text() == "not ours"
    await until(lambda: len(other.store.quarantine()) == 2)
    assert all(len(row.evidence) < 8_000 for row in other.store.quarantine())


async def test_odd_things_in_the_place_of_files_are_named_and_not_followed(
    apart: Apart, stick: Path, tmp_path: Path
) -> None:
    one, other = apart
    for topic in ("circulation", "master", "sales"):
        await one.node.append([note(topic, topic)])
    await write(one, stick)
    outside = tmp_path / "outside"
    shutil.copytree(stick, outside)
    link, folder, pipe = (file_of(one, stick, topic) for topic in ("circulation", "master", "sales"))
    target = outside / link.relative_to(stick)
    for path in (link, folder, pipe):
        path.unlink()
    link.symlink_to(target)
    folder.mkdir()
    os.mkfifo(pipe)
    network = own_folder(one, stick).parent
    (network / ("f" * 32)).symlink_to(outside)
    (network / "a file").write_text("x")
    (network / os.fsdecode(b"\xff\xfe")).mkdir()
    result = await read(other, stick)
    assert codes(result) == ["link", "no_manifest", "not_a_file", "not_a_file", "not_a_folder", "not_a_folder"]
    assert other.books.said() == []


async def test_a_file_of_ten_gigabytes_is_not_read(apart: Apart, stick: Path) -> None:
    one, other = apart
    await one.node.append([note("huge")])
    await write(one, stick)
    with file_of(one, stick, "circulation").open("r+b") as file:
        file.truncate(10 * 1024**3)
    with (own_folder(one, stick) / "more").open("wb") as file:
        file.truncate(10 * 1024**3)
    assert codes(await read(other, stick)) == ["foreign", "too_big"]
    with (own_folder(one, stick) / files.MANIFEST).open("r+b") as file:
        file.truncate(10 * 1024**3)
    assert codes(await read(other, stick)) == ["too_big"]


async def test_files_that_vanish_while_reading_are_missed_and_the_rest_is_read(
    apart: Apart, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = apart
    for topic in ("circulation", "master"):
        await one.node.append([note(topic, topic)])
    await write(one, stick)
    gone = file_of(one, stick, "circulation")
    carry = other.node.carry

    async def and_pull(*values: object) -> object:
        gone.unlink(missing_ok=True)
        return await carry(*values)  # type: ignore[arg-type]

    monkeypatch.setattr(other.node, "carry", and_pull)
    assert codes(await read(other, stick)) == ["missing"]
    assert other.books.said() == ["master"]


async def test_a_manifest_with_any_other_word_in_it_is_refused(apart: Apart, stick: Path) -> None:
    one, other = apart
    await one.node.append([note("signed")])
    await write(one, stick)
    path = own_folder(one, stick) / files.MANIFEST
    signed = path.read_bytes()
    manifest = msgspec.json.decode(signed, type=files.Manifest)
    for changed in (
        {"run": "0" * 32},
        {"files": manifest.files[:-1]},
        {"hlc": "9999999999999999-00000"},
        {"signature": ""},
        {"writer": "0" * 32},
        {"network": "0" * 32},
        {"format": 2},
    ):
        path.write_bytes(msgspec.json.Encoder(order="sorted").encode(msgspec.structs.replace(manifest, **changed)))
        (code,) = codes(await read(other, stick))
        assert code in ("bad_manifest", "foreign", "other_format")
    for junk in (b"", b"{}", b"[" * 100_000, b"\0" * 1_000, signed[:-3], signed + b" "):
        path.write_bytes(junk)
        assert codes(await read(other, stick)) == ["bad_manifest"]
    assert other.books.said() == []


async def test_a_folder_under_another_members_name_is_refused(apart: Apart, stick: Path) -> None:
    one, other = apart
    await one.node.append([note("borrowed name")])
    await write(one, stick)
    own_folder(one, stick).rename(own_folder(other, stick))
    assert codes(await read(other, stick)) == ["foreign"]


async def test_a_stranger_with_a_certificate_of_its_own_is_refused(apart: Apart, stick: Path, tmp_path: Path) -> None:
    one, other = apart
    stranger = found_network(tmp_path / "stranger", "Messestand", 1, "till", ids=new_id)
    forged = files.signed(stranger, (), hlc="0000000000000001-00000", run=new_id())
    folder = stick / "tillmesh" / one.identity.network_id / stranger.member_id
    folder.mkdir(parents=True)
    (folder / files.MANIFEST).write_bytes(forged)
    assert codes(await read(other, stick)) == ["foreign"]


async def test_a_member_nobody_has_told_of_is_believed_by_its_certificate(
    founder: Identity, start: Start, tmp_path: Path, stick: Path
) -> None:
    one, other = await separated(founder, start, tmp_path, 2)
    await one.stop()
    again = await start(founder, books=one.books)
    newcomer = await start(await join_network(tmp_path / "till-3", await again.code(3, "Kasse 3"), discovery=False))
    await until(lambda: newcomer.peers() == [1] and 3 in numbers(newcomer))
    membership = Feed(founder.member_id, "membership")
    await until(lambda: newcomer.store.heads().get(membership) == again.store.heads()[membership])
    await newcomer.node.append([note("from a till you have not heard of")])
    await write(newcomer, stick)
    result = await read(other, stick)
    assert other.books.said() == ["from a till you have not heard of"]
    assert result.refused == []
    assert 3 in numbers(other)


def numbers(running: Running) -> list[int]:
    return [member.till_no for member in running.node.roster.members.values()]


async def test_a_revoked_writer_is_not_listened_to_even_if_the_news_is_on_the_stick(
    apart: Apart, stick: Path, tmp_path: Path
) -> None:
    authority, thief = apart
    await thief.node.append([note("stolen")])
    await write(thief, stick)
    revoked = Entry("membership", "member.revoked/1", {"member_id": thief.identity.member_id})
    await authority.node.append([revoked])
    assert codes(await read(authority, stick)) == ["revoked"]
    assert authority.books.said() == []


async def test_records_of_a_revoked_member_still_travel_with_honest_ones(
    founder: Identity, start: Start, tmp_path: Path, stick: Path
) -> None:
    authority, later_revoked, other = await separated(founder, start, tmp_path, 3)
    await later_revoked.node.append([note("taken before anybody knew")])
    await write(later_revoked, stick)
    await read(authority, stick)
    member = {"member_id": later_revoked.identity.member_id}
    await authority.node.append([Entry("membership", "member.revoked/1", member)])
    await write(authority, stick)
    result = await read(other, stick)
    assert other.books.said() == ["taken before anybody knew"]
    assert codes(result) == ["revoked"]


async def test_other_networks_are_named_and_left_alone(apart: Apart, stick: Path) -> None:
    one, other = apart
    foreign = stick / "tillmesh" / ("0" * 32)
    foreign.mkdir(parents=True)
    with pytest.raises(CarrierRefused) as caught:
        await read(other, stick)
    assert caught.value.code == "other_network"
    await write(one, stick)
    result = await read(other, stick)
    assert [(fault.code, fault.where) for fault in result.left] == [("other_network", f"tillmesh/{'0' * 32}")]


async def test_a_place_without_any_network_or_without_a_folder_is_a_clear_refusal(apart: Apart, stick: Path) -> None:
    one, other = apart
    for path, code in ((stick, "empty"), (stick / "none", "no_folder"), (Path("/proc/version"), "no_folder")):
        with pytest.raises(CarrierRefused) as caught:
            await read(other, path)
        assert caught.value.code == code
    with pytest.raises(CarrierRefused) as caught:
        await write(one, stick / "none")
    assert caught.value.code == "no_folder"


async def test_writing_does_not_follow_a_link_out_of_the_stick(apart: Apart, stick: Path, tmp_path: Path) -> None:
    one, _ = apart
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    own = own_folder(one, stick)
    own.parent.mkdir(parents=True)
    own.symlink_to(elsewhere)
    with pytest.raises(CarrierRefused) as caught:
        await write(one, stick)
    assert caught.value.code == "no_rights"
    assert list(elsewhere.iterdir()) == []


async def test_receipts_of_another_site_stay_on_the_stick(
    founder: Identity, start: Start, tmp_path: Path, stick: Path
) -> None:
    first = await start(founder)
    second = await start(await join_network(tmp_path / "till-2", await first.code(), discovery=False))
    await until(lambda: first.peers() == [2])
    await second.stop()
    moved = msgspec.structs.replace(second.identity.member(), site="elsewhere")
    first.node.roster.members[moved.member_id] = moved
    again = await start(second.identity, books=second.books, listen=None)
    await again.node.append([note("receipt", "sales"), note("voucher")])
    await write(again, stick)
    result = await read(first, stick)
    assert first.books.said() == ["voucher"]
    assert (result.refused, result.left) == ([], [])


async def test_a_till_gets_its_own_records_back_from_a_stick(apart: Apart, stick: Path, start: Start) -> None:
    one, other = apart
    await one.node.append([note("kept")])
    await one.node.append([note("lost with the disk")])
    await write(one, stick)
    await read(other, stick)
    await one.stop()
    (one.home / "store.sqlite").unlink()
    for suffix in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            (one.home / f"store.sqlite{suffix}").unlink()
    one.books.records.clear()
    restored = await start(other.identity.__class__.load(one.home), books=one.books, listen=None)
    await read(restored, stick)
    assert restored.books.said() == ["kept", "lost with the disk"]


async def test_the_sync_log_tells_of_the_stick_as_of_a_peer(apart: Apart, stick: Path) -> None:
    one, other = apart
    await one.node.append([note("said")])
    await write(one, stick)
    await read(other, stick)
    await until(lambda: any(row.what == "carried" for row in other.store.log(100)))
    (row,) = [row for row in other.store.log(100) if row.what == "carried"]
    assert row.peer == one.identity.member_id
    assert json.loads(row.kinds) == {"note/1": 1}


async def test_two_at_once_are_not_let_near_one_stick(apart: Apart, stick: Path) -> None:
    one, _ = apart
    both = carrier(one)
    results = await asyncio.gather(both.write(stick), both.write(stick), return_exceptions=True)
    assert [getattr(result, "code", "") for result in results] == ["", "busy"]


async def test_a_stick_for_some_tills_holds_nothing_that_is_not_for_them(apart: Apart, stick: Path) -> None:
    first, second = apart
    roster = first.node.roster
    await first.node.append([roster.audience("catalogue/fair", [2]), roster.audience("catalogue/yard", [3])])
    said = [Entry(topic, "thing.said/1", {"n": 1}) for topic in ("catalogue/fair", "catalogue/yard")]
    await first.node.append(said)
    whole = await write(first, stick)
    two = roster.numbered(2)
    assert two is not None
    for_two = await carrier(first).write(stick, [two])
    assert (for_two.files, for_two.removed) == (whole.files - 1, 1)
    assert len(segments(first, stick)) == for_two.files
    await read(second, stick)
    topics = {feed.topic for feed in second.store.heads()}
    assert "catalogue/fair" in topics
    assert "catalogue/yard" not in topics
