"""Which homes fit their mark: all that stayed where they were, whatever happened to them, and no copy."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from replication import home_mark
from replication.core.recovery import COPIED
from replication.home_mark import FILE, KEPT
from replication.store import Store, StoreUnavailable


def word() -> str:
    return os.urandom(16).hex()


def start(home: Path) -> bool:
    """A start of the home; whether it is the one that it was. What is kept of it ends with a supervisor's word."""
    store = Store.open(home / "store.sqlite")
    try:
        fits = home_mark.look(home, store, word())
        assert (store.kept(COPIED) is None) == fits
    finally:
        store.close()
    connection = sqlite3.connect(home / "store.sqlite")
    connection.execute("DELETE FROM kept WHERE key = ?", (COPIED,))
    connection.commit()
    connection.close()
    return fits


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    assert start(made)
    assert start(made)
    return made


def next_second() -> None:
    """Change times are told apart by the second."""
    time.sleep(1.01 - time.time() % 1)


def copied(home: Path, to: Path) -> None:
    next_second()
    shutil.copytree(home, to)


def put_back(home: Path, copy: Path) -> None:
    shutil.rmtree(home)
    copied(copy, home)


def moved_in(home: Path, copy: Path) -> None:
    shutil.rmtree(home)
    copy.rename(home)


def written_over(home: Path, copy: Path) -> None:
    """As `cp -r` and `tar` do."""
    next_second()
    shutil.copytree(copy, home, dirs_exist_ok=True)


def store_alone(home: Path, copy: Path) -> None:
    shutil.copy2(copy / "store.sqlite", home / "store.sqlite")


def all_but_the_mark(home: Path, copy: Path) -> None:
    put_back(home, copy)
    (home / FILE).unlink()


@pytest.mark.parametrize("way", [put_back, moved_in, written_over, store_alone, all_but_the_mark])
def test_a_copy_that_is_put_back_is_found_out_once(
    home: Path, tmp_path: Path, way: Callable[[Path, Path], None]
) -> None:
    copied(home, tmp_path / "copy")
    assert start(home)
    way(home, tmp_path / "copy")
    assert not start(home)
    assert start(home)


def test_a_copy_of_a_till_that_is_killed_meanwhile_is_found_out(home: Path, tmp_path: Path) -> None:
    copied(home, tmp_path / "copy")
    moved_in(home, tmp_path / "copy")
    assert not start(home)


def test_moving_a_home_within_its_disk_and_reading_it_are_nothing(home: Path, tmp_path: Path) -> None:
    home.rename(tmp_path / "moved")
    copied(tmp_path / "moved", tmp_path / "looked at")
    assert start(tmp_path / "moved")


@pytest.mark.parametrize("moment", ["before the file", "after the file"])
def test_a_power_cut_at_any_moment_of_marking_is_no_copy(
    home: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def cut(home_: Path, word_: str) -> None:
        if moment == "after the file":
            written(home_, word_)
        raise KeyboardInterrupt

    written = home_mark._write
    for _ in range(3):
        with monkeypatch.context() as patched:
            patched.setattr(home_mark, "_write", cut)
            with pytest.raises(KeyboardInterrupt):
                start(home)
    assert start(home)


def test_a_store_that_was_moved_away_is_not_the_one_that_the_home_had(home: Path) -> None:
    for path in home.glob("store.sqlite*"):
        path.unlink()
    assert not start(home)


def test_a_full_disk_keeps_no_till_from_starting_but_a_copy_that_could_not_be_noted(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_store: Path, _values: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    copied(home, tmp_path / "copy")
    monkeypatch.setattr(home_mark, "_keep", full)
    assert start(home)
    store = Store.open(tmp_path / "copy" / "store.sqlite")
    with pytest.raises(StoreUnavailable, match="cannot be noted"):
        home_mark.look(tmp_path / "copy", store, word())
    store.close()


@pytest.mark.parametrize("junk", ["", "@", "@@ @", "x", "\x00", "a@1 b@2 c@3"])
def test_whatever_is_kept_and_written_is_only_another_mark(home: Path, junk: str) -> None:
    connection = sqlite3.connect(home / "store.sqlite")
    connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (KEPT, junk))
    connection.commit()
    connection.close()
    (home / FILE).write_bytes(b"\xff" * 10_000)
    assert not start(home)
    assert start(home)
