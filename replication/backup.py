"""A home in one file: made while the till sells, checked before anybody relies on it, put back into an empty home.

The file is a ZIP archive, readable by its owner only: ``store.sqlite``, ``identity/…``, ``till.toml`` if there is
one, what else belongs to the home and cannot be folded anew (``FURTHER``), and, written last, ``manifest.json`` with
the size and SHA-256 of each. The books are not in it: they are folded anew.

* *Consistent while selling.* SQLite's backup runs on a connection of its own inside one read transaction: it sees
  the store as it was when it began, and no writer waits for it.
* *Whole or not at all.* Everything is written under another name, fsynced, and renamed at the end.
* *Checked.* ``check`` opens the archive as ``restore`` would: sizes, hashes, SQLite's own integrity check, and each
  signature, chain and document.
* *Nothing is believed.* Names in the archive choose nothing: what is not one of ours is refused, sizes are looked at
  before reading, and the home gets its identity last, in one rename.

A restored home carries a mark: it writes nothing before it has learnt what it wrote after the backup
(``core/recovery.py``).
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from replication import durable
from replication.core.recovery import RESTORED
from replication.identity import Identity, IdentityDamaged, IdentityExists, NoIdentity
from replication.places import FOLDER
from replication.store import STORE_FILE, Store, StoreDamaged, StoreUnavailable
from replication.verify import verify

FORMAT = 1
MANIFEST = "manifest.json"
SETTINGS = "till.toml"
MAX_MANIFEST_BYTES = 1024 * 1024
MAX_SMALL_BYTES = 64 * 1024 * 1024
MAX_STORE_BYTES = 1024 * 1024 * 1024 * 1024
PAGES_PER_STEP = 512
FURTHER = (
    "tenants.toml", "reports/*.toml", "mappings/*.toml", "office/*.toml", "office/jobs.sqlite",
    "office/sales/deliveries.sqlite", "office/sales/*.csv",
)  # fmt: skip
"""What an office keeps beside the store. An index comes before the files that it names, so that none is missing."""
MAX_FURTHER = 200_000
_FURTHER_FILE = re.compile(
    r"tenants\.toml|(reports|mappings|office)/[A-Za-z0-9_][A-Za-z0-9._ -]*\.toml"
    r"|office/jobs\.sqlite|office/sales/(deliveries\.sqlite|[0-9]+\.csv)"
)
_IDENTITY_FILE = re.compile(rf"{FOLDER}/[a-z][a-z0-9_-]*(\.[a-z]+)?")
_COPY_BYTES = 1024 * 1024
_ZIP_BEGINS = b"PK\x03\x04"


class BackupRefused(Exception):
    """It cannot be made, or is none that could be put back here: one line that says why and what to do.

    ``code``: ``damaged``, ``no_backup``, ``other_format``, ``is_folder``, ``is_other_file``, ``home_not_empty``, or
    ``not_written``; ``where`` is the file, or the home.
    """

    def __init__(self, text: str, code: str = "damaged", where: Path | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.where = where


class _Entry(msgspec.Struct, frozen=True):
    size: int
    sha256: str


class _Manifest(msgspec.Struct, frozen=True):
    format: int
    network: str
    member: str
    made_at_ms: int
    files: dict[str, _Entry]


class Checked(NamedTuple):
    """What a backup holds."""

    network: str
    member: str
    till_no: int
    name: str
    made_at_ms: int
    feeds: int
    records: int
    size: int


def write_backup(home: Path, file: Path, *, now_wall_ms: int) -> None:
    """Write the home's backup to ``file``. ``BackupRefused``, ``OSError`` (disk full, …) leave nothing behind."""
    if file.is_dir():
        raise BackupRefused(f"{file} is a folder; name the file to write", "is_folder", file)
    if file.exists() and not _may_be_replaced(file):
        raise BackupRefused(f"{file} is there and is no backup; name another file", "is_other_file", file)
    identity = Identity.load(home)
    with _beside(file) as partial:
        try:
            snapshot = partial / STORE_FILE
            _snapshot(home / STORE_FILE, snapshot)
            sources = {STORE_FILE: snapshot}
            sources |= {f"{FOLDER}/{path.name}": path for path in sorted((home / FOLDER).iterdir()) if path.is_file()}
            if (home / SETTINGS).exists():
                sources[SETTINGS] = home / SETTINGS
            sources |= _further(home, partial)
            archive = partial / "archive"
            with _private(archive) as out:
                with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
                    entries = {name: _pack(packed, name, path) for name, path in sources.items()}
                    manifest = _Manifest(FORMAT, identity.network_id, identity.member_id, now_wall_ms, entries)
                    packed.writestr(MANIFEST, msgspec.json.encode(manifest))
                out.flush()
                os.fsync(out.fileno())
            archive.rename(file)
        except sqlite3.Error as error:
            raise BackupRefused(
                f"{file} cannot be written ({error}); free some space, or choose another disk", "not_written", file
            ) from error
        durable.fsync(file.parent)


def check(file: Path) -> Checked:
    """Open the backup as ``restore`` would; ``BackupRefused`` says what is wrong with it."""
    with _beside(file) as folder:
        return _unpack(file, folder)


def restore(file: Path, home: Path) -> Checked:
    """Put the backup into the empty ``home`` (whose lock the caller holds); ``BackupRefused``, ``IdentityExists``."""
    if (home / FOLDER).exists():
        raise IdentityExists(home)
    if (home / STORE_FILE).exists():
        raise BackupRefused(f"{home} is not empty ({STORE_FILE}); restore into a new home", "home_not_empty", home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in home.glob(f".{FOLDER}.*"):  # of a restore that was killed: a member's private key lies in it
        shutil.rmtree(left, ignore_errors=True)
    with _beside(home / FOLDER) as folder:
        checked = _unpack(file, folder)
        made = datetime.fromtimestamp(checked.made_at_ms / 1000, UTC).isoformat(timespec="minutes")
        connection = sqlite3.connect(folder / STORE_FILE, isolation_level=None)
        try:
            mark = f"a backup of {made} has been put back"
            connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (RESTORED, mark))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise BackupRefused(f"{home} cannot be written ({error}); free some space", "not_written", home) from error
        finally:
            connection.close()
        for name in (STORE_FILE, SETTINGS):
            if (folder / name).exists() and not (home / name).exists():
                durable.fsync(folder / name)
                (folder / name).rename(home / name)
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and _FURTHER_FILE.fullmatch(name) and not (home / name).exists():
                (home / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                path.rename(home / name)
                durable.fsync((home / name).parent)
        (folder / FOLDER).rename(home / FOLDER)
        durable.fsync(home)
    return checked


def _further(home: Path, folder: Path) -> dict[str, Path]:
    """What else goes in, by its name in the archive; databases as they are now, in the folder."""
    found: dict[str, Path] = {}
    for pattern in FURTHER:
        for path in sorted(home.glob(pattern)):
            name = path.relative_to(home).as_posix()
            if len(found) >= MAX_FURTHER or not path.is_file() or not _FURTHER_FILE.fullmatch(name):
                continue
            found[name] = path
            if path.suffix == ".sqlite":
                found[name] = folder / path.name
                _snapshot(path, found[name])
    return found


def _may_be_replaced(file: Path) -> bool:
    """Whether it is empty or a backup; anything else (the till's own store!) is not written over."""
    if not file.is_file():
        return False
    with file.open("rb") as found:
        return found.read(len(_ZIP_BEGINS)) in (b"", _ZIP_BEGINS)


def _snapshot(store: Path, to: Path) -> None:
    """The store as it is now, whoever goes on writing to it."""
    _private(to).close()
    source = sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        target = sqlite3.connect(to)
        try:
            # One read transaction: a backup that others write beside would begin anew with each of its steps.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(target, pages=PAGES_PER_STEP, sleep=0)
        finally:
            target.close()
    finally:
        source.close()


def _pack(packed: zipfile.ZipFile, name: str, path: Path) -> _Entry:
    digest, size = hashlib.sha256(), 0
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    with path.open("rb") as source, packed.open(info, "w", force_zip64=True) as target:
        while block := source.read(_COPY_BYTES):
            digest.update(block)
            size += len(block)
            target.write(block)
    return _Entry(size, digest.hexdigest())


def _unpack(file: Path, folder: Path) -> Checked:
    """Everything in the archive, checked, into the folder."""
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = _manifest(file, packed)
            for name, entry in manifest.files.items():
                _take(file, packed, name, entry, folder / name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:
        code = "damaged" if _may_be_replaced(file) else "no_backup"
        what = f"{file} is no backup, or is damaged ({error}); take another copy of it"
        raise BackupRefused(what, code, file) from error
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        # The archive's own table says that something begins before the file does.
        raise BackupRefused(f"{file} is no backup, or is damaged; take another copy of it", where=file) from error
    try:
        identity = Identity.load(folder)
        me = identity.member()
    except (NoIdentity, IdentityDamaged) as error:
        raise BackupRefused(f"{file} holds no identity that can be read; take another backup", where=file) from error
    if (identity.network_id, me.member_id) != (manifest.network, manifest.member):
        raise BackupRefused(f"{file} is put together from several backups; take another one", where=file)
    feeds, records = _check_store(file, folder / STORE_FILE, identity)
    return Checked(
        identity.network_name,
        me.member_id,
        me.till_no,
        me.name,
        manifest.made_at_ms,
        feeds,
        records,
        file.stat().st_size,
    )


def _manifest(file: Path, packed: zipfile.ZipFile) -> _Manifest:
    names = packed.namelist()
    if MANIFEST not in names or packed.getinfo(MANIFEST).file_size > MAX_MANIFEST_BYTES:
        raise BackupRefused(f"{file} is no backup of a till (no {MANIFEST})", "no_backup", file)
    try:
        manifest = msgspec.json.decode(packed.read(MANIFEST), type=_Manifest)
    except msgspec.MsgspecError as error:
        raise BackupRefused(f"{file} is no backup of a till ({error})", "no_backup", file) from None
    if manifest.format != FORMAT:
        what = f"{file} has format {manifest.format}, this program reads {FORMAT}; update Tillmesh"
        raise BackupRefused(what, "other_format", file)
    if sorted(names) != sorted([*manifest.files, MANIFEST]) or STORE_FILE not in manifest.files:
        raise BackupRefused(f"{file} does not hold what its {MANIFEST} says; take another copy of it", where=file)
    for name in manifest.files:
        if name not in (STORE_FILE, SETTINGS) and not (_IDENTITY_FILE.fullmatch(name) or _FURTHER_FILE.fullmatch(name)):
            raise BackupRefused(
                f"{file} holds {name[:40]!r}, which belongs in no backup; nothing was restored", where=file
            )
    return manifest


def _take(file: Path, packed: zipfile.ZipFile, name: str, entry: _Entry, to: Path) -> None:
    limit = MAX_STORE_BYTES if name == STORE_FILE else MAX_SMALL_BYTES
    if packed.getinfo(name).file_size != entry.size or not 0 <= entry.size <= limit:
        raise BackupRefused(f"{file}: {name} has another size than it should; take another copy of it", where=file)
    digest, left = hashlib.sha256(), entry.size
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with packed.open(name) as source, _private(to) as target:
        while block := source.read(min(_COPY_BYTES, left + 1)):
            left -= len(block)
            if left < 0:
                break
            digest.update(block)
            target.write(block)
        target.flush()
        os.fsync(target.fileno())
    if left or digest.hexdigest() != entry.sha256:
        raise BackupRefused(f"{file}: {name} is damaged; take another copy of it", where=file)


def _check_store(file: Path, path: Path, identity: Identity) -> tuple[int, int]:
    """(feeds, records) of a store in which everything holds."""
    connection = sqlite3.connect(path)
    try:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise BackupRefused(
            f"{file}: the store in it cannot be read ({error}); take another backup", where=file
        ) from error
    finally:
        connection.close()
    if found != "ok":
        raise BackupRefused(f"{file}: the store in it is damaged ({found}); take another backup", where=file)
    try:
        store = Store.open(path)
        try:
            report = verify(store, identity.network_id, identity.root, identity.member())
        finally:
            store.close()
    except (StoreDamaged, StoreUnavailable) as error:
        raise BackupRefused(f"{file}: {error}", where=file) from error
    if report.faults:
        raise BackupRefused(f"{file}: {report.faults[0]}; take another backup", where=file)
    return report.feeds, report.records


@contextlib.contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A folder for what is not finished, on the same disk; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f".{file.name}.", dir=file.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
