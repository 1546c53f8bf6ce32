"""``bidproof route``: one file a command; ``group.py`` lists them."""
