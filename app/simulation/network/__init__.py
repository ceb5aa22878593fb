"""The story **network**: real hubs with toy books, thousands of seeds, every fault of the world around them.

* ``till.py``      a machine with toy books; looks at everything it sends and writes
* ``notes.py``     the toy books: a fold that does not care in which order feeds come
* ``network.py``   who is there and who reaches whom, by the seed; who writes when; the ledger of promises
* ``faults.py``    what goes wrong: a table of small functions with weights
* ``evil.py``      members that lie
* ``story.py``     one seed from founding to rest
* ``checkers.py``  what must be true at rest
"""
