"""Members, feeds and documents: replication that has never heard of a shop.

Reading order:

* ``core/``      pure: records, feeds, wire, links, claims, membership, dialer and the hub that joins them
* ``crdt.py``    the one door to Automerge
* ``store.py``   SQLite: chunks, verified records and kept values; one writer thread, fsync per group
* ``identity.py`` keys and certificates; ``enrolment.py`` the one-time code that binds a key to a slot
* ``net/``       the shells around sockets: discovery (mDNS), websocket (TLS)
* ``node.py``    the one asyncio loop: events -> hub -> effects
"""
