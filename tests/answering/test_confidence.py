from datetime import date

import pytest

from bidproof.answering.confidence import choose_tier, find_conflicts, join_support, source_warnings
from bidproof.answering.evidence import Evidence
from bidproof.core.records import Claim, DraftState, ScoredPassage, Span, Support, Tier, Trust
from bidproof.language.sentences import SegmentKind
from passages import make_passage


def evidence(text: str, *, document: str = "one", **values: object) -> Evidence:
    passage = make_passage(text, path=f"{document}.md", title="Handbook", **values)
    scored = ScoredPassage(passage=passage, score=1.0, rank=1)
    return Evidence(passage=scored, spans=(Span(start=0, end=len(text)),), kind=SegmentKind.SENTENCE)


@pytest.mark.parametrize("state", [DraftState.NOT_FOUND, DraftState.FAILED, DraftState.NEEDS_PERSON])
def test_without_an_answer_an_expert_is_needed(state: DraftState) -> None:
    assert choose_tier(state, Support.SUPPORTED) is Tier.EXPERT


@pytest.mark.parametrize("support", list(Support))
def test_nothing_is_ready_without_calibration(support: Support) -> None:
    assert choose_tier(DraftState.DRAFTED, support) is not Tier.READY


def test_contradicted_draft_goes_to_an_expert() -> None:
    assert choose_tier(DraftState.DRAFTED, Support.CONTRADICTED) is Tier.EXPERT


def test_draft_is_as_supported_as_its_weakest_claim() -> None:
    good, half = Claim(text="a", support=Support.SUPPORTED), Claim(text="b", support=Support.PARTIAL)
    assert join_support([good]) is Support.SUPPORTED
    assert join_support([good, half]) is Support.PARTIAL
    assert join_support([]) is Support.NOT_FOUND


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Access logs are retained for 90 days.", "Access logs are retained for 30 days."),
        ("Customer backups are encrypted at rest.", "Customer backups are not encrypted at rest."),
    ],
)
def test_documents_that_disagree_are_named(one: str, other: str) -> None:
    mine, theirs = evidence(one), evidence(other, document="two")
    (conflict,) = find_conflicts([mine], [mine, theirs])
    assert "one.md" in conflict
    assert "two.md" in conflict


@pytest.mark.parametrize(
    "other",
    [
        "Access logs are retained for 90 days.",
        "Payroll records are retained for 30 days.",
        "Logs are read by staff.",
    ],
)
def test_agreeing_or_other_statements_are_no_conflict(other: str) -> None:
    mine = evidence("Access logs are retained for 90 days.")
    assert find_conflicts([mine], [mine, evidence(other, document="two")]) == ()


def test_third_party_and_old_documents_are_flagged() -> None:
    today = date(2026, 1, 1)
    foreign = evidence("Data is safe.", trust=Trust.THIRD_PARTY)
    old = evidence("Data is safe.", document="two", written=date(2020, 1, 1))
    warnings = source_warnings([foreign, old], today=today)
    assert "third party" in warnings[0]
    assert "2020-01-01" in warnings[1]
    assert source_warnings([evidence("x", written=date(2025, 6, 1))], today=today) == ()
