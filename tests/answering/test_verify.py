import pytest

from bidproof.answering.verify import QuoteTooShort, check_claim, locate_quote
from bidproof.core.ids import DocumentId, PassageId
from bidproof.core.records import Citation, Passage, Span
from passages import make_passage


def passage(text: str, *, start: int = 0) -> Passage:
    return make_passage(text, path="policy.md", title="Policy", start=start)


def cite(quote: str, *, title: str = "Policy") -> Citation:
    return Citation(
        passage_id=PassageId("p"),
        document_id=DocumentId("d"),
        path="policy.md",
        title=title,
        quote=quote,
        start=0,
        end=len(quote),
    )


def problems(claim: str, quote: str, *, title: str = "Policy") -> tuple[str, ...]:
    return check_claim(claim, citations=[cite(quote, title=title)])


def test_quote_is_located_in_document_characters() -> None:
    found = locate_quote("data is encrypted", passage=passage("All data is encrypted.", start=100))
    assert found == Span(start=104, end=121)


def test_white_space_runs_match_one_space() -> None:
    text = "All data\n   is\tencrypted."
    found = locate_quote("All data is encrypted.", passage=passage(text))
    assert found == Span(start=0, end=len(text))


def test_no_break_space_is_white_space() -> None:
    assert locate_quote("within 30 days of", passage=passage("within\u00a030 days of")) is not None


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("All Data is encrypted", "All data is encrypted"),
        ("data, at rest, is safe", "data at rest is safe"),
        ("kept for 30 days", "kept for 31 days"),
        ("encrypted at rest", "unencrypted at rest"),
        ("data is encrypt", "data is encrypted"),
        ("version 1.2 is used", "version 11.2 is used"),
    ],
)
def test_a_different_text_is_not_located(quote: str, text: str) -> None:
    assert locate_quote(quote, passage=passage(text)) is None


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ('the customer\'s own "key"', "the customer’s own “key”"),
        ("a well-known method", "a well‑known method"),
        ("pages 10-20 of the", "pages 10–20 of the"),
        ("keys – all of them – rotate", "keys — all of them — rotate"),
    ],
)
def test_typographic_marks_count_as_the_same(quote: str, text: str) -> None:
    assert locate_quote(quote, passage=passage(text)) is not None


def test_first_of_several_matches_wins() -> None:
    text = "Keys are rotated. Keys are rotated."
    assert locate_quote("Keys are rotated", passage=passage(text)) == Span(start=0, end=16)


def test_regular_expression_characters_are_plain_text() -> None:
    assert locate_quote("a.*b (c|d) [e] +1", passage=passage("x a.*b (c|d) [e] +1 y")) == Span(
        start=2, end=19
    )
    assert locate_quote("a.*b (c|d) [e]", passage=passage("axxb (c|d) [e]")) is None


@pytest.mark.parametrize("quote", ["", "   ", "short", "a         b       c"])
def test_short_quote_proves_nothing(quote: str) -> None:
    with pytest.raises(QuoteTooShort, match="at least 12"):
        locate_quote(quote, passage=passage("short and a b c"))


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Data is kept for 30 days.", "Data is kept for thirty (30) days."),
        ("Logs are kept for 1 year.", "Logs are kept for 12 months."),
        ("Up to 1000 users.", "Up to 1,000 users."),
        ("Uptime is 99.9 percent.", "Uptime is 99.90%."),
        ("Reviewed on 5 March 2024.", "Reviewed on 2024-03-05."),
        ("Reviewed in March 2024.", "Reviewed on March 5, 2024."),
        ("Tests run annually.", "Tests run every year."),
        ("Tests run every year.", "Tests run annually."),
        ("MFA is required for all users.", "Multi-factor authentication is required for all users."),
        ("Keys use AES 256.", "Keys use AES-256."),
        ("Access is disabled by default.", "Access is not enabled by default."),
        ("k8gb balances load.", "It balances load."),
        ("Yes. Data is encrypted.", "Data is encrypted."),
        ("No, data is not shared.", "Data is not shared."),
    ],
)
def test_same_meaning_is_not_flagged(claim: str, quote: str) -> None:
    assert problems(claim, quote, title="k8gb") == ()


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Data is kept for 31 days.", "Data is kept for 30 days."),
        ("Data is kept for 30 weeks.", "Data is kept for 30 days."),
        ("The fee is €50.", "The fee is $50."),
        ("Reviewed on 2024-03-06.", "Reviewed on 5 March 2024."),
        ("Tests run quarterly.", "Tests run annually."),
        ("TLS 1.3 is required.", "TLS 1.2 is required."),
        ("Version 1.10 is supported.", "Version 1.1 is supported."),
        ("Keys use AES-128.", "Keys use AES-256."),
        ("Data is stored with Google Cloud.", "Data is stored with AWS."),
        ("Data is not encrypted.", "Data is encrypted."),
        ("Data is shared with partners.", "Data is never shared with partners."),
        ("Share data with partners.", "We do not share data with partners."),
        ("Data is unencrypted at rest.", "Data is encrypted at rest."),
        ("All backups are tested.", "Some backups are tested."),
        ("Access is granted to staff.", "Access is granted only to staff."),
        ("TLS 1.3 is used.", "TLS 1.2 is used and 1.3 is planned."),
    ],
)
def test_a_changed_fact_is_flagged(claim: str, quote: str) -> None:
    assert problems(claim, quote)


def test_negation_in_another_clause_does_not_count() -> None:
    quote = "Backups are encrypted, but test systems are not monitored."
    assert problems("Backups are encrypted.", quote) == ()


def test_claim_without_citation_is_a_problem() -> None:
    assert check_claim("Data is safe.", citations=[]) == ("cites nothing",)


def test_claim_without_words_is_a_problem() -> None:
    assert problems("  ", "Data is encrypted.") == ("the claim is empty",)


def test_several_citations_are_read_together() -> None:
    quotes = [cite("Data is encrypted with AES-256."), cite("Keys rotate every 90 days.")]
    assert (
        check_claim("Data is encrypted with AES-256 and keys rotate every 90 days.", citations=quotes) == ()
    )
