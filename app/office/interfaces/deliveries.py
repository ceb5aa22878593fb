"""What was sold, handed to a merchandise system: each receipt in one delivery and in no other.

A delivery is a file with a number (``office/sales/000001.csv``) that is kept, so that it can be handed over again with
the same bytes. What has been delivered is known as one number per member: the last record of its sales that is in a
delivery. A till that was away for a week is in the next delivery with all that it sold meanwhile.

``office/sales/deliveries.sqlite`` has the numbers. A delivery counts with the commit there: whatever ends before it
leaves a file that the next one writes over.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import NamedTuple

from app.books.questions.periods import AskTills
from app.books.questions.reference import AskReference
from app.books.questions.sales_data import AskSalesKnown, FindReceipts, ListReceiptPlaces, ReceiptPlace, SalesKnown
from app.books.reader import BooksReader
from app.domain.branch import plan_of
from app.engine.control import Refused
from app.office.interfaces.sales_lines import COLUMNS, rows_of
from app.office.whole_file import check_folder
from app.text import gettext as _

FOLDER, INDEX = "office/sales", "deliveries.sqlite"
RECEIPTS_AT_ONCE = 500
BUSY_S = 10.0
ENCODING = "utf-8"
COPY_BYTES = 1024 * 1024
Far = Callable[[int, int], None]


class Delivery(NamedTuple):
    """One delivery. ``gross_minor``: the sum of its lines; ``sha256`` of its file."""

    number: int
    made_at: str
    receipts: int
    lines: int
    gross_minor: int
    sha256: str


class _Mark(NamedTuple):
    """How far a member has been delivered, and in which period of its till that was."""

    seq: int
    z_no: int


def file_of(home: Path, number: int) -> Path:
    """Where the delivery is kept."""
    return home / FOLDER / f"{number:06}.csv"


def deliver(
    home: Path,
    books: BooksReader,
    made_at: datetime,
    *,
    sites: Mapping[int, str],
    zone: tzinfo | None = None,
    far: Far = lambda _done, _of: None,
) -> Delivery | None:
    """Deliver everything that no delivery has yet; None if there is nothing. ``sites``: by till, for want of a plan."""
    with closing(_opened(home)) as index:
        index.execute("BEGIN IMMEDIATE")
        try:
            made = _Making(home, books, index, sites, zone, far).made(made_at)
        except BaseException:
            index.execute("ROLLBACK")
            raise
        index.execute("COMMIT")
        return made


class _Making:
    """One delivery in the making."""

    def __init__(
        self,
        home: Path,
        books: BooksReader,
        index: sqlite3.Connection,
        sites: Mapping[int, str],
        zone: tzinfo | None,
        far: Far,
    ) -> None:
        self._home, self._books, self._index, self._zone, self._far = home, books, index, zone, far
        self._known = books.ask(AskReference())
        self._sites = sites
        self._marks = {row[0]: _Mark(row[1], row[2]) for row in index.execute("SELECT member, seq, z_no FROM marks")}
        self._periods: dict[str, int] = {}
        self._receipts = self._lines = self._gross_minor = 0

    def made(self, made_at: datetime) -> Delivery | None:
        number, delivered = self._index.execute(
            "SELECT coalesce(max(number), 0) + 1, sum(receipts) FROM deliveries"
        ).fetchone()
        known = self._books.ask(AskSalesKnown())
        path = file_of(self._home, number)
        partial = path.with_suffix(".partial")
        try:
            digest = self._write(partial, known, whole=False)
            if (delivered or 0) + self._receipts < known.receipts:
                # More is in the books than the periods that were looked at have: all of them are looked at.
                digest = self._write(partial, known, whole=True)
            if not self._receipts:
                return None
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        made = Delivery(
            number,
            made_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            self._receipts,
            self._lines,
            self._gross_minor,
            digest,
        )
        self._index.execute("INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?)", made)
        for member, seq in known.positions.items():
            before = self._marks.get(member, _Mark(0, 0))
            period = max(self._periods.get(member, 0), before.z_no)
            self._index.execute("INSERT OR REPLACE INTO marks VALUES (?, ?, ?)", (member, seq, period))
        return made

    def _write(self, partial: Path, known: SalesKnown, *, whole: bool) -> str:
        """The file, and its SHA-256."""
        self._receipts = self._lines = self._gross_minor = 0
        with partial.open("w", encoding=ENCODING, newline="") as out:
            writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
            writer.writerow(COLUMNS)
            for till_no, places in self._places(known, whole=whole):
                branch = plan_of(self._known, till_no).branch or self._sites.get(till_no, "")
                for receipt in self._books.ask(FindReceipts(places)):
                    self._receipts += 1
                    self._lines += len(receipt.lines)
                    self._gross_minor += receipt.total_minor
                    writer.writerows(rows_of(receipt, branch, self._zone))
                self._far(self._receipts, 0)
            out.flush()
            os.fsync(out.fileno())
        return _digest(partial)

    def _places(self, known: SalesKnown, *, whole: bool) -> Iterator[tuple[int, tuple[ReceiptPlace, ...]]]:
        """Till by till what is not delivered yet, a few at a time."""
        behind = tuple(m for m, seq in sorted(known.positions.items()) if seq > self._marks.get(m, _Mark(0, 0)).seq)
        # A member that has never been in a delivery may be any till's, of any period.
        fresh = whole or any(member not in self._marks for member in behind)
        z_no = 0 if fresh else min((self._marks[member].z_no for member in behind), default=0)
        if not behind:
            return
        for till_no, _last_z in self._books.ask(AskTills()):
            after = (0, "")
            while page := self._books.ask(ListReceiptPlaces(till_no, behind, z_no, after)):
                after = (page[-1].z_no, page[-1].stamp)
                wanted = [place for place in page if self._wanted(place, known)]
                for at in range(0, len(wanted), RECEIPTS_AT_ONCE):
                    yield till_no, tuple(wanted[at : at + RECEIPTS_AT_ONCE])

    def _wanted(self, place: ReceiptPlace, known: SalesKnown) -> bool:
        """Not delivered yet, and known when we began: what comes in meanwhile may come out of order."""
        if not self._marks.get(place.member_id, _Mark(0, 0)).seq < place.seq <= known.positions[place.member_id]:
            return False
        self._periods[place.member_id] = max(place.z_no, self._periods.get(place.member_id, 0))
        return True


def deliveries(home: Path, limit: int = 1000) -> list[Delivery]:
    """The newest deliveries, newest first."""
    with closing(_opened(home)) as index:
        return [
            Delivery(*row) for row in index.execute("SELECT * FROM deliveries ORDER BY number DESC LIMIT ?", (limit,))
        ]


def content(home: Path, number: int, form: str = "csv") -> bytes:
    """The delivery again, byte for byte, or as JSON. ``Refused`` if there is none, or its file is not what it was."""
    with closing(_opened(home)) as index:
        row = index.execute("SELECT * FROM deliveries WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise Refused("no_delivery", _("there is no delivery {number}").format(number=number))
    path = file_of(home, number)
    if not path.exists() or _digest(path) != Delivery(*row).sha256:
        said = _("delivery {number} is not what it was; put {path} back from a copy")
        raise Refused("delivery_damaged", said.format(number=number, path=path))
    raw = path.read_bytes()
    return raw if form == "csv" else as_json(raw)


def as_json(raw: bytes) -> bytes:
    """The rows of a delivery as a list of objects, all values as text."""
    rows = csv.DictReader(io.StringIO(raw.decode(ENCODING), newline=""), delimiter=";")
    return json.dumps(list(rows), ensure_ascii=False, indent=0).encode()


def copy(home: Path, folder: Path) -> list[int]:
    """Put every delivery into the folder that is not there yet, or is not whole; their numbers.

    ``Refused`` if the folder is missing: a disk that is not there must not be taken for an empty one.
    """
    check_folder(folder)
    copied = []
    for each in reversed(deliveries(home, limit=1_000_000)):
        to = folder / f"sales-{each.number:06}.csv"
        if to.exists() and _digest(to) == each.sha256:
            continue
        partial = to.with_suffix(".partial")
        try:
            with partial.open("wb") as out:
                out.write(content(home, each.number))
                out.flush()
                os.fsync(out.fileno())
            partial.replace(to)
        finally:
            partial.unlink(missing_ok=True)
        copied.append(each.number)
    return copied


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(COPY_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _opened(home: Path) -> sqlite3.Connection:
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    index = sqlite3.connect(folder / INDEX, timeout=BUSY_S, isolation_level=None)
    index.execute(
        "CREATE TABLE IF NOT EXISTS deliveries (number INTEGER PRIMARY KEY, made_at TEXT NOT NULL,"
        " receipts INTEGER NOT NULL, lines INTEGER NOT NULL, gross_minor INTEGER NOT NULL, sha256 TEXT NOT NULL)"
    )
    index.execute(
        "CREATE TABLE IF NOT EXISTS marks (member TEXT PRIMARY KEY, seq INTEGER NOT NULL, z_no INTEGER NOT NULL)"
    )
    return index
