"""Collecting a document: what passes the limit on text is left out from there on, and said."""

import pytest

from bidproof.core.records import BlockKind, Box
from bidproof.core.settings import DocumentSettings
from bidproof.documents.builder import TextBuilder

LIMIT = DocumentSettings(max_text_mb=1)
SAID = ("text after the first 1 MB not read: raise documents.max_text_mb",)


def test_a_document_within_the_limit_is_whole_and_says_nothing():
    builder = TextBuilder(LIMIT)
    builder.paragraph("a" * 1_000_000)
    reading = builder.reading(title="t", warnings=("noted",))
    assert (len(reading.text), reading.title, reading.warnings) == (1_000_000, "t", ("noted",))


def test_a_table_over_the_limit_keeps_its_first_rows_whole():
    builder = TextBuilder(LIMIT)
    row = "x" * 99
    box = Box(page=1, left=0, top=0, right=1, bottom=1)
    builder.lines([row] * 20_000, BlockKind.TABLE, page=1, boxes=[box] * 20_000)
    builder.paragraph("after the end")
    reading = builder.reading()
    rows = reading.text.split("\n")
    assert set(rows) == {row}
    assert 10_000 < len(rows) < 11_000
    assert [len(block.boxes) for block in reading.blocks] == [len(rows)]
    assert reading.warnings == SAID


@pytest.mark.parametrize(("text", "count"), [("a", 5_242), ("\u5b89" * 100, 3_495)])
def test_many_small_blocks_and_wide_characters_count_for_what_they_cost(text, count):
    builder = TextBuilder(LIMIT)
    for _ in range(20_000):
        builder.paragraph(text)
    reading = builder.reading()
    assert abs(len(reading.blocks) - count) <= 1
    assert reading.warnings == SAID


def test_a_source_that_is_longer_than_any_text_may_be_is_cut_before_it_is_parsed():
    builder = TextBuilder(LIMIT)
    builder.paragraph(builder.first_of("word " * 300_000)[:100])
    assert builder.reading().warnings == SAID
