"""Tell from a table's header and its columns what each column holds."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import fmean

from bidproof.language.choices import meaning_of
from bidproof.questionnaires.sheets.headers import (
    ANSWER_ROLES,
    FILLED_ROLES,
    Role,
    is_mark_word,
    options_in_header,
    role_of,
)
from bidproof.questionnaires.wording import is_id, mandatory_in

_MAX_HEADER_WORDS = 14
_MAX_LABEL_WORDS = 8
_SCHEDULE = re.compile(r"\b(?:dates?|due|deadline|time|format|quantity|price|cost|amount)\b", re.I)
_STRONG_TOPIC = re.compile(
    r"require|specification|criteri|control|critère|anforderung|exigence|requisit|eis", re.I
)
_REQUIREMENT = re.compile(
    r"requirement|specification|anforderung|exigence|requisit|vereiste|\beisen?\b", re.I
)
_REQUIRING = frozenset({Role.ID, Role.MANDATORY, Role.SECTION})
_REMARK = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_LISTED = re.compile(r"[(\[]([^()\[\]]+[/|][^()\[\]]+)[)\]]")
_NOT_APPLICABLE = re.compile(r"\bn/a\b", re.I)
_MAX_OPTION_WORDS = 4
_MAX_MARK_WORDS = 2
_MOSTLY = 0.7
_MIN_ROWS = 2
_NOT_ASKING = frozenset({*FILLED_ROLES, Role.ID, Role.IGNORE, Role.STATUS, Role.MANDATORY, Role.LIMIT})
_NOT_KEPT = frozenset({Role.IGNORE, Role.STATUS, Role.TOPIC, Role.LIMIT})


class Open(Enum):
    """What stands in a cell that waits for its answer."""

    BLANK = "nothing, or a prompt"
    BOX = "one box"
    PLACE = "boxes or a control"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnEvidence:
    """What the cells below a header show.

    Attributes:
        open: Share of cells that wait for an answer.
        has_places: Whether most cells hold boxes or a control.
        has_boxes: Whether most cells hold one box alone.
        ids: Share of the filled cells that are nothing but an id.
        choices: Whether the filled cells all hold one of a few known options.
        priorities: Whether they all say how binding the row is ("Must", "Optional").
        distinct: Share of the filled cells whose text no other has.
        words: Mean words of a filled cell.
    """

    open: float
    has_places: bool
    has_boxes: bool
    ids: float
    choices: bool
    priorities: bool
    distinct: float
    words: float


def header_roles(texts: Sequence[str]) -> dict[int, Role] | None:
    """Read a row as column headers, by its words alone.

    Args:
        texts: The cells' texts in order.

    Returns:
        Role by cell position from 0, with exactly one question column and at least one
        more column that is known; None when the row is no such header.
    """
    return _named(texts, _votes(texts))


def asking_roles(texts: Sequence[str]) -> dict[int, Role] | None:
    """The roles of a header under which each row asks or requires; None for any other row of titles."""
    roles = header_roles(texts)
    if roles is None or has_answer_role(roles):
        return roles
    question = next(at for at, role in roles.items() if role is Role.QUESTION)
    return roles if requires(texts[question]) and _REQUIRING & set(roles.values()) else None


def requires(title: str) -> bool:
    """Whether a column's title says that its rows are requirements, with or without a place to answer."""
    return _REQUIREMENT.search(title) is not None


def _named(texts: Sequence[str], votes: Mapping[int, Role]) -> dict[int, Role] | None:
    roles = dict(votes)
    _settle_question(texts, roles)
    filled = sum(1 for text in texts if text.strip())
    has_question = list(roles.values()).count(Role.QUESTION) == 1
    if not has_question or len(roles) < 2 or len(roles) * 2 < filled:
        return None
    return _kept(roles)


def column_roles(
    header: Sequence[str],
    body: Sequence[Sequence[str | Open]],
    *,
    choosing: Collection[int] = (),
    is_marked: bool,
) -> dict[int, Role] | None:
    """Settle what each column holds, by the header's words and by what stands below them.

    The words are one vote: a column that is open in most rows, under a title, takes an
    answer whatever its title says, unless the words say that it is the buyer's own.

    Args:
        header: The header's texts in order.
        body: The rows below, each as wide as the header; sections left out.
        choosing: Columns that are answered in terms that the file itself defines.
        is_marked: Whether the row looks like a header: bold, or repeated on each page.

    Returns:
        Role by column position from 0, with one question column; None when the table
        asks nothing or this row does not head it.
    """
    evidence = [evidence_of([row[at] for row in body]) for at in range(len(header))]
    votes = {**_votes(header), **dict.fromkeys(choosing, Role.CHOICE)}
    boxes = [at for at, item in enumerate(evidence) if item.has_boxes]
    votes.update(dict.fromkeys(boxes if len(boxes) > 1 else (), Role.MARK))
    named = _named(header, votes)
    roles = dict(named) if named is not None else _evident(header, votes, evidence, is_marked=is_marked)
    if roles is None or (named is None and len(body) < _MIN_ROWS):
        return None
    for at, item in enumerate(evidence):
        role = _shown_role(header[at], item, votes.get(at), roles)
        if role is not None and roles.get(at) is not Role.QUESTION:
            roles[at] = role
    return roles


def evidence_of(cells: Sequence[str | Open]) -> ColumnEvidence:
    """Measure one column."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    plain = [" ".join(text.casefold().split()) for text in texts]
    count = max(1, len(cells))
    return ColumnEvidence(
        open=(len(cells) - len(texts)) / count,
        has_places=sum(cell is Open.PLACE for cell in cells) * 2 > len(cells),
        has_boxes=sum(cell is Open.BOX for cell in cells) * 2 > len(cells),
        ids=sum(map(is_id, texts)) / max(1, len(texts)),
        choices=bool(plain) and all(map(is_mark_word, plain)),
        priorities=bool(plain) and not any(map(is_mark_word, plain)) and all(map(_is_priority, plain)),
        distinct=len(set(plain)) / max(1, len(plain)),
        words=fmean(len(text.split()) for text in texts) if texts else 0.0,
    )


def options_in_title(text: str) -> tuple[str, ...]:
    """The options that a title lists: ``Compliant? (Yes/No/NA)``, ``Erfüllt (ja | teilweise | nein)``."""
    if known := options_in_header(text):
        return known
    found = _LISTED.search(_NOT_APPLICABLE.sub("N\0A", text))
    words = [word.strip().replace("\0", "/") for word in re.split(r"[/|]", found[1])] if found else []
    return (
        tuple(words)
        if len(words) > 1 and all(0 < len(word.split()) <= _MAX_OPTION_WORDS for word in words)
        else ()
    )


def has_answer_role(roles: Mapping[int, Role]) -> bool:
    """Whether some column takes the main answer."""
    return any(role in ANSWER_ROLES for role in roles.values())


def _is_priority(text: str) -> bool:
    return mandatory_in("", text) is not None


def _evident(
    header: Sequence[str], votes: Mapping[int, Role], evidence: Sequence[ColumnEvidence], *, is_marked: bool
) -> dict[int, Role] | None:
    """Roles of a header whose words do not say which column asks."""
    if any(not text.strip() or len(text.split()) > _MAX_LABEL_WORDS for text in header):
        return None
    has_open = any(item.open >= _MOSTLY or item.choices for item in evidence)
    is_header = is_marked or len(header) > 2 or any(role in FILLED_ROLES for role in votes.values())
    asking = [
        at
        for at, item in enumerate(evidence)
        if item.open <= 1 - _MOSTLY
        and item.ids < _MOSTLY
        and not item.choices
        and votes.get(at) not in _NOT_ASKING
    ]
    if not (has_open and is_header and asking):
        return None
    best = max(asking, key=lambda at: (round(evidence[at].distinct, 1), evidence[at].words))
    roles = {at: role for at, role in votes.items() if at != best}
    if evidence[0].ids >= _MOSTLY and best:
        roles[0] = Role.ID
    return _kept({**roles, best: Role.QUESTION})


def _shown_role(text: str, item: ColumnEvidence, vote: Role | None, roles: Mapping[int, Role]) -> Role | None:
    """The role of a column by what stands in it, where its title has not said so; None for others."""
    if vote in FILLED_ROLES or not text.strip():
        return None
    if item.has_places or item.has_boxes:
        return Role.ANSWER
    if vote is Role.STATUS:
        return Role.CHOICE if item.open >= _MOSTLY or item.choices else None
    if item.priorities and vote is None:
        return Role.MANDATORY
    if vote in (Role.IGNORE, Role.MANDATORY, Role.LIMIT, Role.GUIDANCE, Role.ID):
        return None
    if item.choices and vote is None:
        return Role.CHOICE
    if item.open < _MOSTLY or _SCHEDULE.search(text):
        return None
    if not any(role in ANSWER_ROLES and role is not Role.COMMENT for role in roles.values()):
        return Role.ANSWER
    return None if Role.COMMENT in roles.values() else Role.COMMENT


def _votes(texts: Sequence[str]) -> dict[int, Role]:
    roles = {at: role for at, text in enumerate(texts) if (role := title_role(text)) is not None}
    _settle_marks(texts, roles)
    return roles


def _kept(roles: Mapping[int, Role]) -> dict[int, Role]:
    return {at: role for at, role in roles.items() if role not in _NOT_KEPT}


def title_role(text: str) -> Role | None:
    """The role that a title votes for; a remark behind it may say that the column is the buyer's own."""
    if len(text.split()) > _MAX_HEADER_WORDS:
        return None
    remark = _REMARK.search(text)
    role = Role.IGNORE if remark and role_of(remark[1]) is Role.IGNORE else role_of(text)
    return None if role in (Role.ANSWER, Role.TOPIC) and _SCHEDULE.search(text) else role


def _settle_marks(texts: Sequence[str], roles: dict[int, Role]) -> None:
    """Columns named by options are marked with an "x", when there are two of them or more."""
    marks = [at for at, text in enumerate(texts) if is_mark_word(text)]
    if marks[:1] == [0] and role_of(texts[0]) is Role.ID:
        marks = marks[1:]
    if len(marks) > 1:
        after = marks[-1] + 1
        is_open = all(meaning_of(texts[at]) != "na" for at in marks)
        if (
            is_open
            and after < len(texts)
            and after not in roles
            and 0 < len(texts[after].split()) <= _MAX_MARK_WORDS
        ):
            marks.append(after)  # "Oui | Non | S.O."
        roles.update(dict.fromkeys(marks, Role.MARK))


def _settle_question(texts: Sequence[str], roles: dict[int, Role]) -> None:
    """Choose the one column that asks; topics before it group, topics after it explain."""
    asking = [at for at, role in roles.items() if role is Role.QUESTION]
    topics = [at for at, role in roles.items() if role is Role.TOPIC]
    if not asking:
        strong = [at for at in topics if _STRONG_TOPIC.search(texts[at])]
        groups = [at for at, role in roles.items() if role is Role.SECTION] if has_answer_role(roles) else []
        asking = strong[:1] or topics[-1:] or groups[-1:]
    if not asking:
        return
    best = asking[0]
    for at in (*asking, *topics):
        roles[at] = Role.SECTION if at < best else Role.GUIDANCE
    roles[best] = Role.QUESTION
