"""Pure replication: ``Hub.handle(now, event) -> effects``; no clock, no randomness, no I/O.

The nouns:

* ``model.py``      Feed, Entry, Record, Now, FeedHead
* ``events.py``     what can happen to a hub; ``effects.py`` what it may ask of the world
* ``clock.py``      hybrid logical time; ``clocks.py`` whose clock is wrong
* ``records.py``    canonical text, signature and chain of a record

What is held:

* ``feeds.py``      how far every feed is staged, durable and applied; checking a run of records
* ``documents.py``  segments held in memory as Automerge documents
* ``journal.py``    from staged to durable to applied
* ``gate.py``       what waits, or is refused, until a till knows where its own feeds end: ``recovery.py`` says when

Who belongs:

* ``membership.py`` the fold of the membership feeds: authorities, slots, members, revocations
* ``handover.py``   authority handed on, and the root's key with it
* ``presence.py``   who has signed off
* ``provisioning.py`` what a newcomer must have before it may begin

How records travel:

* ``wire.py``       automerge-repo's CBOR messages, sizes checked before decoding
* ``link.py``       one connection: handshake, what the peer knows, one sync state per document
* ``switchboard.py`` all connections: which stays, which is given up; ``dialer.py`` whom to dial when, with backoff;
  ``whereabouts.py`` addresses that are passed on
* ``receiving.py``  what comes in: decoded, and handed to whom it concerns; ``limits.py`` what a peer may cost
* ``sync.py``       who gets what: positions and pushes; ``fetching.py`` what is asked of whom
* ``slices.py``     long work in short steps
* ``carrying.py``   records that come in a folder
* ``forks.py``, ``clones.py`` two records with one number, two machines with one name

Claims and telling:

* ``claims.py``     asking everyone before something is used up; ``asking.py`` the same on the hub's links;
  ``claim_messages.py`` their nouns;
  ``doubts.py``     who may have used something without anybody knowing
* ``acquaintance.py`` what each member is known to have; ``status.py`` what people are told

* ``hub.py``        all of it joined: one event in, effects out
"""
