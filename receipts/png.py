"""A page's PDF as a picture, its sheets one under the other with a line where the paper is cut; for previews and mails.

pypdfium2 draws it, so that the picture shows the file and not another idea of it; it is imported at the first use.
"""

from __future__ import annotations

import io

DOTS_PER_INCH = 203
"""As on most receipt printers."""
PIXELS_MOST = 60_000_000
"""A receipt of some 1,500 lines on 80 mm paper; it is drawn in memory, a byte a pixel."""
_WHITE, _GREY = 255, 160


def png(document: bytes, dots_per_inch: int = DOTS_PER_INCH) -> bytes:
    """The PDF's pages as one greyscale PNG. ``ValueError`` if that would be a picture of more than ``PIXELS_MOST``."""
    import pypdfium2
    from PIL import Image, ImageDraw

    scale = dots_per_inch / 72
    opened = pypdfium2.PdfDocument(document)
    try:
        sizes = [opened.get_page_size(index) for index in range(len(opened))]
        pixels = sum((across * scale + 1) * (down * scale + 1) for across, down in sizes)
        if pixels > PIXELS_MOST:
            raise ValueError(
                f"a picture of {pixels / 1e6:.0f} million pixels; {PIXELS_MOST / 1e6:.0f} at most: take PDF"
            )
        sheets = [page.render(scale=scale, grayscale=True).to_pil().convert("L") for page in opened]
    finally:
        opened.close()
    whole = Image.new("L", (max(each.width for each in sheets), sum(each.height for each in sheets)), _WHITE)
    pen = ImageDraw.Draw(whole)
    top = 0
    for sheet in sheets:
        whole.paste(sheet, (0, top))
        if top:
            pen.line(((0, top), (whole.width, top)), fill=_GREY)
        top += sheet.height
    out = io.BytesIO()
    whole.save(out, "PNG", optimize=False)
    return out.getvalue()
