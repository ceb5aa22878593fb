"""Writing an export: a carrier's folder with the root's certificate beside it, or the same as one file."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from replication import durable
from replication.exported.packing import ROOT_FILE, pack
from replication.exported.trust import Root
from replication.identity import Identity
from replication.net import carrier_write
from replication.net.carrier_folder import CarrierRefused, Folder, refused
from replication.net.carrier_write import Written
from replication.store import Store


def root_of_home(identity: Identity) -> Root:
    """The root of the home's network."""
    path = identity.folder / ROOT_FILE
    return Root(path.read_bytes(), str(path))


def into_folder(store: Store, identity: Identity, path: Path, *, run: str) -> Written:
    """Put all that this member has into the folder, making it if need be; what is there already is only renewed.

    ``CarrierRefused`` if it cannot be written, ``StoreDamaged`` if this home's own disk cannot be read.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused(str(path), error, "no_folder") from None
    written = carrier_write.write(store, identity, path, run=run)
    with Folder.open(path) as folder:
        folder.write(ROOT_FILE, root_of_home(identity).pem)
        folder.sync()
    return written


def into_file(store: Store, identity: Identity, path: Path, *, run: str) -> Written:
    """The same as one archive, whole or not at all; errors as ``into_folder``."""
    if not path.parent.is_dir():
        raise CarrierRefused("no_folder", str(path.parent))
    unfinished = path.with_name(f"{path.name}.new")
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            written = into_folder(store, identity, Path(folder), run=run)
            with unfinished.open("wb") as out:
                pack(Path(folder), out)
                out.flush()
                os.fsync(out.fileno())
        unfinished.replace(path)
        durable.fsync(path.parent)
    except OSError as error:
        raise refused(str(path), error, "no_rights") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return written
