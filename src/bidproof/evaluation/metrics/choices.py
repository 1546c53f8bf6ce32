"""Choices: was the right option picked, where one was picked."""

from bidproof.evaluation.metrics.claim_measures import scored, unscorable
from bidproof.evaluation.metrics.registry import metric
from bidproof.evaluation.protocol import Score, Scoring
from bidproof.evaluation.records import CellState, GoldCase, Outcome
from bidproof.language.choices import match_option, meaning_of


@metric(name="choice_accuracy", kind="binary", needs=("choice",))
def choice_accuracy(case: GoldCase, outcome: Outcome, scoring: Scoring) -> Score:
    """1 where the draft's choice is the right one; a choice left open counts as an abstention."""
    picked = outcome.draft.choice
    if not picked:
        return Score(state=CellState.ABSTAINED, reason="the draft leaves the choice open")
    right = _option(case.choice, case)
    if case.options and right not in case.options:
        return unscorable(f"the right choice {case.choice!r} is none of the options")
    return scored(float(_option(picked, case) == right))


def _option(choice: str, case: GoldCase) -> str:
    """The option that a choice means; without options, its yes or no, else its words."""
    if case.options:
        return match_option(choice, case.options) or choice
    return meaning_of(choice) or " ".join(choice.lower().split())
