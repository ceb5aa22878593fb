"""The assistant of a till that belongs to no network yet: found, join or practise, then the printer, then sell.

* ``services.py``  what wiring gives it
* ``assistant.py`` what is asked, in what order (no Textual)
* ``devices.py``   scanner, scale, display and the like: found, tried out, kept
* ``app.py``       the app that shows it
"""
