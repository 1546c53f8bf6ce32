"""How often tests of things that happen at once are repeated."""

import os

REPEATS = int(os.environ.get("BIDPROOF_REPEATS", "2"))
"""``BIDPROOF_REPEATS=50 pytest tests/concurrency`` is the long run."""
