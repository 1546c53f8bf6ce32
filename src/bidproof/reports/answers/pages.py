"""Pictures of cited PDF pages, each made once, and the places of quotes on them.

A picture is made only while the source file is the one that was read: its
hash is compared first. Pages are drawn in a guarded child process, as they
are read.
"""

import base64
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Protocol, Self

from PIL import Image

from bidproof.core.errors import BidproofError
from bidproof.core.files import text_path
from bidproof.core.ids import DocumentId
from bidproof.core.records import Box, Document, Trust
from bidproof.formats.guarded.guard import GuardedWorker, Limits

SCALE = 110 / 72
"""Pixels for each PDF point: 110 dots an inch, legible on a screen."""

MAX_PAGES = 120
MAX_BYTES = 24 * 1024 * 1024
PALETTE_COLOURS = 128
CROP_MARGIN = 70.0
SIDE_MARGIN = 16.0
LEAST_CROP = 170.0

PDF = "application/pdf"

SourceState = Literal["same", "changed", "missing"]
_LIMITS = Limits(cpu_s=20, wall_s=40.0, memory_mb=2048)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """Which page of which file to draw."""

    source: str
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawn page: a PNG in base64, and its size in PDF points."""

    png: str
    width: float
    height: float


class PageArtist(Protocol):
    """Draws pages."""

    def draw(self, request: PageRequest) -> Picture:
        """Draw one page, raising ``BidproofError`` where it cannot be drawn."""
        ...


class GuardedArtist:
    """Draws pages in a child process that is started with the first page."""

    def __init__(self) -> None:
        self._worker = GuardedWorker(memory_mb=_LIMITS.memory_mb)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.close()

    def draw(self, request: PageRequest) -> Picture:
        """Draw one page within limits of time and memory."""
        return self._worker.call(draw_page, request, limits=_LIMITS, label=request.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageImage:
    """One page of one document; ``width`` and ``height`` are PDF points, ``href`` a data URI."""

    anchor: str
    href: str
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The part of a page to show, in PDF points."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFigure:
    """A page with the places of a quote on it, and the part of it to show first."""

    image: PageImage
    page: int
    boxes: tuple[Box, ...]
    crop: Frame

    @property
    def is_whole(self) -> bool:
        """Whether the crop already shows the whole page."""
        return self.crop.height >= self.image.height


class Sources:
    """Says whether the files that documents were read from are still the same; hashes each once."""

    def __init__(self) -> None:
        """Start with nothing checked."""
        self._states: dict[DocumentId, SourceState] = {}

    def state(self, document: Document) -> SourceState:
        """Compare a document's file with what was read from it."""
        if document.id not in self._states:
            self._states[document.id] = _source_state(document)
        return self._states[document.id]


class PageAlbum:
    """Makes each page's picture once, up to a number of pages and bytes.

    Args:
        artist: Draws the pages.
        max_pages: Distinct pages that one report may hold.
        max_bytes: Size of all pictures together.
    """

    def __init__(self, artist: PageArtist, *, max_pages: int = MAX_PAGES, max_bytes: int = MAX_BYTES) -> None:
        self._artist = artist
        self._max_pages = max_pages
        self._bytes_left = max_bytes
        self._pages: dict[tuple[DocumentId, int], PageImage | None] = {}
        self.left_out: set[tuple[DocumentId, int]] = set()

    @property
    def images(self) -> tuple[PageImage, ...]:
        """Every picture made so far, in the order of first use."""
        return tuple(image for image in self._pages.values() if image is not None)

    def page(self, document: Document, page: int) -> PageImage | None:
        """The picture of a page; None when it cannot be drawn or the report is full."""
        key = (document.id, page)
        if key not in self._pages:
            if len(self.images) >= self._max_pages or self._bytes_left <= 0:
                self.left_out.add(key)
                return None
            self._pages[key] = self._draw(document, page)
        return self._pages[key]

    def _draw(self, document: Document, page: int) -> PageImage | None:
        try:
            picture = self._artist.draw(PageRequest(source=document.source, page=page))
        except BidproofError:
            return None
        self._bytes_left -= len(picture.png)
        return PageImage(
            anchor=f"page-{len(self._pages) + 1}",
            href=f"data:image/png;base64,{picture.png}",
            width=picture.width,
            height=picture.height,
        )


def make_figure(document: Document, image: PageImage, *, page: int, boxes: Sequence[Box]) -> PageFigure:
    """Frame the quote on its page: the width of the text, with some lines above and below.

    The whole page where the place of the quote is not known.
    """
    own = tuple(box for box in boxes if box.page == page)
    if not own:
        whole = Frame(left=0.0, top=0.0, width=image.width, height=image.height)
        return PageFigure(image=image, page=page, boxes=(), crop=whole)
    text = [box for block in document.blocks for box in block.boxes if box.page == page]
    left = max(0.0, min(box.left for box in (*own, *text)) - SIDE_MARGIN)
    right = min(image.width, max(box.right for box in (*own, *text)) + SIDE_MARGIN)
    top = min(box.top for box in own) - CROP_MARGIN
    bottom = max(box.bottom for box in own) + CROP_MARGIN
    lack = max(0.0, LEAST_CROP - (bottom - top)) / 2
    top, bottom = max(0.0, top - lack), min(image.height, bottom + lack)
    crop = Frame(
        left=round(left, 1),
        top=round(top, 1),
        width=round(max(right - left, 1.0), 1),
        height=round(max(bottom - top, 1.0), 1),
    )
    return PageFigure(image=image, page=page, boxes=own, crop=crop)


def _source_state(document: Document) -> SourceState:
    if document.trust is Trust.APPROVED_ANSWER:
        return "same"  # of the answer library: there is no file behind it
    try:
        with text_path(document.source).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return "missing"
    return "same" if found == document.content_hash else "changed"


def draw_page(request: PageRequest) -> Picture:
    """Draw a page and store it with few colours: a third of the size, and text stays sharp.

    Raises:
        UnreadableFile: The file or the page cannot be read.
    """
    from bidproof.documents.page_images import render_page

    png = render_page(text_path(request.source), page=request.page, highlights=(), scale=SCALE)
    with Image.open(io.BytesIO(png)) as picture:
        out = io.BytesIO()
        picture.convert("RGB").quantize(
            PALETTE_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
        ).save(out, "PNG")
        return Picture(
            png=base64.b64encode(out.getvalue()).decode("ascii"),
            width=round(picture.width / SCALE, 2),
            height=round(picture.height / SCALE, 2),
        )
