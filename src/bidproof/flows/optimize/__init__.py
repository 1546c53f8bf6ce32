"""``bidproof optimize``: search on train and dev, prove on the sealed split.

Start in ``run.py``.
"""
