"""The stories that a seed can tell, by name; each answers with its findings, and none is the wish."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from app.simulation import story as shops
from app.simulation.claims import story as claims
from app.simulation.network import story as network

STORIES: dict[str, Callable[[int], list[str]]] = {"claims": claims.tell, "network": network.tell, "shops": shops.tell}


def judge(name: str, seed: int) -> list[str]:
    """Play the seed of that story: its findings; one that falls over says where."""
    try:
        return STORIES[name](seed)
    except Exception as error:  # noqa: BLE001 - a hub or a session that raises is what we are looking for
        place = traceback.extract_tb(error.__traceback__)[-1]
        return [f"fell over: {type(error).__name__}: {error} ({place.filename}:{place.lineno})"]
