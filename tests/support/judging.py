"""A judge and an answering model behind one fake endpoint: right replies to the prompts of both."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bidproof.core.jsonable import to_json
from bidproof.evaluation.records import GoldCase
from bidproof.llm.fake_endpoint import Answer, Received, said

SENTENCE = "Databases are backed up every 6 hours and kept for 35 days."
ANSWER = {
    "answerable": True,
    "quotes": [{"passage": 1, "text": SENTENCE}],
    "sentences": [{"text": SENTENCE, "quotes": [1]}],
}
_CLAIMS = re.compile(r"## Claims\n(`+)text\n(.*?)\n\1", re.DOTALL)
_NUMBER = re.compile(r"^(\d+)\. ", re.MULTILINE)


def write_backup(folder: Path) -> None:
    """Write the one document ``docs/backup.md``, which says ``SENTENCE``."""
    (folder / "docs").mkdir(exist_ok=True)
    (folder / "docs" / "backup.md").write_text(f"# Backup\n\n{SENTENCE}\n")


def write_gold(path: Path, cases: Iterable[GoldCase]) -> None:
    """Write a gold set, one case a line."""
    path.write_text("".join(json.dumps(to_json(case)) + "\n" for case in cases))


def is_judging(received: Received) -> bool:
    return "verdicts" in json.dumps(received.body.get("response_format", {}))


def verdicts(prompt: str, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Every claim is held by the first passage and by the other text."""
    found = _CLAIMS.search(prompt)
    numbers = [int(number) for number in _NUMBER.findall(found[2])] if found else []
    items = schema["properties"]["claims"]["items"]["properties"]
    other = "in_reference" if "in_reference" in items else "in_answer"
    passages = [1] if "## Passage 1" in prompt else []
    claims = [
        {"claim": number, "reasoning": "it says so", "passages": passages, other: True} for number in numbers
    ]
    if other == "in_answer":
        return {"claims": claims, "answered_parts": []}
    return {"claims": claims, "questions": ["How often are databases backed up?"], "is_evasive": False}


def respond(received: Received, *, latency_s: float = 0.0) -> Answer:
    """What a good model would say, to a judge's prompt or to an answering one."""
    if not is_judging(received):
        return said(ANSWER, latency_s=latency_s)
    schema = received.body["response_format"]["json_schema"]["schema"]
    return said(verdicts(received.body["messages"][1]["content"], schema), latency_s=latency_s)
