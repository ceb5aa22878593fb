"""Failures as people read them, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import text
from app.sentences import sentence
from app.till.ports import JournalRefused
from replication.enrolment import EnrolmentRefused
from replication.identity import IdentityExists, NoIdentity
from replication.net.websocket import PortInUse

ENROLMENT_CODES = (
    "bad_code", "code_refused", "code_unknown", "code_used", "code_expired", "number_taken", "not_authority",
    "unreachable", "wrong_network", "too_many", "slot_taken", "not_offered",
)  # fmt: skip


@pytest.mark.parametrize("code", ENROLMENT_CODES)
def test_every_refusal_of_enrolment_is_said_in_the_tills_language(code: str) -> None:
    english = "an English sentence for the log"
    text.use("de")
    german = sentence(EnrolmentRefused(code, english))
    text.use("en")
    assert len({german, sentence(EnrolmentRefused(code, english)), english}) == 3


def test_what_is_named_is_said() -> None:
    assert "127.0.0.1:7417" in sentence(PortInUse("127.0.0.1:7417"))
    assert "keine Rechte" in sentence(PortInUse("127.0.0.1:80", "keine Rechte"))
    assert "/home/kasse" in sentence(NoIdentity(Path("/home/kasse")))
    assert "/home/kasse" in sentence(IdentityExists(Path("/home/kasse")))
    assert "/mnt/stick: " in sentence(PermissionError(13, "Permission denied", "/mnt/stick"))


def test_what_has_no_sentence_says_what_it_says_on_one_line() -> None:
    assert sentence(JournalRefused("store_damaged", "segment 3\n is damaged")) == "segment 3 is damaged"
    assert sentence(ValueError()) == "ValueError"
