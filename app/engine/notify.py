"""Tells systemd how a service is doing, if systemd has started it (``sd_notify(3)``): one datagram a word."""

from __future__ import annotations

import contextlib
import os
import socket

READY = "READY=1"
STOPPING = "STOPPING=1"


def notify(word: str) -> None:
    """Send the word to ``NOTIFY_SOCKET``; without one, or if nobody listens there, nothing happens."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if not path.startswith(("/", "@")):
        return
    address = "\0" + path[1:] if path.startswith("@") else path
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(word.encode(), address)
