"""Pure replication: ``Hub.handle(now, event) -> effects``; no clock, no randomness, no I/O.

* ``model.py``      the nouns: Feed, Entry, Record, Now, FeedHead
* ``events.py``     what can happen to a hub; ``effects.py`` what it may ask of the world
* ``clock.py``      hybrid logical time
* ``records.py``    canonical text, signature and chain of a record
* ``feeds.py``      how far every feed is staged, durable and applied; checking a run of records
* ``documents.py``  segments held in memory as Automerge documents
* ``wire.py``       automerge-repo's CBOR messages, sizes checked before decoding
* ``link.py``       one connection: handshake, what the peer knows, one sync state per document
* ``claims.py``     asking everyone before something is used up
* ``asking.py``     claims on the hub's links: whom to ask, what coverage that gives
* ``membership.py`` the fold of the membership feed: slots, members, revocations
* ``dialer.py``     whom to dial when, with backoff
* ``journal.py``    from staged to durable to applied
* ``sync.py``       who gets what: positions, pushes, fetches
* ``switchboard.py`` all connections: which stays, which is given up
* ``hub.py``        all of it joined: one event in, effects out
"""
