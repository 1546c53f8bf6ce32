from bidproof.core.ids import document_id
from bidproof.core.records import Block, BlockKind, Document, Span
from bidproof.reports.answers.passages import RowView, heading_path, surroundings


def make_document(*parts: tuple[BlockKind, str], header_rows: int = 0) -> Document:
    blocks: list[Block] = []
    text = ""
    for kind, words in parts:
        text += "\n\n" if text else ""
        is_table, is_heading = kind is BlockKind.TABLE, kind is BlockKind.HEADING
        blocks.append(
            Block(
                kind=kind,
                start=len(text),
                end=len(text) + len(words),
                level=1 if is_heading else None,
                header_rows=header_rows if is_table else 0,
            )
        )
        text += words
    return Document(
        id=document_id("a.md"),
        path="a.md",
        source="/a.md",
        content_hash="",
        media_type="text/markdown",
        title="A",
        text=text,
        blocks=tuple(blocks),
    )


def span_of(document: Document, quote: str) -> Span:
    start = document.text.index(quote)
    return Span(start=start, end=start + len(quote))


def row_text(row: RowView) -> str:
    return " | ".join("".join(segment.text for segment in cell) for cell in row.cells)


def quoted(rows: tuple[RowView, ...]) -> list[str]:
    return [segment.text for row in rows for cell in row.cells for segment in cell if segment.is_quote]


def test_a_table_shows_its_header_and_the_rows_near_the_quote() -> None:
    body = "\n".join(["Grade | Days", *(f"G{index} | {index * 7} days" for index in range(1, 12))])
    document = make_document((BlockKind.TABLE, body), header_rows=1)
    (view,) = surroundings([span_of(document, "G6 | 42 days")], document, passage=None)
    assert [row_text(row) for row in view.rows] == [
        "Grade | Days",
        "…",
        "G4 | 28 days",
        "G5 | 35 days",
        "G6 | 42 days",
        "G7 | 49 days",
        "G8 | 56 days",
        "…",
    ]
    assert view.rows[0].is_header
    assert quoted(view.rows) == ["G6", "42 days"]


def test_a_long_paragraph_is_cut_between_words_around_the_quote() -> None:
    document = make_document(
        (BlockKind.PARAGRAPH, "before " * 200 + "The key phrase stands here." + " after" * 200)
    )
    (view,) = surroundings([span_of(document, "The key phrase stands here.")], document, passage=None)
    words = row_text(view.rows[0])
    assert words.startswith("… before before")
    assert words.endswith("after after …")
    assert len(words) < 800
    assert quoted(view.rows) == ["The key phrase stands here."]


def test_quotes_far_apart_do_not_bring_everything_between_them() -> None:
    rows = "\n".join(f"G{index} | {index} days" for index in range(1, 900))
    document = make_document(
        (BlockKind.TABLE, rows), (BlockKind.PARAGRAPH, "First. " + "x " * 5000 + "Last.")
    )
    spans = [span_of(document, words) for words in ("G3 | 3 days", "G880 | 880 days", "First.", "Last.")]
    table, paragraph = surroundings(spans, document, passage=None)
    assert len(table.rows) == 5 + 1 + 5 + 1
    assert quoted(table.rows) == ["G3", "3 days", "G880", "880 days"]
    assert quoted(paragraph.rows) == ["First.", "Last."]
    assert len(row_text(paragraph.rows[0])) < 1000


def test_wrapped_list_lines_join_their_item() -> None:
    document = make_document((BlockKind.LIST, "• first item that\nwraps\n• second item"))
    (view,) = surroundings([span_of(document, "item that\nwraps")], document, passage=None)
    assert [row_text(row) for row in view.rows] == ["• first item that wraps", "• second item"]
    assert quoted(view.rows) == ["item that wraps"]


def test_two_quotes_of_one_paragraph_are_both_marked_and_overlaps_are_joined() -> None:
    document = make_document((BlockKind.PARAGRAPH, "One is here. Two is there. Three is gone."))
    spans = [span_of(document, "Two is"), span_of(document, "One is here."), span_of(document, "is there.")]
    (view,) = surroundings(spans, document, passage=None)
    assert quoted(view.rows) == ["One is here.", "Two is there."]


def test_a_quote_over_two_blocks_is_marked_in_both() -> None:
    document = make_document((BlockKind.PARAGRAPH, "Alpha beta."), (BlockKind.PARAGRAPH, "Gamma delta."))
    views = surroundings([Span(start=6, end=18)], document, passage=None)
    assert [quoted(view.rows) for view in views] == [["beta."], ["Gamma"]]


def test_the_heading_path_follows_ranks() -> None:
    document = make_document(
        (BlockKind.HEADING, "One"),
        (BlockKind.PARAGRAPH, "x"),
        (BlockKind.HEADING, "Two"),
        (BlockKind.PARAGRAPH, "y"),
    )
    assert heading_path(document, document.text.index("y")) == ("Two",)
