"""Jobs: what may be one, when it is due, how runs are logged; what is late runs once, what fails is tried again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.cli import jobs as command
from app.office.jobs import book, clock, running
from app.office.jobs.book import JobRefused
from app.office.jobs.clock import Clock
from app.office.jobs.definition import Job, spoken_cron
from app.office.jobs.failing import failing
from app.office.jobs.listed import listed
from app.office.jobs.log import RUNS_KEPT, JobLog, Run
from app.office.jobs.running import Busy, alone, instant
from app.office.jobs.timing import due_after, missed

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
WAIT_S = 60.0


def until(true: Callable[[], bool]) -> None:
    give_up = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < give_up, "it never came"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("Nightly", {"run": "export articles", "every": "1h"}),
        ("a", {"run": "export articles"}),
        ("a", {"run": "export articles", "every": "1h", "cron": "0 3 * * *"}),
        ("a", {"run": "export articles", "every": "0h"}),
        ("a", {"run": "export articles", "cron": "0 3 * *"}),
        ("a", {"run": "export articles", "cron": "61 3 * * *"}),
        ("a", {"run": "export articles", "at": "2026-02-30 03:00"}),
        ("a", {"run": "export articles", "at": "tomorrow"}),
        ("a", {"run": "network revoke --no 2", "every": "1h"}),
        ("a", {"run": "", "every": "1h"}),
        ("a", {"run": "export 'articles", "every": "1h"}),
        ("a", {"run": "backup /x --home /y", "every": "1h"}),
        ("a", {"run": "backup /x/{tomorrow}.zip", "every": "1h"}),
        ("a", {"run": "backup /x", "every": "1h", "retries": -1}),
        ("a", {"run": "backup /x", "every": "1h", "added_at": "2026-11-22T10:00:00"}),
        ("a", {"run": "backup /x", "every": "1h", "often": True}),
        ("a", {"run": 7, "every": "1h"}),
    ],
)
def test_what_can_be_no_job_is_refused_and_the_file_stays(tmp_path: Path, name: str, raw: dict[str, object]) -> None:
    with pytest.raises(JobRefused):
        book.checked(name, raw)
    fine = Job("export articles", every="1h")
    book.add(tmp_path, "fine", fine)
    before = book.place(tmp_path).read_bytes()
    if set(raw) <= {"run", "every", "cron", "at", "retries"} and isinstance(raw["run"], str):
        with pytest.raises(JobRefused):
            book.add(tmp_path, name, Job(**raw))  # type: ignore[arg-type]
    assert book.place(tmp_path).read_bytes() == before


def test_a_file_that_a_person_wrote_keeps_its_words(tmp_path: Path) -> None:
    book.place(tmp_path).parent.mkdir()
    book.place(tmp_path).write_text('# the accountant wants it\n[month]\nrun = "status" # short\ncron = "0 5 1 * *"\n')
    book.add(tmp_path, "nightly", Job("backup /b/{today}.zip", every="1d"))
    assert list(book.load(tmp_path)) == ["month", "nightly"]
    book.remove(tmp_path, "nightly")
    assert book.place(tmp_path).read_text().rstrip().endswith('cron = "0 5 1 * *"')
    assert "# the accountant wants it" in book.place(tmp_path).read_text()
    with pytest.raises(JobRefused, match="month"):
        book.remove(tmp_path, "nightly")
    book.place(tmp_path).write_text("[month\n")
    with pytest.raises(JobRefused, match=r"jobs\.toml"):
        book.add(tmp_path, "nightly", Job("status", every="1d"))
    assert book.place(tmp_path).read_text() == "[month\n"


def test_sunday_is_sunday_as_cron_has_it() -> None:
    assert spoken_cron("0 3 * * 0,6") == "0 3 * * sun,sat"
    assert spoken_cron("0 3 * * */2") == "0 3 * * */2"
    due = due_after(Job("status", cron="0 3 * * 7"), NOW.astimezone())
    assert due is not None
    assert due.strftime("%a %H:%M") == "Sun 03:00"


def test_what_was_due_meanwhile_is_missed_and_what_was_not_is_not() -> None:
    hourly = Job("status", every="1h", added_at="2026-11-22T06:30:00Z")
    assert missed(hourly, None, NOW)
    assert missed(hourly, NOW - timedelta(minutes=45), NOW)
    assert not missed(hourly, NOW - timedelta(minutes=20), NOW)
    assert not missed(Job("status", every="1h"), None, NOW), "nobody knows since when there is one"
    local = (NOW - timedelta(hours=1)).astimezone().strftime("%Y-%m-%d %H:%M")
    once = Job("status", at=local, added_at="2026-11-20T00:00:00Z")
    assert missed(once, None, NOW)
    assert not missed(once, NOW - timedelta(minutes=59), NOW)
    assert not missed(Job("status", at=local, added_at="2026-11-22T11:30:00Z"), None, NOW)


def test_of_each_job_only_the_newest_runs_are_kept(tmp_path: Path) -> None:
    log = JobLog(tmp_path)
    for number in range(3):
        log.begin("a", instant(NOW), instant(NOW + timedelta(minutes=number)), 1)
    log.end(3, instant(NOW), "failed", "x" * 9000, "")
    assert len(log.runs("a")[0].said) == 4000
    assert [run.result for run in log.runs()] == ["failed", "running", "running"]
    assert log.interrupted(instant(NOW)) == 2
    assert RUNS_KEPT == 1000


def test_a_run_is_a_process_whose_words_are_kept(tmp_path: Path) -> None:
    """The real command, on a home that is none: its one line is why it failed."""
    done = running.run(tmp_path, "a", Job("export articles", every="1h"), due_at=NOW)
    assert (done.result, done.attempt, done.due_at) == ("failed", 1, "2026-11-22T12:00:00.000Z")
    assert str(tmp_path) in done.error
    assert done.ended_at >= done.started_at > done.due_at


def test_what_a_job_names_relatively_lies_in_its_home_wherever_the_office_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, home, elsewhere = tmp_path / "program", tmp_path / "home", tmp_path / "elsewhere"
    program.write_text('#!/bin/sh\npwd -P; echo "$@"\n')
    program.chmod(0o700)
    for folder in (home, elsewhere):
        folder.mkdir()
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.chdir(elsewhere)
    job = Job("export articles --out x.csv", every="1h")
    done = running.run(Path("..") / "home", "a", job, due_at=NOW)
    folder, words = done.said.splitlines()
    assert Path(folder) == home.resolve()
    assert words.startswith("-P -m app export articles --out x.csv --home /")
    assert Path(words.split()[-1]).resolve() == home.resolve()


def test_a_run_that_takes_too_long_is_ended_with_all_that_it_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper = tmp_path / "sleeper"
    sleeper.write_text(f'#!/bin/sh\nsleep 600 & echo $! > "{tmp_path}/child"; wait\n')
    sleeper.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(sleeper))
    said, error, good = running._carried_out(tmp_path, ["status"], 1.0, lambda: False)
    assert (said, good) == ("", False)
    assert error
    child = int((tmp_path / "child").read_text())

    def gone() -> bool:
        # Killed and waiting for whoever adopted it counts as gone.
        try:
            return Path(f"/proc/{child}/stat").read_text().split()[2] == "Z"
        except FileNotFoundError:
            return True

    until(gone)


def test_two_runs_never_go_at_once(tmp_path: Path) -> None:
    with alone(tmp_path, wait=False), pytest.raises(Busy):
        running.run(tmp_path, "a", Job("status", every="1h"), due_at=NOW, wait=False)
    assert JobLog(tmp_path).runs() == []


class Told:
    """The scheduler in a thread, and runs that end as the test says."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.ends: dict[str, list[bool]] = {}
        self.at_once = self.most_at_once = 0
        self._guard = threading.Lock()
        monkeypatch.setattr(running, "_carried_out", self._carried_out)
        monkeypatch.setattr(clock, "LOOK_S", 0.02)
        self._clock: Clock | None = None
        self._thread: threading.Thread | None = None

    def _carried_out(self, home: Path, words: list[str], most_s: float, stopped: object) -> tuple[str, str, bool]:
        with self._guard:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(0.03)
        with self._guard:
            self.at_once -= 1
        good = self.ends[words[1]].pop(0) if self.ends.get(words[1]) else True
        return "", "" if good else "the disk is full", good

    def start(self) -> None:
        self._clock = Clock(self.home)
        self._thread = threading.Thread(target=self._clock.work, name="clock")
        self._thread.start()

    def stop(self) -> None:
        if self._clock is not None and self._thread is not None:
            self._clock.stop()
            self._thread.join(WAIT_S)
            assert not self._thread.is_alive()
            self._clock = self._thread = None

    def sleep(self, job: str, time: timedelta) -> None:
        """As if the job's next time had come so long ago, and the process had been asleep since."""
        assert self._clock is not None
        self._clock._scheduler.modify_job(job, next_run_time=datetime.now(UTC) - time)

    def runs(self, job: str) -> list[Run]:
        return [run for run in JobLog(self.home).runs(job) if run.result != "running"]


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    made = Told(tmp_path, monkeypatch)
    yield made
    made.stop()


LONG_AGO = "2026-01-01T00:00:00+00:00"


def test_what_was_missed_runs_once_and_one_after_the_other(told: Told) -> None:
    for name in ("a", "b", "c"):
        book.add(told.home, name, Job(f"export {name}", cron="0 3 * * *", added_at=LONG_AGO))
    book.add(told.home, "later", Job("export later", at="2999-12-31 03:00", added_at=LONG_AGO))
    book.add(told.home, "off", Job("export off", every="1m", added_at=LONG_AGO, active=False))
    told.start()
    until(lambda: all(told.runs(name) for name in "abc"))
    told.stop()
    told.start()  # nothing is missed any more
    book.add(told.home, "new", Job("export new", every="1d", added_at=LONG_AGO))
    until(lambda: bool(told.runs("new")))
    told.stop()
    assert {name: len(told.runs(name)) for name in ("a", "b", "c", "new", "later", "off")} == {
        "a": 1, "b": 1, "c": 1, "new": 1, "later": 0, "off": 0,
    }  # fmt: skip
    assert told.most_at_once == 1


def test_a_machine_that_slept_does_once_what_it_missed(told: Told) -> None:
    book.add(told.home, "hourly", Job("export hourly", every="1h", added_at=LONG_AGO))
    told.start()
    until(lambda: bool(told.runs("hourly")))
    told.sleep("hourly", timedelta(hours=9))
    until(lambda: len(told.runs("hourly")) == 2)
    book.add(told.home, "new", Job("export new", every="1d", added_at=LONG_AGO))
    until(lambda: bool(told.runs("new")))  # one at a time: whatever was due before has been run
    told.stop()
    assert len(told.runs("hourly")) == 2


def test_what_fails_is_tried_again_and_stops_no_other(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "timedelta", lambda minutes: timedelta(milliseconds=10 * minutes))
    told.ends["bad"] = [False, False, True]
    told.ends["hopeless"] = [False] * 9
    for name, retries in (("bad", 3), ("hopeless", 1), ("good", 3)):
        book.add(
            told.home, name,
            Job(f"export {name}", cron="0 3 * * *", added_at=LONG_AGO, retries=retries, retry_minutes=1),
        )  # fmt: skip
    told.start()
    until(lambda: len(told.runs("bad")) == 3 and len(told.runs("hopeless")) == 2 and bool(told.runs("good")))
    told.stop()
    assert [(run.result, run.attempt, run.error) for run in reversed(told.runs("bad"))] == [
        ("failed", 1, "the disk is full"), ("failed", 2, "the disk is full"), ("done", 3, ""),
    ]  # fmt: skip
    assert len(told.runs("hopeless")) == 2
    assert len(told.runs("good")) == 1


def test_a_run_that_the_power_cut_ended_is_tried_again(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "timedelta", lambda minutes: timedelta(0))
    at = (datetime.now().astimezone() - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M")
    book.add(told.home, "once", Job("export once", at=at, added_at=LONG_AGO))
    JobLog(told.home).begin("once", instant(datetime.now(UTC)), instant(datetime.now(UTC)), 1)
    told.start()
    until(lambda: len(told.runs("once")) == 2)
    told.stop()
    assert [(run.result, run.attempt) for run in reversed(told.runs("once"))] == [("interrupted", 1), ("done", 2)]
    [row] = listed(told.home, datetime.now(UTC))
    assert (row["next"], row["last"]["result"]) == ("", "done")


def test_a_broken_file_leaves_the_jobs_as_they_were(told: Told) -> None:
    book.add(told.home, "a", Job("export a", every="1m", added_at=LONG_AGO))
    told.start()
    until(lambda: bool(told.runs("a")))
    book.place(told.home).write_text("[a\n")
    time.sleep(0.1)
    book.place(told.home).write_text('[b]\nrun = "export b"\nevery = "1m"\nadded_at = "2026-01-01T00:00:00Z"\n')
    until(lambda: bool(told.runs("b")))


def test_one_scheduler_a_home_ends_with_whoever_wanted_it(tmp_path: Path) -> None:
    with clock.only_one(tmp_path) as first:
        assert first
        assert clock.busy(tmp_path)
        with clock.only_one(tmp_path) as second:
            assert not second
    assert not clock.busy(tmp_path)


@pytest.mark.e2e
def test_the_scheduler_as_a_process_runs_what_is_due_and_ends_when_told(tmp_path: Path) -> None:
    (tmp_path / "identity").mkdir()
    book.add(tmp_path, "a", Job("export articles", cron="0 3 * * *", added_at=LONG_AGO, retries=0))
    arguments = [sys.executable, "-P", "-m", "app", "office", "jobs", "--home", str(tmp_path), "--json"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ) as process:
        try:
            assert process.stdout is not None
            assert b"ready" in process.stdout.readline()
            until(lambda: any(run.result == "failed" for run in JobLog(tmp_path).runs("a")))
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT_S) == 0


def test_a_command_that_tillmesh_does_not_understand_is_no_job() -> None:
    command._check_understood("export articles --format csv")
    with pytest.raises(command.CommandFailed, match="nonsense"):
        command._check_understood("export articles --nonsense")


def test_what_did_not_end_well_is_told_until_it_does(tmp_path: Path) -> None:
    assert failing(tmp_path) == []
    for name in ("a", "b", "c"):
        book.add(tmp_path, name, Job("status", every="1h"))
    log = JobLog(tmp_path)
    for name, result in (("a", "failed"), ("b", "done"), ("c", "failed"), ("c", "done"), ("gone", "failed")):
        log.end(log.begin(name, instant(NOW), instant(NOW), 1), instant(NOW), result, "", "")  # type: ignore[arg-type]
    assert failing(tmp_path) == ["a"]
    log.begin("b", instant(NOW), instant(NOW), 1)
    log.interrupted(instant(NOW))
    assert failing(tmp_path) == ["a", "b"]
    book.place(tmp_path).write_text("[a\n")
    assert failing(tmp_path) == []
