"""An office that shares books, as a process of its own.

``python -m tests.app.books.sharers URL SEED``: says ``ready``, waits for a line, and folds ``shared_records`` in the
seed's order and batches, most of them more than once.
"""

from __future__ import annotations

import random
import sys

from app.books.schema import open_books
from app.books.writer import BooksWriter
from replication.core.model import Feed, Record
from tests.app.books.shelf import arrival
from tests.benchmarks import trading_day

TILLS, RECEIPTS = 4, 60


def shared_records() -> list[Record]:
    """What all offices know in the end; some of it this version cannot read."""
    odd = [Record(Feed("d" * 32, "sales"), seq, "9" * 16, "voucher.framed/7", {}, "", "", "", "") for seq in (1, 2, 3)]
    sold = [each for each in trading_day.records(TILLS, RECEIPTS) if each.feed.topic != "master"]
    return [*sold, *odd]


def main(url: str, seed: int) -> None:
    engine = open_books(url)
    writer = BooksWriter(engine)
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        for batch in arrival(shared_records(), random.Random(seed)):
            # Of what it has brought before only the end: all of it would be hundreds of records each time.
            writer.apply(batch[-12:])
    finally:
        writer.close()
        engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
