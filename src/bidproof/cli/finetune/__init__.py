"""``bidproof finetune``: one file a command; ``group.py`` lists them."""
