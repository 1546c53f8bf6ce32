"""Run a parser in a child process with limits, and take its answer back through a narrow door.

Start in ``guard.py``.
"""
