"""The brief of an RFP: dates, submission, limits, evaluation, contract, contacts, open points.

Start in ``read.py``, then ``units.py`` and ``cues.py``.
"""
