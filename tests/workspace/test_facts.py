"""Texts by name."""

from bidproof.workspace.store import Workspace


def test_a_fact_is_set_replaced_and_removed(workspace: Workspace) -> None:
    assert workspace.facts.get("index") is None
    workspace.facts.set("index", "one")
    workspace.facts.set("index", "two")
    workspace.facts.set("embedder", "")
    assert workspace.facts.get("index") == "two"
    assert workspace.facts.all() == {"embedder": "", "index": "two"}
    workspace.facts.remove("index")
    workspace.facts.remove("index")
    assert workspace.facts.all() == {"embedder": ""}
