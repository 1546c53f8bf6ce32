"""Slides: one page each, title first, then shapes from top to bottom, then the notes."""

# python-pptx ships without complete types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
from collections.abc import Iterator
from io import BytesIO
from itertools import groupby
from typing import Any
from zipfile import BadZipFile

import pptx
from lxml import etree
from pptx.exc import PythonPptxError
from pptx.util import Pt

from bidproof.core.errors import UnreadableFile
from bidproof.core.records import BlockKind
from bidproof.documents.builder import TextBuilder
from bidproof.documents.clean import clean_line
from bidproof.documents.notes import link_suffix
from bidproof.documents.protocol import Reading, SourceFile
from bidproof.documents.readers.office import read_properties
from bidproof.documents.readers.pptx_comments import SlideComments
from bidproof.documents.readers.pptx_unseen import SlideGround
from bidproof.documents.titles import first_meaningful
from bidproof.formats.zip.package import package_of

_MAX_DEPTH = 20
_ROW = Pt(12)
_GRAPHIC = "self::p:graphicFrame/a:graphic/a:graphicData"
_UNREAD = (
    ("image", "self::p:pic[not(p:nvPicPr/p:nvPr/a:videoFile or p:nvPicPr/p:nvPr/a:audioFile)]"),
    ("video", "self::p:pic/p:nvPicPr/p:nvPr/a:videoFile"),
    ("chart", f"{_GRAPHIC}[contains(@uri, '/chart')]"),
    ("diagram", f"{_GRAPHIC}[contains(@uri, '/diagram')]"),
    ("embedded file", f"{_GRAPHIC}[contains(@uri, '/ole')]"),
)
_DAMAGE = (PythonPptxError, BadZipFile, etree.LxmlError, LookupError, ValueError, TypeError, AttributeError)
"""What python-pptx raises for a damaged part, when the part is first looked at."""


class PptxReader:
    """Reads ``.pptx``; hidden slides are left out."""

    def read(self, file: SourceFile) -> Reading:
        """Read a presentation.

        Raises:
            UnreadableFile: ``corrupt-file`` or ``too-many-pages``.
        """
        try:
            return _read(file, pptx.Presentation(BytesIO(file.data)))
        except _DAMAGE as error:
            raise UnreadableFile(
                f"cannot read {file.name!r}: found a damaged PowerPoint file ({error}), expected a whole one",
                hint="open it in PowerPoint and save it again",
                code="corrupt-file",
            ) from error


def _read(file: SourceFile, presentation: Any) -> Reading:
    slides = list(presentation.slides)
    if len(slides) > file.settings.max_pages:
        raise UnreadableFile(
            f"cannot read {file.name!r}: found {len(slides)} slides, expected at most "
            f"{file.settings.max_pages}",
            hint="raise documents.max_pages, or split the file",
            code="too-many-pages",
        )
    builder = TextBuilder(file.settings)
    comments = SlideComments(package_of(file.name, file.data))
    for number, slide in enumerate(slides, start=1):
        start = builder.position
        if slide.element.get("show") in ("0", "false"):
            builder.miss("hidden slide")
        else:
            _add_slide(builder, slide, number, comments)
        builder.close_page(number, start=start)
    properties = read_properties(file)
    return builder.reading(
        title=first_meaningful(builder.first_heading, properties.title),
        written=properties.written,
    )


def _add_slide(builder: TextBuilder, slide: Any, number: int, comments: SlideComments) -> None:
    title = slide.shapes.title
    every = list(_shapes(slide.shapes, 0))
    ground = SlideGround(slide, every)
    if title is not None and title.has_text_frame:
        name = clean_line(" ".join(_seen_lines(builder, title, ground, number)))
        builder.lines([name], BlockKind.HEADING, page=number, level=1 if number == 1 else 2)
    shapes = [shape for shape in every if title is None or shape.shape_id != title.shape_id]
    for shape in sorted(shapes, key=_place):
        _add_shape(builder, shape, ground, number)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None:
        said = [line for line in notes.text.split("\n") if line.strip()]
        builder.lines(
            [f"Speaker notes: {said[0]}", *said[1:]] if said else [], BlockKind.PARAGRAPH, page=number
        )
    for comment in comments.of(slide):
        builder.lines([comment], BlockKind.PARAGRAPH, page=number)


def _shapes(shapes: Any, depth: int) -> Iterator[Any]:
    for shape in shapes:
        if shape.element.xpath(".//p:cNvPr[@hidden='1']") and not hasattr(shape, "shapes"):
            continue
        if hasattr(shape, "shapes") and depth < _MAX_DEPTH:
            yield from _shapes(shape.shapes, depth + 1)
        else:
            yield shape


def _place(shape: Any) -> tuple[int, int]:
    return int(shape.top or 0) // _ROW, int(shape.left or 0)


def _seen_lines(builder: TextBuilder, shape: Any, ground: SlideGround, number: int) -> list[str]:
    """What is seen of a shape's paragraphs; the rest is noted."""
    if ground.is_off(shape):
        builder.hide([shape.text_frame.text], page=number)
        return []
    _write_targets(shape.text_frame)
    parts = [ground.split(shape, paragraph) for paragraph in shape.text_frame.paragraphs]
    builder.hide([unseen for _, unseen in parts], page=number)
    return [seen for seen, _ in parts if seen.strip()]


def _text(cell: Any) -> str:
    _write_targets(cell.text_frame)
    return cell.text_frame.text


def _write_targets(frame: Any) -> None:
    """Write the target of each link behind its words."""
    for paragraph in frame.paragraphs:
        for target, runs in groupby(paragraph.runs, key=lambda run: run.hyperlink.address):
            pieces = list(runs) if target else []
            if suffix := link_suffix("".join(run.text for run in pieces), target or ""):
                pieces[-1].text += suffix


def _add_shape(builder: TextBuilder, shape: Any, ground: SlideGround, number: int) -> None:
    for kind, path in _UNREAD:
        builder.miss(kind, int(bool(shape.element.xpath(path))))
    if getattr(shape, "has_table", False):
        rows: list[list[str]] = []
        for row in shape.table.rows:
            above = rows[-1] if rows else []
            cells = enumerate(row.cells)
            rows.append([above[at] if cell._tc.vMerge and above else _text(cell) for at, cell in cells])
        builder.table(rows, header_rows=1 if shape.table.first_row else 0, page=number)
    elif getattr(shape, "has_text_frame", False):
        kept = _seen_lines(builder, shape, ground, number)
        builder.lines(kept, BlockKind.LIST if len(kept) > 1 else BlockKind.PARAGRAPH, page=number)
