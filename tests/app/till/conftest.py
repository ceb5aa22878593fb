"""Networks of tills on a fake engine, closed after each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.app.till.fake_engine import FakeNetwork, FakeTill, Policies, make_till


@pytest.fixture
def network() -> Iterator[FakeNetwork]:
    made = FakeNetwork()
    yield made
    made.close()


@pytest.fixture
def open_till(network: FakeNetwork, tmp_path: Path) -> Callable[..., FakeTill]:
    """Opens one more till of the network: ``open_till(till_no, voucher_policy)``."""

    def opened(till_no: int = 1, voucher_policy: Policies = "refuse") -> FakeTill:
        return make_till(network, tmp_path, till_no, voucher_policy)

    return opened


@pytest.fixture
def till(open_till: Callable[..., FakeTill]) -> FakeTill:
    return open_till()
