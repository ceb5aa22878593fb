"""What we know: the state folded from the facts of all feeds, as SQL tables.

* ``schema.py``   the tables; opening books, and beginning anew when their shape has changed
* ``views.py``    what the books answer with
* ``folds/``      facts into tables, one file per subject; any order of arrival gives the same rows
* ``queries/``    questions, one file per subject
* ``writer.py``   records into the books in one transaction, with the position of every feed
* ``reader.py``   the questions joined: the port ``app.till.ports.Books``
* ``fingerprint.py``  a digest of all contents, to compare the books of two tills

The books can always be thrown away and folded anew from the feeds.
"""
