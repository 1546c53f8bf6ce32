"""Bring past answers into the answer library, write one down, change one."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bidproof.core.options import option


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryImportRequest:
    """Completed questionnaires whose answers are approved."""

    files: tuple[Path, ...]
    approver: str = option(help="Who stands behind the answers.")
    answered_on: date | None = option(None, help="The day of the answers. [default: the file's own date]")
    mapping: Path | None = option(None, help="A corrected mapping, for one file; see bidproof inspect.")
    scope: tuple[str, ...] = option((), help="A product, region or other that the answers hold for alone.")
    expires: date | None = option(None, help="Last day on which the answers may be used again.")
    tags: tuple[str, ...] = option((), flags=("--tag",), help="Tag every answer brought in.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryCalibrateRequest:
    """Pairs of a new and a past question, each with whether the past answer answers the new one."""

    pairs: Path
    precision: float = option(
        0.9, above=0, most=1, help="Least share of written past answers that have to be right."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryAddRequest:
    """One approved answer."""

    question: str = option(help="The question, as it is asked.")
    approver: str = option(help="Who stands behind the answer.")
    answer: str = option("", help="The answer's text.")
    choice: str = option("", help="The choice, such as Yes.")
    answered_on: date | None = option(None, help="The day of the answer. [default: today]")
    expires: date | None = option(None, help="Last day on which it may be used again.")
    scope: tuple[str, ...] = option((), help="A product, region or other that it holds for alone.")
    tags: tuple[str, ...] = option((), flags=("--tag",), help="Tag it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryEditRequest:
    """What to change of one approved answer; what is None or empty stays."""

    entry: int
    approver: str = option(help="Who stands behind the change.")
    question: str = option("", help="The question.")
    answer: str = option("", help="The answer's text.")
    choice: str = option("", help="The choice.")
    expires: date | None = option(None, help="Last day on which it may be used again.")
    scope: tuple[str, ...] = option((), help="A product, region or other that it holds for alone.")
    tags: tuple[str, ...] = option((), flags=("--tag",), help="Its tags.")
