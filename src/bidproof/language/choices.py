"""Match a drafted choice to the very wording that a cell's own list allows."""

import re
from collections.abc import Sequence, Set

from bidproof.language.lexicon import LANGUAGES, word_set

_MEANINGS = {
    meaning: frozenset[str]().union(*(word_set(words, language=language) for language in LANGUAGES))
    for meaning, words in (("yes", "yes"), ("no", "no"), ("na", "not_applicable"))
}
_LEVELS = {
    name: frozenset(word_set(f"choices.{words}"))
    for name, words in (("yes", "fully"), ("no", "not_at_all"), ("partly", "partly"))
}
_STEP = re.compile(r"\s*(\d{1,2})(?:\s*[-–—:.=)]\s*\D.*|\s*)$")
_FIRST_WORD = re.compile(r"[^\W\d_]+(?:/[A-Za-z]\b)?")


def match_option(choice: str, options: Sequence[str]) -> str | None:
    """Find the option that says what the choice says.

    Equal wording wins over equal meaning (``Y`` and ``Yes``; ``NA`` and ``Not
    applicable``), which wins over the only option that begins with that meaning
    (``Yes - fully``).

    Returns:
        The option exactly as the file spells it; None when none says the same,
        or when several would.
    """
    for same in (str.strip, _plain):
        equal = [option for option in options if same(option) == same(choice) and option.strip()]
        if equal:
            return equal[0]
    meaning = meaning_of(choice)
    if meaning is None:
        return None
    alike = [option for option in options if meaning_of(option) == meaning]
    if alike:
        return alike[0] if len(alike) == 1 else None
    starting = [option for option in options if _opening_meaning(option) == meaning]
    return starting[0] if len(starting) == 1 else None


def translate_choice(choice: str, options: Sequence[str]) -> str | None:
    """Find the option of another form that says what a choice says.

    Beside :func:`match_option`, other wordings of yes, no and in part count (``Fully compliant``, ``Met``),
    and the ends of a scale of numbers from 0 or 1 upwards (``5`` or ``5 - optimised`` for yes).

    Returns:
        The option as the form spells it; None where none says the same, or several do.
    """
    same = match_option(choice, options)
    level = _level_of(choice)
    if same is not None or level is None:
        return same
    alike = [option for option in options if _level_of(option) == level]
    if alike:
        return alike[0] if len(alike) == 1 else None
    return _end_of_scale(level, options)


def _level_of(choice: str) -> str | None:
    """``yes``, ``no``, ``na`` or ``partly`` in any usual wording."""
    plain = _plain(choice)
    return meaning_of(choice) or next((name for name, words in _LEVELS.items() if plain in words), None)


def _end_of_scale(level: str, options: Sequence[str]) -> str | None:
    steps = [_STEP.match(option) for option in options]
    numbers = [int(step[1]) for step in steps if step]
    is_scale = len(numbers) == len(options) > 2 and numbers == list(
        range(numbers[0], numbers[0] + len(options))
    )
    if not is_scale or numbers[0] not in (0, 1):
        return None
    return {"yes": options[-1], "no": options[0]}.get(level)


def meaning_of(choice: str) -> str | None:
    """``yes``, ``no`` or ``na`` for a whole choice that says just that, else None."""
    plain = _plain(choice)
    return next((name for name, words in _MEANINGS.items() if plain in words), None)


def verdict_of(cell: str, *, yes: Set[str], no: Set[str]) -> bool | None:
    """True for a cell that says yes, False for no, None for anything else.

    Args:
        cell: Its whole text, in any language that has word lists.
        yes: Further wordings for yes, in lower case.
        no: Further wordings for no.
    """
    plain = " ".join(cell.casefold().split())
    if plain in yes or plain in no:
        return plain in yes
    return {"yes": True, "no": False}.get(meaning_of(cell) or "")


def is_yes_no(options: Sequence[str]) -> bool:
    """Whether a list offers at least a yes and a no, alone or as an opening (``Yes - fully``)."""
    meanings = {_opening_meaning(option) for option in options}
    return {"yes", "no"} <= meanings


def _opening_meaning(option: str) -> str | None:
    if _plain(option).startswith("notapplicable"):
        return "na"
    first = _FIRST_WORD.match(option.strip())
    return meaning_of(first.group()) if first else None


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
