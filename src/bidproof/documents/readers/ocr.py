"""Words from a page's image, where the ``ocr`` extra is installed."""

# rapidocr is an optional extra without types.
# pyright: reportMissingImports=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportMissingModuleSource=false
# pyright: reportMissingTypeStubs=false, reportArgumentType=false
import importlib.util
from collections.abc import Callable
from typing import Any

import pypdfium2 as pdfium

from bidproof.documents.clean import clean_line
from bidproof.documents.readers.pdf_words import Word

_SCALE = 2.5
_MIN_SCORE = 0.5

Recogniser = Callable[[Any], Any]


def open_recogniser() -> Recogniser | None:
    """Load the text recogniser on first use; None where the extra is not installed."""
    if importlib.util.find_spec("rapidocr") is None:
        return None
    engine: list[Any] = []

    def recognise(image: Any) -> Any:
        if not engine:
            from rapidocr import RapidOCR

            engine.append(RapidOCR())
        return engine[0](image)

    return recognise


def recognise_words(recogniser: Recogniser, page: pdfium.PdfPage) -> list[Word]:
    """Read a page's image; each recognised line counts as one run of words with its box."""
    image = page.render(scale=_SCALE).to_numpy()
    found = recogniser(image)
    boxes, texts, scores = found.boxes, found.txts, found.scores
    if boxes is None or texts is None:
        return []
    words: list[Word] = []
    for box, text, score in zip(boxes, texts, scores or [1.0] * len(texts), strict=False):
        cleaned = clean_line(str(text))
        if not cleaned or float(score) < _MIN_SCORE:
            continue
        xs, ys = [float(point[0]) / _SCALE for point in box], [float(point[1]) / _SCALE for point in box]
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
