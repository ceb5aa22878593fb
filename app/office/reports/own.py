"""Own reports: one file ``NAME.toml`` each in the home's folder ``reports``, made for people to read and change.

A file is read strictly: a key that is none, a column that a source does not have, a day that is none are told with the
file, the key, and what to do; no report is ever made of the half of a file that could be understood.
"""

from __future__ import annotations

import contextlib
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from app.office.reports.checking import check
from app.office.reports.choosing import chosen
from app.office.reports.definition import Form, Layout, NamedPeriod, Query, Report, ReportFault
from app.office.reports.predefined import PREDEFINED
from app.plain_sentences import reason as reason_of
from app.text import gettext as _

FOLDER = "reports"
SUFFIX = ".toml"
MAX_BYTES = 64 * 1024
MAX_FILES = 1_000

_TABLES: dict[str, type[msgspec.Struct]] = {
    "": Report, "query": Query, "query.periods[...]": NamedPeriod, "layout": Layout, "form": Form,
}  # fmt: skip
_UNKNOWN = re.compile("unknown field `(.*)`")
_NAME = re.compile(r"[0-9a-z][0-9a-z_-]{0,39}")


class ReportUnknown(Exception):
    """There is no report of that name; the text lists those that there are."""


class ReportUnreadable(Exception):
    """The file makes no report; the text names file, key and what to do."""


class ReportNotSaved(Exception):
    """The report cannot be kept under this name; the text says why."""


def names(home: Path) -> list[str]:
    """The own reports, sorted; files whose names cannot be reports' are none."""
    found = sorted(path.stem for path in (home / FOLDER).glob(f"*{SUFFIX}") if _NAME.fullmatch(path.stem))
    return found[:MAX_FILES]


def find(home: Path, name: str) -> Report:
    """An own report, or else the predefined one. ``ReportUnknown``, ``ReportUnreadable``."""
    own = names(home)
    if name in own:
        return read(home / FOLDER / f"{name}{SUFFIX}")
    if name in PREDEFINED:
        return PREDEFINED[name]
    known = ", ".join(sorted({*own, *PREDEFINED}))
    raise ReportUnknown(_("there is no report {name!r}; known are {known}").format(name=name[:40], known=known))


def read(path: Path) -> Report:
    """The report in this file."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = reason_of(error)
        raise ReportUnreadable(_("{path} cannot be read: {reason}").format(path=path, reason=reason)) from None
    if len(raw) > MAX_BYTES:
        raise ReportUnreadable(_("{path} is longer than {most} bytes").format(path=path, most=MAX_BYTES))
    try:
        return parsed(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise ReportUnreadable(_("{path} is not UTF-8; save it as UTF-8").format(path=path)) from None
    except ReportFault as fault:
        raise ReportUnreadable(f"{path}: {fault}") from None


def parsed(text: str) -> Report:
    """The report that this TOML is; ``ReportFault``."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReportFault("", _("this is no TOML: {reason}").format(reason=error)) from None
    try:
        report = msgspec.convert(tree, Report)
    except msgspec.ValidationError as error:
        raise _fault(error) from None
    check(report)
    chosen(report.query.where)
    return report


def _fault(error: msgspec.ValidationError) -> ReportFault:
    reason, _at, where = str(error).partition(" - at `$")
    key = where.strip("`.")
    unknown = _UNKNOWN.search(reason)
    if unknown is not None and (of := _TABLES.get(key)) is not None:
        known = ", ".join(of.__struct_encode_fields__)
        reason = _("{key} is no key here; known are {known}").format(key=unknown[1], known=known)
    return ReportFault(key, reason)


def written(report: Report) -> str:
    """The report as TOML; ``parsed`` gives it back."""
    import tomlkit

    document = tomlkit.document()
    tree: dict[str, Any] = msgspec.to_builtins(report)
    for key in ("title", "about", "query", "layout", "form"):
        if tree.get(key):
            document.add(key, tomlkit.item(tree[key]))
    return tomlkit.dumps(document)


def save(home: Path, name: str, report: Report) -> Path:
    """Keep it, whole or not at all. ``ReportNotSaved``, ``ReportFault``."""
    if not _NAME.fullmatch(name):
        reason = _("{name!r} is no name of a report; 1 to 40 small letters, digits, - and _").format(name=name[:40])
        raise ReportNotSaved(reason)
    check(report)
    chosen(report.query.where)
    folder = home / FOLDER
    path, fresh = folder / f"{name}{SUFFIX}", folder / f".{name}.new"
    try:
        folder.mkdir(exist_ok=True)
        with fresh.open("w", encoding="utf-8") as file:
            file.write(written(report))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        reason = reason_of(error)
        raise ReportNotSaved(_("{path} cannot be written: {reason}").format(path=path, reason=reason)) from None
    return path


def remove(home: Path, name: str) -> None:
    """Forget an own report; ``ReportUnknown`` if it is none."""
    if name not in names(home):
        raise ReportUnknown(
            _("{name!r} is no report of your own, so there is nothing to remove").format(name=name[:40])
        )
    (home / FOLDER / f"{name}{SUFFIX}").unlink(missing_ok=True)
