"""``bidproof judge``: one file a command; ``group.py`` lists them."""
