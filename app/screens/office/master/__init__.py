"""Master data at the office's screens: every kind the same way, with live search, form and past.

* ``kinds.py``   which kind: the task in the menu; ``labels.py`` what people call kinds and fields
* ``values.py``  the values of a kind: searched, edited, made, removed
* ``form.py``    a kind's fields as a form, and what was changed in it
* ``groups.py``  article groups, renamed in all that names them
* ``planned.py`` changes that are to come; ``copied.py`` copies before changes, brought back by a key
* ``past.py``    the past of a value, of everything, and of imports: read, and taken back by a key
"""
