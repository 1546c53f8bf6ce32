"""Check a model's choice against the words it rests on.

A model says "Yes" too easily. Its choice stands only where the quotes could
prove it: "No" needs a denial, "not applicable" needs those words, and where the
code itself reads a yes or a no, the two must agree.
"""

import re
from collections.abc import Sequence

from bidproof.answering.choices import decide_choice
from bidproof.answering.evidence import Evidence
from bidproof.core.records import Claim, Question
from bidproof.language.choices import is_yes_no, meaning_of
from bidproof.language.polarity import is_negative, split_clauses
from bidproof.language.rules import read_patterns
from bidproof.language.words import asked_stems, content_stems

_PATTERNS = read_patterns("bidproof.answering", "en")
_LEAST_SPOKEN_OF = 0.5


def choice_problems(
    choice: str, *, question: Question, claims: Sequence[Claim], ranked: Sequence[Evidence]
) -> tuple[str, ...]:
    """Say why a choice cannot stand.

    Args:
        choice: One of the question's options.
        question: With its options.
        claims: The checked sentences of the answer.
        ranked: Statements of the passages, best first, as the code reads them.

    Returns:
        One plain sentence per problem; empty when none is seen.
    """
    if not claims:
        return (f"the choice {choice!r} rests on no checked sentence",)
    quoted = " ".join(citation.quote for claim in claims for citation in claim.citations)
    problems: list[str] = []
    meaning = _meaning(choice, question.options)
    is_denied = is_negative(quoted) or is_negative(question.text)
    if meaning == "no" and not is_denied:
        problems.append(f"the choice {choice!r} needs a quote that denies it; none does")
    if meaning == "na" and not _PATTERNS["not_applicable"].search(quoted):
        problems.append(f"the choice {choice!r} needs a quote that says so; none does")
    if meaning == "yes" and _PATTERNS["denial"].search(claims[0].text) and not is_negative(question.text):
        problems.append(f"the choice {choice!r} is at odds with the sentence {claims[0].text!r}")
    if meaning == "yes" and not is_negative(question.text) and (denial := _denial_of(question.text, quoted)):
        problems.append(f"the choice {choice!r} is at odds with the quote, which denies it: {denial!r}")
    if meaning in ("yes", "no") and (unspoken := _unspoken(question.text, claims)):
        problems.append(f"the choice {choice!r} rests on quotes that do not speak of {', '.join(unspoken)}")
    read = decide_choice(question.text, options=question.options, ranked=ranked)
    if read.choice is not None and read.choice != choice:
        problems.append(f"the choice {choice!r} is at odds with the documents, which read as {read.choice!r}")
    return tuple(problems)


def _denial_of(question: str, quoted: str) -> str:
    """The clause of the quotes that speaks most of what is asked, where it denies some of that."""
    asked = frozenset(asked_stems(question))
    nearest = max(split_clauses(quoted), key=lambda clause: len(clause.stems & asked), default=None)
    if nearest is None or not any(scope & asked for scope in nearest.denied):
        return ""
    return nearest.text.strip()


def _unspoken(question: str, claims: Sequence[Claim]) -> tuple[str, ...]:
    """Stems that a question asks about and its quotes leave out, where those are more than half."""
    cited = [citation for claim in claims for citation in claim.citations]
    told = frozenset(content_stems(" ".join(f"{item.title} {item.quote}" for item in cited)))
    asked = tuple(dict.fromkeys(asked_stems(question)))
    missing = tuple(name for name in asked if name not in told)
    return tuple(map(repr, missing)) if len(asked) - len(missing) < _LEAST_SPOKEN_OF * len(asked) else ()


def _meaning(choice: str, options: Sequence[str]) -> str | None:
    meaning = meaning_of(choice)
    if meaning is None and is_yes_no(options):
        first = re.match(r"\s*([A-Za-z/]+)", choice)
        return meaning_of(first.group(1)) if first else None
    return meaning
