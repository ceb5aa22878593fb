"""An app that paints what has changed at once.

Textual paints at the next beat of a timer after it has passed two messages; at 240 beats a second that is 4 to 8 ms
after a change, more than a whole scan takes. Then its compositor renders every widget between the first and the last
line that changed, which costs as much as the sale. Our widgets paint whole lines and lie beside each other: here the
lines that changed are rendered and nothing else. What needs a new layout, and every other widget, goes Textual's way.
"""

from __future__ import annotations

from collections.abc import Iterator

from textual._ansi_sequences import SYNC_END, SYNC_START
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen

from app.screens.driver import TillDriver
from app.screens.widgets.painting import Painted


class PromptApp(App[int]):
    """``paint_now`` after a change; while the terminal is behind nothing is painted, and then all of it."""

    def paint_now(self) -> None:
        """Paint the parts of the screen on top that have asked for it."""
        screen = self.screen
        if not screen.is_mounted or not screen.is_current or screen._layout_required or self._batch_count:
            return
        driver = self._driver
        if not isinstance(driver, TillDriver) or driver.behind or screen._repaint_required:
            return
        painted: list[str] = []
        for widget, (region, clip) in screen._compositor.visible_widgets.items():
            if isinstance(widget, Painted) and widget._repaint_required and clip.contains_region(region):
                widget._repaint_required = False
                painted += self._lines(widget, region)
        if painted:
            sync = self._sync_available
            driver.write("".join((SYNC_START if sync else "", *painted, SYNC_END if sync else "")))

    def _lines(self, widget: Painted, region: Region) -> Iterator[str]:
        """What has changed in the lines of a widget, each with the way to where it begins."""
        spans: dict[int, tuple[int, int]] = {}
        for part in widget._exchange_repaint_regions():
            for y in range(max(0, part.y), min(part.bottom, region.height)):
                start, end = spans.get(y, (part.x, part.right))
                spans[y] = min(start, part.x), max(end, part.right)
        for y, (start, end) in sorted(spans.items()):
            if start < end:
                yield f"\x1b[{region.y + y + 1};{region.x + start + 1}H"
                yield widget.finished(y).crop(start, end).render(self.console)

    def _display(self, screen: Screen[object], renderable: object) -> None:
        driver = self._driver
        if isinstance(driver, TillDriver) and driver.behind:
            return  # the driver asks for a whole repaint when the terminal has caught up
        super()._display(screen, renderable)  # type: ignore[arg-type]
