"""Copies of what reports ask, as Parquet files that DuckDB answers from, or any other program that reads them.

One file a table, all of one moment of the books, without receipts' bodies. ``books_version`` is written last: a folder
without it is a copy that somebody broke off, and no report is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.books.versions import TABLE as VERSION
from app.office.reports.tables import REPORTED, table

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.backends.sql import SQLBackend

BATCH = 50_000
"""Rows in memory at once."""
SUFFIX = ".parquet"


def write(engine: SQLBackend, folder: Path, tell: Callable[[str, int], None] = lambda _name, _rows: None) -> int:
    """Copy the books that the engine has open into this folder; how many rows. ``OSError``: there is no copy then.

    ``tell`` hears of each table and its rows when they are written.
    """
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    marked = _path(folder, VERSION.name)
    marked.unlink(missing_ok=True)
    total = 0
    for name in (*REPORTED, VERSION.name):
        asked = table(name)
        asked = asked.select([column for column in asked.columns if column != "body"])
        schema = asked.schema().to_pyarrow()
        rows = 0
        fresh = folder / f".{name}.new"
        with pq.ParquetWriter(fresh, schema, compression="zstd") as file:
            for batch in _batches(engine, engine.compile(asked), schema):
                file.write_batch(batch)
                rows += batch.num_rows
        fresh.replace(_path(folder, name))
        total += rows
        tell(name, rows)
    return total


def opened(folder: Path) -> SQLBackend:
    """DuckDB over the copies in this folder; the caller disconnects it."""
    import ibis

    engine: SQLBackend = ibis.duckdb.connect()
    try:
        for name in (*REPORTED, VERSION.name):
            path = str(_path(folder, name)).replace("'", "''")
            # Ibis's own way asks DuckDB by a name that DuckDB has given up.
            view = f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{path}')"  # noqa: S608 - our table, a quoted path
            engine.raw_sql(view)
    except BaseException:
        engine.disconnect()
        raise
    return engine


def is_copy(folder: Path) -> bool:
    """Whether a whole copy lies there."""
    return _path(folder, VERSION.name).is_file()


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}{SUFFIX}"


def _batches(engine: SQLBackend, asked: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    # PostgreSQL's driver would fetch a table of any size at once, were the cursor not on the server.
    cursor = engine.con.cursor(name="copy") if engine.name == "postgres" else engine.con.cursor()
    are_booleans = [pa.types.is_boolean(field.type) for field in schema]
    try:
        cursor.execute(asked)
        while rows := cursor.fetchmany(BATCH):
            columns = [
                [_truth(cell) for cell in column] if is_boolean else column
                for column, is_boolean in zip(zip(*rows, strict=True), are_booleans, strict=True)
            ]
            arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
            yield pa.record_batch(arrays, schema=schema)
    finally:
        cursor.close()


def _truth(cell: Any) -> bool | None:
    """SQLite keeps 0 and 1."""
    return None if cell is None else bool(cell)
