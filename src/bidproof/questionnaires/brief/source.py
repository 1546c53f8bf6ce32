"""One file of a brief: its units, its language, and how a place in it is named."""

from bisect import bisect_right
from dataclasses import dataclass

from bidproof.core.records import Document, Span
from bidproof.language.detect import guess_language
from bidproof.questionnaires.brief.dates import numeric_orders
from bidproof.questionnaires.brief.records import BriefFile, Place
from bidproof.questionnaires.brief.units import Unit, document_units
from bidproof.questionnaires.requirements.reader import states_obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document with what is read from it; ``day_first`` says how ``03/04/2026`` is meant."""

    document: Document
    units: tuple[Unit, ...]
    language: str
    day_first: bool | None

    def place(self, unit: Unit, span: Span | None = None) -> Place:
        """Where a unit stands, or characters that begin in it."""
        span = span or unit.quote
        return Place(
            file=self.document.path,
            start=span.start,
            end=span.end,
            page=unit.page,
            section=unit.heading,
            paragraph=unit.paragraph,
        )

    def quote(self, span: Span) -> str:
        """The words at a place, white space folded."""
        return " ".join(self.document.text[span.start : span.end].split())

    def unit_at(self, position: int) -> Unit:
        """The unit that a character stands in, or the last one before it."""
        at = bisect_right(self.units, position, key=lambda unit: unit.start)
        return self.units[max(0, at - 1)]

    def summary(self) -> BriefFile:
        """What the head of a brief says of the file."""
        obligations = (states_obligation(unit.text) for unit in self.units if unit.kind != "heading")
        return BriefFile(
            name=self.document.path,
            title=self.document.title,
            language=self.language,
            pages=len(self.document.pages),
            mandatory=sum(1 for item in obligations if item is not None and item.is_mandatory),
            warnings=self.document.warnings,
        )


def open_source(document: Document) -> Source:
    """Read a document for a brief."""
    language = guess_language(document.text)
    orders = numeric_orders(document.text.replace("\n", " "))
    day_first = next(iter(orders)) if len(orders) == 1 else None
    if day_first is None and language not in ("en", "unknown"):
        day_first = True
    return Source(document=document, units=document_units(document), language=language, day_first=day_first)
