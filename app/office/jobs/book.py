"""The jobs' file, ``office/jobs.toml``: one table a job. What a person wrote in it stays as it is."""

from __future__ import annotations

import fcntl
import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from app.office.jobs.definition import COMMANDS, MAX_JOBS, PLACES, Job, JobFault, check_name
from app.office.jobs.timing import trigger_of
from app.plain_sentences import reason as reason_of
from app.text import gettext as _

FOLDER, FILE = "office", "jobs.toml"


class JobRefused(Exception):
    """One sentence: what is wrong with a job or with the file, and what to do."""


def place(home: Path) -> Path:
    """Where the file is."""
    return home / FOLDER / FILE


def load(home: Path) -> dict[str, Job]:
    """Every job by its name, in the order of the file. ``JobRefused`` names the file, the job and the reason."""
    path = place(home)
    try:
        tree = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        said = _("{path}: cannot be read ({reason}); check its permissions")
        raise JobRefused(said.format(path=path, reason=reason_of(error))) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        said = _("{path}: no valid TOML: {reason}; correct it")
        raise JobRefused(said.format(path=path, reason=error)) from None
    if len(tree) > MAX_JOBS:
        raise JobRefused(_("{path}: more than {most} jobs; remove some").format(path=path, most=MAX_JOBS))
    try:
        return {name: checked(name, raw) for name, raw in tree.items()}
    except JobRefused as refused:
        raise JobRefused(f"{path}: {refused}") from None


def checked(name: str, raw: Any) -> Job:
    """The job of one table; ``JobRefused``."""
    try:
        check_name(name)
        job = msgspec.convert(raw, Job)
        job.check()
        trigger_of(job)
    except msgspec.ValidationError as error:
        raise JobRefused(_("job {name}: {reason}; correct or remove it").format(name=name, reason=error)) from None
    except JobFault as fault:
        raise JobRefused(_("job {name}: {reason}").format(name=name[:40], reason=_reason(fault))) from None
    return job


def add(home: Path, name: str, job: Job, *, replace: bool = False) -> None:
    """Write the job into the file; ``JobRefused`` if it cannot be, or if there is one of that name already."""
    checked(name, msgspec.to_builtins(job))
    with _changing(home) as tree:
        if name in tree and not replace:
            raise JobRefused(_("there is a job {name} already; remove it or choose another name").format(name=name))
        tree[name] = msgspec.to_builtins(job)


def remove(home: Path, name: str) -> None:
    """Take the job out of the file; ``JobRefused`` if there is none of that name."""
    with _changing(home) as tree:
        if name not in tree:
            raise JobRefused(unknown(name, load(home)))
        del tree[name]


def unknown(name: str, jobs: Mapping[str, Job]) -> str:
    """That there is no such job, and which there are."""
    known = ", ".join(jobs) or _("none")
    return _("there is no job {name}; there are: {known}").format(name=name[:40], known=known)


@contextmanager
def _changing(home: Path) -> Iterator[Any]:
    """The file's tables, to be changed by one at a time; written whole or not at all."""
    import tomlkit

    path = place(home)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        load(home)  # a file that a person has broken is not written over
        tree = tomlkit.parse(path.read_text("utf-8-sig")) if path.exists() else tomlkit.document()
        yield tree
        fresh = path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.write(tomlkit.dumps(tree))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        os.close(lock)


def _reason(fault: JobFault) -> str:
    said = {
        "name": _("a name is 1 to 40 small letters, digits, - and _"),
        "when": _("say when: one of cron, every and at"),
        "every": _("{value} is no interval; write 15m, 6h or 1d"),
        "at": _("{value} is no time; write 2026-12-01 03:00"),
        "added_at": _("added_at {value} is no instant; write 2026-12-01T03:00:00Z, or leave it out"),
        "cron": _("{value} are no five fields of cron; write 0 3 * * * for every night at three"),
        "limits": _("retries are 0 to 20, retry_minutes 1 to 1440, most_minutes 1 to 2880"),
        "too_long": _("the command is longer than 1000 characters"),
        "quotes": _("a quote of the command is not closed"),
        "command": _("{value} cannot be a job; there are: {known}"),
        "home": _("a job runs on its own home; leave --home out"),
        "place": _("{value} stands for nothing; there are: {places}"),
    }[fault.code]
    places = ", ".join(f"{{{name}}}" for name in PLACES)
    return said.format(value=fault.value, known=", ".join(COMMANDS), places=places)
