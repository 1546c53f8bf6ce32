import pytest

from bidproof.retrieval.protocol import Query
from bidproof.retrieval.question import question_views, without_formulas


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Please describe how backups are encrypted.", "backups are encrypted"),
        ("Does the vendor encrypt data at rest?", "encrypt data at rest"),
        ("Explain the primary use case for the project.", "primary use case for the project"),
        (
            "Are audit policies established, documented, approved, communicated, and maintained?",
            "audit policies",
        ),
        ("What is it?", "What is it?"),
        ("Encryption", "Encryption"),
    ],
)
def test_formulas_are_left_out(text: str, rest: str) -> None:
    assert without_formulas(text) == rest


def test_the_question_itself_comes_first_and_its_section_counts() -> None:
    views = question_views(Query(text="Are keys\n rotated?", context=("Security", "Key management")))
    assert views.texts[0] == "Are keys rotated?"
    assert "Security Key management. Are keys rotated?" in views.texts


def test_formula_words_weigh_less_than_the_matter() -> None:
    terms = question_views(Query(text="Describe the policy for key rotation")).terms
    assert terms["polici"] < terms["rotat"] == terms["key"]


def test_rewrites_add_words_and_wordings() -> None:
    views = question_views(Query(text="Is data encrypted?", rewrites=("Is storage enciphered?", " ")))
    assert views.texts[-1] == "Is storage enciphered?"
    assert "enciph" in views.terms
    assert "encrypt" in views.terms


def test_years_quarters_and_versions_are_periods() -> None:
    periods = question_views(Query(text="What did Acme report for Q3 2023, and for v1.2 in FY24?")).periods
    assert {"q3", "2023", "1.2", "2024"} == set(periods)
    assert question_views(Query(text="Does Acme keep 90 days of logs?")).periods == {}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("How much revenue was reported?", True),
        ("What is the maximum number of users?", True),
        ("Describe the incident response process.", False),
    ],
)
def test_questions_for_quantities_are_recognised(text: str, wanted: bool) -> None:
    assert question_views(Query(text=text)).wants_figures is wanted


def test_an_empty_question_is_no_error() -> None:
    views = question_views(Query(text=""))
    assert views.texts[0] == ""
    assert views.terms == {}


def test_a_hostile_length_is_cut() -> None:
    views = question_views(Query(text="please describe " * 20_000))
    assert len(views.texts[0]) <= 2000


def test_formulaic_questions_are_told_from_factual_ones() -> None:
    formulaic = question_views(
        Query(text="Are policies and procedures established, documented and maintained?")
    )
    factual = question_views(Query(text="Which port does the TLS listener use?"))
    assert formulaic.formula_share > 0.8
    assert factual.formula_share < 0.3


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("What was the gross margin in the most recent 10-Q?", True),
        ("Attach your latest penetration test report.", True),
        ("How recent are backups?", False),
        ("Are backups tested at least annually?", False),
    ],
)
def test_asking_for_the_newest_is_noticed(text: str, wanted: bool) -> None:
    assert question_views(Query(text=text)).wants_latest == wanted


def test_only_the_outermost_section_stands_by_itself() -> None:
    views = question_views(Query(text="Are staff trained?", context=("Human  Resources", "Training")))
    assert views.section == views.wordings[-1] == "Human Resources"
    alone = question_views(Query(text="Are staff trained?"))
    assert (alone.section, alone.wordings) == ("", alone.texts)
