"""The server that tests start: a fresh database a test, and text in the order of its bytes."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text


@pytest.mark.parametrize("attempt", [1, 2])
def test_every_test_gets_an_empty_database_that_compares_bytes(postgres_database: str, attempt: int) -> None:
    engine = create_engine(postgres_database)
    try:
        with engine.begin() as connection:
            # Fails in the second attempt, if it finds what the first has made.
            connection.execute(text("CREATE TABLE words (word TEXT)"))
            connection.execute(text("INSERT INTO words VALUES ('b'), ('B'), ('a'), ('ä'), ('_')"))
            ordered = connection.execute(text("SELECT word FROM words ORDER BY word")).scalars().all()
        assert ordered == ["B", "_", "a", "b", "ä"]
    finally:
        engine.dispose()
