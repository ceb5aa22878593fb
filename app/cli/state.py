"""``status``, ``log``, ``verify``, ``rebuild``: what this till knows, and whether it is sound."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from app import wiring
from app.cli.ask import ask
from app.cli.options import CommandFailed, command, home_of, settings_of, show
from app.sentences import sentence
from app.text import gettext as _
from app.text import ngettext


def add_commands(commands: Any) -> None:
    """The group's commands."""
    command(commands, "status", _status, _("online or not, peers, what is still to be sent"))
    log = command(commands, "log", _log, _("the sync log: with whom, when, what, and what failed"))
    log.add_argument("--limit", type=int, default=200, help=_("how many lines, newest last"))
    command(commands, "verify", _verify, _("check every signature and chain"))
    command(commands, "rebuild", _rebuild, _("fold the books anew from the feeds"))


def _status(options: argparse.Namespace) -> int:
    status = ask(options, "status")

    def lines() -> list[str]:
        peers = ", ".join(f"{peer['till_no']} {peer['name']}" for peer in status["peers"]) or _("none")
        return [
            _("network {network}, till {till_no} ({name})").format(**status),
            _("online") if status["online"] else _("offline"),
            _("peers: {peers}").format(peers=peers),
            ngettext("{count} entry still to be sent", "{count} entries still to be sent", status["pending"]).format(
                count=status["pending"]
            ),
        ]

    show(options, status, lines)
    return 0


def _log(options: argparse.Namespace) -> int:
    rows = ask(options, "log", limit=options.limit)

    def lines() -> list[str]:
        return [f"{_time(row['at_ms'])}  {row['what']:<13} {row['name']:<20} {row['detail']}" for row in rows]

    show(options, {"log": rows}, lines)
    return 0


def _verify(options: argparse.Namespace) -> int:
    report = ask(options, "verify")
    if report["faults"]:
        show(options, report, lambda: [str(fault) for fault in report["faults"]])
        raise CommandFailed(
            ngettext(
                "{count} fault found; restore a backup, or move store.sqlite away to fetch it anew",
                "{count} faults found; restore a backup, or move store.sqlite away to fetch it anew",
                len(report["faults"]),
            ).format(count=len(report["faults"]))
        )
    show(
        options,
        report,
        lambda: [
            _("{records} records in {feeds} feeds: every signature and chain holds").format(
                records=report["records"], feeds=report["feeds"]
            )
        ],
    )
    return 0


def _rebuild(options: argparse.Namespace) -> int:
    home = home_of(options)
    settings_of(options, home)
    try:
        before, after = wiring.rebuild(home)
    except wiring.FAILURES as error:
        raise CommandFailed(sentence(error)) from None
    data = {"fingerprint": after, "before": before, "same": before == after}
    text = _("the books are folded anew, to the same contents") if before == after else _("the books are folded anew")
    show(options, data, lambda: [text])
    return 0


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
