"""Bytes for a printer: what they must and must not contain."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from peripherals.escpos import (
    MAX_CHUNK_INSTRUCTIONS,
    PROFILES,
    Composer,
    UnknownProfile,
    printable,
    profile,
)
from peripherals.print_job import MAX_CHUNK_BYTES, Chunk, Cut, Feed, Symbol, Text
from peripherals.symbols import modules_of

COMPOSER = Composer(profile("default"))


def compose(*instructions: Text | Symbol | Feed | Cut, name: str = "default") -> bytes:
    return Composer(profile(name)).compose(Chunk(instructions))


def test_umlauts_and_the_euro_go_out_in_code_page_858() -> None:
    data = compose(Text("ÄÖÜäöüß €"))
    assert data.startswith(b"\x1b\x40\x1b\x74\x13")
    assert data.endswith(bytes.fromhex("8E 99 9A 84 94 81 E1 20 D5 0A"))


def test_a_printer_that_counts_its_code_pages_otherwise_gets_its_own_number() -> None:
    for name in ("clone-48", "clone-56"):
        data = Composer(profile(name, code_page=13)).compose(Chunk((Text("ü €"),)))
        assert data.startswith(b"\x1b\x40\x1b\x74\x0d")
        assert data.endswith(b"\x81 \xd5\n")
        assert data.count(b"\x1bt") == 1


def test_every_chunk_chooses_the_code_page_anew() -> None:
    first, second = (COMPOSER.compose(Chunk((Text("ü"),))) for _ in range(2))
    assert first == second


def test_styles_are_sent_only_when_they_change_and_never_by_esc_exclamation_mark() -> None:
    data = compose(Text("a", bold=True, tall=True), Text("b", bold=True, tall=True), Text("c"))
    assert (
        data.count(b"\x1bE\x01")
        == data.count(b"\x1d!\x01")
        == data.count(b"\x1bE\x00")
        == data.count(b"\x1d!\x00")
        == 1
    )
    assert b"\x1b!" not in data


def test_red_is_red_on_two_colours_and_bold_on_one() -> None:
    lines = (Text("Jetzt", red=True), Text("neu", red=True), Text("!"))
    two_colours = Composer(profile("default", red=True)).compose(Chunk(lines))
    assert two_colours.endswith(b"\x1br\x01Jetzt\nneu\n\x1br\x00!\n")
    assert b"\x1bE" not in two_colours
    assert compose(*lines).endswith(b"\x1bE\x01Jetzt\nneu\n\x1bE\x00!\n")


def test_a_cut_is_a_feed_where_there_is_no_knife() -> None:
    assert compose(Cut()).endswith(bytes.fromhex("1B 64 06 1D 56 00"))
    assert compose(Cut(), name="58mm-32").endswith(b"\x1b\x64\x04")
    assert compose(Feed(3)).endswith(b"\x1b\x64\x03")


def test_a_qr_code_is_a_command_or_else_a_picture() -> None:
    assert b"\x1d(k\x10\x001P07K3M9QXA0PWTB" in compose(Symbol("7K3M9QXA0PWTB"))
    assert b"\x1dv0\x00" in compose(Symbol("7K3M9QXA0PWTB"), name="58mm-32")


def test_code_128_goes_out_in_code_set_b_and_only_if_it_fits() -> None:
    assert b"\x1dkI\x0f{B7K3M9QXA0PWTB" in compose(Symbol("7K3M9QXA0PWTB", "code128"))
    with pytest.raises(ValueError, match="at most 20"):
        compose(Symbol("x" * 21, "code128"))
    with pytest.raises(ValueError, match="1 to 1200"):
        compose(Symbol(""))


def test_a_chunk_has_a_limit() -> None:
    with pytest.raises(ValueError, match="10000 at most"):
        COMPOSER.compose(Chunk((Feed(1),) * (MAX_CHUNK_INSTRUCTIONS + 1)))
    with pytest.raises(ValueError, match=f"{MAX_CHUNK_BYTES} at most"):
        COMPOSER.compose(Chunk((Text("x" * 42),) * (MAX_CHUNK_BYTES // 42)))


@given(st.text(max_size=60))
def test_no_text_carries_a_command_or_changes_its_width(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    data = shown.encode("cp858")
    assert min(data, default=0x20) >= 0x20
    assert COMPOSER.compose(Chunk((Text(text),))).endswith(data + b"\n")


def test_what_the_code_page_lacks_gets_its_nearest_likeness() -> None:
    assert printable("„Łódź“ – Šárka’s ẞ… 猫") == '"Lódz" - Sárka\'s ß. ?'


def test_an_unknown_profile_is_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownProfile, match=r"'tm-1'.*80mm-48"):
        profile("tm-1")
    assert profile("default", 48).columns == 48


def test_importing_the_library_leaves_no_log_handler_no_folder_and_no_output(tmp_path: Path) -> None:
    script = (
        "import logging; from peripherals.escpos import Composer, profile; "
        "from peripherals.print_job import *; "
        "chunk = Chunk((Symbol('A'), Symbol('A', 'code128'), Cut())); "
        "[Composer(profile(name)).compose(chunk) for name in ('default', '58mm-32')]; "
        "assert logging.getLogger().handlers == []"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env={"TMPDIR": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert list(tmp_path.iterdir()) == []


def test_pictures_of_qr_codes_can_be_read_back() -> None:
    zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed: QR codes cannot be read back")
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed: no picture to read from")
    data = compose(Symbol("7K3M9QXA0PWTB"), name="58mm-32")
    raster = data[data.index(b"\x1dv0\x00") + 4 :]
    across, down = int.from_bytes(raster[:2], "little"), int.from_bytes(raster[2:4], "little")
    bits = bytes(byte ^ 0xFF for byte in raster[4 : 4 + across * down])
    paper = image.new("1", (across * 8 + 80, down + 80), 1)
    paper.paste(image.frombytes("1", (across * 8, down), bits), (40, 40))
    assert [found.text for found in zxingcpp.read_barcodes(paper.convert("L"))] == ["7K3M9QXA0PWTB"]


@pytest.mark.parametrize("length", [1, 20, 21, 366, 367, 1_000, 1_200])
@pytest.mark.parametrize("letter", ["A", "a", "ä"])
def test_the_size_of_a_qr_code_is_known_without_making_it(length: int, letter: str) -> None:
    if letter == "ä":
        length //= 2
    data = letter * max(1, length)
    made = segno.make(data, error="m", boost_error=False, micro=False, encoding="utf-8" if letter == "ä" else None)
    assert modules_of(data) == len(made.matrix)


@pytest.mark.parametrize("name", sorted(PROFILES))
@pytest.mark.parametrize(("length", "least"), [(13, 6), (365, 5), (419, 5), (1_000, 3)])
def test_a_qr_code_becomes_as_large_as_the_paper_allows(name: str, length: int, least: int) -> None:
    across = (modules_of("T" * length) + 8) * least
    data = compose(Symbol("T" * length), name=name)
    if PROFILES[name].native_qr:
        dots = data[data.index(b"\x1d(k\x03\x001C") + 7]
    else:
        raster = data[data.index(b"\x1dv0\x00") + 4 :]
        dots = int.from_bytes(raster[2:4], "little") // modules_of("T" * length)
    assert least <= dots <= PROFILES[name].qr_dots
    assert across <= 384 or length == 1_000
