"""Master data at the office: listed, edited, taken back and planned, whatever their kind.

Their past is ``app/office/history``.

* ``kinds.py``       pure: every kind of master data and its fields: the one list
* ``fields.py``      pure: a field's value as text, and out of text
* ``differences.py`` pure: what differs between two versions
* ``people.py``      values in the clear: what is sealed about customers and users, opened and sealed again
* ``checks.py``      what a value must fit beyond its type
* ``desk.py``        what the operations share: books, history, journal, one at a time
* ``listing.py``     the operations that only look
* ``editing.py``     the operations that set, remove and take back
* ``groups.py``      article groups: counted and renamed in all that names them
* ``planning.py``    changes that are to come: planned, listed, cancelled, and carried out when they are due
* ``when.py``        pure: an instant or a day as people type it
* ``copies.py``      a copy before each change, in the home's ``office/copies``
* ``restoring.py``   the operations that list copies, and make everything what it was in one
* ``every.py``       the operations about master data: the one list
"""
