import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidproof.answering.decompose import MAX_PARTS, split_question


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("What is your RTO? What is your RPO?", ("What is your RTO?", "What is your RPO?")),
        (
            "Do you encrypt data at rest? If so, describe the algorithm.",
            ("Do you encrypt data at rest?", "Do you encrypt data at rest? If so, describe the algorithm."),
        ),
        (
            "Who approves the policy and how often is it reviewed?",
            ("Who approves the policy?", "Who approves the policy? how often is it reviewed?"),
        ),
        (
            "Describe: (a) your backup schedule; (b) how restores are tested; and (c) retention periods.",
            (
                "Describe: your backup schedule",
                "Describe: how restores are tested",
                "Describe: retention periods.",
            ),
        ),
        (
            "Please provide:\n- the audit report\n- the penetration test",
            ("Please provide: the audit report", "Please provide: the penetration test"),
        ),
        (
            "We work with schools. Where do you store data? Please list all regions in use by customers.",
            (
                "We work with schools. Where do you store data?",
                "Please list all regions in use by customers.",
            ),
        ),
    ],
)
def test_the_wording_shows_the_parts(text: str, parts: tuple[str, ...]) -> None:
    assert split_question(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "Are policies and procedures established, documented, approved, communicated and maintained?",
        "Explain how and where logs are kept.",
        "How do you handle e.g. laptops and phones?",
        "What is your company's name?",
        "Is data encrypted (in transit and at rest)?",
        "The provider shall report incidents within 24 hours. This includes suspected ones.",
        "List all certifications (i.e. ISO 27001, SOC 2) that you hold today",
    ],
)
def test_a_single_question_stays_whole(text: str) -> None:
    assert split_question(text) == (text,)


@given(st.text(alphabet="ab ?.!-()1,;\n", max_size=120))
def test_no_text_gives_more_than_six_parts_or_an_empty_one(text: str) -> None:
    parts = split_question(text)
    assert len(parts) <= MAX_PARTS
    assert all(part.strip() for part in parts)
    assert bool(parts) == bool(text.strip())
