"""The simulated printer as a command."""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.simulators import KINDS

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "app", "simulators", "printer", "--json", "--lang", "en"]


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    process = subprocess.Popen(
        [*COMMAND, "--listen", "127.0.0.1:0", "--paper", str(tmp_path / "paper"), "--raw", str(tmp_path / "raw")],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    yield process, int(ready["listen"].rpartition(":")[2])
    process.terminate()
    process.communicate(timeout=10)


def test_it_prints_to_a_file_and_keeps_the_bytes(printer: tuple[subprocess.Popen[str], int], tmp_path: Path) -> None:
    with socket.create_connection(("127.0.0.1", printer[1]), timeout=5) as wire:
        wire.sendall(b"\x1b@Hallo\n\x1dr\x01")
        assert wire.recv(1) == b"\x00"
    assert (tmp_path / "paper").read_text(encoding="utf-8") == "Hallo\n"
    assert (tmp_path / "raw").read_bytes() == b"\x1b@Hallo\n\x1dr\x01"


def test_faults_are_lines_of_its_input(printer: tuple[subprocess.Popen[str], int]) -> None:
    process, port = printer
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("paper_out\nfire\n")
    process.stdin.flush()
    assert "no fault called fire" in process.stdout.readline()
    with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
        wire.sendall(b"\x10\x04\x04")
        assert wire.recv(1) == b"\x7e"


def test_it_may_stand_behind_a_device_file_and_be_of_another_maker(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--pty", str(tmp_path / "tty"), "--clone", "--paper", str(tmp_path / "paper")],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["listen"] == str(tmp_path / "tty")
    with (tmp_path / "tty").open("r+b", buffering=0) as wire:
        wire.write(b"\x1dIB\x1b@Hallo\n\x1dr\x01")
        assert wire.read(1) == b"\x00", "a clone does not say who made it"
    assert (tmp_path / "paper").read_text(encoding="utf-8") == "Hallo\n"
    process.terminate()
    process.communicate(timeout=10)


def test_a_port_in_use_is_one_line_and_exit_1(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = subprocess.run(
            [*COMMAND, "--listen", f"127.0.0.1:{taken.getsockname()[1]}", "--paper", str(tmp_path / "paper")],
            cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "choose another --listen" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_display_and_a_gate_print_what_a_customer_would_see(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    KINDS["display"].options(parser)
    display = KINDS["display"].machine(parser.parse_args(["--command-set", "aedex"]))
    display.receive(b"!#1" + b"Kaese 1 kg     12,34\r")
    gate = KINDS["gate"].machine(argparse.Namespace())
    gate.receive(bytes.fromhex("A0 01 01 A2"))
    shown, opened = capsys.readouterr().out.splitlines()
    assert shown == f"|Kaese 1 kg     12,34| |{' ' * 20}|"
    assert "1" in opened
