"""Bytes for a printer: what they must and must not contain."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peripherals.escpos import Composer, UnknownProfile, printable, profile
from peripherals.print_job import Chunk, Cut, Feed, Symbol, Text

COMPOSER = Composer(profile("default"))


def compose(*instructions: Text | Symbol | Feed | Cut, name: str = "default") -> bytes:
    return Composer(profile(name)).compose(Chunk(instructions))


def test_umlauts_and_the_euro_go_out_in_code_page_858() -> None:
    data = compose(Text("ÄÖÜäöüß €"))
    assert data.startswith(b"\x1b\x40\x1b\x74\x13")
    assert data.endswith(bytes.fromhex("8E 99 9A 84 94 81 E1 20 D5 0A"))


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
    with pytest.raises(ValueError, match="1 to 512"):
        compose(Symbol(""))


def test_a_chunk_has_a_limit() -> None:
    with pytest.raises(ValueError, match="5000 at most"):
        COMPOSER.compose(Chunk((Feed(1),) * 5001))


@given(st.text(max_size=60))
def test_no_text_carries_a_command_or_changes_its_width(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    data = shown.encode("cp858")
    assert min(data, default=0x20) >= 0x20
    assert COMPOSER.compose(Chunk((Text(text),))).endswith(data + b"\n")


def test_what_the_code_page_lacks_gets_its_nearest_likeness() -> None:
    assert printable("„Łódź“ – Šárka’s ẞ… 猫") == '"?ódz" - Sárka\'s ß. ?'


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
