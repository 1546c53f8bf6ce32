"""Show what was detected in a questionnaire, and save it as a mapping to correct."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from bidproof.core.errors import InvalidMapping, UnsureMapping
from bidproof.core.files import read_given, write_text
from bidproof.core.jsonable import json_text, parse_json
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.records import Questionnaire
from bidproof.flows.mapping import ModelUse, read_mapped


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectReport:
    """A questionnaire as read, the count of its questions by kind, the saved mapping, what a model cost."""

    questionnaire: Questionnaire
    kinds: Mapping[str, int]
    answered: int
    mapping: Path | None
    spent_usd: float = 0.0


def inspect(
    path: Path, *, mapping: Path | None = None, save_to: Path | None = None, use: ModelUse | None = None
) -> InspectReport:
    """Read a questionnaire without answering it.

    Args:
        path: The buyer's file.
        mapping: A corrected mapping to read it with.
        save_to: Where to write the mapping that was used, or proposed where none could be told.
        use: Whether a model may be asked what the columns are for, and which; None for none.

    Raises:
        UnreadableFile: The file is no questionnaire that can be read.
        UnsureMapping: The layout cannot be told; what was seen is saved as a proposal.
        InvalidMapping: The mapping does not fit the file.
        WriteFailed: The mapping cannot be saved.
    """
    try:
        read = read_mapped(path, mapping=load_mapping(mapping), use=use)
    except UnsureMapping as error:
        if save_to is not None and error.proposal:
            write_text(save_to, json_text(error.proposal))
        raise
    found = read.questionnaire
    if save_to is not None:
        write_text(save_to, json_text(found.layout))
    return InspectReport(
        questionnaire=found,
        kinds=Counter(question.kind for question in found.questions),
        answered=sum(question.is_answered for question in found.questions),
        mapping=save_to,
        spent_usd=read.spent_usd,
    )


def load_mapping(path: Path | None) -> Mapping[str, object] | None:
    """Read a mapping file.

    Raises:
        InvalidMapping: It cannot be read or is no JSON object.
    """
    if path is None:
        return None
    try:
        value = parse_json(read_given(path))
    except OSError as error:
        raise _no_mapping(path, (error.strerror or "").lower() or str(error)) from error
    except ValueError as error:
        raise _no_mapping(path, f"no JSON: {error}") from error
    if not isinstance(value, dict):
        raise _no_mapping(path, f"a JSON {type(value).__name__}")
    return cast("dict[str, object]", value)


def _no_mapping(path: Path, found: str) -> InvalidMapping:
    return InvalidMapping(
        f"cannot read the mapping {str(path)!r}: found {found}, expected a JSON object",
        hint=NextStep("save the mapping that is detected, correct it, pass it back", Action.SAVE_MAPPING),
    )
