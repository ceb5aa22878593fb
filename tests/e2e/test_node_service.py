"""``tillmesh node`` as a service: it says when it is ready and when it ends, and the unit in docs is sound."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "docs" / "systemd" / "tillmesh-node.service"


def test_the_node_tells_its_supervisor_when_it_is_ready_and_when_it_ends(
    drive_till: Callable[..., Any], tmp_path: Path
) -> None:
    founder = drive_till(tmp_path / "one", ["--no-discovery", "--listen", "127.0.0.1:0"])
    founder.run("network", "found", "--name", "Messe")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(tmp_path / "notify"))
        supervisor.settimeout(30)
        node = subprocess.Popen(
            [sys.executable, "-m", "app", "node", "--home", str(founder.home), *founder.options],
            cwd=ROOT,
            env={**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify")},
            stdout=subprocess.DEVNULL,
        )
        assert supervisor.recv(100) == b"READY=1"
        assert founder.json("status")["till_no"] == 1
        node.terminate()
        assert supervisor.recv(100) == b"STOPPING=1"
        assert node.wait(20) == 0


def test_the_unit_is_what_systemd_understands(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not on this machine")
    unit = tmp_path / UNIT.name
    # Its program and user are the administrator's to make; all else is checked.
    text = (
        UNIT.read_text("utf-8").replace("/opt/tillmesh/bin/tillmesh", sys.executable).replace("=tillmesh\n", "=root\n")
    )
    unit.write_text(text, "utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=60, check=False
    )
    complaints = [line for line in checked.stderr.splitlines() if unit.name in line]
    assert not complaints, checked.stderr
