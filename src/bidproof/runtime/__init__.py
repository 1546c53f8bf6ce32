"""What a flow stands on: session, warm parts, engines, progress.

It opens and keeps things; what is done with them is decided in ``flows``. Start in ``session.py``.
"""
