"""Forms that are recognised without any language."""

import pytest

from bidproof.questionnaires.brief.mentions import MentionKind, find_mentions, has_mention


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("shall not exceed twenty-five (25) pages", MentionKind.SIZE, "twenty-five (25) pages"),
        ("in 12-point font", MentionKind.SIZE, "12-point font"),
        ("an original and 3 hard copies", MentionKind.SIZE, "3 hard copies"),
        ("höchstens 20 Seiten", MentionKind.SIZE, "20 Seiten"),
        ("Technical 60 %", MentionKind.PERCENT, "60 %"),
        ("worth 30 points", MentionKind.POINTS, "30 points"),
        ("base year plus four option years", MentionKind.DURATION, "four option years"),
        ("a ceiling of $1.4 million", MentionKind.MONEY, "$1.4 million"),
        ("write to jane.doe@example.org.", MentionKind.EMAIL, "jane.doe@example.org"),
        ("(see https://example.org/bids).", MentionKind.URL, "https://example.org/bids"),
        ("due MONTH DD, 2020 at noon", MentionKind.BLANK, "MONTH DD, 2020"),
        ("Start: [insert date]", MentionKind.BLANK, "[insert date]"),
        ("Termin wird noch bekannt gegeben", MentionKind.BLANK, "wird noch bekannt gegeben"),
        ("12 High Street, London", MentionKind.ADDRESS, "12 High Street"),
    ],
)
def test_a_form_is_found_as_it_is_written(text: str, kind: MentionKind, found: str) -> None:
    assert [item.text for item in find_mentions(text, kind)] == [found]


@pytest.mark.parametrize(
    "text", ["Answers are to be confirmed in writing by the officer.", "[Vendor's Name]"]
)
def test_what_a_buyer_asks_to_do_is_no_blank(text: str) -> None:
    assert not has_mention(text, MentionKind.BLANK)
