"""Near misses as buyers wrote them: each with what the documents say instead."""

import pytest

from bidproof.answering.asked import read_asked
from bidproof.answering.gate.judge import Gated, gate
from bidproof.answering.gate.lookup import look_up
from bidproof.answering.ranking import rank_evidence
from bidproof.core.records import ScoredPassage
from bidproof.retrieval.protocol import Query
from passages import make_passage

SOC = "The SOC 2 Type II report covers security and availability."
ISO = "The ISO/IEC 27001:2022 certificate is valid until 8 June 2028."
ALPHA = "The availability of Alpha Vault is 99.95 percent."
REST = "Customer data at rest is encrypted with AES-256."
COVER = "We hold product liability insurance of 5 million euros."
AUDIT = "Audit logs are kept for 13 months."
PLAN = "The Enterprise plan has a limit of 500 users."


class Shelf:
    """Everything that a document says beyond what was found for the question."""

    def __init__(self, *texts: str) -> None:
        self._texts = texts

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        assert query.filters.document_ids
        return tuple(
            ScoredPassage(passage=make_passage(text, path="document-1.md"), score=1.0, rank=rank)
            for rank, text in enumerate(self._texts, start=1)
        )


def hold(question: str, *texts: str, rest: tuple[str, ...] = (), **place: object) -> Gated:
    found = [
        ScoredPassage(
            passage=make_passage(text, path=f"document-{number}.md", title="Handbook", **place),  # pyright: ignore[reportArgumentType]
            score=1.0,
            rank=number,
            parts={},
        )
        for number, text in enumerate(texts, start=1)
    ]
    asked = read_asked(question)
    return gate(asked, found, ranked=rank_evidence(asked, found), speaks_of=look_up(Shelf(*rest)))


@pytest.mark.parametrize(
    ("question", "text", "reason"),
    [
        ("Do you hold a SOC 1 Type II report?", SOC, "the documents speak of SOC 2, not of SOC 1"),
        (
            "Until when is your ISO 14001 certificate valid?",
            ISO,
            "the documents speak of ISO/IEC 27001:2022, not of ISO 14001",
        ),
        (
            "What is the availability of Beta Relay?",
            ALPHA,
            "the documents speak of Alpha Vault, not of Beta or Relay",
        ),
        ("Is data at rest encrypted with ChaCha20?", REST, "the documents speak of AES-256, not of ChaCha20"),
        (
            "What is your public liability insurance?",
            COVER,
            "the documents speak of product liability, not of public liability",
        ),
        ("How long are chat logs kept?", AUDIT, "the documents speak of Audit logs, not of chat logs"),
    ],
)
def test_near_miss_is_told_what_the_documents_speak_of(question: str, text: str, reason: str) -> None:
    held = hold(question, text)
    assert held.may_answer == ()
    assert [finding.reason for finding in held.findings] == [reason]
    assert held.findings[0].evidence.text == text


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Do you hold a SOC 2 Type II report?", SOC),
        ("Until when is your ISO 27001 certificate valid?", ISO),
        ("What is the availability of Alpha Vault?", ALPHA),
        ("Is data at rest encrypted with AES 256?", REST),
        ("What is your product liability insurance?", COVER),
        ("How long are audit logs kept?", AUDIT),
        ("How many users may the Enterprise plan have?", PLAN),
    ],
)
def test_question_about_the_very_thing_is_let_through(question: str, text: str) -> None:
    held = hold(question, text)
    assert held.findings == ()
    assert held.may_answer[0].text == text


@pytest.mark.parametrize(
    ("question", "text", "kind"),
    [
        ("What does the Enterprise plan cost?", PLAN, "money"),
        ("Until when is the Enterprise plan offered?", PLAN, "date"),
        ("How long are the users of the Enterprise plan kept?", PLAN, "duration"),
    ],
)
def test_answer_without_the_kind_of_value_asked_for_is_none(question: str, text: str, kind: str) -> None:
    (finding,) = hold(question, text).findings
    assert finding.kind == "value"
    assert kind in finding.reason


def test_value_in_another_currency_is_none() -> None:
    (finding,) = hold("What is the liability insurance, in dollars?", COVER).findings
    assert "money in dollars" in finding.reason
    assert not hold("What is the liability insurance, in euros?", COVER).findings


def test_next_statement_answers_where_the_best_one_lacks_the_value() -> None:
    text = "Customer backups are tested. Customer backups are tested every month."
    held = hold("How often are customer backups tested?", text)
    assert held.may_answer[0].text == "Customer backups are tested every month."


def test_sentence_after_the_one_about_it_may_hold_the_value() -> None:
    lead, told = "Any colleague nominates a new maintainer in a public issue.", "It ends after 14 days."
    held = hold("How long must an issue that nominates a new maintainer stay open?", f"{lead} {told}")
    assert held.findings == ()
    assert held.may_answer[0].text == told
    apart = hold("How long must an issue that nominates a new maintainer stay open?", f"{lead}\n\n{told}")
    assert apart.findings


@pytest.mark.parametrize(
    "question",
    [
        "What availability did Alpha Vault have in 2024?",
        "What availability did Alpha Vault have in March 2024?",
    ],
)
def test_another_period_is_another_thing(question: str) -> None:
    assert hold(question, "The availability of Alpha Vault was 99.95 percent in March 2025.").findings
    assert not hold(question, "The availability of Alpha Vault was 99.95 percent in March 2024.").findings


@pytest.mark.parametrize("period", ["Q2 2023", "2Q23", "the second quarter of 2023", "Q2 FY23"])
def test_period_counts_in_every_spelling(period: str) -> None:
    question, text = f"What was the availability in {period}?", "The availability was 99.95 percent."
    assert not hold(question, text, heading_path=("2023 Q2",)).findings
    (finding,) = hold(question, f"{text[:-1]} in June 2024.", heading_path=("2024 Q2",)).findings
    assert finding.reason == "the documents speak of June 2024, not of 2023"


def test_name_may_stand_in_heading_title_or_path() -> None:
    question, text = "What is the availability of Beta Relay?", "The availability is 99.95 percent."
    assert not hold(question, text, heading_path=("Beta Relay",)).findings


def test_document_may_say_elsewhere_whose_it_is() -> None:
    question, text = "What is the availability at Larkfield?", "The availability is 99.95 percent."
    assert hold(question, text).findings
    assert not hold(question, text, rest=("Report of Larkfield Ltd.",)).findings
    assert hold("What is the availability of Beta Relay?", ALPHA, rest=("Beta Relay is new.",)).findings


def test_statement_about_another_name_does_not_hide_the_one_about_the_right_one() -> None:
    other = "The availability of the service that Alpha Vault gives to all customers is 99.95 percent."
    own = "Beta Relay has an availability of 99.5 percent."
    held = hold("What is the availability of the service that Beta Relay gives to all customers?", other, own)
    assert held.findings == ()
    assert held.may_answer[0].text == own


@pytest.mark.parametrize("written", ["Ground Truth", "GroundTruth"])
@pytest.mark.parametrize("asked", ["Ground Truth", "GroundTruth"])
def test_name_may_be_written_joined_or_apart(asked: str, written: str) -> None:
    assert not hold(
        f"How long does {asked} keep labels?", f"Labels of {written} are kept for 30 days."
    ).findings


def test_declared_alias_is_the_same_thing() -> None:
    declared = "The Relay Uptime Ledger (RUL) is kept by the operations team."
    assert not hold("Who keeps the RUL?", "The Relay Uptime Ledger is kept by Jane Doe.", declared).findings


def test_word_that_the_documents_write_small_is_no_name() -> None:
    assert not hold("Is Data encrypted at Rest?", REST.lower()).findings


def test_named_for_example_only_is_not_asked_for() -> None:
    assert not hold("Is data at rest encrypted (e.g. ChaCha20)?", REST).findings


def test_nothing_found_gives_no_finding() -> None:
    assert hold("Is data encrypted?") == Gated(may_answer=())
