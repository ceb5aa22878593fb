"""Networks of real `tillmesh drive` processes, all on loopback; ``tests/driving.py`` has the processes."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

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
    return till.home


@pytest.fixture
def founded(_founded: Path, drive_till: Callable[..., DriveTill]) -> Callable[[Path], DriveTill]:
    """Makes a till 1, alone in its network, that sells article 1001 for 4.99, at this home."""

    def make(home: Path) -> DriveTill:
        shutil.copytree(_founded, home)
        return drive_till(home, ["--listen", "127.0.0.1:0", "--no-discovery"])

    return make


def _joined(one: DriveTill, two: DriveTill, port: int) -> None:
    """Founds a network of both with the sample articles; ``two`` reaches ``one`` at the port."""
    one.run("network", "found", "--name", "Messe", "--no-discovery")
    one.run("import", "articles", str(ROOT / "docs" / "sample" / "articles.csv"))
    one.start()
    code = one.json("network", "release", "--no", "2", "--name", "Kasse 2")["code"]
    two.run("network", "join", "--code", code, "--peer", f"127.0.0.1:{port}", "--no-discovery")
    one.close()


@pytest.fixture
def two_tills(tmp_path: Path, drive_till: Callable[..., DriveTill]) -> tuple[DriveTill, DriveTill]:
    """Tills 1 and 2 of one network with the sample articles; mDNS off, each other's static peer; not open yet."""
    ports = (free_port(), free_port())

    def options(mine: int, other: int) -> list[str]:
        return ["--listen", f"127.0.0.1:{mine}", "--peer", f"127.0.0.1:{other}", "--no-discovery"]

    one = drive_till(tmp_path / "one", options(*ports))
    two = drive_till(tmp_path / "two", options(*reversed(ports)))
    _joined(one, two, ports[0])
    return one, two


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
def cabled(tmp_path: Path, drive_till: Callable[..., DriveTill]) -> Iterator[tuple[DriveTill, DriveTill, Cable]]:
    """As ``two_tills``, with a cable between them that can be cut: two reaches one over it, one dials nobody."""
    at_joining, since = free_port(), free_port()
    one = drive_till(tmp_path / "one", ["--listen", f"127.0.0.1:{at_joining}", "--no-discovery"])
    two = drive_till(tmp_path / "two", ["--listen", "127.0.0.1:0", "--no-discovery"])
    _joined(one, two, at_joining)
    # Two remembers where it joined; nobody is there any more, so the cable is the only way.
    cable = Cable(since)
    one.options[1] = f"127.0.0.1:{since}"
    two.options += ["--peer", f"127.0.0.1:{cable.port}"]
    yield one, two, cable
    one.kill()
    two.kill()
    cable.close()


def _wait_until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, f"did not come true within {seconds} s"
        time.sleep(0.02)


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """Polls until something holds."""
    return _wait_until
