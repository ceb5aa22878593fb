"""A shop's logo: what becomes of a picture, and what is wrong with others."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from peripherals.escpos import Composer, profile
from peripherals.logo import LogoError, read_logo
from peripherals.print_job import Chunk, Logo, Picture, Text
from peripherals.simulators.printer_machine import PrinterMachine


def saved(tmp_path: Path, image: Image.Image, name: str = "logo.png") -> Path:
    path = tmp_path / name
    image.save(path)
    return path


def test_black_is_a_dot_and_transparency_is_paper(tmp_path: Path) -> None:
    image = Image.new("RGBA", (12, 8), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 3, 8))
    picture = read_logo(saved(tmp_path, image), 504)
    assert picture == Picture(12, b"\xe0\x00" * 8)


def test_a_grey_picture_is_dithered_to_as_much_black(tmp_path: Path) -> None:
    picture = read_logo(saved(tmp_path, Image.new("L", (64, 64), 191)), 504)
    black = sum(byte.bit_count() for byte in picture.rows)
    assert 64 * 64 // 5 < black < 64 * 64 // 3


@pytest.mark.parametrize(
    ("size", "problem"), [((505, 100), "too_wide"), ((100, 401), "too_high"), ((7, 100), "too_small")]
)
def test_a_picture_of_the_wrong_size_is_refused_with_its_size(
    tmp_path: Path, size: tuple[int, int], problem: str
) -> None:
    with pytest.raises(LogoError) as refused:
        read_logo(saved(tmp_path, Image.new("1", size)), 504)
    assert (refused.value.problem, refused.value.width, refused.value.height) == (problem, *size)


def test_what_is_no_whole_picture_is_refused(tmp_path: Path) -> None:
    whole = saved(tmp_path, Image.effect_noise((200, 100), 90)).read_bytes()
    files = {"cut": whole[: len(whole) // 2], "text": b"no picture", "empty": b"", "bent": whole[:60] + bytes(60)}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(LogoError) as refused:
            read_logo(tmp_path / name, 504)
        assert refused.value.problem == "no_picture", name
    (tmp_path / "large").write_bytes(whole + bytes(1_000_000))
    for name, problem in (("nowhere", "missing"), ("large", "too_large"), (".", "no_picture")):
        with pytest.raises(LogoError) as refused:
            read_logo(tmp_path / name, 504)
        assert refused.value.problem == problem


def test_the_logo_goes_out_in_strips_where_the_page_has_it_and_nowhere_else() -> None:
    rows = bytes(range(200)) * 2
    data = Composer(profile("default"), Picture(16, rows)).compose(Chunk((Logo(), Text("Zoo"))))
    strips = b"\x1dv0\x00\x02\x00\x80\x00" + rows[:256] + b"\x1dv0\x00\x02\x00\x48\x00" + rows[256:]
    assert strips in data
    assert data.count(b"\x1dv0") == 2
    machine = PrinterMachine()
    machine.receive(data)
    assert machine.take_paper().splitlines()[-1] == "Zoo"
    assert machine.unknown == []
    without = Composer(profile("default"))
    assert without.compose(Chunk((Logo(), Text("Zoo")))) == without.compose(Chunk((Text("Zoo"),)))
