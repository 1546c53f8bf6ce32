"""List labels come out as Word shows them."""

import pytest
from lxml import etree

from bidproof.formats.word.numbering import ListNumbers
from bidproof.formats.word.styles import Numbered

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
START = '<w:start w:val="1"/>'


def numbers_of(definitions: str) -> ListNumbers:
    return ListNumbers(
        etree.fromstring(f'<w:numbering xmlns:w="{W}" xmlns:mc="{MC}">{definitions}</w:numbering>')
    )


def levels_of(levels: list[tuple[str, str]], extra: str) -> str:
    return "".join(
        f'<w:lvl w:ilvl="{at}">{START}<w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/>{extra}</w:lvl>'
        for at, (style, text) in enumerate(levels)
    )


def lists(levels: list[tuple[str, str]], *, override: str = "", extra: str = "") -> ListNumbers:
    """List 1 has these levels; list 2 the same definition with an override."""
    return numbers_of(
        f'<w:abstractNum w:abstractNumId="0">{levels_of(levels, extra)}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        f'<w:num w:numId="2"><w:abstractNumId w:val="0"/>{override}</w:num>'
    )


def start_at(level: int, value: int) -> str:
    return f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{value}"/></w:lvlOverride>'


def labels(numbers: ListNumbers, *steps: tuple[str, int | None], style: str = "") -> list[str]:
    found = [
        numbers.next_label(Numbered(list_id=list_id, level=level, style=style)) for list_id, level in steps
    ]
    return [label.text if label is not None else "none" for label in found]


def test_levels_count_on_and_restart_below_a_higher_one() -> None:
    numbers = lists([("decimal", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "(%3)")])
    steps = [("1", 0), ("1", 1), ("1", 2), ("1", 2), ("1", 1), ("1", 2), ("1", 0), ("1", 1)]
    assert labels(numbers, *steps) == ["1.", "1.1", "(a)", "(b)", "1.2", "(a)", "2.", "2.1"]


def test_a_level_below_an_unused_one_begins_it() -> None:
    numbers = lists([("decimal", "%1."), ("decimal", "%1.%2")])
    assert labels(numbers, ("1", 1), ("1", 1), ("1", 0), ("1", 1)) == ["1.1", "1.2", "2.", "2.1"]


@pytest.mark.parametrize(
    ("style", "shown"),
    [
        ("decimalZero", "01 09 10 28"),
        ("lowerRoman", "i ix x xxviii"),
        ("upperLetter", "A I J BB"),
        ("ordinal", "1st 9th 10th 28th"),
        ("none", "   "),
        ("chicago", "1 9 10 28"),
    ],
)
def test_number_formats(style: str, shown: str) -> None:
    found = labels(lists([(style, "%1")]), *[("1", 0)] * 28)
    assert " ".join(found[at - 1] for at in (1, 9, 10, 28)) == shown


def test_a_format_of_word_2010_shows_its_leading_zeros() -> None:
    numbers = numbers_of(
        f'<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">{START}<mc:AlternateContent>'
        '<mc:Choice Requires="w14"><w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice>'
        '<mc:Fallback><w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent>'
        '<w:lvlText w:val="Q%1"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    assert labels(numbers, ("1", 0), ("1", 0)) == ["Q001", "Q002"]


def test_text_without_a_number_still_shows() -> None:
    assert labels(lists([("none", "Article")]), ("1", 0)) == ["Article"]


def test_two_lists_of_one_definition_count_together_unless_one_starts_anew() -> None:
    steps = [("1", 0), ("1", 0), ("2", 0), ("2", 0)]
    assert labels(lists([("decimal", "%1")]), *steps) == ["1", "2", "3", "4"]
    assert labels(lists([("decimal", "%1")], override=start_at(0, 1)), *steps) == ["1", "2", "1", "2"]
    assert labels(lists([("decimal", "%1")], override=start_at(0, 7)), *steps, ("1", 0))[2:] == [
        "7",
        "8",
        "9",
    ]


def test_an_overridden_start_of_a_deeper_level_holds_at_every_restart() -> None:
    numbers = lists([("decimal", "%1"), ("decimalZero", "%1.%2")], override=start_at(1, 5))
    steps = [("2", 0), ("2", 1), ("2", 1), ("2", 0), ("2", 1)]
    assert labels(numbers, *steps) == ["1", "1.05", "1.06", "2", "2.05"]


def test_an_overridden_level_replaces_the_definitions_own() -> None:
    level = f'<w:lvl w:ilvl="0">{START}<w:numFmt w:val="upperLetter"/><w:lvlText w:val="%1)"/></w:lvl>'
    numbers = lists([("decimal", "%1.")], override=f'<w:lvlOverride w:ilvl="0">{level}</w:lvlOverride>')
    assert labels(numbers, ("1", 0), ("2", 0)) == ["1.", "B)"]


@pytest.mark.parametrize(("restart", "last"), [("", "1"), ('<w:lvlRestart w:val="0"/>', "2")])
def test_a_level_may_count_on_across_the_ones_above(restart: str, last: str) -> None:
    numbers = lists([("decimal", "%1"), ("decimal", "%2")], extra=restart)
    assert labels(numbers, ("1", 0), ("1", 1), ("1", 0), ("1", 1))[-1] == last


def test_a_list_may_stand_in_a_list_style() -> None:
    numbers = numbers_of(
        f'<w:abstractNum w:abstractNumId="0">{levels_of([("upperRoman", "%1.")], "")}'
        '<w:styleLink w:val="House"/></w:abstractNum>'
        '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="House"/></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    )
    assert labels(numbers, ("2", 0), ("2", 0)) == ["I.", "II."]


def test_a_style_finds_its_level_in_the_list() -> None:
    numbers = numbers_of(
        f'<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">{START}<w:lvlText w:val="%1"/></w:lvl>'
        f'<w:lvl w:ilvl="1">{START}<w:pStyle w:val="Clause"/><w:lvlText w:val="%1.%2"/></w:lvl>'
        "</w:abstractNum>"
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    assert labels(numbers, ("1", None), style="Other") == ["1"]
    assert labels(numbers, ("1", None), style="Clause") == ["1.1"]


def test_a_level_without_a_start_begins_at_zero() -> None:
    numbers = numbers_of(
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:lvlText w:val="%1"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    assert labels(numbers, ("1", 0), ("1", 0)) == ["0", "1"]


def test_bullets_have_no_label_and_unknown_lists_none() -> None:
    numbers = lists([("bullet", "•")])
    found = numbers.next_label(Numbered(list_id="1", level=0, style=""))
    assert found is not None
    assert (found.text, found.is_bullet) == ("", True)
    assert labels(numbers, ("9", 0), ("1", 8)) == ["none", "none"]
    assert labels(ListNumbers(None), ("1", 0)) == ["none"]
    assert numbers.next_label(None) is None


def test_legal_style_writes_all_numbers_in_digits() -> None:
    numbers = lists([("upperRoman", "%1"), ("decimal", "%1.%2")], extra="<w:isLgl/>")
    assert labels(numbers, ("1", 0), ("1", 0), ("1", 1))[-1] == "2.1"
