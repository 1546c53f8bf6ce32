"""From grids to a questionnaire, the same for workbooks and CSV."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from bidproof.core.files import path_text
from bidproof.core.records import Questionnaire
from bidproof.questionnaires.sheets.accounts import account_for
from bidproof.questionnaires.sheets.grid import Grid
from bidproof.questionnaires.sheets.mapping import check_fit, dump_layout, parse_mapping
from bidproof.questionnaires.sheets.questions import build_questions
from bidproof.questionnaires.sheets.tables import detect_layout


def questionnaire_of(
    grids: Sequence[Grid], *, path: Path, mapping: Mapping[str, object] | None, content_hash: str, kind: str
) -> Questionnaire:
    """Make a questionnaire of a file's grids, by the user's mapping or by detection.

    Raises:
        UnsureMapping: Nothing could be told and no mapping was given.
        InvalidMapping: The mapping does not fit the grids.
    """
    by_name = {grid.name: grid for grid in grids}
    if mapping is not None:
        layout, confidence, problems = parse_mapping(mapping, file=path.name), 1.0, ()
        check_fit(layout, by_name, file=path.name)
    else:
        detected = detect_layout(grids, file=path.name)
        layout, confidence, problems = detected.layout, detected.confidence, detected.problems
    checked = layout if mapping is not None else layout.model_copy(update={"skip": ()})
    accounts = account_for(grids, checked)
    return Questionnaire(
        path=path_text(path),
        content_hash=content_hash,
        format=kind,
        questions=build_questions(layout, by_name),
        confidence=confidence,
        problems=(*problems, *(item.message for item in accounts.unexplained)),
        layout=dump_layout(layout),
        cells=accounts.count(),
    )
