"""permessage-deflate (RFC 7692) for messages that are worth it.

Small messages, on which somebody may be waiting, go as they are: compressing them costs more time than it saves.
Every message is compressed by itself (no context takeover), so that a connection keeps no window of its own: with
512 of them that would be some 150 MB. The library stops decompressing at the largest frame that is taken.
"""

from __future__ import annotations

from collections.abc import Sequence

from websockets.extensions import Extension
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    PerMessageDeflate,
    ServerPerMessageDeflateFactory,
)
from websockets.frames import Frame
from websockets.typing import ExtensionParameter

MIN_BYTES = 4_096
"""Shorter messages are sent uncompressed."""
_SETTINGS = {"level": 1}
"""Records hold hashes and signatures, which no level makes smaller; the first takes a sixth of the time of the last."""


class LargeMessageDeflate(PerMessageDeflate):
    """Compresses large messages, reads both kinds."""

    def encode(self, frame: Frame) -> Frame:
        return frame if len(frame.data) < MIN_BYTES else super().encode(frame)


def _large_only(made: PerMessageDeflate) -> LargeMessageDeflate:
    return LargeMessageDeflate(
        made.remote_no_context_takeover,
        made.local_no_context_takeover,
        made.remote_max_window_bits,
        made.local_max_window_bits,
        made.compress_settings,
    )


class Dialler(ClientPerMessageDeflateFactory):
    """Offers it when connecting."""

    def __init__(self) -> None:
        super().__init__(True, True, compress_settings=_SETTINGS)

    def process_response_params(
        self, params: Sequence[ExtensionParameter], accepted_extensions: Sequence[Extension]
    ) -> PerMessageDeflate:
        return _large_only(super().process_response_params(params, accepted_extensions))


class Listener(ServerPerMessageDeflateFactory):
    """Agrees to it when accepting."""

    def __init__(self) -> None:
        super().__init__(True, True, compress_settings=_SETTINGS)

    def process_request_params(
        self, params: Sequence[ExtensionParameter], accepted_extensions: Sequence[Extension]
    ) -> tuple[list[ExtensionParameter], PerMessageDeflate]:
        answer, made = super().process_request_params(params, accepted_extensions)
        return answer, _large_only(made)
