"""``bidproof prompts``: ``group.py`` lists the commands."""
