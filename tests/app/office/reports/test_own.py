"""Own reports in files: read strictly, written so that they can be read, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from app.office.reports import own
from app.office.reports.definition import ReportFault
from app.office.reports.predefined import PREDEFINED

GOOD = """
title = "Getränke"
[query]
source = "goods"
period = "last_month"
where = { article_group = ["drinks"], till = [1, "3-5"] }
[layout]
columns = ["article", "turnover"]
"""


@pytest.mark.parametrize("name", PREDEFINED)
def test_every_predefined_report_is_a_file_that_reads_as_itself(name: str) -> None:
    assert own.parsed(own.written(PREDEFINED[name])) == PREDEFINED[name]


def test_an_own_report_stands_before_the_predefined_one_until_it_is_removed(tmp_path: Path) -> None:
    mine = own.parsed(GOOD)
    path = own.save(tmp_path, "vat", mine)
    assert (own.find(tmp_path, "vat"), own.names(tmp_path)) == (mine, ["vat"])
    assert 'title = "Getränke"' in path.read_text("utf-8")
    own.remove(tmp_path, "vat")
    assert own.find(tmp_path, "vat") == PREDEFINED["vat"]
    with pytest.raises(own.ReportUnknown, match="'vat'"):
        own.remove(tmp_path, "vat")


def test_a_name_that_is_none_lists_those_that_are(tmp_path: Path) -> None:
    own.save(tmp_path, "mine", own.parsed(GOOD))
    with pytest.raises(own.ReportUnknown, match=r"'tip-sellers'.* mine, .*top-sellers"):
        own.find(tmp_path, "tip-sellers")
    for name in ("../till", "UP", "", "a" * 41, "a/b"):
        with pytest.raises(own.ReportNotSaved, match="1"):
            own.save(tmp_path, name, own.parsed(GOOD))
    assert own.names(tmp_path) == ["mine"]


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("period =", "perod =", r"query: perod .* source, period, from, until"),
        ('"goods"', '"good"', r"query.source: .*'good'.* receipts, goods"),
        ('"last_month"', '"last_moon"', r"query.period: .*last_month"),
        ('period = "last_month"', 'from = "2026-02-30"', r"query.from: .*2026-02-30"),
        (
            'period = "last_month"',
            'from = "2026-02-02"\nuntil = "2026-02-01"',
            r"query.until: .*2026-02-01.*2026-02-02",
        ),
        ('period = "last_month"', 'period = "today"\nfrom = "2026-02-02"', r"query.period: "),
        ('period = "last_month"', 'compare = "previous"', r"query.compare: "),
        ('period = "last_month"', 'compare = "last"', r"query.compare: .*'last'"),
        ("article_group = [", "tender = [", r"query.where.tender: .*article_group"),
        ('["drinks"]', "[]", r"query.where.article_group: .*1"),
        ('"3-5"', '"x"', r"till: 'x'"),
        ('"3-5"', '"1-9999"', r"till: .*1000"),
        ('"3-5"', '"1-600", "601-1200"', r"till: .*1000"),
        ('"turnover"]', '"turnovr"]', r"layout.columns: .*'turnovr'.*turnover"),
        ('"turnover"]', '"article"]', r"layout.columns: .*turnover"),
        ('"turnover"]', '"turnover"]\ngroups = ["article"]', r"layout.columns: article "),
        ('"turnover"]', '"turnover"]\norder = "-net"', r"layout.order: .*article, turnover"),
        ('"turnover"]', '"turnover"]\nlimit = -1', r"layout.limit: "),
        ('"turnover"]', '"turnover"]\nheadings = { net = "x" }', r"layout.headings.net: "),
        ('["article", "turnover"]', "7", r"layout.columns: .*array"),
        ('title = "Getränke"', 'title = " "', r"title: "),
        ("[layout]", "[layout", r"TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_key_and_what_to_do(wrong: str, right: str, said: str, tmp_path: Path) -> None:
    text = GOOD.replace(wrong, right)
    assert text != GOOD
    with pytest.raises(ReportFault, match=said):
        own.parsed(text)
    (tmp_path / "reports").mkdir()
    path = tmp_path / "reports" / "mine.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(own.ReportUnreadable, match=str(path)):
        own.find(tmp_path, "mine")


def test_a_file_that_is_no_text_or_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(GOOD.encode("cp1252"))
    with pytest.raises(own.ReportUnreadable, match="UTF-8"):
        own.read(path)
    path.write_bytes(b"#" * (own.MAX_BYTES + 1))
    with pytest.raises(own.ReportUnreadable, match=str(own.MAX_BYTES)):
        own.read(path)
    with pytest.raises(own.ReportUnreadable, match="none"):
        own.read(tmp_path / "none")


def test_a_report_that_is_none_is_not_kept(tmp_path: Path) -> None:
    bad = msgspec.structs.replace(own.parsed(GOOD), title="")
    with pytest.raises(ReportFault):
        own.save(tmp_path, "mine", bad)
    (tmp_path / "reports").write_text("a file where the folder should be")
    with pytest.raises(own.ReportNotSaved, match="reports"):
        own.save(tmp_path, "mine", own.parsed(GOOD))
