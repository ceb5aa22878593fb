"""A real PostgreSQL server for tests: one per test process, in a folder of its own, gone afterwards.

``initdb`` and ``pg_ctl`` are looked for on PATH and where the distributions put them; without them the tests that
ask for a server are skipped. The server is reached by a socket in its folder alone, so that no two test processes
can meet. It refuses to run as root: there it runs as somebody else, who owns the folder.

Nothing is forced to disk: such a server forgets with the machine, and starts ten times as fast.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

OWNER = "tillmesh"
FIRST_DATABASE = "postgres"
SETTINGS = """
listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = '64MB'
max_connections = 50
"""
START_S = 60
STRANGERS = ("postgres", "nobody")
"""Who a server may run as that root starts."""


class Server:
    """A server that can be stopped and started again."""

    def __init__(self, tools: Path, folder: Path) -> None:
        self.folder = folder
        self._tools = tools
        self._numbers = itertools.count(1)
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            stranger = next(entry for entry in pwd.getpwall() if entry.pw_name in STRANGERS)
            os.chown(folder, stranger.pw_uid, stranger.pw_gid)
            self._as = {"user": stranger.pw_uid, "group": stranger.pw_gid, "extra_groups": ()}

    def make(self) -> None:
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        settings = self.folder / "data" / "postgresql.conf"
        with settings.open("a", encoding="utf-8") as opened:
            opened.write(f"{SETTINGS}unix_socket_directories = '{self.folder}'\n")

    def start(self) -> None:
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-l", log, "-w", "-t", str(START_S), "start")

    def stop(self, *, mode: str = "fast") -> None:
        """``immediate`` is a crash: connections are cut, and the log is replayed at the next start."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "-t", str(START_S), "stop")

    def url(self, database: str = FIRST_DATABASE, owner: str = OWNER) -> URL:
        from sqlalchemy.engine import make_url

        plain = make_url(f"postgresql+psycopg://{owner}@/{database}")
        return plain.update_query_dict({"host": str(self.folder)})

    def execute(self, statement: str, database: str = FIRST_DATABASE) -> None:
        """One statement of the owner's, outside of a transaction."""
        import psycopg  # here, because most test processes never need it

        with psycopg.connect(host=str(self.folder), user=OWNER, dbname=database, autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def database(self, template: str = "template0", options: str = "") -> Iterator[str]:
        """A fresh database, as a URL; dropped afterwards, whoever is still connected."""
        name = f"fresh_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY {options}")
        try:
            yield self.url(name).render_as_string(hide_password=False)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, tool: str, *arguments: str) -> None:
        # Whoever it runs as may not read the folder that the tests were started in.
        command = [str(self._tools / tool), *arguments]
        with (self.folder.parent / f"{self.folder.name}.said").open("w+") as said:
            done = subprocess.run(
                command, check=False, cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=said, **self._as
            )
            said.seek(0)
            assert done.returncode == 0, f"{tool}: {said.read()}"


def tools() -> Path | None:
    """Where ``initdb`` and ``pg_ctl`` are."""
    found = shutil.which("initdb")
    # The newest first: by number, not by name.
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: int(place.parent.name), reverse=True)
    places = [Path(found).parent, *places] if found else places
    return next((place for place in places if (place / "pg_ctl").exists()), None)


@contextmanager
def running_server() -> Iterator[Server]:
    """A server of its own; the test is skipped where PostgreSQL is not installed."""
    found = tools()
    if found is None:
        pytest.skip("PostgreSQL is not installed: no initdb and pg_ctl on PATH or under /usr/lib/postgresql")
    # Short, for the path of a socket has 107 bytes; and where whoever the server runs as may look.
    everybodys = "/tmp" if Path("/tmp").is_dir() else None
    above = Path(tempfile.mkdtemp(prefix="tm-pg-", dir=everybodys))
    above.chmod(0o755)
    folder = above / "server"
    folder.mkdir(mode=0o755)
    server = Server(found, folder)
    try:
        server.make()
        server.start()
        with _watched(above, found / "pg_ctl"):
            yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.stop(mode="immediate")
        shutil.rmtree(above, ignore_errors=True)


@contextmanager
def _watched(above: Path, pg_ctl: Path) -> Iterator[None]:
    """Should this process be killed, the server ends all the same: its end of the pipe is closed with it."""
    pid = (above / "server" / "data" / "postmaster.pid").read_text().split()[0]
    clean_up = f'read line || {{ {pg_ctl} kill QUIT {pid}; sleep 1; rm -rf "{above}"; }}'
    with subprocess.Popen(["/bin/sh", "-c", clean_up], stdin=subprocess.PIPE, start_new_session=True) as watcher:
        try:
            yield
        finally:
            assert watcher.stdin is not None
            watcher.stdin.write(b"done\n")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """The server of this test process; who stops it takes one of his own (``running_server``)."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Server) -> str:
    """The server's first database, for who makes his own there."""
    return postgres_server.url().render_as_string(hide_password=False)


@pytest.fixture
def postgres_database(postgres_server: Server) -> Iterator[str]:
    """The URL of a fresh, empty database of this test's own."""
    with postgres_server.database() as url:
        yield url
