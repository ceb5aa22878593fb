"""What we know: the state folded from the facts of all feeds, as SQL tables.

* ``schema.py``   opening books, and beginning anew when their shape has changed
* ``tables/``     the tables, one file per subject
* ``folds/``      facts into tables, one file per subject; any order of arrival gives the same rows
* ``questions/``  what can be asked, one file per subject
* ``queries/``    how it is answered, in a file of the same name
* ``views.py``    what the books answer with
* ``persons.py``  what opens and seals personal text
* ``writer.py``   records into the books in one transaction, with the position of every feed
* ``reader.py``   questions and queries joined: the port ``app.till.ports.Books``
* ``fingerprint.py``  a digest of all contents, to compare the books of two tills

The books can always be thrown away and folded anew from the feeds.
"""
