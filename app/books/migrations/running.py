"""Runs Alembic over books that are open. Imported when there is something to do: it takes as long as opening a till."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, inspect, text

from app.books.tables.base import meta
from app.books.versions import TABLE, Unknown

HERE = Path(__file__).parent


def upgrade(connection: Connection, version: str) -> bool:
    """Bring books of this version to the newest, in the connection's transaction; whether they must be folded anew.

    ``Unknown`` if there is no way from that version.
    """
    scripts = script_directory()
    pending = _after(scripts, version)
    anew = any(script.module.FOLD_ANEW for script in pending)
    if anew:
        _empty(connection, {meta.name, TABLE.name})

    def steps(at: Any, _context: Any) -> Any:
        return scripts._upgrade_revs("head", at)

    with EnvironmentContext(Config(), scripts, fn=steps) as environment:
        environment.configure(connection=connection, version_table=TABLE.name, render_as_batch=True)
        environment.run_migrations()
    return anew


def script_directory() -> ScriptDirectory:
    """The versions that are known."""
    return ScriptDirectory(str(HERE), version_locations=[str(HERE / "versions")])


def _after(scripts: ScriptDirectory, version: str) -> list[Script]:
    known = {script.revision: script for script in scripts.walk_revisions()}
    if version not in known:
        raise Unknown(version)
    pending: list[Script] = []
    newest = scripts.get_current_head()
    while newest != version:
        assert isinstance(newest, str)  # versions are a line, so each but the first follows one other
        pending.append(known[newest])
        newest = known[newest].down_revision  # type: ignore[assignment]
    return pending


def _empty(connection: Connection, kept: set[str]) -> None:
    for name in inspect(connection).get_table_names():
        if name not in kept:
            connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608 - a table of the books
