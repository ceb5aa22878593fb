"""The shop on top of replication: domain, facts, books, till, engine, screens. ``docs/architecture.md`` is the map."""
