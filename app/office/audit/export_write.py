"""Writing an export of a home's network, while its till goes on."""

from __future__ import annotations

import contextlib
import uuid
from pathlib import Path
from typing import Any

import msgspec

from app import carrier_words
from app.home import Home
from app.text import gettext as _
from replication.exported import writing
from replication.identity import Identity
from replication.net.carrier_folder import CarrierRefused
from replication.store import Store

ARCHIVE = ".zip"


class NotWritten(Exception):
    """The export could not be written; the text says why and what to do. ``code``: of the refusal."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def write(home: Home, place: Path) -> dict[str, Any]:
    """Everything this home has, into a folder, or one file if its name ends with ``.zip``.

    Answers with what was written (``replication.net.carrier_write.Written``), ``place`` and ``root_sha256``, by which
    an auditor knows the network. ``NotWritten``, or one of ``opening.FAILURES``.
    """
    place = place.expanduser().absolute()
    into = writing.into_file if place.suffix.lower() == ARCHIVE else writing.into_folder
    identity = Identity.load(home.path)
    try:
        with contextlib.closing(Store.read_only(home.store)) as store:
            written = into(store, identity, place, run=uuid.uuid4().hex)
    except CarrierRefused as refused:
        said = carrier_words.hindrance(refused.code, refused.where)
        if refused.code == "full":
            said = _("{place} cannot be written: the disk is full; make room, or choose another place").format(
                place=place
            )
        raise NotWritten(refused.code, said) from None
    fingerprint = writing.root_of_home(identity).fingerprint
    return {**msgspec.to_builtins(written), "place": str(place), "root_sha256": fingerprint}
