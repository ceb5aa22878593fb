"""Starts `python -m …` by forking a process that has imported it already: that takes half a second, a fork none.

What runs is the program itself, in a process of its own, with its own arguments, environment and files, from its first
line to its exit. The parent of them all (``python -m tests.warm FD``) has one thread and nothing open; it lives as long
as whoever started it. ``tests/e2e`` starts the program a few hundred times: this is half of what that costs.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import ctypes
import gc
import importlib
import io
import itertools
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
IN_NAMESPACE = ("ip", "netns", "exec")
MAX_ASK_BYTES = 131_072
ANSWER_S = 60.0
"""The parent forks or waits for who has ended: it takes no longer, however busy the machine is."""
CLONE_NEWNET = 0x4000_0000


class Process:
    """One of them, with what tests need of ``subprocess.Popen``. The files are the caller's."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._handle = os.pidfd_open(pid)
        self._looking = threading.Lock()

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        with self._looking:
            if self.returncode is None and select.select([self._handle], [], [], 0)[0]:
                self.returncode = _asked({"ended": self.pid})
                os.close(self._handle)
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended; ``subprocess.TimeoutExpired`` if it goes on for longer than so many seconds."""
        if self.returncode is None and not select.select([self._handle], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
        ended = self.poll()
        assert ended is not None
        return ended

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, signal.Signals(number))

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def start(
    command: Sequence[str], env: Mapping[str, str], files: Sequence[int], *, new_session: bool = False
) -> Process:
    """`python -m …`, perhaps in a network namespace, in the source's folder with these files as its standard ones."""
    namespace = command[3] if tuple(command[:3]) == IN_NAMESPACE else None
    module, *arguments = command[6:] if namespace else command[2:]
    ask = {"module": module, "arguments": arguments, "env": dict(env), "namespace": namespace, "session": new_session}
    return Process(_asked(ask, files))


# --- the test's side ----------------------------------------------------------

_asking = threading.Lock()
_parent: socket.socket | None = None
_numbers = itertools.count(1)


def _asked(ask: dict[str, Any], files: Sequence[int] = ()) -> int:
    """A test that is struck down here (its time is over) leaves an answer behind: it is not taken for the next one's,
    and what was started for nobody is killed.
    """
    global _parent
    with _asking:
        if _parent is None:
            _parent, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            command = [sys.executable, "-m", "tests.warm", str(theirs.fileno())]
            process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
            theirs.close()
            _parent.settimeout(ANSWER_S)
            atexit.register(_end, _parent, process)
        number = next(_numbers)
        passed = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))] if files else []
        _parent.sendmsg([json.dumps({**ask, "number": number}).encode()], passed)
        while answer := _parent.recv(64):
            of, started, value = map(int, answer.split())
            if of == number:
                return value
            if started:
                os.kill(value, signal.SIGKILL)
    raise AssertionError("the parent of the warm processes has ended")


def _end(parent: socket.socket, process: subprocess.Popen[bytes]) -> None:
    parent.close()
    process.wait(10)


# --- the parent's side --------------------------------------------------------


def _serve(door: socket.socket) -> dict[str, Any] | None:
    """Returns in each new process with what it is to run, and in the parent, with None, when nobody can ask any more.

    Who has ended is asked about once, and only then forgotten: until then nobody else gets its number. The last one may
    be asked about again, for who did not come to hear the answer.
    """
    last = (0, 0)
    while True:
        data, files, _, _ = socket.recv_fds(door, MAX_ASK_BYTES, 3)
        if not data:
            return None
        ask: dict[str, Any] = json.loads(data)
        if "ended" in ask:
            if last[0] != ask["ended"]:
                last = (ask["ended"], os.waitstatus_to_exitcode(os.waitpid(ask["ended"], 0)[1]))
            door.send(f"{ask['number']} 0 {last[1]}".encode())
            continue
        pid = os.fork()
        last = (0, 0)  # a new process may have its number
        if pid == 0:
            door.close()
            _dress(ask, files)
            return ask
        for file in files:
            os.close(file)
        door.send(f"{ask['number']} 1 {pid}".encode())


def _dress(ask: dict[str, Any], files: Sequence[int]) -> None:
    """The process becomes what ``subprocess`` would have made."""
    if ask["session"]:
        os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
    for file in set(files):
        os.close(file)
    os.environ.clear()
    os.environ.update(ask["env"])
    if ask["namespace"] is not None:
        place = os.open(f"/run/netns/{ask['namespace']}", os.O_RDONLY)
        if ctypes.CDLL(None, use_errno=True).setns(place, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
        os.close(place)
    at_once = bool(os.environ.get("PYTHONUNBUFFERED"))
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, "r", closefd=False)), "utf-8")  # type: ignore[misc]
    out, err = (
        io.TextIOWrapper(
            io.BufferedWriter(io.FileIO(number, "w", closefd=False)),
            "utf-8",
            errors,
            line_buffering=number == 2 or os.isatty(number),
            write_through=at_once,
        )
        for number, errors in ((1, "strict"), (2, "backslashreplace"))
    )
    sys.stdout = sys.__stdout__ = out  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = err  # type: ignore[misc]
    sys.argv = [ask["module"], *ask["arguments"]]


if __name__ == "__main__":
    program = importlib.import_module("app.__main__")
    for group in program.GROUPS:
        importlib.import_module(f"app.cli.{group}")
    importlib.import_module("app.wiring_screens")
    del sys.modules["app.__main__"]  # each runs it for itself
    gc.collect()
    gc.freeze()
    with contextlib.suppress(KeyboardInterrupt):  # of the terminal that the tests were started from
        asked = _serve(socket.socket(fileno=int(sys.argv[1])))
    if asked is not None:
        runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)
