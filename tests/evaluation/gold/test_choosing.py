from collections.abc import Iterator
from pathlib import Path

import pytest

from bidproof.core.errors import UserError
from bidproof.evaluation.gold.choosing import choose_cases, require_gold
from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.records import GoldCase, GoldSet
from bidproof.workspace.store import Workspace

CASES = (
    GoldCase(id="a", question="Is a kept?", reference="Yes.", split="dev"),
    GoldCase(id="b", question="Is b kept?", reference="No.", split="test"),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "workspace") as opened:
        yield opened


def chosen(name: str, workspace: Workspace, *, split: str = "", limit: int | None = None) -> list[str]:
    found = choose_cases(name, split=split, limit=limit, program_digest="p", workspace=workspace)
    return [case.id for case in found.cases]


def test_sealed_cases_are_looked_at_only_when_they_are_named(workspace: Workspace) -> None:
    store = GoldStore(workspace.folder)
    store.save(GoldSet(name="kept", cases=CASES))
    assert chosen("kept", workspace) == ["a"]
    assert store.openings("kept") == 0
    assert chosen("kept", workspace, split="all") == ["a", "b"]
    assert store.openings("kept") == 1


def test_a_file_is_taken_as_it_is(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("question,reference\nIs a kept?,Yes.\nIs b kept?,No.\n", "utf-8")
    require_gold(str(path), workspace=workspace)
    assert len(chosen(str(path), workspace)) == 2
    assert len(chosen(str(path), workspace, limit=1)) == 1


def test_a_set_that_is_nowhere_is_refused_with_what_there_is(workspace: Workspace) -> None:
    GoldStore(workspace.folder).save(GoldSet(name="kept", cases=CASES))
    with pytest.raises(UserError, match="found kept") as caught:
        require_gold("lost", workspace=workspace)
    assert caught.value.code == "gold-unknown"
