"""Closed sets of words that people choose from and that several rooms read."""

from typing import Literal

EvidenceMode = Literal["auto", "none", "sheet", "column"]
"""Where citations go.

``auto``: into an evidence column that the form itself has, and nowhere else: title, section and page.
``column``: with verbatim quotes, into the evidence column, else the comment column or below the answer.
``sheet``: with verbatim quotes, into an added list. ``none``: nowhere.
"""

WriteMode = Literal["drafts", "suggestions"]
"""What is written into the buyer's file: what is drafted, or what is suggested as well."""
