"""The story **claims**: tills that use up the same few things as fast as they can, on real hubs and without sessions.

* ``till.py``      claims, looks, decides and writes; ``ledger.py`` are its books
* ``rivals.py``    who is there, what there is to be had, and who is in touch with whom
* ``referee.py``   sees each grant and each write as they happen, and says what the protocol promises about them
* ``faults.py``    what goes wrong; ``story.py`` one seed from the first claim to the last rush
* ``checkers.py``  what must be true at rest
"""
