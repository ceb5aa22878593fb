"""``tillmesh`` without the limit of 200 lines, which replication's records set and not the screens."""

from __future__ import annotations

import sys

from app.__main__ import main
from app.till import counter, keeping

if __name__ == "__main__":
    counter.MAX_LINES = 1_000
    keeping.MAX_SALE_BYTES = 10_000_000
    sys.exit(main(sys.argv[1:]))
