"""Fitted confidences and routes on disk: plain JSON, one file a program or pair of programs.

``confidence/<program>.json`` and ``routes/<pair>.json`` are what drafting reads; the
``.fit.json`` beside each is what came of the fit, for reports.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bidproof.answering.calibrated import FORMAT, Confidence
from bidproof.answering.cascade import Route, route_digest
from bidproof.core.errors import UserError
from bidproof.core.files import write_whole, writing
from bidproof.core.ids import digest
from bidproof.core.jsonable import from_json, to_json
from bidproof.core.next_steps import Action, NextStep

if TYPE_CHECKING:
    from bidproof.routing.fit import FittedRoute

CONFIDENCE_FOLDER = "confidence"
ROUTES_FOLDER = "routes"
_FIT = ".fit.json"
Record = TypeVar("Record", Confidence, Route, "FittedRoute")


class RouteStore:
    """What a workspace knows of how often its programs are right.

    Args:
        workspace: Its folder.
    """

    def __init__(self, workspace: Path) -> None:
        self._confidence = workspace / CONFIDENCE_FOLDER
        self._routes = workspace / ROUTES_FOLDER

    def confidence(self, program: str) -> Confidence | None:
        """The calibration of this very program; None where there is none.

        Raises:
            UserError: The file is damaged or of a newer program (``damaged-route``).
        """
        found = _read(self._confidence / f"{program}.json", Confidence)
        return found if found is not None and found.program == program else None

    def route(self, small: str, large: str) -> Route | None:
        """The route of this very pair of programs; None where there is none.

        Raises:
            UserError: The file is damaged or of a newer program (``damaged-route``).
        """
        found = _read(self._routes / f"{route_digest(small, large)}.json", Route)
        if found is None or (found.small.program, found.large.program) != (small, large):
            return None
        return found

    def confidences(self) -> tuple[Confidence, ...]:
        """Every calibration, the latest first."""
        found = [_read(path, Confidence) for path in _files(self._confidence)]
        return tuple(sorted((item for item in found if item), key=lambda item: item.made, reverse=True))

    def routes(self) -> tuple[Route, ...]:
        """Every route, the latest first."""
        found = [_read(path, Route) for path in _files(self._routes)]
        return tuple(sorted((item for item in found if item), key=lambda item: item.made, reverse=True))

    def fingerprint(self) -> str:
        """Names the content of everything that is stored; empty where nothing is."""
        files = [*_files(self._confidence), *_files(self._routes)]
        contents = [path.read_bytes().decode("utf-8", "replace") for path in files]
        return digest(*contents) if contents else ""

    def fit(self, item: Confidence | Route) -> "FittedRoute | None":
        """What came of the fit behind a calibration or route."""
        from bidproof.routing.fit import FittedRoute  # whoever drafts needs no part of a fit

        return _read(self._place(item).with_suffix(_FIT), FittedRoute)

    def save(self, item: Confidence | Route, fit: "FittedRoute") -> Path:
        """Store a calibration or route with its fit, replacing an earlier one of the same programs.

        Raises:
            WriteFailed: Disk full or not writable.
        """
        path = self._place(item)
        with writing(path.parent):
            write_whole(path.with_suffix(_FIT), _packed(fit))
            write_whole(path, _packed(item))
        return path

    def _place(self, item: Confidence | Route) -> Path:
        if isinstance(item, Confidence):
            return self._confidence / f"{item.program}.json"
        return self._routes / f"{item.digest}.json"


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.json") if not path.name.endswith(_FIT))


def _packed(record: object) -> bytes:
    return json.dumps(to_json(record), ensure_ascii=False, indent=1).encode("utf-8")


def _read(path: Path, kind: type[Record]) -> Record | None:
    try:
        packed = json.loads(path.read_text("utf-8"))
        if packed.get("format", FORMAT) > FORMAT:
            raise ValueError(f"format {packed['format']}, expected {FORMAT}: written by a newer bidproof")
        return from_json(kind, packed)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError(
            f"cannot read {str(path)!r}: {error}",
            hint=NextStep(
                "until then answers are uncalibrated; remove the file and fit again", Action.FIT_ROUTE
            ),
            code="damaged-route",
        ) from error
