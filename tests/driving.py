"""Real processes of `tillmesh drive`, spoken to as any program would."""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from tests import warm

COMMAND = [sys.executable, "-m", "app"]
ROOT = Path(__file__).parent.parent
ANSWER_S = 90.0
"""Nothing takes that long; a machine with other things to do may be slow, a till that hangs is found all the same."""
ENDED_S = 60.0
UNCONFIRMED = {"coverage_incomplete", "coverage_limit", "coverage_limit_reached"}


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
        self.process: warm.Process | None = None
        self.ready: dict[str, Any] = {}
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._next = 0

    def run(self, *arguments: str, check: bool = True, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """A command on this home, to its end."""
        command = [*self.prefix, *COMMAND, *arguments, "--home", str(self.home)]
        with ExitStack() as stack:
            out, err = (stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8")) for _ in range(2))
            said, saying = os.pipe()
            os.write(saying, stdin.encode())
            os.close(saying)
            process = warm.start(command, environment(), [said, out.fileno(), err.fileno()])
            os.close(said)
            try:
                status = process.wait(ENDED_S)
            finally:
                process.kill()
            out.seek(0)
            err.seek(0)
            done = subprocess.CompletedProcess(command, status, out.read(), err.read())
        if check:
            assert done.returncode == 0, done.stderr
        return done

    def json(self, *arguments: str) -> Any:
        """A command's data."""
        return json.loads(self.run(*arguments, "--json").stdout)

    def start(self, *, extra: Sequence[str] = ()) -> DriveTill:
        """Open the till."""
        command = [*self.prefix, *COMMAND, "drive", "--home", str(self.home), *self.options, *extra]
        pipes = [os.pipe() for _ in range(3)]
        theirs = [pipes[0][0], pipes[1][1], pipes[2][1]]
        self.process = warm.start(command, environment(), theirs)
        for end in theirs:
            os.close(end)
        self._stdin = os.fdopen(pipes[0][1], "w", encoding="utf-8")
        self._stdout, self._stderr = (os.fdopen(pipe[0], encoding="utf-8") for pipe in pipes[1:])
        self._lines = queue.Queue()
        threading.Thread(target=_pump, args=(self._stdout, self._lines), daemon=True).start()
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
        self._stdin.write(line + "\n")
        self._stdin.flush()

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

    def confirmed(self, do: str, **fields: Any) -> dict[str, Any]:
        """Do something that every till is to confirm, again until all do: on a busy machine 300 ms may be too short."""
        give_up = time.monotonic() + ANSWER_S
        while True:
            try:
                return self.ask(do, ask_coverage=True, **fields)
            except Refused as refused:
                if refused.code not in UNCONFIRMED or time.monotonic() > give_up:
                    raise

    def close(self) -> None:
        """End of input: the till finishes and ends with 0."""
        assert self.process is not None
        self._stdin.close()
        status = self.process.wait(ENDED_S)
        errors = self._stderr.read()
        self._done()
        assert status == 0, errors

    def terminate(self) -> int:
        """SIGTERM; the exit status."""
        assert self.process is not None
        self.process.terminate()
        status = self.process.wait(ENDED_S)
        self._done()
        return status

    def kill(self) -> None:
        """SIGKILL: the plug is pulled."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(ENDED_S)
            self._done()

    def _line(self) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=ANSWER_S)
        except queue.Empty:
            raise AssertionError(f"no answer within {ANSWER_S} s; {self._log()}") from None
        if line is None:
            assert self.process is not None
            errors = self._stderr.read()
            raise AssertionError(f"the till ended with {self.process.wait(ENDED_S)}: {errors}; {self._log()}")
        parsed: dict[str, Any] = json.loads(line)
        return parsed

    def _log(self) -> str:
        log = self.home / "till.log"
        return log.read_text("utf-8", "replace")[-2000:] if log.exists() else "no log"

    def _done(self) -> None:
        for pipe in (self._stdin, self._stdout, self._stderr):
            try:
                pipe.close()
            except OSError:
                pass
        self.process = None


def _pump(stdout: TextIO, lines: queue.Queue[str | None]) -> None:
    try:
        for line in stdout:
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
