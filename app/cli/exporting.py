"""``tillmesh export-network``: everything for an outside auditor, and ``verify --export``, which needs no home."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app import carrier_words, wiring
from app.cli.ask import did
from app.cli.options import CommandFailed, command, home_of, settings_of, show
from app.cli.progress import Bar
from app.sentences import sentence
from app.text import gettext as _
from app.text import mark
from replication.exported import trust
from replication.exported.packing import unpack
from replication.exported.trust import RootRefused
from replication.net.carrier_files import Refusal
from replication.net.carrier_folder import CarrierRefused

ROOTS = {
    "no_certificate": mark("{where} is no root certificate; take HOME/identity/root.pem"),
    "no_root": mark("{where} is not there; name the root's certificate with --root FILE"),
    "other_root": mark("{where} is another certificate than the fingerprint names: this export is not of that network"),
    "changed": mark("{where} is not the root's certificate as it was written; fetch the export anew"),
}


def add_commands(commands: Any) -> None:
    """The command that writes; the one that checks is ``verify``."""
    help_text = _("write all signed feeds into a folder, or a .zip file, for an outside auditor")
    export = command(commands, "export-network", _export, help_text)
    export.add_argument("place", type=Path, metavar=_("FOLDER|FILE.zip"), help=_("where to"))


def _export(options: argparse.Namespace) -> int:
    from app.office.audit import export_words
    from app.office.audit.export_write import NotWritten, write

    home = home_of(options)
    settings_of(options, home)
    try:
        data = write(home, options.place)
    except NotWritten as refused:
        raise CommandFailed(str(refused), refused.code) from None
    except wiring.FAILURES as error:
        raise CommandFailed(sentence(error)) from None
    did(options, f"export-network {options.place}")
    show(options, data, lambda: export_words.written(data))
    return 0


def verify_export(options: argparse.Namespace) -> int:
    """``verify --export PLACE --root FILE|FINGERPRINT``: exit status 1 and one line if anything is wrong."""
    from app.office.audit import export_check, export_words

    if not options.root:
        raise CommandFailed(_("say whom to trust: --root FILE, the root's certificate, or --root FINGERPRINT"))
    bar = Bar(sys.stderr)
    try:
        with _folder(options.export.expanduser()) as folder:
            root = trust.root_of(options.root, folder)
            found = export_check.examine(
                folder, root, lambda done, of: bar.show(done, of, _("{done} of {of} files").format(done=done, of=of))
            )
    except CarrierRefused as refused:
        raise CommandFailed(carrier_words.hindrance(refused.code, refused.where), refused.code) from None
    except RootRefused as refused:
        raise CommandFailed(_(ROOTS[refused.code]).format(where=refused.where), refused.code) from None
    except Refusal as refused:
        raise CommandFailed(
            _("{file} is no export, or was altered ({detail}); fetch it anew").format(
                file=options.export, detail=refused.detail
            ),
            refused.code,
        ) from None
    except OSError as error:
        raise CommandFailed(sentence(error)) from None
    finally:
        bar.clear()
    show(options, export_check.plain(found), lambda: export_words.lines(found))
    if not found.sound:
        raise CommandFailed(_("this export does not hold: somebody altered it, or left something out"))
    return 0


@contextlib.contextmanager
def _folder(place: Path) -> Iterator[Path]:
    """The export as a folder; an archive is taken apart where nothing of it stays."""
    if place.is_dir() or not place.exists():
        yield place
        return
    with tempfile.TemporaryDirectory(prefix="tillmesh-verify-") as folder:
        unpack(place, Path(folder))
        yield Path(folder)
