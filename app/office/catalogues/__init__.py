"""Travelling catalogues, and which of the office's data go to which till.

* ``copying.py``   which articles have to be repeated on a catalogue's feed; pure
* ``assigning.py`` whom each feed is for, out of plans and groups; the authority says it when it has changed
* ``selling.py``   what a catalogue holds: set, filled, assigned, removed
* ``listing.py``   catalogues as people want to see them
* ``keeping.py``   what the authority does by itself when master data change: repeat, and assign
* ``every.py``     their operations
"""
