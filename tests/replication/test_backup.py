"""Backups: taken while a member writes, checked, put back; and everything that is none is refused with one line."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import stat
import zipfile
from pathlib import Path

import pytest

from replication import backup
from replication.backup import BackupRefused, check, restore, write_backup
from replication.core.recovery import RESTORED
from replication.identity import Identity, IdentityExists
from replication.node import AppendRefused
from replication.store import Store
from tests.replication.running import Running, Start, note, until

AT = 1_763_750_000_000
Two = tuple[Running, Running]


@pytest.fixture
async def saved(founder: Identity, start: Start, tmp_path: Path) -> Path:
    """The backup of a founder that has said something."""
    first = await start(founder)
    await first.node.append([note(n) for n in range(20)])
    await first.stop()
    file = tmp_path / "saved.backup"
    write_backup(founder.folder.parent, file, now_wall_ms=AT)
    return file


async def test_a_backup_taken_while_records_are_written_holds_all_that_was_answered_before(
    founder: Identity, start: Start, tmp_path: Path
) -> None:
    first = await start(founder)
    answered, stop = 0, False

    async def write() -> None:
        nonlocal answered
        while not stop:
            await first.node.append([note(answered)])
            answered += 1

    writing = asyncio.create_task(write())
    while answered < 50:
        await asyncio.sleep(0.001)
    for n in range(3):
        before = answered
        file = tmp_path / f"{n}.backup"
        await asyncio.to_thread(write_backup, founder.folder.parent, file, now_wall_ms=AT)
        after, checked = answered, check(file)
        assert before + 1 <= checked.records <= after + 2  # and the founding; one may be on disk but not yet answered
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    stop = True
    await writing
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.backup", "1.backup", "2.backup", "till-1"]


async def test_what_was_restored_is_the_same_member_with_the_same_records_and_knows_that_it_was_restored(
    saved: Path, tmp_path: Path, founder: Identity, start: Start
) -> None:
    home = tmp_path / "new"
    checked = restore(saved, home)
    assert (checked.till_no, checked.records, checked.member) == (1, 21, founder.member_id)
    assert sorted(path.name for path in home.iterdir()) == ["identity", "store.sqlite"]
    identity = Identity.load(home)
    assert identity.root_key is not None
    store = Store.open(home / "store.sqlite")
    assert "2025-11-21" in str(store.kept(RESTORED))
    store.close()
    alone = await start(identity)
    with pytest.raises(AppendRefused) as refused:
        await alone.node.append([note("too early")])
    assert refused.value.code == "recovering"
    await alone.node.confirm()
    await alone.node.append([note("after")])


async def test_a_home_that_belongs_to_somebody_is_never_written_over(saved: Path, founder: Identity) -> None:
    with pytest.raises(IdentityExists):
        restore(saved, founder.folder.parent)


async def test_a_damaged_file_is_refused_whatever_byte_it_is_and_leaves_nothing(saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    rng = random.Random(7)
    home = tmp_path / "new"
    broken = tmp_path / "broken.backup"
    cut = [whole[: rng.randrange(len(whole))] for _ in range(15)]
    flipped = []
    for _ in range(25):
        at = rng.randrange(len(whole))
        flipped.append(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
    told: list[str] = []
    for data in (b"", b"junk" * 500, *cut, *flipped):
        broken.write_bytes(data)
        try:
            checked = check(broken)
        except BackupRefused as error:
            told.append(str(error))
            with pytest.raises(BackupRefused):
                restore(broken, home)
            assert not home.exists() or list(home.iterdir()) == []
        else:
            assert checked.records == 21  # the byte says nothing: a time in the archive's own tables
    assert len(told) > 30
    assert not any("\n" in sentence for sentence in told)


def test_another_file_is_no_backup_and_half_of_one_is_damaged(saved: Path) -> None:
    for data, code in ((b"root:x:0:0", "no_backup"), (saved.read_bytes()[:500], "damaged")):
        saved.write_bytes(data)
        with pytest.raises(BackupRefused) as refused:
            check(saved)
        assert (refused.value.code, refused.value.where) == (code, saved)


async def test_a_table_that_points_before_the_file_is_damage_and_no_error_of_the_disk(saved: Path) -> None:
    """Now and then a byte of the test above was one of these: `[Errno 22] Invalid argument`."""
    whole = saved.read_bytes()
    saved.write_bytes(whole[:-4] + bytes([whole[-4] ^ 0xFF]) + whole[-3:])
    with pytest.raises(BackupRefused, match="damaged"):
        check(saved)


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "identity/../../evil", "identity/", "books.sqlite"])
async def test_a_name_that_leads_out_of_the_home_is_refused(saved: Path, tmp_path: Path, name: str) -> None:
    evil = tmp_path / "evil.backup"
    with zipfile.ZipFile(saved) as whole, zipfile.ZipFile(evil, "w") as out:
        manifest = json.loads(whole.read("manifest.json"))
        manifest["files"][name] = {"size": 1, "sha256": "0" * 64}
        for known in whole.namelist():
            if known != "manifest.json":
                out.writestr(known, whole.read(known))
        out.writestr(name, b"x")
        out.writestr("manifest.json", json.dumps(manifest))
    with pytest.raises(BackupRefused):
        restore(evil, tmp_path / "new")
    assert not (tmp_path / "evil").exists()


async def test_a_store_whose_records_were_changed_is_no_backup_though_all_hashes_fit(
    founder: Identity, start: Start, tmp_path: Path
) -> None:
    first = await start(founder)
    await first.node.append([note("one")])
    await first.stop()
    connection = sqlite3.connect(founder.folder.parent / "store.sqlite")
    connection.execute("UPDATE records SET text = replace(text, 'one', 'two')")
    connection.commit()
    connection.close()
    file = tmp_path / "changed.backup"
    write_backup(founder.folder.parent, file, now_wall_ms=AT)
    with pytest.raises(BackupRefused, match="not what was written"):
        check(file)


async def test_a_disk_that_is_full_fails_loudly_and_leaves_no_half_file(
    saved: Path, founder: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_pack", full)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OSError, match="No space left"):
        write_backup(founder.folder.parent, tmp_path / "late.backup", now_wall_ms=AT)
    assert sorted(tmp_path.iterdir()) == before


async def test_a_restored_member_learns_from_its_peer_what_it_wrote_after_the_backup(
    two_tills: Two, start: Start, tmp_path: Path
) -> None:
    first, second = two_tills
    await second.node.append([note("before")])
    file = tmp_path / "second.backup"
    await asyncio.to_thread(write_backup, second.home, file, now_wall_ms=AT)
    await second.node.append([note(n) for n in range(30)])
    await until(lambda: len(first.books.said()) == 31)
    await second.stop()
    restore(file, tmp_path / "back")
    back = await start(Identity.load(tmp_path / "back"), peers=[first.address])
    await back.node.settled()
    await until(lambda: back.node.status()["recovery"] == "clear")
    assert len(back.books.said()) == 31
    await back.node.append([note("after")])
    await until(lambda: first.books.said()[-1] == "after")
    assert first.node.status()["peers"][0]["till_no"] == 2


@pytest.mark.parametrize("name", ["store.sqlite", "identity/member.key"])
async def test_a_backup_is_not_written_over_what_is_none(founder: Identity, start: Start, name: str) -> None:
    """`tillmesh backup HOME/store.sqlite` made an archive of the running till's store."""
    first = await start(founder)
    home = founder.folder.parent
    before = (home / name).read_bytes()
    with pytest.raises(BackupRefused, match="is no backup"):
        write_backup(home, home / name, now_wall_ms=AT)
    assert (home / name).read_bytes() == before
    await first.stop()


async def test_keys_that_a_killed_restore_left_behind_are_gone_with_the_next(saved: Path, tmp_path: Path) -> None:
    home = tmp_path / "again"
    left = home / ".identity.x1y2"
    (left / "identity").mkdir(parents=True)
    (left / "identity" / "member.key").write_bytes(b"private")
    restore(saved, home)
    assert not left.exists()
    assert sorted(path.name for path in home.iterdir()) == ["identity", "store.sqlite"]


async def test_an_earlier_backup_and_an_empty_file_are_written_over(saved: Path, founder: Identity) -> None:
    write_backup(founder.folder.parent, saved, now_wall_ms=AT)
    assert check(saved).made_at_ms == AT
    saved.write_bytes(b"")
    write_backup(founder.folder.parent, saved, now_wall_ms=AT)
    assert check(saved).made_at_ms == AT


async def test_what_an_office_keeps_beside_the_store_goes_in_and_comes_back(
    founder: Identity, start: Start, tmp_path: Path
) -> None:
    first = await start(founder)
    await first.stop()
    home = founder.folder.parent
    kept = {"tenants.toml": b"t", "reports/Mein Bericht.toml": b"r", "office/jobs.toml": b"j",
            "office/sales/000001.csv": b"s"}  # fmt: skip
    left = {"office/sales/000002.partial": b"p", "office/copies/a.json": b"c", "reports/.x.toml": b"h"}
    for name, content in (kept | left).items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)
    index = sqlite3.connect(home / "office/sales/deliveries.sqlite")
    index.execute("CREATE TABLE marks (member TEXT)")
    index.execute("INSERT INTO marks VALUES ('a')")
    index.commit()
    file = tmp_path / "office.backup"
    write_backup(home, file, now_wall_ms=AT)
    index.close()
    again = tmp_path / "again"
    (again / "office").mkdir(parents=True)
    (again / "office" / "jobs.toml").write_bytes(b"mine")
    restore(file, again)
    assert {name: (again / name).read_bytes() for name in kept} == kept | {"office/jobs.toml": b"mine"}
    assert not [name for name in left if (again / name).exists()]
    index = sqlite3.connect(again / "office/sales/deliveries.sqlite")
    assert index.execute("SELECT member FROM marks").fetchall() == [("a",)]
    index.close()
