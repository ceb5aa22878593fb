"""What master data was: every version of every value, with who set it, when, and as a part of what.

A projection of its own beside the books, which only know what is: an SQLite file in the home's ``office`` folder,
folded from the store by the positions of its feeds. It may be thrown away at any time.

* ``versions.py``    pure: a record as a version of a value
* ``projection.py``  the file: catching up, and what can be asked
"""
