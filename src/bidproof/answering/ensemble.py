"""One draft of several: the choice of the majority, the answer that the others agree with most.

After self-consistency (Wang et al., ICLR 2023). Drafts of one program differ only
when it samples: at temperature 0 most models give the same draft every time.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from bidproof.answering.choices import wants_choice
from bidproof.answering.confidence import choose_tier
from bidproof.core.records import Draft, DraftState, Question
from bidproof.language.words import content_stems
from bidproof.llm.protocol import add_usage

_AGREED = 0.8
"""Below this share of agreement, a reviewer is told that the drafts differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vote:
    """What the drafts chose; ``is_tied`` when no option, and not "none" either, has more than half."""

    choice: str | None
    is_tied: bool


def join_drafts(question: Question, drafts: Sequence[Draft]) -> Draft:
    """Make one draft of several drafts of one question.

    More than half decide: on a choice, and on whether the documents answer at all.
    Without such a majority there is no choice, and a person is needed. Nothing is
    mixed: text, claims and citations are those of one draft.

    Args:
        question: What was asked.
        drafts: One or more, none failed, in the order in which they were made.

    Returns:
        The draft that agrees with the others most, the earliest of equals, with the
        usage of all.
    """
    usage = add_usage(*(draft.usage for draft in drafts))
    found = [draft for draft in drafts if draft.state is not DraftState.NOT_FOUND]
    if 2 * len(found) < len(drafts):
        absent = next(draft for draft in drafts if draft.state is DraftState.NOT_FOUND)
        notes = [_not_found_note(drafts, found)] if found else []
        return _noted(replace(absent, usage=usage), notes, agreement=1 - len(found) / len(drafts))
    is_choice = wants_choice(question) and bool(question.options)
    vote = _vote(drafts) if is_choice else _Vote(choice=None, is_tied=False)
    fitting = (
        [draft for draft in found if vote.is_tied or draft.choice == vote.choice] if is_choice else found
    )
    chosen, agreement = _most_agreed(fitting or found, drafts)
    is_half = 2 * len(found) == len(drafts)
    notes = [_choice_note(drafts, vote)] * (is_choice and len({draft.choice for draft in drafts}) > 1)
    notes += [_not_found_note(drafts, found)] * (len(found) < len(drafts))
    notes += [f"{len(drafts)} drafts agree on {agreement:.0%} of this answer"] * (agreement < _AGREED)
    if is_choice:
        chosen = replace(chosen, choice=vote.choice)
    if is_half or vote.is_tied:
        tier = choose_tier(DraftState.NEEDS_PERSON, chosen.support)
        chosen = replace(chosen, state=DraftState.NEEDS_PERSON, tier=tier)
    return _noted(replace(chosen, usage=usage), notes, agreement=agreement)


def _vote(drafts: Sequence[Draft]) -> _Vote:
    (choice, votes), *_ = Counter(draft.choice for draft in drafts).most_common()
    if 2 * votes > len(drafts):
        return _Vote(choice=choice, is_tied=False)
    return _Vote(choice=None, is_tied=True)


def _most_agreed(candidates: Sequence[Draft], drafts: Sequence[Draft]) -> tuple[Draft, float]:
    scored = [(_agreement(draft, [other for other in drafts if other is not draft]), draft)
              for draft in candidates]  # fmt: skip
    best, chosen = max(scored, key=itemgetter(0))  # the earliest of equals
    return chosen, best


def _agreement(draft: Draft, others: Sequence[Draft]) -> float:
    """How far the other drafts say what this one says, 0 to 1: its claims' best match in each, averaged."""
    if not draft.claims:
        return 0.0
    if not others:
        return 1.0
    found = [
        max((_likeness(claim.text, said.text) for said in other.claims), default=0.0)
        for claim in draft.claims
        for other in others
    ]
    return sum(found) / len(found)


def _likeness(one: str, other: str) -> float:
    """F1 of two sentences' content words."""
    mine, theirs = frozenset(content_stems(one)), frozenset(content_stems(other))
    total = len(mine) + len(theirs)
    return 2 * len(mine & theirs) / total if total else 1.0


def _choice_note(drafts: Sequence[Draft], vote: _Vote) -> str:
    votes = Counter(draft.choice for draft in drafts).most_common()
    said = ", ".join(f"{count} {'none' if choice is None else repr(choice)}" for choice, count in votes)
    return f"{len(drafts)} drafts disagree on the choice: {said}" + "; no majority" * vote.is_tied


def _not_found_note(drafts: Sequence[Draft], found: Sequence[Draft]) -> str:
    return f"{len(drafts) - len(found)} of {len(drafts)} drafts found no answer"


def _noted(draft: Draft, notes: Sequence[str], *, agreement: float) -> Draft:
    return replace(
        draft,
        reasons=tuple(dict.fromkeys([*notes, *draft.reasons])),
        signals={**draft.signals, "agreement": agreement},
    )
