"""Whether an answer says what the reference says: its values, its yes or no, and its words or meaning.

What decides whether an answer is right. A reference is often short and an answer longer, so what the
answer says beside it costs nothing here; that it stands in the documents is told by other metrics.
"""

import re
from collections.abc import Callable, Sequence

from bidproof.answering.answer_types import AnswerShape, wanted_shape
from bidproof.evaluation.metrics.claim_measures import scored, unscorable
from bidproof.evaluation.metrics.registry import metric
from bidproof.evaluation.protocol import Score, Scoring
from bidproof.evaluation.records import GoldCase, Outcome
from bidproof.language.lexicon import word_set
from bidproof.language.numbers import find_quantities, missing_quantities, missing_repeats
from bidproof.language.polarity import disagree, polarity_problems, split_clauses
from bidproof.language.words import content_stems, words

_MOST_MISSING = 0.25  # share of values, or of clauses, that may differ in a reference of many
_LEAST_RIGHT = 0.5  # what the right yes or no is worth by itself
_LEAST_SPOKEN = 0.6  # share of a question's words in a clause that decides it

_SAID = word_set("polarity.verdicts")
_LEAD = re.compile(rf"^\W*(?:{'|'.join(sorted(_SAID))})\b\W*", re.IGNORECASE)

Similarity = Callable[[str, Sequence[str]], list[float]]
"""Cosines of a text with others; empty where there is no embedder."""


@metric(name="reference_recall", needs=("answer", "reference"))
def reference_recall(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """Share of the reference's words that the answer has, or the cosine of both where that is higher.

    0 where a value of the reference is missing, or where one affirms what the other denies; see
    :func:`held_of_reference`.
    """
    if not outcome.draft.text.strip():
        return unscorable("the draft has no text")
    return scored(
        held_of_reference(
            case.reference, outcome.draft.text, question=case.question, similarity=scoring.similarity
        )
    )


def held_of_reference(reference: str, answer: str, *, question: str, similarity: Similarity) -> float:
    """How much of a reference an answer holds, 0 to 1; right answers have a half or more.

    Args:
        reference: What was wanted; many values or clauses may lack a quarter of them.
        answer: What was said.
        question: Tells whether a yes or a no is asked for.
        similarity: For what is said in other words.
    """
    values = {item.raw for item in find_quantities(reference) if not item.is_vague}
    repeats = set(missing_repeats(reference, evidence=answer))
    values |= repeats
    missing = repeats | (values & set(missing_quantities(reference, evidence=answer)))
    right, given = _verdict(reference, question), _verdict(answer, question)
    is_asked = bool(_said(answer)) or wanted_shape(question) is AnswerShape.YES_NO
    if right and is_asked:
        is_denied = given != right and (bool(given) or right == "no")
    else:
        clauses = max(1, len(split_clauses(reference)))
        is_denied = len(polarity_problems(reference, evidence=answer)) > _MOST_MISSING * clauses
    if is_denied or len(missing) > _MOST_MISSING * len(values):
        return 0.0
    said = _LEAD.sub("", reference)
    if not words(said):  # a yes or no alone, which the answer does not contradict: is it about the matter?
        if given:
            return 1.0
        said = question
    valued = frozenset(name for value in values for name in content_stems(value))
    wanted = frozenset(content_stems(said)) - valued
    held = len(values) - len(missing) + len(wanted & frozenset(content_stems(answer)))
    decided = _LEAST_RIGHT if is_asked and given and given == right else 0.0
    return max((decided, held / max(1, len(values) + len(wanted)), *similarity(said, [answer])))


def _verdict(text: str, question: str) -> str:
    """The yes or no that a text says first, or that what it says about the question comes to; else empty."""
    asked = split_clauses(question)
    if (said := _said(text)) or not asked:
        return said
    shares = [
        (len(asked[0].stems & clause.stems) / max(1, len(asked[0].stems)), clause)
        for clause in split_clauses(text)
    ]
    best = max((share for share, _ in shares), default=0.0)
    if best < _LEAST_SPOKEN:
        return ""
    return "no" if all(disagree(asked[0], clause) for share, clause in shares if share == best) else "yes"


def _said(text: str) -> str:
    first = next(iter(words(text)), "")
    return first if first in _SAID else ""
