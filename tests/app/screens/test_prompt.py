"""What is painted at once is what Textual would have painted, line by line, in every look."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.geometry import Region

from app import text
from app.screens.till.app import TillApp
from app.screens.widgets.painting import Painted
from tests.app.screens.standin import BIRD_SEED, PEN, Shop, services
from tests.app.screens.walking import Walk, walk


def lines_of(walking: Walk) -> dict[tuple[str, int], tuple[str, str]]:
    """Every line on the screen: as it is painted at once, and as Textual paints it."""
    found = {}
    screen = walking.app.screen
    for widget, (region, clip) in screen._compositor.visible_widgets.items():
        if isinstance(widget, Painted):
            assert clip.contains_region(region), "it is whole on the screen"
            for y in range(region.height):
                widget._styles_cache.clear()
                theirs = widget.render_lines(Region(0, y, region.width, 1))[0]
                ours, console = widget.finished(y), walking.app.console
                found[type(widget).__name__, y] = ours.render(console), theirs.render(console)
    return found


@pytest.mark.parametrize(("terminal", "no_color"), [("xterm-256color", ""), ("linux", ""), ("xterm-256color", "1")])
async def test_every_line_is_what_textual_makes_of_it(
    terminal: str, no_color: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", terminal)
    monkeypatch.setenv("COLORTERM", "")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", no_color)
    text.use("en")
    shop = Shop(tmp_path)
    async with walk(TillApp(services(shop))) as walking:
        seen: set[str] = set()
        for keys in (f"{PEN}\r3*{BIRD_SEED}\r1000/06\r", "4006381333932\r12", "<escape><f1>", "<escape>+2000\r"):
            await walking.press(keys)
            lines = lines_of(walking)
            seen |= {name for name, _ in lines}
            assert {place: ours for place, (ours, _) in lines.items()} == {
                place: theirs for place, (_, theirs) in lines.items()
            }
        assert {"StatusLine", "LineView", "Totals", "MessageLine", "EntryLine", "Paper", "Footer"} <= seen
    shop.close()
