"""The simulated printer as a command."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from peripherals.simulators.printer import main

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "peripherals.simulators.printer"]


def test_it_prints_to_a_file_and_takes_commands(tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    process = subprocess.Popen(
        [*COMMAND, "--listen", "127.0.0.1:0", "--paper", str(paper)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        first = process.stdout.readline()
        port = int(first.split(";")[0].rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
            wire.sendall(b"\x1b@Hallo\n\x1dr\x01")
            assert wire.recv(1) == b"\x00"
        assert paper.read_text(encoding="utf-8") == "Hallo\n"
        process.stdin.write("fire\n")
        process.stdin.flush()
        assert process.stdout.readline() == "unknown command: fire\n"
    finally:
        process.kill()
        process.communicate(timeout=10)


def test_a_port_in_use_is_one_line_and_exit_1(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--listen", f"127.0.0.1:{taken.getsockname()[1]}"]) == 1
    assert "choose another port" in capsys.readouterr().err


def test_a_wrong_address_is_a_mistake_of_use(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--listen", "9100"])
    assert ended.value.code == 2
    assert "HOST:PORT" in capsys.readouterr().err
