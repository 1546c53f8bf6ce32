"""``bidproof feedback``: one file a command; ``group.py`` lists them."""
