"""Completed questionnaires become approved answers, and those are used in the next form."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bidproof.core.errors import InvalidSetting, UserError
from bidproof.core.ids import QuestionId
from bidproof.core.records import Likeness, Question, QuestionKind
from bidproof.flows.ingest import ingest
from bidproof.flows.library import add_entry, edit_entry, expire_entries, library_entries, merge_entries
from bidproof.flows.library_import import import_answers
from bidproof.flows.requests.answering import IngestRequest
from bidproof.flows.requests.library import LibraryAddRequest, LibraryEditRequest, LibraryImportRequest
from bidproof.runtime import past_answers
from bidproof.runtime.past_answers import Offers
from bidproof.runtime.session import Session, SessionRequest, open_session
from wordvectors import WordEmbedder

TODAY = date(2026, 6, 1)
PAST = """Id,Question,Response,Comment
1,Do you encrypt data at rest?,Yes,AES-256 on every volume.
2,How many engineers are on call?,Y,
3,Is there a plan for visitors?,"No, not yet.",
4,Is the policy reviewed?,,
"""


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setattr(past_answers, "open_embedder", lambda settings: WordEmbedder())
    with open_session(SessionRequest(workspace=tmp_path / "ws")) as opened:
        yield opened


@pytest.fixture
def past(tmp_path: Path) -> Path:
    path = tmp_path / "past.csv"
    path.write_text(PAST)
    return path


def brought(past: Path, **more: object) -> LibraryImportRequest:
    values = {"files": (past,), "approver": "Ann", "answered_on": date(2026, 1, 5), **more}
    return LibraryImportRequest(**values)  # type: ignore[arg-type]


def asked(text: str, *options: str) -> Question:
    kind = QuestionKind.CHOICE if options else QuestionKind.FREE
    return Question(id=QuestionId("q"), text=text, options=options, kind=kind)


def test_a_completed_form_is_read_with_choices_dates_and_where_it_came_from(
    session: Session, past: Path
) -> None:
    report = import_answers(brought(past), session=session)
    assert (report.files[0].answers, report.files[0].questions, report.added) == (3, 4, 3)
    assert report.files[0].columns == {"answer": ("Response",), "comment": ("Comment",)}
    found = [(entry.choice, entry.answer, entry.approved, entry.source) for entry in library_entries(session)]
    assert found == [
        ("Yes", "AES-256 on every volume.", date(2026, 1, 5), "past.csv"),
        ("Y", "", date(2026, 1, 5), "past.csv"),
        ("No", "Not yet.", date(2026, 1, 5), "past.csv"),
    ]


def test_the_same_question_in_other_form_words_is_written_in_the_words_of_the_form(
    session: Session, past: Path
) -> None:
    import_answers(brought(past), session=session)
    question = asked("Please confirm that you encrypt data at rest.", "Fully compliant", "Not compliant")
    entry = Offers([question], session=session, today=TODAY).same(question)
    assert entry is not None
    assert entry.answer == "AES-256 on every volume."


@pytest.mark.parametrize(
    "text",
    ["How many engineers are on call?", "Is data at rest unencrypted?", "Do you encrypt data in transit?"],
)
def test_what_lacks_the_number_or_only_comes_near_is_not_written(
    session: Session, past: Path, text: str
) -> None:
    import_answers(brought(past), session=session)
    question = asked(text)
    assert Offers([question], session=session, today=TODAY).same(question) is None


def test_opposite_wording_is_offered_with_the_other_choice_and_a_word_of_warning(
    session: Session, past: Path
) -> None:
    import_answers(brought(past), session=session)
    question = asked("Is data at rest unencrypted?", "Yes", "No")
    best = Offers([question], session=session, today=TODAY).suggestions(question)[0]
    assert (best.choice, best.text) == ("No", "AES-256 on every volume.")
    assert "check: opposite wording; the past answer is 'Yes'" in best.reasons


def test_an_answer_for_one_product_is_written_only_where_that_is_named(session: Session, past: Path) -> None:
    import_answers(brought(past, scope=("Alpha Vault",)), session=session)
    question = asked("Do you encrypt data at rest?")
    other = Offers([question], session=session, today=TODAY)
    assert other.same(question) is None
    assert other.suggestions(question)[0].reasons == ("it was given for Alpha Vault",)
    assert other.suggestions(question)[0].likeness is Likeness.RELATED
    named = Offers([question], session=session, today=TODAY, scope=("alpha vault",))
    assert named.same(question) is not None


def test_an_answer_of_more_than_two_years_ago_is_offered_and_not_written(
    session: Session, past: Path
) -> None:
    import_answers(brought(past, answered_on=date(2024, 4, 18)), session=session)
    question = asked("Do you encrypt data at rest?")
    offers = Offers([question], session=session, today=TODAY)
    assert offers.same(question) is None
    assert offers.candidates(question) == ()
    best = offers.suggestions(question)[0]
    assert best.likeness is Likeness.SAME
    assert "approved on 2024-04-18: check that it still holds" in best.reasons


def test_the_same_words_under_two_headings_are_answered_under_their_own(session: Session) -> None:
    for section, answer in (("Network", "Each spring."), ("People", "Never.")):
        entry = add_entry(
            LibraryAddRequest(
                question="Is the policy reviewed?", answer=answer, approver="Ann", answered_on=TODAY
            ),
            session=session,
        )
        session.workspace.library.save(changed=[replace(entry, section=section)])
    plain = asked("Is the policy reviewed?")
    own = Question(id=QuestionId("q"), text=plain.text, section_path=("People",))
    offers = Offers([plain], session=session, today=TODAY)
    assert offers.same(plain) is None
    found = offers.same(own)
    assert found is not None
    assert found.answer == "Never."


def test_entries_are_added_edited_ended_and_merged(session: Session) -> None:
    first = add_entry(
        LibraryAddRequest(question="Who leads?", answer="Bo Li.", approver="Ann", scope=("EU",), tags=("a",)),
        session=session,
    )
    second = add_entry(
        LibraryAddRequest(
            question="Who is the lead?", answer="Bo Li", approver="Ann", scope=("US",), tags=("b",)
        ),
        session=session,
    )
    edited = edit_entry(LibraryEditRequest(entry=first.id, answer="Kim Ro.", approver="Eve"), session=session)
    assert (edited.question, edited.answer, edited.approver) == ("Who leads?", "Kim Ro.", "Eve")
    merged = merge_entries(first.id, [second.id], session=session)
    assert (merged.scope, merged.tags) == (("EU", "US"), ("a", "b"))
    assert [entry.id for entry in library_entries(session)] == [first.id]
    expire_entries([first.id], last_day=date(2026, 1, 1), session=session)
    assert library_entries(session, valid_only=True) == ()


def test_what_cannot_be_kept_is_refused(session: Session, past: Path) -> None:
    with pytest.raises(UserError, match="found no approver"):
        import_answers(brought(past, approver=" "), session=session)
    with pytest.raises(InvalidSetting, match="with one mapping"):
        import_answers(brought(past, files=(past, past), mapping=past), session=session)
    with pytest.raises(InvalidSetting, match="found no answer"):
        add_entry(LibraryAddRequest(question="Who?", approver="Ann"), session=session)
    assert library_entries(session) == ()


def test_a_completed_form_among_documents_is_named_and_an_empty_one_is_not(
    session: Session, tmp_path: Path
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    rows = [f"{number},Is control number {number} in place?" for number in range(1, 7)]
    done = "\n".join(["Id,Question,Response", *(f"{row},Yes since 2020" for row in rows)])
    (folder / "done.csv").write_text(done)
    (folder / "open.csv").write_text("\n".join(["Id,Question,Response", *(f"{row}," for row in rows)]))
    report = ingest(IngestRequest(roots=(folder,)), session=session)
    assert report.completed == {str(folder / "done.csv"): 6}


def test_of_two_answers_of_one_day_to_the_same_words_the_one_added_last_is_written(session: Session) -> None:
    for answer in ("Each spring.", "Each autumn."):
        said = LibraryAddRequest(
            question="Is the policy reviewed?", answer=answer, approver="Ann", answered_on=TODAY
        )
        add_entry(said, session=session)
    question = asked("Is the policy reviewed?")
    found = Offers([question], session=session, today=TODAY).same(question)
    assert found is not None
    assert found.answer == "Each autumn."
