"""Metrics: what one outcome, or a whole run, is worth.

Claim metrics are read off one claim matrix (``claim_measures.py``) and exist
twice: judged by a model under the published names, and by code under names that
say what the code does. Start reading at ``registry.py``.
"""
