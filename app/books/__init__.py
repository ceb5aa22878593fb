"""What we know: the state folded from the facts of all feeds, as SQL tables.

* ``schema.py``   opening books; ``versions.py`` which version they have, ``migrations/`` from one to the next
* ``address.py``  addresses of databases as people write them; ``postgres.py`` how such a server is reached
* ``tables/``     the tables, one file per subject
* ``folds/``      facts into tables, one file per subject; any order of arrival gives the same rows
* ``questions/``  what can be asked, one file per subject
* ``queries/``    how it is answered, in a file of the same name
* ``views.py``    what the books answer with
* ``persons.py``  what opens and seals personal text
* ``writer.py``   records into the books in one transaction, with the position of every feed
* ``turns.py``    who may write now, and how far the books are: alone, or in turn with other offices
* ``reader.py``   questions and queries joined: the port ``app.till.ports.Books``
* ``fingerprint.py``  a digest of all contents, to compare the books of two tills

The books can always be thrown away and folded anew from the feeds.
"""
