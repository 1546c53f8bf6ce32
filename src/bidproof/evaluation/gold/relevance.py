"""Whether a passage is what a gold case points at, and which stored document a gold path means."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from bidproof.core.records import Passage, ScoredPassage
from bidproof.evaluation.records import GoldCase, Relevant

_GLOB = re.compile(r"[*?\[]")
_SPACES = re.compile(r"\s+")
_LEAST_SHARED_CHARS = 24


def path_matches(pattern: str, path: str) -> bool:
    """Whether a gold path, which may be a glob, means this document.

    It does when the document's path equals it or ends with ``/`` and it; a glob
    is matched against the whole path and against each such ending.
    """
    pattern = pattern.strip().removeprefix("./")
    if not pattern:
        return False
    if path == pattern or path.endswith(f"/{pattern}"):
        return True
    if not _GLOB.search(pattern):
        return False
    return fnmatchcase(path, pattern) or fnmatchcase(path, f"*/{pattern}")


def holds(relevant: Relevant, passage: Passage) -> bool:
    """Whether a passage is, or holds a part of, what a case points at.

    The document must match; then the page, where the case names one and the
    passage has pages; then the quote, compared up to white space. A quote that
    runs over a passage's edge counts where at least 24 of its characters, or all
    of the passage, are on this side.
    """
    if not path_matches(relevant.path, passage.path):
        return False
    if relevant.page is not None and passage.pages and relevant.page not in passage.pages:
        return False
    return not relevant.quote or _shares(relevant.quote, passage.located_text)


def is_relevant(case: GoldCase, passage: Passage) -> bool:
    """Whether a passage is, or holds a part of, anything that a case points at."""
    return any(holds(relevant, passage) for relevant in case.relevant)


def first_relevant_rank(case: GoldCase, ranking: Sequence[ScoredPassage]) -> int | None:
    """Rank, from 1, of the first passage that the case points at; None when there is none."""
    ranks = (rank for rank, item in enumerate(ranking, start=1) if is_relevant(case, item.passage))
    return next(ranks, None)


def _shares(quote: str, text: str) -> bool:
    one, other = _plain(quote), _plain(text)
    if not one or not other:
        return False
    if one in other or other in one:
        return True
    least = _LEAST_SHARED_CHARS
    return _meet(one, other, least) or _meet(other, one, least)


def _meet(first: str, second: str, least: int) -> bool:
    """Whether the end of one text is the start of the other, over at least so many characters."""
    longest = min(len(first), len(second))
    return any(first.endswith(second[:size]) for size in range(longest, least - 1, -1))


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class PathChange:
    """A gold path as written and the stored document that it was found to mean."""

    case_id: str
    written: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedPaths:
    """Cases with their paths as the documents have them, what changed, and what fits no document."""

    cases: tuple[GoldCase, ...]
    changed: tuple[PathChange, ...]
    unknown: tuple[PathChange, ...]


def resolve_paths(cases: Sequence[GoldCase], paths: Collection[str]) -> ResolvedPaths:
    """Rewrite gold paths that fit no document but can only mean one.

    Tried in order: the same path in another case of letters; the same file name
    below folders that hold the written ones in order (``guide/page.md`` for
    ``guide/src/page.md``); the only document of that file name; the only one of
    that name without its ending. Nothing is chosen among several.
    """
    known = sorted(set(paths))
    names: dict[str, list[str]] = {}
    for path in known:
        name = PurePosixPath(path).name.casefold()
        names.setdefault(name, []).append(path)
        stem = PurePosixPath(name).stem
        if stem != name:
            names.setdefault(stem, []).append(path)
    memory: dict[str, str | None] = {}
    changed: list[PathChange] = []
    unknown: list[PathChange] = []
    resolved: list[GoldCase] = []
    for case in cases:
        kept: list[Relevant] = []
        for item in case.relevant:
            if item.path not in memory:
                memory[item.path] = _resolve(item.path, known, names)
            found = memory[item.path]
            if found is None:
                unknown.append(PathChange(case_id=case.id, written=item.path, found=""))
            elif found != item.path:
                changed.append(PathChange(case_id=case.id, written=item.path, found=found))
            kept.append(replace(item, path=found or item.path))
        resolved.append(replace(case, relevant=tuple(kept)))
    return ResolvedPaths(cases=tuple(resolved), changed=tuple(changed), unknown=tuple(unknown))


def _resolve(written: str, known: Sequence[str], names: dict[str, list[str]]) -> str | None:
    """The path as the documents have it; the written one where it fits, None where none or several do."""
    if any(path_matches(written, path) for path in known):
        return written
    plain = PurePosixPath(written.strip().casefold())
    same_name = names.get(plain.name, [])
    folders = plain.parts[:-1]
    for candidates in (
        [path for path in known if path.casefold() == str(plain)],
        [path for path in same_name if folders and _in_order(folders, path)],
        same_name,
    ):
        if len(candidates) == 1:
            return candidates[0]
    return None


def _in_order(folders: Sequence[str], path: str) -> bool:
    parts = iter(PurePosixPath(path.casefold()).parts[:-1])
    return all(folder in parts for folder in folders)
