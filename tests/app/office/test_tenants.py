"""Several networks in one office: the list of them, what is wrong with one, and where their books are."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from app import text
from app.config import OfficeSettings, Settings
from app.home import Home
from app.office import tenants
from app.office.tenants import Place, Tenant, TenantsBad

URL = "postgresql://office@db.example/fair"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").make()


def a_home(path: Path, settings: str = "") -> Path:
    (path / "identity").mkdir(parents=True)
    (path / "till.toml").write_text(settings, "utf-8")
    return path


def test_an_office_alone_has_its_own_books(home: Home) -> None:
    assert tenants.places(home, Settings(), "Fair") == (Place("own", "Fair", str(home.books)),)
    elsewhere = replace(Settings(), office=OfficeSettings(books=URL))
    assert tenants.places(home, elsewhere, "Fair", ["all"]) == (Place("own", "Fair", URL),)


def test_what_was_written_is_read_and_each_network_has_its_own_books(home: Home, tmp_path: Path) -> None:
    market = a_home(tmp_path / "market")
    farm = a_home(tmp_path / "farm", f'[office]\nbooks = "{URL}2"\n')
    known = {
        "market": Tenant("Market Ltd", home=str(market)),
        "farm": Tenant(home=str(farm)),
        "fair": Tenant("Fair", books=URL),
    }
    tenants.write(home.path, known)
    assert tenants.read(home.path) == known
    assert tenants.places(home, Settings(), "Zoo", ["all"]) == (
        Place("own", "Zoo", str(home.books)),
        Place("market", "Market Ltd", str(market / "books.sqlite")),
        Place("farm", "farm", f"{URL}2"),
        Place("fair", "Fair", URL),
    )
    assert [place.tenant for place in tenants.places(home, Settings(), "Zoo", ["fair", "own", "fair"])] == [
        "fair",
        "own",
    ]


@pytest.mark.parametrize(
    ("tenant_id", "tenant", "said"),
    [
        ("own", Tenant(books=URL), "id"),
        ("Über", Tenant(books=URL), "id"),
        ("two", Tenant(books=URL, home="x"), "home"),
        ("none", Tenant(), "home"),
        ("name", Tenant("a\nb", books=URL), "60"),
        ("url", Tenant(books="mysql://db"), "postgresql://"),
    ],
)
def test_what_can_be_no_tenant_is_refused_and_the_list_stays(
    home: Home, tenant_id: str, tenant: Tenant, said: str
) -> None:
    text.use("en")
    tenants.write(home.path, {"fair": Tenant(books=URL)})
    with pytest.raises(TenantsBad, match=said):
        tenants.write(home.path, {tenant_id: tenant})
    assert list(tenants.read(home.path)) == ["fair"]


@pytest.mark.parametrize("spoilt", ["[tenants", "[tenants.a]\nbook = 1\n", "[tenants.Ä]\n", '[tenants.a]\nhome = ""\n'])
def test_a_list_that_somebody_spoilt_is_named(home: Home, spoilt: str) -> None:
    tenants.write(home.path, {})
    tenants.file_of(home.path).write_text(spoilt, "utf-8")
    with pytest.raises(TenantsBad, match=r"tenants\.toml"):
        tenants.read(home.path)


def test_an_id_that_is_not_there_and_a_home_that_is_none_are_named(home: Home, tmp_path: Path) -> None:
    tenants.write(home.path, {"gone": Tenant(home=str(tmp_path / "gone"))})
    with pytest.raises(TenantsBad, match="nobody"):
        tenants.places(home, Settings(), "Zoo", ["nobody"])
    with pytest.raises(TenantsBad, match="gone"):
        tenants.places(home, Settings(), "Zoo", ["gone"])
