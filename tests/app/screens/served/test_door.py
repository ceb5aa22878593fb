"""Which pages may speak to the server of ``tillmesh serve``."""

from __future__ import annotations

import pytest

from app.screens.served.door import is_loopback, is_own_page, knows_host


@pytest.mark.parametrize(
    ("host", "only_here"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.21", False),
        ("kasse-1", False),
        ("127.0.0.1.example.org", False),
    ],
)
def test_only_loopback_is_for_this_machine_alone(host: str, only_here: bool) -> None:
    assert is_loopback(host) is only_here


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ("127.0.0.1:7419", True),
        ("[::1]:7419", True),
        ("localhost:9000", True),
        ("KASSE-1:7419", True),
        ("kasse-1.shop.lan", True),
        ("192.168.1.21", True),
        ("rebound.example.org:7419", False),
        ("127.0.0.1.example.org:7419", False),
        ("", False),
        ("[::1", False),
    ],
)
def test_a_name_that_somebody_else_points_at_this_machine_is_no_host_of_it(header: str, known: bool) -> None:
    assert knows_host(header, {"kasse-1"}) is known


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        ("http://127.0.0.1:7419", True),
        ("https://127.0.0.1:7419", True),
        ("http://127.0.0.1:8000", False),
        ("http://example.org", False),
        ("null", False),
        ("", False),
    ],
)
def test_only_the_servers_own_page_may_open_the_till(origin: str, own: bool) -> None:
    assert is_own_page(origin, "127.0.0.1:7419") is own
    assert not is_own_page(origin, "")
