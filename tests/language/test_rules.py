"""Data files of words: what a pattern's lines and parts stand for, and that every file can be read."""

import re
from pathlib import Path

import pytest

import bidproof
from bidproof.language.rules import Rules, read_data, read_patterns, read_rules

ROOT = Path(bidproof.__file__).parent
FILES = sorted(
    (".".join(("bidproof", *file.parent.parent.relative_to(ROOT).parts)), file.stem)
    for file in ROOT.rglob("data/*.toml")
)


@pytest.mark.parametrize(("package", "name"), FILES)
def test_every_pattern_and_rule_of_a_file_is_one(package: str, name: str) -> None:
    data = read_data(package, name)
    if "patterns" in data:
        assert set(read_patterns(package, name)) == set(data["patterns"])
    if "rule" in data:
        assert len(read_rules(package, name).patterns) == len(data["rule"])
    expressions = [data.get(table) for table in ("parts", "patterns", "rule")]
    used = set(re.findall(r"\{([a-z_]+)\}", str(expressions)))
    assert used == set(data.get("parts", {})), "parts that nothing stands for, or that are not written"


def test_any_line_of_a_part_may_stand_in_its_place() -> None:
    party = read_patterns("bidproof.questionnaires.requirements", "en")["party"]
    found = party.search("The PROCURING ENTITY will pay")
    assert found is not None
    assert (found.group(), found.lastgroup) == ("PROCURING ENTITY", "buyer")


def test_the_first_rule_that_fits_decides() -> None:
    rules = Rules((("digits", re.compile(r"\d")), ("words", re.compile(r"\w"))))
    assert [rules.first(text) for text in ("a1", "a", "-")] == ["digits", "words", None]
