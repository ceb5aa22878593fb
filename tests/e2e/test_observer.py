"""``tillmesh observe`` read by the real JavaScript client: automerge-repo with its websocket adapter, from npm."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

CLIENT = Path(__file__).parent / "observer_client"
ROOT = CLIENT.parents[2]
WAIT_S = 20.0


class Lines:
    """A process that speaks JSON lines."""

    def __init__(self, arguments: list[str], folder: Path) -> None:
        self.process = subprocess.Popen(
            arguments, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def next(self, *keys: str) -> dict[str, Any]:
        """The next line that has all these keys."""
        while True:
            line = self._lines.get(timeout=WAIT_S)
            assert line, self.process.stderr.read() if self.process.stderr else ""
            said: dict[str, Any] = json.loads(line)
            if all(key in said for key in keys):
                return said

    def nothing(self, seconds: float) -> bool:
        try:
            self._lines.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def do(self, **what: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The JavaScript client with its pinned packages."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on this machine: the JavaScript client cannot run")
    folder = tmp_path_factory.mktemp("observer") / "client"
    shutil.copytree(CLIENT, folder, ignore=shutil.ignore_patterns("node_modules"))
    command = ["npm", "install", "--no-save", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"]
    installed = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=150, check=False)
    if installed.returncode:
        pytest.skip(f"npm cannot install the JavaScript client: {installed.stderr.strip()[-200:]}")
    return folder


@pytest.fixture
def lines() -> Iterator[Callable[[list[str], Path], Lines]]:
    """Starts processes of JSON lines; all are ended."""
    started: list[Lines] = []

    def start(arguments: list[str], folder: Path) -> Lines:
        started.append(Lines(arguments, folder))
        return started[-1]

    yield start
    for process in started:
        process.end()


def observe(till: Any, lines: Callable[[list[str], Path], Lines]) -> tuple[Lines, dict[str, Any]]:
    arguments = ["observe", "--home", str(till.home), "--listen", "127.0.0.1:0", "--json"]
    observer = lines([sys.executable, "-m", "app", *arguments], ROOT)
    return observer, observer.next("event")


def segments(root: dict[str, str], topic: str) -> list[str]:
    return [text for key, text in sorted(root.items()) if key.startswith("feed/") and f"/{topic}/" in key]


def test_a_javascript_client_reads_along_and_cannot_write(
    client: Path, lines: Callable[[list[str], Path], Lines], drive_till: Callable[..., Any], tmp_path: Path
) -> None:
    till = drive_till(tmp_path / "one", ["--no-discovery", "--listen", "127.0.0.1:0"])
    till.run("network", "found", "--name", "Messe")
    till.start()
    till.ask("sell_voucher", value="20.00")
    code = till.ask("pay")["vouchers"][0]
    _observer, ready = observe(till, lines)
    reader = lines(["node", "client.mjs", ready["listen"], ready["url"]], client)

    root = reader.next("root")["root"]
    assert json.loads(root["network"])["name"] == "Messe"
    members = [json.loads(text) for key, text in root.items() if key.startswith("member/")]
    assert [member["no"] for member in members] == [1]
    (circulation,) = segments(root, "circulation")
    reader.do(does="read", url=circulation)
    texts = reader.next("url")["texts"]
    assert any(code in text for text in texts.values()), "the voucher's fact is readable"

    # What is sold from here on shows itself.
    till.ask("sell_voucher", value="5.00")
    second = till.ask("pay")["vouchers"][0]
    while not any(second in text for text in reader.next("changed")["texts"].values()):
        continue
    slot = till.ask("release", no=2, name="Kasse 2")
    assert slot["code"]

    # Writing ends the connection and changes nothing.
    before = till.json("verify")
    reader.do(does="write", url=circulation, key="000000000001")
    reader.next("wrote")
    again = lines(["node", "client.mjs", ready["listen"], ready["url"]], client)
    again.next("root")
    again.do(does="read", url=circulation)
    assert "forged" not in again.next("url")["texts"].values()
    assert till.json("verify") == before
    assert till.ask("voucher", code=code)["balance"] == "20.00"
    till.close()


def test_the_root_document_keeps_its_history_and_grows(
    client: Path, lines: Callable[[list[str], Path], Lines], drive_till: Callable[..., Any], tmp_path: Path
) -> None:
    till = drive_till(tmp_path / "one", ["--no-discovery", "--listen", "127.0.0.1:0"])
    till.run("network", "found", "--name", "Messe")
    observer, ready = observe(till, lines)
    reader = lines(["node", "client.mjs", ready["listen"], ready["url"]], client)
    assert not segments(reader.next("root")["root"], "sales")
    till.start()
    till.ask("sell_voucher", value="20.00")
    till.ask("pay")
    while not segments(reader.next("changed")["texts"], "sales"):
        continue
    observer.end()
    _second, anew = observe(till, lines)
    assert anew["url"] == ready["url"]
    reader = lines(["node", "client.mjs", anew["listen"], anew["url"]], client)
    assert len(segments(reader.next("root")["root"], "sales")) == 1
    till.close()


def test_who_may_not_ask_is_turned_away(
    lines: Callable[[list[str], Path], Lines], drive_till: Callable[..., Any], tmp_path: Path
) -> None:
    till = drive_till(tmp_path / "one")
    till.run("network", "found", "--name", "Messe")
    outside = till.run("observe", "--listen", "0.0.0.0:0", check=False)
    assert (outside.returncode, len(outside.stderr.splitlines())) == (1, 1)
    assert "127.0.0.1" in outside.stderr
    _observer, ready = observe(till, lines)
    second = till.run("observe", "--listen", "127.0.0.1:0", check=False)
    assert (second.returncode, len(second.stderr.splitlines())) == (1, 1)
    with pytest.raises(InvalidStatus) as refusal:
        connect(ready["listen"], origin="https://example.org")  # type: ignore[arg-type]
    assert refusal.value.response.status_code == 403
    for junk in (b"", b"\xff" * 100, b"\xa1dtypedjoin"):
        with connect(ready["listen"]) as socket:
            socket.send(junk)
            assert b"error" in socket.recv(timeout=10)
    missing = drive_till(tmp_path / "none").run("observe", check=False)
    assert missing.returncode == 1
