"""Real processes of `tillmesh drive`, spoken to as any program would."""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "app"]
ROOT = Path(__file__).parent.parent
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
            env=environment(),
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
            env=environment(),
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


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TILLMESH", "COV", "PYTEST"))}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "default"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
