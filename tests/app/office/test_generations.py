"""Which backups stay, and a folder of them by the command."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.__main__ import main
from app.office.generations import Rule, gone, made_of, name_of, rule_of

NOW = datetime(2026, 11, 22, 3, 0)  # noqa: DTZ001 - local, as in the names of backups
times = st.lists(st.datetimes(NOW - timedelta(days=1000), NOW), max_size=60)
counts = st.integers(0, 9)


def test_a_year_of_nights_leaves_days_weeks_and_months() -> None:
    nights = [NOW - timedelta(days=days) for days in range(400)]
    left = sorted(set(nights) - set(gone(nights, Rule())), reverse=True)
    # Seven days, then the Sundays of two further weeks (two are among the days), then the ends of months.
    assert [at.strftime("%m-%d") for at in left[:9]] == [
        "11-22", "11-21", "11-20", "11-19", "11-18", "11-17", "11-16", "11-15", "11-08",
    ]  # fmt: skip
    assert [at.strftime("%y-%m-%d") for at in left[9:]] == [
        "26-11-01", "26-10-31", "26-09-30", "26-08-31", "26-07-31", "26-06-30", "26-05-31", "26-04-30", "26-03-31",
        "26-02-28", "26-01-31", "25-12-31",
    ]  # fmt: skip


@given(times, counts, counts, counts)
def test_pruning_again_removes_nothing_and_the_newest_stays(
    made: list[datetime], daily: int, weekly: int, monthly: int
) -> None:
    rule = Rule(daily, weekly, monthly)
    left = set(made) - set(gone(made, rule))
    assert gone(left, rule) == []
    assert not made or max(made) in left
    assert len(left) <= max(1, daily + weekly + monthly)
    assert len({at.date() for at in left}) >= min(daily, len({at.date() for at in made}))


@pytest.mark.parametrize("text", ["", "7", "daily", "daily=-1", "daily=0", "daily=1,daily=2", "hourly=3", "daily=9999"])
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="daily=7,weekly=4,monthly=12"):
        rule_of(text)


def test_only_names_that_were_given_count_as_backups() -> None:
    name = name_of("tillmesh-1-77", NOW)
    assert made_of("tillmesh-1-77", name) == NOW
    for other in ("tillmesh-1-78-20261122-030000.backup", "tillmesh-1-77-20261322-030000.backup", name + ".x", "x"):
        assert made_of("tillmesh-1-77", other) is None


def test_a_folder_of_backups_is_pruned_only_after_a_good_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, folder = tmp_path / "home", tmp_path / "disk"

    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        status = main([*arguments, "--home", str(home), "--lang", "en", "--no-discovery"])
        said = capsys.readouterr()
        return status, said.out + said.err

    assert run("network", "found", "--name", "Zoo")[0] == 0
    status, said = run("backup", "--to", str(folder))
    assert (status, "disk is not there" in said, folder.exists()) == (1, True, False)
    folder.mkdir()
    status, said = run("backup", "--to", str(folder), "--json")
    first = Path(json.loads(said)["file"])
    prefix = first.name[: -len("-20261122-030000.backup")]
    old = [folder / name_of(prefix, NOW - timedelta(days=days)) for days in range(1000, 1003)]
    for path in (*old, folder / "mine.backup"):
        path.write_bytes(b"")
    status, said = run("backup", "--to", str(folder), "--keep", "daily=2", "--json")
    assert status == 0
    assert json.loads(said)["records"] > 0
    assert not any(path.exists() for path in old[1:])
    assert (folder / "mine.backup").exists(), "what is not ours stays"
    last = Path(json.loads(said)["file"])
    assert run("backup", "--check", str(last))[0] == 0
    last.write_bytes(last.read_bytes()[:-50])
    status, said = run("backup", "--check", str(last))
    assert status == 1
    assert "damaged" in said
