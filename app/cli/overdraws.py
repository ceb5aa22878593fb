"""``tillmesh overdraws``: what was used beyond its value, and ``overdraws settle``: the office's word on it."""

from __future__ import annotations

import argparse
from typing import Any

from app import overdraw_words
from app.cli.ask import ask, ask_supervisor
from app.cli.options import accept_common, command, show
from app.domain.overdraw import WAYS
from app.text import gettext as _


def add_commands(commands: Any) -> None:
    """The list, and what settles."""
    help_text = _("what was used beyond its value: by whom, when, with whose consent, and how it was settled")
    listing = command(commands, "overdraws", _overdraws, help_text)
    listing.add_argument("--open", action="store_true", help=_("only what is not settled"))
    parts = listing.add_subparsers(metavar=_("what"))
    settling = parts.add_parser(
        "settle", help=_("settle an overdraw; the balance is zero again, and no receipt and no report changes")
    )
    accept_common(settling)
    settling.set_defaults(run=_settle)
    settling.add_argument("resource", help=_("what was overdrawn, as the list names it: voucher/7K3M9QXA0PWTB"))
    settling.add_argument("--how", choices=WAYS, required=True, help=_("the shop bears it, it was paid, or put right"))
    settling.add_argument("--reason", required=True, help=_("why; it goes into the audit log"))
    settling.add_argument("--amount", default="", help=_("only so much of it"))
    settling.add_argument(
        "--break-holds",
        action="store_true",
        help=_("give back what open sales hold of it: only for a till that is gone for good"),
    )
    settling.add_argument(
        "--by",
        default="",
        help=_("who decides; once there are users the name to log in with, and the PIN is asked for"),
    )


def _overdraws(options: argparse.Namespace) -> int:
    found = ask(options, "overdraws")
    if options.open:
        found = [each for each in found if each["state"] != "settled"]

    def lines() -> list[str]:
        return [line for each in found for line in overdraw_words.lines(each)] or [_("nothing is overdrawn")]

    show(options, {"overdraws": found}, lines)
    return 0


def _settle(options: argparse.Namespace) -> int:
    said = {"resource": options.resource, "how": options.how, "reason": options.reason, "by": options.by}
    answer = ask_supervisor(options, "settle_overdraw", **said, amount=options.amount, break_holds=options.break_holds)
    show(options, answer, lambda: [_("{resource}: {settled} settled, {open} still open").format(**answer)])
    return 0
