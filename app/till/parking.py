"""Sales put aside and taken up again at any till; merged and split."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.till.commands import Park, Resume, Split
from app.till.steps import Steps

if TYPE_CHECKING:
    from app.till.counter import Counter


def park(counter: Counter, command: Park) -> Steps:
    raise NotImplementedError


def resume(counter: Counter, command: Resume) -> Steps:
    raise NotImplementedError


def split(counter: Counter, command: Split) -> Steps:
    raise NotImplementedError
