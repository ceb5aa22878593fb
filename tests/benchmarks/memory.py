"""How much memory a process of the benchmark took."""

from __future__ import annotations

from pathlib import Path


def peak_mb() -> float:
    """This process's peak memory. ``getrusage`` would count what its parent had before ``exec``."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
