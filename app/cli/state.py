"""``status``, ``log``, ``verify``, ``rebuild``: what this till knows, and whether it is sound."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app import network_words, wiring
from app.cli.ask import ask, number
from app.cli.options import CommandFailed, command, home_of, settings_of, show
from app.cli.progress import Progress
from app.screens import card_words, device_words
from app.sentences import sentence
from app.text import gettext as _
from app.text import moment, ngettext

_UNITS_S = {"m": 60, "h": 3_600, "d": 86_400}


def add_commands(commands: Any) -> None:
    """The group's commands."""
    command(commands, "status", _status, _("online or not, peers, what is still to be sent"))
    log = command(commands, "log", _log, _("the sync log: with whom, when, what, and what failed"), dials=False)
    log.add_argument("--limit", type=int, default=200, help=_("how many lines, newest last"))
    # Here --peer chooses lines: nothing is dialled for the log. An address, the common option's value, changes nothing.
    log.add_argument("--peer", type=_peer, metavar="NO", dest="no", help=_("only about the till with this number"))
    log.add_argument(
        "--since",
        type=_since,
        default=0,
        metavar=_("TIME"),
        help=_("not before: 2026-11-22, 2026-11-22T14:30, 30m, 2h, 7d"),
    )
    log.add_argument(
        "--what", action="append", default=[], help=_("only this: sent, received, connected, …; may be repeated")
    )
    verify = command(commands, "verify", _verify, _("check every signature and chain, here or of an export"))
    verify.add_argument(
        "--export", type=Path, metavar=_("FOLDER|FILE.zip"), help=_("an export of a network instead; no home is needed")
    )
    verify.add_argument(
        "--root", metavar=_("FILE|FINGERPRINT"), help=_("with --export: the root's certificate, or its SHA-256")
    )
    command(commands, "rebuild", _rebuild, _("fold the books anew from the feeds"))


def _status(options: argparse.Namespace) -> int:
    status = ask(options, "status")

    def lines() -> list[str]:
        peers = ", ".join(f"{peer['till_no']} {peer['name']}" for peer in status["peers"]) or _("none")
        now = datetime.now(UTC).astimezone()
        return [
            _("network {network}, till {till_no} ({name})").format(**status),
            _("online") if status["online"] else _("offline"),
            _("peers: {peers}").format(peers=peers),
            ngettext("{count} entry still to be sent", "{count} entries still to be sent", status["pending"]).format(
                count=status["pending"]
            ),
            *network_words.lacking(status, now),
            *network_words.advice(status),
            *(f"{device_words.title(each)}: {device_words.state(each)}" for each in device_words.devices_of(status)),
            *(f"{card_words.title(each)}: {card_words.state(each)}" for each in card_words.charges_of(status)),
            "",
            network_words.heading(),
            *network_words.rows(status, now),
        ]

    show(options, status, lines)
    return 0


def _log(options: argparse.Namespace) -> int:
    rows = ask(options, "log", limit=options.limit, no=options.no, since_ms=options.since, what=options.what)

    def lines() -> list[str]:
        return [
            f"{_time(row['at_ms'])}  {row['what']:<13} {row['name']:<20} {network_words.reason(row['detail'])}"
            for row in rows
        ]

    show(options, {"log": rows}, lines)
    return 0


def _verify(options: argparse.Namespace) -> int:
    if options.export is not None:
        from app.cli.exporting import verify_export

        return verify_export(options)
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
    settings = settings_of(options, home)
    progress = Progress(sys.stderr)
    try:
        before, after = wiring.rebuild(home, settings, progress.records)
    except wiring.FAILURES as error:
        raise CommandFailed(sentence(error)) from None
    except KeyboardInterrupt:
        raise CommandFailed(_("given up; the books are as they were")) from None
    finally:
        progress.clear()
    data = {"fingerprint": after, "before": before, "same": before == after}
    text = _("the books are folded anew, to the same contents") if before == after else _("the books are folded anew")
    show(options, data, lambda: [text])
    return 0


def _peer(text: str) -> int | None:
    return None if ":" in text else number(text)


def _since(text: str) -> int:
    """Unix ms of a local date or time, or of so long ago."""
    try:
        if text[-1:] in _UNITS_S and text[:-1].isascii() and text[:-1].isdigit():
            return int((datetime.now(UTC) - timedelta(seconds=int(text[:-1]) * _UNITS_S[text[-1]])).timestamp() * 1000)
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            _("{text!r} is no time; write 2026-11-22, 2026-11-22T14:30, 30m, 2h or 7d").format(text=text)
        ) from None


def _time(at_ms: int) -> str:
    return moment(datetime.fromtimestamp(at_ms / 1000, UTC), seconds=True)
