"""What all tests share: hypothesis without deadlines, the language, and a watch for leaked threads."""

from __future__ import annotations

import asyncio
import faulthandler
import functools
import gc
import inspect
import os
import signal
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import TextIO

import pytest
from argon2 import PasswordHasher
from hypothesis import Phase, settings

from app import text
from app.engine import vouching
from app.till import pins, users
from tests import driving
from tests.driving import DriveTill, Refused
from tests.postgres import postgres_database, postgres_server, postgres_url  # noqa: F401 - fixtures

# Two cores are shared by four test workers; how long an example takes says nothing there.
# On CI the same examples every time: what is new is found at the desk, not when somebody wants to land. Nobody waits
# there for the smallest one either: looking for it takes up to five minutes, which is more than a test is given.
ON_CI = bool(os.environ.get("CI"))
PHASES = [phase for phase in Phase if not (ON_CI and phase in (Phase.shrink, Phase.explain))]
settings.register_profile("tillmesh", deadline=None, max_examples=60, derandomize=ON_CI, phases=PHASES)
settings.load_profile("tillmesh")

# Each PIN takes a fifth of a second, on purpose, and tests enter them by the hundred. What it costs at a till is held
# in tests/app/till/test_pins.py, and every process that tests start pays it.
_CHEAP_PINS = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
pins._hasher = lambda: _CHEAP_PINS
users.NO_PIN = vouching.NO_PIN = pins.hashed("nobody's")

# Tests start the program by the hundred; without its bytecode each start takes nearly twice as long.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# What a shell runs in the background ignores Ctrl-C, what nohup runs a hang-up, and so would every till that the tests
# start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# Reading the tests makes much that stays; looking through it for garbage meanwhile takes a third of that time.
gc.disable()

OWN_SHARE = 0.75
"""Of a test's time for an asynchronous test itself; the rest is for its beginning and end."""
HUNG_S = 180.0
"""So long after (or at twice) what pytest-timeout gives it, not even a test's end has come: its worker is ended."""
IDLE_MAX_S = 900.0
"""A worker that has had no test for so long waits for something that does not come."""
LEAK_GRACE_S = 10.0
STDERR = pytest.StashKey[TextIO]()
"""The process' own: during a test pytest puts a file of its own in its place."""
YOUNG_MAX = 20_000
DESCRIPTORS_MAX = 150


REAL = {"e2e", "hosts", "contracts", "peripherals", "screens", "engine", "cli"}
"""Folders of tests with processes, terminals and wires of their own."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """What needs the machine's time may be held up by what else it does: such a test that fails is played once more,
    and both are told (``R`` in the output). What is pure has no such excuse, but for what another test has left and
    Python finds just then: a socket that nobody has closed.
    """
    if not REAL.isdisjoint(item.path.parts) or item.path.name.startswith("test_wiring"):
        item.add_marker(pytest.mark.flaky(reruns=1))
    else:
        item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["[Uu]nraisable"]))
    if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
        item.obj = _bounded(item.obj, _given_s(item) * OWN_SHARE)


def _bounded(test: Callable[..., Awaitable[None]], seconds: float) -> Callable[..., Awaitable[None]]:
    """The alarm of pytest-timeout is raised in whatever the loop does just then, and a task of the program may keep it:
    the test would wait on, and nobody be left to wake it. This ends the test itself, where it waits.
    """

    @functools.wraps(test)
    async def within(*args: object, **given: object) -> None:
        async with asyncio.timeout(seconds):
            await test(*args, **given)

    return within


def _given_s(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0] if marker else item.config.getini("timeout"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """For ``--dist worksteal``, which gives each worker an equal part: the first begins with the tests that wait a lot
    (many processes, the longest first), the others with those that compute a lot, and short tests are left to share at
    the end. Within these groups the order stays as it is.
    """
    waiting = [item for item in items if item.get_closest_marker("hosts")]
    waiting += [item for item in items if item.get_closest_marker("e2e") and not item.get_closest_marker("hosts")]
    computing = [item for item in items if "simulation" in item.path.parts]
    known = {*waiting, *computing}
    rest = [item for item in items if item not in known]
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    others = max(1, workers - 1)
    ordered: list[pytest.Item] = []
    for group in (waiting, *(computing[part::others] for part in range(others))):
        fill = max(0, len(items) // workers - len(group))
        ordered += [*group, *rest[:fill]]
        rest = rest[fill:]
    items[:] = [*ordered, *rest]


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What the tests are made of stays; looking through all of it for garbage again and again is a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(YOUNG_MAX, *gc.get_threshold()[1:])


def pytest_configure(config: pytest.Config) -> None:
    """Nothing is captured yet. (pytest's own plugin for faulthandler is switched off in pyproject.toml: with each test
    that fails it takes back the end below, so that a failed test whose teardown hung held up the run for ever.)
    """
    config.stash[STDERR] = os.fdopen(os.dup(2), "w")
    faulthandler.enable(config.stash[STDERR])


def pytest_enter_pdb() -> None:
    """Who looks around takes his time."""
    faulthandler.cancel_dump_traceback_later()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A test that hangs beyond its timeout (in its teardown, in a thread that is joined) must not hold up the run, and
    neither must what comes after it: all stacks are printed and its worker ends, so that it fails by name and the
    others go on.
    """
    given_s = _given_s(item)
    _end_after(given_s + min(given_s, HUNG_S), item.config)
    try:
        return (yield)
    finally:
        _end_after(IDLE_MAX_S, item.config)


def _end_after(seconds: float, config: pytest.Config) -> None:
    faulthandler.dump_traceback_later(seconds, exit=True, file=config.stash[STDERR])


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


@pytest.fixture(autouse=True)
def no_leaked_descriptors() -> Iterator[None]:
    """Files and sockets that tests leave open one by one would in the end fail another test that needs one: beyond
    1023 ``select`` cannot wait for it.
    """
    yield
    if _descriptors() > DESCRIPTORS_MAX:
        gc.collect()
        assert _descriptors() <= DESCRIPTORS_MAX, "this test or those before it leave files or sockets open"


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir()) if sys.platform == "linux" else 0


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


def _wait_until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, f"did not come true within {seconds} s"
        time.sleep(0.02)


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """Polls until something holds."""
    return _wait_until
