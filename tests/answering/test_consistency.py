import pytest

from bidproof.answering.consistency import contradictions
from bidproof.core.ids import QuestionId
from bidproof.core.records import Claim, Draft, DraftState


def named(*answers: str, state: DraftState = DraftState.DRAFTED) -> tuple[str, ...]:
    drafts = [
        Draft(question_id=QuestionId(f"q{number}"), state=state, text=text, claims=(Claim(text=text),))
        for number, text in enumerate(answers, start=1)
    ]
    return contradictions({draft.question_id: draft for draft in drafts})


def test_two_retention_periods_are_named_with_their_questions() -> None:
    first, second = "Audit logs are kept for 12 months.", "Audit logs are kept for 6 months in the archive."
    (said,) = named(first, "Doors are locked.", second)
    assert said == (f"the answers to q1 and q3 may contradict each other: {first!r} and {second!r}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Service availability was 99.9%.", "Service availability is 99.5% of the time."),
        ("Access rights are reviewed quarterly.", "Access rights of all staff are reviewed yearly."),
    ],
)
def test_shares_and_frequencies_are_compared(one: str, other: str) -> None:
    assert len(named(one, other)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Audit logs are kept for 12 months.", "Audit logs are kept for one year."),
        ("Audit logs are kept for 12 months.", "Application logs are kept for 6 months."),
        ("Critical flaws are mended within 7 days.", "Minor flaws are mended within 90 days."),
        ("In 2024 availability of services was 99.9%.", "In 2025 availability of services was 99.5%."),
        ("Acme Cloud restores data within 4 hours.", "Borealis Hosting restores data within 8 hours."),
        ("The licence of the service costs 100 USD.", "The licence of the service costs 200 USD."),
        ("Backups are kept for 35 days.", "Passwords are changed after 90 days."),
    ],
)
def test_the_same_in_another_unit_and_two_things_are_not(one: str, other: str) -> None:
    assert named(one, other) == ()


def test_what_is_not_written_contradicts_nothing() -> None:
    assert (
        named(
            "Audit logs are kept for 12 months.",
            "Audit logs are kept for 6 months in the archive.",
            state=DraftState.NEEDS_PERSON,
        )
        == ()
    )
