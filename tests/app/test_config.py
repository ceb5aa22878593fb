"""Settings: defaults, every key, and errors that name file, key and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import config
from app.config import ConfigError, Settings


def written(folder: Path, text: str) -> Path:
    path = folder / "till.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_everything_has_a_default(tmp_path: Path) -> None:
    assert config.load(tmp_path / "till.toml") == Settings()


def test_every_key_can_be_set(tmp_path: Path) -> None:
    settings = config.load(
        written(
            tmp_path,
            """
            [till]
            language = "en"
            [network]
            listen = "0.0.0.0:7000"
            peers = ["10.0.0.2:7417", "[fd00::2]:7417"]
            discovery = false
            [claims]
            voucher = "refuse"
            [printer]
            address = "10.0.0.9:9100"
            profile = "TM-T88III"
            columns = 48
            [receipt]
            head = ["Zoo Neumann", "Messestand 4"]
            [keys]
            cash = ["f8"]
            """,
        )
    )
    assert settings.till.language == "en"
    assert settings.network.peers == ("10.0.0.2:7417", "[fd00::2]:7417")
    assert not settings.network.discovery
    assert settings.claims.voucher == "refuse"
    assert settings.printer.columns == 48
    assert settings.receipt.head[1] == "Messestand 4"
    assert settings.keys == {"cash": ("f8",)}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[till]\nlanguage = "fr"', "till.language"),
        ("[till]\ncolour = 1", "till"),
        ('[network]\nlisten = "somewhere"', "network.listen"),
        ('[network]\npeers = ["10.0.0.2:7417", "10.0.0.3:99999"]', "network.peers[1]"),
        ('[network]\ndiscovery = "yes"', "network.discovery"),
        ('[printer]\naddress = "9100"', "printer.address"),
        ("[printer]\ncolumns = 7", "printer.columns"),
        ('[receipt]\nhead = ["1","2","3","4","5","6","7","8","9"]', "receipt.head"),
        ("tillmesh = 1", "tillmesh"),
        ("[till\n", "TOML"),
    ],
)
def test_an_error_names_the_file_and_the_key(tmp_path: Path, text: str, key: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as refused:
        config.load(path)
    assert str(path) in str(refused.value)
    assert key in str(refused.value)
    assert "\n" not in str(refused.value)


def test_junk_bytes_are_an_error_of_one_line(tmp_path: Path) -> None:
    path = tmp_path / "till.toml"
    path.write_bytes(b"\xff\xfe\x00junk")
    with pytest.raises(ConfigError, match=r"till\.toml"):
        config.load(path)


def test_the_command_line_overrides_the_file_and_adds_peers() -> None:
    settings = config.overridden(
        config.overridden(Settings(), peers=["a:1"]),
        listen="0.0.0.0:1",
        peers=["b:2", "a:1"],
        discovery=False,
        language="en",
    )
    assert settings.network.listen == "0.0.0.0:1"
    assert settings.network.peers == ("a:1", "b:2")
    assert not settings.network.discovery
    assert settings.till.language == "en"


@pytest.mark.parametrize("text", ["", "host", "host:", ":80", "host:port", "host:65536", "host:-1", "host:٣"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="HOST:PORT"):
        config.address(text)


def test_addresses_may_be_names_and_version_six() -> None:
    assert config.address("till-2.local:7417") == ("till-2.local", 7417)
    assert config.address("[::1]:7417") == ("::1", 7417)
