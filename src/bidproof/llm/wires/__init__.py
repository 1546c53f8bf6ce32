"""How each provider's API writes a request and a reply; one file an API.

A wire turns a ``ChatRequest`` into the JSON that goes out and a response into a ``Reply``. It sends
nothing and judges nothing: the endpoint does the one, ``completions.py`` the other. Start with
``protocol.py``.
"""
