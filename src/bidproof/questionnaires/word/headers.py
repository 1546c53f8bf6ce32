"""Tell from a row's words whether it heads the columns of a question table."""

import re
from collections.abc import Mapping, Sequence

from bidproof.questionnaires.sheets.headers import ANSWER_ROLES, Role, is_mark_word, role_of

_MAX_HEADER_WORDS = 14
_SCHEDULE = re.compile(r"\b(?:dates?|due|deadline|time|format|quantity|price|cost|amount)\b", re.I)
_STRONG_TOPIC = re.compile(r"require|specification|criteri|control", re.I)


def header_roles(texts: Sequence[str]) -> dict[int, Role] | None:
    """Read a row as column headers.

    Args:
        texts: The cells' texts in order.

    Returns:
        Role by cell position from 0, with exactly one question column and at least one
        more column that is known; None when the row is no such header.
    """
    roles = {at: role for at, text in enumerate(texts) if (role := _role(text)) is not None}
    _settle_marks(texts, roles)
    _settle_question(texts, roles)
    filled = sum(1 for text in texts if text.strip())
    has_question = list(roles.values()).count(Role.QUESTION) == 1
    if not has_question or len(roles) < 2 or len(roles) * 2 < filled:
        return None
    return {at: role for at, role in roles.items() if role not in (Role.IGNORE, Role.TOPIC, Role.LIMIT)}


def has_answer_role(roles: Mapping[int, Role]) -> bool:
    """Whether some column takes the main answer."""
    return any(role in ANSWER_ROLES for role in roles.values())


def _role(text: str) -> Role | None:
    if len(text.split()) > _MAX_HEADER_WORDS:
        return None
    role = role_of(text)
    return None if role in (Role.ANSWER, Role.TOPIC) and _SCHEDULE.search(text) else role


def _settle_marks(texts: Sequence[str], roles: dict[int, Role]) -> None:
    """Columns named by options are marked with an "x", when there are two of them or more."""
    marks = [at for at, text in enumerate(texts) if is_mark_word(text)]
    if marks and marks[0] == 0 and "".join(texts[0].split()).casefold().rstrip(".") in ("no", "n"):
        marks = marks[1:]
    if len(marks) > 1:
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
