"""What people see: Textual, and nothing else of ours knows it.

* ``keys.py``      the one registry: function -> keys, number, texts, modes; rebindable
* ``router.py``    pure: keys in, intents out; what a key means is decided here and nowhere else
* ``amounts.py``   pure: typed digits -> money and quantities; a scan is never money
* ``driver.py``    the terminal's stock dangers, mended
* ``services.py``  what the screens are given by wiring
* ``wording.py``   codes -> sentences
* ``theme.py``     high contrast, and what a VT with 16 colours can show
* ``widgets/``     lines, totals, status, message, entry, footer, paper, training
* ``till/``        the sale screen with payment as its modes, the help, the app
* ``picture.py``   ``python -m app.screens.picture OUT.svg``: the sale screen as a picture
* ``picture_network.py`` the network on the picture of its screen
"""

from __future__ import annotations

import os

# Textual reads these when it is imported, and every import of it passes through here.
# 240: a changed line is painted within 4 ms instead of 17, at no cost when nothing changes.
os.environ.setdefault("TEXTUAL_FPS", "240")
os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
# A lone Esc is Esc after 50 ms: long enough for SSH not to tear function keys, short enough to feel at once.
os.environ.setdefault("ESCDELAY", "50")
