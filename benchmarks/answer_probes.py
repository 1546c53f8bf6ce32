"""Minimal edits of real answers, and how many of them the offline verifier sees.

Claims are sentences of answers that people wrote: a vendor's explanations
(whitepact), a due-diligence questionnaire (k8gb), questions about cloud guides
(aws), quarterly reports (sec10q, for the first kind of source only). Each is held
against two kinds of source:

``answer``     the answer it comes from, between its neighbours' answers, so that
               swapped names and numbers stand in the text, elsewhere;
``documents``  the passage of the set's own documents that speaks of it, where one
               place holds nine in ten of its words of content, four at least (chosen
               by words alone, before any check).

Call ``verifier_probes.py --answers``.
"""

import asyncio
import csv
import json
import os
import random
import tarfile
from collections import defaultdict
from pathlib import Path

from python_calamine import CalamineWorkbook

from bidproof.answering.proof.places import places_of
from bidproof.answering.proof.verifier import Verifier
from bidproof.evaluation.judging.probes import (
    KEEPS_TRUTH,
    ProbeSource,
    make_probes,
    names_in,
    probe_rates,
    run_probes,
)
from bidproof.evaluation.protocol import Entailment
from bidproof.evaluation.statistics.intervals import wilson
from bidproof.language.statements import split_claims
from bidproof.language.words import content_stems
from bidproof.retrieval.minilm import MiniLmEmbedder

DATA = Path(os.environ.get("BIDPROOF_DATA", Path(__file__).parents[2] / "shared" / "data"))
_LEAST_WORDS = 2
_LEAST_STEMS = 4
_WORD_SHARE = 0.9
_MOST_OF_A_SET = 250
_PASSAGE_CHARS = 1200
SETS = {"answer": ("whitepact", "k8gb", "aws", "sec10q"), "documents": ("whitepact", "k8gb", "aws")}


def real_answers(name: str) -> list[str]:
    """Answers of one set, in file order."""
    if name == "aws":
        with (DATA / "aws/questions.csv").open(encoding="utf-8-sig") as file:
            return [row["Answer_True"] for row in csv.DictReader(file)]
    if name == "k8gb":
        return [json.loads(line)["answer"] for line in (DATA / "k8gb/gold.jsonl").read_text().splitlines()]
    if name == "sec10q":
        with (DATA / "sec10q/questions.csv").open(encoding="utf-8-sig") as file:
            return [row["Answer"] for row in csv.DictReader(file)]
    sheet = CalamineWorkbook.from_path(str(DATA / "whitepact/completed.xlsx")).get_sheet_by_name("CAIQv4.0.3")
    return [str(row[4]) for row in sheet.to_python() if str(row[2]) in ("Yes", "No", "NA")]


def from_answers(name: str) -> list[ProbeSource]:
    """Claims with their own answer as source, its neighbours' answers around it."""
    answers = real_answers(name)
    everywhere = names_in("\n".join(answers))
    found: dict[str, ProbeSource] = {}
    for place, answer in enumerate(answers):
        text = "\n\n".join(dict.fromkeys(answers[max(0, place - 1) : place + 2]))
        names = names_in(text) or everywhere
        for claim in split_claims(answer):
            if len(claim.split()) >= _LEAST_WORDS:
                found.setdefault(claim, ProbeSource(claim=claim, text=text, names=names))
    return list(found.values())


def from_documents(name: str) -> list[ProbeSource]:
    """Claims with the passage of the set's documents whose words hold them."""
    passages = [text for text in document_passages(name) if places_of(text)]
    by_stem: dict[str, set[int]] = defaultdict(set)
    stems = [frozenset(content_stems(text)) for text in passages]
    for number, held in enumerate(stems):
        for stem in held:
            by_stem[stem].add(number)
    found: list[ProbeSource] = []
    for source in from_answers(name):
        wanted = frozenset(content_stems(source.claim))
        if len(wanted) < _LEAST_STEMS:
            continue  # two words are found in a hundred places that do not speak of it
        rare = min((by_stem[stem] for stem in wanted if by_stem[stem]), key=len, default=set())
        shared = [(len(wanted & stems[n]), -n) for n in rare]
        if not shared:
            continue
        share, minus = max(shared)
        if share >= _WORD_SHARE * len(wanted):
            text = passages[-minus]
            best = max(len(place.stems & wanted) for place in places_of(text))
            if best >= _WORD_SHARE * len(wanted):
                found.append(ProbeSource(claim=source.claim, text=text, names=names_in(text)))
    return found


def document_passages(name: str) -> list[str]:
    """Paragraphs of a set's Markdown documents, joined up to some 200 words."""
    passages: list[str] = []
    with tarfile.open(DATA / name / "documents.tar.xz") as archive:
        for member in archive:
            if not member.name.endswith(".md") or not member.isfile():
                continue
            stream = archive.extractfile(member)
            text = stream.read().decode("utf-8", "replace") if stream else ""
            current = ""
            for paragraph in text.split("\n\n"):
                if not current:
                    current = member.name
                if current and len(current) + len(paragraph) > _PASSAGE_CHARS:
                    passages.append(current)
                    current = member.name
                current = f"{current}\n\n{paragraph}" if current else paragraph
            passages.append(current)
    return passages


def _some(sources: list[ProbeSource], seed: int) -> list[ProbeSource]:
    """At most so many of one set, so that no set drowns the others."""
    return random.Random(seed).sample(sources, min(_MOST_OF_A_SET, len(sources)))


def report(*, per_kind: int, seed: int, show: bool) -> None:
    """Print one line a kind of edit and source."""

    verifier = Verifier(MiniLmEmbedder(threads=1))

    async def verify(claim: str, text: str) -> Entailment:
        found = verifier.compare(claim, [text])
        return Entailment(is_held=found.is_supported, score=found.score_0_1, problems=found.problems)

    for label, read in (("answer", from_answers), ("documents", from_documents)):
        sources = [source for name in SETS[label] for source in _some(read(name), seed)]
        probes = make_probes(sources, per_kind=per_kind, seed=seed)
        results = asyncio.run(run_probes(probes, verify))
        print(f"source: {label}; {len(sources)} claims, {len(probes)} probes")
        for rate in probe_rates(results):
            low, high = wilson(rate.flagged, rate.n)
            word = "false alarms" if rate.kind in KEEPS_TRUTH else "detected"
            print(
                f"  {rate.kind.value:18s} {word:13s} {rate.flagged:3d}/{rate.n:<3d} {rate.rate or 0:.3f}"
                f"  [{low:.3f}, {high:.3f}]"
            )
        for item in results if show else ():
            if item.verdict != item.probe.is_held:
                probe = item.probe
                print(
                    f"  {probe.kind.value}: {probe.claim}\n     was: {probe.original}\n     {item.problems}"
                )
                print(f"     text: {' '.join(probe.text.split())[:900]}")
