"""What speaks against using a past answer, each with its reason.

A flag hides nothing: it stops an answer from being written without a person.
"""

import re

from bidproof.answering.abbreviations import spell_out
from bidproof.answering.gate.values import asked_values, holds_value, without_examples
from bidproof.answering.past.wording import PATTERNS
from bidproof.language.claims import missing_names
from bidproof.language.numbers import missing_quantities
from bidproof.workspace.rows import LibraryEntry

_FIGURE = re.compile(r"\d|\s")


def flags(question: str, entry: LibraryEntry) -> tuple[str, ...]:
    """Reasons not to write a past answer to this question; empty where there is none.

    *Slot*: a number, period, frequency, date or name is asked for, and the answer holds none. *Named*: a
    named thing or number of the question is nowhere in the past question and answer. *Party*: the buyer's
    or a third party's side is asked about, and the past question is not about it.
    """
    return tuple(
        filter(None, (slot_flag(question, entry), _named(question, entry), *_parties(question, entry)))
    )


def slot_flag(question: str, entry: LibraryEntry) -> str:
    """Why the answer lacks the kind of value that is asked for; empty where it does not."""
    lacking = [
        kind for kind in asked_values(question) if not holds_value(entry.answer, kind, question=question)
    ]
    return f"asks for a {' and a '.join(lacking)}, and the past answer holds none" if lacking else ""


def _named(question: str, entry: LibraryEntry) -> str:
    past = f"{entry.question}\n{entry.choice or ''}\n{entry.answer}"
    past = f"{past}\n{spell_out(past)}"
    asked = spell_out(without_examples(question), held_by=past)
    figures = (item for item in missing_quantities(asked, evidence=past) if _FIGURE.search(item))
    missing = dict.fromkeys((*missing_names(asked, evidence=past), *figures))
    return f"the past answer does not speak of {', '.join(missing)}" if missing else ""


def _parties(question: str, entry: LibraryEntry) -> tuple[str, ...]:
    past = spell_out(entry.question)
    asked = PATTERNS["aside"].sub(" ", question)
    found = {name: PATTERNS[name].search(asked) for name in ("buyer", "third")}
    return tuple(
        f"asks about {side}'s side ({match[0]!r}), and the past question does not"
        for name, side in (("buyer", "the buyer"), ("third", "a third party"))
        if (match := found[name]) and not PATTERNS[f"{name}_answered"].search(past)
    )
