"""Statistics of evaluation: intervals, paired tests, judge correction, agreement, calibration.

Takes plain sequences of numbers and gives plain records; knows nothing of runs, files or
models. Every interval and test here is held to its nominal level by Monte-Carlo, in
``tests/evaluation/statistics`` and in ``benchmarks/statistics_coverage.py``.
Start reading at ``clusters.py``, then ``intervals.py`` and ``paired.py``.
"""
