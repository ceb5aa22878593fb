"""Gate: a relay that lets somebody in or switches something, for a moment.

* ``codec.py`` the bytes that close and open the relay's contact
* ``device.py`` the gate itself: one pulse after the other, none longer than it may be
"""
