"""Edit real sentences by code and count how many edits the claim checks see.

    BIDPROOF_DATA=../shared/data python benchmarks/verifier_probes.py
    BIDPROOF_DATA=../shared/data python benchmarks/verifier_probes.py --answers

Takes sentences of the measuring sets' documents as quotes, makes one minimal
edit to each (a number, a negation, a name, a scope word, an opposite), and
asks the verifier whether it notices. Unedited sentences and light
paraphrases made by rule give the false alarms. Then come sentences that people wrote beside
quotations: inventions, half-true ones, and honest rewordings for the false alarms; the verifier was fitted on
these, ``verifier_fit.py`` says how it does on those it has not seen. Rates carry 95% Wilson intervals.

``--answers`` measures the evaluation's offline verifier instead, on sentences of
real answers, see ``answer_probes.py``.
"""

import argparse
import csv
import os
import random
import re
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import answer_probes
from verifier_fit import FILES

from bidproof.answering.cleaning import clean
from bidproof.answering.proof.verifier import Verifier
from bidproof.core.ids import DocumentId, PassageId
from bidproof.core.records import Citation
from bidproof.evaluation.statistics.intervals import wilson
from bidproof.language.sentences import SegmentKind, split_sentences
from bidproof.retrieval.minilm import MiniLmEmbedder

DATA = Path(os.environ.get("BIDPROOF_DATA", Path(__file__).parents[2] / "shared" / "data"))
SETS = ("aws", "k8gb", "whitepact")
VERIFIER = Verifier(MiniLmEmbedder(threads=1))
Edit = Callable[[str, random.Random], str | None]

_COPULA = re.compile(
    r"\b(is|are|was|were|can|will|must|should|may|does|do|has been|have been)\b(?! not)(?!n't)"
)
_NEGATION = re.compile(
    r"\b(?:(is|are|was|were|can|will|must|should|may|does|do) ?not|(?:(ca|is|are|do|does|wo|was)n['’]t))\b"
)
_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][a-z]+[A-Z]\w*|[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})?|[A-Z]{2,5}\d*)\b")
_SCOPE = {"all": "some", "every": "some", "always": "sometimes", "each": "some", "some": "all", "most": "all"}
_OPPOSITE = {
    "enabled": "disabled", "disabled": "enabled", "before": "after", "after": "before", "minimum": "maximum",
    "maximum": "minimum", "encrypted": "unencrypted", "required": "optional", "optional": "required",
    "private": "public", "public": "private", "internal": "external", "inbound": "outbound",
    "supported": "unsupported", "increase": "decrease", "allow": "deny", "automatically": "manually",
}  # fmt: skip
_SAME = (
    (r"\bcannot\b|\bcan not\b", "can't"), (r"\bcan't\b", "cannot"), (r"\bdoes not\b", "doesn't"),
    (r"\bdoesn't\b", "does not"), (r"\bdo not\b", "don't"), (r"\bfor example\b", "for instance"),
    (r"\bhelps\b", "supports"), (r"\bprovides\b", "offers"), (r"\bcreate\b", "set up"),
    (r"\buse\b", "employ"),
    (r"\busing\b", "with the use of"), (r"\bin order to\b", "to"), (r"\bYou can\b", "Customers can"),
    (r"\bshow\b", "display"), (r"\bmultiple\b", "several"), (r"\bensure\b", "make sure"),
    (r"\bstore\b", "keep"),
    (r"(?<=\s)2(?=\s)", "two"), (r"(?<=\s)3(?=\s)", "three"), (r"\bten\b", "10"), (r"\bdaily\b", "every day"),
    (r"\band also\b", "and"), (r"\bbegins?\b", "starts"), (r"\blarge\b", "big"), (r"\bspecify\b", "state"),
)  # fmt: skip


def real_sentences(name: str) -> Iterator[str]:
    """Cleaned prose sentences of 8 to 40 words of one set's Markdown documents."""
    with tarfile.open(DATA / name / "documents.tar.xz") as archive:
        for member in archive:
            if not member.name.endswith(".md") or not member.isfile():
                continue
            stream = archive.extractfile(member)
            text = stream.read().decode("utf-8", "replace") if stream else ""
            for segment in split_sentences(text):
                sentence = clean(segment.text)
                if segment.kind is SegmentKind.SENTENCE and 8 <= len(sentence.split()) <= 40:
                    yield sentence


def change_number(text: str, rng: random.Random) -> str | None:
    """Change one digit of one number."""
    found = list(re.finditer(r"(?<![\w.-])\d+(?:[.,]\d+)*(?![\w-])", text))
    if not found:
        return None
    match = rng.choice(found)
    place = rng.choice([at for at in range(match.start(), match.end()) if text[at].isdigit()])
    digit = rng.choice([other for other in "123456789" if other != text[place]])
    return text[:place] + digit + text[place + 1 :]


def insert_negation(text: str, rng: random.Random) -> str | None:
    """Put a ``not`` after the first verb that takes one."""
    match = _COPULA.search(text)
    return text[: match.end()] + " not" + text[match.end() :] if match else None


def remove_negation(text: str, rng: random.Random) -> str | None:
    """Take the first negation away."""
    match = _NEGATION.search(text)
    if not match:
        return None
    verb = match[1] or {"ca": "can", "wo": "will"}.get(match[2], match[2])
    return text[: match.start()] + verb + text[match.end() :]


def swap_name(text: str, rng: random.Random, names: list[str]) -> str | None:
    """Put another name of the same set in place of one."""
    found = list(_NAME.finditer(text))
    others = [name for name in names if name.lower() not in text.lower()]
    if not found or not others:
        return None
    match = rng.choice(found)
    return text[: match.start()] + rng.choice(others) + text[match.end() :]


def swap_inside(text: str, rng: random.Random) -> str | None:
    """Exchange two names of the same sentence."""
    found = list({match[0]: match for match in _NAME.finditer(text)}.values())
    if len(found) < 2:
        return None
    one, other = sorted(rng.sample(found, 2), key=lambda match: match.start())
    return text[: one.start()] + other[0] + text[one.end() : other.start()] + one[0] + text[other.end() :]


def replace_word(text: str, table: dict[str, str], rng: random.Random) -> str | None:
    """Replace one word by the table's other word."""
    found = [match for match in re.finditer(r"[A-Za-z]+", text) if match[0].lower() in table]
    if not found:
        return None
    match = rng.choice(found)
    return text[: match.start()] + table[match[0].lower()] + text[match.end() :]


def paraphrase(text: str, rng: random.Random) -> str | None:
    """Apply every meaning-preserving rule that fits."""
    changed = text
    for pattern, other in _SAME:
        changed = re.sub(pattern, other, changed)
    return changed if changed != text else None


def problems_of(claim: str, quote: str) -> tuple[str, ...]:
    """What the checks say of a claim against one quote."""
    citation = Citation(
        passage_id=PassageId("p"),
        document_id=DocumentId("d"),
        path="",
        title="",
        quote=quote,
        start=0,
        end=len(quote),
    )
    return VERIFIER.check(claim, [citation]).problems


def main() -> None:
    """Print one line per kind of edit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-kind", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--show", action="store_true", help="print edits missed and false alarms")
    parser.add_argument("--answers", action="store_true", help="measure the offline verifier on real answers")
    options = parser.parse_args()
    if options.answers:
        answer_probes.report(per_kind=options.per_kind, seed=options.seed, show=options.show)
        return
    rng = random.Random(options.seed)
    pools = {name: sorted(set(real_sentences(name))) for name in SETS}
    names = {
        name: sorted({m[0] for s in pool[:4000] for m in _NAME.finditer(s)}) for name, pool in pools.items()
    }
    kinds: dict[str, tuple[bool, Callable[[str, random.Random, str], str | None]]] = {
        "number changed": (True, lambda t, r, s: change_number(t, r)),
        "negation inserted": (True, lambda t, r, s: insert_negation(t, r)),
        "negation removed": (True, lambda t, r, s: remove_negation(t, r)),
        "name swapped in": (True, lambda t, r, s: swap_name(t, r, names[s])),
        "names exchanged": (True, lambda t, r, s: swap_inside(t, r)),
        "scope word": (True, lambda t, r, s: replace_word(t, _SCOPE, r)),
        "opposite word": (True, lambda t, r, s: replace_word(t, _OPPOSITE, r)),
        "verbatim": (False, lambda t, r, s: t),
        "light paraphrase": (False, lambda t, r, s: paraphrase(t, r)),
    }
    for kind, (should_flag, edit) in kinds.items():
        hits = count = 0
        for turn in range(options.per_kind):
            name = SETS[turn % len(SETS)]
            quote = changed = None
            for _ in range(5000):
                quote = rng.choice(pools[name])
                changed = edit(quote, rng, name)
                if changed is not None and (changed != quote or kind == "verbatim"):
                    break
            if not quote or changed is None:
                continue
            count += 1
            problems = problems_of(changed, quote)
            hits += bool(problems)
            if options.show and bool(problems) != should_flag:
                print(f"  {kind}: {changed}\n     quote: {quote}\n     {problems}")
        show_rate(kind, hits, count, "detected" if should_flag else "false alarms")
    for kind, (hits, count) in written_probes().items():
        show_rate(kind, hits, count, "false alarms" if kind == "honest" else "detected")


def written_probes() -> dict[str, tuple[int, int]]:
    """By kind, how many sentences that people wrote are not supported, of how many."""
    rows = [row for files in FILES.values() for file in files for row in csv.DictReader(file.open())]
    found = {"invented": (0, 0), "half true": (0, 0), "honest": (0, 0)}
    for row in rows:
        is_half = row["kind"].startswith("half")
        kind = "honest" if row["label"] == "held" else "half true" if is_half else "invented"
        hits, count = found[kind]
        found[kind] = (hits + bool(problems_of(row["sentence"], row["quote"])), count + 1)
    return found


def show_rate(kind: str, hits: int, count: int, word: str) -> None:
    """One line of the table."""
    low, high = wilson(hits, count)
    print(f"{kind:18s} {word:13s} {hits:3d}/{count:<3d} {hits / max(1, count):.3f}  [{low:.3f}, {high:.3f}]")


if __name__ == "__main__":
    main()
