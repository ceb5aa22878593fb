"""A shop with everything in it: what the keyboard walks have to show. The same at every run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from app.config import Settings
from app.domain.claim_policy import Policy
from app.domain.receipt_seal import seal_line
from app.facts.base import Fact
from app.facts.master import ArticleSet, ReferenceSet
from app.screens.services import SettingValue, TillServices
from app.till import commands as do
from app.till.ports import JournalRefused
from tests.app.screens.standin import BIRD_SEED, LEASH, PEN, Shop, services
from tests.app.screens.test_releasing import Authority
from tests.app.till.asking import done
from tests.app.till.fake_engine import WALL_MS, make_till

MINUTE_MS = 60_000
CHIEF, ANNA = "98765432", "1234"
"""PINs of ``chef`` and ``anna``."""
GOODS = (
    ("1101", "Wellensittichfutter Spezialmischung mit Jodperlen 25 kg", 3999, "2", "Futter"),
    ("1102", "Kanarienfutter 1 kg", 459, "2", "Futter"),
    ("1103", "Knabberstange Honig 2 Stück", 249, "2", "Futter"),
    ("1201", "Napf Edelstahl 0,5 l", 649, "1", "Zubehör"),
    ("1202", "Halsband Nylon rot 35-55 cm", 1290, "1", "Zubehör"),
    ("1203", "Kratzbaum Luxor mit Höhle und Hängematte, creme", 149900, "1", "Zubehör"),
    ("1301", "Käfig Villa Casa 90", 12900, "1", "Käfige"),
)
REFERENCE = (
    ("campaign", "herbst", {
        "campaign_id": "herbst", "name": "Herbstaktion", "code": "HERBST", "gives": "percent", "percent_bp": 1000,
        "valid_from": "2026-09-01", "valid_until": "2026-12-31", "terms": "Nicht mit anderen Coupons.",
    }),
    ("campaign", "dank", {
        "campaign_id": "dank", "name": "Danke für Ihren Einkauf", "gives": "amount", "amount_minor": 500,
        "valid_from": "2026-09-01", "valid_until": "2027-03-31",
    }),
    ("cost_centre", "4711", {"no": "4711", "name": "Vorstand", "hospitality": True, "company": "Vogel & Co KG"}),
    ("cost_centre", "4712", {"no": "4712", "name": "Werkstatt", "company": "Vogel Technik GmbH"}),
    ("tender", "usd", {"tender": "usd", "name": "Dollar", "kind": "foreign_cash", "currency": "USD"}),
    ("exchange_rate", "USD/2026-11-01", {
        "currency": "USD", "rate": "0.9215", "valid_from": "2026-11-01", "source": "EZB",
    }),
    ("promotion", "napf", {"promotion_id": "napf", "name": "3 für 2", "articles": ["1201"], "buy": 3, "pay": 2}),
)  # fmt: skip


class Spool:
    """Devices that do what they are told, and have two print jobs that somebody must look at the paper for."""

    printer: Mapping[str, Any] = {
        "waiting": 2, "uncertain": ["3-000123", "z_report-3-7"], "failed": [],
        "drawer": {"outcome": "opened", "reason": ""},
        "device": {"power": "ONLINE", "state": "IDLE", "trouble": "", "paper": "ok"},
    }  # fmt: skip

    async def accept(self, job_no: str) -> None:
        """Printed."""

    async def reprint(self, job_no: str) -> None:
        """Once more."""

    async def copy(self, document: Fact) -> None:
        """A copy."""

    async def simulated(self) -> Sequence[Mapping[str, Any]]:
        """Two that practise."""
        return (
            {"name": "scanner", "commands": ["scan CODE", "partial CODE", "unplug", "plug"]},
            {"name": "scale", "commands": ["load GRAMS", "motion", "still", "unplug", "plug"]},
        )

    async def print_log(self) -> None:
        """The sync protocol."""

    async def test_print(self) -> None:
        """A test page."""


async def digital_receipt(receipt_no: str, modules: int) -> Mapping[str, Any]:
    """A small receipt, sealed by nobody; there is none of another number."""
    if not receipt_no.startswith("3-"):
        raise JournalRefused("unknown_document")
    seal = seal_line(bytes(64 if modules < 61 else 200))
    return {"text": f"Zoohandlung\n{receipt_no} 21.11.2026 18:37\nSUMME 28,65 EUR\n{seal}", "seal": seal}


class House:
    """A till's file, and a store whose check goes on until it is let end."""

    path = Path("/home/till/till.toml")
    settings: Mapping[str, Mapping[str, Any]] = msgspec.to_builtins(Settings())

    def __init__(self) -> None:
        self.may_end = asyncio.Event()

    async def change(self, section: str, key: str, value: SettingValue) -> None:
        """Written."""

    async def verify(self) -> Mapping[str, Any]:
        """All is well, in the end."""
        await self.may_end.wait()
        return {"records": 12_345, "feeds": 12, "faults": []}


def _member(no: int, **said: Any) -> dict[str, Any]:
    usual = {
        "member": f"{no:032x}", "till_no": no, "name": f"Kasse {no}", "role": "till", "site": "Halle 7", "me": no == 3,
        "revoked": False, "signed_off": False, "online": True, "known": {"sales": 1_000 + 10 * no}, "pending": 0,
        "pending_since": None, "since": WALL_MS, "since_ms": 95 * MINUTE_MS, "last_heard": WALL_MS,
        "clock_off_ms": None,
    }  # fmt: skip
    return {**usual, **said}


def standing() -> dict[str, Any]:
    """How the network stands: eight members, of which some want looking after."""
    members = [
        _member(1), _member(2), _member(3), _member(4, clock_off_ms=185_000),
        _member(5, online=False, pending=12, pending_since=WALL_MS - 16 * MINUTE_MS),
        _member(6, online=False, signed_off=True), _member(7, online=False, revoked=True),
        _member(99, name="Zentrale", role="centre", site=""),
    ]  # fmt: skip
    return {
        "online": True, "pending": 3, "pending_anywhere": 12, "pending_since": WALL_MS - 16 * MINUTE_MS,
        "peers": [each for each in members if each["online"] and not each["me"]], "members": members,
        "clocks_off": [{"till_no": 4, "name": "Kasse 4", "off_ms": 185_000}], "own_clock_off_ms": None,
        "printer": Spool.printer,
        "devices": [
            {"name": name, "kind": kind, "state": "IDLE", "power": "ONLINE", "error": "", "detail": ""}
            for name, kind in (
                ("kunde", "display"), ("hand", "scanner"), ("drehkreuz", "gate"), ("tor", "gate"),
                ("karte", "card_terminal"),
            )
        ],
        "charges": [
            {"charge_id": f"{3:032x}", "sale_id": f"{4:032x}", "kind": "payment", "state": "uncertain",
             "amount_minor": 2865, "currency": "EUR", "read_terminal": True},
        ],
    }  # fmt: skip


async def protocol() -> Sequence[Mapping[str, Any]]:
    """Lines of the sync protocol, oldest first."""
    return [
        {"at_ms": WALL_MS - ago * MINUTE_MS, "what": what, "name": name, "detail": detail}
        for ago, what, name, detail in (
            (16, "disconnected", "5 Kasse 5", "silent for too long"),
            (6, "received", "1 Kasse 1", "receipt.completed/1 ×31, voucher.issued/1 ×4; 48200 bytes"),
            (2, "sent", "1 Kasse 1", "receipt.completed/1 ×12; 17904 bytes"),
        )
    ]


class Walked:
    """The shop that a walk goes through: till 3, with till 5 out of reach, and codes to scan."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.shop = Shop(folder / "3", {"voucher": Policy("limit", 500)})
        self.house = House()
        self.codes: dict[str, str] = {}
        """What a step's keys may name as ``{name}``."""

    async def stock(self) -> None:
        """Put everything into it."""
        engine, till = self.shop.till.engine, self.shop.till
        engine.say(
            [ArticleSet(no, name, price, "EUR", key, article_groups=(group,)) for no, name, price, key, group in GOODS]
        )
        engine.say([ReferenceSet(*row) for row in REFERENCE])
        for command in (
            do.SetCustomer("10001", "Mustermann, Erika", "Lange Straße 1", "69115", "Heidelberg", phone="06221 1234",
                           credit_limit="500.00"),
            do.SetCustomer("10002", "Huber & Söhne Tierbedarf GmbH", city="Wien", country="AT", blocked=True),
            do.SetCustomer("10003", "Karl, Klara", city="Mannheim"),
            do.OpeningFloat("200.00"),
            do.Scan(BIRD_SEED, "2"), do.Scan(PEN), do.Pay(amount="20.00"),
            do.SellVoucher("50.00", reloadable=True), do.Pay(tender="card"),
        ):  # fmt: skip
            fields = await done(till, command)
        self.codes["voucher"] = fields["vouchers"][0]
        for command in (
            do.Scan(LEASH), do.ChooseCustomer("10001"), do.PlaceOrder("2026-12-01", "10.00", "Rot, wenn es geht"),
            do.Pay(),
            do.Scan("1301"), do.ChooseCustomer("10003"), do.PlaceOrder("2026-11-24"),
            do.Scan(BIRD_SEED, "3"), do.ChooseCustomer("10001"), do.Pay(tender="delivery_note"),
            do.Scan("1201"), do.ChooseCustomer("10001"), do.Pay(tender="delivery_note"),
            do.Scan("1202"), do.ChooseCustomer("10001"), do.Pay(tender="customer_credit"),
            do.Scan(PEN, "3"), do.Scan(BIRD_SEED), do.Park("Frau Beispiel"),
            do.Scan("1203"), do.Park("Blauer Lieferwagen"),
        ):  # fmt: skip
            await done(till, command)
        coupons = await done(till, do.IssueCoupons("dank", "1"))
        self.codes["coupon"] = coupons["codes"][0]
        make_till(self.shop.network, self._folder / "5", 5).engine.connected = False
        self.shop.status_now = standing()
        for command in (
            do.SetUser("chef", "Carl Muster", ("supervisor",), pin=CHIEF), do.Login("chef", CHIEF),
            do.SetUser("anna", "Anna Beispiel", ("cashier",), pin=ANNA), do.SetUser("neu", "Nina Neu", ("cashier",)),
            do.Logout(),
        ):  # fmt: skip
            await done(till, command)

    def services(self) -> TillServices:
        """As wiring gives them to the screens, with somebody who has to log in."""
        given = services(self.shop)
        return replace(
            given,
            login_as="",
            network_log=protocol,
            devices=Spool(),
            house=self.house,
            tills=Authority(),
            digital_receipt=digital_receipt,
        )

    def close(self) -> None:
        """Give the books back."""
        self.shop.close()
