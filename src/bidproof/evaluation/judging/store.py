"""Where calibrations are kept: one plain JSON file a judge, below the workspace's ``judges/``."""

import json
import re
from pathlib import Path

from bidproof.core.files import write_text, writing
from bidproof.core.jsonable import from_json, to_json
from bidproof.evaluation.judging.calibration import Calibration
from bidproof.evaluation.records import Estimate

FOLDER = "judges"
UNCALIBRATED = "uncalibrated"

_PLAIN_NAME = re.compile(r"[\w.-]+")


def save_calibration(folder: Path, calibration: Calibration) -> Path:
    """Write what is known about a judge; an earlier calibration of the same judge is replaced.

    Args:
        folder: The workspace folder.
        calibration: Any.

    Raises:
        WriteFailed: The disk is full or the folder is not writable.
    """
    path = folder / FOLDER / f"{calibration.judge}.json"
    with writing(path.parent):
        write_text(path, json.dumps(to_json(calibration), indent=2) + "\n")
    return path


def load_calibration(folder: Path, judge: str) -> Calibration | None:
    """What is known about a judge; None when it was never calibrated, or its file is no longer readable."""
    if not _PLAIN_NAME.fullmatch(judge):
        return None
    try:
        return from_json(Calibration, json.loads((folder / FOLDER / f"{judge}.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def list_calibrations(folder: Path) -> tuple[Calibration, ...]:
    """Every calibration of a workspace, the latest first."""
    found = [load_calibration(folder, path.stem) for path in sorted((folder / FOLDER).glob("*.json"))]
    known = [item for item in found if item is not None]
    return tuple(sorted(known, key=lambda item: item.judged_on, reverse=True))


def judge_stamp(folder: Path, judge: str) -> str:
    """What stands beside every number of this judge: its agreement with people, or ``uncalibrated``."""
    return stamp_of(load_calibration(folder, judge))


def stamp_of(calibration: Calibration | None) -> str:
    """The stamp of a calibration; one with labels of a single kind calibrates nothing."""
    if calibration is None or calibration.auroc.value is None:
        return UNCALIBRATED
    return (
        f"calibrated: AUROC {_shown(calibration.auroc)}, balanced accuracy {_shown(calibration.accuracy)}"
        f" on {calibration.labelled} human labels"
    )


def _shown(estimate: Estimate) -> str:
    if estimate.value is None:
        return "unknown"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.2f}"
    return f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"
