"""Hosts on a wire of their own: network namespaces, each with a cable to one of two switches that a trunk joins.

Nothing of it is on the machine's own network; what was made is deleted. Every host has IPv4 and loopback.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Collection

from tests.machine import run, try_to

NET = "10.231.8"


class NotPermitted(Exception):
    """This machine lets nobody make network namespaces; the text says why."""


class Lan:
    """``count`` hosts, the first half at the near switch, the others at the far one. ``close`` takes all away."""

    def __init__(self, count: int) -> None:
        if os.geteuid() != 0:
            raise NotPermitted("network namespaces need root")
        tag = uuid.uuid4().hex[:6]
        self._switches = f"tm{tag}s"
        self.hosts = [f"tm{tag}h{number}" for number in range(1, count + 1)]
        self._made: list[str] = []
        try:
            self._build()
        except OSError as error:
            self.close()
            raise NotPermitted(f"network namespaces cannot be made here: {error}") from error

    def prefix(self, index: int) -> list[str]:
        """What a command begins with to run on that host."""
        return ["ip", "netns", "exec", self.hosts[index]]

    def address(self, index: int) -> str:
        return f"{NET}.{index + 1}"

    def halves(self, near: Collection[int]) -> None:
        """These hosts' cables go to the near switch, all others to the far one."""
        for index in range(len(self.hosts)):
            ip("-n", self._switches, "link", "set", f"p{index}", "master", "near" if index in near else "far")

    def cut(self) -> None:
        """The trunk breaks: each half hears only itself."""
        ip("-n", self._switches, "link", "set", "trunk0", "down")

    def mend(self) -> None:
        ip("-n", self._switches, "link", "set", "trunk0", "up")

    def unplug(self, index: int) -> None:
        """The host's cable is pulled at the switch."""
        ip("-n", self._switches, "link", "set", f"p{index}", "down")

    def plug(self, index: int) -> None:
        ip("-n", self._switches, "link", "set", f"p{index}", "up")

    def close(self) -> None:
        for name in self._made:
            try_to(["ip", "netns", "delete", name])
        self._made.clear()

    def _build(self) -> None:
        for name in (self._switches, *self.hosts):
            ip("netns", "add", name)
            self._made.append(name)
            ip("-n", name, "link", "set", "lo", "up")
        switches = self._switches
        for side in ("near", "far"):
            ip("-n", switches, "link", "add", side, "type", "bridge")
            ip("-n", switches, "link", "set", side, "up")
        ip("-n", switches, "link", "add", "trunk0", "type", "veth", "peer", "name", "trunk1")
        for end, side in (("trunk0", "near"), ("trunk1", "far")):
            ip("-n", switches, "link", "set", end, "master", side)
            ip("-n", switches, "link", "set", end, "up")
        for index, host in enumerate(self.hosts):
            ip("-n", host, "link", "add", "eth0", "type", "veth", "peer", "name", f"p{index}", "netns", switches)
            ip("-n", switches, "link", "set", f"p{index}", "up")
            ip("-n", host, "addr", "add", f"{self.address(index)}/24", "dev", "eth0")
            ip("-n", host, "link", "set", "eth0", "up")
            ip("-n", host, "route", "add", "224.0.0.0/4", "dev", "eth0")
        self.halves(range((len(self.hosts) + 1) // 2))


def ip(*arguments: str) -> None:
    """Run ``ip``; ``OSError`` with what it says."""
    run(["ip", *arguments])
