"""Formats marked as text are added behind the others, whatever the writer of the styles did."""

import pytest

from bidproof.questionnaires.excel.quoted import QuotedFormats

PLAIN = '<xf numFmtId="0"/>'
ALIGNED = '<xf numFmtId="9" quotePrefix="0"><alignment wrapText="1"/></xf>'


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_a_marked_copy_is_added_once_and_counted(prefix: str) -> None:
    inner = (PLAIN + ALIGNED).replace("<xf", f"<{prefix}xf").replace("</xf", f"</{prefix}xf")
    before = f'<a/><{prefix}cellXfs count="2">{inner}</{prefix}cellXfs><cellStyles/>'
    formats = QuotedFormats(before.encode())
    assert [formats.of(number) for number in (1, 0, 1)] == [2, 3, 2]
    added = (
        f'<{prefix}xf quotePrefix="1" numFmtId="9"><alignment wrapText="1"/></{prefix}xf>'
        f'<{prefix}xf quotePrefix="1" numFmtId="0"/>'
    )
    after = before.replace('count="2"', 'count="4"').replace(
        f"</{prefix}cellXfs>", f"{added}</{prefix}cellXfs>"
    )
    assert formats.part() == after.encode()


@pytest.mark.parametrize(
    ("styles", "number"),
    [
        ("", 0),
        ("<cellXfs/>", 0),
        (f"<cellXfs>{PLAIN}</cellXfs>", 7),
        ('<cellXfs><xf quotePrefix="1"/></cellXfs>', 0),
        ("<cellXfs><xf quotePrefix='true'/></cellXfs>", 0),
    ],
)
def test_what_is_marked_or_unknown_stays(styles: str, number: int) -> None:
    formats = QuotedFormats(styles.encode())
    assert formats.of(number) == number
    assert formats.part() is None
