"""Past answers for a new question: which come near, and what speaks against using them.

Owns the order of approved answers, the flags that stop one from being written, and which way a question
asks. It writes nothing and stores nothing. Start at :mod:`bidproof.answering.past.search`.
"""
