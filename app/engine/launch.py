"""Starts the engine as a process of its own, which outlives the screens that wanted it.

The engine leads a session of its own, so a terminal that hangs up or a Ctrl-C in it does not reach it. Nothing here
takes long to import: the engine is started first, and what the screens need is imported while it opens the home.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from app.home import Home


def start(home: Home, options: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start ``tillmesh engine`` on this home; ``options`` are common options of the command line."""
    home.make()
    with home.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "app", "engine", "--home", str(home.path), *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )


def begun(home: Home, options: Sequence[str]) -> subprocess.Popen[bytes] | None:
    """Start the engine of a home that cannot have one: it would have a socket. None if it may have one."""
    return None if home.socket.exists() else start(home, options)
