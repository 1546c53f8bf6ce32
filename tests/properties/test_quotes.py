"""Whatever the text, quotes stand where they say and a copy is never called wrong."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bidproof.answering.asked import read_asked
from bidproof.answering.evidence import cite
from bidproof.answering.proof.content import said_stems
from bidproof.answering.proof.verifier import Verifier
from bidproof.answering.ranking import rank_evidence
from bidproof.answering.verify import LEAST_QUOTE_CHARS, locate_quote
from bidproof.core.ids import DocumentId, PassageId
from bidproof.core.records import Citation, Passage, ScoredPassage
from bidproof.language.sentences import split_sentences
from passages import make_passage

WORDS = st.sampled_from(
    re.split(
        r"\s+",
        "Data is not encrypted at rest with AES-256 in Frankfurt for 30 days all backups never 1,000 "
        "v1.2 only – “quoted” it’s | * # [link](x) e.g. 99.9% TLS 1.3 No. yes: $5 (a) unless",
    )
)
GAPS = st.sampled_from([" ", " ", " ", ". ", "\n", "\n\n", "\n- ", " | ", ":\n\n- "])
TEXTS = st.lists(st.tuples(WORDS, GAPS), max_size=40).map(
    lambda parts: "".join(word + gap for word, gap in parts)
)
ANY_TEXT = st.one_of(TEXTS, st.text(max_size=200))


def passage(text: str, start: int = 13) -> Passage:
    return make_passage(text, path="a.md", title="A", start=start)


@given(ANY_TEXT)
def test_pieces_are_in_order_and_hold_every_word(text: str) -> None:
    segments = split_sentences(text)
    at = 0
    for segment in segments:
        assert text[segment.start : segment.end] == segment.text
        assert segment.start >= at
        left_out = text[at : segment.start]
        assert not any(char.isalpha() for char in left_out)
        at = segment.end
    assert not any(char.isalpha() for char in text[at:])


@given(TEXTS, st.integers(0, 200), st.integers(12, 80))
def test_a_copied_stretch_of_whole_words_is_found(text: str, first: int, length: int) -> None:
    words = text.split()
    quote = " ".join(words[first % (len(words) + 1) :])[:length].rsplit(" ", 1)[0]
    if len(quote) < LEAST_QUOTE_CHARS:
        return
    found = locate_quote(quote, passage=passage(text))
    assert found is not None
    assert " ".join(text[found.start - 13 : found.end - 13].split()) == quote


@given(ANY_TEXT, st.text(min_size=LEAST_QUOTE_CHARS, max_size=40))
def test_a_located_quote_says_the_same_words(text: str, quote: str) -> None:
    if len(" ".join(quote.split())) < LEAST_QUOTE_CHARS:
        return
    found = locate_quote(quote, passage=passage(text))
    if found is not None:
        assert len(text[found.start - 13 : found.end - 13].split()) == len(quote.split())


@settings(max_examples=60)
@given(ANY_TEXT, ANY_TEXT)
def test_citations_of_evidence_are_verbatim(question: str, text: str) -> None:
    scored = ScoredPassage(passage=passage(text), score=1.0, rank=1)
    for evidence in rank_evidence(read_asked(question), [scored]):
        for citation in cite(evidence):
            assert text[citation.start - 13 : citation.end - 13] == citation.quote


@given(TEXTS)
def test_a_verbatim_claim_has_no_problem(text: str) -> None:
    if not said_stems(text):
        return
    citation = Citation(
        passage_id=PassageId("p"),
        document_id=DocumentId("d"),
        path="",
        title="",
        quote=text,
        start=0,
        end=len(text),
    )
    assert Verifier().check(text, [citation]).is_supported
