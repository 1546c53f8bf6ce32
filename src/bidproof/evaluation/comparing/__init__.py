"""Two runs on their common cases: differences, tests, gates, live experiments.

Start in ``comparisons.py``.
"""
