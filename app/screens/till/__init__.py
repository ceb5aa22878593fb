"""The till's screens: sale with payment as its modes, and the help.

* ``app.py``   the Textual app: every key goes to the router at once
* ``sale.py``  the one screen of the till
* ``hosting.py`` the tasks at work, on a screen of their own
* ``work.py``  intents -> commands, in order, one at a time (no Textual)
* ``present.py`` sale and answers -> rows, figures and sentences (no Textual)
* ``help.py``  the keys, out of the registry
* ``device_news.py`` what happened at printer and drawer (no Textual)
* ``overdrawn.py`` what was used beyond its value
"""
