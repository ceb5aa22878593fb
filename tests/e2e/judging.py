"""An outsider's reckoning: what the tills answer is added up anew, in ``Decimal``, from what they say of each receipt.

Nothing here knows how a till computes. A receipt is what ``receipt`` answers; reports are compared with sums over
those answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
TRIES = 40
"""As often as two cashiers whom nobody confirmed try again, on a machine with other things to do."""
Table = dict[tuple[str, str], tuple[Decimal, Decimal, Decimal]]


def together(*tills: Any) -> None:
    """Wait until each sees another one and all have the same facts."""
    for till in tills:
        till.ask("wait", **{"for": "peers"}, count=1, timeout_s=20)
    for till in tills:
        till.ask("wait", **{"for": "synced"}, timeout_s=20)


def known(till: Any, receipt_no: str) -> None:
    """Wait until the receipt has arrived at the till."""
    till.ask("wait", **{"for": "receipt"}, receipt_no=receipt_no, timeout_s=20)


def at_once(tills: tuple[Any, Any], do: str, **fields: Any) -> list[dict[str, Any]]:
    """Both are told the same in the same moment, again until one may do it; both answers. Never both may do it."""
    for _ in range(TRIES):
        pending = [(till, till.send(do, ask_coverage=True, **fields)) for till in tills]
        answers = [till.answer(number) for till, number in pending]
        if any(answer["ok"] for answer in answers):
            break
    assert sum(answer["ok"] for answer in answers) == 1, answers
    return answers


def refusal(till: Any, do: str, **fields: Any) -> dict[str, Any]:
    """The till's refusal, which must be a sentence of one line."""
    answer: dict[str, Any] = till.answer(till.send(do, **fields))
    assert not answer["ok"], answer
    message = answer["message"]
    assert message != answer["code"], answer
    assert message.isprintable(), answer
    assert len(message) <= 78 or answer["code"] == "bad_command", answer
    return answer


def receipts_of(till: Any, tills: Iterable[int]) -> dict[str, dict[str, Any]]:
    """Every receipt that the till knows of those tills; numbers without a gap."""
    found = {}
    for till_no in tills:
        for number in range(1, 10_000):
            answer = till.answer(till.send("receipt", receipt_no=f"{till_no}-{number:06d}"))
            if not answer["ok"]:
                assert answer["code"] == "unknown_receipt", answer
                break
            found[answer["receipt_no"]] = answer
    return found


def checked_receipt(receipt: dict[str, Any]) -> Decimal:
    """The receipt's total, which its lines, its taxes and its tenders must each come to."""
    lines: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in receipt["lines"]:
        given = sum((Decimal(each["amount"]) for each in line["discounts"]), Decimal())
        full = (Decimal(line["price"]) * Decimal(line["quantity"])).quantize(CENT, ROUND_HALF_UP)
        # What comes back is worth what was paid, so its price for one may be rounded by half a cent.
        odd = CENT / 2 * -Decimal(line["quantity"]) if Decimal(line["quantity"]) < 0 else Decimal()
        assert abs(Decimal(line["gross"]) - (full - given)) <= odd, (receipt["receipt_no"], line)
        lines[line["vat_key"], line["vat_rate"] or "0"] += Decimal(line["gross"])
    total = Decimal(receipt["total"])
    assert sum(lines.values()) == total, receipt
    table = table_of(receipt["by_vat"])
    assert {key: gross for key, (gross, _, _) in table.items()} == lines, receipt
    for (_, rate), (gross, net, tax) in table.items():
        assert net == (gross / (1 + Decimal(rate) / 100)).quantize(CENT, ROUND_HALF_UP), receipt
        assert tax == gross - net, receipt
    assert sum(Decimal(row["amount"]) for row in receipt["tenders"]) == total, receipt
    for row in receipt["tenders"]:
        if row["rate"]:
            home = Decimal(row["foreign_amount"]) * Decimal(row["rate"])
            assert Decimal(row["amount"]) == home.quantize(CENT, ROUND_HALF_UP), receipt
    assert -sum(Decimal(row["amount"]) for row in receipt["tenders"] if row["role"] == "change") == Decimal(
        receipt["change"]
    ), receipt
    return total


def table_of(rows: Iterable[dict[str, Any]]) -> Table:
    return {
        (row["vat_key"], row["rate"]): (Decimal(row["gross"]), Decimal(row["net"]), Decimal(row["tax"])) for row in rows
    }


def tenders_of(rows: Iterable[dict[str, Any]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row["tender"]] += Decimal(row["amount"])
    return {tender: amount for tender, amount in sums.items() if amount}


def check_report(report: dict[str, Any], receipts: Iterable[dict[str, Any]]) -> None:
    """The figures are the sums of exactly these receipts."""
    chosen = list(receipts)
    gross = sum((Decimal(each["total"]) for each in chosen), Decimal())
    assert Decimal(report["gross"]) == gross, report
    assert int(report["receipts"]) == len(chosen), report
    sums: Table = {}
    for each in chosen:
        for key, row in table_of(each["by_vat"]).items():
            before = sums.get(key, (Decimal(),) * 3)
            sums[key] = (before[0] + row[0], before[1] + row[1], before[2] + row[2])
    table = table_of(report["by_vat"])
    for key in table.keys() | sums.keys():
        assert table.get(key, (0, 0, 0)) == sums.get(key, (0, 0, 0)), (key, report)
    assert sum((row[1] + row[2] for row in table.values()), Decimal()) == gross, report
    assert tenders_of(report["by_tender"]) == tenders_of(row for each in chosen for row in each["tenders"]), report
    if "business_cases" in report:
        cases: dict[str, Decimal] = defaultdict(Decimal)
        for each in chosen:
            for line in each["lines"]:
                cases[line["business_case"]] += Decimal(line["gross"])
        said = {row["business_case"]: Decimal(row["amount"]) for row in report["business_cases"]}
        assert {name: amount for name, amount in said.items() if amount} == {
            name: amount for name, amount in cases.items() if amount
        }, report


def judged(one: Any, two: Any) -> dict[str, dict[str, Any]]:
    """The receipts by number: both tills tell of the same, and they add up, per receipt, Z report and network."""
    together(one, two)
    books = [receipts_of(till, (1, 2)) for till in (one, two)]
    for receipt_no, receipt in books[0].items():
        checked_receipt(receipt)
        other = books[1][receipt_no]
        assert {**other, "id": None, "text": None} == {**receipt, "id": None, "text": None}
    assert books[0].keys() == books[1].keys()
    receipts = books[0]
    left = dict(receipts)
    for till in (one, two):
        listed = till.ask("z_reports", scope="network")["z_reports"]
        left = dict(receipts)
        for row in listed:
            report = till.ask("z_report_info", z_no=row["z_no"], till_no=row["till_no"])
            first, last = report["first_receipt_no"], report["last_receipt_no"]
            mine = [no for no in receipts if no.startswith(f"{row['till_no']}-") and first and first <= no <= last]
            check_report(report, [left.pop(no) for no in mine])
        check_report(till.ask("turnover", scope="network"), receipts.values())
        check_report(till.ask("x_report", scope="network"), left.values())
        for day in {each["business_day"] for each in receipts.values()}:
            of_day = [each for each in receipts.values() if each["business_day"] == day]
            check_report(till.ask("x_report", scope="network", date=day), of_day)
    for till_no, till in ((1, one), (2, two)):
        check_report(till.ask("x_report"), [each for no, each in left.items() if no.startswith(f"{till_no}-")])
    return receipts


def closed_and_verified(one: Any, two: Any) -> None:
    """Both tills end; their books folded anew are the same, and every signature and chain is good."""
    together(one, two)
    for till in (one, two):
        till.close()
    reports = [till.json("rebuild") for till in (one, two)]
    assert all(report["same"] for report in reports), reports
    assert reports[0]["fingerprint"] == reports[1]["fingerprint"]
    for till in (one, two):
        assert till.json("verify")["faults"] == []
