"""Bring a gold set in, and propose cases for one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bidproof.core.options import option


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What to bring in and how.

    ``source`` is None with ``is_library``; ``columns`` are corrections of detected columns, column to
    role. With ``is_added``, cases with the same id are replaced.
    """

    source: Path | None = None
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    name: str = option("", help="Name of the set. [default: the file's]")
    is_questionnaire: bool = option(
        False, flags=("--questionnaire",), help="FILE is a questionnaire that was filled in."
    )
    mapping: Path | None = option(None, help="With --questionnaire: a corrected mapping.")
    is_library: bool = option(
        False, flags=("--from-library",), help="Take the approved answers of the workspace."
    )
    group_by: str = option(
        "auto",
        choices=("auto", "section", "document", "none"),
        help="What makes cases related. [default: a group column, else section, else document]",
    )
    is_strict: bool = option(False, flags=("--strict",), help="Refuse when a row is no case.")
    is_replaced: bool = option(False, flags=("--replace",), help="Replace a set of that name.")
    is_added: bool = option(False, flags=("--add",), help="Add to a set of that name.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRequest:
    """How many cases to propose, and for which set."""

    name: str
    count: int = option(30, flags=("-n", "--count"), least=1, help="Cases to propose.")
    unanswerable: float = option(
        0.1, least=0, most=0.9, help="Share of them that the documents do not answer."
    )
    seed: int = option(0, help="")
