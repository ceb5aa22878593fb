"""What people see: Textual, and nothing else of ours knows it.

* ``functions.py`` the one registry: function -> keys, number, texts, modes
* ``keys.py``      a till's own bindings over it; how keys are named
* ``router.py``    pure: keys in, intents out: modes and order; what a key means is decided here and in its parts
  ``typing_keys.py`` (the entry line), ``sale_keys.py`` (sale, payment), ``task_keys.py`` (steps), and nowhere else
* ``intents.py``   pure: what the router wants done
* ``dialogue.py``  pure: what is asked when not every till confirmed a claim
* ``wedge.py``     pure: whether a person types or a scanner that is a keyboard
* ``amounts.py``   pure: typed digits -> money and quantities; a scan is never money
* ``driver.py``    the terminal's stock dangers, mended; ``outlet.py`` what is painted never waits for it
* ``prompt.py``    painting what has changed at once
* ``keyed.py``     what all our apps share: keys to the router, messages, colours, crashes
* ``step_host.py``, ``task_screen.py``  steps of tasks on a screen of their own; ``steps_app.py`` an app of nothing else
* ``cells.py``     pure: text cut and padded to columns, pages
* ``paying.py``    pure: what is said after a payment
* ``card_words.py`` pure: what a card terminal shows, and what is not cleared up with it
* ``services.py``  what the screens are given by wiring
* ``wording.py``   codes -> sentences; ``device_words.py`` how devices are
* ``theme.py``     high contrast, and what a VT with 16 colours can show
* ``widgets/``     lines, totals, status, message, entry, footer, paper, training
* ``tasks/``       what a cashier does besides ringing: lists, forms and searches, one subject a file
* ``till/``        the sale screen with payment as its modes, the help, the app
* ``setup/``       the assistant of a till that belongs to no network yet
* ``served/``      the same screens in a browser
* ``picture.py``   ``python -m app.screens.picture OUT.svg``: the screens as pictures
* ``picture_network.py``, ``picture_shop.py``, ``picture_devices.py`` the network, the shop and the devices on them
"""

from __future__ import annotations

import os

# Textual reads these when it is imported, and every import of it passes through here.
# 240: a changed line is painted within 4 ms instead of 17, at no cost when nothing changes.
os.environ.setdefault("TEXTUAL_FPS", "240")
os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
# A lone Esc is Esc after 50 ms: long enough for SSH not to tear function keys, short enough to feel at once.
os.environ.setdefault("ESCDELAY", "50")
