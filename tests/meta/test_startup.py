"""The command line starts without the heavy parts."""

import subprocess
import sys
from pathlib import Path

import pytest

from bidproof.flows.ingest import ingest
from bidproof.flows.requests.answering import IngestRequest
from bidproof.runtime.session import SessionRequest, open_session

HEAVY = (
    "numpy",
    "pandas",
    "scipy",
    "sklearn",
    "optuna",
    "matplotlib",
    "pydantic",
    "dspy",
    "django",
    "jinja2",
    "lancedb",
    "pyarrow",
    "openai",
    "onnxruntime",
    "lxml",
    "rich",
    "ragas",
    "deepeval",
)
OPTIONS = Path(__file__).parents[1] / "cli" / "options.txt"
EVERY_HELP = [[*line.split(":")[0].split(), "--help"] for line in OPTIONS.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("lines", [[["--version"]], [["--help"]], EVERY_HELP], ids=["version", "help", "all"])
def test_help_loads_nothing_heavy(lines: list[list[str]]) -> None:
    code = (
        "import sys\n"
        "from bidproof.cli.main import main\n"
        f"for words in {lines!r}:\n"
        "    try:\n"
        "        main(words)\n"
        "    except SystemExit as end:\n"
        "        assert end.code == 0, (words, end.code)\n"
        f"print('loaded:', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    assert _loaded(code) == "loaded: []"


READERS = (
    "lancedb",
    "lance_namespace",
    "pyarrow",
    "pandas",
    "sklearn",
    "scipy",
    "rich",
    "bidproof.documents.splitting.semantic",
    "bidproof.documents.parse",
    "bidproof.questionnaires",
    "bidproof.routing.fit",
    "bidproof.evaluation.statistics",
)
"""What a question to documents that are in the index has no use for."""


def test_a_question_loads_no_store_no_reader_and_no_fit(tmp_path: Path) -> None:
    documents, workspace = tmp_path / "documents", tmp_path / "workspace"
    documents.mkdir()
    (documents / "encryption.md").write_text("# Encryption\n\nBackups are encrypted with AES-256.\n")
    with open_session(SessionRequest(workspace=workspace)) as session:
        ingest(IngestRequest(roots=(documents,)), session=session)
    words = ["ask", "How are backups encrypted?", "--workspace", str(workspace)]
    code = (
        "import sys\n"
        "from bidproof.cli.main import main\n"
        "try:\n"
        f"    main({words!r})\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        f"print('loaded:', [name for name in {READERS!r} if name in sys.modules])\n"
    )
    assert _loaded(code) == "loaded: []"


def _loaded(code: str) -> str:
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.splitlines()[-1]
