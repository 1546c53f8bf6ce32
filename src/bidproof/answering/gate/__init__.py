"""May the evidence answer the question, or only speak of something near it?

Owns the findings that keep a near miss from being written, each with its reason, and the
score of how far the passages hold the answer. It must not pick or word answers.

Start reading at ``judge.py``.
"""
