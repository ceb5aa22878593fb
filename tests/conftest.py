"""What all tests share: hypothesis without deadlines, the language, and a watch for leaked threads."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

from app import text
from tests import driving
from tests.driving import DriveTill, Refused

# Two cores are shared by two test workers; how long an example takes says nothing there.
# On CI the same examples every time: what is new is found at the desk, not when somebody wants to land.
settings.register_profile("tillmesh", deadline=None, max_examples=60, derandomize=bool(os.environ.get("CI")))
settings.load_profile("tillmesh")

LEAK_GRACE_S = 2.0


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    """Every test begins in the till's own language, whatever the one before it chose."""
    text.use(text.DEFAULT_LANGUAGE)
    yield
    text.use(text.DEFAULT_LANGUAGE)


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """A test that leaves a thread behind has left something open."""
    before = set(threading.enumerate())
    yield
    give_up = time.monotonic() + LEAK_GRACE_S
    while left := [thread for thread in threading.enumerate() if thread not in before and _counts(thread)]:
        if time.monotonic() > give_up:
            pytest.fail(f"threads left behind: {', '.join(thread.name for thread in left)}")
        time.sleep(0.01)


def _counts(thread: threading.Thread) -> bool:
    # Pools of the standard library end with the interpreter and are nobody's leak.
    return thread.is_alive() and not thread.name.startswith(("asyncio_", "ThreadPoolExecutor", "Dummy", "execnet"))


@pytest.fixture
def free_port() -> Callable[[], int]:
    """A port of loopback that nobody uses now."""
    return driving.free_port


@pytest.fixture
def refused() -> type[Refused]:
    """What ``ask`` raises."""
    return Refused


@pytest.fixture
def drive_till() -> Iterator[Callable[..., DriveTill]]:
    """Makes tills; whatever still runs at the end is killed."""
    made: list[DriveTill] = []

    def make(home: Path, options: Sequence[str] = (), prefix: Sequence[str] = ()) -> DriveTill:
        made.append(DriveTill(home, options, prefix))
        return made[-1]

    yield make
    for till in made:
        till.kill()
