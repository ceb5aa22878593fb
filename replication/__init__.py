"""Members, feeds and documents: replication that has never heard of a shop.

The pure part:

* ``core/``      records, feeds, wire, links, claims, membership, dialling, and the hub that joins them
* ``crdt.py``    the one door to Automerge; ``plain_changes.py`` changes that can be read without it

What is kept:

* ``store.py``   everything in one SQLite file; ``store_file.py`` its tables, ``store_writer.py`` its one writing
  thread, ``log_table.py`` and ``quarantine_table.py`` what is kept within bounds; ``verify.py`` checks all of it
* ``backup.py``  a home in one file, and back; ``machine.py`` which machine this is;
  ``home_mark.py`` whether it is the home that it was
* ``durable.py`` files that outlast a power cut

Who this home is:

* ``identity.py`` key, certificate and root in the home; ``places.py`` where; ``certificates.py`` X.509
* ``vouching.py`` what a member vouches for, checked with the root's certificate alone
* ``root_key.py`` the root's key on its way from one authority to the next
* ``enrolment_code.py`` the one-time code; ``enrolment_slots.py`` what it is good for,
  ``enrolment_desk.py`` the authority's side of joining, ``enrolment.py`` the newcomer's,
  ``enrolment_asking.py`` how it finds the authority

A member at work:

* ``node.py``    the one asyncio loop; ``requests.py`` what it can be asked, ``tickets.py`` who waits for an answer
* ``pump.py``    events into the hub, effects out of it; ``background.py`` what is done beside the loop
* ``bookkeeping.py`` durable records to the books, ``applier.py`` the thread that folds them
* ``reading.py`` back from disk; ``standing.py`` identity and TLS in line with the feeds
* ``sync_log.py`` what people can read about all of it
* ``net/``       the shells around sockets and sticks
* ``observing.py`` what an observer is shown: another process, over a store that it only reads
"""
