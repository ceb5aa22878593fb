"""``tillmesh network``: found, release, slots, join, members, rename, replace, revoke, hand-over, sign-off."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from app import wiring
from app.cli import joining
from app.cli.ask import ask, ask_supervisor, number, numbers
from app.cli.options import CommandFailed, accept_common, home_of, settings_of, show
from app.domain import till_numbers
from app.network_words import role_name
from app.sentences import sentence
from app.text import gettext as _
from app.text import moment

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

    release = _part(parts, "release", _release, _("let tills in: prints their one-time code"))
    release.add_argument(
        "--no", type=numbers, required=True, help=_("number of the new till, or several: 2-8 or 2,3,5")
    )
    release.add_argument("--name", required=True, help=_("name of the new till; {no} in it stands for its number"))
    release.add_argument("--site", default="", help=_("where it stands"))
    release.add_argument("--role", choices=ROLES, default="till", help=_("what the new member is"))

    _on_paper(release)
    join = _part(parts, "join", joining.run, _("bind this home to a released slot"))
    join.add_argument("--code", required=True, help=_("the one-time code"))
    join.add_argument("--no", type=number, default=0, help=_("which of the code's numbers; otherwise the lowest free"))
    _part(parts, "slots", _slots, _("numbers that are released and nobody has joined with yet"))

    _part(parts, "members", _members, _("who belongs to the network"))
    rename = _part(parts, "rename", _rename, _("give a member another name"))
    rename.add_argument("--no", type=number, required=True, help=_("number of the member"))
    rename.add_argument("--name", required=True, help=_("its new name"))
    replace = _part(parts, "replace", _replace, _("new hardware for a number: shuts the old out, prints a new code"))
    replace.add_argument("--no", type=number, required=True, help=_("number of the member"))
    replace.add_argument("--name", default=None, help=_("another name for it"))
    replace.add_argument("--site", default=None, help=_("another place for it"))
    _on_paper(replace)
    confirm = _part(parts, "confirm", _confirm, _("a supervisor lets a restored or copied till write again"))
    confirm.add_argument(
        "--by",
        default="",
        help=_("who decides; once there are users the name to log in with, and the PIN is asked for"),
    )
    confirm.add_argument("--reason", default="", help=_("why; it goes into the audit log"))
    confirm.add_argument("--other-is-off", action="store_true", help=_("the other copy of this till is off for good"))
    revoke = _part(parts, "revoke", _revoke, _("shut a member out for good"))
    revoke.add_argument("--no", type=number, required=True, help=_("number of the member"))
    hand_over = _part(parts, "hand-over", _hand_over, _("let another till or centre let tills in from now on"))
    hand_over.add_argument("--to", type=number, required=True, dest="no", help=_("number of the member"))
    _part(parts, "sign-off", _sign_off, _("this till is put away; the others need not ask it until it is back"))


def _on_paper(parser: argparse.ArgumentParser) -> None:
    text = _("print the code as well, as a slip that a scanner reads")
    parser.add_argument("--print", action="store_true", dest="on_paper", help=text)


def _paper(options: argparse.Namespace) -> dict[str, bool]:
    """Said only when wanted: a running till of an earlier version does not know it."""
    return {"on_paper": True} if options.on_paper else {}


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
    # A running till of an earlier version knows one number at a time.
    which: dict[str, Any] = {"no": options.no[0]} if len(options.no) == 1 else {"nos": list(options.no)}
    answer = ask(
        options, "release", **which, name=options.name, role=options.role, site=options.site, **_paper(options)
    )
    told = (
        _("code for till {no} ({name}), good once:").format(no=answer["no"], name=answer["name"])
        if len(options.no) == 1
        else _("code for tills {numbers}, good once for each:").format(numbers=till_numbers.written(options.no))
    )
    show(options, answer, lambda: [told, answer["code"]])
    return 0


def _slots(options: argparse.Namespace) -> int:
    slots = ask(options, "slots")

    def line(slot: dict[str, Any]) -> str:
        until = moment(slot["expires_at"])
        ends = _("expired; release it again") if slot["expired"] else _("until {time}").format(time=until)
        return f"{slot['no']:>5} {slot['name']:<24} {role_name(slot['role']):<8} {slot['site']:<16} {ends}"

    show(options, {"slots": slots}, lambda: [line(slot) for slot in slots] or [_("no number is waiting for a till")])
    return 0


def _members(options: argparse.Namespace) -> int:
    members = ask(options, "members")

    def lines() -> list[str]:
        return [
            " ".join(
                (
                    f"{member['till_no']:>5}",
                    f"{member['name']:<24}",
                    f"{role_name(member['role']):<8}",
                    f"{member['site']:<16}",
                    member["member"],
                    *_standing(member),
                )
            )
            for member in members
        ]

    show(options, {"members": members}, lines)
    return 0


def _standing(member: dict[str, Any]) -> list[str]:
    """What is to be said of a member beside who it is."""
    generation = member["generation"]
    said = [
        _("authority") if member["authority"] else "",
        _("revoked") if member["revoked"] else "",
        _("signed off") if member["signed_off"] else "",
        _("hardware no. {generation}").format(generation=generation) if generation > 1 else "",
    ]
    return [", ".join(filter(None, said))] if any(said) else []


def _rename(options: argparse.Namespace) -> int:
    answer = ask(options, "rename", no=options.no, name=options.name)
    show(options, answer, lambda: [_("till {no} is called {name} from now on").format(**answer)])
    return 0


def _replace(options: argparse.Namespace) -> int:
    answer = ask(options, "replace", no=options.no, name=options.name, site=options.site, **_paper(options))
    show(
        options,
        answer,
        lambda: [
            (
                _("the old till {no} is shut out; code for the new one ({name}), good once:")
                if answer["replaced"]
                else _("code for till {no} ({name}), good once:")
            ).format(**answer),
            answer["code"],
        ],
    )
    return 0


def _hand_over(options: argparse.Namespace) -> int:
    answer = ask(options, "hand_over", no=options.no)
    show(
        options,
        answer,
        lambda: [_("{name} (till {no}) lets tills in from now on; this till no longer does").format(**answer)],
    )
    return 0


def _sign_off(options: argparse.Namespace) -> int:
    answer = ask(options, "sign_off")
    show(options, answer, lambda: [_("till {no} has signed off; its next claim signs it on again").format(**answer)])
    return 0


def _revoke(options: argparse.Namespace) -> int:
    answer = ask(options, "revoke", no=options.no)
    show(
        options,
        answer,
        lambda: [_("till {no} is shut out; no other member talks to it any more").format(no=options.no)],
    )
    return 0


def _confirm(options: argparse.Namespace) -> int:
    said = {"by": options.by, "reason": options.reason, "other_is_off": options.other_is_off}
    answer = ask_supervisor(options, "confirm", **said)
    show(
        options,
        answer,
        lambda: [_("this till writes again; its numbers go on above {number_floor}").format(**answer)],
    )
    return 0
