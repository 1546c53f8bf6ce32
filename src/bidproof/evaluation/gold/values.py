"""Cells of a gold table as the values of a case."""

import json
import re
from collections.abc import Mapping
from typing import cast

from bidproof.core.jsonable import parse_json
from bidproof.evaluation.gold.roles import plain_name, role_of
from bidproof.evaluation.records import Relevant, Split
from bidproof.language.choices import verdict_of

_TRUE = frozenset({"1", "answerable", "t", "x"})
_FALSE = frozenset({"0", "unanswerable", "not answerable", "impossible", "f"})
_EMPTY = frozenset({"none", "null", "nan", "", "-", "–", "tbd", "unknown", "not available"})
_SPLITS: dict[str, Split] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("dev", "val", "valid", "validation", "eval", "development"), "dev"),
    **dict.fromkeys(("test", "testing", "holdout", "held out", "sealed", "sealed test"), "test"),
    "unsplit": "",
}
_SEPARATORS = re.compile(r"[;\n\r]+")
_COMMAS = re.compile(r",\s*(?=\S)")
_PATH_LIKE = re.compile(r"\.[A-Za-z0-9]{1,5}$|[*/]|^\S+$")
_PAGES = re.compile(r"(\d+)\s*[-–]\s*(\d+)|(\d+)")
_MOST_PAGES = 50


def text_of(value: object) -> str:
    """A cell as text, trimmed; lists are joined line by line."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(text_of(item) for item in cast("list[object]", value)).strip()
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    return str(value).strip()


def is_blank(text: str) -> bool:
    """Whether a cell says that there is no value: empty, ``None``, ``nan``, a dash."""
    return text.strip().casefold() in _EMPTY


def split_list(value: object) -> list[object]:
    """The items of a cell that may hold several: a list, a JSON list, or text ``;`` or line ends."""
    if isinstance(value, list):
        return cast("list[object]", value)
    if isinstance(value, Mapping):
        return [cast("Mapping[str, object]", value)]
    text = text_of(value)
    if text[:1] in ("[", "{"):
        try:
            found: object = parse_json(text)
        except ValueError:
            found = None
        if isinstance(found, list):
            return cast("list[object]", found)
        if isinstance(found, dict):
            return [cast("dict[str, object]", found)]
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


def split_paths(value: object) -> list[object]:
    """The documents of a cell; commas part them too, where each part looks like a path."""
    items: list[object] = []
    for item in split_list(value):
        parts = _COMMAS.split(item) if isinstance(item, str) else []
        if len(parts) > 1 and all(_PATH_LIKE.search(part.strip()) for part in parts):
            items.extend(part.strip() for part in parts)
        else:
            items.append(item)
    return items


def truth_of(value: object) -> bool | None:
    """A cell as true or false; None when it says neither."""
    if isinstance(value, bool):
        return value
    return verdict_of(text_of(value), yes=_TRUE, no=_FALSE)


def split_of(value: object) -> Split | None:
    """The part of the set that a cell names; None when it names none that is known."""
    plain = plain_name(text_of(value))
    return "" if not plain else _SPLITS.get(plain)


def pages_of(value: object) -> list[int] | None:
    """Page numbers of a cell: ``12``, ``p. 3, 5``, ``4-6``; None when it holds something else."""
    pages: list[int] = []
    for item in split_list(value):
        text = text_of(item)
        found = list(_PAGES.finditer(text))
        if not found:
            return None
        for match in found:
            first, last, alone = match.groups()
            run = range(int(first), int(last) + 1) if first else range(int(alone), int(alone) + 1)
            pages.extend(run[:_MOST_PAGES])
    return pages if all(page > 0 for page in pages) else None


def relevant_of(documents: object, pages: list[int], quotes: object) -> tuple[Relevant, ...]:
    """Join documents, pages and quotes into what a case points at.

    One document goes with every page and quote; as many documents as pages or
    quotes go side by side; a quote without a document may stand in any. Items
    may be objects with their own path, page and text.
    """
    paths: list[str] = []
    whole: list[Relevant] = []
    for item in split_paths(documents):
        if isinstance(item, Mapping):
            whole.extend(_from_mapping(cast("Mapping[str, object]", item)))
        elif not is_blank(text_of(item)):
            paths.append(text_of(item))
    texts = [text for text in map(text_of, _quotes(quotes)) if text]
    for item in _quotes(quotes):
        if isinstance(item, Mapping):
            record = cast("Mapping[str, object]", item)
            whole.extend(_from_mapping(record))
            texts.remove(text_of(record))
    return tuple(dict.fromkeys((*whole, *_joined(paths, pages, texts))))


def _quotes(value: object) -> list[object]:
    """Quotes as a list; text is one quote, line ends and semicolons included, unless it is a JSON list."""
    if isinstance(value, str):
        text = text_of(value)
        return split_list(text) if text[:1] in ("[", "{") else [text] if not is_blank(text) else []
    return split_list(value) if value is not None else []


def _joined(paths: list[str], pages: list[int], quotes: list[str]) -> list[Relevant]:
    count = len(paths)
    if not count:
        return [Relevant(path="*", quote=quote) for quote in quotes]
    if count > 1 and len(quotes) == 1:
        return [*(Relevant(path=path) for path in paths), Relevant(path="*", quote=quotes[0])]
    if count > 1:
        beside = pages if len(pages) == count else [None] * count
        said = quotes if len(quotes) == count else [""] * count
        rows = zip(paths, beside, said, strict=True)
        return [Relevant(path=path, page=page, quote=quote) for path, page, quote in rows]
    page = pages[0] if len(pages) == 1 else None
    if quotes:
        return [Relevant(path=paths[0], page=page, quote=quote) for quote in quotes]
    return [Relevant(path=paths[0], page=number) for number in pages] or [Relevant(path=paths[0])]


def _from_mapping(item: Mapping[str, object]) -> list[Relevant]:
    """One object of an evidence list; its keys are read like column names."""
    path, quote, page = "", "", None
    for key, value in item.items():
        match = role_of(key)
        role = match.role if match else None
        if role == "page" or plain_name(key).endswith(("page", "page num", "page number")):
            numbers = pages_of(value) if value not in (None, "") else None
            page = numbers[0] if numbers else None
        elif role == "relevant":
            path = text_of(value)
        elif role == "quote" or plain_name(key) in ("text", "content"):
            quote = text_of(value)
    return [Relevant(path=path or "*", page=page, quote=quote)] if path or quote else []
