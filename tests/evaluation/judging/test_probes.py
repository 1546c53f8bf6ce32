import asyncio
import random

from bidproof.answering.proof.verifier import Verifier
from bidproof.evaluation.judging.probes import (
    ProbeKind,
    ProbeSource,
    change_number,
    change_scope,
    insert_negation,
    make_probes,
    names_in,
    probe_rates,
    reword,
    run_probes,
    swap_entity,
)
from bidproof.evaluation.protocol import Entailment

TEXT = (
    "In general the Vault in Frankfurt is set up to keep all keys for 30 days."
    " Managers at Beta Corp in Zurich review CoreDNS daily."
)
SOURCE = ProbeSource(
    claim="In general the Vault in Frankfurt is set up to keep all keys for 30 days.", text=TEXT
)


def test_each_edit_changes_one_thing():
    rng = random.Random(1)
    assert change_number("kept for 30 days", rng) in {f"kept for {n} days" for n in range(100)} - {
        "kept for 30 days"
    }
    assert change_number("kept for days", rng) is None
    assert insert_negation("Data is encrypted.", rng) == "Data is not encrypted."
    assert insert_negation("Encrypted data.", rng) is None
    assert swap_entity("Keys live in CoreDNS today.", rng, ["Frankfurt"]) == "Keys live in Frankfurt today."
    assert swap_entity("keys live here", rng, ["Frankfurt"]) is None
    assert change_scope("It keeps all keys.", rng) == "It keeps some keys."
    assert reword("It provides keys.") == "It offers keys."
    assert reword("Nothing fits.") is None


def test_names_are_names_and_not_openings():
    assert names_in(TEXT) == ("Vault", "Frankfurt", "Beta Corp", "Zurich", "CoreDNS")


def test_probes_are_the_same_for_the_same_seed():
    one, again = make_probes([SOURCE], per_kind=2, seed=5), make_probes([SOURCE], per_kind=2, seed=5)
    assert one == again
    kinds = {probe.kind for probe in one}
    assert kinds >= set(ProbeKind) - {ProbeKind.REWORDED}
    assert all(probe.claim != probe.original for probe in one if not probe.is_held)


def test_rates_count_what_was_decided():
    probes = make_probes([SOURCE], per_kind=1)

    async def blind(claim, text):
        return Entailment(is_held=True, score=1.0)

    async def broken(claim, text):
        return None

    seen = probe_rates(asyncio.run(run_probes(probes, blind)))
    assert all(rate.rate == 0.0 for rate in seen)
    lost = probe_rates(asyncio.run(run_probes(probes, broken)))
    assert all((rate.rate, rate.n, rate.undecided) == (None, 0, 1) for rate in lost)


def test_the_offline_verifier_sees_every_edit_of_this_claim():
    async def verify(claim, text):
        found = Verifier().compare(claim, [text])
        return Entailment(is_held=found.is_supported, score=found.score_0_1, problems=found.problems)

    results = asyncio.run(run_probes(make_probes([SOURCE], per_kind=1), verify))
    wrong = [item.probe.claim for item in results if item.verdict is not item.probe.is_held]
    assert wrong == []
