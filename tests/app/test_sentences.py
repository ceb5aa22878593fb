"""Failures as people read them, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import text
from app.plain_sentences import reason
from app.sentences import sentence
from app.till.ports import JournalRefused
from replication.backup import BackupRefused
from replication.certificates import BadName
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


@pytest.mark.parametrize(
    "error",
    [
        *(
            BackupRefused("an English sentence for the log", code, Path("/mnt/b"))
            for code in (
                "damaged", "no_backup", "other_format", "is_folder", "is_other_file", "home_not_empty", "not_written",
            )
        ),
        BadName("an English sentence for the log"),
        BrokenPipeError(32, "Broken pipe"),
    ],
)  # fmt: skip
def test_other_failures_are_said_in_the_tills_language_too(error: Exception) -> None:
    text.use("de")
    german = sentence(error)
    text.use("en")
    assert len({german, sentence(error), str(error)}) == 3
    assert ("/mnt/b" in german) is isinstance(error, BackupRefused)


def test_a_slot_with_a_bad_name_is_said_so() -> None:
    error = EnrolmentRefused("bad_slot", "an English sentence")
    error.__cause__ = BadName("another")
    text.use("en")
    assert sentence(error) == "a name has 1 to 64 printable characters; choose another"


def test_what_is_named_is_said() -> None:
    assert "127.0.0.1:7417" in sentence(PortInUse("127.0.0.1:7417"))
    assert "keine Rechte" in sentence(PortInUse("127.0.0.1:80", "keine Rechte"))
    assert "/home/kasse" in sentence(NoIdentity(Path("/home/kasse")))
    assert "/home/kasse" in sentence(IdentityExists(Path("/home/kasse")))
    assert "/mnt/stick: " in sentence(PermissionError(13, "Permission denied", "/mnt/stick"))


def test_what_has_no_sentence_says_what_it_says_on_one_line() -> None:
    assert sentence(JournalRefused("store_damaged", "segment 3\n is damaged")) == "segment 3 is damaged"
    assert sentence(ValueError()) == "ValueError"


@pytest.mark.parametrize(
    ("said", "german"),
    [
        ("No such file or directory", "Datei oder Verzeichnis gibt es nicht"),
        (OSError(28, "No space left on device"), "kein Platz mehr auf dem Datenträger"),
        ("Connect call failed ('127.0.0.1', 9100)", "unter 127.0.0.1, Port 9100 antwortet niemand"),
        ("Connect call failed ('::1', 9100, 0, 0)", "unter ::1, Port 9100 antwortet niemand"),
        ("/dev/ttyUSB0 is in use by another program", "/dev/ttyUSB0 ist von einem anderen Programm belegt"),
        (
            "[Errno 2] could not open port /dev/ttyUSB9: [Errno 2] No such file or directory: '/dev/ttyUSB9'",
            "Datei oder Verzeichnis gibt es nicht",
        ),
        ("what nobody foresaw", "what nobody foresaw"),
    ],
)
def test_what_systems_and_wires_say_most_often_is_said_in_german(said: OSError | str, german: str) -> None:
    text.use("de")
    assert reason(said) == german
    text.use("en")
    assert reason("Permission denied") == "Permission denied"


def test_a_sentence_about_a_file_has_its_reason_in_the_language() -> None:
    text.use("de")
    told = sentence(FileNotFoundError(2, "No such file or directory", "x.csv"))
    assert told == "x.csv: Datei oder Verzeichnis gibt es nicht; Platte und Zugriffsrechte prüfen"
