"""Past answers in the order in which they come near, and how near they are said to be."""

from datetime import date

from bidproof.answering.past.search import SHOWN, PastAnswers
from bidproof.core.records import Likeness
from bidproof.workspace.rows import LibraryEntry
from wordvectors import WordEmbedder


def past(question: str, answer: str) -> LibraryEntry:
    return LibraryEntry(
        question=question, answer=answer, choice=None, approver="Ann", approved=date(2026, 1, 1)
    )


LIBRARY = PastAnswers(
    [
        past("Do you encrypt data at rest?", "AES-256 on every volume."),
        past("Is there a business continuity plan?", "A plan exists and is tested every year."),
        past("Who is the named contract manager?", "Priya Nair."),
        past("Are visitors escorted in the offices?", "Reception escorts every visitor."),
    ],
    WordEmbedder(),
)


def likeness(question: str) -> list[tuple[str, Likeness]]:
    return [(item.entry.answer, item.likeness) for item in LIBRARY.closest([question])[0]]


def test_the_same_question_with_other_form_words_is_the_same() -> None:
    assert likeness("Please confirm that you encrypt data at rest.")[0] == (
        "AES-256 on every volume.",
        Likeness.SAME,
    )


def test_other_words_for_it_are_likely() -> None:
    assert likeness("Is the BCP tested every year?")[0] == (
        "A plan exists and is tested every year.",
        Likeness.LIKELY,
    )


def test_a_near_miss_is_related_at_most() -> None:
    best = LIBRARY.closest(["Are visitors escorted in the offices in Berlin?"])[0][0]
    assert best.likeness is Likeness.RELATED
    assert best.flags == ("the past answer does not speak of Berlin",)


def test_our_side_and_yours_are_not_the_same_question() -> None:
    best = LIBRARY.closest(["Do we encrypt data at rest?"])[0][0]
    assert best.likeness is Likeness.RELATED


def test_few_are_shown_and_an_empty_library_shows_none() -> None:
    assert len(LIBRARY.closest(["Is data encrypted at rest?"])[0]) <= SHOWN
    assert PastAnswers([], WordEmbedder()).closest(["Is data encrypted?"]) == [()]
