"""Say what a draft lacks, in words that a proposing model can learn from.

Everything said here comes from documents, gold answers and models: it is data. It
goes into a fence, is cut to a length, and is never put into a prompt word for word:
``leaks.py`` sees to that.
"""

from collections.abc import Sequence

from bidproof.answering.choices import wants_choice
from bidproof.core.records import DraftState
from bidproof.evaluation.gold.questions import case_question
from bidproof.evaluation.gold.relevance import path_matches
from bidproof.evaluation.metrics.abstention import has_answered
from bidproof.evaluation.patterns.blame import ROOM, Blame, blame_failure
from bidproof.evaluation.protocol import Score
from bidproof.evaluation.records import GoldCase, Outcome
from bidproof.language.choices import match_option, meaning_of
from bidproof.language.numbers import missing_quantities
from bidproof.language.sentences import split_sentences
from bidproof.language.words import content_stems
from bidproof.prompts.fences import PromptFormat, fence

MAX_CHARS = 1200
"""Of the feedback on one case."""

NO_FAULT = "nothing was found wrong"

_MOST_CHARS = 200
_MOST_NAMED = 4
_COVERED = 0.6
_FAILED_CHECK = "left out, since a check failed: "


def fenced_feedback(
    case: GoldCase, outcome: Outcome, score: Score, *, style: PromptFormat, max_chars: int = MAX_CHARS
) -> str:
    """What was wrong with a draft and what was right, in a fence, within ``max_chars`` of text."""
    lines = feedback_lines(case, outcome, score)
    text = "\n".join(f"- {_cut(line, max_chars)}" for line in lines)
    return fence("problems", _cut(text, max_chars), style=style)


def feedback_lines(case: GoldCase, outcome: Outcome, score: Score) -> tuple[str, ...]:
    """The faults of a draft, the gravest first; one line of praise where there is none.

    Args:
        case: With what is known to be right.
        outcome: The draft and the ranking behind it.
        score: The objective's verdict.
    """
    draft = outcome.draft
    value = "no value" if score.value is None else f"{score.value:.2f} of 1"
    if draft.state is DraftState.FAILED:
        return (f"score: {value}", f"the reply could not be used: {_cut(draft.error, _MOST_CHARS)}")
    faults = _refusal_faults(case, outcome)
    if not faults and case.is_answerable is not False:
        faults = (
            *_choice_faults(case, outcome),
            *_fact_faults(case, outcome),
            *_source_faults(case, outcome),
        )
    faults += _check_faults(draft.reasons)
    return (f"score: {value}", *(faults or (NO_FAULT,)))


def _refusal_faults(case: GoldCase, outcome: Outcome) -> tuple[str, ...]:
    if case.is_answerable is False:
        if not has_answered(outcome):
            return ()
        return ("it answered, although the documents hold no answer: `answerable` should have been false",)
    if outcome.draft.state is not DraftState.NOT_FOUND:
        return ()
    if not case.relevant:
        return ("it found no answer, although there is one",)
    return (f"it found no answer, although there is one ({_where(case, outcome)})",)


def _choice_faults(case: GoldCase, outcome: Outcome) -> tuple[str, ...]:
    if not case.choice or not wants_choice(case_question(case)):
        return ()
    picked = outcome.draft.choice
    if not picked:
        return (f"it left the choice open; the documents prove {case.choice!r}",)
    right = match_option(case.choice, case.options) or case.choice
    same = picked == right or (meaning_of(picked) is not None and meaning_of(picked) == meaning_of(right))
    return () if same else (f"it chose {picked!r}; the documents prove {case.choice!r}",)


def _fact_faults(case: GoldCase, outcome: Outcome) -> tuple[str, ...]:
    """The reference's sentences and figures that the answer does not hold."""
    if not case.reference:
        return ()
    said = frozenset(content_stems(outcome.draft.text))
    missing = [text for text in _sentences(case.reference) if not _is_covered(content_stems(text), said)]
    faults = [f"missing: {_cut(text, _MOST_CHARS)}" for text in missing[:_MOST_NAMED]]
    figures = missing_quantities(case.reference, evidence=outcome.draft.text)
    if figures:
        faults.append(f"missing figures: {', '.join(sorted(set(figures))[:_MOST_NAMED])}")
    extra = len(outcome.draft.text.split()) - len(case.reference.split())
    if not missing and extra > len(case.reference.split()):
        faults.append(f"it says more than was asked: {extra} words more than the right answer")
    return tuple(faults)


def _source_faults(case: GoldCase, outcome: Outcome) -> tuple[str, ...]:
    cited = {citation.path for claim in outcome.draft.claims for citation in claim.citations}
    if not case.relevant or any(path_matches(item.path, path) for item in case.relevant for path in cited):
        return ()
    wanted = ", ".join(dict.fromkeys(item.path for item in case.relevant))
    return (f"the right document is not cited ({_cut(wanted, _MOST_CHARS)}): {_where(case, outcome)}",)


def _where(case: GoldCase, outcome: Outcome) -> str:
    """Whether searching or drafting lost it."""
    blame = blame_failure(case, outcome).blame
    if ROOM[blame] == "retrieval":
        return f"retrieval: {blame.value}; no instruction to this step can help"
    if blame is Blame.NO_GOLD:
        return "it is not known where it stands"
    return f"drafting: {blame.value}"


def _check_faults(reasons: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        f"a check failed: {_cut(reason.removeprefix(_FAILED_CHECK), _MOST_CHARS)}"
        for reason in reasons
        if reason.startswith(_FAILED_CHECK)
    )[:_MOST_NAMED]


def _sentences(text: str) -> list[str]:
    return [text[segment.start : segment.end] for segment in split_sentences(text)] or [text]


def _is_covered(stems: Sequence[str], said: frozenset[str]) -> bool:
    wanted = frozenset(stems)
    return not wanted or len(wanted & said) >= _COVERED * len(wanted)


def _cut(text: str, chars: int) -> str:
    return text if len(text) <= chars else f"{text[: chars - 1]}…"
