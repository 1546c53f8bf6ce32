"""Where and why a run goes wrong: slices, clusters of failures, the step that lost an answer.

Start in ``find.py``.
"""
