"""What is said to a model, and the record that identifies it.

Owns the prompt texts (plain files in ``text/``), the few-shot examples, how
untrusted text is fenced, and ``Program``: everything that decides a draft, with
its digest. Calls no model and knows no provider. Start reading at
``program.py``, then ``text/answer.md``.
"""
