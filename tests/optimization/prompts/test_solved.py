"""Solved questions become examples only where every check passes."""

from dataclasses import replace

from bidproof.core.ids import DocumentId, PassageId
from bidproof.core.records import Citation, ScoredPassage
from bidproof.optimization.prompts.solved import (
    NO_CITATION,
    NO_TEXT,
    NOT_OFFERED,
    NOT_PROVEN,
    NOT_SHOWN,
    TOO_LONG,
    Solved,
    check_reply,
    solved_example,
    unanswerable_example,
)
from passages import make_passage

TEXT = "Keys are rotated every 90 days. Backups are kept for 35 days in a second region."


def passage(text: str = TEXT, name: str = "p1", rank: int = 1) -> ScoredPassage:
    own = make_passage(text, path="a.md", title="Keys", start=100, heading_path=("Storage", "Keys"))
    return ScoredPassage(passage=own, score=1.0, rank=rank)


def citation(quote: str, name: str = "p1") -> Citation:
    start = 100 + max(TEXT.find(quote), 0)
    return Citation(
        passage_id=PassageId(name),
        document_id=DocumentId("d"),
        path="a.md",
        title="Keys",
        quote=quote,
        start=start,
        end=start + len(quote),
    )


SOLVED = Solved(
    question="How often are keys rotated?",
    text="Keys are rotated every 90 days. Backups are kept for 35 days.",
    passages=(passage("Visitors sign in at the desk.", "p0"), passage(rank=2)),
    citations=(
        citation("Keys are rotated every 90 days."),
        citation("Backups are kept for 35 days in a second region."),
    ),
)


def test_a_proven_answer_becomes_an_example() -> None:
    found = solved_example(SOLVED)
    assert found.problem == ""
    assert found.example is not None
    assert found.example.reply == {
        "answerable": True,
        "quotes": [
            {"passage": 2, "text": "Keys are rotated every 90 days."},
            {"passage": 2, "text": "Backups are kept for 35 days in a second region."},
        ],
        "sentences": [
            {"text": "Keys are rotated every 90 days.", "quotes": [1]},
            {"text": "Backups are kept for 35 days.", "quotes": [2]},
        ],
    }
    assert found.example.passages[1].section == "Storage > Keys"


def test_what_is_not_proven_becomes_none() -> None:
    cases = {
        NO_TEXT: replace(SOLVED, text=""),
        NO_CITATION: replace(SOLVED, citations=()),
        NOT_PROVEN: replace(SOLVED, text="Keys are rotated every 90 days. Ask us for the report."),
        NOT_SHOWN: replace(SOLVED, passages=(passage("Visitors sign in at the desk.", "p0"),)),
        NOT_OFFERED: replace(SOLVED, options=("Yes", "No"), choice="Partly"),
    }
    for problem, solved in cases.items():
        assert solved_example(solved).problem == problem
        assert solved_example(solved).example is None
    wrong = solved_example(replace(SOLVED, text="Keys are rotated every 30 days."))
    assert wrong.example is None


def test_a_reply_may_not_have_more_sentences_than_the_schema_allows() -> None:
    many = " ".join(["Keys are rotated every 90 days."] * 5)
    assert solved_example(replace(SOLVED, text=many)).problem == TOO_LONG


def test_a_choice_comes_before_the_sentences() -> None:
    found = solved_example(replace(SOLVED, options=("Yes", "No"), choice="Yes")).example
    assert found is not None
    assert list(found.reply) == ["answerable", "quotes", "choice", "sentences"]


def test_an_unanswerable_question_passes_the_same_checks() -> None:
    for options in ((), ("Yes", "No")):
        solved = replace(SOLVED, text="", citations=(), options=options)
        example = unanswerable_example(solved)
        assert example.reply["answerable"] is False
        assert check_reply(example.reply, passages=solved.passages, options=options) == ""


def test_a_reply_with_other_fields_is_told_by_its_place() -> None:
    problem = check_reply({"answerable": True}, passages=SOLVED.passages, options=())
    assert problem.startswith("quotes:")
