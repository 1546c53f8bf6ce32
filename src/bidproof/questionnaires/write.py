"""Write answers into the buyer's own file, by the format it was read as."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import cast

from bidproof.core.choices import EvidenceMode
from bidproof.core.errors import WriteFailed
from bidproof.core.files import text_path
from bidproof.core.ids import QuestionId
from bidproof.core.next_steps import NextStep
from bidproof.core.records import Draft, Questionnaire
from bidproof.questionnaires.protocol import QuestionnaireWriter, WriteReport

_WRITERS = {
    "xlsx": "bidproof.questionnaires.excel.writer:write",
    "csv": "bidproof.questionnaires.csv.writer:write",
    "docx": "bidproof.questionnaires.word.writer:write",
    "pdf": "bidproof.questionnaires.response.writer:write",
}


def write_answers(
    questionnaire: Questionnaire,
    drafts: Mapping[QuestionId, Draft],
    *,
    out: Path,
    evidence: EvidenceMode = "auto",
    overwrite: bool = False,
) -> WriteReport:
    """Write a copy of the questionnaire with its answer slots filled.

    Args:
        questionnaire: As read; the file itself is not changed.
        drafts: By question id; questions without one stay as they are.
        out: The answered copy; replaced when it exists.
        evidence: Where citations go; ``auto`` takes the file's own evidence or
            comment column, else an added sheet.
        overwrite: Also replace answers that the file already holds.

    Raises:
        WriteFailed: ``out`` is the questionnaire itself, the file changed since
            it was read, or the output cannot be written; nothing is half-written.
    """
    source, target = text_path(questionnaire.path), Path(out).absolute()
    if source.exists() and target.exists() and source.samefile(target):
        raise WriteFailed(
            f"cannot write to {str(out)!r}: it is the questionnaire itself, which stays as the buyer sent it",
            hint=NextStep("give another name", options=("out",)),
        )
    if not target.parent.is_dir():
        raise WriteFailed(f"cannot write to {str(out)!r}: no such folder", hint="make the folder first")
    place = _WRITERS.get(questionnaire.format)
    if place is None:
        raise WriteFailed(
            f"cannot write answers into a {questionnaire.format!r} file:"
            f" expected one of {', '.join(_WRITERS)}",
            hint="export the drafts instead",
        )
    module, _, function = place.partition(":")
    writer = cast("QuestionnaireWriter", getattr(import_module(module), function))
    return writer(questionnaire, drafts, out=target, evidence=evidence, overwrite=overwrite)
