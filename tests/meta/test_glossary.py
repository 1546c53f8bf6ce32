"""What the glossary points at is there."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| \*\*(?P<term>[^*]+)\*\* \| .+ \| `(?P<place>[a-z_]+(\.\w+)+)` \|$", re.MULTILINE)
POINTERS = ROW.findall((REPOSITORY / "docs" / "glossary.md").read_text("utf-8"))


@pytest.mark.parametrize("place", sorted({place for _, place, _ in POINTERS}))
def test_the_place_named_in_the_code_exists(place: str) -> None:
    *module, name = place.split(".")
    source = REPOSITORY / "src" / "bidproof" / Path(*module)
    if (source / name).is_dir() or (source / f"{name}.py").is_file():
        return
    assert re.search(rf"^class {name}\b", source.with_suffix(".py").read_text("utf-8"), re.MULTILINE)


def test_terms_are_listed_once() -> None:
    terms = [term for term, _, _ in POINTERS]
    assert len(terms) > 20
    assert len(terms) == len(set(terms))
