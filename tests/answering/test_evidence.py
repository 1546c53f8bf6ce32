import pytest

from bidproof.answering.asked import read_asked
from bidproof.answering.evidence import Evidence, choose_evidence, cite, pages_of, rank_evidence
from bidproof.core.records import BlockKind, Box, Passage, ScoredPassage, Span
from passages import make_passage


def scored(text: str, *, rank: int = 1, start: int = 10, **values: object) -> ScoredPassage:
    passage = make_passage(text, path=f"doc{rank}.md", title="Handbook", start=start, **values)
    return ScoredPassage(passage=passage, score=1 / rank, rank=rank)


def select(question: str, passages: list[ScoredPassage], *, limit: int) -> tuple[Evidence, ...]:
    asked = read_asked(question)
    return choose_evidence(asked, rank_evidence(asked, passages), limit=limit)


def best(question: str, *texts: str) -> str:
    found = select(question, [scored(text, rank=n) for n, text in enumerate(texts, start=1)], limit=3)
    return found[0].text


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How often are backups tested?", "Backups are tested every quarter."),
        ("How many copies of backups are kept?", "Backups are kept in 3 copies."),
        ("Who tests backups?", "Backups are tested by the operations team."),
    ],
)
def test_the_sentence_of_the_right_shape_wins(question: str, answer: str) -> None:
    text = (
        "Backups are important to us all. Backups are tested every quarter. Backups are kept in 3 copies. "
        "Backups are tested by the operations team."
    )
    assert best(question, text) == answer


def test_a_lower_passage_with_the_answer_wins() -> None:
    question = "Which cipher encrypts backups at rest?"
    assert best(
        question, "Backups exist and matter.", "AES-256 is the cipher that encrypts backups at rest."
    ) == ("AES-256 is the cipher that encrypts backups at rest.")


def test_headings_questions_and_pointers_are_not_picked() -> None:
    text = (
        "Backup encryption\n\nHow are backups encrypted?\n\nFor more information about backup encryption, see"
        " the guide.\n\nBackups are encrypted with AES."
    )
    assert best("How are backups encrypted?", text) == "Backups are encrypted with AES."


def test_quotes_are_verbatim_document_characters() -> None:
    text = "Backups are encrypted:\n\n- at rest\n- in transit between all sites"
    document = " " * 10 + text
    for evidence in rank_evidence(read_asked("Are backups encrypted in transit?"), [scored(text)]):
        for citation in cite(evidence):
            assert document[citation.start : citation.end] == citation.quote


def test_a_list_item_brings_the_line_that_introduces_it() -> None:
    text = "Staff must never do the following:\n\n- share passwords with friends\n- leave laptops in cars"
    found = select("Do staff share passwords?", [scored(text)], limit=1)
    assert "never" in found[0].text


def test_a_list_question_gets_the_whole_list() -> None:
    text = "We hold these certificates:\n\n- ISO 27001\n- SOC 2\n- PCI DSS"
    found = select("What certificates do you hold?", [scored(text)], limit=1)
    assert found[0].text.endswith("PCI DSS")


def test_table_row_carries_its_header() -> None:
    text = "Plan | Uptime | Support\nFree | 99.0% | forum\nPro | 99.5% | e-mail"
    found = select("What is the uptime of the Pro plan?", [scored(text)], limit=1)
    assert found[0].quotes[-1] == "Pro | 99.5% | e-mail"
    assert found[0].header == "Plan | Uptime | Support"


def test_repeated_statements_are_kept_once() -> None:
    text = "Backups are encrypted with AES."
    found = select("Are backups encrypted?", [scored(text), scored(text, rank=2)], limit=3)
    assert len(found) == 1


def test_nothing_asked_or_nothing_found_gives_nothing() -> None:
    assert select("", [scored("Backups are encrypted.")], limit=3) == ()
    assert select("Are backups encrypted?", [], limit=3) == ()


def two_pages(**values: object) -> Passage:
    boxes = tuple(Box(page=page, left=0, top=0, right=1, bottom=1) for page in (4, 4, 5))
    return scored(
        "One line here.\nTwo lines here.\nThree lines here.", pages=(4, 5), boxes=boxes, **values
    ).passage


def test_pages_are_exact_where_lines_have_boxes() -> None:
    passage = two_pages()
    last = passage.text.index("Three")
    assert pages_of(passage, Span(start=10, end=20)) == (4,)
    assert pages_of(passage, Span(start=10 + last, end=passage.end)) == (5,)
    assert pages_of(passage, Span(start=10, end=passage.end)) == (4, 5)


def test_pages_fall_back_to_those_of_the_passage() -> None:
    passage = scored("One line here.\nTwo lines here.", pages=(4, 5)).passage
    assert pages_of(passage, Span(start=10, end=15)) == (4, 5)


def test_nothing_is_taken_from_boilerplate():
    footer = scored("Backups are kept for 90 days.", kind=BlockKind.BOILERPLATE)
    said = scored("Backups are kept for 35 days.", rank=2)

    found = select("How long are backups kept?", [footer, said], limit=3)
    assert [item.text for item in found] == ["Backups are kept for 35 days."]
