"""A small workspace with a split gold set: each thing is inspected, and its document says how often."""

from collections.abc import Sequence
from pathlib import Path

from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.records import GoldCase, GoldSet, Relevant, Split
from bidproof.flows.ingest import ingest
from bidproof.flows.requests.answering import IngestRequest
from bidproof.runtime.session import SessionRequest, open_session

THINGS = ("backups", "badges", "cameras", "doors", "firewalls", "keys", "laptops", "routers", "tickets")


def sentence_about(thing: str) -> str:
    return f"The {thing} are inspected every {THINGS.index(thing) + 2} weeks."


def question_about(thing: str) -> str:
    return f"How often are the {thing} inspected?"


def prepare(folder: Path, splits: Sequence[Split], *, more: tuple[GoldCase, ...] = ()) -> None:
    """Write documents, ingest them into ``ws`` and store the gold set ``set``, one thing a split."""
    (folder / "docs").mkdir(parents=True)
    cases: list[GoldCase] = []
    for thing, split in zip(THINGS, splits, strict=False):
        (folder / "docs" / f"{thing}.md").write_text(f"# About {thing}\n\n{sentence_about(thing)}\n")
        cases.append(
            GoldCase(
                id=thing,
                question=question_about(thing),
                reference=sentence_about(thing),
                relevant=(Relevant(path=f"{thing}.md"),),
                is_answerable=True,
                split=split,
            )
        )
    with open_session(SessionRequest(workspace=folder / "ws")) as session:
        ingest(IngestRequest(roots=(folder / "docs",)), session=session)
        GoldStore(session.workspace.folder).save(GoldSet(name="set", cases=(*cases, *more)))
