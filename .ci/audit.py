"""Audit what is installed and locked: known weaknesses, licences, start-up hooks, weights.

Run by ``make audit``. What needs the network says that it was skipped where there is none.
"""

import importlib.metadata
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from bidproof.core.errors import BidproofError
from bidproof.language.packaged_files import TOKENIZER, WEIGHTS, read_packaged_file

ROOT = Path(__file__).resolve().parents[1]
UV = ROOT / ".uv" / "bin" / "uv"
OFFLINE = re.compile(r"dns error|Connect\b|timed out|Request failed|No route to host", re.IGNORECASE)

PERMISSIVE = re.compile(
    r"Apache|\bMIT\b|MIT-0|MIT-CMU|\bBSD\b|0BSD|\bISC\b|ISCL|\bPSF\b|Python Software Foundation"
    r"|Zlib|CC0|Unlicense|HPND|CNRI-Python|MPL|Mozilla Public",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"\bA?GPL|\bLGPL|GNU|SSPL|Commons Clause|proprietary", re.IGNORECASE)
SAID_IN_THEIR_FILES = {"ppi-python": "MIT"}
"""Packages without a licence in their metadata; read in their LICENSE file."""

HOOKS = {"_editable_impl_bidproof.pth", "_bidproof.pth", "_virtualenv.pth", "distutils-precedence.pth"}
"""Files that run or extend the path at every start of Python: the ones we know."""


class Skipped(Exception):
    """An audit that cannot be made here."""


def weaknesses() -> Iterator[str]:
    """What is publicly known against the locked versions."""
    command = [str(UV), "audit", "--locked", "--no-dev", "--preview-features", "audit-command"]
    patience = {"UV_HTTP_RETRIES": "0", "UV_HTTP_CONNECT_TIMEOUT": "5"}
    ran = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **patience}, capture_output=True, text=True, check=False
    )
    said = (ran.stdout + ran.stderr).strip()
    if ran.returncode and OFFLINE.search(said):
        raise Skipped("index not reachable")
    if ran.returncode:
        yield said


def licences() -> Iterator[str]:
    """Locked packages of a plain installation whose licence is not permissive or not said."""
    command = [str(UV), "export", "--locked", "--offline", "--no-default-groups", "--no-emit-project"]
    command += ["--no-hashes", "--no-annotate", "--no-header"]
    locked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in sorted(set(re.findall(r"^([A-Za-z0-9._-]+)==", locked, re.MULTILINE))):
        try:
            said = SAID_IN_THEIR_FILES.get(name) or licence_of(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system or Python
        if not PERMISSIVE.search(said) or COPYLEFT.search(said):
            yield f"{name}: licence {said or 'not said'!r}"


def licence_of(name: str) -> str:
    """The licence as the package's metadata say it, in whichever field."""
    metadata = importlib.metadata.metadata(name)
    classifiers = [line for line in metadata.get_all("Classifier") or () if line.startswith("License")]
    text = str(metadata.get("License") or "").partition("\n")[0]
    return str(metadata.get("License-Expression") or "; ".join(classifiers) or text)


def hooks() -> Iterator[str]:
    """Files that run code at every start of Python, beyond the known ones."""
    folder = Path(sysconfig.get_path("purelib"))
    for path in sorted(
        [*folder.glob("*.pth"), *folder.glob("sitecustomize*"), *folder.glob("usercustomize*")]
    ):
        if path.name not in HOOKS:
            yield f"{path.name}: runs at every start of Python"


def weights() -> Iterator[str]:
    """Model files that are not those that were tested."""
    for file in (TOKENIZER, WEIGHTS):
        try:
            read_packaged_file(file)
        except BidproofError as error:
            yield error.message


def main() -> int:
    """Run every audit; returns 1 where one found something."""
    failed = False
    for audit in (weaknesses, licences, hooks, weights):
        try:
            found = list(audit())
        except Skipped as error:
            print(f"{audit.__name__}: skipped: {error}")
            continue
        failed |= bool(found)
        print(f"{audit.__name__}: {len(found) or 'nothing'} found")
        for line in found:
            print(f"  {line}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
