"""List labels come out as Word shows them."""

from lxml import etree

from bidproof.formats.word.numbering import ListNumbers

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def lists(levels: list[tuple[str, str]], *, override: str = "", extra: str = "") -> ListNumbers:
    inner = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/>'
        f"{extra}</w:lvl>"
        for at, (style, text) in enumerate(levels)
    )
    return ListNumbers(
        etree.fromstring(
            f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">{inner}</w:abstractNum>'
            f'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
            f'<w:num w:numId="2"><w:abstractNumId w:val="0"/>{override}</w:num></w:numbering>'
        )
    )


def labels(numbers: ListNumbers, *steps: tuple[str, int]) -> list[str]:
    found = [numbers.next_label(list_id, level) for list_id, level in steps]
    return [label.text if label is not None else "none" for label in found]


def test_levels_count_on_and_restart_below_a_higher_one() -> None:
    numbers = lists([("decimal", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "(%3)")])
    steps = [("1", 0), ("1", 1), ("1", 2), ("1", 2), ("1", 1), ("1", 2), ("1", 0), ("1", 1)]
    assert labels(numbers, *steps) == ["1.", "1.1", "(a)", "(b)", "1.2", "(a)", "2.", "2.1"]


def test_letters_and_roman_numerals() -> None:
    numbers = lists([("lowerRoman", "%1)"), ("upperLetter", "%2"), ("decimalZero", "%3")])
    assert labels(numbers, *[("1", 0)] * 4) == ["i)", "ii)", "iii)", "iv)"]
    assert labels(numbers, *[("1", 1)] * 27)[-2:] == ["Z", "AA"]
    assert labels(numbers, ("1", 2)) == ["01"]


def test_two_lists_of_one_definition_count_together_unless_one_starts_anew() -> None:
    assert labels(lists([("decimal", "%1")]), ("1", 0), ("2", 0)) == ["1", "2"]
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    assert labels(lists([("decimal", "%1")], override=anew), ("1", 0), ("1", 0), ("2", 0), ("2", 0)) == [
        "1",
        "2",
        "1",
        "2",
    ]


def test_bullets_have_no_label_and_unknown_lists_none() -> None:
    numbers = lists([("bullet", "•")])
    found = numbers.next_label("1", 0)
    assert found is not None
    assert (found.text, found.is_bullet) == ("", True)
    assert numbers.next_label("9", 0) is None
    assert ListNumbers(None).next_label("1", 0) is None


def test_legal_style_writes_all_numbers_in_digits() -> None:
    numbers = lists([("upperRoman", "%1"), ("decimal", "%1.%2")], extra="<w:isLgl/>")
    assert labels(numbers, ("1", 0), ("1", 0), ("1", 1))[-1] == "2.1"
