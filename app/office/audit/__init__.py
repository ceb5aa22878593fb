"""The audit: what does not look right in the books and in the feeds, with cause, evidence and what to do.

It only reads, in the process that asks: the engine never waits for it.

* ``finding.py``   a finding, its evidence, and what was asked for
* ``rules/``       one pure rule for each kind of finding, over rows
* ``book_rows.py`` the rows that the rules want, out of the books (SQLite or PostgreSQL), a bounded number in memory
* ``feed_rows.py`` the rows out of the store: one walk over all feeds, forks, quarantine; ``runs.py`` numbers seen
* ``every.py``     every kind and how its findings come about: the one list
* ``running.py``   runs them: the newest so many of each kind are kept, the others counted
* ``opening.py``   books and store, opened for reading only
* ``export_check.py`` an export checked from outside: feeds (``replication/exported``), then what receipts say;
  ``export_write.py`` writes one, ``export_words.py`` says what came of either
* ``evidence.py``  the documents behind a finding, as they were printed
* ``words.py``     a finding as people read it
"""
