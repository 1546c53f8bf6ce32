import pytest

from bidproof.language.sentences import SegmentKind, split_sentences


def texts(text: str, **options: object) -> list[str]:
    return [segment.text for segment in split_sentences(text, **options)]  # pyright: ignore[reportArgumentType]


def kinds(text: str, **options: object) -> list[SegmentKind]:
    return [segment.kind for segment in split_sentences(text, **options)]  # pyright: ignore[reportArgumentType]


def test_sentences_are_cut_at_their_ends() -> None:
    assert texts("Data is safe. Keys rotate! Who knows? All do.") == [
        "Data is safe.",
        "Keys rotate!",
        "Who knows?",
        "All do.",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Formats, e.g. PDF files, are read.",
        "Acme Inc. Holds the keys in its own safe.",
        "The U.S. Region is used for data.",
        "See Fig. 3 for the whole picture of it.",
        "Version 1.2 is the one in use today.",
        "J. Smith approves the policy each year.",
    ],
)
def test_abbreviations_do_not_end_a_sentence(sentence: str) -> None:
    assert texts(sentence) == [sentence]


def test_offsets_give_the_text_back() -> None:
    text = "# Head\n\nOne is here.  Two is\nhere.\n\n- first item\n- second item\n\n| a | b |\n| 1x | 2y |"
    for segment in split_sentences(text):
        assert text[segment.start : segment.end] == segment.text


def test_wrapped_lines_are_one_sentence() -> None:
    assert texts("All data is kept\nin one place only.") == ["All data is kept\nin one place only."]


def test_unwrapped_lines_are_items_of_their_own() -> None:
    assert kinds("Alias\nAdmin\nOwner", is_wrapped=False) == [SegmentKind.ITEM] * 3


def test_items_know_the_line_that_introduces_them() -> None:
    segments = split_sentences("These are encrypted:\n\n- data at rest\n- data in transit")
    assert [segment.intro for segment in segments] == [None, 0, 0]


def test_items_after_an_unrelated_sentence_have_no_introduction() -> None:
    segments = split_sentences("Data is safe.\n\n- data at rest\n- data in transit")
    assert [segment.intro for segment in segments] == [None, None, None]


def test_rows_know_their_header() -> None:
    segments = split_sentences("Tier | Uptime\nFree | 99.0%\nPro | 99.5%")
    assert [segment.kind for segment in segments] == [SegmentKind.ROW] * 3
    assert [segment.intro for segment in segments] == [None, 0, 0]


def test_rows_of_a_continued_table_have_their_header_elsewhere() -> None:
    segments = split_sentences("Free | 99.0%\nPro | 99.5%", is_table_continued=True)
    assert [segment.intro for segment in segments] == [None, None]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("# Access control", SegmentKind.HEADING),
        ("Access control", SegmentKind.HEADING),
        ("**Topics**", SegmentKind.HEADING),
        ("----", SegmentKind.HEADING),
        ("```\nAll data is safe.\n```", SegmentKind.CODE),
        ('{"a": {"b": [1, 2]}}', SegmentKind.CODE),
        ("* [The guide](https://example.com/guide)", SegmentKind.LINKS),
    ],
)
def test_what_is_no_statement_cannot_answer(text: str, kind: SegmentKind) -> None:
    (segment,) = split_sentences(text)
    assert segment.kind is kind
    assert not segment.may_answer


def test_known_heading_is_a_heading_even_inside_text() -> None:
    assert (
        kinds("Keys.\nKeys rotate every year.", headings=["Keys"], is_wrapped=False)[0] is SegmentKind.HEADING
    )


@pytest.mark.parametrize("text", ["", "   \n\n  ", "\n"])
def test_empty_text_has_no_pieces(text: str) -> None:
    assert split_sentences(text) == ()


@pytest.mark.parametrize(
    ("line", "is_fact"),
    [
        ("Data protection officer: Lotte Verhaege", True),
        ("Number of employees: 212", True),
        ("Report to: psirt@example.com", True),
        ("Backups: an overview", False),
        ("Part 2: Data Centres", False),
        ("Data protection officer", False),
    ],
)
def test_a_filled_in_field_alone_on_its_line_is_a_fact_and_no_heading(line, is_fact):
    (_, segment) = split_sentences(f"We keep records.\n\n{line}")
    assert segment.may_answer is is_fact
