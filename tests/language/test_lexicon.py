"""The word lists: each word once, and every language's yes and no understood."""

import pytest

from bidproof.language.choices import meaning_of, verdict_of
from bidproof.language.lexicon import LANGUAGES, lexicon, word_list


def lists_of(table: dict[str, object], before: str = "") -> list[str]:
    named = [(f"{before}{name}", value) for name, value in table.items()]
    inner = [name for at, value in named if isinstance(value, dict) for name in lists_of(value, f"{at}.")]
    return [name for name, value in named if isinstance(value, str)] + inner


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_names_each_word_once_in_lower_case(language: str) -> None:
    for name in lists_of({**lexicon(language), "numbers": {}, "parts": {}, "patterns": {}}):
        found = word_list(name, language=language)
        assert found
        assert sorted(set(found)) == sorted(found), name
        assert [word.lower() for word in found] == list(found), name


def test_what_two_uses_share_is_written_once() -> None:
    for section in ("stop", "abbreviations"):
        shared, *own = [name for name in lexicon()[section] if name not in ("companies", "openers")]
        for name in own:
            assert not set(word_list(f"{section}.{shared}")) & set(word_list(f"{section}.{name}")), name


@pytest.mark.parametrize(
    ("cell", "says"),
    [("Yes", True), ("Ja", True), ("Sì.", True), ("tak", True), ("NO", False), ("nee", False)],
)
def test_yes_and_no_are_read_in_every_language(cell: str, says: bool) -> None:
    assert meaning_of(cell) == ("yes" if says else "no")
    assert verdict_of(cell, yes=frozenset(), no=frozenset()) is says


def test_a_cell_may_say_it_in_the_words_of_its_column() -> None:
    found = [verdict_of(cell, yes={"met"}, no={"not met"}) for cell in ("Met", "not  met", "n/a", "perhaps")]
    assert found == [True, False, None, None]
