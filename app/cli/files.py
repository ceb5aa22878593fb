"""``tillmesh import`` and ``tillmesh export``: files in, files out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from app import change_words
from app.cli.ask import ask, did
from app.cli.options import CommandFailed, command, home_of, settings_of, show
from app.config import CURRENCY
from app.engine.control import Refused
from app.office.bulk import words
from app.office.files import EXPORTS, IMPORTS
from app.office.mapping.plan import ENCODINGS, FORMATS, FilePlan, MappingFault, checked
from app.office.mapping.reading import FILE_BYTES_MAX, FORMAT_OF
from app.office.whole_file import write_whole
from app.plain_sentences import reason as reason_of
from app.text import gettext as _
from app.text import ngettext

FAULTS_SHOWN = 50


def add_commands(commands: Any) -> None:
    """``import`` and ``export``."""
    reading = command(commands, "import", _import, _("take articles, customers, vouchers, … over from a file"))
    reading.add_argument("what", choices=tuple(IMPORTS), help=_("what the file holds"))
    reading.add_argument("file", type=Path, help=_("the file"))
    reading.add_argument("--skip-bad", action="store_true", help=_("leave bad lines out instead of importing nothing"))
    reading.add_argument(
        "--mapping", metavar="NAME", default="", help=_("how the file is laid out: mappings/NAME.toml")
    )
    reading.add_argument("--encoding", choices=ENCODINGS, help=_("of the file, if it is not found rightly"))
    reading.add_argument("--by", default="", help=_("the user who says so"))
    reading.add_argument("--dry-run", action="store_true", help=_("only say what would change"))
    reading.add_argument(
        "--expect", metavar="STATE", default="", help=_("import only what --dry-run of that state said")
    )
    writing = command(commands, "export", _export, _("articles, customers, … as a file for other programs"))
    writing.add_argument("what", choices=tuple(EXPORTS), help=_("what to print"))
    writing.add_argument("--format", choices=FORMATS, help=_("how (else as the mapping or the file's name says)"))
    writing.add_argument(
        "--mapping", metavar="NAME", default="", help=_("how the file is laid out: mappings/NAME.toml")
    )
    writing.add_argument("--encoding", choices=ENCODINGS[1:], help=_("of the file, where the mapping's does not fit"))
    writing.add_argument("--out", metavar="FILE", type=Path, help=_("write this file instead of printing"))


def _import(options: argparse.Namespace) -> int:
    request = _prepared(options)
    try:
        answer = ask(
            options,
            "take_over",
            **request,
            look=options.dry_run,
            skip_bad=options.skip_bad,
            expect=options.expect,
            by=options.by,
        )
    except KeyboardInterrupt:
        if options.dry_run:
            raise
        return stop(options)
    for fault in answer["faults"][:FAULTS_SHOWN]:
        print(
            _("{file}: line {line}: {reason}").format(file=options.file, line=fault["line"], reason=fault["reason"]),
            file=sys.stderr,
        )
    bad = answer["bad"]
    if options.dry_run:
        show(options, answer, lambda: _told(answer))
        return 0
    if bad and not options.skip_bad:
        raise CommandFailed(
            ngettext(
                "{file}: {count} bad line, nothing imported; correct it or use --skip-bad",
                "{file}: {count} bad lines, nothing imported; correct them or use --skip-bad",
                bad,
            ).format(file=options.file, count=bad)
        )
    if answer["stopped"]:  # by somebody else: at the screen, or with `master unfinished --stop`
        raise CommandFailed("; ".join(words.lines(answer)))
    count = answer["imported"]
    for line in words.lines(answer):
        print(line, file=sys.stderr)
    show(
        options,
        {"imported": count, "skipped": bad, "unchanged": answer["unchanged"]}
        | ({"left": answer["left"]} if answer["passed"] else {}),
        lambda: [
            ngettext("{count} entry imported", "{count} entries imported", count).format(count=count),
            *([_("{count} were so already").format(count=answer["unchanged"])] if answer["unchanged"] else []),
            *([_("from now on everybody logs in at the tills")] if options.what == "users" and count else []),
        ],
    )
    return 1 if answer["passed"] else 0


def stop(options: argparse.Namespace) -> int:
    """End the import that is running, or was cut off, as it is: what of it is done, and what is not."""
    outcome = ask(options, "take_over_stop")
    whole = _("{change}: all {of} were written already").format(**outcome)
    show(options, outcome, lambda: words.lines(outcome) or [whole])
    return 1


def _told(answer: dict[str, Any]) -> list[str]:
    """What a file would change, for people."""
    lines = [change_words.summary(answer), ""]
    for change in answer["changes"]:
        lines += change_words.lines(change)
    left = sum(answer[sort] for sort in ("new", "changed", "removed")) - len(answer["changes"])
    if left > 0:
        lines.append(_("... and {count} more").format(count=left))
    lines += ["", _("to import exactly this: --expect {state}").format(state=answer["state"])]
    return lines


def _prepared(options: argparse.Namespace) -> dict[str, Any]:
    """The file as ``take_over`` takes it; what was found out about it is told."""
    from app.office.exchange import mappings
    from app.office.exchange.preparing import prepared
    from app.office.mapping.reading import Unreadable

    settings_of(options, home_of(options))
    try:
        plan = mappings.load(home_of(options).path, options.mapping) if options.mapping else None
        found = prepared(
            _bytes_of(options.file), options.what, options.file.name, CURRENCY, plan, options.encoding or ""
        )
    except MappingFault as fault:
        raise CommandFailed(str(fault)) from None
    except Unreadable as fault:
        raise CommandFailed(f"{options.file}: {fault}") from None
    if found.passed_over:
        said = _("{file}: passed over are the columns {columns}")
        print(said.format(file=options.file, columns=", ".join(found.passed_over)), file=sys.stderr)
    if found.guessed:
        said = _("{file}: read as {encoding}; --encoding says otherwise")
        print(said.format(file=options.file, encoding=found.encoding), file=sys.stderr)
    return found.request()


def _export(options: argparse.Namespace) -> int:
    from app.office.exchange import exporting
    from app.office.exchange.packing import unpack_values

    plan = _plan(options)
    if plan is None:
        options.json = True
        show(options, list(unpack_values(ask(options, "export_packed", what=options.what))), list)
        return 0
    try:
        exporting.check(plan)
        file = exporting.exported(plan, unpack_values(ask(options, "export_packed", what=options.what)), CURRENCY)
        if options.out is not None:
            write_whole(options.out, f"{plan.what}.{plan.format}", file)
            did(options, f"export {options.what} --out {options.out}")
    except (exporting.Unwritable, Refused) as fault:
        raise CommandFailed(str(fault)) from None
    if options.out is None:
        sys.stdout.flush()
        if plan.encoding == "auto":
            sys.stdout.write(file.decode("utf-8"))
        else:
            sys.stdout.buffer.write(file)
        sys.stdout.flush()
    return 0


def _plan(options: argparse.Namespace) -> FilePlan | None:
    """How the file is written; None: as JSON with all that the books say."""
    from app.office.exchange import mappings

    settings_of(options, home_of(options))
    own = FORMAT_OF.get(options.out.suffix.lower(), "csv") if options.out is not None else "csv"
    try:
        if options.mapping:
            plan = mappings.load(home_of(options).path, options.mapping)
            plan = checked(msgspec.structs.replace(plan, format=options.format or plan.format))
        else:
            form = "json" if getattr(options, "json", False) else options.format or own
            if form == "json" and options.out is None:
                return None
            plan = checked(FilePlan(options.what, form, separator=","))
    except MappingFault as fault:
        raise CommandFailed(str(fault)) from None
    if plan.what != options.what:
        said = _("the mapping is for {its}, not for {what}; choose another")
        raise CommandFailed(said.format(its=plan.what, what=options.what))
    if options.encoding:
        plan = msgspec.structs.replace(plan, encoding=options.encoding)
    if plan.format == "xlsx" and options.out is None:
        raise CommandFailed(_("a workbook is no text to print; name a file with --out"))
    return plan


def _bytes_of(file: Path) -> bytes:
    try:
        size = file.stat().st_size
        if size > FILE_BYTES_MAX:
            raise CommandFailed(
                _("{file}: {size} bytes are too many; split it into files of at most {most} bytes").format(
                    file=file, size=size, most=FILE_BYTES_MAX
                )
            )
        return file.read_bytes()
    except OSError as error:
        raise CommandFailed(
            _("{file}: cannot be read ({reason}); check its name and permissions").format(
                file=file, reason=reason_of(error)
            )
        ) from None
