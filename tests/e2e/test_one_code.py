"""Three tills unpacked with one code: one names its number, one is asked, one takes what is left."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.driving import COMMAND, ROOT, DriveTill, environment

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def at_a_terminal(*arguments: str, typed: str) -> str:
    """What the command says on stdout when somebody sits in front of it."""
    ours, its = pty.openpty()
    try:
        os.write(ours, typed.encode())
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=ROOT,
            env=environment(),
            stdin=its,
            stdout=subprocess.PIPE,
            stderr=its,
            text=True,
            timeout=60,
            check=True,
        )
        assert "Kasse 3" in os.read(ours, 4096).decode()
        return done.stdout
    finally:
        os.close(ours)
        os.close(its)


def test_three_tills_join_with_one_code(
    tmp_path: Path, founded: Callable[[Path], DriveTill], drive_till: Callable[..., DriveTill]
) -> None:
    one = founded(tmp_path / "one").start()
    released = one.json("network", "release", "--no", "2-4", "--name", "Kasse {no}", "--site", "Halle 4")
    assert [slot["name"] for slot in released["slots"]] == ["Kasse 2", "Kasse 3", "Kasse 4"]
    join = ["network", "join", "--code", released["code"], "--no-discovery"]
    tills = {name: drive_till(tmp_path / name, []) for name in ("named", "asked", "rest")}
    assert tills["named"].json(*join, "--no", "4")["till_no"] == 4
    home = ["--home", str(tills["asked"].home), "--lang", "en"]
    assert "now till 3 of network Messe" in at_a_terminal(*join, *home, typed="4\n3\n")
    assert [slot["no"] for slot in one.json("network", "slots")["slots"]] == [2]
    said = json.loads(tills["rest"].run(*join, "--json").stdout)
    assert (said["till_no"], said["provisioned"]) == (2, True)
    late = drive_till(tmp_path / "late", []).run(*join, "--lang", "en", check=False)
    assert (late.returncode != 0, late.stderr) == (
        True,
        "tillmesh: this enrolment code has been used; ask for a new one with another number\n",
    )
