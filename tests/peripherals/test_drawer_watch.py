"""How long a drawer has stood open."""

from __future__ import annotations

import pytest

from peripherals.drawer_watch import DrawerWatch


@pytest.mark.parametrize(
    ("looks", "state", "changed"),
    [
        ([(0, None)], "", False),
        ([(0, False)], "closed", True),
        ([(0, True)], "open", True),
        ([(0, True), (59.9, True)], "open", False),
        ([(0, True), (60, True)], "too_long", True),
        ([(0, True), (60, True), (900, True)], "too_long", False),
        ([(0, True), (60, True), (61, False)], "closed", True),
        ([(0, True), (59, False), (60, True), (119, True)], "open", False),
        ([(0, True), (30, None), (61, True)], "too_long", True),
        ([(0, True), (60, True), (61, None)], "", True),
        ([(0, True), (30, False), (31, None), (100, True)], "open", True),
    ],
)
def test_looks_at_the_sensor_add_up(looks: list[tuple[float, bool | None]], state: str, *, changed: bool) -> None:
    watch = DrawerWatch(60)
    last = [watch.looked(now_s, is_open) for now_s, is_open in looks][-1]
    assert (watch.state, last) == (state, changed)
