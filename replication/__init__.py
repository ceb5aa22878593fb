"""Members, feeds and documents: replication that has never heard of a shop.

Reading order:

* ``core/``      pure: records, feeds, wire, links, claims, membership, dialer and the hub that joins them
* ``crdt.py``    the one door to Automerge
* ``store.py``    SQLite: chunks, verified records, kept values; ``store_writer.py`` its one writing thread,
  ``store_file.py`` its tables; ``verify.py`` checks all of it
* ``certificates.py`` X.509; ``identity.py`` who this home is
* ``enrolment_code.py`` the one-time code; ``enrolment_desk.py`` the authority's side of joining,
  ``enrolment.py`` the newcomer's
* ``net/``        the shells around sockets: discovery (mDNS), websocket (TLS)
* ``node.py``     the one asyncio loop: events -> hub -> effects; ``applier.py`` folds into the books,
  ``tickets.py`` who waits for an answer, ``sync_log.py`` what people can read about it (``log_table.py``)
"""
