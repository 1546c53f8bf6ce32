"""Passages of random documents: offsets agree, blocks are covered, the cap holds."""

import hashlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bidproof.core.ids import document_id
from bidproof.core.records import BlockKind, Document, Span
from bidproof.core.settings import DocumentSettings
from bidproof.documents.builder import TextBuilder
from bidproof.documents.clean import clean_text
from bidproof.documents.locations import span_boxes
from bidproof.documents.passages import split_document
from bidproof.language.tokens import count_tokens

_SAMPLE = """access data key backup is the encrypted daily 27,502 § naïve 東京都
supercalifragilisticexpialidocious
AES-256 e.g. v1.2.3 ☃ \ufffd \u200b | - 1. Yes. No! (a) end."""
WORDS = st.sampled_from(_SAMPLE.split())
LINES = st.lists(WORDS, min_size=1, max_size=60).map(" ".join)


@st.composite
def documents(draw) -> Document:
    builder = TextBuilder(DocumentSettings())
    for _ in range(draw(st.integers(0, 14))):
        match draw(st.integers(0, 4)):
            case 0:
                builder.heading(draw(LINES), level=draw(st.integers(1, 4)))
            case 1:
                builder.paragraph(draw(LINES))
            case 2:
                builder.list_items(draw(st.lists(LINES, max_size=8)))
            case 3:
                rows = draw(st.lists(st.lists(LINES, min_size=1, max_size=4), max_size=12))
                builder.table(rows, header_rows=draw(st.integers(0, 3)))
            case _:
                builder.code("\n".join(draw(st.lists(LINES, max_size=6))))
    return Document(
        id=document_id("a.md"),
        path="a.md",
        source="/a.md",
        content_hash=hashlib.sha256(builder.text.encode()).hexdigest(),
        media_type="text/markdown",
        title="A",
        text=builder.text,
        blocks=builder.blocks,
    )


def embed(texts):
    """Unit vectors that depend on the text alone."""
    rows = [
        np.frombuffer(hashlib.sha256(text.encode("utf-8", "replace")).digest(), dtype=np.uint8)
        for text in texts
    ]
    vectors = np.stack(rows).astype(np.float32) - 128
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


CHUNKERS = [
    DocumentSettings(chunking="structural", max_tokens=40),
    DocumentSettings(chunking="fixed", max_tokens=40, overlap_tokens=10),
    DocumentSettings(chunking="semantic", max_tokens=40),
]


@pytest.mark.parametrize("chosen", CHUNKERS, ids=lambda chosen: chosen.chunking)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=documents())
def test_passages_agree_with_the_text_and_cover_it(chosen, document):
    passages = split_document(document, settings=chosen, embed=embed)

    covered = bytearray(len(document.text))
    for passage in passages:
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.text.strip()
        assert count_tokens(passage.located_text) <= chosen.max_tokens
        covered[passage.start : passage.end] = b"\x01" * (passage.end - passage.start)
    missed = "".join(
        sign
        for sign, is_covered in zip(document.text, covered, strict=True)
        if not is_covered and not sign.isspace()
    )
    assert missed == ""
    assert len({passage.id for passage in passages}) == len(passages)
    starts = [passage.start for passage in passages]
    assert starts == sorted(starts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=documents())
def test_no_structural_passage_crosses_a_heading_of_higher_rank(document):
    for passage in split_document(document, settings=CHUNKERS[0]):
        inside = [block for block in document.blocks if passage.start <= block.start < passage.end]
        levels = [block.level for block in inside if block.kind is BlockKind.HEADING]
        assert all(level >= levels[0] for level in levels)
        if inside and inside[0].kind is not BlockKind.HEADING and levels:
            before = [
                block.level
                for block in document.blocks
                if block.kind is BlockKind.HEADING and block.start < passage.start
            ]
            assert not before


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=documents())
def test_splitting_twice_gives_the_same_ids(document):
    one, other = (split_document(document, settings=CHUNKERS[0]) for _ in range(2))

    assert [passage.id for passage in one] == [passage.id for passage in other]


@given(text=st.text(max_size=300))
def test_cleaning_twice_changes_nothing_more(text):
    once = clean_text(text)

    assert clean_text(once) == once


@given(lines=st.lists(LINES, min_size=1, max_size=6), data=st.data())
def test_boxes_of_a_span_stay_inside_their_lines(lines, data):
    from bidproof.core.records import Box

    builder = TextBuilder(DocumentSettings())
    boxes = [Box(page=1, left=50, top=10.0 * n, right=450, bottom=10.0 * n + 8) for n in range(len(lines))]
    builder.lines(lines, BlockKind.PARAGRAPH, page=1, boxes=boxes)
    document = Document(
        id=document_id("a.pdf"),
        path="a.pdf",
        source="/a.pdf",
        content_hash="0",
        media_type="application/pdf",
        title="A",
        text=builder.text,
        blocks=builder.blocks,
    )
    start = data.draw(st.integers(0, len(document.text)))
    end = data.draw(st.integers(start, len(document.text)))
    found = span_boxes(document, Span(start=start, end=end))
    touched = document.text[start:end].count("\n") + 1

    assert len(found) <= touched
    for box in found:
        assert 50 <= box.left <= box.right <= 450
        assert box.top in {line.top for line in document.blocks[0].boxes}
