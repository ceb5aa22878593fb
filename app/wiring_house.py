"""Wiring's half for the settings screen: what counts of ``till.toml``, changes to it, and the store checked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from app import settings_file
from app.config import ConfigError, Settings
from app.engine.control import Refused
from app.engine.remote import Client, EngineGone
from app.home import Home
from app.plain_sentences import plain_sentence
from app.screens.services import NotPossible, SettingValue


class TillHouse:
    """``app.screens.services.House`` of a home whose engine is behind the client."""

    def __init__(self, home: Home, settings: Settings, client: Client) -> None:
        self._home = home
        self._settings = settings
        self._client = client

    @property
    def path(self) -> Path:
        return self._home.settings

    @property
    def settings(self) -> Mapping[str, Mapping[str, Any]]:
        found: Mapping[str, Mapping[str, Any]] = msgspec.to_builtins(self._settings)
        return found

    async def change(self, section: str, key: str, value: SettingValue) -> None:
        try:
            await asyncio.to_thread(settings_file.change, self._home.settings, {(section, key): value})
        except (ConfigError, OSError) as error:
            raise NotPossible(plain_sentence(error)) from None

    async def verify(self) -> Mapping[str, Any]:
        try:
            report: Mapping[str, Any] = await self._client.call("verify")
        except (Refused, EngineGone) as error:
            raise NotPossible(str(error)) from None
        return report
