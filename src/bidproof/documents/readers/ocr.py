"""Words from a page's image, where the ``ocr`` extra is installed.

The models come inside the package; nothing is fetched when a page is read.
"""

# rapidocr is an optional extra whose results have no useful types.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportMissingModuleSource=false
# pyright: reportMissingTypeStubs=false, reportArgumentType=false, reportAttributeAccessIssue=false
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from bidproof.core.processors import usable_processors
from bidproof.documents.clean import clean_line
from bidproof.documents.readers.pdf.words import Word, page_words

_MAX_SCALE = 2.5
_MAX_SIDE_PX = 2000
"""Longest side of a rendered page: what the models take; bounds memory and time whatever the page's size."""
_MAX_STRETCH = 8.0
_MAX_THREADS = 4
_MIN_SCORE = 0.5
_FEW_WORDS = 3
_FEW_CHARS = 120
_IMAGE = 3


class RecognitionFailed(Exception):
    """The words of one page's image could not be found; the text says why."""


def is_scan(page: pdfium.PdfPage, words: list[Word]) -> bool:
    """Whether a page shows an image and has next to no text of its own."""
    return len(words) <= _FEW_WORDS and any(item.type == _IMAGE for item in page.get_objects(max_depth=3))


def count_scans(path: Path) -> int:
    """Count the pages of a PDF that would be read from their image; 0 where it cannot be opened."""
    try:
        pdf = pdfium.PdfDocument(path)
    except pdfium.PdfiumError:
        return 0
    try:
        return sum(_is_scanned(pdf, index) for index in range(len(pdf)))
    finally:
        pdf.close()


def _is_scanned(pdf: pdfium.PdfDocument, index: int) -> bool:
    try:
        page = pdf[index]
    except pdfium.PdfiumError:
        return False
    text = page.get_textpage()
    is_wordy = text.count_chars() > _FEW_CHARS  # counting is quick, placing words is not
    text.close()
    found = not is_wordy and is_scan(page, page_words(page).words)
    page.close()
    return found


def recognise_words(page: pdfium.PdfPage) -> list[Word]:
    """Read a page's image, top to bottom; words of one line share its box by their length.

    Raises:
        RecognitionFailed: The page is a strip that no scanner makes, the extra
            is broken, or its models failed on this image.
    """
    width, height = page.get_size()
    if max(width, height) > _MAX_STRETCH * min(width, height):
        raise RecognitionFailed("the page is far longer than wide")
    scale = min(_MAX_SCALE, _MAX_SIDE_PX / max(width, height))
    try:
        found = _engine()(page.render(scale=scale).to_numpy())
    except Exception as error:  # the models' errors share no base; one image is lost, not its file
        reason = (str(error).strip().splitlines() or [""])[-1][:160]
        raise RecognitionFailed(f"{type(error).__name__}: {reason}") from error
    return _words(found, scale)


@cache
def _engine() -> Any:
    """The models, loaded once a process."""
    from rapidocr import RapidOCR

    threads = min(_MAX_THREADS, usable_processors())
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        }
    )


def _words(found: Any, scale: float) -> list[Word]:
    boxes, texts, scores = found.boxes, found.txts, found.scores
    if boxes is None or texts is None:
        return []
    words: list[Word] = []
    for box, text, score in zip(boxes, texts, scores or [1.0] * len(texts), strict=False):
        cleaned = clean_line(str(text))
        if not cleaned or float(score) < _MIN_SCORE:
            continue
        xs, ys = [float(point[0]) / scale for point in box], [float(point[1]) / scale for point in box]
        words.extend(_spread(cleaned, min(xs), min(ys), max(xs), max(ys)))
    return words


def _spread(text: str, left: float, top: float, right: float, bottom: float) -> list[Word]:
    """Share a line's box among its words by their length."""
    step = (right - left) / max(1, len(text))
    words: list[Word] = []
    position = 0
    for part in text.split(" "):
        start = left + position * step
        words.append(Word(part, start, top, start + len(part) * step, bottom, bottom - top, False, False))
        position += len(part) + 1
    return words
