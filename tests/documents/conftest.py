"""Reads a file built in a test, in this process, as a guarded child would."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bidproof.core.records import Block, BlockKind, Document
from bidproof.core.settings import DocumentSettings
from bidproof.documents.parse import ParseRequest, parse_document

Read = Callable[..., Document]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read_bytes(name: str, data: bytes | str, **changes: object) -> Document:
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        settings = DocumentSettings(**changes)  # type: ignore[arg-type]
        document = parse_document(ParseRequest(path=path, name=name, settings=settings))
        check_blocks(document)
        return document

    return read_bytes


def check_blocks(document: Document) -> None:
    """Blocks are ordered, apart, cover every visible character, and have one box a line."""
    position = 0
    for block in document.blocks:
        assert document.text[position : block.start].strip() == ""
        assert block.start < block.end
        text = document.text[block.start : block.end]
        assert text == text.strip()
        if block.boxes:
            assert len(block.boxes) == text.count("\n") + 1
        position = block.end
    assert document.text[position:].strip() == ""


@pytest.fixture
def shown() -> Callable[[Document], list[tuple[str, str]]]:
    """Blocks as (kind with a heading's level, text)."""

    def show(document: Document) -> list[tuple[str, str]]:
        return [(_kind(block), document.text[block.start : block.end]) for block in document.blocks]

    return show


def _kind(block: Block) -> str:
    return f"heading {block.level}" if block.kind is BlockKind.HEADING else str(block.kind)
