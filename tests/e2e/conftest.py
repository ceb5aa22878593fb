"""Real processes of `tillmesh drive`, spoken to as any program would; all on loopback, all ended at the end."""

from __future__ import annotations

import json
import os
import queue
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "app"]
ROOT = Path(__file__).parent.parent.parent
ANSWER_S = 30.0


class Refused(Exception):
    """The till answered ``ok: false``."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(json.dumps(answer))
        self.code = answer["code"]
        self.answer = answer


class DriveTill:
    """One home and, while it runs, its `tillmesh drive`."""

    def __init__(self, home: Path, options: Sequence[str], prefix: Sequence[str] = ()) -> None:
        self.home = home
        self.options = list(options)
        self.prefix = list(prefix)
        self.process: subprocess.Popen[str] | None = None
        self.ready: dict[str, Any] = {}
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._next = 0

    def run(self, *arguments: str, check: bool = True, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """A command on this home, to its end."""
        done = subprocess.run(
            [*self.prefix, *COMMAND, *arguments, "--home", str(self.home)],
            cwd=ROOT,
            env=_environment(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if check:
            assert done.returncode == 0, done.stderr
        return done

    def json(self, *arguments: str) -> Any:
        """A command's data."""
        return json.loads(self.run(*arguments, "--json").stdout)

    def start(self, *, command: Sequence[str] = COMMAND, extra: Sequence[str] = ()) -> DriveTill:
        """Open the till."""
        self.process = subprocess.Popen(
            [*self.prefix, *command, "drive", "--home", str(self.home), *self.options, *extra],
            cwd=ROOT,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines = queue.Queue()
        threading.Thread(target=_pump, args=(self.process, self._lines), daemon=True).start()
        self.ready = self._line()
        assert self.ready["event"] == "ready", self.ready
        return self

    def send(self, do: str, **fields: Any) -> int:
        """Put a command on the till's desk; its id."""
        self._next += 1
        self.write(json.dumps({"id": self._next, "do": do, **fields}))
        return self._next

    def write(self, line: str) -> None:
        """A raw line."""
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def answer(self, number: int | None) -> dict[str, Any]:
        """The answer to that id; events in between are passed over."""
        while True:
            line = self._line()
            if "event" not in line and line.get("id") == number:
                return line

    def ask(self, do: str, **fields: Any) -> dict[str, Any]:
        """Do something; ``Refused`` if the till would not."""
        answer = self.answer(self.send(do, **fields))
        if not answer["ok"]:
            raise Refused(answer)
        return answer

    def close(self) -> None:
        """End of input: the till finishes and ends with 0."""
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.close()
        status = self.process.wait(20)
        errors = self.process.stderr.read() if self.process.stderr else ""
        self._done()
        assert status == 0, errors

    def terminate(self) -> int:
        """SIGTERM; the exit status."""
        assert self.process is not None
        self.process.terminate()
        status = self.process.wait(20)
        self._done()
        return status

    def kill(self) -> None:
        """SIGKILL: the plug is pulled."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(20)
            self._done()

    def _line(self) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=ANSWER_S)
        except queue.Empty:
            raise AssertionError(f"no answer within {ANSWER_S} s; {self._log()}") from None
        if line is None:
            assert self.process is not None
            errors = self.process.stderr.read() if self.process.stderr else ""
            raise AssertionError(f"the till ended with {self.process.wait(20)}: {errors}; {self._log()}")
        parsed: dict[str, Any] = json.loads(line)
        return parsed

    def _log(self) -> str:
        log = self.home / "till.log"
        return log.read_text("utf-8", "replace")[-2000:] if log.exists() else "no log"

    def _done(self) -> None:
        assert self.process is not None
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    pass
        self.process = None


def _pump(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    assert process.stdout is not None
    try:
        for line in process.stdout:
            lines.put(line)
    except ValueError:
        pass  # closed by the test
    lines.put(None)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TILLMESH", "COV", "PYTEST"))}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "default"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def free_port() -> Callable[[], int]:
    """A port of loopback that nobody uses now."""
    return _free_port


@pytest.fixture
def refused() -> type[Refused]:
    """What ``ask`` raises."""
    return Refused


@pytest.fixture
def drive_till() -> Iterator[Callable[..., DriveTill]]:
    """Makes tills; whatever still runs at the end is killed."""
    made: list[DriveTill] = []

    def make(home: Path, options: Sequence[str] = (), prefix: Sequence[str] = ()) -> DriveTill:
        made.append(DriveTill(home, options, prefix))
        return made[-1]

    yield make
    for till in made:
        till.kill()


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
    ports = (_free_port(), _free_port())

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
    at_joining, since = _free_port(), _free_port()
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
