"""Human labels to calibrate a judge with: answers, what they were made from, and what people said."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from bidproof.core.errors import UnreadableFile, UserError
from bidproof.core.files import read_given
from bidproof.core.ids import digest
from bidproof.core.jsonable import parse_json
from bidproof.core.next_steps import NextStep
from bidproof.formats.csv.text import read_csv
from bidproof.language.choices import verdict_of

_NAMES: Mapping[str, tuple[str, ...]] = {
    "question": ("question", "query", "user_input", "prompt"),
    "answer": ("answer", "response", "output", "generated_answer"),
    "evidence": ("evidence", "passages", "passage", "context", "contexts", "retrieved_contexts", "sources"),
    "reference": ("reference", "ground_truth", "expected", "gold", "reference_answer"),
    "group": ("group", "questionnaire", "document", "source", "author"),
    "id": ("id", "case_id", "question_id"),
}
_LABEL = re.compile(
    r"^(?:label|human|rater|rating|annotator|faithful|supported|grounded|is_supported)s?[ _-]?\w*$"
)
_TRUE = frozenset({"1", "supported", "faithful", "grounded", "correct", "pass", "good"})
_FALSE = frozenset(
    {"0", "unsupported", "not supported", "unfaithful", "contradicted", "fail", "bad",
     "hallucinated", "incorrect", "not grounded", "ungrounded"}
)  # fmt: skip
_BLANK = frozenset({"", "na", "n/a", "none", "nan", "?", "-"})
_PASSAGE_BREAK = re.compile(r"\n\s*(?:-{3,}|={3,})\s*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledAnswer:
    """An answer with its evidence and what each rater said of it.

    ``ratings`` has one entry a rater, None where that one gave none; all None for
    an answer without a label, which still counts for the corrected rate.
    """

    id: str
    question: str
    answer: str
    evidence: tuple[str, ...]
    ratings: tuple[bool | None, ...]
    reference: str = ""
    group: str = ""

    @property
    def label(self) -> bool | None:
        """What most raters said; None without a rating, and where they are split evenly."""
        given = [rating for rating in self.ratings if rating is not None]
        if not given or sum(given) * 2 == len(given):
            return None
        return sum(given) * 2 > len(given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """A file of labels: its answers in file order, the raters' columns, and a digest of its bytes."""

    answers: tuple[LabelledAnswer, ...]
    raters: tuple[str, ...]
    digest: str


def read_labels(path: Path, *, columns: Mapping[str, str] | None = None) -> Labels:
    """Read labels from CSV or JSONL.

    Args:
        path: One answer a row. Evidence is one text, several between lines of
            three or more dashes, or a JSON list.
        columns: Role (``question``, ``answer``, ``evidence``, ``reference``, ``group``,
            ``id``, ``label``) to column, where the names in the file say less; several
            columns of labels are separated by commas.

    Raises:
        UserError: The file cannot be read, a column is missing, or a label is neither yes nor no.
    """
    rows = _rows(path)
    named = _roles(path, tuple(rows[0]) if rows else (), columns or {})
    raters = tuple(name.strip() for name in named["label"].split(",")) if "," in named["label"] else None
    raters = raters or tuple(named["label"].split("\0"))
    answers = tuple(_answer(path, number, row, named, raters) for number, row in enumerate(rows, start=1))
    content = path.read_bytes().decode("utf-8", "surrogateescape")
    return Labels(answers=answers, raters=raters, digest=digest("labels", content))


def _rows(path: Path) -> Sequence[Mapping[str, Any]]:
    found: list[Any]
    try:
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            lines = read_given(path).decode("utf-8-sig").split("\n")
            found = [parse_json(line) for line in lines if line.strip()]
        else:
            found = [row for _, row in read_csv(path).records()]
    except (OSError, ValueError, UnreadableFile) as error:
        raise _refusal(
            f"cannot read the labels in {str(path)!r}: {error}", "give a CSV or JSONL file"
        ) from error
    rows = cast("list[dict[str, Any]]", [row for row in found if isinstance(row, dict)])
    if not rows or len(rows) != len(found):
        raise _refusal(
            f"cannot read the labels in {str(path)!r}: found no rows, expected one answer a row",
            "give a CSV with the columns question, answer, evidence, label",
        )
    return rows


def _roles(path: Path, header: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    plain = {_plain(name): name for name in header if name}
    for role, names in _NAMES.items():
        match = next((plain[name] for name in names if name in plain), None)
        if match is not None:
            found[role] = match
    labels = [name for key, name in plain.items() if _LABEL.match(key) and name not in found.values()]
    if labels:
        found["label"] = "\0".join(labels)
    found.update(columns)
    unknown = [name for role in columns for name in columns[role].split(",") if name.strip() not in header]
    missing = [role for role in ("question", "answer", "evidence", "label") if role not in found]
    if missing or unknown:
        wrong = f"no column for {', '.join(missing)}" if missing else f"no column {unknown[0]!r}"
        raise _refusal(
            f"cannot read the labels in {str(path)!r}: found {wrong} among {', '.join(header)}",
            NextStep(
                "name the columns, for example answer=Response and label=rater_1,rater_2", options=("map",)
            ),
        )
    return found


def _answer(
    path: Path, number: int, row: Mapping[str, Any], named: Mapping[str, str], raters: Sequence[str]
) -> LabelledAnswer:
    def text(role: str) -> str:
        return str(row.get(named.get(role, ""), "") or "").strip()

    return LabelledAnswer(
        id=text("id") or f"row-{number}",
        question=text("question"),
        answer=text("answer"),
        evidence=_passages(row.get(named["evidence"])),
        ratings=tuple(_rating(path, number, name, row.get(name)) for name in raters),
        reference=text("reference"),
        group=text("group"),
    )


def _passages(value: object) -> tuple[str, ...]:
    if isinstance(value, str) and value.strip().startswith("["):
        with suppress(ValueError):  # or a text that opens with a bracket
            value = parse_json(value)
    if isinstance(value, (list, tuple)):
        return tuple(str(item).strip() for item in cast("Sequence[object]", value) if str(item).strip())
    parts = _PASSAGE_BREAK.split(str(value or ""))
    return tuple(part.strip() for part in parts if part.strip())


def _rating(path: Path, number: int, column: str, value: object) -> bool | None:
    if isinstance(value, bool) or value is None:
        return value
    word = str(value).strip().lower()
    if word in _BLANK:
        return None
    verdict = verdict_of(word, yes=_TRUE, no=_FALSE)
    if verdict is not None:
        return verdict
    try:
        share = float(word)
    except ValueError:
        share = -1.0
    if 0.0 <= share <= 1.0:
        return share >= 0.5
    raise _refusal(
        f"cannot read the label in row {number}, column {column!r} of {str(path)!r}: found {value!r},"
        " expected yes or no, 1 or 0, or a share from 0 to 1",
        "correct the label, or leave it empty",
    )


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().lower())


def _refusal(message: str, hint: str) -> UserError:
    return UserError(message, hint=hint, code="labels")
