"""Buyers' questionnaires: read a file into Questions, write answers back into that very file.

Owns the readers and writers of workbooks, CSV, Word and PDF questionnaires, the
detection of their layout, and the rules for which part of a draft goes into
which slot. Must not draft, judge or look up answers, and must not touch a file
beyond the slots of its questions. Start reading at ``protocol.py``, then
``read.py`` and ``write.py``.
"""
