"""``tillmesh receipt``: a document as text, PDF or picture, a receipt as signed text; and is such a text genuine?

``receipt check`` needs no running till and no network: a home of the network has all it takes, and so has whoever was
given the root's certificate (``HOME/identity/root.pem``).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from app.cli.ask import ask
from app.cli.options import CommandFailed, command, home_of, settings_of, show
from app.domain import receipt_seal, statement
from app.domain.receipt_seal import Examined
from app.plain_sentences import reason as reason_of
from app.text import gettext as _
from app.text import mark

CHECK = "check"
FILE_BYTES_MAX = 4 * receipt_seal.MAX_TEXT

FAULTS = {
    statement.DAMAGED: mark("this is no receipt of a Tillmesh till, or its seal is incomplete; copy it whole"),
    statement.NEWER: mark("a newer version sealed this receipt; update this one"),
    statement.FOREIGN: mark("another network sealed this receipt"),
    statement.FORGED: mark("forged: who sealed this receipt is no till of this network"),
    statement.ALTERED: mark("altered: nobody of this network sealed this text"),
    statement.REVOKED: mark("sealed by a till that has been shut out of the network"),
}


def add_commands(commands: Any) -> None:
    """The command; ``check`` stands in the place of a number."""
    asked = command(commands, "receipt", _run, _("a document as text, PDF or picture; check: is a text genuine?"))
    asked.add_argument("no", help=_("number of a receipt, invoice, …; z_report-TILL-Z; or: check"))
    asked.add_argument("what", nargs="?", metavar=_("TEXT|FILE"), help=_("with check: the text, its file, or -"))
    asked.add_argument("--text", action="store_true", help=_("print it as text, as wide as the paper (the default)"))
    asked.add_argument("--pdf", type=Path, metavar="FILE", help=_("write it as PDF"))
    asked.add_argument("--png", type=Path, metavar="FILE", help=_("write it as a picture"))
    asked.add_argument("--signed", action="store_true", help=_("print the receipt's signed text"))
    asked.add_argument(
        "--root", type=Path, metavar="FILE", help=_("with check: the network's root.pem, without a home")
    )


def _run(options: argparse.Namespace) -> int:
    if options.no == CHECK:
        return _check(options)
    if options.what is not None or options.root is not None:
        raise CommandFailed(_("what is to be checked comes behind the word check; a document has one number"))
    return _show(options)


def _show(options: argparse.Namespace) -> int:
    from app.wiring_documents import shown

    document = shown(ask(options, "document", no=options.no))
    data: dict[str, Any] = {"document": document.name, "made_at": document.made_at}
    if options.signed:
        data["signed"] = ask(options, "digital_receipt", receipt_no=document.name)["text"]
    if options.text or not (options.pdf or options.png or options.signed):
        data["text"] = document.text()
    home = home_of(options)
    settings = settings_of(options, home)
    try:
        for kind, file, make in (("pdf", options.pdf, document.pdf), ("png", options.png, document.png)):
            if file is not None:
                file.write_bytes(make(settings, home.path))
                data[kind] = str(file)
    except OSError as error:
        raise CommandFailed(
            _("{file}: cannot be written ({reason}); choose another file").format(file=file, reason=reason_of(error))
        ) from None
    except ValueError as error:
        raise CommandFailed(_("{no} cannot be drawn: {reason}").format(no=options.no, reason=error)) from None
    show(options, data, lambda: [line for key in ("text", "signed") if key in data for line in data[key].splitlines()])
    return 0


def _check(options: argparse.Namespace) -> int:
    if options.what is None:
        raise CommandFailed(_("say what is to be checked: a text, a file, or - for what is piped in"))
    whole = _text_of(options.what)
    if options.root is None:
        found = msgspec.convert(ask(options, "check_receipt", text=whole), Examined)
    else:
        settings_of(options)
        found = _by_root(options.root, whole)
    if found.fault:
        raise CommandFailed(_(FAULTS[found.fault]), found.fault)
    said = _("genuine: sealed by till {till_no} ({name})").format(till_no=found.till_no, name=found.name)
    show(options, msgspec.to_builtins(found), lambda: [*found.text.splitlines(), "", said])
    return 0


def _by_root(file: Path, whole: str) -> Examined:
    from app.engine.statements import Examining

    try:
        return Examining.with_root(file.read_bytes()).examine_receipt(whole)
    except OSError as error:
        raise CommandFailed(_unread(str(file), reason_of(error))) from None
    except ValueError:
        raise CommandFailed(_("{file} is no root certificate; take HOME/identity/root.pem").format(file=file)) from None


def _text_of(what: str) -> str:
    """The text itself, or what is in the file of that name, or what is piped in."""
    if "\n" in what.strip():
        return what
    try:
        with sys.stdin.buffer if what == "-" else Path(what).open("rb") as file:
            raw = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise CommandFailed(_unread(what[:80], reason_of(error))) from None
    if len(raw) > FILE_BYTES_MAX:
        raise CommandFailed(_("{file} is too long to be a receipt").format(file=what[:80]))
    return raw.decode("utf-8", "replace")


def _unread(file: str, reason: str | None) -> str:
    return _("{file}: cannot be read ({reason}); check its name and permissions").format(file=file, reason=reason)
