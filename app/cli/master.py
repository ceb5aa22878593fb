"""``tillmesh master``: kinds, list, show, set, remove, history, changes, unfinished, undo, plan, copies, restore,
groups, regroup."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from app import master_words
from app.cli.ask import ask
from app.cli.files import stop
from app.cli.options import CommandFailed, accept_common, show
from app.office.bulk import words
from app.text import gettext as _
from app.text import ngettext


def add_commands(commands: Any) -> None:
    """The group and its commands."""
    group = commands.add_parser(
        "master", help=_("articles, prices, customers and all other master data, with their past")
    )
    accept_common(group)
    parts = group.add_subparsers(metavar=_("what"), required=True)

    _part(parts, "kinds", _kinds, _("every kind of master data and its fields"))

    listing = _part(parts, "list", _list, _("values of a kind"))
    listing.add_argument("kind", help=_("such as article, price, customer, tender; `master kinds` lists them"))
    listing.add_argument("--search", default="", help=_("only those that hold every word"))
    listing.add_argument("--limit", type=int, default=1_000, help=_("at most so many"))

    _keyed(_part(parts, "show", _show, _("one value, and the version that it is")))

    change = _part(parts, "set", _set, _("set a value, or some of its fields"))
    change.add_argument("kind", help=_("such as article, price, customer, tender; `master kinds` lists them"))
    change.add_argument("key", nargs="?", default="", help=_("which; left out if the fields say it"))
    change.add_argument("fields", nargs="*", metavar="FIELD=VALUE", help=_("4.99 or 4,99; yes or no; lists: a|b"))
    change.add_argument("--value", default="", metavar="JSON", help=_("fields as one JSON object"))
    _seen(change)

    _seen(_keyed(_part(parts, "remove", _remove, _("remove a value; its past stays"))))

    past = _part(parts, "history", _history, _("who changed what, when, from what to what; the newest first"))
    past.add_argument("kind", nargs="?", default="", help=_("only this kind"))
    past.add_argument("key", nargs="?", default="", help=_("only this value"))
    past.add_argument("--by", default="", help=_("only of this user"))
    past.add_argument("--change", default="", help=_("only what this change has set"))
    past.add_argument("--crossed", action="store_true", help=_("only what was said without knowing the version before"))
    past.add_argument("--limit", type=int, default=100, help=_("at most so many"))

    bulk = _part(parts, "changes", _changes, _("changes of many values together, such as imports"))
    bulk.add_argument("--limit", type=int, default=50, help=_("at most so many"))

    unfinished = _part(parts, "unfinished", _unfinished, _("how far an import is that is running, or was cut off"))
    unfinished.add_argument("--stop", action="store_true", help=_("leave it at what is written"))

    undo = _part(parts, "undo", _undo, _("make a value what it was, or all values of a change"))
    undo.add_argument("kind", nargs="?", default="", help=_("such as article, price, customer, tender"))
    undo.add_argument("key", nargs="?", default="", help=_("which"))
    undo.add_argument("--to", default="", metavar="VERSION", help=_("as of this version; left out: the one before"))
    undo.add_argument(
        "--change", default="", help=_("every value that this change has set; `master changes` lists them")
    )
    undo.add_argument("--keep-newer", action="store_true", help=_("leave alone what was changed after it"))
    undo.add_argument("--dry-run", action="store_true", help=_("only say what would be taken back"))
    _seen(undo)
    _plan_part(parts)
    _copy_parts(parts)
    _group_parts(parts)


def _group_parts(parts: Any) -> None:
    _part(parts, "groups", _groups, _("article groups with how many articles are in each"))
    rename = _part(parts, "regroup", _regroup, _("give an article group another name, in all that names it"))
    rename.add_argument("old", help=_("the group"))
    rename.add_argument("new", help=_("its new name; an empty one takes it off"))
    rename.add_argument("--dry-run", action="store_true", help=_("only say what would change"))
    rename.add_argument("--by", default="", help=_("the user who says so"))


def _copy_parts(parts: Any) -> None:
    _part(parts, "copies", _copies, _("copies that were made before changes"))
    restore = _part(parts, "restore", _restore, _("make master data what they were in a copy"))
    restore.add_argument("copy", help=_("its name; `master copies` lists them"))
    restore.add_argument("--dry-run", action="store_true", help=_("only say what would change"))
    restore.add_argument("--by", default="", help=_("the user who says so"))


def _plan_part(parts: Any) -> None:
    plan = _part(parts, "plan", _plan, _("what is to change later; without more the list of plans"))
    plan.add_argument("kind", nargs="?", default="", help=_("such as article, price, customer, tender"))
    plan.add_argument("key", nargs="?", default="", help=_("which; left out if the fields say it"))
    plan.add_argument("fields", nargs="*", metavar="FIELD=VALUE", help=_("as for `master set`"))
    plan.add_argument("--value", default="", metavar="JSON", help=_("fields as one JSON object"))
    plan.add_argument("--at", default="", help=_("2026-12-01 or '2026-12-01 06:00', as clocks here"))
    plan.add_argument("--remove", action="store_true", help=_("remove the value then"))
    plan.add_argument("--cancel", default="", metavar="PLAN", help=_("take a plan back"))
    plan.add_argument("--by", default="", help=_("the user who says so"))


def _part(parts: Any, name: str, run: Callable[[argparse.Namespace], int], help_text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = parts.add_parser(name, help=help_text, description=help_text)
    accept_common(parser)
    parser.set_defaults(run=run)
    return parser


def _keyed(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("kind", help=_("such as article, price, customer, tender; `master kinds` lists them"))
    parser.add_argument("key", help=_("which"))
    return parser


def _seen(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--version", default=None, help=_("the version that you saw: refused if somebody has changed it since")
    )
    parser.add_argument("--by", default="", help=_("the user who says so"))


def _kinds(options: argparse.Namespace) -> int:
    found = ask(options, "master_kinds")
    show(options, found, lambda: [f"{row['kind']:18}{row['values']:>8}  {', '.join(row['fields'])}" for row in found])
    return 0


def _list(options: argparse.Namespace) -> int:
    found = ask(options, "master_list", kind=options.kind, search=options.search, limit=options.limit)

    def lines() -> list[str]:
        rows = [f"{row['key']:<24} {row['text']}" for row in found["values"]]
        if found["more"]:
            rows.append(_("... there are more: --limit, or --search"))
        return rows or [_("none")]

    show(options, found, lines)
    return 0


def _show(options: argparse.Namespace) -> int:
    if getattr(options, "json", False):
        show(options, ask(options, "master_show", kind=options.kind, key=options.key), list)
        return 0
    form = ask(options, "master_form", kind=options.kind, key=options.key)
    show(options, form, lambda: master_words.form_lines(form))
    return 0


def _set(options: argparse.Namespace) -> int:
    key, fields = _key_and_fields(options)
    answer = ask(
        options, "master_set", kind=options.kind, key=key, values=_values(fields, options.value),
        version=options.version, by=options.by,
    )  # fmt: skip
    said = _("{kind} {key} is set") if answer["changed"] else _("{kind} {key} is so already")
    show(options, answer, lambda: [said.format(kind=answer["kind"], key=answer["key"])])
    return 0


def _values(fields: list[str], text: str) -> dict[str, Any]:
    values = _object(text) if text else {}
    for each in fields:
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise CommandFailed(_("{text} is no FIELD=VALUE").format(text=each[:40]))
        values[name] = value
    if not values:
        raise CommandFailed(_("nothing is to be set: write FIELD=VALUE, such as price=4.99"))
    return values


def _plan(options: argparse.Namespace) -> int:
    if options.cancel:
        answer = ask(options, "master_plan_cancel", plan=options.cancel, by=options.by)
        show(options, answer, lambda: [_("plan {plan} is cancelled").format(**answer)])
        return 0
    if not options.kind:
        found = ask(options, "master_plans")
        show(options, found, lambda: [line for row in found for line in master_words.plan_lines(row)] or [_("none")])
        return 0
    if not options.at:
        raise CommandFailed(_("say when: --at 2026-12-01, or --at '2026-12-01 06:00'"))
    key, fields = _key_and_fields(options)
    answer = ask(
        options, "master_plan", kind=options.kind, key=key, at=options.at, removed=options.remove, by=options.by,
        values={} if options.remove else _values(fields, options.value),
    )  # fmt: skip
    said = _("plan {planned}: {kind} {key} at {at}") if answer["planned"] else _("{kind} {key} is set from that day on")
    show(options, answer, lambda: [said.format(**{**answer, "at": master_words.moment(answer["at"])})])
    return 0


def _groups(options: argparse.Namespace) -> int:
    found = ask(options, "master_groups")
    show(options, found, lambda: [f"{row['articles']:>7}  {row['group']}" for row in found] or [_("none")])
    return 0


def _regroup(options: argparse.Namespace) -> int:
    answer = ask(options, "master_regroup", old=options.old, new=options.new, dry_run=options.dry_run, by=options.by)
    count = answer["values"]
    said = (
        ngettext("{count} value would be changed", "{count} values would be changed", count)
        if options.dry_run
        else ngettext("{count} value is changed", "{count} values are changed", count)
    )
    show(options, answer, lambda: [said.format(count=count)])
    return 0


def _copies(options: argparse.Namespace) -> int:
    found = ask(options, "master_copies")
    show(options, found, lambda: [master_words.copy_line(row) for row in found] or [_("none")])
    return 0


def _restore(options: argparse.Namespace) -> int:
    answer = ask(options, "master_restore", copy=options.copy, dry_run=options.dry_run, by=options.by)
    count = answer["restored"]
    said = (
        ngettext("{count} value would be as it was", "{count} values would be as they were", count)
        if options.dry_run
        else ngettext("{count} value is as it was", "{count} values are as they were", count)
    )
    left = [_("left as it is: {which}").format(which=each) for each in answer["left"]]
    show(options, answer, lambda: [said.format(count=count), *left])
    return 0


def _key_and_fields(options: argparse.Namespace) -> tuple[str, list[str]]:
    """``set price ident_no=1 …`` has no key of its own."""
    key, fields = options.key, list(options.fields)
    return ("", [key, *fields]) if "=" in key else (key, fields)


def _object(text: str) -> dict[str, Any]:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise CommandFailed(_('--value is no JSON object like {"price_minor": 499}'))
    return found


def _remove(options: argparse.Namespace) -> int:
    answer = ask(options, "master_remove", kind=options.kind, key=options.key, version=options.version, by=options.by)
    show(options, answer, lambda: [_("{kind} {key} is removed").format(**answer)])
    return 0


def _history(options: argparse.Namespace) -> int:
    found = ask(
        options, "master_history", kind=options.kind, key=options.key, by=options.by, change=options.change,
        limit=options.limit, crossed=options.crossed,
    )  # fmt: skip
    show(options, found, lambda: [line for row in found for line in master_words.version_lines(row)] or [_("none")])
    return 0


def _changes(options: argparse.Namespace) -> int:
    found = ask(options, "master_changes", limit=options.limit)
    show(options, found, lambda: [master_words.change_line(row) for row in found] or [_("none")])
    return 0


def _unfinished(options: argparse.Namespace) -> int:
    if options.stop:
        return stop(options)
    standing = ask(options, "taking_over")
    show(options, standing, lambda: [words.going_on(standing)])
    return 0


def _undo(options: argparse.Namespace) -> int:
    if options.change:
        answer = ask(
            options, "master_undo_change", change=options.change, keep_newer=options.keep_newer,
            dry_run=options.dry_run, by=options.by,
        )  # fmt: skip
        count = answer["undone"]
        said = (
            ngettext("{count} value would be taken back", "{count} values would be taken back", count)
            if options.dry_run
            else ngettext("{count} value is taken back", "{count} values are taken back", count)
        ).format(count=count)
        newer = [_("changed since: {which}").format(which=each) for each in answer["conflicts"]]
        show(options, answer, lambda: [said, *newer])
        return 0
    if not options.kind or not options.key:
        raise CommandFailed(_("say which value: `master undo article 0815`, or which change: --change"))
    answer = ask(
        options,
        "master_undo",
        kind=options.kind,
        key=options.key,
        to=options.to,
        version=options.version,
        by=options.by,
    )
    said = _("{kind} {key} is as it was") if answer["changed"] else _("{kind} {key} is so already")
    show(options, answer, lambda: [said.format(kind=answer["kind"], key=answer["key"])])
    return 0
