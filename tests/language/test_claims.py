import pytest

from bidproof.language.claims import changed_words, missing_names


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Data is stored in Amazon S3.", "We keep data in amazon s3 buckets"),
        ("Two APIs are offered.", "The API is offered."),
        ("SSO is supported.", "Single sign-on is supported."),
        ("We use Single Sign-On daily.", "SSO is in use."),
        ("Uses AES256.", "Uses AES-256."),
        ("Encryption is on.", "It is on: encryption."),
        ("Contact security@example.com now.", "Mail security@example.com."),
        ("See https://example.com/docs page.", "The page https://example.com/docs says so."),
    ],
)
def test_held_names_are_not_missing(text: str, evidence: str) -> None:
    assert missing_names(text, evidence=evidence) == ()


@pytest.mark.parametrize(
    ("text", "evidence", "name"),
    [
        ("Data is stored in Frankfurt.", "Data is stored in Dublin.", "Frankfurt"),
        ("Keys live in the HSM.", "Keys live in the vault.", "HSM"),
        ("It runs on EC2.", "It runs on EC3.", "EC2"),
        ("We use SHA-512 here.", "We use SHA-256 here.", "SHA-512"),
        ("Google Cloud hosts it.", "Amazon hosts it in the cloud.", "Google"),
        ("Set max_depth to limit it.", "Set max_width to limit it.", "max_depth"),
    ],
)
def test_absent_names_are_missing(text: str, evidence: str, name: str) -> None:
    assert name in missing_names(text, evidence=evidence)


def test_first_word_of_a_sentence_is_no_name() -> None:
    assert missing_names("Encryption protects data. Nobody reads it.", evidence="safe") == ()


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("All backups are tested every week.", "Some backups are tested every week."),
        ("Access is granted to the staff.", "Access is granted only to the staff."),
        ("Keys are rotated before the audit starts.", "Keys are rotated after the audit starts."),
        ("Logs go to the Paris site, backups to Rome.", "Logs go to the Rome site, backups to Paris."),
    ],
)
def test_a_decisive_word_changed_in_a_copy_is_seen(text: str, evidence: str) -> None:
    assert changed_words(text, evidence=evidence)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Backups are tested every week.", "Backups are tested every week by the team."),
        ("Backups are checked every week.", "Backups are tested every week."),
        ("The team tests all backups.", "Some people read logs and audits once a month."),
    ],
)
def test_copies_and_free_wording_are_left_alone(text: str, evidence: str) -> None:
    assert changed_words(text, evidence=evidence) == ()
