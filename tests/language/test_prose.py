"""Sentences end where a reader would say they end."""

import pytest

from bidproof.language.prose import sentence_spans, split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("The U.S. Web Design System applies. Vendors must use it.", 2),
        ("Hosting is in the U.S. The vendor shall say where.", 2),
        ("See Sec. 3.2 and Fig. 4 for limits, e.g. RAM.", 1),
        ("Send it to Dr. J. Smith, St. Gallen Office.", 1),
        ("Comply with ISO No. 27001 and with Art. 28 GDPR.", 1),
        ("Acme Inc. shall deliver. The supplier pays.", 2),
        ("Availability is 99.9 percent. It must not fall below 99.5.", 2),
        ("Is it encrypted? If so, how?", 2),
        ('They said "Stop." Then they left.', 2),
        ("The contractor shall:\n• log access\n• keep logs", 3),
        ("A line that\nwraps goes on. Next one.", 2),
        ("First part.\n\nSecond part without a stop", 2),
        ("It ended.The vendor must start.", 2),
        ("3. The vendor must answer.", 1),
        ("Use Login.gov and Cloud.gov today.", 1),
        ("   ", 0),
    ],
)
def test_counts_the_sentences_a_reader_sees(text: str, sentences: int) -> None:
    assert len(split_sentences(text)) == sentences


def test_spans_point_at_the_words_themselves() -> None:
    text = "  One is here.  Two\nfollows!  "
    assert [text[span.start : span.end] for span in sentence_spans(text)] == ["One is here.", "Two\nfollows!"]


def test_white_space_is_evened_out() -> None:
    assert split_sentences("The  vendor\n shall\tact.") == ("The vendor shall act.",)
