"""Where a home keeps its identity: names only, for those who need no key to know them."""

from __future__ import annotations

FOLDER = "identity"
PENDING_FOLDER = "identity.pending"
"""Beside it: of a member that has asked to be let in."""
SECRETS_FILE = "secrets"
"""In the folder: what a network's members share, and replication does not read."""
