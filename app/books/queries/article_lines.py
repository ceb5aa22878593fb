"""All articles' lines (``app.domain.search_text``) in memory, one text in the order of their names.

A pass over 100,000 rows takes a database 15 ms and more; a text of them is searched in 3. It takes 7 MB, and is read
(within 100 ms) when a search finds that an article has changed since. The database puts it in order: it holds up
no other thread meanwhile, as Python would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Pool, literal, select

from app.books.tables.articles import article_sources, articles

MAX_STEPS = 30_000
"""Lines that one walk looks at: it ends before a cashier waits, with whatever it has found."""

_BEHIND = "\x1e"
"""Between a line and the ident number."""
_LINE: ColumnElement[str] = (articles.c.search_text + literal(_BEHIND) + articles.c.ident_no).label("line")
LINES = select(_LINE).where(articles.c.search_text > "").order_by(_LINE)
_ROWS_AT_ONCE = 1_000
_SOURCES = select(article_sources).order_by(article_sources.c.member_id)


class Line(NamedTuple):
    """An article's line and its ident number."""

    text: str
    ident_no: str


class ArticleLines:
    """Lines that can be walked; immutable."""

    def __init__(self, lines: Iterable[str]) -> None:
        """``lines``: each with its ident number behind, in the order in which they are to be found."""
        text = bytearray(b"\n")
        source = iter(lines)
        while part := list(islice(source, _ROWS_AT_ONCE)):
            text += "\n".join([*part, ""]).encode()
        self._lines = bytes(text)

    def having(self, parts: Sequence[str]) -> Iterator[Line | None]:
        """The lines that have every part, by name; None at last if the walk was given up."""
        lines, wanted = self._lines, [part.encode() for part in parts] or [b" "]
        first, at = wanted[0], 0
        for _ in range(MAX_STEPS):
            hit = lines.find(first, at)
            if hit < 0:
                return
            begin, end = lines.rfind(b"\n", 0, hit) + 1, lines.find(b"\n", hit)
            line = lines[begin:end]
            missing = next((part for part in wanted if part not in line), None)
            if missing is None:
                yield _line(line)
                at = end
            else:
                # No line before the next one that has what this one lacks can be it.
                next_hit = lines.find(missing, end)
                if next_hit < 0:
                    return
                at = lines.rfind(b"\n", 0, next_hit)
        yield None

    def beginning(self, name: str) -> Iterator[Line]:
        """The lines of names that begin so."""
        begins = f"\n {name}".encode()
        at = self._lines.find(begins)
        while at >= 0:
            end = self._lines.find(b"\n", at + 1)
            yield _line(self._lines[at + 1 : end])
            at = self._lines.find(begins, end)


_Version = tuple[tuple[str, str], ...]
_known: WeakKeyDictionary[Pool, tuple[_Version, ArticleLines]] = WeakKeyDictionary()
"""Of whatever books are open: an engine that is disposed of has another pool, for its file may be another by then."""


def lines_of(connection: Connection) -> ArticleLines:
    """The lines as they are now; kept as long as no article has changed."""
    version: _Version = tuple((row.member_id, row.stamp) for row in connection.execute(_SOURCES))
    known = _known.get(connection.engine.pool)
    if known is not None and known[0] == version:
        return known[1]
    lines = ArticleLines(connection.execute(LINES).scalars())
    _known[connection.engine.pool] = version, lines
    return lines


def _line(line: bytes) -> Line:
    text, _, ident_no = line.decode().rpartition(_BEHIND)
    return Line(text, ident_no)
