"""Question sets to measure retrieval on: documents, questions, and where the answers stand.

They are read from ``BIDPROOF_DATA`` (default: ``shared/data`` beside the
repository) and are no part of it. A set that is not there is skipped by name.
"""

import csv
import fnmatch
import json
import os
import re
import subprocess
import sys
import tarfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path, PurePosixPath

from bidproof.core.ids import PassageId
from bidproof.core.records import Passage
from bidproof.language.terms import index_terms, query_terms

SETS = ("aws", "whitepact", "k8gb", "sec10q")

_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
_CITED = re.compile(r"[\w./-]+\.md")
_NEARLY = 0.8
_CONTROL = re.compile(r"[A-Z&]+-\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldQuestion:
    """A question with the documents that answer it; nothing of the answer is searched with.

    ``figures`` are those of the gold answer, for answers taken from a table.
    ``is_single`` is False where several documents together hold the answer.
    ``told_by`` are words or figures of the gold answer that tell its passages from others
    of the same documents, ``passages`` those that hold the answer, ``pages`` theirs; all
    empty where the set tells documents alone.
    """

    text: str
    documents: frozenset[str]
    context: tuple[str, ...] = ()
    figures: frozenset[str] = frozenset()
    is_single: bool = True
    told_by: frozenset[str] = frozenset()
    passages: frozenset[PassageId] = frozenset()
    pages: frozenset[tuple[str, int]] = frozenset()


def page_of(passage: Passage) -> tuple[str, int]:
    """The first page of a passage; the passage itself where its document has no pages."""
    return passage.path, passage.pages[0] if passage.pages else passage.start


def data_folder() -> Path:
    """Where the sets are looked for."""
    beside = Path(__file__).resolve().parents[1].parent / "shared" / "data"
    return Path(os.environ.get("BIDPROOF_DATA", beside))


def documents_folder(name: str, cache: Path) -> Path | None:
    """The folder with a set's documents, unpacked or built once; None when the set is absent."""
    if name == "sample":
        return _sample(cache / name)
    home = data_folder() / name
    if (home / "documents").is_dir():
        return home / "documents"
    archive = home / "documents.tar.xz"
    if not archive.exists():
        return None
    target = cache / name
    if not (target / "documents").is_dir():
        with tarfile.open(archive) as packed:
            packed.extractall(target, filter="data")
    return target / "documents"


def _sample(target: Path) -> Path:
    """The documents of the demonstration, built anew: that takes a second."""
    build = Path(__file__).resolve().parents[1] / "samples" / "build.py"
    subprocess.run([sys.executable, str(build), str(target)], check=True, stdout=subprocess.DEVNULL)
    return target / "documents"


def gold_questions(name: str, passages: Sequence[Passage]) -> list[GoldQuestion]:
    """Questions of a set whose gold documents are among those of the passages.

    Of the gold documents' passages, those hold the answer that have at least 0.8 times as many
    of its words or figures as the best one; none do where the best has no figure of it, or not
    half of its words.
    """
    by_path: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        by_path[passage.path].append(passage)
    read = {"aws": _aws, "whitepact": _whitepact, "k8gb": _k8gb, "sec10q": _sec10q}[name]
    found: list[GoldQuestion] = []
    for question in read(frozenset(by_path)):
        gold = _holding([item for path in question.documents for item in by_path[path]], question.told_by)
        if question.documents:
            passages_of = frozenset(passage.id for passage in gold)
            found.append(replace(question, passages=passages_of, pages=frozenset(map(page_of, gold))))
    return found


def _holding(passages: Sequence[Passage], marks: frozenset[str]) -> list[Passage]:
    counts = [len(marks & _marks(passage.located_text)) for passage in passages] if marks else []
    best = max(counts, default=0)
    is_figures = all(mark[0].isdigit() for mark in marks)
    if best < (1 if is_figures else len(marks) / 2):
        return []
    return [item for item, count in zip(passages, counts, strict=False) if count >= _NEARLY * best]


def figures(text: str) -> frozenset[str]:
    """Numbers of three digits or more, or with decimals, without separators; years left out."""
    found: set[str] = set()
    for match in _FIGURE.findall(text):
        value = match.replace(",", "")
        if ("." in value or len(value) >= 3) and not _YEAR.fullmatch(value):
            found.add(value)
    return frozenset(found)


@cache
def _marks(text: str) -> frozenset[str]:
    return figures(text) | frozenset(index_terms(text))


def _aws(paths: frozenset[str]) -> list[GoldQuestion]:
    page_of = {f"{PurePosixPath(path).parts[0]}/{PurePosixPath(path).name}": path for path in paths}
    with (data_folder() / "aws/questions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        GoldQuestion(
            text=row["Question"].strip(),
            documents=frozenset(filter(None, [page_of.get(row["Document_True"].strip())])),
            told_by=frozenset(query_terms(row["Answer_True"])),
        )
        for row in rows
    ]


def _k8gb(paths: frozenset[str]) -> list[GoldQuestion]:
    lines = (data_folder() / "k8gb/gold.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [
        GoldQuestion(
            text=row["question"],
            context=(row["section"], row["subsection"]),
            documents=frozenset(row["evidence"]) & paths,
        )
        for row in rows
    ]


def _whitepact(paths: frozenset[str]) -> list[GoldQuestion]:
    from python_calamine import CalamineWorkbook

    by_name: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        by_name[PurePosixPath(path).name].add(path)
    workbook = CalamineWorkbook.from_path(str(data_folder() / "whitepact/completed.xlsx"))
    domain = control = ""
    found: list[GoldQuestion] = []
    for row in workbook.get_sheet_by_name("CAIQv4.0.3").to_python()[2:]:
        cells = [str(cell).strip() for cell in row]
        domain, control = cells[11] or domain, cells[10] or control
        if not _CONTROL.match(cells[0]):
            continue
        cited = frozenset().union(*(_resolved(name, paths, by_name) for name in _CITED.findall(cells[4])))
        found.append(
            GoldQuestion(text=" ".join(cells[1].split()), context=(domain, control), documents=cited)
        )
    return found


def _resolved(name: str, paths: frozenset[str], by_name: dict[str, set[str]]) -> frozenset[str]:
    """The document a citation means: the exact path, or the only one of that file name."""
    if name in paths:
        return frozenset({name})
    same = by_name[PurePosixPath(name).name]
    return frozenset(same) if len(same) == 1 else frozenset()


def _sec10q(paths: frozenset[str]) -> list[GoldQuestion]:
    with (data_folder() / "sec10q/questions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        GoldQuestion(
            text=row["Question"].strip(),
            documents=frozenset(path for path in paths if fnmatch.fnmatch(path, row["Source Docs"] + "*")),
            figures=figures(row["Answer"]) if "Table" in row["Source Chunk Type"] else frozenset(),
            is_single=row["Question Type"].startswith("Single-Doc"),
            told_by=figures(row["Answer"]),
        )
        for row in rows
    ]
