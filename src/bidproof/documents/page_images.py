"""Pictures of PDF pages with the quoted words marked."""

# pypdfium2 and pillow leave bitmap types partly unknown.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportArgumentType=false
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageDraw

from bidproof.core.errors import UnreadableFile
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.records import Box

_MARK = (255, 236, 128)
_PADDING = 1.0
_MAX_PIXELS = 40_000_000


def render_page(source: Path, *, page: int, highlights: Sequence[Box], scale: float) -> bytes:
    """Draw one page as a PNG, highlights as a marker pen would leave them.

    Args:
        source: A PDF.
        page: From 1.
        highlights: Boxes of any pages; those of other pages are left out.
        scale: Pixels for each point; 2.0 reads well on a screen. Lowered where
            the picture would pass 40 million pixels.

    Raises:
        UnreadableFile: The file or the page cannot be read.
    """
    try:
        pdf = pdfium.PdfDocument(source)
    except (pdfium.PdfiumError, OSError) as error:
        raise _unreadable(source, page, str(error)) from error
    try:
        if not 1 <= page <= len(pdf):
            raise _unreadable(source, page, f"{len(pdf)} pages")
        sheet = pdf[page - 1]
        width, height = sheet.get_size()
        scale = min(scale, (_MAX_PIXELS / max(1.0, width * height)) ** 0.5)
        picture = sheet.render(scale=scale).to_pil().convert("RGB")
    except pdfium.PdfiumError as error:
        raise _unreadable(source, page, str(error)) from error
    finally:
        pdf.close()
    return _png(_marked(picture, [box for box in highlights if box.page == page], scale))


def _marked(picture: Image.Image, boxes: Sequence[Box], scale: float) -> Image.Image:
    if not boxes:
        return picture
    layer = Image.new("RGB", picture.size, (255, 255, 255))
    pen = ImageDraw.Draw(layer)
    for box in boxes:
        corners = (box.left - _PADDING, box.top - _PADDING, box.right + _PADDING, box.bottom + _PADDING)
        pen.rectangle([corner * scale for corner in corners], fill=_MARK)
    return ImageChops.multiply(picture, layer)


def _png(picture: Image.Image) -> bytes:
    stream = BytesIO()
    picture.save(stream, format="PNG", optimize=False, compress_level=6)
    return stream.getvalue()


def _unreadable(source: Path, page: int, found: str) -> UnreadableFile:
    return UnreadableFile(
        f"cannot draw page {page} of {source.name!r}: found {found}, expected that page",
        hint=NextStep("the file may have changed: bring it in again", Action.INGEST),
        code="no-such-page",
    )
