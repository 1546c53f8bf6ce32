"""Cases from a questionnaire that somebody has filled in, and from approved answers."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from bidproof.core.records import AnswerSlot, Question, Questionnaire, SlotPurpose
from bidproof.evaluation.gold.importing import ImportedGold, finish_import
from bidproof.evaluation.gold.rows import made_id
from bidproof.evaluation.gold.tables import RowProblem
from bidproof.evaluation.records import GoldCase, GoldSet, Relevant
from bidproof.language.choices import match_option, meaning_of
from bidproof.questionnaires.wording import is_placeholder
from bidproof.workspace.rows import LibraryEntry

_ENDINGS = "md|markdown|pdf|docx?|pptx?|xlsx?|xlsm|csv|tsv|html?|txt|rst|adoc|eml|json|ya?ml"
_CITED = re.compile(
    rf"(?<![\w/@.-])((?:[\w.&+-]+/)*[\w&+-][\w.&+-]*\.(?:{_ENDINGS}))(?![\w/-]|\.\w)", re.IGNORECASE
)
_URL = re.compile(r"https?://\S+")
_ANSWERS = (SlotPurpose.ANSWER, SlotPurpose.COMMENT)
_SOURCES = (SlotPurpose.ANSWER, SlotPurpose.COMMENT, SlotPurpose.EVIDENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filled:
    reference: str
    choice: str
    options: tuple[str, ...]
    cited: tuple[str, ...]


def questionnaire_gold(
    questionnaire: Questionnaire,
    *,
    name: str,
    group_by: str = "auto",
    documents: Collection[str] = (),
) -> ImportedGold:
    """Make cases of a completed questionnaire: the answers, choices and files it already holds.

    Files named in an answer, comment or evidence cell become the documents that
    answer the case, by exact path, or by the only stored document of that name.
    A yes that cites a file counts as answerable; whether the documents hold the
    answer stays unknown for every other, since a "No" often rests on absence.

    Args:
        questionnaire: As read, its slots with their present values.
        name: The set's name.
        group_by: See :func:`bidproof.evaluation.gold.importing.with_groups`.
        documents: Paths of the stored documents; with them, a word that only looks
            like a file name is told from a document.

    Raises:
        UserError: Nothing is filled in (``gold-empty``).
    """
    cases: list[GoldCase] = []
    problems: list[RowProblem] = []
    for question in questionnaire.questions:
        where = question.location or question.id
        filled = _filled(question)
        if not filled.reference and not filled.choice:
            problems.append(RowProblem(row=where, problem=f"{question.id}: not answered in the file"))
            continue
        wrong = filled.choice and filled.options and match_option(filled.choice, filled.options) is None
        if wrong:
            offered = ", ".join(map(repr, filled.options))
            problems.append(
                RowProblem(
                    row=where, problem=f"{question.id}: the choice {filled.choice!r} is none of {offered}"
                )
            )
            continue
        cases.append(_case(question, filled, file=PurePosixPath(questionnaire.path).name))
    imported = ImportedGold(gold=GoldSet(name=name, cases=tuple(cases)), problems=tuple(problems))
    source = questionnaire.path
    return _told_apart(finish_import(imported, source=source, group_by=group_by, documents=documents))


def _told_apart(imported: ImportedGold) -> ImportedGold:
    """Take out cited names that fit no stored document: a comment may mention any file."""
    unknown = {(change.case_id, change.written) for change in imported.unknown}
    cases: list[GoldCase] = []
    for case in imported.gold.cases:
        kept = tuple(item for item in case.relevant if (case.id, item.path) not in unknown)
        is_answerable = case.is_answerable if kept or not case.relevant else None
        cases.append(replace(case, relevant=kept, is_answerable=is_answerable))
    return replace(imported, gold=replace(imported.gold, cases=tuple(cases)))


def _filled(question: Question) -> _Filled:
    options = next((slot.options for slot in question.slots if slot.options), question.options)
    choice = ""
    for slot in question.slots:
        value = slot.current.strip()
        if slot.purpose is SlotPurpose.MARK and value:
            choice = choice or slot.option
        elif slot.purpose is SlotPurpose.CHOICE and not is_placeholder(value):
            choice = choice or value
    texts = _texts(question.slots, _ANSWERS)
    if not choice and texts and question.options and match_option(texts[0], question.options):
        choice, texts = texts[0], texts[1:]
    cited = cited_files("\n".join(_texts(question.slots, _SOURCES)))
    matched = match_option(choice, options) if choice and options else None
    return _Filled(reference="\n".join(texts), choice=matched or choice, options=options, cited=cited)


def _texts(slots: Sequence[AnswerSlot], purposes: Collection[SlotPurpose]) -> list[str]:
    values = (slot.current.strip() for slot in slots if slot.purpose in purposes)
    return [value for value in values if not is_placeholder(value)]


def cited_files(text: str) -> tuple[str, ...]:
    """File names and relative paths that a text mentions, each once; addresses on the web are none."""
    found = (match.group(1) for match in _CITED.finditer(_URL.sub(" ", text)))
    return tuple(dict.fromkeys(found))


def _case(question: Question, filled: _Filled, *, file: str) -> GoldCase:
    is_affirmed = not filled.choice or meaning_of(filled.choice) == "yes"
    return GoldCase(
        id=question.id,
        question=question.text,
        reference=filled.reference,
        choice=filled.choice,
        options=filled.options if filled.choice else question.options,
        relevant=tuple(Relevant(path=path) for path in filled.cited),
        is_answerable=True if filled.cited and is_affirmed else None,
        section_path=question.section_path,
        origin=f"{file}, {question.location or question.id}",
    )


def library_gold(
    entries: Sequence[LibraryEntry], *, name: str, group_by: str = "auto", documents: Collection[str] = ()
) -> ImportedGold:
    """Make cases of approved answers; each citation becomes a document with page and quote.

    Of several approvals of one question the latest is taken; the others are named.

    Raises:
        UserError: The library is empty (``gold-empty``).
    """
    cases: dict[str, GoldCase] = {}
    problems: list[RowProblem] = []
    for entry in reversed(entries):
        key = made_id(entry.question)
        if key in cases:
            problems.append(
                RowProblem(row=f"entry {entry.id}", problem="a later approval answers the same question")
            )
            continue
        relevant = tuple(
            Relevant(
                path=citation.path,
                page=citation.pages[0] if len(citation.pages) == 1 else None,
                quote=citation.quote,
            )
            for citation in entry.citations
        )
        cases[key] = GoldCase(
            id=key,
            question=entry.question,
            reference=entry.answer,
            choice=entry.choice or "",
            relevant=tuple(dict.fromkeys(relevant)),
            is_answerable=True if relevant else None,
            tags=entry.tags,
            origin=f"answer library, entry {entry.id}",
        )
    imported = ImportedGold(
        gold=GoldSet(name=name, cases=tuple(reversed(cases.values()))), problems=tuple(reversed(problems))
    )
    return finish_import(imported, source="the answer library", group_by=group_by, documents=documents)
