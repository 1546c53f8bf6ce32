"""A question whose passages a re-ranker behind an endpoint was to look at."""

import json
from collections.abc import Callable
from pathlib import Path

from command_line import Ended

Bidproof = Callable[..., Ended]
DOWN = ("--set", "retrieval.reranker=endpoint", "--set", "retrieval.reranker_base_url=http://127.0.0.1:9/v1")


def test_a_re_ranker_that_is_down_is_said_and_the_question_is_answered(
    company: Path, bidproof: Bidproof
) -> None:
    ran = bidproof("ask", "How often are databases backed up?", "--docs", "docs", "--json", *DOWN)
    draft = json.loads(ran.out)
    assert ran.code == 0
    assert "every 6 hours" in draft["text"]
    assert any("re-ranker failed" in reason for reason in draft["reasons"])
    again = json.loads(bidproof("ask", "How often are databases backed up?", "--json").out)
    assert not any("re-ranker" in reason for reason in again["reasons"])


def test_a_workspace_from_elsewhere_sends_no_passage_to_its_re_ranker(
    company: Path, bidproof: Bidproof
) -> None:
    bidproof("ingest", "docs")
    (company / ".bidproof").rename(company / "theirs")
    (company / "theirs" / "bidproof.toml").write_text(
        '[retrieval]\nreranker = "endpoint"\nreranker_base_url = "http://127.0.0.1:9/v1"\n'
    )
    ran = bidproof("ask", "How often are databases backed up?", "--workspace", "theirs")
    assert ran.code == 2
    assert "workspace-untrusted" in ran.err
