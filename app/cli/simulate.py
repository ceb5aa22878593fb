"""``tillmesh simulate``: whole networks with everything that can go wrong, by seed, on all cores.

Worker processes tell what each seed found through a pipe; nothing is kept but the seeds that failed, so a night's
run needs no more memory than a minute's.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, NamedTuple

from app.cli.options import CommandFailed, command, show
from app.text import gettext as _

DEFAULT_SEEDS = "0..199"
JOBS_MAX = 256
SEED_MAX = 2**53
FAILED_MAX = 200
"""After so many failing seeds there is nothing more to learn from going on."""
FINDINGS_MAX = 10
PROGRESS_S = 2.0
STORY_NAMES = ("claims", "network", "shops")


class Failed(NamedTuple):
    """A seed with findings."""

    story: str
    seed: int
    findings: list[str]

    @property
    def replay(self) -> str:
        return f"tillmesh simulate --story {self.story} --seeds {self.seed}..{self.seed}"


def add_commands(commands: Any) -> None:
    """The one command."""
    parser = command(commands, "simulate", _simulate, _("play whole networks with every fault, by seed"))
    parser.add_argument("--seeds", metavar="A..B", type=_seeds, default=DEFAULT_SEEDS, help=_("the first and the last"))
    parser.add_argument("--story", choices=(*STORY_NAMES, "all"), default="all", help=_("which story is told"))
    parser.add_argument(
        "--jobs", metavar="N", type=_jobs, default=os.cpu_count() or 1, help=_("processes; as many as there are cores")
    )


def _simulate(options: argparse.Namespace) -> int:
    names = STORY_NAMES if options.story == "all" else (options.story,)
    as_json = getattr(options, "json", False)
    began = time.monotonic()
    failed: list[Failed] = []
    played, stopped = 0, ""
    try:
        for one in _played(names, options.seeds, options.jobs):
            played += 1
            _progress(played, len(names) * len(options.seeds), len(failed), began)
            if one.findings:
                failed.append(one)
                if not as_json:
                    _tell(one)
                if len(failed) >= FAILED_MAX:
                    stopped = _("stopped: {count} seeds failed").format(count=len(failed))
                    break
    except KeyboardInterrupt:
        stopped = _("stopped by you")
    seconds = round(time.monotonic() - began, 1)
    data = {
        "played": played,
        "seconds": seconds,
        "stopped": bool(stopped),
        "failed": [{**one._asdict(), "replay": one.replay} for one in failed],
    }
    text = _("{played} played in {seconds} s, {failed} failed").format(
        played=played, seconds=seconds, failed=len(failed)
    )
    show(options, data, lambda: [text, stopped] if stopped else [text])
    return 1 if failed or stopped else 0


def _tell(one: Failed) -> None:
    print(_("seed {seed} of {story}:").format(seed=one.seed, story=one.story))
    for finding in one.findings:
        print(f"  {finding}")
    print("  " + _("again: {replay}").format(replay=one.replay), flush=True)


_shown_at = 0.0


def _progress(played: int, of: int, failed: int, began: float) -> None:
    global _shown_at  # noqa: PLW0603 - one terminal, one line
    now = time.monotonic()
    if now - _shown_at >= PROGRESS_S and now - began >= PROGRESS_S:
        _shown_at = now
        text = _("{played} of {of}, {failed} failed").format(played=played, of=of, failed=failed)
        print(text, end="\r" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)


# --- workers -------------------------------------------------------------------


def _played(names: Sequence[str], seeds: range, jobs: int) -> Iterator[Failed]:
    """Every seed of every story with its findings, as they come; no worker outlives the iteration."""
    jobs = min(jobs, len(seeds))
    with _workers(names, seeds, jobs) as workers:
        left = dict(workers)
        while left:
            for pipe in wait(list(left)):
                assert isinstance(pipe, Connection)
                try:
                    one = pipe.recv()
                except EOFError:
                    one = None
                if one is None:
                    worker = left.pop(pipe)
                    worker.join()
                    if worker.exitcode:
                        raise CommandFailed(_("a worker ended with status {status}").format(status=worker.exitcode))
                else:
                    yield Failed(*one)


@contextmanager
def _workers(names: Sequence[str], seeds: range, jobs: int) -> Iterator[dict[Connection, SpawnProcess]]:
    context: SpawnContext = multiprocessing.get_context("spawn")
    workers: dict[Connection, SpawnProcess] = {}
    try:
        for number in range(jobs):
            ours, theirs = context.Pipe(duplex=False)
            worker = context.Process(target=_work, args=(theirs, names, seeds[number::jobs]), daemon=True)
            worker.start()
            theirs.close()
            workers[ours] = worker
        yield workers
    finally:
        for pipe, worker in workers.items():
            worker.terminate()
            worker.join()
            pipe.close()


def _work(pipe: Connection, names: Sequence[str], seeds: range) -> None:
    """A worker's life: its seeds, one after the other; Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from app.simulation.stories import judge

    with suppress(BrokenPipeError):
        for seed in seeds:
            for name in names:
                findings = [finding[:500] for finding in judge(name, seed)[:FINDINGS_MAX]]
                pipe.send((name, seed, findings))


# --- arguments -----------------------------------------------------------------


def _seeds(text: str) -> range:
    first, dots, last = text.partition("..")
    try:
        seeds = range(int(first), int(last if dots else first) + 1)
    except ValueError:
        seeds = range(0)
    if not seeds or seeds[0] < 0 or seeds[-1] > SEED_MAX:
        raise argparse.ArgumentTypeError(_("{text} is no range of seeds; give two numbers as 0..199").format(text=text))
    return seeds


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= JOBS_MAX:
        raise argparse.ArgumentTypeError(_("give a number of processes from 1 to {most}").format(most=JOBS_MAX))
    return int(text)
