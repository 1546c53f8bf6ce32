from bidproof.evaluation.judging.matrix_offline import OfflineMatrix
from bidproof.evaluation.metrics import claim_measures as measures
from bidproof.language.statements import claims_of, split_claims
from outcomes import case, cite, claim, outcome
from passages import make_passage


def test_sentences_and_items_with_their_lead_are_claims():
    text = "Yes. Data is encrypted. We support:\n- TLS 1.2\n- TLS 1.3\n"
    assert split_claims(text) == ("Data is encrypted.", "We support: TLS 1.2", "We support: TLS 1.3")


def test_a_bare_verdict_makes_no_claim_and_a_short_answer_makes_one():
    assert split_claims("Yes.") == ()
    assert split_claims("") == ()
    assert split_claims("100 TB") == ("100 TB",)


def test_source_notes_are_no_claims():
    assert split_claims("Sales were $5 million. (SOURCE: 2022 Q3.pdf)\n\nSOURCE(S): 2022 Q3.pdf") == (
        "Sales were $5 million.",
    )


def test_what_the_text_says_beyond_its_listed_claims_is_claimed_too():
    source = make_passage("Backups are kept for 30 days.")
    listed = claim("Backups are kept for 30 days.", cite(source, "Backups are kept for 30 days."))
    given = outcome(
        "Backups are kept for 30 days. They are tested weekly.", claims=[listed], passages=[source]
    )
    found = claims_of(given.draft)
    assert [item.text for item in found] == ["Backups are kept for 30 days.", "They are tested weekly."]
    assert [len(item.citations) for item in found] == [1, 0]


def test_joined_claims_are_said_and_recombined_ones_are_not():
    listed = [claim("Backups last 30 days."), claim("Logs last 90 days.")]
    joined = outcome("Backups last 30 days and logs last 90 days.", claims=listed)
    assert len(claims_of(joined.draft)) == 2
    crossed = outcome("Backups last 90 days.", claims=listed)
    assert [item.text for item in claims_of(crossed.draft)][2:] == ["Backups last 90 days."]


def test_the_offline_matrix_follows_the_text():
    texts = ("Backups are kept for 30 days.", "Logs are kept for a year.")
    given = outcome(
        "Backups are kept for 30 days. Mails are kept for 10 years.",
        passages=[make_passage(text, start=50 * n) for n, text in enumerate(texts)],
    )
    matrix = OfflineMatrix().make_now(case(reference="Backups are kept for 30 days."), given)
    assert [[item.is_held for item in row] for row in matrix.answer_by_passage] == [
        [True, False],
        [False, False],
    ]
    assert measures.faithfulness(matrix).value == 0.5
    assert measures.answer_recall(matrix).value == 1.0
    assert not matrix.is_model
