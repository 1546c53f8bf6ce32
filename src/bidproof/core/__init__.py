"""Records, ids, errors and settings that every room shares.

Owns the vocabulary of the product as frozen records. Imports the standard
library only and holds no behaviour beyond small derivations of a record.
Start reading at ``records.py``.
"""
