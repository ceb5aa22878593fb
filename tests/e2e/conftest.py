"""Networks of real `tillmesh drive` processes, all on loopback; ``tests/driving.py`` has the processes."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from replication import home_mark, store_file
from tests.driving import ROOT, DriveTill, free_port


@pytest.fixture(scope="session")
def _founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network of one till with a small catalogue, made once; tests take copies."""
    folder = tmp_path_factory.mktemp("founded")
    till = DriveTill(folder / "home", [])
    till.run("network", "found", "--name", "Messe", "--no-discovery")
    csv = folder / "articles.csv"
    csv.write_text("ident_no,barcode,name,price,vat_key,article_groups,unit\n1001,,Vogelfutter,4.99,2,,Stk\n", "utf-8")
    till.run("import", "articles", str(csv))
    _unmark(till)
    return till.home


def _unmark(till: DriveTill) -> None:
    """Copies of this home stand for homes that are nobody's copy: without a mark nothing is found out."""
    (till.home / home_mark.FILE).unlink()
    with closing(store_file.connect(till.home / "store.sqlite")) as store:
        store.execute("DELETE FROM kept WHERE key = ?", (home_mark.KEPT,))


@pytest.fixture
def founded(_founded: Path, drive_till: Callable[..., DriveTill]) -> Callable[[Path], DriveTill]:
    """Makes a till 1, alone in its network, that sells article 1001 for 4.99, at this home."""

    def make(home: Path) -> DriveTill:
        shutil.copytree(_founded, home)
        return drive_till(home, ["--listen", "127.0.0.1:0", "--no-discovery"])

    return make


@pytest.fixture(scope="session")
def _joined(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The homes of tills 1 and 2 of one network with the sample articles, made once; tests take copies.

    Two remembers where it joined; nobody is there any more.
    """
    folder = tmp_path_factory.mktemp("joined")
    port = free_port()
    one = DriveTill(folder / "one", ["--listen", f"127.0.0.1:{port}", "--no-discovery"])
    two = DriveTill(folder / "two", [])
    one.run("network", "found", "--name", "Messe", "--no-discovery")
    one.run("import", "articles", str(ROOT / "docs" / "sample" / "articles.csv"))
    one.start()
    code = one.json("network", "release", "--no", "2", "--name", "Kasse 2")["code"]
    two.run("network", "join", "--code", code, "--peer", f"127.0.0.1:{port}", "--no-discovery")
    one.close()
    for till in (one, two):
        _unmark(till)
    return one.home, two.home


def _copied(joined: tuple[Path, Path], to: Path) -> tuple[Path, Path]:
    one, two = (to / home.name for home in joined)
    for home, copy in zip(joined, (one, two), strict=True):
        shutil.copytree(home, copy)
    return one, two


@pytest.fixture
def two_tills(
    tmp_path: Path, drive_till: Callable[..., DriveTill], _joined: tuple[Path, Path]
) -> tuple[DriveTill, DriveTill]:
    """Tills 1 and 2 of one network with the sample articles; mDNS off, each other's static peer; not open yet."""
    ports = (free_port(), free_port())

    def options(mine: int, other: int) -> list[str]:
        return ["--listen", f"127.0.0.1:{mine}", "--peer", f"127.0.0.1:{other}", "--no-discovery"]

    one, two = _copied(_joined, tmp_path)
    return drive_till(one, options(*ports)), drive_till(two, options(*reversed(ports)))


class Cable:
    """A wire to a port of loopback that can be cut: who connects to ``port`` is connected to the other end."""

    def __init__(self, end: int) -> None:
        self._end = end
        self._whole = True
        self._pipes: list[socket.socket] = []
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def cut(self) -> None:
        """Everything that goes over it ends at once, and nothing comes through until it is mended."""
        with self._lock:
            self._whole = False
            self._drop()

    def mend(self) -> None:
        self._whole = True

    def close(self) -> None:
        with self._lock:
            self._whole = False
            self._door.shutdown(socket.SHUT_RDWR)
            self._door.close()
            self._drop()
        for thread in self._threads:
            thread.join(5)

    def _drop(self) -> None:
        for pipe in self._pipes:
            try:
                pipe.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the other side was quicker
        self._pipes.clear()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._end))
            except OSError:
                near.close()
                continue
            with self._lock:
                if not self._whole:
                    near.close()
                    far.close()
                    continue
                self._pipes += [near, far]
                both = [threading.Thread(target=_carry, args=ends, daemon=True) for ends in ((near, far), (far, near))]
                self._threads += both
            for thread in both:
                thread.start()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            sink.sendall(data)
    except OSError:
        pass  # cut
    for pipe in (source, sink):
        try:
            pipe.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
    source.close()


@pytest.fixture
def cabled(
    tmp_path: Path, drive_till: Callable[..., DriveTill], _joined: tuple[Path, Path]
) -> Iterator[tuple[DriveTill, DriveTill, Cable]]:
    """As ``two_tills``, with a cable between them that can be cut: two reaches one over it, one dials nobody."""
    port = free_port()
    cable = Cable(port)
    homes = _copied(_joined, tmp_path)
    one = drive_till(homes[0], ["--listen", f"127.0.0.1:{port}", "--no-discovery"])
    two = drive_till(homes[1], ["--listen", "127.0.0.1:0", "--no-discovery", "--peer", f"127.0.0.1:{cable.port}"])
    yield one, two, cable
    one.kill()
    two.kill()
    cable.close()
