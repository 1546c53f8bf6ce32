import pytest

from bidproof.answering.asked import read_asked
from bidproof.answering.cleaning import clean
from bidproof.answering.compose import compose_claims, fitting_claims, write_answer
from bidproof.answering.proof.verifier import Verifier
from bidproof.answering.ranking import rank_evidence
from bidproof.core.ids import QuestionId
from bidproof.core.records import Claim, Question, ScoredPassage, Support
from passages import make_passage


def scored(text: str, *, table_header: str = "") -> ScoredPassage:
    passage = make_passage(text, path="doc.md", title="Handbook", start=7, table_header=table_header)
    return ScoredPassage(passage=passage, score=1.0, rank=1)


def claim(question: str, text: str, *, table_header: str = "") -> Claim:
    best = rank_evidence(read_asked(question), [scored(text, table_header=table_header)])[:1]
    return compose_claims(best)[0]


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("- **Data** is `encrypted` at rest", "Data is encrypted at rest."),
        ("1. Data is [encrypted](https://example.com/a_b) here.", "Data is encrypted here."),
        ("> Data is kept\n> for a year.", "Data is kept for a year."),
        ("data is _always_ encrypted", "Data is always encrypted."),
        ("Note: Data is encrypted.", "Data is encrypted."),
        ("![logo](a.png) Data is encrypted.", "Data is encrypted."),
        ("Data is encrypted. For more information, see the Guide to Keys.", "Data is encrypted."),
        (r"Data is straight\-forward\.", "Data is straight-forward."),
        ("The .env file is secret.", "The .env file is secret."),
        ("snake_case_name is kept", "snake_case_name is kept."),
        ("5 * 3 * 2 keys exist.", "5 * 3 * 2 keys exist."),
        ("We keep two copies:", "We keep two copies."),
    ],
)
def test_wrapping_goes_and_words_stay(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


def test_cleaned_wording_passes_the_checks_against_its_quote() -> None:
    made = claim("Is data encrypted?", "- **Data** is [encrypted](https://example.com) with `AES-256`.")
    assert made.text == "Data is encrypted with AES-256."
    assert made.support is Support.SUPPORTED
    assert Verifier().check(made.text, made.citations).is_supported


def test_table_row_reads_with_its_column_names() -> None:
    made = claim(
        "What is the uptime of Pro?", "Plan | Uptime | Support\nFree | 99.0% | forum\nPro | 99.5% | e-mail"
    )
    assert made.text == "Pro – uptime: 99.5%; support: e-mail."
    assert made.problems == ()


def test_header_outside_the_passage_is_used_too() -> None:
    made = claim("What is the uptime of Pro?", "Pro | 99.5%\nMax | 99.9%", table_header="Plan | Uptime")
    assert made.text == "Pro – uptime: 99.5%."


def test_a_cell_that_says_no_passes() -> None:
    made = claim("Is SSO offered?", "Feature | Offered | Note\nSSO | No | -")
    assert made.text == "SSO – offered: No."
    assert made.problems == ()


def test_list_is_written_behind_its_lead() -> None:
    made = claim("Which certificates do you hold?", "We hold these certificates:\n\n- ISO 27001\n- SOC 2")
    assert made.text in ("We hold these certificates: ISO 27001, SOC 2.",)


def question(**limits: int) -> Question:
    return Question(id=QuestionId("q"), text="?", **limits)  # pyright: ignore[reportArgumentType]


CLAIMS = (Claim(text="Data is safe here."), Claim(text="Keys are rotated every year."))


def test_answer_joins_claims_behind_the_lead() -> None:
    text = write_answer(CLAIMS, question=question(), lead="Yes")
    assert text == "Yes. Data is safe here. Keys are rotated every year."


def test_answer_ends_at_a_sentence_within_the_limit() -> None:
    assert write_answer(CLAIMS, question=question(max_words=6)) == "Data is safe here."
    assert write_answer(CLAIMS, question=question(max_chars=20)) == "Data is safe here."


def test_claims_beyond_the_limit_are_dropped_whole() -> None:
    assert fitting_claims(CLAIMS, question=question(max_words=6)) == CLAIMS[:1]
    assert fitting_claims(CLAIMS, question=question(max_words=60)) == CLAIMS


def test_at_least_one_claim_is_kept() -> None:
    assert fitting_claims(CLAIMS, question=question(max_words=1)) == CLAIMS[:1]
    assert fitting_claims((), question=question()) == ()
