from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import text
from app.domain.claim_policy import Policy
from app.domain.voucher import code_from
from app.till.commands import Pay, Scan
from app.till.drive import COMMANDS, MAX_LINE_BYTES, QUERIES, UNREADABLE, drive
from app.till.refusals import SENTENCES, sentence
from tests.app.till.fake_engine import FakeTill

UNKNOWN = code_from(bytes(32))
MISTYPED = UNKNOWN[:5] + ("7" if UNKNOWN[5] != "7" else "8") + UNKNOWN[6:]
OpenTill = Callable[..., FakeTill]


async def driven(till: FakeTill, *lines: bytes | str | dict[str, Any]) -> list[dict[str, Any]]:
    """The answers, without the ready event."""
    text.use("en")
    out: list[str] = []

    async def source() -> AsyncIterator[bytes | str]:
        for line in lines:
            yield json.dumps(line) if isinstance(line, dict) else line

    await drive(source(), out.append, till.runner, network="Messe")
    assert all("\n" not in line for line in out)
    ready, *answers = [json.loads(line) for line in out]
    me = till.engine
    assert ready == {"event": "ready", "till_no": me.till_no, "network": "Messe", "member": me.member_id}
    return answers


async def test_a_sale_as_the_contract_shows_it(till: FakeTill) -> None:
    answers = await driven(
        till,
        {"id": 7, "do": "scan", "code": "4006381333931"},
        {"id": "b", "do": "scan", "code": "17", "quantity": 2},
        {"id": None, "do": "void_line", "line": 2},
        {"do": "sell_voucher", "value": "25.00"},
        {"id": 8, "do": "pay", "amount": "30.00"},
    )
    assert [answer["id"] for answer in answers] == [7, "b", None, None, 8]
    assert all(answer["ok"] for answer in answers)
    assert answers[0] == {
        "id": 7, "ok": True, "line": 1, "name": "Vogelfutter 1 kg", "quantity": "1", "price": "4.99", "total": "4.99",
    }  # fmt: skip
    assert answers[2]["total"] == "4.99"
    assert answers[3] == {"id": None, "ok": True, "line": 3, "total": "29.99"}
    paid = answers[4]
    assert (paid["receipt_no"], paid["total"], paid["change"]) == ("1-000001", "29.99", "0.01")
    assert len(paid["vouchers"]) == 1
    assert paid["text"] == "Bon 1-000001"


@pytest.mark.parametrize(
    "line",
    [
        b"no json",
        b"\xff\xfe{}",
        b'{"do": "scan", "code": "\xff"}',
        "ersetzt: \ufffd",
        b"[]",
        b'"scan"',
        b"17",
        b"{",
        b"[" * 60_000,
        b"x" * (MAX_LINE_BYTES + 1),
        "ü" * (MAX_LINE_BYTES // 2 + 1),
        b"{}",
        b'{"do": "dance"}',
        b'{"do": null}',
        b'{"do": ["scan"]}',
        b'{"do": "scan"}',
        b'{"do": "scan", "code": 4006381333931}',
        b'{"do": "scan", "code": "17", "qty": 3}',
        b'{"do": "scan", "code": "17", "quantity": 1.5}',
        b'{"do": "scan", "code": "17", "quantity": true}',
        b'{"do": "pay", "amount": 5}',
        b'{"do": "wait", "for": "christmas"}',
        b'{"do": "wait", "for": "voucher"}',
        b'{"do": "wait", "for": "peers", "timeout_s": -1}',
        b'{"do": "wait", "for": "peers", "timeout_s": 1e9}',
        b'{"do": "release", "no": 0, "name": "x"}',
        b'{"do": "release", "no": "two", "name": "x"}',
    ],
)
async def test_what_is_no_command_is_answered_and_the_till_goes_on(till: FakeTill, line: bytes | str) -> None:
    bad, good = await driven(till, line, {"id": 1, "do": "scan", "code": "17"})
    assert (bad["ok"], bad["code"]) == (False, "bad_command")
    assert bad["message"].startswith("This command cannot be read: ")
    assert good["ok"]


async def test_the_id_comes_back_even_with_a_bad_command(till: FakeTill) -> None:
    (bad,) = await driven(till, {"id": {"a": [1]}, "do": "dance"})
    assert (bad["id"], bad["message"]) == ({"a": [1]}, "This command cannot be read: there is no command dance")


@pytest.mark.parametrize("line", [b"", b"  \r", "\n"])
async def test_a_blank_line_is_no_json_object_either(till: FakeTill, line: bytes | str) -> None:
    bad, good = await driven(till, line, {"id": 1, "do": "scan", "code": "17"})
    assert (bad["id"], bad["ok"], bad["code"]) == (None, False, "bad_command")
    assert good["ok"]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"do": "scan", "code": "17", "quantity": "drei"}, "quantity_not_a_number"),
        ({"do": "scan", "code": "17", "quantity": ""}, "quantity_not_a_number"),
        ({"do": "scan", "code": "17", "price": "1_0"}, "price_not_a_number"),
        ({"do": "discount", "percent": "zehn"}, "percent_not_a_number"),
        ({"do": "discount"}, "percent_or_amount"),
        ({"do": "discount", "percent": "5", "amount": "5.00"}, "percent_or_amount"),
        ({"do": "pay", "amount": "5 EUR"}, "amount_not_a_number"),
        ({"do": "pay_in", "amount": "1e2", "reason": "x"}, "amount_not_a_number"),
        ({"do": "supply", "where": "moon"}, "unknown_supply"),
        ({"do": "sell_voucher", "value": "viel"}, "value_not_a_number"),
        ({"do": "sell_voucher", "value": "5.00", "kind": "magic"}, "unknown_voucher_kind"),
        ({"do": "sell_voucher", "value": "5.00", "expires": "31.12.2030"}, "bad_date"),
        ({"do": "x_report", "counted": {"EUR": 5}}, "counted_unreadable"),
        ({"do": "turnover", "scope": "world"}, "unknown_scope"),
        ({"do": "turnover", "date": "gestern"}, "bad_date"),
        ({"do": "orders", "state": "half"}, "unknown_state"),
    ],
)
async def test_text_that_is_not_what_its_field_is_is_a_bad_command(
    till: FakeTill, fields: dict[str, Any], fault: str
) -> None:
    await driven(till, {"do": "scan", "code": "17"})
    (bad,) = await driven(till, {"id": 7, **fields})
    assert (bad["id"], bad["ok"], bad["code"], bad["fault"]) == (7, False, "bad_command", fault)
    assert bad["message"] == sentence(fault, bad, str)


def test_every_bad_field_has_a_sentence_of_its_own() -> None:
    assert set(SENTENCES) >= UNREADABLE


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"do": "scan", "code": "4006381333948"}, "unknown_article"),
        ({"do": "scan", "code": "4006381333932"}, "wrong_check_digit"),
        ({"do": "scan", "code": "17", "quantity": "0"}, "quantity_zero"),
        ({"do": "scan", "code": "17", "quantity": "1000000"}, "quantity_too_large"),
        ({"do": "scan", "code": "17", "price": "1.234"}, "price_too_many_decimals"),
        ({"do": "voucher", "code": MISTYPED}, "mistyped_voucher"),
        ({"do": "voucher", "code": UNKNOWN}, "unknown_voucher"),
        ({"do": "article", "code": "4006381333932"}, "wrong_check_digit"),
        ({"do": "article", "code": "1"}, "unknown_article"),
        ({"do": "receipt", "receipt_no": "1-000001"}, "unknown_receipt"),
        ({"do": "wait", "for": "voucher", "code": MISTYPED}, "mistyped_voucher"),
        ({"do": "wait", "for": "receipt", "receipt_no": "9-000001", "timeout_s": 0}, "timeout"),
        ({"do": "pay"}, "empty_sale"),
    ],
)
async def test_refusals_have_a_code_and_a_sentence(till: FakeTill, fields: dict[str, Any], code: str) -> None:
    (answer,) = await driven(till, fields)
    assert (answer["ok"], answer["code"]) == (False, code)
    assert answer["message"].endswith(".")
    assert "{" not in answer["message"]
    assert "?" not in answer["message"]


async def test_questions(till: FakeTill) -> None:
    paid, *_ = (await driven(till, {"do": "sell_voucher", "value": "10", "expires": "2027-01-01"}, {"do": "pay"}))[1:]
    code = paid["vouchers"][0]
    _, redeemed = await driven(till, {"do": "scan", "code": "0815"}, {"do": "redeem", "code": code})
    assert redeemed["receipt_no"] == "1-000002"
    voucher, article, receipt, mine, every, overdraws, status, released = await driven(
        till,
        {"do": "voucher", "code": code},
        {"do": "article", "code": "4006381333931"},
        {"do": "receipt", "receipt_no": "1-000002"},
        {"do": "turnover"},
        {"do": "turnover", "scope": "network", "date": "2026-11-21"},
        {"do": "overdraws"},
        {"do": "status"},
        {"do": "release", "no": "2", "name": "Kasse 2"},
    )
    assert (voucher["value"], voucher["balance"], voucher["state"]) == ("10.00", "5.01", "open")
    assert voucher["issued_by"] == till.engine.member_id
    assert (article["price"], article["vat_rate"], article["barcodes"]) == ("4.99", "7", ["4006381333931"])
    assert (receipt["total"], receipt["tenders"][0]["reference"]) == ("4.99", code)
    assert receipt["lines"][0]["quantity"] == "1"
    assert (mine["gross"], mine["receipts"]) == (every["gross"], every["receipts"]) == ("14.99", 2)
    assert mine["by_tender"] == [{"tender": "cash", "amount": "10.00"}, {"tender": "voucher", "amount": "4.99"}]
    assert [row["rate"] for row in mine["by_vat"]] == ["0", "7"]
    assert overdraws["overdraws"] == []
    assert (status["online"], status["peers"], status["pending"]) == (False, [], 0)
    assert released["code"] == "CODE-2-till"


async def test_overdraws_name_amount_receipts_and_coverage(open_till: OpenTill) -> None:
    one, two = open_till(1, "allow"), open_till(2, "allow")
    code = (await driven(one, {"do": "sell_voucher", "value": "5"}, {"do": "pay"}))[1]["vouchers"][0]
    one.engine.connected = False
    redeem = ({"do": "scan", "code": "0815"}, {"do": "redeem", "code": code})
    await driven(one, *redeem)
    await driven(two, *redeem)
    one.engine.network.reconnect()
    (answer,) = await driven(one, {"do": "overdraws"})
    (overdraw,) = answer["overdraws"]
    assert (overdraw["resource"], overdraw["amount"]) == (f"voucher/{code}", "4.98")
    assert sorted(overdraw["receipts"]) == ["1-000002", "2-000001"]
    assert [coverage["complete"] for coverage in overdraw["coverage"]] == [False, False]


async def test_a_program_asks_first_if_it_wants_to_and_overrides_with_a_reason(open_till: OpenTill) -> None:
    one, _two = open_till(1, {"voucher": Policy("limit", 200)}), open_till(2)
    code = (await driven(one, {"do": "sell_voucher", "value": "50"}, {"do": "pay"}))[1]["vouchers"][0]
    one.engine.connected = False
    asking = {"do": "redeem", "code": code, "amount": "2.00", "ask_coverage": True}
    _, first = await driven(one, {"do": "scan", "code": "0815", "quantity": 3}, asking)
    assert (first["ok"], first["code"], first["promised"], first["of"]) == (False, "coverage_incomplete", "1", "2")
    assert first["message"] == "1 of 2 tills confirmed, Kasse 2 not reachable."
    missing = first["coverage"]["missing"]
    beyond = {"do": "redeem", "code": code, "amount": "0.50"}
    reason = {"override": {"reason": "Stammkundin"}}
    confirmed, refused, overridden, receipt = await driven(
        one, {**asking, "without": missing}, beyond, {**beyond, **reason}, {"do": "pay"}
    )
    assert confirmed["coverage"]["missing"] == missing
    assert (refused["code"], refused["override"]) == ("coverage_limit_reached", "override_coverage")
    assert overridden["redeemed"] == "0.50"
    (kept,) = await driven(one, {"do": "receipt", "receipt_no": receipt["receipt_no"]})
    row = {"resource": f"voucher/{code}", "promised": 0, "of": 1, "missing_tills": [2], "override": None}
    assert kept["coverage"] == [row, {**row, "override": {"by": "anna", "reason": "Stammkundin"}}]


@pytest.mark.parametrize(
    "line",
    [
        {"do": "scan", "code": "17", "ask_coverage": True},
        {"do": "redeem", "code": MISTYPED, "ask_coverage": "yes"},
        {"do": "redeem", "code": MISTYPED, "without": "all"},
        {"do": "redeem", "code": MISTYPED, "override": {"user": "eva", "pin": "1234"}},
        {"do": "redeem", "code": MISTYPED, "override": {"reason": "so", "who": "eva"}},
    ],
)
async def test_consent_is_for_commands_that_claim_and_has_to_be_whole(till: FakeTill, line: dict[str, Any]) -> None:
    assert [answer["code"] for answer in await driven(till, line)] == ["bad_command"]


async def test_only_the_authority_releases(open_till: OpenTill) -> None:
    open_till(1)
    (answer,) = await driven(open_till(2), {"do": "release", "no": 3, "name": "Kasse 3"})
    assert (answer["ok"], answer["code"]) == (False, "not_authority")
    assert "authority" in answer["message"]


async def test_waiting_ends_with_the_change_and_in_order(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)

    async def later() -> None:
        await asyncio.sleep(0.05)
        await two.runner.run(Scan("17"))
        await two.runner.run(Pay())

    selling = asyncio.ensure_future(later())
    waited, peers, synced, late = await driven(
        one,
        {"id": 1, "do": "wait", "for": "receipt", "receipt_no": "2-000001", "timeout_s": 30},
        {"id": 2, "do": "wait", "for": "peers", "count": "1"},
        {"id": 3, "do": "wait", "for": "synced"},
        {"id": 4, "do": "wait", "for": "peers", "count": 2, "timeout_s": 0.05},
    )
    await selling
    assert [answer["id"] for answer in (waited, peers, synced, late)] == [1, 2, 3, 4]
    assert 40 <= waited["waited_ms"] < 2_000
    assert peers["ok"]
    assert synced["ok"]
    assert (late["ok"], late["code"]) == (False, "timeout")


async def test_a_till_that_reaches_nobody_is_in_step_only_with_itself(open_till: OpenTill) -> None:
    one = open_till(1)
    synced = {"do": "wait", "for": "synced", "timeout_s": 0}
    (alone,) = await driven(one, synced)
    assert alone["ok"]
    open_till(2)
    one.engine.connected = False
    (apart,) = await driven(one, synced)
    assert apart["code"] == "timeout"


async def test_a_fault_of_the_program_is_answered_and_the_till_goes_on(till: FakeTill) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    found = till.books.ask
    till.books.ask = broken  # type: ignore[method-assign, assignment]
    (answer,) = await driven(till, {"id": 1, "do": "scan", "code": "17"})
    assert (answer["code"], answer["ok"]) == ("internal_error", False)
    till.books.ask = found  # type: ignore[method-assign]
    (answer,) = await driven(till, {"id": 2, "do": "scan", "code": "17"})
    assert answer["ok"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
names = ["code", "quantity", "price", "line", "value", "kind", "expires", "amount", "tender", "receipt_no", "scope"]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.binary(max_size=40)
        | st.builds(
            lambda do, fields: {"do": do, **fields},
            st.sampled_from(sorted({*COMMANDS, *QUERIES} - {"wait"})),
            st.dictionaries(st.sampled_from(names), json_values, max_size=3),
        ),
        max_size=5,
    )
)
def test_any_junk_is_answered_line_by_line(till: FakeTill, lines: list[bytes | dict[str, Any]]) -> None:
    answers = asyncio.run(driven(till, *lines))
    assert len(answers) == len(lines)
    assert all(answer.get("code") != "internal_error" for answer in answers)


def test_a_code_without_a_sentence_shows_its_reason() -> None:
    assert sentence("slot_taken", {"reason": "slot 2 is bound"}, str) == "slot 2 is bound"
    assert sentence("odd", {}, str) == "odd"
    assert sentence("unknown_article", {}, str) == "No article has the code ?."


def test_every_sentence_ends_like_one() -> None:
    assert all(each.endswith((".", "{reason}")) for each in SENTENCES.values())


async def test_absurd_numbers_of_things_are_the_numbers_of_nothing(till: FakeTill) -> None:
    answers = await driven(
        till,
        {"do": "z_report_info", "z_no": 1, "till_no": 2**63},
        {"do": "z_report_info", "z_no": -(2**70)},
        {"do": "receipt", "receipt_no": "a\nb"},
    )
    assert [answer["code"] for answer in answers] == ["unknown_z_report", "unknown_z_report", "unknown_receipt"]
    assert all(answer["message"].isprintable() for answer in answers)


async def test_a_till_signs_off_only_between_sales(open_till: OpenTill) -> None:
    till = open_till(1)
    scanned, refused, _voided, done = await driven(
        till, {"do": "scan", "code": "17"}, {"do": "sign_off"}, {"do": "void_sale"}, {"do": "sign_off"}
    )
    assert scanned["ok"]
    assert (refused["ok"], refused["code"]) == (False, "sale_open")
    assert done["ok"]
    assert till.engine.signed_off
