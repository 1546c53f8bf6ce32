"""Bring documents in, answer one question, fill in a questionnaire, learn from it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bidproof.core.choices import EvidenceMode, WriteMode
from bidproof.core.options import option


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestRequest:
    """Folders and files to bring in; with ``waits``, another bidproof that writes is waited for."""

    roots: tuple[Path, ...]
    tags: tuple[str, ...] = option((), flags=("--tag",), help="Tag every document brought in.")
    retry_failed: bool = option(False, help="Read files and pages again that were left out.")
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRequest:
    """One question; ``options`` makes it a choice, ``docs`` are brought in and searched alone."""

    text: str
    docs: tuple[Path, ...] = option((), help="Bring these in and use only them.")
    options: tuple[str, ...] = option((), flags=("--option",), help="An allowed choice; repeat for each.")
    section: str = option("", help="The section the question stands in.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRequest:
    """One questionnaire to fill in.

    Without ``docs`` everything in the workspace is evidence. ``out`` is None to write into the
    current folder as ``NAME.answered.EXT``.
    """

    questionnaire: Path
    docs: tuple[Path, ...] = option((), help="Bring these in and use only them.")
    out: Path | None = option(None, flags=("-o", "--out"), help="Where the filled file goes.")
    mapping: Path | None = option(None, help="A corrected mapping; see bidproof inspect.")
    map_with_model: bool | None = option(
        None,
        flags=("--map-with-model/--no-map-with-model",),
        help="Ask the model what the columns are for. [default: where one is set and the evidence disagrees]",
    )
    evidence: EvidenceMode = option(
        "auto",
        help="Where citations go: into an evidence column that the form has (auto), with their quotes into "
        "the file's own columns (column) or an added sheet (sheet), or nowhere (none).",
    )
    write: WriteMode = option(
        "drafts", help="What is written: drafts alone, or suggestions too; both stand in the report."
    )
    amends: Path | None = option(
        None, metavar="ANSWERED", help="The answered file of an earlier version, whose answers carry over."
    )
    scope: tuple[str, ...] = option(
        (), help="A product, region or other that the form is about; past answers given for others stay out."
    )
    overwrite: bool = option(False, help="Answer questions again that already hold an answer.")
    fresh: bool = option(False, help="Draft anew instead of going on with an earlier run.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefRequest:
    """An RFP and what belongs to it, amendments last; ``out`` is where a Word file goes, if anywhere."""

    files: tuple[Path, ...]
    out: Path | None = option(None, flags=("-o", "--out"), help="Write the brief as a Word file.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRequest:
    """What to do beside counting."""

    check: bool = option(False, help="Read everything and say what is damaged.")
    repair: bool = option(False, help="Build the index anew from the stored documents, then check.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackRequest:
    """A reviewed file to learn from, as it came back."""

    answered: Path
    approver: str = option(help="Who stands behind the answers.")
    questionnaire: Path | None = option(
        None, metavar="ORIGINAL", help="The buyer's own file. [default: found by the job]"
    )
    mapping: Path | None = option(None, help="A corrected mapping of the questionnaire.")
    job_id: int | None = option(None, flags=("--job",), help="The answering job, where several fit.")
    expires: date | None = option(None, help="Last day on which the answers may be used again.")
    gold: str = option("", metavar="SET", help="Add the approved answers to this gold set too.")
