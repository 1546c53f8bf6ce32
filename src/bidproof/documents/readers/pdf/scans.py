"""Reads a PDF's scanned pages from their image, and keeps account of those it could not."""

# pypdfium2 ships no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
from collections.abc import Collection

import pypdfium2 as pdfium

from bidproof.core.settings import DocumentSettings
from bidproof.documents.readers.ocr import RecognitionFailed, is_scan, recognise_words
from bidproof.documents.readers.pdf.words import PageWords, Word
from bidproof.documents.scans import is_ocr_installed

_SHOWN = 10


class PageScans:
    """The scanned pages of one file; ``recognised`` holds the numbers of those that were read."""

    def __init__(self, settings: DocumentSettings) -> None:
        self.recognised: set[int] = set()
        self._settings = settings
        self._has_ocr = settings.ocr and is_ocr_installed()
        self._tried = 0
        self._layered: list[int] = []
        self._unread: list[int] = []
        self._over: list[int] = []
        self._wordless: list[int] = []
        self._failed: dict[str, list[int]] = {}

    def words(self, page: pdfium.PdfPage, number: int, found: PageWords) -> list[Word]:
        """The page's own words; where it is a scan, those in its image if they are more."""
        words = found.words
        if found.is_layer and words:
            self._layered.append(number)
        if not is_scan(page, words):
            return words
        recognised = self._recognise(page, number, is_blank=not words)
        if len(recognised) <= len(words):
            return words
        self.recognised.add(number)
        return recognised

    def is_scan(self, number: int) -> bool:
        """Whether a page is a picture of text, of which one of the warnings tells."""
        several = (self._layered, self._unread, self._over, self._wordless, *self._failed.values())
        return number in self.recognised or any(number in numbers for numbers in several)

    def warnings(self) -> tuple[str, ...]:
        """One line for each way in which a scanned page was or was not read."""
        advice = ": the ocr extra is not installed" if self._settings.ocr else ""
        limit = self._settings.max_ocr_pages
        said = (
            (self.recognised, "read from the image: check quotes against the page"),
            (self._layered, "read from the hidden text of a scan: check quotes against the page"),
            (self._unread, f"without a text layer, not read{advice}"),
            (self._over, f"without a text layer, not read: over {limit}, raise documents.max_ocr_pages"),
            (self._wordless, "without a text layer: no words found in the image"),
            *((numbers, f"not read from the image ({why})") for why, numbers in self._failed.items()),
        )
        return tuple(f"{page_list(numbers)} {text}" for numbers, text in said if numbers)

    def _recognise(self, page: pdfium.PdfPage, number: int, *, is_blank: bool) -> list[Word]:
        if not self._has_ocr:
            if is_blank:
                self._unread.append(number)
            return []
        if self._tried >= self._settings.max_ocr_pages:
            self._over.append(number)
            return []
        self._tried += 1
        try:
            found = recognise_words(page)
        except RecognitionFailed as error:
            self._failed.setdefault(str(error), []).append(number)
            return []
        if not found and is_blank:
            self._wordless.append(number)
        return found


def page_list(numbers: Collection[int]) -> str:
    """Name pages: ``page 4``, or ``pages 1, 2, …`` with at most ten numbers."""
    ordered = sorted(numbers)
    shown = ", ".join(map(str, ordered[:_SHOWN])) + (", …" if len(ordered) > _SHOWN else "")
    return f"page {shown}" if len(ordered) == 1 else f"pages {shown}"
