"""A gold case as the question that an engine is asked."""

from collections.abc import Sequence

from bidproof.core.ids import QuestionId
from bidproof.core.records import Question, QuestionKind
from bidproof.evaluation.records import GoldCase
from bidproof.language.choices import meaning_of
from bidproof.questionnaires.wording import kind_of

_YES_NO = ("Yes", "No")


def case_question(case: GoldCase) -> Question:
    """Ask a case as a questionnaire would; the question's id is the case's."""
    options = case_options(case)
    return Question(
        id=QuestionId(case.id),
        text=case.question,
        kind=case_kind(case.question, options),
        section_path=case.section_path,
        options=options,
    )


def case_options(case: GoldCase) -> tuple[str, ...]:
    """The options a case offers; yes and no where only a right choice of that kind is written down."""
    if case.options or not case.choice:
        return case.options
    meaning = meaning_of(case.choice)
    if meaning in ("yes", "no"):
        return tuple(case.choice if meaning_of(option) == meaning else option for option in _YES_NO)
    return ()


def case_kind(question: str, options: Sequence[str]) -> QuestionKind:
    """What shape of answer a case wants: by its options, else by its words.

    A question that only its words make a yes/no one stays free: nothing says
    that a choice is wanted.
    """
    kind = kind_of(question, options)
    return QuestionKind.FREE if kind is QuestionKind.YES_NO and not options else kind
