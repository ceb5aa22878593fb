"""``tillmesh mappings``: list, show, save, remove, sample: how files of other programs are laid out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec

from app.cli.options import CommandFailed, accept_common, home_of, settings_of, show
from app.office.exchange import mappings
from app.office.files import COLUMNS, EXPORTS
from app.office.mapping.plan import ENCODINGS, FORMATS, FilePlan, MappingFault, check_for, read_plan, write_plan
from app.office.mapping.reading import FORMAT_OF, Unreadable, sample
from app.plain_sentences import reason as reason_of
from app.text import gettext as _

SAMPLED = 5


def add_commands(commands: Any) -> None:
    """The group and its commands."""
    group = commands.add_parser("mappings", help=_("how files of other programs are laid out"))
    accept_common(group)
    parts = group.add_subparsers(metavar=_("what"), required=True)
    _part(parts, "list", _list, _("every mapping: for which kind of file, in which format"))
    _name(_part(parts, "show", _show, _("one mapping, as a file that can be changed and saved again")))
    saving = _part(parts, "save", _save, _("check a mapping's file and keep it under a name"))
    _name(saving)
    saving.add_argument("file", type=Path, help=_("the file (TOML)"))
    _name(_part(parts, "remove", _remove, _("forget a mapping")))
    seen = _part(parts, "sample", _sample, _("the columns and first rows of a file, for writing a mapping of it"))
    seen.add_argument("file", type=Path, help=_("the file"))
    seen.add_argument("--format", choices=FORMATS, help=_("of the file (else by its name)"))
    seen.add_argument(
        "--encoding", choices=ENCODINGS, default="auto", help=_("of the file, if it is not found rightly")
    )
    seen.add_argument("--separator", default="auto", help=_("between fields: one character, or tab"))
    seen.add_argument("--skip-rows", type=int, default=0, help=_("lines before the header"))
    seen.add_argument("--no-header", action="store_true", help=_("the first line is a row already"))
    seen.add_argument("--rows", default="", help=_("path of the entries in JSON (a.b) and XML (a/b)"))


def _part(parts: Any, name: str, run: Any, about: str) -> argparse.ArgumentParser:
    part: argparse.ArgumentParser = parts.add_parser(name, help=about, description=about)
    accept_common(part)
    part.set_defaults(run=run)
    return part


def _name(part: argparse.ArgumentParser) -> None:
    part.add_argument("name", help=_("name of the mapping"))


def _list(options: argparse.Namespace) -> int:
    found = []
    home = _home(options)
    for name in mappings.names(home):
        try:
            plan = mappings.load(home, name)
            found.append({"name": name, "what": plan.what, "format": plan.format, "error": ""})
        except MappingFault as fault:
            found.append({"name": name, "what": "", "format": "", "error": str(fault)})
    show(
        options,
        {"mappings": found},
        lambda: [f"{each['name']:24} {each['what']:12} {each['format']:6} {each['error']}".rstrip() for each in found],
    )
    return 0


def _show(options: argparse.Namespace) -> int:
    plan = _loaded(options)
    show(options, msgspec.to_builtins(plan), lambda: write_plan(plan).splitlines())
    return 0


def _save(options: argparse.Namespace) -> int:
    home = _home(options)
    try:
        plan = read_plan(_text_of(options.file))
        known = COLUMNS.get(plan.what) or (EXPORTS[plan.what].columns if plan.what in EXPORTS else None)
        if known is None:
            listed = ", ".join(dict.fromkeys((*COLUMNS, *EXPORTS)))
            raise CommandFailed(_("{file}: what: {what} is unknown; use {known}").format(
                file=options.file, what=plan.what[:40], known=listed
            ))  # fmt: skip
        both = dict.fromkeys((*known, *(EXPORTS[plan.what].columns if plan.what in EXPORTS else ())))
        check_for(plan, tuple(both), open_names=plan.what == "settings")
    except MappingFault as fault:
        raise CommandFailed(f"{options.file}: {fault}") from None
    try:
        place = mappings.save(home, options.name, plan)
    except MappingFault as fault:
        raise CommandFailed(str(fault)) from None
    show(options, {"file": str(place)}, lambda: [_("{file} is written").format(file=place)])
    return 0


def _remove(options: argparse.Namespace) -> int:
    try:
        mappings.remove(_home(options), options.name)
    except MappingFault as fault:
        raise CommandFailed(str(fault)) from None
    show(options, {"removed": options.name}, lambda: [_("{name} is removed").format(name=options.name)])
    return 0


def _sample(options: argparse.Namespace) -> int:
    _home(options)
    plan = FilePlan(
        "articles",
        options.format or FORMAT_OF.get(options.file.suffix.lower(), "csv"),
        options.encoding,
        options.separator,
        header=not options.no_header,
        skip_rows=options.skip_rows,
        rows=options.rows,
    )
    try:
        found = sample(_bytes_of(options.file), plan, SAMPLED)
    except Unreadable as fault:
        raise CommandFailed(f"{options.file}: {fault}") from None
    show(
        options,
        msgspec.to_builtins(found),
        lambda: [
            *found.lines,
            *(
                f"{number:3} {heading}: {' | '.join(row[number - 1] for row in found.rows if row)}"
                for number, heading in enumerate(found.headings, 1)
            ),
        ],
    )
    return 0


def _home(options: argparse.Namespace) -> Path:
    settings_of(options, home_of(options))
    return home_of(options).path


def _loaded(options: argparse.Namespace) -> FilePlan:
    try:
        return mappings.load(_home(options), options.name)
    except MappingFault as fault:
        raise CommandFailed(str(fault)) from None


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        said = _("{file}: cannot be read ({reason}); check its name and permissions")
        raise CommandFailed(said.format(file=file, reason=reason_of(error))) from None


def _text_of(file: Path) -> str:
    try:
        return _bytes_of(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CommandFailed(_("{file}: save it as UTF-8").format(file=file)) from None
