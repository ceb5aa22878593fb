"""LineDisplay: two lines of twenty characters for the customer. Only the latest text matters.

* ``text.py``  what is shown, cut and padded to the display's columns, in the characters that it has
* ``codec.py`` that text -> the bytes of one of three command sets (Epson, CD5220, AEDEX)
* ``device.py`` the display itself: shows the latest, never holds anybody up
"""
