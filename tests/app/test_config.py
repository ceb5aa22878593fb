"""Settings: defaults, every key, and errors that name file, key and what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app import config
from app.config import ConfigError, Settings
from app.domain.claim_policy import ALLOW, REFUSE, Policy
from app.receipt_settings import AdvertSetting, HeadLine, ReceiptSettings


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
            voucher = {limit = "50.00", per_day = "200.00"}
            returns = {limit = "0.5"}
            order = "refuse"
            [printer]
            address = "10.0.0.9:9100"
            profile = "TM-T88III"
            columns = 48
            red = true
            [receipt]
            head = [{text = "Zoo Neumann", red = true}, "Messestand 4"]
            foot = ["Umtausch binnen 14 Tagen"]
            adverts = [{text = "Heiligabend bis 14 Uhr", from = 2026-12-01, to = "2026-12-24"}]
            article_nos = true
            copies = 1
            security = true
            voucher_terms = "Drei Jahre gültig"
            till_serial = "ZN-0042"
            [keys]
            cash = ["f8"]
            """,
        )
    )
    assert settings.till.language == "en"
    assert settings.network.peers == ("10.0.0.2:7417", "[fd00::2]:7417")
    assert not settings.network.discovery
    assert settings.claims.policies("EUR") == {
        "voucher": Policy("limit", 5000, 20000),
        "return": Policy("limit", 500),
        "order": REFUSE,
        "deposit": REFUSE,
    }
    assert settings.printer.columns == 48
    assert settings.printer.red
    assert settings.receipt == ReceiptSettings(
        (HeadLine("Zoo Neumann", red=True), "Messestand 4"),
        ("Umtausch binnen 14 Tagen",),
        (AdvertSetting("Heiligabend bis 14 Uhr", date(2026, 12, 1), date(2026, 12, 24)),),
        article_nos=True,
        copies=1,
        security=True,
        voucher_terms="Drei Jahre gültig",
        till_serial="ZN-0042",
    )
    assert settings.keys == {"cash": ("f8",)}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[till]\nlanguage = "fr"', "till.language"),
        ("[till]\ncolour = 1", "till"),
        ('[network]\nlisten = "somewhere"', "network.listen"),
        ('[claims]\nvoucher = "perhaps"', "claims.voucher"),
        ('[claims]\nunknown_voucher = "perhaps"', "claims.unknown_voucher"),
        ('[claims]\nvoucher = {limit = "viel"}', "claims.voucher"),
        ('[claims]\nvoucher = {per_day = "5.00"}', "claims.voucher"),
        ('[claims]\ncoupon = {limit = "1.50"}', "claims.coupon"),
        ('[claims]\nreturns = {limit = "0.5", per_day = "1.2345"}', "claims.returns"),
        ('[network]\npeers = ["10.0.0.2:7417", "10.0.0.3:99999"]', "network.peers[1]"),
        ('[network]\ndiscovery = "yes"', "network.discovery"),
        ('[printer]\naddress = "9100"', "printer.address"),
        ("[printer]\ncolumns = 7", "printer.columns"),
        ('[printer]\naddress = "COM1"', "printer.address"),
        ('[printer]\nframe = "9N1"', "printer.baud"),
        ('[printer]\nfence = "barbed"', "printer.fence"),
        ("[printer]\ncode_page = 256", "printer.code_page"),
        ("[printer]\ndrawer_pin = 3", "printer.drawer_pin"),
        ("[printer]\ndrawer_open_too_long_s = 1", "printer.drawer_open_too_long_s"),
        ('[receipt]\nhead = ["1","2","3","4","5","6","7","8","9"]', "receipt.head"),
        (f'[receipt]\nhead = ["{"x" * 201}"]', "receipt.head"),
        ('[receipt]\nhead = [{text = "Zoo", colour = "red"}]', "receipt.head[0]"),
        ('[receipt]\nfoot = ["1","2","3","4","5","6","7","8","9"]', "receipt.foot"),
        ('[receipt]\nadverts = [{text = "Ostern", from = "2026-04-06", to = "2026-04-03"}]', "receipt.adverts[0]"),
        ('[receipt]\nadverts = [{text = "Ostern", from = "Ostern"}]', "receipt.adverts[0].from"),
        ('[receipt]\nadverts = [{text = ""}]', "receipt.adverts[0]"),
        ("[receipt]\nadverts = [" + '{text = "x"}, ' * 51 + "]", "receipt.adverts"),
        ("[receipt]\ncopies = 4", "receipt.copies"),
        (f'[receipt]\nvoucher_terms = "{"x" * 1001}"', "receipt.voucher_terms"),
        (f'[receipt]\ntill_serial = "{"x" * 201}"', "receipt.till_serial"),
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


def test_unknown_vouchers_are_refused_unless_the_shop_wants_them(tmp_path: Path) -> None:
    claims = config.load(written(tmp_path, '[claims]\nunknown_voucher = "allow"')).claims
    assert (claims.unknown_voucher, claims.policies("EUR")) == ("allow", {})
    assert Settings().claims.unknown_voucher == "refuse"


def test_the_word_for_orders_and_returns_holds_for_what_goes_with_them_unless_that_has_its_own(
    tmp_path: Path,
) -> None:
    text = '[claims]\norder = "refuse"\ndeposit = "allow"\nreturns = "refuse"\ndelivery_note = "allow"'
    policies = config.load(written(tmp_path, text)).claims.policies("EUR")
    assert policies == {"order": REFUSE, "deposit": ALLOW, "return": REFUSE, "void": REFUSE, "receivable": ALLOW}
    assert Settings().claims.policies("EUR") == {}, "what is not said is the reference data's"


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
