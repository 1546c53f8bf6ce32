"""Evaluation: gold sets, metrics, judges, runs, comparisons and their statistics.

Takes any answerer and says how good its answers are, each number with its
coverage and interval. It must not draft answers, decide what ships, or print.
Start reading at ``records.py``, then ``protocol.py``, ``runs.py``, ``metrics/``.
"""
