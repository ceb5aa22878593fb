"""Whole networks of real hubs on a virtual clock, played by seed: ``tillmesh simulate``. No till needs it.

* ``world.py``     machines, disks, wires and time: what the shells do, done by toys that a seed controls
* ``stories.py``   the stories there are, by name, and how a seed is played and judged
* the story **shops**: ``shop.py`` (real sessions and books), ``cashier.py`` and ``goods.py`` (what cashiers do, with
  what), ``story.py`` (what goes wrong when), ``checkers.py`` (what must be true afterwards)
* the story **network**: ``network/``; the story **claims**: ``claims/``
"""
