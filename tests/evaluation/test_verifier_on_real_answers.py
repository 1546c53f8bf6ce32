"""The offline verifier on minimal edits of answers that people wrote; the whole table is a benchmark."""

import asyncio
import os
from pathlib import Path

import pytest

from bidproof.answering.proof.verifier import Verifier
from bidproof.evaluation.judging.probes import ProbeKind, make_probes, probe_rates, run_probes
from bidproof.evaluation.protocol import Entailment

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("BIDPROOF_DATA", REPOSITORY.parent / "shared" / "data"))


@pytest.mark.skipif(
    not (DATA / "whitepact" / "completed.xlsx").exists(), reason=f"no measuring sets in {DATA}"
)
def test_edits_are_seen_and_true_claims_are_not_refused(monkeypatch):
    monkeypatch.syspath_prepend(str(REPOSITORY / "benchmarks"))
    import answer_probes

    async def verify(claim, text):
        found = Verifier().compare(claim, [text])
        return Entailment(is_held=found.is_supported, score=found.score_0_1, problems=found.problems)

    sources = [source for name in ("whitepact", "k8gb", "aws") for source in answer_probes.from_answers(name)]
    results = asyncio.run(run_probes(make_probes(sources, per_kind=30, seed=2), verify))
    rates = {rate.kind: rate.rate for rate in probe_rates(results)}
    assert rates[ProbeKind.NUMBER] >= 0.95
    assert rates[ProbeKind.NEGATION] >= 0.90
    assert rates[ProbeKind.ENTITY] >= 0.80
    assert rates[ProbeKind.SCOPE] >= 0.80
    assert rates[ProbeKind.NONE] <= 0.10
    assert rates[ProbeKind.REWORDED] <= 0.10
