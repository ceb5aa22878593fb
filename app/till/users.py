"""Who stands at the till: login, approval in place, training mode, the drawer by right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.till.commands import Approve, Login, LoginBadge, Logout, OpenDrawer, SetPin, Training
from app.till.steps import Steps

if TYPE_CHECKING:
    from app.till.counter import Counter


def login(counter: Counter, command: Login) -> Steps:
    raise NotImplementedError


def login_badge(counter: Counter, command: LoginBadge) -> Steps:
    raise NotImplementedError


def logout(counter: Counter, command: Logout) -> Steps:
    raise NotImplementedError


def approve(counter: Counter, command: Approve) -> Steps:
    raise NotImplementedError


def set_pin(counter: Counter, command: SetPin) -> Steps:
    raise NotImplementedError


def training(counter: Counter, command: Training) -> Steps:
    raise NotImplementedError


def open_drawer(counter: Counter, command: OpenDrawer) -> Steps:
    raise NotImplementedError
