"""One process a home."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.engine.lock import HomeInUse, HomeLock, held
from app.home import Home

HOLD = """
import sys
from pathlib import Path
from app.engine.lock import HomeLock
from app.home import Home
with HomeLock(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_home_is_opened_once_and_free_again_afterwards(tmp_path: Path) -> None:
    home = Home(tmp_path / "till")
    assert not held(home)
    with HomeLock(home):
        assert held(home)
        with pytest.raises(HomeInUse, match=r"pid \d+"), HomeLock(home):
            pass
        assert held(home)
    assert not held(home)
    with HomeLock(home):
        pass


def test_a_killed_holder_leaves_the_home_free(tmp_path: Path) -> None:
    home = Home(tmp_path / "till")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(HomeInUse) as refused, HomeLock(home):
            pass
        assert str(holder.pid) in str(refused.value)
        assert "\n" not in str(refused.value)
        holder.kill()
        holder.wait()
    with HomeLock(home):
        assert held(home)
