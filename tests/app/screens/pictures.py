"""Pictures of screens that are kept and compared: small SVG files of one ``<text>`` a row, the same on every machine.

``--snapshot-update`` writes them anew. What does not look as it is kept is written beside, into a folder of the test.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from rich.segment import Segment
from rich.style import Style
from textual.app import App

CELL_WIDTH, CELL_HEIGHT = 8, 18
KEPT = Path(__file__).parent / "__snapshots__"
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="monospace" font-size="13"'
    ' xml:space="preserve">\n<rect width="100%" height="100%" fill="{background}"/>'
)


def svg(app: App[int]) -> str:
    """What the app shows now."""
    strips = app.screen._compositor.render_strips()
    columns, rows = app.size
    background = "#000000"
    drawn: list[str] = []
    for y, strip in enumerate(strips):
        x = 0
        for look, segments in groupby(strip, _look):
            text = "".join(segment.text for segment in segments)
            width = Segment(text).cell_length
            drawn += _run(text, x, y, width, *look)
            x += width
    head = _HEAD.format(width=columns * CELL_WIDTH, height=rows * CELL_HEIGHT, background=background)
    return "\n".join([head, *drawn, "</svg>", ""])


def _run(text: str, x: int, y: int, width: int, colour: str, background: str, attributes: str) -> list[str]:
    at, top = x * CELL_WIDTH, y * CELL_HEIGHT
    drawn = [
        f'<rect x="{at}" y="{top}" width="{width * CELL_WIDTH}" height="{CELL_HEIGHT}" fill="{background}"/>'
    ] if background else []  # fmt: skip
    if text.strip():
        # Blanks at the end would be a part of the length that a viewer may drop.
        shown = text.rstrip()
        length = Segment(shown).cell_length * CELL_WIDTH
        drawn.append(
            f'<text x="{at}" y="{top + 13}" textLength="{length}" fill="{colour}"{attributes}>{escape(shown)}</text>'
        )
    return drawn


def _look(segment: Segment) -> tuple[str, str, str]:
    """Colour, background and other attributes."""
    style = segment.style or Style.null()
    front = style.color.get_truecolor().hex if style.color is not None else "#c0c0c0"
    back = style.bgcolor.get_truecolor().hex if style.bgcolor is not None else ""
    if style.reverse:
        front, back = back or "#000000", front
    attributes = ' font-weight="bold"' if style.bold else ""
    attributes += ' opacity="0.6"' if style.dim else ""
    attributes += ' text-decoration="underline"' if style.underline else ""
    return front, back, attributes


class Album:
    """The pictures of one walk, each under a name of its own."""

    def __init__(self, name: str, aside: Path, *, update: bool) -> None:
        """``name``: its folder below ``__snapshots__``; ``aside``: where pictures go that are not as they were."""
        self._kept = KEPT / name
        self._aside = aside
        self._update = update
        self._taken: list[str] = []
        self._wrong: list[str] = []

    def take(self, app: App[int], name: str) -> None:
        """Compare what the app shows with the picture of this name."""
        assert name not in self._taken, f"two pictures are named {name}"
        self._taken.append(name)
        picture, kept = svg(app), self._kept / f"{name}.svg"
        if self._update:
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(picture, encoding="utf-8")
        elif not kept.exists():
            self._differs(name, picture, "there is none yet")
        elif (was := kept.read_text(encoding="utf-8")) != picture:
            self._differs(name, picture, first_difference(was, picture))

    def close(self) -> None:
        """All have been taken: fail for those that are not as they were, and those that nobody takes any more."""
        left = sorted({path.stem for path in self._kept.glob("*.svg")} - set(self._taken))
        if self._update:
            for name in left:
                (self._kept / f"{name}.svg").unlink()
            return
        self._wrong += [f"{name}: nobody takes this picture any more" for name in left]
        assert not self._wrong, "\n".join(["rewrite with --snapshot-update, if this is wanted:", *self._wrong])

    def _differs(self, name: str, picture: str, said: str) -> None:
        self._aside.mkdir(parents=True, exist_ok=True)
        path = self._aside / f"{name}.svg"
        path.write_text(picture, encoding="utf-8")
        self._wrong.append(f"{name}: {said}\n    now: {path}")


def first_difference(was: str, now: str) -> str:
    """The first row of a picture that is another one now."""
    old, new = was.splitlines(), now.splitlines()
    for before, after in zip(old, new, strict=False):
        if before != after:
            return f"\n    - {before}\n    + {after}"
    return f"{len(old)} rows of it were kept, {len(new)} are there now"
