"""Questions and passages in, drafts with proof out.

Owns how an answer is made: evidence is picked verbatim, the answer is composed
from it, and code checks quotes, numbers, names and negation. Two engines share
one protocol: extractive (no model) and generative (a language model).

It must not read or write files, choose settings, or decide who approves; a
draft it is unsure of says so and goes to a person.

Start reading at ``protocol.py``, then ``extractive.py`` and ``verify.py``.
"""
