"""Which way a question asks: whether "yes" to it means that all is well, or that something is amiss.

Each question is read alone and the two readings are compared, since past questions may ask for the
bad state as well. Negations are not counted: "are keys ever shared?" holds none.
"""

from bidproof.answering.past.wording import PATTERNS
from bidproof.language.choices import meaning_of

_OPPOSITE = {"yes": "No", "no": "Yes"}


def asks_for_harm(question: str) -> bool:
    """Whether "yes" to the question means that something is amiss."""
    return bool(PATTERNS["amiss"].search(question)) and not PATTERNS["guarded"].search(question)


def is_opposite(question: str, past: str) -> bool:
    """Whether the same state of affairs calls for the other choice."""
    return asks_for_harm(question) != asks_for_harm(past)


def opposite_choice(choice: str) -> str | None:
    """``No`` for a choice that says yes and the other way round; None for any other choice."""
    return _OPPOSITE.get(meaning_of(choice) or "")
