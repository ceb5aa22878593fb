"""Tills on hosts of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.driving import DriveTill
from tests.hosts.lan import Lan, NotPermitted


@pytest.fixture
def lan() -> Iterator[Callable[[int], Lan]]:
    """Makes a LAN of so many hosts, or skips the test with the reason why it cannot."""
    made: list[Lan] = []

    def make(count: int) -> Lan:
        try:
            made.append(Lan(count))
        except NotPermitted as error:
            pytest.skip(str(error))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def network(tmp_path: Path, drive_till: Callable[..., DriveTill]) -> Callable[..., list[DriveTill]]:
    """Founds a network at the first host and lets the others join by their codes and mDNS; none is open yet."""

    def make(lan: Lan, *, homes: dict[int, Path] | None = None) -> list[DriveTill]:
        tills = [
            drive_till((homes or {}).get(index, tmp_path / f"till-{index + 1}"), [], lan.prefix(index))
            for index in range(len(lan.hosts))
        ]
        first, *others = tills
        first.run("network", "found", "--name", "Messe")
        first.start()
        codes = [first.ask("release", no=no, name=f"Kasse {no}")["code"] for no in range(2, len(tills) + 1)]
        with ThreadPoolExecutor(4) as pool:
            list(
                pool.map(
                    lambda each: each[0].run("network", "join", "--code", each[1]), zip(others, codes, strict=True)
                )
            )
        first.close()
        return tills

    return make
