"""What a job is: a command line, when it runs, how long it may take, how often it is tried again. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec

MAX_JOBS = 200
MAX_NAME, MAX_COMMAND = 40, 1000
COMMANDS: Mapping[str, str] = {
    "accounting": "office_reports",
    "audit": "office_audit",
    "backup": "office_jobs",
    "carrier": "office_tills",
    "export": "office_master",
    "export-network": "office_audit",
    "import": "office_master",
    "master": "office_master",
    "orders": "office_master",
    "report": "office_reports",
    "sales": "office_master",
    "statement": "office_reports",
    "status": "office_jobs",
    "tills": "office_tills",
    "verify": "office_audit",
}
"""What may run by itself: commands that end, and ask nobody anything; and the right that a job of it needs."""
BESIDE: Mapping[str, str] = {
    "user": "users", "users": "users", "role": "users", "settings": "users", "restore": "users", "--change": "users",
    "--tenant": "office_tenants",
}  # fmt: skip
"""Words of a command that need one more: what says who may do what may be in it, or it asks other networks."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_EVERY = re.compile(r"([1-9][0-9]{0,4})\s*([mhd])")
_AT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([01][0-9]|2[0-3]):([0-5][0-9])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_PLACE = re.compile(r"\{([a-z_]*)\}")


class JobFault(ValueError):
    """A job that cannot be: ``code`` and ``value`` for the sentence (``book.py``)."""

    def __init__(self, code: str, value: str = "") -> None:
        super().__init__(f"{code}: {value}")
        self.code = code
        self.value = value


class Job(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A command of ``tillmesh`` (without its name) and exactly one of ``cron``, ``every`` and ``at``.

    ``cron``: minute, hour, day of the month, month, day of the week, as ``cron`` has them; ``every``: ``15m``, ``6h``,
    ``1d``; ``at``: once, ``2026-12-01 03:00``; all by this machine's clock and zone.
    """

    run: str
    cron: str = ""
    every: str = ""
    at: str = ""
    active: bool = True
    added_at: str = ""
    """When it was added (ISO 8601): what was due before that was not missed."""
    retries: int = 3
    """How often a failed run is tried again before the next one is due."""
    retry_minutes: int = 10
    most_minutes: int = 120
    """A run that takes longer is ended, and has failed."""

    def check(self) -> None:
        """``JobFault`` for what its fields alone cannot say."""
        if sum(bool(text) for text in (self.cron, self.every, self.at)) != 1:
            raise JobFault("when")
        if self.every and not _EVERY.fullmatch(self.every):
            raise JobFault("every", self.every)
        if self.at:
            once(self.at)
        if not (0 <= self.retries <= 20 and 1 <= self.retry_minutes <= 1440 and 1 <= self.most_minutes <= 2880):
            raise JobFault("limits")
        if self.added_at:
            _instant(self.added_at)
        arguments(self.run, dict.fromkeys(PLACES, ""))


def _instant(text: str) -> None:
    try:
        aware = datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise JobFault("added_at", text[:MAX_NAME])


def check_name(name: str) -> None:
    """``JobFault`` unless it can be a job's name: small letters, digits, - and _."""
    if not _NAME.fullmatch(name):
        raise JobFault("name", name[:MAX_NAME])


def arguments(run: str, places: Mapping[str, str]) -> list[str]:
    """The command's words, with what ``{today}`` and the like (``PLACES``) stand for. ``JobFault`` if it cannot be."""
    if len(run) > MAX_COMMAND:
        raise JobFault("too_long")
    try:
        words = shlex.split(run)
    except ValueError:
        raise JobFault("quotes") from None
    if words[:1] == ["tillmesh"]:
        del words[0]
    if not words or words[0] not in COMMANDS:
        raise JobFault("command", words[0][:MAX_NAME] if words else "")
    if any(word == "--home" or word.startswith("--home=") for word in words):
        raise JobFault("home")

    def stands_for(found: re.Match[str]) -> str:
        if found[1] not in places:
            raise JobFault("place", found[0][:MAX_NAME])
        return places[found[1]]

    return [_PLACE.sub(stands_for, word) for word in words]


def needed(words: Sequence[str]) -> tuple[str, ...]:
    """The rights that somebody must have to make a job of these words (``arguments``): all of them.

    >>> needed(["import", "users", "/srv/users.csv"]), needed(["backup", "--to", "/srv/copies"])
    (('office_master', 'users'), ('office_jobs',))
    """
    beside = (BESIDE.get(word.partition("=")[0], "") for word in words[1:])
    return tuple(dict.fromkeys((COMMANDS[words[0]], *(right for right in beside if right))))


PLACES = ("today", "yesterday", "month_begin", "month", "last_month_begin", "last_month_end", "last_month", "now")


def places_of(now: datetime) -> dict[str, str]:
    """What the placeholders stand for at this local time.

    >>> places_of(datetime(2026, 3, 1, 4, 5))["last_month_end"], places_of(datetime(2026, 3, 1, 4, 5))["now"]
    ('2026-02-28', '20260301-040500')
    """
    today = now.date()
    first = today.replace(day=1)
    last_end = first - timedelta(days=1)
    days: dict[str, date] = {
        "today": today,
        "yesterday": today - timedelta(days=1),
        "month_begin": first,
        "last_month_begin": last_end.replace(day=1),
        "last_month_end": last_end,
    }
    months = {"month": first.isoformat()[:7], "last_month": last_end.isoformat()[:7]}
    return {name: day.isoformat() for name, day in days.items()} | months | {"now": now.strftime("%Y%m%d-%H%M%S")}


def interval(every: str) -> dict[str, int]:
    """``15m`` as APScheduler's ``IntervalTrigger`` takes it."""
    found = _EVERY.fullmatch(every)
    if found is None:
        raise JobFault("every", every)
    return {_UNITS[found[2]]: int(found[1])}


def once(at: str) -> datetime:
    """``2026-12-01 03:00`` as a local time; ``JobFault`` if it is none."""
    found = _AT.fullmatch(at)
    if found is None:
        raise JobFault("at", at[:MAX_NAME])
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}:{found[3]}")
    except ValueError:
        raise JobFault("at", at[:MAX_NAME]) from None


def spoken_cron(cron: str) -> str:
    """The five fields with days of the week by name: 0 and 7 are Sunday to ``cron``, and Monday to APScheduler.

    >>> spoken_cron("0 3 * * 0"), spoken_cron("0 3 * * 1-5")
    ('0 3 * * sun', '0 3 * * mon-fri')
    """
    fields = cron.split()
    if len(fields) != 5:
        raise JobFault("cron", cron[:MAX_NAME])
    names = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
    fields[4] = re.sub(r"(?<![/0-9])[0-7](?![0-9])", lambda found: names[int(found[0])], fields[4])
    return " ".join(fields)
