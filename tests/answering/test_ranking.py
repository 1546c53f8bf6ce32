import pytest

from bidproof.answering.asked import read_asked
from bidproof.answering.evidence import Evidence, cite
from bidproof.answering.ranking import order_by_statement, rank_evidence
from bidproof.core.records import BlockKind, ScoredPassage
from passages import make_passage


def scored(text: str, *, rank: int = 1, start: int = 10, **values: object) -> ScoredPassage:
    passage = make_passage(text, path=f"doc{rank}.md", title="Handbook", start=start, **values)
    return ScoredPassage(passage=passage, score=1 / rank, rank=rank)


def ranked(question: str, *passages: ScoredPassage) -> tuple[Evidence, ...]:
    return rank_evidence(read_asked(question), passages)


def best(question: str, *texts: str) -> str:
    return ranked(question, *(scored(text, rank=n) for n, text in enumerate(texts, start=1)))[0].text


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
    found = ranked("Do staff share passwords?", scored(text))
    assert "never" in found[0].text


def test_a_list_question_gets_the_whole_list() -> None:
    text = "We hold these certificates:\n\n- ISO 27001\n- SOC 2\n- PCI DSS"
    found = ranked("What certificates do you hold?", scored(text))
    assert found[0].text.endswith("PCI DSS")


def test_table_row_carries_its_header() -> None:
    text = "Plan | Uptime | Support\nFree | 99.0% | forum\nPro | 99.5% | e-mail"
    found = ranked("What is the uptime of the Pro plan?", scored(text))
    assert found[0].quotes[-1] == "Pro | 99.5% | e-mail"
    assert found[0].header == "Plan | Uptime | Support"


@pytest.mark.parametrize(
    "line",
    [
        "Describe how backups are encrypted",
        "[Docs] Describe how our backups and theirs are encrypted (#12)",
        "Backup encryption",
        "[your backup encryption]",
        "For backups and their encryption see the guide.",
        "Please see attached for backup encryption.",
        "More on how backups are encrypted can be found in the portal.",
        "Backups and their encryption ........ 12",
        "Backups are encrypted as follows:",
        "How are backups encrypted?",
    ],
)
def test_what_says_nothing_is_never_an_answer(line: str) -> None:
    texts = [
        item.text for item in ranked("How are backups encrypted?", scored(f"{line}\n\nAES is used here."))
    ]
    assert texts == ["AES is used here."]


def test_a_row_of_a_documents_history_is_no_evidence() -> None:
    history = (
        "Version | Date | Change\n6.0 | 20 January 2025 | Restructured for ISO 27001\n5.0 | 2 May 2024 | New"
    )
    assert ranked("When does the ISO 27001 certificate expire?", scored(history)) == ()


def test_a_row_is_known_by_its_first_cell() -> None:
    text = "Service | RTO | Needs\nReports | 8 hours | ledger\nLedger | 4 hours | network"
    assert (
        ranked("What is the RTO of the ledger?", scored(text))[0].quotes[-1] == "Ledger | 4 hours | network"
    )


def test_a_short_form_stands_for_its_words() -> None:
    text = "Service | RTO\nLedger | 4 hours\nReports | 8 hours"
    found = ranked("What is the recovery time objective of the ledger?", scored(text))
    assert found[0].quotes[-1] == "Ledger | 4 hours"
    assert ranked("Which TLS is used?", scored("TLS 1.2 is used."))[0].own_coverage_0_1 == 1.0


def test_steps_are_kept_together_with_their_code() -> None:
    code = "```\nrestore --all\n```"
    text = f"To restore a backup:\n\n1. Stop the service.\n2. Run this command:\n\n{code}\n\n3. Start it."
    steps = ranked("How do I restore a backup?", scored(text))[0]
    assert steps.is_steps
    assert steps.text == text


def test_nothing_asked_or_nothing_found_gives_nothing() -> None:
    assert ranked("", scored("Backups are encrypted.")) == ()
    assert ranked("Are backups encrypted?") == ()


def test_nothing_is_taken_from_boilerplate():
    footer = scored("Backups are kept for 90 days.", kind=BlockKind.BOILERPLATE)
    said = scored("Backups are kept for 35 days.", rank=2)

    found = ranked("How long are backups kept?", footer, said)
    assert [item.text for item in found] == ["Backups are kept for 35 days."]


def test_a_passage_that_says_it_is_shown_before_one_that_is_only_found_first() -> None:
    first, second = scored("Our offices are large."), scored("Backups are kept for 90 days.", rank=2)
    found = ranked("How long are backups kept?", first, second)
    assert order_by_statement([first, second], found) == [second, first]
    assert order_by_statement([first, second], ()) == [first, second]


def test_the_number_of_the_thing_that_is_asked_about_wins() -> None:
    rows = (
        "Number of files in a file group | 3\nNumber of columns in a file | 13\nNumber of file groups | 500"
    )
    found = ranked("What is the maximum number of file groups?", scored(f"Resource | Limit\n{rows}"))
    assert found[0].quotes[-1] == "Number of file groups | 500"
