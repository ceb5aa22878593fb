"""The commands of ``tillmesh``, one file a group; each reads options, asks wiring for what it needs and prints.

* ``options.py``     what all commands share: common options, output, one-line failures
* ``lines.py``       lines of input as they come, for commands that run on
* ``ask.py``         an operation, carried out by the till that has the home open, or by us
* ``till.py``        no command: the screens; ``login.py`` asks who stands there
* ``drive.py``       the till as JSON lines
* ``engine.py``      ``node`` and the screens' ``engine``
* ``network.py``     found, release, join, members, rename, replace, revoke, hand-over, sign-off
* ``progress.py``    how a till that joins tells how far it is
* ``carrier.py``     the network by folder or stick; ``observe.py`` a door for automerge-repo clients
* ``backup.py``      backup, restore
* ``files.py``       import, export
* ``state.py``       status, log, verify, rebuild
* ``simulators.py``  devices to practise with
* ``practice.py``    the practice network
* ``simulate.py``    whole networks by seed
"""
