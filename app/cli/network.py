"""``tillmesh network``: found, release, join, members, revoke."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Any

from app import wiring, wiring_joining
from app.cli.ask import ask, number
from app.cli.options import CommandFailed, accept_common, home_of, settings_of, show
from app.cli.progress import Progress
from app.engine.lock import HomeInUse, HomeLock
from app.sentences import sentence
from app.text import gettext as _

ROLES = ("till", "centre", "node")


def add_commands(commands: Any) -> None:
    """The group and its commands."""
    group = commands.add_parser("network", help=_("found a network, let tills in, see who belongs to it"))
    accept_common(group)
    parts = group.add_subparsers(metavar=_("what"), required=True)

    found = _part(parts, "found", _found, _("a new network; this home is its first member"))
    found.add_argument("--name", required=True, help=_("name of the network"))
    found.add_argument("--till-no", type=number, default=1, help=_("number of this till"))
    found.add_argument("--role", choices=("till", "centre"), default="till", help=_("what this member is"))
    found.add_argument("--till-name", default="", help=_("name of this till"))
    found.add_argument("--site", default="", help=_("where it stands"))

    release = _part(parts, "release", _release, _("let a till in: prints its one-time code"))
    release.add_argument("--no", type=number, required=True, help=_("number of the new till"))
    release.add_argument("--name", required=True, help=_("name of the new till"))
    release.add_argument("--site", default="", help=_("where it stands"))
    release.add_argument("--role", choices=ROLES, default="till", help=_("what the new member is"))

    join = _part(parts, "join", _join, _("bind this home to a released slot"))
    join.add_argument("--code", required=True, help=_("the one-time code"))

    _part(parts, "members", _members, _("who belongs to the network"))
    revoke = _part(parts, "revoke", _revoke, _("shut a member out for good"))
    revoke.add_argument("--no", type=number, required=True, help=_("number of the member"))


def _part(parts: Any, name: str, run: Any, help_text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = parts.add_parser(name, help=help_text, description=help_text)
    accept_common(parser)
    parser.set_defaults(run=run)
    return parser


def _found(options: argparse.Namespace) -> int:
    home = home_of(options)
    settings = settings_of(options, home)
    try:
        who = asyncio.run(
            wiring.found(
                home,
                settings,
                options.name,
                options.till_no,
                options.role,
                till_name=options.till_name,
                site=options.site,
            )
        )
    except wiring.FAILURES as error:
        raise CommandFailed(sentence(error)) from None
    data = {"network": who.network, "till_no": who.till_no, "member": who.member_id, "home": str(home.path)}
    show(
        options,
        data,
        lambda: [_("network {network} founded; this is till {till_no} ({home})").format(**data)],
    )
    return 0


def _release(options: argparse.Namespace) -> int:
    answer = ask(options, "release", no=options.no, name=options.name, role=options.role, site=options.site)
    show(
        options,
        {"code": answer["code"], "no": options.no, "name": options.name},
        lambda: [
            _("code for till {no} ({name}), good once:").format(no=options.no, name=options.name),
            answer["code"],
        ],
    )
    return 0


def _join(options: argparse.Namespace) -> int:
    home = home_of(options)
    settings = settings_of(options, home)
    try:
        with HomeLock(home):
            who = asyncio.run(wiring.join(home, settings, options.code, tuple(getattr(options, "peers", ()))))
    except (HomeInUse, *wiring.FAILURES) as error:
        raise CommandFailed(sentence(error)) from None
    data = {"network": who.network, "till_no": who.till_no, "member": who.member_id, "home": str(home.path)}
    wiring.log_to(home)
    progress = Progress(sys.stderr)
    ended = asyncio.run(wiring_joining.provision(home, settings, progress.show))
    progress.end(ended.complete, ended.came)
    show(
        options,
        {**data, "provisioned": ended.complete, "came": ended.came},
        lambda: [_("this is now till {till_no} of network {network}").format(**data)],
    )
    return 0


def _members(options: argparse.Namespace) -> int:
    members = ask(options, "members")

    def lines() -> list[str]:
        return [
            " ".join(
                (
                    f"{member['till_no']:>5}",
                    f"{member['name']:<24}",
                    f"{member.get('role', ''):<7}",
                    f"{member.get('site', ''):<16}",
                    _("revoked") if member.get("revoked") else member["member"],
                )
            )
            for member in members
        ]

    show(options, {"members": members}, lines)
    return 0


def _revoke(options: argparse.Namespace) -> int:
    answer = ask(options, "revoke", no=options.no)
    show(
        options,
        answer,
        lambda: [_("till {no} is shut out; no other member talks to it any more").format(no=options.no)],
    )
    return 0
