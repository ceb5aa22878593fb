"""Which feed a fact goes to: the one its kind says, or one with an audience. Pure.

Data of a kind that the office withholds from some tills (``app.domain.branch.WITHHELD``) are written on a topic of
their own, ``kind/articles``, by everybody who knows that there is one (the network's authority assigns it). What
belongs to a travelling catalogue is written on ``catalogue/ID`` and nowhere else; copies of articles and of their
prices may be too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from app.facts.circulation import CustomerSet
from app.facts.master import ArticleSet, PriceSet, ReferenceSet

CATALOGUE = "catalogue/"
TRAVELLING = ("travelling_catalogue", "catalogue_article")
"""Subjects of reference data that are a catalogue's."""

_KIND_OF = {ArticleSet.kind: "articles", PriceSet.kind: "articles", CustomerSet.kind: "customers"}
_SUBJECTS = {"supplier": "suppliers"}


def topic_of_kind(kind: str) -> str:
    """The topic of data of a kind that may be withheld."""
    return f"kind/{kind}"


def topic_of_catalogue(catalogue: str) -> str:
    """The topic of a travelling catalogue."""
    return f"{CATALOGUE}{catalogue}"


def routed(topic: str, kind: str, body: Mapping[str, Any], assigned: Collection[str]) -> str:
    """Where a fact goes that would go to ``topic``; ``assigned`` are the topics with an audience that are known."""
    if "/" in topic:
        return topic
    own = _own_topic(kind, body)
    if own.startswith(CATALOGUE):
        return own
    return own if own in assigned else topic


def belongs(topic: str, kind: str, body: Mapping[str, Any], feed_topic: str) -> bool:
    """Whether a fact of the ``topic`` of its kind may stand in a feed on ``feed_topic``."""
    if feed_topic == topic or feed_topic == _own_topic(kind, body):
        return True
    return feed_topic.startswith(CATALOGUE) and kind in (ArticleSet.kind, PriceSet.kind)


def _own_topic(kind: str, body: Mapping[str, Any]) -> str:
    """The topic with an audience that such data go to if there is one; empty if they go to everybody."""
    if kind == ReferenceSet.kind:
        subject = body.get("subject")
        if subject in TRAVELLING:
            return topic_of_catalogue(str(body.get("key", "")).partition("/")[0])
        name = _SUBJECTS.get(str(subject), "")
    else:
        name = _KIND_OF.get(kind, "")
    return topic_of_kind(name) if name else ""
