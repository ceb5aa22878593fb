"""``tillmesh tills``: list, show, flows, set, release, replace, revoke, block, unblock, branch, group, pool."""

from __future__ import annotations

import argparse
from typing import Any

from app import till_words
from app.cli.ask import ask, number, numbers
from app.cli.options import accept_by, accept_common, show
from app.domain.branch import WITHHELD
from app.domain.number_range import DEFAULT_DIGITS, KINDS
from app.text import gettext as _

LINES_OF = ("head", "foot")


def add_commands(commands: Any) -> None:
    """The group and its commands."""
    group = commands.add_parser("tills", help=_("what the office says of tills: plans, branches, groups, numbers"))
    accept_common(group)
    parts = group.add_subparsers(metavar=_("what"), required=True)

    _part(parts, "list", _list, _("every number: who has it, how far known, what is pending"))
    shown = _part(parts, "show", _show, _("one till with its plan and its number ranges"))
    _number(shown)

    _part(parts, "flows", _flows, _("which data go to which till"))

    change = _part(parts, "set", _set, _("change a till's plan, or its name"))
    _number(change)
    change.add_argument("--name", default="", help=_("the till's new name"))
    _plan_options(change)
    accept_by(change)

    release = _part(parts, "release", _release, _("plan tills and let them in: prints their one-time code"))
    release.add_argument("nos", type=numbers, metavar=_("NUMBERS"), help=_("one number, or several: 2-8 or 2,3,5"))
    release.add_argument("--name", required=True, help=_("name of the new till; {no} in it stands for its number"))
    release.add_argument("--site", default="", help=_("where it stands"))
    release.add_argument("--role-of-member", choices=("till", "centre", "node"), default="till",
                         dest="kind", help=_("what the new member is"))  # fmt: skip
    release.add_argument("--pool", action="append", default=[], help=_("a block of this pool; may be repeated"))
    release.add_argument("--print", action="store_true", dest="on_paper", help=_("print the code as well"))
    _plan_options(release)
    accept_by(release)

    replace = _part(parts, "replace", _replace, _("new hardware for a number: shuts the old out, prints a new code"))
    _number(replace)
    replace.add_argument("--print", action="store_true", dest="on_paper", help=_("print the code as well"))
    _number(_part(parts, "revoke", _revoke, _("shut a till out for good")))

    block = _part(parts, "block", _block, _("hand out the next block of a number pool to a till"))
    _number(block)
    block.add_argument("pool", help=_("id of the pool"))
    accept_by(block)

    unblock = _part(parts, "unblock", _unblock, _("take a till's range back; its numbers are never handed out again"))
    accept_by(unblock)
    unblock.add_argument("range_id", metavar=_("RANGE"), help=_("id of the range, as `tills show --json` tells it"))

    branch = _values(parts, "branch", "branch", _("branches: list, set, remove"))
    _named(branch, "branch")
    for name in LINES_OF:
        branch.add_argument(f"--{name}", action="append", help=_("a line above or below receipts; may be repeated"))
    _named(_values(parts, "group", "device_group", _("device groups: list, set, remove")), "group")
    pool = _values(parts, "pool", "number_pool", _("number pools: list, set, remove"))
    pool.add_argument("pool", help=_("id of the pool"))
    pool.add_argument("--kind", choices=KINDS, required=True, help=_("which documents have these numbers"))
    pool.add_argument("--prefix", default="", help=_("what stands before each number; its end is no digit"))
    pool.add_argument("--start", type=int, required=True, help=_("the first number"))
    pool.add_argument("--end", type=int, required=True, help=_("the last number"))
    pool.add_argument("--block", type=int, required=True, help=_("how many numbers a till gets at once"))
    pool.add_argument("--digits", type=int, default=DEFAULT_DIGITS, help=_("to how many digits it is filled up"))


def _part(parts: Any, name: str, run: Any, help_text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = parts.add_parser(name, help=help_text, description=help_text)
    accept_common(parser)
    parser.set_defaults(run=run)
    return parser


def _number(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("no", type=number, metavar=_("NUMBER"), help=_("the till's number"))


def _plan_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--branch", help=_("id of its branch; empty: none"))
    parser.add_argument("--group", action="append", dest="groups", help=_("id of a device group; up to three times"))
    parser.add_argument("--no-groups", action="store_const", const=[], dest="groups", help=_("in no device group"))
    parser.add_argument("--role", help=_("what may be done there at most without a supervisor; empty: no limit"))
    parser.add_argument(
        "--catalogue", action="append", dest="catalogues", help=_("a catalogue for it; may be repeated")
    )
    parser.add_argument("--no-catalogues", action="store_const", const=[], dest="catalogues", help=_("none of its own"))
    parser.add_argument(
        "--withhold",
        action="append",
        dest="withheld",
        choices=WITHHELD,
        help=_("what does not go there; may be repeated"),
    )
    parser.add_argument("--no-withhold", action="store_const", const=[], dest="withheld", help=_("all goes there"))
    for name in LINES_OF:
        parser.add_argument(f"--{name}", action="append", help=_("a line above or below receipts; may be repeated"))
        parser.add_argument(f"--no-{name}", action="store_const", const=[], dest=name, help=_("no such lines"))


def _named(parser: argparse.ArgumentParser, key: str) -> None:
    parser.add_argument(key, help=_("its id"))
    parser.add_argument("--name", required=True, help=_("its name"))


def _values(parts: Any, name: str, subject: str, help_text: str) -> argparse.ArgumentParser:
    """A group ``list|set|remove`` of one subject; the parser of ``set``."""
    group = parts.add_parser(name, help=help_text, description=help_text)
    accept_common(group)
    inner = group.add_subparsers(metavar=_("what"), required=True)
    _part(inner, "list", _values_listed, help_text).set_defaults(subject=subject)
    change = _part(inner, "set", _value_set, help_text)
    change.set_defaults(subject=subject)
    accept_by(change)
    remove = _part(inner, "remove", _value_removed, help_text)
    remove.set_defaults(subject=subject)
    accept_by(remove)
    remove.add_argument("key", help=_("its id"))
    return change


def _plan(options: argparse.Namespace) -> dict[str, Any]:
    """What was said of the plan; what was not said stays."""
    said = {name: getattr(options, name) for name in ("branch", "groups", "role", "catalogues", "withheld", *LINES_OF)}
    return {name: value for name, value in said.items() if value is not None}


def _list(options: argparse.Namespace) -> int:
    rows = ask(options, "tills")
    show(options, {"tills": rows}, lambda: till_words.table(rows))
    return 0


def _flows(options: argparse.Namespace) -> int:
    rows = ask(options, "tills")
    data = [{name: row[name] for name in ("no", "name", "flows", "catalogues")} for row in rows]
    show(options, {"tills": data}, lambda: till_words.flows(rows))
    return 0


def _show(options: argparse.Namespace) -> int:
    row = ask(options, "till", no=options.no)
    show(options, row, lambda: till_words.sheet(row))
    return 0


def _set(options: argparse.Namespace) -> int:
    answer = ask(options, "till_set", no=options.no, name=options.name, plan=_plan(options), by=options.by)
    show(options, answer, lambda: [_("till {no} is planned like that from now on").format(no=options.no)])
    return 0


def _release(options: argparse.Namespace) -> int:
    answer = ask(
        options, "till_release", nos=list(options.nos), name=options.name, role=options.kind, site=options.site,
        plan=_plan(options), pools=options.pool, on_paper=options.on_paper, by=options.by,
    )  # fmt: skip
    show(options, answer, lambda: [till_words.released(answer), answer["code"]])
    return 0


def _replace(options: argparse.Namespace) -> int:
    answer = ask(options, "replace", no=options.no, on_paper=options.on_paper)
    show(options, answer, lambda: [till_words.replaced(answer), answer["code"]])
    return 0


def _revoke(options: argparse.Namespace) -> int:
    answer = ask(options, "revoke", no=options.no)
    show(options, answer, lambda: [till_words.revoked(answer)])
    return 0


def _block(options: argparse.Namespace) -> int:
    answer = ask(options, "till_block", no=options.no, pool=options.pool, by=options.by)
    show(options, answer, lambda: [till_words.block(answer)])
    return 0


def _unblock(options: argparse.Namespace) -> int:
    answer = ask(options, "till_block_remove", range_id=options.range_id, by=options.by)
    show(options, answer, lambda: [till_words.unblocked(answer)])
    return 0


def _values_listed(options: argparse.Namespace) -> int:
    rows = ask(options, "till_values", subject=options.subject)
    show(options, {options.subject: rows}, lambda: [till_words.value(row) for row in rows])
    return 0


def _value_set(options: argparse.Namespace) -> int:
    fields = {
        "branch": ("branch", "name", *LINES_OF),
        "device_group": ("group", "name"),
        "number_pool": ("pool", "kind", "prefix", "start", "end", "block", "digits"),
    }[options.subject]
    said = {name: getattr(options, name) for name in fields}
    value = {name: value for name, value in said.items() if value is not None}
    answer = ask(options, "till_value_set", subject=options.subject, value=value, by=options.by)
    show(options, answer, lambda: [_("{key} is set").format(**answer)])
    return 0


def _value_removed(options: argparse.Namespace) -> int:
    answer = ask(options, "till_value_remove", subject=options.subject, key=options.key, by=options.by)
    show(options, answer, lambda: [_("{key} is removed").format(**answer)])
    return 0
