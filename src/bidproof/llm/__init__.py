"""The model gateway: one way to ask a language model, whoever serves it.

Owns every call to a model: live endpoint, local GGUF file, recorded and fake
replies; deadlines, retries, circuit breaker, fallback, budget, journal. It knows
nothing of questions, passages or answers, and contacts only the endpoint that
the settings name. Start reading at ``protocol.py``, then ``gateway.py``; which
model is meant by a setting is decided in ``open.py``.
"""
