"""Gold sets of a workspace, and the count of how often each sealed test split was opened."""

import json
import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bidproof.core.errors import InvalidSetting, UserError, WriteFailed
from bidproof.core.files import append_line, writing
from bidproof.core.jsonable import from_json, to_json
from bidproof.core.next_steps import Action, NextStep
from bidproof.evaluation.gold.files import CASES_NAME, read_gold, write_gold
from bidproof.evaluation.records import GoldCase, GoldSet, Split

GOLD_FOLDER = "gold"
_LOG_NAME = "sealed.jsonl"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One look at a sealed test split.

    Attributes:
        at: ISO time, UTC.
        purpose: Why, in the user's words or the command's.
        program: Digest of the program that was measured; empty for a look by a person.
        gold: Digest of the set as it was then.
        cases: How many test cases were shown.
    """

    at: str
    purpose: str
    program: str = ""
    gold: str = ""
    cases: int = 0


class GoldStore:
    """Named gold sets as plain files below one folder.

    Args:
        folder: The workspace's folder; sets live in ``gold/<name>/`` below it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / GOLD_FOLDER

    def names(self) -> tuple[str, ...]:
        """Names of the sets, sorted."""
        if not self._folder.is_dir():
            return ()
        return tuple(sorted(item.parent.name for item in self._folder.glob(f"*/{CASES_NAME}")))

    def load(self, name: str) -> GoldSet:
        """Read a set, for keeping it in order: this is no opening of its test split.

        What measures or shows cases goes through :meth:`open_split`.

        Raises:
            UserError: No such set (``gold-unknown``).
            UnreadableFile: Its file is broken.
        """
        if name not in self.names():
            known = ", ".join(self.names()) or "none"
            raise UserError(
                f"cannot find the gold set {name!r}: found {known}, expected one of them",
                hint=NextStep(
                    "import the set", Action.IMPORT_GOLD, name=name if _NAME.fullmatch(name) else "NAME"
                ),
                code="gold-unknown",
            )
        return GoldSet(name=name, cases=read_gold(self._folder / name).cases)

    def changing(self) -> AbstractContextManager[None]:
        """Let one process at a time read a set and write it again; others wait. It does not nest.

        Raises:
            WriteFailed: The folder cannot be made; on entering the block.
        """
        return writing(self._folder)

    def save(self, gold: GoldSet) -> None:
        """Write a set, replacing one of that name; the log of openings stays.

        Raises:
            InvalidSetting: The name cannot name a folder (``gold-name``).
            WriteFailed: Disk full, no permission.
        """
        check_name(gold.name)
        write_gold(gold, self._folder / gold.name)

    def open_split(
        self,
        name: str,
        split: Split,
        *,
        purpose: str,
        program_digest: str = "",
        has_unverified: bool = False,
    ) -> tuple[GoldCase, ...]:
        """Give the cases of one split; empty for all cases.

        When test cases are among them the opening is written down first, so that
        a look that was not counted cannot happen.

        Args:
            name: The set.
            split: ``train``, ``dev``, ``test``, or empty for the whole set.
            purpose: Why, for the log: ``eval run``, ``export``, ….
            program_digest: The program that is measured, where one is.
            has_unverified: Give cases too that no person has accepted; nothing is measured on those.

        Raises:
            UserError: No such set (``gold-unknown``), it has no such split (``gold-split``), or
                every case of it waits for a person (``gold-unverified``).
            WriteFailed: The opening cannot be written down.
        """
        gold = self.load(name)
        cases = tuple(case for case in gold.cases if not split or case.split == split)
        if not cases:
            found = ", ".join(sorted({case.split or "unsplit" for case in gold.cases})) or "no cases"
            raise UserError(
                f"cannot open the split {split!r} of {name!r}: found {found}, expected cases of that split",
                hint=NextStep("split the set", Action.SPLIT_GOLD, name=name),
                code="gold-split",
            )
        if not has_unverified:
            cases = _verified(cases, name=name)
        sealed = sum(case.split == "test" for case in cases)
        if sealed:
            self._log(
                name,
                Opening(
                    at=datetime.now(UTC).isoformat(timespec="seconds"),
                    purpose=purpose,
                    program=program_digest,
                    gold=gold.digest(),
                    cases=sealed,
                ),
            )
        return cases

    def openings(self, name: str) -> int:
        """How often the set's test split has been opened."""
        return len(self.opening_log(name))

    def opening_log(self, name: str) -> tuple[Opening, ...]:
        """Every opening, oldest first; a damaged line counts as one whose purpose is unknown."""
        try:
            lines = (self._folder / name / _LOG_NAME).read_text("utf-8").splitlines()
        except FileNotFoundError:
            return ()
        return tuple(_opening(line) for line in lines if line.strip())

    def measured(self, name: str) -> frozenset[str]:
        """Programs and re-rankers, by digest, that the set's test split as it is now was opened for."""
        now = self.load(name).digest()
        return frozenset(item.program for item in self.opening_log(name) if item.gold == now and item.program)

    def _log(self, name: str, opening: Opening) -> None:
        file = self._folder / name / _LOG_NAME
        try:
            append_line(file, json.dumps(to_json(opening), ensure_ascii=False))
        except OSError as error:
            raise WriteFailed(
                f"cannot note the opening of the test split in {str(file)!r}: {error.strerror or error};"
                " the split stays closed",
                hint="free some space or correct the folder's permissions",
            ) from error


def _verified(cases: tuple[GoldCase, ...], *, name: str) -> tuple[GoldCase, ...]:
    verified = tuple(case for case in cases if case.is_verified)
    if not verified:
        raise UserError(
            f"cannot measure on {name!r}: found {len(cases)} cases that no person has accepted",
            hint=NextStep("read the proposed cases, then accept them", Action.ACCEPT_GOLD, name=name),
            code="gold-unverified",
        )
    return verified


def check_name(name: str) -> None:
    """Refuse a name that cannot name a folder.

    Raises:
        InvalidSetting: With code ``gold-name``.
    """
    if not _NAME.fullmatch(name):
        raise InvalidSetting(
            f"cannot name a gold set {name!r}: expected letters, digits, '.', '_' or '-',"
            " a letter or digit first",
            hint=NextStep("for example security-2025", options=("name",)),
            code="gold-name",
        )


def _opening(line: str) -> Opening:
    try:
        return from_json(Opening, json.loads(line))
    except (ValueError, TypeError, AttributeError):
        return Opening(at="", purpose="unknown: this line of the log is damaged")
