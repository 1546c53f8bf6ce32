import pytest

from bidproof.documents.clean import clean_line, clean_lines, clean_text


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u202e", "\ufeff", "\U000e0041", "\u2066", "\u00ad", "\x07", "\ufe0f"]
)
def test_invisible_characters_are_dropped(hidden):
    assert clean_text(f"a{hidden}b") == "ab"


def test_ligatures_and_spaces_become_plain():
    assert clean_line("\ufb01rst\u00a0of\u2003all\r\nnext") == "first of all next"


def test_lines_are_trimmed_and_blank_ones_dropped():
    assert clean_lines("  a   b \n\n\t c\r\n") == "a b\nc"


def test_visible_text_of_other_scripts_stays():
    assert clean_text("naïve Größe 東京 مرحبا ₂ €") == "naïve Größe 東京 مرحبا ₂ €"
